(* Contractions of a tensor are continuous in the parameters, homogeneous in each layer, linear in the tensor. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Tensor Cluster.
Open Scope R_scope.

Section Limits.
Context {X : Type} (F : (X -> Prop) -> Prop) {FF : Filter F}.

(* --- contractions are continuous --- *)
Lemma tends_contract_below k (M : X -> (nat -> nat) -> R) (M0 : (nat -> nat) -> R) (w : X -> nat -> nat -> R) z N js :
  (forall js, tends F (fun x => M x js) (M0 js)) ->
  (forall l c, (l < N)%nat -> (c < k l)%nat -> tends F (fun x => w x l c) (z l c)) ->
  tends F (fun x => contract_below k (M x) (w x) N js) (contract_below k M0 z N js).
Proof.
  intros HM. revert js. induction N as [|N IH]; intros js H; simpl; [apply HM|].
  apply (tends_Sum F (k N) (fun c x => w x N c * contract_below k (M x) (w x) N (set_index js N c))
    (fun c => z N c * contract_below k M0 z N (set_index js N c))).
  intros c Hc. apply tends_mult; auto.
Qed.

Lemma tends_contract L k M M0 w z : (forall js, tends F (fun x => M x js) (M0 js)) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun x => w x l c) (z l c)) ->
  tends F (fun x => contract L k (M x) (w x)) (contract L k M0 z).
Proof. intros. apply tends_contract_below; auto. Qed.

Lemma tends_slot L k M M0 w z l c : (forall js, tends F (fun x => M x js) (M0 js)) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun x => w x l c) (z l c)) ->
  tends F (fun x => slot L k (M x) (w x) l c) (slot L k M0 z l c).
Proof.
  intros HM H. unfold slot. apply (tends_contract L k M M0 (fun x => with_layer (w x) l (delta c))); auto.
  intros l' c' Hl Hc. unfold with_layer. destruct (Nat.eqb l' l); [apply (tends_const F) | auto].
Qed.
End Limits.

(* --- homogeneity in each layer --- *)
Lemma contract_below_scaled k M (a : nat -> R) w N js :
  contract_below k M (fun l c => a l * w l c) N js = Prod N a * contract_below k M w N js.
Proof.
  revert js. induction N as [|N IH]; intros js; simpl; [ring|].
  rewrite <- Sum_scal_l. apply Sum_ext. intros c _. rewrite IH. ring.
Qed.

Lemma contract_scaled L k M (a : nat -> R) w :
  contract L k M (fun l c => a l * w l c) = Prod L a * contract L k M w.
Proof. apply contract_below_scaled. Qed.

Lemma slot_scaled L k M (a : nat -> R) w l c :
  slot L k M (fun l c => a l * w l c) l c = ProdBut L a l * slot L k M w l c.
Proof.
  unfold slot, ProdBut. rewrite <- contract_scaled. apply contract_below_ext. intros l' c' _ _. unfold with_layer.
  destruct (Nat.eqb l' l); [ring | reflexivity].
Qed.

(* --- linearity in the tensor --- *)
Lemma contract_below_tensor k m (b : nat -> R) (T : nat -> (nat -> nat) -> R) w N js :
  contract_below k (fun js => Sum m (fun j => b j * T j js)) w N js = Sum m
    (fun j => b j * contract_below k (T j) w N js).
Proof.
  revert js. induction N as [|N IH]; intros js; simpl; [reflexivity|].
  rewrite (Sum_ext (k N) _ (fun c => Sum m (fun j => b j * (w N c * contract_below k (T j) w N (set_index js N c))))).
  - rewrite Sum_swap. apply Sum_ext. intros j _. apply Sum_scal_l.
  - intros c _. rewrite IH, <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

Lemma contract_tensor L k m b T w :
  contract L k (fun js => Sum m (fun j => b j * T j js)) w = Sum m (fun j => b j * contract L k (T j) w).
Proof. apply contract_below_tensor. Qed.

Lemma slot_tensor L k m b T w l c :
  slot L k (fun js => Sum m (fun j => b j * T j js)) w l c = Sum m (fun j => b j * slot L k (T j) w l c).
Proof. apply contract_below_tensor. Qed.
