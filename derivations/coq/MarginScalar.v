(* K0, the scalar argument: E = loss, N = |theta|^2, D = |gradient|^2, B = - <theta, gradient> with B^2 <= N D and
   B >= L E log(1/E). From E < 1 on, log(1/E)/N^(L/2) increases ([scalar_margin_increases]) and
   E(t) <= 1/(1/E(0) + c t) ([scalar_loss_bound]). Used by Margin.v, AlignedTimes.v, K2Direction.v. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths.
Open Scope R_scope.

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

(* |gradient|^2 / (E kappa) >= L B / N *)
Lemma speed_bound t : INR L * (B t / N t) <= D t / (E t * kappa t).
Proof.
  pose proof (N_pos t) as PN. pose proof (E_pos t) as PE. pose proof (kappa_pos t) as PK. pose proof (B_pos t) as PB.
  assert (PEK : 0 < E t * kappa t) by (apply Rmult_lt_0_compat; auto).
  apply (Rmult_le_reg_r (N t * (E t * kappa t))); [apply Rmult_lt_0_compat; auto|].
  replace (INR L * (B t / N t) * (N t * (E t * kappa t))) with (B t * (INR L * (E t * kappa t))) by (field; lra).
  replace (D t / (E t * kappa t) * (N t * (E t * kappa t))) with (N t * D t) by (field; lra).
  apply Rle_trans with (B t * B t).
  - apply Rmult_le_compat_l; [lra|]. apply B_large.
  - pose proof (cauchy_schwarz t) as C. simpl in C. lra.
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
End Scalar.
