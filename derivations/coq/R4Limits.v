(* R4: the limit of R2, rho(alpha) = argmin { Q_alpha(rho) : A rho = y },
     Q_alpha(rho) = alpha^2 sum_j etabar_j^2 H_L(rho_j / (alpha |etabar_j|)^L),
   as the scale alpha of the start tends to 0 and to infinity:
     L = 2,  alpha -> 0:         the solution of min sum_j |rho_j|, if it is unique (no weights),
     L >= 3, alpha -> 0:         the solution of min sum_j |rho_j| / |etabar_j|^(L-2), if it is unique,
     any L,  alpha -> infinity:  the solution of min sum_j rho_j^2 / etabar_j^(2L-2). *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Norms Potential Kkt DepthPotential Cluster R4Stable R4Potential.
Open Scope R_scope.

(* --- minimisers --- *)
Definition minimiser m n A y (G : (nat -> R) -> R) (x : nat -> R) : Prop :=
  feasible m n A y x /\ forall u, feasible m n A y u -> G x <= G u.
Definition only_minimiser m n A y (G : (nat -> R) -> R) (x : nat -> R) : Prop :=
  feasible m n A y x /\ forall u, feasible m n A y u -> (forall j, (j < m)%nat -> u j = x j) \/ G x < G u.

(* the potential of R2, as in [odeco_network_regression] *)
Definition scaled_potential (L m : nat) (etabar : nat -> R) (alpha : R) (x : nat -> R) : R :=
  alpha ^ 2 * Sum m (fun j => etabar j ^ 2 * HL L (x j / (alpha * Rabs (etabar j)) ^ L)).

Definition weighted_norm_1 (L m : nat) (etabar : nat -> R) (x : nat -> R) : R :=
  Sum m (fun j => Rabs (x j) / Rabs (etabar j) ^ (L - 2)).
Definition weighted_square (L m : nat) (etabar : nat -> R) (x : nat -> R) : R :=
  Sum m (fun j => x j ^ 2 / etabar j ^ (2 * L - 2)).

Lemma only_minimiser_is_minimiser L m n A y etabar alpha x :
  only_minimiser m n A y (scaled_potential L m etabar alpha) x ->
    minimiser m n A y (scaled_potential L m etabar alpha) x.
Proof.
  intros [Fx Hx]. split; auto. intros u Fu. destruct (Hx u Fu) as [E|Lt]; [|lra].
  right. unfold scaled_potential. f_equal. apply Sum_ext. intros j Hj. rewrite E; auto.
Qed.

(* --- filters of the scale --- *)
Lemma right_of_0 b : 0 < b -> at_right 0 (fun a => 0 < a < b).
Proof.
  intros Pb. exists (mkposreal b Pb). intros a Ha Pa. change (Rabs (a - 0) < b) in Ha.
  rewrite Rminus_0_r, Rabs_pos_eq in Ha by lra. lra.
Qed.

Lemma near_infinity (b : R) : Rbar_locally p_infty (fun a => b < a).
Proof. exists b. auto. Qed.

Lemma log_scale_pos : at_right 0 (fun a => 0 < / - ln a).
Proof.
  generalize (right_of_0 1 Rlt_0_1). apply filter_imp. intros a [Pa La]. apply Rinv_0_lt_compat.
  apply ln_increasing in La; auto. rewrite ln_1 in La. lra.
Qed.

Section Scale.
Variables (L m n : nat) (A : nat -> nat -> R) (y etabar : nat -> R).
Hypothesis etabar_nonzero : forall j, (j < m)%nat -> etabar j <> 0.
Let w j := Rabs (etabar j).

Lemma w_pos j : (j < m)%nat -> 0 < w j.
Proof. intros Hj. apply Rabs_pos_lt, etabar_nonzero, Hj. Qed.

Lemma w_square j : w j ^ 2 = etabar j ^ 2.
Proof. apply pow2_abs. Qed.

(* the terms of c(alpha) Q_alpha *)
Let term (c : R -> R) (alpha : R) (j : nat) (x : R) : R := c alpha * alpha ^ 2 * etabar j ^ 2 * HL L
  (x / (alpha * w j) ^ L).

Lemma term_sum c alpha x : potential m (term c alpha) x = c alpha * scaled_potential L m etabar alpha x.
Proof.
  unfold potential, scaled_potential, term. rewrite <- Rmult_assoc, <- Sum_scal_l. apply Sum_ext.
  intros; unfold w; ring.
Qed.

Section Filter.
Variables (F : (R -> Prop) -> Prop) (c : R -> R) (g : nat -> R -> R) (z : nat -> R).
Context {FF : Filter F}.
Hypothesis c_pos : F (fun a => 0 < c a).
Hypothesis g_cont : forall j x, (j < m)%nat -> continuous (g j) x.
Hypothesis tends : forall j B e, (j < m)%nat -> 0 < B -> 0 < e ->
  F (fun a => forall x, Rabs x <= B -> Rabs (term c a j x - g j x) <= e).

Lemma term_convex : F (fun a => forall j x u s, (j < m)%nat -> 0 < s <= 1 ->
  term c a j (s * x + (1 - s) * u) <= s * term c a j x + (1 - s) * term c a j u).
Proof.
  generalize c_pos. apply filter_imp. intros a Pa j x u s Hj Ps. unfold term. apply HL_convex; [|lra].
  pose proof (pow2_ge_0 a). pose proof (pow2_ge_0 (etabar j)).
  apply Rmult_le_pos; auto. apply Rmult_le_pos; lra.
Qed.

Lemma scale_limit d : only_minimiser m n A y (potential m g) z -> 0 < d ->
  F (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    forall j, (j < m)%nat -> Rabs (r j - z j) < d).
Proof.
  intros [Fz Oz] Pd.
  assert (U : forall x, feasible m n A y x -> potential m g x <= potential m g z -> forall j, (j < m)%nat -> x j = z j).
  { intros x Fx Le. destruct (Oz x Fx) as [E|Lt]; [auto | lra]. }
  pose proof (minimisers_converge m n A y g z g_cont Fz U R F (term c) term_convex tends d Pd) as M.
  generalize (filter_and _ _ c_pos M). apply filter_imp. intros a [Pc Ha] r [Fr Mr]. apply Ha; auto.
  intros x Fx. rewrite !term_sum. apply Rmult_le_compat_l; [lra | auto].
Qed.

(* unique or not *)
Lemma scale_value B d : feasible m n A y z -> (forall x, potential m g x <= potential m g z + 1 ->
    forall j, (j < m)%nat -> Rabs (x j) <= B) -> 0 < d ->
  F (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r -> potential m g r <= potential m g z + d).
Proof.
  intros Fz HB Pd.
  pose proof (values_converge m n A y g z Fz R F (term c) term_convex tends B d (fun x _ => HB x) Pd) as V.
  generalize (filter_and _ _ c_pos V). apply filter_imp. intros a [Pc Ha] r [Fr Mr]. apply Ha; auto.
  intros x Fx. rewrite !term_sum. apply Rmult_le_compat_l; [lra | auto].
Qed.
End Filter.

Lemma continuous_abs_scaled c x : continuous (fun x => Rabs x * c) x.
Proof. apply (continuous_mult Rabs (fun _ => c)); [apply continuous_Rabs | apply continuous_const]. Qed.

(* --- L = 2, alpha -> 0 --- *)
Lemma small_scale_2_alpha j B a x : (j < m)%nat -> 0 <= B -> 0 < a -> a * w j <= 1 -> Rabs x <= B ->
  Rabs ((a * w j) ^ 2 * HL 2 (x / (a * w j) ^ 2) - Rabs x * - ln a) <= B * ln (1 + 4 * B) + B + 1 + B * Rabs (ln (w j)).
Proof.
  intros Hj PB Pa Aw Hx. pose proof (w_pos j Hj) as Pw.
  assert (Aw0 : 0 < a * w j) by (apply Rmult_lt_0_compat; auto).
  assert (E1 : 0 < (a * w j) ^ 2 <= 1).
  { split; [apply pow_lt; lra|]. rewrite <- (pow1 2). apply pow_incr. lra. }
  pose proof (small_scale_2 B _ x E1 PB Hx) as S.
  set (h := (a * w j) ^ 2 * HL 2 (x / (a * w j) ^ 2)) in *.
  replace (- ln ((a * w j) ^ 2)) with (2 * (- ln a - ln (w j))) in S.
  2:{ replace ((a * w j) ^ 2) with ((a * w j) * (a * w j)) by ring. rewrite !ln_mult by lra. ring. }
  replace (h - Rabs x * - ln a) with (h - Rabs x * (2 * (- ln a - ln (w j))) / 2 + - (Rabs x * ln (w j))) by field.
  apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rabs_Ropp, Rabs_mult, Rabs_Rabsolu.
  pose proof (Rmult_le_compat_r (Rabs (ln (w j))) _ _ (Rabs_pos _) Hx). lra.
Qed.

Lemma term_small_2 j B e : L = 2%nat -> (j < m)%nat -> 0 < B -> 0 < e ->
  at_right 0 (fun a => forall x, Rabs x <= B -> Rabs (term (fun a => / - ln a) a j x - Rabs x) <= e).
Proof.
  intros -> Hj PB Pe. pose proof (w_pos j Hj) as Pw.
  set (C := B * ln (1 + 4 * B) + B + 1 + B * Rabs (ln (w j))).
  assert (PC : 0 < C).
  { assert (N : 0 <= ln (1 + 4 * B)) by (rewrite <- ln_1; apply ln_le; lra).
    pose proof (Rmult_le_pos _ _ (Rlt_le _ _ PB) N).
    pose proof (Rmult_le_pos _ _ (Rlt_le _ _ PB) (Rabs_pos (ln (w j)))).
    unfold C. lra. }
  generalize (filter_and _ _ (right_of_0 (/ w j) (Rinv_0_lt_compat _ Pw)) (right_of_0 (exp (- (C / e))) (exp_pos _))).
  apply filter_imp. intros a [[Pa Ha] [_ He]] x Hx.
  (* -ln a is large *)
  assert (Ll : C / e < - ln a).
  { apply ln_increasing in He; auto. rewrite ln_exp in He. lra. }
  assert (Pl : 0 < - ln a) by (pose proof (Rdiv_lt_0_compat C e PC Pe); lra).
  apply (Rmult_lt_compat_r (w j)) in Ha; auto. rewrite Rinv_l in Ha by lra.
  pose proof (small_scale_2_alpha j B a x Hj ltac:(lra) Pa ltac:(lra) Hx) as Hh. fold C in Hh.
  set (h := (a * w j) ^ 2 * HL 2 (x / (a * w j) ^ 2)) in *.
  assert (Eh : term (fun a => / - ln a) a j x = / - ln a * h).
  { unfold term, h. rewrite <- w_square. ring. }
  rewrite Eh. replace (/ - ln a * h - Rabs x) with (/ - ln a * (h - Rabs x * - ln a)) by (field; lra).
  rewrite Rabs_mult, Rabs_pos_eq by (left; apply Rinv_0_lt_compat, Pl).
  apply (Rmult_le_reg_l (- ln a)); auto. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
  apply Rle_trans with (1 := Hh). apply (Rmult_lt_compat_r e) in Ll; auto.
  unfold Rdiv in Ll. rewrite Rmult_assoc, Rinv_l in Ll by lra. lra.
Qed.

Theorem small_scale_two_layers z : L = 2%nat -> only_minimiser m n A y (l1 m) z ->
  forall d, 0 < d -> at_right 0 (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    forall j, (j < m)%nat -> Rabs (r j - z j) < d).
Proof.
  intros E2 Oz d Pd. apply (scale_limit (at_right 0) (fun a => / - ln a) (fun _ => Rabs) z); auto.
  - apply log_scale_pos.
  - intros j x _. apply continuous_Rabs.
  - intros j B e. apply term_small_2, E2.
Qed.

(* --- L >= 3, alpha -> 0 --- *)
Lemma power_below t b k : (1 <= k)%nat -> 0 < t -> t <= 1 -> t <= b -> t ^ k <= b.
Proof.
  intros Hk Pt T1 Tb. destruct k as [|k]; [lia|]. simpl. apply Rle_trans with (t * 1); [|lra].
  apply Rmult_le_compat_l; [lra|]. rewrite <- (pow1 k). apply pow_incr. lra.
Qed.

Lemma term_small_3 j B e : (3 <= L)%nat -> (j < m)%nat -> 0 < B -> 0 < e ->
  at_right 0 (fun a => forall x, Rabs x <= B ->
    Rabs (term (fun a => a ^ (L - 2)) a j x - Rabs x * (s_max L / w j ^ (L - 2))) <= e).
Proof.
  intros HL3 Hj PB Pe. pose proof (w_pos j Hj) as Pw. pose proof (pow_lt (w j) (L - 2) Pw) as Pp.
  destruct (small_scale_3 L B (e * w j ^ (L - 2)) HL3 PB ltac:(apply Rmult_lt_0_compat; auto)) as [e0 [P0 H0]].
  generalize (filter_and _ _ (right_of_0 (/ w j) (Rinv_0_lt_compat _ Pw))
    (right_of_0 (e0 / w j) (Rdiv_lt_0_compat _ _ P0 Pw))).
  apply filter_imp. intros a [[Pa A1] [_ A0]] x Hx.
  apply (Rmult_lt_compat_r (w j)) in A1; auto. rewrite Rinv_l in A1 by lra.
  apply (Rmult_lt_compat_r (w j)) in A0; auto. replace (e0 / w j * w j) with e0 in A0 by (field; lra).
  assert (Aw : 0 < a * w j) by (apply Rmult_lt_0_compat; auto).
  assert (Pk : 0 < (a * w j) ^ L <= e0).
  { split; [apply pow_lt, Aw|]. apply power_below; try lia; lra. }
  pose proof (H0 _ x Pk Hx) as S.
  set (h := HL L (x / (a * w j) ^ L)) in *.
  assert (Eh : term (fun a => a ^ (L - 2)) a j x = (a * w j) ^ L * h / w j ^ (L - 2)).
  { unfold term. fold h. rewrite <- w_square, Rpow_mult_distr.
    replace (a ^ L) with (a ^ (L - 2) * a ^ 2) by (rewrite <- pow_add; f_equal; lia).
    replace (w j ^ L) with (w j ^ (L - 2) * w j ^ 2) by (rewrite <- pow_add; f_equal; lia). field. lra. }
  rewrite Eh. replace ((a * w j) ^ L * h / w j ^ (L - 2) - Rabs x * (s_max L / w j ^ (L - 2)))
    with (((a * w j) ^ L * h - s_max L * Rabs x) / w j ^ (L - 2)) by (field; lra).
  unfold Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ _)) by (left; apply Rinv_0_lt_compat, Pp).
  apply (Rmult_le_reg_r (w j ^ (L - 2))); auto. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. exact S.
Qed.

Theorem small_scale_deep z : (3 <= L)%nat -> only_minimiser m n A y (weighted_norm_1 L m etabar) z ->
  forall d, 0 < d -> at_right 0 (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    forall j, (j < m)%nat -> Rabs (r j - z j) < d).
Proof.
  intros HL3 Oz d Pd.
  apply (scale_limit (at_right 0) (fun a => a ^ (L - 2)) (fun j x => Rabs x * (s_max L / w j ^ (L - 2))) z); auto.
  - generalize (right_of_0 1 Rlt_0_1). apply filter_imp. intros a [Pa _]. apply pow_lt, Pa.
  - intros j x _. apply continuous_abs_scaled.
  - intros j B e. apply term_small_3, HL3.
  - assert (E : forall x, potential m (fun j x => Rabs x * (s_max L / w j ^ (L - 2))) x = s_max L
      * weighted_norm_1 L m etabar x).
    { intros x. unfold potential, weighted_norm_1. rewrite <- Sum_scal_l. apply Sum_ext. intros j _. unfold w, Rdiv.
      ring. }
    destruct Oz as [Fz Oz]. split; auto. intros u Fu. destruct (Oz u Fu) as [Eq|Lt]; auto. right. rewrite !E.
    apply Rmult_lt_compat_l; auto. apply s_max_pos, HL3.
Qed.

(* --- alpha -> infinity --- *)
Lemma power_above t b k : (1 <= k)%nat -> 1 <= t -> b <= t -> b <= t ^ k.
Proof.
  intros Hk T1 Tb. destruct k as [|k]; [lia|]. simpl. apply Rle_trans with (t * 1); [lra|].
  apply Rmult_le_compat_l; [lra|]. apply pow_R1_Rle, T1.
Qed.

Lemma even_power j k : etabar j ^ (2 * k) = w j ^ (2 * k).
Proof. rewrite !pow_mult, w_square. reflexivity. Qed.

Lemma term_large j B e : (1 <= L)%nat -> (j < m)%nat -> 0 < B -> 0 < e ->
  Rbar_locally p_infty (fun a => forall x, Rabs x <= B ->
    Rabs (term (fun a => 2 * a ^ (2 * L - 2)) a j x - x ^ 2 / etabar j ^ (2 * L - 2)) <= e).
Proof.
  intros HL1 Hj PB Pe. pose proof (w_pos j Hj) as Pw.
  replace (2 * L - 2)%nat with (2 * (L - 1))%nat by lia. rewrite even_power.
  pose proof (pow_lt (w j) (2 * (L - 1)) Pw) as Pp.
  set (K := INR (L - 1) * B ^ 4 / (e * w j ^ (2 * (L - 1)))).
  generalize (filter_and _ _ (near_infinity (/ w j)) (near_infinity (K / w j))).
  apply filter_imp. intros a [A1 AK] x Hx.
  pose proof (Rinv_0_lt_compat _ Pw) as Pi. assert (Pa : 0 < a) by lra.
  apply (Rmult_lt_compat_r (w j)) in A1; auto. rewrite Rinv_l in A1 by lra.
  apply (Rmult_lt_compat_r (w j)) in AK; auto. replace (K / w j * w j) with K in AK by (field; lra).
  assert (Pk : 0 < (a * w j) ^ L) by (apply pow_lt; lra).
  pose proof (large_scale L B _ x Pk ltac:(lra) Hx) as S.
  set (h := HL L (x / (a * w j) ^ L)) in *.
  assert (Eh : term (fun a => 2 * a ^ (2 * (L - 1))) a j x = 2 * ((a * w j) ^ L) ^ 2 * h / w j ^ (2 * (L - 1))).
  { unfold term. fold h. rewrite <- w_square, <- pow_mult, Rpow_mult_distr.
    replace (a ^ (L * 2)) with (a ^ (2 * (L - 1)) * a ^ 2) by (rewrite <- pow_add; f_equal; lia).
    replace (w j ^ (L * 2)) with (w j ^ (2 * (L - 1)) * w j ^ 2) by (rewrite <- pow_add; f_equal; lia). field. lra. }
  rewrite Eh. replace (2 * ((a * w j) ^ L) ^ 2 * h / w j ^ (2 * (L - 1)) - x ^ 2 / w j ^ (2 * (L - 1)))
    with ((2 * ((a * w j) ^ L) ^ 2 * h - x ^ 2) / w j ^ (2 * (L - 1))) by (field; lra).
  unfold Rdiv at 1. rewrite Rabs_mult, (Rabs_pos_eq (/ _)) by (left; apply Rinv_0_lt_compat, Pp).
  apply (Rmult_le_reg_r (w j ^ (2 * (L - 1)))); auto. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  apply Rle_trans with (1 := S).
  assert (Q : K <= ((a * w j) ^ L) ^ 2).
  { rewrite <- pow_mult. apply power_above; try lia; lra. }
  assert (P2 : 0 < ((a * w j) ^ L) ^ 2) by (apply pow_lt, Pk).
  apply (Rmult_le_reg_r (((a * w j) ^ L) ^ 2)); auto. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  apply (Rmult_le_compat_l (e * w j ^ (2 * (L - 1)))) in Q; [|left; apply Rmult_lt_0_compat; auto].
  replace (e * w j ^ (2 * (L - 1)) * K) with (INR (L - 1) * B ^ 4) in Q by (unfold K; field; lra). exact Q.
Qed.

(* the weighted l2 problem has at most one solution *)
Lemma square_unique z : minimiser m n A y (weighted_square L m etabar) z -> (1 <= L)%nat ->
  only_minimiser m n A y (weighted_square L m etabar) z.
Proof.
  intros [Fz Mz] HL1. split; auto. intros u Fu.
  destruct (Classical_Prop.classic (forall j, (j < m)%nat -> u j = z j)) as [|N]; auto. right.
  assert (Ex : exists k, (k < m)%nat /\ u k <> z k).
  { apply Classical_Prop.NNPP. intros No. apply N. intros j Hj. apply Classical_Prop.NNPP. intros Ne. apply No.
    exists j. auto. }
  destruct Ex as [k [Hk Nk]].
  pose proof (Mz _ (segment_feasible m n A y (/ 2) u z Fu Fz)) as M.
  enough (weighted_square L m etabar (fun j => / 2 * u j + (1 - / 2) * z j)
    < / 2 * weighted_square L m etabar u + / 2 * weighted_square L m etabar z) by lra.
  unfold weighted_square. rewrite <- !Sum_scal_l, <- Sum_plus.
  assert (P : forall j, (j < m)%nat -> 0 < / etabar j ^ (2 * L - 2)).
  { intros j Hj. replace (2 * L - 2)%nat with (2 * (L - 1))%nat by lia. rewrite even_power.
    apply Rinv_0_lt_compat, pow_lt, w_pos, Hj. }
  apply (Sum_lt m _ _ k Hk).
  - intros j Hj. pose proof (P j Hj). pose proof (pow2_ge_0 (u j - z j)). unfold Rdiv.
    set (i := / etabar j ^ (2 * L - 2)) in *. assert (0 <= (u j - z j) ^ 2 * i) by (apply Rmult_le_pos; lra). nra.
  - pose proof (P k Hk). assert (0 < (u k - z k) ^ 2) by (rewrite <- Rsqr_pow2; apply Rsqr_pos_lt; lra). unfold Rdiv.
    set (i := / etabar k ^ (2 * L - 2)) in *. assert (0 < (u k - z k) ^ 2 * i) by (apply Rmult_lt_0_compat; lra). nra.
Qed.

Theorem large_scale_limit z : (1 <= L)%nat -> minimiser m n A y (weighted_square L m etabar) z ->
  forall d, 0 < d -> Rbar_locally p_infty (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    forall j, (j < m)%nat -> Rabs (r j - z j) < d).
Proof.
  intros HL1 Mz d Pd.
  apply (scale_limit (Rbar_locally p_infty) (fun a => 2 * a ^ (2 * L - 2)) (fun j x =>
    x ^ 2 / etabar j ^ (2 * L - 2)) z); auto.
  - generalize (near_infinity 0). apply filter_imp. intros a Pa. pose proof (pow_lt a (2 * L - 2) Pa). lra.
  - intros j x _. apply (ex_derive_continuous (fun x => x ^ 2 / etabar j ^ (2 * L - 2))). auto_derive. auto.
  - intros j B e. apply term_large, HL1.
  - apply (square_unique z Mz HL1).
Qed.
(* --- the same for a function alpha -> minimiser: limits of its coordinates --- *)
Lemma near_to_limit (F : (R -> Prop) -> Prop) {FF : Filter F} (rho : R -> nat -> R) z :
  (forall d, 0 < d -> F (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    forall j, (j < m)%nat -> Rabs (r j - z j) < d)) ->
  F (fun a => minimiser m n A y (scaled_potential L m etabar a) (rho a)) ->
  forall j, (j < m)%nat -> filterlim (fun a => rho a j) F (locally (z j)).
Proof.
  intros H M j Hj. apply filterlim_locally. intros d.
  generalize (filter_and _ _ M (H d (cond_pos d))). apply filter_imp. intros a [Ma Ha]. apply (Ha (rho a) Ma j Hj).
Qed.

Theorem small_scale_two_layers_lim rho z : L = 2%nat -> only_minimiser m n A y (l1 m) z ->
  at_right 0 (fun a => minimiser m n A y (scaled_potential L m etabar a) (rho a)) ->
  forall j, (j < m)%nat -> filterlim (fun a => rho a j) (at_right 0) (locally (z j)).
Proof. intros E2 Oz. apply near_to_limit; [apply at_right_proper_filter | apply small_scale_two_layers; auto]. Qed.

Theorem small_scale_deep_lim rho z : (3 <= L)%nat -> only_minimiser m n A y (weighted_norm_1 L m etabar) z ->
  at_right 0 (fun a => minimiser m n A y (scaled_potential L m etabar a) (rho a)) ->
  forall j, (j < m)%nat -> filterlim (fun a => rho a j) (at_right 0) (locally (z j)).
Proof. intros HL3 Oz. apply near_to_limit; [apply at_right_proper_filter | apply small_scale_deep; auto]. Qed.

Theorem large_scale_lim (rho : R -> nat -> R) z : (1 <= L)%nat -> minimiser m n A y (weighted_square L m etabar) z ->
  Rbar_locally p_infty (fun a => minimiser m n A y (scaled_potential L m etabar a) (rho a)) ->
  forall j, (j < m)%nat -> is_lim (fun a => rho a j) p_infty (z j).
Proof. intros HL1 Mz M. apply (near_to_limit (Rbar_locally p_infty)); auto. apply large_scale_limit; auto. Qed.
End Scale.
