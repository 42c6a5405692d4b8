(* C3 and C4 for gradient flows written with [Derive] of the loss: deep matrix sensing
     f(A) = <A, W_0 W_1 ... W_{L-1}>,   loss = sum_i ell_i(f(A_i)),
   any depth, any shapes, any sensor matrices, any differentiable loss of the outputs.
   Fully connected networks f(x) = x^T W_0 ... W_{L-1} are the case A_i = x_i (one column). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Conserved.
Open Scope R_scope.

Definition product (d : nat -> nat) (L : nat) (w : nat -> matrix) : matrix := before d (fun l _ => w l) L 0.
Definition replace_matrix_entry (w : nat -> matrix) (l a b : nat) (s : R) : nat -> matrix :=
  fun l' i j => if Nat.eqb l' l then w l i j + delta a i * (delta b j * (s - w l a b)) else w l' i j.

Lemma replace_matrix_entry_spec w l a b s l' i j :
  replace_matrix_entry w l a b s l' i j =
  if (Nat.eqb l' l && Nat.eqb i a && Nat.eqb j b)%bool then s else w l' i j.
Proof.
  unfold replace_matrix_entry, delta. rewrite (Nat.eqb_sym a i), (Nat.eqb_sym b j).
  destruct (Nat.eqb_spec l' l) as [->|]; simpl; [|reflexivity].
  destruct (Nat.eqb_spec i a) as [->|]; destruct (Nat.eqb_spec j b) as [->|]; simpl; ring.
Qed.

Lemma Sum_rotate3 n p q (T : nat -> nat -> nat -> R) :
  Sum n (fun i => Sum p (fun a => Sum q (fun b => T i a b))) = Sum q
    (fun b => Sum p (fun a => Sum n (fun i => T i a b))).
Proof.
  rewrite (Sum_ext n _ (fun i => Sum q (fun b => Sum p (fun a => T i a b)))) by (intros; apply Sum_swap).
  rewrite Sum_swap. apply Sum_ext. intros; apply Sum_swap.
Qed.

Section Products.
Variable d : nat -> nat.

Lemma before_below W W' l t : (forall q, (q < l)%nat -> W q t = W' q t) -> before d W l t = before d W' l t.
Proof.
  induction l as [|l IH]; intros H; simpl; [reflexivity|]. rewrite IH, H; auto.
Qed.

Lemma after_above W W' s l t : (forall q, (l <= q)%nat -> W q t = W' q t) -> after d W s l t = after d W' s l t.
Proof.
  revert l. induction s as [|s IH]; intros l H; simpl; [reflexivity|].
  rewrite (IH (S l)), H by (auto; intros; apply H; lia). reflexivity.
Qed.

Lemma mul_identity n P i j : (j < n)%nat -> mul n P identity i j = P i j.
Proof.
  intros Hj. unfold mul, identity. rewrite (Sum_ext n _ (fun q => delta j q * P i q)).
  - apply (Sum_delta n j (fun q => P i q)); auto.
  - intros q _. unfold delta. rewrite Nat.eqb_sym. ring.
Qed.

Lemma before_after W s l t i j : (j < d (l + s)%nat)%nat ->
  before d W (l + s) t i j = mul (d l) (before d W l t) (after d W s l t) i j.
Proof.
  revert l j. induction s as [|s IH]; intros l j Hj.
  - rewrite Nat.add_0_r in *. symmetry. apply mul_identity; auto.
  - rewrite Nat.add_succ_r in *. rewrite (IH (S l)) by exact Hj. simpl before. rewrite mul_assoc. reflexivity.
Qed.

(* the product is affine in one entry *)
Lemma product_replace L w l a b s i j : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> (j < d L)%nat ->
  product d L (replace_matrix_entry w l a b s) i j = product d L w i j
  + (s - w l a b) * (before d (fun l _ => w l) l 0 i a * after d (fun l _ => w l) (L - S l) (S l) 0 b j).
Proof.
  intros Hl Ha Hb Hj. unfold product.
  assert (EL : L = (S l + (L - S l))%nat) by lia.
  assert (Hj' : (j < d (S l + (L - S l))%nat)%nat) by (rewrite <- EL; auto).
  rewrite EL at 1 2. rewrite !before_after by exact Hj'.
  rewrite (after_above (fun q _ => replace_matrix_entry w l a b s q) (fun q _ => w q)).
  2:{ intros q Hq. extensionality p; extensionality r. unfold replace_matrix_entry.
      destruct (Nat.eqb_spec q l); [lia | reflexivity]. }
  simpl before.
  rewrite (before_below (fun q _ => replace_matrix_entry w l a b s q) (fun q _ => w q)).
  2:{ intros q Hq. extensionality p; extensionality r. unfold replace_matrix_entry.
      destruct (Nat.eqb_spec q l); [lia | reflexivity]. }
  set (P := before d (fun q _ => w q) l 0). set (Q := after d (fun q _ => w q) (L - S l) (S l) 0).
  unfold mul.
  rewrite (Sum_ext (d (S l)) _ (fun r => Sum (d l) (fun p => P i p * w l p r) * Q r j
     + delta b r * ((s - w l a b) * (P i a * Q r j)))).
  - rewrite Sum_plus, (Sum_delta (d (S l)) b (fun r => (s - w l a b) * (P i a * Q r j))) by auto. reflexivity.
  - intros r _. unfold replace_matrix_entry. rewrite Nat.eqb_refl.
    rewrite (Sum_ext (d l) _ (fun p => P i p * w l p r + delta a p * (P i p * (delta b r * (s - w l a b)))))
      by (intros; ring).
    rewrite Sum_plus, (Sum_delta (d l) a (fun p => P i p * (delta b r * (s - w l a b)))) by auto. ring.
Qed.
End Products.

Section Sensing.
Variables (L n : nat) (d : nat -> nat) (A : nat -> matrix) (ell dell : nat -> R -> R).
Hypothesis ell_derive : forall i u, is_derive (ell i) u (dell i u).

(* <A_i, W_0 ... W_{L-1}> *)
Definition sensed (w : nat -> matrix) (i : nat) : R :=
  Sum (d 0%nat) (fun p => Sum (d L) (fun q => A i p q * product d L w p q)).
Definition sensing_loss (w : nat -> matrix) : R := Sum n (fun i => ell i (sensed w i)).

Definition matrix_at (W : nat -> R -> matrix) (t : R) : nat -> matrix := fun l => W l t.

Definition sensing_gradient_flow (W : nat -> R -> matrix) : Prop :=
  forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
    filterlim (fun t => W l t a b) (at_right 0) (locally (W l 0 a b)) /\
    forall t, 0 < t -> is_derive (fun t => W l t a b) t
      (- Derive (fun s => sensing_loss (replace_matrix_entry (matrix_at W t) l a b s)) (W l t a b)).

(* gradient of the loss in the end-to-end matrix *)
Definition end_gradient (w : nat -> matrix) : matrix := fun p q => Sum n (fun i => dell i (sensed w i) * A i p q).

Lemma sensed_replace w l a b s i : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  sensed (replace_matrix_entry w l a b s) i = sensed w i + (s - w l a b) *
    Sum (d 0%nat) (fun p => Sum (d L) (fun q => A i p q *
      (before d (fun l _ => w l) l 0 p a * after d (fun l _ => w l) (L - S l) (S l) 0 b q))).
Proof.
  intros Hl Ha Hb. unfold sensed. rewrite <- Sum_scal_l, <- Sum_plus. apply Sum_ext. intros p _.
  rewrite <- Sum_scal_l, <- Sum_plus. apply Sum_ext. intros q Hq. rewrite product_replace by auto. ring.
Qed.

Theorem sensing_partial_derivative W t l a b : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  is_derive (fun s => sensing_loss (replace_matrix_entry (matrix_at W t) l a b s)) (W l t a b)
    (layer_gradient L d W (fun t => end_gradient (matrix_at W t)) l t a b).
Proof.
  intros Hl Ha Hb. set (w := matrix_at W t).
  set (g := fun i => Sum (d 0%nat) (fun p => Sum (d L) (fun q => A i p q *
      (before d (fun l _ => w l) l 0 p a * after d (fun l _ => w l) (L - S l) (S l) 0 b q)))).
  replace (layer_gradient L d W (fun t => end_gradient (matrix_at W t)) l t a b)
    with (Sum n (fun i => dell i (sensed w i) * g i)).
  - unfold sensing_loss.
    enough (D : forall N, is_derive (fun s => Sum N (fun i => ell i (sensed (replace_matrix_entry w l a b s) i)))
      (W l t a b) (Sum N (fun i => dell i (sensed w i) * g i))) by apply D.
    induction N as [|N IH]; simpl.
    + apply (is_derive_const 0).
    + apply (is_derive_plus (fun s => Sum N (fun i => ell i (sensed (replace_matrix_entry w l a b s) i)))
        (fun s => ell N (sensed (replace_matrix_entry w l a b s) N))); auto.
      apply (is_derive_ext (fun s => ell N (sensed w N + (s - W l t a b) * g N))).
      { intros s. rewrite sensed_replace by auto. reflexivity. }
      rewrite Rmult_comm.
      apply (is_derive_comp (ell N) (fun s => sensed w N + (s - W l t a b) * g N)).
      * replace (sensed w N + (W l t a b - W l t a b) * g N) with (sensed w N) by ring. apply ell_derive.
      * auto_derive; auto. ring.
  - assert (Bf : forall q, before d W q t = before d (fun l _ => w l) q 0).
    { induction q as [|q IH]; simpl; [reflexivity|]. rewrite IH. reflexivity. }
    assert (Af : forall s q, after d W s q t = after d (fun l _ => w l) s q 0).
    { induction s as [|s IH]; intros q; simpl; [reflexivity|]. rewrite IH. reflexivity. }
    unfold layer_gradient. rewrite Bf, Af. unfold mul at 1 2. unfold transpose, end_gradient. fold w.
    rewrite (Sum_ext n _ (fun i => Sum (d 0%nat) (fun p => Sum (d L) (fun q => dell i (sensed w i) * (A i p q *
      (before d (fun l _ => w l) l 0 p a * after d (fun l _ => w l) (L - S l) (S l) 0 b q)))))).
    2:{ intros i _. unfold g. rewrite <- Sum_scal_l. apply Sum_ext. intros p _. rewrite <- Sum_scal_l. reflexivity. }
    rewrite (Sum_rotate3 n (d 0%nat) (d L)).
    apply Sum_ext. intros q _. rewrite <- Sum_scal_r. apply Sum_ext. intros p _.
    rewrite (Rmult_comm _ (Sum n _)), Rmult_assoc, <- Sum_scal_r. apply Sum_ext. intros; ring.
Qed.

(* C4 *)
Theorem sensing_balance_constant W : sensing_gradient_flow W ->
  forall l i j t, (S l < L)%nat -> (i < d (S l))%nat -> (j < d (S l))%nat -> 0 <= t ->
    gram_difference d W l t i j = gram_difference d W l 0 i j.
Proof.
  intros F l i j t Hl Hi Hj Ht.
  apply (balance_constant L d W (fun t => end_gradient (matrix_at W t))); auto.
  intros q a b Hq Ha Hb. destruct (F q a b Hq Ha Hb) as [C D]. split; auto. intros u Hu. specialize (D u Hu).
  pose proof (is_derive_unique _ _ _ (sensing_partial_derivative W u q a b Hq Ha Hb)) as E.
  match type of D with is_derive _ _ (- ?x) =>
    match type of E with _ = ?e => replace x with e in D by (symmetry; exact E) end end.
  exact D.
Qed.
End Sensing.

(* C3: f(x) = x^T W_0 ... W_{L-1}, d_0 inputs, one output *)
Section FullyConnectedNetwork.
Variables (L n : nat) (d : nat -> nat) (X : nat -> nat -> R) (ell dell : nat -> R -> R).
Hypothesis ell_derive : forall i u, is_derive (ell i) u (dell i u).
Hypothesis one_output : d L = 1%nat.

Definition fully_connected_output (w : nat -> matrix) (x : nat -> R) : R :=
  Sum (d 0%nat) (fun p => x p * product d L w p 0%nat).
Definition fully_connected_loss (w : nat -> matrix) : R := Sum n (fun i => ell i (fully_connected_output w (X i))).

Definition fully_connected_gradient_flow (W : nat -> R -> matrix) : Prop :=
  forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
    filterlim (fun t => W l t a b) (at_right 0) (locally (W l 0 a b)) /\
    forall t, 0 < t -> is_derive (fun t => W l t a b) t
      (- Derive (fun s => fully_connected_loss (replace_matrix_entry (matrix_at W t) l a b s)) (W l t a b)).

Lemma fully_connected_sensed w i : sensed L d (fun i p _ => X i p) w i = fully_connected_output w (X i).
Proof. unfold sensed, fully_connected_output. rewrite one_output. apply Sum_ext. intros; simpl; ring. Qed.

Theorem fully_connected_balance_constant W : fully_connected_gradient_flow W ->
  forall l i j t, (S l < L)%nat -> (i < d (S l))%nat -> (j < d (S l))%nat -> 0 <= t ->
    gram_difference d W l t i j = gram_difference d W l 0 i j.
Proof.
  intros F. apply (sensing_balance_constant L n d (fun i p _ => X i p) ell dell ell_derive).
  intros l a b Hl Ha Hb. destruct (F l a b Hl Ha Hb) as [C D]. split; auto. intros t Ht.
  rewrite (Derive_ext _ (fun s => fully_connected_loss (replace_matrix_entry (matrix_at W t) l a b s))); auto.
  intros s. unfold sensing_loss, fully_connected_loss. apply Sum_ext. intros i _.
  rewrite fully_connected_sensed. reflexivity.
Qed.
End FullyConnectedNetwork.
