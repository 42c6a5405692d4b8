(* Aligned times, for every linear tensor network with exponential loss (labels absorbed in the tensors): if the loss is
   below 1 at some time, there are arbitrarily late times t at which the parameters and the gradient of
   kappa = log(1/loss) point in almost the same direction: 1/cos^2 - 1 < eps, cos > 0; and theta/|theta| hardly moves
   between a late time and the next aligned one ([aligned_window]). With tan^2 = 1/cos^2 - 1:
     |(theta/|theta|)'| = tan (log |theta|)',   (log(kappa/|theta|^L))' >= L tan^2 (log |theta|)',
   and log(kappa/|theta|^L) converges, so that there is an aligned time while |theta| grows by a factor e. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Quasinorm Margin.
Open Scope R_scope.

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
Proof. exact (exp_sum_pos n (fun i => contract L k (M i) w) n_pos). Qed.

Lemma margin_above w i : (i < n)%nat -> log_loss w <= contract L k (M i) w.
Proof. exact (log_sum_below n (fun i => contract L k (M i) w) i). Qed.

Lemma work_above w : tensor_loss L n k M exponential w * log_loss w <= work w.
Proof. exact (exp_work_above n (fun i => contract L k (M i) w)). Qed.

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

Definition unit_direction (w : nat -> nat -> R) (l c : nat) : R := w l c / sqrt (squared_norm L k w).
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

Lemma force_gradient w l c : tensor_gradient L n k M (fun _ u => - exp (- u)) w l c = - force w l c.
Proof. unfold tensor_gradient, force. rewrite <- Sum_opp. apply Sum_ext. intros; ring. Qed.

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

(* x = theta/|theta| moves at the speed tan (log |theta|)' *)
Lemma unit_path l c : (l < L)%nat -> (c < k l)%nat ->
  path (fun t => unit_direction (at_time V t) l c)
    (fun t => (- G (at_time V t) l c - B t / N t * V l c t) / sqrt (N t)).
Proof.
  intros Hl Hc. assert (PN : forall t, 0 < N t) by exact (norm_positive L n k M v v_flow L_pos n_pos small).
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
  intros Hl Hc. assert (PN : 0 < N t) by exact (norm_positive L n k M v v_flow L_pos n_pos small t).
  pose proof (sqrt_lt_R0 _ PN) as Ps.
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
  aligned eta (at_time v t) /\
  forall l c, (l < L)%nat -> (c < k l)%nat ->
    Rabs (unit_direction (at_time v t) l c - unit_direction (at_time v s) l c) <= eta.
Proof.
  intros Pe. destruct (contract_below_bound k (M 0%nat) L (fun _ => O)) as [K [K0 HK]].
  assert (At : forall t, 0 <= t -> at_time V t = at_time v t)
    by (intros t Ht; unfold at_time, V; extensionality l; extensionality c; rewrite Rmax_right by auto; reflexivity).
  destruct (scalar_window L E N D B L_pos (E_path L n k M v v_flow) (N_path L n k M v v_flow)
    (cauchy_schwarz_flow L n k M v) (D_nonneg L n k M v) (fun t => squared_norm_nonneg L k _)
    (E_positive L n k M v n_pos) (B_bound L n k M v) (before L n k M v) (small_extended L n k M v small) K)
    with (eta := eta) as [T [PT HT]]; auto.
  - intros t. eapply Rle_trans; [apply (margin_above (at_time V t) 0 n_pos)|].
    eapply Rle_trans; [apply Rle_abs|]. apply HK; [|apply sqrt_pos]. intros l c Hl Hc.
    apply (parameter_norm L k (at_time V t)); auto.
  - intros big. pose proof (norm_diverges_from_zero L n k M v v_flow L_pos n_pos small) as Lim.
    apply is_lim_spec in Lim. destruct (Lim big) as [T0 HT]. exists (Rmax 0 T0). intros t Ht.
    pose proof (Rmax_l 0 T0). pose proof (Rmax_r 0 T0). specialize (HT t ltac:(lra)). unfold N. rewrite At by lra.
    exact HT.
  - exists T. split; auto. intros s Hs. destruct (HT s Hs) as [t [H1 [H2 H3]]]. exists t. split; [auto|]. split.
    + unfold aligned. rewrite !inner_self. unfold N, D, B in H2. rewrite At in H2 by lra.
      eapply Rle_lt_trans; [|eapply Rlt_le_trans; [exact H2|]]; right.
      * f_equal. unfold squared_norm. apply Sum_ext. intros l _. apply Sum_ext. intros c _. unfold G.
        rewrite force_gradient. ring.
      * f_equal. f_equal. unfold inner. rewrite <- Sum_opp. apply Sum_ext. intros l _. rewrite <- Sum_opp.
        apply Sum_ext. intros c _.
        unfold G. rewrite force_gradient. unfold at_time, V. rewrite Rmax_right by lra. ring.
    + intros l c Hl Hc. rewrite <- (At t), <- (At s) by lra.
      apply (H3 (fun t => unit_direction (at_time V t) l c) _ (unit_path l c Hl Hc)). intros u _.
      apply unit_speed; auto.
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

Theorem aligned_window v t0 eta : 0 <= t0 -> tensor_gradient_flow L n k M exponential v ->
  tensor_loss L n k M exponential (at_time v t0) < 1 -> 0 < eta ->
  exists T, t0 <= T /\ forall s, T <= s -> exists t, s <= t /\ aligned eta (at_time v t) /\
  forall l c, (l < L)%nat -> (c < k l)%nat ->
    Rabs (unit_direction (at_time v t) l c - unit_direction (at_time v s) l c) <= eta.
Proof.
  intros t0_nonneg v_flow small Pe.
  destruct (from_later L n k M v t0 t0_nonneg v_flow small) as [v' [F' [Small' Time]]].
  destruct (window_from_zero v' F' Small' eta Pe) as [T [PT HT]].
  exists (t0 + T). split; [lra|]. intros s Hs. destruct (HT (s - t0) ltac:(lra)) as [t [H1 [H2 H3]]].
  assert (Et : at_time v' t = at_time v (t0 + t)) by (rewrite <- Time; f_equal; ring).
  exists (t0 + t). split; [lra|]. rewrite Et in H2, H3. split; [exact H2|]. intros l c Hl Hc.
  specialize (H3 l c Hl Hc). rewrite Time in H3. exact H3.
Qed.

Lemma aligned_after v t0 eps T : 0 <= t0 -> tensor_gradient_flow L n k M exponential v ->
  tensor_loss L n k M exponential (at_time v t0) < 1 -> 0 < eps ->
  exists t, T <= t /\ t0 <= t /\ aligned eps (at_time v t).
Proof.
  intros H0 F Small Pe. destruct (aligned_window v t0 eps H0 F Small Pe) as [T' [Ht HT]].
  destruct (HT (Rmax T T') (Rmax_r T T')) as [t [Hs [Al _]]].
  pose proof (Rmax_l T T'). pose proof (Rmax_r T T'). exists t. split; [lra | split; [lra | exact Al]].
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
