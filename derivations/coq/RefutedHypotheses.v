(* More hypotheses that cannot be dropped, each with an example: a loss of 1 at the start (K0, K1, K2, K3),
   separable data
   (K2), starts that are not blocked (K4, K3 for two layers), positive parameters (C6), Lipschitz fields;
   what determines a stationary point (K3); starts that move (R7). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Potential Kkt ImplicitBias Network Tensor Quasinorm Margin Conserved
  Diagonal Sensing Uniqueness SensingExistence K2Chain Classification K3TwoLayers K3TwoLayersNetwork K3TwoLayersWitness
  K3AnyDepth K3FiniteLimits Wellposed R7OrthogonalStart R7MinimumNorm FromStart.
Open Scope R_scope.

(* --- f = v_1 v_2, one point with label 1 --- *)
Definition single_entry (_ : nat) : nat := 1%nat.
Definition product_flow := tensor_gradient_flow 2 1 single_entry (fun _ _ => 1) exponential.
Definition product_loss (v : nat -> nat -> R -> R) t := tensor_loss 2 1 single_entry (fun _ _ =>
  1) exponential (at_time v t).

Lemma product_loss_value v t : product_loss v t = exp (- (v 0%nat 0%nat t * v 1%nat 0%nat t)).
Proof.
  unfold product_loss, tensor_loss, contract, exponential, single_entry,
    at_time. cbn [Sum contract_below]. rewrite Rplus_0_l.
  f_equal. ring.
Qed.

Lemma product_velocity v : product_flow v -> forall l, (l < 2)%nat ->
  path (fun t => v l 0%nat (Rmax 0 t)) (fun t => exp (- (v 0%nat 0%nat t * v 1%nat 0%nat t)) * v (1 - l)%nat 0%nat t).
Proof.
  intros Fl l Hl. destruct (Fl l 0%nat Hl (le_n 1)) as [C D]. apply (path_extend (v l 0%nat)); auto. intros t Ht.
  specialize (D t Ht).
  pose proof (tensor_partial_derivative 2 1 single_entry (fun _ _ => 1) exponential (fun _ u =>
    - exp (- u)) exponential_derive
    (at_time v t) l 0%nat Hl (le_n 1)) as E. apply is_derive_unique in E.
  match type of D with is_derive _ _ (- ?x) =>
    match type of E with _ = ?g => replace x with g in D by (symmetry; exact E) end end.
  match type of D with is_derive _ _ ?x =>
    replace (exp (- (v 0%nat 0%nat t * v 1%nat 0%nat t)) * v (1 - l)%nat 0%nat t) with x; [exact D|] end.
  unfold tensor_gradient, slot, contract, single_entry, with_layer, at_time. cbn [Sum contract_below].
  destruct l as [|[|l]]; [| |lia]; cbn [Nat.eqb Nat.sub]; rewrite delta_same;
    match goal with |- - (0 + - exp (- ?a) * ?b) = exp (- ?c) * ?d =>
      replace a with c by ring; replace b with d by ring; ring end.
Qed.

(* K0, K1, K2, K3 and the stationary limits at any loss: parameters at rest, with loss 1 for ever *)
Theorem rest_at_loss_one : exists v, product_flow v /\ forall t, product_loss v t = 1.
Proof.
  exists (fun _ _ _ => 0). split.
  - intros l c Hl Hc. unfold single_entry in Hc. replace c with 0%nat by lia. split;
      [apply filterlim_const|]. intros t _.
    pose proof (tensor_partial_derivative 2 1 single_entry (fun _ _ => 1) exponential (fun _ u => - exp (- u))
      exponential_derive (fun _ _ => 0) l 0%nat Hl (le_n 1)) as E. apply is_derive_unique in E.
    match goal with |- is_derive _ _ (- ?x) =>
      match type of E with _ = ?g => replace x with g by (symmetry; exact E) end end.
    replace (- tensor_gradient 2 1 single_entry (fun _ _ => 1) (fun _ u => - exp (- u)) (fun _ _ => 0) l 0%nat) with 0;
      [apply (is_derive_const 0)|].
    unfold tensor_gradient, slot, contract, single_entry, with_layer. cbn [Sum contract_below].
    destruct l as [|[|l]]; [| |lia]; cbn [Nat.eqb]; ring.
  - intros t. rewrite product_loss_value. replace (- (0 * 0)) with 0 by ring. apply exp_0.
Qed.

(* K4 and K3 for two layers from a blocked start, v_1 + v_2 = 0: the loss never falls below 1 *)
Theorem blocked_start_stuck v : product_flow v -> v 0%nat 0%nat 0 + v 1%nat 0%nat 0 = 0 ->
  forall t, 0 <= t -> 1 <= product_loss v t.
Proof.
  intros Fl B t Ht.
  pose proof (product_velocity v Fl 0%nat ltac:(lia)) as P0. pose proof (product_velocity v Fl 1%nat ltac:(lia)) as P1.
  set (s := fun t => v 0%nat 0%nat (Rmax 0 t) + v 1%nat 0%nat (Rmax 0 t)).
  set (g := fun t => exp (- (v 0%nat 0%nat (Rmax 0 t) * v 1%nat 0%nat (Rmax 0 t)))).
  assert (Cg : forall u, continuous g u).
  { intros u. unfold g. apply (continuous_comp (fun u => - (v 0%nat 0%nat (Rmax 0 u) * v 1%nat 0%nat (Rmax 0 u))) exp).
    - apply (continuous_opp (fun u => v 0%nat 0%nat (Rmax 0 u) * v 1%nat 0%nat (Rmax 0 u))).
      apply (continuous_mult (fun u => v 0%nat 0%nat (Rmax 0 u)) (fun u => v 1%nat 0%nat (Rmax 0 u)));
        [apply P0 | apply P1].
    - apply (ex_derive_continuous exp). exists (exp (- (v 0%nat 0%nat (Rmax 0 u) * v 1%nat 0%nat (Rmax 0 u)))).
      apply is_derive_exp. }
  assert (Ps : path s (fun t => g t * s t)).
  { apply (path_eq _ _ _ (path_plus _ _ _ _ P0 P1)). intros u Hu. unfold g, s. rewrite Rmax_right by lra.
    cbn [Nat.sub]. ring. }
  assert (S0 : s 0 = 0) by (unfold s; rewrite Rmax_left by lra; exact B).
  pose proof (proportional_path s (fun u => - g u) t) as K. cbv beta in K. rewrite S0 in K.
  assert (Z : s t * exp (RInt (fun u => - g u) 0 t) = 0).
  { apply K; auto; [|intros u; apply (continuous_opp g), Cg]. apply (path_eq _ _ _ Ps). intros; ring. }
  pose proof (exp_pos (RInt (fun u => - g u) 0 t)) as Px. apply Rmult_integral in Z. destruct Z as [Z|Z]; [|lra].
  unfold s in Z. rewrite Rmax_right in Z by lra. rewrite product_loss_value, <- exp_0. apply exp_le.
  replace (v 1%nat 0%nat t) with (- v 0%nat 0%nat t) by lra. pose proof (pow2_ge_0 (v 0%nat 0%nat t)). nra.
Qed.

(* K2 and the linear classifier without separable data: no vector has margins at least 1 *)
Theorem opposite_points_not_separable : ~ exists x, margin_feasible 1 2 (fun i _ => if Nat.eqb i 0 then 1 else -1) x.
Proof.
  intros [x F]. pose proof (F 0%nat ltac:(lia)) as F0. pose proof (F 1%nat ltac:(lia)) as F1. cbn [Sum Nat.eqb] in F0,
    F1.
  lra.
Qed.

(* C6 for parameters of any sign: the sign of v_1 + v_2 is a law, and (1, 1), (-1, -1) have the same differences *)
Theorem positive_parameters_needed : exists h : (nat -> nat -> R) -> R,
  (forall w w', (forall l j, (l < 2)%nat -> (j < 1)%nat -> w l j = w' l j) -> h w = h w') /\
  (forall n X y v, diagonal_gradient_flow 2 1 n X y v -> forall t, 0 <= t -> h (at_time v t) = h (at_time v 0)) /\
  h (fun _ _ => 1) <> h (fun _ _ => -1).
Proof.
  exists (fun w => sign (w 0%nat 0%nat + w 1%nat 0%nat)). split; [|split].
  - intros w w' E. rewrite !E by lia. reflexivity.
  - intros n X y v Fl t Ht. pose proof (diagonal_solution 2 1 n X y v Fl) as Sol.
    set (u := fun j l => v l j) in *. pose proof (extend_solution 2 1 n X y u Sol) as Ext.
    assert (Ut : forall j l t, 0 <= t -> extend u j l t = u j l t) by (intros; unfold extend; rewrite Rmax_right; auto).
    set (g := fun t => dual_gradient 2 1 n X y (at_time (extend u) t) 0%nat).
    assert (Cg : forall s, continuous g s) by (intros s; apply (dual_gradient_cont 2 1 n X y (extend u) Ext)).
    set (s := fun t => extend u 0%nat 0%nat t + extend u 0%nat 1%nat t).
    assert (Ps : path s (fun t => - g t * s t)).
    { apply (path_eq _ _ _ (path_plus _ _ _ _ (Ext 0%nat 0%nat ltac:(lia) ltac:(lia)) (Ext 0%nat 1%nat ltac:(lia)
        ltac:(lia)))). intros q _. unfold velocity, ProdBut, at_time, g, s. cbn [Prod Nat.eqb]. unfold at_time. ring. }
    pose proof (proportional_path s g t Ps Cg Ht) as K. pose proof (exp_pos (RInt g 0 t)) as Px.
    assert (S : forall q, 0 <= q -> at_time v q 0%nat 0%nat + at_time v q 1%nat 0%nat = s q)
      by (intros q Hq; unfold s; rewrite !Ut by auto; reflexivity).
    rewrite !S by lra. rewrite <- K. destruct (Rtotal_order (s t) 0) as [L|[E|L]].
    + rewrite !sign_eq_m1; [reflexivity | nra | exact L].
    + rewrite E, Rmult_0_l. reflexivity.
    + rewrite !sign_eq_1; [reflexivity | nra | exact L].
  - rewrite sign_eq_1, sign_eq_m1; lra.
Qed.

(* uniqueness without a Lipschitz condition: x' = 2 sqrt|x| from 0 *)
Theorem lipschitz_needed : exists x z : nat -> R -> R,
  flow_until 1 (fun u _ => 2 * sqrt (Rabs (u 0%nat))) p_infty x /\
  flow_until 1 (fun u _ => 2 * sqrt (Rabs (u 0%nat))) p_infty z /\ x 0%nat 0 = z 0%nat 0 /\ x 0%nat 1 <> z 0%nat 1.
Proof.
  exists (fun _ _ => 0), (fun _ t => t ^ 2). split; [|split; [|split; [ring | lra]]].
  - intros i _. split; [apply filterlim_const|]. intros t _ _. rewrite Rabs_R0, sqrt_0, Rmult_0_r.
    apply (is_derive_const 0).
  - intros i _. split.
    + intros P HP. apply (filter_le_within (F := locally 0) (fun u => 0 < u)). revert P HP.
      change (continuous (fun t => t ^ 2) 0). apply (ex_derive_continuous (fun t => t ^ 2)). auto_derive. auto.
    + intros t Ht _. rewrite Rabs_pos_eq, sqrt_pow2 by (try apply pow2_ge_0; lra). auto_derive; auto. ring.
Qed.

(* --- K3: what determines a stationary point (stationary_determined) --- *)
Lemma positive_stationary L n (A : nat -> nat -> R) rho lam : (1 <= L)%nat ->
  (forall i, (i < n)%nat -> 0 <= lam i /\ 1 <= Sum 2 (fun j => A i j * rho j) /\
     lam i * (Sum 2 (fun j => A i j * rho j) - 1) = 0) ->
  (forall j, (j < 2)%nat -> rho j = 0 \/
     0 < rho j /\ Sum n (fun i => A i j * lam i) = Rpower (rho j) (2 / INR L - 1)) ->
  quasi_stationary L 2 n A rho lam.
Proof.
  intros HL Hi Hj. split; [|split; [|split]]; try (intros i H; apply (Hi i H)).
  intros j H N. destruct (Hj j H) as [Z|[P E]]; [contradiction|]. rewrite E.
  pose proof (quasi_derive L (rho j) HL N) as D. rewrite sign_eq_1, Rmult_1_l, Rabs_pos_eq in D by lra. exact D.
Qed.

(* two layers: on the face rho_1 + rho_2 = 1 every point is stationary *)
Theorem two_layer_face_stationary s : 0 < s < 1 ->
  quasi_stationary 2 2 1 (fun _ _ => 1) (fun j => match j with O => s | _ => 1 - s end) (fun _ => 1).
Proof.
  intros Hs. apply positive_stationary; [lia | |].
  - intros i _. cbn [Sum]. repeat split; lra.
  - intros j Hj. right. replace (2 / INR 2 - 1) with 0 by (simpl; field).
    destruct j as [|j]; rewrite Rpower_O by lra; cbn [Sum]; split; lra.
Qed.

(* not the active margins alone: (1, 0) and (0, 1) *)
Theorem signs_needed : exists rho rho' : nat -> R, rho 0%nat <> rho' 0%nat /\
  quasi_stationary 3 2 1 (fun _ _ => 1) rho (fun _ => 1) /\ quasi_stationary 3 2 1 (fun _ _ => 1) rho' (fun _ => 1).
Proof.
  assert (One : Rpower 1 (2 / INR 3 - 1) = 1) by (unfold Rpower; rewrite ln_1, Rmult_0_r; apply exp_0).
  exists (delta 0), (delta 1). split; [unfold delta; simpl; lra|].
  split; (apply positive_stationary; [lia | intros i _; unfold delta; cbn [Sum Nat.eqb]; repeat split; lra |];
    intros j Hj; destruct j as [|[|j]]; [| |lia]; unfold delta; cbn [Sum Nat.eqb]; rewrite ?One; lra).
Qed.

(* not the signs alone: x_1 = (2, 2), x_2 = (3, 3/2), four layers; each of the two margins can be the active one *)
Theorem active_margins_needed : exists A rho rho' lam lam', rho 0%nat <> rho' 0%nat /\
  (forall j, (j < 2)%nat -> 0 < rho j /\ 0 < rho' j) /\
  quasi_stationary 4 2 2 A rho lam /\ quasi_stationary 4 2 2 A rho' lam'.
Proof.
  assert (Root : forall q, 0 < q -> Rpower (q ^ 2) (2 / INR 4 - 1) = / q).
  { intros q Pq. replace (2 / INR 4 - 1) with (- / 2) by (simpl; field).
    rewrite Rpower_Ropp, Rpower_sqrt by (apply pow_lt; auto).
    rewrite sqrt_pow2 by lra. reflexivity. }
  exists (fun i j => match i, j with O, _ => 2 | _, O => 3 | _, _ => 3 / 2 end), (fun _ => (/ 2) ^ 2),
    (fun j => match j with O => (/ 3) ^ 2 | _ => (2 / 3) ^ 2 end), (delta 0), (delta 1).
  split; [lra | split; [intros j _; destruct j; lra|]].
  split; (apply positive_stationary; [lia | intros i Hi; destruct i as [|[|i]]; [| |lia]; unfold delta;
      cbn [Sum Nat.eqb]; repeat split; lra |];
    intros j Hj; right; destruct j as [|[|j]]; [| |lia]; unfold delta; cbn [Sum Nat.eqb]; rewrite Root by lra; lra).
Qed.

(* R7 from a start at rest: W_0 = W_1 = 0, y = 1, and the loss stays 1/2 *)
Theorem rest_start_stays : exists W, fully_connected_gradient_flow 2 1 (fun _ => 1%nat) (fun _ _ => 1) (squared (fun _
  => 1)) W /\
  (forall i, W 1%nat 0 i 0%nat = 0) /\
  forall t, fully_connected_loss 2 1 (fun _ => 1%nat) (fun _ _ => 1) (squared (fun _ => 1)) (matrix_at W t) = / 2.
Proof.
  set (loss := fully_connected_loss 2 1 (fun _ => 1%nat) (fun _ _ => 1) (squared (fun _ => 1))).
  assert (Value : forall w, w 0%nat 0%nat 0%nat * w 1%nat 0%nat 0%nat = 0 -> loss w = / 2).
  { intros w Z. unfold loss, fully_connected_loss, fully_connected_output, product, squared, mul. cbn [Sum before].
    unfold mul, identity. cbn [Sum]. rewrite delta_same.
      replace (0 + 1 * (0 + (0 + 1 * w 0%nat 0%nat 0%nat) * w 1%nat 0%nat 0%nat))
      with (w 0%nat 0%nat 0%nat * w 1%nat 0%nat 0%nat) by ring. rewrite Z. field. }
  exists (fun _ _ _ _ => 0). split; [|split; [reflexivity | intros t; apply Value; unfold matrix_at; ring]].
  intros l a b Hl Ha Hb. split; [apply filterlim_const|]. intros t _.
  rewrite (Derive_ext _ (fun _ => / 2)).
  - rewrite Derive_const, Ropp_0. apply (is_derive_const 0).
  - intros s. apply Value. unfold replace_matrix_entry, matrix_at.
    destruct l as [|[|l]]; [| |lia]; cbn [Nat.eqb]; ring.
Qed.

(* --- KKT for margins: multipliers that vanish on slack constraints and are not negative, at a feasible point --- *)
Theorem slackness_needed : exists lam rho x : nat -> R, (forall i, (i < 1)%nat -> 0 <= lam i) /\
  margin_feasible 1 1 (fun _ _ => 1) rho /\ margin_feasible 1 1 (fun _ _ => 1) x /\
  Sum 1 (fun j => Sum 1 (fun i => 1 * lam i) * (x j - rho j)) < 0.
Proof.
  exists (fun _ => 1), (fun _ => 2), (fun _ => 1). unfold margin_feasible. cbn [Sum]. repeat split; intros; lra.
Qed.

Theorem nonnegative_multipliers_needed : exists lam rho x : nat -> R,
  (forall i, (i < 1)%nat -> lam i * (Sum 1 (fun j => 1 * rho j) - 1) = 0) /\
  margin_feasible 1 1 (fun _ _ => 1) rho /\ margin_feasible 1 1 (fun _ _ => 1) x /\
  Sum 1 (fun j => Sum 1 (fun i => 1 * lam i) * (x j - rho j)) < 0.
Proof.
  exists (fun _ => -1), (fun _ => 1), (fun _ => 2). unfold margin_feasible. cbn [Sum]. repeat split; intros; lra.
Qed.

Theorem feasible_point_needed : exists lam rho : nat -> R, (forall i, (i < 1)%nat -> 0 <= lam i) /\
  (forall i, (i < 1)%nat -> lam i * (Sum 1 (fun j => 1 * rho j) - 1) = 0) /\
  ~ margin_feasible 1 1 (fun _ _ => 1) rho.
Proof.
  exists (fun _ => 0), (fun _ => 0). split; [intros; lra | split; [intros; ring|]]. intros F.
  pose proof (F 0%nat ltac:(lia)) as F0. cbn [Sum] in F0. lra.
Qed.

(* distances of points that may coincide are not bounded below *)
Theorem distances_may_vanish : ~ (forall K (f : nat -> R), (forall i, (i < K)%nat -> 0 <= f i) ->
  exists s, 0 < s /\ forall i, (i < K)%nat -> s <= f i).
Proof.
  intros Wrong. destruct (Wrong 1%nat (fun _ => 0) ltac:(intros; lra)) as [s [Ps H]]. pose proof (H 0%nat ltac:(lia)).
    lra.
Qed.

(* R9: the limit is the interpolator nearest to the start, not the shortest: x = (1, 0), y = 0, beta(0) = (0, 1) *)
Theorem nearest_not_shortest : exists beta limit x, linear_gradient_flow 2 1 (fun _ => delta 0) (fun _ => 0) beta /\
  (forall j, (j < 2)%nat -> is_lim (beta j) p_infty (limit j)) /\
  feasible 2 1 (fun _ => delta 0) (fun _ => 0) x /\
  Sum 2 (fun j => x j ^ 2) < Sum 2 (fun j => real (limit j) ^ 2).
Proof.
  destruct (linear_one_flow 2 1 (fun _ => delta 0) (fun _ => 0) (delta 1)) as [[beta [Fl B0]] _].
  destruct (linear_model_regression 2 1 (fun _ => delta 0) (fun _ => 0) beta 1 Fl Rlt_0_1) as [limit [Lim [_ [Near
    _]]]].
  { intros r. unfold delta. cbn [Sum Nat.eqb]. lra. }
  exists beta, (fun j => Finite (limit j)), (fun _ => 0). split; [exact Fl | split; [exact Lim | split]].
  - intros i _. cbn [Sum]. ring.
  - destruct (Near (delta 1)) as [E|Lt].
    + intros i _. unfold delta. cbn [Sum Nat.eqb]. ring.
    + cbn [Sum real]. rewrite <- !E by lia. unfold delta. cbn [Nat.eqb]. lra.
    + exfalso. cbn [Sum] in Lt. rewrite !B0 in Lt by lia. pose proof (pow2_ge_0 (limit 0%nat - delta 1 0)).
      pose proof (pow2_ge_0 (limit 1%nat - delta 1 1)). lra.
Qed.

(* R7: beta is orthogonal to what the data do not see only *)
Theorem unseen_needed : ~ (forall L n m d X y W alpha Q, (2 <= L)%nat -> (forall l, (l < L)%nat -> d l = m) -> d L =
  1%nat ->
  fully_connected_gradient_flow L n d X (squared y) W -> 0 < alpha -> orthogonal_start L m alpha Q W ->
  forall e t, 0 <= t -> Sum m (fun p => e p * coefficients L d W t p) = 0).
Proof.
  intros Wrong. set (d := fun _ : nat => 1%nat). set (X := fun _ _ : nat => 1). set (y := fun _ : nat => 1).
  set (Q := fun _ : nat => identity).
  assert (Or : forall l, (l < 2 - 1)%nat -> orthogonal_matrix 1 (Q l)).
  { intros l _ i j Hi Hj. replace i with 0%nat by lia. replace j with 0%nat by lia. unfold Q, identity, delta.
    cbn [Sum Nat.eqb]. lra. }
  destruct (orthogonal_start_minimum_norm 2 1 1 d X y 1 Q (le_n 2) ltac:(auto) eq_refl) as [k [Int [_ [mu H]]]]; auto;
    try lra.
  { intros r Hr i Hi. replace i with 0%nat by lia. pose proof (Hr 0%nat ltac:(lia)) as E. unfold X in E. cbn [Sum] in E.
    lra. }
  destruct H as [_ [_ [W [Fl [St [_ [_ [_ [_ Lim]]]]]]]]].
  assert (Os : orthogonal_start 2 1 1 Q W).
  { split; [exact Or | split].
    - intros l i j Hl Hi Hj. rewrite St by (unfold d; lia). destruct (Nat.eqb_spec l (2 - 1)); [lia | reflexivity].
    - intros i Hi. rewrite St by (unfold d; lia). reflexivity. }
  pose proof (Lim 0%nat ltac:(lia)) as L0.
  assert (Z : is_lim (fun t => coefficients 2 d W t 0) p_infty 0).
  { apply (is_lim_ext_loc (fun _ => 0)); [|apply is_lim_const]. exists 0. intros t Ht.
    pose proof (Wrong 2%nat 1%nat 1%nat d X y W 1 Q (le_n 2) ltac:(auto) eq_refl Fl ltac:(lra) Os (fun _ => 1) t
      ltac:(lra)) as E.
    cbn [Sum] in E. lra. }
  pose proof (is_lim_same _ _ _ L0 Z) as E. pose proof (Int 0%nat ltac:(lia)) as I. cbv beta zeta in E, I. cbn [Sum]
    in E, I.
  unfold X, y in *. lra.
Qed.

(* K2: not towards any vector with margins at least 1: x = (1, 0), z = (1, 0) and (1, 1) *)
Theorem shortest_needed : ~ (forall L n d X W z t0, (1 <= L)%nat -> (0 < n)%nat -> d L = 1%nat ->
  fully_connected_gradient_flow L n d X exponential W -> 0 <= t0 ->
  fully_connected_loss L n d X exponential (matrix_at W t0) < 1 -> margin_feasible (d 0%nat) n X z ->
  forall p, (p < d 0)%nat -> is_lim (fun t => coefficients L d W t p / sqrt (Sum (d 0%nat) (fun q =>
    coefficients L d W t q ^ 2))) p_infty (z p / sqrt (Sum (d 0%nat) (fun q => z q ^ 2)))).
Proof.
  intros Wrong. set (d := fun l : nat => match l with O => 2%nat | _ => 1%nat end).
  destruct (fully_connected_one_flow 1 1 d (fun _ => delta 0) exponential (fun _ u => - exp (- u)) (fun _ p _ => delta 0
    p)
    exponential_derive ltac:(intros; apply exponential_lipschitz) ltac:(intros; left; apply exp_pos) eq_refl)
    as [W [Fl [St _]]].
  assert (Small : fully_connected_loss 1 1 d (fun _ => delta 0) exponential (matrix_at W 0) < 1).
  { unfold fully_connected_loss, fully_connected_output, product, exponential, matrix_at. cbn [Sum before d].
    unfold mul, identity.
    cbn [Sum]. rewrite !St by (unfold d; lia). unfold delta. cbn [Nat.eqb Sum d].
    replace (- _) with (-1) by ring. rewrite Rplus_0_l, <- exp_0. apply exp_increasing. lra. }
  assert (Fz : forall s, margin_feasible 2 1 (fun _ => delta 0) (fun p => match p with O => 1 | _ => s end)).
  { intros s i _. unfold delta. cbn [Sum Nat.eqb]. lra. }
  pose proof (fun s => Wrong 1%nat 1%nat d (fun _ => delta 0) W _ 0 (le_n 1) (le_n 1) eq_refl Fl (Rle_refl 0) Small (Fz
    s)
    1%nat ltac:(simpl; lia)) as H.
  pose proof (is_lim_same _ _ _ (H 0) (H 1)) as E. cbn [d Sum] in E. unfold Rdiv in E.
    rewrite Rmult_0_l, Rmult_1_l in E.
  assert (P : 0 < sqrt (0 + 1 ^ 2 + 1 ^ 2)) by (apply sqrt_lt_R0; lra). pose proof (Rinv_0_lt_compat _ P). lra.
Qed.

(* K3, two layers: nor in l1 *)
Theorem shortest_needed_l1 : ~ (forall m n (A : nat -> nat -> R) v z, (0 < n)%nat -> classification_solution m n A 2 v
  ->
  allowed m (fun j => v j 0%nat 0) (fun j => v j 1%nat 0) z -> margin_feasible m n A z ->
  let rho t := coefficient 2 (at_time v t) in
  forall j, (j < m)%nat -> is_lim (fun t => rho t j / l1 m (rho t)) p_infty (z j / l1 m z)).
Proof.
  intros Wrong. destruct witness_l1_max_margin as [v [Or [Fl [St _]]]].
  pose proof (classification_reduction 2 2 2 1 two delta unit_basis first_input Or v Fl) as Sol.
  set (A := data_matrix 2 delta first_input) in *.
  assert (Az : forall s, allowed 2 (fun j => reduced_path two unit_basis v j 0%nat 0)
    (fun j => reduced_path two unit_basis v j 1%nat 0) (fun p => match p with O => 1 | _ => s end)).
  { intros s j Hj. assert (E : forall l, reduced_path two unit_basis v j l 0 = v l j 0).
    { intros l. unfold reduced_path, reduced, at_time, two, unit_basis. apply (Sum_delta 2 j (fun c => v l c 0)), Hj. }
    rewrite !E. destruct (St j Hj) as [-> [-> _]]. split; intros; lra. }
  assert (Fz : forall s, 0 <= s -> margin_feasible 2 1 A (fun p => match p with O => 1 | _ => s end)).
  { intros s Hs i _. unfold A, data_matrix, first_input, delta. cbn [Sum Nat.eqb]. lra. }
  pose proof (fun s Hs => Wrong 2%nat 1%nat A _ _ (le_n 1) Sol (Az s) (Fz s Hs) 1%nat ltac:(lia)) as H.
  pose proof (is_lim_same _ _ _ (H 0 (Rle_refl 0)) (H 1 Rle_0_1)) as E. unfold l1 in E. cbn [Sum] in E.
    rewrite Rabs_R1, Rabs_R0 in E.
  replace (0 / (0 + 1 + 0)) with 0 in E by field. replace (1 / (0 + 1 + 1)) with (/ 2) in E by field. lra.
Qed.

(* C2: the gradient of the loss with the derivative of another one *)
Theorem derivative_needed : ~ (forall L n k M (ell dell : nat -> R -> R) w l c, (l < L)%nat -> (c < k l)%nat ->
  is_derive (fun s => tensor_loss L n k M ell (replace_entry w l c s)) (w l c) (tensor_gradient L n k M dell w l c)).
Proof.
  intros Wrong. set (w := fun _ _ : nat => 0).
  pose proof (Wrong 1%nat 1%nat single_entry (fun _ _ => 1) (fun _ u => u) (fun _ _ => 0) w 0%nat 0%nat ltac:(lia) (le_n
    1)) as D0.
  pose proof (tensor_partial_derivative 1 1 single_entry (fun _ _ => 1) (fun _ u => u) (fun _ _ => 1)
    (fun _ u => is_derive_id u) w 0%nat 0%nat ltac:(lia) (le_n 1)) as D1.
  apply is_derive_unique in D0. apply is_derive_unique in D1. rewrite D0 in D1. revert D1.
  unfold tensor_gradient, slot, contract, single_entry, with_layer. cbn [Sum contract_below Nat.eqb].
    rewrite delta_same. lra.
Qed.

(* distances along a curve that jumps *)
Theorem continuity_needed : ~ (forall d (b : R -> nat -> R) x t, continuous (fun t => apart d (b t) x) t).
Proof.
  intros Wrong. set (b := fun (t : R) (_ : nat) => if Rle_dec 0 t then 1 else 0).
  pose proof (Wrong 1%nat b (fun _ => 0) 0) as C.
  destruct (C (fun v => / 2 < v)) as [e He].
  { unfold apart, b. cbn [Sum]. destruct (Rle_dec 0 0); [|lra]. exists (mkposreal (/ 2) ltac:(lra)). intros v Hv.
    change (Rabs (v - (0 + Rabs (1 - 0))) < / 2) in Hv. rewrite Rminus_0_r, Rabs_R1 in Hv. apply Rabs_lt_between in Hv.
      lra. }
  pose proof (cond_pos e) as Pe. specialize (He (- (e / 2))). unfold apart, b in He. cbn [Sum] in He.
  destruct (Rle_dec 0 (- (e / 2))); [lra|]. rewrite Rminus_0_r, Rabs_R0 in He.
  assert (/ 2 < 0 + 0); [|lra]. apply He. change (Rabs (- (e / 2) - 0) < e). rewrite Rminus_0_r, Rabs_Ropp, Rabs_pos_eq;
    lra.
Qed.

(* R2: basis vectors that are not orthonormal: U = 2, one layer; eta = 2 v moves four times as fast as it should *)
Theorem orthonormal_needed : ~ (forall L d m n k S U X y v, gradient_flow L d m n k S U X y v ->
  solution L m n (data_matrix d S X) y (reduced_path k U v)).
Proof.
  intros Wrong. set (one := fun _ _ : nat => 1).
  destruct (squared_flow 1 1 1 1 single_entry one (fun _ _ _ => 2) one (fun _ => 1) (fun _ _ => 0)) as [v [Fl [V0 _]]].
  pose proof (Wrong 1%nat 1%nat 1%nat 1%nat single_entry one (fun _ _ _ => 2) one (fun _ => 1) v Fl 0%nat 0%nat
    ltac:(lia) ltac:(lia))
    as [C D].
  destruct (Fl 0%nat 0%nat ltac:(lia) ltac:(unfold single_entry; lia)) as [C0 D0].
  set (x := v 0%nat 0%nat) in *.
  assert (Loss : forall t s, network_loss 1 1 1 1 single_entry one (fun _ _ _ => 2) one (fun _ => 1)
    (replace_entry (at_time v t) 0 0 s) = / 2 * (2 * s - 1) ^ 2).
  { intros t s. unfold network_loss, output, single_entry, replace_entry, one. cbn [Sum Prod Nat.eqb andb].
    rewrite ?Nat.eqb_refl. cbn [andb]. f_equal. ring. }
  (* x' = - 2 (2 x - 1) = - (2 x - 1)/2 *)
  assert (Half : forall t, 0 < t -> x t = / 2).
  { intros t Ht. specialize (D t Ht). specialize (D0 t Ht).
    rewrite (Derive_ext _ (fun s => / 2 * (2 * s - 1) ^ 2) _ (Loss t)) in D0.
    assert (Ed : Derive (fun s => / 2 * (2 * s - 1) ^ 2) (x t) = 2 * (2 * x t - 1))
      by (apply is_derive_unique; auto_derive; auto; field).
    rewrite Ed in D0. apply is_derive_unique in D0.
    assert (D2 : is_derive (fun t => 2 * x t) t (- (2 * x t - 1))).
    { apply (is_derive_ext (fun t => reduced_path single_entry (fun _ _ _ => 2) v 0 0 t)).
      - intros s. unfold reduced_path, reduced, at_time, single_entry. cbn [Sum]. apply Rplus_0_l.
      - replace (- (2 * x t - 1)) with (velocity 1 1 1 (data_matrix 1 one one) (fun _ => 1)
          (at_time (reduced_path single_entry (fun _ _ _ => 2) v) t) 0 0); [exact D|].
        unfold velocity, dual_gradient, residual, coefficient, ProdBut, at_time, reduced_path, reduced, data_matrix,
          one, single_entry.
        cbn [Sum Prod Nat.eqb]. unfold at_time, x. ring. }
    apply is_derive_unique in D2. rewrite Derive_scal in D2. unfold x in *. lra. }
  assert (X0 : x 0 = 0) by (apply V0; unfold single_entry; lia).
  destruct (C0 (fun u => u < / 4)) as [e He].
  { fold x. rewrite X0. exists (mkposreal (/ 4) ltac:(lra)). intros u Hu. change (Rabs (u - 0) < / 4) in Hu.
    rewrite Rminus_0_r in Hu. apply Rabs_lt_between in Hu. lra. }
  pose proof (cond_pos e) as Pe. specialize (He (e / 2)). fold x in He. rewrite Half in He by lra.
  assert (/ 2 < / 4); [|lra]. apply He; [|lra]. change (Rabs (e / 2 - 0) < e). rewrite Rminus_0_r, Rabs_pos_eq; lra.
Qed.
