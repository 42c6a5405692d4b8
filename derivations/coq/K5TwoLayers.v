(* K5, two layers, exponential loss, real odeco networks, any start: with z the only solution of min |x|_1 subject to
   margins at least 1 and the signs that the start allows, kappa = - log loss,
     (1/loss)' / kappa -> 2/|z|_1,     loss 2 t log t -> |z|_1.
   (2 |z|_1 is the least squared norm |w*|^2 of the parameters: L^2/|w*|^2 and |w*|^2/(L^2 t (log t)^(2 - 2/L)), L = 2.)
   The argument: K5Scalar.v; here the growth of V = (1/F)' = D/F^2, D = sum_j 4 psi_j g_j^2, by Cauchy and Schwarz. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Potential Kkt Regression Quasinorm Margin MarginScalar Network
  Classification K3TwoLayersScalar K3TwoLayersFlow K3TwoLayers K3TwoLayersNetwork K5Scalar.
Open Scope R_scope.

Section Flow.
Variables (m n : nat) (A : nat -> nat -> R) (p q : nat -> R -> R).
Let rho t j := p j t * q j t.
Let M i t := margin_at m A (rho t) i.
Let P i t := exp (- M i t).
Let F t := exponential_loss m n A (rho t).
Let g j t := pull m n A (rho t) j.
Let Psi t := Sum m (fun j => psi p q j t).
Let D t := Sum m (fun j => 4 * psi p q j t * g j t ^ 2).
Let kappa t := - ln (F t).
Let V t := D t / F t ^ 2.
Hypothesis p_path : forall j, (j < m)%nat -> path (p j) (fun t => g j t * q j t).
Hypothesis q_path : forall j, (j < m)%nat -> path (q j) (fun t => g j t * p j t).
Hypothesis n_pos : (0 < n)%nat.
Variable z : nat -> R.
Hypothesis z_allowed : allowed m (fun j => p j 0) (fun j => q j 0) z.
Hypothesis z_feasible : margin_feasible m n A z.
Hypothesis z_least : forall x, allowed m (fun j => p j 0) (fun j => q j 0) x -> margin_feasible m n A x ->
  l1 m z <= l1 m x.

Let speed i t := Sum m (fun k => A i k * (4 * psi p q k t * g k t)).          (* m_i' *)

Lemma pull_path j : path (g j) (fun t => Sum n (fun i => A i j * (- speed i t * P i t))).
Proof. apply (path_sum n (fun i t => A i j * P i t)). intros i _. apply path_scal, (P_path m n A p q p_path q_path i).
  Qed.

Lemma D_speeds t : D t = Sum n (fun i => P i t * speed i t).
Proof.
  unfold D, speed. rewrite (Sum_ext n _ (fun i => Sum m (fun k => (4 * psi p q k t * g k t) * (A i k * P i t))))
    by (intros; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
  rewrite Sum_swap. apply Sum_ext. intros k _. rewrite Sum_scal_l.
  change (Sum n (fun i => A i k * P i t)) with (g k t). ring.
Qed.

Lemma D_path : path D (fun t => 4 * Sum m (fun j => rho t j * g j t ^ 3) - 2 * Sum n (fun i => P i t * speed i t ^ 2)).
Proof.
  eapply path_eq.
  - apply (path_sum m (fun j t => 4 * psi p q j t * g j t ^ 2)). intros j Hj. apply path_mult.
    + apply path_scal, (psi_path m n A p q p_path q_path j Hj).
    + apply path_sq, pull_path.
  - intros t _. cbv beta.
    assert (E : Sum m (fun j => 4 * psi p q j t * (2 * g j t * Sum n (fun i => A i j * (- speed i t * P i t)))) =
      - 2 * Sum n (fun i => P i t * speed i t ^ 2)).
    { rewrite (Sum_ext m _ (fun j => Sum n (fun i => - 2 * (P i t * speed i t) * (A i j * (4 * psi p q j t * g j t)))))
        by (intros; rewrite <- !Sum_scal_l; apply Sum_ext; intros; ring).
      rewrite Sum_swap, <- Sum_scal_l. apply Sum_ext. intros i _. rewrite Sum_scal_l. fold (speed i t). ring. }
    rewrite Sum_plus, E, <- (Sum_scal_l m 4). unfold Rminus. f_equal; [|ring]. apply Sum_ext. intros j _. unfold g, rho.
      ring.
Qed.

Let top := Sum n (fun i => Sum m (fun j => Rabs (A i j))).
Lemma pull_bound j t : (j < m)%nat -> Rabs (g j t) <= top * F t.
Proof.
  intros Hj. unfold g, pull. eapply Rle_trans; [apply Sum_abs|].
  assert (Tm : forall i, (i < n)%nat -> Rabs (A i j) <= top).
  { intros i Hi. apply Rle_trans with (Sum m (fun j => Rabs (A i j))).
    - apply (Sum_term m (fun j => Rabs (A i j))); auto. intros; apply Rabs_pos.
    - apply (Sum_term n (fun i => Sum m (fun j => Rabs (A i j)))); auto. intros; apply Sum_nonneg; intros;
      apply Rabs_pos. }
  unfold F, exponential_loss. rewrite <- Sum_scal_l. apply Sum_le. intros i Hi.
  rewrite Rabs_mult, (Rabs_pos_eq (exp _)) by (left; apply exp_pos). apply Rmult_le_compat_r; [left;
    apply exp_pos | auto].
Qed.
Lemma top_nonneg : 0 <= top.
Proof. apply Sum_nonneg. intros; apply Sum_nonneg; intros; apply Rabs_pos. Qed.

Lemma Fp t : 0 < F t.
Proof. apply (F_pos m n A p q n_pos t). Qed.

(* V' <= 4 top^3 F |rho|_1 *)
Lemma V_derive t : 0 < t -> exists dV, is_derive V t dV /\ dV <= 4 * top ^ 3 * F t * l1 m (rho t).
Proof.
  intros Ht. pose proof (Fp t) as Pf. set (dD := 4 * Sum m (fun j => rho t j * g j t ^ 3) - 2 * Sum n (fun i => P i t *
    speed i t ^ 2)).
  exists ((dD * F t ^ 2 - D t * (2 * F t * - D t)) / (F t ^ 2) ^ 2). split.
  - apply (is_derive_div D (fun t => F t ^ 2)); [apply D_path; auto | | apply pow_nonzero; lra].
    apply (path_sq F _ (F_path m n A p q p_path q_path)); auto.
  - assert (Cs : D t ^ 2 <= F t * Sum n (fun i => P i t * speed i t ^ 2)).
    { rewrite D_speeds. pose proof (cauchy n (fun i => sqrt (P i t)) (fun i => sqrt (P i t) * speed i t)) as C.
      assert (Sp : forall i, sqrt (P i t) * sqrt (P i t) = P i t) by (intros; apply sqrt_sqrt; left; apply exp_pos).
      unfold sq in C. rewrite (Sum_ext n (fun c => sqrt (P c t) * (sqrt (P c t) * speed c t)) (fun i => P i t * speed i
        t)) in C
        by (intros; rewrite <- Rmult_assoc, Sp; reflexivity).
      rewrite (Sum_ext n (fun c => sqrt (P c t) ^ 2) (fun i => P i t)) in C by (intros; rewrite <- (Sp k) at 2; ring).
      rewrite (Sum_ext n (fun c => (sqrt (P c t) * speed c t) ^ 2) (fun i => P i t * speed i t ^ 2)) in C
        by (intros; rewrite <- (Sp k) at 2; ring). exact C. }
    assert (Cube : Sum m (fun j => rho t j * g j t ^ 3) <= (top * F t) ^ 3 * l1 m (rho t)).
    { unfold l1. rewrite <- Sum_scal_l. apply Sum_le. intros j Hj. eapply Rle_trans; [apply Rle_abs|].
      rewrite Rabs_mult, <- RPow_abs, Rmult_comm. apply Rmult_le_compat_r; [apply Rabs_pos|]. apply pow_incr.
      split; [apply Rabs_pos | apply pull_bound, Hj]. }
    assert (P4 : 0 < (F t ^ 2) ^ 2) by (apply pow_lt, pow_lt; auto).
    apply (Rmult_le_reg_r ((F t ^ 2) ^ 2)); auto. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    set (S2 := Sum n (fun i => P i t * speed i t ^ 2)) in *. set (S3 := Sum m (fun j => rho t j * g j t ^ 3)) in *.
    set (f := F t) in *. set (l := l1 m (rho t)) in *.
    replace (4 * top ^ 3 * f * l * (f ^ 2) ^ 2) with (4 * ((top * f) ^ 3 * l) * f ^ 2) by ring.
    replace (dD * f ^ 2 - D t * (2 * f * - D t)) with (4 * S3 * f ^ 2 + 2 * f * (D t ^ 2 - f * S2)) by (unfold dD;
      ring).
    assert (2 * f * (D t ^ 2 - f * S2) <= 0) by nra. assert (0 <= f ^ 2) by apply pow2_ge_0. nra.
Qed.

Lemma D_pos t : 0 <= D t.
Proof. apply (D_nonneg m n A p q t). Qed.

(* the least margin is at most |rho|_1 / |z|_1 *)
Lemma margin_below_norm t : 0 <= t -> 0 < kappa t -> l1 m z * kappa t <= l1 m (rho t).
Proof.
  intros Ht Pk. set (x := fun j => rho t j / kappa t).
  assert (Lx : l1 m x = l1 m (rho t) / kappa t).
  { unfold l1, x, Rdiv. rewrite <- Sum_scal_r. apply Sum_ext. intros j _.
    rewrite Rabs_mult, Rabs_inv, (Rabs_pos_eq (kappa t)); lra. }
  assert (Le : l1 m z <= l1 m x).
  { apply z_least.
    - intros j Hj. destruct (rho_allowed m n A p q p_path q_path t Ht j Hj) as [S1 S2].
      assert (Pi : 0 < / kappa t) by (apply Rinv_0_lt_compat; auto).
      unfold x, rho, Rdiv. split; intros Z; [pose proof (S1 Z) | pose proof (S2 Z)]; nra.
    - intros i Hi. pose proof (margins_above m n A p q t i Hi) as Mi. fold (rho t) (F t) (kappa t) in Mi.
      unfold margin_at in Mi. apply (Rmult_le_reg_r (kappa t)); auto. rewrite <- Sum_scal_r, Rmult_1_l.
      rewrite (Sum_ext m _ (fun j => A i j * rho t j)) by (intros; unfold x; field; lra). exact Mi. }
  rewrite Lx in Le. apply (Rmult_le_compat_r (kappa t)) in Le; [|lra]. unfold Rdiv in Le.
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r in Le by lra. exact Le.
Qed.

Theorem two_layer_inverse_pace : is_lim (fun t => V t / kappa t) p_infty (2 / l1 m z).
Proof.
  pose proof (z_norm_pos m n A n_pos z z_feasible) as Pz.
  pose proof (loss_vanishes m n A p q p_path q_path n_pos z z_allowed z_feasible) as Lv.
  destruct (Psi_large m n A p q p_path q_path n_pos z z_allowed z_feasible) as [c0 [Pc0 Fl]].
  pose proof (entropy_nonneg n n_pos) as Pe.
  set (T := fun t => Sum n (fun i => weight_of m A p q i t)). set (Wk := fun t => Sum n (fun i => P i t * M i t)).
  pose proof (F_path m n A p q p_path q_path : path F (fun t => - D t)) as FP.
  pose proof (Psi_path m n A p q p_path q_path : path Psi Wk) as PP.
  pose proof (T_path m n A p q p_path q_path : path T F) as TP.
  pose proof (work_below m n A p q : forall t, F t * kappa t <= Wk t) as WB.
  pose proof (work_above m n A p q n_pos : forall t, Wk t <= F t * (kappa t + ln (INR n))) as WA.
  pose proof (work_cauchy_schwarz m n A p q : forall t, Wk t ^ 2 <= Psi t * D t) as CS.
  set (rate := 2 / l1 m z). assert (Pr : 0 < rate) by (apply Rdiv_lt_0_compat; lra).
  (* late: kappa at least 1 and log n, half the margin, half the pace *)
  destruct (kappa_diverges F Fp Lv (1 + ln (INR n))) as [T1 H1].
  destruct (margin_reached m n A p q p_path q_path n_pos z z_allowed z_feasible (/ 2) ltac:(lra)) as [T2 [P2 H2]].
  destruct (inverse_speed F Psi D Wk T (ln (INR n)) rate c0 FP PP TP Fp WB WA CS D_pos Pe Pc0 Fl Lv (/ l1 m z)) as [T3
    [P3 H3]].
  { split; [apply Rinv_0_lt_compat; auto|]. unfold rate, Rdiv. pose proof (Rinv_0_lt_compat _ Pz). lra. }
  set (T0 := Rmax T1 (Rmax T2 T3)).
  pose proof (Rmax_l T1 (Rmax T2 T3) : T1 <= T0) as L1. pose proof (Rmax_r T1 (Rmax T2 T3) : Rmax T2 T3 <= T0) as L2.
  pose proof (Rmax_l T2 T3) as L3. pose proof (Rmax_r T2 T3) as L4.
  set (C := 16 * top ^ 3 * (l1 m z * l1 m z) + 1).
  assert (PC : 0 < C).
  { unfold C. assert (0 <= top ^ 3) by (apply pow_le, top_nonneg). assert (0 <= l1 m z * l1 m z) by nra. nra. }
  assert (Slow : forall s t, T0 <= s <= t -> V t - C * kappa t <= V s - C * kappa s).
  { assert (Dv : forall u, T0 <= u -> exists d, is_derive (fun t => C * kappa t - V t) u d /\ 0 <= d).
    { intros u Hu. destruct (V_derive u ltac:(lra)) as [dV [Hd Le]].
      pose proof (kappa_derive F D FP Fp u ltac:(lra)) as Kd. exists (C * (D u / F u) - dV). split.
      - apply (is_derive_minus (fun t => C * kappa t) V); [apply (is_derive_scal kappa), Kd | exact Hd].
      - pose proof (H1 u ltac:(lra)) as K1. fold (kappa u) in K1. destruct (H2 u ltac:(lra)) as [_ Mr].
        pose proof (H3 u ltac:(lra)) as Sp. fold (kappa u) (V u) in Sp. pose proof (Fp u) as Pf.
        (* |rho| <= 4 |z| kappa *)
        assert (Rn : / 2 * l1 m (rho u) <= l1 m z * (kappa u + ln (INR n))).
        { apply (Rmult_le_reg_l (F u)); auto. apply Rle_trans with (l1 m z * Wk u).
          - unfold Wk. rewrite <- Sum_scal_l. unfold F, exponential_loss. rewrite <- Sum_scal_r. apply Sum_le.
            intros i Hi.
            pose proof (Mr i Hi) as B. fold (rho u) in B. fold (M i u) in B. fold (M i u). fold (P i u).
            assert (0 < P i u) by apply exp_pos.
            replace (l1 m z * (P i u * M i u)) with (P i u * (l1 m z * M i u)) by ring. apply Rmult_le_compat_l;
              [lra | exact B].
          - pose proof (WA u). replace (F u * (l1 m z * (kappa u + ln (INR n)))) with
              (l1 m z * (F u * (kappa u + ln (INR n)))) by ring. apply Rmult_le_compat_l; lra. }
        assert (Rn4 : l1 m (rho u) <= 4 * l1 m z * kappa u) by nra.
        assert (EK : D u / F u = F u * V u) by (unfold V; field; lra).
        assert (Kv : kappa u <= l1 m z * V u).
        { apply (Rmult_le_compat_l (l1 m z)) in Sp; [|lra]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l in Sp by lra.
          exact Sp. }
        assert (Pt : 0 <= 4 * top ^ 3 * F u).
        { apply Rmult_le_pos; [|lra]. apply Rmult_le_pos; [lra | apply pow_le, top_nonneg]. }
        assert (B1 : 4 * top ^ 3 * F u * l1 m (rho u) <= 4 * top ^ 3 * F u * (4 * l1 m z * (l1 m z * V u))).
        { apply Rmult_le_compat_l; auto. nra. }
        rewrite EK. assert (0 < F u * V u) by (apply Rmult_lt_0_compat; [auto|]; nra). unfold C. nra. }
    intros s t Hst. destruct (Req_dec s t) as [->|Ne]; [lra|].
    enough (C * kappa s - V s <= C * kappa t - V t) by lra.
    set (df := fun u => Derive (fun t => C * kappa t - V t) u).
    destruct (MVT_gen (fun t => C * kappa t - V t) s t df) as [c [Hc Ec]].
    - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. destruct (Dv u ltac:(lra)) as [d [Hd _]].
      apply Derive_correct. exists d. exact Hd.
    - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. destruct (Dv u ltac:(lra)) as [d [Hd _]].
      apply continuity_pt_filterlim, (ex_derive_continuous (fun t => C * kappa t - V t)). exists d. exact Hd.
    - rewrite Rmin_left, Rmax_right in Hc by lra. destruct (Dv c ltac:(lra)) as [d [Hd Pd]].
      assert (Ed : df c = d) by (apply is_derive_unique, Hd). rewrite Ed in Ec. nra. }
  assert (Above : forall c, c < rate -> exists t1, forall t, t1 <= t -> c * Psi t < kappa t).
  { intros c Hc. destruct (ratio_eventually_above F Psi D Wk T (ln (INR n)) rate c0 FP PP TP Fp WB WA CS D_pos Pe Pc0 Fl
    Lv
      c Hc) as [t1 [_ Ht]]. exists t1. intros t Htt. apply (Ht t Htt). }
  assert (PsP : forall t, T0 <= t -> 0 < Psi t).
  { intros t Ht. eapply Rlt_le_trans; [|apply Fl; lra]. apply Rmult_lt_0_compat; [auto | apply exp_pos]. }
  assert (Below : forall t, T0 <= t -> kappa t <= rate * Psi t).
  { intros t Ht. pose proof (H1 t ltac:(lra)) as K1. fold (kappa t) in K1.
    pose proof (margin_below_norm t ltac:(lra) ltac:(lra)) as Mn.
    assert (Lp : l1 m (rho t) <= 2 * Psi t) by apply (l1_below_Psi m p q t).
    unfold rate. apply (Rmult_le_reg_l (l1 m z)); auto.
      replace (l1 m z * (2 / l1 m z * Psi t)) with (2 * Psi t) by (field; lra). lra. }
  apply is_lim_spec. intros eps. pose proof (cond_pos eps) as Pp.
  destruct (pace_below F Psi D Wk (ln (INR n)) rate C T0 FP PP Fp Lv D_pos WA Pe Pr PC ltac:(lra) PsP Below Above Slow
    (eps / 2)
    ltac:(lra)) as [ta Ha].
  set (c := Rmax (rate - eps / 2) (rate / 2)).
  assert (Hc : 0 < c < rate) by (split; [eapply Rlt_le_trans; [|apply Rmax_r]; lra | apply Rmax_lub_lt; lra]).
  destruct (inverse_speed F Psi D Wk T (ln (INR n)) rate c0 FP PP TP Fp WB WA CS D_pos Pe Pc0 Fl Lv c Hc) as [tb [_
    Hb]].
  exists (Rmax T0 (Rmax ta tb)). intros t Ht. pose proof (Rmax_l T0 (Rmax ta tb)). pose proof (Rmax_r T0 (Rmax ta tb)).
  pose proof (Rmax_l ta tb). pose proof (Rmax_r ta tb). pose proof (H1 t ltac:(lra)) as K1. fold (kappa t) in K1.
  pose proof (Ha t ltac:(lra)) as Up. pose proof (Hb t ltac:(lra)) as Lo. fold (kappa t) (V t) in Up, Lo.
  pose proof (Rmax_l (rate - eps / 2) (rate / 2) : rate - eps / 2 <= c) as Lc.
  assert (Pi : 0 < / kappa t) by (apply Rinv_0_lt_compat; lra).
  assert (U : V t / kappa t <= rate + eps / 2).
  { apply (Rmult_le_reg_r (kappa t)); [lra|]. unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. exact Up.
    }
  assert (L : c <= V t / kappa t).
  { apply (Rmult_le_reg_r (kappa t)); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. exact Lo. }
  apply Rabs_lt_between. lra.
Qed.
Theorem two_layer_loss_constant : is_lim (fun t => F t * (2 * t * ln t)) p_infty (l1 m z).
Proof.
  pose proof (z_norm_pos m n A n_pos z z_feasible) as Pz. set (rate := 2 / l1 m z).
  assert (Pr : 0 < rate) by (apply Rdiv_lt_0_compat; lra).
  pose proof (loss_vanishes m n A p q p_path q_path n_pos z z_allowed z_feasible) as Lv.
  pose proof (F_path m n A p q p_path q_path : path F (fun t => - D t)) as FP.
  assert (Pace : forall e, 0 < e -> exists t1, forall t, t1 <= t -> D t / F t ^ 2 <= (rate + e) * - ln (F t)).
  { intros e Pe. pose proof two_layer_inverse_pace as L. apply is_lim_spec in L.
    destruct (L (mkposreal e Pe)) as [Ta Ha].
    destruct (kappa_diverges F Fp Lv 1) as [Tb Hb]. exists (Rmax (Ta + 1) Tb). intros t Ht.
    pose proof (Rmax_l (Ta + 1) Tb). pose proof (Rmax_r (Ta + 1) Tb). pose proof (Ha t ltac:(lra)) as B. cbn [pos] in B.
    pose proof (Hb t ltac:(lra)) as K1. fold (kappa t) in K1 |- *. fold (V t). apply Rabs_lt_between in B.
      fold rate in B.
    apply Rle_trans with (V t / kappa t * kappa t); [right; field; lra | apply Rmult_le_compat_r; lra]. }
  apply is_lim_spec. intros eps. pose proof (cond_pos eps) as Pe.
  set (e := eps / (2 * l1 m z)). assert (Pe2 : 0 < e) by (apply Rdiv_lt_0_compat; lra).
  destruct (constant_reached F D rate FP Fp Lv D_pos Pr Pace (1 - e) ltac:(lra)) as [Ta [Pa Ha]].
  destruct (loss_pace m n A p q p_path q_path n_pos z z_allowed z_feasible (/ (1 + e))) as [Tb [Pb Hb]].
  { split; [apply Rinv_0_lt_compat; lra|]. rewrite <- Rinv_1. apply Rinv_lt_contravar; lra. }
  exists (Rmax Ta Tb). intros t Ht. pose proof (Rmax_l Ta Tb). pose proof (Rmax_r Ta Tb).
  pose proof (Ha t ltac:(lra)) as Lo. pose proof (Hb t ltac:(lra)) as Up. fold (rho t) in Up. fold (F t) in Up.
  assert (Pl : 0 < 2 * t * ln t).
  { apply Rmult_lt_0_compat; [lra|]. rewrite <- ln_1. apply ln_increasing; lra. }
  set (y := F t * (2 * t * ln t)).
  assert (L1 : (1 - e) * l1 m z <= y).
  { apply (Rmult_le_compat_r (l1 m z)) in Lo; [|lra]. replace (F t * (rate * (t * ln t)) * l1 m z) with y in Lo;
    [exact Lo|].
    unfold y, rate. field. lra. }
  assert (L2 : y <= (1 + e) * l1 m z).
  { unfold y. set (w := 2 * t * ln t) in *. apply (Rmult_le_compat_r w) in Up; [|lra]. eapply Rle_trans; [exact Up|].
    right. field.
    split; lra. }
  assert (Ee : e * l1 m z = eps / 2) by (unfold e; field; lra). apply Rabs_lt_between. lra.
Qed.
End Flow.

(* for the network itself *)
Theorem odeco_network_loss_rate d m n k S U X v z : (0 < n)%nat -> orthonormal 2 m k U ->
  classification_flow 2 d m n k S U X v ->
  let A := data_matrix d S X in
  let eta l j := Sum (k l) (fun c => U l c j * v l c 0) in
  let start_allows := allowed m (eta 0%nat) (eta 1%nat) in
  let loss_at t := network_exponential_loss 2 d m n k S U X (at_time v t) in
  start_allows z -> margin_feasible m n A z ->
  (forall x, start_allows x -> margin_feasible m n A x -> l1 m z <= l1 m x) ->
  (exists pace : R -> R, (forall t, 0 < t -> is_derive (fun s => / loss_at s) t (pace t)) /\
     is_lim (fun t => pace t / - ln (loss_at t)) p_infty (2 / l1 m z)) /\
  is_lim (fun t => loss_at t * (2 * t * ln t)) p_infty (l1 m z).
Proof.
  intros Hn Or Fl A eta start_allows loss_at Az Fz Least.
  pose proof (classification_reduction 2 d m n k S U X Or v Fl) as Sol. fold A in Sol.
    set (u := reduced_path k U v) in *.
  pose proof (first_layer_path m n A u Sol) as P0. pose proof (second_layer_path m n A u Sol) as P1.
  pose proof (start_signs m u : _ = start_allows) as Sg.
  assert (Same : forall t, 0 <= t -> exponential_loss m n A (fun j => extend u j 0%nat t * extend u j 1%nat t) = loss_at
    t).
  { intros t Ht. rewrite (layers_product u t Ht). unfold loss_at. rewrite exponential_loss_reduced. reflexivity. }
  pose proof (two_layer_inverse_pace m n A (fun j => extend u j 0%nat) (fun j => extend u j 1%nat) P0 P1 Hn z) as Pace.
  pose proof (two_layer_loss_constant m n A (fun j => extend u j 0%nat) (fun j => extend u j 1%nat) P0 P1 Hn z) as
    Const.
  cbv beta in Sg, Pace, Const. rewrite Sg in Pace, Const. specialize (Pace Az Fz Least). specialize (Const Az Fz Least).
    split.
  - set (F := fun t => exponential_loss m n A (fun j => extend u j 0%nat t * extend u j 1%nat t)) in *.
    eexists. split.
    + intros t Ht. apply (is_derive_ext_loc (fun s => / F s)).
      * apply (locally_interval _ t 0 p_infty); simpl; auto. intros s Hs _. unfold F. rewrite Same by lra. reflexivity.
      * apply (inverse_derive F _ (F_path m n A (fun j => extend u j 0%nat) (fun j => extend u j 1%nat) P0 P1));
        [|exact Ht]. intros s. apply (F_pos m n A (fun j => extend u j 0%nat) (fun j => extend u j 1%nat) Hn s).
    + apply (is_lim_ext_loc (fun t => Sum m (fun j => 4 * psi (fun j => extend u j 0%nat) (fun j => extend u j 1%nat) j
      t *
        pull m n A (fun j => extend u j 0%nat t * extend u j 1%nat t) j ^ 2) / F t ^ 2 / - ln (F t))); [|exact Pace].
      exists 0. intros t Ht. rewrite <- (Same t) by lra. reflexivity.
  - apply (is_lim_ext_loc (fun t => exponential_loss m n A (fun j => extend u j 0%nat t * extend u j 1%nat t) *
      (2 * t * ln t))); [|exact Const]. exists 0. intros t Ht. rewrite Same by lra. reflexivity.
Qed.
