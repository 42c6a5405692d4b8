(* At one time: a product of square layers with balanced Gram matrices, the last of which is alpha^2 I + w w^T. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Margin Conserved Sensing Circular Quasinorm K2Chain
  LinearAlgebra.
Open Scope R_scope.

Lemma quadratic_form p m (A : nat -> nat -> R) z :
  sq p (fun k => Sum m (fun i => A k i * z i)) = Sum m
    (fun i => Sum m (fun j => z i * z j * Sum p (fun k => A k i * A k j))).
Proof.
  unfold sq.
  rewrite (Sum_ext p _ (fun k => Sum m (fun i => Sum m (fun j => z i * z j * (A k i * A k j))))).
  2:{ intros k _. rewrite <- Rsqr_pow2. unfold Rsqr. rewrite <- Sum_scal_l. apply Sum_ext. intros i _.
      rewrite Rmult_comm, <- Sum_scal_l. apply Sum_ext. intros; ring. }
  rewrite Sum_swap. apply Sum_ext. intros i _. rewrite Sum_swap. apply Sum_ext. intros j _. apply Sum_scal_l.
Qed.

Lemma forms_equal m p (M P : nat -> nat -> R) e z :
  (forall i j, (i < m)%nat -> (j < m)%nat -> Sum m (fun k => M k i * M k j) = Sum p (fun k =>
    P i k * P j k) + e * delta i j) ->
  sq m (apply_matrix m M z) = sq p (fun k => Sum m (fun i => P i k * z i)) + e * sq m z.
Proof.
  intros H. unfold apply_matrix. rewrite (quadratic_form m m M z), (quadratic_form p m (fun k i => P i k) z).
  unfold sq at 1. rewrite <- Sum_scal_l, <- Sum_plus. apply Sum_ext. intros i Hi.
  rewrite (Sum_ext m _ (fun j => z i * z j * Sum p (fun k => P i k * P j k) + delta i j * (e * (z i * z j)))).
  - rewrite Sum_plus, (Sum_delta m i (fun j => e * (z i * z j))) by auto. ring.
  - intros j Hj. rewrite H by auto. ring.
Qed.

Section OneTime.
Variables (L m : nat) (d : nat -> nat) (V : nat -> R -> matrix) (c t : R).
Hypothesis L_two : (2 <= L)%nat.
Hypothesis square : forall l, (l < L)%nat -> d l = m.
Hypothesis one_output : d L = 1%nat.
Hypothesis c_pos : 0 < c.
Hypothesis balanced : forall l i j, (S l < L - 1)%nat -> (i < m)%nat -> (j < m)%nat ->
  Sum m (fun k => V l t k i * V l t k j) = Sum m (fun k => V (S l) t i k * V (S l) t j k).
Hypothesis balanced_last : forall i j, (i < m)%nat -> (j < m)%nat ->
  Sum m (fun k => V (L - 2)%nat t k i * V (L - 2)%nat t k j) = V (L - 1)%nat t i 0%nat * V
    (L - 1)%nat t j 0%nat + c * delta i j.

Let up l z := sq m (apply_matrix m (V l t) z).
Let down l z := sq m (apply_matrix m (transpose (V l t)) z).

Lemma up_down l z : (S l < L - 1)%nat -> up l z = down (S l) z.
Proof.
  intros Hl. unfold up, down. rewrite (forms_equal m m (V l t) (V (S l) t) 0 z).
  - rewrite Rmult_0_l, Rplus_0_r. reflexivity.
  - intros i j Hi Hj. rewrite balanced by auto. ring.
Qed.

Lemma up_last z : up (L - 2) z = Sum m (fun i => V (L - 1)%nat t i 0%nat * z i) ^ 2 + c * sq m z.
Proof.
  unfold up. rewrite (forms_equal m 1 (V (L - 2)%nat t) (V (L - 1)%nat t) c z).
  - unfold sq at 1. simpl Sum at 1. rewrite Rplus_0_l. reflexivity.
  - intros i j Hi Hj. rewrite balanced_last by auto. simpl. ring.
Qed.

Lemma up_bound s : forall l, (l + s = L - 2)%nat -> forall z, c * sq m z <= up l z.
Proof.
  induction s as [|s IH]; intros l Hl z.
  - replace l with (L - 2)%nat by lia. rewrite up_last.
    pose proof (pow2_ge_0 (Sum m (fun i => V (L - 1)%nat t i 0%nat * z i))). lra.
  - rewrite up_down by lia. apply (transpose_bound m (V (S l) t) c z c_pos). intros z'. apply (IH (S l)). lia.
Qed.

Lemma row_down u l : (l < L - 1)%nat -> sq m (row d V u (S l) t) = down l (row d V u l t).
Proof.
  intros Hl. apply sq_ext. intros i Hi. rewrite row_step, square by lia. unfold apply_matrix, transpose. apply Sum_ext.
  intros; ring.
Qed.

(* no layer below the last shrinks a row vector by more than alpha *)
Lemma row_bound u l : (l <= L - 1)%nat -> c ^ l * sq m u <= sq m (row d V u l t).
Proof.
  induction l as [|l IH]; intros Hl.
  - rewrite pow_O, Rmult_1_l. right. apply sq_ext. intros i Hi. symmetry. apply row_start. rewrite square by lia.
    exact Hi.
  - rewrite row_down by lia. pose proof (IH ltac:(lia)) as I.
    pose proof (proj1 (transpose_bound m (V l t) c (row d V u l t) c_pos (up_bound (L - 2 - l) l ltac:(lia)))) as B.
    fold (down l (row d V u l t)) in B. simpl pow. rewrite Rmult_assoc.
    eapply Rle_trans; [|exact B]. apply Rmult_le_compat_l; lra.
Qed.

(* if the first layer shrinks u exactly by alpha then so do all, and the end-to-end product sends u to 0 *)
Lemma attained u : sq m (row d V u 1 t) <= c * sq m u -> forall l, (l < L - 1)%nat ->
  sq m (row d V u (S l) t) <= c * sq m (row d V u l t).
Proof.
  intros H l. induction l as [|l IH]; intros Hl.
  - eapply Rle_trans; [exact H|]. right. f_equal. apply sq_ext. intros i Hi. symmetry. apply row_start.
    rewrite square by lia. exact Hi.
  - pose proof (IH ltac:(lia)) as I. rewrite row_down in I by lia.
    destruct (transpose_bound m (V l t) c (row d V u l t) c_pos (up_bound (L - 2 - l) l ltac:(lia))) as [B A].
    specialize (A I). rewrite (row_down u (S l)) by lia. rewrite <- up_down by lia.
    assert (E : up l (row d V u (S l) t) = c ^ 2 * sq m (row d V u l t)).
    { unfold up. transitivity (sq m (fun i => c * row d V u l t i)).
      - apply sq_ext. intros i Hi. rewrite <- (A i Hi). unfold apply_matrix. apply Sum_ext. intros j Hj. f_equal.
        rewrite row_step, square by lia. unfold transpose. apply Sum_ext. intros; ring.
      - unfold sq. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring. }
    rewrite E. rewrite row_down by lia. unfold down.
    replace (c ^ 2 * sq m (row d V u l t)) with (c * (c * sq m (row d V u l t))) by ring.
    apply Rmult_le_compat_l; [lra | exact B].
Qed.

Lemma sent_to_zero u : sq m (row d V u 1 t) <= c * sq m u -> row d V u L t 0%nat = 0.
Proof.
  intros H. pose proof (attained u H (L - 2) ltac:(lia)) as I. rewrite row_down in I by lia.
  destruct (transpose_bound m (V (L - 2)%nat t) c (row d V u (L - 2) t) c_pos (up_bound 0 (L - 2) ltac:(lia))) as [B A].
  specialize (A I).
  assert (E : up (L - 2) (row d V u (S (L - 2)) t) = c ^ 2 * sq m (row d V u (L - 2) t)).
  { unfold up. transitivity (sq m (fun i => c * row d V u (L - 2) t i)).
    - apply sq_ext. intros i Hi. rewrite <- (A i Hi). unfold apply_matrix. apply Sum_ext. intros j Hj. f_equal.
      rewrite row_step, square by lia. unfold transpose. apply Sum_ext. intros; ring.
    - unfold sq. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring. }
  rewrite up_last in E. fold (down (L - 2) (row d V u (L - 2) t)) in B. rewrite <- row_down in B by lia.
  replace L with (S (L - 1)) at 1 by lia. rewrite row_step, square by lia.
  replace (S (L - 2)) with (L - 1)%nat in * by lia.
  assert (Z : Sum m (fun i => V (L - 1)%nat t i 0%nat * row d V u (L - 1) t i) = 0).
  { set (q := Sum m (fun i => V (L - 1)%nat t i 0%nat * row d V u (L - 1) t i)) in *.
    apply Rsqr_0_uniq. unfold Rsqr. nra. }
  rewrite <- Z. apply Sum_ext. intros; ring.
Qed.
End OneTime.
