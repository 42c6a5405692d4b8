(* Hypotheses that cannot be dropped and statements that are false: each is refuted by an example. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt DepthPotential Network Diagonal Witness.
Open Scope R_scope.

(* constant functions as a solution *)
Lemma constant_solution L m n A y (w : nat -> nat -> R) :
  (forall j l, (j < m)%nat -> (l < L)%nat -> velocity L m n A y w j l = 0) ->
  solution L m n A y (fun j l _ => w j l).
Proof.
  intros Z j l Hj Hl. split; [apply filterlim_const|]. intros t _.
  change (at_time (fun j l _ => w j l) t) with w. rewrite Z by auto. apply (is_derive_const (w j l)).
Qed.

(* without the gaps (lambda > 0) of R1: a saddle, where the loss stays *)
Theorem no_decay_without_gaps :
  exists v, solution 2 1 1 (fun _ _ => 1) (fun _ => 1) v /\ row_rank_bound 1 1 (fun _ _ => 1) 1 /\
  forall t, loss 2 1 1 (fun _ _ => 1) (fun _ => 1) (at_time v t) = / 2.
Proof.
  exists (fun _ _ _ => 0). split; [|split].
  - apply (constant_solution 2 1 1 _ _ (fun _ _ => 0)). intros j l _ Hl.
    unfold velocity, ProdBut. destruct l as [|[|l]]; [| |lia]; cbn [Prod Nat.eqb]; ring.
  - intros r. cbn [Sum]. lra.
  - intros t. unfold loss, residual, coefficient, at_time. cbn [Sum Prod]. field.
Qed.

(* without full row rank: nothing interpolates *)
Theorem no_interpolation_without_rank :
  exists v, solution 2 1 1 (fun _ _ => 0) (fun _ => 1) v /\
  (v 0%nat 0%nat 0 ^ 2 - v 0%nat 1%nat 0 ^ 2 = 1) /\
  forall rho, ~ feasible 1 1 (fun _ _ => 0) (fun _ => 1) rho.
Proof.
  exists (fun _ l _ => match l with O => 1 | _ => 0 end). split; [|split].
  - apply (constant_solution 2 1 1 _ _ (fun _ l => match l with O => 1 | _ => 0 end)). intros j l _ Hl.
    unfold velocity, dual_gradient. cbn [Sum]. ring.
  - ring.
  - intros rho F. specialize (F 0%nat ltac:(lia)). cbn [Sum] in F. lra.
Qed.

(* C1 with a plus sign *)
Theorem sums_of_squares_move : exists L m n X y v, diagonal_gradient_flow L m n X y v /\
  exists t, 0 <= t /\ v 0%nat 0%nat t ^ 2 + v 1%nat 0%nat t ^ 2 <> v 0%nat 0%nat 0 ^ 2 + v 1%nat 0%nat 0 ^ 2.
Proof.
  exists 2%nat, 2%nat, 1%nat, witness_X, witness_y, witness. split; [apply witness_flow|].
  exists 1. split; [lra|]. destruct witness_start as [F La].
  specialize (La 0%nat ltac:(lia)). simpl Nat.sub in La. rewrite (F 0%nat 0%nat), La by lia.
  simpl witness. unfold first_layer, second_layer.
  pose proof tau_moves as T1. pose proof (sqrt_lt_R0 (tau 1) ltac:(lra)) as Ps.
  pose proof (sqrt_sqrt (tau 1) ltac:(lra)) as S2.
  replace (((tau 1 + 1) / (2 * sqrt (tau 1))) ^ 2 + ((tau 1 - 1) / (2 * sqrt (tau 1))) ^ 2)
    with ((tau 1 * tau 1 + 1) / (2 * (sqrt (tau 1) * sqrt (tau 1)))) by (field; lra).
  rewrite S2. intros E.
  assert (Z : tau 1 * tau 1 + 1 = 2 * tau 1).
  { apply (Rmult_eq_reg_r (/ (2 * tau 1))); [|apply Rgt_not_eq, Rinv_0_lt_compat; lra].
    rewrite Rinv_r by lra. unfold Rdiv in E. lra. }
  assert (Z' : (tau 1 - 1) * (tau 1 - 1) = 0) by lra. apply Rmult_integral in Z'. lra.
Qed.

(* R1 with lambda^L for lambda^(L-1) *)
Theorem rate_exponent : ~ (forall L m n A y v pivot lambda mu,
  solution L m n A y v ->
  (forall j, (j < m)%nat -> (pivot j < L)%nat) -> 0 < lambda ->
  (forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j ->
     lambda <= v j l 0 ^ 2 - v j (pivot j) 0 ^ 2) ->
  0 < mu -> row_rank_bound m n A mu ->
  forall t, 0 <= t ->
    loss L m n A y (at_time v t) <= loss L m n A y (at_time v 0) * exp (- (2 * lambda ^ L * mu) * t)).
Proof.
  intros Wrong.
  assert (Sol : solution 1 1 1 (fun _ _ => 1) (fun _ => 0) (fun _ _ t => exp (- t))).
  { assert (D : forall t, is_derive (fun t => exp (- t)) t (- exp (- t))) by (intros; auto_derive; auto; ring).
    intros j l Hj Hl. split; [apply (right_continuous _ _ (D 0))|]. intros t Ht.
    replace (velocity 1 1 1 (fun _ _ => 1) (fun _ => 0) (at_time (fun _ _ t => exp (- t)) t) j l)
      with (- exp (- t)); [apply D|].
    destruct l; [|lia]. unfold velocity, dual_gradient, residual, coefficient, ProdBut, at_time.
    cbn [Sum Prod Nat.eqb]. ring. }
  pose proof (Wrong _ _ _ _ _ _ (fun _ => 0%nat) 2 1 Sol ltac:(intros; cbv beta; lia) ltac:(lra)
    ltac:(cbv beta; intros; lia) ltac:(lra) ltac:(intros r; cbn [Sum]; lra) 1 ltac:(lra)) as B.
  unfold loss, residual, coefficient, at_time in B. cbn [Sum Prod] in B.
  rewrite Ropp_0, exp_0 in B.
  replace (/ 2 * (0 + (0 + 1 * (1 * exp (- (1))) - 0) ^ 2)) with (/ 2 * (exp (- (1)) * exp (- (1)))) in B by ring.
  rewrite <- exp_plus in B.
  pose proof (exp_increasing (- (2 * 2 ^ 1 * 1) * 1) (- (1) + - (1)) ltac:(lra)). lra.
Qed.

(* R2 with the potential of another depth *)
Theorem wrong_depth_wrong_potential : exists t, HL 2 t <> HL 3 t.
Proof.
  apply Classical_Pred_Type.not_all_ex_not. intros E.
  assert (D : forall t, hL_inverse 2 t = hL_inverse 3 t).
  { intros t. rewrite <- (is_derive_unique _ _ _ (HL_derive 2 t)), <- (is_derive_unique _ _ _ (HL_derive 3 t)).
    apply Derive_ext. exact E. }
  specialize (D (sinh 8 / 2)). rewrite hL_inverse_depth_2 in D.
  replace (2 * (sinh 8 / 2)) with (sinh 8) in D by field. rewrite arcsinh_sinh in D.
  destruct (coefficient_bijective 3 (sinh 8 / 2)) as [q [Eq _]].
  rewrite <- Eq, hL_inverse_closed_form, dual_depth_3 in D.
  pose proof (atan_bound q). pose proof PI_4. lra.
Qed.
