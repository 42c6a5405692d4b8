(* K2, the direction of a fully connected flow that starts with loss below 1 at time 0 (V is still before): all layers
   grow alike, so by the ladder of K2Chain.v the products are nearly as large as they can be ([aligned]), kappa is
   nearly |beta|/|z| at least (K2Growth.v, [margin_bound]), and nearly the best margin means nearly the direction of z
   ([direction_limit]), because z.x >= |z|^2 for every x with margins at least 1. Used by K2MaxMargin.v. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Network Tensor Margin Conserved Sensing Quasinorm K2Chain
  LayerFlow K2Growth.
Open Scope R_scope.

Section FullyConnectedFlow.
Variables (L n : nat) (d : nat -> nat) (X : nat -> nat -> R) (V : nat -> R -> matrix).
Hypothesis one_output : d L = 1%nat.
Hypothesis L_pos : (1 <= L)%nat.
Hypothesis n_pos : (0 < n)%nat.

Let zv := chain_vector L d V.
Let f (i : nat) (t : R) : R := Sum (d 0%nat) (fun p => X i p * zv 0 t p).
Let e (i : nat) (t : R) : R := exp (- f i t).
Let u (t : R) (p : nat) : R := Sum n (fun i => e i t * X i p).
Let g (l : nat) (t : R) : nat -> R := row d V (u t) l t.
Let E (t : R) : R := Sum n (fun i => e i t).
Let vel (l : nat) (t : R) (a b : nat) : R := g l t a * zv (S l) t b.
Let m (t : R) : R := Sum (d 0%nat) (fun p => u t p * zv 0 t p).
Let speed (l : nat) (t : R) : R := sq (d l) (g l t) * size L d V (S l) t.
Let D (t : R) : R := Sum L (fun l => speed l t).
Let B (t : R) : R := INR L * m t.
Let N (t : R) : R := Sum L (fun l => frob d V l t).

Hypothesis flow : forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  path (fun t => V l t a b) (fun t => vel l t a b).
Hypothesis still : forall l t, t <= 0 -> V l t = V l 0.

Lemma E_path : path E (fun t => - D t).
Proof.
  apply (layered_loss_path L n d V X (fun _ x => exp (- x)) (fun _ x => - exp (- x)) u one_output); [| |exact flow].
  - intros _ x. auto_derive; auto. ring.
  - intros t p _. unfold u, e, f, zv. rewrite <- Sum_opp. apply Sum_ext. intros; ring.
Qed.

Lemma frob_path l : (l < L)%nat -> path (frob d V l) (fun t => 2 * m t).
Proof.
  intros Hl. unfold frob, sq2. eapply path_eq.
  - apply (path_sum (d l) (fun a t => Sum (d (S l)) (fun b => V l t a b ^ 2))). intros a Ha.
    apply (path_sum (d (S l)) (fun b t => V l t a b ^ 2)). intros b Hb. apply path_sq, flow; auto.
  - intros t _. cbv beta. unfold m, zv. rewrite <- (euler L d V one_output (u t) l t Hl), <- Sum_scal_l. apply Sum_ext.
    intros a _.
    rewrite <- Sum_scal_l. apply Sum_ext. intros b _. unfold vel, g, zv. ring.
Qed.

Lemma N_path : path N (fun t => 2 * B t).
Proof.
  unfold N. eapply path_eq; [apply (path_sum L (fun l t => frob d V l t)); intros l Hl; apply frob_path; auto|].
  intros t _. cbv beta. rewrite Sum_constant. unfold B. ring.
Qed.

Lemma speed_nonneg l t : 0 <= speed l t.
Proof. apply Rmult_le_pos; apply sq_nonneg. Qed.
Lemma D_nonneg t : 0 <= D t.
Proof. apply Sum_nonneg. intros; apply speed_nonneg. Qed.
Lemma frob_nonneg l t : 0 <= frob d V l t.
Proof. apply sq2_nonneg. Qed.
Lemma N_nonneg t : 0 <= N t.
Proof. apply Sum_nonneg. intros; apply frob_nonneg. Qed.

(* m^2 <= |W_l|^2 |W_l'|^2 *)
Lemma layer_cauchy l t : (l < L)%nat -> m t ^ 2 <= frob d V l t * speed l t.
Proof.
  intros Hl. unfold m, zv. rewrite <- (euler L d V one_output (u t) l t Hl). unfold speed, size. rewrite <- sq2_outer.
  apply cauchy2.
Qed.

Lemma cauchy_flow t : B t ^ 2 <= N t * D t.
Proof.
  apply layers_cauchy. intros l Hl. split; [apply frob_nonneg|].
  split; [apply speed_nonneg | apply layer_cauchy; auto].
Qed.

Lemma E_positive t : 0 < E t.
Proof. exact (exp_sum_pos n (fun i => f i t) n_pos). Qed.

Lemma output_above i t : (i < n)%nat -> - ln (E t) <= f i t.
Proof. exact (log_sum_below n (fun i => f i t) i). Qed.

Lemma m_value t : m t = Sum n (fun i => e i t * f i t).
Proof.
  unfold m, u, f. rewrite (Sum_ext (d 0%nat) _ (fun p => Sum n (fun i => e i t * (X i p * zv 0 t p))))
    by (intros; rewrite <- Sum_scal_r; apply Sum_ext; intros; ring).
  rewrite Sum_swap. apply Sum_ext. intros i _. apply Sum_scal_l.
Qed.

Lemma m_large t : E t * - ln (E t) <= m t.
Proof. rewrite m_value. exact (exp_work_above n (fun i => f i t)). Qed.

Lemma B_large t : INR L * (E t * - ln (E t)) <= B t.
Proof. apply Rmult_le_compat_l; [apply pos_INR | apply m_large]. Qed.

Lemma before_zero t : t <= 0 -> E t = E 0 /\ N t = N 0.
Proof.
  intros Ht.
  assert (A : forall s l, after d V s l t = after d V s l 0).
  { induction s as [|s IH]; intros l; simpl; [reflexivity|]. rewrite IH, still by auto. reflexivity. }
  split.
  - unfold E, e, f, zv, chain_vector. apply Sum_ext. intros i _. do 2 f_equal. apply Sum_ext. intros p _. rewrite A.
    reflexivity.
  - unfold N, frob. apply Sum_ext. intros l _. rewrite still by auto. reflexivity.
Qed.

Hypothesis small : E 0 < 1.

Lemma kappa_positive t : 0 < - ln (E t).
Proof. exact (kappa_pos E N D E_path D_nonneg E_positive before_zero small t). Qed.

Lemma m_pos t : 0 < m t.
Proof.
  eapply Rlt_le_trans; [|apply m_large]. apply Rmult_lt_0_compat; [apply E_positive | apply kappa_positive].
Qed.

Lemma frob_pos l t : (l < L)%nat -> 0 < frob d V l t.
Proof.
  intros Hl. destruct (Rle_lt_or_eq_dec 0 _ (frob_nonneg l t)) as [|Z]; auto. exfalso.
  pose proof (layer_cauchy l t Hl) as C. rewrite <- Z, Rmult_0_l in C. pose proof (pow_lt (m t) 2 (m_pos t)). lra.
Qed.

(* kappa passes every bound *)
Lemma kappa_diverges Big : exists T, 0 <= T /\ forall t, T <= t -> Big < - ln (E t).
Proof.
  pose proof (c_pos L E N D B L_pos E_path cauchy_flow D_nonneg N_nonneg E_positive B_large before_zero small) as Pc.
  set (c := (INR L * - ln (E 0)) ^ 2 / N 0) in *.
  exists (exp Big / c). split; [left; apply Rdiv_lt_0_compat; auto; apply exp_pos|]. intros t Ht.
  assert (P : 0 < exp Big / c) by (apply Rdiv_lt_0_compat; auto; apply exp_pos).
  pose proof (scalar_loss_bound L E N D B L_pos E_path N_path cauchy_flow D_nonneg N_nonneg E_positive B_large
    before_zero small t ltac:(lra)) as Bd.
  fold c in Bd. pose proof (E_positive 0) as P0. pose proof (Rinv_0_lt_compat _ P0) as Pi.
  pose proof (E_positive t) as Pt.
  rewrite <- ln_Rinv by auto. rewrite <- (ln_exp Big). apply ln_increasing; [apply exp_pos|].
  apply Rlt_le_trans with (/ E 0 + c * t).
  - apply (Rmult_le_compat_l c) in Ht; [|lra]. replace (c * (exp Big / c)) with (exp Big) in Ht by (field; lra). lra.
  - apply Rinv_le_contravar in Bd; [|auto]. rewrite Rinv_inv in Bd. exact Bd.
Qed.

(* --- all layers grow together --- *)
Lemma frob_difference l t : (l < L)%nat -> 0 <= t -> frob d V l t - frob d V (L - 1) t = frob d V l 0 - frob d V
  (L - 1) 0.
Proof.
  intros Hl Ht.
  assert (P : path (fun t => frob d V l t - frob d V (L - 1) t) (fun _ => 0)).
  { apply (path_eq _ _ _ (path_minus _ _ _ _ (frob_path l Hl) (frob_path (L - 1) ltac:(lia)))). intros; ring. }
  exact (path_constant _ t P Ht).
Qed.

Definition offset : R := Sum L (fun l => Rabs (frob d V l 0 - frob d V (L - 1) 0)).

Lemma frob_upper l t : (l < L)%nat -> 0 <= t -> frob d V l t <= frob d V (L - 1) t + offset.
Proof.
  intros Hl Ht. pose proof (frob_difference l t Hl Ht) as Q.
  pose proof (Sum_term L (fun l => Rabs (frob d V l 0 - frob d V (L - 1) 0)) l Hl ltac:(intros; apply Rabs_pos)) as T.
  fold offset in T.
  pose proof (Rle_abs (frob d V l 0 - frob d V (L - 1) 0)). lra.
Qed.

Lemma offset_nonneg : 0 <= offset.
Proof. apply Sum_nonneg. intros; apply Rabs_pos. Qed.

Lemma last_diverges Big : exists T, 0 <= T /\ forall t, T <= t -> Big < frob d V (L - 1) t.
Proof.
  set (Top := Rmax 0 Big + offset). pose proof offset_nonneg. pose proof (Rmax_l 0 Big). pose proof (Rmax_r 0 Big).
  destruct (kappa_diverges (sqrt (sq (d 0%nat) (X 0%nat) * Top ^ L))) as [T [PT HT]].
  exists T. split; auto. intros t Ht. destruct (Rlt_le_dec Big (frob d V (L - 1) t)) as [|Le]; auto. exfalso.
  specialize (HT t Ht). pose proof (output_above 0 t n_pos) as Ab.
  assert (C : f 0%nat t ^ 2 <= sq (d 0%nat) (X 0%nat) * Top ^ L).
  { eapply Rle_trans; [apply (cauchy (d 0%nat) (X 0%nat) (zv 0 t))|]. apply Rmult_le_compat_l; [apply sq_nonneg|].
    eapply Rle_trans; [apply (size_product L d V one_output L 0 t); lia|]. rewrite <- Prod_const. apply Prod_le.
    intros i Hi. split; [apply frob_nonneg|]. pose proof (frob_upper (0 + L - 1 - i) t ltac:(lia) ltac:(lra)).
    unfold Top. lra. }
  assert (Pk : 0 <= f 0%nat t) by (pose proof (kappa_positive t); lra).
  apply sqrt_le_1_alt in C. rewrite sqrt_pow2 in C by auto. lra.
Qed.

(* --- the ladder --- *)
Hypothesis balance : forall l t i j, (S l < L)%nat -> (i < d (S l))%nat -> (j < d (S l))%nat -> 0 <= t ->
  gram_difference d V l t i j = gram_difference d V l 0 i j.

Definition slip : R := INR L * Sum L (drift_bound d (fun l => gram_difference d V l 0)).

Lemma drift_nonneg C l : 0 <= drift_bound d C l.
Proof. apply Sum_nonneg. intros; apply Sum_nonneg; intros; apply Rabs_pos. Qed.

Lemma slip_nonneg : 0 <= slip.
Proof. apply Rmult_le_pos; [apply pos_INR | apply Sum_nonneg; intros; apply drift_nonneg]. Qed.

Lemma rung l t : (l < L)%nat -> 0 <= t -> (frob d V (L - 1) t - slip) * size L d V (S l) t <= size L d V l t.
Proof.
  intros Hl Ht.
  pose proof (ladder L d V one_output (fun l => gram_difference d V l 0) t
    (fun l i j H1 H2 H3 => balance l t i j H1 H2 H3 Ht) (L - S l) l ltac:(lia)) as Ld.
  eapply Rle_trans; [|exact Ld]. apply Rmult_le_compat_r; [apply sq_nonneg|].
  enough (Sum (L - S l) (fun i => drift_bound d (fun l0 => gram_difference d V l0 0) (l + (L - S l) - 1 - i)) <= slip)
    by lra.
  apply Rle_trans with (Sum (L - S l) (fun _ => Sum L (drift_bound d (fun l => gram_difference d V l 0)))).
  - apply Sum_le. intros i Hi. apply (Sum_term L (drift_bound d (fun l0 => gram_difference d V l0 0))); [lia|].
    intros; apply drift_nonneg.
  - rewrite Sum_constant. unfold slip. apply Rmult_le_compat_r; [apply Sum_nonneg; intros; apply drift_nonneg|].
    apply le_INR. lia.
Qed.

Lemma rungs s l t : (l + s = L)%nat -> 0 <= t -> slip <= frob d V (L - 1) t ->
  (frob d V (L - 1) t - slip) ^ s <= size L d V l t.
Proof.
  revert l. induction s as [|s IH]; intros l Hs Ht Hb.
  - replace l with L by lia. rewrite size_last by auto. simpl. lra.
  - eapply Rle_trans; [|apply rung; auto; lia]. simpl. apply Rmult_le_compat_l; [lra|]. apply IH; auto; lia.
Qed.

Lemma bernoulli x k : 0 <= x <= 1 -> 1 - INR k * x <= (1 - x) ^ k.
Proof.
  intros Hx. induction k as [|k IH]; [simpl; lra|]. rewrite S_INR. simpl.
  assert (0 <= (1 - x) ^ k) by (apply pow_le; lra).
  assert (P : 0 <= INR k * (x * x)) by (apply Rmult_le_pos; [apply pos_INR | nra]).
  apply Rle_trans with ((1 - x) * (1 - INR k * x)); [nra|]. apply Rmult_le_compat_l; lra.
Qed.

(* |z_1|^2 is nearly the product of the squared norms *)
Lemma aligned delta : 0 < delta < 1 -> exists T, 0 <= T /\ forall t, T <= t ->
  (1 - delta) * Prod (L - 1) (fun i => frob d V (S i) t) <= size L d V 1 t.
Proof.
  intros Hd. assert (PL : 1 <= INR L) by (apply (le_INR 1); auto).
  set (x := delta / INR L). assert (Px : 0 < x <= 1).
  { split; [apply Rdiv_lt_0_compat; lra|]. apply (Rmult_le_reg_r (INR L)); [lra|]. unfold x.
    replace (delta / INR L * INR L) with delta by (field; lra). lra. }
  pose proof offset_nonneg as Po. pose proof slip_nonneg as Ps.
  destruct (last_diverges ((slip + offset) / x + slip)) as [T [PT HT]]. exists T. split; auto. intros t Ht.
  specialize (HT t Ht). set (a := frob d V (L - 1) t) in *.
  assert (Q0 : 0 <= (slip + offset) / x) by (apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]).
  assert (Q : slip + offset <= x * (a - slip)).
  { assert (H : (slip + offset) / x < a - slip) by lra. apply (Rmult_lt_compat_l x) in H; [|lra].
    replace (x * ((slip + offset) / x)) with (slip + offset) in H by (field; lra). lra. }
  assert (Q1 : 0 <= x * slip) by (apply Rmult_le_pos; lra). assert (Q2 : 0 <= x * offset) by (apply Rmult_le_pos; lra).
  assert (R1 : (1 - x) * (a + offset) <= a - slip).
  { replace ((1 - x) * (a + offset)) with (a + offset - x * (a - slip) - x * slip - x * offset) by ring. lra. }
  apply Rle_trans with ((1 - x) ^ (L - 1) * (a + offset) ^ (L - 1)).
  - apply Rmult_le_compat.
    + lra.
    + apply Rlt_le, Prod_pos. intros i Hi. apply frob_pos. lia.
    + apply Rle_trans with (1 - INR (L - 1) * x); [|apply bernoulli; lra].
      assert (INR (L - 1) * x <= delta); [|lra].
      apply Rle_trans with (INR L * x); [apply Rmult_le_compat_r; [lra | apply le_INR; lia]|]. unfold x. right. field.
      lra.
    + rewrite <- Prod_const. apply Prod_le. intros i Hi. split; [apply frob_nonneg|]. apply frob_upper; [lia | lra].
  - rewrite <- Rpow_mult_distr.
    pose proof (rungs (L - 1) 1 t ltac:(lia) ltac:(lra) ltac:(fold a; lra)) as Rg. fold a in Rg.
    eapply Rle_trans; [|exact Rg]. apply pow_incr. split; [|exact R1]. apply Rmult_le_pos; lra.
Qed.

(* --- the margin of the direction --- *)
Variable z : nat -> R.
Hypothesis z_feasible : margin_feasible (d 0%nat) n X z.
Hypothesis z_shortest : forall x, margin_feasible (d 0%nat) n X x -> sq (d 0%nat) z <= sq (d 0%nat) x.
Let Z := sq (d 0%nat) z.
Let G := / sqrt Z.
Let kappa t := - ln (E t).

Lemma Z_pos : 0 < Z.
Proof.
  destruct (Rle_lt_or_eq_dec 0 Z (sq_nonneg _ _)) as [|Q]; auto. exfalso.
  pose proof (cauchy (d 0%nat) (X 0%nat) z) as C. fold Z in C. rewrite <- Q, Rmult_0_r in C.
  pose proof (z_feasible 0%nat n_pos). nra.
Qed.

Lemma G_pos : 0 < G.
Proof. apply Rinv_0_lt_compat, sqrt_lt_R0, Z_pos. Qed.

Lemma pull_large t : (G * E t) ^ 2 <= sq (d 0%nat) (u t).
Proof.
  pose proof (cauchy (d 0%nat) (u t) z) as C. fold Z in C.
  assert (Lo : E t <= Sum (d 0%nat) (fun p => u t p * z p)).
  { unfold u. rewrite (Sum_ext (d 0%nat) _ (fun p => Sum n (fun i => e i t * (X i p * z p))))
      by (intros; rewrite <- Sum_scal_r; apply Sum_ext; intros; ring).
    rewrite Sum_swap. unfold E. apply Sum_le. intros i Hi. rewrite Sum_scal_l. rewrite <- (Rmult_1_r (e i t)) at 1.
    apply Rmult_le_compat_l; [left; apply exp_pos | apply z_feasible; auto]. }
  pose proof (E_positive t) as PE. pose proof Z_pos as PZ. pose proof (sqrt_lt_R0 _ PZ) as Ps.
  assert (Q : E t ^ 2 <= sq (d 0%nat) (u t) * Z) by (eapply Rle_trans; [|exact C]; apply pow_incr; lra).
  apply (Rmult_le_reg_r Z); auto. eapply Rle_trans; [|exact Q]. right. unfold G. rewrite Rpow_mult_distr.
  assert (S2 : sqrt Z ^ 2 = Z) by (apply pow2_sqrt; lra). rewrite <- S2 at 2. field. lra.
Qed.

Lemma first_diverges Big : exists T, 0 <= T /\ forall t, T <= t -> Big < frob d V 0 t.
Proof.
  destruct (last_diverges (Big + offset)) as [T [PT HT]]. exists T. split; auto. intros t Ht.
  pose proof (frob_difference 0 t ltac:(lia) ltac:(lra)) as Q. pose proof (HT t Ht) as H1.
  pose proof (Sum_term L (fun l => Rabs (frob d V l 0 - frob d V (L - 1) 0)) 0 ltac:(lia) ltac:(intros; apply Rabs_pos))
    as O.
  fold offset in O. cbv beta in O. pose proof (Rle_abs (- (frob d V 0 0 - frob d V (L - 1) 0))) as O2.
  rewrite Rabs_Ropp in O2. lra.
Qed.

(* kappa is nearly G |beta| at least *)
Lemma margin_bound delta : 0 < delta < / 2 -> exists T, 0 <= T /\ forall t, T <= t ->
  (1 - 2 * delta) * G * sqrt (size L d V 0 t) <= kappa t.
Proof.
  intros Hd.
  destruct (margin_growth (L - 1) E D m kappa (size L d V 1) (frob d V) speed G) with (delta := delta) as [T [PT HT]];
    auto.
  - apply G_pos.
  - apply E_positive.
  - apply m_pos.
  - intros t. left. apply kappa_positive.
  - apply m_large.
  - apply (MarginScalar.kappa_path E D E_path E_positive).
  - intros t. unfold D. replace (S (L - 1)) with L by lia. reflexivity.
  - intros l t Hl. apply frob_pos. lia.
  - intros l Hl. apply frob_path. lia.
  - apply speed_nonneg.
  - intros l t Hl. apply layer_cauchy. lia.
  - intros t. unfold speed. apply Rmult_le_compat_r; [apply sq_nonneg|].
    eapply Rle_trans; [apply pull_large|]. right. unfold sq. apply Sum_ext. intros a Ha. unfold g.
    rewrite row_start by auto. reflexivity.
  - apply aligned.
  - apply first_diverges.
  - exists T. split; auto. intros t Ht. eapply Rle_trans; [|apply HT, Ht]. apply Rmult_le_compat_l.
    + pose proof G_pos. apply Rmult_le_pos; lra.
    + apply sqrt_le_1_alt. replace (S (L - 1)) with L by lia. rewrite <- (Prod_reverse L (fun i => frob d V i t)).
      eapply Rle_trans; [apply (size_product L d V one_output L 0 t); lia|]. right. apply Prod_ext. intros i Hi.
      f_equal; lia.
Qed.

(* --- the direction --- *)
Lemma coefficients_pos t : 0 < size L d V 0 t.
Proof.
  destruct (Rle_lt_or_eq_dec 0 (size L d V 0 t) (sq_nonneg _ _)) as [|Q]; auto. exfalso.
  pose proof (cauchy (d 0%nat) (X 0%nat) (zv 0 t)) as C. change (sq (d 0%nat) (zv 0 t)) with (size L d V 0 t) in C.
  rewrite <- Q, Rmult_0_r in C. change (f 0%nat t ^ 2 <= 0) in C.
  pose proof (output_above 0 t n_pos). pose proof (kappa_positive t). nra.
Qed.

Lemma direction_close delta : 0 < delta < / 2 -> exists T, 0 <= T /\ forall t p, T <= t -> (p < d 0)%nat ->
  (zv 0 t p / sqrt (size L d V 0 t) - z p / sqrt Z) ^ 2 <= 4 * delta.
Proof.
  intros Hd. destruct (margin_bound delta Hd) as [T [PT HT]]. exists T. split; auto. intros t p Ht Hp.
  specialize (HT t Ht).
  pose proof Z_pos as PZ. pose proof (sqrt_lt_R0 _ PZ) as Ps. pose proof (coefficients_pos t) as Pc.
  pose proof (sqrt_lt_R0 _ Pc) as Pb.
  set (b := sqrt (size L d V 0 t)) in *. set (c := sqrt Z) in *.
  assert (b2 : b ^ 2 = size L d V 0 t) by (apply pow2_sqrt; lra). assert (c2 : c ^ 2 = Z) by (apply pow2_sqrt; lra).
  apply Rle_trans with (sq (d 0%nat) (fun p => zv 0 t p / b - z p / c)).
  { apply (Sum_term (d 0%nat) (fun p => (zv 0 t p / b - z p / c) ^ 2)); auto. intros; apply pow2_ge_0. }
  assert (Inner : (1 - 2 * delta) * b * c <= Sum (d 0%nat) (fun p => zv 0 t p * z p)).
  { pose proof G_pos as PG. set (a := (1 - 2 * delta) * G * b) in *.
    assert (Pa : 0 < a) by (apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; lra).
    assert (Fe : margin_feasible (d 0%nat) n X (fun p => / a * zv 0 t p)).
    { intros i Hi. rewrite (Sum_ext (d 0%nat) _ (fun p => / a * (X i p * zv 0 t p))) by (intros; ring).
      rewrite Sum_scal_l. change (1 <= / a * f i t). apply (Rmult_le_reg_l a); auto.
      rewrite Rmult_1_r, <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
      eapply Rle_trans; [exact HT | apply (output_above i t Hi)]. }
    pose proof (shortest_supports _ _ _ _ _ z_feasible z_shortest Fe) as Su.
    rewrite (Sum_ext (d 0%nat) _ (fun p => / a * (zv 0 t p * z p))), Sum_scal_l in Su by (intros; ring).
    fold Z in Su. apply (Rmult_le_compat_l a) in Su; [|lra].
    rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l in Su by lra. eapply Rle_trans; [|exact Su]. right.
    unfold a, G. fold c. rewrite <- c2. field. lra. }
  assert (Exp : sq (d 0%nat) (fun p => zv 0 t p / b - z p / c) = 2 - 2 * Sum (d 0%nat) (fun p =>
    zv 0 t p * z p) / (b * c)).
  { unfold sq. rewrite (Sum_ext (d 0%nat) _ (fun p =>
      / b ^ 2 * zv 0 t p ^ 2 + (- 2 / (b * c)) * (zv 0 t p * z p) + / c ^ 2 * z p ^ 2))
      by (intros; field; lra).
    rewrite !Sum_plus, !Sum_scal_l. change (Sum (d 0%nat) (fun k => zv 0 t k ^ 2)) with (size L d V 0 t).
    change (Sum (d 0%nat) (fun k => z k ^ 2)) with Z. rewrite <- b2, <- c2. field. lra. }
  rewrite Exp. assert (Pbc : 0 < b * c) by (apply Rmult_lt_0_compat; auto).
  assert (1 - 2 * delta <= Sum (d 0%nat) (fun p => zv 0 t p * z p) / (b * c)); [|lra].
  apply (Rmult_le_reg_r (b * c)); auto. replace (Sum (d 0%nat) (fun p => zv 0 t p * z p) / (b * c) * (b * c))
    with (Sum (d 0%nat) (fun p => zv 0 t p * z p)) by (field; lra). lra.
Qed.

Theorem direction_limit p : (p < d 0)%nat ->
  is_lim (fun t => zv 0 t p / sqrt (size L d V 0 t)) p_infty (z p / sqrt Z).
Proof.
  intros Hp. apply is_lim_spec. intros eps. pose proof (cond_pos eps) as Pe.
  set (delta := Rmin (/ 4) (eps ^ 2 / 8)).
  assert (Pd : 0 < delta) by (apply Rmin_glb_lt; [lra|]; pose proof (pow_lt eps 2 Pe); lra).
  pose proof (Rmin_l (/ 4) (eps ^ 2 / 8)) as M1. pose proof (Rmin_r (/ 4) (eps ^ 2 / 8)) as M2. fold delta in M1, M2.
  destruct (direction_close delta ltac:(lra)) as [T [PT HT]]. exists T. intros t Ht.
  pose proof (HT t p ltac:(lra) Hp) as B2.
  assert (S : (zv 0 t p / sqrt (size L d V 0 t) - z p / sqrt Z) ^ 2 < eps ^ 2) by (pose proof (pow_lt eps 2 Pe); lra).
  rewrite <- !Rsqr_pow2 in S. apply Rsqr_lt_abs_0 in S. rewrite (Rabs_pos_eq eps) in S by lra. exact S.
Qed.
End FullyConnectedFlow.
