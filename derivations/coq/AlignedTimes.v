(* Aligned times, for every linear tensor network with exponential loss (labels absorbed in the tensors): if the loss is
   below 1 at some time, there are arbitrarily late times t at which the parameters and the gradient of
   kappa = log(1/loss) point in almost the same direction: 1/cos^2 - 1 < eps, cos > 0.
   Reason: d/dt log(kappa/|theta|^L) >= L (1/cos^2 - 1) d/dt log |theta|; kappa/|theta|^L is bounded, |theta| is not. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Quasinorm Margin.
Open Scope R_scope.

(* --- the scalar argument: E = loss, N = |theta|^2, D = |gradient|^2, B = - <theta, gradient>, 1/cos^2 = N D / B^2 ---
   *)
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
(* the normalised margin is bounded, the norm is not *)
Hypothesis ceiling : forall t, - ln (E t) <= K * sqrt (N t) ^ L.
Hypothesis diverges : forall big, exists T, forall t, T < t -> big < sqrt (N t).

Let kappa t := - ln (E t).

Lemma scalar_kappa_pos t : 0 < kappa t.
Proof. apply (kappa_pos E N D); auto. Qed.
Lemma scalar_N_pos t : 0 < N t.
Proof. apply (N_pos L E N D B); auto. Qed.
Lemma scalar_B_pos t : 0 < B t.
Proof. apply (B_pos L E N D B); auto. Qed.

Lemma log_ceiling t : ln (kappa t) <= ln (Rmax 1 K) + INR L * ln (sqrt (N t)).
Proof.
  pose proof (scalar_N_pos t) as PN. pose proof (sqrt_lt_R0 _ PN) as Ps. pose proof (Rmax_l 1 K) as R1.
  pose proof (Rmax_r 1 K) as R2.
  rewrite <- ln_pow, <- ln_mult; auto; [|lra | apply pow_lt; auto].
  assert (Le : kappa t <= Rmax 1 K * sqrt (N t) ^ L).
  { eapply Rle_trans; [apply ceiling|]. apply Rmult_le_compat_r; auto. apply pow_le; lra. }
  destruct Le as [Lt|Eq]; [left; apply ln_increasing; auto; apply scalar_kappa_pos | right; f_equal; exact Eq].
Qed.

(* the derivative of log kappa is at least L / cos^2 times that of log |theta| *)
Lemma log_kappa_speed q t : q * B t ^ 2 <= N t * D t -> 0 <= q -> INR L * (q * (B t / N t)) <= D t / (E t * kappa t).
Proof.
  intros H Q. pose proof (scalar_N_pos t) as PN. pose proof (E_pos t) as PE. pose proof (scalar_kappa_pos t) as PK.
  pose proof (scalar_B_pos t) as PB. assert (PEK : 0 < E t * kappa t) by (apply Rmult_lt_0_compat; auto).
  apply (Rmult_le_reg_r (N t * (E t * kappa t))); [apply Rmult_lt_0_compat; auto|].
  replace (INR L * (q * (B t / N t)) * (N t * (E t * kappa t))) with (q * B t * (INR L * (E t * kappa t)))
    by (field; lra).
  replace (D t / (E t * kappa t) * (N t * (E t * kappa t))) with (N t * D t) by (field; lra).
  apply Rle_trans with (q * B t * B t); [|simpl in H; lra].
  apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|]. apply B_large.
Qed.

Theorem scalar_aligned eps T : 0 < eps -> exists t, T <= t /\ 0 <= t /\ N t * D t < (1 + eps) * B t ^ 2.
Proof.
  intros Pe. destruct (Classical_Prop.classic (exists t, T <= t /\ 0 <= t /\ N t * D t < (1 + eps) * B t ^ 2)) as [|No];
    auto.
  exfalso. set (T0 := Rmax 0 T). pose proof (Rmax_l 0 T) as M1. pose proof (Rmax_r 0 T) as M2. fold T0 in M1, M2.
  assert (Far : forall t, T0 < t -> (1 + eps) * B t ^ 2 <= N t * D t).
  { intros t Ht. apply Rnot_lt_le. intros Lt. apply No. exists t. split; [lra | split; [lra | exact Lt]]. }
  pose proof (L_real L L_pos) as L1.
  set (q := 1 + eps). set (h := fun t => ln (kappa t) - INR L * q / 2 * ln (N t)).
  assert (P : path h (fun t => D t / (E t * kappa t) - INR L * q * (B t / N t))).
  { apply (path_eq _ _ _ (path_minus _ _ _ _ (path_ln _ _ scalar_kappa_pos (kappa_path E D E_path E_pos))
                            (path_scal (INR L * q / 2) _ _ (path_ln _ _ scalar_N_pos N_path)))).
    intros u _. pose proof (scalar_N_pos u). pose proof (E_pos u). pose proof (scalar_kappa_pos u). fold kappa.
    fold (kappa u). field. lra. }
  set (big := exp ((ln (Rmax 1 K) - h T0) / (INR L * eps))).
  destruct (diverges big) as [T1 HT]. set (t := Rmax T0 T1 + 1).
  pose proof (Rmax_l T0 T1). pose proof (Rmax_r T0 T1).
  assert (Up : h T0 <= h t).
  { apply (path_increasing_after T0 h _ T0 t P M1); [|unfold t; lra]. intros u Hu.
    pose proof (log_kappa_speed q u (Far u Hu) ltac:(unfold q; lra)). lra. }
  pose proof (scalar_N_pos t) as PN. pose proof (sqrt_lt_R0 _ PN) as Ps.
  assert (LnN : ln (N t) = 2 * ln (sqrt (N t))).
  { rewrite <- (sqrt_sqrt (N t)) at 1 by lra. rewrite ln_mult by auto. ring. }
  pose proof (log_ceiling t) as Cl. unfold h at 2 in Up. rewrite LnN in Up. unfold q in Up.
  assert (Bd : big < sqrt (N t)) by (apply HT; unfold t; lra).
  apply ln_increasing in Bd; [|apply exp_pos]. unfold big in Bd. rewrite ln_exp in Bd.
  assert (Pl : 0 < INR L * eps) by (apply Rmult_lt_0_compat; lra).
  apply (Rmult_lt_compat_l (INR L * eps)) in Bd; auto.
  replace (INR L * eps * ((ln (Rmax 1 K) - h T0) / (INR L * eps))) with (ln (Rmax 1 K) - h T0) in Bd by (field; lra).
  lra.
Qed.
End Scalar.

(* --- every linear tensor network --- *)
Section Alignment.
Variables (L n : nat) (k : nat -> nat) (M : nat -> (nat -> nat) -> R).

Definition inner (a b : nat -> nat -> R) : R := Sum L (fun l => Sum (k l) (fun c => a l c * b l c)).
(* kappa = log(1/loss), its gradient, and the squared cosine of the angle between gradient and parameters *)
Definition log_loss (w : nat -> nat -> R) : R := - ln (tensor_loss L n k M exponential w).
Definition log_gradient (w : nat -> nat -> R) (l c : nat) : R :=
  Derive (fun s => log_loss (replace_entry w l c s)) (w l c).
Definition cosine2 (w : nat -> nat -> R) : R :=
  inner w (log_gradient w) ^ 2 / (inner w w * inner (log_gradient w) (log_gradient w)).

(* sum_i exp(-f_i) grad f_i, minus the gradient of the loss *)
Definition force (w : nat -> nat -> R) (l c : nat) : R :=
  Sum n (fun i => exp (- contract L k (M i) w) * slot L k (M i) w l c).
Definition work (w : nat -> nat -> R) : R := Sum n (fun i => exp (- contract L k (M i) w) * contract L k (M i) w).

Lemma inner_self w : inner w w = squared_norm L k w.
Proof. unfold inner, squared_norm. apply Sum_ext. intros l _. apply Sum_ext. intros; ring. Qed.

Lemma inner_ext a b a' b' : (forall l c, (l < L)%nat -> (c < k l)%nat -> a l c = a' l c) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> b l c = b' l c) -> inner a b = inner a' b'.
Proof. intros Ha Hb. apply Sum_ext. intros l Hl. apply Sum_ext. intros c Hc. rewrite Ha, Hb by auto. reflexivity. Qed.

Lemma inner_scale x y a b : inner (fun l c => x * a l c) (fun l c => y * b l c) = x * y * inner a b.
Proof.
  unfold inner. rewrite <- Sum_scal_l. apply Sum_ext. intros l _. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

Lemma inner_cauchy a b : inner a b ^ 2 <= inner a a * inner b b.
Proof.
  apply discriminant; [|rewrite inner_self; apply squared_norm_nonneg]. intros x.
  replace (inner a a * x ^ 2 + 2 * inner a b * x + inner b b)
    with (Sum L (fun l => Sum (k l) (fun c => (x * a l c + b l c) ^ 2))).
  - apply Sum_nonneg. intros; apply Sum_nonneg. intros; apply pow2_ge_0.
  - unfold inner. rewrite (Sum_ext L _ (fun l => x ^ 2 * Sum (k l) (fun c => a l c * a l c)
      + 2 * x * Sum (k l) (fun c => a l c * b l c) + Sum (k l) (fun c => b l c * b l c))).
    + rewrite !Sum_plus, !Sum_scal_l. ring.
    + intros l _. rewrite <- !Sum_scal_l, <- !Sum_plus. apply Sum_ext. intros; ring.
Qed.

(* Euler, in one layer and in all *)
Lemma force_layer w l : (l < L)%nat -> Sum (k l) (fun c => w l c * force w l c) = work w.
Proof.
  intros Hl. unfold force, work.
  rewrite (Sum_ext (k l) _ (fun c => Sum n (fun i => exp (- contract L k (M i) w) * (w l c * slot L k (M i) w l c))))
    by (intros c _; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
  rewrite Sum_swap. apply Sum_ext. intros i _. rewrite Sum_scal_l. f_equal. apply (contract_euler k (M i) L w l Hl).
Qed.

Lemma force_euler w : inner w (force w) = INR L * work w.
Proof. unfold inner. rewrite (Sum_ext L _ (fun _ => work w)) by (intros; apply force_layer; auto). apply Sum_constant.
Qed.

Hypothesis n_pos : (0 < n)%nat.

Lemma loss_pos w : 0 < tensor_loss L n k M exponential w.
Proof.
  apply Rlt_le_trans with (exp (- contract L k (M 0%nat) w)); [apply exp_pos|].
  apply (Sum_term n (fun i => exp (- contract L k (M i) w)) 0 n_pos). intros; left; apply exp_pos.
Qed.

Lemma margin_above w i : (i < n)%nat -> log_loss w <= contract L k (M i) w.
Proof.
  intros Hi. assert (Le : exp (- contract L k (M i) w) <= tensor_loss L n k M exponential w).
  { apply (Sum_term n (fun i => exp (- contract L k (M i) w)) i Hi). intros; left; apply exp_pos. }
  unfold log_loss. enough (- contract L k (M i) w <= ln (tensor_loss L n k M exponential w)) by lra.
  rewrite <- (ln_exp (- contract L k (M i) w)).
  destruct Le as [Lt|Eq]; [left; apply ln_increasing; auto; apply exp_pos | right; f_equal; exact Eq].
Qed.

Lemma work_above w : tensor_loss L n k M exponential w * log_loss w <= work w.
Proof.
  unfold tensor_loss, work. rewrite <- Sum_scal_r. apply Sum_le. intros i Hi.
  apply Rmult_le_compat_l; [left; apply exp_pos | apply margin_above; auto].
Qed.

Lemma log_loss_pos w : tensor_loss L n k M exponential w < 1 -> 0 < log_loss w.
Proof. intros H. pose proof (ln_increasing _ 1 (loss_pos w) H) as I. rewrite ln_1 in I. unfold log_loss. lra. Qed.

Lemma log_gradient_value w l c : (l < L)%nat -> (c < k l)%nat ->
  log_gradient w l c = / tensor_loss L n k M exponential w * force w l c.
Proof.
  intros Hl Hc. apply is_derive_unique. pose proof (loss_pos w) as P.
  pose proof (tensor_partial_derivative L n k M exponential (fun _ u => - exp (- u)) exponential_derive w l c Hl Hc)
    as De.
  assert (Same : replace_entry w l c (w l c) = w).
  { extensionality l'; extensionality c'. unfold replace_entry.
    destruct (Nat.eqb_spec l' l) as [->|]; [destruct (Nat.eqb_spec c' c) as [->|]|]; reflexivity. }
  replace (/ tensor_loss L n k M exponential w * force w l c)
    with (opp (scal (tensor_gradient L n k M (fun _ u =>
      - exp (- u)) w l c) (/ tensor_loss L n k M exponential (replace_entry w l c (w l c))))).
  - apply (is_derive_opp (fun s => ln (tensor_loss L n k M exponential (replace_entry w l c s)))).
    apply (is_derive_comp ln (fun s => tensor_loss L n k M exponential (replace_entry w l c s))); [|exact De].
    apply is_derive_ln. apply loss_pos.
  - rewrite Same. unfold opp, scal; simpl; unfold mult; simpl. unfold tensor_gradient, force.
    rewrite (Sum_ext n (fun i => - exp _ * _) (fun i => - (exp (- contract L k (M i) w) * slot L k (M i) w l c)))
      by (intros; ring).
    rewrite Sum_opp. ring.
Qed.

(* the cosine does not see the factor 1/loss *)
Lemma cosine2_value w : inner (force w) (force w) <> 0 -> inner w w <> 0 ->
  cosine2 w = inner w (force w) ^ 2 / (inner w w * inner (force w) (force w)).
Proof.
  intros N1 N2. pose proof (loss_pos w) as P. set (E := tensor_loss L n k M exponential w) in *. unfold cosine2.
  rewrite (inner_ext w (log_gradient w) (fun l c => 1 * w l c) (fun l c => / E * force w l c))
    by (intros; first [ring | apply log_gradient_value; auto]).
  rewrite (inner_ext (log_gradient w) (log_gradient w) (fun l c => / E * force w l c) (fun l c => / E * force w l c))
    by (intros; apply log_gradient_value; auto).
  rewrite !inner_scale. field. repeat split; auto; lra.
Qed.

Lemma inner_log_gradient w : inner w (log_gradient w) = / tensor_loss L n k M exponential w * inner w (force w).
Proof.
  rewrite (inner_ext w (log_gradient w) (fun l c => 1 * w l c) (fun l c =>
    / tensor_loss L n k M exponential w * force w l c))
    by (intros; first [ring | apply log_gradient_value; auto]).
  rewrite inner_scale. ring.
Qed.

Definition aligned (eps : R) (w : nat -> nat -> R) : Prop :=
  inner w w * inner (force w) (force w) < (1 + eps) * inner w (force w) ^ 2.

Hypothesis L_pos : (1 <= L)%nat.

Lemma euler_pos w : tensor_loss L n k M exponential w < 1 -> 0 < inner w (force w).
Proof.
  intros H. rewrite force_euler. pose proof (log_loss_pos w H). pose proof (loss_pos w). pose proof (work_above w).
  apply Rmult_lt_0_compat; [apply lt_0_INR; lia|].
  eapply Rlt_le_trans; [|eassumption]. apply Rmult_lt_0_compat; auto.
Qed.

Lemma norms_pos w : tensor_loss L n k M exponential w < 1 -> 0 < inner w w /\ 0 < inner (force w) (force w).
Proof.
  intros H. pose proof (euler_pos w H) as PB. pose proof (inner_cauchy w (force w)) as C.
  pose proof (pow_lt _ 2 PB) as P2.
  assert (P1 : 0 <= inner w w) by (rewrite inner_self; apply squared_norm_nonneg).
  assert (P3 : 0 <= inner (force w) (force w)) by (rewrite inner_self; apply squared_norm_nonneg).
  split.
  - destruct (Rle_lt_or_eq_dec _ _ P1) as [|Z]; auto. rewrite <- Z in C. lra.
  - destruct (Rle_lt_or_eq_dec _ _ P3) as [|Z]; auto. rewrite <- Z in C. lra.
Qed.

Lemma aligned_cosine eps w : tensor_loss L n k M exponential w < 1 -> (aligned eps w <-> / cosine2 w - 1 < eps).
Proof.
  intros H. destruct (norms_pos w H) as [P1 P2]. pose proof (pow_lt _ 2 (euler_pos w H)) as P3.
  rewrite cosine2_value by lra. unfold aligned. set (b := inner w (force w) ^ 2) in *.
  set (q := inner w w * inner (force w) (force w)) in *.
  assert (Pq : 0 < q) by (apply Rmult_lt_0_compat; auto).
  replace (/ (b / q) - 1) with (q / b - 1) by (field; lra).
  assert (Eq : q = q / b * b) by (field; lra). split; intros A.
  - enough (q / b < 1 + eps) by lra. apply (Rmult_lt_reg_r b); auto. lra.
  - rewrite Eq. apply Rmult_lt_compat_r; auto. lra.
Qed.

Lemma cosine2_between w : tensor_loss L n k M exponential w < 1 -> 0 < cosine2 w <= 1.
Proof.
  intros H. destruct (norms_pos w H) as [P1 P2]. pose proof (pow_lt _ 2 (euler_pos w H)) as P3.
  rewrite cosine2_value by lra.
  pose proof (inner_cauchy w (force w)) as C. assert (Pq : 0 < inner w w * inner (force w) (force w))
    by (apply Rmult_lt_0_compat; auto).
  split; [apply Rdiv_lt_0_compat; auto|]. apply (Rmult_le_reg_r (inner w w * inner (force w) (force w))); auto.
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

Lemma cosine2_above eps w : tensor_loss L n k M exponential w < 1 -> / cosine2 w - 1 < eps -> 1 - eps < cosine2 w.
Proof.
  intros H A. destruct (cosine2_between w H) as [P Q]. set (x := cosine2 w) in *.
  assert (Pe : 0 < 1 + eps) by (pose proof (Rinv_0_lt_compat _ P); lra).
  assert (I : 1 < (1 + eps) * x).
  { replace 1 with (/ x * x) at 1 by (field; lra). apply Rmult_lt_compat_r; auto. lra. }
  destruct (Rle_lt_dec eps 0); nra.
Qed.

Section FromZero.
Variable v : nat -> nat -> R -> R.
Hypothesis v_flow : tensor_gradient_flow L n k M exponential v.
Hypothesis small : tensor_loss L n k M exponential (at_time v 0) < 1.
Let V l c t := v l c (Rmax 0 t).

Lemma force_gradient w l c : tensor_gradient L n k M (fun _ u => - exp (- u)) w l c = - force w l c.
Proof. unfold tensor_gradient, force. rewrite <- Sum_opp. apply Sum_ext. intros; ring. Qed.

Lemma aligned_from_zero eps T : 0 < eps -> exists t, T <= t /\ 0 <= t /\ aligned eps (at_time v t).
Proof.
  intros Pe. destruct (contract_below_bound k (M 0%nat) L (fun _ => O)) as [K [K0 HK]].
  destruct (scalar_aligned L (fun t => tensor_loss L n k M exponential (at_time V t))
    (fun t => squared_norm L k (at_time V t))
    (fun t => Sum L (fun l => Sum (k l) (fun c =>
      tensor_gradient L n k M (fun _ u => - exp (- u)) (at_time V t) l c ^ 2)))
    (fun t => - Sum L (fun l => Sum (k l) (fun c =>
      V l c t * tensor_gradient L n k M (fun _ u => - exp (- u)) (at_time V t) l c)))
    K L_pos (E_path L n k M v v_flow) (N_path L n k M v v_flow)
    (cauchy_schwarz_flow L n k M v) (D_nonneg L n k M v) (fun t => squared_norm_nonneg L k _)
      (E_positive L n k M v n_pos)
    (B_bound L n k M v) (before L n k M v) (small_extended L n k M v small)) with (eps := eps) (T := T)
      as [t [H1 [H2 H3]]]; auto.
  - intros t. eapply Rle_trans; [apply (margin_above (at_time V t) 0 n_pos)|].
    eapply Rle_trans; [apply Rle_abs|]. apply HK; [|apply sqrt_pos]. intros l c Hl Hc.
    apply (parameter_norm L k (at_time V t)); auto.
  - intros big. pose proof (norm_diverges_from_zero L n k M v v_flow L_pos n_pos small) as Lim.
    apply is_lim_spec in Lim. destruct (Lim big) as [T0 HT]. exists (Rmax 0 T0). intros t Ht.
    pose proof (Rmax_l 0 T0). pose proof (Rmax_r 0 T0).
    specialize (HT t ltac:(lra)). unfold at_time, V in *. rewrite Rmax_right by lra. exact HT.
  - exists t. split; [auto | split; [auto|]]. unfold aligned. rewrite !inner_self.
    assert (At : at_time V t = at_time v t)
      by (unfold at_time, V; extensionality l; extensionality c; rewrite Rmax_right by auto; reflexivity).
    cbv beta in H3. rewrite At in H3. eapply Rle_lt_trans; [|eapply Rlt_le_trans; [exact H3|]]; right.
    + f_equal. unfold squared_norm. apply Sum_ext. intros l _. apply Sum_ext. intros c _. rewrite force_gradient. ring.
    + f_equal. f_equal. unfold inner. rewrite <- Sum_opp. apply Sum_ext. intros l _. rewrite <- Sum_opp. apply Sum_ext.
      intros c _.
      rewrite force_gradient. unfold at_time, V. rewrite Rmax_right by auto. ring.
Qed.
End FromZero.

Lemma loss_stays_small v t0 t : 0 <= t0 <= t -> tensor_gradient_flow L n k M exponential v ->
  tensor_loss L n k M exponential (at_time v t0) < 1 -> tensor_loss L n k M exponential (at_time v t) < 1.
Proof.
  intros H0 F Small. destruct (normalised_margin L n k M v t0 L_pos n_pos ltac:(lra) F Small) as [_ [Pc [Le _]]].
  eapply Rle_lt_trans; [apply Le; lra|]. rewrite <- Rinv_1. pose proof (loss_pos (at_time v t0)) as P.
  apply Rinv_lt_contravar; [rewrite Rmult_1_l|].
  - assert (0 < / tensor_loss L n k M exponential (at_time v t0)) by (apply Rinv_0_lt_compat; auto).
    apply Rplus_lt_le_0_compat; auto. apply Rmult_le_pos; lra.
  - assert (1 < / tensor_loss L n k M exponential (at_time v t0))
      by (rewrite <- Rinv_1 at 1; apply Rinv_lt_contravar; lra).
    pose proof (Rmult_le_pos _ (t - t0) (Rlt_le _ _ Pc) ltac:(lra)). lra.
Qed.

Lemma aligned_after v t0 eps T : 0 <= t0 -> tensor_gradient_flow L n k M exponential v ->
  tensor_loss L n k M exponential (at_time v t0) < 1 -> 0 < eps ->
  exists t, T <= t /\ t0 <= t /\ aligned eps (at_time v t).
Proof.
  intros H0 F Small Pe. set (v' := fun l c t => v l c (t0 + t)).
  assert (Small' : tensor_loss L n k M exponential (at_time v' 0) < 1).
  { replace (at_time v' 0) with (at_time v t0); [exact Small|].
    unfold at_time, v'. extensionality l; extensionality c. f_equal. ring. }
  destruct (aligned_from_zero v' (delayed_flow L n k M v t0 H0 F) Small' eps (T - t0) Pe) as [t [H1 [H2 H3]]].
  exists (t0 + t). split; [lra | split; [lra | exact H3]].
Qed.

Theorem aligned_times v t0 : 0 <= t0 ->
  tensor_gradient_flow L n k M exponential v ->
  tensor_loss L n k M exponential (at_time v t0) < 1 ->
  forall eps T, 0 < eps -> exists t, T <= t /\
    0 < inner (at_time v t) (log_gradient (at_time v t)) /\
    / cosine2 (at_time v t) - 1 < eps /\ 1 - eps < cosine2 (at_time v t).
Proof.
  intros H0 F Small eps T Pe. destruct (aligned_after v t0 eps T H0 F Small Pe) as [t [H1 [H2 H3]]].
  pose proof (loss_stays_small v t0 t ltac:(lra) F Small) as Sm. exists t. split; auto.
  pose proof (proj1 (aligned_cosine eps _ Sm) H3) as A.
  split; [|split; [exact A | apply cosine2_above; auto]].
  rewrite inner_log_gradient. apply Rmult_lt_0_compat; [apply Rinv_0_lt_compat, loss_pos | apply euler_pos; auto].
Qed.
End Alignment.
