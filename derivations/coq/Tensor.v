(* Any linear tensor network: f(x) = M(x) o (v_0, ..., v_{L-1}), the contraction of a data tensor with
   one vector a layer, v_l in R^{k_l}; any number of layers, any sizes, any tensor, any differentiable
   loss of the outputs. The gradient flow is written with [Derive] of the loss: no formula for the
   gradient is assumed.
   C2: |v_l|^2 - |v_k|^2 is constant.
   C5: in circular convolutional networks of full-length filters the autocorrelations of two layers
   differ by constants. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network.
Open Scope R_scope.

(* --- contraction --- *)
Definition set_index (js : nat -> nat) (l c : nat) : nat -> nat :=
  fun l' => if Nat.eqb l' l then c else js l'.

(* the layers below N are contracted, the indices of the others are those of js *)
Fixpoint contract_below (k : nat -> nat) (M : (nat -> nat) -> R) (w : nat -> nat -> R) (N : nat)
    (js : nat -> nat) : R :=
  match N with
  | O => M js
  | S l => Sum (k l) (fun c => w l c * contract_below k M w l (set_index js l c))
  end.

(* M o (w_0, ..., w_{L-1}) *)
Definition contract (L : nat) (k : nat -> nat) (M : (nat -> nat) -> R) (w : nat -> nat -> R) : R :=
  contract_below k M w L (fun _ => O).

Definition with_layer (w : nat -> nat -> R) (l : nat) (u : nat -> R) : nat -> nat -> R :=
  fun l' => if Nat.eqb l' l then u else w l'.

(* entry c of M o (w_0, .., I at slot l, .., w_{L-1}) *)
Definition slot (L : nat) (k : nat -> nat) (M : (nat -> nat) -> R) (w : nat -> nat -> R) (l c : nat) : R :=
  contract L k M (with_layer w l (delta c)).

Section Contraction.
Variables (k : nat -> nat) (M : (nat -> nat) -> R).

Lemma contract_below_ext N w w' js :
  (forall l c, (l < N)%nat -> (c < k l)%nat -> w l c = w' l c) ->
  contract_below k M w N js = contract_below k M w' N js.
Proof.
  revert js. induction N as [|N IH]; intros js H; simpl; [reflexivity|].
  apply Sum_ext. intros c Hc. rewrite H, IH by auto. reflexivity.
Qed.

Lemma with_layer_below N w l u js : (N <= l)%nat ->
  contract_below k M (with_layer w l u) N js = contract_below k M w N js.
Proof.
  intros H. apply contract_below_ext. intros l' c Hl' _. unfold with_layer.
  destruct (Nat.eqb_spec l' l); [lia | reflexivity].
Qed.

(* linear in each layer *)
Lemma contract_below_linear N w l p (b : nat -> R) (u : nat -> nat -> R) js : (l < N)%nat ->
  contract_below k M (with_layer w l (fun c => Sum p (fun a => b a * u a c))) N js =
  Sum p (fun a => b a * contract_below k M (with_layer w l (u a)) N js).
Proof.
  revert js. induction N as [|N IH]; intros js Hl; [lia|]. simpl.
  destruct (Nat.eq_dec l N) as [->|Ne].
  - rewrite (Sum_ext (k N) _ (fun c => Sum p (fun a => b a * (u a c * contract_below k M w N (set_index js N c))))).
    + rewrite Sum_swap. apply Sum_ext. intros a _. rewrite Sum_scal_l. f_equal.
      apply Sum_ext. intros c _. rewrite with_layer_below by lia. unfold with_layer.
      rewrite Nat.eqb_refl. reflexivity.
    + intros c _. rewrite with_layer_below by lia. unfold with_layer. rewrite Nat.eqb_refl, <- Sum_scal_r.
      apply Sum_ext. intros; ring.
  - rewrite (Sum_ext (k N) _ (fun c => Sum p (fun a =>
      b a * (w N c * contract_below k M (with_layer w l (u a)) N (set_index js N c))))).
    + rewrite Sum_swap. apply Sum_ext. intros a _. rewrite Sum_scal_l. f_equal.
      apply Sum_ext. intros c _. f_equal. unfold with_layer. destruct (Nat.eqb_spec N l); [lia | reflexivity].
    + intros c _. rewrite IH by lia. rewrite <- Sum_scal_l. apply Sum_ext. intros a _.
      unfold with_layer at 1. destruct (Nat.eqb_spec N l); [lia | ring].
Qed.

Variable L : nat.

Lemma contract_layer w l (u : nat -> R) : (l < L)%nat ->
  contract L k M (with_layer w l u) = Sum (k l) (fun c => u c * slot L k M w l c).
Proof.
  intros Hl. unfold slot, contract. rewrite <- contract_below_linear by auto.
  apply contract_below_ext. intros l' c _ Hc. unfold with_layer.
  destruct (Nat.eqb_spec l' l) as [->|]; [|reflexivity].
  rewrite (Sum_ext (k l) _ (fun a => delta c a * u a))
    by (intros a _; unfold delta; rewrite Nat.eqb_sym; ring).
  rewrite (Sum_delta (k l) c u) by auto. reflexivity.
Qed.

(* Euler's identity in each layer *)
Lemma contract_euler w l : (l < L)%nat -> Sum (k l) (fun c => w l c * slot L k M w l c) = contract L k M w.
Proof.
  intros Hl. rewrite <- contract_layer by auto. apply contract_below_ext.
  intros l' c _ _. unfold with_layer. destruct (Nat.eqb_spec l' l) as [->|]; reflexivity.
Qed.

Lemma contract_replace w l c s : (l < L)%nat -> (c < k l)%nat ->
  contract L k M (replace_entry w l c s) = contract L k M w + (s - w l c) * slot L k M w l c.
Proof.
  intros Hl Hc.
  replace (contract L k M (replace_entry w l c s))
    with (contract L k M (with_layer w l (fun c' => w l c' + (s - w l c) * delta c c'))).
  - rewrite contract_layer by auto.
    rewrite (Sum_ext (k l) _ (fun c' => w l c' * slot L k M w l c'
       + (s - w l c) * (delta c c' * slot L k M w l c'))) by (intros; ring).
    rewrite Sum_plus, Sum_scal_l, contract_euler, (Sum_delta (k l) c (fun c' => slot L k M w l c')) by auto.
    reflexivity.
  - f_equal. extensionality l'; extensionality c'. unfold with_layer, replace_entry.
    destruct (Nat.eqb_spec l' l) as [->|]; [|reflexivity].
    unfold delta. rewrite (Nat.eqb_sym c c'). destruct (Nat.eqb_spec c' c) as [->|]; ring.
Qed.

(* the product rule *)
Lemma contract_below_path N (v dv : nat -> nat -> R -> R) js :
  (forall l c, (l < N)%nat -> (c < k l)%nat -> path (v l c) (dv l c)) ->
  path (fun t => contract_below k M (at_time v t) N js)
    (fun t => Sum N (fun l => Sum (k l) (fun c =>
       dv l c t * contract_below k M (with_layer (at_time v t) l (delta c)) N js))).
Proof.
  revert js. induction N as [|N IH]; intros js P; simpl.
  - apply path_const.
  - eapply path_eq.
    + apply (path_sum (k N) (fun c t => v N c t * contract_below k M (at_time v t) N (set_index js N c))).
      intros c Hc. apply path_mult; [apply P; auto | apply IH; intros; apply P; auto].
    + intros t _. cbv beta. rewrite Sum_plus, Rplus_comm. f_equal.
      * rewrite (Sum_ext (k N) _ (fun c' => Sum N (fun l => Sum (k l) (fun c => dv l c t * (v N c' t *
          contract_below k M (with_layer (at_time v t) l (delta c)) N (set_index js N c')))))).
        -- rewrite Sum_swap. apply Sum_ext. intros l Hl. rewrite Sum_swap. apply Sum_ext. intros c _.
           rewrite Sum_scal_l. f_equal. apply Sum_ext. intros c' _. f_equal. unfold with_layer, at_time.
           destruct (Nat.eqb_spec N l); [lia | reflexivity].
        -- intros c' _. rewrite <- Sum_scal_l. apply Sum_ext. intros l _. rewrite <- Sum_scal_l.
           apply Sum_ext. intros; ring.
      * apply Sum_ext. intros c Hc. f_equal.
        rewrite (Sum_ext (k N) _ (fun c' => delta c c' * contract_below k M (at_time v t) N (set_index js N c'))).
        -- symmetry. apply (Sum_delta (k N) c (fun c' => contract_below k M (at_time v t) N (set_index js N c'))); auto.
        -- intros c' _. rewrite with_layer_below by lia. unfold with_layer. rewrite Nat.eqb_refl. reflexivity.
Qed.

Lemma contract_path (v dv : nat -> nat -> R -> R) :
  (forall l c, (l < L)%nat -> (c < k l)%nat -> path (v l c) (dv l c)) ->
  path (fun t => contract L k M (at_time v t))
    (fun t => Sum L (fun l => Sum (k l) (fun c => dv l c t * slot L k M (at_time v t) l c))).
Proof. intros P. apply (contract_below_path L v dv (fun _ => O) P). Qed.

(* the output is at most a multiple of the L-th power of the largest parameter *)
Lemma contract_below_bound N js : exists K, 0 <= K /\ forall w r,
  (forall l c, (l < N)%nat -> (c < k l)%nat -> Rabs (w l c) <= r) -> 0 <= r ->
  Rabs (contract_below k M w N js) <= K * r ^ N.
Proof.
  revert js. induction N as [|N IH]; intros js.
  - exists (Rabs (M js)). split; [apply Rabs_pos|]. intros. simpl. lra.
  - assert (B : forall p, exists K, 0 <= K /\ forall w r,
      (forall l c, (l < N)%nat -> (c < k l)%nat -> Rabs (w l c) <= r) -> 0 <= r ->
      (forall c, (c < p)%nat -> Rabs (w N c) <= r) ->
      Rabs (Sum p (fun c => w N c * contract_below k M w N (set_index js N c))) <= K * r ^ S N).
    { induction p as [|p [K [K0 HK]]].
      - exists 0. split; [lra|]. intros. simpl Sum. rewrite Rabs_R0. lra.
      - destruct (IH (set_index js N p)) as [K' [K0' HK']]. exists (K + K'). split; [lra|].
        intros w r H r0 Hp. simpl Sum. eapply Rle_trans; [apply Rabs_triang|].
        rewrite Rmult_plus_distr_r. apply Rplus_le_compat; [apply HK; auto|].
        rewrite Rabs_mult.
        replace (K' * r ^ S N) with (r * (K' * r ^ N)) by (simpl; ring).
        apply Rmult_le_compat; auto using Rabs_pos. }
    destruct (B (k N)) as [K [K0 HK]]. exists K. split; auto. intros w r H r0. simpl contract_below.
    apply HK; auto.
Qed.
End Contraction.

(* --- the gradient flow of a tensor network --- *)
Section TensorFlow.
Variables (L n : nat) (k : nat -> nat) (M : nat -> (nat -> nat) -> R) (ell dell : nat -> R -> R).
(* M i: data tensor of sample i; ell i: its loss as a function of the network's output *)
Hypothesis ell_derive : forall i u, is_derive (ell i) u (dell i u).

Definition tensor_loss (w : nat -> nat -> R) : R := Sum n (fun i => ell i (contract L k (M i) w)).

Definition tensor_gradient_flow (v : nat -> nat -> R -> R) : Prop :=
  forall l c, (l < L)%nat -> (c < k l)%nat ->
    filterlim (v l c) (at_right 0) (locally (v l c 0)) /\
    forall t, 0 < t -> is_derive (v l c) t
      (- Derive (fun s => tensor_loss (replace_entry (at_time v t) l c s)) (v l c t)).

Definition tensor_gradient (w : nat -> nat -> R) (l c : nat) : R :=
  Sum n (fun i => dell i (contract L k (M i) w) * slot L k (M i) w l c).

Theorem tensor_partial_derivative w l c : (l < L)%nat -> (c < k l)%nat ->
  is_derive (fun s => tensor_loss (replace_entry w l c s)) (w l c) (tensor_gradient w l c).
Proof.
  intros Hl Hc. unfold tensor_loss, tensor_gradient.
  enough (D : forall N, is_derive (fun s => Sum N (fun i => ell i (contract L k (M i) (replace_entry w l c s)))) (w l c)
    (Sum N (fun i => dell i (contract L k (M i) w) * slot L k (M i) w l c))) by apply D.
  induction N as [|N IH]; simpl.
  - apply (is_derive_const 0).
  - apply (is_derive_plus (fun s => Sum N (fun i => ell i (contract L k (M i) (replace_entry w l c s))))
      (fun s => ell N (contract L k (M N) (replace_entry w l c s)))); auto.
    apply (is_derive_ext (fun s => ell N (contract L k (M N) w + (s - w l c) * slot L k (M N) w l c))).
    { intros s. rewrite contract_replace by auto. reflexivity. }
    rewrite Rmult_comm.
    apply (is_derive_comp (ell N) (fun s => contract L k (M N) w + (s - w l c) * slot L k (M N) w l c)).
    + replace (contract L k (M N) w + (w l c - w l c) * slot L k (M N) w l c) with (contract L k (M N) w) by ring.
      apply ell_derive.
    + auto_derive; auto. ring.
Qed.

Variable v : nat -> nat -> R -> R.
Hypothesis v_flow : tensor_gradient_flow v.

Lemma tensor_path l c : (l < L)%nat -> (c < k l)%nat ->
  path (fun t => v l c (Rmax 0 t)) (fun t => - tensor_gradient (at_time v t) l c).
Proof.
  intros Hl Hc. destruct (v_flow l c Hl Hc) as [C D]. apply path_extend; auto. intros t Ht.
  specialize (D t Ht).
  pose proof (is_derive_unique _ _ _ (tensor_partial_derivative (at_time v t) l c Hl Hc)) as E.
  match type of D with is_derive _ _ (- ?x) =>
    match type of E with _ = ?e => replace x with e in D by (symmetry; exact E) end end.
  exact D.
Qed.

(* the derivative of a bilinear form of one layer with itself *)
Lemma layer_form_path l (p : nat -> nat) : (l < L)%nat -> (forall c, (c < k l)%nat -> (p c < k l)%nat) ->
  path (fun t => Sum (k l) (fun c => v l c (Rmax 0 t) * v l (p c) (Rmax 0 t)))
    (fun t => - Sum n (fun i => dell i (contract L k (M i) (at_time v t)) *
       Sum (k l) (fun c => slot L k (M i) (at_time v t) l c * v l (p c) t
                          + v l c t * slot L k (M i) (at_time v t) l (p c)))).
Proof.
  intros Hl Hp. eapply path_eq.
  - apply (path_sum (k l) (fun c t => v l c (Rmax 0 t) * v l (p c) (Rmax 0 t))). intros c Hc.
    apply path_mult; apply tensor_path; auto.
  - intros t Ht. cbv beta. rewrite Rmax_right by lra. unfold tensor_gradient.
    rewrite (Sum_ext (k l) _ (fun c => Sum n (fun i => - (dell i (contract L k (M i) (at_time v t)) *
       (slot L k (M i) (at_time v t) l c * v l (p c) t + v l c t * slot L k (M i) (at_time v t) l (p c)))))).
    + rewrite Sum_swap, <- Sum_opp. apply Sum_ext. intros i _. rewrite Sum_opp, Sum_scal_l. reflexivity.
    + intros c _. rewrite Sum_opp.
      set (g := fun i => dell i (contract L k (M i) (at_time v t))).
      rewrite (Sum_ext n (fun i => _ * (_ + _)) (fun i => g i * slot L k (M i) (at_time v t) l c * v l (p c) t
         + g i * slot L k (M i) (at_time v t) l (p c) * v l c t)) by (intros; unfold g; ring).
      rewrite Sum_plus, !Sum_scal_r. unfold g. ring.
Qed.

(* --- C2 --- *)
Theorem norm_differences_constant l l' t : (l < L)%nat -> (l' < L)%nat -> 0 <= t ->
  Sum (k l) (fun c => v l c t ^ 2) - Sum (k l') (fun c => v l' c t ^ 2) =
  Sum (k l) (fun c => v l c 0 ^ 2) - Sum (k l') (fun c => v l' c 0 ^ 2).
Proof.
  intros Hl Hl' Ht.
  assert (P : path (fun t => Sum (k l) (fun c => v l c (Rmax 0 t) * v l c (Rmax 0 t))
      - Sum (k l') (fun c => v l' c (Rmax 0 t) * v l' c (Rmax 0 t))) (fun _ => 0)).
  { apply (path_eq _ _ _ (path_minus _ _ _ _ (layer_form_path l (fun c => c) Hl ltac:(auto))
                                             (layer_form_path l' (fun c => c) Hl' ltac:(auto)))).
    intros u _. cbv beta.
    assert (E : forall q, (q < L)%nat -> forall i,
      Sum (k q) (fun c => slot L k (M i) (at_time v u) q c * v q c u + v q c u * slot L k (M i) (at_time v u) q c)
      = 2 * contract L k (M i) (at_time v u)).
    { intros q Hq i. rewrite <- (contract_euler k (M i) L (at_time v u) q Hq), <- Sum_scal_l.
      apply Sum_ext. intros c _. change (at_time v u q c) with (v q c u). ring. }
    rewrite (Sum_ext n _ (fun i => dell i (contract L k (M i) (at_time v u)) * (2 * contract L k (M i) (at_time v u))))
      by (intros; rewrite E by auto; reflexivity).
    rewrite (Sum_ext n (fun i => _ * Sum (k l') _)
      (fun i => dell i (contract L k (M i) (at_time v u)) * (2 * contract L k (M i) (at_time v u))))
      by (intros; rewrite E by auto; reflexivity).
    ring. }
  pose proof (path_constant _ t P Ht) as E. cbv beta in E.
  rewrite (Rmax_right 0 t), (Rmax_left 0 0) in E by lra.
  assert (Sq : forall q u, Sum (k q) (fun c => v q c u ^ 2) = Sum (k q) (fun c => v q c u * v q c u))
    by (intros; apply Sum_ext; intros; ring).
  rewrite !Sq. exact E.
Qed.
End TensorFlow.

