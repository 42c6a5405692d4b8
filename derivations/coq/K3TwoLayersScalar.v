(* The scalar argument behind the l1 margin of two layers: F the loss, kappa = log(1/F), Psi a size of the
   parameters, T = int F, W = Psi' = sum_i exp(-m_i) m_i, D = -F'. If F -> 0 and Psi >= c0 exp(rate T), then
   kappa/Psi does not decrease once kappa >= 0 (Cauchy and Schwarz), and exceeds every c < rate:
   otherwise Psi' <= (c Psi + log n) F, so Psi <= const exp(c T), T is bounded, and with it Psi and kappa.
   Hence (1/F)' >= kappa^2/Psi >= c log(1/F), and F(t) <= 1/(c t log t) for every c < rate and all late t. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Potential Quasinorm.
Open Scope R_scope.

Lemma div_mul a b : b <> 0 -> a / b * b = a.
Proof. intros H. field. exact H. Qed.

Lemma increasing_after f df s t : (forall u, s <= u -> is_derive f u (df u)) ->
  (forall u, s <= u -> 0 <= df u) -> s <= t -> f s <= f t.
Proof.
  intros D P Hst. destruct (MVT_gen f s t df) as [c [Hc E]].
  - intros u Hu. rewrite Rmin_left in Hu by lra. apply D. lra.
  - intros u Hu. rewrite Rmin_left in Hu by lra. apply continuity_pt_filterlim.
    eapply continuous_of_derive, D. lra.
  - rewrite Rmin_left in Hc by lra. pose proof (P c ltac:(lra)). nra.
Qed.

(* s exp(2w)/8 - c w is bounded below *)
Lemma tilt_bound s c w x : 0 < s -> 0 <= c -> 0 <= x -> s * exp (2 * w) / 8 <= x -> - (2 * c ^ 2 / s) <= x - c * w.
Proof.
  intros Ps Pc Px H. assert (Q : 0 <= 2 * c ^ 2 / s).
  { apply Rmult_le_pos; [pose proof (pow2_ge_0 c); lra | left; apply Rinv_0_lt_compat; auto]. }
  destruct (Rle_dec 0 w) as [Pw|Nw]; [|nra].
  assert (W2 : w ^ 2 <= exp (2 * w)).
  { replace (2 * w) with (w + w) by ring. rewrite exp_plus. pose proof (exp_above w). nra. }
  assert (Sq : s * w ^ 2 / 8 - c * w + 2 * c ^ 2 / s = s / 8 * (w - 4 * c / s) ^ 2) by (field; lra).
  assert (0 <= s / 8 * (w - 4 * c / s) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
  assert (s * w ^ 2 <= s * exp (2 * w)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Lemma bounded_sum N (f : nat -> R -> R) :
  (forall j, (j < N)%nat -> exists C, forall t, 0 <= t -> - C <= f j t) ->
  exists C, forall t, 0 <= t -> - C <= Sum N (fun j => f j t).
Proof.
  induction N as [|N IH]; intros H; simpl.
  - exists 0. intros; lra.
  - destruct (IH ltac:(auto)) as [C HC]. destruct (H N ltac:(lia)) as [C' HC']. exists (C + C').
    intros t Ht. pose proof (HC t Ht). pose proof (HC' t Ht). lra.
Qed.

Section Scalar.
Variables (F Psi D W T : R -> R) (slack rate c0 : R).
Let kappa t := - ln (F t).
Hypothesis F_path : path F (fun t => - D t).
Hypothesis Psi_path : path Psi W.
Hypothesis T_path : path T F.
Hypothesis F_pos : forall t, 0 < F t.
Hypothesis work_below : forall t, F t * kappa t <= W t.
Hypothesis work_above : forall t, W t <= F t * (kappa t + slack).
Hypothesis cauchy_schwarz : forall t, W t ^ 2 <= Psi t * D t.
Hypothesis D_nonneg : forall t, 0 <= D t.
Hypothesis slack_nonneg : 0 <= slack.
Hypothesis c0_pos : 0 < c0.
Hypothesis Psi_large : forall t, 0 <= t -> c0 * exp (rate * T t) <= Psi t.
Hypothesis F_vanishes : is_lim F p_infty 0.

Lemma Psi_positive t : 0 <= t -> 0 < Psi t.
Proof.
  intros Ht. eapply Rlt_le_trans; [|apply Psi_large; auto]. apply Rmult_lt_0_compat; auto. apply exp_pos.
Qed.

Lemma kappa_derive t : 0 < t -> is_derive kappa t (D t / F t).
Proof.
  intros Ht. pose proof (F_pos t) as Pf. destruct F_path as [_ DF].
  replace (D t / F t) with (- (- D t * / F t)) by (field; lra).
  apply (is_derive_opp (fun t => ln (F t))). apply (is_derive_comp ln F t (/ F t) (- D t)); auto.
  apply is_derive_ln; auto.
Qed.

Lemma kappa_increases s t : 0 < s <= t -> kappa s <= kappa t.
Proof.
  intros H. apply (increasing_after _ (fun u => D u / F u)); [intros; apply kappa_derive; lra | | lra].
  intros u _. apply Rmult_le_pos; auto. left. apply Rinv_0_lt_compat; auto.
Qed.

Lemma ratio_increases s t : 0 < s <= t -> 0 <= kappa s -> kappa s / Psi s <= kappa t / Psi t.
Proof.
  intros H Ks.
  apply (increasing_after (fun u => kappa u / Psi u)
    (fun u => (D u / F u * Psi u - kappa u * W u) / Psi u ^ 2)); [| | lra].
  - intros u Hu. pose proof (Psi_positive u ltac:(lra)). destruct Psi_path as [_ DP].
    apply (is_derive_div kappa Psi u); [apply kappa_derive; lra | apply DP; lra | lra].
  - intros u Hu. pose proof (Psi_positive u ltac:(lra)) as Pp. pose proof (F_pos u) as Pf.
    pose proof (kappa_increases s u ltac:(lra)) as Ku. pose proof (work_below u) as Wb.
    pose proof (cauchy_schwarz u) as CS.
    assert (Pw : 0 <= W u) by (pose proof (Rmult_le_pos (F u) (kappa u) ltac:(lra) ltac:(lra)); lra).
    apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat, pow_lt; auto].
    apply (Rmult_le_reg_l (F u)); auto. rewrite Rmult_0_r.
    replace (F u * (D u / F u * Psi u - kappa u * W u)) with (Psi u * D u - F u * kappa u * W u) by (field; lra).
    assert (F u * kappa u * W u <= W u * W u) by (apply Rmult_le_compat_r; auto). lra.
Qed.

(* arbitrarily late kappa > c Psi *)
Lemma ratio_reached c t1 : 0 < c < rate -> 0 < t1 -> exists t, t1 <= t /\ c * Psi t < kappa t.
Proof.
  intros Hc Ht1.
  destruct (Classical_Prop.classic (exists t, t1 <= t /\ c * Psi t < kappa t)) as [|N]; auto. exfalso.
  assert (Le : forall t, t1 <= t -> kappa t <= c * Psi t).
  { intros t Ht. apply Rnot_lt_le. intros Lt. apply N. exists t. auto. }
  set (Y := fun t => (c * Psi t + slack) * exp (- c * T t)).
  assert (Dec : forall t, t1 <= t -> Y t <= Y t1).
  { intros t Ht. enough (- Y t1 <= - Y t) by lra.
    apply (increasing_after (fun t => - Y t) (fun t => exp (- c * T t) * (c * (F t * (c * Psi t + slack) - W t))));
      auto.
    - intros u Hu. destruct Psi_path as [_ DP]. destruct T_path as [_ DT].
      assert (D1 : is_derive (fun t => c * Psi t + slack) u (c * W u)).
      { replace (c * W u) with (c * W u + 0) by ring.
        apply (is_derive_plus (fun t => c * Psi t) (fun _ => slack)); [|apply (is_derive_const slack)].
        apply (is_derive_scal Psi), DP. lra. }
      assert (D2 : is_derive (fun t => exp (- c * T t)) u (- c * F u * exp (- c * T u))).
      { apply (is_derive_comp exp (fun t => - c * T t));
          [apply is_derive_exp | apply (is_derive_scal T); apply DT; lra]. }
      replace (exp (- c * T u) * (c * (F u * (c * Psi u + slack) - W u)))
        with (- (c * W u * exp (- c * T u) + (c * Psi u + slack) * (- c * F u * exp (- c * T u)))) by ring.
      apply (is_derive_opp Y). apply (is_derive_mult (fun t => c * Psi t + slack) (fun t => exp (- c * T t))); auto.
      intros; apply Rmult_comm.
    - intros u Hu. apply Rmult_le_pos; [left; apply exp_pos|]. apply Rmult_le_pos; [lra|].
      pose proof (work_above u) as Wa. pose proof (Le u Hu) as Lu.
      assert (F u * (kappa u + slack) <= F u * (c * Psi u + slack))
        by (apply Rmult_le_compat_l; [left; apply F_pos | lra]).
      lra. }
  set (K := Y t1) in *.
  assert (Up : forall t, t1 <= t -> c * Psi t + slack <= K * exp (c * T t)).
  { intros t Ht. pose proof (Dec t Ht) as B. unfold Y in B. pose proof (exp_pos (c * T t)) as Pe.
    apply (Rmult_le_compat_r (exp (c * T t))) in B; [|lra]. rewrite Rmult_assoc, <- exp_plus in B.
    replace (- c * T t + c * T t) with 0 in B by ring. rewrite exp_0, Rmult_1_r in B. exact B. }
  assert (PK : 0 < K).
  { unfold K, Y. apply Rmult_lt_0_compat; [|apply exp_pos]. pose proof (Psi_positive t1 ltac:(lra)).
    pose proof (Rmult_lt_0_compat c (Psi t1)). lra. }
  set (B := K / (c * c0) / (rate - c)).
  assert (Pcc : 0 < c * c0) by (apply Rmult_lt_0_compat; lra).
  assert (Tb : forall t, t1 <= t -> T t <= B).
  { intros t Ht. pose proof (Up t Ht) as U. pose proof (Psi_large t ltac:(lra)) as Lo.
    apply (Rmult_le_compat_l c) in Lo; [|lra].
    assert (E : c * c0 * exp ((rate - c) * T t) <= K).
    { apply (Rmult_le_reg_r (exp (c * T t))); [apply exp_pos|]. rewrite Rmult_assoc, <- exp_plus.
      replace ((rate - c) * T t + c * T t) with (rate * T t) by ring. lra. }
    pose proof (exp_above ((rate - c) * T t)) as Ea.
    unfold B. apply (Rmult_le_reg_l (rate - c)); [lra|].
    replace ((rate - c) * (K / (c * c0) / (rate - c))) with (K / (c * c0)) by (field; lra).
    apply (Rmult_le_reg_l (c * c0)); auto. replace (c * c0 * (K / (c * c0))) with K by (field; lra).
    apply (Rmult_le_compat_l (c * c0)) in Ea; lra. }
  (* so kappa is bounded *)
  assert (Kb : forall t, t1 <= t -> kappa t <= K * exp (c * B)).
  { intros t Ht. pose proof (Le t Ht). pose proof (Up t Ht).
    assert (exp (c * T t) <= exp (c * B)) by (apply exp_le, Rmult_le_compat_l; [lra | auto]).
    assert (K * exp (c * T t) <= K * exp (c * B)) by (apply Rmult_le_compat_l; lra). lra. }
  pose proof F_vanishes as Lim. apply is_lim_spec in Lim.
  destruct (Lim (mkposreal _ (exp_pos (- (K * exp (c * B)))))) as [t2 H2].
  pose proof (Rmax_l t1 t2). pose proof (Rmax_r t1 t2). set (t := Rmax t1 t2 + 1) in *.
  specialize (H2 t ltac:(unfold t; lra)). cbn in H2. rewrite Rminus_0_r, Rabs_pos_eq in H2 by (left; apply F_pos).
  pose proof (Kb t ltac:(unfold t; lra)) as Kt. unfold kappa in Kt.
  pose proof (exp_le (- (K * exp (c * B))) (ln (F t)) ltac:(lra)) as E. rewrite exp_ln in E by apply F_pos. lra.
Qed.

Lemma eventually_positive : exists t0, 0 < t0 /\ forall t, t0 <= t -> 0 < kappa t.
Proof.
  pose proof F_vanishes as Lim. apply is_lim_spec in Lim. destruct (Lim (mkposreal 1 Rlt_0_1)) as [t0 H0].
  exists (Rmax t0 0 + 1). pose proof (Rmax_l t0 0). pose proof (Rmax_r t0 0). split; [lra|].
  intros t Ht. specialize (H0 t ltac:(lra)). cbn in H0. rewrite Rminus_0_r, Rabs_pos_eq in H0 by (left; apply F_pos).
  unfold kappa. pose proof (ln_increasing (F t) 1 (F_pos t) H0) as I. rewrite ln_1 in I. lra.
Qed.

Lemma ratio_eventually_above c : c < rate -> exists t1, 0 < t1 /\ forall t, t1 <= t -> 0 < kappa t /\
  c * Psi t < kappa t.
Proof.
  intros Hc. destruct eventually_positive as [t0 [P0 K0]].
  destruct (Rle_dec c 0) as [Nc|Pc].
  - exists t0. split; auto. intros t Ht. pose proof (K0 t Ht). pose proof (Psi_positive t ltac:(lra)).
    split; [auto | nra].
  - destruct (ratio_reached c t0 ltac:(lra) P0) as [t1 [H1 R1]]. exists t1. split; [lra|].
    intros t Ht. split; [apply K0; lra|].
    pose proof (ratio_increases t1 t ltac:(lra) (Rlt_le _ _ (K0 t1 H1))) as I.
    pose proof (Psi_positive t1 ltac:(lra)) as P1. pose proof (Psi_positive t ltac:(lra)) as Pt.
    assert (c < kappa t1 / Psi t1).
    { apply (Rmult_lt_reg_r (Psi t1)); auto. replace (kappa t1 / Psi t1 * Psi t1) with (kappa t1) by (field; lra).
      exact R1. }
    apply (Rmult_lt_reg_r (/ Psi t)); [apply Rinv_0_lt_compat; auto|]. rewrite Rmult_assoc, Rinv_r by lra.
    unfold Rdiv in *. lra.
Qed.

(* --- the pace --- *)
Lemma inverse_derive t : 0 < t -> is_derive (fun t => / F t) t (D t / F t ^ 2).
Proof.
  intros Ht. pose proof (F_pos t) as Pf. destruct F_path as [_ DF].
  replace (D t / F t ^ 2) with (- (- D t) / F t ^ 2) by (field; lra).
  apply (is_derive_inv F t (- D t)); [auto | lra].
Qed.

Lemma inverse_speed c : 0 < c < rate -> exists t1, 0 < t1 /\ forall t, t1 <= t -> c * kappa t <= D t / F t ^ 2.
Proof.
  intros Hc. destruct (ratio_eventually_above c ltac:(lra)) as [t1 [P1 H1]]. exists t1. split; auto.
  intros t Ht. destruct (H1 t Ht) as [Kp Kc]. pose proof (Psi_positive t ltac:(lra)) as Pp. pose proof (F_pos t) as Pf.
  pose proof (cauchy_schwarz t) as CS. pose proof (work_below t) as Wb.
  assert (Fk : 0 <= F t * kappa t) by (apply Rmult_le_pos; lra).
  assert (Sq : (F t * kappa t) ^ 2 <= W t ^ 2) by (apply pow_incr; lra).
  apply (Rmult_le_reg_r (Psi t * F t ^ 2)); [apply Rmult_lt_0_compat; auto; apply pow_lt; auto|].
  replace (D t / F t ^ 2 * (Psi t * F t ^ 2)) with (Psi t * D t) by (field; lra).
  apply Rle_trans with ((F t * kappa t) ^ 2); [|lra].
  replace (c * kappa t * (Psi t * F t ^ 2)) with (F t ^ 2 * kappa t * (c * Psi t)) by ring.
  replace ((F t * kappa t) ^ 2) with (F t ^ 2 * kappa t * kappa t) by ring.
  apply Rmult_le_compat_l; [|lra]. apply Rmult_le_pos; [apply pow2_ge_0 | lra].
Qed.

Lemma kappa_diverges K : exists t1, forall t, t1 <= t -> K <= kappa t.
Proof.
  pose proof F_vanishes as Lim. apply is_lim_spec in Lim. destruct (Lim (mkposreal _ (exp_pos (- K)))) as [t1 H1].
  exists (t1 + 1). intros t Ht. specialize (H1 t ltac:(lra)). cbn in H1.
  rewrite Rminus_0_r, Rabs_pos_eq in H1 by (left; apply F_pos).
  unfold kappa. pose proof (ln_increasing (F t) (exp (- K)) (F_pos t) H1) as I. rewrite ln_exp in I. lra.
Qed.

Lemma scalar_loss_pace a : 0 < a < rate -> exists t1, 1 < t1 /\ forall t, t1 <= t -> a * (t * ln t) * F t <= 1.
Proof.
  intros Ha. set (c := (a + rate) / 2). assert (Hc : 0 < c < rate) by (unfold c; lra).
  assert (Ac : a < c) by (unfold c; lra).
  destruct (inverse_speed c Hc) as [t1 [P1 Sp]]. destruct (kappa_diverges (2 / c)) as [t2 K2].
  pose proof (Rmax_l t1 t2) as M1. pose proof (Rmax_r t1 t2) as M2. set (t3 := Rmax (Rmax t1 t2) 1).
  pose proof (Rmax_l (Rmax t1 t2) 1) as M3. pose proof (Rmax_r (Rmax t1 t2) 1) as M4. fold t3 in M3, M4.
  (* 1/F >= t *)
  assert (Lin : forall t, 2 * t3 <= t -> t <= / F t).
  { intros t Ht. pose proof (increasing_after (fun t => / F t - 2 * t) (fun t => D t / F t ^ 2 - 2) t3 t) as I.
    cbv beta in I.
    pose proof (Rinv_0_lt_compat _ (F_pos t3)). enough (/ F t3 - 2 * t3 <= / F t - 2 * t) by lra. apply I; [| |lra].
    - intros u Hu. apply (is_derive_minus (fun t => / F t) (fun t => 2 * t)); [apply inverse_derive; lra|].
      auto_derive; auto. ring.
    - intros u Hu. pose proof (Sp u ltac:(lra)) as S. pose proof (K2 u ltac:(lra)) as K.
      apply (Rmult_le_compat_l c) in K; [|lra]. replace (c * (2 / c)) with 2 in K by (field; lra). lra. }
  set (t4 := 2 * t3). assert (P4 : 2 <= t4) by (unfold t4; lra).
  assert (Kl : forall t, t4 <= t -> ln t <= kappa t).
  { intros t Ht. pose proof (Lin t Ht) as B. unfold kappa. rewrite <- ln_Rinv by apply F_pos.
    destruct B as [Lt|Eq]; [left; apply ln_increasing; lra | right; f_equal; exact Eq]. }
  set (K := c * (t4 * ln t4 - t4)).
  assert (Int : forall t, t4 <= t -> c * (t * ln t - t) - K <= / F t).
  { intros t Ht.
    pose proof (increasing_after (fun t => / F t - c * (t * ln t - t)) (fun t => D t / F t ^ 2 - c * ln t) t4 t) as I.
    cbv beta in I.
    pose proof (Rinv_0_lt_compat _ (F_pos t4)).
    enough (/ F t4 - c * (t4 * ln t4 - t4) <= / F t - c * (t * ln t - t)) by (unfold K; lra). apply I; [| |lra].
    - intros u Hu. apply (is_derive_minus (fun t => / F t) (fun t => c * (t * ln t - t))); [apply inverse_derive; lra|].
      auto_derive; [lra|]. field. lra.
    - intros u Hu. pose proof (Sp u ltac:(unfold t4 in Hu; lra)) as S. pose proof (Kl u Hu) as B.
      apply (Rmult_le_compat_l c) in B; lra. }
  set (h := (c + Rabs K) / (c - a)).
  assert (Ph : 0 <= h) by (apply Rmult_le_pos; [pose proof (Rabs_pos K); lra | left; apply Rinv_0_lt_compat; lra]).
  exists (Rmax t4 (exp h)). split; [pose proof (Rmax_l t4 (exp h)); lra|]. intros t Ht.
  pose proof (Rmax_l t4 (exp h)). pose proof (Rmax_r t4 (exp h)).
  pose proof (Int t ltac:(lra)) as B. pose proof (F_pos t) as Pf.
  assert (Lh : h <= ln t).
  { rewrite <- (ln_exp h). destruct (Rle_lt_or_eq_dec (exp h) t ltac:(lra)) as [Lt|Eq];
      [left; apply ln_increasing; auto; apply exp_pos | right; f_equal; exact Eq]. }
  (* (c - a) t log t >= (c + |K|) t >= c t + K *)
  assert (G : c + Rabs K <= (c - a) * ln t).
  { replace (c + Rabs K) with ((c - a) * h) by (unfold h; field; lra). apply Rmult_le_compat_l; lra. }
  assert (Big : c * t + K <= (c - a) * (t * ln t)).
  { apply (Rmult_le_compat_l t) in G; [|lra]. pose proof (Rle_abs K). pose proof (Rabs_pos K). nra. }
  apply (Rmult_le_reg_r (/ F t)); [apply Rinv_0_lt_compat; auto|].
  rewrite Rmult_assoc, Rinv_r, Rmult_1_r, Rmult_1_l by lra. lra.
Qed.
End Scalar.
