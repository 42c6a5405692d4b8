(* The scalar part of K5TwoLayers.v. K5, two layers, exponential loss, real odeco form, any start: the pace of the loss,
     (1/F)' / kappa -> 2/|z|_1,   kappa = - log F,   z a solution of min |x|_1 with margins at least 1 and the start's
       signs
   (|w*|^2 = 2 |z|_1 is the least squared norm of the parameters, so this is L^2/|w*|^2 at L = 2).
   V = (1/F)' = D/F^2, D = sum_j 4 psi_j g_j^2. By Cauchy and Schwarz V' <= 4 sum_j rho_j g_j^3/F^2 <= const F kappa, so
     V
   grows at most as fast as const kappa ([slow]). If V were above (rate + 2 eps) kappa late, it would have been above
   (rate + eps) kappa since kappa was (1 - delta) of that, and kappa/Psi would have grown by a fixed factor;
     but it tends
   to rate = 2/|z|_1. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Potential Kkt Regression Quasinorm Margin MarginScalar Classification
  K3TwoLayersScalar K3TwoLayersFlow.
Open Scope R_scope.

Section Scalar.
Variables (F Psi D W : R -> R) (slack rate C T0 : R).
Let kappa t := - ln (F t).
Let V t := D t / F t ^ 2.
Hypothesis F_path : path F (fun t => - D t).
Hypothesis Psi_path : path Psi W.
Hypothesis F_pos : forall t, 0 < F t.
Hypothesis F_vanishes : is_lim F p_infty 0.
Hypothesis D_nonneg : forall t, 0 <= D t.
Hypothesis work_above : forall t, W t <= F t * (kappa t + slack).
Hypothesis slack_nonneg : 0 <= slack.
Hypothesis rate_pos : 0 < rate.
Hypothesis C_pos : 0 < C.
Hypothesis T0_pos : 0 < T0.
Hypothesis Psi_pos : forall t, T0 <= t -> 0 < Psi t.
Hypothesis ratio_below : forall t, T0 <= t -> kappa t <= rate * Psi t.
Hypothesis ratio_above : forall c, c < rate -> exists t1, forall t, t1 <= t -> c * Psi t < kappa t.
Hypothesis slow : forall s t, T0 <= s <= t -> V t - C * kappa t <= V s - C * kappa s.

Lemma pace_below eps : 0 < eps -> exists t1, forall t, t1 <= t -> V t <= (rate + eps) * kappa t.
Proof.
  intros Pe0. set (e := eps / 2). assert (Pe : 0 < e) by (unfold e; lra).
  set (d := Rmin (e / C) (/ 2)). assert (Hd : 0 < d <= / 2).
  { split; [apply Rmin_glb_lt; [apply Rdiv_lt_0_compat; auto | lra] | apply Rmin_r]. }
  assert (Cd : C * d <= e).
  { apply Rle_trans with (C * (e / C)); [apply Rmult_le_compat_l; [lra | apply Rmin_l] | right; field; lra]. }
  set (theta := e / (2 * (rate + e))). assert (Ht : 0 < theta < 1).
  { unfold theta. split; [apply Rdiv_lt_0_compat; lra|]. apply (Rmult_lt_reg_r (2 * (rate + e))); [lra|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  set (gain := theta * - ln (1 - d)).
  assert (Lg : 0 < - ln (1 - d)) by (pose proof (ln_increasing (1 - d) 1 ltac:(lra) ltac:(lra)) as L; rewrite ln_1 in L;
    lra).
  assert (Pg : 0 < gain) by (apply Rmult_lt_0_compat; lra).
  destruct (ratio_above (rate * exp (- gain))) as [T1 H1].
  { rewrite <- (Rmult_1_r rate) at 2. apply Rmult_lt_compat_l; auto. rewrite <- exp_0. apply exp_increasing. lra. }
  set (Tm := Rmax T0 T1). pose proof (Rmax_l T0 T1 : T0 <= Tm). pose proof (Rmax_r T0 T1 : T1 <= Tm).
  (* kappa large, and past twice its value at Tm *)
  set (Big := Rmax 1 (Rmax (2 * rate * slack / e) (kappa Tm))).
  assert (B1 : 1 <= Big) by apply Rmax_l.
  assert (B2 : 2 * rate * slack / e <= Big) by (eapply Rle_trans; [apply Rmax_l | apply Rmax_r]).
  assert (B3 : kappa Tm <= Big) by (eapply Rle_trans; [apply Rmax_r | apply Rmax_r]).
  destruct (kappa_diverges F F_pos F_vanishes (2 * Big + 1)) as [T2 H2].
  exists (Rmax Tm T2). intros t Htt. pose proof (Rmax_l Tm T2). pose proof (Rmax_r Tm T2).
  pose proof (H2 t ltac:(lra)) as Kt. fold (kappa t) in Kt. apply Rnot_lt_le. intros Bad.
  assert (Kc : forall s, 0 < s -> continuity_pt kappa s).
  { intros s Hs. apply continuity_pt_filterlim, (ex_derive_continuous kappa). eexists.
    apply (kappa_derive F D F_path F_pos s Hs). }
  assert (Ki : forall s u, 0 < s <= u -> kappa s <= kappa u) by (intros;
    apply (kappa_increases F D F_path F_pos D_nonneg); auto).
  destruct (Ranalysis5.f_interv_is_interv kappa Tm t ((1 - d) * kappa t)) as [s [Hs Es]].
  { destruct (Req_dec Tm t) as [E|]; [|lra]. subst t. lra. }
  { split; nra. }
  { intros a Ha. apply Kc. lra. }
  set (Phi := fun u => (1 - theta) * ln (kappa u) - ln (Psi u)).
  assert (Mono : Phi s <= Phi t).
  { destruct (MVT_gen Phi s t (fun u => (1 - theta) * (D u / F u * / kappa u) - W u * / Psi u)) as [u [Hu Eu]].
    - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra.
      assert (Ku : 0 < kappa u) by (pose proof (Ki s u ltac:(lra)); nra).
      apply (is_derive_minus (fun u => (1 - theta) * ln (kappa u)) (fun u => ln (Psi u))).
      + apply (is_derive_scal (fun u => ln (kappa u))). apply (is_derive_comp ln kappa); [apply is_derive_ln, Ku|].
        apply (kappa_derive F D F_path F_pos u ltac:(lra)).
      + apply (is_derive_comp ln Psi); [apply is_derive_ln, Psi_pos; lra | apply Psi_path; lra].
    - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra.
      assert (Ku : 0 < kappa u) by (pose proof (Ki s u ltac:(lra)); nra).
      apply continuity_pt_filterlim, (ex_derive_continuous Phi). eexists.
      apply (is_derive_minus (fun u => (1 - theta) * ln (kappa u)) (fun u => ln (Psi u))).
      + apply (is_derive_scal (fun u => ln (kappa u))). apply (is_derive_comp ln kappa); [apply is_derive_ln, Ku|].
        apply (kappa_derive F D F_path F_pos u ltac:(lra)).
      + apply (is_derive_comp ln Psi); [apply is_derive_ln, Psi_pos; lra | apply Psi_path; lra].
    - rewrite Rmin_left, Rmax_right in Hu by lra.
      enough (0 <= (1 - theta) * (D u / F u * / kappa u) - W u * / Psi u) by nra.
      pose proof (Ki s u ltac:(lra)) as K1. pose proof (Ki u t ltac:(lra)) as K2. assert (Ku : Big < kappa u) by nra.
      pose proof (slow u t ltac:(lra)) as Sl. pose proof (Psi_pos u ltac:(lra)) as Pp.
        pose proof (ratio_below u ltac:(lra)) as Rb.
      pose proof (work_above u) as Wa. fold (kappa u) in Wa. pose proof (F_pos u) as Pf.
      assert (Vu : (rate + e) * kappa u <= V u).
      { assert (C * (kappa t - kappa u) <= C * (d * kappa t)) by (apply Rmult_le_compat_l; nra).
        assert (C * d * kappa t <= e * kappa t) by (apply Rmult_le_compat_r; lra).
        assert ((rate + e) * kappa u <= (rate + e) * kappa t) by (apply Rmult_le_compat_l; lra).
        unfold e in *. nra. }
      assert (EV : D u / F u = F u * V u) by (unfold V; field; lra). rewrite EV.
      apply Rle_trans with (F u * ((1 - theta) * (rate + e) - rate * (1 + slack / kappa u))).
      + apply Rmult_le_pos; [lra|]. assert ((1 - theta) * (rate + e) = rate + e / 2) as -> by (unfold theta; field;
        lra).
        enough (rate * slack / kappa u <= e / 2) by (unfold Rdiv in *; lra).
        apply (Rmult_le_reg_r (kappa u)); [lra|]. unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
        apply (Rmult_le_compat_r (e / 2)) in B2; [|lra].
        replace (2 * rate * slack / e * (e / 2)) with (rate * slack) in B2 by (field; lra). nra.
      + assert (U1 : (rate + e) <= V u * / kappa u).
        { apply (Rmult_le_reg_r (kappa u)); [lra|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. exact Vu. }
        assert (U2 : W u * / Psi u <= F u * (rate * (1 + slack / kappa u))).
        { apply (Rmult_le_reg_r (Psi u)); auto. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
          eapply Rle_trans; [exact Wa|]. rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|].
          replace (kappa u + slack) with (kappa u * (1 + slack / kappa u)) by (field; lra).
          replace (rate * (1 + slack / kappa u) * Psi u) with (rate * Psi u * (1 + slack / kappa u)) by ring.
          apply Rmult_le_compat_r; auto. assert (0 <= slack / kappa u); [|lra].
          apply Rmult_le_pos; [auto | left; apply Rinv_0_lt_compat; lra]. }
        assert (F u * ((1 - theta) * (rate + e)) <= (1 - theta) * (F u * V u * / kappa u)); [|lra].
        replace ((1 - theta) * (F u * V u * / kappa u)) with (F u * ((1 - theta) * (V u * / kappa u))) by ring.
        apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; lra. }
  (* kappa / Psi would grow by more than is left *)
  assert (Ks : 0 < kappa s) by nra. assert (Kt0 : 0 < kappa t) by lra.
  pose proof (Psi_pos s ltac:(lra)) as Ps. pose proof (Psi_pos t ltac:(lra)) as Pt.
  assert (L1 : ln (kappa t) <= ln rate + ln (Psi t)).
  { rewrite <- ln_mult by auto. apply ln_le; [auto | apply ratio_below; lra]. }
  assert (L2 : ln rate + - gain + ln (Psi s) < ln (kappa s)).
  { rewrite <- (ln_exp (- gain)), <- !ln_mult by (auto using exp_pos, Rmult_lt_0_compat). apply ln_increasing;
    [|apply H1; lra].
    apply Rmult_lt_0_compat; auto. apply Rmult_lt_0_compat; auto. apply exp_pos. }
  assert (L3 : ln (kappa s) = ln (1 - d) + ln (kappa t)) by (rewrite Es, ln_mult by lra; reflexivity).
  unfold Phi in Mono. unfold gain in L2. nra.
Qed.
End Scalar.

(* G = 1/F, G' / log G -> rate: then rate t log t / G -> 1, from below (from above: scalar_loss_pace) *)
Lemma ln_below d s : 0 < d -> 0 < s -> ln s <= d * s - 1 - ln d.
Proof.
  intros Pd Ps. pose proof (exp_ineq1_le (ln (d * s))) as E. rewrite exp_ln in E by nra. rewrite ln_mult in E by auto.
    lra.
Qed.

Section Constant.
Variables (F D : R -> R) (rate : R).
Let kappa t := - ln (F t).
Hypothesis F_path : path F (fun t => - D t).
Hypothesis F_pos : forall t, 0 < F t.
Hypothesis F_vanishes : is_lim F p_infty 0.
Hypothesis D_nonneg : forall t, 0 <= D t.
Hypothesis rate_pos : 0 < rate.
Hypothesis pace : forall e, 0 < e -> exists t1, forall t, t1 <= t -> D t / F t ^ 2 <= (rate + e) * kappa t.

Lemma inverse_below e : 0 < e -> exists t1 C, 0 < t1 /\ forall t, t1 <= t ->
  1 <= kappa t /\ / F t <= kappa t * ((rate + e) * t + C).
Proof.
  intros Pe. destruct (pace e Pe) as [Ta Ha]. destruct (kappa_diverges F F_pos F_vanishes 1) as [Tb Hb].
  set (t1 := Rmax 1 (Rmax Ta Tb)). pose proof (Rmax_l 1 (Rmax Ta Tb) : 1 <= t1) as L1.
  pose proof (Rmax_r 1 (Rmax Ta Tb) : Rmax Ta Tb <= t1) as L2. pose proof (Rmax_l Ta Tb). pose proof (Rmax_r Ta Tb).
  set (Q := fun t => / F t * / kappa t). exists t1, (Q t1). split; [lra|]. intros t Ht.
  pose proof (Hb t ltac:(lra)) as K1. fold (kappa t) in K1. split; [exact K1|].
  assert (Dq : forall u, t1 <= u -> exists d, is_derive (fun u => (rate + e) * u - Q u) u d /\ 0 <= d).
  { intros u Hu. pose proof (Hb u ltac:(lra)) as Ku. fold (kappa u) in Ku. pose proof (F_pos u) as Pf.
    pose proof (Ha u ltac:(lra)) as Pu. fold (kappa u) in Pu.
    pose proof (inverse_derive F D F_path F_pos u ltac:(lra)) as D1.
    pose proof (kappa_derive F D F_path F_pos u ltac:(lra)) as D2.
    exists ((rate + e) * 1 - (D u / F u ^ 2 * / kappa u + / F u * (- (D u / F u) / kappa u ^ 2))). split.
    - apply (is_derive_minus (fun u => (rate + e) * u) Q); [apply (is_derive_scal (fun u => u)), (is_derive_id u)|].
      apply (is_derive_mult (fun t => / F t) (fun t => / kappa t)); [exact D1 | | intros; apply Rmult_comm].
      apply (is_derive_inv kappa u (D u / F u)); [exact D2 | lra].
    - assert (P1 : D u / F u ^ 2 * / kappa u <= rate + e).
      { apply (Rmult_le_reg_r (kappa u)); [lra|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. exact Pu. }
      assert (P2 : / F u * (- (D u / F u) / kappa u ^ 2) <= 0).
      { replace (/ F u * (- (D u / F u) / kappa u ^ 2)) with (- (D u * / (F u * F u * kappa u ^ 2))) by (field; lra).
        assert (0 <= D u * / (F u * F u * kappa u ^ 2)); [|lra]. apply Rmult_le_pos; [apply D_nonneg|].
        left. apply Rinv_0_lt_compat. apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; auto | apply pow_lt; lra]. }
      lra. }
  assert (Le : Q t <= (rate + e) * (t - t1) + Q t1).
  { destruct (Req_dec t1 t) as [<-|Ne]; [lra|].
    destruct (MVT_gen (fun u => (rate + e) * u - Q u) t1 t (fun u => Derive (fun u => (rate + e) * u - Q u) u)) as [c
      [Hc Ec]].
    - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. destruct (Dq u ltac:(lra)) as [d [Hd _]].
      apply Derive_correct. exists d. exact Hd.
    - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. destruct (Dq u ltac:(lra)) as [d [Hd _]].
      apply continuity_pt_filterlim, (ex_derive_continuous (fun u => (rate + e) * u - Q u)). exists d. exact Hd.
    - rewrite Rmin_left, Rmax_right in Hc by lra. destruct (Dq c ltac:(lra)) as [d [Hd Pd]].
      assert (Ed : Derive (fun u => (rate + e) * u - Q u) c = d) by (apply is_derive_unique, Hd). rewrite Ed in Ec. nra.
        }
  apply (Rmult_le_reg_r (/ kappa t)); [apply Rinv_0_lt_compat; lra|].
  replace (kappa t * ((rate + e) * t + Q t1) * / kappa t) with ((rate + e) * t + Q t1) by (field; lra).
  fold (Q t). nra.
Qed.

(* F rate t log t is at least r, for every r < 1 *)
Lemma constant_reached r : r < 1 -> exists t1, 1 < t1 /\ forall t, t1 <= t -> r <= F t * (rate * (t * ln t)).
Proof.
  intros Hr0. set (r1 := Rmax r (/ 2)). assert (Hr : / 2 <= r1 < 1) by (split; [apply Rmax_r | apply Rmax_lub_lt; lra]).
  pose proof (Rmax_l r (/ 2) : r <= r1) as Lr. set (d := (1 - r1) / 4). assert (Hd : 0 < d <= / 8) by (unfold d; lra).
  destruct (inverse_below (d * rate) ltac:(apply Rmult_lt_0_compat; lra)) as [t1 [C [P1 H]]].
  set (C1 := Rabs C + 1). assert (PC : 0 < C1) by (unfold C1; pose proof (Rabs_pos C); lra).
  set (E := ln (2 * rate + C1) + - 1 - ln d). set (E1 := Rabs E).
  set (Tl := exp (E1 / d + 1)). set (Tc := C1 / (d * rate)).
  exists (Rmax (Rmax t1 2) (Rmax Tl Tc)). pose proof (Rmax_l (Rmax t1 2) (Rmax Tl Tc)) as M1.
  pose proof (Rmax_r (Rmax t1 2) (Rmax Tl Tc)) as M2. pose proof (Rmax_l t1 2). pose proof (Rmax_r t1 2).
  pose proof (Rmax_l Tl Tc). pose proof (Rmax_r Tl Tc). split; [lra|]. intros t Ht.
  destruct (H t ltac:(lra)) as [K1 Inv]. pose proof (F_pos t) as Pf.
  assert (Lt : E1 / d + 1 <= ln t).
  { rewrite <- (ln_exp (E1 / d + 1)). apply ln_le; [apply exp_pos | fold Tl; lra]. }
  assert (Pe1 : 0 <= E1 / d) by (apply Rmult_le_pos; [apply Rabs_pos | left; apply Rinv_0_lt_compat; lra]).
  assert (CC : C <= C1) by (unfold C1; pose proof (Rle_abs C); lra).
  assert (Tct : C1 <= d * rate * t).
  { apply Rle_trans with (d * rate * Tc); [right; unfold Tc; field; nra | apply Rmult_le_compat_l; nra]. }
  set (b := (rate + d * rate) * t + C). assert (Pb : 0 < b).
  { assert (0 < / F t) by (apply Rinv_0_lt_compat; auto). unfold b. nra. }
  assert (B2 : b <= rate * t * (1 + 2 * d)) by (unfold b; nra).
  assert (Kl : (1 - d) * kappa t <= ln t + E).
  { assert (L : kappa t <= ln (kappa t) + ln b).
    { rewrite <- ln_mult by lra. unfold kappa at 1. rewrite <- ln_Rinv by auto. apply ln_le; [apply Rinv_0_lt_compat;
      auto | exact Inv]. }
    assert (L2 : ln b <= ln t + ln (2 * rate + C1)).
    { rewrite <- ln_mult by nra. apply ln_le; auto. unfold b. nra. }
    pose proof (ln_below d (kappa t) ltac:(lra) ltac:(lra)) as L3. unfold E. lra. }
  assert (Eb : E <= d * ln t).
  { pose proof (Rle_abs E) as A. fold E1 in A. apply (Rmult_le_compat_l d) in Lt; [|lra].
    replace (d * (E1 / d + 1)) with (E1 + d) in Lt by (field; lra). lra. }
  assert (Kt : (1 - d) * kappa t <= (1 + d) * ln t) by lra.
  (* 1 <= F kappa b <= F rate t log t (1 + d)(1 + 2 d)/(1 - d) *)
  assert (One : 1 <= F t * (kappa t * b)).
  { apply (Rmult_le_compat_l (F t)) in Inv; [|lra]. rewrite Rinv_r in Inv by lra. exact Inv. }
  assert (Pl : 0 < ln t) by lra. set (y := F t * (rate * (t * ln t))).
  assert (Py : 0 < y) by (unfold y; repeat apply Rmult_lt_0_compat; lra).
  assert (Up : 1 - d <= y * ((1 + d) * (1 + 2 * d))).
  { apply Rle_trans with ((1 - d) * (F t * (kappa t * b))); [nra|].
    replace ((1 - d) * (F t * (kappa t * b))) with (F t * (((1 - d) * kappa t) * b)) by ring.
    replace (y * ((1 + d) * (1 + 2 * d))) with (F t * (((1 + d) * ln t) * (rate * t * (1 + 2 * d)))) by (unfold y;
      ring).
    apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat; nra. }
  apply Rle_trans with r1; auto. apply Rnot_lt_le. intros Bad.
  assert (y * ((1 + d) * (1 + 2 * d)) < r1 * ((1 + d) * (1 + 2 * d))) by (apply Rmult_lt_compat_r; nra).
  assert (E4 : r1 = 1 - 4 * d) by (unfold d; field). rewrite E4 in *. nra.
Qed.
End Constant.
