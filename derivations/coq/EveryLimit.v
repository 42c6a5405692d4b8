(* Every limit point is stationary (Lyu and Li's theorem for linear tensor networks with exponential loss, elementary):
   no aligned times in the hypotheses: theta/|theta| is close to its value at the next aligned time. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Tensor Quasinorm Margin Cluster TensorLimits AlignedTimes KktTimes
  KktLimits.
Open Scope R_scope.

Section EveryLimit.
Variables (L n : nat) (k : nat -> nat) (M : nat -> (nat -> nat) -> R).
Hypothesis n_pos : (0 < n)%nat.
Hypothesis L_pos : (1 <= L)%nat.

Section Along.
Variables (v : nat -> nat -> R -> R) (t0 : R).
Hypothesis t0_nonneg : 0 <= t0.
Hypothesis v_flow : tensor_gradient_flow L n k M exponential v.
Hypothesis small : tensor_loss L n k M exponential (at_time v t0) < 1.

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
    - intros P [eta [Q [Pe [HQ HP]]]].
      destruct (aligned_window L n k M n_pos L_pos v t0 eta t0_nonneg v_flow small Pe) as [T [_ HT]].
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
