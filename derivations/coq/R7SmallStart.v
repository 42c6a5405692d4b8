(* Fully connected networks of any depth and widths, one output, squared loss, rows of X independent: once the loss is
   below that of beta = 0 (and was not above it), it tends to 0 exponentially, and the parameters converge
   ([falling_loss]). The limit of beta differs from the interpolator of least norm by at most const |W_0(0)|. With
   a = |W_{L-1}|^2 and conserved balancedness,
     (a - K)^L <= |beta|^2 <= 4 |y|^2 / mu + |W_0(0)|^2 (a + c)^(L-1):
   so a stays bounded; what the data do not see of beta is (what they do not see of W_0(0)) W_1 .. W_{L-1}; and beta
   stays away from 0. R7: a start with last layer 0 that is no rest point, (W_0 ..
     W_{L-2})^T X^T y <> 0, is such a start
   ([small_start]); no order between the layers is needed. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Potential Network Tensor Margin Conserved Sensing Circular
  Quasinorm
  K2Chain
  LayerFlow Uniqueness LinearAlgebra R7RowSpace R7OrthogonalStart R7MinimumNorm C7FirstLayer R7Layers.
Open Scope R_scope.

Section SmallStart.
Variables (L n : nat) (d : nat -> nat) (X : nat -> nat -> R) (y : nat -> R) (W : nat -> R -> matrix) (mu : R).
Hypothesis L_two : (2 <= L)%nat.
Hypothesis one_output : d L = 1%nat.
Hypothesis rank : 0 < mu /\ row_rank_bound (d 0%nat) n X mu.
Hypothesis W_flow : fully_connected_gradient_flow L n d X (squared y) W.
Let m := d 0%nat.
Let V (l : nat) (t : R) : matrix := W l (Rmax 0 t).
Let zv := chain_vector L d V.
Let see (x : nat -> R) (i : nat) : R := Sum m (fun p => X i p * x p).
Let pull (r : nat -> R) (p : nat) : R := Sum n (fun i => X i p * r i).
Let E (t : R) : R := Sum n (fun i => squared y i (see (zv 0 t) i)).
Let u (t : R) (p : nat) : R := - Sum n (fun i => (see (zv 0 t) i - y i) * X i p).
Let speed (l : nat) (t : R) : R := sq (d l) (row d V (u t) l t) * size L d V (S l) t.
Let D (t : R) : R := Sum L (fun l => speed l t).
Let last (t : R) : R := frob d V (L - 1) t.

Lemma entry_path l a b : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  path (fun t => V l t a b) (fun t => row d V (u t) l t a * zv (S l) t b).
Proof. exact (V_path L n d X (squared y) (fun i v => v - y i) W one_output (squared_derive y) W_flow l a b). Qed.

Lemma loss_path : path E (fun t => - D t).
Proof. exact (general_loss_path L n d X (squared y) (fun i v => v - y i) W one_output (squared_derive y) W_flow). Qed.

Lemma speed_nonneg l t : 0 <= speed l t.
Proof. apply Rmult_le_pos; apply sq_nonneg. Qed.
Lemma pace_nonneg t : 0 <= D t.
Proof. apply Sum_nonneg. intros; apply speed_nonneg. Qed.
Lemma speed_pace l t : (l < L)%nat -> speed l t <= D t.
Proof. intros Hl. apply (Sum_term L (fun l => speed l t)); auto. intros; apply speed_nonneg. Qed.

Lemma loss_value t : 2 * E t = sq n (fun i => see (zv 0 t) i - y i).
Proof. unfold E, squared, sq. rewrite Sum_scal_l. field. Qed.
Lemma loss_nonneg t : 0 <= E t.
Proof. pose proof (loss_value t). pose proof (sq_nonneg n (fun i => see (zv 0 t) i - y i)). lra. Qed.
Lemma loss_decreases s t : 0 <= s <= t -> E t <= E s.
Proof.
  intros H. pose proof (path_increasing _ _ s t (path_scal (-1) _ _ loss_path)) as I. cbv beta in I.
  enough (-1 * E s <= -1 * E t) by lra. apply I; auto. intros w _. pose proof (pace_nonneg w). lra.
Qed.

(* --- the loss starts at most at its value at beta = 0, and falls below it --- *)
Hypothesis not_above : 2 * E 0 <= sq n y.
Hypothesis falls : exists t1, 0 <= t1 /\ 2 * E t1 < sq n y.

(* --- the layers against the last one --- *)
Let drift (l : nat) : R := drift_bound d (fun l => gram_difference d W l 0) l.
Definition start_drift : R := INR L * Sum (L - 1) drift.
Definition start_size : R := Sum L (fun l => frob d W l 0).

Lemma balanced t l i j : (S l < L)%nat -> (i < d (S l))%nat -> (j < d (S l))%nat ->
  gram_difference d V l t i j = gram_difference d W l 0 i j.
Proof.
  intros Hl Hi Hj. change (gram_difference d V l t i j) with (gram_difference d W l (Rmax 0 t) i j).
  apply (fully_connected_balance_constant L n d X (squared y) (fun i v => v - y i) (squared_derive y) one_output W
    W_flow);
    auto. apply Rmax_l.
Qed.

Lemma frob_nonneg (Y : nat -> R -> matrix) l t : 0 <= frob d Y l t.
Proof. apply sq2_nonneg. Qed.

Lemma frob_above t l : (l < L)%nat -> frob d V l t <= last t + frob d W l 0.
Proof.
  intros Hl. assert (I : forall s q, (q + s = L - 1)%nat -> frob d V q t = last t + frob d W q 0 - frob d W (L - 1) 0).
  { induction s as [|s IH]; intros q Hq.
    - replace q with (L - 1)%nat by lia. unfold last. ring.
    - pose proof (gram_trace d V q t) as T1. pose proof (gram_trace d W q 0) as T2. rewrite (IH (S q)) in T1 by lia.
      rewrite (Sum_ext (d (S q)) _ (fun i => gram_difference d W q 0 i i)) in T1 by (intros; apply balanced; auto; lia).
      lra. }
  rewrite (I (L - 1 - l)%nat) by lia. pose proof (frob_nonneg W (L - 1) 0). lra.
Qed.

Lemma start_size_term l : (l < L)%nat -> frob d W l 0 <= start_size.
Proof. intros Hl. apply (Sum_term L (fun l => frob d W l 0)); auto. intros; apply frob_nonneg. Qed.

Lemma start_drift_nonneg : 0 <= start_drift.
Proof.
  apply Rmult_le_pos; [apply pos_INR|]. apply Sum_nonneg. intros; apply Sum_nonneg; intros; apply Sum_nonneg; intros;
    apply Rabs_pos.
Qed.

Lemma step_down t l : (l < L)%nat -> (last t - start_drift) * size L d V (S l) t <= size L d V l t.
Proof.
  intros Hl. pose proof (ladder L d V one_output (fun l => gram_difference d W l 0) t) as Ld.
  specialize (Ld ltac:(intros; apply balanced; auto) (L - S l)%nat l ltac:(lia)).
  eapply Rle_trans; [|exact Ld]. apply Rmult_le_compat_r; [apply sq_nonneg|]. fold (last t).
  enough (Sum (L - S l) (fun i => drift_bound d (fun l => gram_difference d W l 0) (l + (L - S l) - 1 - i)) <=
    start_drift)
    by lra.
  assert (Pd : forall q, 0 <= drift q) by (intros; apply Sum_nonneg; intros; apply Sum_nonneg; intros; apply Rabs_pos).
  apply Rle_trans with (Sum (L - S l) (fun _ => Sum (L - 1) drift)).
  - apply Sum_le. intros i Hi. apply (Sum_term (L - 1) drift); [lia | auto].
  - rewrite Sum_constant. apply Rmult_le_compat_r; [apply Sum_nonneg; auto|]. apply le_INR. lia.
Qed.

Lemma size_below t : start_drift <= last t -> (last t - start_drift) ^ L <= size L d V 0 t.
Proof.
  intros H. assert (I : forall s, (s <= L)%nat -> (last t - start_drift) ^ s <= size L d V (L - s) t).
  { induction s as [|s IH]; intros Hs; [rewrite Nat.sub_0_r, (size_last L d V one_output t); simpl; lra|].
    pose proof (step_down t (L - S s) ltac:(lia)) as Sd. replace (S (L - S s)) with (L - s)%nat in Sd by lia.
    eapply Rle_trans; [|exact Sd]. simpl. apply Rmult_le_compat_l; [lra | apply IH; lia]. }
  pose proof (I L (le_n L)) as B. rewrite Nat.sub_diag in B. exact B.
Qed.

Lemma size_above_power t l : (l <= L)%nat -> size L d V l t <= (last t + start_size) ^ (L - l).
Proof.
  intros Hl. eapply Rle_trans; [apply (size_product L d V one_output (L - l) l t); lia|].
  rewrite <- Prod_const. apply Prod_le. intros i Hi. split; [apply sq2_nonneg|].
  pose proof (frob_above t (l + (L - l) - 1 - i) ltac:(lia)).
    pose proof (start_size_term (l + (L - l) - 1 - i) ltac:(lia)).
  lra.
Qed.

(* --- what the data see of beta, and what they do not --- *)
Lemma beta_split t (k : nat -> R) : 0 <= t ->
  sq m (fun p => zv 0 t p - pull k p) <=
    sq n (fun i => see (zv 0 t) i - see (pull k) i) / mu + frob d W 0 0 * size L d V 1 t.
Proof.
  intros Ht. destruct rank as [Pmu Rk]. destruct (gram_solve n m X mu Pmu Rk (see (zv 0 t))) as [s Hs].
  set (e := fun p => zv 0 t p - pull s p).
  assert (Un : forall i, (i < n)%nat -> see e i = 0).
  { intros i Hi. unfold see, e. rewrite (Sum_ext m _ (fun p => X i p * zv 0 t p - X i p * pull s p)) by (intros; ring).
    rewrite Sum_minus. fold (see (zv 0 t) i). unfold pull. rewrite (Hs i Hi). ring. }
  set (r := fun i => s i - k i).
  assert (Pr : forall p, zv 0 t p - pull k p = pull r p + e p).
  { intros p. unfold e, r, pull. rewrite (Sum_ext n (fun i => X i p * (s i - k i)) (fun i => X i p * s i - X i p * k i))
      by (intros; ring). rewrite Sum_minus. ring. }
  assert (Or : forall r', Sum m (fun p => pull r' p * e p) = 0).
  { intros r'. pose proof (see_pull n m X r' e) as Sp. cbv beta zeta in Sp. unfold pull. rewrite <- Sp. apply Sum_zero.
    intros i Hi. fold (see e i). rewrite Un by auto. ring. }
  assert (Py : sq m (fun p => zv 0 t p - pull k p) = sq m (pull r) + sq m e).
  { unfold sq. rewrite <- Sum_plus. rewrite (Sum_ext m _ (fun p => pull r p ^ 2 + e p ^ 2 + 2 * (pull r p * e p)))
      by (intros; rewrite Pr; ring). rewrite !Sum_plus, Sum_scal_l, Or. ring. }
  rewrite Py. apply Rplus_le_compat.
  - apply (Rmult_le_reg_l mu); auto. replace (mu * (_ / mu)) with (sq n (fun i => see (zv 0 t) i - see (pull k) i))
      by (field; lra).
    eapply Rle_trans; [apply (seen_bound n m X mu Pmu Rk)|].
    + intros e' He'. pose proof (see_pull n m X r e') as Sp. cbv beta zeta in Sp.
      rewrite (Sum_ext m _ (fun p => pull r p * e' p)) by (intros; ring). unfold pull. rewrite <- Sp. apply Sum_zero.
      intros i Hi. rewrite He' by auto. ring.
    + right. apply sq_ext. intros i Hi. fold (see (pull r) i).
      transitivity (see (fun p => zv 0 t p - pull k p) i - see e i).
      * unfold see. rewrite <- Sum_minus. apply Sum_ext. intros p _. rewrite Pr. ring.
      * rewrite (Un i Hi). unfold see. rewrite Rminus_0_r, <- Sum_minus. apply Sum_ext. intros; ring.
  - (* e^T beta = (e^T W_0(0)) W_1 .. W_{L-1} *)
    assert (Ee : sq m e = Sum (d 1%nat) (fun b => Sum m (fun p => e p * W 0%nat 0 p b) * zv 1 t b)).
    { transitivity (Sum m (fun p => e p * zv 0 t p)).
      - unfold sq. rewrite (Sum_ext m (fun p => e p * zv 0 t p) (fun p => e p ^ 2 + pull s p * e p))
          by (intros; unfold e; ring). rewrite Sum_plus, Or. ring.
      - rewrite (Sum_ext m _ (fun p => Sum (d 1%nat) (fun b => e p * V 0%nat t p b * zv 1 t b))).
        + rewrite Sum_swap. apply Sum_ext. intros b Hb. rewrite Sum_scal_r. f_equal. unfold V.
          rewrite Rmax_right by lra.
          apply (first_layer_unseen L n d X (squared y) (fun i v => v - y i) W e); auto; [lia | apply squared_derive].
        + intros p _. unfold zv. rewrite zv_step, <- Sum_scal_l by lia. apply Sum_ext. intros; ring. }
    set (w := fun b => Sum m (fun p => e p * W 0%nat 0 p b)).
    assert (Cw : sq (d 1%nat) w <= frob d W 0 0 * sq m e).
    { pose proof (sq_apply (d 1%nat) m (fun b p => W 0%nat 0 p b) e) as A.
      rewrite (sq_ext (d 1%nat) w (fun b => Sum m (fun p => W 0%nat 0 p b * e p)))
        by (intros; apply Sum_ext; intros; ring). eapply Rle_trans; [exact A|]. right. f_equal. unfold frob, sq2.
      apply Sum_swap. }
    assert (Cs : sq m e ^ 2 <= sq (d 1%nat) w * size L d V 1 t) by (rewrite Ee; apply cauchy).
    pose proof (sq_nonneg m e) as Pe. assert (Pz : 0 <= size L d V 1 t) by apply sq_nonneg.
    destruct (Rle_lt_or_eq_dec 0 (sq m e) Pe) as [Pp|Z].
    + apply (Rmult_le_reg_r (sq m e)); auto. replace (sq m e * sq m e) with (sq m e ^ 2) by ring.
      eapply Rle_trans; [exact Cs|]. replace (frob d W 0 0 * size L d V 1 t * sq m e) with
        (frob d W 0 0 * sq m e * size L d V 1 t) by ring. apply Rmult_le_compat_r; auto.
    + rewrite <- Z. apply Rmult_le_pos; auto. apply frob_nonneg.
Qed.

(* --- the last layer stays bounded --- *)
Definition last_bound : R :=
  1 + start_drift + 4 * sq n y / mu + frob d W 0 0 * (1 + start_drift + start_size) ^ (L - 1).

Lemma start_size_nonneg : 0 <= start_size.
Proof. apply Sum_nonneg. intros; apply frob_nonneg. Qed.

Lemma last_bounded t : 0 <= t -> last t <= last_bound.
Proof.
  intros Ht. destruct rank as [Pmu _].
  apply (bounded_power L (last t) start_drift (4 * sq n y / mu) (frob d W 0 0) start_size); try lia.
  - apply start_drift_nonneg.
  - apply Rmult_le_pos; [pose proof (sq_nonneg n y); lra | left; apply Rinv_0_lt_compat; auto].
  - apply frob_nonneg.
  - apply start_size_nonneg.
  - intros H. eapply Rle_trans; [apply size_below, H|].
    pose proof (beta_split t (fun _ => 0) Ht) as B.
    assert (Z : forall p, pull (fun _ => 0) p = 0) by (intros; apply Sum_zero; intros; ring).
    rewrite (sq_ext m _ (zv 0 t)) in B by (intros; rewrite Z; ring). eapply Rle_trans; [exact B|].
    apply Rplus_le_compat.
    + apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; auto|].
      rewrite (sq_ext n _ (see (zv 0 t))) by (intros; unfold see at 2; rewrite (Sum_zero m); [ring | intros; rewrite Z;
        ring]).
      pose proof (loss_value t) as Lv. pose proof (loss_decreases 0 t ltac:(lra)). pose proof not_above as S0.
      assert (sq n (see (zv 0 t)) <= 2 * sq n (fun i => see (zv 0 t) i - y i) + 2 * sq n y); [|lra].
      unfold sq. rewrite <- !Sum_scal_l, <- Sum_plus. apply Sum_le. intros i _.
      pose proof (pow2_ge_0 (see (zv 0 t) i - 2 * y i)). nra.
    + apply Rmult_le_compat_l; [apply frob_nonneg|]. apply (size_above_power t 1). lia.
Qed.

Let top : R := last_bound + start_size.

Lemma last_nonneg t : 0 <= last t.
Proof. apply frob_nonneg. Qed.
Lemma top_one : 1 <= top.
Proof.
  unfold top, last_bound. pose proof start_size_nonneg. pose proof start_drift_nonneg. destruct rank as [Pmu _].
  assert (0 <= 4 * sq n y / mu)
    by (apply Rmult_le_pos; [pose proof (sq_nonneg n y); lra | left; apply Rinv_0_lt_compat; auto]).
  assert (0 <= frob d W 0 0 * (1 + start_drift + start_size) ^ (L - 1))
    by (apply Rmult_le_pos; [apply frob_nonneg | apply pow_le; lra]). lra.
Qed.

Lemma size_bounded t l : 0 <= t -> (l <= L)%nat -> size L d V l t <= top ^ (L - l).
Proof.
  intros Ht Hl. eapply Rle_trans; [apply size_above_power, Hl|]. apply pow_incr.
  pose proof (last_bounded t Ht). pose proof (last_nonneg t). pose proof start_size_nonneg. unfold top. lra.
Qed.

Lemma frob_bounded t l : 0 <= t -> (l < L)%nat -> frob d V l t <= top.
Proof.
  intros Ht Hl. pose proof (frob_above t l Hl). pose proof (last_bounded t Ht). pose proof (start_size_term l Hl).
  unfold top. lra.
Qed.

(* the distance to the interpolator of least norm *)
Lemma near_least_norm t (k : nat -> R) : 0 <= t -> (forall i, (i < n)%nat -> see (pull k) i = y i) ->
  sq m (fun p => zv 0 t p - pull k p) <= 2 * E t / mu + frob d W 0 0 * top ^ (L - 1).
Proof.
  intros Ht Hk. eapply Rle_trans; [apply beta_split; auto|]. apply Rplus_le_compat.
  - right. f_equal. rewrite loss_value. apply sq_ext. intros i Hi. rewrite Hk by auto. reflexivity.
  - apply Rmult_le_compat_l; [apply frob_nonneg|]. apply (size_bounded t 1); auto. lia.
Qed.

(* --- the loss decays, the parameters converge --- *)
Let weight : R := sq2 n m X + 1.

Lemma slope_low t : mu * (2 * E t) <= sq m (u t).
Proof.
  rewrite loss_value. destruct rank as [_ Rk]. eapply Rle_trans; [apply Rk|]. right. apply Sum_ext. intros p _.
  unfold u. replace (Sum n (fun i => X i p * (see (zv 0 t) i - y i))) with
    (Sum n (fun i => (see (zv 0 t) i - y i) * X i p)) by (apply Sum_ext; intros; ring). ring.
Qed.

Lemma slope_up t : sq m (u t) <= weight * (2 * E t).
Proof.
  rewrite loss_value. apply Rle_trans with (sq2 n m X * sq n (fun i => see (zv 0 t) i - y i)).
  - rewrite (sq_ext m _ (fun p => Sum n (fun i => X i p * - (see (zv 0 t) i - y i)))).
    + eapply Rle_trans; [apply (sq_apply m n (fun p i => X i p))|]. right. f_equal.
      * unfold sq2. apply Sum_swap.
      * apply Sum_ext. intros; ring.
    + intros p _. unfold u. rewrite <- Sum_opp. apply Sum_ext. intros; ring.
  - apply Rmult_le_compat_r; [apply sq_nonneg | unfold weight; lra].
Qed.

Lemma weight_pos : 0 < weight.
Proof. unfold weight. pose proof (sq2_nonneg n m X). lra. Qed.

Lemma pace_bound : exists t1 rate, 0 <= t1 /\ 0 < rate /\ forall t, t1 <= t -> rate * E t <= D t.
Proof.
  destruct falls as [t1 [H1 Low]]. destruct rank as [Pmu _]. pose proof top_one as T1. pose proof weight_pos as Pw.
  pose proof (loss_nonneg t1) as E1. set (g := sq n y - 2 * E t1). assert (Pg : 0 < g) by (unfold g; lra).
  assert (Py : 0 < sq n y) by lra. set (q := g ^ 2 / (4 * sq n y) / (weight * top)).
  assert (Pq : 0 < q) by (unfold q; repeat apply Rdiv_lt_0_compat; nra).
  exists t1, (2 * mu * q). split; [auto | split; [nra|]]. intros t Ht.
  assert (Size : q <= size L d V 1 t).
  { (* |X beta|^2 |y|^2 >= <X beta, y>^2, and 2 <X beta, y> = |X beta|^2 + |y|^2 - 2 loss *)
    pose proof (cauchy n (see (zv 0 t)) y) as Cs. pose proof (loss_value t) as Lv.
      pose proof (loss_decreases t1 t ltac:(lra)).
    assert (Id : sq n (fun i => see (zv 0 t) i - y i) =
      sq n (see (zv 0 t)) - 2 * Sum n (fun i => see (zv 0 t) i * y i) + sq n y).
    { unfold sq. rewrite <- Sum_scal_l, <- Sum_minus, <- Sum_plus. apply Sum_ext. intros; ring. }
    pose proof (sq_nonneg n (see (zv 0 t))) as Ps. set (h := Sum n (fun i => see (zv 0 t) i * y i)) in *.
    assert (Hh : g / 2 <= h) by (unfold g; lra).
    assert (G2 : (g / 2) ^ 2 <= sq n (see (zv 0 t)) * sq n y) by (eapply Rle_trans; [|exact Cs]; apply pow_incr; lra).
    assert (See : sq n (see (zv 0 t)) <= weight * size L d V 0 t).
    { eapply Rle_trans; [apply (sq_apply n m X (zv 0 t))|]. apply Rmult_le_compat_r; [apply sq_nonneg | unfold weight;
      lra]. }
    pose proof (size_above L d V one_output 0 t ltac:(lia)) as Sa.
      pose proof (frob_bounded t 0 ltac:(lra) ltac:(lia)) as Fb.
    assert (P1 : 0 <= size L d V 1 t) by apply sq_nonneg.
    assert (S0 : size L d V 0 t <= top * size L d V 1 t)
      by (eapply Rle_trans; [exact Sa|]; apply Rmult_le_compat_r; auto).
    assert (W0 : weight * size L d V 0 t <= weight * (top * size L d V 1 t)) by (apply Rmult_le_compat_l; lra).
    assert (G3 : (g / 2) ^ 2 <= weight * (top * size L d V 1 t) * sq n y).
    { eapply Rle_trans; [exact G2|]. apply Rmult_le_compat_r; lra. }
    unfold q. apply (Rmult_le_reg_r (weight * top * sq n y)); [repeat apply Rmult_lt_0_compat; lra|].
    replace (g ^ 2 / (4 * sq n y) / (weight * top) * (weight * top * sq n y)) with ((g / 2) ^ 2) by (field; lra). lra. }
  eapply Rle_trans; [|apply (speed_pace 0 t ltac:(lia))]. unfold speed.
  apply Rle_trans with (mu * (2 * E t) * q); [right; ring|]. pose proof (loss_nonneg t).
  apply Rmult_le_compat; [nra | lra | | exact Size].
  eapply Rle_trans; [apply slope_low|]. right. apply sq_ext. intros p Hp. symmetry. apply row_start, Hp.
Qed.

Lemma loss_decay : exists C rate, 0 <= C /\ 0 < rate /\ forall t, 0 <= t -> E t <= C * exp (- rate * t).
Proof.
  destruct pace_bound as [t1 [rate [H1 [Pr Hb]]]]. exists (E 0 * exp (rate * t1)), rate.
  pose proof (loss_nonneg 0) as E0. pose proof (exp_pos (rate * t1)). split; [nra | split; [auto|]]. intros t Ht.
  rewrite Rmult_assoc, <- exp_plus. replace (rate * t1 + - rate * t) with (- (rate * (t - t1))) by ring.
  destruct (Rle_lt_dec t1 t) as [Le|Lt].
  - pose proof (path_increasing_between _ _ t1 t
      (path_scal (-1) _ _ (path_mult _ _ _ _ (path_exp rate) loss_path)) ltac:(lra)) as I. cbv beta in I.
    assert (M : -1 * (exp (rate * t1) * E t1) <= -1 * (exp (rate * t) * E t)).
    { apply I. intros w Hw. pose proof (Hb w ltac:(lra)). pose proof (exp_pos (rate * w)). nra. }
    pose proof (loss_decreases 0 t1 ltac:(lra)). pose proof (exp_pos (rate * t1)) as P1.
    rewrite exp_Ropp. replace (rate * (t - t1)) with (rate * t + - (rate * t1)) by ring. rewrite exp_plus, exp_Ropp.
    pose proof (exp_pos (rate * t)) as P2. apply (Rmult_le_reg_l (exp (rate * t))); auto.
    replace (exp (rate * t) * (E 0 * / (exp (rate * t) * / exp (rate * t1)))) with (exp (rate * t1) * E 0) by (field;
      lra).
    assert (exp (rate * t1) * E t1 <= exp (rate * t1) * E 0) by (apply Rmult_le_compat_l; lra). lra.
  - apply Rle_trans with (E 0); [apply loss_decreases; lra|]. rewrite <- (Rmult_1_r (E 0)) at 1.
    apply Rmult_le_compat_l; auto. rewrite <- exp_0. apply exp_le. nra.
Qed.

Lemma row_up t l : 0 <= t -> (l <= L)%nat -> sq (d l) (row d V (u t) l t) <= top ^ l * sq m (u t).
Proof.
  intros Ht. pose proof top_one as T1. induction l as [|l IH]; intros Hl.
  - right. simpl. rewrite Rmult_1_l. apply sq_ext. intros p Hp. apply row_start, Hp.
  - rewrite (sq_ext (d (S l)) _ (fun b => Sum (d l) (fun a => V l t a b * row d V (u t) l t a)))
      by (intros; rewrite row_step; apply Sum_ext; intros; ring).
    eapply Rle_trans; [apply (sq_apply (d (S l)) (d l) (fun b a => V l t a b))|]. simpl. rewrite Rmult_assoc.
    apply Rmult_le_compat; [apply sq2_nonneg | apply sq_nonneg | | apply IH; lia].
    eapply Rle_trans; [|apply (frob_bounded t l Ht); lia]. right. unfold frob, sq2. apply Sum_swap.
Qed.

Lemma entry_converges l a b : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  ex_finite_lim (fun t => V l t a b) p_infty.
Proof.
  intros Hl Ha Hb. destruct loss_decay as [C [rate [PC [Pr HE]]]]. pose proof top_one as T1.
    pose proof weight_pos as Pw.
  set (K := sqrt (top ^ l * (weight * (2 * C)) * top ^ (L - S l))). set (r := rate / 2).
    assert (Pr2 : 0 < r) by (unfold r; lra).
  destruct (path_converges (fun t => V l t a b) _ (fun t => - (K / r) * exp (- r * t)) (fun t => K * exp (- r * t)) 0
    (entry_path l a b Hl Ha Hb)) as [w [Lim _]].
  - apply (path_eq _ _ _ (path_scal (- (K / r)) _ _ (path_exp (- r)))). intros; field. lra.
  - intros t Ht. rewrite <- (sqrt_Rsqr_abs (row d V (u t) l t a * zv (S l) t b)).
    replace (K * exp (- r * t)) with (sqrt (top ^ l * (weight * (2 * C)) * top ^ (L - S l) * exp (- rate * t))).
    2:{ unfold K. rewrite sqrt_mult; [|repeat apply Rmult_le_pos; try lra; apply pow_le; lra | left; apply exp_pos].
      f_equal.
        replace (- rate * t) with (- r * t + - r * t) by (unfold r; field). rewrite exp_plus.
        apply sqrt_square. left; apply exp_pos. }
    apply sqrt_le_1_alt. rewrite Rsqr_pow2, Rpow_mult_distr.
    pose proof (Sum_term (d l) (fun a => row d V (u t) l t a ^ 2) a Ha ltac:(intros; apply pow2_ge_0)) as Ta.
    pose proof (Sum_term (d (S l)) (fun b => zv (S l) t b ^ 2) b Hb ltac:(intros; apply pow2_ge_0)) as Tb.
    cbv beta in Ta, Tb. pose proof (row_up t l ltac:(lra) ltac:(lia)) as Ru. pose proof (slope_up t) as Su.
    pose proof (size_bounded t (S l) ltac:(lra) Hl) as Sb. pose proof (HE t ltac:(lra)) as He.
    assert (Pt : forall q, 0 <= top ^ q) by (intros; apply pow_le; lra).
    apply Rle_trans with ((top ^ l * (weight * (2 * (C * exp (- rate * t))))) * top ^ (L - S l)); [|right; ring].
    apply Rmult_le_compat; try apply pow2_ge_0.
    + eapply Rle_trans; [exact Ta|]. eapply Rle_trans; [exact Ru|]. apply Rmult_le_compat_l; auto.
      eapply Rle_trans; [exact Su|]. apply Rmult_le_compat_l; lra.
    + eapply Rle_trans; [exact Tb|]. exact Sb.
  - apply is_lim_exp_decay. auto.
  - exists w. exact Lim.
Qed.

Theorem falling_loss : exists b : nat -> R,
  (forall p, (p < m)%nat -> is_lim (fun t => coefficients L d W t p) p_infty (b p)) /\ feasible m n X y b /\
  (exists C rate, 0 < rate /\ forall t, 0 <= t ->
     fully_connected_loss L n d X (squared y) (matrix_at W t) <= C * exp (- rate * t)) /\
  forall k, (forall i, (i < n)%nat -> see (pull k) i = y i) ->
    sq m (fun p => b p - pull k p) <= frob d W 0 0 * (last_bound + start_size) ^ (L - 1).
Proof.
  set (b := fun p => real (Lim (fun t => zv 0 t p) p_infty)).
  assert (Lb : forall p, (p < m)%nat -> is_lim (fun t => zv 0 t p) p_infty (b p))
    by (intros p Hp; apply Lim_correct', (chain_converges L d V one_output entry_converges), Hp).
  destruct loss_decay as [C [rate [PC [Pr HE]]]].
  assert (E0 : is_lim E p_infty 0).
  { apply (is_lim_squeeze0 E (fun t => C * exp (- rate * t))); [|apply is_lim_exp_decay, Pr]. intros t Ht. split;
    [|auto].
    apply loss_nonneg. }
  assert (Co : forall t p, 0 <= t -> (p < m)%nat -> zv 0 t p = coefficients L d W t p).
  { intros t p Ht Hp. unfold zv. pose proof (coefficients_at L d W one_output t p Hp) as H.
    rewrite Rmax_right in H by lra.
    exact H. }
  exists b. split; [|split; [|split]].
  - intros p Hp. apply (is_lim_ext_loc (fun t => zv 0 t p)); [|apply Lb, Hp]. exists 0. intros t Ht. apply Co; auto;
    lra.
  - intros i Hi.
    assert (Ls : is_lim (fun t => squared y i (see (zv 0 t) i)) p_infty (squared y i (see b i))).
    { apply (is_lim_comp_continuous (fun t => see (zv 0 t) i) (squared y i)).
      - apply is_lim_Sum. intros p Hp. apply is_lim_scale, Lb, Hp.
      - apply (ex_derive_continuous (squared y i)). eexists. apply squared_derive. }
    assert (Z : is_lim (fun t => squared y i (see (zv 0 t) i)) p_infty 0).
    { apply (is_lim_squeeze0 _ E); auto. intros t _. unfold squared. split;
      [pose proof (pow2_ge_0 (see (zv 0 t) i - y i)); lra|].
      apply (Sum_term n (fun i => squared y i (see (zv 0 t) i))); auto. intros j _. unfold squared.
      pose proof (pow2_ge_0 (see (zv 0 t) j - y j)). lra. }
    pose proof (is_lim_same _ _ _ Ls Z) as Q. unfold squared in Q. unfold see in Q |- *.
    assert ((Sum m (fun p => X i p * b p) - y i) * (Sum m (fun p => X i p * b p) - y i) = 0) as Q2 by lra.
    apply Rmult_integral in Q2. lra.
  - exists C, rate. split; auto. intros t Ht. eapply Rle_trans; [|apply HE, Ht]. right. unfold fully_connected_loss, E.
    apply Sum_ext. intros i _. f_equal. apply Sum_ext. intros p Hp. f_equal. symmetry. apply Co; auto.
  - intros k Hk. apply (is_lim_le_loc (fun t => sq m (fun p => zv 0 t p - pull k p))
      (fun t => 2 / mu * E t + frob d W 0 0 * top ^ (L - 1)) p_infty
      (sq m (fun p => b p - pull k p)) (frob d W 0 0 * (last_bound + start_size) ^ (L - 1))).
    + exists 0. intros t Ht. eapply Rle_trans; [apply (near_least_norm t k); auto; lra|]. right. field.
      pose proof (proj1 rank). lra.
    + apply (is_lim_Sum m (fun p t => (zv 0 t p - pull k p) ^ 2)). intros p Hp.
      apply (is_lim_comp_continuous (fun t => zv 0 t p - pull k p) (fun x => x ^ 2)).
      * apply is_lim_minus'; [apply Lb, Hp | apply is_lim_const].
      * apply (ex_derive_continuous (fun x => x ^ 2)). auto_derive. auto.
    + fold top. set (Z := frob d W 0 0 * top ^ (L - 1)).
      enough (H : is_lim (fun t => 2 / mu * E t + Z) p_infty (2 / mu * 0 + Z)) by (rewrite Rmult_0_r, Rplus_0_l in H;
        exact H).
      apply is_lim_plus'; [apply is_lim_scale, E0 | apply is_lim_const].
Qed.
End SmallStart.

Lemma loss_of_flow L n d X y W t : d L = 1%nat -> 0 <= t ->
  Sum n (fun i => squared y i (Sum (d 0%nat) (fun p => X i p * chain_vector L d (fun l t => W l (Rmax 0 t)) 0 t p))) =
  fully_connected_loss L n d X (squared y) (matrix_at W t).
Proof.
  intros One Ht. unfold fully_connected_loss. apply Sum_ext. intros i _. f_equal. apply Sum_ext. intros p Hp. f_equal.
  pose proof (coefficients_at L d W One t p Hp) as H. cbv beta in H. rewrite Rmax_right in H by lra. exact H.
Qed.

Theorem falling_loss_converges L n d X y W mu : (2 <= L)%nat -> d L = 1%nat ->
  0 < mu /\ row_rank_bound (d 0%nat) n X mu -> fully_connected_gradient_flow L n d X (squared y) W ->
  let loss t := fully_connected_loss L n d X (squared y) (matrix_at W t) in
  2 * loss 0 < sq n y -> exists b : nat -> R,
    (forall p, (p < d 0%nat)%nat -> is_lim (fun t => coefficients L d W t p) p_infty (b p)) /\
    feasible (d 0%nat) n X y b /\ exists C rate, 0 < rate /\ forall t, 0 <= t -> loss t <= C * exp (- rate * t).
Proof.
  intros L2 One Rk Fl loss Below. pose proof (loss_of_flow L n d X y W 0 One (Rle_refl 0)) as E0. fold (loss 0) in E0.
  destruct (falling_loss L n d X y W mu L2 One Rk Fl) as [b [Lim [Fb [Dec _]]]].
  - rewrite E0. lra.
  - exists 0. rewrite E0. split; [lra | exact Below].
  - exists b. auto.
Qed.
