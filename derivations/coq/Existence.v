(* A gradient flow x' = - grad E(x) in R^N exists for all times, from every start, if E is bounded below and grad E is
   locally Lipschitz (so for every polynomial loss). The field is cut off outside a box: with a window w in [0, 1], the
   flow of - w grad E exists (Picard), E decreases along it, and |x_i'| = w |grad_i E| <= (1 + w |grad E|^2)/2 gives
   |x_i(t) - x_i(0)| <= (t + E(x(0)) - inf E)/2: up to time T it does not leave a box on which w = 1. Uniqueness joins
   the flows for T = 1, 2, ... *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Uniqueness Picard.
Open Scope R_scope.

(* --- windows --- *)
Definition cut (r u : R) : R := Rmax 0 (Rmin 1 (r + 1 - Rabs u)).
Definition clip (r u : R) : R := Rmax (- (r + 1)) (Rmin (r + 1) u).

Lemma Rmax_lipschitz c a b : Rabs (Rmax c a - Rmax c b) <= Rabs (a - b).
Proof.
  unfold Rmax. destruct (Rle_dec c a), (Rle_dec c b); try lra.
  - unfold Rabs. destruct (Rcase_abs (a - c)), (Rcase_abs (a - b)); lra.
  - unfold Rabs. destruct (Rcase_abs (c - b)), (Rcase_abs (a - b)); lra.
  - rewrite Rminus_eq_0, Rabs_R0. apply Rabs_pos.
Qed.

Lemma Rmin_lipschitz c a b : Rabs (Rmin c a - Rmin c b) <= Rabs (a - b).
Proof.
  unfold Rmin. destruct (Rle_dec c a), (Rle_dec c b); try lra.
  - rewrite Rminus_eq_0, Rabs_R0. apply Rabs_pos.
  - unfold Rabs. destruct (Rcase_abs (c - b)), (Rcase_abs (a - b)); lra.
  - unfold Rabs. destruct (Rcase_abs (a - c)), (Rcase_abs (a - b)); lra.
Qed.

Lemma cut_range r u : 0 <= cut r u <= 1.
Proof. unfold cut. split; [apply Rmax_l | apply Rmax_lub; [lra | apply Rmin_l]]. Qed.

Lemma cut_lipschitz r u w : Rabs (cut r u - cut r w) <= Rabs (u - w).
Proof.
  unfold cut. eapply Rle_trans; [apply Rmax_lipschitz|]. eapply Rle_trans; [apply Rmin_lipschitz|].
  replace (r + 1 - Rabs u - (r + 1 - Rabs w)) with (- (Rabs u - Rabs w)) by ring. rewrite Rabs_Ropp.
  apply Rabs_triang_inv2.
Qed.

Lemma cut_inside r u : Rabs u <= r -> cut r u = 1.
Proof. intros H. unfold cut. rewrite Rmin_left, Rmax_right by lra. reflexivity. Qed.

Lemma cut_outside r u : r + 1 <= Rabs u -> cut r u = 0.
Proof. intros H. unfold cut. rewrite Rmin_right, Rmax_left by lra. reflexivity. Qed.

Lemma clip_lipschitz r u w : Rabs (clip r u - clip r w) <= Rabs (u - w).
Proof. unfold clip. eapply Rle_trans; [apply Rmax_lipschitz | apply Rmin_lipschitz]. Qed.

Lemma clip_range r u : 0 <= r -> Rabs (clip r u) <= r + 1.
Proof.
  intros Hr. apply Rabs_le. unfold clip. split; [apply Rmax_l | apply Rmax_lub; [lra | apply Rmin_l]].
Qed.

Lemma clip_inside r u : Rabs u <= r + 1 -> clip r u = u.
Proof. intros H. apply Rabs_le_between in H. unfold clip. rewrite Rmin_right, Rmax_right by lra. reflexivity. Qed.

Lemma Prod_window_range n (a : nat -> R) : (forall k, (k < n)%nat -> 0 <= a k <= 1) -> 0 <= Prod n a <= 1.
Proof.
  intros H. destruct (Prod_le n a (fun _ => 1) ltac:(intros; apply H; auto)) as [P0 P1]. rewrite Prod_const, pow1 in P1.
  auto.
Qed.

Lemma Prod_window_lipschitz n (a b : nat -> R) : (forall k, (k < n)%nat -> 0 <= a k <= 1) ->
  (forall k, (k < n)%nat -> 0 <= b k <= 1) ->
  Rabs (Prod n a - Prod n b) <= Sum n (fun k => Rabs (a k - b k)).
Proof.
  induction n as [|n IH]; intros Ha Hb; simpl; [rewrite Rminus_eq_0, Rabs_R0; lra|].
  replace (Prod n a * a n - Prod n b * b n) with ((Prod n a - Prod n b) * a n + Prod n b * (a n - b n)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
  destruct (Prod_window_range n b ltac:(auto)) as [B0 B1]. destruct (Ha n ltac:(lia)) as [A0 A1].
  rewrite (Rabs_pos_eq (a n)), (Rabs_pos_eq (Prod n b)) by auto. pose proof (IH ltac:(auto) ltac:(auto)).
  pose proof (Rabs_pos (Prod n a - Prod n b)). pose proof (Rabs_pos (a n - b n)). nra.
Qed.

Lemma Prod_zero n (a : nat -> R) k : (k < n)%nat -> a k = 0 -> Prod n a = 0.
Proof.
  induction n as [|n IH]; intros Hk Z; [lia|]. simpl. destruct (Nat.eq_dec k n) as [<-|Ne]; [rewrite Z; ring|].
  rewrite IH by (auto; lia). ring.
Qed.

Lemma box_or_not N r (x : nat -> R) : in_box N r x \/ exists k, (k < N)%nat /\ r < Rabs (x k).
Proof.
  induction N as [|N [IH|[k [Hk H]]]]; [left; intros k Hk; lia | | right; exists k; auto].
  destruct (Rle_dec (Rabs (x N)) r) as [H|H].
  - left. intros k Hk. destruct (Nat.eq_dec k N) as [->|Ne]; [auto | apply IH; lia].
  - right. exists N. split; [lia | lra].
Qed.

Section Existence.
Variables (N : nat) (E : (nat -> R) -> R) (G : (nat -> R) -> nat -> R) (lower : R) (start : nat -> R).
Hypothesis gradient_lipschitz : forall i, (i < N)%nat -> locally_lipschitz N (fun x => G x i).
(* G is the gradient of E: the derivative of E along differentiable curves *)
Hypothesis chain_rule : forall x dx : nat -> R -> R, (forall i, (i < N)%nat -> path (x i) (dx i)) ->
  path (fun t => E (fun k => x k t)) (fun t => Sum N (fun i => G (fun k => x k t) i * dx i t)).
Hypothesis bounded_below : forall x, lower <= E x.

Definition window (r : R) (x : nat -> R) : R := Prod N (fun k => cut r (x k)).
Definition cut_field (r : R) (x : nat -> R) (i : nat) : R := - (window r x * G (fun k => clip r (x k)) i).

Lemma window_range r x : 0 <= window r x <= 1.
Proof. apply Prod_window_range. intros; apply cut_range. Qed.

Lemma cut_field_lipschitz r : 0 <= r -> exists K, 0 <= K /\ forall i x z, (i < N)%nat ->
  Rabs (cut_field r x i - cut_field r z i) <= K * distance N x z.
Proof.
  intros Hr. destruct (lipschitz_common N N (fun i x => G x i) (r + 1) gradient_lipschitz) as [K [K0 HK]].
  set (B := Sum N (fun i => Rabs (G (fun _ => 0) i)) + K * (INR N * (r + 1))).
  assert (HB : forall i x, (i < N)%nat -> in_box N (r + 1) x -> Rabs (G x i) <= B).
  { intros i x Hi Bx. replace (G x i) with (G (fun _ => 0) i + (G x i - G (fun _ => 0) i)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat.
    - apply (Sum_term N (fun i => Rabs (G (fun _ => 0) i))); auto; intros; apply Rabs_pos.
    - eapply Rle_trans; [apply (HK i x (fun _ => 0)); auto; intros k _; rewrite Rabs_R0; lra|].
      apply Rmult_le_compat_l; auto. rewrite <- Sum_constant_terms. apply Sum_le. intros k Hk. rewrite Rminus_0_r.
      apply Bx; auto. }
  assert (B0 : 0 <= B).
  { unfold B. apply Rplus_le_le_0_compat; [apply Sum_nonneg; intros; apply Rabs_pos|].
    apply Rmult_le_pos; auto. apply Rmult_le_pos; [apply pos_INR | lra]. }
  exists (B + K). split; [lra|]. intros i x z Hi. unfold cut_field.
  set (xc := fun k => clip r (x k)). set (zc := fun k => clip r (z k)).
  assert (Bx : in_box N (r + 1) xc) by (intros k _; apply clip_range; auto).
  assert (Bz : in_box N (r + 1) zc) by (intros k _; apply clip_range; auto).
  replace (- (window r x * G xc i) - - (window r z * G zc i)) with
    (- ((window r x - window r z) * G xc i + window r z * (G xc i - G zc i))) by ring.
  rewrite Rabs_Ropp. eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, Rmult_plus_distr_r.
  apply Rplus_le_compat.
  - rewrite (Rmult_comm B). apply Rmult_le_compat; auto using Rabs_pos.
    unfold window. eapply Rle_trans; [apply Prod_window_lipschitz; intros; apply cut_range|].
    apply Sum_le. intros k _. apply cut_lipschitz.
  - destruct (window_range r z) as [W0 W1]. rewrite (Rabs_pos_eq (window r z)) by auto.
    apply Rle_trans with (1 * (K * distance N xc zc)).
    + apply Rmult_le_compat; auto using Rabs_pos.
    + rewrite Rmult_1_l. apply Rmult_le_compat_l; auto. apply Sum_le. intros k _. apply clip_lipschitz.
Qed.

(* the clipping is not seen: where it acts the window is 0 *)
Lemma cut_field_value r x i : 0 <= r -> (i < N)%nat -> cut_field r x i = - (window r x * G x i).
Proof.
  intros Hr Hi. unfold cut_field. f_equal. destruct (box_or_not N (r + 1) x) as [Bx|[k [Hk H]]].
  - f_equal. destruct (gradient_lipschitz i Hi (r + 1)) as [K [K0 HK]].
    assert (Z : Rabs (G (fun k => clip r (x k)) i - G x i) <= 0).
    { eapply Rle_trans; [apply HK; auto; intros k _; apply clip_range; auto|].
      unfold distance. rewrite Sum_zero; [lra|]. intros k Hk. rewrite clip_inside by (apply Bx; auto).
      rewrite Rminus_eq_0. apply Rabs_R0. }
    apply Rminus_diag_uniq. destruct (Req_dec (G (fun k => clip r (x k)) i - G x i) 0) as [|Nz]; auto.
    apply Rabs_pos_lt in Nz. lra.
  - unfold window. rewrite (Prod_zero N _ k Hk) by (apply cut_outside; lra). ring.
Qed.

Lemma window_inside r x : in_box N r x -> window r x = 1.
Proof.
  intros H. unfold window. rewrite (Prod_ext N _ (fun _ => 1)) by (intros; apply cut_inside; auto). rewrite Prod_const.
  apply pow1.
Qed.

(* --- the flow up to time T --- *)
Definition radius (T : R) : R := Sum N (fun k => Rabs (start k)) + / 2 * (T + (E start - lower)).
Definition flow_up_to (T : R) : nat -> R -> R := picard_solution (cut_field (radius T)) start.

Lemma radius_nonneg T : 0 <= T -> 0 <= radius T.
Proof.
  intros HT. unfold radius. pose proof (bounded_below start). apply Rplus_le_le_0_compat; [|lra].
  apply Sum_nonneg. intros; apply Rabs_pos.
Qed.

Lemma flow_up_to_start T i : flow_up_to T i 0 = start i.
Proof. apply picard_start. Qed.

Lemma flow_up_to_path T i : 0 <= T -> (i < N)%nat ->
  path (flow_up_to T i) (fun t => cut_field (radius T) (fun k => flow_up_to T k t) i).
Proof.
  intros HT Hi. destruct (cut_field_lipschitz (radius T) (radius_nonneg T HT)) as [K [K0 HK]].
  exact (picard_path N (cut_field (radius T)) K start K0 HK i Hi).
Qed.

Lemma flow_up_to_bound T i t : 0 <= T -> (i < N)%nat -> 0 <= t ->
  Rabs (flow_up_to T i t - start i) <= / 2 * (t + (E start - lower)).
Proof.
  intros HT Hi Ht. set (y := flow_up_to T). set (g := fun i t => G (fun k => y k t) i).
  set (w := fun t => window (radius T) (fun k => y k t)).
  assert (Py : forall i, (i < N)%nat -> path (y i) (fun t => - (w t * g i t))).
  { intros q Hq. apply (path_eq _ _ _ (flow_up_to_path T q HT Hq)). intros u _. apply cut_field_value; auto.
    apply radius_nonneg; auto. }
  pose proof (chain_rule y _ Py) as PE.
  assert (PP : path (fun t => / 2 * (t + -1 * E (fun k => y k t))) (fun t =>
    / 2 * (1 + -1 * Sum N (fun i => g i t * - (w t * g i t))))).
  { apply path_scal, path_plus; [split; intros;
      [apply continuous_id | apply (is_derive_id (K := R_AbsRing))] | apply path_scal, PE]. }
  pose proof (path_dominated _ _ _ _ 0 t (Py i Hi) PP) as D. cbv beta in D.
  assert (Y0 : (fun k => y k 0) = start) by (extensionality k; apply flow_up_to_start).
  rewrite Y0 in D. unfold y at 2 in D. rewrite flow_up_to_start in D. fold y in D.
  eapply Rle_trans; [apply D; [|lra] | pose proof (bounded_below (fun k => y k t)); lra].
  intros u _. destruct (window_range (radius T) (fun k => y k u)) as [W0 W1]. fold (w u) in W0, W1.
  rewrite (Sum_ext N _ (fun i => - w u * g i u ^ 2)) by (intros; ring). rewrite Sum_scal_l.
  pose proof (Sum_term N (fun i => g i u ^ 2) i Hi ltac:(intros; apply pow2_ge_0)) as St. cbv beta in St.
  rewrite Rabs_Ropp, Rabs_mult, (Rabs_pos_eq (w u)) by auto. rewrite <- (pow2_abs (g i u)) in St.
  set (a := Rabs (g i u)) in *. set (S := Sum N (fun i => g i u ^ 2)) in *. pose proof (pow2_ge_0 (a - 1)). nra.
Qed.

Lemma flow_up_to_flow T : 0 <= T -> flow_until N (fun x i => - G x i) T (flow_up_to T).
Proof.
  intros HT i Hi. destruct (flow_up_to_path T i HT Hi) as [C D]. split.
  - intros P HP. destruct (C 0 P HP) as [e He]. exists e. intros s Bs _. apply He. exact Bs.
  - intros t Ht HtT. simpl in HtT. specialize (D t Ht).
    rewrite cut_field_value in D by (auto; apply radius_nonneg; auto).
    rewrite window_inside in D; [rewrite Rmult_1_l in D; exact D|].
    intros k Hk. replace (flow_up_to T k t) with (start k + (flow_up_to T k t - start k)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. unfold radius. apply Rplus_le_compat.
    + apply (Sum_term N (fun k => Rabs (start k))); auto; intros; apply Rabs_pos.
    + eapply Rle_trans; [apply flow_up_to_bound; auto; lra|]. lra.
Qed.

(* --- all times --- *)
Opaque flow_up_to.
Definition the_flow (i : nat) (t : R) : R := flow_up_to (t + 1) i t.

Lemma flow_until_shorter F (T T' : R) x : T' <= T -> flow_until N F T x -> flow_until N F T' x.
Proof. intros H Fl i Hi. destruct (Fl i Hi) as [C D]. split; auto. intros t Ht HtT. apply D; auto. simpl in *. lra. Qed.

Lemma the_flow_value T i t : (i < N)%nat -> 0 <= t -> t < T -> the_flow i t = flow_up_to T i t.
Proof.
  intros Hi Ht HT. unfold the_flow. set (m := Rmin (t + 1) T).
  assert (M1 : m <= t + 1) by apply Rmin_l. assert (M2 : m <= T) by apply Rmin_r.
  assert (Hm : t < m) by (apply Rmin_glb_lt; lra).
  apply (flow_unique N (fun x i => - G x i) m).
  - intros q Hq. apply lipschitz_opp, gradient_lipschitz; auto.
  - apply (flow_until_shorter _ (t + 1)); auto. apply flow_up_to_flow. lra.
  - apply (flow_until_shorter _ T); auto. apply flow_up_to_flow. lra.
  - intros q _. rewrite !flow_up_to_start. reflexivity.
  - exact Hi.
  - exact Ht.
  - exact Hm.
Qed.

Theorem gradient_flow_exists : exists x : nat -> R -> R,
  (forall i, (i < N)%nat -> x i 0 = start i) /\ flow_until N (fun x i => - G x i) p_infty x.
Proof.
  exists the_flow. split; [intros i _; unfold the_flow; exact (flow_up_to_start (0 + 1) i)|]. intros i Hi.
  assert (S0 : the_flow i 0 = start i) by (unfold the_flow; exact (flow_up_to_start (0 + 1) i)). split.
  - destruct (flow_up_to_flow 1 ltac:(lra) i Hi) as [C _]. rewrite S0. rewrite (flow_up_to_start 1 i) in C.
    apply (filterlim_ext_loc (flow_up_to 1 i)); [|exact C].
    exists (mkposreal 1 Rlt_0_1). intros t Bt Ht. symmetry. apply the_flow_value; auto; [lra|].
    unfold ball in Bt; simpl in Bt. unfold AbsRing_ball, abs, minus, plus, opp in Bt; simpl in Bt.
    apply Rabs_lt_between in Bt. lra.
  - intros t Ht _. destruct (flow_up_to_flow (t + 2) ltac:(lra) i Hi) as [_ D]. specialize (D t Ht ltac:(simpl; lra)).
    assert (Eq : (fun x i0 => - G x i0) (fun k => the_flow k t) i = - G (fun k => flow_up_to (t + 2) k t) i).
    { cbv beta. apply (f_equal Ropp).
      assert (Z : forall r, in_box N r (fun k => the_flow k t) -> in_box N r (fun k => flow_up_to (t + 2) k t) ->
        G (fun k => the_flow k t) i = G (fun k => flow_up_to (t + 2) k t) i).
      { intros r B1 B2. destruct (gradient_lipschitz i Hi r) as [K [K0 HK]]. specialize (HK _ _ B1 B2).
        unfold distance in HK. rewrite Sum_zero, Rmult_0_r in HK by
          (intros k Hk; rewrite (the_flow_value (t + 2) k t) by (auto; lra); rewrite Rminus_eq_0; apply Rabs_R0).
        apply Rminus_diag_uniq.
        destruct (Req_dec (G (fun k => the_flow k t) i - G (fun k => flow_up_to (t + 2) k t) i) 0) as [|Nz]; auto.
        apply Rabs_pos_lt in Nz. lra. }
      apply (Z (Sum N (fun k => Rabs (the_flow k t)))).
      - intros k Hk. apply (Sum_term N (fun k => Rabs (the_flow k t))); auto; intros; apply Rabs_pos.
      - intros k Hk. rewrite <- (the_flow_value (t + 2) k t) by (auto; lra).
        apply (Sum_term N (fun k => Rabs (the_flow k t))); auto; intros; apply Rabs_pos. }
    rewrite Eq. apply (is_derive_ext_loc (flow_up_to (t + 2) i)); [|exact D].
    apply (locally_interval _ t 0 (t + 1)); simpl; try lra. intros s Hs1 Hs2. symmetry. apply the_flow_value; auto; lra.
Qed.
End Existence.
