(* Hypotheses that cannot be dropped and statements that are false: each is refuted by an example. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias R5Ties DepthPotential Regression Network Tensor
  Margin Diagonal
  NetworkExistence Witness.
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

(* R1 with lambda^L for lambda^(L-1), at depth 2: with q = exp(-4t) the flow v_1 = 4/sqrt(4 - q^2),
   v_2 = 2q/sqrt(4 - q^2) of the loss (v_1 v_2)^2/2 has v_1^2 - v_2^2 = 4 and decays like exp(-8t), not exp(-32t) *)
Definition slow (j l : nat) (t : R) : R :=
  match l with O => 4 / sqrt (4 - exp (- 4 * t) ^ 2) | _ => 2 * exp (- 4 * t) / sqrt (4 - exp (- 4 * t) ^ 2) end.

Lemma slow_root t : 0 <= t -> 0 < sqrt (4 - exp (- 4 * t) ^ 2) /\
  sqrt (4 - exp (- 4 * t) ^ 2) * sqrt (4 - exp (- 4 * t) ^ 2) = 4 - exp (- 4 * t) ^ 2 /\ 0 < exp (- 4 * t) <= 1.
Proof.
  intros Ht. assert (Q : 0 < exp (- 4 * t) <= 1).
  { split; [apply exp_pos|]. rewrite <- exp_0.
    destruct (Req_dec t 0) as [->|N]; [right; f_equal; ring|]. left. apply exp_increasing. lra. }
  split; [apply sqrt_lt_R0; nra | split; [apply sqrt_sqrt; nra | exact Q]].
Qed.

Lemma slow_derive l t : 0 <= t -> (l < 2)%nat ->
  is_derive (slow 0 l) t (velocity 2 1 1 (fun _ _ => 1) (fun _ => 0) (at_time slow t) 0 l).
Proof.
  intros Ht Hl. destruct (slow_root t Ht) as [Ps [S2 Q]].
  assert (Dq : is_derive (fun t => exp (- 4 * t)) t (- 4 * exp (- 4 * t))) by (auto_derive; auto; ring).
  assert (Ve : forall h dh, is_derive h (exp (- 4 * t)) dh ->
    is_derive (fun t => h (exp (- 4 * t))) t (- 4 * exp (- 4 * t) * dh))
    by (intros h dh D; apply (is_derive_comp h (fun t => exp (- 4 * t))); auto).
  assert (N : 0 < 4 - exp (- 4 * t) ^ 2) by nra.
  unfold velocity, dual_gradient, residual, coefficient, ProdBut, at_time.
  set (q := exp (- 4 * t)) in *. set (s := sqrt (4 - q ^ 2)) in *.
  destruct l as [|[|l]]; [| |lia]; cbn [Sum Prod Nat.eqb slow]; fold q; fold s.
  - replace (- _ * _) with (- 4 * q * (4 * q / (s * (s * s)))) by (field; lra).
    apply (Ve (fun q => 4 / sqrt (4 - q ^ 2))). auto_derive; fold s.
    + change (4 + - (q * (q * 1))) with (4 - q ^ 2). fold s. split; [lra | split; [lra | auto]].
    + change (4 + - (q * (q * 1))) with (4 - q ^ 2). fold s. field. lra.
  - replace (- _ * _) with (- 4 * q * (8 / (s * (s * s)))) by (field; lra).
    apply (Ve (fun q => 2 * q / sqrt (4 - q ^ 2))). auto_derive; fold s.
    + change (4 + - (q * (q * 1))) with (4 - q ^ 2). fold s. split; [lra | split; [lra | auto]].
    + change (4 + - (q * (q * 1))) with (4 - q ^ 2). fold s. replace 8 with (2 * (s * s + q ^ 2)) by lra. field. lra.
Qed.

Theorem rate_exponent : ~ (forall L m n A y v pivot lambda mu,
  (2 <= L)%nat ->
  solution L m n A y v ->
  (forall j, (j < m)%nat -> (pivot j < L)%nat) -> 0 < lambda ->
  (forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j ->
     lambda <= v j l 0 ^ 2 - v j (pivot j) 0 ^ 2) ->
  0 < mu -> row_rank_bound m n A mu ->
  forall t, 0 <= t ->
    loss L m n A y (at_time v t) <= loss L m n A y (at_time v 0) * exp (- (2 * lambda ^ L * mu) * t)).
Proof.
  intros Wrong.
  assert (Sol : solution 2 1 1 (fun _ _ => 1) (fun _ => 0) slow).
  { intros j l Hj Hl. destruct j; [|lia]. split.
    - exact (right_continuous _ _ (slow_derive l 0 ltac:(lra) Hl)).
    - intros t Ht. apply slow_derive; auto; lra. }
  assert (Gap : forall t, 0 <= t -> slow 0 0 t ^ 2 - slow 0 1 t ^ 2 = 4).
  { intros t Ht. destruct (slow_root t Ht) as [Ps [S2 Q]]. unfold slow.
    set (s := sqrt _) in *. replace ((4 / s) ^ 2 - (2 * exp (- 4 * t) / s) ^ 2)
      with (4 * (4 - exp (- 4 * t) ^ 2) / (s * s)) by (field; lra). rewrite S2. field. nra. }
  set (T := 1). assert (HT : 0 <= T) by (unfold T; lra).
  pose proof (Wrong 2%nat 1%nat 1%nat (fun _ _ => 1) (fun _ => 0) slow (fun _ => 1%nat) 4 1 (le_n 2) Sol
    ltac:(intros; cbv beta; lia) ltac:(lra)
    ltac:(intros j l Hj Hl N; cbv beta in N; destruct j; [|lia]; replace l with 0%nat by lia; cbv beta;
      pose proof (Gap 0 ltac:(lra)); lra)
    ltac:(lra) ltac:(intros r; cbn [Sum]; lra) T HT) as B.
  assert (Value : forall t, 0 <= t -> loss 2 1 1 (fun _ _ => 1) (fun _ => 0) (at_time slow t)
    = 32 * exp (- 4 * t) ^ 2 / (4 - exp (- 4 * t) ^ 2) ^ 2).
  { intros t Ht. destruct (slow_root t Ht) as [Ps [S2 Q]].
    unfold loss, residual, coefficient, at_time, slow. cbn [Sum Prod].
    set (s := sqrt _) in *. rewrite <- S2. field. lra. }
  rewrite !Value in B by lra. rewrite Rmult_0_r, exp_0 in B.
  replace (- (2 * 4 ^ 2 * 1) * T) with (- 4 * T * 8) in B by ring.
  set (q := exp (- 4 * T)) in *.
  assert (Q8 : exp (- 4 * T * 8) = q ^ 8).
  { unfold q. rewrite <- Rpower_pow by apply exp_pos. unfold Rpower. rewrite ln_exp. f_equal. simpl. ring. }
  rewrite Q8 in B.
  assert (Q1 : 0 < q < 1).
  { pose proof (exp_increasing (- 4 * T) 0 ltac:(unfold T; lra)) as I. rewrite exp_0 in I.
    split; [apply exp_pos | exact I]. }
  (* 9 <= q^6 (4 - q^2)^2 < 9 *)
  assert (C : 9 <= q ^ 6 * (4 - q ^ 2) ^ 2).
  { assert (N : 0 < 4 - q ^ 2) by nra. pose proof (pow_lt _ 2 N) as P.
    apply (Rmult_le_reg_r (32 / 9 * q ^ 2 / (4 - q ^ 2) ^ 2)).
    - apply Rdiv_lt_0_compat; auto. nra.
    - replace (9 * (32 / 9 * q ^ 2 / (4 - q ^ 2) ^ 2)) with (32 * q ^ 2 / (4 - q ^ 2) ^ 2) by (field; lra).
      replace (q ^ 6 * (4 - q ^ 2) ^ 2 * (32 / 9 * q ^ 2 / (4 - q ^ 2) ^ 2)) with (32 / 9 * q ^ 8) by (field; lra).
      lra. }
  assert (q ^ 3 * (4 - q ^ 2) < 3).
  { assert (0 < q ^ 2 < 1) by nra. replace (q ^ 3) with (q * q ^ 2) by ring. set (z := q ^ 2) in *.
    assert (0 < z * (4 - z) < 3) by nra. nra. }
  assert (0 < q ^ 3 * (4 - q ^ 2)) by (apply Rmult_lt_0_compat; [apply pow_lt; lra | nra]).
  replace (q ^ 6 * (4 - q ^ 2) ^ 2) with (q ^ 3 * (4 - q ^ 2) * (q ^ 3 * (4 - q ^ 2))) in C by ring. nra.
Qed.

(* R2 with the potential of another depth, for two coordinates *)
Theorem wrong_depth_wrong_potential : ~ (forall L K m n X y v beta,
  (2 <= L)%nat -> (2 <= K)%nat ->
  diagonal_gradient_flow L m n X y v ->
  (forall l j, (l < L - 1)%nat -> (j < m)%nat -> v l j 0 = 1) ->
  (forall j, (j < m)%nat -> v (L - 1)%nat j 0 = 0) ->
  (forall j, (j < m)%nat -> is_lim (fun t => Prod L (fun l => v l j t)) p_infty (beta j)) ->
  feasible m n X y beta ->
  forall x, feasible m n X y x -> Sum m (fun j => HL K (beta j)) <= Sum m (fun j => HL K (x j))).
Proof.
  intros Wrong.
  set (X := fun _ j : nat => match j with O => 1 | _ => 2 end). set (y := fun _ : nat => 36).
  destruct (diagonal_flow_exists 2 2 1 X y (fun l _ => match l with O => 1 | _ => 0 end)) as [v [Fl V0]].
  destruct (implicit_bias_regression 2 2 1 X y (fun j l => v l j) 1 (fun _ => 1) 1 (le_n 2)
    (diagonal_solution 2 2 1 X y v Fl) Rlt_0_1 ltac:(intros; lra)
    ltac:(intros j l Hj Hl; cbv beta; rewrite V0 by (simpl in *; lia); destruct l; [ring | lia])
    ltac:(intros j Hj; cbv beta; rewrite V0 by (simpl in *; lia); reflexivity) Rlt_0_1)
    as [w [nu [_ [Conv [Feas [Kkt _]]]]]].
  { intros r. unfold X. cbn [Sum]. nra. }
  set (rho := coefficient 2 w) in *.
  assert (F : rho 0%nat + 2 * rho 1%nat = 36).
  { pose proof (Feas 0%nat ltac:(lia)) as F. unfold X, y in F. cbn [Sum] in F. lra. }
  (* the multiplier of the true depth *)
  assert (K2 : forall j, (j < 2)%nat -> hL_inverse 2 (rho j) = X 0%nat j * nu 0%nat).
  { intros j Hj. pose proof (Kkt j Hj) as E. cbv beta in E. rewrite Rabs_R1 in E. cbn [Sum] in E.
    rewrite !Rmult_1_l, !pow1, Rdiv_1 in E. rewrite E. ring. }
  (* and the condition of the other depth along the line of interpolators *)
  assert (K3 : 2 * hL_inverse 3 (rho 0%nat) = hL_inverse 3 (rho 1%nat)).
  { set (f := fun u => HL 3 (rho 0%nat + 2 * u) + HL 3 (rho 1%nat - u)).
    assert (D : is_derive f 0 (2 * hL_inverse 3 (rho 0%nat) - hL_inverse 3 (rho 1%nat))).
    { unfold f. replace (_ - _) with (2 * hL_inverse 3 (rho 0%nat) + -1 * hL_inverse 3 (rho 1%nat)) by ring.
      apply (is_derive_plus (fun u => HL 3 (rho 0%nat + 2 * u)) (fun u => HL 3 (rho 1%nat - u))).
      - apply (is_derive_comp (HL 3) (fun u => rho 0%nat + 2 * u)); [|auto_derive; auto; ring].
        rewrite Rmult_0_r, Rplus_0_r. apply HL_derive.
      - apply (is_derive_comp (HL 3) (fun u => rho 1%nat - u)); [|auto_derive; auto; ring].
        rewrite Rminus_0_r. apply HL_derive. }
    assert (Least : forall u, f 0 <= f u).
    { intros u. unfold f. rewrite Rmult_0_r, Rplus_0_r, Rminus_0_r.
      pose proof (Wrong 2%nat 3%nat 2%nat 1%nat X y v rho (le_n 2) ltac:(lia) Fl
        ltac:(intros l j Hl Hj; cbv beta; rewrite V0 by (simpl in *; lia); destruct l; [reflexivity | lia])
        ltac:(intros j Hj; cbv beta; rewrite V0 by (simpl in *; lia); reflexivity)
        ltac:(intros j Hj; apply (is_lim_Prod 2 (fun l t => v l j t)); intros; apply Conv; auto) Feas
        (fun j => match j with O => rho 0%nat + 2 * u | _ => rho 1%nat - u end)) as B.
      cbn [Sum] in B.
      enough (0 + HL 3 (rho 0%nat) + HL 3 (rho 1%nat) <=
        0 + HL 3 (rho 0%nat + 2 * u) + HL 3 (rho 1%nat - u)) by lra.
      apply B. intros i _. unfold X, y. cbn [Sum]. lra. }
    assert (Z : 2 * hL_inverse 3 (rho 0%nat) - hL_inverse 3 (rho 1%nat) = 0); [|lra].
    apply is_derive_Reals in D.
    apply (deriv_minimum f (-1) 1 0 (exist _ _ D)); try lra. intros; apply Least. }
  (* 36 < rho_0 + 2 rho_1 if rho_0 is large, and the dual variable of depth 3 is bounded by pi/2 *)
  assert (Small : rho 0%nat < 2).
  { destruct (Rlt_le_dec (rho 0%nat) 2) as [|Big]; auto. exfalso.
    assert (Du : forall t, hL_inverse 3 t < PI / 2).
    { intros t. destruct (coefficient_bijective 3 t) as [q [<- _]]. rewrite hL_inverse_closed_form, dual_depth_3.
      apply atan_bound. }
    assert (At2 : hL_inverse 3 2 = PI / 4).
    { replace 2 with (coefficient_of 3 1) at 1; [rewrite hL_inverse_closed_form, dual_depth_3; apply atan_1|].
      unfold coefficient_of, unit_weight. simpl (3 - 1)%nat. rewrite pow2_sqrt; lra. }
    assert (PI / 4 <= hL_inverse 3 (rho 0%nat)).
    { rewrite <- At2. destruct Big as [Lt | <-]; [left; apply hL_inverse_increasing; auto | lra]. }
    pose proof (Du (rho 1%nat)). lra. }
  assert (Double : arcsinh (2 * rho 1%nat) = 2 * arcsinh (2 * rho 0%nat)).
  { pose proof (K2 0%nat ltac:(lia)) as E0. pose proof (K2 1%nat ltac:(lia)) as E1.
    rewrite hL_inverse_depth_2 in E0, E1. unfold X in E0, E1. lra. }
  assert (Sinh : rho 1%nat = 2 * rho 0%nat * sqrt (1 + (2 * rho 0%nat) ^ 2)).
  { apply (f_equal sinh) in Double. rewrite sinh_double, cosh_arcsinh, !sinh_arcsinh in Double. lra. }
  pose proof (sqrt_pos (1 + (2 * rho 0%nat) ^ 2)) as Rp.
  destruct (Rle_lt_dec (rho 0%nat) 0) as [Neg|Pos]; [nra|].
  assert (Rb : sqrt (1 + (2 * rho 0%nat) ^ 2) < 17 / 4).
  { rewrite <- (sqrt_pow2 (17 / 4)) by lra. apply sqrt_lt_1_alt. nra. }
  nra.
Qed.

(* K0 with |theta|^(L+1) for |theta|^L: one parameter, f = v = |theta| = log(1 + t) *)
Theorem margin_exponent : ~ (forall L n k M v t0, (1 <= L)%nat -> (0 < n)%nat -> 0 <= t0 ->
  tensor_gradient_flow L n k M exponential v ->
  let loss_at t := tensor_loss L n k M exponential (at_time v t) in
  let norm t := sqrt (squared_norm L k (at_time v t)) in
  loss_at t0 < 1 ->
  forall s t, t0 <= s <= t -> - ln (loss_at s) / norm s ^ S L <= - ln (loss_at t) / norm t ^ S L).
Proof.
  intros Wrong. destruct witness_margin as [Fl Small].
  pose proof (Wrong _ _ _ _ _ 1 (le_n 1) (le_n 1) Rle_0_1 Fl Small 1 3 ltac:(lra)) as B.
  clear Wrong. cbv beta zeta in B.
  assert (Loss : forall t, 0 <= t ->
    - ln (tensor_loss 1 1 (fun _ => 1%nat) (fun _ _ => 1) exponential (at_time logarithm t)) = ln (1 + t)).
  { intros t Ht. unfold tensor_loss, exponential, contract, at_time, logarithm. simpl.
    rewrite Rplus_0_l, ln_exp. ring. }
  assert (Norm : forall t, 0 <= t -> sqrt (squared_norm 1 (fun _ => 1%nat) (at_time logarithm t)) = ln (1 + t)).
  { intros t Ht. unfold squared_norm, at_time, logarithm. simpl. rewrite !Rplus_0_l, Rmult_1_r.
    apply sqrt_square. rewrite <- ln_1. destruct (Req_dec t 0) as [->|N]; [rewrite Rplus_0_r; lra|].
    left. apply ln_increasing; lra. }
  rewrite !Loss, !Norm in B by lra.
  assert (P : 0 < ln (1 + 1)) by (rewrite <- ln_1; apply ln_increasing; lra).
  replace (1 + 3) with ((1 + 1) * (1 + 1)) in B by ring. rewrite ln_mult in B by lra.
  set (h := ln (1 + 1)) in *. simpl in B.
  replace (h / (h * (h * 1))) with (/ h) in B by (field; lra).
  replace ((h + h) / ((h + h) * ((h + h) * 1))) with (/ 2 * / h) in B by (field; lra).
  pose proof (Rinv_0_lt_compat h P). lra.
Qed.

(* R5 with ties, from u = v = 1: u v stays positive, so y = -1 is not fitted, although interpolators exist *)
Theorem balanced_start_keeps_sign v : solution 2 1 1 (fun _ _ => 1) (fun _ => -1) v ->
  (forall l, (l < 2)%nat -> v 0%nat l 0 = 1) ->
  is_smallest 2 0 (fun l => v 0%nat l 0) /\ feasible 1 1 (fun _ _ => 1) (fun _ => -1) (fun _ => -1) /\
  forall t, 0 <= t -> / 2 <= loss 2 1 1 (fun _ _ => 1) (fun _ => -1) (at_time v t).
Proof.
  intros Sol V0.
  assert (Sm : forall j, (j < 1)%nat -> is_smallest 2 0 (fun l => v j l 0)).
  { intros j Hj. replace j with 0%nat by lia. split; [lia | split].
    - intros l Hl. rewrite !V0 by lia. lra.
    - right. rewrite V0 by lia. lra. }
  split; [apply Sm; lia | split; [intros i _; cbn [Sum]; ring|]]. intros t Ht.
  pose proof (extend_solution 2 1 1 _ _ v Sol) as X.
  assert (Vt : forall j l t, 0 <= t -> extend v j l t = v j l t) by (intros; unfold extend; rewrite Rmax_right; auto).
  assert (E0 : forall j, (j < 1)%nat -> (fun l => extend v j l 0) = (fun l => v j l 0))
    by (intros; extensionality l; apply Vt; lra).
  assert (Sm' : forall j, (j < 1)%nat -> is_smallest 2 0 (fun l => extend v j l 0))
    by (intros j Hj; rewrite E0 by auto; auto).
  pose proof (stays_inside 2 1 1 _ _ (extend v) X (fun _ => 0%nat) Sm' 0%nat t ltac:(lia) Ht) as I.
  cbv beta zeta in I. rewrite E0 in I by lia. rewrite !Vt in I by lra.
  pose proof (coefficient_from_pivot 2 1 1 _ _ (extend v) X (fun _ => 0%nat)) as C. cbv beta zeta in C.
  specialize (C ltac:(intros; lia) (gaps 2 1 (extend v) (fun _ => 0%nat) Sm') (own_inside 2 1 (extend v) (fun _ =>
    0%nat) Sm') 0%nat t ltac:(lia) Ht).
  rewrite extend_at, E0, Vt in C by (auto; lia).
  assert (Sg : other_sign 2 0 (fun l => v 0%nat l 0) = 1).
  { unfold other_sign, ProdBut. cbn [Prod Nat.eqb]. rewrite V0 by lia. rewrite sign_eq_1; lra. }
  assert (W0 : modulus 2 0 (fun l => v 0%nat l 0) 0 = 0).
  { unfold modulus, weight, ProdBut, gap. cbn [Prod Nat.eqb]. rewrite !V0 by lia.
    replace (0 ^ 2 + (1 ^ 2 - 1 ^ 2)) with 0 by ring. rewrite sqrt_0. ring. }
  assert (Pos : 0 < coefficient 2 (at_time v t) 0).
  { rewrite C, Sg, Rmult_1_l. unfold T.
    assert (Pw : 0 < modulus 2 0 (fun l => v 0%nat l 0) (v 0%nat 0%nat t)).
    { apply (inside_positive _ (v 0%nat 0%nat 0)); [|intros a b; apply modulus_grows | exact I].
      apply modulus_pos_off. intros l Hl _. unfold gap. rewrite !V0 by lia. lra. }
    destruct I as [P|P]; [rewrite W0 in P; lra|]. rewrite V0 in P by lia. nra. }
  unfold loss, residual. cbn [Sum]. nra.
Qed.
