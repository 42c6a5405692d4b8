(* Deep matrix sensing with square layers: the flow from a given start is unique (locally Lipschitz derivative of the
   loss), and with diagonal sensors and a diagonal start it stays diagonal: flipping the sign of one basis vector maps
   the flow to a flow with the same start, so off-diagonal entries equal their negatives. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Conserved Sensing Uniqueness R8Conjugation.
Open Scope R_scope.

Definition diagonal_below (d : nat) (P : matrix) : Prop := forall i j, (i < d)%nat -> (j < d)%nat -> i <> j ->
  P i j = 0.

Section Unique.
Variables (L n d : nat) (dell : nat -> R -> R) (A : nat -> matrix).
Hypothesis dell_lipschitz : forall i, (i < n)%nat -> locally_lipschitz_scalar (dell i).
Let dims (_ : nat) := d.
Let N := (L * d * d)%nat.

(* all entries of all layers in one list *)
Definition entry_index (l a b : nat) : nat := ((l * d + a) * d + b)%nat.
Definition unflatten (x : nat -> R) : nat -> matrix := fun l a b => x (entry_index l a b).
Definition flatten (w : nat -> matrix) : nat -> R := fun i => w (i / d / d)%nat ((i / d) mod d) (i mod d)%nat.

Lemma entry_index_small l a b : (l < L)%nat -> (a < d)%nat -> (b < d)%nat -> (entry_index l a b < N)%nat.
Proof. intros Hl Ha Hb. unfold entry_index, N. assert (B : (l * d + a < L * d)%nat) by nia. nia. Qed.

Lemma entry_decode l a b : (a < d)%nat -> (b < d)%nat ->
  (entry_index l a b / d / d)%nat = l /\ ((entry_index l a b / d) mod d)%nat = a /\ (entry_index l a b mod d)%nat = b.
Proof.
  intros Ha Hb. unfold entry_index.
  assert (E : (((l * d + a) * d + b) / d = l * d + a)%nat) by (rewrite Nat.div_add_l, Nat.div_small by lia; lia).
  rewrite E. split; [|split].
  - rewrite Nat.div_add_l, Nat.div_small by lia. lia.
  - rewrite Nat.add_comm, Nat.mod_add, Nat.mod_small by lia. reflexivity.
  - rewrite Nat.add_comm, Nat.mod_add, Nat.mod_small by lia. reflexivity.
Qed.

Lemma decode_small i : (i < N)%nat -> (i / d / d < L)%nat /\ ((i / d) mod d < d)%nat /\ (i mod d < d)%nat.
Proof.
  intros Hi. unfold N in Hi. assert (Pd : (d <> 0)%nat) by (intros Z; rewrite Z, Nat.mul_0_r in Hi; lia).
  split; [|split; apply Nat.mod_upper_bound; auto].
  apply Nat.div_lt_upper_bound; auto. apply Nat.div_lt_upper_bound; auto. lia.
Qed.

Lemma unflatten_flatten w l a b : (a < d)%nat -> (b < d)%nat -> unflatten (flatten w) l a b = w l a b.
Proof. intros Ha Hb. unfold unflatten, flatten. destruct (entry_decode l a b Ha Hb) as [-> [-> ->]]. reflexivity. Qed.

(* --- the velocity is a polynomial in the entries and in dell_i of polynomials --- *)
Lemma entry_lipschitz l a b : (l < L)%nat -> (a < d)%nat -> (b < d)%nat ->
  locally_lipschitz N (fun x => unflatten x l a b).
Proof. intros. apply lipschitz_coordinate, entry_index_small; auto. Qed.

Lemma before_lipschitz l a b : (l <= L)%nat -> (a < d)%nat -> (b < d)%nat ->
  locally_lipschitz N (fun x => before dims (fun l _ => unflatten x l) l 0 a b).
Proof.
  revert b. induction l as [|l IH]; intros b Hl Ha Hb; simpl; [apply lipschitz_const|]. unfold mul.
  apply (lipschitz_Sum N d (fun q x => before dims (fun l _ => unflatten x l) l 0 a q * unflatten x l q b)).
  intros q Hq.
  apply lipschitz_mult; [apply IH; auto; lia | apply entry_lipschitz; auto].
Qed.

Lemma after_lipschitz s l a b : (l + s <= L)%nat -> (a < d)%nat -> (b < d)%nat ->
  locally_lipschitz N (fun x => after dims (fun l _ => unflatten x l) s l 0 a b).
Proof.
  revert l a. induction s as [|s IH]; intros l a Hl Ha Hb; simpl; [apply lipschitz_const|]. unfold mul.
  apply (lipschitz_Sum N d (fun q x => unflatten x l a q * after dims (fun l _ => unflatten x l) s (S l) 0 q b)).
  intros q Hq.
  apply lipschitz_mult; [apply entry_lipschitz; auto; lia | apply IH; auto; lia].
Qed.

Lemma end_gradient_lipschitz p q : (p < d)%nat -> (q < d)%nat ->
  locally_lipschitz N (fun x => end_gradient L n dims A dell (unflatten x) p q).
Proof.
  intros Hp Hq. unfold end_gradient.
  apply (lipschitz_Sum N n (fun i x => dell i (sensed L dims A (unflatten x) i) * A i p q)). intros i Hi.
  apply lipschitz_mult; [|apply lipschitz_const]. apply (lipschitz_comp N (dell i)); auto.
  unfold sensed. apply (lipschitz_Sum N d (fun a x => Sum d (fun b => A i a b * product dims L (unflatten x) a b))).
  intros a Ha.
  apply (lipschitz_Sum N d (fun b x => A i a b * product dims L (unflatten x) a b)). intros b Hb.
  apply lipschitz_mult; [apply lipschitz_const | apply before_lipschitz; auto].
Qed.

Lemma velocity_lipschitz l a b : (l < L)%nat -> (a < d)%nat -> (b < d)%nat ->
  locally_lipschitz N (fun x => sensing_velocity L n d dell A (unflatten x) l a b).
Proof.
  intros Hl Ha Hb. unfold sensing_velocity. apply lipschitz_opp. unfold layer_gradient. unfold mul at 1.
  apply (lipschitz_Sum N d (fun q x =>
    mul d (transpose (before dims (fun l _ => unflatten x l) l 0)) (end_gradient L n dims A dell (unflatten x)) a q
    * transpose (after dims (fun l _ => unflatten x l) (L - S l) (S l) 0) q b)). intros q Hq.
  apply lipschitz_mult.
  - unfold mul. apply (lipschitz_Sum N d (fun p x =>
      transpose (before dims (fun l _ => unflatten x l) l 0) a p * end_gradient L n dims A dell (unflatten x) p q)).
    intros p Hp. apply lipschitz_mult; [apply before_lipschitz; auto; lia | apply end_gradient_lipschitz; auto].
  - apply after_lipschitz; auto; lia.
Qed.

(* --- uniqueness --- *)
Lemma flattened_flow W : sensing_solution L n d dell A W ->
  flow_until N (fun x => flatten (sensing_velocity L n d dell A (unflatten x))) p_infty
    (fun i t => flatten (matrix_at W t) i).
Proof.
  intros Sol i Hi. destruct (decode_small i Hi) as [Hl [Ha Hb]].
  destruct (Sol (i / d / d)%nat ((i / d) mod d) (i mod d)%nat Hl Ha Hb) as [C D]. split; [exact C|]. intros t Ht _.
  specialize (D t Ht). unfold flatten at 2.
  assert (V : sensing_velocity L n d dell A (unflatten (fun k => flatten (matrix_at W t) k)) (i / d
    / d) ((i / d) mod d) (i mod d)%nat =
    sensing_velocity L n d dell A (matrix_at W t) (i / d / d) ((i / d) mod d) (i mod d)%nat).
  { apply (velocity_agree L n d dell A A); auto.
    - intros q _ a b _ _. reflexivity.
    - intros q _ a b Ha' Hb'. apply unflatten_flatten; auto. }
  rewrite V. exact D.
Qed.

Theorem sensing_unique W W' : sensing_solution L n d dell A W -> sensing_solution L n d dell A W' ->
  (forall l, (l < L)%nat -> agree d (W l 0) (W' l 0)) ->
  forall l t, (l < L)%nat -> 0 <= t -> agree d (W l t) (W' l t).
Proof.
  intros Sol Sol' Start l t Hl Ht a b Ha Hb.
  pose proof (flow_unique N _ p_infty _ _ (fun i Hi => velocity_lipschitz (i / d / d) ((i / d) mod d) (i mod d)
      (proj1 (decode_small i Hi)) (proj1 (proj2 (decode_small i Hi))) (proj2 (proj2 (decode_small i Hi))))
    (flattened_flow W Sol) (flattened_flow W' Sol')) as U.
  specialize (U (fun i Hi => Start _ (proj1 (decode_small i Hi)) _ _ (proj1 (proj2 (decode_small i Hi)))
    (proj2 (proj2 (decode_small i Hi))))).
  specialize (U (entry_index l a b) t (entry_index_small l a b Hl Ha Hb) Ht I).
  unfold flatten in U. destruct (entry_decode l a b Ha Hb) as [E1 [E2 E3]]. rewrite E1, E2, E3 in U. exact U.
Qed.

(* --- diagonal sensors, diagonal start --- *)
Definition flip (c : nat) : matrix := fun i j => delta i j * (if Nat.eqb i c then -1 else 1).

Lemma flip_entry c P i j : (i < d)%nat -> (j < d)%nat ->
  conj d (flip c) P i j = (if Nat.eqb i c then -1 else 1) * (if Nat.eqb j c then -1 else 1) * P i j.
Proof.
  intros Hi Hj. rewrite conj_entry.
  rewrite (Sum_ext d _ (fun p => delta i p * ((if Nat.eqb p c then -1 else 1)
    * ((if Nat.eqb j c then -1 else 1) * P p j)))).
  - rewrite (Sum_delta d i (fun p => (if Nat.eqb p c then -1 else 1) * ((if Nat.eqb j c then -1 else 1) * P p j)))
      by auto. ring.
  - intros p Hp. unfold flip at 1.
    rewrite (Sum_ext d _ (fun q => delta j q * ((if Nat.eqb q c then -1 else 1) * P p q))).
    + rewrite (Sum_delta d j (fun q => (if Nat.eqb q c then -1 else 1) * P p q)) by auto.
      unfold delta. rewrite (Nat.eqb_sym p i). ring.
    + intros q Hq. unfold flip, delta. rewrite (Nat.eqb_sym q j). ring.
Qed.

Lemma flip_orthogonal c : orthogonal d (flip c).
Proof.
  assert (E : forall i j, (i < d)%nat -> (j < d)%nat -> Sum d (fun k => flip c k i * flip c k j) = identity i j).
  { intros i j Hi Hj. unfold flip.
    rewrite (Sum_ext d _ (fun k => delta i k * (delta k j
      * ((if Nat.eqb k c then -1 else 1) * (if Nat.eqb k c then -1 else 1)))))
      by (intros k _; unfold delta; rewrite (Nat.eqb_sym k i); ring).
    rewrite (Sum_delta d i (fun k => delta k j * ((if Nat.eqb k c then -1 else 1) * (if Nat.eqb k c then -1 else 1))))
      by auto.
    unfold identity. destruct (Nat.eqb i c); ring. }
  assert (Sy : forall i j, flip c i j = flip c j i).
  { intros i j. unfold flip, delta. destruct (Nat.eqb_spec i j) as [->|Ne]; [rewrite Nat.eqb_refl; reflexivity|].
    destruct (Nat.eqb_spec j i); [lia | ring]. }
  split; intros i j Hi Hj; rewrite <- E by auto; unfold mul, transpose; apply Sum_ext; intros k _;
    [reflexivity | rewrite (Sy i k), (Sy j k); reflexivity].
Qed.

Lemma flip_diagonal c P : diagonal_below d P -> agree d P (conj d (flip c) P).
Proof.
  intros H i j Hi Hj. rewrite flip_entry by auto. destruct (Nat.eq_dec i j) as [->|Ne].
  - destruct (Nat.eqb j c); ring.
  - rewrite (H i j Hi Hj Ne). ring.
Qed.

Theorem diagonal_stays W : (forall i, (i < n)%nat -> diagonal_below d (A i)) ->
  sensing_solution L n d dell A W -> (forall l, (l < L)%nat -> diagonal_below d (W l 0)) ->
  forall l t, (l < L)%nat -> 0 <= t -> diagonal_below d (W l t).
Proof.
  intros DA Sol D0 l t Hl Ht i j Hi Hj Ne.
  pose proof (solution_conj L n d dell (flip i) A A W (flip_orthogonal i) (fun q Hq =>
    flip_diagonal i (A q) (DA q Hq)) Sol) as Sol'.
  pose proof (sensing_unique W _ Sol Sol' (fun q Hq => flip_diagonal i (W q 0) (D0 q Hq)) l t Hl Ht i j Hi Hj) as E.
  cbv beta in E. rewrite flip_entry in E by auto. rewrite Nat.eqb_refl in E. destruct (Nat.eqb_spec j i); [lia|]. lra.
Qed.
End Unique.
