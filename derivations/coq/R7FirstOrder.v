(* R7, the first-order term: from alpha Wbar, last layer 0, beta -> b with
     <e, b> = alpha <e, Wbar_0 u> for all e that the data do not see,   u = lim W_1 .. W_{L-1},
   that is b = best + alpha (I - P) Wbar_0 u, and |u|^2 -> (|best|^2)^((L-1)/L) as alpha -> 0: by balancedness |W_1 ..
     W_{L-1}|^2
   is nearly a^(L-1) and |beta|^2 nearly a^L, a = |W_{L-1}|^2. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Network Tensor Quasinorm Margin Conserved Sensing K2Chain
  LinearAlgebra
  Uniqueness R7OrthogonalStart R7MinimumNorm C7FirstLayer R7Layers R7SmallStart R7SmallScale.
Open Scope R_scope.

(* --- two numbers that are nearly powers of one third --- *)
Lemma near_powers L B eps : (2 <= L)%nat -> 0 < B -> 0 < eps -> exists delta, 0 < delta /\
  forall a K c b2 s2, 0 <= a -> 0 <= K <= delta -> 0 <= c <= delta -> Rabs (b2 - B) <= delta ->
    (K <= a -> (a - K) ^ L <= b2) -> b2 <= (a + c) ^ L -> (K <= a -> (a - K) ^ (L - 1) <= s2) -> s2 <= (a + c) ^ (L - 1)
      ->
    Rabs (s2 - Rpower B (INR (L - 1) / INR L)) <= eps.
Proof.
  intros HL PB Pe. assert (PL : 0 < INR L) by (apply lt_0_INR; lia). set (r := Rpower B (/ INR L)).
  assert (Pr : 0 < r) by apply exp_pos.
  assert (ErL : r ^ L = B).
  { unfold r. rewrite <- Rpower_pow, Rpower_mult by apply exp_pos. replace (/ INR L * INR L) with 1 by (field; lra).
    apply Rpower_1, PB. }
  assert (Er1 : r ^ (L - 1) = Rpower B (INR (L - 1) / INR L)).
  { unfold r. rewrite <- Rpower_pow, Rpower_mult by apply exp_pos. f_equal. field. lra. }
  (* the powers are continuous at r *)
  assert (Cp : continuous (fun x => x ^ (L - 1)) r).
  { apply (ex_derive_continuous (fun x => x ^ (L - 1))). auto_derive. auto. }
  destruct (Cp (fun v => Rabs (v - r ^ (L - 1)) < eps)) as [e He].
  { exists (mkposreal eps Pe). intros v Hv. exact Hv. }
  pose proof (cond_pos e) as Pe2. set (h := Rmin (e / 4) (r / 4)).
  assert (Ph : 0 < h) by (apply Rmin_glb_lt; lra).
  assert (Hh : h <= e / 4 /\ h <= r / 4) by (split; [apply Rmin_l | apply Rmin_r]).
  assert (Up : (r + 2 * h) ^ (L - 1) <= r ^ (L - 1) + eps).
  { assert (Q : Rabs ((r + 2 * h) ^ (L - 1) - r ^ (L - 1)) < eps).
    { apply He. change (Rabs (r + 2 * h - r) < e). rewrite Rabs_pos_eq; lra. }
    apply Rabs_lt_between in Q. lra. }
  assert (Lo : r ^ (L - 1) - eps <= (r - 2 * h) ^ (L - 1)).
  { assert (Q : Rabs ((r - 2 * h) ^ (L - 1) - r ^ (L - 1)) < eps).
    { apply He. change (Rabs (r - 2 * h - r) < e). rewrite Rabs_left; lra. }
    apply Rabs_lt_between in Q. lra. }
  assert (Pm : forall x z, 0 <= x -> x < z -> x ^ L < z ^ L).
  { intros x z Px Lt. apply Rpow_lt_compat_r_pos || (destruct L as [|N]; [lia|]; clear - Px Lt; induction N as [|N IH];
      [simpl; lra | change (x * x ^ S N < z * z ^ S N); pose proof (pow_le x (S N) Px); apply Rmult_le_0_lt_compat;
        auto]). }
  pose proof (Pm (r - h) r ltac:(lra) ltac:(lra)) as G1. pose proof (Pm r (r + h) ltac:(lra) ltac:(lra)) as G2.
  rewrite ErL in G1, G2.
  set (delta := Rmin (h / 2) (Rmin (B - (r - h) ^ L) ((r + h) ^ L - B))).
  exists delta. assert (Hd : delta <= h / 2 /\ delta <= B - (r - h) ^ L /\ delta <= (r + h) ^ L - B).
  { unfold delta. split; [apply Rmin_l|]. split; (eapply Rle_trans; [apply Rmin_r|]); [apply Rmin_l | apply Rmin_r]. }
  split; [unfold delta; repeat apply Rmin_glb_lt; lra|].
  intros a K c b2 s2 Pa HK Hc Hb B1 B2 S1 S2. apply Rabs_le_between in Hb.
  assert (Ac : r - h <= a + c).
  { apply Rnot_lt_le. intros Lt. pose proof (Pm (a + c) (r - h) ltac:(lra) Lt). lra. }
  assert (KA : K <= a) by lra. specialize (B1 KA). specialize (S1 KA).
  assert (Ak : a - K <= r + h).
  { apply Rnot_lt_le. intros Lt. pose proof (Pm (r + h) (a - K) ltac:(lra) Lt). lra. }
  pose proof (pow_incr (a + c) (r + 2 * h) (L - 1) ltac:(lra)).
    pose proof (pow_incr (r - 2 * h) (a - K) (L - 1) ltac:(lra)).
  rewrite <- Er1. apply Rabs_le. lra.
Qed.

Lemma after_shift (d : nat -> nat) (Y : nat -> R -> matrix) s l t :
  after (fun l => d (S l)) (fun l => Y (S l)) s l t = after d Y s (S l) t.
Proof. revert l. induction s as [|s IH]; intros l; simpl; [reflexivity|]. rewrite IH. reflexivity. Qed.

Theorem first_order_term L n d X y (Wbar : nat -> matrix) best : (2 <= L)%nat -> d L = 1%nat ->
  full_row_rank (d 0%nat) n X ->
  (exists q, (q < d (L - 1)%nat)%nat /\
     Sum (d 0%nat) (fun p => Sum n (fun i => X i p * y i) * product d (L - 1) Wbar p q) <> 0) ->
  (exists k, forall p, (p < d 0%nat)%nat -> best p = Sum n (fun i => X i p * k i)) -> feasible (d 0%nat) n X y best ->
  forall eps, 0 < eps -> exists alpha0, 0 < alpha0 /\ forall alpha W, 0 < alpha < alpha0 ->
    fully_connected_gradient_flow L n d X (squared y) W ->
    (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
       W l 0 a b = if Nat.eqb l (L - 1) then 0 else alpha * Wbar l a b) ->
    exists b u : nat -> R,
      (forall p, (p < d 0%nat)%nat -> is_lim (fun t => coefficients L d W t p) p_infty (b p)) /\
      (forall q, (q < d 1%nat)%nat -> is_lim (fun t => chain_vector L d W 1 t q) p_infty (u q)) /\
      (forall e, (forall i, (i < n)%nat -> Sum (d 0%nat) (fun p => X i p * e p) = 0) ->
         Sum (d 0%nat) (fun p => e p * b p) =
         alpha * Sum (d 0%nat) (fun p => e p * Sum (d 1%nat) (fun q => Wbar 0%nat p q * u q))) /\
      Rabs (sq (d 1%nat) u - Rpower (sq (d 0%nat) best) (INR (L - 1) / INR L)) <= eps.
Proof.
  intros L2 One Rk Mv [k Hk] Fbest eps Pe. set (m := d 0%nat) in *.
  destruct (full_row_rank_bound m n X Rk) as [mu [Pmu Hmu]].
  destruct (small_scale_minimum_norm L n d X y Wbar L2 One Rk Mv) as [best' [C [Fb' [Py' Small]]]].
    fold m in Fb', Py', Small.
  (* the interpolator of least norm is the one in the row space *)
  assert (Or : forall z, feasible m n X y z -> Sum m (fun p => best p * (z p - best p)) = 0).
  { intros z Fz. rewrite (Sum_ext m _ (fun p => Sum n (fun i => k i * (X i p * z p - X i p * best p)))).
    - rewrite Sum_swap. apply Sum_zero. intros i Hi. rewrite Sum_scal_l, Sum_minus, (Fz i Hi), (Fbest i Hi). ring.
    - intros p Hp. rewrite (Hk p Hp) at 1. rewrite <- Sum_scal_r. apply Sum_ext. intros; ring. }
  assert (Py : forall z, feasible m n X y z -> sq m z = sq m best + sq m (fun p => z p - best p)).
  { intros z Fz. unfold sq. rewrite (Sum_ext m (fun p => z p ^ 2) (fun p =>
      best p ^ 2 + (z p - best p) ^ 2 + 2 * (best p * (z p - best p)))) by (intros; ring).
    rewrite !Sum_plus, Sum_scal_l, (Or z Fz). ring. }
  assert (Eb : forall p, (p < m)%nat -> best' p = best p).
  { pose proof (Py best' Fb') as P1. pose proof (Py' best Fbest) as P2.
    pose proof (sq_nonneg m (fun p => best' p - best p)).
    pose proof (sq_nonneg m (fun p => best p - best' p)). intros p Hp.
    pose proof (sq_zero m (fun p => best' p - best p) ltac:(lra) p Hp). cbv beta in *. lra. }
  (* best is not 0 *)
  assert (PB : 0 < sq m best).
  { destruct (sq_nonneg m best) as [|Z]; auto. exfalso. destruct Mv as [q [_ Nz]]. apply Nz. apply Sum_zero. intros p _.
    rewrite (Sum_zero n); [ring|]. intros i Hi. rewrite <- (Fbest i Hi), (Sum_zero m); [ring|]. intros p' Hp'.
    rewrite (sq_zero m best (eq_sym Z) p' Hp'). ring. }
  destruct (near_powers L (sq m best) eps L2 PB Pe) as [delta [Pd Near]].
  set (Y := fun l (_ : R) i j => if Nat.eqb l (L - 1) then 0 else Wbar l i j).
  set (G := start_drift L d Y + start_size L d Y + INR m * C ^ 2 + 1).
  pose proof (start_drift_nonneg L d Y) as N1. pose proof (start_size_nonneg L d Y) as N2.
  assert (N3 : 0 <= INR m * C ^ 2) by (apply Rmult_le_pos; [apply pos_INR | apply pow2_ge_0]).
  assert (PG : 0 < G) by (unfold G; lra).
  set (alpha0 := Rmin 1 (delta / (2 * G))). exists alpha0.
  assert (Pa0 : 0 < alpha0) by (apply Rmin_glb_lt; [lra | apply Rdiv_lt_0_compat; lra]). split; [exact Pa0|].
  intros alpha W Ha Fl St. assert (A1 : alpha < 1) by (pose proof (Rmin_l 1 (delta / (2 * G)) : alpha0 <= 1); lra).
  assert (A2 : alpha ^ 2 * G <= delta / 2).
  { assert (alpha <= delta / (2 * G)) by (pose proof (Rmin_r 1 (delta / (2 * G)) : alpha0 <= delta / (2 * G)); lra).
    apply Rle_trans with (alpha * G); [apply Rmult_le_compat_r; nra|].
    apply (Rmult_le_compat_r G) in H; [|lra]. replace (delta / (2 * G) * G) with (delta / 2) in H by (field; lra).
      exact H. }
  destruct (Small alpha W ltac:(lra) Fl St) as [_ [b [LimB [Fb Near1]]]]. specialize (Near1 ltac:(lra)).
  assert (Zl : forall i, (i < d (L - 1))%nat -> W (L - 1)%nat 0 i 0%nat = 0).
  { intros i Hi. rewrite St by (auto; try lia; replace (S (L - 1)) with L by lia; rewrite One; lia).
    rewrite Nat.eqb_refl. reflexivity. }
  assert (Mw : exists q, (q < d (L - 1)%nat)%nat /\ row d W (fun p => Sum n (fun i => X i p * y i)) (L - 1) 0 q <> 0).
  { destruct Mv as [q [Hq Nz]]. exists q. split; auto. rewrite (scaled_row L d alpha Wbar W L2 One St) by (auto; lia).
    apply Rmult_integral_contrapositive_currified; [apply pow_nonzero; lra | exact Nz]. }
  set (V := fun l t => W l (Rmax 0 t)).
  pose proof (entry_converges L n d X y W mu L2 One (conj Pmu Hmu) Fl (Req_le _ _ (start_loss L n d X y W L2 One Zl))
    (loss_falls L n d X y W L2 One Fl Zl Mw)) as Ent.
  assert (Lu : forall q, (q < d 1%nat)%nat -> ex_finite_lim (fun t => chain_vector L d V 1 t q) p_infty).
  { intros q Hq. pose proof (chain_converges (L - 1) (fun l => d (S l)) (fun l => V (S l))) as Cc.
    assert (One' : d (S (L - 1)) = 1%nat) by (replace (S (L - 1)) with L by lia; exact One).
    destruct (Cc One' ltac:(intros l a c Hl Hac Hcc; apply Ent; auto;
      lia) q Hq) as [w Hw].
    exists w. apply (is_lim_ext (fun t => chain_vector (L - 1) (fun l => d (S l)) (fun l => V (S l)) 0 t q));
      [|exact Hw].
    intros t. unfold chain_vector. rewrite Nat.sub_0_r. rewrite (after_shift d V (L - 1) 0 t). reflexivity. }
  set (u := fun q => real (Lim (fun t => chain_vector L d V 1 t q) p_infty)).
  assert (Lu' : forall q, (q < d 1%nat)%nat -> is_lim (fun t => chain_vector L d V 1 t q) p_infty (u q))
    by (intros q Hq; apply Lim_correct', Lu, Hq).
  assert (Co : forall t p, 0 <= t -> (p < m)%nat -> chain_vector L d V 0 t p = coefficients L d W t p).
  { intros t p Ht Hp. pose proof (coefficients_at L d W One t p Hp) as H. rewrite Rmax_right in H by lra. exact H. }
  exists b, u. split; [exact LimB | split; [|split]].
  - intros q Hq. apply (is_lim_ext_loc (fun t => chain_vector L d V 1 t q)); [|apply Lu', Hq]. exists 0. intros t Ht.
    unfold chain_vector, V. rewrite (after_at d W). rewrite Rmax_right by lra. reflexivity.
  - intros e He. set (w := fun q => Sum m (fun p => e p * (alpha * Wbar 0%nat p q))).
    assert (Id : forall t, 0 <= t -> Sum m (fun p => e p * coefficients L d W t p) =
      Sum (d 1%nat) (fun q => w q * chain_vector L d V 1 t q)).
    { intros t Ht. rewrite (Sum_ext m _ (fun p => Sum (d 1%nat) (fun q => e p * V 0%nat t p q * chain_vector L d V 1 t
      q))).
      - rewrite Sum_swap. apply Sum_ext. intros q Hq. rewrite Sum_scal_r. f_equal. unfold V. rewrite Rmax_right by lra.
        rewrite (first_layer_unseen L n d X (squared y) (fun i v => v - y i) W e) by (auto; try lia;
          apply squared_derive).
        apply Sum_ext. intros p Hp. rewrite St by (auto; lia). destruct (Nat.eqb_spec 0 (L - 1)); [lia | reflexivity].
      - intros p Hp. rewrite <- Co by auto. rewrite (zv_step L d V One) by lia. rewrite <- Sum_scal_l. apply Sum_ext.
        intros; ring. }
    assert (La : is_lim (fun t => Sum m (fun p => e p * coefficients L d W t p)) p_infty (Sum m (fun p => e p * b p)))
      by (apply is_lim_Sum; intros p Hp; apply is_lim_scale, LimB, Hp).
    assert (Lc : is_lim (fun t => Sum m (fun p => e p * coefficients L d W t p)) p_infty (Sum (d 1%nat) (fun q => w q *
      u q))).
    { apply (is_lim_ext_loc (fun t => Sum (d 1%nat) (fun q => w q * chain_vector L d V 1 t q))).
      - exists 0. intros t Ht. symmetry. apply Id. lra.
      - apply is_lim_Sum. intros q Hq. apply is_lim_scale, Lu', Hq. }
    rewrite (is_lim_same _ _ _ La Lc). unfold w. rewrite <- Sum_scal_l.
    rewrite (Sum_ext (d 1%nat) _ (fun q => Sum m (fun p => alpha * (e p * (Wbar 0%nat p q * u q)))))
      by (intros; rewrite <- Sum_scal_r; apply Sum_ext; intros; ring).
    rewrite Sum_swap. apply Sum_ext. intros p Hp. rewrite !Sum_scal_l. reflexivity.
  - assert (Drift : start_drift L d W <= alpha ^ 2 * start_drift L d Y).
    { right. unfold start_drift, drift_bound. rewrite (Rmult_comm (INR L)), (Rmult_comm (INR L)), <- Rmult_assoc, <-
      Sum_scal_l.
      f_equal. apply Sum_ext. intros l Hl. rewrite <- Sum_scal_l. apply Sum_ext. intros i Hi. rewrite <- Sum_scal_l.
      apply Sum_ext. intros j Hj. rewrite (scaled_gram L d alpha Wbar W L2 One St) by (auto; lia).
      rewrite Rabs_mult, (Rabs_pos_eq (alpha ^ 2)) by apply pow2_ge_0. reflexivity. }
    assert (Size : start_size L d W = alpha ^ 2 * start_size L d Y).
    { unfold start_size. rewrite <- Sum_scal_l. apply Sum_ext. intros l Hl. apply (scaled_frob L d alpha Wbar W St).
      exact Hl. }
    pose proof (pow2_ge_0 alpha) as Qa. unfold G in A2.
    assert (Bn : Rabs (sq m b - sq m best) <= delta / 2).
    { rewrite (Py b Fb). replace (sq m best + sq m (fun p => b p - best p) - sq m best) with (sq m (fun p => b p - best
      p)) by ring.
      rewrite Rabs_pos_eq by apply sq_nonneg. apply Rle_trans with (INR m * (C * alpha) ^ 2); [|nra].
      unfold sq. rewrite <- Sum_constant. apply Sum_le. intros p Hp. pose proof (Near1 p Hp) as B.
        rewrite (Eb p Hp) in B.
      rewrite <- pow2_abs. apply pow_incr. split; [apply Rabs_pos | exact B]. }
    assert (Ls : is_lim (fun t => size L d V 1 t) p_infty (sq (d 1%nat) u)).
    { apply (is_lim_Sum (d 1%nat) (fun q t => chain_vector L d V 1 t q ^ 2)). intros q Hq.
      apply (is_lim_comp_continuous (fun t => chain_vector L d V 1 t q) (fun x => x ^ 2)); [apply Lu', Hq|].
      apply (ex_derive_continuous (fun x => x ^ 2)). auto_derive. auto. }
    assert (L0 : is_lim (fun t => size L d V 0 t) p_infty (sq m b)).
    { apply (is_lim_ext_loc (fun t => Sum m (fun p => coefficients L d W t p ^ 2))).
      - exists 0. intros t Ht. apply Sum_ext. intros p Hp. rewrite Co by (auto; lra). reflexivity.
      - apply is_lim_Sum. intros p Hp. apply (is_lim_comp_continuous (fun t => coefficients L d W t p) (fun x => x ^
        2));
          [apply LimB, Hp|]. apply (ex_derive_continuous (fun x => x ^ 2)). auto_derive. auto. }
    apply is_lim_spec in L0. destruct (L0 (mkposreal (delta / 2) ltac:(lra))) as [T HT]. cbn [pos] in HT.
    set (r := Rpower (sq m best) (INR (L - 1) / INR L)).
    assert (Ev : forall t, Rmax T 0 < t -> Rabs (size L d V 1 t - r) <= eps).
    { intros t Ht. pose proof (Rmax_l T 0). pose proof (Rmax_r T 0). set (a := frob d V (L - 1) t).
      apply (Near a (start_drift L d W) (start_size L d W) (size L d V 0 t)).
      - apply sq2_nonneg.
      - split; [apply start_drift_nonneg | nra].
      - split; [apply start_size_nonneg | nra].
      - pose proof (HT t ltac:(lra)) as B. replace (size L d V 0 t - sq m best) with
          ((size L d V 0 t - sq m b) + (sq m b - sq m best)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra.
      - apply (size_below L n d X y W L2 One Fl t).
      - pose proof (size_above_power L n d X y W L2 One Fl t 0 ltac:(lia)) as S. rewrite Nat.sub_0_r in S. exact S.
      - intros KA. assert (I : forall s, (s <= L)%nat -> (a - start_drift L d W) ^ s <= size L d V (L - s) t).
        { induction s as [|s IH]; intros Hs; [rewrite Nat.sub_0_r, (size_last L d V One t); simpl; lra|].
          pose proof (step_down L n d X y W L2 One Fl t (L - S s) ltac:(lia)) as Sd.
          replace (S (L - S s)) with (L - s)%nat in Sd by lia.
          eapply Rle_trans; [|exact Sd]. rewrite <- tech_pow_Rmult. fold V a.
          apply Rmult_le_compat_l; [lra | apply IH; lia]. }
        pose proof (I (L - 1)%nat ltac:(lia)) as B. replace (L - (L - 1))%nat with 1%nat in B by lia. exact B.
      - exact (size_above_power L n d X y W L2 One Fl t 1 ltac:(lia)). }
    apply (is_lim_le_loc (fun t => Rabs (size L d V 1 t - r)) (fun _ => eps) p_infty (Rabs (sq (d 1%nat) u - r)) eps).
    + exists (Rmax T 0). exact Ev.
    + apply (is_lim_comp_continuous (fun t => size L d V 1 t - r) Rabs); [|apply continuous_Rabs].
      apply is_lim_minus'; [exact Ls | apply is_lim_const].
    + apply is_lim_const.
Qed.
