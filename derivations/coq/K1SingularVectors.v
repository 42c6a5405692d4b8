(* K1 along the flow: if X^T r/|X^T r| tends to u (hypothesis, as in the paper), then at arbitrarily late times the
   directions z_l = v_l/|v_l| are singular vectors of M(-u) up to eps: |M(-u) o (z_0, .., I, .., z_{L-1}) - sigma z_l|
   <= eps sigma, sigma = M(-u) o (z_0, ..., z_{L-1}) > 0; every limit of the directions, along any sequence of times, is
   exactly such a tuple. Without the hypothesis: there are limits u, z of X^T r/|X^T r| and of the directions with this
   property. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Quasinorm Margin Cluster TensorLimits AlignedTimes
  KktTimes KktLimits EveryLimit K1Aligned.
Open Scope R_scope.

Section SingularLimits.
Variables (L d n : nat) (k : nat -> nat) (T : nat -> (nat -> nat) -> R) (X : nat -> nat -> R).
Hypothesis n_pos : (0 < n)%nat.
Hypothesis L_pos : (1 <= L)%nat.
Let M (i : nat) := tensor_at d T (X i).
Variables (v : nat -> nat -> R -> R) (t0 : R).
Hypothesis t0_nonneg : 0 <= t0.
Hypothesis v_flow : tensor_gradient_flow L n k M exponential v.
Hypothesis small : tensor_loss L n k M exponential (at_time v t0) < 1.
Let late := late_aligned L n k M v t0.
Let slope (t : R) (a : nat) : R := gradient_direction L d n k T X (at_time v t) a.      (* X^T r/|X^T r| *)
Let z_at (t : R) : nat -> nat -> R := direction k (at_time v t).                        (* v_l/|v_l| *)

Lemma small_at t : t0 <= t -> tensor_loss L n k M exponential (at_time v t) < 1.
Proof. apply (small_after L n k M n_pos L_pos v t0 t0_nonneg v_flow small t). Qed.

(* --- limits along sequences of times with cos^2 -> 1 --- *)
Theorem singular_aligned_limits (tau : nat -> R) (u : nat -> R) (z : nat -> nat -> R) :
  is_lim_seq tau p_infty ->
  is_lim_seq (fun p => cosine2 L n k M (at_time v (tau p))) 1 ->
  (forall a, (a < d)%nat -> is_lim_seq (fun p => slope (tau p) a) (u a)) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> is_lim_seq (fun p => z_at (tau p) l c) (z l c)) ->
  let A := tensor_at d T (fun a => - u a) in
  0 < contract L k A z /\ singular_tuple L k A z (contract L k A z).
Proof.
  intros Ht Hc Hu Hz. destruct (aligned_sequence L n k M n_pos L_pos v t0 t0_nonneg v_flow small tau Ht Hc)
    as [Late Al].
  apply (singular_family L d n k T X n_pos L_pos v t0 t0_nonneg v_flow small nat eventually eventually_filter tau);
    auto.
Qed.

Lemma gradient_unit t : t0 <= t -> Sum d (fun a => slope t a ^ 2) = 1.
Proof.
  intros Ht. pose proof (gradient_pos L d n k T X n_pos L_pos (at_time v t) (small_at t Ht)) as P.
  unfold slope, gradient_direction.
  set (h := input_gradient L d n k T X (at_time v t)) in *.
  rewrite (Sum_ext d _ (fun a => (/ euclid d h) ^ 2 * h a ^ 2)) by (intros; unfold Rdiv; ring).
  rewrite Sum_scal_l. replace (Sum d (fun a => h a ^ 2)) with (euclid d h ^ 2) by (apply pow2_sqrt, squares_nonneg).
  field. lra.
Qed.

Lemma entry_below p (x : nat -> R) c : (c < p)%nat -> Sum p (fun a => x a ^ 2) = 1 -> Rabs (x c) <= 1.
Proof.
  intros Hc One. rewrite <- sqrt_1, <- One, <- sqrt_Rsqr_abs. apply sqrt_le_1_alt. rewrite Rsqr_pow2.
  apply (Sum_term p (fun a => x a ^ 2) c Hc). intros; apply pow2_ge_0.
Qed.

Lemma direction_cluster F : ProperFilter F -> finer F late -> exists z G, ProperFilter G /\ finer G F /\
  forall l c, (l < L)%nat -> (c < k l)%nat -> tends G (fun t => z_at t l c) (z l c).
Proof.
  intros PF Sub. apply (cluster_layers R k (fun l c t => z_at t l c) 1 L F PF). intros l c Hl Hc.
  apply Sub. exists 1, 0. split; [lra|]. intros t _ Ht _.
  apply (entry_below (k l) (z_at t l) c Hc). apply (direction_unit L d n k T X n_pos L_pos _ (small_at t Ht) l Hl).
Qed.

(* limits exist, without any hypothesis on X^T r *)
Theorem singular_limit_point : exists (u : nat -> R) (z : nat -> nat -> R),
  let A := tensor_at d T (fun a => - u a) in
  Sum d (fun a => u a ^ 2) = 1 /\ 0 < contract L k A z /\ singular_tuple L k A z (contract L k A z) /\
  forall eps s, 0 < eps -> exists t, s <= t /\ 1 - eps < cosine2 L n k M (at_time v t) /\
    (forall a, (a < d)%nat -> Rabs (slope t a - u a) < eps) /\
    forall l c, (l < L)%nat -> (c < k l)%nat -> Rabs (z_at t l c - z l c) < eps.
Proof.
  pose proof (late_aligned_proper L n k M n_pos L_pos v t0 t0_nonneg v_flow small) as PL. fold late in PL.
  destruct (cluster R (fun a t => slope t a) 1 d late PL) as [u [F [PF [S1 Hu]]]].
  { intros a Ha. exists 1, 0. split; [lra|]. intros t _ Ht _.
    apply (entry_below d (slope t) a Ha), gradient_unit, Ht. }
  destruct (direction_cluster F PF S1) as [z [G [PG [S2 Hz]]]].
  assert (Sub : finer G late) by (intros P HP; apply S2, S1, HP).
  assert (Hu' : forall a, (a < d)%nat -> tends G (fun t => slope t a) (u a))
    by (intros a Ha; apply (tends_finer F G); auto).
  destruct (singular_family L d n k T X n_pos L_pos v t0 t0_nonneg v_flow small R G PG (fun t => t) u z) as [Ps Si];
    auto.
  { intros s. apply Sub, late_aligned_late. }
  { intros eps Pe. apply Sub, late_aligned_aligned, Pe. }
  assert (Start : G (fun t => t0 <= t)) by apply Sub, late_aligned_start.
  exists u, z. split; [|split; [exact Ps | split; [exact Si|]]].
  - apply (tends_unique G (fun t => Sum d (fun a => slope t a ^ 2))).
    + apply (tends_Sum G d (fun a t => slope t a ^ 2) (fun a => u a ^ 2)). intros a Ha.
      apply (tends_sq G (fun t => slope t a)); auto.
    + intros P HP. unfold filtermap. apply (filter_imp (fun t => t0 <= t)); auto. intros t Ht.
      rewrite gradient_unit by auto. apply locally_singleton, HP.
  - intros eps s Pe.
    assert (E : G (fun t => ((t0 <= t /\ aligned L n k M eps (at_time v t)) /\ s <= t) /\
      (forall a, (a < d)%nat -> Rabs (slope t a - u a) < eps) /\
      forall l c, (l < L)%nat -> (c < k l)%nat -> Rabs (z_at t l c - z l c) < eps)).
    { apply filter_and; [apply filter_and; [apply filter_and; auto;
        apply Sub, late_aligned_aligned, Pe | apply Sub, late_aligned_late]|].
      apply filter_and; [|apply (tends_near_all R G _ L k (fun t => z_at t) z eps Pe Hz)].
      apply (filter_below R G _ d (fun a t => Rabs (slope t a - u a) < eps)). intros a Ha.
      apply (tends_near G (fun t => slope t a)); auto. }
    destruct (filter_ex _ E) as [t [[[H1 H2] H3] [H4 H5]]]. exists t. split; [auto|]. split; [|auto].
    apply (cosine2_above L n k M n_pos L_pos _ _ (small_at t H1)).
    apply (aligned_cosine L n k M n_pos L_pos _ _ (small_at t H1)), H2.
Qed.

(* --- K1: with the hypothesis that X^T r/|X^T r| tends to u --- *)
Theorem singular_times (u : nat -> R) :
  (forall a, (a < d)%nat -> is_lim (fun t => slope t a) p_infty (u a)) ->
  let A := tensor_at d T (fun a => - u a) in
  forall eps s, 0 < eps -> exists t, s <= t /\
    let z := z_at t in let sigma := contract L k A z in
    0 < sigma /\ forall l, (l < L)%nat -> euclid (k l) (fun c => slot L k A z l c - sigma * z l c) <= eps * sigma.
Proof.
  intros Hu A eps s Pe.
  pose proof (late_aligned_proper L n k M n_pos L_pos v t0 t0_nonneg v_flow small) as PL. fold late in PL.
  destruct (direction_cluster late PL (fun P HP => HP)) as [z [G [PG [Sub Hz]]]].
  destruct (singular_family L d n k T X n_pos L_pos v t0 t0_nonneg v_flow small R G PG (fun t => t) u z) as [Ps [_ Si]];
    auto.
  { intros s'. apply Sub, late_aligned_late. }
  { intros e Pe'. apply Sub, late_aligned_aligned, Pe'. }
  { intros a Ha. apply (tends_finer late G); auto. apply late_aligned_infinity, Hu; auto. }
  fold A in Ps, Si. set (sigma0 := contract L k A z) in *.
  assert (HA : forall js : nat -> nat, tends G (fun _ : R => A js) (A js)) by (intros; apply (tends_const G)).
  pose proof (tends_contract G L k (fun _ => A) A (fun t => z_at t) z HA Hz) as Hs. fold sigma0 in Hs.
  set (gap := fun l t => Sum (k l) (fun c => (slot L k A (z_at t) l c
    - contract L k A (z_at t) * z_at t l c) ^ 2) - eps ^ 2 * contract L k A (z_at t) ^ 2).
  assert (Hg : forall l, (l < L)%nat -> tends G (gap l) (- (eps ^ 2 * sigma0 ^ 2))).
  { intros l Hl. replace (- (eps ^ 2 * sigma0 ^ 2))
      with (Sum (k l) (fun c => (slot L k A z l c - sigma0 * z l c) ^ 2) - eps ^ 2 * sigma0 ^ 2).
    - apply (tends_minus G); [|apply (tends_scale G), (tends_sq G); exact Hs].
      apply (tends_Sum G (k l) (fun c t => (slot L k A (z_at t) l c
        - contract L k A (z_at t) * z_at t l c) ^ 2) (fun c => (slot L k A z l c - sigma0 * z l c) ^ 2)).
      intros c Hc. apply (tends_sq G), (tends_minus G);
        [apply (tends_slot G L k (fun _ => A) A (fun t => z_at t)); auto|].
      apply (tends_mult G); auto.
    - rewrite Sum_zero; [ring|]. intros c Hc. rewrite Si by auto. ring. }
  assert (Pq : 0 < eps ^ 2 * sigma0 ^ 2) by (apply Rmult_lt_0_compat; apply pow_lt; auto).
  assert (E : G (fun t => (s <= t /\ Rabs (contract L k A (z_at t) - sigma0) < sigma0) /\
    forall l, (l < L)%nat -> Rabs (gap l t - - (eps ^ 2 * sigma0 ^ 2)) < eps ^ 2 * sigma0 ^ 2)).
  { apply filter_and; [apply filter_and; [apply Sub, late_aligned_late|]|].
    - apply (tends_near G (fun t => contract L k A (z_at t))); auto.
    - apply (filter_below R G _ L (fun l t => Rabs (gap l t - - (eps ^ 2 * sigma0 ^ 2)) < eps ^ 2 * sigma0 ^ 2)).
      intros l Hl.
      apply (tends_near G (gap l)); auto. }
  destruct (filter_ex _ E) as [t [[H1 H2] H3]]. exists t. split; [exact H1|]. cbv zeta. apply Rabs_lt_between in H2.
  assert (Pt : 0 < contract L k A (z_at t)) by lra. split; [exact Pt|]. intros l Hl.
  specialize (H3 l Hl). apply Rabs_lt_between in H3. unfold gap in H3. set (sg := contract L k A (z_at t)) in *.
  unfold euclid. rewrite <- (sqrt_pow2 (eps * sg)) by (apply Rmult_le_pos; lra). apply sqrt_le_1_alt.
  rewrite Rpow_mult_distr. lra.
Qed.

(* if the directions converge too, their limit is exactly a singular-vector tuple of M(-u) *)
Theorem singular_directions (u : nat -> R) (z : nat -> nat -> R) :
  (forall a, (a < d)%nat -> is_lim (fun t => slope t a) p_infty (u a)) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> is_lim (fun t => z_at t l c) p_infty (z l c)) ->
  let A := tensor_at d T (fun a => - u a) in
  0 < contract L k A z /\ singular_tuple L k A z (contract L k A z).
Proof.
  intros Hu Hz. pose proof (late_aligned_proper L n k M n_pos L_pos v t0 t0_nonneg v_flow small) as PL. fold late in PL.
  apply (singular_family L d n k T X n_pos L_pos v t0 t0_nonneg v_flow small R late PL (fun t => t) u z).
  - intros s. apply late_aligned_late.
  - intros eps Pe. apply late_aligned_aligned, Pe.
  - intros a Ha. apply late_aligned_infinity, Hu; auto.
  - intros l c Hl Hc. apply late_aligned_infinity, Hz; auto.
Qed.

(* the directions of the layers from that of all parameters *)
Lemma direction_of_unit w l c : 0 < squared_norm L k w ->
  direction k w l c = unit_direction L k w l c / euclid (k l) (unit_direction L k w l).
Proof.
  intros P. pose proof (sqrt_lt_R0 _ P) as Ps. pose proof (Rinv_0_lt_compat _ Ps) as Pi.
  unfold direction, unit_direction, euclid.
  set (r := sqrt (squared_norm L k w)) in *.
  rewrite (Sum_ext (k l) (fun a => (w l a / r) ^ 2) (fun a => (/ r) ^ 2 * w l a ^ 2)) by (intros; unfold Rdiv; ring).
  rewrite Sum_scal_l, sqrt_mult_alt by apply pow2_ge_0. rewrite sqrt_pow2 by lra. unfold Rdiv.
  rewrite Rinv_mult, Rinv_inv.
  replace (w l c * / r * (r * / sqrt (Sum (k l) (fun a => w l a ^ 2))))
    with ((/ r * r) * (w l c * / sqrt (Sum (k l) (fun a => w l a ^ 2)))) by ring.
  rewrite Rinv_l by lra. ring.
Qed.

Lemma tends_layer_direction Y (F : (Y -> Prop) -> Prop) (PF : ProperFilter F) (tau : Y -> R) (x : nat -> nat -> R) :
  F (fun y => t0 <= tau y) -> (forall l, (l < L)%nat -> 0 < Sum (k l) (fun c => x l c ^ 2)) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun y => unit_direction L k (at_time v (tau y)) l c) (x l c)) ->
  forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun y => z_at (tau y) l c) (x l c / euclid (k l) (x l)).
Proof.
  intros Start Px Hx l c Hl Hc.
  apply (tends_ext_in F (fun y => unit_direction L k (at_time v (tau y)) l c *
    / euclid (k l) (unit_direction L k (at_time v (tau y)) l))).
  - apply (filter_imp (fun y => t0 <= tau y)); auto. intros y Hy. symmetry. apply direction_of_unit.
    rewrite <- (inner_self L k). apply (norms_pos L n k M n_pos L_pos _ (small_at _ Hy)).
  - apply (tends_mult F); auto.
    apply (tends_continuous F (fun y => Sum (k l) (fun a =>
      unit_direction L k (at_time v (tau y)) l a ^ 2)) (Sum (k l) (fun a => x l a ^ 2)) (fun s => / sqrt s)).
    + apply (ex_derive_continuous (fun s => / sqrt s)). auto_derive. pose proof (Px l Hl) as P. split; [exact P|].
      split; [|auto]. apply Rgt_not_eq, sqrt_lt_R0, P.
    + apply (tends_Sum F (k l) (fun a y => unit_direction L k (at_time v (tau y)) l a ^ 2) (fun a => x l a ^ 2)).
      intros a Ha.
      apply (tends_sq F (fun y => unit_direction L k (at_time v (tau y)) l a)); auto.
Qed.

Lemma layers_from_margin x l : (l < L)%nat -> 0 < smallest_margin L n k M x -> 0 < Sum (k l) (fun c => x l c ^ 2).
Proof.
  intros Hl P. destruct (Rle_lt_or_eq_dec _ _ (squares_nonneg (k l) (x l))) as [|Z]; auto. exfalso.
  pose proof (smallest_le n (fun i => contract L k (M i) x) 0 n_pos) as Le. cbv beta in Le.
  rewrite <- (contract_euler k (M 0%nat) L x l Hl), Sum_zero in Le; [unfold smallest_margin in P; lra|].
  intros c Hc. pose proof (Sum_term (k l) (fun c => x l c ^ 2) c Hc ltac:(intros; apply pow2_ge_0)) as Tm.
  cbv beta in Tm.
  destruct (Req_dec (x l c) 0) as [->|Ne]; [ring|]. pose proof (pow2_gt_0 _ Ne). lra.
Qed.

(* every limit of the directions, along any sequence of times *)
Theorem singular_every_limit (tau : nat -> R) (u : nat -> R) (z : nat -> nat -> R) :
  (forall a, (a < d)%nat -> is_lim (fun t => slope t a) p_infty (u a)) ->
  is_lim_seq tau p_infty ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> is_lim_seq (fun p => z_at (tau p) l c) (z l c)) ->
  let A := tensor_at d T (fun a => - u a) in
  0 < contract L k A z /\ singular_tuple L k A z (contract L k A z).
Proof.
  intros Hu Ht Hz. pose proof (sequence_late tau Ht) as Late.
  destruct (cluster_layers nat k (fun l c p =>
    unit_direction L k (at_time v (tau p)) l c) 1 L eventually eventually_filter)
    as [x [G [PG [Sub Hx]]]].
  { intros l c Hl Hc. apply (filter_imp (fun p => t0 <= tau p)); [|apply Late]. intros p Hp.
    pose proof (norms_pos L n k M n_pos L_pos _ (small_at _ Hp)) as [P _]. rewrite (inner_self L k) in P.
    pose proof (sqrt_lt_R0 _ P) as Ps.
    unfold unit_direction, Rdiv. rewrite Rabs_mult, Rabs_inv, (Rabs_pos_eq (sqrt _)) by lra.
    apply (Rmult_le_reg_r (sqrt (squared_norm L k (at_time v (tau p))))); auto.
    rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
    apply parameter_norm; auto. }
  assert (LateG : forall s, G (fun p => s <= tau p)) by (intros s; apply Sub, Late).
  destruct (direction_normalised L n k M n_pos L_pos v t0 t0_nonneg v_flow small nat G PG tau x (LateG t0) Hx)
    as [Px _].
  assert (Pl : forall l, (l < L)%nat -> 0 < Sum (k l) (fun c => x l c ^ 2)) by (intros; apply layers_from_margin; auto).
  destruct (companion L n k M n_pos L_pos v t0 t0_nonneg v_flow small nat G PG tau LateG) as [H [PH [SubH HH]]].
  assert (Ez : forall l c, (l < L)%nat -> (c < k l)%nat -> z l c = x l c / euclid (k l) (x l)).
  { intros l c Hl Hc. apply (tends_unique G (fun p => z_at (tau p) l c)).
    - apply (tends_finer eventually G); auto. exact (Hz l c Hl Hc).
    - apply (tends_layer_direction nat G PG tau x); auto. }
  apply (singular_family L d n k T X n_pos L_pos v t0 t0_nonneg v_flow small R H PH (fun t => t) u z).
  - intros s. apply SubH, late_aligned_late.
  - intros eps Pe. apply SubH, late_aligned_aligned, Pe.
  - intros a Ha. apply (tends_finer late H); auto. apply late_aligned_infinity, Hu; auto.
  - intros l c Hl Hc. rewrite Ez by auto. apply (tends_layer_direction R H PH (fun t => t) x); auto.
    apply SubH, late_aligned_start.
Qed.
End SingularLimits.
