(* KKT points of   min |theta|^2/2  subject to  f_i(theta) >= 1   (labels absorbed), for every linear tensor network.
   With theta_hat = theta scaled so that the smallest margin is 1:
     at a time with 1/cos^2 - 1 < eps^2 there are multipliers lambda_i >= 0 with
       |theta_hat - sum_i lambda_i grad f_i(theta_hat)| <= eps |theta_hat|,
       sum_i lambda_i (f_i(theta_hat) - 1) <= n |theta_hat|^2 / (L kappa),
   |theta_hat| is bounded and kappa tends to infinity; limits of such points are exact KKT points. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Tensor Quasinorm Margin Cluster TensorLimits AlignedTimes.
Open Scope R_scope.

(* --- the smallest of f 0, ..., f (n - 1) --- *)
Fixpoint smallest (n : nat) (f : nat -> R) : R :=
  match n with O => f O | S p => Rmin (smallest p f) (f p) end.

Lemma smallest_le n f i : (i < n)%nat -> smallest n f <= f i.
Proof.
  induction n as [|n IH]; intros Hi; [lia|]. simpl. destruct (Nat.eq_dec i n) as [->|N]; [apply Rmin_r|].
  eapply Rle_trans; [apply Rmin_l | apply IH; lia].
Qed.

Lemma smallest_attained n f : (0 < n)%nat -> exists i, (i < n)%nat /\ smallest n f = f i.
Proof.
  induction n as [|n IH]; intros Hn; [lia|]. simpl. destruct (Nat.eq_dec n 0) as [->|N].
  - exists 0%nat. split; [lia|]. simpl. apply Rmin_left. lra.
  - destruct (IH ltac:(lia)) as [i [Hi E]]. unfold Rmin. destruct (Rle_dec (smallest n f) (f n)).
    + exists i. split; [lia | exact E].
    + exists n. split; [lia | reflexivity].
Qed.

Lemma smallest_scale n a f : 0 <= a -> smallest n (fun i => a * f i) = a * smallest n f.
Proof.
  intros Ha. induction n as [|n IH]; simpl; [reflexivity|]. rewrite IH. unfold Rmin.
  destruct (Rle_dec (a * smallest n f) (a * f n)), (Rle_dec (smallest n f) (f n)); auto.
  - apply Rle_antisym; auto. apply Rmult_le_compat_l; lra.
  - exfalso. apply n0. apply Rmult_le_compat_l; lra.
Qed.

Lemma smallest_ext n f g : (forall i, f i = g i) -> smallest n f = smallest n g.
Proof. intros E. induction n as [|n IH]; simpl; [apply E|]. rewrite IH, E. reflexivity. Qed.

Lemma tends_smallest X (F : (X -> Prop) -> Prop) (FF : Filter F) n (f : nat -> X -> R) (a : nat -> R) :
  tends F (f 0%nat) (a 0%nat) -> (forall i, (i < n)%nat -> tends F (f i) (a i)) ->
  tends F (fun x => smallest n (fun i => f i x)) (smallest n a).
Proof.
  intros H0. induction n as [|n IH]; intros H; simpl; [exact H0|].
  assert (Min : forall p q, Rmin p q = / 2 * (p + q - Rabs (p - q))).
  { intros p q. unfold Rmin. destruct (Rle_dec p q); [rewrite Rabs_left1 by lra | rewrite Rabs_pos_eq by lra]; lra. }
  rewrite Min.
  apply (tends_ext F (fun x => / 2 * (smallest n (fun i =>
    f i x) + f n x - Rabs (smallest n (fun i => f i x) - f n x)))).
  { intros x. rewrite Min. reflexivity. }
  apply (tends_scale F), (tends_minus F); [apply (tends_plus F); auto|].
  apply (tends_continuous F (fun x => smallest n (fun i => f i x) - f n x) (smallest n a - a n) Rabs);
    [apply continuous_Rabs|].
  apply (tends_minus F); auto.
Qed.

Section Stationary.
Variables (L n : nat) (k : nat -> nat) (M : nat -> (nat -> nat) -> R).
Hypothesis n_pos : (0 < n)%nat.
Hypothesis L_pos : (1 <= L)%nat.

Definition smallest_margin (w : nat -> nat -> R) : R := smallest n (fun i => contract L k (M i) w).
(* scaled so that the smallest margin is 1 *)
Definition shrink (w : nat -> nat -> R) : R := Rpower (smallest_margin w) (- / INR L).
Definition normalised (w : nat -> nat -> R) : nat -> nat -> R := fun l c => shrink w * w l c.

(* slot L k (M i) w is the gradient of the margin f_i *)
Definition kkt_residual (lam : nat -> R) (w : nat -> nat -> R) (l c : nat) : R :=
  w l c - Sum n (fun i => lam i * slot L k (M i) w l c).

Definition kkt_within (eps : R) (w : nat -> nat -> R) (lam : nat -> R) : Prop :=
  (forall i, (i < n)%nat -> 0 <= lam i) /\
  (forall i, (i < n)%nat -> 1 <= contract L k (M i) w) /\
  squared_norm L k (kkt_residual lam w) <= eps ^ 2 * squared_norm L k w /\
  Sum n (fun i => lam i * (contract L k (M i) w - 1)) <= eps.

Definition kkt_point (w : nat -> nat -> R) (lam : nat -> R) : Prop :=
  (forall i, (i < n)%nat -> 0 <= lam i) /\
  (forall i, (i < n)%nat -> 1 <= contract L k (M i) w) /\
  (forall i, (i < n)%nat -> lam i * (contract L k (M i) w - 1) = 0) /\
  (forall l c, (l < L)%nat -> (c < k l)%nat -> w l c = Sum n (fun i => lam i * slot L k (M i) w l c)).

Theorem margin_gradient i w l c : (l < L)%nat -> (c < k l)%nat ->
  is_derive (fun s => contract L k (M i) (replace_entry w l c s)) (w l c) (slot L k (M i) w l c).
Proof.
  intros Hl Hc. apply (is_derive_ext (fun s => contract L k (M i) w + (s - w l c) * slot L k (M i) w l c)).
  { intros s. rewrite contract_replace; auto. }
  auto_derive; auto. ring.
Qed.

(* --- scaling --- *)
Lemma margin_scaled i a w : contract L k (M i) (fun l c => a * w l c) = a ^ L * contract L k (M i) w.
Proof. rewrite (contract_scaled L k (M i) (fun _ => a) w), Prod_const. reflexivity. Qed.

Lemma gradient_scaled i a w l c : (l < L)%nat ->
  slot L k (M i) (fun l c => a * w l c) l c = a ^ (L - 1) * slot L k (M i) w l c.
Proof. intros Hl. rewrite (slot_scaled L k (M i) (fun _ => a) w), ProdBut_const by auto. reflexivity. Qed.

Lemma smallest_margin_scaled a w : 0 <= a -> smallest_margin (fun l c => a * w l c) = a ^ L * smallest_margin w.
Proof.
  intros Ha. unfold smallest_margin. rewrite <- smallest_scale by (apply pow_le; auto).
  apply smallest_ext. intros i. apply margin_scaled.
Qed.

Lemma shrink_pos w : 0 < shrink w.
Proof. apply exp_pos. Qed.

Lemma shrink_power w : 0 < smallest_margin w -> shrink w ^ L * smallest_margin w = 1.
Proof.
  intros P. assert (PL : 0 < INR L) by (apply lt_0_INR, L_pos). unfold shrink. rewrite <- Rpower_pow by apply exp_pos.
  rewrite Rpower_mult. replace (- / INR L * INR L) with (- (1)) by (field; lra).
  rewrite Rpower_Ropp, Rpower_1 by auto. apply Rinv_l. lra.
Qed.

Lemma normalised_margin_one w : 0 < smallest_margin w -> smallest_margin (normalised w) = 1.
Proof.
  intros P. unfold normalised. rewrite smallest_margin_scaled by (left; apply shrink_pos). apply shrink_power; auto.
Qed.

Lemma normalised_scaled a w : 0 < a -> 0 < smallest_margin w -> normalised (fun l c => a * w l c) = normalised w.
Proof.
  intros Pa P. assert (PL : 0 < INR L) by (apply lt_0_INR, L_pos). unfold normalised.
  extensionality l; extensionality c.
  rewrite <- Rmult_assoc. f_equal. unfold shrink. rewrite smallest_margin_scaled by lra.
  rewrite <- Rpower_mult_distr by (auto; apply pow_lt; auto). rewrite <- (Rpower_pow L a) by auto. rewrite Rpower_mult.
  replace (INR L * - / INR L) with (- (1)) by (field; lra). rewrite Rpower_Ropp, Rpower_1 by auto. field. lra.
Qed.

(* --- one aligned time --- *)
Definition multiplier (w : nat -> nat -> R) (i : nat) : R :=
  inner L k w (force L n k M w) / inner L k (force L n k M w) (force L n k M w) *
  exp (- contract L k (M i) w) * (shrink w ^ 2 * smallest_margin w).

Section OneTime.
Variable w : nat -> nat -> R.
Hypothesis small : tensor_loss L n k M exponential w < 1.
Let N := inner L k w w.
Let B := inner L k w (force L n k M w).
Let D := inner L k (force L n k M w) (force L n k M w).
Let low := smallest_margin w.
Let s := shrink w.
Let kappa := log_loss L n k M w.

Lemma low_above : kappa <= low.
Proof.
  destruct (smallest_attained n (fun i => contract L k (M i) w) n_pos) as [i [Hi E]]. unfold low, smallest_margin.
  rewrite E.
  apply margin_above; auto.
Qed.
Lemma kappa_low_pos : 0 < kappa /\ 0 < low.
Proof. pose proof (log_loss_pos L n k M n_pos w small) as P. fold kappa in P. pose proof low_above. lra. Qed.

Lemma multiplier_nonneg i : 0 <= multiplier w i.
Proof.
  destruct kappa_low_pos as [_ Pl]. pose proof (euler_pos L n k M n_pos L_pos w small) as PB.
  destruct (norms_pos L n k M n_pos L_pos w small) as [_ PD]. fold B in PB. fold D in PD.
  unfold multiplier. fold B D low s. apply Rmult_le_pos; [|apply Rmult_le_pos; [apply pow2_ge_0 | lra]].
  apply Rmult_le_pos; [apply Rlt_le, Rdiv_lt_0_compat; auto | left; apply exp_pos].
Qed.

Lemma residual_value l c : (l < L)%nat ->
  kkt_residual (multiplier w) (normalised w) l c = s * (w l c - B / D * force L n k M w l c).
Proof.
  intros Hl. destruct kappa_low_pos as [_ Pl]. pose proof (shrink_power w Pl) as Pw. fold low s in Pw.
  unfold kkt_residual. unfold normalised. fold s.
  rewrite (Sum_ext n _ (fun i => s * (B / D) * (exp (- contract L k (M i) w) * slot L k (M i) w l c))).
  - rewrite Sum_scal_l. fold (force L n k M w l c). ring.
  - intros i _. rewrite gradient_scaled by auto. unfold multiplier. fold B D low s.
    replace (B / D * exp (- contract L k (M i) w) * (s ^ 2 * low) * (s ^ (L - 1) * slot L k (M i) w l c))
      with (B / D * exp (- contract L k (M i) w) * slot L k (M i) w l c * s * ((s * s ^ (L - 1)) * low)) by ring.
    replace (s * s ^ (L - 1)) with (s ^ L) by (replace L with (S (L - 1)) at 1 by lia; reflexivity). rewrite Pw. ring.
Qed.

Lemma residual_size : squared_norm L k (kkt_residual (multiplier w) (normalised w)) = s ^ 2 * (N - B ^ 2 / D).
Proof.
  destruct (norms_pos L n k M n_pos L_pos w small) as [_ PD]. fold D in PD.
  rewrite <- (inner_self L k).
  rewrite (inner_ext L k _ _ (fun l c => s * (w l c - B / D * force L n k M w l c)) (fun l c =>
    s * (w l c - B / D * force L n k M w l c)))
    by (intros; apply residual_value; auto).
  assert (Square : forall q, inner L k (fun l c => w l c - q * force L n k M w l c) (fun l c =>
    w l c - q * force L n k M w l c)
    = N + (- 2 * q) * B + q ^ 2 * D).
  { intros q. unfold N, B, D, inner. rewrite <- !Sum_scal_l, <- !Sum_plus. apply Sum_ext. intros l _.
    rewrite <- !Sum_scal_l, <- !Sum_plus. apply Sum_ext. intros; ring. }
  rewrite inner_scale, Square. field. lra.
Qed.

Lemma normalised_size : squared_norm L k (normalised w) = s ^ 2 * N.
Proof. rewrite <- (inner_self L k). unfold normalised. rewrite inner_scale. fold s N. ring. Qed.

Lemma residual_aligned eps : 0 <= eps -> aligned L n k M eps w ->
  squared_norm L k (kkt_residual (multiplier w) (normalised w)) <= eps * squared_norm L k (normalised w).
Proof.
  intros Pe A. rewrite residual_size, normalised_size. unfold aligned in A. fold N B D in A.
  destruct (norms_pos L n k M n_pos L_pos w small) as [PN PD]. fold N in PN. fold D in PD.
  replace (eps * (s ^ 2 * N)) with (s ^ 2 * (eps * N)) by ring. apply Rmult_le_compat_l; [apply pow2_ge_0|].
  assert (H : N / (1 + eps) <= B ^ 2 / D).
  { apply (Rmult_le_reg_r (D * (1 + eps))); [apply Rmult_lt_0_compat; lra|].
    replace (N / (1 + eps) * (D * (1 + eps))) with (N * D) by (field; lra).
    replace (B ^ 2 / D * (D * (1 + eps))) with ((1 + eps) * B ^ 2) by (field; lra). lra. }
  assert (Q : N - N / (1 + eps) = eps * N * / (1 + eps)) by (field; lra).
  assert (I : / (1 + eps) <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
  pose proof (Rmult_le_pos eps N Pe ltac:(lra)). nra.
Qed.

(* sum_i exp(-f_i) (f_i - min f) <= n loss *)
Lemma spread : Sum n (fun i => exp (- contract L k (M i) w) * (contract L k (M i) w - low)) <= INR n
  * tensor_loss L n k M exponential w.
Proof.
  rewrite <- Sum_constant. apply Sum_le. intros i Hi. set (f := contract L k (M i) w).
  assert (El : exp (- low) <= tensor_loss L n k M exponential w).
  { destruct (smallest_attained n (fun i => contract L k (M i) w) n_pos) as [i0 [Hi0 E]]. unfold low, smallest_margin.
    rewrite E.
    exact (exp_sum_term n (fun i => contract L k (M i) w) i0 Hi0). }
  pose proof (exp_pos (- low)) as Pl. eapply Rle_trans; [|exact El].
  replace (- f) with (- low + - (f - low)) by ring. rewrite exp_plus, exp_Ropp with (x := f - low).
  pose proof (exp_above (f - low)) as Ab. pose proof (exp_pos (f - low)) as Pf.
  assert (Q : / exp (f - low) * (f - low) <= 1).
  { apply (Rmult_le_reg_l (exp (f - low))); auto. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra. lra. }
  rewrite Rmult_assoc. rewrite <- (Rmult_1_r (exp (- low))) at 2. apply Rmult_le_compat_l; lra.
Qed.

Lemma slackness_small :
  Sum n (fun i => multiplier w i * (contract L k (M i) (normalised w) - 1)) <=
  INR n * squared_norm L k (normalised w) / (INR L * kappa).
Proof.
  destruct kappa_low_pos as [Pk Pl]. pose proof (euler_pos L n k M n_pos L_pos w small) as PB. fold B in PB.
  destruct (norms_pos L n k M n_pos L_pos w small) as [PN PD]. fold N in PN. fold D in PD.
  pose proof (shrink_power w Pl) as Pw. fold low s in Pw. pose proof (loss_pos L n k M n_pos w) as PE.
  assert (PL : 0 < INR L) by (apply lt_0_INR, L_pos).
  rewrite (Sum_ext n _ (fun i => (B / D * s ^ 2) * (exp (- contract L k (M i) w) * (contract L k (M i) w - low)))).
  2:{ intros i _. unfold normalised. fold s. rewrite margin_scaled. unfold multiplier. fold B D low s.
      replace (s ^ L) with (/ low) by (apply (Rmult_eq_reg_r low); [rewrite Pw; field; lra | lra]). field. lra. }
  rewrite Sum_scal_l, normalised_size.
  assert (Bl : INR L * (tensor_loss L n k M exponential w * kappa) <= B).
  { unfold B. rewrite force_euler. apply Rmult_le_compat_l; [lra|]. apply work_above; auto. }
  pose proof (inner_cauchy L k w (force L n k M w)) as C. fold N B D in C.
  pose proof spread as Sp. set (E := tensor_loss L n k M exponential w) in *. pose proof (pow2_ge_0 s) as S2.
  pose proof (pos_INR n) as Pn.
  apply Rle_trans with (B / D * s ^ 2 * (INR n * E)).
  { apply Rmult_le_compat_l; auto. apply Rmult_le_pos; auto. apply Rlt_le, Rdiv_lt_0_compat; auto. }
  replace (INR n * (s ^ 2 * N) / (INR L * kappa)) with (s ^ 2 * INR n * (N / (INR L * kappa))) by (field; lra).
  replace (B / D * s ^ 2 * (INR n * E)) with (s ^ 2 * INR n * (B / D * E)) by ring.
  apply Rmult_le_compat_l; [apply Rmult_le_pos; auto|].
  apply (Rmult_le_reg_r (D * (INR L * kappa))); [repeat apply Rmult_lt_0_compat; auto|].
  replace (B / D * E * (D * (INR L * kappa))) with (B * (INR L * (E * kappa))) by (field; lra).
  replace (N / (INR L * kappa) * (D * (INR L * kappa))) with (N * D) by (field; lra).
  apply Rle_trans with (B * B); [apply Rmult_le_compat_l; lra | simpl in C; lra].
Qed.

Lemma normalised_feasible i : (i < n)%nat -> 1 <= contract L k (M i) (normalised w).
Proof.
  intros Hi. destruct kappa_low_pos as [_ Pl]. rewrite <- (normalised_margin_one w Pl).
  apply (smallest_le n (fun i => contract L k (M i) (normalised w)) i Hi).
Qed.

(* kappa / |theta|^L >= g bounds the normalised parameters *)
Lemma normalised_bounded g : 0 < g -> g <= kappa / sqrt (squared_norm L k w) ^ L ->
  squared_norm L k (normalised w) <= Rmax 1 (/ g) ^ 2.
Proof.
  intros Pg H. destruct kappa_low_pos as [Pk Pl]. pose proof (shrink_power w Pl) as Pw. fold low s in Pw.
  destruct (norms_pos L n k M n_pos L_pos w small) as [PN _]. rewrite normalised_size. rewrite (inner_self L k) in PN.
  set (r := sqrt (squared_norm L k w)) in *. assert (Pr : 0 < r) by (apply sqrt_lt_R0; auto).
  assert (Er : N = r ^ 2) by (unfold N, r; rewrite (inner_self L k), pow2_sqrt by lra; reflexivity).
  rewrite Er, <- Rpow_mult_distr. pose proof (shrink_pos w) as Ps. fold s in Ps.
  apply pow_incr. split; [apply Rmult_le_pos; lra|].
  assert (Pp : 0 < r ^ L) by (apply pow_lt; auto).
  assert (Up : (s * r) ^ L <= / g).
  { rewrite Rpow_mult_distr. apply (Rmult_le_reg_r (low * g)); [apply Rmult_lt_0_compat; auto|].
    replace (s ^ L * r ^ L * (low * g)) with ((s ^ L * low) * (g * r ^ L)) by ring. rewrite Pw, Rmult_1_l.
    replace (/ g * (low * g)) with low by (field; lra).
    apply Rle_trans with kappa; [|apply low_above]. replace kappa with (kappa / r ^ L * r ^ L) by (field; lra).
    apply Rmult_le_compat_r; lra. }
  destruct (Rle_lt_dec (s * r) 1) as [Le|Lt]; [eapply Rle_trans; [exact Le | apply Rmax_l]|].
  eapply Rle_trans; [|apply Rmax_r]. eapply Rle_trans; [|exact Up].
  rewrite <- (pow_1 (s * r)) at 1. apply Rle_pow; [lra | auto].
Qed.
End OneTime.

(* --- along the flow --- *)
Section Along.
Variables (v : nat -> nat -> R -> R) (t0 : R).
Hypothesis t0_nonneg : 0 <= t0.
Hypothesis v_flow : tensor_gradient_flow L n k M exponential v.
Hypothesis small : tensor_loss L n k M exponential (at_time v t0) < 1.

Lemma small_after t : t0 <= t -> tensor_loss L n k M exponential (at_time v t) < 1.
Proof. intros H. apply (loss_stays_small L n k M n_pos L_pos v t0 t); auto. Qed.

Lemma margin_ratio_above : exists g, 0 < g /\ forall t, t0 <= t ->
  g <= log_loss L n k M (at_time v t) / sqrt (squared_norm L k (at_time v t)) ^ L.
Proof.
  destruct (normalised_margin L n k M v t0 L_pos n_pos t0_nonneg v_flow small) as [Inc _].
  exists (log_loss L n k M (at_time v t0) / sqrt (squared_norm L k (at_time v t0)) ^ L). split.
  - destruct (norms_pos L n k M n_pos L_pos _ small) as [PN _]. rewrite (inner_self L k) in PN.
    apply Rdiv_lt_0_compat; [apply log_loss_pos; auto | apply pow_lt, sqrt_lt_R0, PN].
  - intros t Ht. apply Inc. lra.
Qed.

Lemma kappa_diverges big : exists T, forall t, T < t -> big < log_loss L n k M (at_time v t).
Proof.
  destruct (normalised_margin L n k M v t0 L_pos n_pos t0_nonneg v_flow small) as [_ [_ [_ [Lim _]]]].
  apply is_lim_spec in Lim. destruct (Lim (mkposreal _ (exp_pos (- big)))) as [T HT]. exists T. intros t Ht.
  specialize (HT t Ht).
  simpl in HT. pose proof (loss_pos L n k M n_pos (at_time v t)) as P. rewrite Rminus_0_r, Rabs_pos_eq in HT by lra.
  apply ln_increasing in HT; auto. rewrite ln_exp in HT. unfold log_loss. lra.
Qed.

Lemma kkt_along : exists b, 0 < b /\ forall t, t0 <= t ->
  squared_norm L k (normalised (at_time v t)) <= b ^ 2 /\
  forall eps, 0 < eps -> aligned L n k M (eps ^ 2) (at_time v t) ->
    INR n * b ^ 2 / INR L <= eps * log_loss L n k M (at_time v t) ->
    kkt_within eps (normalised (at_time v t)) (multiplier (at_time v t)).
Proof.
  destruct margin_ratio_above as [g [Pg Hg]]. exists (Rmax 1 (/ g)). pose proof (Rmax_l 1 (/ g)) as Pb.
  split; [lra|]. intros t Ht. pose proof (small_after t Ht) as Sm. set (w := at_time v t) in *.
  pose proof (normalised_bounded w Sm g Pg (Hg t Ht)) as Nb. split; [exact Nb|]. intros eps Pe Al Ka.
  assert (PL : 0 < INR L) by (apply lt_0_INR, L_pos). pose proof (log_loss_pos L n k M n_pos w Sm) as Pk.
  split; [intros; apply multiplier_nonneg; auto|]. split; [intros; apply normalised_feasible; auto|].
  split; [apply residual_aligned; auto; apply pow2_ge_0|].
  eapply Rle_trans; [apply slackness_small; auto|]. apply (Rmult_le_reg_r (log_loss L n k M w)); auto.
  eapply Rle_trans; [|exact Ka].
  replace (INR n * squared_norm L k (normalised w) / (INR L * log_loss L n k M w) * log_loss L n k M w)
    with (INR n / INR L * squared_norm L k (normalised w)) by (field; lra).
  replace (INR n * Rmax 1 (/ g) ^ 2 / INR L) with (INR n / INR L * Rmax 1 (/ g) ^ 2) by (field; lra).
  apply Rmult_le_compat_l; auto. apply Rmult_le_pos; [apply pos_INR | left; apply Rinv_0_lt_compat; auto].
Qed.

(* along filters of times that are late and aligned *)
Lemma kkt_eventually X (F : (X -> Prop) -> Prop) (FF : Filter F) (tau : X -> R) :
  (forall T, F (fun x => T <= tau x)) -> (forall eps,
    0 < eps -> F (fun x => aligned L n k M eps (at_time v (tau x)))) ->
  forall eps, 0 < eps -> F (fun x => kkt_within eps (normalised (at_time v (tau x))) (multiplier (at_time v (tau x)))).
Proof.
  intros Late Al eps Pe. destruct kkt_along as [b [Pb Hb]].
  destruct (kappa_diverges (INR n * b ^ 2 / INR L / eps)) as [T HT].
  apply (filter_imp (fun x => (Rmax t0 (T + 1) <= tau x) /\ aligned L n k M (eps ^ 2) (at_time v (tau x)))).
  - intros x [Hx Ha]. pose proof (Rmax_l t0 (T + 1)). pose proof (Rmax_r t0 (T + 1)).
    apply (Hb (tau x) ltac:(lra)); auto. pose proof (HT (tau x) ltac:(lra)) as K.
    apply (Rmult_lt_compat_l eps) in K; auto.
    replace (eps * (INR n * b ^ 2 / INR L / eps)) with (INR n * b ^ 2 / INR L) in K
      by (field; repeat split; first [lra | apply not_0_INR; lia]). lra.
  - apply filter_and; [apply Late | apply Al, pow_lt, Pe].
Qed.

(* the KKT residual is small at arbitrarily late times *)
Theorem kkt_times eps T : 0 < eps -> exists t lam, T <= t /\
  smallest_margin (normalised (at_time v t)) = 1 /\ kkt_within eps (normalised (at_time v t)) lam.
Proof.
  intros Pe. destruct kkt_along as [b [Pb Hb]]. destruct (kappa_diverges (INR n * b ^ 2 / INR L / eps)) as [T1 HT].
  destruct (aligned_after L n k M n_pos L_pos v t0 (eps ^ 2) (Rmax T (T1 + 1)) t0_nonneg v_flow small (pow_lt _ 2 Pe))
    as [t [H1 [H2 H3]]].
  pose proof (Rmax_l T (T1 + 1)). pose proof (Rmax_r T (T1 + 1)).
  exists t, (multiplier (at_time v t)). split; [lra|]. split.
  - apply normalised_margin_one. apply (kappa_low_pos (at_time v t) (small_after t H2)).
  - apply (Hb t H2); auto. pose proof (HT t ltac:(lra)) as K. apply (Rmult_lt_compat_l eps) in K; auto.
    replace (eps * (INR n * b ^ 2 / INR L / eps)) with (INR n * b ^ 2 / INR L) in K
      by (field; repeat split; first [lra | apply not_0_INR; lia]). lra.
Qed.
End Along.
End Stationary.
