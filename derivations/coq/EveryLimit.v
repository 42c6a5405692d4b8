(* Every limit point is stationary (Lyu and Li's theorem for linear tensor networks with exponential loss, elementary):
   no aligned times in the hypotheses. The direction x = theta/|theta| moves slowly between a late time and the next
   aligned one:
     |x'| = tan (log |theta|)',   (log(kappa/|theta|^L))' >= L tan^2 (log |theta|)',
   and log(kappa/|theta|^L) converges, so while |theta| grows by a factor e there is an aligned time, and x hardly
   moves. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Tensor Quasinorm Margin Cluster TensorLimits AlignedTimes KktTimes
  KktLimits.
Open Scope R_scope.

Lemma path_increasing_between f df s t :
  path f df -> 0 <= s <= t -> (forall u, s < u < t -> 0 <= df u) -> f s <= f t.
Proof.
  intros [C D] Hst P.
  destruct (MVT_gen f s t (fun u => if Rlt_dec s u then if Rlt_dec u t then df u else 0 else 0)) as [c [_ E]].
  - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. destruct (Rlt_dec s u), (Rlt_dec u t); try lra. apply D.
    lra.
  - intros u _. apply continuity_pt_filterlim, C.
  - assert (0 <= if Rlt_dec s c then if Rlt_dec c t then df c else 0 else 0)
      by (destruct (Rlt_dec s c), (Rlt_dec c t); auto; lra). nra.
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

(* --- the scalar argument: E, N, D, B as in Margin.v --- *)
Section Scalar.
Variables (L : nat) (E N D B : R -> R) (K : R).
Hypothesis L_pos : (1 <= L)%nat.
Hypothesis E_path : path E (fun t => - D t).
Hypothesis N_path : path N (fun t => 2 * B t).
Hypothesis cauchy_schwarz : forall t, B t ^ 2 <= N t * D t.
Hypothesis D_nonneg : forall t, 0 <= D t.
Hypothesis N_nonneg : forall t, 0 <= N t.
Hypothesis E_pos : forall t, 0 < E t.
Hypothesis B_large : forall t, INR L * (E t * - ln (E t)) <= B t.
Hypothesis before_zero : forall t, t <= 0 -> E t = E 0 /\ N t = N 0.
Hypothesis small : E 0 < 1.
Hypothesis ceiling : forall t, - ln (E t) <= K * sqrt (N t) ^ L.
Hypothesis diverges : forall big, exists T, forall t, T < t -> big < sqrt (N t).

Let kappa t := - ln (E t).
Let height t := / 2 * ln (N t).                      (* log |theta| *)
Let ratio t := ln (kappa t) - INR L * height t.      (* log(kappa/|theta|^L) *)
Let climb t := B t / N t.
Let gain t := D t / (E t * kappa t) - INR L * climb t.
Let tan2 t := N t * D t / B t ^ 2 - 1.

Lemma settle_kappa_pos t : 0 < kappa t.
Proof. apply (kappa_pos E N D); auto. Qed.
Lemma settle_N_pos t : 0 < N t.
Proof. apply (N_pos L E N D B); auto. Qed.
Lemma settle_B_pos t : 0 < B t.
Proof. apply (B_pos L E N D B); auto. Qed.

Lemma height_path : path height climb.
Proof.
  apply (path_eq _ _ _ (path_scal (/ 2) _ _ (path_ln _ _ settle_N_pos N_path))).
  intros u _. pose proof (settle_N_pos u). unfold climb. field. lra.
Qed.

Lemma ratio_path : path ratio gain.
Proof.
  apply (path_eq _ _ _ (path_minus _ _ _ _ (path_ln _ _ settle_kappa_pos (kappa_path E D E_path E_pos))
    (path_scal (INR L) _ _ height_path))).
  intros u _. pose proof (E_pos u). pose proof (settle_kappa_pos u). unfold gain. fold kappa. fold (kappa u). field.
  lra.
Qed.

Lemma climb_pos t : 0 < climb t.
Proof. apply Rdiv_lt_0_compat; [apply settle_B_pos | apply settle_N_pos]. Qed.

Lemma tan2_nonneg t : 0 <= tan2 t.
Proof.
  unfold tan2. pose proof (pow_lt _ 2 (settle_B_pos t)) as P. pose proof (cauchy_schwarz t).
  enough (1 <= N t * D t / B t ^ 2) by lra. apply (Rmult_le_reg_r (B t ^ 2)); auto. unfold Rdiv.
  rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

Lemma gain_above t : INR L * (tan2 t * climb t) <= gain t.
Proof.
  pose proof (pow_lt _ 2 (settle_B_pos t)) as P. pose proof (tan2_nonneg t) as Tn. pose proof (settle_N_pos t).
  pose proof (settle_B_pos t).
  pose proof (log_kappa_speed L E N D B L_pos E_path cauchy_schwarz D_nonneg N_nonneg E_pos B_large before_zero small
    (tan2 t + 1) t) as S.
  fold kappa in S. fold (kappa t) in S. fold (climb t) in S. unfold gain.
  enough (INR L * ((tan2 t + 1) * climb t) <= D t / (E t * kappa t)) by lra.
  apply S; [|lra]. right. unfold tan2. field. lra.
Qed.

Lemma gain_nonneg t : 0 <= gain t.
Proof.
  eapply Rle_trans; [|apply gain_above]. pose proof (L_real L L_pos). pose proof (tan2_nonneg t).
  pose proof (climb_pos t).
  apply Rmult_le_pos; [lra|]. apply Rmult_le_pos; [auto | lra].
Qed.

Lemma ratio_bounded t : ratio t <= ln (Rmax 1 K).
Proof.
  pose proof (log_ceiling L E N D B K L_pos E_path cauchy_schwarz D_nonneg N_nonneg E_pos B_large before_zero small
    ceiling t) as C.
  fold kappa in C. fold (kappa t) in C. pose proof (settle_N_pos t) as PN. pose proof (sqrt_lt_R0 _ PN) as Ps.
  unfold ratio, height. replace (/ 2 * ln (N t)) with (ln (sqrt (N t))); [lra|].
  rewrite <- (sqrt_sqrt (N t)) at 2 by lra. rewrite ln_mult by auto. field.
Qed.

(* from every late time on there is an aligned one before |theta| has grown by a factor e; a curve that moves at most
   as fast as tan (log |theta|)' stays close until then *)
Theorem scalar_window eta : 0 < eta -> exists T, 0 <= T /\ forall s, T <= s -> exists t, s <= t /\
  N t * D t < (1 + eta) * B t ^ 2 /\
  forall x dx, path x dx -> (forall u, 0 < u -> dx u ^ 2 <= tan2 u * climb u ^ 2) -> Rabs (x t - x s) <= eta.
Proof.
  intros Pe. pose proof (L_real L L_pos) as L1.
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
      pose proof (settle_N_pos e) as PN. pose proof (sqrt_lt_R0 _ PN). unfold height.
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
      pose proof (pow_lt _ 2 (settle_B_pos t)) as P. pose proof (settle_B_pos t).
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

(* --- every linear tensor network --- *)
Section EveryLimit.
Variables (L n : nat) (k : nat -> nat) (M : nat -> (nat -> nat) -> R).
Hypothesis n_pos : (0 < n)%nat.
Hypothesis L_pos : (1 <= L)%nat.

Section FromZero.
Variable v : nat -> nat -> R -> R.
Hypothesis v_flow : tensor_gradient_flow L n k M exponential v.
Hypothesis small : tensor_loss L n k M exponential (at_time v 0) < 1.
Let V l c t := v l c (Rmax 0 t).
Let G w l c := tensor_gradient L n k M (fun _ u => - exp (- u)) w l c.
Let E t := tensor_loss L n k M exponential (at_time V t).
Let N t := squared_norm L k (at_time V t).
Let D t := Sum L (fun l => Sum (k l) (fun c => G (at_time V t) l c ^ 2)).
Let B t := - Sum L (fun l => Sum (k l) (fun c => V l c t * G (at_time V t) l c)).

Lemma norm_positive t : 0 < N t.
Proof.
  apply (N_pos L E N D B L_pos (E_path L n k M v v_flow) (cauchy_schwarz_flow L n k M v) (D_nonneg L n k M v)
    (fun t => squared_norm_nonneg L k _) (E_positive L n k M v n_pos) (B_bound L n k M v) (before L n k M v)
      (small_extended L n k M v small)).
Qed.

(* x = theta/|theta| moves at the speed tan (log |theta|)' *)
Lemma unit_path l c : (l < L)%nat -> (c < k l)%nat ->
  path (fun t => unit_direction L k (at_time V t) l c)
    (fun t => (- G (at_time V t) l c - B t / N t * V l c t) / sqrt (N t)).
Proof.
  intros Hl Hc. pose proof norm_positive as PN.
  assert (Ph : path (fun t => exp (- / 2 * ln (N t))) (fun t => - / 2 * (2 * B t / N t) * exp (- / 2 * ln (N t)))).
  { apply (path_comp (fun t => - / 2 * ln (N t)) (fun t => - / 2 * (2 * B t / N t)) exp exp);
      [|intros; apply is_derive_exp].
    apply path_scal. apply (path_ln N (fun t => 2 * B t) PN). apply (N_path L n k M v v_flow). }
  assert (Inv : forall t, exp (- / 2 * ln (N t)) = / sqrt (N t)).
  { intros t. pose proof (sqrt_lt_R0 _ (PN t)) as Ps. rewrite <- (exp_ln (sqrt (N t))) by auto. rewrite <- exp_Ropp.
    f_equal.
    rewrite <- (sqrt_sqrt (N t)) at 1 by (left; apply PN). rewrite ln_mult by auto. field. }
  apply (path_ext (fun t => V l c t * exp (- / 2 * ln (N t)))).
  { intros t. rewrite Inv. reflexivity. }
  apply (path_eq _ _ _ (path_mult _ _ _ _ (V_path L n k M v v_flow l c Hl Hc) Ph)).
  intros t _. rewrite Inv. unfold G, V. pose proof (PN t). pose proof (sqrt_lt_R0 _ (PN t)). field. lra.
Qed.

Lemma unit_speed l c t : (l < L)%nat -> (c < k l)%nat ->
  ((- G (at_time V t) l c - B t / N t * V l c t) / sqrt (N t)) ^ 2 <= (N t * D t / B t ^ 2 - 1) * (B t / N t) ^ 2.
Proof.
  intros Hl Hc. pose proof (norm_positive t) as PN. pose proof (sqrt_lt_R0 _ PN) as Ps.
  assert (PB : 0 < B t).
  { apply (B_pos L E N D B L_pos (E_path L n k M v v_flow) (D_nonneg L n k M v)
      (E_positive L n k M v n_pos) (B_bound L n k M v) (before L n k M v) (small_extended L n k M v small)). }
  unfold Rdiv at 1. rewrite Rpow_mult_distr, pow_inv, pow2_sqrt by lra.
  set (q := B t / N t). set (y := fun l c => - G (at_time V t) l c - q * V l c t).
  assert (Tot : Sum L (fun l => Sum (k l) (fun c => y l c ^ 2)) = D t - B t ^ 2 / N t).
  { rewrite (Sum_ext L _ (fun l => Sum (k l) (fun c => G (at_time V t) l c ^ 2) + 2 * q * Sum (k l) (fun c =>
      V l c t * G (at_time V t) l c)
      + q ^ 2 * Sum (k l) (fun c => V l c t ^ 2))).
    - rewrite !Sum_plus, !Sum_scal_l.
      replace (Sum L (fun l => Sum (k l) (fun c => V l c t * G (at_time V t) l c))) with (- B t) by (unfold B; ring).
      change (Sum L (fun l => Sum (k l) (fun c => V l c t ^ 2))) with (N t). fold (D t). unfold q. field. lra.
    - intros l' _. rewrite <- !Sum_scal_l, <- !Sum_plus. apply Sum_ext. intros; unfold y; ring. }
  assert (One : y l c ^ 2 <= D t - B t ^ 2 / N t).
  { rewrite <- Tot. apply Rle_trans with (Sum (k l) (fun c => y l c ^ 2)).
    - apply (Sum_term (k l) (fun c => y l c ^ 2) c Hc). intros; apply pow2_ge_0.
    - apply (Sum_term L (fun l => Sum (k l) (fun c => y l c ^ 2)) l Hl).
      intros; apply Sum_nonneg; intros; apply pow2_ge_0. }
  replace ((N t * D t / B t ^ 2 - 1) * q ^ 2) with ((D t - B t ^ 2 / N t) * / N t) by (unfold q; field; lra).
  apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; auto | exact One].
Qed.

Lemma window_from_zero eta : 0 < eta -> exists T, 0 <= T /\ forall s, T <= s -> exists t, s <= t /\
  aligned L n k M eta (at_time v t) /\
  forall l c, (l < L)%nat -> (c < k l)%nat ->
    Rabs (unit_direction L k (at_time v t) l c - unit_direction L k (at_time v s) l c) <= eta.
Proof.
  intros Pe. destruct (contract_below_bound k (M 0%nat) L (fun _ => O)) as [K [K0 HK]].
  assert (At : forall t, 0 <= t -> at_time V t = at_time v t)
    by (intros t Ht; unfold at_time, V; extensionality l; extensionality c; rewrite Rmax_right by auto; reflexivity).
  destruct (scalar_window L E N D B K L_pos (E_path L n k M v v_flow) (N_path L n k M v v_flow)
    (cauchy_schwarz_flow L n k M v)
    (D_nonneg L n k M v) (fun t => squared_norm_nonneg L k _) (E_positive L n k M v n_pos) (B_bound L n k M v)
      (before L n k M v)
    (small_extended L n k M v small)) with (eta := eta) as [T [PT HT]]; auto.
  - intros t. eapply Rle_trans; [apply (margin_above L n k M (at_time V t) 0 n_pos)|].
    eapply Rle_trans; [apply Rle_abs|]. apply HK; [|apply sqrt_pos]. intros l c Hl Hc.
    apply (parameter_norm L k (at_time V t)); auto.
  - intros big. pose proof (norm_diverges_from_zero L n k M v v_flow L_pos n_pos small) as Lim.
    apply is_lim_spec in Lim. destruct (Lim big) as [T0 HT]. exists (Rmax 0 T0). intros t Ht.
    pose proof (Rmax_l 0 T0). pose proof (Rmax_r 0 T0). specialize (HT t ltac:(lra)). unfold N. rewrite At by lra.
    exact HT.
  - exists T. split; auto. intros s Hs. destruct (HT s Hs) as [t [H1 [H2 H3]]]. exists t. split; [auto|]. split.
    + unfold aligned. rewrite !(inner_self L k). unfold N, D, B in H2. rewrite At in H2 by lra.
      eapply Rle_lt_trans; [|eapply Rlt_le_trans; [exact H2|]]; right.
      * f_equal. unfold squared_norm. apply Sum_ext. intros l _. apply Sum_ext. intros c _. unfold G.
        rewrite force_gradient. ring.
      * f_equal. f_equal. unfold inner. rewrite <- Sum_opp. apply Sum_ext. intros l _. rewrite <- Sum_opp.
        apply Sum_ext. intros c _.
        unfold G. rewrite force_gradient. unfold at_time, V. rewrite Rmax_right by lra. ring.
    + intros l c Hl Hc. rewrite <- (At t), <- (At s) by lra.
      apply (H3 (fun t => unit_direction L k (at_time V t) l c) _ (unit_path l c Hl Hc)). intros u _.
      apply unit_speed; auto.
Qed.
End FromZero.

Section Along.
Variables (v : nat -> nat -> R -> R) (t0 : R).
Hypothesis t0_nonneg : 0 <= t0.
Hypothesis v_flow : tensor_gradient_flow L n k M exponential v.
Hypothesis small : tensor_loss L n k M exponential (at_time v t0) < 1.

Theorem aligned_window eta : 0 < eta -> exists T, t0 <= T /\ forall s, T <= s -> exists t, s <= t /\
  aligned L n k M eta (at_time v t) /\
  forall l c, (l < L)%nat -> (c < k l)%nat ->
    Rabs (unit_direction L k (at_time v t) l c - unit_direction L k (at_time v s) l c) <= eta.
Proof.
  intros Pe. set (v' := fun l c t => v l c (t0 + t)).
  assert (Time : forall t, at_time v' (t - t0) = at_time v t)
    by (intros; unfold at_time, v'; extensionality l; extensionality c; f_equal; ring).
  assert (Small' : tensor_loss L n k M exponential (at_time v' 0) < 1)
    by (replace 0 with (t0 - t0) by ring; rewrite Time; exact small).
  destruct (window_from_zero v' (delayed_flow L n k M v t0 t0_nonneg v_flow) Small' eta Pe) as [T [PT HT]].
  exists (t0 + T). split; [lra|]. intros s Hs. destruct (HT (s - t0) ltac:(lra)) as [t [H1 [H2 H3]]].
  assert (Et : at_time v' t = at_time v (t0 + t)) by reflexivity.
  exists (t0 + t). split; [lra|]. rewrite Et in H2, H3. split; [exact H2|]. intros l c Hl Hc.
  specialize (H3 l c Hl Hc). rewrite Time in H3. exact H3.
Qed.

(* aligned times that follow a family of late times *)
Lemma companion Y (F : (Y -> Prop) -> Prop) (PF : ProperFilter F) (tau : Y -> R) :
  (forall T, F (fun y => T <= tau y)) ->
  exists G : (R -> Prop) -> Prop, ProperFilter G /\ finer G (late_aligned L n k M v t0) /\
    forall l c a, (l < L)%nat -> (c < k l)%nat -> tends F (fun y => unit_direction L k (at_time v (tau y)) l c) a ->
      tends G (fun t => unit_direction L k (at_time v t) l c) a.
Proof.
  intros Late.
  set (near := fun eta y t => tau y <= t /\ aligned L n k M eta (at_time v t) /\
    forall l c, (l < L)%nat -> (c < k l)%nat ->
    Rabs (unit_direction L k (at_time v t) l c - unit_direction L k (at_time v (tau y)) l c) <= eta).
  set (G := fun P : R -> Prop => exists eta (Q : Y -> Prop), 0 < eta /\ F Q /\ forall y t, Q y -> near eta y t -> P t).
  assert (PG : ProperFilter G).
  { constructor.
    - intros P [eta [Q [Pe [HQ HP]]]]. destruct (aligned_window eta Pe) as [T [_ HT]].
      destruct (filter_ex _ (filter_and _ _ HQ (Late T))) as [y [Hy Ty]]. destruct (HT (tau y) Ty) as [t [H1 [H2 H3]]].
      exists t. apply (HP y t Hy). split; [exact H1 | split; [exact H2 | exact H3]].
    - constructor.
      + exists 1, (fun _ => True). split; [lra | split; [apply filter_true | auto]].
      + intros P P' [e [Q [Pe [HQ HP]]]] [e' [Q' [Pe' [HQ' HP']]]]. exists (Rmin e e'), (fun y => Q y /\ Q' y).
        split; [apply Rmin_glb_lt; auto|]. split; [apply filter_and; auto|]. intros y t [Qy Qy'] [H1 [H2 H3]].
        pose proof (Rmin_l e e'). pose proof (Rmin_r e e').
        split; [apply (HP y t Qy) | apply (HP' y t Qy')]; (split; [exact H1|]; split; [eapply aligned_weaker; eauto|]);
          intros l c Hl Hc; eapply Rle_trans; [apply H3; auto | auto | apply H3; auto | auto].
      + intros P P' Imp [e [Q [Pe [HQ HP]]]]. exists e, Q. split; [auto | split; [auto|]]. intros y t Qy Hn.
        apply Imp, (HP y t Qy Hn). }
  exists G. split; [exact PG|]. split.
  - intros P [eps [T [Pe HP]]]. exists eps, (fun y => Rmax T t0 <= tau y). split; [auto | split; [apply Late|]].
    intros y t Hy [H1 [H2 _]]. pose proof (Rmax_l T t0). pose proof (Rmax_r T t0). apply HP; auto; lra.
  - intros l c a Hl Hc Ha. apply (tends_intro G _). intros eps Pe.
    exists (eps / 2), (fun y => Rabs (unit_direction L k (at_time v (tau y)) l c - a) < eps / 2).
    split; [lra|]. split; [apply (tends_near F (fun y => unit_direction L k (at_time v (tau y)) l c)); auto; lra|].
    intros y t Hy [_ [_ H3]]. specialize (H3 l c Hl Hc).
    replace (unit_direction L k (at_time v t) l c - a) with
      ((unit_direction L k (at_time v t) l c - unit_direction L k (at_time v (tau y)) l c)
        + (unit_direction L k (at_time v (tau y)) l c - a)) by ring.
    eapply Rle_lt_trans; [apply Rabs_triang|]. lra.
Qed.

Theorem every_direction_family Y (F : (Y -> Prop) -> Prop) (PF : ProperFilter F) (tau : Y -> R) (z : nat -> nat -> R) :
  (forall T, F (fun y => T <= tau y)) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun y => unit_direction L k (at_time v (tau y)) l c) (z l c)) ->
  0 < smallest_margin L n k M z /\ exists lam, kkt_point L n k M (normalised L n k M z) lam.
Proof.
  intros Late Hz. destruct (companion Y F PF tau Late) as [G [PG [Sub HG]]].
  destruct (direction_normalised L n k M n_pos L_pos v t0 t0_nonneg v_flow small R G PG (fun t => t) z) as [Pz Hn].
  { apply Sub, late_aligned_start. }
  { intros l c Hl Hc. apply HG; auto. }
  split; [exact Pz|].
  apply (aligned_family L n k M n_pos L_pos v t0 t0_nonneg v_flow small R G PG (fun t => t)); auto.
  - intros T. apply Sub, late_aligned_late.
  - intros eps Pe. apply Sub, late_aligned_aligned, Pe.
Qed.

Lemma norm_from_margin z : 0 < smallest_margin L n k M z -> 0 < squared_norm L k z.
Proof.
  intros P. destruct (Rle_lt_or_eq_dec _ _ (squared_norm_nonneg L k z)) as [|Z]; auto. exfalso.
  assert (Zero : forall c, (c < k 0%nat)%nat -> z 0%nat c = 0).
  { intros c Hc. pose proof (parameter_norm L k z 0 c L_pos Hc) as Pn. rewrite <- Z, sqrt_0 in Pn.
    pose proof (Rabs_pos (z 0%nat c)). destruct (Req_dec (z 0%nat c) 0) as [|Ne]; auto. pose proof (Rabs_pos_lt _ Ne).
    lra. }
  pose proof (smallest_le n (fun i => contract L k (M i) z) 0 n_pos) as Le. cbv beta in Le.
  rewrite <- (contract_euler k (M 0%nat) L z 0 L_pos), Sum_zero in Le; [unfold smallest_margin in P; lra|].
  intros c Hc. rewrite Zero by auto. ring.
Qed.

(* the same for limits of theta_hat *)
Theorem every_limit_family Y (F : (Y -> Prop) -> Prop) (PF : ProperFilter F) (tau : Y -> R) (z : nat -> nat -> R) :
  (forall T, F (fun y => T <= tau y)) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun y => normalised L n k M (at_time v (tau y)) l c) (z l c)) ->
  smallest_margin L n k M z = 1 /\ exists lam, kkt_point L n k M z lam.
Proof.
  intros Late Hz.
  assert (One : smallest_margin L n k M z = 1).
  { pose proof (tends_smallest_margin L n k M Y F _ _ _ Hz) as H. apply (tends_unique F _ _ _ H).
    intros P HP. unfold filtermap. apply (filter_imp (fun y => t0 <= tau y)); [|apply Late]. intros y Hy.
    change (P (smallest_margin L n k M (normalised L n k M (at_time v (tau y))))).
    rewrite (normalised_margin_one L n k M L_pos); [apply locally_singleton, HP|].
    apply (kappa_low_pos L n k M n_pos _ (small_after L n k M n_pos L_pos v t0 t0_nonneg v_flow small (tau y) Hy)). }
  split; [exact One|]. pose proof (norm_from_margin z ltac:(lra)) as Pz.
  set (a := sqrt (squared_norm L k z)). assert (Pa : 0 < a) by (apply sqrt_lt_R0, Pz).
  destruct (every_direction_family Y F PF tau (fun l c => / a * z l c) Late) as [_ [lam K]].
  - intros l c Hl Hc.
    assert (Sz : tends F (fun y => squared_norm L k (normalised L n k M (at_time v (tau y)))) (squared_norm L k z)).
    { apply (tends_Sum F L (fun l y => Sum (k l) (fun c => normalised L n k M (at_time v (tau y)) l c ^ 2)) (fun l =>
        Sum (k l) (fun c => z l c ^ 2))).
      intros l' Hl'. apply (tends_Sum F (k l') (fun c y => normalised L n k M (at_time v (tau y)) l' c ^ 2) (fun c =>
        z l' c ^ 2)). intros c' Hc'.
      apply (tends_sq F (fun y => normalised L n k M (at_time v (tau y)) l' c')); auto. }
    apply (tends_ext F (fun y => / sqrt (squared_norm L k (normalised L n k M (at_time v (tau y))))
      * normalised L n k M (at_time v (tau y)) l c)).
    + intros y. set (w := at_time v (tau y)). rewrite <- !(inner_self L k). unfold normalised at 1 2 3.
      pose proof (shrink_pos L n k M w) as Ps.
      rewrite inner_scale, (inner_self L k), sqrt_mult_alt by nra. rewrite sqrt_square by lra.
      unfold unit_direction, Rdiv. rewrite Rinv_mult.
      replace (/ shrink L n k M w * / sqrt (squared_norm L k w) * (shrink L n k M w * w l c))
        with ((/ shrink L n k M w * shrink L n k M w) * (w l c * / sqrt (squared_norm L k w))) by ring.
      rewrite Rinv_l by lra. ring.
    + apply (tends_mult F); auto. apply (tends_continuous F _ _ (fun x => / sqrt x)) with (2 := Sz).
      apply (ex_derive_continuous (fun x => / sqrt x)). auto_derive. split; [lra|]. split; [|auto].
      apply Rgt_not_eq, Pa.
  - exists lam. replace z with (normalised L n k M (fun l c => / a * z l c)) at 1; [exact K|].
    rewrite normalised_scaled; [|auto | apply Rinv_0_lt_compat, Pa | lra].
    unfold normalised. extensionality l; extensionality c. unfold shrink. rewrite One. unfold Rpower.
    rewrite ln_1, Rmult_0_r, exp_0. ring.
Qed.

(* --- along sequences of times --- *)
Lemma sequence_late (tau : nat -> R) : is_lim_seq tau p_infty -> forall T, eventually (fun p => T <= tau p).
Proof. intros Ht T. apply is_lim_seq_spec in Ht. destruct (Ht T) as [N HN]. exists N. intros p Hp. left. apply HN; auto.
Qed.

Theorem every_limit_direction (tau : nat -> R) (z : nat -> nat -> R) :
  is_lim_seq tau p_infty ->
  (forall l c, (l < L)%nat -> (c < k l)%nat ->
     is_lim_seq (fun p => v l c (tau p) / sqrt (squared_norm L k (at_time v (tau p)))) (z l c)) ->
  0 < smallest_margin L n k M z /\ exists lam, kkt_point L n k M (normalised L n k M z) lam.
Proof. intros Ht Hz. apply (every_direction_family nat eventually eventually_filter tau z (sequence_late tau Ht) Hz).
Qed.

Theorem every_limit_point (tau : nat -> R) (z : nat -> nat -> R) :
  is_lim_seq tau p_infty ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> is_lim_seq (fun p =>
    normalised L n k M (at_time v (tau p)) l c) (z l c)) ->
  smallest_margin L n k M z = 1 /\ exists lam, kkt_point L n k M z lam.
Proof. intros Ht Hz. apply (every_limit_family nat eventually eventually_filter tau z (sequence_late tau Ht) Hz). Qed.
End Along.
End EveryLimit.
