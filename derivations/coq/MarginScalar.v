(* K0, the scalar argument: E = loss, N = |theta|^2, D = |gradient|^2, B = - <theta, gradient> with B^2 <= N D and
   B >= L E log(1/E). From E < 1 on, log(1/E)/N^(L/2) increases ([scalar_margin_increases]) and
   E(t) <= 1/(1/E(0) + c t) ([scalar_loss_bound]); if the first is bounded and N is not, gradient and parameters are
   almost parallel at late times ([scalar_window]). Used by Margin.v, AlignedTimes.v, K2Direction.v. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths.
Open Scope R_scope.

(* --- the loss sum_i exp(-f_i) of margins f_i --- *)
Lemma exp_sum_term n f i : (i < n)%nat -> exp (- f i) <= Sum n (fun i => exp (- f i)).
Proof. intros Hi. apply (Sum_term n (fun i => exp (- f i)) i Hi). intros; left; apply exp_pos. Qed.

Lemma exp_sum_pos n f : (0 < n)%nat -> 0 < Sum n (fun i => exp (- f i)).
Proof. intros Hn. eapply Rlt_le_trans; [apply exp_pos | apply (exp_sum_term n f 0 Hn)]. Qed.

Lemma log_sum_below n f i : (i < n)%nat -> - ln (Sum n (fun i => exp (- f i))) <= f i.
Proof.
  intros Hi. enough (- f i <= ln (Sum n (fun i => exp (- f i)))) by lra. rewrite <- (ln_exp (- f i)).
  destruct (exp_sum_term n f i Hi) as [Lt|Eq];
    [left; apply ln_increasing; auto; apply exp_pos | right; f_equal; exact Eq].
Qed.

Lemma exp_work_above n f : let loss := Sum n (fun i => exp (- f i)) in
  loss * - ln loss <= Sum n (fun i => exp (- f i) * f i).
Proof.
  intros loss. unfold loss at 1. rewrite <- Sum_scal_r. apply Sum_le. intros i Hi.
  apply Rmult_le_compat_l; [left; apply exp_pos | apply log_sum_below, Hi].
Qed.

(* increasing and bounded functions settle *)
Lemma bounded_settles (f : R -> R) K eps : (forall s t, 0 <= s <= t -> f s <= f t) -> (forall t, 0 <= t -> f t <= K) ->
  0 < eps ->
  exists T, 0 <= T /\ forall s t, T <= s <= t -> f t - f s < eps.
Proof.
  intros Inc Bd Pe. set (E := fun y => exists t, 0 <= t /\ y = f t).
  destruct (completeness E) as [l [Ub Least]].
  - exists K. intros y [t [Ht ->]]. auto.
  - exists (f 0), 0. split; [lra | reflexivity].
  - destruct (Classical_Prop.classic (exists t, 0 <= t /\ l - eps < f t)) as [[T [PT HT]]|No].
    + exists T. split; auto. intros s t Hst. pose proof (Inc T s ltac:(lra)).
      assert (f t <= l) by (apply Ub; exists t; split; [lra | reflexivity]). lra.
    + exfalso. assert (Ul : is_upper_bound E (l - eps)).
      { intros y [t [Ht ->]]. apply Rnot_lt_le. intros Lt. apply No. exists t. auto. }
      pose proof (Least _ Ul). lra.
Qed.

(* --- the scalar argument: E = loss, N = |theta|^2, D = |gradient|^2, B = - <theta, gradient> --- *)
Section Scalar.
Variables (L : nat) (E N D B : R -> R).
Hypothesis L_pos : (1 <= L)%nat.
Hypothesis E_path : path E (fun t => - D t).
Hypothesis N_path : path N (fun t => 2 * B t).
Hypothesis cauchy_schwarz : forall t, B t ^ 2 <= N t * D t.
Hypothesis D_nonneg : forall t, 0 <= D t.
Hypothesis N_nonneg : forall t, 0 <= N t.
Hypothesis E_pos : forall t, 0 < E t.
(* B = L sum_i exp(-f_i) f_i and f_i >= log(1/E) *)
Hypothesis B_large : forall t, INR L * (E t * - ln (E t)) <= B t.
Hypothesis before_zero : forall t, t <= 0 -> E t = E 0 /\ N t = N 0.
Hypothesis small : E 0 < 1.

Let kappa t := - ln (E t).

Lemma L_real : 1 <= INR L.
Proof. apply (le_INR 1). auto. Qed.

Lemma E_decreases s t : 0 <= s <= t -> E t <= E s.
Proof.
  intros H. enough (- E s <= - E t) by lra.
  apply (path_increasing (fun u => - E u) (fun u => D u)); auto.
  apply (path_ext (fun u => -1 * E u)); [intros; ring|].
  apply (path_eq _ _ _ (path_scal (-1) _ _ E_path)). intros; ring.
Qed.

Lemma E_small t : E t < 1.
Proof.
  destruct (Rle_dec t 0).
  - destruct (before_zero t ltac:(auto)) as [-> _]. auto.
  - pose proof (E_decreases 0 t ltac:(lra)). lra.
Qed.

Lemma kappa_pos t : 0 < kappa t.
Proof.
  unfold kappa. pose proof (ln_increasing (E t) 1 (E_pos t) (E_small t)) as I. rewrite ln_1 in I. lra.
Qed.

Lemma B_pos t : 0 < B t.
Proof.
  eapply Rlt_le_trans; [|apply B_large]. fold (kappa t).
  pose proof L_real. pose proof (kappa_pos t). pose proof (E_pos t).
  apply Rmult_lt_0_compat; [lra|]. apply Rmult_lt_0_compat; auto.
Qed.

Lemma N_pos t : 0 < N t.
Proof.
  destruct (Rle_lt_or_eq_dec 0 (N t) (N_nonneg t)) as [|Z]; auto. exfalso.
  pose proof (cauchy_schwarz t) as C. rewrite <- Z, Rmult_0_l in C.
  pose proof (pow_lt (B t) 2 (B_pos t)). lra.
Qed.

(* the derivative of log kappa is at least L / cos^2 times that of log |theta| *)
Lemma log_kappa_speed q t : q * B t ^ 2 <= N t * D t -> 0 <= q -> INR L * (q * (B t / N t)) <= D t / (E t * kappa t).
Proof.
  intros H Q. pose proof (N_pos t) as PN. pose proof (E_pos t) as PE. pose proof (kappa_pos t) as PK.
  pose proof (B_pos t) as PB. assert (PEK : 0 < E t * kappa t) by (apply Rmult_lt_0_compat; auto).
  apply (Rmult_le_reg_r (N t * (E t * kappa t))); [apply Rmult_lt_0_compat; auto|].
  replace (INR L * (q * (B t / N t)) * (N t * (E t * kappa t))) with (q * B t * (INR L * (E t * kappa t)))
    by (field; lra).
  replace (D t / (E t * kappa t) * (N t * (E t * kappa t))) with (N t * D t) by (field; lra).
  apply Rle_trans with (q * B t * B t); [|simpl in H; lra].
  apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|]. apply B_large.
Qed.

(* |gradient|^2 / (E kappa) >= L B / N *)
Lemma speed_bound t : INR L * (B t / N t) <= D t / (E t * kappa t).
Proof.
  pose proof (log_kappa_speed 1 t ltac:(rewrite Rmult_1_l; apply cauchy_schwarz) ltac:(lra)) as S.
  rewrite Rmult_1_l in S. exact S.
Qed.

Lemma path_ln f df : (forall t, 0 < f t) -> path f df -> path (fun t => ln (f t)) (fun t => df t / f t).
Proof.
  intros P [C Df]. split.
  - intros t. apply (continuous_comp f ln); auto.
    apply (ex_derive_continuous ln). exists (/ f t). apply is_derive_ln; auto.
  - intros t Ht. apply (is_derive_comp ln f t (/ f t) (df t)); auto. apply is_derive_ln; auto.
Qed.

Lemma kappa_path : path kappa (fun t => D t / E t).
Proof.
  apply (path_ext (fun t => -1 * ln (E t))); [intros; unfold kappa; ring|].
  apply (path_eq _ _ _ (path_scal (-1) _ _ (path_ln _ _ E_pos E_path))).
  intros t _. pose proof (E_pos t). field. lra.
Qed.

(* log kappa - (p/2) log N increases for every p <= L *)
Lemma log_margin_increases p s t : p <= INR L -> 0 <= s <= t ->
  ln (kappa s) - p / 2 * ln (N s) <= ln (kappa t) - p / 2 * ln (N t).
Proof.
  intros Hp Hst.
  assert (P : path (fun t => ln (kappa t) - p / 2 * ln (N t)) (fun t => D t / (E t * kappa t) - p * (B t / N t))).
  { apply (path_eq _ _ _ (path_minus _ _ _ _ (path_ln _ _ kappa_pos kappa_path)
                            (path_scal (p / 2) _ _ (path_ln _ _ N_pos N_path)))).
    intros u _. pose proof (N_pos u). pose proof (E_pos u). pose proof (kappa_pos u). field. lra. }
  apply (path_increasing _ _ s t P); auto. intros u _.
  pose proof (speed_bound u) as S. pose proof (B_pos u) as PB. pose proof (N_pos u) as PN.
  assert (0 < B u / N u) by (apply Rdiv_lt_0_compat; auto). nra.
Qed.

Theorem scalar_margin_increases s t : 0 <= s <= t ->
  kappa s / sqrt (N s) ^ L <= kappa t / sqrt (N t) ^ L.
Proof.
  intros H.
  assert (Log : forall u, kappa u / sqrt (N u) ^ L = exp (ln (kappa u) - INR L / 2 * ln (N u))).
  { intros u. pose proof (N_pos u) as PN. pose proof (sqrt_lt_R0 _ PN) as Ps.
    unfold Rminus. rewrite exp_plus, exp_ln by apply kappa_pos. unfold Rdiv at 1. f_equal.
    rewrite exp_Ropp. f_equal. rewrite <- Rpower_pow by auto. unfold Rpower. f_equal.
    rewrite <- (sqrt_sqrt (N u)) at 2 by lra. rewrite ln_mult by auto. field. }
  rewrite !Log.
  destruct (Rle_lt_or_eq_dec _ _ (log_margin_increases (INR L) s t ltac:(lra) H)) as [Lt|Eq].
  - left. apply exp_increasing; auto.
  - right. f_equal. auto.
Qed.

Lemma ratio_increases t : 0 <= t -> kappa 0 ^ 2 / N 0 <= kappa t ^ 2 / N t.
Proof.
  intros H.
  assert (Log : forall u, kappa u ^ 2 / N u = exp (2 * (ln (kappa u) - 1 / 2 * ln (N u)))).
  { intros u. pose proof (N_pos u) as PN. pose proof (kappa_pos u) as PK.
    replace (2 * (ln (kappa u) - 1 / 2 * ln (N u))) with (ln (kappa u) + ln (kappa u) + - ln (N u)) by field.
    rewrite !exp_plus, exp_Ropp, !exp_ln by auto. field. lra. }
  rewrite !Log.
  pose proof (log_margin_increases 1 0 t L_real ltac:(lra)) as I.
  destruct (Rle_lt_or_eq_dec _ _ I) as [Lt|Eq]; [left; apply exp_increasing; lra | right; rewrite Eq; reflexivity].
Qed.

Let c := (INR L * kappa 0) ^ 2 / N 0.

Lemma c_pos : 0 < c.
Proof.
  unfold c. apply Rdiv_lt_0_compat; [|apply N_pos]. apply pow_lt. apply Rmult_lt_0_compat; [|apply kappa_pos].
  pose proof L_real. lra.
Qed.

Theorem scalar_loss_bound t : 0 <= t -> E t <= / (/ E 0 + c * t).
Proof.
  intros Ht.
  assert (P : path (fun t => / E t - c * t) (fun t => D t / E t ^ 2 - c)).
  { assert (Pi : path (fun t => / E t) (fun t => D t / E t ^ 2)).
    { destruct E_path as [C De]. split.
      - intros u. apply (continuous_comp E Rinv); auto. pose proof (E_pos u).
        apply (ex_derive_continuous Rinv). exists (- / E u ^ 2). auto_derive; [lra|]. field. lra.
      - intros u Hu. pose proof (E_pos u).
        replace (D u / E u ^ 2) with (- (- D u) / E u ^ 2) by (field; lra).
        apply (is_derive_inv E u (- D u)); [auto | lra]. }
    apply (path_minus _ _ _ _ Pi).
    split; intros; [apply (ex_derive_continuous (fun t => c * t)); auto_derive; auto|].
    auto_derive; auto. ring. }
  pose proof (path_increasing _ _ 0 t P) as I. cbv beta in I.
  assert (H : forall u, 0 < u -> 0 <= D u / E u ^ 2 - c).
  { intros u Hu. pose proof (N_pos u) as PN. pose proof (E_pos u) as PE. pose proof (kappa_pos u) as PK.
    pose proof (ratio_increases u ltac:(lra)) as R. pose proof (speed_bound u) as S.
    pose proof (B_large u) as BL. fold (kappa u) in BL. pose proof L_real as L1.
    enough (c <= D u / E u ^ 2) by lra.
    apply Rle_trans with (INR L ^ 2 * (kappa u ^ 2 / N u)).
    - unfold c. replace ((INR L * kappa 0) ^ 2 / N 0) with (INR L ^ 2 * (kappa 0 ^ 2 / N 0))
        by (pose proof (N_pos 0); field; lra).
      apply Rmult_le_compat_l; auto. apply pow2_ge_0.
    - apply (Rmult_le_reg_r (/ (kappa u / E u))); [apply Rinv_0_lt_compat, Rdiv_lt_0_compat; auto|].
      replace (D u / E u ^ 2 * / (kappa u / E u)) with (D u / (E u * kappa u)) by (field; lra).
      eapply Rle_trans; [|exact S].
      replace (INR L ^ 2 * (kappa u ^ 2 / N u) * / (kappa u / E u))
        with (INR L * (INR L * (E u * kappa u) / N u)) by (field; lra).
      apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_r; auto. left. apply Rinv_0_lt_compat; auto. }
  specialize (I H ltac:(lra)). pose proof c_pos as Pc. pose proof (E_pos 0) as P0. pose proof (E_pos t) as Pt.
  rewrite <- (Rinv_inv (E t)).
  apply Rinv_le_contravar; [|lra].
  assert (0 < / E 0) by (apply Rinv_0_lt_compat; auto). nra.
Qed.

(* --- late times at which gradient and parameters are aligned: 1/cos^2 = N D / B^2 is almost 1 --- *)
Variable K : R.
(* the normalised margin is bounded, the norm is not *)
Hypothesis ceiling : forall t, - ln (E t) <= K * sqrt (N t) ^ L.
Hypothesis diverges : forall big, exists T, forall t, T < t -> big < sqrt (N t).

Let height t := / 2 * ln (N t).                      (* log |theta| *)
Let ratio t := ln (kappa t) - INR L * height t.      (* log(kappa/|theta|^L) *)
Let climb t := B t / N t.
Let gain t := D t / (E t * kappa t) - INR L * climb t.
Let tan2 t := N t * D t / B t ^ 2 - 1.

Lemma log_ceiling t : ln (kappa t) <= ln (Rmax 1 K) + INR L * ln (sqrt (N t)).
Proof.
  pose proof (N_pos t) as PN. pose proof (sqrt_lt_R0 _ PN) as Ps. pose proof (Rmax_l 1 K) as R1.
  pose proof (Rmax_r 1 K) as R2.
  rewrite <- ln_pow, <- ln_mult; auto; [|lra | apply pow_lt; auto].
  assert (Le : kappa t <= Rmax 1 K * sqrt (N t) ^ L).
  { eapply Rle_trans; [apply ceiling|]. apply Rmult_le_compat_r; auto. apply pow_le; lra. }
  destruct Le as [Lt|Eq]; [left; apply ln_increasing; auto; apply kappa_pos | right; f_equal; exact Eq].
Qed.

Lemma height_path : path height climb.
Proof.
  apply (path_eq _ _ _ (path_scal (/ 2) _ _ (path_ln _ _ N_pos N_path))).
  intros u _. pose proof (N_pos u). unfold climb. field. lra.
Qed.

Lemma ratio_path : path ratio gain.
Proof.
  apply (path_eq _ _ _ (path_minus _ _ _ _ (path_ln _ _ kappa_pos kappa_path)
    (path_scal (INR L) _ _ height_path))).
  intros u _. pose proof (E_pos u). pose proof (kappa_pos u). unfold gain. field. lra.
Qed.

Lemma climb_pos t : 0 < climb t.
Proof. apply Rdiv_lt_0_compat; [apply B_pos | apply N_pos]. Qed.

Lemma tan2_nonneg t : 0 <= tan2 t.
Proof.
  unfold tan2. pose proof (pow_lt _ 2 (B_pos t)) as P. pose proof (cauchy_schwarz t).
  enough (1 <= N t * D t / B t ^ 2) by lra. apply (Rmult_le_reg_r (B t ^ 2)); auto. unfold Rdiv.
  rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

Lemma gain_above t : INR L * (tan2 t * climb t) <= gain t.
Proof.
  pose proof (pow_lt _ 2 (B_pos t)) as P. pose proof (tan2_nonneg t) as Tn. pose proof (N_pos t).
  pose proof (B_pos t).
  pose proof (log_kappa_speed (tan2 t + 1) t) as S. fold (climb t) in S. unfold gain.
  enough (INR L * ((tan2 t + 1) * climb t) <= D t / (E t * kappa t)) by lra.
  apply S; [|lra]. right. unfold tan2. field. lra.
Qed.

Lemma gain_nonneg t : 0 <= gain t.
Proof.
  eapply Rle_trans; [|apply gain_above]. pose proof L_real. pose proof (tan2_nonneg t).
  pose proof (climb_pos t).
  apply Rmult_le_pos; [lra|]. apply Rmult_le_pos; [auto | lra].
Qed.

Lemma ratio_bounded t : ratio t <= ln (Rmax 1 K).
Proof.
  pose proof (log_ceiling t) as C. pose proof (N_pos t) as PN. pose proof (sqrt_lt_R0 _ PN) as Ps.
  unfold ratio, height. replace (/ 2 * ln (N t)) with (ln (sqrt (N t))); [lra|].
  rewrite <- (sqrt_sqrt (N t)) at 2 by lra. rewrite ln_mult by auto. field.
Qed.

(* from every late time on there is an aligned one before |theta| has grown by a factor e; a curve that moves at most
   as fast as tan (log |theta|)' stays close until then *)
Theorem scalar_window eta : 0 < eta -> exists T, 0 <= T /\ forall s, T <= s -> exists t, s <= t /\
  N t * D t < (1 + eta) * B t ^ 2 /\
  forall x dx, path x dx -> (forall u, 0 < u -> dx u ^ 2 <= tan2 u * climb u ^ 2) -> Rabs (x t - x s) <= eta.
Proof.
  intros Pe. pose proof L_real as L1.
  assert (Pd : 0 < INR L * Rmin eta (eta ^ 2)) by (apply Rmult_lt_0_compat;
    [lra | apply Rmin_glb_lt; [auto | apply pow_lt; auto]]).
  destruct (bounded_settles ratio (ln (Rmax 1 K)) (INR L * Rmin eta (eta ^ 2))) as [T [PT HT]]; auto.
  { intros s t Hst. apply (path_increasing _ _ s t ratio_path); auto. intros; apply gain_nonneg. }
  { intros; apply ratio_bounded. }
  exists T. split; auto. intros s Hs.
  (* the end of the window *)
  assert (Late : exists e, s <= e /\ height e = height s + 1).
  { destruct (diverges (exp (height s + 1))) as [T1 H1]. set (e := Rmax s T1 + 1). pose proof (Rmax_l s T1).
    pose proof (Rmax_r s T1).
    assert (He : height s + 1 <= height e).
    { specialize (H1 e ltac:(unfold e; lra)). apply ln_increasing in H1; [|apply exp_pos]. rewrite ln_exp in H1.
      pose proof (N_pos e) as PN. pose proof (sqrt_lt_R0 _ PN). unfold height.
      rewrite <- (sqrt_sqrt (N e)) by lra. rewrite ln_mult by auto. fold (height s). lra. }
    destruct (IVT_gen height s e (height s + 1)) as [y [Hy Ey]].
    - intros u. apply continuity_pt_filterlim, height_path.
    - rewrite Rmin_left, Rmax_right by lra. lra.
    - rewrite Rmin_left, Rmax_right in Hy by (unfold e; lra). exists y. split; [lra | auto]. }
  destruct Late as [e [Hse He]].
  assert (Some : exists t, s <= t <= e /\ N t * D t < (1 + eta) * B t ^ 2).
  { destruct (Classical_Prop.classic (exists t, s <= t <= e /\ N t * D t < (1 + eta) * B t ^ 2)) as [|No]; auto.
    exfalso.
    assert (Far : forall t, s < t < e -> eta <= tan2 t).
    { intros t Ht. apply Rnot_lt_le. intros Lt. apply No. exists t. split; [lra|]. unfold tan2 in Lt.
      pose proof (pow_lt _ 2 (B_pos t)) as P. pose proof (B_pos t).
      replace (N t * D t) with (N t * D t / B t ^ 2 * B t ^ 2) by (field; lra). apply Rmult_lt_compat_r; auto. lra. }
    pose proof (path_increasing_between (fun t => ratio t - INR L * eta * height t) _ s e
      (path_minus _ _ _ _ ratio_path (path_scal (INR L * eta) _ _ height_path)) ltac:(lra)) as I. cbv beta in I.
    assert (H : forall u, s < u < e -> 0 <= gain u - INR L * eta * climb u).
    { intros u Hu. pose proof (gain_above u) as Ga. pose proof (Far u Hu) as Fu. pose proof (climb_pos u) as Pc.
      pose proof (Rmult_le_compat_r (climb u) _ _ ltac:(lra) Fu) as M1.
      apply (Rmult_le_compat_l (INR L)) in M1; [|lra]. lra. }
    specialize (I H). rewrite He in I. pose proof (HT s e ltac:(lra)) as S. pose proof (Rmin_l eta (eta ^ 2)) as M.
    apply (Rmult_le_compat_l (INR L)) in M; [|lra]. lra. }
  destruct Some as [t [Hst Al]]. exists t. split; [lra|]. split; [exact Al|]. intros x dx Px Hx.
  (* |dx| <= (tan^2/eta + eta) climb / 2 *)
  eapply Rle_trans; [apply (path_dominated x dx (fun t => / (2 * eta * INR L) * ratio t + eta / 2 * height t)
    (fun t => / (2 * eta * INR L) * gain t + eta / 2 * climb t) s t Px)|].
  - apply path_plus; apply path_scal; [apply ratio_path | apply height_path].
  - intros u Hu. pose proof (tan2_nonneg u) as Tn. pose proof (climb_pos u) as Pc. pose proof (gain_above u) as Ga.
    pose proof (young (dx u) (tan2 u * climb u ^ 2) (/ (eta * climb u)) ltac:(apply Rinv_0_lt_compat, Rmult_lt_0_compat;
      auto) (Hx u Hu)) as Y.
    eapply Rle_trans; [exact Y|]. rewrite Rinv_inv.
    replace (/ 2 * (/ (eta * climb u) * (tan2 u * climb u ^ 2) + eta * climb u))
      with (/ (2 * eta * INR L) * (INR L * (tan2 u * climb u)) + eta / 2 * climb u) by (field; lra).
    apply Rplus_le_compat_r. apply Rmult_le_compat_l; auto. left. apply Rinv_0_lt_compat.
    repeat apply Rmult_lt_0_compat; lra.
  - lra.
  - assert (H1 : ratio t - ratio s < INR L * eta ^ 2).
    { eapply Rlt_le_trans; [apply HT; lra|]. apply Rmult_le_compat_l; [lra | apply Rmin_r]. }
    assert (H2 : height t - height s <= 1).
    { pose proof (path_increasing _ _ t e height_path ltac:(intros; left; apply climb_pos) ltac:(lra)). lra. }
    assert (P : 0 < / (2 * eta * INR L)) by (apply Rinv_0_lt_compat; repeat apply Rmult_lt_0_compat; lra).
    apply (Rmult_lt_compat_l (/ (2 * eta * INR L))) in H1; auto.
    replace (/ (2 * eta * INR L) * (INR L * eta ^ 2)) with (eta / 2) in H1 by (field; lra).
    apply (Rmult_le_compat_l (eta / 2)) in H2; [|lra]. lra.
Qed.
End Scalar.
