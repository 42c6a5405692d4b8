(* Two layers of a real odeco network in reduced coordinates, exponential loss, labels absorbed in the rows of A:
     rho_j = p_j q_j,   m_i = (A rho)_i,   F = sum_i exp(-m_i),   g = A^T exp(-m),   p_j' = g_j q_j,  q_j' = g_j p_j.
   Nothing is assumed about the start: p_j + q_j and p_j - q_j grow as exp(+-w_j), w_j = int g_j, so the start allows
   rho_j > 0 if p_j + q_j is not 0 and rho_j < 0 if p_j - q_j is not 0. If some z with these signs has A z >= 1:
     loss_vanishes    F(t) -> 0;
     margin_reached   for every r < 1, from some time on (A rho)_i >= (r/|z|_1) |rho|_1 for all i;
     loss_pace        for every r < 1, from some time on F(t) <= |z|_1/(2 r t log t). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Potential Kkt Regression Quasinorm Margin Classification
  K3TwoLayersScalar.
Open Scope R_scope.

Section Flow.
Variables (m n : nat) (A : nat -> nat -> R) (p q : nat -> R -> R).
Let rho t j := p j t * q j t.
Let M i t := margin_at m A (rho t) i.
Let P i t := exp (- M i t).
Let F t := exponential_loss m n A (rho t).
Let g j t := pull m n A (rho t) j.
Hypothesis p_path : forall j, (j < m)%nat -> path (p j) (fun t => g j t * q j t).
Hypothesis q_path : forall j, (j < m)%nat -> path (q j) (fun t => g j t * p j t).

(* psi_j = (p_j^2 + q_j^2)/4 *)
Definition psi j t := (p j t ^ 2 + q j t ^ 2) / 4.
Let Psi t := Sum m (fun j => psi j t).
Definition weight_of i t := RInt (P i) 0 t.
Let T t := Sum n (fun i => weight_of i t).
Definition dual j t := Sum n (fun i => A i j * weight_of i t).
Let D t := Sum m (fun j => 4 * psi j t * g j t ^ 2).

Lemma P_pos i t : 0 < P i t.
Proof. apply exp_pos. Qed.

Lemma psi_nonneg j t : 0 <= psi j t.
Proof. unfold psi. pose proof (pow2_ge_0 (p j t)). pose proof (pow2_ge_0 (q j t)). lra. Qed.

Lemma rho_below_psi j t : Rabs (rho t j) <= 2 * psi j t.
Proof.
  unfold rho, psi. apply Rabs_le. pose proof (pow2_ge_0 (p j t + q j t)). pose proof (pow2_ge_0 (p j t - q j t)). nra.
Qed.

Lemma l1_below_Psi t : l1 m (rho t) <= 2 * Psi t.
Proof. unfold l1, Psi. rewrite <- Sum_scal_l. apply Sum_le. intros j _. apply rho_below_psi. Qed.

(* --- derivatives --- *)
Lemma rho_path j : (j < m)%nat -> path (fun t => rho t j) (fun t => 4 * psi j t * g j t).
Proof.
  intros Hj. apply (path_eq _ _ _ (path_mult _ _ _ _ (p_path j Hj) (q_path j Hj))). intros t _. unfold psi. field.
Qed.

Lemma M_path i : path (M i) (fun t => Sum m (fun j => A i j * (4 * psi j t * g j t))).
Proof. apply (path_sum m (fun j t => A i j * rho t j)). intros j Hj. apply path_scal, rho_path; auto. Qed.

Lemma P_path i : path (P i) (fun t => - Sum m (fun j => A i j * (4 * psi j t * g j t)) * P i t).
Proof.
  apply (path_comp (fun t => - M i t) (fun t => - Sum m (fun j => A i j * (4 * psi j t * g j t))) exp exp);
    [|intros; apply is_derive_exp].
  apply (path_ext (fun t => -1 * M i t)); [intros; ring|].
  apply (path_eq _ _ _ (path_scal (-1) _ _ (M_path i))). intros; ring.
Qed.

Lemma F_path : path F (fun t => - D t).
Proof.
  apply (path_eq _ _ _ (path_sum n P _ (fun i _ => P_path i))). intros t _. unfold D.
  rewrite (Sum_ext n _ (fun i => Sum m (fun j => (-1 * (4 * psi j t * g j t)) * (A i j * P i t)))).
  - rewrite Sum_swap, <- Sum_opp. apply Sum_ext. intros j _. rewrite Sum_scal_l.
    change (Sum n (fun i => A i j * P i t)) with (g j t). ring.
  - intros i _. rewrite <- Sum_opp, <- Sum_scal_r. apply Sum_ext. intros; ring.
Qed.

Lemma psi_path j : (j < m)%nat -> path (psi j) (fun t => rho t j * g j t).
Proof.
  intros Hj. apply (path_ext (fun t => / 4 * (p j t ^ 2 + q j t ^ 2))); [intros; unfold psi; field|].
  apply (path_eq _ _ _ (path_scal (/ 4) _ _ (path_plus _ _ _ _ (path_sq _ _ (p_path j Hj))
    (path_sq _ _ (q_path j Hj))))).
  intros t _. unfold rho. field.
Qed.

(* sum_j x_j g_j = sum_i exp(-m_i) (A x)_i *)
Lemma pairing x t : Sum m (fun j => x j * g j t) = Sum n (fun i => P i t * margin_at m A x i).
Proof.
  rewrite (Sum_ext m _ (fun j => Sum n (fun i => P i t * (A i j * x j)))).
  - rewrite Sum_swap. apply Sum_ext. intros i _. apply Sum_scal_l.
  - intros j _. unfold g, pull. rewrite <- Sum_scal_l. apply Sum_ext. intros i _. unfold P, M. ring.
Qed.

Lemma Psi_path : path Psi (fun t => Sum n (fun i => P i t * M i t)).
Proof.
  apply (path_eq _ _ _ (path_sum m psi _ psi_path)). intros t _. apply (pairing (rho t) t).
Qed.

Lemma weight_path i : path (weight_of i) (P i).
Proof.
  assert (Dw : forall t, is_derive (weight_of i) t (P i t)) by (intros t; apply primitive_derive, (P_path i)).
  split; [intros t; eapply continuous_of_derive, Dw | auto].
Qed.

Lemma weight_start i : weight_of i 0 = 0.
Proof. apply primitive_zero. Qed.

Lemma weight_nonneg i t : 0 <= t -> 0 <= weight_of i t.
Proof.
  intros Ht. rewrite <- (weight_start i).
  apply (path_increasing _ _ 0 t (weight_path i)); [intros; left; apply P_pos | lra].
Qed.

Lemma T_path : path T F.
Proof. apply (path_sum n weight_of P). intros; apply weight_path. Qed.

Lemma T_start : T 0 = 0.
Proof. apply Sum_zero. intros; apply weight_start. Qed.

Lemma dual_path j : path (dual j) (g j).
Proof. apply (path_sum n (fun i t => A i j * weight_of i t)). intros; apply path_scal, weight_path. Qed.

Lemma dual_start j : dual j 0 = 0.
Proof. apply Sum_zero. intros i _. rewrite weight_start. ring. Qed.

(* --- the closed form: p +- q grow as exp(+-w) --- *)
Lemma grown j t e : (j < m)%nat -> 0 <= t -> e = 1 \/ e = -1 ->
  p j t + e * q j t = (p j 0 + e * q j 0) * exp (e * dual j t).
Proof.
  intros Hj Ht He. apply (sums_grow (p j) (q j) (g j) (dual j)); auto; [apply dual_path | apply dual_start].
Qed.

Lemma grown_squares j t : (j < m)%nat -> 0 <= t ->
  (p j t + q j t) ^ 2 = (p j 0 + q j 0) ^ 2 * exp (2 * dual j t) /\
  (p j t - q j t) ^ 2 = (p j 0 - q j 0) ^ 2 * exp (- (2 * dual j t)).
Proof.
  intros Hj Ht.
  pose proof (grown j t 1 Hj Ht ltac:(auto)) as E1. pose proof (grown j t (-1) Hj Ht ltac:(auto)) as E2.
  replace (p j t + q j t) with (p j t + 1 * q j t) by ring. replace (p j t - q j t) with (p j t + -1 * q j t) by ring.
  rewrite E1, E2. replace (2 * dual j t) with (1 * dual j t + 1 * dual j t) by ring.
  replace (- (1 * dual j t + 1 * dual j t)) with (-1 * dual j t + -1 * dual j t) by ring. rewrite !exp_plus.
  split; ring.
Qed.

(* the coefficients keep to the allowed signs *)
Lemma rho_allowed t : 0 <= t -> allowed m (fun j => p j 0) (fun j => q j 0) (rho t).
Proof.
  intros Ht j Hj. destruct (grown_squares j t Hj Ht) as [E1 E2]. unfold rho.
  pose proof (pow2_ge_0 (p j t + q j t)) as S1. pose proof (pow2_ge_0 (p j t - q j t)) as S2.
  split; intros Z; rewrite Z in *; [ring_simplify in E1 | ring_simplify in E2]; nra.
Qed.

(* psi_j >= (p_j(0) +- q_j(0))^2 exp(+-2 w_j)/8 *)
Lemma psi_above j t : (j < m)%nat -> 0 <= t ->
  (p j 0 + q j 0) ^ 2 * exp (2 * dual j t) / 8 <= psi j t /\
  (p j 0 - q j 0) ^ 2 * exp (- (2 * dual j t)) / 8 <= psi j t.
Proof.
  intros Hj Ht. destruct (grown_squares j t Hj Ht) as [<- <-]. unfold psi.
  pose proof (pow2_ge_0 (p j t + q j t)). pose proof (pow2_ge_0 (p j t - q j t)). split; lra.
Qed.

(* --- the loss does not increase --- *)
Lemma D_nonneg t : 0 <= D t.
Proof.
  apply Sum_nonneg. intros j _. apply Rmult_le_pos; [|apply pow2_ge_0]. pose proof (psi_nonneg j t). lra.
Qed.

Hypothesis n_pos : (0 < n)%nat.

Lemma F_pos t : 0 < F t.
Proof. apply exp_sum_pos, n_pos. Qed.

Let kappa t := - ln (F t).

Lemma F_kappa t : F t = exp (- kappa t).
Proof. unfold kappa. rewrite Ropp_involutive, exp_ln; auto. apply F_pos. Qed.

Lemma margins_above t i : (i < n)%nat -> kappa t <= M i t.
Proof. exact (log_sum_below n (fun i => M i t) i). Qed.

(* kappa F <= sum_i exp(-m_i) m_i <= (kappa + log n) F *)
Lemma work_below t : F t * kappa t <= Sum n (fun i => P i t * M i t).
Proof. exact (exp_work_above n (fun i => M i t)). Qed.

Lemma work_above t : Sum n (fun i => P i t * M i t) <= F t * (kappa t + ln (INR n)).
Proof.
  assert (Nn : 0 < INR n) by (apply lt_0_INR; auto). pose proof (F_pos t) as Fp.
  enough (Sum n (fun i => P i t * (M i t - (kappa t + ln (INR n)))) <= 0) as S.
  { rewrite (Sum_ext n _ (fun i => P i t * M i t - P i t * (kappa t + ln (INR n)))) in S by (intros; ring).
    rewrite Sum_minus, Sum_scal_r in S. change (Sum n (fun i => P i t)) with (F t) in S. lra. }
  apply Rle_trans with (Sum n (fun i => F t / INR n - P i t)).
  - apply Sum_le. intros i _. pose proof (P_pos i t) as Pp.
    pose proof (exp_above (M i t - (kappa t + ln (INR n)))) as E.
    replace (exp (M i t - (kappa t + ln (INR n)))) with (/ P i t * (F t / INR n)) in E.
    + apply (Rmult_le_compat_l (P i t)) in E; [|lra].
      replace (P i t * (/ P i t * (F t / INR n))) with (F t / INR n) in E by (field; lra). lra.
    + replace (M i t - (kappa t + ln (INR n))) with (M i t + (- kappa t + - ln (INR n))) by ring.
      rewrite !exp_plus, <- F_kappa, exp_Ropp, exp_ln by auto. unfold P. rewrite exp_Ropp, Rinv_inv. reflexivity.
  - rewrite Sum_minus, Sum_constant. change (Sum n (fun i => P i t)) with (F t). right. field. lra.
Qed.
(* --- a direction z with the allowed signs and margins at least 1 --- *)
Variable z : nat -> R.
Hypothesis z_allowed : allowed m (fun j => p j 0) (fun j => q j 0) z.
Hypothesis z_feasible : margin_feasible m n A z.

Lemma start_moves j : (j < m)%nat -> (0 < z j -> 0 < (p j 0 + q j 0) ^ 2) /\ (z j < 0 -> 0 < (p j 0 - q j 0) ^ 2).
Proof.
  intros Hj. destruct (z_allowed j Hj) as [Z1 Z2].
  split; intros S; rewrite <- Rsqr_pow2; apply Rsqr_pos_lt; intros E.
  - pose proof (Z1 E). lra.
  - pose proof (Z2 E). lra.
Qed.

(* 1. the loss vanishes: V = Psi - k z.w is bounded below, and V' <= n exp(-k) - F *)
Lemma tilt_below k : 0 <= k -> exists C, forall t, 0 <= t -> - C <= Sum m (fun j => psi j t - k * (z j * dual j t)).
Proof.
  intros Pk. apply bounded_sum. intros j Hj. destruct (start_moves j Hj) as [S1 S2].
  destruct (Rtotal_order (z j) 0) as [N|[Z|Pz]].
  - exists (2 * (k * - z j) ^ 2 / (p j 0 - q j 0) ^ 2). intros t Ht. destruct (psi_above j t Hj Ht) as [_ B].
    replace (psi j t - k * (z j * dual j t)) with (psi j t - k * - z j * - dual j t) by ring.
    apply tilt_bound; auto; [apply Rmult_le_pos; lra | apply psi_nonneg |].
    replace (2 * - dual j t) with (- (2 * dual j t)) by ring. exact B.
  - exists 0. intros t _. rewrite Z. pose proof (psi_nonneg j t). lra.
  - exists (2 * (k * z j) ^ 2 / (p j 0 + q j 0) ^ 2). intros t Ht. destruct (psi_above j t Hj Ht) as [B _].
    replace (psi j t - k * (z j * dual j t)) with (psi j t - k * z j * dual j t) by ring.
    apply tilt_bound; auto; [apply Rmult_le_pos; lra | apply psi_nonneg].
Qed.

Lemma loss_average k : 0 < k -> exists C, forall t, 0 < t -> F t <= INR n * exp (- k) + C / t.
Proof.
  intros Pk. destruct (tilt_below k ltac:(lra)) as [C HC].
  set (V := fun t => Sum m (fun j => psi j t - k * (z j * dual j t))).
  assert (VP : path V (fun t => Sum n (fun i => P i t * (M i t - k * margin_at m A z i)))).
  { eapply path_eq.
    - apply (path_sum m (fun j t => psi j t - k * (z j * dual j t))). intros j Hj.
      apply path_minus; [apply psi_path; auto | apply path_scal, path_scal, dual_path].
    - intros t _. cbv beta. rewrite Sum_minus, Sum_scal_l.
      rewrite (pairing (rho t) t), (pairing z t), <- Sum_scal_l, <- Sum_minus. apply Sum_ext. intros i _. unfold M.
      ring. }
  assert (Slope : forall t, Sum n (fun i => P i t * (M i t - k * margin_at m A z i)) + F t <= INR n * exp (- k)).
  { intros t. unfold F, exponential_loss. rewrite <- Sum_constant, <- Sum_plus. apply Sum_le. intros i Hi.
    change (exp (- margin_at m A (rho t) i)) with (P i t).
    pose proof (z_feasible i Hi) as Zi. fold (margin_at m A z i) in Zi. pose proof (P_pos i t) as Pp.
    pose proof (exp_above (M i t - k)) as E.
    assert (Ex : P i t * exp (M i t - k) = exp (- k)).
    { unfold P. rewrite <- exp_plus. f_equal. ring. }
    apply (Rmult_le_compat_l (P i t)) in E; [|lra]. rewrite Ex in E.
    assert (P i t * (k * 1) <= P i t * (k * margin_at m A z i)).
    { apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; lra. }
    lra. }
  exists (V 0 + C). intros t Ht.
  assert (Lin : forall c, path (fun t => c * t) (fun _ => c)).
  { intros c. split; intros u; [apply (ex_derive_continuous (fun t => c * t)); auto_derive; auto|].
    intros _. auto_derive; auto. ring. }
  assert (Up : V t + T t <= V 0 + INR n * exp (- k) * t).
  { pose proof (path_increasing _ _ 0 t
      (path_minus _ _ _ _ (Lin (INR n * exp (- k))) (path_plus _ _ _ _ VP T_path))) as I.
    cbv beta in I. rewrite T_start in I.
    enough (INR n * exp (- k) * 0 - (V 0 + 0) <= INR n * exp (- k) * t - (V t + T t)) by lra.
    apply I; [|lra]. intros u _. pose proof (Slope u). lra. }
  assert (Low : t * F t <= T t).
  { assert (IdP : path (fun t => t) (fun _ => 1))
      by (apply (path_ext (fun t => 1 * t)); [intros; ring | apply Lin]).
    pose proof (path_increasing _ _ 0 t (path_minus _ _ _ _ T_path (path_mult _ _ _ _ IdP F_path))) as I.
    cbv beta in I. rewrite T_start in I. enough (0 - 0 * F 0 <= T t - t * F t) by lra.
    apply I; [|lra]. intros u Hu. pose proof (D_nonneg u) as Dn. fold (D u) in Dn. nra. }
  pose proof (HC t ltac:(lra)) as Vt. fold (V t) in Vt.
  apply (Rmult_le_reg_l t); auto.
  replace (t * (INR n * exp (- k) + (V 0 + C) / t)) with (INR n * exp (- k) * t + (V 0 + C)) by (field; lra).
  lra.
Qed.

Lemma loss_vanishes : is_lim F p_infty 0.
Proof.
  assert (Nn : 0 < INR n) by (apply lt_0_INR; auto).
  apply is_lim_spec. intros eps. pose proof (cond_pos eps) as Pe.
  set (k := 2 * INR n / eps). assert (Pk : 0 < k) by (apply Rdiv_lt_0_compat; lra).
  destruct (loss_average k Pk) as [C HC]. pose proof (Rabs_pos C) as Pc.
  exists (2 * (Rabs C + 1) / eps). intros t Ht.
  assert (P0 : 0 < 2 * (Rabs C + 1) / eps) by (apply Rdiv_lt_0_compat; lra).
  rewrite Rminus_0_r, Rabs_pos_eq by (left; apply F_pos).
  eapply Rle_lt_trans; [apply HC; lra|].
  assert (E1 : INR n * exp (- k) < eps / 2).
  { rewrite exp_Ropp. pose proof (exp_above k) as E. pose proof (exp_pos k).
    apply (Rmult_lt_reg_r (exp k)); auto. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    apply Rlt_le_trans with (eps / 2 * (1 + k)).
    - unfold k. replace (eps / 2 * (1 + 2 * INR n / eps)) with (eps / 2 + INR n) by (field; lra). lra.
    - apply Rmult_le_compat_l; lra. }
  assert (E2 : C / t <= eps / 2).
  { apply (Rmult_le_reg_r t); [lra|]. unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    apply (Rmult_lt_compat_l (eps / 2)) in Ht; [|lra].
    replace (eps / 2 * (2 * (Rabs C + 1) / eps)) with (Rabs C + 1) in Ht by (field; lra).
    pose proof (Rle_abs C). lra. }
  lra.
Qed.

(* 2. Psi grows at least as exp(2 T/|z|_1): some w_j of the sign of z_j has |w_j| >= T/|z|_1 *)
Lemma z_not_zero : exists j, (j < m)%nat /\ z j <> 0.
Proof.
  destruct (Classical_Prop.classic (exists j, (j < m)%nat /\ z j <> 0)) as [|N]; auto. exfalso.
  pose proof (z_feasible 0%nat n_pos) as Z. rewrite (Sum_zero m) in Z; [lra|].
  intros j Hj. destruct (Req_dec (z j) 0) as [->|Nz]; [ring|]. exfalso. apply N. exists j. auto.
Qed.

Lemma z_norm_pos : 0 < l1 m z.
Proof.
  destruct z_not_zero as [j [Hj N]]. apply Rlt_le_trans with (Rabs (z j)); [apply Rabs_pos_lt; auto|].
  apply (Sum_term m (fun j => Rabs (z j)) j Hj). intros; apply Rabs_pos.
Qed.

Lemma long_dual t : 0 <= t -> exists j, (j < m)%nat /\ z j <> 0 /\ Rabs (z j) * (T t / l1 m z) <= z j * dual j t.
Proof.
  intros Ht.
  destruct (Classical_Prop.classic (exists j, (j < m)%nat /\ z j <> 0 /\ Rabs (z j) * (T t / l1 m z) <= z j * dual j t))
    as [|N]; auto.
  exfalso. destruct z_not_zero as [j0 [Hj0 N0]]. pose proof z_norm_pos as Zp.
  assert (Lt : forall j, (j < m)%nat -> z j <> 0 -> z j * dual j t < Rabs (z j) * (T t / l1 m z)).
  { intros j Hj Nz. apply Rnot_le_lt. intros Le. apply N. exists j. auto. }
  assert (Up : Sum m (fun j => z j * dual j t) < Sum m (fun j => Rabs (z j) * (T t / l1 m z))).
  { apply (Sum_lt m _ _ j0); auto. intros j Hj. destruct (Req_dec (z j) 0) as [Z|Nz]; [|left; auto].
    rewrite Z, Rabs_R0. lra. }
  rewrite Sum_scal_r in Up. fold (l1 m z) in Up. replace (l1 m z * (T t / l1 m z)) with (T t) in Up by (field; lra).
  assert (Low : T t <= Sum m (fun j => z j * dual j t)).
  { rewrite (Sum_ext m _ (fun j => Sum n (fun i => weight_of i t * (A i j * z j)))).
    - rewrite Sum_swap. apply Sum_le. intros i Hi. rewrite Sum_scal_l.
      pose proof (z_feasible i Hi). pose proof (weight_nonneg i t Ht). nra.
    - intros j _. unfold dual. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring. }
  lra.
Qed.

Lemma Psi_floor : exists c, 0 < c /\ forall t, 0 <= t -> c * exp (2 * (T t / l1 m z)) <= Psi t.
Proof.
  destruct (positive_minimum m (fun j => if Rlt_dec 0 (z j) then (p j 0 + q j 0) ^ 2 / 8
    else if Rlt_dec (z j) 0 then (p j 0 - q j 0) ^ 2 / 8 else 1)) as [c [Pc Hc]].
  { intros j Hj. destruct (start_moves j Hj) as [S1 S2].
    destruct (Rlt_dec 0 (z j)) as [H|_]; [pose proof (S1 H); lra|].
    destruct (Rlt_dec (z j) 0) as [H|_]; [pose proof (S2 H); lra | lra]. }
  exists c. split; auto. intros t Ht. destruct (long_dual t Ht) as [j [Hj [Nz Lo]]].
  apply Rle_trans with (psi j t); [|apply (Sum_term m (fun j => psi j t) j Hj); intros; apply psi_nonneg].
  specialize (Hc j Hj). destruct (psi_above j t Hj Ht) as [B1 B2]. set (L := T t / l1 m z) in *.
  destruct (Rlt_dec 0 (z j)) as [Pz|Npz].
  - rewrite Rabs_pos_eq in Lo by lra. apply Rmult_le_reg_l in Lo; auto.
    eapply Rle_trans; [|exact B1]. unfold Rdiv. rewrite Rmult_assoc, (Rmult_comm (exp _)), <- Rmult_assoc.
    apply Rmult_le_compat; [lra | left; apply exp_pos | exact Hc | apply exp_le; lra].
  - destruct (Rlt_dec (z j) 0) as [Ng|]; [|lra].
    rewrite Rabs_left in Lo by auto. replace (z j * dual j t) with (- z j * - dual j t) in Lo by ring.
    apply Rmult_le_reg_l in Lo; [|lra].
    eapply Rle_trans; [|exact B2]. unfold Rdiv. rewrite Rmult_assoc, (Rmult_comm (exp _)), <- Rmult_assoc.
    apply Rmult_le_compat; [lra | left; apply exp_pos | exact Hc | apply exp_le; lra].
Qed.

(* (sum_j rho_j g_j)^2 <= Psi sum_j 4 psi_j g_j^2 *)
Lemma work_cauchy_schwarz t : Sum n (fun i => P i t * M i t) ^ 2 <= Psi t * D t.
Proof.
  change (Sum n (fun i => P i t * M i t)) with (Sum n (fun i => P i t * margin_at m A (rho t) i)).
  rewrite <- (pairing (rho t) t). apply discriminant; [|apply Sum_nonneg; intros; apply psi_nonneg].
  intros x.
  replace (Psi t * x ^ 2 + 2 * Sum m (fun j => rho t j * g j t) * x + D t)
    with (Sum m (fun j => (p j t * x / 2 + q j t * g j t) ^ 2 + (q j t * x / 2 + p j t * g j t) ^ 2)).
  - apply Sum_nonneg. intros j _. pose proof (pow2_ge_0 (p j t * x / 2 + q j t * g j t)).
    pose proof (pow2_ge_0 (q j t * x / 2 + p j t * g j t)). lra.
  - unfold Psi, D. rewrite <- Sum_scal_l, <- !Sum_scal_r, <- !Sum_plus.
    apply Sum_ext. intros j _. unfold psi, rho. field.
Qed.

(* 3. the scalar argument: the margins reach every fraction of |rho|_1/|z|_1 *)
Lemma entropy_nonneg : 0 <= ln (INR n).
Proof.
  rewrite <- ln_1. pose proof (le_INR 1 n n_pos) as L1. simpl in L1.
  destruct L1 as [Lt| <-]; [left; apply ln_increasing; lra | lra].
Qed.

Lemma Psi_large : exists c, 0 < c /\ forall t, 0 <= t -> c * exp (2 / l1 m z * T t) <= Psi t.
Proof.
  destruct Psi_floor as [c [Pc H]]. exists c. split; auto. intros t Ht.
  pose proof z_norm_pos. replace (2 / l1 m z * T t) with (2 * (T t / l1 m z)) by (field; lra). auto.
Qed.

Lemma margin_reached r : r < 1 -> exists t1, 0 < t1 /\ forall t, t1 <= t ->
  0 < l1 m (rho t) /\ forall i, (i < n)%nat -> r * l1 m (rho t) <= l1 m z * M i t.
Proof.
  intros Hr. pose proof z_norm_pos as Pz. destruct Psi_large as [c0 [Pc0 Fl]].
  destruct (ratio_eventually_above F Psi D (fun t => Sum n (fun i => P i t * M i t)) T (ln (INR n)) (2 / l1 m z) c0
    F_path Psi_path T_path F_pos work_below work_above work_cauchy_schwarz D_nonneg entropy_nonneg Pc0 Fl loss_vanishes
    (2 * Rmax r 0 / l1 m z)) as [t1 [P1 H1]].
  - apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat; auto|]. unfold Rmax. destruct (Rle_dec r 0); lra.
  - exists t1. split; auto. intros t Ht. destruct (H1 t Ht) as [Kp Kc]. fold (kappa t) in Kp, Kc.
    pose proof (l1_nonneg m (rho t)) as L0. split.
    + destruct L0 as [|Z]; auto. exfalso. pose proof (margins_above t 0%nat n_pos) as Mz.
      unfold M, margin_at in Mz. rewrite Sum_zero in Mz; [lra|]. intros j Hj.
      assert (Rj : Rabs (rho t j) = 0) by (apply (Sum_zero_terms m (fun j => Rabs (rho t j))); auto;
        [intros; apply Rabs_pos | unfold l1 in Z; lra]).
      destruct (Req_dec (rho t j) 0) as [->|N]; [ring|]. apply Rabs_no_R0 in N. contradiction.
    + intros i Hi. pose proof (margins_above t i Hi) as Mi. pose proof (l1_below_Psi t) as Lp.
      pose proof (Rmax_l r 0) as R1. pose proof (Rmax_r r 0) as R0.
      apply Rle_trans with (Rmax r 0 * (2 * Psi t)).
      * apply Rle_trans with (Rmax r 0 * l1 m (rho t)); [apply Rmult_le_compat_r | apply Rmult_le_compat_l]; auto.
      * replace (Rmax r 0 * (2 * Psi t)) with (l1 m z * (2 * Rmax r 0 / l1 m z * Psi t)) by (field; lra).
        apply Rmult_le_compat_l; lra.
Qed.

Lemma loss_pace r : 0 < r < 1 -> exists t1, 1 < t1 /\ forall t, t1 <= t -> F t <= l1 m z / (r * (2 * t * ln t)).
Proof.
  intros Hr. pose proof z_norm_pos as Pz. destruct Psi_large as [c0 [Pc0 Fl]].
  destruct (scalar_loss_pace F Psi D (fun t => Sum n (fun i => P i t * M i t)) T (ln (INR n)) (2 / l1 m z) c0
    F_path Psi_path T_path F_pos work_below work_above work_cauchy_schwarz D_nonneg entropy_nonneg Pc0 Fl loss_vanishes
    (r * (2 / l1 m z))) as [t1 [P1 H1]].
  - split; [apply Rmult_lt_0_compat; [lra | apply Rdiv_lt_0_compat; lra]|].
    rewrite <- (Rmult_1_l (2 / l1 m z)) at 2. apply Rmult_lt_compat_r; [apply Rdiv_lt_0_compat; lra | lra].
  - exists t1. split; auto. intros t Ht. pose proof (H1 t Ht) as B.
    assert (Pt : 0 < t * ln t).
    { apply Rmult_lt_0_compat; [lra|]. rewrite <- ln_1. apply ln_increasing; lra. }
    assert (Pd : 0 < r * (2 * t * ln t)) by (rewrite Rmult_assoc; apply Rmult_lt_0_compat; lra).
    apply (Rmult_le_reg_r (r * (2 * t * ln t))); auto. rewrite div_mul by lra.
    apply (Rmult_le_compat_l (l1 m z)) in B; [|lra].
    replace (l1 m z * (r * (2 / l1 m z) * (t * ln t) * F t)) with (F t * (r * (2 * t * ln t))) in B by (field; lra).
    lra.
Qed.
End Flow.
