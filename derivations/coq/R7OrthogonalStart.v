(* R7 for regression with squared loss, exact at every scale alpha > 0: fully connected networks f(x) = x^T W_0 ...
   W_{L-1}, L >= 2, square hidden layers (d_l = m for l < L, one output), W_l(0) = alpha Q_l with Q_l orthogonal (l < L
   - 1), W_{L-1}(0) = 0.
     orthogonal_start_row_space    the coefficients stay orthogonal to every u with X u = 0 (any differentiable loss of
                                   the outputs, any data),
     orthogonal_start_regression   squared loss, X of full row rank (|X^T r|^2 >= mu |r|^2): exponential decay of the
                                   loss, and the coefficients
                                   tend to the minimum-norm interpolator X^T k, X X^T k = y, at the rate of sqrt(loss).
   No uniqueness of flows is used: u^T W_0 is constant, so u attains the bound |W_0^T u| >= alpha |u|, and by
   balancedness every layer attains it along u^T W_0 ... W_l, which forces u^T W_0 ... W_{L-1} = 0 (R7RowSpace.v). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Margin Conserved Sensing Circular Quasinorm K2Chain
  LayerFlow
  Uniqueness LinearAlgebra R7RowSpace.
Open Scope R_scope.

(* Q^T Q = Q Q^T = I *)
Definition orthogonal_matrix (m : nat) (Q : matrix) : Prop := forall i j, (i < m)%nat -> (j < m)%nat ->
  Sum m (fun k => Q k i * Q k j) = delta i j /\ Sum m (fun k => Q i k * Q j k) = delta i j.

Definition orthogonal_start (L m : nat) (alpha : R) (Q : nat -> matrix) (W : nat -> R -> matrix) : Prop :=
  (forall l, (l < L - 1)%nat -> orthogonal_matrix m (Q l)) /\
  (forall l i j, (l < L - 1)%nat -> (i < m)%nat -> (j < m)%nat -> W l 0 i j = alpha * Q l i j) /\
  (forall i, (i < m)%nat -> W (L - 1)%nat 0 i 0%nat = 0).

Section GeneralLoss.
Variables (L n m : nat) (d : nat -> nat) (X : nat -> nat -> R) (ell dell : nat -> R -> R) (W : nat -> R -> matrix)
  (alpha : R) (Q : nat -> matrix).
Hypothesis L_two : (2 <= L)%nat.
Hypothesis square : forall l, (l < L)%nat -> d l = m.
Hypothesis one_output : d L = 1%nat.
Hypothesis ell_derive : forall i u, is_derive (ell i) u (dell i u).
Hypothesis W_flow : fully_connected_gradient_flow L n d X ell W.
Hypothesis alpha_pos : 0 < alpha.
Hypothesis start : orthogonal_start L m alpha Q W.

Let V (l : nat) (t : R) : matrix := W l (Rmax 0 t).
Let zv := chain_vector L d V.
Let f (i : nat) (t : R) : R := Sum (d 0%nat) (fun p => X i p * zv 0 t p).
Let u (t : R) (p : nat) : R := - Sum n (fun i => dell i (f i t) * X i p).
Let g (l : nat) (t : R) : nat -> R := row d V (u t) l t.
Let E (t : R) : R := Sum n (fun i => ell i (f i t)).
Let vel (l : nat) (t : R) (a b : nat) : R := g l t a * zv (S l) t b.
Let speed (l : nat) (t : R) : R := sq (d l) (g l t) * size L d V (S l) t.
Let D (t : R) : R := Sum L (fun l => speed l t).

Lemma width0 : d 0%nat = m.
Proof. apply square. lia. Qed.

Lemma after_at s l t : after d V s l t = after d W s l (Rmax 0 t).
Proof. revert l. induction s as [|s IH]; intros l; simpl; [reflexivity|]. rewrite IH. reflexivity. Qed.
Lemma before_at l t : before d V l t = before d W l (Rmax 0 t).
Proof. induction l as [|l IH]; simpl; [reflexivity|]. rewrite IH. reflexivity. Qed.
Lemma coefficients_at t q : (q < d 0)%nat -> zv 0 t q = coefficients L d W (Rmax 0 t) q.
Proof.
  intros Hq. unfold zv, chain_vector. rewrite Nat.sub_0_r, after_at. symmetry. apply coefficients_after; auto.
Qed.

Lemma V_path l a b : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  path (fun t => V l t a b) (fun t => vel l t a b).
Proof.
  intros Hl Ha Hb. destruct (W_flow l a b Hl Ha Hb) as [C De].
  eapply path_eq; [apply (path_extend (fun t => W l t a b) _ C); intros t Ht;
    apply (layer_velocity L n d X ell dell W one_output ell_derive W_flow l t a b Hl Ha Hb Ht)|].
  intros t Ht. unfold vel, g, row, zv, chain_vector. rewrite before_at, after_at, Rmax_right by lra. f_equal.
  apply Sum_ext. intros p Hp. f_equal. unfold u. f_equal. apply Sum_ext. intros i _. f_equal. f_equal. unfold f.
  apply Sum_ext. intros q Hq.
  rewrite coefficients_at, Rmax_right by (auto; lra). reflexivity.
Qed.

Lemma general_loss_path : path E (fun t => - D t).
Proof.
  apply (layered_loss_path L n d V X ell dell u one_output ell_derive); [reflexivity|]. intros l a b. apply V_path.
Qed.

(* --- balancedness --- *)
Lemma gram_constant l i j t : (S l < L)%nat -> (i < m)%nat -> (j < m)%nat ->
  gram_difference d V l t i j = gram_difference d W l 0 i j.
Proof.
  intros Hl Hi Hj. change (gram_difference d V l t i j) with (gram_difference d W l (Rmax 0 t) i j).
  apply (fully_connected_balance_constant L n d X ell dell ell_derive one_output W W_flow); auto;
    try (rewrite square by lia; auto).
  apply Rmax_l.
Qed.

Lemma start_columns l i j : (l < L - 1)%nat -> (i < m)%nat -> (j < m)%nat ->
  Sum m (fun k => W l 0 k i * W l 0 k j) = alpha ^ 2 * delta i j.
Proof.
  intros Hl Hi Hj. destruct start as [HQ [HW _]]. destruct (HQ l Hl i j Hi Hj) as [E1 _]. rewrite <- E1, <- Sum_scal_l.
  apply Sum_ext. intros k Hk. rewrite !HW by auto. ring.
Qed.
Lemma start_rows l i j : (l < L - 1)%nat -> (i < m)%nat -> (j < m)%nat ->
  Sum m (fun k => W l 0 i k * W l 0 j k) = alpha ^ 2 * delta i j.
Proof.
  intros Hl Hi Hj. destruct start as [HQ [HW _]]. destruct (HQ l Hl i j Hi Hj) as [_ E1]. rewrite <- E1, <- Sum_scal_l.
  apply Sum_ext. intros k Hk. rewrite !HW by auto. ring.
Qed.

Lemma balanced_at t l i j : (S l < L - 1)%nat -> (i < m)%nat -> (j < m)%nat ->
  Sum m (fun k => V l t k i * V l t k j) = Sum m (fun k => V (S l) t i k * V (S l) t j k).
Proof.
  intros Hl Hi Hj. pose proof (gram_constant l i j t ltac:(lia) Hi Hj) as G.
  unfold gram_difference, mul, transpose in G. rewrite !square in G by lia.
  rewrite start_columns, start_rows in G by (auto; lia). lra.
Qed.

Lemma balanced_last_at t i j : (i < m)%nat -> (j < m)%nat ->
  Sum m (fun k => V (L - 2)%nat t k i * V (L - 2)%nat t k j) = V (L - 1)%nat t i 0%nat * V
    (L - 1)%nat t j 0%nat + alpha ^ 2 * delta i j.
Proof.
  intros Hi Hj. pose proof (gram_constant (L - 2) i j t ltac:(lia) Hi Hj) as G.
  unfold gram_difference, mul, transpose in G.
  replace (S (S (L - 2))) with L in G by lia. replace (S (L - 2)) with (L - 1)%nat in G by lia.
  rewrite one_output in G. rewrite !square in G by lia. rewrite start_columns in G by (auto; lia). simpl Sum in G.
  destruct start as [_ [_ H0]]. rewrite (H0 i Hi) in G. simpl Sum. lra.
Qed.

Lemma square_pos : 0 < alpha ^ 2.
Proof. apply pow_lt. exact alpha_pos. Qed.

(* --- directions that the data do not see --- *)
Section Unseen.
Variable e : nat -> R.
Hypothesis unseen : forall i, (i < n)%nat -> Sum m (fun p => X i p * e p) = 0.

Lemma unseen_gradient t : Sum m (fun p => e p * u t p) = 0.
Proof.
  unfold u. rewrite (Sum_ext m _ (fun p => Sum n (fun i => - dell i (f i t) * (X i p * e p)))).
  - rewrite Sum_swap. apply Sum_zero. intros i Hi. rewrite Sum_scal_l, unseen by auto. ring.
  - intros p _. rewrite <- Sum_opp, <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

Lemma first_layer_still t b : 0 <= t -> (b < m)%nat -> row d V e 1 t b = Sum m (fun a => e a * W 0%nat 0 a b).
Proof.
  intros Ht Hb.
  assert (P : path (fun t => Sum m (fun a => e a * V 0%nat t a b)) (fun _ => 0)).
  { eapply path_eq.
    - apply (path_sum m (fun a t => e a * V 0%nat t a b) (fun a t => e a * vel 0 t a b)). intros a Ha. apply path_scal.
      apply V_path; [lia | rewrite square by lia; auto | rewrite square by lia; auto].
    - intros s _. cbv beta. rewrite (Sum_ext m _ (fun a => e a * u s a * zv 1 s b)).
      + rewrite Sum_scal_r, unseen_gradient. ring.
      + intros a Ha. unfold vel, g. rewrite row_start by (rewrite width0; auto). ring. }
  pose proof (path_constant _ t P Ht) as Ec. cbv beta in Ec.
  rewrite row_step, width0. rewrite (Sum_ext m _ (fun a => e a * V 0%nat t a b)).
  - rewrite Ec. unfold V. rewrite Rmax_left by lra. reflexivity.
  - intros a Ha. rewrite row_start by (rewrite width0; auto). reflexivity.
Qed.

Lemma first_layer_attains t : 0 <= t -> sq m (row d V e 1 t) <= alpha ^ 2 * sq m e.
Proof.
  intros Ht. right. rewrite (sq_ext m _ (fun b => Sum m (fun a => W 0%nat 0 a b * e a))).
  - rewrite (quadratic_form m m (fun k i => W 0%nat 0 i k) e). unfold sq. rewrite <- Sum_scal_l. apply Sum_ext.
    intros i Hi.
    rewrite (Sum_ext m _ (fun j => delta i j * (alpha ^ 2 * (e i * e j)))).
    + rewrite (Sum_delta m i (fun j => alpha ^ 2 * (e i * e j))) by auto. ring.
    + intros j Hj. rewrite (start_rows 0) by (auto; lia). ring.
  - intros b Hb. rewrite first_layer_still by auto. apply Sum_ext. intros; ring.
Qed.

Lemma unseen_coefficients t : 0 <= t -> Sum m (fun p => e p * coefficients L d W t p) = 0.
Proof.
  intros Ht.
  pose proof (sent_to_zero L m d V (alpha ^ 2) t L_two square one_output square_pos (balanced_at t) (balanced_last_at t)
    e
    (first_layer_attains t Ht)) as Z.
  pose proof (row_zv L d V one_output e L t (Nat.le_refl L)) as Rz. rewrite one_output, width0 in Rz.
  simpl Sum in Rz at 1.
  rewrite Z, Rmult_0_l, Rplus_0_l in Rz. rewrite Rz. apply Sum_ext. intros p Hp. f_equal.
  pose proof (coefficients_at t p ltac:(rewrite width0; auto)) as C. rewrite Rmax_right in C by lra. symmetry. exact C.
Qed.
End Unseen.

Lemma speed_last t : alpha ^ (2 * (L - 1)) * sq m (u t) <= D t.
Proof.
  pose proof (row_bound L m d V (alpha ^ 2) t L_two square one_output square_pos (balanced_at t) (balanced_last_at t)
    (u t) (L - 1) (Nat.le_refl _)) as B.
  rewrite <- pow_mult in B. eapply Rle_trans; [exact B|].
  assert (Sp : speed (L - 1) t = sq m (row d V (u t) (L - 1) t)).
  { unfold speed, g. rewrite square by lia. replace (S (L - 1)) with L by lia. rewrite size_last by exact one_output.
    ring. }
  rewrite <- Sp. unfold D. apply (Sum_term L (fun l => speed l t)); [lia|]. intros l _.
  apply Rmult_le_pos; apply sq_nonneg.
Qed.

End GeneralLoss.

(* (a) at every scale alpha, for any data and any differentiable loss: the coefficients stay in the row space of X *)
Theorem orthogonal_start_row_space
  (L n m : nat) (d : nat -> nat) (X : nat -> nat -> R) (ell dell : nat -> R -> R) (W : nat -> R -> matrix) (alpha : R)
    (Q : nat -> matrix) :
  (2 <= L)%nat -> (forall l, (l < L)%nat -> d l = m) -> d L = 1%nat -> (forall i v, is_derive (ell i) v (dell i v)) ->
  fully_connected_gradient_flow L n d X ell W -> 0 < alpha -> orthogonal_start L m alpha Q W ->
  forall e, (forall i, (i < n)%nat -> Sum m (fun p => X i p * e p) = 0) ->
  forall t, 0 <= t -> Sum m (fun p => e p * coefficients L d W t p) = 0.
Proof.
  intros H1 H2 H3 H4 H5 H6 H7 e He t Ht. eapply unseen_coefficients; eauto.
Qed.

(* --- least norm --- *)
Section LeastNorm.
Variables (n m : nat) (X : nat -> nat -> R) (mu : R).
Hypothesis mu_pos : 0 < mu.
Hypothesis rank : row_rank_bound m n X mu.

Let gram : matrix := fun i j => Sum m (fun p => X i p * X j p).
Let pull (r : nat -> R) (p : nat) : R := Sum n (fun i => X i p * r i).
Let see (z : nat -> R) (i : nat) : R := Sum m (fun p => X i p * z p).

Lemma see_pull r z : Sum n (fun i => r i * see z i) = Sum m (fun p => pull r p * z p).
Proof.
  unfold see, pull. rewrite (Sum_ext n _ (fun i => Sum m (fun p => X i p * r i * z p)))
    by (intros; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
  rewrite Sum_swap. apply Sum_ext. intros p _. apply Sum_scal_r.
Qed.

Lemma gram_see r i : apply_matrix n gram r i = see (pull r) i.
Proof.
  unfold apply_matrix, gram, see, pull.
  rewrite (Sum_ext n _ (fun j => Sum m (fun p => X i p * X j p * r j))) by (intros; symmetry; apply Sum_scal_r).
  rewrite Sum_swap. apply Sum_ext. intros p _. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

Lemma pull_bound r : mu * sq n r <= sq m (pull r).
Proof. apply rank. Qed.

Lemma gram_solve y : exists k, forall i, (i < n)%nat -> see (pull k) i = y i.
Proof.
  destruct (surjective n gram (mu ^ 2) y) as [k Hk].
  - apply pow_lt. exact mu_pos.
  - intros r. pose proof (sq_nonneg n (fun i => 1 * apply_matrix n gram r i - mu * r i)) as P.
    rewrite sq_combine in P.
    assert (E : Sum n (fun i => apply_matrix n gram r i * r i) = sq m (pull r)).
    { rewrite (Sum_ext n _ (fun i => r i * see (pull r) i)) by (intros; rewrite gram_see; ring). rewrite see_pull.
      unfold sq. apply Sum_ext. intros; ring. }
    rewrite E in P. pose proof (pull_bound r) as B.
    assert (mu * (mu * sq n r) <= mu * sq m (pull r)) by (apply Rmult_le_compat_l; lra).
    nra.
  - exists k. intros i Hi. rewrite <- gram_see. auto.
Qed.

(* vectors orthogonal to the kernel of X are seen *)
Lemma seen_bound z : (forall e, (forall i, (i < n)%nat -> see e i = 0) -> Sum m (fun p => e p * z p) = 0) ->
  mu * sq m z <= sq n (see z).
Proof.
  intros H. destruct (gram_solve (see z)) as [s Hs]. set (x := fun p => z p - pull s p).
  assert (Sx : forall i, (i < n)%nat -> see x i = 0).
  { intros i Hi. unfold see, x. rewrite (Sum_ext m _ (fun p => X i p * z p - X i p * pull s p)) by (intros; ring).
    rewrite Sum_minus. fold (see z i). fold (see (pull s) i). rewrite Hs by auto. ring. }
  pose proof (H x Sx) as Xz.
  assert (Xp : Sum m (fun p => pull s p * x p) = 0)
    by (rewrite <- see_pull; apply Sum_zero; intros i Hi; rewrite Sx by auto; ring).
  assert (Z : sq m x = 0).
  { unfold sq. rewrite (Sum_ext m _ (fun p => x p * z p - pull s p * x p)) by (intros p _; unfold x; ring).
    rewrite Sum_minus. lra. }
  assert (Ez : forall p, (p < m)%nat -> z p = pull s p).
  { intros p Hp. pose proof (sq_zero m x Z p Hp) as E. unfold x in E. lra. }
  assert (E1 : sq m z = sq m (pull s)) by (apply sq_ext; exact Ez).
  assert (E2 : Sum n (fun i => s i * see z i) = sq m z).
  { rewrite see_pull. unfold sq. apply Sum_ext. intros p Hp. rewrite <- Ez by auto. ring. }
  pose proof (sq_combine n mu 1 s (see z)) as Sc. rewrite E2 in Sc.
  pose proof (sq_nonneg n (fun i => mu * s i - 1 * see z i)) as P.
  pose proof (pull_bound s) as B. rewrite <- E1 in B.
  assert (mu * (mu * sq n s) <= mu * sq m z) by (apply Rmult_le_compat_l; lra). nra.
Qed.
End LeastNorm.

(* (b) *)
Theorem orthogonal_start_regression
  (L n m : nat) (d : nat -> nat) (X : nat -> nat -> R) (y : nat -> R) (W : nat -> R -> matrix) (alpha : R)
    (Q : nat -> matrix) (mu : R) :
  (2 <= L)%nat -> (forall l, (l < L)%nat -> d l = m) -> d L = 1%nat ->
  fully_connected_gradient_flow L n d X (squared y) W -> 0 < alpha -> orthogonal_start L m alpha Q W ->
  0 < mu -> row_rank_bound m n X mu ->
  let loss t := fully_connected_loss L n d X (squared y) (matrix_at W t) in
  exists k : nat -> R,
    let best p := Sum n (fun i => X i p * k i) in
    (* best interpolates and has the least norm *)
    (forall i, (i < n)%nat -> Sum m (fun p => X i p * best p) = y i) /\
    (forall z, (forall i, (i < n)%nat -> Sum m (fun p => X i p * z p) = y i) ->
       sq m z = sq m best + sq m (fun p => z p - best p)) /\
    (forall t, 0 <= t -> loss t <= loss 0 * exp (- (2 * alpha ^ (2 * (L - 1)) * mu) * t)) /\
    (forall t, 0 <= t -> mu * sq m (fun p => coefficients L d W t p - best p) <= 2 * loss t) /\
    (forall p, (p < m)%nat -> is_lim (fun t => coefficients L d W t p) p_infty (best p)).
Proof.
  intros L2 Hd Ho Fl Pa St Pmu Rk loss.
  destruct (gram_solve n m X mu Pmu Rk y) as [k Hk]. exists k. intros best.
  assert (d0 : d 0%nat = m) by (apply Hd; lia).
  assert (Lv : forall t, loss t = / 2 * Sum n (fun i => (Sum m (fun p => X i p * coefficients L d W t p) - y i) ^ 2)).
  { intros t. unfold loss, fully_connected_loss, squared, fully_connected_output. rewrite Sum_scal_l, d0. reflexivity. }
  (* decay *)
  assert (Dec : forall t, 0 <= t -> loss t <= loss 0 * exp (- (2 * alpha ^ (2 * (L - 1)) * mu) * t)).
  { pose proof (general_loss_path L n d X (squared y) (fun i v => v - y i) W Ho (squared_derive y) Fl) as P.
    assert (Same : forall t, Sum n (fun i =>
      squared y i (Sum (d 0%nat) (fun p => X i p * chain_vector L d (fun l t => W l (Rmax 0 t)) 0 t p))) = loss
      (Rmax 0 t)).
    { intros t. unfold loss, fully_connected_loss, fully_connected_output. apply Sum_ext. intros i _. f_equal.
      apply Sum_ext. intros p Hp. f_equal.
      apply (coefficients_at L d W Ho t p Hp). }
    intros t Ht.
    pose proof (groenwall _ _ (2 * alpha ^ (2 * (L - 1)) * mu) t P) as G. cbv beta in G. rewrite !Same in G.
    rewrite Rmax_right, (Rmax_left 0 0) in G by lra. apply G; auto. clear G.
    intros s Hs. rewrite Same.
    pose proof (speed_last L n m d X (squared y) (fun i v => v - y i) W alpha Q L2 Hd Ho (squared_derive y) Fl Pa St s)
      as Sp.
    cbv zeta in Sp. eapply Rle_trans; [apply Ropp_le_contravar; exact Sp|].
    match type of Sp with _ * sq m ?uu <= _ => set (u := uu) in * end.
    assert (B : mu * (2 * loss (Rmax 0 s)) <= sq m u).
    { rewrite Lv. pose proof (Rk (fun i => Sum m (fun p => X i p * coefficients L d W (Rmax 0 s) p) - y i)) as Rb.
      replace (mu * (2 * (/ 2 * Sum n (fun i => (Sum m (fun p => X i p * coefficients L d W (Rmax 0 s) p) - y i) ^ 2))))
        with (mu * Sum n (fun i => (Sum m (fun p => X i p * coefficients L d W (Rmax 0 s) p) - y i) ^ 2)) by field.
      eapply Rle_trans; [exact Rb|]. right. unfold sq. apply Sum_ext. intros p Hp. unfold u.
      match goal with |- ?a ^ 2 = (- ?b) ^ 2 => replace b with a; [ring|] end.
      apply Sum_ext. intros i Hi. rewrite Rmult_comm. f_equal. f_equal. rewrite d0. apply Sum_ext. intros q Hq. f_equal.
      symmetry. apply (coefficients_at L d W Ho s q). rewrite d0. exact Hq. }
    assert (Pp : 0 < alpha ^ (2 * (L - 1))) by (apply pow_lt; exact Pa).
    assert (alpha ^ (2 * (L - 1)) * (mu * (2 * loss (Rmax 0 s))) <= alpha ^ (2 * (L - 1)) * sq m u)
      by (apply Rmult_le_compat_l; lra).
    lra. }
  (* distance to the least-norm interpolator *)
  assert (Near : forall t, 0 <= t -> mu * sq m (fun p => coefficients L d W t p - best p) <= 2 * loss t).
  { intros t Ht. eapply Rle_trans; [apply (seen_bound n m X mu Pmu Rk)|].
    - intros e He.
      rewrite (Sum_ext m _ (fun p => e p * coefficients L d W t p - best p * e p)) by (intros; ring). rewrite Sum_minus.
      rewrite (orthogonal_start_row_space L n m d X (squared y) (fun i v =>
        v - y i) W alpha Q L2 Hd Ho (squared_derive y) Fl Pa St e He t Ht).
      pose proof (see_pull n m X k e) as Sk. unfold best. rewrite <- Sk.
      rewrite Sum_zero; [ring|]. intros i Hi. rewrite He by auto. ring.
    - right. rewrite Lv. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra. unfold sq. apply Sum_ext. intros i Hi.
      f_equal.
      rewrite (Sum_ext m _ (fun p => X i p * coefficients L d W t p - X i p * best p)) by (intros; ring).
      rewrite Sum_minus.
      f_equal. apply Hk; auto. }
  split; [exact Hk | split; [|split; [exact Dec | split; [exact Near|]]]].
  - intros z Hz. unfold sq. rewrite <- Sum_plus.
    assert (O : Sum m (fun p => best p * (z p - best p)) = 0).
    { pose proof (see_pull n m X k (fun p => z p - best p)) as Sk. unfold best at 1. rewrite <- Sk. apply Sum_zero.
      intros i Hi.
      rewrite (Sum_ext m _ (fun p => X i p * z p - X i p * best p)) by (intros; ring). rewrite Sum_minus, Hz by auto.
      replace (Sum m (fun p => X i p * best p)) with (y i) by (symmetry; apply Hk; auto). ring. }
    rewrite (Sum_ext m (fun p => z p ^ 2) (fun p => (best p ^ 2 + (z p - best p) ^ 2) + 2 * (best p * (z p - best p))))
      by (intros; ring).
    rewrite Sum_plus, Sum_scal_l, O. ring.
  - intros p Hp.
    assert (S0 : is_lim (fun t => (coefficients L d W t p - best p) ^ 2) p_infty 0).
    { apply (is_lim_squeeze0 _ (fun t => (2 * loss 0 / mu) * exp (- (2 * alpha ^ (2 * (L - 1)) * mu) * t))).
      - intros t Ht. split; [apply pow2_ge_0|].
        pose proof (Sum_term m (fun p => (coefficients L d W t p - best p) ^ 2) p Hp (fun q _ => pow2_ge_0 _)) as T.
        cbv beta in T.
        pose proof (Near t Ht) as Nt. pose proof (Dec t Ht) as Dt. unfold sq in Nt.
        apply (Rmult_le_reg_l mu); [exact Pmu|].
        replace (mu * (2 * loss 0 / mu * exp (- (2 * alpha ^ (2 * (L - 1)) * mu) * t)))
          with (2 * (loss 0 * exp (- (2 * alpha ^ (2 * (L - 1)) * mu) * t))) by (field; lra).
        eapply Rle_trans; [apply Rmult_le_compat_l; [lra | exact T]|]. lra.
      - apply is_lim_exp_decay. assert (0 < alpha ^ (2 * (L - 1))) by (apply pow_lt; exact Pa). nra. }
    assert (A0 : is_lim (fun t => Rabs (coefficients L d W t p - best p)) p_infty 0).
    { apply (is_lim_ext (fun t => sqrt ((coefficients L d W t p - best p) ^ 2))).
      - intros t. rewrite <- Rsqr_pow2. apply sqrt_Rsqr_abs.
      - rewrite <- sqrt_0. apply (is_lim_comp_continuous (fun t => (coefficients L d W t p - best p) ^ 2) sqrt);
          [exact S0 | apply continuous_sqrt]. }
    apply is_lim_spec in A0. apply is_lim_spec. intros eps. destruct (A0 eps) as [M HM]. exists M. intros t Ht.
    pose proof (HM t Ht) as B. rewrite Rminus_0_r, Rabs_Rabsolu in B. exact B.
Qed.
