(* Lemma A12: a classification flow with the exponential loss and a reference that moves along the same curves with
   other weights. The components of an odeco network move along curves d eta_l / d tau = prod_(h <> l) eta_h; the flow
   by tau_j' = W sum_i p_i a_ij, p_i its shares exp(- m_i) / sum_k exp(- m_k), in the time in which the integral of the
   loss is that of W; the reference by theta_j' = sum_i w_i a_ij with any w_i >= 0 of the sum W. Bregman's distance of
   the flow from the reference grows by what the weights are off and by what the curves bend, not by how strongly the
   shares react to the margins. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Uniqueness.
Open Scope R_scope.

Definition between (q t z : R) : Prop := Rmin q t <= z <= Rmax q t.

(* Bregman's distance of t from q, for the potential psi with the derivative rho *)
Definition bregman (psi rho : R -> R) (q t : R) : R := psi t - psi q - rho q * (t - q).

(* entries prod_(g <> l, h) x_g, and 0 on the diagonal *)
Definition block (L : nat) (x : nat -> R) (l h : nat) : R :=
  if Nat.eqb h l then 0 else ProdBut L (fun k => if Nat.eqb k l then 1 else x k) h.

Definition block_bound (L : nat) (x : nat -> R) (b : R) : Prop :=
  forall y, Rabs (Sum L (fun l => Sum L (fun h => y l * block L x l h * y h))) <= b * Sum L (fun l => y l ^ 2).

(* the layers at the place z of a curve; psi is an antiderivative of their product, the output *)
Definition on_curve (L : nat) (eta : nat -> R -> R) (psi : R -> R) (z : R) : Prop :=
  (forall l, (l < L)%nat -> is_derive (eta l) z (ProdBut L (fun h => eta h z) l)) /\
  is_derive psi z (Prod L (fun l => eta l z)).

(* d output / d tau *)
Definition slope (L : nat) (x : nat -> R) : R := Sum L (fun l => ProdBut L x l ^ 2).

Definition output_margin (L m : nat) (a : nat -> nat -> R) (eta : nat -> nat -> R -> R) (z : nat -> R) (i : nat) : R :=
  Sum m (fun j => a i j * Prod L (fun l => eta j l (z j))).

Definition share (n : nat) (margins : nat -> R) (i : nat) : R := exp (- margins i) / Sum n (fun k => exp (- margins k)).

(* sum_i w_i a_ij *)
Definition pulled (n : nat) (a : nat -> nat -> R) (w : nat -> R) (j : nat) : R := Sum n (fun i => w i * a i j).

(* a term with w_i = 0 is x_i *)
Definition divergence (n : nat) (w x : nat -> R) : R := Sum n (fun i => w i * ln (w i / x i) - w i + x i).

(* of the flow at z from the reference at q *)
Definition flow_distance (L m : nat) (eta : nat -> nat -> R -> R) (psi : nat -> R -> R) (q z : nat -> R) : R :=
  Sum m (fun j => bregman (psi j) (fun x => Prod L (fun l => eta j l x)) (q j) (z j)).

(* ==================== one component ==================== *)

Lemma between_left q t : between q t q.
Proof. split; [apply Rmin_l | apply Rmax_l]. Qed.

Lemma between_right q t : between q t t.
Proof. split; [apply Rmin_r | apply Rmax_r]. Qed.

Lemma between_inside q t x z : between q t x -> between q x z -> between q t z.
Proof. unfold between, Rmin, Rmax. repeat destruct (Rle_dec _ _); lra. Qed.

Lemma between_sides q t z : between q t z -> 0 <= (z - q) * (t - q).
Proof. unfold between, Rmin, Rmax. destruct (Rle_dec q t); intros; nra. Qed.

Lemma between_near q t z : between q t z -> Rabs (z - q) <= Rabs (t - q).
Proof. unfold between, Rmin, Rmax, Rabs. destruct (Rle_dec q t); repeat destruct (Rcase_abs _); lra. Qed.

Lemma mean_value (f df : R -> R) q t : (forall z, between q t z -> is_derive f z (df z)) ->
  exists z, between q t z /\ f t - f q = df z * (t - q).
Proof.
  intros D. apply (MVT_gen f q t df).
  - intros z Hz. apply D. split; lra.
  - intros z Hz. apply derivable_continuous_pt. exists (df z). apply is_derive_Reals, D, Hz.
Qed.

(* f = f' = 0 at q, and f'' >= 0 from there to t *)
Lemma convex_above (f df ddf : R -> R) q t : (forall z, between q t z -> is_derive f z (df z)) ->
  (forall z, between q t z -> is_derive df z (ddf z)) -> (forall z, between q t z -> 0 <= ddf z) ->
  f q = 0 -> df q = 0 -> 0 <= f t.
Proof.
  intros D1 D2 P F0 D0. destruct (mean_value f df q t D1) as [x [Hx Ex]].
  destruct (mean_value df ddf q x) as [z [Hz Ez]].
  { intros z Hz. apply D2. apply (between_inside _ _ _ _ Hx Hz). }
  pose proof (P z (between_inside _ _ _ _ Hx Hz)) as Pz. pose proof (between_sides _ _ _ Hx) as S.
  assert (E : f t = ddf z * ((x - q) * (t - q))).
  { replace (f t) with (f t - f q) by lra. rewrite Ex. replace (df x) with (df x - df q) by lra. rewrite Ez. ring. }
  rewrite E. apply Rmult_le_pos; auto.
Qed.

(* Taylor: the remainder of the output against Bregman's distance *)
Lemma remainder_bound (psi rho s ds : R -> R) b q t : (forall z, between q t z ->
    is_derive psi z (rho z) /\ is_derive rho z (s z) /\ is_derive s z (ds z) /\ Rabs (ds z) <= 2 * b * s z) ->
  Rabs (rho t - rho q - s q * (t - q)) <= 2 * b * bregman psi rho q t.
Proof.
  intros H. unfold bregman.
  assert (Side : forall e, e = 1 \/ e = -1 ->
    0 <= 2 * b * (psi t - psi q - rho q * (t - q)) + e * (rho t - rho q - s q * (t - q))).
  { intros e He.
    apply (convex_above
      (fun z => 2 * b * (psi z - psi q - rho q * (z - q)) + e * (rho z - rho q - s q * (z - q)))
      (fun z => 2 * b * (rho z - rho q) + e * (s z - s q)) (fun z => 2 * b * s z + e * ds z) q t).
    - intros z Hz. destruct (H z Hz) as [Dp [Dr _]]. auto_derive.
      + repeat split; [exists (rho z) | exists (s z)]; auto.
      + replace (Derive (fun x => psi x) z) with (rho z) by (symmetry; apply is_derive_unique, Dp).
        replace (Derive (fun x => rho x) z) with (s z) by (symmetry; apply is_derive_unique, Dr). ring.
    - intros z Hz. destruct (H z Hz) as [_ [Dr [Ds _]]]. auto_derive.
      + repeat split; [exists (s z) | exists (ds z)]; auto.
      + replace (Derive (fun x => rho x) z) with (s z) by (symmetry; apply is_derive_unique, Dr).
        replace (Derive (fun x => s x) z) with (ds z) by (symmetry; apply is_derive_unique, Ds). ring.
    - intros z Hz. destruct (H z Hz) as [_ [_ [_ B]]]. apply Rabs_le_between in B. destruct He as [-> | ->]; lra.
    - ring.
    - ring. }
  apply Rabs_le. pose proof (Side 1 ltac:(auto)). pose proof (Side (-1) ltac:(auto)). lra.
Qed.

Lemma bregman_nonneg (psi rho s : R -> R) q t : (forall z, between q t z ->
    is_derive psi z (rho z) /\ is_derive rho z (s z) /\ 0 <= s z) -> 0 <= bregman psi rho q t.
Proof.
  intros H. unfold bregman.
  apply (convex_above (fun z => psi z - psi q - rho q * (z - q)) (fun z => rho z - rho q) s q t).
  - intros z Hz. destruct (H z Hz) as [Dp _]. auto_derive; [exists (rho z); auto|].
    replace (Derive (fun x => psi x) z) with (rho z) by (symmetry; apply is_derive_unique, Dp). ring.
  - intros z Hz. destruct (H z Hz) as [_ [Dr _]]. auto_derive; [exists (s z); auto|].
    replace (Derive (fun x => rho x) z) with (s z) by (symmetry; apply is_derive_unique, Dr). ring.
  - intros z Hz. apply H, Hz.
  - ring.
  - ring.
Qed.

(* it is the integral of the output less that of the reference *)
Lemma bregman_integral (psi rho s : R -> R) q t :
  (forall z, between q t z -> is_derive psi z (rho z) /\ is_derive rho z (s z)) ->
  bregman psi rho q t = RInt (fun z => rho z - rho q) q t.
Proof.
  intros H. symmetry. apply is_RInt_unique. unfold bregman.
  replace (psi t - psi q - rho q * (t - q)) with
    (minus (psi t - rho q * t) (psi q - rho q * q)) by (unfold minus, plus, opp; simpl; ring).
  apply (is_RInt_derive (fun z => psi z - rho q * z) (fun z => rho z - rho q)).
  - intros z Hz. destruct (H z Hz) as [Dp _]. auto_derive; [exists (rho z); auto|].
    replace (Derive (fun x => psi x) z) with (rho z) by (symmetry; apply is_derive_unique, Dp). ring.
  - intros z Hz. apply (continuous_minus rho (fun _ => rho q)); [|apply continuous_const].
    apply (ex_derive_continuous rho). exists (s z). apply H, Hz.
Qed.

(* ---- the curve ---- *)

Lemma is_derive_Prod N (f : nat -> R -> R) (df : nat -> R) t : (forall k, (k < N)%nat -> is_derive (f k) t (df k)) ->
  is_derive (fun t => Prod N (fun k => f k t)) t (Sum N (fun k => df k * ProdBut N (fun l => f l t) k)).
Proof.
  induction N as [|N IH]; intros H; simpl; [apply (is_derive_const 1)|].
  replace (Sum N _ + _) with
    (Sum N (fun k => df k * ProdBut N (fun l => f l t) k) * f N t + Prod N (fun k => f k t) * df N).
  - apply (is_derive_mult (fun t => Prod N (fun k => f k t)) (f N)); auto. intros; apply Rmult_comm.
  - rewrite ProdBut_last, <- Sum_scal_r. f_equal; [|ring].
    apply Sum_ext. intros k Hk. rewrite ProdBut_S by lia. ring.
Qed.

(* the slope of the slope: twice the block's quadratic form at the speeds of the layers *)
Definition bend (L : nat) (x : nat -> R) : R :=
  2 * Sum L (fun l => Sum L (fun h => ProdBut L x l * block L x l h * ProdBut L x h)).

Lemma output_derive L eta psi z : on_curve L eta psi z ->
  is_derive (fun z => Prod L (fun l => eta l z)) z (slope L (fun l => eta l z)).
Proof.
  intros [D _]. unfold slope.
  rewrite (Sum_ext L _ (fun l => ProdBut L (fun h => eta h z) l * ProdBut L (fun h => eta h z) l)) by (intros; ring).
  apply is_derive_Prod, D.
Qed.

Lemma slope_derive L eta psi z : on_curve L eta psi z ->
  is_derive (fun z => slope L (fun l => eta l z)) z (bend L (fun l => eta l z)).
Proof.
  intros [D _]. unfold slope, bend. rewrite <- Sum_scal_l.
  apply (is_derive_Sum L (fun l z => ProdBut L (fun h => eta h z) l ^ 2)). intros l Hl.
  assert (P : is_derive (fun z => ProdBut L (fun h => eta h z) l) z
    (Sum L (fun h => block L (fun k => eta k z) l h * ProdBut L (fun k => eta k z) h))).
  { unfold ProdBut at 1.
    evar_last.
    - apply (is_derive_Prod L (fun k z => if Nat.eqb k l then 1 else eta k z)
        (fun k => if Nat.eqb k l then 0 else ProdBut L (fun h => eta h z) k)).
      intros k Hk. destruct (Nat.eqb k l); [apply (is_derive_const 1) | apply D, Hk].
    - apply Sum_ext. intros h Hh. unfold block. destruct (Nat.eqb h l); ring. }
  set (o := fun z => ProdBut L (fun h => eta h z) l) in *.
  assert (Sq : forall x : R, o x * o x = ProdBut L (fun h => eta h x) l ^ 2) by (intros; unfold o; ring).
  apply (is_derive_ext _ _ _ _ Sq).
  evar_last; [apply (is_derive_mult o o); [exact P | exact P | intros; apply Rmult_comm]|].
  transitivity (2 * (o z * Sum L (fun h => block L (fun k => eta k z) l h * ProdBut L (fun k => eta k z) h))).
  - unfold plus, mult. simpl. ring.
  - rewrite <- Sum_scal_l. f_equal. apply Sum_ext. intros h _. unfold o. ring.
Qed.

Lemma slope_nonneg L x : 0 <= slope L x.
Proof. apply Sum_nonneg. intros; apply pow2_ge_0. Qed.

Lemma bend_bound L x b : block_bound L x b -> Rabs (bend L x) <= 2 * b * slope L x.
Proof.
  intros B. unfold bend. rewrite Rabs_mult, (Rabs_pos_eq 2) by lra. pose proof (B (ProdBut L x)) as S.
  fold (slope L x) in S. lra.
Qed.

(* ==================== the weights ==================== *)

Lemma log_ratio y x : 0 < y -> 0 < x -> y * (ln x - ln y) <= x - y.
Proof.
  intros Py Px. pose proof (exp_ineq1_le (ln x - ln y)) as E.
  replace (exp (ln x - ln y)) with (x / y) in E
    by (unfold Rminus; rewrite exp_plus, exp_Ropp, !exp_ln by auto; reflexivity).
  apply (Rmult_le_compat_l y) in E; [|lra]. replace (y * (x / y)) with x in E by (field; lra). lra.
Qed.

(* Gibbs' inequality, sample by sample, y_i = W p_i *)
Lemma gibbs_term y w x : 0 < y -> 0 <= w -> 0 < x -> (y - w) * (ln x - ln y) <= w * ln (w / x) - w + x.
Proof.
  intros Py [Pw | <-] Px.
  - unfold Rdiv. rewrite ln_mult, ln_Rinv by auto using Rinv_0_lt_compat.
    pose proof (log_ratio y x Py Px). pose proof (log_ratio w y Pw Py). lra.
  - pose proof (log_ratio y x Py Px). lra.
Qed.

Lemma divergence_nonneg n w x : (forall i, (i < n)%nat -> 0 <= w i /\ 0 < x i) -> 0 <= divergence n w x.
Proof.
  intros H. apply Sum_nonneg. intros i Hi. destruct (H i Hi) as [Pw Px].
  pose proof (gibbs_term (x i) (w i) (x i) Px Pw Px). lra.
Qed.

Lemma share_pos n f i : (0 < n)%nat -> 0 < share n f i.
Proof.
  intros Hn. apply Rdiv_lt_0_compat; [apply exp_pos|].
  apply (Rlt_le_trans _ (exp (- f 0%nat))); [apply exp_pos|].
  apply (Sum_term n (fun k => exp (- f k))); auto. intros; left; apply exp_pos.
Qed.

Lemma share_sum n f : (0 < n)%nat -> Sum n (share n f) = 1.
Proof.
  intros Hn. pose proof (share_pos n f 0 Hn) as P. unfold share, Rdiv. rewrite Sum_scal_r. apply Rinv_r.
  intros E. unfold share, Rdiv in P. rewrite E, Rinv_0 in P. lra.
Qed.

(* what the weights add, for margins f of the flow and g of the reference *)
Lemma weights_bound n f g w mu : (0 < n)%nat -> (forall i, (i < n)%nat -> 0 <= w i) -> 0 < Sum n w ->
  Sum n (fun i => (Sum n w * share n f i - w i) * (f i - g i)) <= divergence n w (fun i => exp (mu - g i)).
Proof.
  intros Hn Pw PW. set (W := Sum n w) in *. set (kappa := - ln (Sum n (fun k => exp (- f k)))).
  assert (Sh : forall i, ln (share n f i) = kappa - f i).
  { intros i. pose proof (share_pos n f i Hn) as P.
    assert (S : 0 < Sum n (fun k => exp (- f k))).
    { apply (Rlt_le_trans _ (exp (- f 0%nat))); [apply exp_pos|].
      apply (Sum_term n (fun k => exp (- f k))); auto. intros; left; apply exp_pos. }
    unfold share, Rdiv, kappa. rewrite ln_mult, ln_Rinv, ln_exp by auto using exp_pos, Rinv_0_lt_compat. ring. }
  rewrite (Sum_ext n _ (fun i => (W * share n f i - w i) * (ln (exp (mu - g i)) - ln (W * share n f i)) +
    (W * share n f i - w i) * (kappa - mu + ln W))).
  - rewrite Sum_plus, Sum_scal_r, Sum_minus, Sum_scal_l, share_sum by auto. fold W.
    replace ((W * 1 - W) * (kappa - mu + ln W)) with 0 by ring. rewrite Rplus_0_r.
    apply Sum_le. intros i Hi. apply gibbs_term; auto using exp_pos. apply Rmult_lt_0_compat; auto using share_pos.
  - intros i _. rewrite ln_exp, ln_mult, Sh by auto using share_pos. ring.
Qed.

(* ==================== the distance ==================== *)

(* a component's rate *)
Lemma bregman_rate (psi rho tau theta : R -> R) (s P Q u : R) : is_derive tau u P -> is_derive theta u Q ->
  is_derive psi (tau u) (rho (tau u)) -> is_derive psi (theta u) (rho (theta u)) ->
  is_derive rho (theta u) s ->
  is_derive (fun u => bregman psi rho (theta u) (tau u)) u
    ((rho (tau u) - rho (theta u)) * (P - Q) + Q * (rho (tau u) - rho (theta u) - s * (tau u - theta u))).
Proof.
  intros Dt Dq Dpt Dpq Dr. unfold bregman. auto_derive.
  - repeat split; eexists; eassumption.
  - replace (Derive (fun x => psi x) (tau u)) with (rho (tau u)) by (symmetry; apply is_derive_unique, Dpt).
    replace (Derive (fun x => psi x) (theta u)) with (rho (theta u)) by (symmetry; apply is_derive_unique, Dpq).
    replace (Derive (fun x => rho x) (theta u)) with s by (symmetry; apply is_derive_unique, Dr).
    replace (Derive (fun x => tau x) u) with P by (symmetry; apply is_derive_unique, Dt).
    replace (Derive (fun x => theta x) u) with Q by (symmetry; apply is_derive_unique, Dq). ring.
Qed.

(* Lemma A12 at one time: where the flow is at tau and the reference at theta, b_j bounds the blocks between the two *)
Definition tracked (L m n : nat) (a : nat -> nat -> R) (eta : nat -> nat -> R -> R) (psi : nat -> R -> R)
  (tau theta : nat -> R -> R) (w b : nat -> R) (u : R) : Prop :=
  let flow j := tau j u in
  let reference j := theta j u in
  (forall i, (i < n)%nat -> 0 <= w i) /\ 0 < Sum n w /\
  forall j, (j < m)%nat ->
    is_derive (tau j) u (Sum n w * pulled n a (share n (output_margin L m a eta flow)) j) /\
    is_derive (theta j) u (pulled n a w j) /\
    forall z, between (reference j) (flow j) z ->
      on_curve L (eta j) (psi j) z /\ block_bound L (fun l => eta j l z) (b j).

Theorem tracking_rate L m n a eta psi tau theta w b u : (0 < n)%nat -> tracked L m n a eta psi tau theta w b u ->
  let at_time (x : nat -> R -> R) u j := x j u in
  let reference_margin := output_margin L m a eta (at_time theta u) in
  let distance u := flow_distance L m eta psi (at_time theta u) (at_time tau u) in
  forall G mu, (forall j, (j < m)%nat -> 2 * Rabs (pulled n a w j) * b j <= G) ->
  0 <= distance u /\
  exists d, is_derive distance u d /\ d <= divergence n w (fun i => exp (mu - reference_margin i)) + G * distance u.
Proof.
  intros Hn [Pw [PW H]] at_time reference_margin distance G mu HG.
  set (rho := fun j z => Prod L (fun l => eta j l z)).
  set (s := fun j z => slope L (fun l => eta j l z)).
  set (Q := pulled n a w). set (f := output_margin L m a eta (at_time tau u)).
  set (P := fun j => Sum n w * pulled n a (share n f) j).
  set (part := fun j => bregman (psi j) (rho j) (theta j u) (tau j u)).
  set (rest := fun j => rho j (tau j u) - rho j (theta j u) - s j (theta j u) * (tau j u - theta j u)).
  assert (Part : forall j, (j < m)%nat -> 0 <= part j /\ Rabs (rest j) <= 2 * b j * part j).
  { intros j Hj. destruct (H j Hj) as [_ [_ C]]. split.
    - apply (bregman_nonneg (psi j) (rho j) (s j)). intros z Hz. destruct (C z Hz) as [On _].
      split; [apply On | split; [apply (output_derive L (eta j) (psi j) z On) | apply slope_nonneg]].
    - apply (remainder_bound (psi j) (rho j) (s j) (fun z => bend L (fun l => eta j l z))). intros z Hz.
      destruct (C z Hz) as [On B]. split; [apply On | split; [apply (output_derive L (eta j) (psi j) z On)|]].
      split; [apply (slope_derive L (eta j) (psi j) z On) | apply bend_bound, B]. }
  split; [apply Sum_nonneg; intros; apply Part; auto|].
  exists (Sum m (fun j => (rho j (tau j u) - rho j (theta j u)) * (P j - Q j) + Q j * rest j)). split.
  - apply (is_derive_Sum m (fun j u => bregman (psi j) (rho j) (theta j u) (tau j u))). intros j Hj.
    destruct (H j Hj) as [Dt [Dq C]]. destruct (C _ (between_left _ _)) as [On _].
    destruct (C _ (between_right _ _)) as [On' _].
    apply bregman_rate; [exact Dt | exact Dq | apply On' | apply On | apply (output_derive L (eta j) (psi j) _ On)].
  - rewrite Sum_plus. apply Rplus_le_compat.
    + eapply Rle_trans; [|apply (weights_bound n f reference_margin w mu); auto]. right.
      rewrite (Sum_ext m _ (fun j => Sum n (fun i =>
        (Sum n w * share n f i - w i) * (a i j * (rho j (tau j u) - rho j (theta j u)))))).
      * rewrite Sum_swap. apply Sum_ext. intros i _. rewrite Sum_scal_l. f_equal.
        unfold f, reference_margin, output_margin. rewrite <- Sum_minus. apply Sum_ext. intros j _.
        unfold rho, at_time. ring.
      * intros j _. unfold P, Q, pulled. rewrite <- Sum_scal_l, <- Sum_minus, <- Sum_scal_l.
        apply Sum_ext. intros; ring.
    + unfold distance, flow_distance. rewrite <- Sum_scal_l. apply Sum_le. intros j Hj.
      destruct (Part j Hj) as [P0 R]. pose proof (HG j Hj) as Gj. fold Q in Gj.
      change (Q j * rest j <= G * part j).
      apply (Rle_trans _ (Rabs (Q j) * (2 * b j * part j))).
      * eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult. apply Rmult_le_compat_l; auto using Rabs_pos.
      * replace (Rabs (Q j) * (2 * b j * part j)) with ((2 * Rabs (Q j) * b j) * part j) by ring.
        apply Rmult_le_compat_r; auto.
Qed.

(* ==================== the end of a stretch ==================== *)

Lemma increases f u0 u1 : u0 <= u1 -> (forall u, u0 <= u <= u1 -> continuous f u) ->
  (forall u, u0 < u < u1 -> exists d, is_derive f u d /\ 0 <= d) -> f u0 <= f u1.
Proof.
  intros Hu C D. destruct Hu as [Lt | ->]; [|lra].
  destruct (MVT_gen f u0 u1 (fun u => Rmax 0 (Derive f u))) as [c [_ E]].
  - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. destruct (D u Hu) as [d [Dd Pd]].
    rewrite (is_derive_unique _ _ _ Dd), Rmax_right by auto. exact Dd.
  - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. apply continuity_pt_filterlim, C, Hu.
  - pose proof (Rmax_l 0 (Derive f c)). nra.
Qed.

(* Groenwall: f' <= K + G f, with antiderivatives k of K and g of G *)
Lemma groenwall_with_source (f g k : R -> R) u0 u1 : u0 <= u1 ->
  (forall u, u0 <= u <= u1 -> continuous f u /\ continuous g u /\ continuous k u) ->
  (forall u, u0 < u < u1 -> exists d G K, is_derive f u d /\ is_derive g u G /\ is_derive k u K /\ 0 <= G /\ 0 <= K /\
     d <= K + G * f u) ->
  f u1 <= exp (g u1 - g u0) * (f u0 + (k u1 - k u0)).
Proof.
  intros Hu C D.
  assert (Rise : forall u, u0 <= u <= u1 -> g u0 <= g u).
  { intros u Hu'. apply increases; [lra | intros; apply C; lra|]. intros v Hv.
    destruct (D v ltac:(lra)) as [d [G [K [_ [Dg [_ [PG _]]]]]]]. exists G; auto. }
  assert (M : k u0 - f u0 * exp (g u0 - g u0) <= k u1 - f u1 * exp (g u0 - g u1)).
  { apply (increases (fun u => k u - f u * exp (g u0 - g u))); auto.
    - intros u Hu'. destruct (C u Hu') as [Cf [Cg Ck]]. apply (continuous_minus k); [exact Ck|].
      apply (continuous_mult f (fun u => exp (g u0 - g u))); [exact Cf|].
      apply (continuous_comp (fun u => g u0 - g u) exp).
      + apply (continuous_minus (fun _ => g u0) g); [apply continuous_const | exact Cg].
      + apply continuity_pt_filterlim, derivable_continuous_pt, derivable_pt_exp.
    - intros u Hu'. destruct (D u Hu') as [d [G [K [Df [Dg [Dk [PG [PK B]]]]]]]].
      set (E := exp (g u0 - g u)). exists (K - (d * E - f u * (G * E))). split.
      + auto_derive; [repeat split; eexists; eassumption|].
        replace (Derive (fun x => k x) u) with K by (symmetry; apply is_derive_unique, Dk).
        replace (Derive (fun x => f x) u) with d by (symmetry; apply is_derive_unique, Df).
        replace (Derive (fun x => g x) u) with G by (symmetry; apply is_derive_unique, Dg).
        unfold E, Rminus. ring.
      + assert (E1 : E <= 1).
        { unfold E. rewrite <- exp_0. pose proof (Rise u ltac:(lra)) as R.
          destruct (Rle_lt_or_eq_dec _ _ R) as [Lt | Eq]; [left; apply exp_increasing; lra | right; f_equal; lra]. }
        assert (E0 : 0 < E) by apply exp_pos. nra. }
  rewrite Rminus_eq_0, exp_0 in M.
  assert (I : exp (g u1 - g u0) * exp (g u0 - g u1) = 1)
    by (rewrite <- exp_plus; replace (g u1 - g u0 + (g u0 - g u1)) with 0 by ring; apply exp_0).
  pose proof (exp_pos (g u1 - g u0)) as P.
  replace (f u1) with (exp (g u1 - g u0) * (f u1 * exp (g u0 - g u1)))
    by (rewrite (Rmult_comm (f u1)), <- Rmult_assoc, I; ring).
  apply Rmult_le_compat_l; lra.
Qed.

(* at the two ends of a stretch it is enough that both move continuously *)
Definition joined (L m : nat) (eta : nat -> nat -> R -> R) (psi : nat -> R -> R) (tau theta : nat -> R -> R) (u : R) :
  Prop :=
  forall j, (j < m)%nat -> continuous (tau j) u /\ continuous (theta j) u /\
    on_curve L (eta j) (psi j) (tau j u) /\ on_curve L (eta j) (psi j) (theta j u).

Lemma distance_continuous L m eta psi tau theta u : joined L m eta psi tau theta u ->
  continuous (fun u => flow_distance L m eta psi (fun j => theta j u) (fun j => tau j u)) u.
Proof.
  intros H.
  apply (continuous_Sum m (fun j u => bregman (psi j) (fun x => Prod L (fun l => eta j l x)) (theta j u) (tau j u))).
  intros j Hj. destruct (H j Hj) as [Ct [Cq [On On']]]. unfold bregman.
  assert (Cp : forall f z, continuous f u -> f u = z -> on_curve L (eta j) (psi j) z ->
    continuous (fun u => psi j (f u)) u).
  { intros f z Cf <- O. apply (continuous_comp f (psi j)); auto. apply (ex_derive_continuous (psi j)).
    eexists. apply O. }
  apply (continuous_minus (fun u => psi j (tau j u) - psi j (theta j u))).
  - apply (continuous_minus (fun u => psi j (tau j u)) (fun u => psi j (theta j u))); eapply Cp; eauto.
  - apply (continuous_mult (fun u => Prod L (fun l => eta j l (theta j u))) (fun u => tau j u - theta j u)).
    + apply (continuous_comp (theta j) (fun z => Prod L (fun l => eta j l z))); auto.
      apply (ex_derive_continuous (fun z => Prod L (fun l => eta j l z))).
      eexists. apply (output_derive L (eta j) (psi j) _ On').
    + apply (continuous_minus (tau j) (theta j)); auto.
Qed.

(* weights, bounds and the number mu may change in time; g and k are antiderivatives of G and K *)
Theorem tracking_end L m n a eta psi tau theta w b mu G K g k u0 u1 : (0 < n)%nat -> u0 <= u1 ->
  let distance u := flow_distance L m eta psi (fun j => theta j u) (fun j => tau j u) in
  let x u i := exp (mu u - output_margin L m a eta (fun j => theta j u) i) in
  (forall u, u0 <= u <= u1 -> joined L m eta psi tau theta u /\ continuous g u /\ continuous k u) ->
  (forall u, u0 < u < u1 ->
     tracked L m n a eta psi tau theta (fun i => w i u) (fun j => b j u) u /\
     (forall j, (j < m)%nat -> 2 * Rabs (pulled n a (fun i => w i u) j) * b j u <= G u) /\ 0 <= G u /\
     divergence n (fun i => w i u) (x u) <= K u /\
     is_derive g u (G u) /\ is_derive k u (K u)) ->
  distance u1 <= exp (g u1 - g u0) * (distance u0 + (k u1 - k u0)).
Proof.
  intros Hn Hu distance x C H. apply groenwall_with_source; auto.
  - intros u Hu'. destruct (C u Hu') as [J [Cg Ck]]. split; [apply distance_continuous, J | auto].
  - intros u Hu'. destruct (H u Hu') as [T [HG [PG [HK [Dg Dk]]]]].
    destruct (tracking_rate L m n a eta psi tau theta _ _ u Hn T (G u) (mu u) HG) as [_ [d [Dd B]]].
    exists d, (G u), (K u). split; [exact Dd | split; [exact Dg | split; [exact Dk | split; [exact PG | split]]]].
    + eapply Rle_trans; [|exact HK]. apply divergence_nonneg. intros i Hi. split; [apply T, Hi | apply exp_pos].
    + unfold distance. unfold x in HK. lra.
Qed.

(* with constant bounds *)
Theorem tracking_stretch L m n a eta psi tau theta w b mu G K u0 u1 : (0 < n)%nat -> u0 <= u1 -> 0 <= G ->
  let distance u := flow_distance L m eta psi (fun j => theta j u) (fun j => tau j u) in
  let x u i := exp (mu u - output_margin L m a eta (fun j => theta j u) i) in
  (forall u, u0 <= u <= u1 -> joined L m eta psi tau theta u) ->
  (forall u, u0 < u < u1 ->
     tracked L m n a eta psi tau theta (fun i => w i u) (fun j => b j u) u /\
     (forall j, (j < m)%nat -> 2 * Rabs (pulled n a (fun i => w i u) j) * b j u <= G) /\
     divergence n (fun i => w i u) (x u) <= K) ->
  distance u1 <= exp (G * (u1 - u0)) * (distance u0 + K * (u1 - u0)).
Proof.
  intros Hn Hu PG distance x J H.
  assert (Lin : forall c u, is_derive (fun u => c * u) u c) by (intros; auto_derive; auto; ring).
  assert (Ct : forall c u, continuous (fun u => c * u) u)
    by (intros; apply (ex_derive_continuous (fun u => c * u)); eexists; apply Lin).
  pose proof (tracking_end L m n a eta psi tau theta w b mu (fun _ => G) (fun _ => K) (fun u => G * u)
    (fun u => K * u) u0 u1 Hn Hu) as E. cbv zeta beta in E. rewrite <- !Rmult_minus_distr_l in E. apply E.
  - auto.
  - intros u Hu'. destruct (H u Hu') as [T [HG HK]]. repeat (split; auto).
Qed.
