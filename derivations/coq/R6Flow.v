(* R6: two layers, one data point, any start. M(x) = U_1 diag(s) U_2^T, eta_l = U_l^T v_l(0) = (a, b),
   nu = - int r, g(x) = sum_j s_j ((a_j + b_j)^2 exp(2 s_j x) - (a_j - b_j)^2 exp(-2 s_j x))/4:
   nu tends to the zero of g - y, eta_1 to a cosh(s nu) + b sinh(s nu), eta_2 to b cosh(s nu) + a sinh(s nu). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias DepthPotential Regression Network.
Open Scope R_scope.

Section Output.
Variables (m : nat) (s a b : nat -> R).
Definition output_of (x : R) : R := / 4 * Sum m (fun j =>
  s j * ((a j + b j) ^ 2 * exp (2 * (s j * x)) - (a j - b j) ^ 2 * exp (- (2 * (s j * x))))).
Definition output_slope (x : R) : R := / 2 * Sum m (fun j =>
  s j ^ 2 * ((a j + b j) ^ 2 * exp (2 * (s j * x)) + (a j - b j) ^ 2 * exp (- (2 * (s j * x))))).

Lemma output_derive x : is_derive output_of x (output_slope x).
Proof.
  unfold output_of, output_slope.
  replace (/ 2 * Sum m (fun j => s j ^ 2 * ((a j + b j) ^ 2 * exp (2 * (s j * x)) + (a j - b j) ^ 2
    * exp (- (2 * (s j * x))))))
    with (/ 4 * Sum m (fun j =>
      2 * (s j ^ 2 * ((a j + b j) ^ 2 * exp (2 * (s j * x)) + (a j - b j) ^ 2 * exp (- (2 * (s j * x)))))))
    by (rewrite Sum_scal_l; field).
  apply (is_derive_scal (fun x => Sum m (fun j =>
    s j * ((a j + b j) ^ 2 * exp (2 * (s j * x)) - (a j - b j) ^ 2 * exp (- (2 * (s j * x))))))).
  induction m as [|p IH]; simpl; [apply (is_derive_const 0)|].
  apply (is_derive_plus (fun x => Sum p (fun j =>
    s j * ((a j + b j) ^ 2 * exp (2 * (s j * x)) - (a j - b j) ^ 2 * exp (- (2 * (s j * x)))))));
    [exact IH|]. auto_derive; auto. ring.
Qed.

Lemma output_slope_nonneg x : 0 <= output_slope x.
Proof.
  unfold output_slope. apply Rmult_le_pos; [lra|]. apply Sum_nonneg. intros k _.
  apply Rmult_le_pos; [apply pow2_ge_0|].
  apply Rplus_le_le_0_compat; apply Rmult_le_pos; try apply pow2_ge_0; left; apply exp_pos.
Qed.

Lemma exp_floor u c B : Rabs u <= B -> exp (- (c ^ 2 + B * (2 * Rabs c))) <= exp (2 * (c * u)) /\
  exp (- (c ^ 2 + B * (2 * Rabs c))) <= exp (- (2 * (c * u))).
Proof.
  intros H. assert (Q : Rabs (c * u) <= B * Rabs c)
    by (rewrite Rabs_mult, Rmult_comm; apply Rmult_le_compat_r; auto; apply Rabs_pos).
  apply Rabs_le_between in Q. pose proof (pow2_ge_0 c).
  assert (M : forall p q, p <= q -> exp p <= exp q).
  { intros p q [Lt| ->]; [left; apply exp_increasing; auto | right; reflexivity]. }
  split; apply M; lra.
Qed.

Lemma slope_floor j0 B : (j0 < m)%nat -> s j0 <> 0 -> (a j0 <> 0 \/ b j0 <> 0) ->
  exists c, 0 < c /\ forall x, Rabs x <= B -> c <= output_slope x.
Proof.
  intros Hj Hs Hab. exists (s j0 ^ 2 * (a j0 ^ 2 + b j0 ^ 2) * exp (- (s j0 ^ 2 + B * (2 * Rabs (s j0))))). split.
  - apply Rmult_lt_0_compat; [|apply exp_pos]. apply Rmult_lt_0_compat.
    + rewrite <- Rsqr_pow2. apply Rsqr_pos_lt; auto.
    + pose proof (pow2_ge_0 (a j0)). pose proof (pow2_ge_0 (b j0)).
      destruct Hab as [N|N]; apply Rsqr_pos_lt in N; rewrite Rsqr_pow2 in N; lra.
  - intros x Hx. destruct (exp_floor x (s j0) B Hx) as [E1 E2].
    set (e := exp (- (s j0 ^ 2 + B * (2 * Rabs (s j0))))) in *.
    unfold output_slope.
    pose proof (Sum_term m (fun j => s j ^ 2 * ((a j + b j) ^ 2 * exp (2 * (s j * x)) + (a j - b j) ^ 2
      * exp (- (2 * (s j * x))))) j0 Hj) as T.
    cbv beta in T.
    eapply Rle_trans; [|apply Rmult_le_compat_l; [lra|]; apply T].
    + pose proof (pow2_ge_0 (s j0)) as S0.
      assert (Q : (a j0 + b j0) ^ 2 * e + (a j0 - b j0) ^ 2 * e <=
        (a j0 + b j0) ^ 2 * exp (2 * (s j0 * x)) + (a j0 - b j0) ^ 2 * exp (- (2 * (s j0 * x)))).
      { apply Rplus_le_compat; apply Rmult_le_compat_l; auto; apply pow2_ge_0. }
      apply (Rmult_le_compat_l (s j0 ^ 2)) in Q; auto. nra.
    + intros k _. apply Rmult_le_pos; [apply pow2_ge_0|].
      apply Rplus_le_le_0_compat; apply Rmult_le_pos; try apply pow2_ge_0; left; apply exp_pos.
Qed.
End Output.

(* --- p' = s g q, q' = s g p: with nu the integral of g, (p +- q)_j grow as exp(+- s_j nu) --- *)
Section Pair.
Variables (m : nat) (s : nat -> R) (p q : nat -> R -> R) (pull : R -> R).
Hypothesis pull_continuous : forall t, continuous pull t.
Hypothesis p_path : forall j, (j < m)%nat -> path (p j) (fun t => s j * pull t * q j t).
Hypothesis q_path : forall j, (j < m)%nat -> path (q j) (fun t => s j * pull t * p j t).
Let nu t := RInt pull 0 t.

Lemma integral_path : path nu pull.
Proof.
  assert (D : forall t, is_derive nu t (pull t)) by (intros; apply primitive_derive; auto).
  split; auto. intros t. eapply continuous_of_derive, D.
Qed.

Lemma sum_grows j t e : (j < m)%nat -> 0 <= t -> e = 1 \/ e = -1 ->
  p j t + e * q j t = (p j 0 + e * q j 0) * exp (e * (s j * nu t)).
Proof.
  intros Hj Ht He. apply (sums_grow (p j) (q j) (fun t => s j * pull t) (fun t => s j * nu t)); auto;
    [apply path_scal, integral_path|].
  unfold nu. rewrite primitive_zero. ring.
Qed.

Lemma output_at_integral t : 0 <= t ->
  Sum m (fun j => s j * (p j t * q j t)) = output_of m s (fun j => p j 0) (fun j => q j 0) (nu t).
Proof.
  intros Ht. unfold output_of. rewrite <- Sum_scal_l. apply Sum_ext. intros j Hj.
  pose proof (sum_grows j t 1 Hj Ht ltac:(auto)) as G1. pose proof (sum_grows j t (-1) Hj Ht ltac:(auto)) as G2.
  assert (Q : p j t * q j t = / 4 * ((p j t + 1 * q j t) ^ 2 - (p j t + -1 * q j t) ^ 2)) by field.
  rewrite Q, G1, G2, !Rpow_mult_distr.
  assert (E : forall u, exp u ^ 2 = exp (2 * u))
    by (intros; replace (2 * u) with (u + u) by ring; rewrite exp_plus; ring).
  rewrite !E. replace (2 * (1 * (s j * nu t))) with (2 * (s j * nu t)) by ring.
  replace (2 * (-1 * (s j * nu t))) with (- (2 * (s j * nu t))) by ring.
  replace (p j 0 + 1 * q j 0) with (p j 0 + q j 0) by ring. replace (p j 0 + -1 * q j 0) with (p j 0 - q j 0) by ring.
  ring.
Qed.
End Pair.

Section Reduced.
Variables (m : nat) (s : nat -> R) (y : R) (v : nat -> nat -> R -> R).
Let A (_ j : nat) : R := s j.
Let Y (_ : nat) : R := y.
Hypothesis flow : extended_solution 2 m 1 A Y v.
Let a j := v j 0%nat 0.
Let b j := v j 1%nat 0.
Let r t := residual 2 m A Y (at_time v t) 0.
Let nu t := RInt (fun u => - r u) 0 t.
Let g := output_of m s a b.

Lemma layer_path j l : (j < m)%nat -> (l < 2)%nat -> path (v j l) (fun t => s j * - r t * v j (1 - l)%nat t).
Proof.
  intros Hj Hl. apply (path_eq _ _ _ (flow j l Hj Hl)). intros t _.
  unfold velocity, dual_gradient, ProdBut. destruct l as [|[|l]]; [| |lia]; cbn [Sum Prod Nat.eqb Nat.sub];
    fold (r t); change (A 0%nat j) with (s j); unfold at_time; ring.
Qed.

Lemma force_continuous t : continuous (fun u => - r u) t.
Proof. apply (continuous_opp r), (residual_path 2 m 1 A Y v flow 0). Qed.

Let first_path j Hj := layer_path j 0 Hj (le_n_S _ _ (le_S _ _ (le_n 0))).
Let second_path j Hj := layer_path j 1 Hj (le_n 2).

Lemma nu_path2 : path nu (fun t => - r t).
Proof. apply integral_path, force_continuous. Qed.

Lemma nu_zero : nu 0 = 0.
Proof. apply primitive_zero. Qed.

Lemma residual_of_nu t : 0 <= t -> r t = g (nu t) - y.
Proof.
  intros Ht. pose proof (output_at_integral m s (fun j => v j 0%nat) (fun j => v j 1%nat) _ force_continuous
    first_path second_path t Ht) as O.
  unfold r, residual, Y. f_equal. etransitivity; [|exact O]. apply Sum_ext. intros j _.
  unfold A, coefficient, at_time. cbn [Prod]. ring.
Qed.

Variables (target : R) (j0 : nat).
Hypothesis root : g target = y.
Hypothesis seen : (j0 < m)%nat /\ s j0 <> 0 /\ (v j0 0%nat 0 <> 0 \/ v j0 1%nat 0 <> 0).

Lemma distance_path : path (fun t => (nu t - target) ^ 2) (fun t => 2 * (nu t - target) * - r t).
Proof.
  apply (path_eq _ _ _ (path_sq _ _ (path_minus _ _ _ _ nu_path2 (path_const target)))). intros; ring.
Qed.

Lemma secant x : exists z, Rabs (z - target) <= Rabs (x - target) /\ g x - y = output_slope m s a b z * (x - target).
Proof.
  destruct (MVT_gen g target x (output_slope m s a b)) as [z [Hz E]].
  - intros; apply output_derive.
  - intros u _. apply continuity_pt_filterlim. eapply continuous_of_derive, output_derive.
  - exists z. split; [|rewrite root in E; exact E].
    destruct (Rle_dec target x).
    + rewrite Rmin_left, Rmax_right in Hz by lra. rewrite !Rabs_pos_eq by lra. lra.
    + rewrite Rmin_right, Rmax_left in Hz by lra. rewrite !Rabs_left1 by lra. lra.
Qed.

Lemma nu_bounded t : 0 <= t -> Rabs (nu t - target) <= Rabs target.
Proof.
  intros Ht. assert (M : (nu t - target) ^ 2 <= (nu 0 - target) ^ 2).
  { enough (-1 * (nu 0 - target) ^ 2 <= -1 * (nu t - target) ^ 2) by lra.
    apply (path_increasing _ _ 0 t (path_scal (-1) _ _ distance_path)); [|lra].
    intros u Hu. rewrite (residual_of_nu u) by lra. destruct (secant (nu u)) as [z [_ ->]].
    pose proof (output_slope_nonneg m s a b z). pose proof (pow2_ge_0 (nu u - target)). nra. }
  rewrite nu_zero in M. rewrite <- (Rabs_Ropp target). replace (- target) with (0 - target) by ring.
  apply Rsqr_le_abs_0. rewrite !Rsqr_pow2. exact M.
Qed.

Lemma nu_limit : is_lim nu p_infty target.
Proof.
  destruct seen as [Hj [Hs Hab]].
  destruct (slope_floor m s a b j0 (2 * Rabs target) Hj Hs Hab) as [c [Pc Hc]].
  assert (Dec : forall t, 0 <= t -> (nu t - target) ^ 2 <= target ^ 2 * exp (- (2 * c) * t)).
  { intros t Ht. pose proof (groenwall _ _ (2 * c) t distance_path) as G. cbv beta in G. rewrite nu_zero in G.
    replace ((0 - target) ^ 2) with (target ^ 2) in G by ring. apply G; auto.
    intros u Hu. rewrite (residual_of_nu u) by lra. destruct (secant (nu u)) as [z [Hz ->]].
    assert (Hz' : Rabs z <= 2 * Rabs target).
    { pose proof (nu_bounded u ltac:(lra)). pose proof (Rabs_triang (z - target) target) as T.
      replace (z - target + target) with z in T by ring. lra. }
    pose proof (Hc z Hz'). pose proof (pow2_ge_0 (nu u - target)). nra. }
  assert (L2 : is_lim (fun t => (nu t - target) ^ 2) p_infty 0).
  { apply (is_lim_squeeze0 _ (fun t => target ^ 2 * exp (- (2 * c) * t))).
    - intros t Ht. split; [apply pow2_ge_0 | apply Dec; auto].
    - apply is_lim_exp_decay. lra. }
  apply is_lim_spec. intros eps. apply is_lim_spec in L2.
  assert (Pe : 0 < eps ^ 2) by (apply pow_lt, cond_pos).
  destruct (L2 (mkposreal _ Pe)) as [M HM]. exists M. intros t Ht. specialize (HM t Ht). cbv beta in HM.
  rewrite Rminus_0_r, Rabs_pos_eq in HM by apply pow2_ge_0. change (pos (mkposreal (eps ^ 2) Pe)) with (eps ^ 2) in HM.
  pose proof (cond_pos eps). rewrite <- !Rsqr_pow2 in HM. apply Rsqr_lt_abs_0 in HM.
  rewrite (Rabs_pos_eq eps) in HM by lra. exact HM.
Qed.

Theorem two_layer_limits j : (j < m)%nat ->
  is_lim (v j 0%nat) p_infty (a j * cosh (s j * target) + b j * sinh (s j * target)) /\
  is_lim (v j 1%nat) p_infty (b j * cosh (s j * target) + a j * sinh (s j * target)).
Proof.
  intros Hj.
  assert (E : forall e, e = 1 \/ e = -1 ->
    is_lim (fun t => v j 0%nat t + e * v j 1%nat t) p_infty ((a j + e * b j) * exp (e * (s j * target)))).
  { intros e He. apply (is_lim_ext_loc (fun t => (a j + e * b j) * exp (e * (s j * nu t)))).
    - exists 0. intros t Ht. symmetry.
      apply (sum_grows m s (fun j => v j 0%nat) (fun j => v j 1%nat) _ force_continuous first_path second_path); auto;
        lra.
    - apply is_lim_scale. apply (is_lim_comp_continuous nu (fun x => exp (e * (s j * x)))); [apply nu_limit|].
      apply (ex_derive_continuous (fun x => exp (e * (s j * x)))). auto_derive; auto. }
  pose proof (E 1 ltac:(auto)) as P1. pose proof (E (-1) ltac:(auto)) as P2.
  split.
  - replace (a j * cosh (s j * target) + b j * sinh (s j * target)) with
      (/ 2 * ((a j + 1 * b j) * exp (1 * (s j * target)) + (a j + -1 * b j) * exp (-1 * (s j * target))))
      by (unfold cosh, sinh; replace (1 * (s j * target)) with (s j * target) by ring;
        replace (-1 * (s j * target)) with (- (s j * target)) by ring; field).
    apply (is_lim_ext (fun t => / 2 * ((v j 0%nat t + 1 * v j 1%nat t) + (v j 0%nat t + -1 * v j 1%nat t))));
      [intros; field|].
    apply is_lim_scale, is_lim_plus'; auto.
  - replace (b j * cosh (s j * target) + a j * sinh (s j * target)) with
      (/ 2 * ((a j + 1 * b j) * exp (1 * (s j * target)) - (a j + -1 * b j) * exp (-1 * (s j * target))))
      by (unfold cosh, sinh; replace (1 * (s j * target)) with (s j * target) by ring;
        replace (-1 * (s j * target)) with (- (s j * target)) by ring; field).
    apply (is_lim_ext (fun t => / 2 * ((v j 0%nat t + 1 * v j 1%nat t) - (v j 0%nat t + -1 * v j 1%nat t))));
      [intros; field|].
    apply is_lim_scale, is_lim_minus'; auto.
Qed.
End Reduced.

(* --- the gradient flow of any two-layer network at one data point, M(x) = sum_j s_j u_1j u_2j^T --- *)
Lemma one_point_reduction m k (s : nat -> R) U y v : orthonormal 2 m k U ->
  gradient_flow 2 1 m 1 k (fun j _ => s j) U (fun _ _ => 1) (fun _ => y) v ->
  extended_solution 2 m 1 (fun _ j => s j) (fun _ => y) (extend (reduced_path k U v)).
Proof.
  intros Orth Fl. pose proof (network_reduction 2 1 m 1 k _ U _ (fun _ => y) Orth v Fl) as Sol.
  replace (data_matrix 1 (fun j _ => s j) (fun _ _ => 1)) with (fun _ j : nat => s j) in Sol
    by (extensionality i; extensionality j; unfold data_matrix; simpl; ring).
  exact (extend_solution 2 m 1 _ _ _ Sol).
Qed.

Theorem two_layer_one_point
  (m : nat) (k : nat -> nat) (s : nat -> R) (U : nat -> nat -> nat -> R) (y : R) (v : nat -> nat -> R -> R)
  (target : R) (j0 : nat) :
  let S := fun j (_ : nat) => s j in let X := fun _ _ : nat => 1 in
  orthonormal 2 m k U ->
  gradient_flow 2 1 m 1 k S U X (fun _ => y) v ->
  let eta l j := Sum (k l) (fun c => U l c j * v l c 0) in
  output_of m s (eta 0%nat) (eta 1%nat) target = y ->
  (j0 < m)%nat /\ s j0 <> 0 /\ (eta 0%nat j0 <> 0 \/ eta 1%nat j0 <> 0) ->
  let new l j := (eta l j * cosh (s j * target) + eta (1 - l)%nat j * sinh (s j * target)) in
  forall l c, (l < 2)%nat -> (c < k l)%nat ->
    is_lim (v l c) p_infty (v l c 0 + Sum m (fun j => U l c j * (new l j - eta l j))).
Proof.
  intros S X Orth Fl eta Root Seen new l c Hl Hc.
  pose proof (one_point_reduction m k s U y v Orth Fl) as Ext. set (w := reduced_path k U v) in *.
  assert (W0 : forall j l, extend w j l 0 = eta l j) by (intros; unfold extend; rewrite Rmax_left by lra; reflexivity).
  assert (Lims : forall j, (j < m)%nat -> is_lim (w j l) p_infty (new l j)).
  { intros j Hj.
    destruct (two_layer_limits m s y (extend w) Ext target j0) with (j := j) as [L0 L1]; auto.
    - rewrite <- Root. unfold output_of. f_equal. apply Sum_ext. intros i _. rewrite !W0. reflexivity.
    - destruct Seen as [Hj0 [Hs Hab]]. rewrite !W0. auto.
    - rewrite !W0 in L0, L1.
      assert (Ex : forall q, is_lim (extend w j l) p_infty q -> is_lim (w j l) p_infty q).
      { intros q. apply (is_lim_ext_loc (extend w j l)). exists 0. intros t Ht. unfold extend.
        rewrite Rmax_right; auto; lra. }
      apply Ex. unfold new. destruct l as [|[|l]]; [exact L0 | exact L1 | lia]. }
  apply (is_lim_ext_loc (fun t => v l c 0 + Sum m (fun j => U l c j * (w j l t - w j l 0)))).
  - exists 0. intros t Ht. symmetry. apply (orthogonal_part 2 1 m 1 k S U X (fun _ => y) Orth v Fl); auto; lra.
  - apply is_lim_plus'; [apply is_lim_const|].
    apply (is_lim_Sum m (fun j t => U l c j * (w j l t - w j l 0)) (fun j => U l c j * (new l j - eta l j))).
    intros j Hj. apply is_lim_scale. apply is_lim_minus'; [apply Lims; auto | apply is_lim_const].
Qed.

