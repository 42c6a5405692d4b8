(* Two layers, one data point, the loss exp(-y f), in the singular basis: p_j' = y s_j E q_j, q_j' = y s_j E p_j, E the
   loss. With nu = int E: (p +- q)_j grow as exp(+- y s_j nu), nu -> infinity for every start, and exp(-s_max nu) (p, q)
   tends to half of (e, y e), e the part of p(0) + y q(0) on the largest singular value where it does not vanish. Used
   by K4Classification.v (K4). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Network Tensor R6Flow.
Open Scope R_scope.

Lemma is_lim_exp_decay_infinite (f : R -> R) c : is_lim f p_infty p_infty -> 0 < c ->
  is_lim (fun t => exp (- c * f t)) p_infty 0.
Proof.
  intros Lf Pc. apply (is_lim_comp exp (fun t => - c * f t) p_infty 0 m_infty).
  - apply is_lim_exp_m.
  - assert (M : Rbar_mult (- c) p_infty = m_infty).
    { simpl. destruct (Rle_dec 0 (- c)) as [Hle|]; [exfalso; lra | reflexivity]. }
    rewrite <- M. apply is_lim_scal_l, Lf.
  - exists 0. discriminate.
Qed.

(* --- the pair (p, q) = (eta_1, eta_2) in the singular basis; E is the loss --- *)
Section Pair.
Variables (m : nat) (s : nat -> R) (y : R) (p q : nat -> R -> R) (E : R -> R).
Hypothesis label : y = 1 \/ y = -1.
Hypothesis E_continuous : forall t, continuous E t.
Hypothesis p_path : forall j, (j < m)%nat -> path (p j) (fun t => y * (s j * E t) * q j t).
Hypothesis q_path : forall j, (j < m)%nat -> path (q j) (fun t => y * (s j * E t) * p j t).
Hypothesis E_value : forall t, 0 <= t -> E t = exp (- (y * Sum m (fun j => s j * (p j t * q j t)))).
Let nu t := RInt E 0 t.
Let margin_of := output_of m (fun j => y * s j) (fun j => p j 0) (fun j => q j 0).

Lemma pair_nu_path : path nu E.
Proof.
  assert (D : forall t, is_derive nu t (E t)) by (intros; apply primitive_derive; auto).
  split; auto. intros t. eapply continuous_of_derive, D.
Qed.

Lemma pair_nu_zero : nu 0 = 0.
Proof. apply primitive_zero. Qed.

Lemma pair_exponential j t e : (j < m)%nat -> 0 <= t -> e = 1 \/ e = -1 ->
  p j t + e * q j t = (p j 0 + e * q j 0) * exp (e * (y * s j * nu t)).
Proof.
  intros Hj Ht He.
  assert (Pe : path (fun t => exp (- (e * y * s j) * nu t)) (fun t =>
    - (e * y * s j) * E t * exp (- (e * y * s j) * nu t))).
  { apply (path_comp (fun t => - (e * y * s j) * nu t) (fun t => - (e * y * s j) * E t) exp exp).
    - apply path_scal, pair_nu_path.
    - intros; apply is_derive_exp. }
  assert (P : path (fun t => (p j t + e * q j t) * exp (- (e * y * s j) * nu t)) (fun _ => 0)).
  { apply (path_eq _ _ _ (path_mult _ _ _ _ (path_plus _ _ _ _ (p_path j Hj) (path_scal e _ _ (q_path j Hj))) Pe)).
    intros u _. destruct He as [-> | ->]; ring. }
  pose proof (path_constant _ t P Ht) as K. cbv beta in K. rewrite pair_nu_zero, Rmult_0_r, exp_0, Rmult_1_r in K.
  rewrite <- K, Rmult_assoc, <- exp_plus.
  replace (- (e * y * s j) * nu t + e * (y * s j * nu t)) with 0 by ring. rewrite exp_0. ring.
Qed.

Lemma pair_loss t : 0 <= t -> E t = exp (- margin_of (nu t)).
Proof.
  intros Ht. rewrite E_value by auto. f_equal. f_equal. unfold margin_of, output_of. rewrite <- !Sum_scal_l.
  apply Sum_ext. intros j Hj.
  pose proof (pair_exponential j t 1 Hj Ht ltac:(auto)) as G1.
  pose proof (pair_exponential j t (-1) Hj Ht ltac:(auto)) as G2.
  assert (Q : p j t * q j t = / 4 * ((p j t + 1 * q j t) ^ 2 - (p j t + -1 * q j t) ^ 2)) by field.
  rewrite Q, G1, G2, !Rpow_mult_distr.
  assert (Ex : forall u, exp u ^ 2 = exp (2 * u))
    by (intros; replace (2 * u) with (u + u) by ring; rewrite exp_plus; ring).
  rewrite !Ex. replace (2 * (1 * (y * s j * nu t))) with (2 * (y * s j * nu t)) by ring.
  replace (2 * (-1 * (y * s j * nu t))) with (- (2 * (y * s j * nu t))) by ring.
  replace (p j 0 + 1 * q j 0) with (p j 0 + q j 0) by ring. replace (p j 0 + -1 * q j 0) with (p j 0 - q j 0) by ring.
  ring.
Qed.

Lemma margin_grows x z : x <= z -> margin_of x <= margin_of z.
Proof.
  intros [Lt| ->]; [|lra].
  destruct (MVT_cor2 margin_of (output_slope m (fun j => y * s j) (fun j => p j 0) (fun j => q j 0)) x z Lt)
    as [c [Eq _]].
  - intros u _. apply is_derive_Reals, output_derive.
  - assert (0 <= output_slope m (fun j => y * s j) (fun j => p j 0) (fun j => q j 0) c).
    { unfold output_slope. apply Rmult_le_pos; [lra|]. apply Sum_nonneg. intros k _.
      apply Rmult_le_pos; [apply pow2_ge_0|].
      apply Rplus_le_le_0_compat; apply Rmult_le_pos; try apply pow2_ge_0; left; apply exp_pos. }
    nra.
Qed.

Lemma pair_nu_increases a b : 0 <= a <= b -> nu a <= nu b.
Proof.
  apply (path_increasing _ _ _ _ pair_nu_path). intros u Hu. rewrite pair_loss by lra. left; apply exp_pos.
Qed.

(* the integral of the loss diverges, whatever the start *)
Lemma pair_nu_diverges : is_lim nu p_infty p_infty.
Proof.
  apply is_lim_spec. intros B. set (c := exp (- margin_of B)). pose proof (exp_pos (- margin_of B)) as Pc. fold c in Pc.
  set (t0 := (Rabs B + 1) / c).
  assert (P0 : 0 < t0) by (unfold t0; apply Rdiv_lt_0_compat; auto; pose proof (Rabs_pos B); lra).
  assert (Big : B < nu t0).
  { destruct (Rlt_le_dec B (nu t0)) as [|Le]; auto. exfalso.
    assert (M : c * t0 - 0 <= nu t0 - nu 0).
    { destruct (MVT_gen nu 0 t0 E) as [z [Hz Eq]].
      - intros u Hu. rewrite Rmin_left in Hu by lra. apply pair_nu_path. lra.
      - intros u _. apply continuity_pt_filterlim, pair_nu_path.
      - rewrite Rmin_left, Rmax_right in Hz by lra. rewrite Eq.
        assert (c <= E z); [|nra]. rewrite pair_loss by lra. unfold c.
        pose proof (margin_grows (nu z) B ltac:(pose proof (pair_nu_increases z t0 ltac:(lra)); lra)) as G.
        destruct G as [G|G]; [left; apply exp_increasing; lra | right; f_equal; lra]. }
    rewrite pair_nu_zero in M. unfold t0 in M at 1.
    replace (c * ((Rabs B + 1) / c)) with (Rabs B + 1) in M by (field; lra).
    pose proof (Rle_abs B). lra. }
  exists t0. intros t Ht. eapply Rlt_le_trans; [exact Big|]. apply pair_nu_increases. lra.
Qed.

(* --- the loss --- *)
Hypothesis singular_values : forall j, (j < m)%nat -> 0 <= s j.

Lemma label_square : y * y = 1.
Proof. destruct label as [-> | ->]; ring. Qed.

(* the margin grows at least linearly in nu *)
Lemma margin_linear j0 x : (j0 < m)%nat -> 0 <= x ->
  margin_of 0 + / 2 * (s j0 ^ 2 * (p j0 0 + y * q j0 0) ^ 2) * x <= margin_of x.
Proof.
  intros Hj [Px| <-]; [|lra].
  destruct (MVT_cor2 margin_of (output_slope m (fun j => y * s j) (fun j => p j 0) (fun j => q j 0)) 0 x Px)
    as [c [Eq Hc]].
  { intros u _. apply is_derive_Reals, output_derive. }
  enough (/ 2 * (s j0 ^ 2 * (p j0 0 + y * q j0 0) ^ 2) <= output_slope m (fun j => y * s j) (fun j => p j 0) (fun j =>
    q j 0) c) by nra.
  unfold output_slope. apply Rmult_le_compat_l; [lra|].
  eapply Rle_trans; [|apply (Sum_term m (fun j => (y * s j) ^ 2 * ((p j 0 + q j 0) ^ 2 * exp (2 * (y * s j * c)) +
    (p j 0 - q j 0) ^ 2 * exp (- (2 * (y * s j * c)))))) with (i := j0)]; auto.
  - cbv beta. replace ((y * s j0) ^ 2) with (y * y * s j0 ^ 2) by ring. rewrite label_square, Rmult_1_l.
    apply Rmult_le_compat_l; [apply pow2_ge_0|].
    assert (Ex : 1 <= exp (2 * (s j0 * c))).
    { rewrite <- exp_0. pose proof (singular_values j0 Hj). assert (0 <= s j0 * c) by (apply Rmult_le_pos; lra).
      destruct (Req_dec (s j0 * c) 0) as [->|]; [right; f_equal; ring | left; apply exp_increasing; lra]. }
    destruct label as [-> | ->].
    + replace (1 * s j0 * c) with (s j0 * c) by ring.
      pose proof (pow2_ge_0 (p j0 0 + q j0 0)). pose proof (pow2_ge_0 (p j0 0 - q j0 0)).
      pose proof (exp_pos (- (2 * (s j0 * c)))).
      replace (p j0 0 + 1 * q j0 0) with (p j0 0 + q j0 0) by ring. nra.
    + replace (- (2 * (-1 * s j0 * c))) with (2 * (s j0 * c)) by ring.
      pose proof (pow2_ge_0 (p j0 0 + q j0 0)). pose proof (pow2_ge_0 (p j0 0 - q j0 0)).
      pose proof (exp_pos (2 * (-1 * s j0 * c))).
      replace (p j0 0 + -1 * q j0 0) with (p j0 0 - q j0 0) by ring. nra.
  - intros k _. apply Rmult_le_pos; [apply pow2_ge_0|].
    apply Rplus_le_le_0_compat; apply Rmult_le_pos; try apply pow2_ge_0; left; apply exp_pos.
Qed.

Lemma pair_loss_vanishes j0 : (j0 < m)%nat -> s j0 <> 0 -> p j0 0 + y * q j0 0 <> 0 -> is_lim E p_infty 0.
Proof.
  intros Hj Hs Hn. set (c := / 2 * (s j0 ^ 2 * (p j0 0 + y * q j0 0) ^ 2)).
  assert (Pc : 0 < c).
  { unfold c. apply Rmult_lt_0_compat; [lra|]. rewrite <- !Rsqr_pow2. apply Rmult_lt_0_compat; apply Rsqr_pos_lt; auto.
    }
  apply (is_lim_squeeze0 E (fun t => exp (- margin_of 0) * exp (- c * nu t))).
  - intros t Ht. rewrite pair_loss by auto. split; [left; apply exp_pos|]. rewrite <- exp_plus.
    pose proof (pair_nu_increases 0 t ltac:(lra)) as N. rewrite pair_nu_zero in N.
    pose proof (margin_linear j0 (nu t) Hj N) as M. fold c in M.
    destruct M as [M|M]; [left; apply exp_increasing; lra | right; f_equal; lra].
  - replace (Finite 0) with (Finite (exp (- margin_of 0) * 0)) by (f_equal; ring).
    apply is_lim_scale, is_lim_exp_decay_infinite; [apply pair_nu_diverges | exact Pc].
Qed.

(* all that the data see is blocked: the loss stays above 1 *)
Lemma pair_blocked t : (forall j, (j < m)%nat -> s j <> 0 -> p j 0 + y * q j 0 = 0) -> 0 <= t -> 1 <= E t.
Proof.
  intros B Ht. rewrite pair_loss by auto.
  assert (M : margin_of (nu t) <= 0).
  { unfold margin_of, output_of.
    enough (Sum m (fun j => y * s j * ((p j 0 + q j 0) ^ 2 * exp (2 * (y * s j * nu t)) - (p j 0 - q j 0) ^ 2
      * exp (- (2 * (y * s j * nu t))))) <= 0) by lra.
    apply Rle_trans with (Sum m (fun _ => 0)); [apply Sum_le; intros j Hj | right; apply Sum_zero; auto].
    destruct (Req_dec (s j) 0) as [->|Nz]; [right; ring|]. pose proof (B j Hj Nz) as Z.
    pose proof (singular_values j Hj) as S0.
    pose proof (exp_pos (2 * (y * s j * nu t))) as P1. pose proof (exp_pos (- (2 * (y * s j * nu t)))) as P2.
    set (e1 := exp (2 * (y * s j * nu t))) in *. set (e2 := exp (- (2 * (y * s j * nu t)))) in *.
    destruct label as [Y|Y]; rewrite Y in *.
    - replace (p j 0 + q j 0) with 0 by lra. assert (0 <= s j * ((p j 0 - q j 0) ^ 2 * e2))
        by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; [apply pow2_ge_0 | lra]]).
      match goal with |- ?x <= 0 => replace x with (- (s j * ((p j 0 - q j 0) ^ 2 * e2))) by ring end. lra.
    - replace (p j 0 - q j 0) with 0 by lra. assert (0 <= s j * ((p j 0 + q j 0) ^ 2 * e1))
        by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; [apply pow2_ge_0 | lra]]).
      match goal with |- ?x <= 0 => replace x with (- (s j * ((p j 0 + q j 0) ^ 2 * e1))) by ring end. lra. }
  rewrite <- exp_0. destruct M as [M|M]; [left; apply exp_increasing; lra | right; f_equal; lra].
Qed.

(* --- the largest singular value that the start is not blocked on --- *)
Variable top : nat.
Hypothesis dominant : forall j, (j < m)%nat -> p j 0 + y * q j 0 <> 0 -> s j <= s top.
Hypothesis top_positive : 0 < s top.
Definition top_part (j : nat) : R := if Req_EM_T (s j) (s top) then p j 0 + y * q j 0 else 0.

Let g t := exp (- s top * nu t).

(* exp(-s_max nu) eta_l tends to half of e, up to the sign of the layer *)
Lemma scaled_exponential c : c < s top -> is_lim (fun t => g t * exp (c * nu t)) p_infty 0.
Proof.
  intros Hc. apply (is_lim_ext (fun t => exp (- (s top - c) * nu t))).
  - intros t. unfold g. rewrite <- exp_plus. f_equal. ring.
  - apply is_lim_exp_decay_infinite; [apply pair_nu_diverges | lra].
Qed.

Lemma scaled_growing j : (j < m)%nat -> is_lim (fun t => g t * (p j t + y * q j t)) p_infty (top_part j).
Proof.
  intros Hj. apply (is_lim_ext_loc (fun t => (p j 0 + y * q j 0) * (g t * exp (s j * nu t)))).
  - exists 0. intros t Ht. rewrite (pair_exponential j t y) by (auto; lra).
    replace (y * (y * s j * nu t)) with (y * y * (s j * nu t)) by ring. rewrite label_square, Rmult_1_l. ring.
  - unfold top_part. destruct (Req_EM_T (s j) (s top)) as [Eq|N].
    + apply (is_lim_ext (fun _ => p j 0 + y * q j 0)); [|apply is_lim_const].
      intros t. unfold g. rewrite <- exp_plus, Eq. replace (- s top * nu t + s top * nu t) with 0 by ring.
      rewrite exp_0. ring.
    + destruct (Req_dec (p j 0 + y * q j 0) 0) as [Z|Nz].
      * rewrite Z. apply (is_lim_ext (fun _ => 0)); [intros; ring | apply is_lim_const].
      * replace (Finite 0) with (Finite ((p j 0 + y * q j 0) * 0)) by (f_equal; ring).
        apply is_lim_scale, scaled_exponential. pose proof (dominant j Hj Nz). lra.
Qed.

Lemma scaled_decaying j : (j < m)%nat -> is_lim (fun t => g t * (p j t - y * q j t)) p_infty 0.
Proof.
  intros Hj. apply (is_lim_ext_loc (fun t => (p j 0 - y * q j 0) * (g t * exp (- s j * nu t)))).
  - exists 0. intros t Ht. pose proof (pair_exponential j t (- y) Hj ltac:(lra) ltac:(destruct label as [-> | ->];
      [right|left]; ring)) as G.
    replace (p j t + - y * q j t) with (p j t - y * q j t) in G by ring. rewrite G.
    replace (- y * (y * s j * nu t)) with (y * y * (- s j * nu t)) by ring. rewrite label_square, Rmult_1_l. ring.
  - replace (Finite 0) with (Finite ((p j 0 - y * q j 0) * 0)) by (f_equal; ring).
    apply is_lim_scale, scaled_exponential. pose proof (singular_values j Hj). lra.
Qed.

Lemma scaled_pair j : (j < m)%nat ->
  is_lim (fun t => g t * p j t) p_infty (/ 2 * top_part j) /\ is_lim (fun t => g t * q j t) p_infty
    (/ 2 * (y * top_part j)).
Proof.
  intros Hj. pose proof (scaled_growing j Hj) as G. pose proof (scaled_decaying j Hj) as D. split.
  - apply (is_lim_ext (fun t => / 2 * (g t * (p j t + y * q j t) + g t * (p j t - y * q j t)))); [intros; field|].
    apply is_lim_scale. replace (Finite (top_part j)) with (Finite (top_part j + 0)) by (f_equal; ring).
    apply is_lim_plus'; auto.
  - apply (is_lim_ext (fun t => / 2 * (y * (g t * (p j t + y * q j t) - g t * (p j t - y * q j t))))).
    + intros t. replace (/ 2 * (y * (g t * (p j t + y * q j t) - g t * (p j t - y * q j t))))
        with (y * y * (g t * q j t)) by field.
      rewrite label_square. ring.
    + apply is_lim_scale, is_lim_scale.
      replace (Finite (top_part j)) with (Finite (top_part j - 0)) by (f_equal; ring). apply is_lim_minus'; auto.
Qed.

End Pair.
