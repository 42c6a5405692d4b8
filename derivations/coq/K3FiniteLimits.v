(* K3, any depth, with convergence: if the stationary points of the 2/L quasi-norm have finitely many directions (they
   do unless L = 2, K3Stationary.v), beta/|beta| converges, to one of them: all limits are stationary, and the limits of
   a continuous curve are connected (curve_settles: a curve that comes near to finitely many points tends to one). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt Network Tensor Quasinorm Margin Classification Cluster TensorLimits
  AlignedTimes KktTimes KktLimits EveryLimit K3AnyDepth.
Open Scope R_scope.

(* --- a curve whose limits are finitely many --- *)
Section Curve.
Variables (d N : nat) (b : R -> nat -> R) (pts : nat -> nat -> R).
Definition apart (x y : nat -> R) : R := Sum d (fun a => Rabs (x a - y a)).

Lemma apart_triangle x y z : apart x z <= apart x y + apart y z.
Proof.
  unfold apart. rewrite <- Sum_plus. apply Sum_le. intros a _.
  replace (x a - z a) with ((x a - y a) + (y a - z a)) by ring. apply Rabs_triang.
Qed.
Lemma apart_sym x y : apart x y = apart y x.
Proof. apply Sum_ext. intros a _. apply Rabs_minus_sym. Qed.
Lemma apart_nonneg x y : 0 <= apart x y.
Proof. apply Sum_nonneg. intros; apply Rabs_pos. Qed.
Lemma apart_entry x y a : (a < d)%nat -> Rabs (x a - y a) <= apart x y.
Proof. intros Ha. apply (Sum_term d (fun a => Rabs (x a - y a)) a Ha). intros; apply Rabs_pos. Qed.

Lemma finite_gap K (f : nat -> R) : (forall i, (i < K)%nat -> 0 <= f i) -> exists s, 0 < s /\ forall i, (i < K)%nat ->
  f i = 0 \/ s <= f i.
Proof.
  induction K as [|K IH]; intros H; [exists 1; split; [lra | intros; lia]|].
  destruct (IH ltac:(intros; apply H; lia)) as [s [Ps Hs]]. destruct (H K ltac:(lia)) as [P|Z].
  - exists (Rmin s (f K)). split; [apply Rmin_glb_lt; auto|]. intros i Hi. destruct (Nat.eq_dec i K) as [->|Ne].
    + right. apply Rmin_r.
    + destruct (Hs i ltac:(lia)); [left; auto | right; eapply Rle_trans; [apply Rmin_l | auto]].
  - exists s. split; auto. intros i Hi. destruct (Nat.eq_dec i K) as [->|Ne]; [left; auto | apply Hs; lia].
Qed.

Lemma points_gap : exists s, 0 < s /\ forall i j, (i < N)%nat -> (j < N)%nat -> apart (pts i) (pts j) = 0 \/
  s <= apart (pts i) (pts j).
Proof.
  assert (G : forall K, (K <= N)%nat -> exists s, 0 < s /\
    forall i j, (i < K)%nat -> (j < N)%nat -> apart (pts i) (pts j) = 0 \/ s <= apart (pts i) (pts j)).
  { induction K as [|K IH]; intros HK; [exists 1; split; [lra | intros; lia]|].
    destruct (IH ltac:(lia)) as [s [Ps Hs]]. destruct (finite_gap N (fun j => apart (pts K) (pts j))) as [s' [Ps' Hs']];
      [intros; apply apart_nonneg|].
    exists (Rmin s s'). split; [apply Rmin_glb_lt; auto|]. intros i j Hi Hj. destruct (Nat.eq_dec i K) as [->|Ne].
    - destruct (Hs' j Hj); [left; auto | right; eapply Rle_trans; [apply Rmin_r | auto]].
    - destruct (Hs i j ltac:(lia) Hj); [left; auto | right; eapply Rle_trans; [apply Rmin_l | auto]]. }
  apply (G N). lia.
Qed.

Hypothesis b_continuous : forall a, (a < d)%nat -> forall t, continuous (fun t => b t a) t.

Lemma apart_continuous x t : continuous (fun t => apart (b t) x) t.
Proof.
  unfold apart. apply (tends_Sum (locally t) d (fun a s => Rabs (b s a - x a)) (fun a => Rabs (b t a - x a))).
  intros a Ha.
  apply (tends_continuous (locally t) (fun s => b s a - x a) (b t a - x a) Rabs); [apply continuous_Rabs|].
  apply (tends_minus (locally t)); [apply (b_continuous a Ha t) | apply (tends_const (locally t))].
Qed.

Hypothesis near : forall delta, 0 < delta -> exists T, forall t, T <= t -> exists i, (i < N)%nat /\
  apart (b t) (pts i) < delta.

Theorem curve_settles : exists i, (i < N)%nat /\ forall a, (a < d)%nat -> is_lim (fun t => b t a) p_infty (pts i a).
Proof.
  destruct points_gap as [s [Ps Hs]]. destruct (near (s / 4) ltac:(lra)) as [T HT].
  destruct (HT T ltac:(lra)) as [i [Hi Ni]]. exists i. split; auto.
  (* the curve stays near the same point *)
  assert (Stay : forall t, T <= t -> apart (b t) (pts i) < s / 2).
  { intros t Ht. apply Rnot_le_lt. intros Le.
    destruct (IVT_gen (fun t => apart (b t) (pts i)) T t (s / 2)) as [u [Hu Eu]].
    - intros x. apply continuity_pt_filterlim, apart_continuous.
    - rewrite Rmin_left, Rmax_right by lra. lra.
    - rewrite Rmin_left, Rmax_right in Hu by lra. destruct (HT u ltac:(lra)) as [j [Hj Nj]].
      pose proof (apart_triangle (pts i) (b u) (pts j)) as T1. pose proof (apart_triangle (b u) (pts j) (pts i)) as T2.
      rewrite (apart_sym (pts i) (b u)) in T1. rewrite (apart_sym (pts j) (pts i)) in T2.
      destruct (Hs i j Hi Hj); lra. }
  intros a Ha. apply is_lim_spec. intros eps. pose proof (cond_pos eps) as Pe.
  destruct (near (Rmin eps (s / 4)) ltac:(apply Rmin_glb_lt; lra)) as [T2 HT2]. exists (Rmax T T2). intros t Ht.
  pose proof (Rmax_l T T2). pose proof (Rmax_r T T2). destruct (HT2 t ltac:(lra)) as [j [Hj Nj]].
  pose proof (Stay t ltac:(lra)) as St.
  pose proof (Rmin_l eps (s / 4)). pose proof (Rmin_r eps (s / 4)).
  pose proof (apart_triangle (pts i) (b t) (pts j)) as T1. rewrite (apart_sym (pts i) (b t)) in T1.
  destruct (Hs i j Hi Hj) as [Z|]; [|lra].
  pose proof (apart_triangle (b t) (pts j) (pts i)) as T3. rewrite (apart_sym (pts j) (pts i)), Z in T3.
  eapply Rle_lt_trans; [apply apart_entry; exact Ha|]. lra.
Qed.
End Curve.

(* if all limits along late filters are among the points, the curve comes near to them *)
Lemma limits_near d N (b : R -> nat -> R) (pts : nat -> nat -> R) K t0 :
  (forall a t, (a < d)%nat -> t0 <= t -> Rabs (b t a) <= K) ->
  (forall (G : (R -> Prop) -> Prop) x, ProperFilter G -> (forall T, G (fun t => T <= t)) ->
     (forall a, (a < d)%nat -> tends G (fun t => b t a) (x a)) -> exists i, (i < N)%nat /\ forall a, (a < d)%nat ->
       x a = pts i a) ->
  forall delta, 0 < delta -> exists T, forall t, T <= t -> exists i, (i < N)%nat /\ apart d (b t) (pts i) < delta.
Proof.
  intros Bd Lim delta Pd.
  destruct (Classical_Prop.classic (exists T, forall t, T <= t -> exists i, (i < N)%nat /\
    apart d (b t) (pts i) < delta)) as [|No]; auto.
  exfalso. set (bad := fun t => forall i, (i < N)%nat -> delta <= apart d (b t) (pts i)).
  set (F := fun P : R -> Prop => exists T, forall t, T <= t -> bad t -> P t).
  assert (PF : ProperFilter F).
  { constructor.
    - intros P [T HP]. destruct (Classical_Prop.classic (exists t, P t)) as [|Np]; auto. exfalso. apply No. exists T.
      intros t Ht.
      destruct (Classical_Prop.classic (exists i, (i < N)%nat /\ apart d (b t) (pts i) < delta)) as [|Ni]; auto.
      exfalso. apply Np. exists t.
      apply HP; auto. intros i Hi. apply Rnot_lt_le. intros Lt. apply Ni. exists i. auto.
    - constructor.
      + exists 0. auto.
      + intros P Q [T HP] [T' HQ]. exists (Rmax T T'). intros t Ht Bt. pose proof (Rmax_l T T').
        pose proof (Rmax_r T T').
        split; [apply HP | apply HQ]; auto; lra.
      + intros P Q Imp [T HP]. exists T. auto. }
  destruct (cluster R (fun a t => b t a) K d F PF) as [x [G [PG [Sub Hx]]]].
  { intros a Ha. exists t0. intros t Ht _. apply Bd; auto. }
  destruct (Lim G x PG) as [i [Hi Ei]]; auto.
  { intros T. apply Sub. exists T. auto. }
  assert (Td : tends G (fun t => apart d (b t) (pts i)) 0).
  { replace 0 with (Sum d (fun a => Rabs (x a - pts i a))).
    - apply (tends_Sum G d (fun a t => Rabs (b t a - pts i a)) (fun a => Rabs (x a - pts i a))). intros a Ha.
      apply (tends_continuous G (fun t => b t a - pts i a) (x a - pts i a) Rabs); [apply continuous_Rabs|].
      apply (tends_minus G); auto. apply (tends_const G).
    - apply Sum_zero. intros a Ha. rewrite Ei, Rminus_eq_0, Rabs_R0 by auto. reflexivity. }
  assert (Le : delta <= 0); [|lra]. apply (tends_above G _ _ _) with (2 := Td). apply Sub. exists 0. intros t _ Bt.
  apply Bt, Hi.
Qed.

(* --- K3 --- *)
Section OdecoFinite.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R) (X : nat -> nat -> R).
Hypothesis n_pos : (0 < n)%nat.
Hypothesis L_pos : (1 <= L)%nat.
Hypothesis U_orthonormal : orthonormal L m k U.
Let A := data_matrix d S X.
Variables (v : nat -> nat -> R -> R) (t0 : R).
Hypothesis t0_nonneg : 0 <= t0.
Hypothesis v_flow : classification_flow L d m n k S U X v.
Hypothesis small : network_exponential_loss L d m n k S U X (at_time v t0) < 1.
Let beta t := linear_coefficient L m k S U (at_time v t).
Let norm2 (x : nat -> R) := sqrt (Sum d (fun a => x a ^ 2)).
Let back (r : nat -> R) (a : nat) := Sum m (fun j => S j a * r j).
Let clock (t : R) := t0 + Rmax 0 t.

Lemma clock_late t : t0 <= clock t /\ t <= clock t.
Proof. unfold clock. pose proof (Rmax_l 0 t). pose proof (Rmax_r 0 t). lra. Qed.

Lemma parameter_continuous l c t : (l < L)%nat -> (c < k l)%nat -> continuous (fun t => v l c (clock t)) t.
Proof.
  intros Hl Hc. set (M := fun i => odeco_tensor L m U (A i)).
  pose proof (delayed_flow L n k M v t0 t0_nonneg (classification_flow_tensor L d m n k S U X v v_flow)) as F.
  destruct (tensor_path L n k M exponential (fun _ u => - exp (- u)) exponential_derive _ F l c Hl Hc) as [C _].
  apply C.
Qed.

Lemma beta_continuous a t : continuous (fun t => beta (clock t) a) t.
Proof.
  apply (tends_Sum (locally t) m (fun j s => S j a * coefficient L (reduced k U (at_time v (clock s))) j)
    (fun j => S j a * coefficient L (reduced k U (at_time v (clock t))) j)).
  intros j _. apply (tends_scale (locally t)).
  apply (tends_coefficient L k U R (locally t) _ (fun s => at_time v (clock s)) (at_time v (clock t)) j).
  intros l c Hl Hc. apply (parameter_continuous l c t Hl Hc).
Qed.

Lemma beta_nonzero t : 0 < Sum d (fun a => beta (clock t) a ^ 2).
Proof.
  destruct (clock_late t) as [H _].
  pose proof (output_positive L d m n k S U X n_pos L_pos v t0 t0_nonneg v_flow small (clock t) H) as P.
  pose proof (smallest_le n (fun i => output L d m k S U (at_time v (clock t)) (X i)) 0 n_pos) as Le. cbv beta in Le.
  fold (smallest_output L d m n k S U X (at_time v (clock t))) in Le. rewrite output_linear in Le.
  assert (Nn : 0 <= Sum d (fun a => beta (clock t) a ^ 2)) by (apply Sum_nonneg; intros; apply pow2_ge_0).
  destruct (Rle_lt_or_eq_dec _ _ Nn) as [|Z]; auto. exfalso. rewrite (Sum_zero d) in Le; [lra|]. intros a Ha.
  pose proof (Sum_term d (fun a => beta (clock t) a ^ 2) a Ha ltac:(intros; apply pow2_ge_0)) as Tm. cbv beta in Tm.
  unfold beta in *.
  destruct (Req_dec (linear_coefficient L m k S U (at_time v (clock t)) a) 0) as [->|Ne]; [ring|].
  pose proof (pow2_gt_0 _ Ne). lra.
Qed.

Theorem odeco_finite_converge (N : nat) (pts : nat -> nat -> R) :
  (forall r lam, quasi_stationary L m n A r lam ->
     exists i, (i < N)%nat /\ forall a, (a < d)%nat ->
       Sum m (fun j => S j a * r j) / sqrt (Sum d (fun a => Sum m (fun j => S j a * r j) ^ 2)) = pts i a) ->
  exists i, (i < N)%nat /\
    forall a, (a < d)%nat -> is_lim (fun t => beta t a / sqrt (Sum d (fun a => beta t a ^ 2))) p_infty (pts i a).
Proof.
  intros Fin. set (b := fun t a => beta (clock t) a / norm2 (beta (clock t))).
  destruct (curve_settles d N b pts) as [i [Hi Lim]].
  - intros a _ t. apply (tends_mult (locally t) (fun t => beta (clock t) a) (fun t => / norm2 (beta (clock t))));
      [apply beta_continuous|].
    apply (tends_continuous (locally t) (fun s =>
      Sum d (fun a => beta (clock s) a ^ 2)) (Sum d (fun a => beta (clock t) a ^ 2)) (fun s => / sqrt s)).
    + apply (ex_derive_continuous (fun s => / sqrt s)). auto_derive. pose proof (beta_nonzero t) as P.
      split; [exact P|].
      split; [|auto]. apply Rgt_not_eq, sqrt_lt_R0, P.
    + apply (tends_Sum (locally t) d (fun a s => beta (clock s) a ^ 2) (fun a => beta (clock t) a ^ 2)). intros a' _.
      apply (tends_sq (locally t) (fun s => beta (clock s) a')), beta_continuous.
  - apply (limits_near d N b pts 1 0).
    + intros a t Ha _. unfold b, Rdiv. pose proof (beta_nonzero t) as P. pose proof (sqrt_lt_R0 _ P) as Ps.
      fold (norm2 (beta (clock t))) in Ps.
      rewrite Rabs_mult, Rabs_inv, (Rabs_pos_eq (norm2 _)) by lra.
      apply (Rmult_le_reg_r (norm2 (beta (clock t)))); auto.
      rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra. rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt.
      rewrite Rsqr_pow2.
      apply (Sum_term d (fun a => beta (clock t) a ^ 2) a Ha). intros; apply pow2_ge_0.
    + intros G x PG Late Hx.
      assert (LateC : forall T, G (fun t => T <= clock t)).
      { intros T. apply (filter_imp (fun t => T <= t)); [|apply Late]. intros t Ht. pose proof (clock_late t). lra. }
      destruct (odeco_family L d m n k S U X n_pos L_pos U_orthonormal v t0 t0_nonneg v_flow small R G PG clock LateC)
        as [r [lam [G' [PG' [Sub [Q [_ Hr]]]]]]].
      destruct (Fin r lam Q) as [i [Hi Ei]]. exists i. split; auto. intros a Ha. rewrite <- Ei by auto.
      apply (tends_unique G' (fun t => b t a)); [apply (tends_finer G G'); auto|].
      apply (beta_direction L d m n k S U X n_pos L_pos v t0 t0_nonneg v_flow small R G' PG' clock r lam); auto.
  - exists i. split; auto. intros a Ha. apply (is_lim_ext_loc (fun t => b (t - t0) a)).
    + exists t0. intros t Ht. unfold b, clock, norm2. rewrite Rmax_right by lra. replace (t0 + (t - t0)) with t by ring.
      reflexivity.
    + apply (is_lim_comp (fun u => b u a) (fun t => t - t0) p_infty (pts i a) p_infty).
      * apply Lim, Ha.
      * apply is_lim_spec. intros Big. exists (Big + t0). intros; lra.
      * exists 0. intros; discriminate.
Qed.
End OdecoFinite.
