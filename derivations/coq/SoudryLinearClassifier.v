(* soudry/linear-classifier, the direction: the gradient flow of f(x) = <x, beta> with the exponential loss on separable
   data, from every start: the loss tends to 0 like 1/t, and beta/|beta| to the direction of the l2 max-margin
   vector (Soudry, Hoffer, Nacson, Gunasekar, Srebro 2018). Labels stand in the rows of X.
   The direction is K2 at one layer; that the loss falls below 1 from every start is proved here. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt Norms Network Tensor Margin Conserved Sensing K2Chain K2MaxMargin
  FromStart.
Open Scope R_scope.

Section LinearClassifier.
Variables (m n : nat) (X : nat -> nat -> R).
Notation inner := (fun x z : nat -> R => Sum m (fun j => x j * z j)).

Definition classifier_loss (beta : nat -> R) : R := Sum n (fun i => exp (- inner (X i) beta)).

Definition classifier_flow (beta : nat -> R -> R) : Prop :=
  forall j, (j < m)%nat ->
    filterlim (beta j) (at_right 0) (locally (beta j 0)) /\
    forall t, 0 < t -> is_derive (beta j) t
      (- Derive (fun s => classifier_loss (fun j' => if Nat.eqb j' j then s else beta j' t)) (beta j t)).

(* --- one layer of a fully connected network --- *)
Definition one_layer (l : nat) : nat := match l with O => m | _ => 1%nat end.
Definition as_layer (beta : nat -> R -> R) : nat -> R -> matrix := fun _ t a _ => beta a t.

Lemma layer_output (w : nat -> matrix) x : fully_connected_output 1 one_layer w x = inner x (fun p => w 0%nat p 0%nat).
Proof.
  unfold fully_connected_output, product. apply Sum_ext. intros p Hp. f_equal. cbn [before].
  exact (Sum_delta m p (fun c => w 0%nat c 0%nat) Hp).
Qed.

Lemma layer_loss w : fully_connected_loss 1 n one_layer X exponential w = classifier_loss (fun p => w 0%nat p 0%nat).
Proof.
  unfold fully_connected_loss, classifier_loss, exponential. apply Sum_ext. intros i _. rewrite layer_output.
  reflexivity.
Qed.

Lemma layer_flow beta :
  fully_connected_gradient_flow 1 n one_layer X exponential (as_layer beta) <-> classifier_flow beta.
Proof.
  assert (Same : forall (j b : nat) t s, (b < 1)%nat ->
    fully_connected_loss 1 n one_layer X exponential (replace_matrix_entry (matrix_at (as_layer beta) t) 0 j b s) =
    classifier_loss (fun j' => if Nat.eqb j' j then s else beta j' t)).
  { intros j b t s Hb. rewrite layer_loss. unfold classifier_loss. apply Sum_ext. intros i _. f_equal. f_equal.
    apply Sum_ext. intros j' _. f_equal. rewrite replace_matrix_entry_spec. replace b with 0%nat by lia.
    simpl. rewrite Bool.andb_true_r. reflexivity. }
  split.
  - intros Fl j Hj. destruct (Fl 0%nat j 0%nat ltac:(lia) Hj ltac:(cbn; lia)) as [C D]. split; [exact C|].
    intros t Ht. rewrite (Derive_ext _ _ _ (fun s => eq_sym (Same j 0%nat t s (le_n 1)))). exact (D t Ht).
  - intros Fl l a b Hl Ha Hb. replace l with 0%nat in * by lia. cbn in Ha, Hb.
    destruct (Fl a Ha) as [C D]. split; [exact C|].
    intros t Ht. rewrite (Derive_ext _ _ _ (fun s => Same a b t s Hb)). exact (D t Ht).
Qed.

(* --- the loss --- *)
Lemma classifier_partial beta j : (j < m)%nat ->
  is_derive (fun s => classifier_loss (fun j' => if Nat.eqb j' j then s else beta j')) (beta j)
    (- Sum n (fun i => exp (- inner (X i) beta) * X i j)).
Proof.
  intros Hj.
  assert (Aff : forall i s, inner (X i) (fun j' => if Nat.eqb j' j then s else beta j') =
    inner (X i) beta + (s - beta j) * X i j).
  { intros i s. rewrite (Sum_ext m _ (fun j' => X i j' * beta j' + delta j j' * ((s - beta j) * X i j'))).
    - rewrite Sum_plus, (Sum_delta m j (fun j' => (s - beta j) * X i j')) by auto. reflexivity.
    - intros j' _. unfold delta. rewrite (Nat.eqb_sym j j'). destruct (Nat.eqb_spec j' j) as [->|]; ring. }
  apply (is_derive_ext (fun s => Sum n (fun i => exp (- (inner (X i) beta + (s - beta j) * X i j))))).
  { intros s. unfold classifier_loss. apply Sum_ext. intros i _. rewrite Aff. reflexivity. }
  rewrite <- Sum_opp.
  enough (D : forall N, is_derive (fun s => Sum N (fun i => exp (- (inner (X i) beta + (s - beta j) * X i j)))) (beta j)
    (Sum N (fun i => - (exp (- inner (X i) beta) * X i j)))) by apply D.
  induction N as [|N IH]; simpl Sum; [apply (is_derive_const 0)|].
  apply (is_derive_plus (fun s => Sum N (fun i => exp (- (inner (X i) beta + (s - beta j) * X i j))))
    (fun s => exp (- (inner (X N) beta + (s - beta j) * X N j)))); [exact IH|].
  auto_derive; auto. replace (inner (X N) beta + (beta j + - beta j) * X N j) with (inner (X N) beta) by ring. ring.
Qed.

Variable beta : nat -> R -> R.
Hypothesis flow : classifier_flow beta.
Let at_ (t : R) : nat -> R := fun j => beta j (Rmax 0 t).
Let E (t : R) : R := classifier_loss (at_ t).
Let pull (j : nat) (t : R) : R := Sum n (fun i => exp (- inner (X i) (at_ t)) * X i j).

Lemma classifier_path j : (j < m)%nat -> path (fun t => beta j (Rmax 0 t)) (pull j).
Proof.
  intros Hj. destruct (flow j Hj) as [C D].
  apply (path_eq _ _ _ (path_extend _ _ C D)). intros t Ht.
  pose proof (is_derive_unique _ _ _ (classifier_partial (fun j' => beta j' t) j Hj)) as U.
  etransitivity; [exact (f_equal Ropp U)|]. rewrite Ropp_involutive. unfold pull, at_.
  rewrite Rmax_right by lra. reflexivity.
Qed.

Lemma E_positive t : (0 < n)%nat -> 0 < E t.
Proof. exact (exp_sum_pos n (fun i => inner (X i) (at_ t))). Qed.

Lemma loss_path : path E (fun t => - Sum m (fun j => pull j t ^ 2)).
Proof.
  eapply path_eq.
  - apply (path_sum n (fun i t => exp (- inner (X i) (at_ t)))). intros i _.
    apply (path_comp (fun t => inner (X i) (at_ t)) (fun t => Sum m (fun j => X i j * pull j t)) (fun u => exp (- u))
      (fun u => - exp (- u))); [|intros u; auto_derive; auto; ring].
    apply (path_sum m (fun j t => X i j * beta j (Rmax 0 t))). intros j Hj. apply path_scal, classifier_path; auto.
  - intros t _. cbv beta.
    rewrite (Sum_ext n _ (fun i => - Sum m (fun j => pull j t * (exp (- inner (X i) (at_ t)) * X i j)))).
    + rewrite Sum_opp, Sum_swap. f_equal. apply Sum_ext. intros j _. rewrite Sum_scal_l. fold (pull j t). ring.
    + intros i _. rewrite (Rmult_comm (Sum m _)), Ropp_mult_distr_l_reverse, <- Sum_scal_l. f_equal.
      apply Sum_ext. intros; ring.
Qed.

(* the gradient is large in the direction of a separating vector z: |pull| |z| >= <pull, z> >= E *)
Lemma pull_bound z t : margin_feasible m n X z -> E t ^ 2 <= sq m z * Sum m (fun j => pull j t ^ 2).
Proof.
  intros Fz.
  assert (Lo : E t <= Sum m (fun j => pull j t * z j)).
  { rewrite (Sum_ext m _ (fun j => Sum n (fun i => exp (- inner (X i) (at_ t)) * (X i j * z j)))).
    - rewrite Sum_swap. apply Sum_le. intros i Hi. rewrite Sum_scal_l. pose proof (Fz i Hi).
      pose proof (exp_pos (- inner (X i) (at_ t))). nra.
    - intros j _. unfold pull. rewrite <- Sum_scal_r. apply Sum_ext. intros; ring. }
  assert (P : 0 <= E t) by (apply Sum_nonneg; intros; left; apply exp_pos).
  apply Rle_trans with (Sum m (fun j => pull j t * z j) ^ 2); [apply pow_incr; lra|].
  rewrite Rmult_comm. exact (cauchy m (fun j => pull j t) z).
Qed.

Theorem classifier_loss_bound z : (0 < n)%nat -> margin_feasible m n X z ->
  0 < sq m z /\ forall t, 0 <= t ->
    classifier_loss (fun j => beta j t) <= / (/ classifier_loss (fun j => beta j 0) + t / sq m z).
Proof.
  intros Hn Fz.
  assert (Pz : 0 < sq m z).
  { pose proof (E_positive 0 Hn) as P. pose proof (pull_bound z 0 Fz) as B.
    destruct (Rle_lt_or_eq_dec 0 (sq m z) ltac:(apply Sum_nonneg; intros; apply pow2_ge_0)) as [|Z]; auto.
    rewrite <- Z, Rmult_0_l in B. pose proof (pow_lt _ 2 P). lra. }
  split; [exact Pz|]. intros t Ht.
  assert (Now : forall u, 0 <= u -> E u = classifier_loss (fun j => beta j u))
    by (intros u Hu; unfold E, at_; rewrite Rmax_right by auto; reflexivity).
  rewrite <- (Now t Ht), <- (Now 0 ltac:(lra)).
  assert (Inv : path (fun u => / E u - u / sq m z) (fun u => Sum m (fun j => pull j u ^ 2) / E u ^ 2 - / sq m z)).
  { destruct loss_path as [C D]. split.
    - intros u. apply (continuous_minus (fun u => / E u) (fun u => u / sq m z)).
      + apply (continuous_comp E Rinv); auto. pose proof (E_positive u Hn).
        apply (ex_derive_continuous Rinv). exists (- / E u ^ 2). auto_derive; [lra | field; lra].
      + apply (ex_derive_continuous (fun u => u / sq m z)). auto_derive; auto.
    - intros u Hu. pose proof (E_positive u Hn).
      apply (is_derive_minus (fun u => / E u) (fun u => u / sq m z)).
      + replace (Sum m (fun j => pull j u ^ 2) / E u ^ 2) with (- - Sum m (fun j => pull j u ^ 2) / E u ^ 2)
          by (field; lra).
        apply (is_derive_inv E u); [apply D; auto | lra].
      + auto_derive; auto. field. lra. }
  pose proof (path_increasing _ _ 0 t Inv) as M. cbv beta in M.
  assert (H : / E 0 <= / E t - t / sq m z).
  { replace (/ E 0) with (/ E 0 - 0 / sq m z) by (field; split; [pose proof (E_positive 0 Hn) |]; lra).
    apply M; [|lra]. intros u _. pose proof (E_positive u Hn) as Pu. pose proof (pull_bound z u Fz) as B.
    enough (/ sq m z <= Sum m (fun j => pull j u ^ 2) / E u ^ 2) by lra.
    apply (Rmult_le_reg_r (sq m z * E u ^ 2)); [apply Rmult_lt_0_compat; auto; apply pow_lt; auto|].
    replace (/ sq m z * (sq m z * E u ^ 2)) with (E u ^ 2) by (field; lra).
    replace (Sum m (fun j => pull j u ^ 2) / E u ^ 2 * (sq m z * E u ^ 2)) with (sq m z * Sum m (fun j => pull j u ^ 2))
      by (field; lra). exact B. }
  pose proof (E_positive t Hn) as Pt. pose proof (Rinv_0_lt_compat _ (E_positive 0 Hn)) as P0.
  assert (0 <= t / sq m z) by (apply Rdiv_le_0_compat; lra).
  rewrite <- (Rinv_inv (E t)). apply Rinv_le_contravar; lra.
Qed.
End LinearClassifier.

(* from every start exactly one flow, on separable data its loss tends to 0 and its direction to that of the max-margin
   vector z, which exists and is the only one *)
Theorem linear_classifier_direction m n X : (0 < n)%nat -> (exists x, margin_feasible m n X x) ->
  exists z, margin_feasible m n X z /\
    (forall x, margin_feasible m n X x -> (forall j, (j < m)%nat -> x j = z j) \/ sq m z < sq m x) /\
    forall beta0,
      (exists beta, classifier_flow m n X beta /\ (forall j, (j < m)%nat -> beta j 0 = beta0 j) /\
         forall beta', classifier_flow m n X beta' -> (forall j, (j < m)%nat -> beta' j 0 = beta0 j) ->
           forall j t, (j < m)%nat -> 0 <= t -> beta' j t = beta j t) /\
      forall beta, classifier_flow m n X beta -> (forall j, (j < m)%nat -> beta j 0 = beta0 j) ->
        (forall t, 0 <= t -> classifier_loss m n X (fun j => beta j t) <=
           / (/ classifier_loss m n X (fun j => beta j 0) + t / sq m z)) /\
        forall j, (j < m)%nat ->
          is_lim (fun t => beta j t / sqrt (sq m (fun q => beta q t))) p_infty (z j / sqrt (sq m z)).
Proof.
  intros Hn Sep. destruct (shortest_exists m n X Sep) as [z [Fz Short]].
  exists z. split; [exact Fz | split; [intros x; apply (shortest_only m n X z x Fz Short)|]]. intros beta0. split.
  - destruct (fully_connected_one_flow 1 n (one_layer m) X exponential (fun _ u => - exp (- u)) (fun _ a _ => beta0 a))
      as [W [Fl [W0 Un]]]; auto.
    + apply exponential_derive.
    + intros; apply exponential_lipschitz.
    + intros; left; apply exp_pos.
    + exists (fun j t => W 0%nat t j 0%nat). split; [|split].
      * apply (layer_flow m n X). intros l a b Hl Ha Hb. replace l with 0%nat in * by lia. cbn in Hb.
        replace b with 0%nat by lia.
        destruct (Fl 0%nat a 0%nat Hl Ha ltac:(cbn; lia)) as [C D]. split; [exact C|]. intros t Ht.
        rewrite (Derive_ext _ (fun s => fully_connected_loss 1 n (one_layer m) X exponential
          (replace_matrix_entry (matrix_at W t) 0 a 0 s))); [exact (D t Ht)|].
        intros s. rewrite !layer_loss. unfold classifier_loss. apply Sum_ext. intros i _. f_equal. f_equal.
      * intros j Hj. apply (W0 0%nat j 0%nat); cbn; auto.
      * intros beta' Fl' B0 j t Hj Ht.
        assert (S0 : starts_at 1 (one_layer m) (as_layer beta') (fun _ a _ => beta0 a))
          by (intros l a b Hl Ha Hb; replace l with 0%nat in * by lia; exact (B0 a Ha)).
        apply (Un (as_layer beta') (proj2 (layer_flow m n X beta') Fl')
          S0 0%nat j 0%nat t); cbn; auto.
  - intros beta Fl _. destruct (classifier_loss_bound m n X beta Fl z Hn Fz) as [Pz Bound].
    split; [exact Bound|]. intros j Hj.
    assert (Co : forall t q, (q < m)%nat -> coefficients 1 (one_layer m) (as_layer beta) t q = beta q t).
    { intros t q Hq. unfold coefficients, product. cbn [before]. exact (Sum_delta m q (fun c => beta c t) Hq). }
    assert (Small : fully_connected_loss 1 n (one_layer m) X exponential (matrix_at (as_layer beta) (sq m z)) < 1).
    { rewrite layer_loss. unfold matrix_at, as_layer. eapply Rle_lt_trans; [apply (Bound (sq m z)); lra|].
      replace (sq m z / sq m z) with 1 by (field; lra).
      pose proof (E_positive m n X beta 0 Hn) as P0. cbv beta zeta in P0. rewrite Rmax_left in P0 by lra.
      pose proof (Rinv_0_lt_compat _ P0). rewrite <- Rinv_1 at 2. apply Rinv_lt_contravar; lra. }
    pose proof (fully_connected_max_margin 1 n (one_layer m) X (as_layer beta) eq_refl (le_n 1) Hn
      (proj2 (layer_flow m n X beta) Fl) z (sq m z) ltac:(lra) Small Fz Short j Hj) as Lim.
    apply (is_lim_ext (fun t => coefficients 1 (one_layer m) (as_layer beta) t j /
      sqrt (Sum m (fun q => coefficients 1 (one_layer m) (as_layer beta) t q ^ 2)))); [|exact Lim].
    intros t. rewrite Co by auto. f_equal. f_equal. apply Sum_ext. intros q Hq. rewrite Co by auto. reflexivity.
Qed.
