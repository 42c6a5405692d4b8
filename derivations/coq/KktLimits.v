(* Limits of the normalised parameters, for every linear tensor network with exponential loss (any depth, sizes,
   tensors):
     aligned_limit_points     along every sequence of times with cos^2 -> 1, limits of theta_hat are exact KKT points of
                              min |theta|^2/2 subject to margins >= 1;
     stationary_limit_point   there is such a limit point;
     direction_stationary     if theta/|theta| converges (hypothesis), its limit is the direction of a KKT point, and
                              theta_hat converges to that point. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Tensor Quasinorm Margin Cluster TensorLimits AlignedTimes KktTimes.
Open Scope R_scope.

Lemma filter_below X (F : (X -> Prop) -> Prop) (FF : Filter F) N (P : nat -> X -> Prop) :
  (forall l, (l < N)%nat -> F (P l)) -> F (fun x => forall l, (l < N)%nat -> P l x).
Proof.
  induction N as [|N IH]; intros H.
  - apply filter_forall. intros; lia.
  - apply (filter_imp (fun x => (forall l, (l < N)%nat -> P l x) /\ P N x)).
    + intros x [H1 H2] l Hl. destruct (Nat.eq_dec l N) as [->|Ne]; [exact H2 | apply H1; lia].
    + apply filter_and; auto.
Qed.

Lemma tends_near_all X (F : (X -> Prop) -> Prop) (FF : Filter F) L (k : nat -> nat)
  (w : X -> nat -> nat -> R) z eps : 0 < eps ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun x => w x l c) (z l c)) ->
  F (fun x => forall l c, (l < L)%nat -> (c < k l)%nat -> Rabs (w x l c - z l c) < eps).
Proof.
  intros Pe H.
  apply (filter_imp (fun x => forall l, (l < L)%nat -> forall c, (c < k l)%nat -> Rabs (w x l c - z l c) < eps));
    [auto|].
  apply (filter_below X F FF L (fun l x => forall c, (c < k l)%nat -> Rabs (w x l c - z l c) < eps)). intros l Hl.
  apply (filter_below X F FF (k l) (fun c x => Rabs (w x l c - z l c) < eps)). intros c Hc.
  apply (tends_near F (fun x => w x l c)); auto.
Qed.

Lemma continuous_Rpower a x : 0 < x -> continuous (fun u => Rpower u a) x.
Proof.
  intros P. apply (ex_derive_continuous (fun u => Rpower u a)). unfold Rpower.
  exists (scal (a * / x) (exp (a * ln x))). apply (is_derive_comp exp (fun u => a * ln u)); [apply is_derive_exp|].
  apply (is_derive_scal ln). apply is_derive_ln; auto.
Qed.

Section LimitPoints.
Variables (L n : nat) (k : nat -> nat) (M : nat -> (nat -> nat) -> R).
Hypothesis n_pos : (0 < n)%nat.
Hypothesis L_pos : (1 <= L)%nat.

(* --- limits of approximate KKT points --- *)
Lemma residual_euler w lam : inner L k w (kkt_residual L n k M lam w) =
  squared_norm L k w - INR L * Sum n (fun i => lam i * contract L k (M i) w).
Proof.
  rewrite <- (inner_self L k). unfold inner, kkt_residual. rewrite <- (Sum_constant L (Sum n _)), <- Sum_minus.
  apply Sum_ext. intros l Hl.
  rewrite (Sum_ext (k l) _ (fun c => w l c * w l c - Sum n (fun i => lam i * (w l c * slot L k (M i) w l c)))).
  - rewrite Sum_minus. f_equal. rewrite Sum_swap. apply Sum_ext. intros i _. rewrite Sum_scal_l. f_equal.
    apply contract_euler; auto.
  - intros c _. rewrite Rmult_minus_distr_l, <- Sum_scal_l. f_equal. apply Sum_ext. intros; ring.
Qed.

Lemma multipliers_bounded w lam : kkt_within L n k M 1 w lam -> forall i, (i < n)%nat ->
  Rabs (lam i) <= 2 * squared_norm L k w.
Proof.
  intros [Pl [Fe [Re _]]] i Hi. rewrite Rabs_pos_eq by auto. set (N := squared_norm L k w) in *.
  pose proof (inner_cauchy L k w (kkt_residual L n k M lam w)) as C. rewrite residual_euler in C.
  rewrite !(inner_self L k) in C. fold N in C. pose proof (squared_norm_nonneg L k w) as PN. fold N in PN.
  set (S := Sum n (fun i => lam i * contract L k (M i) w)) in *.
  assert (C2 : (N - INR L * S) ^ 2 <= N ^ 2).
  { eapply Rle_trans; [exact C|]. simpl in Re. simpl. apply Rmult_le_compat_l; lra. }
  assert (Up : INR L * S <= 2 * N).
  { apply Rnot_lt_le. intros Lt. assert (P : 0 < INR L * S) by lra.
    pose proof (Rmult_lt_0_compat _ _ P (Rlt_Rminus _ _ Lt)). nra. }
  assert (T : lam i * contract L k (M i) w <= S).
  { apply (Sum_term n (fun i => lam i * contract L k (M i) w) i Hi). intros j Hj.
    pose proof (Pl j Hj). pose proof (Fe j Hj). apply Rmult_le_pos; lra. }
  pose proof (Pl i Hi) as P0. pose proof (Fe i Hi) as F0. pose proof (L_real L L_pos) as L1.
  assert (Lm : lam i <= lam i * contract L k (M i) w)
    by (rewrite <- (Rmult_1_r (lam i)) at 1; apply Rmult_le_compat_l; auto).
  assert (Ls : S <= INR L * S) by (rewrite <- (Rmult_1_l S) at 1; apply Rmult_le_compat_r; lra). lra.
Qed.

Theorem kkt_limit X (F : (X -> Prop) -> Prop) (PF : ProperFilter F) (w : X -> nat -> nat -> R) (lam : X -> nat -> R) z :
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun x => w x l c) (z l c)) ->
  (forall eps, 0 < eps -> F (fun x => kkt_within L n k M eps (w x) (lam x))) ->
  exists mu, kkt_point L n k M z mu.
Proof.
  intros Hw Hk.
  assert (Size : forall (G : (X -> Prop) -> Prop), Filter G -> finer G F -> tends G (fun x =>
    squared_norm L k (w x)) (squared_norm L k z)).
  { intros G FG Sub. apply (tends_Sum G L (fun l x => Sum (k l) (fun c => w x l c ^ 2)) (fun l =>
      Sum (k l) (fun c => z l c ^ 2))).
    intros l Hl. apply (tends_Sum G (k l) (fun c x => w x l c ^ 2) (fun c => z l c ^ 2)). intros c Hc.
    apply (tends_sq G (fun x => w x l c)).
    apply (tends_finer F G); auto. }
  set (b := squared_norm L k z + 1).
  assert (Nb : F (fun x => squared_norm L k (w x) <= b)).
  { apply (filter_imp (fun x => Rabs (squared_norm L k (w x) - squared_norm L k z) < 1)).
    - intros x Hx. apply Rabs_lt_between in Hx. unfold b. lra.
    - apply (tends_near F (fun x => squared_norm L k (w x))); [apply Size; [apply PF | intros P HP; exact HP] | lra]. }
  destruct (cluster X (fun i x => lam x i) (2 * b) n F PF) as [mu [G [PG [Sub Hm]]]].
  { intros i Hi. apply (filter_imp (fun x => squared_norm L k (w x) <= b /\ kkt_within L n k M 1 (w x) (lam x))).
    - intros x [Hx Kx]. pose proof (multipliers_bounded _ _ Kx i Hi). lra.
    - apply filter_and; [exact Nb | apply Hk; lra]. }
  assert (FG : Filter G) by apply PG.
  assert (Wg : forall l c, (l < L)%nat -> (c < k l)%nat -> tends G (fun x => w x l c) (z l c))
    by (intros; apply (tends_finer F G); auto).
  assert (Mg : forall i, tends G (fun x => contract L k (M i) (w x)) (contract L k (M i) z))
    by (intros i; apply (tends_contract G L k (fun _ => M i)); auto; intros; apply (tends_const G)).
  assert (Sg : forall i l c, tends G (fun x => slot L k (M i) (w x) l c) (slot L k (M i) z l c))
    by (intros i l c; apply (tends_slot G L k (fun _ => M i)); auto; intros; apply (tends_const G)).
  assert (Kg : forall eps, 0 < eps -> G (fun x => kkt_within L n k M eps (w x) (lam x)))
    by (intros; apply Sub, Hk; auto).
  assert (P1 : forall i, (i < n)%nat -> 0 <= mu i).
  { intros i Hi. apply (tends_above G (fun x => lam x i)); [|auto].
    apply (filter_imp (fun x => kkt_within L n k M 1 (w x) (lam x))); [intros x Kx; apply Kx; auto | apply Kg; lra]. }
  assert (P2 : forall i, (i < n)%nat -> 1 <= contract L k (M i) z).
  { intros i Hi. apply (tends_above G (fun x => contract L k (M i) (w x))); [|auto].
    apply (filter_imp (fun x => kkt_within L n k M 1 (w x) (lam x))); [intros x Kx; apply Kx; auto | apply Kg; lra]. }
  exists mu. split; [exact P1|]. split; [exact P2|]. split.
  - intros i Hi.
    apply (Sum_zero_terms n (fun i => mu i * (contract L k (M i) z - 1))); auto.
    + intros j Hj. pose proof (P1 j Hj). pose proof (P2 j Hj). apply Rmult_le_pos; lra.
    + apply le_epsilon. intros eps Pe. rewrite Rplus_0_l.
      apply (tends_below G (fun x => Sum n (fun i => lam x i * (contract L k (M i) (w x) - 1)))).
      * apply (filter_imp (fun x => kkt_within L n k M eps (w x) (lam x))); [intros x Kx; apply Kx | auto].
      * apply (tends_Sum G n (fun i x => lam x i * (contract L k (M i) (w x) - 1)) (fun i =>
          mu i * (contract L k (M i) z - 1))).
        intros j Hj. apply (tends_mult G); auto. apply (tends_minus G); auto. apply (tends_const G).
  - intros l c Hl Hc.
    set (R0 := z l c - Sum n (fun i => mu i * slot L k (M i) z l c)).
    assert (Rt : tends G (fun x => kkt_residual L n k M (lam x) (w x) l c) R0).
    { apply (tends_minus G); auto.
      apply (tends_Sum G n (fun i x => lam x i * slot L k (M i) (w x) l c) (fun i => mu i * slot L k (M i) z l c)).
      intros i Hi. apply (tends_mult G); auto. }
    assert (Zero : R0 ^ 2 <= 0).
    { apply le_epsilon. intros eps Pe. rewrite Rplus_0_l.
      assert (Pb : 0 < b) by (unfold b; pose proof (squared_norm_nonneg L k z); lra).
      set (d := sqrt (eps / b)). assert (Pd : 0 < d) by (apply sqrt_lt_R0, Rdiv_lt_0_compat; auto).
      assert (D2 : d ^ 2 = eps / b) by (apply pow2_sqrt, Rlt_le, Rdiv_lt_0_compat; auto).
      apply (tends_below G (fun x => kkt_residual L n k M (lam x) (w x) l c ^ 2)); [|apply (tends_sq G); exact Rt].
      apply (filter_imp (fun x => squared_norm L k (w x) <= b /\ kkt_within L n k M d (w x) (lam x))).
      - intros x [Hx [_ [_ [Kx _]]]]. apply Rle_trans with (squared_norm L k (kkt_residual L n k M (lam x) (w x))).
        + apply Rle_trans with (Sum (k l) (fun c => kkt_residual L n k M (lam x) (w x) l c ^ 2)).
          * apply (Sum_term (k l) (fun c => kkt_residual L n k M (lam x) (w x) l c ^ 2)); auto. intros; apply pow2_ge_0.
          * apply (Sum_term L (fun l => Sum (k l) (fun c => kkt_residual L n k M (lam x) (w x) l c ^ 2))); auto.
            intros; apply Sum_nonneg; intros; apply pow2_ge_0.
        + eapply Rle_trans; [exact Kx|]. rewrite D2. replace eps with (eps / b * b) at 2 by (field; lra).
          apply Rmult_le_compat_l; auto. left. apply Rdiv_lt_0_compat; auto.
      - apply filter_and; auto. }
    assert (Z : R0 = 0) by (destruct (Req_dec R0 0) as [|Ne]; auto; pose proof (pow2_gt_0 R0 Ne); lra).
    unfold R0 in Z. lra.
Qed.

Lemma tends_smallest_margin X (F : (X -> Prop) -> Prop) (FF : Filter F) (w : X -> nat -> nat -> R) z :
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun x => w x l c) (z l c)) ->
  tends F (fun x => smallest_margin L n k M (w x)) (smallest_margin L n k M z).
Proof.
  intros H. assert (C : forall i, tends F (fun x => contract L k (M i) (w x)) (contract L k (M i) z))
    by (intros i; apply (tends_contract F L k (fun _ => M i)); auto; intros; apply (tends_const F)).
  apply (tends_smallest X F FF n (fun i x => contract L k (M i) (w x)) (fun i => contract L k (M i) z)); auto.
Qed.

(* --- along the flow --- *)
Section Along.
Variables (v : nat -> nat -> R -> R) (t0 : R).
Hypothesis t0_nonneg : 0 <= t0.
Hypothesis v_flow : tensor_gradient_flow L n k M exponential v.
Hypothesis small : tensor_loss L n k M exponential (at_time v t0) < 1.

(* sets of times that contain all late, well aligned ones *)
Definition late_aligned (P : R -> Prop) : Prop :=
  exists eps T, 0 < eps /\ forall t, T <= t -> t0 <= t -> aligned L n k M eps (at_time v t) -> P t.

Lemma aligned_weaker eps eps' w : eps <= eps' -> aligned L n k M eps w -> aligned L n k M eps' w.
Proof. unfold aligned. intros H A. pose proof (pow2_ge_0 (inner L k w (force L n k M w))). nra. Qed.

Lemma late_aligned_proper : ProperFilter late_aligned.
Proof.
  constructor.
  - intros P [eps [T [Pe HP]]]. destruct (aligned_after L n k M n_pos L_pos v t0 eps T t0_nonneg v_flow small Pe)
      as [t [H1 [H2 H3]]].
    exists t. auto.
  - constructor.
    + exists 1, 0. split; [lra | auto].
    + intros P Q [e [T [Pe HP]]] [e' [T' [Pe' HQ]]]. exists (Rmin e e'), (Rmax T T'). split; [apply Rmin_glb_lt; auto|].
      intros t Ht H0 A. pose proof (Rmax_l T T'). pose proof (Rmax_r T T').
      split; [apply HP | apply HQ]; try lra; eapply aligned_weaker; eauto; [apply Rmin_l | apply Rmin_r].
    + intros P Q Imp [e [T [Pe HP]]]. exists e, T. auto.
Qed.

Lemma late_aligned_late T : late_aligned (fun t => T <= t).
Proof. exists 1, T. split; [lra | auto]. Qed.
Lemma late_aligned_start : late_aligned (fun t => t0 <= t).
Proof. exists 1, 0. split; [lra | auto]. Qed.
Lemma late_aligned_aligned eps : 0 < eps -> late_aligned (fun t => aligned L n k M eps (at_time v t)).
Proof. intros Pe. exists eps, 0. split; auto. Qed.
Lemma late_aligned_infinity f (a : R) : is_lim f p_infty a -> tends late_aligned f a.
Proof.
  intros H P HP. destruct (H P HP) as [T HT]. exists 1, (T + 1). split; [lra|]. intros t Ht _ _. apply HT. lra.
Qed.

(* limits along any late and aligned family of times *)
Lemma aligned_family X (F : (X -> Prop) -> Prop) (PF : ProperFilter F) (tau : X -> R) z :
  (forall T, F (fun x => T <= tau x)) ->
  (forall eps, 0 < eps -> F (fun x => aligned L n k M eps (at_time v (tau x)))) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun x => normalised L n k M (at_time v (tau x)) l c) (z l c)) ->
  smallest_margin L n k M z = 1 /\ exists lam, kkt_point L n k M z lam.
Proof.
  intros Late Al Hz. split.
  - pose proof (tends_smallest_margin X F _ _ _ Hz) as H. apply (tends_unique F _ _ _ H).
    intros P HP. unfold filtermap. apply (filter_imp (fun x => t0 <= tau x)); [|apply Late]. intros x Hx.
    change (P (smallest_margin L n k M (normalised L n k M (at_time v (tau x))))).
    rewrite (normalised_margin_one L n k M L_pos); [apply locally_singleton, HP|].
    apply (kappa_low_pos L n k M n_pos _ (small_after L n k M n_pos L_pos v t0 t0_nonneg v_flow small (tau x) Hx)).
  - apply (kkt_limit X F PF (fun x => normalised L n k M (at_time v (tau x))) (fun x =>
      multiplier L n k M (at_time v (tau x)))); auto.
    apply (kkt_eventually L n k M n_pos L_pos v t0 t0_nonneg v_flow small X F _ tau Late Al).
Qed.

(* sequences of times with cos^2 -> 1 *)
Lemma aligned_sequence (tau : nat -> R) : is_lim_seq tau p_infty ->
  is_lim_seq (fun p => cosine2 L n k M (at_time v (tau p))) 1 ->
  (forall T, eventually (fun p => T <= tau p)) /\
  forall eps, 0 < eps -> eventually (fun p => aligned L n k M eps (at_time v (tau p))).
Proof.
  intros Ht Hc.
  assert (Late : forall T, eventually (fun p => T <= tau p)).
  { intros T. apply is_lim_seq_spec in Ht. destruct (Ht T) as [N HN]. exists N. intros p Hp. left. apply HN; auto. }
  split; [exact Late|]. intros eps Pe.
  apply is_lim_seq_spec in Hc. assert (Pd : 0 < eps / (1 + eps)) by (apply Rdiv_lt_0_compat; lra).
  destruct (Hc (mkposreal _ Pd)) as [N1 HN1]. destruct (Late t0) as [N2 HN2]. exists (N1 + N2)%nat. intros p Hp.
  pose proof (HN1 p ltac:(lia)) as A. simpl in A. apply Rabs_lt_between in A.
  pose proof (small_after L n k M n_pos L_pos v t0 t0_nonneg v_flow small (tau p) (HN2 p ltac:(lia))) as Sm.
  apply (aligned_cosine L n k M n_pos L_pos); auto. set (x := cosine2 L n k M (at_time v (tau p))) in *.
  assert (Lo : / (1 + eps) < x) by (replace (/ (1 + eps)) with (1 - eps / (1 + eps)) by (field; lra); lra).
  pose proof (Rinv_0_lt_compat (1 + eps) ltac:(lra)) as Pi.
  apply Rinv_lt_contravar in Lo; [|apply Rmult_lt_0_compat; lra].
  rewrite Rinv_inv in Lo. lra.
Qed.

Theorem aligned_limit_points (tau : nat -> R) (z : nat -> nat -> R) :
  is_lim_seq tau p_infty ->
  is_lim_seq (fun p => cosine2 L n k M (at_time v (tau p))) 1 ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> is_lim_seq (fun p =>
    normalised L n k M (at_time v (tau p)) l c) (z l c)) ->
  smallest_margin L n k M z = 1 /\ exists lam, kkt_point L n k M z lam.
Proof.
  intros Ht Hc Hz. destruct (aligned_sequence tau Ht Hc) as [Late Al].
  apply (aligned_family nat eventually eventually_filter tau); auto.
Qed.

(* a limit point along a filter of late aligned times *)
Lemma normalised_cluster : exists z F, ProperFilter F /\ finer F late_aligned /\
  forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun t => normalised L n k M (at_time v t) l c) (z l c).
Proof.
  destruct (kkt_along L n k M n_pos L_pos v t0 t0_nonneg v_flow small) as [b [Pb Hb]].
  apply (cluster_layers R k (fun l c t => normalised L n k M (at_time v t) l c) b L late_aligned late_aligned_proper).
  intros l c Hl Hc. exists 1, 0. split; [lra|]. intros t _ Ht _. destruct (Hb t Ht) as [Sz _].
  eapply Rle_trans; [apply (parameter_norm L k _ l c Hl Hc)|]. rewrite <- (sqrt_pow2 b) by lra. apply sqrt_le_1_alt, Sz.
Qed.

Theorem stationary_limit_point : exists z lam,
  kkt_point L n k M z lam /\ smallest_margin L n k M z = 1 /\
  forall eps T, 0 < eps -> exists t, T <= t /\ 1 - eps < cosine2 L n k M (at_time v t) /\
    forall l c, (l < L)%nat -> (c < k l)%nat -> Rabs (normalised L n k M (at_time v t) l c - z l c) < eps.
Proof.
  destruct normalised_cluster as [z [F [PF [Sub Hz]]]].
  destruct (aligned_family R F PF (fun t => t) z) as [One [lam Kl]]; auto.
  { intros T. apply Sub, late_aligned_late. }
  { intros eps Pe. apply Sub, late_aligned_aligned, Pe. }
  exists z, lam. split; [exact Kl|]. split; [exact One|]. intros eps T Pe.
  assert (A : F (fun t => (T <= t /\ t0 <= t /\ aligned L n k M eps (at_time v t)) /\
    forall l c, (l < L)%nat -> (c < k l)%nat -> Rabs (normalised L n k M (at_time v t) l c - z l c) < eps)).
  { apply filter_and; [apply Sub; apply (@filter_and _ _ (@filter_filter _ _ late_aligned_proper));
      [apply late_aligned_late | apply (@filter_and _ _ (@filter_filter _ _ late_aligned_proper));
        [apply late_aligned_start | apply late_aligned_aligned, Pe]]|].
    apply (tends_near_all R F _ L k (fun t => normalised L n k M (at_time v t)) z eps Pe Hz). }
  destruct (filter_ex _ A) as [t [[H1 [H2 H3]] H4]]. exists t. split; [auto|]. split; [|auto].
  pose proof (small_after L n k M n_pos L_pos v t0 t0_nonneg v_flow small t H2) as Sm.
  apply (cosine2_above L n k M n_pos L_pos); auto. apply (aligned_cosine L n k M n_pos L_pos); auto.
Qed.

(* --- if the direction converges --- *)
Lemma direction_normalised X (F : (X -> Prop) -> Prop) (PF : ProperFilter F) (tau : X -> R) (z : nat -> nat -> R) :
  F (fun x => t0 <= tau x) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun x => unit_direction L k (at_time v (tau x)) l c) (z l c)) ->
  0 < smallest_margin L n k M z /\
  forall l c, (l < L)%nat -> (c < k l)%nat ->
    tends F (fun x => normalised L n k M (at_time v (tau x)) l c) (normalised L n k M z l c).
Proof.
  intros After Hz. set (r := fun x => sqrt (squared_norm L k (at_time v (tau x)))).
  set (d := fun x l c => / r x * at_time v (tau x) l c).
  assert (Hd : forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun x => d x l c) (z l c)).
  { intros l c Hl Hc.
    apply (tends_ext F (fun x => unit_direction L k (at_time v (tau x)) l c)); [|exact (Hz l c Hl Hc)].
    intros x. unfold d, unit_direction, Rdiv. fold (r x). ring. }
  pose proof (tends_smallest_margin X F _ d z Hd) as Hm.
  assert (Pr : forall x, t0 <= tau x -> 0 < / r x).
  { intros x Hx. apply Rinv_0_lt_compat, sqrt_lt_R0. rewrite <- (inner_self L k).
    apply (norms_pos L n k M n_pos L_pos), (small_after L n k M n_pos L_pos v t0); auto. }
  assert (Pz : 0 < smallest_margin L n k M z).
  { destruct (margin_ratio_above L n k M n_pos L_pos v t0 t0_nonneg v_flow small) as [g [Pg Hg]].
    apply Rlt_le_trans with g; auto. apply (tends_above F _ _ _) with (2 := Hm).
    apply (filter_imp (fun x => t0 <= tau x)); auto. intros x Hx. unfold d. pose proof (Pr x Hx) as Pi.
    rewrite smallest_margin_scaled by lra. eapply Rle_trans; [apply (Hg (tau x) Hx)|]. fold (r x).
    unfold Rdiv. rewrite Rmult_comm, <- pow_inv. apply Rmult_le_compat_l; [apply pow_le; lra|].
    apply low_above; auto. }
  split; [exact Pz|]. intros l c Hl Hc.
  assert (H1 : tends F (fun x => normalised L n k M (d x) l c) (normalised L n k M z l c)).
  { apply (tends_mult F); auto.
    apply (tends_continuous F _ _ (fun x => Rpower x (- / INR L)) (continuous_Rpower _ _ Pz) Hm). }
  intros P HP. unfold filtermap. apply (filter_imp (fun x => t0 <= tau x /\ P (normalised L n k M (d x) l c))).
  - intros x [Hx Px]. unfold d in Px. rewrite normalised_scaled in Px; auto.
    apply (kappa_low_pos L n k M n_pos _ (small_after L n k M n_pos L_pos v t0 t0_nonneg v_flow small (tau x) Hx)).
  - apply filter_and; [exact After | apply (H1 P HP)].
Qed.

Theorem direction_stationary (z : nat -> nat -> R) :
  (forall l c, (l < L)%nat -> (c < k l)%nat ->
     is_lim (fun t => v l c t / sqrt (squared_norm L k (at_time v t))) p_infty (z l c)) ->
  0 < smallest_margin L n k M z /\
  (forall l c, (l < L)%nat -> (c < k l)%nat ->
     is_lim (fun t => normalised L n k M (at_time v t) l c) p_infty (normalised L n k M z l c)) /\
  exists lam, kkt_point L n k M (normalised L n k M z) lam.
Proof.
  intros Hz.
  destruct (direction_normalised R (Rbar_locally' p_infty) (Rbar_locally'_filter p_infty) (fun t => t) z) as [Pz Lim];
    [exists t0; intros; lra | exact Hz |].
  split; [exact Pz|]. split; [exact Lim|].
  destruct (aligned_family R late_aligned late_aligned_proper (fun t => t) (normalised L n k M z)) as [_ K].
  - apply late_aligned_late.
  - apply late_aligned_aligned.
  - intros l c Hl Hc. apply late_aligned_infinity, Lim; auto.
  - exact K.
Qed.
End Along.
End LimitPoints.
