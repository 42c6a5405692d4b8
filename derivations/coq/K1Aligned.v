(* K1: linear tensor networks f(x) = M(x) o (v_0, ..., v_{L-1}), M(x) = sum_a x_a T_a, labels absorbed in the rows of X,
   exponential loss, X^T r with r_i = - exp(-f_i), g = - X^T r/|X^T r|, z_l = v_l/|v_l|. At a time with 1/cos^2 - 1 <
   eps
     |M(g) o (z_0, .., I, .., z_{L-1}) - sigma z_l| <= L sqrt(eps) sigma   for every l,  sigma = M(g) o (z_0, ...,
     z_{L-1}) > 0;
   along the flow sigma stays above a positive number, and limits of g and z along aligned times are exact singular
   tuples. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Quasinorm Margin Cluster TensorLimits AlignedTimes
  KktTimes KktLimits.
Open Scope R_scope.

Section Singular.
Variables (L d n : nat) (k : nat -> nat) (T : nat -> (nat -> nat) -> R) (X : nat -> nat -> R).
Hypothesis n_pos : (0 < n)%nat.
Hypothesis L_pos : (1 <= L)%nat.

(* M(x) *)
Definition tensor_at (x : nat -> R) : (nat -> nat) -> R := fun js => Sum d (fun a => x a * T a js).
Let M (i : nat) := tensor_at (X i).

(* X^T r *)
Definition input_gradient (w : nat -> nat -> R) (a : nat) : R :=
  Sum n (fun i => X i a * - exp (- contract L k (M i) w)).
Definition gradient_direction (w : nat -> nat -> R) (a : nat) : R := input_gradient w a / euclid d (input_gradient w).
Definition direction (w : nat -> nat -> R) (l c : nat) : R := w l c / euclid (k l) (w l).

(* unit vectors z_l with A o (z_0, .., I, .., z_{L-1}) = sigma z_l *)
Definition singular_tuple (A : (nat -> nat) -> R) (z : nat -> nat -> R) (sigma : R) : Prop :=
  (forall l, (l < L)%nat -> Sum (k l) (fun c => z l c ^ 2) = 1) /\
  (forall l c, (l < L)%nat -> (c < k l)%nat -> slot L k A z l c = sigma * z l c).

Lemma slot_at x w l c : slot L k (tensor_at x) w l c = Sum d (fun a => x a * slot L k (T a) w l c).
Proof. apply slot_tensor. Qed.

(* the force is a contraction of M(- X^T r) *)
Lemma force_at w l c : force L n k M w l c = - slot L k (tensor_at (input_gradient w)) w l c.
Proof.
  rewrite slot_at. unfold force, input_gradient.
  rewrite (Sum_ext n _ (fun i => Sum d (fun a => exp (- contract L k (M i) w) * (X i a * slot L k (T a) w l c))))
    by (intros i _; rewrite Sum_scal_l; f_equal; apply slot_at).
  rewrite Sum_swap, <- Sum_opp. apply Sum_ext. intros a _. rewrite <- Sum_scal_r, <- Sum_opp. apply Sum_ext.
  intros; ring.
Qed.

(* unit vectors: distance of the slots from sigma z *)
Lemma unit_residual A z l : (l < L)%nat -> Sum (k l) (fun c => z l c ^ 2) = 1 ->
  Sum (k l) (fun c => (slot L k A z l c - contract L k A z * z l c) ^ 2) =
  Sum (k l) (fun c => slot L k A z l c ^ 2) - contract L k A z ^ 2.
Proof.
  intros Hl One. set (q := contract L k A z).
  rewrite (Sum_ext (k l) _ (fun c => slot L k A z l c ^ 2 + (- 2 * q) * (z l c * slot L k A z l c) + q ^ 2 * z l c ^ 2))
    by (intros; ring).
  rewrite !Sum_plus, !Sum_scal_l, One, contract_euler by auto. fold q. ring.
Qed.

Section OneTime.
Variable w : nat -> nat -> R.
Hypothesis small : tensor_loss L n k M exponential w < 1.
Let b := work L n k M w.
Let size2 l := Sum (k l) (fun c => w l c ^ 2).
Let pull2 l := Sum (k l) (fun c => force L n k M w l c ^ 2).

Lemma work_pos : 0 < b.
Proof.
  pose proof (euler_pos L n k M n_pos L_pos w small) as P. rewrite force_euler in P. fold b in P.
  apply (Rmult_lt_reg_l (INR L)); [apply lt_0_INR, L_pos | lra].
Qed.

Lemma layer_product l : (l < L)%nat -> b ^ 2 <= size2 l * pull2 l.
Proof.
  intros Hl. unfold b. rewrite <- (force_layer L n k M w l Hl). apply discriminant; [|apply squares_nonneg]. intros x.
  replace (size2 l * x ^ 2 + 2 * Sum (k l) (fun c => w l c * force L n k M w l c) * x + pull2 l)
    with (Sum (k l) (fun c => (x * w l c + force L n k M w l c) ^ 2)).
  - apply squares_nonneg.
  - unfold size2, pull2.
    rewrite (Sum_ext (k l) _ (fun c => x ^ 2 * w l c ^ 2 + 2 * x * (w l c * force L n k M w l c)
      + force L n k M w l c ^ 2)) by (intros; ring).
    rewrite !Sum_plus, !Sum_scal_l. ring.
Qed.

Lemma layer_pos l : (l < L)%nat -> 0 < size2 l.
Proof.
  intros Hl. pose proof (layer_product l Hl) as P. pose proof (pow_lt _ 2 work_pos) as Pb.
  destruct (Rle_lt_or_eq_dec 0 (size2 l) (squares_nonneg _ _)) as [|Z]; auto. rewrite <- Z in P. lra.
Qed.

(* alignment as a whole is alignment in each layer *)
Lemma layer_aligned eps l : (l < L)%nat -> 0 <= eps -> aligned L n k M eps w ->
  size2 l * pull2 l <= (1 + INR L ^ 2 * eps) * b ^ 2.
Proof.
  intros Hl Pe A. unfold aligned in A. rewrite force_euler, !(inner_self L k) in A. fold b in A.
  pose proof (layer_product l Hl) as Pl. pose proof (layer_pos l Hl) as Ps.
  set (y := fun l' => pull2 l' + delta l l' * (b ^ 2 / size2 l - pull2 l')).
  assert (C : (INR L * b) ^ 2 <= Sum L size2 * Sum L y).
  { apply layers_cauchy. intros l' Hl'. split; [apply squares_nonneg|]. unfold y, delta.
    destruct (Nat.eqb_spec l l') as [<-|Ne].
    - replace (pull2 l + 1 * (b ^ 2 / size2 l - pull2 l)) with (b ^ 2 / size2 l) by ring. split.
      + apply Rlt_le, Rdiv_lt_0_compat; auto. apply pow_lt, work_pos.
      + right. field. lra.
    - rewrite Rmult_0_l, Rplus_0_r. split; [apply squares_nonneg | apply layer_product; auto]. }
  assert (Sy : Sum L y = Sum L pull2 + (b ^ 2 / size2 l - pull2 l)).
  { unfold y. rewrite Sum_plus, (Sum_delta L l (fun l' => b ^ 2 / size2 l - pull2 l')) by auto. reflexivity. }
  rewrite Sy in C. change (squared_norm L k w) with (Sum L size2) in A.
  change (squared_norm L k (force L n k M w)) with (Sum L pull2) in A.
  set (N := Sum L size2) in *. set (D := Sum L pull2) in *.
  assert (Nl : size2 l <= N) by (apply (Sum_term L size2 l Hl); intros; apply squares_nonneg).
  set (ex := pull2 l - b ^ 2 / size2 l).
  assert (Pex : 0 <= ex).
  { unfold ex. apply (Rmult_le_reg_l (size2 l)); auto. rewrite Rmult_0_r.
    replace (size2 l * (pull2 l - b ^ 2 / size2 l)) with (size2 l * pull2 l - b ^ 2) by (field; lra). lra. }
  assert (Up : N * ex <= INR L ^ 2 * eps * b ^ 2).
  { replace (b ^ 2 / size2 l - pull2 l) with (- ex) in C by (unfold ex; ring). rewrite Rpow_mult_distr in A, C. lra. }
  pose proof (Rmult_le_compat_r ex _ _ Pex Nl) as Low.
  replace (size2 l * pull2 l) with (b ^ 2 + size2 l * ex) by (unfold ex; field; lra). lra.
Qed.

(* --- in terms of directions --- *)
Let inverse l := / euclid (k l) (w l).
Let g := euclid d (input_gradient w).
Let A := tensor_at (fun a => - gradient_direction w a).
Let z := direction w.
Let sigma := contract L k A z.

Lemma direction_scaled : z = fun l c => inverse l * w l c.
Proof. extensionality l; extensionality c. unfold z, direction, inverse, Rdiv. apply Rmult_comm. Qed.

Lemma inverse_square l : (l < L)%nat -> 0 < inverse l /\ inverse l ^ 2 * size2 l = 1.
Proof.
  intros Hl. pose proof (layer_pos l Hl) as P. unfold inverse, euclid. fold (size2 l). split.
  - apply Rinv_0_lt_compat, sqrt_lt_R0, P.
  - rewrite pow_inv, pow2_sqrt by lra. field. lra.
Qed.

Lemma direction_unit l : (l < L)%nat -> Sum (k l) (fun c => z l c ^ 2) = 1.
Proof.
  intros Hl. rewrite direction_scaled. rewrite (Sum_ext (k l) _ (fun c => inverse l ^ 2 * w l c ^ 2)) by (intros; ring).
  rewrite Sum_scal_l. apply (inverse_square l Hl).
Qed.

Lemma gradient_pos : 0 < g.
Proof.
  apply sqrt_lt_R0. destruct (Rle_lt_or_eq_dec _ _ (squares_nonneg d (input_gradient w))) as [|Z]; auto. exfalso.
  assert (Zero : forall a, (a < d)%nat -> input_gradient w a = 0).
  { intros a Ha. pose proof (Sum_term d (fun a => input_gradient w a ^ 2) a Ha ltac:(intros; apply pow2_ge_0)) as Tm.
    cbv beta in Tm.
    destruct (Req_dec (input_gradient w a) 0) as [|Ne]; auto. pose proof (pow2_gt_0 _ Ne). lra. }
  assert (B0 : b = 0).
  { unfold b. rewrite <- (force_layer L n k M w 0 L_pos). apply Sum_zero. intros c _.
    rewrite force_at, slot_at, Sum_zero; [ring|].
    intros a Ha. rewrite Zero by auto. ring. }
  pose proof work_pos. lra.
Qed.

Lemma slot_direction l c : slot L k A z l c = / g * (ProdBut L inverse l * force L n k M w l c).
Proof.
  unfold A. rewrite slot_at. rewrite (Sum_ext d _ (fun a => - / g * (input_gradient w a * slot L k (T a) z l c)))
    by (intros a _; unfold gradient_direction; fold g; unfold Rdiv; ring).
  rewrite Sum_scal_l, <- slot_at, direction_scaled, slot_scaled, force_at. ring.
Qed.

Lemma sigma_value : sigma = / g * (Prod L inverse * b).
Proof.
  unfold sigma. rewrite <- (contract_euler k A L z 0) by exact L_pos.
  rewrite (Sum_ext (k 0%nat) _ (fun c => / g * Prod L inverse * (w 0%nat c * force L n k M w 0 c))).
  - rewrite Sum_scal_l, (force_layer L n k M w 0 L_pos). fold b. ring.
  - intros c _. rewrite slot_direction. rewrite <- (ProdBut_mul L inverse 0) by exact L_pos. rewrite direction_scaled.
    ring.
Qed.

(* the singular-vector equations hold up to the misalignment *)
Theorem aligned_singular eps l : (l < L)%nat -> 0 <= eps -> aligned L n k M eps w ->
  Sum (k l) (fun c => (slot L k A z l c - sigma * z l c) ^ 2) <= INR L ^ 2 * eps * sigma ^ 2.
Proof.
  intros Hl Pe Al. unfold sigma at 1. rewrite (unit_residual A z l Hl (direction_unit l Hl)). fold sigma.
  pose proof (layer_aligned eps l Hl Pe Al) as La. destruct (inverse_square l Hl) as [Pi Sq].
  rewrite (Sum_ext (k l) _ (fun c => (/ g * ProdBut L inverse l) ^ 2 * force L n k M w l c ^ 2))
    by (intros; rewrite slot_direction; ring).
  rewrite Sum_scal_l. fold (pull2 l).
  assert (Es : sigma ^ 2 = (/ g * ProdBut L inverse l) ^ 2 * inverse l ^ 2 * b ^ 2)
    by (rewrite sigma_value, <- (ProdBut_mul L inverse l Hl); ring).
  set (q := (/ g * ProdBut L inverse l) ^ 2) in *.
  assert (Pq : 0 <= q) by apply pow2_ge_0.
  assert (Ep : q * pull2 l = q * inverse l ^ 2 * (size2 l * pull2 l)).
  { replace (q * inverse l ^ 2 * (size2 l * pull2 l)) with (q * pull2 l * (inverse l ^ 2 * size2 l)) by ring.
    rewrite Sq. ring. }
  rewrite Ep, Es. pose proof (Rmult_le_compat_l (q * inverse l ^ 2) _ _ (Rmult_le_pos _ _ Pq (pow2_ge_0 _)) La). lra.
Qed.

Lemma sigma_above : log_loss L n k M w / sqrt (squared_norm L k w) ^ L /
  (1 + euclid d (fun a => Sum n (fun i => Rabs (X i a)))) <= sigma.
Proof.
  set (Y := fun a => Sum n (fun i => Rabs (X i a))). set (E := tensor_loss L n k M exponential w).
  pose proof (loss_pos L n k M n_pos w) as PE. fold E in PE. pose proof gradient_pos as Pg.
  pose proof (log_loss_pos L n k M n_pos w small) as Pk. set (kappa := log_loss L n k M w) in *.
  assert (Py : 0 <= euclid d Y) by apply sqrt_pos.
  assert (Gle : g <= E * (1 + euclid d Y)).
  { apply Rle_trans with (E * euclid d Y); [|apply Rmult_le_compat_l; lra].
    unfold g, euclid. rewrite <- (sqrt_pow2 E) by lra. rewrite <- sqrt_mult_alt by apply pow2_ge_0. apply sqrt_le_1_alt.
    rewrite <- Sum_scal_l. apply Sum_le. intros a _. rewrite <- Rpow_mult_distr, <- (pow2_abs (input_gradient w a)).
    apply pow_incr. split; [apply Rabs_pos|]. unfold input_gradient. eapply Rle_trans; [apply Sum_abs|].
    unfold Y. rewrite <- Sum_scal_l. apply Sum_le. intros i Hi.
    rewrite Rabs_mult, Rabs_Ropp, (Rabs_pos_eq (exp _)) by (left; apply exp_pos).
    rewrite Rmult_comm. apply Rmult_le_compat_r; [apply Rabs_pos|].
    exact (exp_sum_term n (fun i => contract L k (M i) w) i Hi). }
  set (r := sqrt (squared_norm L k w)).
  assert (Pr : 0 < r) by (apply sqrt_lt_R0; rewrite <- (inner_self L k); apply (norms_pos L n k M n_pos L_pos w small)).
  assert (Ple : (/ r) ^ L <= Prod L inverse).
  { rewrite <- Prod_const. apply (Prod_le L (fun _ => / r) inverse). intros l Hl.
    split; [left; apply Rinv_0_lt_compat; auto|].
    apply Rinv_le_contravar; [apply sqrt_lt_R0, layer_pos; auto|]. apply sqrt_le_1_alt.
    apply (Sum_term L (fun l => Sum (k l) (fun c => w l c ^ 2)) l Hl). intros; apply squares_nonneg. }
  pose proof (work_above L n k M w) as Wa. fold E kappa b in Wa.
  rewrite sigma_value. apply Rle_trans with (/ (E * (1 + euclid d Y)) * ((/ r) ^ L * (E * kappa))).
  - right. rewrite pow_inv. field. repeat split; try lra. apply pow_nonzero. lra.
  - assert (Q : 0 <= (/ r) ^ L) by (apply pow_le; left; apply Rinv_0_lt_compat; auto).
    assert (Q2 : 0 <= E * kappa) by (apply Rmult_le_pos; lra).
    apply Rmult_le_compat; [|apply Rmult_le_pos; auto | apply Rinv_le_contravar; auto | apply Rmult_le_compat; auto].
    left. apply Rinv_0_lt_compat, Rmult_lt_0_compat; lra.
Qed.
End OneTime.

(* --- along the flow --- *)
Section Along.
Variables (v : nat -> nat -> R -> R) (t0 : R).
Hypothesis t0_nonneg : 0 <= t0.
Hypothesis v_flow : tensor_gradient_flow L n k M exponential v.
Hypothesis small : tensor_loss L n k M exponential (at_time v t0) < 1.
Let small_at t (H : t0 <= t) := small_after L n k M n_pos L_pos v t0 t0_nonneg v_flow small t H.
Let late := late_aligned L n k M v t0.

Lemma sigma_floor : exists q, 0 < q /\ forall t, t0 <= t ->
  q <= contract L k (tensor_at (fun a => - gradient_direction (at_time v t) a)) (direction (at_time v t)).
Proof.
  destruct (margin_ratio_above L n k M n_pos L_pos v t0 t0_nonneg v_flow small) as [g [Pg Hg]].
  set (Y := 1 + euclid d (fun a => Sum n (fun i => Rabs (X i a)))).
  assert (PY : 0 < Y) by (unfold Y; pose proof (sqrt_pos (Sum d (fun a => Sum n (fun i => Rabs (X i a)) ^ 2))) as P;
    unfold euclid; lra).
  exists (g / Y). split; [apply Rdiv_lt_0_compat; auto|]. intros t Ht.
  eapply Rle_trans; [|apply (sigma_above (at_time v t) (small_at t Ht))]. fold Y. unfold Rdiv at 1 2.
  apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; auto | apply Hg; auto].
Qed.

(* limits along any late and aligned family of times, u the limit of X^T r/|X^T r| *)
Lemma singular_family Y (F : (Y -> Prop) -> Prop) (PF : ProperFilter F) (tau : Y -> R) (u : nat -> R)
  (z : nat -> nat -> R) :
  (forall s, F (fun x => s <= tau x)) ->
  (forall eps, 0 < eps -> F (fun x => aligned L n k M eps (at_time v (tau x)))) ->
  (forall a, (a < d)%nat -> tends F (fun x => gradient_direction (at_time v (tau x)) a) (u a)) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun x => direction (at_time v (tau x)) l c) (z l c)) ->
  let A := tensor_at (fun a => - u a) in
  0 < contract L k A z /\ singular_tuple A z (contract L k A z).
Proof.
  intros Late Al Hu Hz A. set (B := fun x => tensor_at (fun a => - gradient_direction (at_time v (tau x)) a)).
  assert (HB : forall js, tends F (fun x => B x js) (A js)).
  { intros js. apply (tends_Sum F d (fun a x => - gradient_direction (at_time v (tau x)) a * T a js) (fun a =>
      - u a * T a js)).
    intros a Ha. apply (tends_mult F); [|apply (tends_const F)].
    replace (- u a) with (-1 * u a) by ring.
    apply (tends_ext F (fun x => -1 * gradient_direction (at_time v (tau x)) a)); [intros; ring|].
    apply (tends_scale F); auto. }
  pose proof (tends_contract F L k B A (fun x => direction (at_time v (tau x))) z HB Hz) as Hs.
  destruct sigma_floor as [q [Pq Hq]].
  assert (Start : F (fun x => t0 <= tau x)) by apply Late.
  split; [|split].
  - apply Rlt_le_trans with q; auto. apply (tends_above F _ _ _) with (2 := Hs).
    apply (filter_imp (fun x => t0 <= tau x)); auto. intros x Hx. apply (Hq (tau x) Hx).
  - intros l Hl. apply (tends_unique F (fun x => Sum (k l) (fun c => direction (at_time v (tau x)) l c ^ 2))).
    + apply (tends_Sum F (k l) (fun c x => direction (at_time v (tau x)) l c ^ 2) (fun c => z l c ^ 2)). intros c Hc.
      apply (tends_sq F (fun x => direction (at_time v (tau x)) l c)); auto.
    + intros P HP. unfold filtermap. apply (filter_imp (fun x => t0 <= tau x)); auto. intros x Hx.
      rewrite (direction_unit (at_time v (tau x)) (small_at _ Hx) l Hl). apply locally_singleton, HP.
  - intros l c Hl Hc. set (s := contract L k A z) in *.
    assert (Rt : tends F (fun x => slot L k (B x) (direction (at_time v (tau x))) l c
        - contract L k (B x) (direction (at_time v (tau x))) * direction (at_time v (tau x)) l c)
            (slot L k A z l c - s * z l c)).
    { apply (tends_minus F); [apply (tends_slot F L k B A (fun x => direction (at_time v (tau x))));
        auto | apply (tends_mult F); auto]. }
    assert (Zero : (slot L k A z l c - s * z l c) ^ 2 <= 0).
    { apply le_epsilon. intros eps Pe. rewrite Rplus_0_l. pose proof (L_real L L_pos) as L1.
      set (e := eps / (INR L ^ 2 * (s ^ 2 + 1))).
      assert (P2 : 0 < INR L ^ 2 * (s ^ 2 + 1)) by (apply Rmult_lt_0_compat;
        [apply pow_lt; lra | pose proof (pow2_ge_0 s); lra]).
      assert (Pe' : 0 < e) by (apply Rdiv_lt_0_compat; auto).
      apply (tends_below F _ _ _) with (2 := tends_sq F _ _ Rt).
      apply (filter_imp (fun x => (t0 <= tau x /\ aligned L n k M e (at_time v (tau x))) /\
        Rabs (contract L k (B x) (direction (at_time v (tau x))) ^ 2 - s ^ 2) < 1)).
      - intros x [[H1 H2] H3]. apply Rabs_lt_between in H3.
        set (y := fun c => slot L k (B x) (direction (at_time v (tau x))) l c
          - contract L k (B x) (direction (at_time v (tau x))) * direction (at_time v (tau x)) l c).
        apply Rle_trans with (Sum (k l) (fun c => y c ^ 2)).
        + apply (Sum_term (k l) (fun c => y c ^ 2) c Hc). intros; apply pow2_ge_0.
        + eapply Rle_trans; [apply (aligned_singular (at_time v (tau x)) (small_at _ H1) e l Hl); [lra | exact H2]|].
          fold (B x). apply Rle_trans with (INR L ^ 2 * e * (s ^ 2 + 1)).
          * apply Rmult_le_compat_l; [apply Rmult_le_pos; [apply pow2_ge_0 | lra] | lra].
          * right. unfold e. field. split; [pose proof (pow2_ge_0 s); lra | lra].
      - apply filter_and; [apply filter_and; auto|].
        apply (tends_near F (fun x => contract L k (B x) (direction (at_time v (tau x))) ^ 2)); [|lra].
        apply (tends_sq F (fun x => contract L k (B x) (direction (at_time v (tau x))))). exact Hs. }
    destruct (Req_dec (slot L k A z l c - s * z l c) 0) as [E|Ne]; [lra|]. pose proof (pow2_gt_0 _ Ne). lra.
Qed.
End Along.
End Singular.
