(* Gradient flow of a real orthogonally decomposable network in reduced coordinates:
   m coordinates, L layers, n data points, data matrix A = X S^T (n x m).
     rho_j = prod_l v_{j,l},   r_i = (A rho)_i - y_i,   g = A^T r,
     v_{j,l}' = - g_j prod_{k <> l} v_{j,k}.
   C1 (conserved differences of squares) and R1 (the loss decays exponentially, every
   coordinate converges, and the limit interpolates).
   Nothing is assumed about signs, sizes or relations of L, m, n. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths.
Open Scope R_scope.

Section Definitions.
Variables (L m n : nat) (A : nat -> nat -> R) (y : nat -> R).

Definition coefficient (w : nat -> nat -> R) (j : nat) : R := Prod L (fun l => w j l).
Definition residual (w : nat -> nat -> R) (i : nat) : R :=
  Sum m (fun j => A i j * coefficient w j) - y i.
Definition dual_gradient (w : nat -> nat -> R) (j : nat) : R :=
  Sum n (fun i => A i j * residual w i).
Definition loss (w : nat -> nat -> R) : R := / 2 * Sum n (fun i => residual w i ^ 2).
Definition velocity (w : nat -> nat -> R) (j l : nat) : R :=
  - dual_gradient w j * ProdBut L (fun k => w j k) l.

(* the parameters at time t, as an array *)
Definition at_time (v : nat -> nat -> R -> R) (t : R) : nat -> nat -> R := fun j l => v j l t.

(* a solution on [0, inf): right-continuous at 0, differentiable with the stated derivative after *)
Definition solution (v : nat -> nat -> R -> R) : Prop :=
  forall j l, (j < m)%nat -> (l < L)%nat ->
    filterlim (v j l) (at_right 0) (locally (v j l 0)) /\
    forall t, 0 < t -> is_derive (v j l) t (velocity (at_time v t) j l).

(* the same with the functions extended to t < 0 by their values at 0 *)
Definition extended_solution (v : nat -> nat -> R -> R) : Prop :=
  forall j l, (j < m)%nat -> (l < L)%nat ->
    path (v j l) (fun t => velocity (at_time v t) j l).

Definition extend (v : nat -> nat -> R -> R) : nat -> nat -> R -> R :=
  fun j l t => v j l (Rmax 0 t).

Lemma extend_at v t : 0 <= t -> at_time (extend v) t = at_time v t.
Proof.
  intros Ht. unfold at_time, extend. extensionality j; extensionality l.
  rewrite Rmax_right by auto. reflexivity.
Qed.

Lemma extend_solution v : solution v -> extended_solution (extend v).
Proof.
  intros H j l Hj Hl. destruct (H j l Hj Hl) as [C D].
  apply (path_eq _ _ _ (path_extend _ _ C D)).
  intros t Ht. rewrite extend_at by lra. reflexivity.
Qed.

(* full row rank: mu is any lower bound of sigma_min(A)^2 *)
Definition row_rank_bound (mu : R) : Prop :=
  forall r : nat -> R,
    mu * Sum n (fun i => r i ^ 2) <= Sum m (fun j => Sum n (fun i => A i j * r i) ^ 2).
End Definitions.

Section Flow.
Variables (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R).
Hypothesis flow : extended_solution L m n A y v.

Let rho j t := coefficient L (at_time v t) j.
Let r i t := residual L m A y (at_time v t) i.
Let g j t := dual_gradient L m n A y (at_time v t) j.
Let E t := loss L m n A y (at_time v t).
Let but j l t := ProdBut L (fun k => v j k t) l.

Lemma flow_path j l : (j < m)%nat -> (l < L)%nat -> path (v j l) (fun t => - g j t * but j l t).
Proof. intros; apply flow; auto. Qed.

(* --- C1 --- *)
Lemma squares_conserved j k l t : (j < m)%nat -> (k < L)%nat -> (l < L)%nat -> 0 <= t ->
  v j k t ^ 2 - v j l t ^ 2 = v j k 0 ^ 2 - v j l 0 ^ 2.
Proof.
  intros Hj Hk Hl Ht.
  apply (path_constant (fun t => v j k t ^ 2 - v j l t ^ 2)); auto.
  apply (path_eq _ _ _ (path_minus _ _ _ _ (path_sq _ _ (flow_path j k Hj Hk))
                                           (path_sq _ _ (flow_path j l Hj Hl)))).
  intros u _. unfold but.
  pose proof (ProdBut_mul L (fun k => v j k u) k Hk) as Pk.
  pose proof (ProdBut_mul L (fun k => v j k u) l Hl) as Pl. simpl in Pk, Pl.
  transitivity (-2 * g j u * (v j k u * ProdBut L (fun k => v j k u) k
                              - v j l u * ProdBut L (fun k => v j k u) l)); [ring|].
  rewrite Pk, Pl. ring.
Qed.

(* --- the loss along the flow --- *)
Definition tangent j t := Sum L (fun l => ProdBut L (fun k => v j k t) l ^ 2).

Lemma coefficient_path j : (j < m)%nat -> path (rho j) (fun t => - g j t * tangent j t).
Proof.
  intros Hj.
  apply (path_eq _ _ _ (path_prod L (v j) _ (fun l Hl => flow_path j l Hj Hl))).
  intros t _. unfold tangent. rewrite <- Sum_scal_l. apply Sum_ext. intros l Hl.
  unfold but. ring.
Qed.

Lemma residual_path i : path (r i) (fun t => Sum m (fun j => A i j * (- g j t * tangent j t))).
Proof.
  assert (P : path (fun t => Sum m (fun j => A i j * rho j t))
                   (fun t => Sum m (fun j => A i j * (- g j t * tangent j t)))).
  { apply (path_sum m (fun j t => A i j * rho j t)). intros j Hj.
    apply path_scal, coefficient_path; auto. }
  apply (path_eq _ _ _ (path_minus _ _ _ _ P (path_const (y i)))). intros; ring.
Qed.

Lemma loss_path : path E (fun t => - Sum m (fun j => g j t ^ 2 * tangent j t)).
Proof.
  pose proof (path_sum n (fun i t => r i t ^ 2) _ (fun i _ => path_sq _ _ (residual_path i))) as P.
  apply (path_eq _ _ _ (path_scal (/ 2) _ _ P)).
  intros t _. rewrite <- Sum_scal_l.
  rewrite (Sum_ext n _ (fun i => Sum m (fun j => (- g j t * tangent j t) * (A i j * r i t)))).
  2:{ intros i Hi. rewrite <- Rmult_assoc.
      replace (/ 2 * (2 * r i t)) with (r i t) by field.
      rewrite <- Sum_scal_l. apply Sum_ext. intros; ring. }
  rewrite Sum_swap.
  replace (- Sum m (fun j => g j t ^ 2 * tangent j t))
    with (-1 * Sum m (fun j => g j t ^ 2 * tangent j t)) by ring.
  rewrite <- Sum_scal_l. apply Sum_ext. intros j Hj. rewrite Sum_scal_l.
  change (Sum n (fun i => A i j * r i t)) with (g j t). ring.
Qed.

Lemma tangent_nonneg j t : 0 <= tangent j t.
Proof. apply Sum_nonneg. intros; apply pow2_ge_0. Qed.

Lemma loss_nonneg t : 0 <= E t.
Proof.
  unfold E, loss. apply Rmult_le_pos; [lra|]. apply Sum_nonneg. intros; apply pow2_ge_0.
Qed.

Lemma residual_loss i t : (i < n)%nat -> r i t ^ 2 <= 2 * E t.
Proof.
  intros Hi. unfold E, loss.
  pose proof (Sum_term n (fun i => r i t ^ 2) i Hi ltac:(intros; apply pow2_ge_0)) as T.
  unfold r in *. lra.
Qed.

(* the flow's own speed is bounded by the dissipation *)
Lemma velocity_dissipation j l t : (j < m)%nat -> (l < L)%nat ->
  (- g j t * but j l t) ^ 2 <= Sum m (fun j => g j t ^ 2 * tangent j t).
Proof.
  intros Hj Hl.
  apply Rle_trans with (g j t ^ 2 * tangent j t).
  - replace ((- g j t * but j l t) ^ 2) with (g j t ^ 2 * but j l t ^ 2) by ring.
    apply Rmult_le_compat_l; [apply pow2_ge_0|]. unfold tangent, but.
    apply (Sum_term L (fun l => ProdBut L (fun k => v j k t) l ^ 2)); auto.
    intros; apply pow2_ge_0.
  - apply (Sum_term m (fun j => g j t ^ 2 * tangent j t)); auto.
    intros k _. apply Rmult_le_pos; [apply pow2_ge_0 | apply tangent_nonneg].
Qed.

(* --- R1 --- *)
(* a smallest layer in each coordinate keeps the others away from 0 *)
Section Gaps.
Variables (pivot : nat -> nat) (lambda : R).
Hypothesis pivot_layer : forall j, (j < m)%nat -> (pivot j < L)%nat.
Hypothesis lambda_pos : 0 < lambda.
Hypothesis gaps : forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j ->
  lambda <= v j l 0 ^ 2 - v j (pivot j) 0 ^ 2.

Lemma tangent_bound j t : (j < m)%nat -> 0 <= t -> lambda ^ (L - 1) <= tangent j t.
Proof.
  intros Hj Ht. pose proof (pivot_layer j Hj) as Hp.
  apply Rle_trans with (ProdBut L (fun k => v j k t) (pivot j) ^ 2).
  - rewrite <- ProdBut_sq, <- (ProdBut_const L lambda (pivot j) Hp).
    apply ProdBut_le. intros k Hk Hne. split; [lra|].
    pose proof (squares_conserved j k (pivot j) t Hj Hk Hp Ht) as C.
    pose proof (gaps j k Hj Hk Hne). pose proof (pow2_ge_0 (v j (pivot j) t)). lra.
  - apply (Sum_term L (fun l => ProdBut L (fun k => v j k t) l ^ 2)); auto.
    intros; apply pow2_ge_0.
Qed.
End Gaps.

(* what follows uses only that no coordinate stops moving with its output *)
Section Decay.
Variables (kappa mu : R).
Hypothesis kappa_pos : 0 < kappa.
Hypothesis tangent_floor : forall j t, (j < m)%nat -> 0 <= t -> kappa <= tangent j t.
Hypothesis mu_pos : 0 < mu.
Hypothesis rank : row_rank_bound m n A mu.

Let c := 2 * kappa * mu.

Lemma rate_pos : 0 < c.
Proof. unfold c. nra. Qed.

(* the Polyak-Lojasiewicz inequality along the flow *)
Lemma dissipation_bound t : 0 <= t -> c * E t <= Sum m (fun j => g j t ^ 2 * tangent j t).
Proof.
  intros Ht. apply Rle_trans with (kappa * Sum m (fun j => g j t ^ 2)).
  - pose proof (rank (fun i => r i t)) as R.
    change (mu * Sum n (fun i => r i t ^ 2) <= Sum m (fun j => g j t ^ 2)) in R.
    apply (Rmult_le_compat_l kappa) in R; [|lra].
    unfold c. change (E t) with (/ 2 * Sum n (fun i => r i t ^ 2)). lra.
  - rewrite <- Sum_scal_l. apply Sum_le. intros j Hj. rewrite Rmult_comm.
    apply Rmult_le_compat_l; [apply pow2_ge_0 | apply tangent_floor; auto].
Qed.

Lemma loss_decay t : 0 <= t -> E t <= E 0 * exp (- c * t).
Proof.
  intros Ht. apply (groenwall E _ c t loss_path); auto.
  intros u Hu. pose proof (dissipation_bound u ltac:(lra)). lra.
Qed.

(* speed budget: for every a > 0, |v'| is at most the derivative of -budget *)
Let budget a t := / 2 * (/ a * (exp (c / 2 * t) * E t) + (E 0 / a + 2 * a / c) * exp (- (c / 2) * t)).

Lemma budget_path a : path (fun t => -1 * budget a t)
  (fun t => -1 * (/ 2 * (/ a * (c / 2 * exp (c / 2 * t) * E t
                    + exp (c / 2 * t) * - Sum m (fun j => g j t ^ 2 * tangent j t))
                 + (E 0 / a + 2 * a / c) * (- (c / 2) * exp (- (c / 2) * t))))).
Proof.
  unfold budget. apply path_scal, path_scal, path_plus; apply path_scal.
  - apply (path_mult _ E); [apply path_exp | apply loss_path].
  - apply path_exp.
Qed.

(* e^(ct/2) loss <= loss(0) e^(-ct/2) *)
Lemma weighted_loss t : 0 <= t -> exp (c / 2 * t) * E t <= E 0 * exp (- (c / 2) * t).
Proof.
  intros Ht. pose proof (loss_decay t Ht) as D.
  apply (Rmult_le_compat_l (exp (c / 2 * t))) in D; [|left; apply exp_pos].
  replace (exp (c / 2 * t) * (E 0 * exp (- c * t)))
    with (E 0 * (exp (c / 2 * t) * exp (- c * t))) in D by ring.
  rewrite <- exp_plus in D.
  replace (c / 2 * t + - c * t) with (- (c / 2) * t) in D by field. exact D.
Qed.

Lemma speed_budget a j l t : 0 < a -> (j < m)%nat -> (l < L)%nat -> 0 < t ->
  Rabs (- g j t * but j l t) <=
  -1 * (/ 2 * (/ a * (c / 2 * exp (c / 2 * t) * E t
              + exp (c / 2 * t) * - Sum m (fun j => g j t ^ 2 * tangent j t))
           + (E 0 / a + 2 * a / c) * (- (c / 2) * exp (- (c / 2) * t)))).
Proof.
  intros Ha Hj Hl Ht. pose proof rate_pos as Pc. pose proof (exp_pos (c / 2 * t)) as Pe.
  pose proof (weighted_loss t ltac:(lra)) as W.
  pose proof (velocity_dissipation j l t Hj Hl) as V.
  set (d := Sum m (fun j => g j t ^ 2 * tangent j t)) in *.
  pose proof (Rinv_0_lt_compat _ Ha) as Pa.
  pose proof (young _ d (/ a * exp (c / 2 * t)) (Rmult_lt_0_compat _ _ Pa Pe) V) as Y.
  eapply Rle_trans; [exact Y|].
  assert (I : / (/ a * exp (c / 2 * t)) = a * exp (- (c / 2) * t)).
  { replace (- (c / 2) * t) with (- (c / 2 * t)) by ring. rewrite exp_Ropp. field. lra. }
  rewrite I.
  apply (Rmult_le_compat_l (/ a)) in W; [|lra].
  apply (Rmult_le_compat_l (c / 4)) in W; [|lra].
  replace ((E 0 / a + 2 * a / c) * (- (c / 2) * exp (- (c / 2) * t)))
    with (- (c / 2) * (/ a * (E 0 * exp (- (c / 2) * t))) - a * exp (- (c / 2) * t))
    by (field; lra).
  lra.
Qed.

Lemma budget_lim a : 0 < a -> is_lim (fun t => -1 * budget a t) p_infty 0.
Proof.
  intros Ha. pose proof rate_pos as Pc. pose proof (Rinv_0_lt_compat _ Ha) as Pa.
  rewrite <- (Rmult_0_r (-1)). apply is_lim_scale.
  apply (is_lim_squeeze0 _ (fun t => / 2 * (E 0 / a + (E 0 / a + 2 * a / c)) * exp (- (c / 2) * t))).
  - intros t Ht. unfold budget.
    pose proof (weighted_loss t Ht) as W. pose proof (exp_pos (- (c / 2) * t)) as P1.
    pose proof (exp_pos (c / 2 * t)) as P2. pose proof (loss_nonneg t) as N.
    pose proof (loss_nonneg 0) as N0.
    apply (Rmult_le_compat_l (/ a)) in W; [|lra].
    assert (0 <= / a * (exp (c / 2 * t) * E t)) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]).
    assert (0 <= E 0 / a) by (apply Rmult_le_pos; lra).
    assert (0 < 2 * a / c) by (apply Rdiv_lt_0_compat; lra).
    assert (0 <= (E 0 / a + 2 * a / c) * exp (- (c / 2) * t)) by (apply Rmult_le_pos; lra).
    unfold Rdiv in *. lra.
  - apply is_lim_exp_decay. lra.
Qed.

Lemma limit_with_budget j l : (j < m)%nat -> (l < L)%nat ->
  exists x : R, is_lim (v j l) p_infty x /\
    forall a t, 0 < a -> 0 <= t -> Rabs (x - v j l t) <= (E 0 / a + a / c) * exp (- (c / 2) * t).
Proof.
  intros Hj Hl.
  assert (One : forall a, 0 < a -> exists x : R, is_lim (v j l) p_infty x /\
    forall t, 0 <= t -> Rabs (x - v j l t) <= (E 0 / a + a / c) * exp (- (c / 2) * t)).
  { intros a Ha.
    destruct (path_converges _ _ _ _ 0 (flow_path j l Hj Hl) (budget_path a)
                (fun u Hu => speed_budget a j l u Ha Hj Hl Hu) (budget_lim a Ha)) as [x [Hx B]].
    exists x. split; auto. intros t Ht. eapply Rle_trans; [apply B; auto|].
    pose proof (weighted_loss t Ht) as W. pose proof (Rinv_0_lt_compat _ Ha) as Pa.
    apply (Rmult_le_compat_l (/ a)) in W; [|lra]. unfold budget, Rdiv in *. lra. }
  destruct (One 1 ltac:(lra)) as [x [Hx _]]. exists x. split; auto.
  intros a t Ha Ht. destruct (One a Ha) as [x' [Hx' B]].
  rewrite (is_lim_same _ _ _ Hx Hx'). auto.
Qed.

(* R1, second half: every coordinate converges, at half the exponent of the loss *)
Lemma coordinates_converge j l : (j < m)%nat -> (l < L)%nat ->
  exists x : R, is_lim (v j l) p_infty x /\
    forall t, 0 <= t -> Rabs (x - v j l t) <= 2 * sqrt (E 0 / c) * exp (- (c / 2) * t).
Proof.
  intros Hj Hl. pose proof rate_pos as Pc. destruct (limit_with_budget j l Hj Hl) as [x [Hx B]].
  exists x. split; auto. intros t Ht. pose proof (exp_pos (- (c / 2) * t)) as Pe.
  destruct (Rle_lt_or_eq_dec 0 (E 0) (loss_nonneg 0)) as [P|Z].
  - set (s := sqrt (E 0 / c)).
    assert (Ps : 0 < s) by (apply sqrt_lt_R0, Rdiv_lt_0_compat; auto).
    assert (Ss : s * s = E 0 / c) by (apply sqrt_sqrt; left; apply Rdiv_lt_0_compat; auto).
    eapply Rle_trans; [apply (B (c * s) t); auto; nra|]. right. f_equal.
    replace (E 0) with (c * (s * s)) by (rewrite Ss; field; lra). field. lra.
  - rewrite <- Z. unfold Rdiv. rewrite Rmult_0_l, sqrt_0, Rmult_0_r, Rmult_0_l.
    apply le_epsilon. intros eps He.
    set (a := eps * c / exp (- (c / 2) * t)).
    assert (Pa : 0 < a) by (unfold a; apply Rdiv_lt_0_compat; auto; nra).
    eapply Rle_trans; [apply (B a t); auto|]. rewrite <- Z. right. unfold a. field. lra.
Qed.

(* the limit interpolates *)
Lemma limit_interpolates (w : nat -> nat -> R) :
  (forall j l, (j < m)%nat -> (l < L)%nat -> is_lim (v j l) p_infty (w j l)) ->
  forall i, (i < n)%nat -> Sum m (fun j => A i j * coefficient L w j) = y i.
Proof.
  intros Hw i Hi.
  assert (Lr : is_lim (r i) p_infty (Sum m (fun j => A i j * coefficient L w j) - y i)).
  { apply (is_lim_minus' (fun t => Sum m (fun j => A i j * rho j t)) (fun _ => y i));
      [|apply is_lim_const].
    apply (is_lim_Sum m (fun j t => A i j * rho j t) (fun j => A i j * coefficient L w j)).
    intros j Hj. apply is_lim_scale. apply (is_lim_Prod L (v j)). auto. }
  assert (L2 : is_lim (fun t => r i t * r i t) p_infty
     ((Sum m (fun j => A i j * coefficient L w j) - y i) * (Sum m (fun j => A i j * coefficient L w j) - y i))).
  { apply (is_lim_mult (r i) (r i) p_infty _ _ Lr Lr). simpl. auto. }
  assert (L0 : is_lim (fun t => r i t * r i t) p_infty 0).
  { apply (is_lim_squeeze0 _ (fun t => 2 * E 0 * exp (- c * t))).
    - intros t Ht. pose proof (residual_loss i t Hi). pose proof (loss_decay t Ht).
      pose proof (pow2_ge_0 (r i t)). lra.
    - apply is_lim_exp_decay, rate_pos. }
  pose proof (is_lim_same _ _ _ L2 L0) as Z. apply Rmult_integral in Z. lra.
Qed.
End Decay.
End Flow.
