(* K2: fully connected networks, any depth and widths, exponential loss (labels absorbed in the rows of X). Once the
   loss is below 1, beta/|beta| tends to z/|z|, z the shortest vector with all margins at least 1:
   [fully_connected_max_margin]. Here the gradient flow, written with [Derive] of the loss, is put in the form of
   K2Direction.v. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Network Tensor Margin Conserved Sensing Quasinorm K2Chain
  LayerFlow
  K2Growth K2Direction.
Open Scope R_scope.

Section MaxMargin.
Variables (L n : nat) (d : nat -> nat) (X : nat -> nat -> R) (W : nat -> R -> matrix).
Hypothesis one_output : d L = 1%nat.
Hypothesis L_pos : (1 <= L)%nat.
Hypothesis n_pos : (0 < n)%nat.
Hypothesis W_flow : fully_connected_gradient_flow L n d X exponential W.

Lemma classifier_velocity l t a b : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> 0 < t ->
  is_derive (fun t => W l t a b) t
    (Sum (d 0%nat) (fun p => Sum n (fun i => exp (- Sum (d 0%nat) (fun q => X i q * coefficients L d W t q)) * X i p)
      * before d W l t p a)
     * after d W (L - S l) (S l) t b 0%nat).
Proof.
  intros Hl Ha Hb Ht. pose proof (layer_velocity L n d X exponential (fun _ u => - exp (- u)) W one_output
    exponential_derive W_flow l t a b Hl Ha Hb Ht) as D.
  rewrite (Sum_ext (d 0%nat) _ (fun p => Sum n (fun i => exp (- Sum (d 0%nat) (fun q => X i q * coefficients L d W t q))
    * X i p) * before d W l t p a)) in D; [exact D|].
  intros p _. f_equal. rewrite <- Sum_opp. apply Sum_ext. intros; ring.
Qed.

Theorem fully_connected_max_margin (z : nat -> R) (t0 : R) :
  0 <= t0 ->
  fully_connected_loss L n d X exponential (matrix_at W t0) < 1 ->
  (* z is the l2 max-margin vector: margins at least 1, and none shorter *)
  margin_feasible (d 0%nat) n X z ->
  (forall x, margin_feasible (d 0%nat) n X x -> sq (d 0%nat) z <= sq (d 0%nat) x) ->
  forall p, (p < d 0)%nat ->
    is_lim (fun t => coefficients L d W t p / sqrt (Sum (d 0%nat) (fun q => coefficients L d W t q ^ 2))) p_infty
      (z p / sqrt (Sum (d 0%nat) (fun q => z q ^ 2))).
Proof.
  intros H0 Small Hz Short p Hp.
  set (V := fun l t => W l (t0 + Rmax 0 t)).
  assert (At : forall s l t, after d V s l t = after d W s l (t0 + Rmax 0 t)).
  { induction s as [|s IH]; intros l t; simpl; [reflexivity|]. rewrite IH. reflexivity. }
  assert (Bt : forall l t, before d V l t = before d W l (t0 + Rmax 0 t)).
  { induction l as [|l IH]; intros t; simpl; [reflexivity|]. rewrite IH. reflexivity. }
  assert (Co : forall t q, (q < d 0)%nat -> chain_vector L d V 0 t q = coefficients L d W (t0 + Rmax 0 t) q).
  { intros t q Hq. unfold chain_vector. rewrite Nat.sub_0_r, At. symmetry. apply coefficients_after; auto. }
  assert (Fl : forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
    path (fun t => V l t a b) (fun t => row d V
      (fun p => Sum n (fun i => exp (- Sum (d 0%nat) (fun q => X i q * chain_vector L d V 0 t q)) * X i p)) l t a
        * chain_vector L d V (S l) t b)).
  { intros l a b Hl Ha Hb. destruct (W_flow l a b Hl Ha Hb) as [C De].
    apply (path_eq _ (fun t => (Sum (d 0%nat) (fun p =>
      Sum n (fun i => exp (- Sum (d 0%nat) (fun q => X i q * coefficients L d W (t0 + t) q)) * X i p) * before d W l
      (t0 + t) p a)
     * after d W (L - S l) (S l) (t0 + t) b 0%nat))).
    - apply (path_extend (fun t => W l (t0 + t) a b)).
      + destruct (Rle_lt_or_eq_dec 0 t0 H0) as [P|<-].
        * assert (Ct : continuous (fun t => W l (t0 + t) a b) 0).
          { apply (continuous_comp (fun t => t0 + t) (fun t => W l t a b)).
            - apply (ex_derive_continuous (fun t => t0 + t)). auto_derive; auto.
            - rewrite Rplus_0_r. apply (ex_derive_continuous (fun t => W l t a b)). eexists. apply De; auto. }
          intros P0 HP. destruct (Ct P0 HP) as [e He]. exists e. intros w Hw _. apply He, Hw.
        * apply (filterlim_ext (fun t => W l t a b));
            [intros; rewrite Rplus_0_l; reflexivity | rewrite Rplus_0_r; exact C].
      + intros t Ht. pose proof (classifier_velocity l (t0 + t) a b Hl Ha Hb ltac:(lra)) as Lv.
        rewrite <- (Rmult_1_l (_ * _)). apply (is_derive_comp (fun t => W l t a b) (fun t => t0 + t)); [exact Lv|].
        auto_derive; auto.
    - intros t Ht. unfold row, chain_vector at 2. rewrite Bt, At, Rmax_right by lra. f_equal. apply Sum_ext.
      intros q Hq. f_equal.
      apply Sum_ext. intros i _. do 3 f_equal. apply Sum_ext. intros q' Hq'. rewrite Co, Rmax_right by (auto; lra).
      reflexivity. }
  assert (Bal : forall l t i j, (S l < L)%nat -> (i < d (S l))%nat -> (j < d (S l))%nat -> 0 <= t ->
    gram_difference d V l t i j = gram_difference d V l 0 i j).
  { intros l t i j Hl Hi Hj Ht.
    pose proof (fully_connected_balance_constant L n d X exponential (fun _ u =>
      - exp (- u)) exponential_derive one_output W W_flow l i j) as Bc.
    assert (Gd : forall s, gram_difference d V l s i j = gram_difference d W l (t0 + Rmax 0 s) i j) by reflexivity.
    rewrite !Gd, Rmax_right, (Rmax_left 0 0) by lra. rewrite (Bc (t0 + t)), (Bc (t0 + 0)) by (auto; lra). reflexivity. }
  assert (Sm : Sum n (fun i => exp (- Sum (d 0%nat) (fun q => X i q * chain_vector L d V 0 0 q))) < 1).
  { eapply Rle_lt_trans; [|exact Small]. right. unfold fully_connected_loss, exponential, fully_connected_output.
    apply Sum_ext. intros i _.
    do 2 f_equal. apply Sum_ext. intros q Hq. rewrite Co, Rmax_left, Rplus_0_r by (auto; lra). reflexivity. }
  assert (St : forall l t, t <= 0 -> V l t = V l 0)
    by (intros l t Ht; unfold V; rewrite !Rmax_left by lra; reflexivity).
  pose proof (direction_limit L n d X V one_output L_pos n_pos Fl St Sm Bal z Hz Short p Hp) as Lim.
  apply (is_lim_ext_loc (fun t => chain_vector L d V 0 (t - t0) p / sqrt (size L d V 0 (t - t0)))).
  - exists t0. intros t Ht. rewrite Co, Rmax_right by (auto; lra). replace (t0 + (t - t0)) with t by ring. do 2 f_equal.
    unfold size, sq. apply Sum_ext. intros q Hq. rewrite Co, Rmax_right by (auto; lra).
    replace (t0 + (t - t0)) with t by ring. reflexivity.
  - apply (is_lim_comp (fun u => chain_vector L d V 0 u p / sqrt (size L d V 0 u)) (fun t =>
      t - t0) p_infty (z p / sqrt (Sum (d 0%nat) (fun q => z q ^ 2))) p_infty).
    + exact Lim.
    + apply is_lim_spec. intros Big. exists (Big + t0). intros; lra.
    + exists 0. intros; discriminate.
Qed.
End MaxMargin.
