(* K0, and monotonicity of the normalised margin, for every linear tensor network: labels absorbed in
   the tensors (f_i is y_i times the output), loss sum_i exp(-f_i). If the loss is below 1 at t0,
     gamma(t) = log(1/loss) / |theta|^L  does not decrease after t0,
     loss(t) <= 1 / (1/loss(t0) + c (t - t0))  with  c = (L log(1/loss(t0)) / |theta(t0)|)^2 > 0,
   so the loss tends to 0, and |theta| tends to infinity. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor.
From Litproof Require Export MarginScalar.
Open Scope R_scope.

(* --- every linear tensor network --- *)
Section Network.
Variables (L n : nat) (k : nat -> nat) (M : nat -> (nat -> nat) -> R).

(* the exponential loss of each sample *)
Definition exponential (i : nat) (u : R) : R := exp (- u).
Definition squared_norm (w : nat -> nat -> R) : R := Sum L (fun l => Sum (k l) (fun c => w l c ^ 2)).

Lemma exponential_derive i u : is_derive (exponential i) u (- exp (- u)).
Proof. unfold exponential. auto_derive; auto. ring. Qed.

Lemma squared_norm_nonneg w : 0 <= squared_norm w.
Proof. apply Sum_nonneg. intros l _. apply Sum_nonneg. intros c _. apply pow2_ge_0. Qed.

Lemma parameter_norm w l c : (l < L)%nat -> (c < k l)%nat -> Rabs (w l c) <= sqrt (squared_norm w).
Proof.
  intros Hl Hc. rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt. rewrite Rsqr_pow2.
  apply Rle_trans with (Sum (k l) (fun c => w l c ^ 2)).
  - apply (Sum_term (k l) (fun c => w l c ^ 2)); auto. intros; apply pow2_ge_0.
  - apply (Sum_term L (fun l => Sum (k l) (fun c => w l c ^ 2))); auto.
    intros; apply Sum_nonneg; intros; apply pow2_ge_0.
Qed.

Section FromZero.
Variable v : nat -> nat -> R -> R.
Hypothesis v_flow : tensor_gradient_flow L n k M exponential v.
Hypothesis L_pos : (1 <= L)%nat.
Hypothesis n_pos : (0 < n)%nat.

Let V l c t := v l c (Rmax 0 t).
Let f i t := contract L k (M i) (at_time V t).
Let E t := tensor_loss L n k M exponential (at_time V t).
Let G l c t := tensor_gradient L n k M (fun _ u => - exp (- u)) (at_time V t) l c.
Let N t := squared_norm (at_time V t).
Let D t := Sum L (fun l => Sum (k l) (fun c => G l c t ^ 2)).
Let B t := - Sum L (fun l => Sum (k l) (fun c => V l c t * G l c t)).

Lemma V_path l c : (l < L)%nat -> (c < k l)%nat -> path (V l c) (fun t => - G l c t).
Proof.
  intros Hl Hc.
  apply (path_eq _ _ _ (tensor_path L n k M exponential (fun _ u =>
    - exp (- u)) exponential_derive v v_flow l c Hl Hc)).
  intros t Ht. unfold G. do 2 f_equal. unfold at_time, V. rewrite Rmax_right by lra. reflexivity.
Qed.

Lemma E_path : path E (fun t => - D t).
Proof.
  eapply path_eq.
  - apply (path_sum n (fun i t => exponential i (f i t))). intros i _.
    apply (path_comp (f i) (fun t => Sum L (fun l => Sum (k l) (fun c =>
      - G l c t * slot L k (M i) (at_time V t) l c))) (exponential i) (fun u => - exp (- u)));
      [|apply exponential_derive].
    apply (contract_path k (M i) L V (fun l c t => - G l c t)). apply V_path.
  - intros t _. cbv beta. unfold D.
    rewrite (Sum_ext n _ (fun i => Sum L (fun l => Sum (k l) (fun c => - G l c t *
       (- exp (- f i t) * slot L k (M i) (at_time V t) l c))))).
    + rewrite Sum_swap, <- Sum_opp. apply Sum_ext. intros l _. rewrite Sum_swap, <- Sum_opp.
      apply Sum_ext. intros c _. rewrite Sum_scal_l.
      change (Sum n (fun i => - exp (- f i t) * slot L k (M i) (at_time V t) l c)) with (G l c t). ring.
    + intros i _. rewrite <- ?Sum_scal_l, <- ?Sum_scal_r. apply Sum_ext. intros l _.
      rewrite <- ?Sum_scal_l, <- ?Sum_scal_r. apply Sum_ext. intros c _. ring.
Qed.

Lemma N_path : path N (fun t => 2 * B t).
Proof.
  eapply path_eq.
  - apply (path_sum L (fun l t => Sum (k l) (fun c => V l c t ^ 2))). intros l Hl.
    apply (path_sum (k l) (fun c t => V l c t ^ 2)). intros c Hc. apply path_sq, V_path; auto.
  - intros t _. cbv beta. unfold B. rewrite <- Sum_opp, <- Sum_scal_l. apply Sum_ext. intros l _.
    rewrite <- Sum_opp, <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

Lemma cauchy_schwarz_flow t : B t ^ 2 <= N t * D t.
Proof.
  replace (B t ^ 2) with ((- B t) ^ 2) by ring. apply discriminant; [|apply squared_norm_nonneg].
  intros x.
  replace (N t * x ^ 2 + 2 * - B t * x + D t) with (Sum L (fun l => Sum (k l) (fun c => (x * V l c t + G l c t) ^ 2))).
  - apply Sum_nonneg. intros; apply Sum_nonneg. intros; apply pow2_ge_0.
  - unfold N, squared_norm, B, D.
    rewrite (Sum_ext L _ (fun l => x ^ 2 * Sum (k l) (fun c => V l c t ^ 2)
      + 2 * x * Sum (k l) (fun c => V l c t * G l c t) + Sum (k l) (fun c => G l c t ^ 2))).
    + rewrite !Sum_plus, !Sum_scal_l. change (at_time V t) with (fun l c => V l c t). cbv beta. ring.
    + intros l _. rewrite <- !Sum_scal_l, <- !Sum_plus. apply Sum_ext. intros; ring.
Qed.

Lemma E_positive t : 0 < E t.
Proof. exact (exp_sum_pos n (fun i => f i t) n_pos). Qed.

Lemma output_above t i : (i < n)%nat -> - ln (E t) <= f i t.
Proof. exact (log_sum_below n (fun i => f i t) i). Qed.

Lemma B_value t : B t = INR L * Sum n (fun i => exp (- f i t) * f i t).
Proof.
  assert (Ly : forall l, (l < L)%nat ->
    - Sum (k l) (fun c => V l c t * G l c t) = Sum n (fun i => exp (- f i t) * f i t)).
  { intros l Hl. rewrite <- Sum_opp.
    rewrite (Sum_ext (k l) _ (fun c => Sum n (fun i => exp (- f i t) * (V l c t * slot L k (M i) (at_time V t) l c)))).
    - rewrite Sum_swap. apply Sum_ext. intros i _. rewrite Sum_scal_l. f_equal.
      apply (contract_euler k (M i) L (at_time V t) l Hl).
    - intros c _. unfold G, tensor_gradient. rewrite <- Sum_scal_l, <- Sum_opp. apply Sum_ext.
      intros i _. fold (f i t). ring. }
  unfold B. rewrite <- Sum_opp, (Sum_ext L _ (fun _ => Sum n (fun i => exp (- f i t) * f i t))) by exact Ly.
  generalize (Sum n (fun i => exp (- f i t) * f i t)). intros s. clear.
  induction L as [|p IH]; [simpl; ring|]. rewrite S_INR. simpl Sum. rewrite IH. ring.
Qed.

Lemma B_bound t : INR L * (E t * - ln (E t)) <= B t.
Proof.
  rewrite B_value. apply Rmult_le_compat_l; [apply pos_INR | exact (exp_work_above n (fun i => f i t))].
Qed.

Lemma before t : t <= 0 -> E t = E 0 /\ N t = N 0.
Proof. intros H. unfold E, N, at_time, V. rewrite (Rmax_left 0 t), (Rmax_left 0 0) by lra. auto. Qed.

Lemma D_nonneg t : 0 <= D t.
Proof. apply Sum_nonneg. intros; apply Sum_nonneg. intros; apply pow2_ge_0. Qed.

Hypothesis small : tensor_loss L n k M exponential (at_time v 0) < 1.

Let loss_at t := tensor_loss L n k M exponential (at_time v t).
Let norm t := sqrt (squared_norm (at_time v t)).
Let c := (INR L * - ln (loss_at 0) / norm 0) ^ 2.

Lemma extended t : 0 <= t -> E t = loss_at t /\ sqrt (N t) = norm t.
Proof. intros H. unfold E, N, loss_at, norm, at_time, V. rewrite Rmax_right by auto. auto. Qed.

Lemma small_extended : E 0 < 1.
Proof. destruct (extended 0 ltac:(lra)) as [-> _]. exact small. Qed.

Lemma norm_positive t : 0 < N t.
Proof.
  apply (N_pos L E N D B L_pos E_path cauchy_schwarz_flow D_nonneg
    (fun t => squared_norm_nonneg _) E_positive B_bound before small_extended).
Qed.

Lemma margin_increases_from_zero s t : 0 <= s <= t ->
  - ln (loss_at s) / norm s ^ L <= - ln (loss_at t) / norm t ^ L.
Proof.
  intros H. destruct (extended s ltac:(lra)) as [<- <-]. destruct (extended t ltac:(lra)) as [<- <-].
  apply (scalar_margin_increases L E N D B L_pos E_path N_path cauchy_schwarz_flow D_nonneg
    (fun t => squared_norm_nonneg _) E_positive B_bound before small_extended s t H).
Qed.

Lemma c_value : c = (INR L * - ln (E 0)) ^ 2 / N 0 /\ 0 < c.
Proof.
  pose proof (norm_positive 0) as PN.
  pose proof (c_pos L E N D B L_pos E_path cauchy_schwarz_flow D_nonneg
    (fun t => squared_norm_nonneg _) E_positive B_bound before small_extended) as Pc.
  assert (Ec : c = (INR L * - ln (E 0)) ^ 2 / N 0).
  { unfold c. destruct (extended 0 ltac:(lra)) as [<- <-]. unfold Rdiv. rewrite Rpow_mult_distr. f_equal.
    rewrite <- (sqrt_sqrt (N 0)) at 2 by lra. pose proof (sqrt_lt_R0 _ PN). field. lra. }
  split; [exact Ec|]. rewrite Ec. exact Pc.
Qed.

Lemma loss_bound_from_zero t : 0 <= t -> loss_at t <= / (/ loss_at 0 + c * t).
Proof.
  intros H. destruct c_value as [-> _].
  destruct (extended t ltac:(lra)) as [<- _]. destruct (extended 0 ltac:(lra)) as [<- _].
  apply (scalar_loss_bound L E N D B L_pos E_path N_path cauchy_schwarz_flow D_nonneg
    (fun t => squared_norm_nonneg _) E_positive B_bound before small_extended t H).
Qed.

Lemma kappa_grows t : 0 <= t -> ln (c * t) <= - ln (loss_at t) \/ t = 0.
Proof.
  intros H. destruct (Req_dec t 0) as [|N0]; [right; auto | left].
  destruct c_value as [_ Pc]. assert (Pt : 0 < c * t) by (apply Rmult_lt_0_compat; lra).
  assert (P0 : 0 < loss_at 0) by (destruct (extended 0 ltac:(lra)) as [<- _]; apply E_positive).
  assert (P : 0 < loss_at t) by (destruct (extended t ltac:(lra)) as [<- _]; apply E_positive).
  rewrite <- ln_Rinv by auto.
  assert (Le : c * t <= / loss_at t).
  { pose proof (loss_bound_from_zero t H) as B1. pose proof (Rinv_0_lt_compat _ P0).
    apply Rinv_le_contravar in B1; [|auto]. rewrite Rinv_inv in B1. lra. }
  destruct Le as [Lt|Eq]; [left; apply ln_increasing; auto | right; f_equal; auto].
Qed.

Lemma norm_diverges_from_zero : is_lim norm p_infty p_infty.
Proof.
  destruct (contract_below_bound k (M 0%nat) L (fun _ => O)) as [K [K0 HK]].
  assert (Up : forall t, 0 <= t -> - ln (loss_at t) <= K * norm t ^ L).
  { intros t Ht. destruct (extended t Ht) as [<- <-].
    eapply Rle_trans; [apply (output_above t 0 n_pos)|].
    eapply Rle_trans; [apply Rle_abs|]. apply HK; [|apply sqrt_pos].
    intros l c' Hl Hc. apply parameter_norm; auto. }
  destruct c_value as [_ Pc].
  apply is_lim_spec. intros Big.
  exists (exp (K * Rmax 0 Big ^ L + 1) / c). intros t Ht.
  assert (P : 0 < exp (K * Rmax 0 Big ^ L + 1) / c) by (apply Rdiv_lt_0_compat; [apply exp_pos | auto]).
  destruct (kappa_grows t ltac:(lra)) as [Gr|]; [|lra].
  assert (Le : K * Rmax 0 Big ^ L + 1 < ln (c * t)).
  { rewrite <- (ln_exp (K * Rmax 0 Big ^ L + 1)). apply ln_increasing; [apply exp_pos|].
    apply (Rmult_lt_compat_l c) in Ht; auto.
    replace (c * (exp (K * Rmax 0 Big ^ L + 1) / c)) with (exp (K * Rmax 0 Big ^ L + 1)) in Ht by (field; lra). auto. }
  pose proof (Up t ltac:(lra)) as U.
  destruct (Rlt_le_dec Big (norm t)) as [|Small]; auto. exfalso.
  assert (Pw : norm t ^ L <= Rmax 0 Big ^ L).
  { apply pow_incr. split; [apply sqrt_pos|]. eapply Rle_trans; [exact Small | apply Rmax_r]. }
  apply (Rmult_le_compat_l K) in Pw; lra.
Qed.

Lemma loss_vanishes_from_zero : is_lim loss_at p_infty 0.
Proof.
  destruct c_value as [_ Pc].
  apply is_lim_spec. intros eps. pose proof (cond_pos eps) as Pe.
  exists (/ (c * eps)). intros t Ht.
  assert (P : 0 < / (c * eps)) by (apply Rinv_0_lt_compat, Rmult_lt_0_compat; auto).
  assert (Pl : 0 < loss_at t) by (destruct (extended t ltac:(lra)) as [<- _]; apply E_positive).
  assert (P0 : 0 < loss_at 0) by (destruct (extended 0 ltac:(lra)) as [<- _]; apply E_positive).
  rewrite Rminus_0_r, Rabs_pos_eq by lra.
  eapply Rle_lt_trans; [apply loss_bound_from_zero; lra|].
  rewrite <- (Rinv_inv eps). pose proof (Rinv_0_lt_compat _ P0) as Pi. pose proof (Rinv_0_lt_compat _ Pe) as Pj.
  apply (Rmult_lt_compat_l c) in Ht; auto.
  replace (c * / (c * eps)) with (/ eps) in Ht by (field; lra).
  apply Rinv_lt_contravar; [|lra]. apply Rmult_lt_0_compat; lra.
Qed.

(* the pace: d/dt (1/loss) >= (L kappa / |theta|)^2 = L^2 kappa^(2 - 2/L) gamma^(2/L) *)
Lemma pace_from_zero t : 0 < t -> exists rate : R, is_derive (fun s => / loss_at s) t rate /\
  (INR L * - ln (loss_at t) / norm t) ^ 2 <= rate.
Proof.
  intros Ht. exists (D t / E t ^ 2).
  pose proof (E_positive t) as PE.
  pose proof (norm_positive t) as PN.
  pose proof (kappa_pos E N D E_path D_nonneg E_positive before small_extended t) as PK.
  pose proof (speed_bound L E N D B L_pos E_path cauchy_schwarz_flow D_nonneg
    (fun t => squared_norm_nonneg _) E_positive B_bound before small_extended t) as Sp.
  pose proof (B_bound t) as Bd. pose proof (L_real L L_pos) as L1.
  destruct (extended t ltac:(lra)) as [Et Nt]. split.
  - apply (is_derive_ext_loc (fun s => / E s)).
    + apply (locally_interval _ t 0 p_infty); simpl; auto. intros s Hs _.
      destruct (extended s ltac:(lra)) as [-> _]. reflexivity.
    + replace (D t / E t ^ 2) with (- (- D t) / E t ^ 2) by (field; lra).
      destruct E_path as [_ De]. apply (is_derive_inv E t (- D t)); [auto | lra].
  - rewrite <- Et, <- Nt. set (kap := - ln (E t)) in *.
    replace ((INR L * kap / sqrt (N t)) ^ 2) with (INR L ^ 2 * (kap ^ 2 / N t)).
    + apply (Rmult_le_reg_r (/ (kap / E t))); [apply Rinv_0_lt_compat, Rdiv_lt_0_compat; auto|].
      replace (D t / E t ^ 2 * / (kap / E t)) with (D t / (E t * kap)) by (field; lra).
      eapply Rle_trans; [|exact Sp].
      replace (INR L ^ 2 * (kap ^ 2 / N t) * / (kap / E t))
        with (INR L * (INR L * (E t * kap) / N t)) by (field; lra).
      apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_r; auto. left. apply Rinv_0_lt_compat; auto.
    + rewrite <- (sqrt_sqrt (N t)) at 1 by lra. pose proof (sqrt_lt_R0 _ PN). field. lra.
Qed.
End FromZero.

(* starting the clock at t0 *)
Lemma delayed_flow v t0 : 0 <= t0 -> tensor_gradient_flow L n k M exponential v ->
  tensor_gradient_flow L n k M exponential (fun l c t => v l c (t0 + t)).
Proof.
  intros H0 F l c Hl Hc. destruct (F l c Hl Hc) as [C D]. split.
  - destruct (Rle_lt_or_eq_dec 0 t0 H0) as [P|<-].
    + rewrite Rplus_0_r.
      assert (Ct : continuous (fun t => v l c (t0 + t)) 0).
      { apply (continuous_comp (fun t => t0 + t) (v l c)).
        - apply (ex_derive_continuous (fun t => t0 + t)). auto_derive; auto.
        - rewrite Rplus_0_r. apply (ex_derive_continuous (v l c)). eexists. apply D; auto. }
      intros P0 HP. unfold continuous in Ct. rewrite Rplus_0_r in Ct. destruct (Ct P0 HP) as [e He].
      exists e. intros u Hu _. apply He, Hu.
    + apply (filterlim_ext (v l c)); [intros; rewrite Rplus_0_l; reflexivity | rewrite Rplus_0_r; exact C].
  - intros t Ht. specialize (D (t0 + t) ltac:(lra)).
    change (at_time (fun l c t => v l c (t0 + t)) t) with (at_time v (t0 + t)).
    rewrite <- (Rmult_1_l (- _)).
    apply (is_derive_comp (v l c) (fun t => t0 + t)); auto. auto_derive; auto.
Qed.

Lemma from_later v t0 : 0 <= t0 -> tensor_gradient_flow L n k M exponential v ->
  tensor_loss L n k M exponential (at_time v t0) < 1 ->
  exists v', tensor_gradient_flow L n k M exponential v' /\ tensor_loss L n k M exponential (at_time v' 0) < 1 /\
    forall t, at_time v' (t - t0) = at_time v t.
Proof.
  intros H0 F Small. exists (fun l c t => v l c (t0 + t)). split; [apply delayed_flow; auto|].
  assert (Time : forall t, at_time (fun l c t => v l c (t0 + t)) (t - t0) = at_time v t)
    by (intros; unfold at_time; extensionality l; extensionality j; f_equal; ring).
  split; [|exact Time]. replace 0 with (t0 - t0) by ring. rewrite Time. exact Small.
Qed.

Theorem normalised_margin v t0 : (1 <= L)%nat -> (0 < n)%nat -> 0 <= t0 ->
  tensor_gradient_flow L n k M exponential v ->
  let loss_at t := tensor_loss L n k M exponential (at_time v t) in
  let norm t := sqrt (squared_norm (at_time v t)) in
  let c := (INR L * - ln (loss_at t0) / norm t0) ^ 2 in
  loss_at t0 < 1 ->
  (* the normalised margin does not decrease *)
  (forall s t, t0 <= s <= t -> - ln (loss_at s) / norm s ^ L <= - ln (loss_at t) / norm t ^ L) /\
  (* the loss is O(1/t) *)
  0 < c /\ (forall t, t0 <= t -> loss_at t <= / (/ loss_at t0 + c * (t - t0))) /\
  is_lim loss_at p_infty 0 /\
  (* the parameters diverge *)
  is_lim norm p_infty p_infty.
Proof.
  intros HL Hn H0 F loss_at norm c Small.
  destruct (from_later v t0 H0 F Small) as [v' [F' [Small' Time]]].
  assert (Zero : at_time v' 0 = at_time v t0) by (rewrite <- (Time t0); f_equal; ring).
  split; [|split; [|split; [|split]]].
  - intros s t H. pose proof (margin_increases_from_zero v' F' HL Hn Small' (s - t0) (t - t0) ltac:(lra)) as I.
    cbv beta zeta in I.
    rewrite !Time in I. exact I.
  - destruct (c_value v' F' HL Hn Small') as [_ P]. cbv beta zeta in P. rewrite Zero in P. exact P.
  - intros t H. pose proof (loss_bound_from_zero v' F' HL Hn Small' (t - t0) ltac:(lra)) as I. cbv beta zeta in I.
    rewrite Time, Zero in I. exact I.
  - apply (is_lim_ext (fun t => tensor_loss L n k M exponential (at_time v' (t - t0))));
      [intros; rewrite Time; reflexivity|].
    apply (is_lim_comp (fun u => tensor_loss L n k M exponential (at_time v' u)) (fun t => t - t0) p_infty 0 p_infty).
    + exact (loss_vanishes_from_zero v' F' HL Hn Small').
    + apply is_lim_spec. intros Big. exists (Big + t0). intros; lra.
    + exists 0. intros; discriminate.
  - apply (is_lim_ext (fun t => sqrt (squared_norm (at_time v' (t - t0))))); [intros; rewrite Time; reflexivity|].
    apply (is_lim_comp (fun u => sqrt (squared_norm (at_time v' u))) (fun t => t - t0) p_infty p_infty p_infty).
    + exact (norm_diverges_from_zero v' F' HL Hn Small').
    + apply is_lim_spec. intros Big. exists (Big + t0). intros; lra.
    + exists 0. intros; discriminate.
Qed.

Theorem inverse_loss_pace v t0 t : (1 <= L)%nat -> (0 < n)%nat -> 0 <= t0 < t ->
  tensor_gradient_flow L n k M exponential v ->
  let loss_at t := tensor_loss L n k M exponential (at_time v t) in
  let norm t := sqrt (squared_norm (at_time v t)) in
  loss_at t0 < 1 ->
  exists rate : R, is_derive (fun s => / loss_at s) t rate /\ (INR L * - ln (loss_at t) / norm t) ^ 2 <= rate.
Proof.
  intros HL Hn H0 F loss_at norm Small.
  destruct (from_later v t0 ltac:(lra) F Small) as [v' [F' [Small' Time]]].
  destruct (pace_from_zero v' F' HL Hn Small' (t - t0) ltac:(lra)) as [rate [De Bd]]. cbv beta zeta in De, Bd.
  rewrite Time in Bd. exists rate. split; [|exact Bd].
  apply (is_derive_ext (fun s => / tensor_loss L n k M exponential (at_time v' (s - t0)))).
  - intros s. rewrite Time. reflexivity.
  - rewrite <- (Rmult_1_l rate).
    apply (is_derive_comp (fun u => / tensor_loss L n k M exponential (at_time v' u)) (fun s => s - t0)); auto.
    auto_derive; auto.
Qed.
End Network.
