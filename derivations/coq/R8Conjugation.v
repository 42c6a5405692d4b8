(* Deep matrix sensing with square layers, W_l of size d x d: the gradient flow commutes with orthogonal changes of
   basis. Matrices are functions of two indices; [agree d] compares the entries below d. With conj O P = O^T P O:
     if W is a flow for the sensors A_i, then conj O W is one for the sensors conj O A_i. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality Setoid Morphisms.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Conserved Sensing Uniqueness.
Open Scope R_scope.

Definition agree (d : nat) (P Q : matrix) : Prop := forall i j, (i < d)%nat -> (j < d)%nat -> P i j = Q i j.
Definition orthogonal (d : nat) (O : matrix) : Prop :=
  agree d (mul d (transpose O) O) identity /\ agree d (mul d O (transpose O)) identity.
Definition conj (d : nat) (O P : matrix) : matrix := mul d (transpose O) (mul d P O).
Definition trace (d : nat) (P : matrix) : R := Sum d (fun i => P i i).

Section Matrices.
Variable d : nat.

#[export] Instance agree_equivalence : Equivalence (agree d).
Proof.
  split; [intros P i j _ _; reflexivity | intros P Q H i j Hi Hj; symmetry; auto | intros P Q M H K i j Hi Hj;
    rewrite H; auto].
Qed.

#[export] Instance mul_proper : Proper (agree d ==> agree d ==> agree d) (mul d).
Proof. intros P P' HP Q Q' HQ i j Hi Hj. apply Sum_ext. intros k Hk. rewrite HP, HQ by auto. reflexivity. Qed.

#[export] Instance transpose_proper : Proper (agree d ==> agree d) transpose.
Proof. intros P P' HP i j Hi Hj. apply HP; auto. Qed.

Lemma agree_mul P P' Q Q' : agree d P P' -> agree d Q Q' -> agree d (mul d P Q) (mul d P' Q').
Proof. intros HP HQ. rewrite HP, HQ. reflexivity. Qed.

Lemma agree_transpose P P' : agree d P P' -> agree d (transpose P) (transpose P').
Proof. intros H. rewrite H. reflexivity. Qed.

Lemma identity_left P : agree d (mul d identity P) P.
Proof. intros i j Hi _. unfold mul, identity. apply (Sum_delta d i (fun k => P k j)); auto. Qed.

Lemma identity_right P : agree d (mul d P identity) P.
Proof. intros i j _ Hj. apply mul_identity; auto. Qed.

Lemma trace_agree P Q : agree d P Q -> trace d P = trace d Q.
Proof. intros H. apply Sum_ext. intros; apply H; auto. Qed.

Lemma trace_swap P Q : trace d (mul d P Q) = trace d (mul d Q P).
Proof. unfold trace, mul. rewrite Sum_swap. apply Sum_ext. intros i _. apply Sum_ext. intros; ring. Qed.

Lemma inner_trace A P : Sum d (fun p => Sum d (fun q => A p q * P p q)) = trace d (mul d A (transpose P)).
Proof. reflexivity. Qed.

(* --- conjugation --- *)
Variable O : matrix.
Hypothesis O_orthogonal : orthogonal d O.

Lemma conj_agree P Q : agree d P Q -> agree d (conj d O P) (conj d O Q).
Proof. intros H. unfold conj. rewrite H. reflexivity. Qed.

Lemma conj_identity : agree d (conj d O identity) identity.
Proof. unfold conj. rewrite identity_left. apply O_orthogonal. Qed.

Lemma conj_mul P Q : agree d (mul d (conj d O P) (conj d O Q)) (conj d O (mul d P Q)).
Proof.
  unfold conj. rewrite !mul_assoc. rewrite <- (mul_assoc d d O (transpose O)). destruct O_orthogonal as [_ H].
  rewrite H, identity_left. reflexivity.
Qed.

Lemma conj_transpose P : transpose (conj d O P) = conj d O (transpose P).
Proof. unfold conj. rewrite !transpose_mul. rewrite mul_assoc. reflexivity. Qed.

Lemma conj_trace P : trace d (conj d O P) = trace d P.
Proof.
  unfold conj. rewrite trace_swap, mul_assoc. apply trace_agree. destruct O_orthogonal as [_ H]. rewrite H.
  apply identity_right.
Qed.

Lemma conj_inner A P : Sum d (fun p => Sum d (fun q => conj d O A p q * conj d O P p q)) = Sum d
  (fun p => Sum d (fun q => A p q * P p q)).
Proof.
  rewrite !inner_trace, conj_transpose, <- (conj_trace (mul d A (transpose P))). apply trace_agree, conj_mul.
Qed.

Lemma conj_entry P a b : conj d O P a b = Sum d (fun p => O p a * Sum d (fun q => O q b * P p q)).
Proof.
  unfold conj. unfold mul at 1. apply Sum_ext. intros p _. unfold transpose, mul. f_equal. apply Sum_ext. intros; ring.
Qed.

Lemma conj_Sum n (c : nat -> R) (A : nat -> matrix) a b :
  conj d O (fun p q => Sum n (fun i => c i * A i p q)) a b = Sum n (fun i => c i * conj d O (A i) a b).
Proof.
  rewrite conj_entry.
  rewrite (Sum_ext n _ (fun i => Sum d (fun p => c i * (O p a * Sum d (fun q => O q b * A i p q)))))
    by (intros i _; rewrite conj_entry, Sum_scal_l; reflexivity).
  rewrite Sum_swap. apply Sum_ext. intros p _.
  rewrite (Sum_ext d _ (fun q => Sum n (fun i => O q b * (c i * A i p q))))
    by (intros; rewrite Sum_scal_l; reflexivity).
  rewrite Sum_swap, <- Sum_scal_l. apply Sum_ext. intros i _. rewrite <- !Sum_scal_l. apply Sum_ext. intros; ring.
Qed.
End Matrices.

(* --- the velocity of deep matrix sensing, layers of size d x d --- *)
Section Velocity.
Variables (L n d : nat) (dell : nat -> R -> R).
Let dims (_ : nat) := d.

Definition sensing_velocity (A : nat -> matrix) (w : nat -> matrix) (l : nat) : matrix := fun a b =>
  - layer_gradient L dims (fun l _ => w l) (fun _ => end_gradient L n dims A dell w) l 0 a b.

(* a solution on [0, inf), right-continuous at 0 *)
Definition sensing_solution (A : nat -> matrix) (W : nat -> R -> matrix) : Prop :=
  forall l a b, (l < L)%nat -> (a < d)%nat -> (b < d)%nat ->
    filterlim (fun t => W l t a b) (at_right 0) (locally (W l 0 a b)) /\
    forall t, 0 < t -> is_derive (fun t => W l t a b) t (sensing_velocity A (matrix_at W t) l a b).

(* Derive of the loss in an entry is minus the velocity *)
Lemma sensing_derive (A : nat -> matrix) (ell : nat -> R -> R) W t l a b :
  (forall i u, is_derive (ell i) u (dell i u)) -> (l < L)%nat -> (a < d)%nat -> (b < d)%nat ->
  - Derive (fun s => sensing_loss L n dims A ell (replace_matrix_entry (matrix_at W t) l a b s)) (W l t a b) =
  sensing_velocity A (matrix_at W t) l a b.
Proof.
  intros De Hl Ha Hb.
  pose proof (is_derive_unique _ _ _ (sensing_partial_derivative L n dims A ell dell De W t l a b Hl Ha Hb)) as E.
  unfold sensing_velocity. f_equal. etransitivity; [exact E|].
  assert (Bf : forall q, before dims W q t = before dims (fun l _ => matrix_at W t l) q 0).
  { induction q as [|q IH]; simpl; [reflexivity|]. rewrite IH. reflexivity. }
  assert (Af : forall s q, after dims W s q t = after dims (fun l _ => matrix_at W t l) s q 0).
  { induction s as [|s IH]; intros q; simpl; [reflexivity|]. rewrite IH. reflexivity. }
  unfold layer_gradient. rewrite Bf, Af. reflexivity.
Qed.

(* the gradient flow, written with Derive of the loss, is a solution, and conversely *)
Lemma sensing_flow_solution (A : nat -> matrix) (ell : nat -> R -> R) W :
  (forall i u, is_derive (ell i) u (dell i u)) -> sensing_gradient_flow L n dims A ell W -> sensing_solution A W.
Proof.
  intros De Fl l a b Hl Ha Hb. destruct (Fl l a b Hl Ha Hb) as [C D]. split; auto. intros t Ht. specialize (D t Ht).
  rewrite <- (sensing_derive A ell W t l a b De Hl Ha Hb). exact D.
Qed.

Lemma sensing_solution_flow (A : nat -> matrix) (ell : nat -> R -> R) W :
  (forall i u, is_derive (ell i) u (dell i u)) -> sensing_solution A W -> sensing_gradient_flow L n dims A ell W.
Proof.
  intros De Sol l a b Hl Ha Hb. destruct (Sol l a b Hl Ha Hb) as [C D]. split; auto. intros t Ht. specialize (D t Ht).
  rewrite <- (sensing_derive A ell W t l a b De Hl Ha Hb) in D. exact D.
Qed.

Section Equivariance.
Variables (O : matrix) (A A' : nat -> matrix) (w w' : nat -> matrix).
Hypothesis O_orthogonal : orthogonal d O.
Hypothesis A_conj : forall i, (i < n)%nat -> agree d (A' i) (conj d O (A i)).
Hypothesis w_conj : forall l, (l < L)%nat -> agree d (w' l) (conj d O (w l)).

Lemma before_conj l : (l <= L)%nat ->
  agree d (before dims (fun l _ => w' l) l 0) (conj d O (before dims (fun l _ => w l) l 0)).
Proof.
  induction l as [|l IH]; intros Hl; simpl.
  - intros i j Hi Hj. symmetry. apply conj_identity; auto.
  - intros i j Hi Hj. rewrite <- (conj_mul d O O_orthogonal) by auto.
    apply agree_mul; [apply IH; lia | apply w_conj; lia | exact Hi | exact Hj].
Qed.

Lemma after_conj s l : (l + s <= L)%nat ->
  agree d (after dims (fun l _ => w' l) s l 0) (conj d O (after dims (fun l _ => w l) s l 0)).
Proof.
  revert l. induction s as [|s IH]; intros l Hl; simpl.
  - intros i j Hi Hj. symmetry. apply conj_identity; auto.
  - intros i j Hi Hj. rewrite <- (conj_mul d O O_orthogonal) by auto.
    apply agree_mul; [apply w_conj; lia | apply IH; lia | exact Hi | exact Hj].
Qed.

Lemma sensed_conj i : (i < n)%nat -> sensed L dims A' w' i = sensed L dims A w i.
Proof.
  intros Hi. unfold sensed, product.
  transitivity (Sum d (fun p => Sum d (fun q => conj d O (A i) p q * conj d O (before dims (fun l _ => w l) L 0) p q))).
  - apply Sum_ext. intros p Hp. apply Sum_ext. intros q Hq. rewrite A_conj, before_conj by auto. reflexivity.
  - apply (conj_inner d O O_orthogonal).
Qed.

Lemma end_gradient_conj : agree d (end_gradient L n dims A' dell w') (conj d O (end_gradient L n dims A dell w)).
Proof.
  intros p q Hp Hq. unfold end_gradient. rewrite (conj_Sum d O n (fun i => dell i (sensed L dims A w i)) A).
  apply Sum_ext. intros i Hi. rewrite sensed_conj, A_conj by auto. reflexivity.
Qed.

Theorem velocity_conj l : (l < L)%nat -> agree d (sensing_velocity A' w' l) (conj d O (sensing_velocity A w l)).
Proof.
  intros Hl a b Ha Hb. unfold sensing_velocity.
  replace (conj d O (fun a b => - layer_gradient L dims (fun l _ => w l) (fun _ =>
    end_gradient L n dims A dell w) l 0 a b) a b)
    with (- conj d O (layer_gradient L dims (fun l _ => w l) (fun _ => end_gradient L n dims A dell w) l 0) a b).
  - f_equal. unfold layer_gradient. unfold dims at 1 2 5 6. rewrite <- (conj_mul d O O_orthogonal) by auto.
    apply agree_mul; auto.
    + intros i j Hi Hj. rewrite <- (conj_mul d O O_orthogonal) by auto. apply agree_mul; auto.
      * rewrite <- conj_transpose. apply agree_transpose, before_conj. lia.
      * apply end_gradient_conj.
    + rewrite <- conj_transpose. apply agree_transpose, after_conj. lia.
  - rewrite !conj_entry, <- Sum_opp. apply Sum_ext. intros p _.
    rewrite (Sum_ext d (fun q => O q b * - _ ) (fun q => - (O q b * layer_gradient L dims (fun l _ => w l)
      (fun _ => end_gradient L n dims A dell w) l 0 p q))) by (intros; ring).
    rewrite Sum_opp. ring.
Qed.
End Equivariance.

Lemma identity_orthogonal : orthogonal d identity.
Proof.
  split; intros i j Hi Hj; [rewrite (identity_right d (transpose identity)) by auto
    | rewrite (identity_left d (transpose identity)) by auto];
    unfold transpose, identity, delta; rewrite Nat.eqb_sym; reflexivity.
Qed.

Lemma conj_by_identity P : agree d (conj d identity P) P.
Proof.
  intros i j Hi Hj. unfold conj. transitivity (mul d identity P i j); [|apply identity_left; auto].
  apply agree_mul; auto; [|apply identity_right].
  intros p q _ _. unfold transpose, identity, delta. rewrite Nat.eqb_sym. reflexivity.
Qed.

(* the velocity depends on the entries below d only *)
Lemma velocity_agree A A' w w' l : (forall i, (i < n)%nat -> agree d (A' i) (A i)) ->
  (forall l, (l < L)%nat -> agree d (w' l) (w l)) -> (l < L)%nat -> agree d (sensing_velocity A' w' l)
    (sensing_velocity A w l).
Proof.
  intros HA Hw Hl a b Ha Hb. transitivity (conj d identity (sensing_velocity A w l) a b);
    [|apply conj_by_identity; auto].
  apply (velocity_conj identity A A' w w' identity_orthogonal);
    [intros q Hq i j Hi Hj | intros q Hq i j Hi Hj | auto | auto | auto];
    rewrite conj_by_identity by auto; [apply HA | apply Hw]; auto.
Qed.

(* a change of basis of a solution *)
Theorem solution_conj O A A' W : orthogonal d O -> (forall i, (i < n)%nat -> agree d (A' i) (conj d O (A i))) ->
  sensing_solution A W -> sensing_solution A' (fun l t => conj d O (W l t)).
Proof.
  intros HO HA Sol l a b Hl Ha Hb. split.
  - rewrite conj_entry.
    apply (filterlim_ext (fun t => Sum d (fun p => O p a * Sum d (fun q => O q b * W l t p q))));
      [intros; symmetry; apply conj_entry|].
    apply (filterlim_Sum d (fun p t => O p a * Sum d (fun q => O q b * W l t p q)) (at_right 0)
      (fun p => O p a * Sum d (fun q => O q b * W l 0 p q))). intros p Hp.
    apply (filterlim_scale (at_right 0) (fun t =>
      Sum d (fun q => O q b * W l t p q)) (O p a) (Sum d (fun q => O q b * W l 0 p q))).
    apply (filterlim_Sum d (fun q t => O q b * W l t p q) (at_right 0) (fun q => O q b * W l 0 p q)). intros q Hq.
    apply (filterlim_scale (at_right 0) (fun t => W l t p q) (O q b) (W l 0 p q)). apply (Sol l p q Hl Hp Hq).
  - intros t Ht.
    assert (V : sensing_velocity A' (matrix_at (fun l t => conj d O (W l t)) t) l a b
      = conj d O (sensing_velocity A (matrix_at W t) l) a b).
    { apply (velocity_conj O A A' (matrix_at W t) (matrix_at (fun l t => conj d O (W l t)) t) HO HA); auto.
      intros q Hq i j Hi Hj. reflexivity. }
    rewrite V.
    rewrite conj_entry.
    apply (is_derive_ext (fun t => Sum d (fun p => O p a * Sum d (fun q => O q b * W l t p q))));
      [intros; symmetry; apply conj_entry|].
    apply (is_derive_Sum d (fun p t => O p a * Sum d (fun q => O q b * W l t p q))). intros p Hp.
    apply (is_derive_scal (fun t => Sum d (fun q => O q b * W l t p q))).
    apply (is_derive_Sum d (fun q t => O q b * W l t p q)). intros q Hq.
    apply (is_derive_scal (fun t => W l t p q)). apply (Sol l p q Hl Hp Hq); auto.
Qed.
End Velocity.
