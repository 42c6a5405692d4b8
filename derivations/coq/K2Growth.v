(* K2, the scalar argument. The layers' squared norms f_0, .., f_p grow at one speed 2 m, kappa at the speed
   D/E = sum_l speed_l/E, and
     |z_1|^2 (first)  is nearly the product of f_1, .., f_p,          speed_0 >= (G E)^2 |z_1|^2.
   Then kappa is nearly G sqrt(f_0 ... f_p) at least ([margin_growth]): kappa/sqrt(f_1 ... f_p) grows at least as fast
   as (1 - delta) G sqrt(f_0), by Cauchy and Schwarz in each layer. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Margin Quasinorm.
Open Scope R_scope.

Section Growth.
Variables (p : nat) (E D m kappa first : R -> R) (frob speed : nat -> R -> R) (G : R).
Hypothesis G_pos : 0 < G.
Hypothesis E_pos : forall t, 0 < E t.
Hypothesis m_pos : forall t, 0 < m t.
Hypothesis kappa_nonneg : forall t, 0 <= kappa t.
Hypothesis m_large : forall t, E t * kappa t <= m t.
Hypothesis kappa_grows : path kappa (fun t => D t / E t).
Hypothesis D_layers : forall t, D t = Sum (S p) (fun l => speed l t).
Hypothesis frob_pos : forall l t, (l <= p)%nat -> 0 < frob l t.
Hypothesis frob_path : forall l, (l <= p)%nat -> path (frob l) (fun t => 2 * m t).
Hypothesis speed_nonneg : forall l t, 0 <= speed l t.
Hypothesis layer_cauchy : forall l t, (l <= p)%nat -> m t ^ 2 <= frob l t * speed l t.
Hypothesis first_layer : forall t, (G * E t) ^ 2 * first t <= speed 0%nat t.
Hypothesis aligned : forall delta, 0 < delta < 1 -> exists T, 0 <= T /\ forall t, T <= t ->
  (1 - delta) * Prod p (fun i => frob (S i) t) <= first t.
Hypothesis first_diverges : forall Big, exists T, 0 <= T /\ forall t, T <= t -> Big < frob 0%nat t.

(* sqrt(f_1 ... f_p) = exp others, sqrt(f_0) = root *)
Definition others (t : R) : R := / 2 * Sum p (fun i => ln (frob (S i) t)).
Definition root (t : R) : R := exp (/ 2 * ln (frob 0%nat t)).
Definition others_pace (t : R) : R := Sum p (fun i => m t / frob (S i) t).

Lemma half_ln_path l : (l <= p)%nat -> path (fun t => / 2 * ln (frob l t)) (fun t => m t / frob l t).
Proof.
  intros Hl. apply (path_eq _ _ _ (path_scal (/ 2) _ _ (path_ln _ _ (fun t => frob_pos l t Hl) (frob_path l Hl)))).
  intros t _. pose proof (frob_pos l t Hl). field. lra.
Qed.

Lemma others_path : path others others_pace.
Proof.
  apply (path_ext (fun t => Sum p (fun i => / 2 * ln (frob (S i) t)))).
  - intros t. unfold others. apply Sum_scal_l.
  - unfold others_pace. apply (path_sum p (fun i t => / 2 * ln (frob (S i) t))). intros i Hi. apply half_ln_path. lia.
Qed.

Lemma root_path : path root (fun t => m t / frob 0%nat t * root t).
Proof.
  apply (path_comp (fun t => / 2 * ln (frob 0%nat t)) _ exp exp).
  - apply half_ln_path. lia.
  - intros; apply is_derive_exp.
Qed.

Lemma root_square t : root t ^ 2 = frob 0%nat t.
Proof.
  unfold root. pose proof (frob_pos 0 t ltac:(lia)) as P. simpl. rewrite Rmult_1_r, <- exp_plus.
  replace (/ 2 * ln (frob 0%nat t) + / 2 * ln (frob 0%nat t)) with (ln (frob 0%nat t)) by field. apply exp_ln; auto.
Qed.

Lemma others_square t : exp (others t) ^ 2 = Prod p (fun i => frob (S i) t).
Proof.
  simpl. rewrite Rmult_1_r, <- exp_plus. unfold others.
  replace (/ 2 * Sum p (fun i => ln (frob (S i) t)) + / 2 * Sum p (fun i => ln (frob (S i) t)))
    with (Sum p (fun i => ln (frob (S i) t))) by field.
  rewrite <- (ln_Prod p (fun i => frob (S i) t)) by (intros; apply frob_pos; lia).
  apply exp_ln, Prod_pos. intros; apply frob_pos; lia.
Qed.

Lemma growth delta t : 0 < delta < 1 -> (1 - delta) * Prod p (fun i => frob (S i) t) <= first t ->
  G * (1 - delta) * (m t / frob 0%nat t * root t)
    <= D t / E t * exp (- others t) + kappa t * (- others_pace t * exp (- others t)).
Proof.
  intros Hd Al. pose proof (E_pos t) as PE. pose proof (m_pos t) as Pm. pose proof (kappa_nonneg t) as Pk.
  pose proof (frob_pos 0 t ltac:(lia)) as P0.
  assert (Pr : 0 < root t) by apply exp_pos. pose proof (root_square t) as R2. pose proof (others_square t) as Q2.
  assert (PQ : 0 < exp (others t)) by apply exp_pos. set (q := exp (others t)) in *.
  assert (Iq : exp (- others t) = / q) by apply exp_Ropp. rewrite Iq.
  (* the other layers *)
  assert (Others : kappa t * others_pace t <= Sum p (fun i => speed (S i) t) / E t).
  { unfold others_pace, Rdiv. rewrite <- Sum_scal_l, <- Sum_scal_r. apply Sum_le. intros i Hi.
    pose proof (frob_pos (S i) t ltac:(lia)) as Pf. pose proof (layer_cauchy (S i) t ltac:(lia)) as Lc.
    pose proof (m_large t) as Ml.
    apply (Rmult_le_reg_r (E t * frob (S i) t)); [apply Rmult_lt_0_compat; auto|].
    replace (kappa t * (m t * / frob (S i) t) * (E t * frob (S i) t)) with (E t * kappa t * m t) by (field; lra).
    replace (speed (S i) t * / E t * (E t * frob (S i) t)) with (frob (S i) t * speed (S i) t) by (field; lra).
    eapply Rle_trans; [|exact Lc]. simpl. rewrite Rmult_1_r. apply Rmult_le_compat_r; lra. }
  (* the first layer *)
  set (A := sqrt (speed 0%nat t)). assert (A2 : A ^ 2 = speed 0%nat t) by (apply pow2_sqrt, speed_nonneg).
  assert (PA : 0 <= A) by apply sqrt_pos.
  assert (A_m : m t / root t <= A).
  { apply (Rmult_le_reg_r (root t)); auto. replace (m t / root t * root t) with (m t) by (field; lra).
    apply Rsqr_incr_0_var; [|apply Rmult_le_pos; lra]. rewrite !Rsqr_pow2, Rpow_mult_distr, A2, R2, Rmult_comm.
    apply layer_cauchy. lia. }
  assert (A_g : G * E t * (1 - delta) * q <= A).
  { apply Rsqr_incr_0_var; [|auto]. rewrite !Rsqr_pow2, A2.
    eapply Rle_trans; [|apply first_layer].
    replace ((G * E t * (1 - delta) * q) ^ 2) with ((G * E t) ^ 2 * ((1 - delta) ^ 2 * q ^ 2)) by ring.
    apply Rmult_le_compat_l; [apply pow2_ge_0|].
    rewrite Q2. eapply Rle_trans; [|exact Al]. apply Rmult_le_compat_r; [|nra].
    apply Rlt_le, Prod_pos. intros; apply frob_pos; lia. }
  assert (First : G * (1 - delta) * (m t / root t) * q <= speed 0%nat t / E t).
  { apply (Rmult_le_reg_r (E t)); auto. replace (speed 0%nat t / E t * E t) with (speed 0%nat t) by (field; lra).
    rewrite <- A2.
    replace (G * (1 - delta) * (m t / root t) * q * E t) with ((G * E t * (1 - delta) * q) * (m t / root t)) by ring.
    simpl. rewrite Rmult_1_r. apply Rmult_le_compat; auto.
    - repeat (apply Rmult_le_pos; try lra).
    - apply Rlt_le, Rdiv_lt_0_compat; auto. }
  assert (Total : D t / E t = speed 0%nat t / E t + Sum p (fun i => speed (S i) t) / E t).
  { rewrite D_layers, Sum_first. field. lra. }
  replace (m t / frob 0%nat t * root t) with (m t / root t) by (rewrite <- R2; field; lra).
  apply (Rmult_le_reg_r q); auto.
  replace ((D t / E t * / q + kappa t * (- others_pace t * / q)) * q) with (D t / E t - kappa t * others_pace t)
    by (field; lra).
  rewrite Total. lra.
Qed.

Lemma root_diverges Big : exists T, 0 <= T /\ forall t, T <= t -> Big < root t.
Proof.
  destruct (first_diverges (Rmax 0 Big ^ 2)) as [T [PT HT]]. exists T. split; auto. intros t Ht.
  pose proof (HT t Ht) as H1. rewrite <- root_square in H1.
  assert (Pr : 0 < root t) by apply exp_pos. pose proof (Rmax_l 0 Big). pose proof (Rmax_r 0 Big).
  destruct (Rlt_le_dec Big (root t)) as [|Le]; auto. exfalso.
  assert (root t ^ 2 <= Rmax 0 Big ^ 2) by (apply pow_incr; lra). lra.
Qed.

Theorem margin_growth delta : 0 < delta < / 2 -> exists T, 0 <= T /\ forall t, T <= t ->
  (1 - 2 * delta) * G * sqrt (Prod (S p) (fun l => frob l t)) <= kappa t.
Proof.
  intros Hd. destruct (aligned delta ltac:(lra)) as [T [PT Al]].
  set (Y := fun t => kappa t * exp (- others t) - G * (1 - delta) * root t).
  assert (PY : path Y (fun t => D t / E t * exp (- others t) + kappa t * (- others_pace t * exp (- others t))
                          - G * (1 - delta) * (m t / frob 0%nat t * root t))).
  { unfold Y. apply (path_minus (fun t => kappa t * exp (- others t))).
    - apply path_mult; [exact kappa_grows|].
      apply (path_comp (fun t => - others t) (fun t => - others_pace t) exp exp); [|intros; apply is_derive_exp].
      apply (path_ext (fun t => -1 * others t)); [intros; ring|].
      apply (path_eq _ _ _ (path_scal (-1) _ _ others_path)). intros; ring.
    - apply path_scal, root_path. }
  destruct (root_diverges (Rabs (Y T) / (G * delta))) as [T2 [PT2 HT2]].
  exists (Rmax T T2). split; [eapply Rle_trans; [exact PT | apply Rmax_l]|]. intros t Ht.
  pose proof (Rmax_l T T2). pose proof (Rmax_r T T2).
  assert (Inc : Y T <= Y t).
  { apply (path_increasing_between Y _ T t PY); [lra|]. intros w Hw.
    pose proof (growth delta w ltac:(lra) (Al w ltac:(lra))). lra. }
  pose proof (HT2 t ltac:(lra)) as Big.
  assert (Pgd : 0 < G * delta) by (apply Rmult_lt_0_compat; lra).
  apply (Rmult_lt_compat_l (G * delta)) in Big; auto.
  replace (G * delta * (Rabs (Y T) / (G * delta))) with (Rabs (Y T)) in Big by (field; lra).
  pose proof (Rle_abs (- Y T)) as Ab. rewrite Rabs_Ropp in Ab.
  assert (H1 : (1 - 2 * delta) * G * root t <= kappa t * exp (- others t))
    by (unfold Y in Inc, Ab, Big; fold (Y T) in *; unfold Y in *; lra).
  replace (sqrt (Prod (S p) (fun l => frob l t))) with (root t * exp (others t)).
  - apply (Rmult_le_compat_r (exp (others t))) in H1; [|left; apply exp_pos].
    replace (kappa t * exp (- others t) * exp (others t)) with (kappa t) in H1
      by (rewrite Rmult_assoc, <- exp_plus, Rplus_opp_l, exp_0; ring). lra.
  - rewrite Prod_first, <- root_square, <- others_square, <- Rpow_mult_distr. symmetry. apply sqrt_pow2.
    apply Rlt_le, Rmult_lt_0_compat; apply exp_pos.
Qed.
End Growth.
