(* R4 without uniqueness, and what its hypotheses ask for: the problems of R4 (and of R2, for every alpha) have
   solutions; the l1 norms of the limits of R2 tend to the least one, unique or not; a dual certificate gives
   uniqueness. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Norms Potential Kkt DepthPotential Cluster R4Stable R4Potential R4Limits.
Open Scope R_scope.

(* at least linear growth in every coordinate bounds the sublevel sets *)
Lemma linear_growth m (g : nat -> R -> R) (p b : nat -> R) : (forall j x, (j < m)%nat -> 0 <= g j x) ->
  (forall j, (j < m)%nat -> 0 < p j) -> (forall j x, (j < m)%nat -> p j * Rabs x - b j <= g j x) ->
  forall K, exists B, forall x, potential m g x <= K -> forall j, (j < m)%nat -> Rabs (x j) <= B.
Proof.
  intros Pos Pp Low K. destruct (upper_bound m (fun j => (K + b j) / p j)) as [B [_ HB]]. exists B.
  intros x Hx j Hj. apply Rle_trans with (2 := HB j Hj).
  assert (T : g j (x j) <= potential m g x) by (apply (Sum_term m (fun j => g j (x j))); auto).
  pose proof (Low j (x j) Hj). apply (Rmult_le_reg_l (p j)); [auto|].
  replace (p j * ((K + b j) / p j)) with (K + b j) by (field; pose proof (Pp j Hj); lra). lra.
Qed.

Section Existence.
Variables (L m n : nat) (A : nat -> nat -> R) (y etabar x0 : nat -> R).
Hypothesis etabar_nonzero : forall j, (j < m)%nat -> etabar j <> 0.
Hypothesis x0_feasible : feasible m n A y x0.

Lemma modulus_pos j : (j < m)%nat -> 0 < Rabs (etabar j).
Proof. intros Hj. apply Rabs_pos_lt, etabar_nonzero, Hj. Qed.

Lemma weighted_norm_coercive (p : nat -> R) : (forall j, (j < m)%nat -> 0 < p j) ->
  forall K, exists B, forall x, potential m (fun j x => Rabs x * p j) x <= K -> forall j, (j < m)%nat ->
    Rabs (x j) <= B.
Proof.
  intros Pp. apply (linear_growth m _ p (fun _ => 0)); auto.
  - intros j x Hj. pose proof (Pp j Hj). apply Rmult_le_pos; [apply Rabs_pos | lra].
  - intros j x _. lra.
Qed.

Theorem norm_1_solution_exists : exists z, minimiser m n A y (l1 m) z.
Proof.
  apply (minimiser_exists m n A y (fun _ => Rabs) x0); auto.
  - intros; apply continuous_Rabs.
  - intros; apply Rabs_pos.
  - apply (linear_growth m _ (fun _ => 1) (fun _ => 0)); intros; try apply Rabs_pos; lra.
Qed.

Theorem weighted_norm_1_solution_exists : exists z, minimiser m n A y (weighted_norm_1 L m etabar) z.
Proof.
  assert (Pp : forall j, (j < m)%nat -> 0 < / Rabs (etabar j) ^ (L - 2)).
  { intros j Hj. apply Rinv_0_lt_compat, pow_lt, modulus_pos, Hj. }
  apply (minimiser_exists m n A y (fun j x => Rabs x * / Rabs (etabar j) ^ (L - 2)) x0); auto.
  - intros; apply continuous_abs_scaled.
  - intros j x Hj. pose proof (Pp j Hj). apply Rmult_le_pos; [apply Rabs_pos | lra].
  - apply weighted_norm_coercive, Pp.
Qed.

Theorem weighted_square_solution_exists : (1 <= L)%nat ->
  exists z, only_minimiser m n A y (weighted_square L m etabar) z.
Proof.
  intros HL1. enough (Ex : exists z, minimiser m n A y (weighted_square L m etabar) z).
  { destruct Ex as [z Hz]. exists z. apply square_unique; auto. }
  assert (Pp : forall j, (j < m)%nat -> 0 < / etabar j ^ (2 * L - 2)).
  { intros j Hj. replace (2 * L - 2)%nat with (2 * (L - 1))%nat by lia. rewrite even_power.
    apply Rinv_0_lt_compat, pow_lt, modulus_pos, Hj. }
  apply (minimiser_exists m n A y (fun j x => x ^ 2 / etabar j ^ (2 * L - 2)) x0); auto.
  - intros j x _. apply (ex_derive_continuous (fun x => x ^ 2 / etabar j ^ (2 * L - 2))). auto_derive. auto.
  - intros j x Hj. pose proof (Pp j Hj). apply Rmult_le_pos; [apply pow2_ge_0 | lra].
  - apply (linear_growth m _ (fun j => / etabar j ^ (2 * L - 2)) (fun j => / etabar j ^ (2 * L - 2))); auto.
    + intros j x Hj. pose proof (Pp j Hj). apply Rmult_le_pos; [apply pow2_ge_0 | lra].
    + intros j x Hj. pose proof (Pp j Hj). unfold Rdiv. set (i := / etabar j ^ (2 * L - 2)) in *.
      rewrite <- (pow2_abs x). pose proof (pow2_ge_0 (Rabs x - / 2)). pose proof (pow2_ge_0 (Rabs x)).
      assert (0 <= i * (Rabs x ^ 2 - Rabs x + 1)) by (apply Rmult_le_pos; lra). lra.
Qed.

(* R2's problem, for every alpha *)
Lemma HL_growth t : hL_inverse L 1 * Rabs t - hL_inverse L 1 <= HL L t.
Proof.
  assert (E : HL L t = HL L (Rabs t)) by (pose proof (HL_abs L t 1) as E; unfold Rdiv in E;
    rewrite Rinv_1, !Rmult_1_r in E; exact E).
  rewrite E. pose proof (HL_tangent L (Rabs t) 1). pose proof (HL_nonneg L 1). lra.
Qed.

Theorem scaled_potential_solution_exists alpha : 0 < alpha ->
  exists r, minimiser m n A y (scaled_potential L m etabar alpha) r.
Proof.
  intros Pa. set (b := fun j => (alpha * Rabs (etabar j)) ^ L).
  set (g := fun j x => alpha ^ 2 * etabar j ^ 2 * HL L (x / b j)).
  assert (Pb : forall j, (j < m)%nat -> 0 < b j).
  { intros j Hj. apply pow_lt, Rmult_lt_0_compat; auto. apply modulus_pos, Hj. }
  assert (Pc : forall j, (j < m)%nat -> 0 < alpha ^ 2 * etabar j ^ 2).
  { intros j Hj. rewrite <- (pow2_abs (etabar j)). apply Rmult_lt_0_compat; apply pow_lt; auto. apply modulus_pos, Hj. }
  assert (Ps : 0 < hL_inverse L 1) by (rewrite <- (hL_inverse_0 L); apply hL_inverse_increasing; lra).
  assert (E : forall x, potential m g x = scaled_potential L m etabar alpha x).
  { intros x. unfold potential, scaled_potential, g, b. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring. }
  assert (Pg : forall j x, (j < m)%nat -> 0 <= g j x).
  { intros j x Hj. pose proof (Pc j Hj). apply Rmult_le_pos; [lra | apply HL_nonneg]. }
  destruct (minimiser_exists m n A y g x0) as [r [Fr Mr]]; auto.
  - intros j x Hj. apply (ex_derive_continuous (g j)).
    exists (alpha ^ 2 * etabar j ^ 2 * (/ b j * hL_inverse L (x / b j))).
    unfold g. apply (is_derive_scal (fun x => HL L (x / b j))).
    apply (is_derive_comp (HL L) (fun x => x / b j)); [apply HL_derive|].
    auto_derive; auto. ring.
  - apply (linear_growth m g (fun j => alpha ^ 2 * etabar j ^ 2 * (hL_inverse L 1 / b j))
      (fun j => alpha ^ 2 * etabar j ^ 2 * hL_inverse L 1)); auto.
    + intros j Hj. apply Rmult_lt_0_compat; [auto | apply Rdiv_lt_0_compat; auto].
    + intros j x Hj. pose proof (HL_growth (x / b j)) as G. unfold Rdiv in G at 1. rewrite Rabs_mult, Rabs_inv in G.
      pose proof (Pb j Hj) as Pbj. rewrite (Rabs_pos_eq (b j)) in G by lra.
      apply (Rmult_le_compat_l (alpha ^ 2 * etabar j ^ 2)) in G; [|left; auto]. unfold g, Rdiv. unfold Rdiv in G. lra.
  - exists r. split; auto. intros u Fu. rewrite <- !E. auto.
Qed.
End Existence.

(* --- values: no uniqueness --- *)
Section Values.
Variables (L m n : nat) (A : nat -> nat -> R) (y etabar z : nat -> R).
Hypothesis etabar_nonzero : forall j, (j < m)%nat -> etabar j <> 0.

Theorem small_scale_two_layers_value : L = 2%nat -> minimiser m n A y (l1 m) z ->
  forall d, 0 < d -> at_right 0 (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    l1 m z <= l1 m r <= l1 m z + d).
Proof.
  intros E2 [Fz Mz] d Pd.
  destruct (linear_growth m (fun _ => Rabs) (fun _ => 1) (fun _ => 0)) with (K := l1 m z + 1) as [B HB];
    try (intros; first [apply Rabs_pos | lra]).
  assert (V : at_right 0 (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r -> l1 m r
    <= l1 m z + d)).
  { apply (scale_value L m n A y etabar (at_right 0) (fun a => / - ln a) (fun _ => Rabs) z log_scale_pos) with (B := B);
      auto.
    intros j C e. apply term_small_2; auto. }
  generalize V. apply filter_imp. intros a Ha r Mr. split; [apply Mz, Mr | apply Ha, Mr].
Qed.

Theorem small_scale_deep_value : (3 <= L)%nat -> minimiser m n A y (weighted_norm_1 L m etabar) z ->
  forall d, 0 < d -> at_right 0 (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    weighted_norm_1 L m etabar z <= weighted_norm_1 L m etabar r <= weighted_norm_1 L m etabar z + d).
Proof.
  intros HL3 [Fz Mz] d Pd. pose proof (s_max_pos L HL3) as Ps.
  set (g := fun j x => Rabs x * (s_max L / Rabs (etabar j) ^ (L - 2))).
  assert (E : forall x, potential m g x = s_max L * weighted_norm_1 L m etabar x).
  { intros x. unfold potential, weighted_norm_1, g. rewrite <- Sum_scal_l. apply Sum_ext. intros j _. unfold Rdiv. ring.
    }
  destruct (weighted_norm_coercive m (fun j => s_max L / Rabs (etabar j) ^ (L - 2))) with (K := potential m g z + 1)
    as [B HB].
  { intros j Hj. apply Rdiv_lt_0_compat; auto. apply pow_lt, (modulus_pos m etabar etabar_nonzero j Hj). }
  assert (V : at_right 0 (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    potential m g r <= potential m g z + s_max L * d)).
  { apply (scale_value L m n A y etabar (at_right 0) (fun a => a ^ (L - 2)) g z) with (B := B); auto.
    - generalize (right_of_0 1 Rlt_0_1). apply filter_imp. intros a [Pa _]. apply pow_lt, Pa.
    - intros j C e. apply term_small_3; auto.
    - apply Rmult_lt_0_compat; auto. }
  generalize V. apply filter_imp. intros a Ha r Mr. split; [apply Mz, Mr|].
  pose proof (Ha r Mr) as H. rewrite !E in H. apply (Rmult_le_reg_l (s_max L)); auto. lra.
Qed.
End Values.

(* --- a dual certificate gives uniqueness: s = A^T nu, |s_j| <= p_j, s_j z_j = p_j |z_j|, and the columns of A with
   |s_j| = p_j are independent --- *)
Section Certificate.
Variables (m n : nat) (A : nat -> nat -> R) (y p z s nu : nat -> R).
Hypothesis z_feasible : feasible m n A y z.
Hypothesis stationary : forall j, (j < m)%nat -> s j = Sum n (fun i => A i j * nu i).
Hypothesis bounded : forall j, (j < m)%nat -> Rabs (s j) <= p j.
Hypothesis aligned : forall j, (j < m)%nat -> s j * z j = Rabs (z j) * p j.
Hypothesis independent : forall u, (forall i, (i < n)%nat -> Sum m (fun j => A i j * u j) = 0) ->
  (forall j, (j < m)%nat -> Rabs (s j) < p j -> u j = 0) -> forall j, (j < m)%nat -> u j = 0.

Theorem certificate_only_minimiser : only_minimiser m n A y (fun x => Sum m (fun j => Rabs (x j) * p j)) z.
Proof.
  split; auto. intros x Fx.
  destruct (Rlt_le_dec (Sum m (fun j => Rabs (z j) * p j)) (Sum m (fun j => Rabs (x j) * p j))) as [Lt|Le]; [auto|left].
  pose proof (equality_supported m n z s A y nu z_feasible stationary x Fx) as O.
  assert (Pos : forall j, (j < m)%nat -> 0 <= Rabs (x j) * p j - s j * x j).
  { intros j Hj. pose proof (Rle_abs (s j * x j)) as T. rewrite Rabs_mult in T.
    pose proof (Rmult_le_compat_r (Rabs (x j)) _ _ (Rabs_pos _) (bounded j Hj)). lra. }
  assert (Tot : Sum m (fun j => Rabs (x j) * p j - s j * x j) <= 0).
  { rewrite Sum_minus. rewrite (Sum_ext m (fun j => s j * (x j - z j)) (fun j => s j * x j - Rabs (z j) * p j)) in O.
    - rewrite Sum_minus in O. lra.
    - intros j Hj. rewrite <- aligned by auto. ring. }
  assert (Z : forall j, (j < m)%nat -> Rabs (s j) < p j -> x j = 0).
  { intros j Hj Lt. pose proof (Sum_term m _ j Hj Pos) as T. simpl in T.
    pose proof (Rle_abs (s j * x j)) as T2. rewrite Rabs_mult in T2. pose proof (Rabs_pos (x j)) as Px.
    apply Rabs_eq_0. nra. }
  assert (Zz : forall j, (j < m)%nat -> Rabs (s j) < p j -> z j = 0).
  { intros j Hj Lt. pose proof (aligned j Hj) as Al. pose proof (Rle_abs (s j * z j)) as T2. rewrite Rabs_mult in T2.
    pose proof (Rabs_pos (z j)). apply Rabs_eq_0. nra. }
  intros j Hj. apply Rminus_diag_uniq. apply (independent (fun j => x j - z j)); auto.
  - intros i Hi. rewrite (Sum_ext m _ (fun j => A i j * x j - A i j * z j)) by (intros; ring).
    rewrite Sum_minus, Fx, z_feasible by auto. ring.
  - intros k Hk Lt. rewrite Z, Zz by auto. ring.
Qed.
End Certificate.
