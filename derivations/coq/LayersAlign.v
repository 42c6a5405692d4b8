(* Ji and Telgarsky 2019: along the flow of a deep linear network on separable data the layers become matrices of rank
   one, and neighbours align: |W_l^T W_l|_F / |W_l|_F^2 -> 1 and |W_l W_{l+1}|_F / (|W_l|_F |W_{l+1}|_F) -> 1.
   All layers diverge (K0, C2); W_l^T W_l and W_{l+1} W_{l+1}^T differ by a constant (C3);
     the last layer is a column. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Margin Conserved Sensing K2Chain Uniqueness
  NetworkExistence SensingExistence FullyConnectedTensor Cluster.
Open Scope R_scope.

Definition gram (p : nat) (P : matrix) : matrix := mul p (transpose P) P.              (* P^T P, P with p rows *)
Definition frobenius_square (p q : nat) (P : matrix) : R := Sum p (fun i => Sum q (fun j => P i j ^ 2)).

Lemma tends_squeeze (F : (R -> Prop) -> Prop) {FF : Filter F} (f g : R -> R) : tends F g 0 ->
  F (fun t => Rabs (f t) <= g t) -> tends F f 0.
Proof.
  intros Hg B. apply (tends_intro F FF). intros e Pe. generalize (filter_and _ _ (tends_near F g 0 e Hg Pe) B).
  apply filter_imp. intros t [N Le]. rewrite Rminus_0_r in *. pose proof (Rle_abs (g t)). lra.
Qed.

Lemma Sum_past p q (g : nat -> nat -> nat -> R) :
  Sum p (fun k => Sum q (fun j => Sum q (fun l => g k j l))) = Sum q (fun j => Sum q (fun l => Sum p (fun k =>
    g k j l))).
Proof. rewrite Sum_swap. apply Sum_ext. intros j _. apply Sum_swap. Qed.

(* --- one matrix with p rows and q columns --- *)
Section OneMatrix.
Variables (p q : nat) (P : matrix).

Lemma gram_trace : Sum q (fun j => gram p P j j) = frobenius_square p q P.
Proof.
  unfold gram, mul, transpose, frobenius_square. rewrite Sum_swap. apply Sum_ext. intros i _. apply Sum_ext. intros;
    ring.
Qed.

Lemma frobenius_transpose : frobenius_square q p (transpose P) = frobenius_square p q P.
Proof. unfold frobenius_square, transpose. apply Sum_swap. Qed.

(* P^T P and P P^T have the same Frobenius norm *)
Lemma gram_norm : frobenius_square q q (gram p P) = frobenius_square p p (gram q (transpose P)).
Proof.
  assert (E : forall a b (F : matrix), frobenius_square b b (gram a F) =
    Sum a (fun i => Sum a (fun k => Sum b (fun j => Sum b (fun l => F i j * F i l * (F k j * F k l)))))).
  { intros a b F. unfold frobenius_square, gram, mul, transpose.
    rewrite (Sum_ext b _ (fun j => Sum a (fun i => Sum b (fun l => Sum a (fun k => F i j * F i l * (F k j * F k l)))))).
    - rewrite Sum_swap. apply Sum_ext. intros i _.
      rewrite (Sum_ext b _ (fun j => Sum a (fun k => Sum b (fun l => F i j * F i l * (F k j * F k l)))))
        by (intros; apply Sum_swap).
      apply Sum_swap.
    - intros j _. rewrite Sum_swap. apply Sum_ext. intros l _.
      transitivity (Sum a (fun i => F i j * F i l) * Sum a (fun k => F k j * F k l)); [ring|].
      rewrite <- Sum_scal_r. apply Sum_ext. intros i _. rewrite <- Sum_scal_l. reflexivity. }
  rewrite !E. unfold transpose.
  transitivity (Sum p (fun i => Sum q (fun j => Sum q (fun l => Sum p (fun k => P i j * P i l * (P k j * P k l)))))).
  - apply Sum_ext. intros i _. apply (Sum_past p q (fun k j l => P i j * P i l * (P k j * P k l))).
  - rewrite (Sum_past p q (fun i j l => Sum p (fun k => P i j * P i l * (P k j * P k l)))).
    apply Sum_ext. intros j _. apply Sum_ext. intros l _. apply Sum_ext. intros i _. apply Sum_ext. intros; ring.
Qed.

Lemma frobenius_nonneg : 0 <= frobenius_square p q P.
Proof. apply Sum_nonneg. intros; apply Sum_nonneg; intros; apply pow2_ge_0. Qed.

Lemma column_below j : (j < q)%nat -> Sum p (fun i => P i j ^ 2) <= frobenius_square p q P.
Proof.
  intros Hj. unfold frobenius_square. rewrite Sum_swap. apply (Sum_term q (fun j => Sum p (fun i => P i j ^ 2))); auto.
  intros; apply Sum_nonneg; intros; apply pow2_ge_0.
Qed.

Lemma gram_entry j l : (j < q)%nat -> (l < q)%nat -> Rabs (gram p P j l) <= frobenius_square p q P.
Proof.
  intros Hj Hl. unfold gram, mul, transpose. eapply Rle_trans; [apply Sum_abs|].
  apply Rle_trans with (/ 2 * (Sum p (fun i => P i j ^ 2) + Sum p (fun i => P i l ^ 2))).
  - rewrite <- Sum_plus, <- Sum_scal_l. apply Sum_le. intros i _. rewrite Rabs_mult, <- (pow2_abs (P i j)),
      <- (pow2_abs (P i l)).
    pose proof (pow2_ge_0 (Rabs (P i j) - Rabs (P i l))). nra.
  - pose proof (column_below j Hj). pose proof (column_below l Hl). lra.
Qed.
End OneMatrix.

(* <P^T P, Q Q^T> = |P Q|_F^2 *)
Lemma product_norm p q r (P Q : matrix) :
  Sum q (fun j => Sum q (fun l => gram p P j l * gram r (transpose Q) j l)) = frobenius_square p r (mul q P Q).
Proof.
  unfold frobenius_square, gram, mul, transpose.
  rewrite (Sum_ext q _ (fun j => Sum q (fun l => Sum p (fun i => Sum r (fun s => P i j * P i l * (Q j s * Q l s)))))).
  - rewrite <- (Sum_past p q (fun i j l => Sum r (fun s => P i j * P i l * (Q j s * Q l s)))).
    apply Sum_ext. intros i _.
    rewrite <- (Sum_past r q (fun s j l => P i j * P i l * (Q j s * Q l s)))
      || rewrite (Sum_ext q _ (fun j => Sum q (fun l => Sum r (fun s =>
        P i j * P i l * (Q j s * Q l s))))) by reflexivity.
    apply Sum_ext. intros s _.
    transitivity (Sum q (fun j => P i j * Q j s) * Sum q (fun l => P i l * Q l s)); [|ring].
    rewrite <- Sum_scal_r. apply Sum_ext. intros j _. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring.
  - intros j _. apply Sum_ext. intros l _. rewrite <- Sum_scal_r. apply Sum_ext. intros i _. rewrite <- Sum_scal_l.
    apply Sum_ext. intros; ring.
Qed.

(* --- along a flow --- *)
Section Along.
Variables (L n : nat) (d : nat -> nat) (X : nat -> nat -> R) (W : nat -> R -> matrix) (t0 : R).
Hypothesis depth : (1 <= L)%nat.
Hypothesis n_pos : (0 < n)%nat.
Hypothesis one_output : d L = 1%nat.
Hypothesis flow : fully_connected_gradient_flow L n d X exponential W.
Hypothesis t0_nonneg : 0 <= t0.
Hypothesis small : fully_connected_loss L n d X exponential (matrix_at W t0) < 1.

Let size l t := frobenius_square (d l) (d (S l)) (W l t).
Local Notation late := (Rbar_locally p_infty).

Lemma layer_size l t : Sum (matrix_width d l) (fun c => W l t (cell_row d l c) (cell_column d l c) ^ 2) = size l t.
Proof.
  unfold matrix_width, size, frobenius_square. rewrite Sum_rows. apply Sum_ext. intros a Ha. apply Sum_ext. intros b Hb.
  unfold cell_row, cell_column. destruct (cell_decode d l a b Hb) as [-> ->]. reflexivity.
Qed.

Lemma sizes_differ l l' : (l < L)%nat -> (l' < L)%nat -> forall t, 0 <= t ->
  size l t - size l' t = size l 0 - size l' 0.
Proof.
  intros Hl Hl' t Ht. rewrite <- !layer_size.
  apply (norm_differences_constant L n (matrix_width d) (fun i => layers_tensor L d (X i)) exponential
    (fun _ u => - exp (- u)) exponential_derive
    (fun l c t => W l t (cell_row d l c) (cell_column d l c))); auto.
  apply fully_connected_tensor_flow; auto.
Qed.

Lemma size_diverges l : (l < L)%nat -> is_lim (size l) p_infty p_infty.
Proof.
  intros Hl. set (w := fun l c t => W l t (cell_row d l c) (cell_column d l c)).
  destruct (normalised_margin L n (matrix_width d) (fun i => layers_tensor L d (X i)) w t0 depth n_pos t0_nonneg
    (fully_connected_tensor_flow L d one_output n X exponential W flow)) as [_ [_ [_ [_ No]]]].
  { replace (tensor_loss L n (matrix_width d) (fun i => layers_tensor L d (X i)) exponential (at_time w t0))
      with (fully_connected_loss L n d X exponential (matrix_at W t0)); [exact small|].
    unfold tensor_loss, fully_connected_loss. apply Sum_ext. intros i _. f_equal.
    symmetry. apply (fully_connected_is_tensor L d one_output (X i) (matrix_at W t0)). }
  cbv zeta in No. set (c := Sum L (fun k => size k 0 - size l 0)).
  assert (Total : forall t, 0 <= t -> squared_norm L (matrix_width d) (at_time w t) = INR L * size l t + c).
  { intros t Ht. unfold squared_norm, c.
    rewrite (Sum_ext L _ (fun k => size l t + (size k 0 - size l 0))).
    - rewrite Sum_plus. f_equal. clear. induction L as [|p IH]; [simpl;
        ring|]. rewrite S_INR. simpl Sum. rewrite IH. ring.
    - intros k Hk. rewrite <- (sizes_differ k l Hk Hl t Ht). unfold at_time, w. rewrite layer_size. ring. }
  intros P [M HM]. assert (PL : 0 < INR L) by (apply lt_0_INR; lia).
  destruct (No (fun u => sqrt (Rmax 0 (INR L * M + c)) < u)) as [T HT]; [exists (sqrt (Rmax 0 (INR L * M + c))); auto|].
  exists (Rmax 0 T). intros t Ht. pose proof (Rmax_l 0 T). pose proof (Rmax_r 0 T). apply HM.
  specialize (HT t ltac:(lra)). cbv beta in HT. apply sqrt_lt_0_alt in HT. rewrite Total in HT by lra.
  pose proof (Rmax_r 0 (INR L * M + c)). apply (Rmult_lt_reg_l (INR L)); lra.
Qed.

Lemma size_inverse l : (l < L)%nat -> tends late (fun t => / size l t) 0.
Proof.
  intros Hl. apply (is_lim_inv (size l) p_infty p_infty (size_diverges l Hl)). discriminate.
Qed.

Lemma size_positive l : (l < L)%nat -> late (fun t => 0 < size l t).
Proof. intros Hl. apply (size_diverges l Hl (fun u => 0 < u)). exists 0. auto. Qed.

Lemma size_ratio l l' : (l < L)%nat -> (l' < L)%nat -> tends late (fun t => size l t / size l' t) 1.
Proof.
  intros Hl Hl'. replace 1 with (1 + (size l 0 - size l' 0) * 0) by ring.
  apply (tends_ext_in late (fun t => 1 + (size l 0 - size l' 0) * / size l' t)).
  - apply (filter_imp (fun t => 0 < size l' t /\ 0 < t)).
    + intros t [P Pt]. rewrite <- (sizes_differ l l' Hl Hl' t ltac:(lra)). field. lra.
    + apply filter_and; [apply size_positive, Hl' | exists 0; auto].
  - apply (tends_plus late); [apply (tends_const late) | apply (tends_scale late), size_inverse, Hl'].
Qed.

(* what is small against |W_l|^2 |W_k|^2 *)
Lemma negligible (f : R -> R) c1 c2 l l' k : (l < L)%nat -> (l' < L)%nat -> (k < L)%nat ->
  (forall t, 0 <= t -> Rabs (f t) <= c1 * size l' t + c2) -> tends late (fun t => f t / (size l t * size k t)) 0.
Proof.
  intros Hl Hl' Hk B.
  apply (tends_squeeze late _ (fun t => c1 * (size l' t / size l t * / size k t) + c2 * (/ size l t * / size k t))).
  - replace 0 with (c1 * (1 * 0) + c2 * (0 * 0)) by ring.
    apply (tends_plus late); apply (tends_scale late); apply (tends_mult late); try apply size_inverse;
      auto. apply size_ratio; auto.
  - apply (filter_imp (fun t => (0 < size l t /\ 0 < size k t) /\ 0 < t)).
    + intros t [[P Q] Pt]. unfold Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ _))
        by (left; apply Rinv_0_lt_compat, Rmult_lt_0_compat; auto).
      apply (Rmult_le_reg_r (size l t * size k t)); [apply Rmult_lt_0_compat; auto|].
      rewrite Rmult_assoc, Rinv_l, Rmult_1_r by (apply Rgt_not_eq, Rmult_lt_0_compat; auto).
      eapply Rle_trans; [apply B; lra|]. right. field. lra.
    + apply filter_and; [apply filter_and; apply size_positive; auto | exists 0; auto].
Qed.

(* W_l^T W_l and W_{l+1} W_{l+1}^T, by C3 *)
Let inner_gram l t : matrix := gram (d l) (W l t).
Let outer_gram l t : matrix := gram (d (S l)) (transpose (W l t)).

Lemma grams_differ l : (S l < L)%nat -> exists C : matrix, forall t, 0 <= t -> forall i j,
  (i < d (S l))%nat -> (j < d (S l))%nat -> inner_gram l t i j = outer_gram (S l) t i j + C i j.
Proof.
  intros Hl. exists (fun i j => gram_difference d W l 0 i j). intros t Ht i j Hi Hj.
  rewrite <- (fully_connected_balance_constant L n d X exponential (fun _ u =>
    - exp (- u)) exponential_derive one_output W
    flow l i j t Hl Hi Hj Ht).
  unfold gram_difference, inner_gram, outer_gram, gram. change (transpose (transpose (W (S l) t))) with (W (S l) t).
    ring.
Qed.

Lemma constant_against_gram l (C : matrix) (G : R -> matrix) : (l < L)%nat ->
  (forall t i j, (i < d l)%nat -> (j < d l)%nat -> Rabs (G t i j) <= size l t) ->
  exists c, forall t, Rabs (Sum (d l) (fun i => Sum (d l) (fun j => C i j * G t i j))) <= c * size l t.
Proof.
  intros Hl B. exists (Sum (d l) (fun i => Sum (d l) (fun j => Rabs (C i j)))). intros t.
  rewrite <- Sum_scal_r. eapply Rle_trans; [apply Sum_abs|]. apply Sum_le. intros i Hi.
  rewrite <- Sum_scal_r. eapply Rle_trans; [apply Sum_abs|]. apply Sum_le. intros j Hj. rewrite Rabs_mult.
  apply Rmult_le_compat_l; [apply Rabs_pos | apply B; auto].
Qed.

(* the ratio that is 1 for matrices of rank one *)
Let flatness l t := frobenius_square (d (S l)) (d (S l)) (inner_gram l t) / (size l t * size l t).

Lemma outer_norm l t : frobenius_square (d l) (d l) (outer_gram l t) = frobenius_square (d (S l)) (d (S l))
  (inner_gram l t).
Proof. unfold outer_gram, inner_gram. symmetry. apply (gram_norm (d l) (d (S l)) (W l t)). Qed.

Lemma outer_entry l t i j : (i < d l)%nat -> (j < d l)%nat -> Rabs (outer_gram l t i j) <= size l t.
Proof.
  intros Hi Hj. unfold size. rewrite <- frobenius_transpose. apply gram_entry; auto.
Qed.

Theorem layers_become_rank_one l : (l < L)%nat -> tends late (flatness l) 1.
Proof.
  enough (H : forall s l, (l + S s = L)%nat -> tends late (flatness l) 1) by (intros Hl; apply (H (L - S l)%nat); lia).
  induction s as [|s IH]; intros l' Hl'.
  - (* the last layer is a column *)
    apply (tends_ext_in late (fun _ => 1)); [|apply (tends_const late)].
    apply (filter_imp (fun t => 0 < size l' t)); [|apply size_positive; lia]. intros t P. unfold flatness.
    assert (E : frobenius_square (d (S l')) (d (S l')) (inner_gram l' t) = size l' t * size l' t).
    { unfold size at 1 2. rewrite <- (gram_trace (d l') (d (S l')) (W l' t)).
      replace (S l') with L by lia. rewrite one_output. unfold frobenius_square, inner_gram. simpl Sum.
      replace (S l') with L by lia. ring. }
    rewrite E. field. lra.
  - destruct (grams_differ l' ltac:(lia)) as [C HC].
    destruct (constant_against_gram (S l') C (outer_gram (S l')) ltac:(lia) (outer_entry (S l'))) as [c Hc].
    set (e := fun t => 2 * Sum (d (S l')) (fun i => Sum (d (S l')) (fun j => C i j * outer_gram (S l') t i j)) +
      frobenius_square (d (S l')) (d (S l')) C).
    replace 1 with (1 * (1 * 1) + 0) by ring.
    apply (tends_ext_in late (fun t => flatness (S l') t * (size (S l') t / size l' t * (size (S l') t / size l' t))
      + e t / (size l' t * size l' t))).
    + apply (filter_imp (fun t => (0 < size l' t /\ 0 < size (S l') t) /\ 0 < t)).
      * intros t [[P Q] Pt].
        assert (E : frobenius_square (d (S l')) (d (S l')) (inner_gram l' t) =
          frobenius_square (d (S l')) (d (S l')) (outer_gram (S l') t) + e t).
        { unfold e, frobenius_square. rewrite <- Sum_scal_l, <- !Sum_plus. apply Sum_ext. intros i Hi.
          rewrite <- Sum_scal_l, <- !Sum_plus. apply Sum_ext. intros j Hj. rewrite HC by (auto; lra). ring. }
        unfold flatness. rewrite E, <- outer_norm. field. lra.
      * apply filter_and; [apply filter_and; apply size_positive; lia | exists 0; auto].
    + apply (tends_plus late); [apply (tends_mult late); [apply IH; lia | apply (tends_mult late); apply size_ratio;
        lia]|].
      apply (negligible e (2 * c) (frobenius_square (d (S l')) (d (S l')) C) l' (S l') l'); try lia.
      intros t _. unfold e. eapply Rle_trans; [apply Rabs_triang|].
      rewrite (Rabs_pos_eq (frobenius_square _ _ C)) by apply frobenius_nonneg.
      rewrite Rabs_mult, (Rabs_pos_eq 2) by lra. pose proof (Hc t). lra.
Qed.

Theorem neighbours_align l : (S l < L)%nat ->
  tends late (fun t => frobenius_square (d l) (d (S (S l))) (mul (d (S l)) (W l t) (W (S l) t)) / (size l t * size (S
    l) t)) 1.
Proof.
  intros Hl. destruct (grams_differ l Hl) as [C HC].
  destruct (constant_against_gram (S l) C (outer_gram (S l)) Hl (outer_entry (S l))) as [c Hc].
  set (e := fun t => Sum (d (S l)) (fun i => Sum (d (S l)) (fun j => C i j * outer_gram (S l) t i j))).
  replace 1 with (1 * 1 + 0) by ring.
  apply (tends_ext_in late (fun t => flatness (S l) t * (size (S l) t / size l t) + e t / (size l t * size (S l) t))).
  - apply (filter_imp (fun t => (0 < size l t /\ 0 < size (S l) t) /\ 0 < t)).
    + intros t [[P Q] Pt].
      assert (E : frobenius_square (d l) (d (S (S l))) (mul (d (S l)) (W l t) (W (S l) t)) =
        frobenius_square (d (S l)) (d (S l)) (outer_gram (S l) t) + e t).
      { rewrite <- product_norm. unfold e, frobenius_square. rewrite <- Sum_plus. apply Sum_ext. intros i Hi.
        rewrite <- Sum_plus. apply Sum_ext. intros j Hj. pose proof (HC t ltac:(lra) i j Hi Hj) as G.
        unfold inner_gram in G. rewrite G. unfold outer_gram. ring. }
      unfold flatness. rewrite E, <- outer_norm. field. lra.
    + apply filter_and; [apply filter_and; apply size_positive; lia | exists 0; auto].
  - apply (tends_plus late); [apply (tends_mult late); [apply layers_become_rank_one; lia | apply size_ratio; lia]|].
    apply (negligible e c 0 l (S l) (S l)); try lia. intros t _. pose proof (Hc t). unfold e. lra.
Qed.
End Along.
