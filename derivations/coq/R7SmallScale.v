(* R7 as alpha -> 0: from W_l(0) = alpha Wbar_l, last layer 0, the limit is an interpolator for every alpha > 0, and for
   alpha <= 1 it differs from the one of least norm by at most C alpha, with one C: the constants of R7SmallStart.v do
     not
   grow when the start shrinks. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Network Tensor Margin Conserved Sensing K2Chain LinearAlgebra
  Uniqueness R7OrthogonalStart R7MinimumNorm R7Layers R7SmallStart.
Open Scope R_scope.

(* --- a start with last layer 0 that is no rest point, (W_0 .. W_{L-2})^T X^T y <> 0 --- *)
Section Start.
Variables (L n : nat) (d : nat -> nat) (X : nat -> nat -> R) (y : nat -> R) (W : nat -> R -> matrix).
Hypothesis L_two : (2 <= L)%nat.
Hypothesis one_output : d L = 1%nat.
Hypothesis W_flow : fully_connected_gradient_flow L n d X (squared y) W.
Hypothesis last_zero : forall i, (i < d (L - 1))%nat -> W (L - 1)%nat 0 i 0%nat = 0.
Hypothesis moves : exists q, (q < d (L - 1)%nat)%nat /\
  row d W (fun p => Sum n (fun i => X i p * y i)) (L - 1) 0 q <> 0.

Let m := d 0%nat.
Let V (l : nat) (t : R) : matrix := W l (Rmax 0 t).
Let zv := chain_vector L d V.
Let see (x : nat -> R) (i : nat) : R := Sum m (fun p => X i p * x p).
Let E (t : R) : R := Sum n (fun i => squared y i (see (zv 0 t) i)).
Let u (t : R) (p : nat) : R := - Sum n (fun i => (see (zv 0 t) i - y i) * X i p).
Let speed (l : nat) (t : R) : R := sq (d l) (row d V (u t) l t) * size L d V (S l) t.
Let D (t : R) : R := Sum L (fun l => speed l t).

Lemma zero_last t : (forall i, (i < d (L - 1))%nat -> V (L - 1)%nat t i 0%nat = 0) ->
  forall p, (p < m)%nat -> zv 0 t p = 0.
Proof.
  intros Z. assert (I : forall s b, (S s <= L)%nat -> (b < d (L - S s)%nat)%nat -> zv (L - S s) t b = 0).
  { induction s as [|s IH]; intros b Hs Hb; unfold zv; rewrite zv_step by lia.
    - replace (S (L - 1)) with L by lia. rewrite one_output. cbn [Sum]. rewrite Z by auto. ring.
    - replace (S (L - S (S s))) with (L - S s)%nat by lia. apply Sum_zero. intros q Hq. fold (zv (L - S s) t q).
      rewrite IH by (auto; lia). ring. }
  intros p Hp. replace 0%nat with (L - S (L - 1))%nat at 1 by lia. apply I; [lia|].
  replace (L - S (L - 1))%nat with 0%nat by lia. exact Hp.
Qed.

Lemma start_last i : (i < d (L - 1))%nat -> V (L - 1)%nat 0 i 0%nat = 0.
Proof. intros Hi. unfold V. rewrite Rmax_left by lra. auto. Qed.

Lemma start_loss : 2 * E 0 = sq n y.
Proof.
  etransitivity; [exact (loss_value L n d X y W 0)|]. unfold sq. apply Sum_ext. intros i _.
  rewrite (Sum_zero (d 0%nat)); [ring|]. intros p Hp.
  replace (chain_vector L d (fun l t => W l (Rmax 0 t)) 0 0 p) with 0 by (symmetry;
    exact (zero_last 0 start_last p Hp)). ring.
Qed.

Lemma loss_falls : exists t1, 0 <= t1 /\ 2 * E t1 < sq n y.
Proof.
  destruct (Classical_Prop.classic (exists t1, 0 <= t1 /\ 2 * E t1 < sq n y)) as [|No]; auto. exfalso.
  assert (Same : forall t, 0 <= t -> E t = E 0).
  { intros t Ht. apply Rle_antisym; [apply (loss_decreases L n d X y W one_output W_flow); lra|]. apply Rnot_lt_le.
    intros Lt. apply No. exists t.
    pose proof start_loss. split; [auto | lra]. }
  assert (Rest : forall t, 0 < t -> D t = 0).
  { intros t Ht. destruct (loss_path L n d X y W one_output W_flow : path E (fun t => - D t)) as [_ De].
    specialize (De t Ht).
    apply is_derive_unique in De.
    assert (Z : is_derive E t 0).
    { apply (is_derive_ext_loc (fun _ => E 0)); [|apply (is_derive_const (E 0))].
      apply (locally_interval _ t 0 p_infty); simpl; auto. intros s Hs _. symmetry. apply Same. lra. }
    apply is_derive_unique in Z. lra. }
  assert (Still : forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> V l 1 a b = V l 0 a b).
  { intros l a b Hl Ha Hb. apply (path_constant (fun t => V l t a b)); [|lra].
    apply (path_eq _ _ _ (entry_path L n d X y W one_output W_flow l a b Hl Ha Hb)). intros t Ht.
    pose proof (speed_pace L n d X y W l t Hl : speed l t <= D t) as Sp. rewrite (Rest t Ht) in Sp.
      pose proof (speed_nonneg L n d X y W l t : 0 <= speed l t) as Sn.
    pose proof (Sum_term (d l) (fun a => row d V (u t) l t a ^ 2) a Ha ltac:(intros; apply pow2_ge_0)) as Ta.
    pose proof (Sum_term (d (S l)) (fun b => zv (S l) t b ^ 2) b Hb ltac:(intros; apply pow2_ge_0)) as Tb.
    cbv beta in Ta, Tb. set (r := row d V (u t) l t a) in *. set (z := zv (S l) t b) in *.
    assert (r ^ 2 * z ^ 2 <= speed l t) by (apply Rmult_le_compat; auto; apply pow2_ge_0).
    assert ((r * z) * (r * z) = 0) as Z by (pose proof (pow2_ge_0 (r * z)); nra).
    apply Rmult_integral in Z. destruct Z; auto. }
  destruct moves as [q [Hq Nz]].
  assert (U1 : forall p, (p < m)%nat -> u 1 p = Sum n (fun i => X i p * y i)).
  { intros p Hp. unfold u. rewrite <- Sum_opp. apply Sum_ext. intros i _. unfold see. rewrite (Sum_zero m); [ring|].
    intros p' Hp'. rewrite (zero_last 1); [ring | | auto]. intros j Hj.
    rewrite Still by (auto; try lia; replace (S (L - 1)) with L by lia; rewrite one_output; lia). apply start_last, Hj.
      }
  assert (R1 : row d V (u 1) (L - 1) 1 q <> 0).
  { rewrite (row_same L d V W _ (fun p => Sum n (fun i => X i p * y i)) 1 0) by (auto; try lia;
      intros; rewrite Still by auto; unfold V; rewrite Rmax_left by lra; reflexivity). exact Nz. }
  pose proof (speed_pace L n d X y W (L - 1) 1 ltac:(lia) : speed (L - 1) 1 <= D 1) as Sp.
    rewrite (Rest 1 ltac:(lra)) in Sp. unfold speed in Sp.
  replace (S (L - 1)) with L in Sp by lia. rewrite (size_last L d V one_output 1), Rmult_1_r in Sp.
  pose proof (Sum_term (d (L - 1)%nat) (fun a => row d V (u 1) (L - 1) 1 a ^ 2) q Hq ltac:(intros;
    apply pow2_ge_0)) as T.
  cbv beta in T. unfold sq in Sp. pose proof (pow2_gt_0 _ R1). lra.
Qed.
End Start.

Theorem small_start L n d X y W mu : (2 <= L)%nat -> d L = 1%nat ->
  0 < mu /\ row_rank_bound (d 0%nat) n X mu -> fully_connected_gradient_flow L n d X (squared y) W ->
  (forall i, (i < d (L - 1))%nat -> W (L - 1)%nat 0 i 0%nat = 0) ->
  (exists q, (q < d (L - 1)%nat)%nat /\ row d W (fun p => Sum n (fun i => X i p * y i)) (L - 1) 0 q <> 0) ->
  exists b : nat -> R,
    (forall p, (p < d 0%nat)%nat -> is_lim (fun t => coefficients L d W t p) p_infty (b p)) /\
    feasible (d 0%nat) n X y b /\
    (exists C rate, 0 < rate /\ forall t, 0 <= t ->
       fully_connected_loss L n d X (squared y) (matrix_at W t) <= C * exp (- rate * t)) /\
    forall k, (forall i, (i < n)%nat ->
        Sum (d 0%nat) (fun p => X i p * Sum n (fun i => X i p * k i)) = y i) ->
      sq (d 0%nat) (fun p => b p - Sum n (fun i => X i p * k i)) <=
      frob d W 0 0 * (last_bound L n d y W mu + start_size L d W) ^ (L - 1).
Proof.
  intros L2 One Rk Fl Z Mv. apply (falling_loss L n d X y W mu L2 One Rk Fl).
  - right. apply (start_loss L n d X y W L2 One Z).
  - apply (loss_falls L n d X y W L2 One Fl Z Mv).
Qed.

Section Scaled.
Variables (L n : nat) (d : nat -> nat) (y : nat -> R) (mu alpha : R) (Wbar : nat -> matrix) (W : nat -> R -> matrix).
Hypothesis L_two : (2 <= L)%nat.
Hypothesis one_output : d L = 1%nat.
Hypothesis mu_pos : 0 < mu.
Let Y (l : nat) (_ : R) : matrix := fun i j => if Nat.eqb l (L - 1) then 0 else Wbar l i j.
Hypothesis start : forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  W l 0 a b = if Nat.eqb l (L - 1) then 0 else alpha * Wbar l a b.

Lemma scaled_entry l a b : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> W l 0 a b = alpha * Y l 0 a b.
Proof. intros Hl Ha Hb. rewrite start by auto. unfold Y. destruct (Nat.eqb l (L - 1)); ring. Qed.

Lemma scaled_frob l : (l < L)%nat -> frob d W l 0 = alpha ^ 2 * frob d Y l 0.
Proof.
  intros Hl. unfold frob, sq2. rewrite <- Sum_scal_l. apply Sum_ext. intros a Ha. rewrite <- Sum_scal_l. apply Sum_ext.
  intros b Hb. rewrite scaled_entry by auto. ring.
Qed.

Lemma scaled_gram l i j : (S l < L)%nat -> (i < d (S l))%nat -> (j < d (S l))%nat ->
  gram_difference d W l 0 i j = alpha ^ 2 * gram_difference d Y l 0 i j.
Proof.
  intros Hl Hi Hj. unfold gram_difference, mul, transpose. rewrite Rmult_minus_distr_l, <- !Sum_scal_l. f_equal.
  - apply Sum_ext. intros k Hk. rewrite !scaled_entry by (auto; lia). ring.
  - apply Sum_ext. intros k Hk. rewrite !scaled_entry by auto. ring.
Qed.

Lemma scaled_row r l b : (l <= L - 1)%nat -> (b < d l)%nat ->
  row d W r l 0 b = alpha ^ l * row d (fun l _ => Wbar l) r l 0 b.
Proof.
  revert b. induction l as [|l IH]; intros b Hl Hb.
  - rewrite !row_start by auto. simpl. ring.
  - rewrite !row_step, <- Sum_scal_l. apply Sum_ext. intros a Ha. rewrite IH, start by (auto; lia).
    destruct (Nat.eqb_spec l (L - 1)); [lia|]. simpl. ring.
Qed.

Hypothesis small : 0 < alpha <= 1.
Lemma scale_small : 0 <= alpha ^ 2 <= 1.
Proof. split; [apply pow2_ge_0|]. rewrite <- (pow1 2). apply pow_incr. lra. Qed.

Lemma scaled_size : start_size L d W <= start_size L d Y.
Proof.
  apply Sum_le. intros l Hl. rewrite scaled_frob by auto. pose proof (sq2_nonneg (d l) (d (S l)) (Y l 0)) as P.
  fold (frob d Y l 0) in P. rewrite <- (Rmult_1_l (frob d Y l 0)) at 2. apply Rmult_le_compat_r; auto.
    apply scale_small.
Qed.

Lemma scaled_drift : start_drift L d W <= start_drift L d Y.
Proof.
  apply Rmult_le_compat_l; [apply pos_INR|]. apply Sum_le. intros l Hl. apply Sum_le. intros i Hi. apply Sum_le.
  intros j Hj. rewrite scaled_gram by (auto; lia). pose proof scale_small as A.
    rewrite Rabs_mult, (Rabs_pos_eq (alpha ^ 2)) by lra.
  rewrite <- (Rmult_1_l (Rabs (gram_difference d Y l 0 i j))) at 2. apply Rmult_le_compat_r; [apply Rabs_pos | lra].
Qed.

Lemma scaled_constant : frob d W 0 0 * (last_bound L n d y W mu + start_size L d W) ^ (L - 1) <=
  alpha ^ 2 * (frob d Y 0 0 * (last_bound L n d y Y mu + start_size L d Y) ^ (L - 1)).
Proof.
  pose proof scaled_size as Ss. pose proof scaled_drift as Sd. pose proof (start_size_nonneg L d W) as P1.
  pose proof (start_drift_nonneg L d W) as P2. pose proof (sq2_nonneg (d 0%nat) (d 1%nat) (Y 0%nat 0)) as P3.
  fold (frob d Y 0 0) in P3. pose proof (sq_nonneg n y) as P4.
  assert (P5 : 0 <= 4 * sq n y / mu) by (apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; auto]).
  assert (F : frob d W 0 0 <= frob d Y 0 0) by (rewrite scaled_frob by lia; pose proof scale_small; nra).
  assert (P6 : 0 <= frob d W 0 0) by apply sq2_nonneg.
  assert (Pq : 0 <= (1 + start_drift L d W + start_size L d W) ^ (L - 1) <=
    (1 + start_drift L d Y + start_size L d Y) ^ (L - 1)) by (split; [apply pow_le; lra | apply pow_incr; lra]).
  assert (B : last_bound L n d y W mu <= last_bound L n d y Y mu).
  { unfold last_bound. assert (frob d W 0 0 * (1 + start_drift L d W + start_size L d W) ^ (L - 1) <=
      frob d Y 0 0 * (1 + start_drift L d Y + start_size L d Y) ^ (L - 1)) by (apply Rmult_le_compat; tauto || lra).
        lra. }
  assert (P7 : 0 <= last_bound L n d y W mu).
  { unfold last_bound. assert (0 <= frob d W 0 0 * (1 + start_drift L d W + start_size L d W) ^ (L - 1))
      by (apply Rmult_le_pos; tauto || lra). lra. }
  rewrite scaled_frob by lia. rewrite Rmult_assoc. apply Rmult_le_compat_l; [apply pow2_ge_0|].
  apply Rmult_le_compat_l; auto. apply pow_incr. lra.
Qed.
End Scaled.

(* the claim: every alpha > 0, and one constant for all alpha <= 1 *)
Theorem small_scale_minimum_norm L n d X y (Wbar : nat -> matrix) : (2 <= L)%nat -> d L = 1%nat ->
  full_row_rank (d 0%nat) n X ->
  (exists q, (q < d (L - 1)%nat)%nat /\
     Sum (d 0%nat) (fun p => Sum n (fun i => X i p * y i) * product d (L - 1) Wbar p q) <> 0) ->
  exists (best : nat -> R) (C : R),
    feasible (d 0%nat) n X y best /\
    (forall z, feasible (d 0%nat) n X y z ->
       sq (d 0%nat) z = sq (d 0%nat) best + sq (d 0%nat) (fun p => z p - best p)) /\
    forall alpha W, 0 < alpha -> fully_connected_gradient_flow L n d X (squared y) W ->
      (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
         W l 0 a b = if Nat.eqb l (L - 1) then 0 else alpha * Wbar l a b) ->
      (exists K rate, 0 < rate /\ forall t, 0 <= t ->
         fully_connected_loss L n d X (squared y) (matrix_at W t) <= K * exp (- rate * t)) /\
      exists b : nat -> R,
        (forall p, (p < d 0%nat)%nat -> is_lim (fun t => coefficients L d W t p) p_infty (b p)) /\
        feasible (d 0%nat) n X y b /\
        (alpha <= 1 -> forall p, (p < d 0%nat)%nat -> Rabs (b p - best p) <= C * alpha).
Proof.
  intros L2 One Rk Mv. set (m := d 0%nat). destruct (full_row_rank_bound m n X Rk) as [mu [Pmu Hmu]].
  destruct (gram_solve n m X mu Pmu Hmu y) as [k Hk]. set (best := fun p => Sum n (fun i => X i p * k i)).
  set (Y := fun l (_ : R) i j => if Nat.eqb l (L - 1) then 0 else Wbar l i j).
  set (C2 := frob d Y 0 0 * (last_bound L n d y Y mu + start_size L d Y) ^ (L - 1)).
  exists best, (sqrt C2). split; [exact Hk | split].
  - intros z Hz. assert (O : Sum m (fun p => best p * (z p - best p)) = 0).
    { pose proof (see_pull n m X k (fun p => z p - best p)) as Sk. cbv beta zeta in Sk. unfold best at 1. rewrite <- Sk.
      apply Sum_zero. intros i Hi. rewrite (Sum_ext m _ (fun p => X i p * z p - X i p * best p)) by (intros; ring).
      rewrite Sum_minus, Hz by auto. unfold best. rewrite (Hk i Hi). ring. }
    unfold sq. rewrite (Sum_ext m (fun p => z p ^ 2) (fun p => best p ^ 2 + (z p - best p) ^ 2 + 2 * (best p * (z p -
      best p))))
      by (intros; ring). rewrite !Sum_plus, Sum_scal_l, O. ring.
  - intros alpha W Pa Fl St.
    destruct (small_start L n d X y W mu L2 One (conj Pmu Hmu) Fl) as [b [Lim [Fb [Dec Near]]]].
    + intros i Hi. rewrite St by (auto; try lia; replace (S (L - 1)) with L by lia; rewrite One; lia).
      rewrite Nat.eqb_refl. reflexivity.
    + destruct Mv as [q [Hq Nz]]. exists q. split; auto. rewrite (scaled_row L d alpha Wbar W L2 One St) by (auto; lia).
      apply Rmult_integral_contrapositive_currified; [apply pow_nonzero; lra | exact Nz].
    + split; [exact Dec|]. exists b. split; [exact Lim | split; [exact Fb|]]. intros A1 p Hp.
      assert (B : sq m (fun p => b p - best p) <= alpha ^ 2 * C2).
      { eapply Rle_trans; [apply (Near k Hk)|]. apply (scaled_constant L n d y mu alpha Wbar W); auto. }
      pose proof (Sum_term m (fun p => (b p - best p) ^ 2) p Hp ltac:(intros; apply pow2_ge_0)) as T. cbv beta in T.
      assert (C0 : 0 <= C2).
      { pose proof (sq_nonneg m (fun p => b p - best p)). assert (0 < alpha ^ 2) by (apply pow_lt; auto).
        apply (Rmult_le_reg_l (alpha ^ 2)); auto. lra. }
      rewrite <- sqrt_Rsqr_abs. replace (sqrt C2 * alpha) with (sqrt (alpha ^ 2 * C2)).
      * apply sqrt_le_1_alt. rewrite Rsqr_pow2. unfold sq in B. lra.
      * rewrite sqrt_mult, sqrt_pow2 by (try apply pow2_ge_0; lra). ring.
Qed.
