(* Woodworth et al. 2020: beta = u^D - v^D from u = v = a > 0 (the flow: PowerFlow.v).
   D = 2 ([squares_limit]): u + v and u - v are the layers of a two-layer network that starts at (2 a, 0): R2.
   D >= 3 ([powers_limit]): u and v side by side are D equal layers: R5 with ties (BalancedStart.v), hence
     beta_j = a_j^D ((1 - c_j)^(-D/(D-2)) - (1 + c_j)^(-D/(D-2))),   c_j = (D - 2) a_j^(D-2) (X^T nu)_j in (-1, 1). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt DepthPotential Regression Conserved LinearAlgebra Cluster PowerFlow
  BalancedStart.
Open Scope R_scope.

Lemma clock_limit (f : R -> R) d l : 0 < d -> is_lim (fun t => f (t / d)) p_infty l -> is_lim f p_infty l.
Proof.
  intros Pd H. apply (is_lim_ext (fun t => f (t * d / d))); [intros t; f_equal; field; lra|].
  apply (is_lim_comp (fun t => f (t / d)) (fun t => t * d) p_infty l p_infty); [exact H | |].
  - intros P [M HM]. exists (M / d). intros t Ht. apply HM. apply (Rmult_lt_compat_r d) in Ht; auto.
    unfold Rdiv in Ht. rewrite Rmult_assoc, Rinv_l, Rmult_1_r in Ht by lra. exact Ht.
  - exists 0. intros t _ E. discriminate.
Qed.

(* independent rows: every y is fitted *)
Lemma interpolator_exists m n X y mu : 0 < mu -> row_rank_bound m n X mu -> exists x, feasible m n X y x.
Proof.
  intros Pmu Rk. set (gram := (fun i j => Sum m (fun p => X i p * X j p)) : matrix).
  destruct (injective_surjective n gram y) as [k Hk].
  - intros z Hz. pose proof (Rk z) as R.
    assert (E : Sum m (fun j => Sum n (fun i => X i j * z i) ^ 2) = Sum n (fun i => z i * apply_matrix n gram z i)).
    { rewrite (Sum_ext n _ (fun i => Sum m (fun p => z i * X i p * Sum n (fun j => X j p * z j)))).
      - rewrite Sum_swap. apply Sum_ext. intros p _. rewrite Sum_scal_r.
        rewrite (Sum_ext n (fun i => z i * X i p) (fun i => X i p * z i)) by (intros; ring). ring.
      - intros i _. unfold apply_matrix, gram. rewrite <- Sum_scal_l.
        rewrite (Sum_ext n _ (fun j => Sum m (fun p => z i * X i p * (X j p * z j)))).
        + rewrite Sum_swap. apply Sum_ext. intros p _. apply Sum_scal_l.
        + intros j _. rewrite <- Sum_scal_r, <- Sum_scal_l. apply Sum_ext. intros; ring. }
    rewrite E, (Sum_zero n (fun i => z i * apply_matrix n gram z i)) in R by (intros i Hi; rewrite Hz by auto; ring).
    intros i Hi. pose proof (Sum_term n (fun i => z i ^ 2) i Hi ltac:(intros; apply pow2_ge_0)) as T. cbv beta in T.
    pose proof (pow2_ge_0 (z i)). assert (z i ^ 2 = 0) by nra. destruct (Req_dec (z i) 0) as [|N]; auto.
    pose proof (pow2_gt_0 _ N). lra.
  - exists (fun p => Sum n (fun j => X j p * k j)). intros i Hi. rewrite <- (Hk i Hi). unfold apply_matrix, gram.
    rewrite (Sum_ext m _ (fun p => Sum n (fun j => X i p * X j p * k j)))
      by (intros p _; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
    rewrite Sum_swap. apply Sum_ext. intros j _. apply Sum_scal_r.
Qed.

Section Woodworth.
Variables (m n : nat) (X : nat -> nat -> R) (y a : nat -> R) (mu : R) (v : nat -> nat -> R -> R).
Hypothesis a_pos : forall j, (j < m)%nat -> 0 < a j.
Hypothesis mu_pos : 0 < mu.
Hypothesis rank : row_rank_bound m n X mu.
Hypothesis start : forall l j, (l < 2)%nat -> (j < m)%nat -> v l j 0 = a j.

(* --- squares --- *)
Definition sum_and_difference (j l : nat) (t : R) : R :=
  if Nat.eqb l 0 then v 0%nat j (t / 2) + v 1%nat j (t / 2) else v 0%nat j (t / 2) - v 1%nat j (t / 2).

Lemma squares_solution : power_gradient_flow 2 m n X y v -> solution 2 m n X y sum_and_difference.
Proof.
  intros Fl. pose proof (power_solution 2 m n X y v ltac:(lia) Fl) as Sol.
  set (U := doubled 2 m v) in *.
  assert (E0 : forall j l t, (j < m)%nat -> U j l t = v 0%nat j (t / 2)).
  { intros j l t Hj. unfold U, doubled. destruct (Nat.ltb_spec j m); [reflexivity | lia]. }
  assert (E1 : forall j l t, (j < m)%nat -> U (m + j)%nat l t = v 1%nat j (t / 2)).
  { intros j l t Hj. unfold U, doubled. destruct (Nat.ltb_spec (m + j) m); [lia|].
    replace (m + j - m)%nat with j by lia. reflexivity. }
  assert (Re : forall t i, residual 2 (m + m) (side_by_side m X) y (at_time U t) i =
    residual 2 m X y (at_time sum_and_difference t) i).
  { intros t i. unfold residual. f_equal. rewrite Sum_sides. apply Sum_ext. intros j Hj.
    rewrite side_low, side_high by auto. unfold coefficient, at_time, sum_and_difference. cbn [Prod Nat.eqb].
    rewrite !E0, !E1 by auto. ring. }
  assert (Pull : forall t j, dual_gradient 2 (m + m) n (side_by_side m X) y (at_time U t) (m + j)%nat =
    - dual_gradient 2 m n X y (at_time sum_and_difference t) j).
  { intros t j. unfold dual_gradient. rewrite <- Sum_opp. apply Sum_ext. intros i _. rewrite side_high, Re. ring. }
  assert (Pull0 : forall t j, (j < m)%nat -> dual_gradient 2 (m + m) n (side_by_side m X) y (at_time U t) j =
    dual_gradient 2 m n X y (at_time sum_and_difference t) j).
  { intros t j Hj. unfold dual_gradient. apply Sum_ext. intros i _. rewrite side_low, Re by auto. reflexivity. }
  intros j l Hj Hl.
  destruct (Sol j 0%nat ltac:(lia) ltac:(lia)) as [C0 D0]. destruct (Sol (m +
    j)%nat 0%nat ltac:(lia) ltac:(lia)) as [C1 D1].
  set (s := if Nat.eqb l 0 then 1 else -1).
  assert (Es : forall t, sum_and_difference j l t = U j 0%nat t + s * U (m + j)%nat 0%nat t).
  { intros t. rewrite E0, E1 by auto. unfold sum_and_difference, s. destruct (Nat.eqb l 0); ring. }
  split.
  - rewrite Es. apply (filterlim_ext (fun t => U j 0%nat t + s * U (m + j)%nat 0%nat t)); [intros; symmetry; apply Es|].
    apply (tends_plus (at_right 0) (U j 0%nat)); [exact C0 | apply (tends_scale (at_right 0)); exact C1].
  - intros t Ht. apply (is_derive_ext (fun t => U j 0%nat t + s * U (m + j)%nat 0%nat t)); [intros; symmetry;
      apply Es|].
    replace (velocity 2 m n X y (at_time sum_and_difference t) j l) with
      (velocity 2 (m + m) n (side_by_side m X) y (at_time U t) j 0 +
       s * velocity 2 (m + m) n (side_by_side m X) y (at_time U t) (m + j)%nat 0).
    + apply (is_derive_plus (U j 0%nat) (fun t => s * U (m + j)%nat 0%nat t)); [apply D0, Ht|].
      apply (is_derive_scal (U (m + j)%nat 0%nat)), D1, Ht.
    + unfold velocity. rewrite Pull, Pull0 by auto. unfold ProdBut, at_time, sum_and_difference, s.
      destruct l as [|[|l]]; [| |lia]; cbn [Prod Nat.eqb]; rewrite E0, E1 by auto; ring.
Qed.

Lemma squares_limit : power_gradient_flow 2 m n X y v ->
  let Q x := Sum m (fun j => (2 * a j) ^ 2 * HL 2 (x j / (2 * a j) ^ 2)) in
  exists beta : nat -> R,
    (forall j, (j < m)%nat -> is_lim (fun t => power_coefficient 2 (fun l j => v l j t) j) p_infty (beta j)) /\
    feasible m n X y beta /\
    (forall x, feasible m n X y x -> (forall j, (j < m)%nat -> x j = beta j) \/ Q beta < Q x).
Proof.
  intros Fl Q.
  destruct (implicit_bias_regression 2 m n X y sum_and_difference 1 (fun j => 2 * a j) mu (Nat.le_refl 2)
    (squares_solution Fl) Rlt_0_1) as [w [nu [_ [Lim [Feas [_ Min]]]]]]; auto.
  - intros j Hj. pose proof (a_pos j Hj). lra.
  - intros j l Hj Hl. replace l with 0%nat by lia. unfold sum_and_difference. cbn [Nat.eqb].
    replace (0 / 2) with 0 by field. rewrite !start by (auto; lia). ring.
  - intros j Hj. unfold sum_and_difference. cbn [Nat.eqb Nat.sub]. replace (0 / 2) with 0 by field.
    rewrite !start by (auto; lia). ring.
  - exists (coefficient 2 w).
    assert (Eq : forall x, 1 ^ 2 * Sum m (fun j => (2 * a j) ^ 2 * HL 2 (x j / (1 * Rabs (2 * a j)) ^ 2)) = Q x).
    { intros x. rewrite pow1, Rmult_1_l. apply Sum_ext. intros j Hj. pose proof (a_pos j Hj).
      rewrite Rmult_1_l, Rabs_pos_eq by lra. reflexivity. }
    split; [|split; [exact Feas|]].
    + intros j Hj. apply (clock_limit _ 2); [lra|].
      apply (is_lim_ext (fun t => Prod 2 (fun l => sum_and_difference j l t))).
      * intros t. unfold sum_and_difference, power_coefficient. cbn [Prod Nat.eqb]. ring.
      * apply (is_lim_Prod 2 (sum_and_difference j)). intros l Hl. apply Lim; auto.
    + intros x Fx. rewrite <- !Eq. apply (Min x Fx).
Qed.

(* --- powers --- *)
Definition power_of_dual (D : nat) (c : R) : R :=
  Rpower (1 - c) (- (INR D / INR (D - 2))) - Rpower (1 + c) (- (INR D / INR (D - 2))).

Lemma power_of_balanced_dual D b q s : (3 <= D)%nat -> 0 < b -> 0 < q -> balanced_dual D b q = s ->
  0 < 1 - INR (D - 2) * b ^ (D - 2) * s /\
  q ^ D = b ^ D * Rpower (1 - INR (D - 2) * b ^ (D - 2) * s) (- (INR D / INR (D - 2))).
Proof.
  intros HD Pb Pq E. unfold balanced_dual in E. destruct (Nat.eqb_spec D 2) as [|_]; [lia|].
  assert (PK : 0 < INR (D - 2)) by (apply lt_0_INR; lia).
  pose proof (pow_lt b (D - 2) Pb) as B. pose proof (pow_lt q (D - 2) Pq) as P.
  assert (V : 1 - INR (D - 2) * b ^ (D - 2) * s = b ^ (D - 2) / q ^ (D - 2)) by (rewrite <- E; field; repeat split;
    lra).
  assert (Pv : 0 < b ^ (D - 2) / q ^ (D - 2)) by (apply Rdiv_lt_0_compat; auto).
  split; [rewrite V; exact Pv|]. rewrite V.
  rewrite <- !Rpower_pow by auto. unfold Rpower, Rdiv.
  rewrite ln_mult, ln_Rinv, !ln_exp by (auto using Rinv_0_lt_compat, exp_pos). rewrite <- exp_plus. f_equal. field. lra.
Qed.

Lemma powers_limit D : (3 <= D)%nat -> power_gradient_flow D m n X y v ->
  exists beta nu : nat -> R,
    (forall j, (j < m)%nat -> is_lim (fun t => power_coefficient D (fun l j => v l j t) j) p_infty (beta j)) /\
    feasible m n X y beta /\
    forall j, (j < m)%nat ->
      let c := INR (D - 2) * a j ^ (D - 2) * Sum n (fun i => X i j * nu i) in
      -1 < c < 1 /\ beta j = a j ^ D * power_of_dual D c.
Proof.
  intros HD Fl. pose proof (power_solution D m n X y v ltac:(lia) Fl) as Sol.
  assert (PD : 0 < INR D) by (apply lt_0_INR; lia).
  destruct (interpolator_exists m n X y mu mu_pos rank) as [x Fx].
  set (A := side_by_side m X) in *. set (U := doubled D m v) in *.
  set (xx := fun k => if Nat.ltb k m then (Rabs (x k) + x k) / 2 +
    1 else (Rabs (x (k - m)%nat) - x (k - m)%nat) / 2 + 1).
  set (aa := fun k => if Nat.ltb k m then a k else a (k - m)%nat).
  destruct (equal_factors D (m + m) n A y aa xx U mu) as [rate [_ [_ [q [nu [Lim [Feas [Dual _]]]]]]]]; auto.
  - lia.
  - intros k Hk. unfold aa. destruct (Nat.ltb_spec k m); apply a_pos; lia.
  - intros k l Hk Hl. unfold U, doubled, aa. replace (0 / INR D) with 0 by (field; lra).
    destruct (Nat.ltb_spec k m); apply start; lia.
  - intros i Hi. rewrite <- (Fx i Hi). rewrite Sum_sides. apply Sum_ext. intros j Hj.
    unfold A. rewrite side_low, side_high by auto. unfold xx. destruct (Nat.ltb_spec j m); [|lia].
    destruct (Nat.ltb_spec (m + j) m); [lia|]. replace (m + j - m)%nat with j by lia. field.
  - intros k _. unfold xx. destruct (Nat.ltb k m); [pose proof (Rle_abs (- x k)) as P |
      pose proof (Rle_abs (x (k - m)%nat)) as P]; rewrite ?Rabs_Ropp in P; lra.
  - intros z. eapply Rle_trans; [apply (rank z)|]. rewrite Sum_sides. apply Sum_le. intros j Hj.
    unfold A. rewrite (Sum_ext n (fun i => side_by_side m X i j * z i) (fun i => X i j * z i))
      by (intros; rewrite side_low; auto).
    pose proof (pow2_ge_0 (Sum n (fun i => side_by_side m X i (m + j) * z i))). lra.
  - exists (fun j => q j ^ D - q (m + j)%nat ^ D), nu. split; [|split].
    + intros j Hj. apply (clock_limit _ (INR D)); [exact PD|].
      apply (is_lim_ext (fun t => coefficient D (at_time U t) j - coefficient D (at_time U t) (m + j)%nat)).
      * intros t. unfold coefficient, at_time, U, doubled. rewrite !Prod_const. unfold power_coefficient.
        destruct (Nat.ltb_spec j m); [|lia]. destruct (Nat.ltb_spec (m + j) m); [lia|].
        replace (m + j - m)%nat with j by lia. reflexivity.
      * apply is_lim_minus'; apply Lim; lia.
    + intros i Hi. rewrite <- (Feas i Hi), Sum_sides. apply Sum_ext. intros j Hj. unfold A.
      rewrite side_low, side_high by auto. ring.
    + intros j Hj. cbv zeta. set (s := Sum n (fun i => X i j * nu i)).
      pose proof (Dual j ltac:(lia)) as D0. pose proof (Dual (m + j)%nat ltac:(lia)) as D1.
      unfold A in D0, D1.
      rewrite (Sum_ext n _ (fun i => X i j * nu i)) in D0 by (intros; rewrite side_low; auto).
      rewrite (Sum_ext n _ (fun i => - (X i j * nu i))) in D1 by (intros; rewrite side_high; ring).
      rewrite Sum_opp in D1. fold s in D0, D1.
      assert (Ea : aa j = a j /\ aa (m + j)%nat = a j).
      { unfold aa. destruct (Nat.ltb_spec j m); [|lia]. destruct (Nat.ltb_spec (m + j) m); [lia|].
        replace (m + j - m)%nat with j by lia. auto. }
      destruct Ea as [E0 E1]. rewrite E0 in D0. rewrite E1 in D1.
      destruct (power_of_balanced_dual D (a j) (q j) s HD (a_pos j Hj) (proj1 (Lim j ltac:(lia))) D0) as [P0 Q0].
      destruct (power_of_balanced_dual D (a j) (q (m + j)%nat) (- s) HD (a_pos j Hj)
        (proj1 (Lim (m + j)%nat ltac:(lia))) D1) as [P1 Q1].
      replace (1 - INR (D - 2) * a j ^ (D - 2) * - s) with (1 + INR (D - 2) * a j ^ (D - 2) * s) in P1, Q1 by ring.
      split; [lra|]. unfold power_of_dual. rewrite Q0, Q1. ring.
Qed.
End Woodworth.

(* power_of_dual increases *)
Lemma power_of_dual_increasing D c d : (3 <= D)%nat -> -1 < c -> c < d -> d < 1 ->
  power_of_dual D c < power_of_dual D d.
Proof.
  intros HD Pc Lt Pd. unfold power_of_dual.
  assert (PK : 0 < INR D / INR (D - 2)) by (apply Rdiv_lt_0_compat; apply lt_0_INR; lia).
  set (p := INR D / INR (D - 2)) in *.
  assert (Dec : forall x z, 0 < x -> x < z -> Rpower z (- p) < Rpower x (- p)).
  { intros x z Px L. unfold Rpower. apply exp_increasing. pose proof (ln_increasing x z Px L). nra. }
  pose proof (Dec (1 - d) (1 - c) ltac:(lra) ltac:(lra)). pose proof (Dec (1 + c) (1 + d) ltac:(lra) ltac:(lra)). lra.
Qed.
