(* More hypotheses that cannot be dropped, each with an example: a loss of 1 at the start (K0, K1, K2, K3),
   separable data
   (K2), starts that are not blocked (K4, K3 for two layers), positive parameters (C6), Lipschitz fields;
   what determines a stationary point (K3); starts that move (R7). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias Network Tensor Quasinorm Margin Conserved
  Diagonal Sensing Uniqueness K3AnyDepth.
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
