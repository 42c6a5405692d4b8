(* Azulay et al. 2021, Theorem 6.1: one linear neuron, beta = a w.
  With h = (a(0)^2 - |w(0)|^2)/2, s(b) = sqrt(|b|^2 + h^2) the
   gradient of their potential q is G(b) - G(beta(0)), G(b) = sqrt(s(b) - h) b/|b|. Since a^2 - |w|^2 is constant,
   G(beta(t)) = sign(a(t)) w(t), and w moves in the row space of X. So the limit is stationary for q among the
   interpolators as long as a keeps its sign, which is certain if the loss starts below that of beta = 0
   ([neuron_converges]). As printed, without that hypothesis, the theorem is false ([neuron_crossing]). *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Potential CoordinatePotential Network Tensor Conserved Sensing
  Uniqueness K2Chain LinearAlgebra
  C7FirstLayer R7OrthogonalStart R7Layers R7SmallStart.
Open Scope R_scope.

Definition neuron (m l : nat) : nat := match l with O => m | _ => 1 end.
Definition neuron_slope (m : nat) (h : R) (b : nat -> R) (p : nat) : R :=
  sqrt (sqrt (sq m b + h ^ 2) - h) * (b p / sqrt (sq m b)).

(* at one time *)
Lemma neuron_slope_value m h a (w : nat -> R) p : a <> 0 -> 0 < sq m w -> a ^ 2 - sq m w = 2 * h ->
  neuron_slope m h (fun p => a * w p) p = sign a * w p.
Proof.
  intros Na Pw E. unfold neuron_slope.
  assert (Sq : sq m (fun p => a * w p) = a ^ 2 * sq m w)
    by (unfold sq; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
  pose proof (pow2_gt_0 a Na) as Pa. rewrite Sq.
  replace (a ^ 2 * sq m w + h ^ 2) with (((a ^ 2 + sq m w) / 2) ^ 2) by (replace h with ((a ^ 2 - sq m w) / 2) by lra;
    field).
  rewrite sqrt_pow2 by lra. replace ((a ^ 2 + sq m w) / 2 - h) with (sq m w) by lra.
  rewrite sqrt_mult by lra. rewrite <- Rsqr_pow2, sqrt_Rsqr_abs. pose proof (sqrt_lt_R0 _ Pw) as Pr.
  pose proof (Rabs_pos_lt a Na) as Pb. destruct (Rlt_le_dec 0 a).
  - rewrite sign_eq_1, Rabs_pos_eq by lra. field. lra.
  - assert (a < 0) by lra. rewrite sign_eq_m1, Rabs_left by auto. field. lra.
Qed.

Lemma neuron_slope_ext m h b b' p : (forall p, (p < m)%nat -> b p = b' p) -> (p < m)%nat ->
  neuron_slope m h b p = neuron_slope m h b' p.
Proof.
  intros E Hp. unfold neuron_slope. rewrite (E p Hp). assert (Es : sq m b = sq m b')
    by (apply Sum_ext; intros; rewrite E; auto). rewrite Es. reflexivity.
Qed.

Lemma neuron_slope_continuous m h (b : nat -> R) (f : nat -> R -> R) p : (p < m)%nat -> 0 < sq m b ->
  (forall p, (p < m)%nat -> is_lim (f p) p_infty (b p)) ->
  is_lim (fun t => neuron_slope m h (fun p => f p t) p) p_infty (neuron_slope m h b p).
Proof.
  intros Hp Pb Lim. unfold neuron_slope.
  assert (Ls : is_lim (fun t => sq m (fun p => f p t)) p_infty (sq m b)).
  { apply (is_lim_Sum m (fun p t => f p t ^ 2)). intros q Hq.
    apply (is_lim_comp_continuous (f q) (fun x => x ^ 2)); [apply Lim, Hq|].
    apply (ex_derive_continuous (fun x => x ^ 2)). auto_derive. auto. }
  apply (is_lim_mult (fun t => sqrt (sqrt (sq m (fun p => f p t) + h ^ 2) - h)) (fun t => f p t / sqrt (sq m (fun p => f
    p t)))
    p_infty (sqrt (sqrt (sq m b + h ^ 2) - h)) (b p / sqrt (sq m b))); [| |simpl; auto].
  - apply (is_lim_comp_continuous (fun t => sqrt (sq m (fun p => f p t) + h ^ 2) - h) sqrt); [|apply continuous_sqrt].
    apply is_lim_minus'; [|apply is_lim_const].
    apply (is_lim_comp_continuous (fun t => sq m (fun p => f p t) + h ^ 2) sqrt); [|apply continuous_sqrt].
    apply is_lim_plus'; [exact Ls | apply is_lim_const].
  - apply (is_lim_mult (f p) (fun t => / sqrt (sq m (fun p => f p t))) p_infty (b p) (/ sqrt (sq m b)));
    [apply Lim, Hp | |simpl; auto].
    apply (is_lim_comp_continuous (fun t => sq m (fun p => f p t)) (fun x => / sqrt x)); [exact Ls|].
    apply (ex_derive_continuous (fun x => / sqrt x)). auto_derive. pose proof (sqrt_lt_R0 _ Pb). repeat split; auto;
      lra.
Qed.

(* along a flow *)
Section Neuron.
Variables (m n : nat) (X : nat -> nat -> R) (y : nat -> R) (W : nat -> R -> matrix).
Hypothesis W_flow : fully_connected_gradient_flow 2 n (neuron m) X (squared y) W.
Let a t := W 1%nat t 0%nat 0%nat.
Let w t p := W 0%nat t p 0%nat.

Lemma neuron_output t p : (p < m)%nat -> coefficients 2 (neuron m) W t p = a t * w t p.
Proof.
  intros Hp. rewrite coefficients_after by auto. cbn [after]. unfold mul. cbn [neuron Sum]. unfold identity.
  rewrite delta_same. unfold a, w. ring.
Qed.

(* a^2 - |w|^2 is constant *)
Lemma neuron_balance t : 0 <= t -> a t ^ 2 - sq m (w t) = a 0 ^ 2 - sq m (w 0).
Proof.
  intros Ht. pose proof (fully_connected_balance_constant 2 n (neuron m) X (squared y) (fun i v => v - y i)
    (squared_derive y) eq_refl W W_flow 0 0 0 t ltac:(lia) ltac:(simpl; lia) ltac:(simpl; lia) Ht) as G.
  unfold gram_difference, mul, transpose in G. cbn [neuron Sum] in G.
  assert (E : forall t, Sum m (fun k => W 0%nat t k 0%nat * W 0%nat t k 0%nat) = sq m (w t))
    by (intros; apply Sum_ext; intros; unfold w; ring).
  rewrite !E in G. unfold a. lra.
Qed.

(* what no point sees of w does not move *)
Lemma neuron_unseen e t : (forall i, (i < n)%nat -> Sum m (fun p => X i p * e p) = 0) -> 0 <= t ->
  Sum m (fun p => e p * w t p) = Sum m (fun p => e p * w 0 p).
Proof.
  intros He Ht. apply (first_layer_unseen 2 n (neuron m) X (squared y) (fun i v => v - y i) W e); auto.
  apply squared_derive.
Qed.

Let h := (a 0 ^ 2 - sq m (w 0)) / 2.
Let loss t := fully_connected_loss 2 n (neuron m) X (squared y) (matrix_at W t).
Let beta t := coefficients 2 (neuron m) W t.

Lemma neuron_loss t : 2 * loss t = sq n (fun i => Sum m (fun p => X i p * beta t p) - y i).
Proof.
  unfold loss, fully_connected_loss, squared, sq. rewrite Sum_scal_l, <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
  reflexivity.
Qed.

Lemma neuron_slope_sign t p : (p < m)%nat -> 0 <= t -> a t <> 0 -> 0 < sq m (w t) ->
  neuron_slope m h (beta t) p = sign (a t) * w t p.
Proof.
  intros Hp Ht Na Pw. rewrite <- (neuron_slope_value m h (a t) (w t) p Na Pw).
  - unfold neuron_slope. assert (E : sq m (beta t) = sq m (fun p => a t * w t p))
      by (apply Sum_ext; intros; unfold beta; rewrite neuron_output; auto).
    rewrite E. unfold beta. rewrite neuron_output by auto. reflexivity.
  - rewrite neuron_balance by auto. unfold h. field.
Qed.

Section Below.
Variable mu : R.
Hypothesis rank : 0 < mu /\ row_rank_bound m n X mu.
Hypothesis below : 2 * loss 0 < sq n y.

Lemma loss_stays_below t : 0 <= t -> 2 * loss t < sq n y.
Proof.
  intros Ht. eapply Rle_lt_trans; [|exact below]. apply Rmult_le_compat_l; [lra|]. unfold loss.
  rewrite <- (loss_of_flow 2 n (neuron m) X y W t eq_refl Ht), <- (loss_of_flow 2 n (neuron m) X y W 0 eq_refl (Rle_refl
    0)).
  exact (loss_decreases 2 n (neuron m) X y W eq_refl W_flow 0 t ltac:(lra)).
Qed.

Lemma beta_nonzero t : 0 <= t -> 0 < a t ^ 2 * sq m (w t).
Proof.
  intros Ht. pose proof (loss_stays_below t Ht) as B. rewrite neuron_loss in B.
  assert (P : 0 <= a t ^ 2 * sq m (w t)) by (apply Rmult_le_pos; [apply pow2_ge_0 | apply sq_nonneg]).
  destruct P as [|Z]; auto. exfalso.
  assert (Zb : sq m (beta t) = 0).
  { rewrite Z. unfold sq. rewrite <- Sum_scal_l. apply Sum_ext. intros p Hp. unfold beta. rewrite neuron_output by auto.
    ring. }
  enough (sq n (fun i => Sum m (fun p => X i p * beta t p) - y i) = sq n y) by lra. apply Sum_ext. intros i _.
  rewrite Sum_zero; [ring|]. intros p Hp. rewrite (sq_zero m (beta t) Zb p Hp). ring.
Qed.

Lemma neuron_nonzero t : 0 <= t -> a t <> 0 /\ 0 < sq m (w t).
Proof.
  intros Ht. pose proof (beta_nonzero t Ht) as P. pose proof (sq_nonneg m (w t)) as P1. split.
  - intros Z. rewrite Z in P. simpl in P. lra.
  - destruct P1 as [|Z]; auto. rewrite <- Z, Rmult_0_r in P. lra.
Qed.

Lemma neuron_sign t : 0 <= t -> sign (a t) = sign (a 0).
Proof.
  intros Ht. set (f := fun t => a (Rmax 0 t)).
  pose proof (entry_path 2 n (neuron m) X y W eq_refl W_flow 1 0 0 ltac:(lia) ltac:(simpl; lia) ltac:(simpl; lia)) as P.
  assert (Pf : 0 < f t * f 0).
  { apply (keeps_sign f); auto.
    - intros u. apply P.
    - intros u Hu. unfold f. rewrite Rmax_right by lra. apply neuron_nonzero. lra. }
  unfold f in Pf. rewrite Rmax_right, (Rmax_left 0 0) in Pf by lra. destruct (neuron_nonzero 0 (Rle_refl 0)) as [N0 _].
  destruct (Rlt_le_dec 0 (a 0)) as [H|H].
  - assert (0 < a t) by nra. rewrite !sign_eq_1; auto.
  - assert (a 0 < 0) by lra. assert (a t < 0) by nra. rewrite !sign_eq_m1; auto.
Qed.

Theorem neuron_converges : exists b : nat -> R,
  (forall p, (p < m)%nat -> is_lim (fun t => beta t p) p_infty (b p)) /\ feasible m n X y b /\
  forall e, (forall i, (i < n)%nat -> Sum m (fun p => X i p * e p) = 0) ->
    Sum m (fun p => e p * (neuron_slope m h b p - neuron_slope m h (beta 0) p)) = 0.
Proof.
  destruct (falling_loss_converges 2 n (neuron m) X y W mu (le_n 2) eq_refl rank W_flow below) as [b [Lim [Fb _]]].
  exists b. split; [exact Lim | split; [exact Fb|]]. intros e He.
  assert (Pb : 0 < sq m b).
  { pose proof (sq_nonneg m b) as P. destruct P as [|Z]; auto. exfalso.
    pose proof below as B. pose proof (sq_nonneg n (fun i => Sum m (fun p => X i p * beta 0 p) - y i)) as N.
    rewrite <- neuron_loss in N. assert (Y : sq n y = 0); [|lra]. apply Sum_zero. intros i Hi. rewrite <- (Fb i Hi).
    rewrite Sum_zero; [ring|]. intros p Hp. rewrite (sq_zero m b (eq_sym Z) p Hp). ring. }
  assert (Const : forall t, 0 <= t -> Sum m (fun p => e p * neuron_slope m h (beta t) p) =
    sign (a 0) * Sum m (fun p => e p * w 0 p)).
  { intros t Ht. destruct (neuron_nonzero t Ht) as [Na Pw]. rewrite <- (neuron_unseen e t He Ht), <- Sum_scal_l.
    apply Sum_ext. intros p Hp. rewrite neuron_slope_sign, (neuron_sign t Ht) by auto. ring. }
  assert (Lg : is_lim (fun t => Sum m (fun p => e p * neuron_slope m h (beta t) p)) p_infty
    (Sum m (fun p => e p * neuron_slope m h b p))).
  { apply is_lim_Sum. intros p Hp. apply is_lim_scale.
    apply (neuron_slope_continuous m h b (fun p t => beta t p) p Hp Pb Lim). }
  assert (Ec : Sum m (fun p => e p * neuron_slope m h b p) = sign (a 0) * Sum m (fun p => e p * w 0 p)).
  { apply (is_lim_same _ _ _ Lg). apply (is_lim_ext_loc (fun _ => sign (a 0) * Sum m (fun p => e p * w 0 p)));
      [|apply is_lim_const]. exists 0. intros t Ht. symmetry. apply Const. lra. }
  rewrite (Sum_ext m _ (fun p => e p * neuron_slope m h b p - e p * neuron_slope m h (beta 0) p)) by (intros; ring).
  rewrite Sum_minus, Ec, Const by lra. ring.
Qed.
End Below.
End Neuron.

(* --- as printed: x = (1, 0), y = 1, w(0) = (1, 1), a(0) = -1/2; a rises through 0 --- *)
Section Crossing.
Variable W : nat -> R -> matrix.
Let X (_ p : nat) : R := delta 0 p.
Let y (_ : nat) : R := 1.
Hypothesis W_flow : fully_connected_gradient_flow 2 1 (neuron 2) X (squared y) W.
Hypothesis start : W 1%nat 0 0%nat 0%nat = - / 2 /\ W 0%nat 0 0%nat 0%nat = 1 /\ W 0%nat 0 1%nat 0%nat = 1.
Let V (l : nat) (t : R) : matrix := W l (Rmax 0 t).
Let a t := V 1%nat t 0%nat 0%nat.
Let w t := V 0%nat t 0%nat 0%nat.
Let r t := 1 - a t * w t.

Lemma crossing_paths : path a (fun t => r t * w t) /\ path w (fun t => r t * a t).
Proof.
  assert (Ch1 : forall t, chain_vector 2 (neuron 2) V 1 t 0 = a t).
  { intros t. rewrite (zv_step 2 (neuron 2) V eq_refl) by lia. cbn [neuron Sum].
    rewrite (zv_last 2 (neuron 2) V eq_refl) by lia. unfold a. ring. }
  assert (Ch0 : forall t p, chain_vector 2 (neuron 2) V 0 t p = V 0%nat t p 0%nat * a t).
  { intros t p. rewrite (zv_step 2 (neuron 2) V eq_refl) by lia. cbn [neuron Sum]. rewrite Ch1. ring. }
  assert (Sl : forall t p, - Sum 1 (fun i => (Sum (neuron 2 0) (fun p => X i p * chain_vector 2 (neuron 2) V 0 t p) - y
    i) * X i p) =
    r t * delta 0 p).
  { intros t p. cbn [neuron Sum]. rewrite !Ch0. unfold X, y, r, w, delta. cbn [Nat.eqb]. ring. }
  split.
  - pose proof (entry_path 2 1 (neuron 2) X y W eq_refl W_flow 1 0 0 ltac:(lia) ltac:(simpl; lia) ltac:(simpl;
    lia)) as P.
    apply (path_eq _ _ _ P). intros t _. cbv beta. fold V. rewrite (zv_last 2 (neuron 2) V eq_refl) by lia.
    match goal with |- row (neuron 2) V ?s 1 t 0 * 1 = _ => set (u := s) end.
    assert (Eu : forall p, u p = r t * delta 0 p) by (intros p; apply (Sl t p)).
    rewrite row_step. cbn [neuron Sum]. rewrite !row_start by (simpl; lia). rewrite !Eu. unfold w, delta. cbn [Nat.eqb].
      ring.
  - pose proof (entry_path 2 1 (neuron 2) X y W eq_refl W_flow 0 0 0 ltac:(lia) ltac:(simpl; lia) ltac:(simpl;
    lia)) as P.
    apply (path_eq _ _ _ P). intros t _. cbv beta. fold V. rewrite Ch1, row_start by (simpl; lia). rewrite (Sl t 0%nat).
    unfold delta. cbn [Nat.eqb]. ring.
Qed.

Theorem neuron_crossing : exists b : nat -> R,
  (forall p, (p < 2)%nat -> is_lim (fun t => coefficients 2 (neuron 2) W t p) p_infty (b p)) /\
  feasible 2 1 X y b /\
  let h := (W 1%nat 0 0%nat 0%nat ^ 2 - sq 2 (fun p => W 0%nat 0 p 0%nat)) / 2 in
  exists e, (forall i, (i < 1)%nat -> Sum 2 (fun p => X i p * e p) = 0) /\
    Sum 2 (fun p => e p * (neuron_slope 2 h b p - neuron_slope 2 h (coefficients 2 (neuron 2) W 0) p)) = 2.
Proof.
  destruct crossing_paths as [Pa Pw]. destruct start as [S1 [S2 S3]].
  assert (A0 : a 0 = - / 2) by (unfold a, V; rewrite Rmax_left by lra; exact S1).
  assert (W0 : w 0 = 1) by (unfold w, V; rewrite Rmax_left by lra; exact S2).
  assert (Bal : forall t, 0 <= t -> w t ^ 2 = a t ^ 2 + 3 / 4).
  { intros t Ht. pose proof (path_constant (fun t => w t ^ 2 - a t ^ 2) t) as K. cbv beta in K. rewrite A0, W0 in K.
    enough (w t ^ 2 - a t ^ 2 = 1 ^ 2 - (- / 2) ^ 2) by lra. apply K; auto.
    apply (path_eq _ _ _ (path_minus _ _ _ _ (path_sq _ _ Pw) (path_sq _ _ Pa))). intros; ring. }
  assert (Wp : forall t, 0 <= t -> 0 < w t).
  { intros t Ht. enough (0 < w t * w 0) by (rewrite W0 in *; lra). apply keeps_sign; auto; [apply Pw|].
    intros u Hu Z. pose proof (Bal u ltac:(lra)) as B. rewrite Z in B. pose proof (pow2_ge_0 (a u)). simpl in B. lra. }
  assert (Pr : path r (fun t => - (a t * a t + w t * w t) * r t)).
  { apply (path_eq _ _ _ (path_minus _ _ _ _ (path_const 1) (path_mult _ _ _ _ Pa Pw))). intros; ring. }
  assert (Ca : forall t, continuous (fun t => a t * a t + w t * w t) t).
  { intros t. apply (continuous_plus (V := R_NormedModule) (fun t => a t * a t) (fun t => w t * w t));
      [apply (continuous_mult a a); apply Pa | apply (continuous_mult w w); apply Pw]. }
  assert (R0 : r 0 = 3 / 2) by (unfold r; rewrite A0, W0; field).
  assert (Rp : forall t, 0 <= t -> 0 < r t).
  { intros t Ht. pose proof (proportional_path r _ t Pr Ca Ht) as K. rewrite R0 in K.
    pose proof (exp_pos (RInt (fun t => a t * a t + w t * w t) 0 t)). nra. }
  assert (Rd : forall t, 0 <= t -> r t <= 3 / 2 * exp (- (3 / 4) * t)).
  { intros t Ht. rewrite <- R0. apply (groenwall r _ (3 / 4) t Pr); auto. intros u Hu. pose proof (Bal u ltac:(lra)).
    pose proof (Rp u ltac:(lra)). pose proof (pow2_ge_0 (a u)). assert (3 / 4 <= a u * a u + w u * w u) by nra. nra. }
  assert (Wb : forall t, 0 <= t -> w t <= 2).
  { intros t Ht. pose proof (Bal t Ht) as B. pose proof (Wp t Ht). pose proof (Rp t Ht) as P1.
    pose proof (Rd t Ht) as P2.
    assert (r t <= 3 / 2).
    { assert (exp (- (3 / 4) * t) <= 1) by (rewrite <- exp_0; apply exp_le; lra). lra. }
    unfold r in *. assert (a t * a t <= 1); [|nra].
    destruct (Rle_lt_dec (a t) 0); [|assert (a t <= w t) by nra; nra]. assert (- a t <= w t) by nra. nra. }
  destruct (path_converges a _ (fun t => - 4 * exp (- (3 / 4) * t)) (fun t => 3 * exp (- (3 / 4) * t)) 0 Pa) as [ai [La
    _]].
  { apply (path_eq _ _ _ (path_scal (- 4) _ _ (path_exp (- (3 / 4))))). intros; field. }
  { intros t Ht. pose proof (Rp t ltac:(lra)). pose proof (Rd t ltac:(lra)). pose proof (Wp t ltac:(lra)).
    pose proof (Wb t ltac:(lra)). rewrite Rabs_pos_eq by nra. pose proof (exp_pos (- (3 / 4) * t)). nra. }
  { apply is_lim_exp_decay. lra. }
  set (wi := sqrt (ai ^ 2 + 3 / 4)). assert (Pi : 0 <= ai ^ 2) by apply pow2_ge_0.
  assert (Wi : wi ^ 2 = ai ^ 2 + 3 / 4) by (apply pow2_sqrt; lra).
  assert (Pwi : 0 < wi) by (apply sqrt_lt_R0; lra).
  assert (Lw : is_lim w p_infty wi).
  { apply (is_lim_ext_loc (fun t => sqrt (a t ^ 2 + 3 / 4))).
    - exists 0. intros t Ht. rewrite <- Bal by lra. apply sqrt_pow2. left. apply Wp. lra.
    - apply (is_lim_comp_continuous (fun t => a t ^ 2 + 3 / 4) sqrt); [|apply continuous_sqrt].
      apply is_lim_plus'; [|apply is_lim_const]. apply (is_lim_comp_continuous a (fun x => x ^ 2) p_infty ai La).
      apply (ex_derive_continuous (fun x => x ^ 2)). auto_derive. auto. }
  assert (One : ai * wi = 1).
  { assert (L1 : is_lim r p_infty 0).
    { apply (is_lim_squeeze0 r (fun t => 3 / 2 * exp (- (3 / 4) * t))); [|apply is_lim_exp_decay; lra].
      intros t Ht. split; [left; apply Rp, Ht | apply Rd, Ht]. }
    assert (L2 : is_lim r p_infty (1 - ai * wi)).
    { apply is_lim_minus'; [apply is_lim_const|].
      apply (is_lim_mult a w p_infty ai wi La Lw). simpl. auto. }
    pose proof (is_lim_same _ _ _ L1 L2). lra. }
  assert (Pai : 0 < ai) by nra.
  set (wf := fun p : nat => match p with O => wi | _ => 1 end).
  assert (Second : forall t, 0 <= t -> W 0%nat t 1%nat 0%nat = 1).
  { intros t Ht. pose proof (neuron_unseen 2 1 X y W W_flow (delta 1) t) as U.
    assert (Un : forall i, (i < 1)%nat -> Sum 2 (fun p => X i p * delta 1 p) = 0)
      by (intros; unfold X, delta; cbn [Sum Nat.eqb]; ring).
    specialize (U Un Ht). unfold delta in U. cbn [Sum Nat.eqb] in U. rewrite S3 in U. lra. }
  assert (Out : forall t p, 0 <= t -> (p < 2)%nat -> coefficients 2 (neuron 2) W t p = a t * match p with O => w t | _
    => 1 end).
  { intros t p Ht Hp. rewrite (neuron_output 2 W) by auto. unfold a, w, V. rewrite Rmax_right by auto.
    destruct p as [|[|p]]; [reflexivity | rewrite Second by auto; reflexivity | lia]. }
  exists (fun p => ai * wf p). split; [|split].
  - intros p Hp. apply (is_lim_ext_loc (fun t => a t * match p with O => w t | _ => 1 end)).
    + exists 0. intros t Ht. symmetry. apply Out; auto; lra.
    + apply (is_lim_mult a (fun t => match p with O => w t | _ => 1 end) p_infty ai (wf p) La); [|simpl; auto].
      destruct p; [exact Lw | apply is_lim_const].
  - intros i _. unfold X, y, delta, wf. cbn [Sum Nat.eqb]. lra.
  - intros h. exists (delta 1). split; [intros; unfold X, delta; cbn [Sum Nat.eqb]; ring|].
    assert (Hh : 2 * h = - (7 / 4)) by (unfold h, sq; cbn [Sum]; rewrite S1, S2, S3; field).
    assert (G1 : neuron_slope 2 h (fun p => ai * wf p) 1%nat = 1).
    { rewrite neuron_slope_value; [rewrite sign_eq_1 by auto; unfold wf; ring | lra | |]; unfold sq, wf; cbn [Sum]; lra.
      }
    assert (G0 : neuron_slope 2 h (coefficients 2 (neuron 2) W 0) 1%nat = -1).
    { rewrite (neuron_slope_sign 2 1 X y W W_flow) by (auto; try lra; try lia; rewrite ?S1; unfold sq; cbn [Sum];
        rewrite ?S2, ?S3; lra). rewrite S1, S3, sign_eq_m1 by lra. ring. }
    cbn [Sum]. rewrite G1, G0. unfold delta. cbn [Nat.eqb]. ring.
Qed.
End Crossing.
