(* The potential as the work that the flow does: with nu_i(t) = - int_0^t r_i, at every time
     dQ/drho_j = (A^T nu)_j  at rho(t),      d/dt Q(rho(t)) = nu . df/dt,      Q(rho(0)) = 0. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias DepthPotential Regression.
Open Scope R_scope.

Theorem potential_is_work
  (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R)
  (alpha : R) (etabar : nat -> R) :
  (2 <= L)%nat ->
  solution L m n A y v ->
  0 < alpha ->
  (forall j, (j < m)%nat -> etabar j <> 0) ->
  (forall j l, (j < m)%nat -> (l < L - 1)%nat -> v j l 0 = alpha * etabar j) ->
  (forall j, (j < m)%nat -> v j (L - 1)%nat 0 = 0) ->
  let scale j := alpha * Rabs (etabar j) in
  let rho j t := coefficient L (at_time v t) j in
  let output i t := Sum m (fun j => A i j * rho j t) in
  let nu i t := - RInt (fun u => residual L m A y (at_time v (Rmax 0 u)) i) 0 t in
  let Q x := Sum m (fun j => scale j ^ 2 * HL L (x j / scale j ^ L)) in
  Q (fun j => rho j 0) = 0 /\
  forall t, 0 < t ->
    (forall j, (j < m)%nat ->
       is_derive (fun x => scale j ^ 2 * HL L (x / scale j ^ L)) (rho j t) (Sum n (fun i => A i j * nu i t))) /\
    exists velocity : nat -> R,
      (forall i, (i < n)%nat -> is_derive (output i) t (velocity i)) /\
      is_derive (fun t => Q (fun j => rho j t)) t (Sum n (fun i => nu i t * velocity i)).
Proof.
  intros HL2 Sol Pal He Hf Hlast scale rho output nu Q.
  set (V := extend v).
  pose proof (extend_solution L m n A y v Sol) as X. fold V in X.
  assert (V0 : forall j l, V j l 0 = v j l 0) by (intros; unfold V, extend; rewrite Rmax_left; lra).
  assert (Vt : forall t, 0 <= t -> at_time V t = at_time v t) by (intros; apply extend_at; auto).
  assert (Ps : forall j, (j < m)%nat -> 0 < scale j).
  { intros j Hj. unfold scale. apply Rmult_lt_0_compat; auto. apply Rabs_pos_lt; auto. }
  assert (Oth : forall j l, (j < m)%nat -> (l < L)%nat -> l <> (L - 1)%nat -> Rabs (V j l 0) = scale j).
  { intros j l Hj Hl N. rewrite V0, Hf by (auto; lia). unfold scale. rewrite Rabs_mult, (Rabs_pos_eq alpha); lra. }
  assert (Piv : forall j, (j < m)%nat -> V j (L - 1)%nat 0 = 0) by (intros; rewrite V0; auto).
  destruct (positive_minimum m (fun j => scale j ^ 2)) as [lambda [Pl Hl]]; [intros; apply pow_lt; auto|].
  assert (Gaps : forall j l, (j < m)%nat -> (l < L)%nat -> l <> (L - 1)%nat ->
    lambda <= V j l 0 ^ 2 - V j (L - 1)%nat 0 ^ 2).
  { intros j l Hj Hk N. rewrite Piv by auto. rewrite <- (pow2_abs (V j l 0)), (Oth j l) by auto.
    pose proof (Hl j Hj). lra. }
  assert (Last : forall j, (j < m)%nat -> (L - 1 < L)%nat) by (intros; lia).
  assert (Gp : forall j, (j < m)%nat -> forall l, (l < L)%nat -> l <> (L - 1)%nat ->
    0 < gap (L - 1) (fun l => V j l 0) l).
  { intros j Hj l Hk N. unfold gap. pose proof (Gaps j l Hj Hk N). lra. }
  assert (Small : forall j l, (j < m)%nat -> (l < L)%nat -> l <> (L - 1)%nat -> 0 <= gap (L - 1) (fun l => V j l 0) l)
    by (intros j l Hj Hk N; left; apply Gp; auto).
  assert (Inside : forall j, (j < m)%nat ->
    inside (modulus L (L - 1) (fun l => V j l 0)) (V j (L - 1)%nat 0) (V j (L - 1)%nat 0))
    by (intros j Hj; left; apply modulus_pos; auto).
  assert (Bias : forall j, (j < m)%nat -> forall x,
    bias L (L - 1) (fun l => V j l 0) x = scale j ^ 2 * HL L (x / scale j ^ L)).
  { intros j Hj x. apply bias_depth; auto; lia. }
  assert (Dual : forall j t, (j < m)%nat -> 0 <= t ->
    dbias L (L - 1) (fun l => V j l 0) (coefficient L (at_time V t) j) = Sum n (fun i => A i j * nu i t)).
  { intros j t Hj Ht.
    pose proof (coefficient_from_pivot L m n A y V X (fun _ => (L - 1)%nat) Last Small Inside j t Hj Ht) as C.
    pose proof (dual_identity L m n A y V X (fun _ => (L - 1)%nat) Last Small Inside j t Hj Ht) as D.
    cbv beta in C, D. rewrite C. unfold dbias.
    rewrite <- Rmult_assoc, (other_sign_square L (L - 1) (fun l => V j l 0)), Rmult_1_l by (apply Gp; auto).
    rewrite dH_T; [exact D | | |].
    - intros; apply modulus_pos; apply Gp; auto.
    - apply modulus_cont.
    - apply modulus_grows. }
  assert (Db : forall j t, (j < m)%nat -> 0 <= t ->
    is_derive (fun x => scale j ^ 2 * HL L (x / scale j ^ L)) (rho j t) (Sum n (fun i => A i j * nu i t))).
  { intros j t Hj Ht. apply (is_derive_ext (bias L (L - 1) (fun l => V j l 0))); [intros; apply Bias; auto|].
    rewrite <- Dual by auto. rewrite Vt by auto. apply bias_derive. apply Gp; auto. }
  split.
  - unfold Q. apply Sum_zero. intros j Hj.
    assert (Z : rho j 0 = 0).
    { unfold rho, coefficient. rewrite <- (ProdBut_mul L (fun l => at_time v 0 j l) (L - 1)) by lia.
      unfold at_time at 1. rewrite Hlast by auto. ring. }
    rewrite Z. unfold Rdiv. rewrite Rmult_0_l, HL_zero. ring.
  - intros t Ht. split; [intros j Hj; apply Db; auto; lra|].
    set (drho := fun j => - dual_gradient L m n A y (at_time V t) j * tangent L V j t).
    assert (Dr : forall j, (j < m)%nat -> is_derive (rho j) t (drho j)).
    { intros j Hj. destruct (coefficient_path L m n A y V X j Hj) as [_ D].
      apply (is_derive_ext_loc (fun t => coefficient L (at_time V t) j)).
      - apply (locally_interval _ t 0 p_infty); simpl; auto. intros s Hs _. rewrite Vt by lra. reflexivity.
      - apply D; auto. }
    assert (Sums : forall N (h : nat -> R -> R) dh, (forall j, (j < N)%nat -> is_derive (h j) t (dh j)) ->
      is_derive (fun t => Sum N (fun j => h j t)) t (Sum N dh)).
    { induction N as [|N IH]; intros h dh H; simpl; [apply (is_derive_const 0)|].
      apply (is_derive_plus (fun t => Sum N (fun j => h j t)) (h N)); auto. }
    exists (fun i => Sum m (fun j => A i j * drho j)). split.
    + intros i _. apply (Sums m (fun j t => A i j * rho j t)). intros j Hj. apply (is_derive_scal (rho j)). auto.
    + replace (Sum n (fun i => nu i t * Sum m (fun j => A i j * drho j)))
        with (Sum m (fun j => drho j * Sum n (fun i => A i j * nu i t))).
      * apply (Sums m (fun j t => scale j ^ 2 * HL L (rho j t / scale j ^ L))). intros j Hj.
        apply (is_derive_comp (fun x => scale j ^ 2 * HL L (x / scale j ^ L)) (rho j)); [apply Db; auto; lra | auto].
      * rewrite (Sum_ext m _ (fun j => Sum n (fun i => nu i t * (A i j * drho j))))
          by (intros j _; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
        rewrite Sum_swap. apply Sum_ext. intros i _. apply Sum_scal_l.
Qed.
