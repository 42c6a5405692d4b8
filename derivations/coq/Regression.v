(* The catalogue's statements on underdetermined regression, in reduced coordinates:
   R1 + R2 (started at alpha etabar, last layer 0), and R9 (one layer). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias DepthPotential.
Open Scope R_scope.

(* a positive lower bound of finitely many positive numbers *)
Lemma positive_minimum m (f : nat -> R) : (forall j, (j < m)%nat -> 0 < f j) ->
  exists b, 0 < b /\ forall j, (j < m)%nat -> b <= f j.
Proof.
  induction m as [|m IH]; intros P.
  - exists 1. split; [lra | intros; lia].
  - destruct (IH ltac:(auto)) as [b [Pb Hb]]. exists (Rmin b (f m)). split.
    + apply Rmin_glb_lt; auto.
    + intros j Hj. destruct (Nat.eq_dec j m) as [->|N]; [apply Rmin_r|].
      eapply Rle_trans; [apply Rmin_l | apply Hb; lia].
Qed.

(* bias of a coordinate depends only on the values of its layers *)
Lemma modulus_scaled L p (v0 : nat -> R) a : (forall l, (l < L)%nat -> l <> p -> gap p v0 l = a ^ 2) ->
  modulus L p v0 = scaled_weight L p a.
Proof.
  intros G. extensionality z. unfold modulus, scaled_weight, weight.
  apply ProdBut_ext. intros k Hk N. rewrite G; auto.
Qed.

Section DepthBias.
Variables (L p : nat) (v0 : nat -> R) (a : R).
Hypothesis layer : (p < L)%nat.
Hypothesis a_positive : 0 < a.
Hypothesis start_others : forall l, (l < L)%nat -> l <> p -> Rabs (v0 l) = a.
Hypothesis start_pivot : v0 p = 0.

Lemma gap_value l : (l < L)%nat -> l <> p -> gap p v0 l = a ^ 2.
Proof.
  intros Hl N. unfold gap. rewrite <- (start_others l), start_pivot, pow2_abs by auto. ring.
Qed.

Lemma other_sign_cases : other_sign L p v0 = 1 \/ other_sign L p v0 = -1.
Proof.
  assert (S2 : other_sign L p v0 * other_sign L p v0 = 1).
  { apply other_sign_square. intros l Hl N. rewrite gap_value by auto. apply pow_lt, a_positive. }
  assert (F : (other_sign L p v0 - 1) * (other_sign L p v0 + 1) = 0) by lra.
  apply Rmult_integral in F. lra.
Qed.

Lemma bias_depth x : bias L p v0 x = a ^ 2 * HL L (x / a ^ L).
Proof.
  unfold bias. rewrite (modulus_scaled L p v0 a gap_value), start_pivot.
  rewrite scaled_H by (auto using a_positive).
  destruct other_sign_cases as [->| ->]; [rewrite Rmult_1_l; reflexivity|].
  replace (-1 * x / a ^ L) with (- (x / a ^ L)) by (field; apply Rgt_not_eq, pow_lt, a_positive).
  rewrite HL_even. reflexivity.
Qed.

Lemma dbias_depth x : a ^ L * dbias L p v0 x = a ^ 2 * hL_inverse L (x / a ^ L).
Proof.
  unfold dbias. rewrite (modulus_scaled L p v0 a gap_value), start_pivot.
  replace (a ^ L * (other_sign L p v0 * dH (scaled_weight L p a) 0 (other_sign L p v0 * x)))
    with (other_sign L p v0 * (a ^ L * dH (scaled_weight L p a) 0 (other_sign L p v0 * x))) by ring.
  rewrite scaled_dH by (auto using a_positive).
  destruct other_sign_cases as [->| ->]; [rewrite !Rmult_1_l; reflexivity|].
  replace (-1 * x / a ^ L) with (- (x / a ^ L)) by (field; apply Rgt_not_eq, pow_lt, a_positive).
  rewrite hL_inverse_odd. ring.
Qed.
End DepthBias.

(* --- R1 and R2 --- *)
Theorem implicit_bias_regression
  (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R)
  (alpha : R) (etabar : nat -> R) (mu : R) :
  (2 <= L)%nat ->
  solution L m n A y v ->
  0 < alpha ->
  (forall j, (j < m)%nat -> etabar j <> 0) ->
  (forall j l, (j < m)%nat -> (l < L - 1)%nat -> v j l 0 = alpha * etabar j) ->
  (forall j, (j < m)%nat -> v j (L - 1)%nat 0 = 0) ->
  0 < mu -> row_rank_bound m n A mu ->
  let loss_at t := loss L m n A y (at_time v t) in
  let scale j := alpha * Rabs (etabar j) in
  let Q x := alpha ^ 2 * Sum m (fun j => etabar j ^ 2 * HL L (x j / scale j ^ L)) in
  exists w : nat -> nat -> R, exists nu : nat -> R,
    let rho := coefficient L w in
    (* R1, for every lambda below the smallest squared scale *)
    (forall lambda, 0 < lambda -> (forall j, (j < m)%nat -> lambda <= scale j ^ 2) ->
       let c := 2 * lambda ^ (L - 1) * mu in
       forall t, 0 <= t ->
         loss_at t <= loss_at 0 * exp (- c * t) /\
         forall j l, (j < m)%nat -> (l < L)%nat ->
           Rabs (w j l - v j l t) <= 2 * sqrt (loss_at 0 / c) * exp (- (c / 2) * t)) /\
    (* every parameter converges, the limit interpolates *)
    (forall j l, (j < m)%nat -> (l < L)%nat -> is_lim (v j l) p_infty (w j l)) /\
    feasible m n A y rho /\
    (* rho_j = scale_j^L h_L(s_j), s_j = scale_j^(L-2) (A^T nu)_j *)
    (forall j, (j < m)%nat ->
       hL_inverse L (rho j / scale j ^ L) = scale j ^ (L - 2) * Sum n (fun i => A i j * nu i)) /\
    (* R2: the limit is the only minimiser of Q among all interpolators *)
    (forall x, feasible m n A y x -> (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x).
Proof.
  intros HL2 Sol Pal He Hf Hlast Pmu Rk loss_at scale Q.
  assert (Ne : forall j, (j < m)%nat -> alpha * etabar j <> 0)
    by (intros j Hj; apply Rmult_integral_contrapositive; split; [lra | auto]).
  assert (Sc : forall j, scale j = Rabs (alpha * etabar j))
    by (intros; unfold scale; rewrite Rabs_mult, (Rabs_pos_eq alpha) by lra; reflexivity).
  assert (Ps : forall j, (j < m)%nat -> 0 < scale j)
    by (intros; rewrite Sc; apply Rabs_pos_lt; auto).
  assert (Gap : forall lambda, (forall j, (j < m)%nat -> lambda <= scale j ^ 2) ->
    forall j l, (j < m)%nat -> (l < L)%nat -> l <> (L - 1)%nat ->
    lambda <= v j l 0 ^ 2 - v j (L - 1)%nat 0 ^ 2).
  { intros lambda Hl j l Hj Hk N. rewrite Hf, Hlast by (auto; lia).
    pose proof (Hl j Hj) as B. rewrite Sc, pow2_abs in B. lra. }
  assert (Last : forall j, (j < m)%nat -> (L - 1 < L)%nat) by (intros; lia).
  pose proof (fun lambda Pl Hl => convergence_and_bias L m n A y v (fun _ => (L - 1)%nat) lambda mu
    Sol Last Pl (Gap lambda Hl) Pmu Rk) as All.
  destruct (positive_minimum m (fun j => scale j ^ 2)) as [l0 [Pl0 Hl0]];
    [intros; apply pow_lt; auto|].
  destruct (All l0 Pl0 Hl0) as [_ [w [Conv [Feas [[nu Hnu] Uniq]]]]].
  assert (Bias : forall j, (j < m)%nat -> forall x,
    bias L (L - 1) (fun l => v j l 0) x = scale j ^ 2 * HL L (x / scale j ^ L)).
  { intros j Hj x. apply bias_depth; auto; try lia.
    intros l Hk N. rewrite Sc. f_equal. apply Hf; auto; lia. }
  assert (Qeq : forall x, potential m (fun j => bias L (L - 1) (fun l => v j l 0)) x = Q x).
  { intros x. unfold potential, Q. rewrite <- Sum_scal_l. apply Sum_ext. intros j Hj.
    rewrite Bias by auto. rewrite Sc, pow2_abs, <- Sc. ring. }
  exists w, nu. split; [|split; [|split; [|split]]].
  - intros lambda Pl Hl c t Ht. destruct (All lambda Pl Hl) as [Dec [w' [Conv' _]]].
    split; [apply Dec; auto|]. intros j l Hj Hk.
    destruct (Conv j l Hj Hk) as [L1 _]. destruct (Conv' j l Hj Hk) as [L2 B].
    rewrite (is_lim_same _ _ _ L1 L2). apply B; auto.
  - intros j l Hj Hk. apply Conv; auto.
  - exact Feas.
  - intros j Hj. rewrite <- Hnu by auto.
    pose proof (pow_lt _ (L - 2) (Ps j Hj)) as P2. pose proof (Ps j Hj) as P1.
    assert (D := dbias_depth L (L - 1) (fun l => v j l 0) (scale j) ltac:(lia) (Ps j Hj)
      ltac:(intros; rewrite Sc; f_equal; apply Hf; auto; lia) (Hlast j Hj) (coefficient L w j)).
    apply (Rmult_eq_reg_l (scale j ^ 2)); [|apply Rgt_not_eq, pow_lt; auto].
    rewrite <- D, <- Rmult_assoc. f_equal. rewrite <- pow_add. f_equal. lia.
  - intros x Hx. destruct (Uniq x Hx) as [E|Lt]; [left; exact E | right].
    rewrite !Qeq in Lt. exact Lt.
Qed.

(* --- R9: one layer, any start: the nearest interpolator --- *)

Lemma modulus_one_layer v0 z : modulus 1 0 v0 z = 1.
Proof. unfold modulus, weight, ProdBut. simpl. ring. Qed.

Lemma bias_one_layer v0 x : bias 1 0 v0 x = / 2 * (x - v0 0%nat) ^ 2 - v0 0%nat ^ 2 / 2.
Proof.
  unfold bias.
  assert (Sg : other_sign 1 0 v0 = 1) by (unfold other_sign, ProdBut; simpl; ring).
  assert (M : modulus 1 0 v0 = fun _ => 1) by (extensionality z; apply modulus_one_layer).
  rewrite Sg, M, Rmult_1_l.
  assert (P : forall z : R, 0 < 1) by (intros; lra).
  assert (C : forall z : R, continuous (fun _ : R => 1) z) by (intros; apply continuous_const).
  assert (G : forall a z : R, a ^ 2 <= z ^ 2 -> 1 <= 1) by (intros; lra).
  replace x with (T (fun _ => 1) x) at 1 by (unfold T; ring).
  rewrite (H_T (fun _ => 1) (v0 0%nat) P C G). unfold psi, T, sigma.
  rewrite (RInt_ext _ (fun _ => 1)) by (intros; apply Rinv_1).
  rewrite RInt_const. unfold scal; simpl. unfold mult; simpl. field.
Qed.

Theorem one_layer_regression
  (m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R) (mu : R) :
  solution 1 m n A y v -> 0 < mu -> row_rank_bound m n A mu ->
  exists rho : nat -> R,
    (forall j, (j < m)%nat -> is_lim (v j 0%nat) p_infty (rho j)) /\
    feasible m n A y rho /\
    (forall t, 0 <= t -> loss 1 m n A y (at_time v t) <= loss 1 m n A y (at_time v 0) * exp (- (2 * mu) * t)) /\
    (forall x, feasible m n A y x -> (forall j, (j < m)%nat -> x j = rho j) \/
       Sum m (fun j => (rho j - v j 0%nat 0) ^ 2) < Sum m (fun j => (x j - v j 0%nat 0) ^ 2)).
Proof.
  intros Sol Pmu Rk.
  destruct (convergence_and_bias 1 m n A y v (fun _ => 0%nat) 1 mu Sol
     ltac:(intros; cbv beta; lia) Rlt_0_1 ltac:(cbv beta; intros; lia) Pmu Rk) as [Dec [w [Conv [Feas [_ Uniq]]]]].
  assert (Co : forall j, coefficient 1 w j = w j 0%nat) by (intros; unfold coefficient; simpl; ring).
  exists (coefficient 1 w). split; [|split; [exact Feas | split]].
  - intros j Hj. rewrite Co. apply Conv; auto.
  - intros t Ht. replace (- (2 * mu) * t) with (- (2 * 1 ^ (1 - 1) * mu) * t) by (simpl; ring). auto.
  - intros x Hx. destruct (Uniq x Hx) as [E|Lt]; [left; exact E | right].
    unfold potential in Lt.
    assert (Eq : forall u, Sum m (fun j => bias 1 0 (fun l => v j l 0) (u j))
      = / 2 * Sum m (fun j => (u j - v j 0%nat 0) ^ 2) - Sum m (fun j => v j 0%nat 0 ^ 2 / 2)).
    { intros u. rewrite <- Sum_scal_l, <- Sum_minus. apply Sum_ext. intros. apply bias_one_layer. }
    rewrite !Eq in Lt. lra.
Qed.

(* the limit in closed form: beta(0) + A^T (A A^T)^{-1} (y - A beta(0)), stated without an inverse *)
Theorem one_layer_closed_form
  (m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R) (mu : R) (k : nat -> R) :
  solution 1 m n A y v -> 0 < mu -> row_rank_bound m n A mu ->
  (forall i, (i < n)%nat ->
     Sum n (fun i' => Sum m (fun j => A i j * A i' j) * k i') = y i - Sum m (fun j => A i j * v j 0%nat 0)) ->
  forall j, (j < m)%nat -> is_lim (v j 0%nat) p_infty (v j 0%nat 0 + Sum n (fun i => A i j * k i)).
Proof.
  intros Sol Pmu Rk Hk j Hj.
  destruct (one_layer_regression m n A y v mu Sol Pmu Rk) as [rho [Lim [Feas [_ Uniq]]]].
  set (x := fun j => v j 0%nat 0 + Sum n (fun i => A i j * k i)).
  assert (Fx : feasible m n A y x).
  { intros i Hi. unfold x.
    rewrite (Sum_ext m _ (fun j => A i j * v j 0%nat 0 + Sum n (fun i' => A i j * A i' j * k i'))).
    - rewrite Sum_plus, Sum_swap.
      rewrite (Sum_ext n _ (fun i' => Sum m (fun j => A i j * A i' j) * k i'))
        by (intros; rewrite Sum_scal_r; reflexivity).
      rewrite Hk by auto. ring.
    - intros j' _. rewrite Rmult_plus_distr_l, <- Sum_scal_l. f_equal. apply Sum_ext; intros; ring. }
  destruct (Uniq x Fx) as [E|Lt].
  - change (is_lim (v j 0%nat) p_infty (x j)). rewrite E by auto. apply Lim; auto.
  - exfalso.
    pose proof (kkt_equality_min m n (fun j u => (u - v j 0%nat 0) ^ 2) x
      (fun j => Sum n (fun i => A i j * (2 * k i))) A y (fun i => 2 * k i) Fx ltac:(auto) rho) as K.
    unfold potential in K.
    enough (Sum m (fun j => (x j - v j 0%nat 0) ^ 2) <= Sum m (fun j => (rho j - v j 0%nat 0) ^ 2)) by lra.
    apply K; auto. intros j' u _.
    rewrite (Sum_ext n (fun i => A i j' * (2 * k i)) (fun i => 2 * (A i j' * k i))) by (intros; ring).
    rewrite Sum_scal_l. unfold x. set (a := Sum n (fun i => A i j' * k i)).
    pose proof (pow2_ge_0 (u - (v j' 0%nat 0 + a))) as P. nra.
Qed.
