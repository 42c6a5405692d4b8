(* The hypotheses of the theorems can be met: an explicit, nonconstant gradient flow of a two-layer
   diagonal network with two coordinates and one data point, x = (1, 1), y = 3/4,
   started at v_1 = (1, 1), v_2 = (0, 0). With e(t) = exp(-5t/2) and tau = (6 - e)/(3 + 2e):
     v_1 = (tau + 1)/(2 sqrt tau),  v_2 = (tau - 1)/(2 sqrt tau)  (each entry), tau(0) = 1, tau -> 2. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt DepthPotential Regression Network Diagonal Conserved Tensor Margin
  Sensing Uniqueness NetworkExistence SensingExistence FullyConnectedTensor.
Open Scope R_scope.

Definition tau (t : R) : R := (6 - exp (- (5 / 2) * t)) / (3 + 2 * exp (- (5 / 2) * t)).
Definition first_layer (t : R) : R := (tau t + 1) / (2 * sqrt (tau t)).
Definition second_layer (t : R) : R := (tau t - 1) / (2 * sqrt (tau t)).
Definition witness (l j : nat) (t : R) : R := match l with O => first_layer t | _ => second_layer t end.
Definition witness_X (i j : nat) : R := 1.
Definition witness_y (i : nat) : R := 3 / 4.

Lemma exp_range t : 0 <= t -> 0 < exp (- (5 / 2) * t) <= 1.
Proof.
  intros Ht. split; [apply exp_pos|]. rewrite <- exp_0.
  destruct (Req_dec t 0) as [->|N]; [right; f_equal; ring|]. left. apply exp_increasing. lra.
Qed.

Lemma tau_pos t : 0 <= t -> 0 < tau t.
Proof. intros Ht. pose proof (exp_range t Ht). apply Rdiv_lt_0_compat; lra. Qed.

Lemma tau_derive t : is_derive tau t (- (tau t - 2) * (tau t + / 2)).
Proof.
  unfold tau. pose proof (exp_pos (- (5 / 2) * t)) as P.
  auto_derive; [lra|]. field. lra.
Qed.

(* residual x.beta - y in terms of tau *)
Definition gap_of (u : R) : R := 2 * ((u + 1) / (2 * sqrt u) * ((u - 1) / (2 * sqrt u))) - 3 / 4.

Lemma gap_value u : 0 < u -> - (u - 2) * (u + / 2) = - 2 * u * gap_of u.
Proof.
  intros P. unfold gap_of. pose proof (sqrt_lt_R0 u P) as Ps.
  replace (2 * ((u + 1) / (2 * sqrt u) * ((u - 1) / (2 * sqrt u)))) with ((u + 1) * (u - 1) / (2 * (sqrt u * sqrt u)))
    by (field; lra).
  rewrite sqrt_sqrt by lra. field. lra.
Qed.

Lemma first_derive t : 0 <= t -> is_derive first_layer t (- (gap_of (tau t) * second_layer t)).
Proof.
  intros Ht. pose proof (tau_pos t Ht) as P. pose proof (sqrt_lt_R0 _ P) as Ps.
  pose proof (tau_derive t) as D. rewrite gap_value in D by auto.
  replace (- (gap_of (tau t) * second_layer t))
    with ((- 2 * tau t * gap_of (tau t)) * ((tau t - 1) / (4 * tau t * sqrt (tau t))))
    by (unfold second_layer; field; lra).
  apply (is_derive_comp (fun u => (u + 1) / (2 * sqrt u)) tau); auto.
  pose proof (sqrt_sqrt (tau t) ltac:(lra)) as S2. set (s := sqrt (tau t)) in *.
  auto_derive; [split; [lra|]; split; auto; fold s; lra|]. fold s.
  rewrite <- S2. field. lra.
Qed.

Lemma second_derive t : 0 <= t -> is_derive second_layer t (- (gap_of (tau t) * first_layer t)).
Proof.
  intros Ht. pose proof (tau_pos t Ht) as P. pose proof (sqrt_lt_R0 _ P) as Ps.
  pose proof (tau_derive t) as D. rewrite gap_value in D by auto.
  replace (- (gap_of (tau t) * first_layer t))
    with ((- 2 * tau t * gap_of (tau t)) * ((tau t + 1) / (4 * tau t * sqrt (tau t))))
    by (unfold first_layer; field; lra).
  apply (is_derive_comp (fun u => (u - 1) / (2 * sqrt u)) tau); auto.
  pose proof (sqrt_sqrt (tau t) ltac:(lra)) as S2. set (s := sqrt (tau t)) in *.
  auto_derive; [split; [lra|]; split; auto; fold s; lra|]. fold s.
  rewrite <- S2. field. lra.
Qed.

Lemma right_continuous (f : R -> R) (l : R) : is_derive f 0 l -> filterlim f (at_right 0) (locally (f 0)).
Proof.
  intros D V HV. assert (C : continuous f 0) by (apply (ex_derive_continuous f); exists l; exact D).
  destruct (C V HV) as [e He]. exists e. intros u Hu _. apply He, Hu.
Qed.

Lemma witness_flow : diagonal_gradient_flow 2 2 1 witness_X witness_y witness.
Proof.
  intros l j Hl Hj. split.
  - destruct l as [|l].
    + eapply right_continuous. apply (first_derive 0). lra.
    + eapply right_continuous. apply (second_derive 0). lra.
  - intros t Ht. assert (Ht' : 0 <= t) by lra.
    assert (Gap : gap_of (tau t) = 2 * (first_layer t * second_layer t) - 3 / 4) by reflexivity.
    destruct l as [|[|l]]; [| |lia].
    + replace (Derive _ _) with (gap_of (tau t) * second_layer t); [apply first_derive; auto|].
      symmetry. apply is_derive_unique.
      destruct j as [|[|j]]; [| |lia];
        unfold diagonal_loss, replace_entry, at_time, witness_X, witness_y; cbn [Sum Prod Nat.eqb witness];
        (auto_derive; [auto | rewrite Gap; field]).
    + replace (Derive _ _) with (gap_of (tau t) * first_layer t); [apply second_derive; auto|].
      symmetry. apply is_derive_unique.
      destruct j as [|[|j]]; [| |lia];
        unfold diagonal_loss, replace_entry, at_time, witness_X, witness_y; cbn [Sum Prod Nat.eqb witness];
        (auto_derive; [auto | rewrite Gap; field]).
Qed.

Lemma tau_start : tau 0 = 1.
Proof. unfold tau. rewrite Rmult_0_r, exp_0. field. Qed.

Lemma witness_start :
  (forall l j, (l < 2 - 1)%nat -> (j < 2)%nat -> witness l j 0 = 1 * 1) /\
  (forall j, (j < 2)%nat -> witness (2 - 1) j 0 = 0).
Proof.
  split.
  - intros [|l] j Hl _; [|lia]. simpl. unfold first_layer. rewrite tau_start, sqrt_1. field.
  - intros j _. simpl. unfold second_layer. rewrite tau_start, sqrt_1. field.
Qed.

Lemma witness_rank : row_rank_bound 2 1 witness_X 2.
Proof. intros r. unfold witness_X. cbn [Sum]. lra. Qed.

Lemma tau_moves : 1 < tau 1.
Proof.
  pose proof (exp_increasing (- (5 / 2) * 1) 0 ltac:(lra)) as E1. rewrite exp_0 in E1.
  unfold tau. pose proof (exp_pos (- (5 / 2) * 1)).
  apply (Rmult_lt_reg_r (3 + 2 * exp (- (5 / 2) * 1))); [lra|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

(* all hypotheses of R1 + R2 at once, hence their conclusion for a flow that moves *)
Theorem witness_regression : exists beta : nat -> R,
  (forall j, (j < 2)%nat -> is_lim (fun t => Prod 2 (fun l => witness l j t)) p_infty (beta j)) /\
  feasible 2 1 witness_X witness_y beta /\
  witness 0 0 0 <> witness 0 0 1.
Proof.
  destruct witness_start as [F La].
  destruct (diagonal_network_regression 2 2 1 witness_X witness_y witness 1 (fun _ => 1) 2
    ltac:(lia) witness_flow ltac:(lra) ltac:(intros; lra) F La ltac:(lra) witness_rank)
    as [beta [_ [Lim [Feas _]]]].
  exists beta. split; [exact Lim|]. split; [exact Feas|].
  rewrite F by lia. simpl. unfold first_layer.
  pose proof (tau_pos 1 ltac:(lra)) as P. pose proof (sqrt_lt_R0 _ P) as Ps.
  pose proof (sqrt_sqrt (tau 1) ltac:(lra)) as S2.
  pose proof tau_moves as T1.
  intros E. assert (Q : tau 1 + 1 = 2 * sqrt (tau 1)).
  { apply (Rmult_eq_reg_r (/ (2 * sqrt (tau 1)))); [|apply Rgt_not_eq, Rinv_0_lt_compat; lra].
    rewrite Rinv_r by lra. unfold Rdiv in E. lra. }
  assert (Z : (sqrt (tau 1) - 1) * (sqrt (tau 1) - 1) = 0) by lra.
  apply Rmult_integral in Z. assert (S1 : sqrt (tau 1) = 1) by lra. rewrite S1 in S2. lra.
Qed.

(* K0: one parameter, f = v, v(t) = ln(1 + t); the loss is 1 at time 0 and 1/2 at time 1 *)
Definition logarithm (l c : nat) (t : R) : R := ln (1 + t).

Theorem witness_margin : let M := fun (_ : nat) (_ : nat -> nat) => 1 in let k := fun _ : nat => 1%nat in
  tensor_gradient_flow 1 1 k M exponential logarithm /\
  tensor_loss 1 1 k M exponential (at_time logarithm 1) < 1.
Proof.
  intros M k.
  assert (D : forall t, 0 <= t -> is_derive (fun t => ln (1 + t)) t (/ (1 + t)))
    by (intros t Ht; auto_derive; [lra | field; lra]).
  split.
  - intros l c Hl Hc. destruct l as [|l]; [|lia]. destruct c as [|c]; [|unfold k in Hc; lia]. split.
    + apply (right_continuous (logarithm 0 0) (/ (1 + 0))). apply (D 0); lra.
    + intros t Ht. replace (Derive _ _) with (- / (1 + t)).
      * rewrite Ropp_involutive. apply D. lra.
      * symmetry. apply is_derive_unique.
        replace (- / (1 + t)) with (tensor_gradient 1 1 k M (fun _ u => - exp (- u)) (at_time logarithm t) 0 0).
        -- apply (tensor_partial_derivative 1 1 k M exponential (fun _ u => - exp (- u)) exponential_derive); auto.
        -- unfold tensor_gradient, slot, contract, with_layer, M, k, at_time, logarithm, delta. simpl.
           replace (- (0 + ln (1 + t) * 1)) with (- ln (1 + t)) by ring.
           rewrite exp_Ropp, exp_ln by lra. field. lra.
  - unfold tensor_loss, exponential, contract, M, k, at_time, logarithm. simpl.
    replace (- (0 + ln (1 + 1) * 1)) with (- ln 2) by (replace (1 + 1) with 2 by ring; ring).
    rewrite exp_Ropp, exp_ln by lra. lra.
Qed.

(* C3 and K2: the same flow as a fully connected network of one layer; the loss is below 1 at time 1 *)
Definition line (l : nat) (t : R) : matrix := fun _ _ => ln (1 + t).

Theorem witness_fully_connected : let d := fun _ : nat => 1%nat in let X := fun _ _ : nat => 1 in
  fully_connected_gradient_flow 1 1 d X exponential line /\
  fully_connected_loss 1 1 d X exponential (matrix_at line 1) < 1 /\ line 0 0 0%nat 0%nat <> line 0 1 0%nat 0%nat.
Proof.
  intros d X.
  assert (D : forall t, 0 <= t -> is_derive (fun t => ln (1 + t)) t (/ (1 + t)))
    by (intros t Ht; auto_derive; [lra | field; lra]).
  assert (P : 0 < ln (1 + 1)) by (rewrite <- ln_1 at 1; apply ln_increasing; lra).
  split; [|split].
  - intros l a b Hl Ha Hb. unfold d in Ha, Hb. replace l with 0%nat by lia. replace a with 0%nat by lia.
    replace b with 0%nat by lia. split.
    + apply (right_continuous (fun t => ln (1 + t)) (/ (1 + 0))). apply D; lra.
    + intros t Ht. replace (Derive _ _) with (- / (1 + t)); [rewrite Ropp_involutive; apply D; lra|].
      symmetry. apply is_derive_unique. apply (is_derive_ext (fun s => exp (- s))).
      * intros s. unfold fully_connected_loss, fully_connected_output, product, replace_matrix_entry, X, d, exponential.
        unfold matrix_at, line. simpl. unfold mul, identity, delta. simpl. rewrite Rplus_0_l. f_equal. ring.
      * replace (- / (1 + t)) with (- exp (- line 0 t 0%nat 0%nat)); [auto_derive; auto; ring|].
        unfold line. rewrite exp_Ropp, exp_ln by lra. reflexivity.
  - unfold fully_connected_loss, fully_connected_output, product, matrix_at, line, X, d, exponential. simpl.
    unfold mul, identity, delta. simpl. rewrite Rplus_0_l.
    apply Rlt_le_trans with (exp 0); [apply exp_increasing; lra | rewrite exp_0; lra].
  - unfold line. rewrite Rplus_0_r, ln_1. lra.
Qed.

(* and one with two layers, of shapes 2 x 2 and 2 x 1, from W_0 = I, W_1 = (1, 1)^T on x = (1, 1): the loss starts
   at exp(-2) < 1, and the parameters diverge *)
Definition two_widths (l : nat) : nat := match l with O | 1%nat => 2 | _ => 1 end.

Theorem witness_two_layers : let X := fun _ _ : nat => 1 in exists W,
  fully_connected_gradient_flow 2 1 two_widths X exponential W /\
  fully_connected_loss 2 1 two_widths X exponential (matrix_at W 0) < 1 /\
  is_lim (fun t => sqrt (squared_norm 2 (matrix_width two_widths) (fun l c =>
    W l t (cell_row two_widths l c) (cell_column two_widths l c)))) p_infty p_infty.
Proof.
  intros X. set (W0 := fun l : nat => match l with O => identity | _ => (fun _ _ => 1) end : matrix).
  destruct (fully_connected_flow_exists 2 1 two_widths X exponential (fun _ u => - exp (- u)) W0)
    as [W [Fl [Start _]]]; [exact exponential_derive | | intros; left; apply exp_pos | reflexivity |].
  { intros i _. apply (smooth_lipschitz (fun u => - exp (- u)) (fun u => exp (- u))).
    - intros u. auto_derive; auto. ring.
    - intros u. apply (ex_derive_continuous (fun u => exp (- u))). auto_derive; auto. }
  assert (Small : fully_connected_loss 2 1 two_widths X exponential (matrix_at W 0) < 1).
  { unfold fully_connected_loss, fully_connected_output, product, exponential, X. cbn [Sum before two_widths].
    unfold matrix_at. cbn [Conserved.before]. unfold mul. cbn [Sum two_widths].
    rewrite !Start by (cbn; lia). unfold W0, identity, delta.
    cbn [Nat.eqb]. rewrite Rplus_0_l.
    apply Rlt_le_trans with (exp 0); [apply exp_increasing; lra | rewrite exp_0; lra]. }
  exists W. split; [exact Fl | split; [exact Small|]].
  pose proof (fully_connected_tensor_flow 2 two_widths eq_refl 1 X exponential W Fl) as T.
  destruct (normalised_margin 2 1 (matrix_width two_widths) (fun i => layers_tensor 2 two_widths (X i)) _ 0
    ltac:(lia) ltac:(lia) ltac:(lra) T) as [_ [_ [_ [_ Div]]]]; [|exact Div].
  unfold tensor_loss. erewrite Sum_ext; [exact Small|]. intros i _. cbv beta. f_equal.
  exact (fully_connected_is_tensor 2 two_widths eq_refl (X i) (matrix_at W 0)).
Qed.
