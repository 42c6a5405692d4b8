(* Lemma A12, the tube: as long as b |tau - theta| stays below 1/4, Bregman's distance bounds the distance along the
   curves and that of the layers; and it stays so where bounds for a tube around the reference, and what they prove, say
   so. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Uniqueness DualTracking.
Open Scope R_scope.

(* ==================== margins known to a bound ==================== *)

Lemma exp_second d o : Rabs d <= o -> exp d - 1 - d <= exp o * (d ^ 2 / 2).
Proof.
  intros H. enough (0 <= exp o * (d ^ 2 / 2) - (exp d - 1 - d)) by lra.
  apply (convex_above (fun z => exp o * (z ^ 2 / 2) - (exp z - 1 - z)) (fun z => exp o * z - (exp z - 1))
    (fun z => exp o - exp z) 0 d).
  - intros z _. auto_derive; [trivial | field].
  - intros z _. auto_derive; [trivial | ring].
  - intros z Hz. pose proof (between_near 0 d z Hz) as N. rewrite !Rminus_0_r in N.
    pose proof (Rle_abs z). destruct (Rle_lt_or_eq_dec z o) as [L | ->]; [lra | | lra].
    apply exp_increasing in L. lra.
  - rewrite exp_0. field.
  - rewrite exp_0. ring.
Qed.

(* margins known to o only: of v_i, which w_i is near, x_i differs by a factor exp d_i *)
Theorem divergence_moved w v d o : 0 <= w -> 0 < v -> Rabs d <= o ->
  w * ln (w / (v * exp d)) - w + v * exp d <=
  w * ln (w / v) - w + v + (Rabs (w - v) * o + v * (exp o * (o ^ 2 / 2))).
Proof.
  intros Pw Pv H. pose proof (exp_pos d) as Pd. pose proof (exp_second d o H) as S.
  assert (E : w * ln (w / (v * exp d)) = w * ln (w / v) - w * d).
  { destruct Pw as [Pw | <-]; [|ring]. unfold Rdiv. rewrite Rinv_mult.
    rewrite !ln_mult, !ln_Rinv, ln_exp by auto using Rinv_0_lt_compat, Rmult_lt_0_compat. ring. }
  assert (Q : d ^ 2 <= o ^ 2).
  { rewrite <- (Rsqr_pow2 d), <- (Rsqr_pow2 o). apply Rsqr_le_abs_1. pose proof (Rle_abs o). lra. }
  assert (M : v * (exp d - 1 - d) <= v * (exp o * (o ^ 2 / 2))).
  { apply Rmult_le_compat_l; [lra|]. apply (Rle_trans _ _ _ S). apply Rmult_le_compat_l; [left; apply exp_pos | lra]. }
  assert (F : (v - w) * d <= Rabs (w - v) * o).
  { apply (Rle_trans _ (Rabs ((v - w) * d))); [apply Rle_abs|]. rewrite Rabs_mult, (Rabs_minus_sym v w).
    apply Rmult_le_compat_l; [apply Rabs_pos | exact H]. }
  rewrite E. lra.
Qed.

(* ==================== one component ==================== *)

Lemma exp_le x y : x <= y -> exp x <= exp y.
Proof. intros [Lt | ->]; [left; apply exp_increasing, Lt | right; reflexivity]. Qed.

(* between two places of a curve, f' <= c f: f grows by a factor exp(c |y - z|) at most *)
Lemma grows_at_most (f df : R -> R) c q t y z : between q t y -> between q t z ->
  (forall x, between q t x -> is_derive f x (df x) /\ Rabs (df x) <= c * f x) -> f z <= exp (c * Rabs (y - z)) * f y.
Proof.
  intros Hy Hz D.
  assert (Inside : forall x, between y z x -> between q t x).
  { intros x. revert Hy Hz. unfold between, Rmin, Rmax. repeat destruct (Rle_dec _ _); lra. }
  set (e := if Rle_dec y z then -1 else 1).
  destruct (mean_value (fun x => f x * exp (e * (c * (x - y))))
    (fun x => (df x + e * c * f x) * exp (e * (c * (x - y)))) y z) as [x [Hx E]].
  { intros x Hx. destruct (D x (Inside x Hx)) as [Df _]. auto_derive; [repeat split; eexists; eassumption|].
    replace (Derive (fun x => f x) x) with (df x) by (symmetry; apply is_derive_unique, Df).
    unfold Rminus. ring. }
  destruct (D x (Inside x Hx)) as [_ B]. apply Rabs_le_between in B. cbv beta in E.
  replace (e * (c * (y - y))) with 0 in E by ring. rewrite exp_0, Rmult_1_r in E.
  pose proof (exp_pos (e * (c * (x - y)))) as P.
  assert (M : f z * exp (e * (c * (z - y))) <= f y).
  { enough ((df x + e * c * f x) * exp (e * (c * (x - y))) * (z - y) <= 0) by lra. unfold e in *.
    destruct (Rle_dec y z) as [Le | Gt].
    - assert (N : df x + -1 * c * f x <= 0) by lra.
      pose proof (Rmult_le_compat_r _ _ _ (Rlt_le _ _ P) N). nra.
    - assert (N : 0 <= df x + 1 * c * f x) by lra.
      pose proof (Rmult_le_pos _ _ N (Rlt_le _ _ P)). nra. }
  replace (c * Rabs (y - z)) with (- (e * (c * (z - y)))).
  - rewrite exp_Ropp. pose proof (exp_pos (e * (c * (z - y)))) as Pz.
    apply (Rmult_le_reg_r (exp (e * (c * (z - y))))); auto.
    replace (/ exp (e * (c * (z - y))) * f y * exp (e * (c * (z - y)))) with (f y) by (field; lra). exact M.
  - unfold e, Rabs. destruct (Rle_dec y z), (Rcase_abs (y - z)); try lra; try ring.
    replace z with y by lra. ring.
Qed.

Section Component.
Variables (L : nat) (eta : nat -> R -> R) (psi : R -> R) (q t b : R).
Hypothesis curve : forall z, between q t z -> on_curve L eta psi z /\ block_bound L (fun l => eta l z) b.
Hypothesis Pb : 0 <= b.

Let rho z := Prod L (fun l => eta l z).
Let s z := slope L (fun l => eta l z).
Let D := bregman psi rho q t.

Lemma slopes_near y z : between q t y -> between q t z -> s z <= exp (2 * (b * Rabs (t - q))) * s y.
Proof.
  intros Hy Hz.
  eapply Rle_trans; [apply (grows_at_most s (fun z => bend L (fun l => eta l z)) (2 * b) q t y z Hy Hz)|].
  - intros x Hx. destruct (curve x Hx) as [On B]. split; [apply (slope_derive L eta psi x On) | apply bend_bound, B].
  - apply Rmult_le_compat_r; [apply slope_nonneg|]. apply exp_le. rewrite Rmult_assoc.
    apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; auto.
    revert Hy Hz. unfold between, Rmin, Rmax, Rabs. destruct (Rle_dec q t); repeat destruct (Rcase_abs _); lra.
Qed.

Lemma bregman_positive : 0 <= D.
Proof.
  apply (bregman_nonneg psi rho s). intros z Hz. destruct (curve z Hz) as [On _].
  split; [apply On | split; [apply (output_derive L eta psi z On) | apply slope_nonneg]].
Qed.

(* |tau - theta| sqrt(s) <= exp(b |tau - theta|) sqrt(2 D), squared *)
Lemma distance_below y : between q t y -> (t - q) ^ 2 * s y <= exp (2 * (b * Rabs (t - q))) * (2 * D).
Proof.
  intros Hy. set (x := b * Rabs (t - q)). set (c := exp (- (2 * x)) * s y).
  assert (I : exp (2 * x) * exp (- (2 * x)) = 1)
    by (rewrite <- exp_plus; replace (2 * x + - (2 * x)) with 0 by ring; apply exp_0).
  assert (Low : forall z, between q t z -> c <= s z).
  { intros z Hz. unfold c. pose proof (slopes_near z y Hz Hy) as S. fold x in S.
    pose proof (exp_pos (- (2 * x))) as P. apply (Rmult_le_compat_l _ _ _ (Rlt_le _ _ P)) in S.
    replace (exp (- (2 * x)) * (exp (2 * x) * s z)) with (exp (2 * x) * exp (- (2 * x)) * s z) in S by ring.
    rewrite I in S. lra. }
  assert (Above : 0 <= psi t - psi q - rho q * (t - q) - c * (t - q) ^ 2 / 2).
  { apply (convex_above (fun z => psi z - psi q - rho q * (z - q) - c * (z - q) ^ 2 / 2)
      (fun z => rho z - rho q - c * (z - q)) (fun z => s z - c) q t).
    - intros z Hz. destruct (curve z Hz) as [[_ Dp] _]. auto_derive; [repeat split; eexists; eassumption|].
      replace (Derive (fun x => psi x) z) with (rho z) by (symmetry; apply is_derive_unique, Dp). field.
    - intros z Hz. destruct (curve z Hz) as [On _]. pose proof (output_derive L eta psi z On) as Dr.
      fold rho in Dr. change (is_derive rho z (s z)) in Dr. auto_derive; [repeat split; eexists; eassumption|].
      replace (Derive (fun x => rho x) z) with (s z) by (symmetry; apply is_derive_unique, Dr). ring.
    - intros z Hz. pose proof (Low z Hz). lra.
    - field.
    - ring. }
  replace ((t - q) ^ 2 * s y) with (exp (2 * x) * (c * (t - q) ^ 2)).
  - apply Rmult_le_compat_l; [left; apply exp_pos|]. unfold D, bregman. lra.
  - unfold c. replace (exp (2 * x) * (exp (- (2 * x)) * s y * (t - q) ^ 2)) with
      (exp (2 * x) * exp (- (2 * x)) * (s y * (t - q) ^ 2)) by ring. rewrite I. ring.
Qed.

(* so are the layers *)
Lemma layers_below : Sum L (fun l => (eta l t - eta l q) ^ 2) <= exp (2 * (b * Rabs (t - q))) * (2 * D).
Proof.
  set (c := fun l => eta l t - eta l q). change (sq L c <= exp (2 * (b * Rabs (t - q))) * (2 * D)).
  destruct (mean_value (fun z => Sum L (fun l => c l * eta l z))
    (fun z => Sum L (fun l => c l * ProdBut L (fun h => eta h z) l)) q t) as [z [Hz E]].
  { intros z Hz. destruct (curve z Hz) as [[De _] _]. apply (is_derive_Sum L (fun l z => c l * eta l z)). intros l Hl.
    apply (is_derive_scal (eta l) z (c l)), De, Hl. }
  assert (Sq : sq L c = Sum L (fun l => c l * ProdBut L (fun h => eta h z) l) * (t - q)).
  { rewrite <- E, <- Sum_minus. apply Sum_ext. intros l _. unfold c. ring. }
  pose proof (cauchy L c (ProdBut L (fun h => eta h z))) as Ca.
  change (sq L (ProdBut L (fun h => eta h z))) with (s z) in Ca. pose proof (distance_below z Hz) as B.
  pose proof (sq_nonneg L c) as P. set (N := sq L c) in *.
  set (I := Sum L (fun l => c l * ProdBut L (fun h => eta h z) l)) in *. cbv beta in E.
  assert (N2 : N * N <= N * ((t - q) ^ 2 * s z)).
  { rewrite Sq at 1 2. replace (I * (t - q) * (I * (t - q))) with ((t - q) ^ 2 * I ^ 2) by ring.
    replace (N * ((t - q) ^ 2 * s z)) with ((t - q) ^ 2 * (N * s z)) by ring.
    apply Rmult_le_compat_l; [apply pow2_ge_0 | exact Ca]. }
  apply (Rle_trans _ ((t - q) ^ 2 * s z)); [|exact B].
  destruct P as [P | <-]; [apply (Rmult_le_reg_l N); auto|].
  apply Rmult_le_pos; [apply pow2_ge_0 | apply slope_nonneg].
Qed.

End Component.

(* ==================== what cannot leave ==================== *)

Lemma stays_below m (f : nat -> R -> R) (r : nat -> R) u0 u1 :
  (forall j u, (j < m)%nat -> u0 <= u <= u1 -> continuous (f j) u) ->
  (forall u, u0 <= u <= u1 -> (forall j v, (j < m)%nat -> u0 <= v < u -> f j v < r j) ->
     forall j, (j < m)%nat -> f j u < r j) ->
  forall j u, (j < m)%nat -> u0 <= u <= u1 -> f j u < r j.
Proof.
  intros C H j u Hj Hu. assert (H01 : u0 <= u1) by lra.
  set (E := fun u => u0 <= u <= u1 /\ forall j v, (j < m)%nat -> u0 <= v <= u -> f j v < r j).
  assert (E0 : E u0).
  { split; [lra|]. intros i v Hi Hv. replace v with u0 by lra. apply H; [lra | intros; lra | exact Hi]. }
  destruct (completeness E) as [c [Ub Least]].
  - exists u1. intros v [Hv _]. lra.
  - exists u0. exact E0.
  - assert (Hc : u0 <= c <= u1) by (split; [apply Ub, E0 | apply Least; intros v [Hv _]; lra]).
    assert (Before : forall i v, (i < m)%nat -> u0 <= v < c -> f i v < r i).
    { intros i v Hi Hv. apply Rnot_le_lt. intros N. enough (c <= v) by lra. apply Least. intros e [He Below].
      apply Rnot_lt_le. intros Lt. pose proof (Below i v Hi ltac:(lra)). lra. }
    pose proof (H c Hc Before) as At.
    assert (Near : locally c (fun v => forall i, (i < m)%nat -> f i v < r i)).
    { assert (K : forall k, (k <= m)%nat -> locally c (fun v => forall i, (i < k)%nat -> f i v < r i)).
      { induction k as [|k IH]; intros Hk; [apply filter_forall; intros; lia|].
        assert (Lk : locally c (fun v => f k v < r k)).
        { apply (C k c ltac:(lia) Hc (fun x => x < r k)). apply (open_lt (r k)), At. lia. }
        apply (filter_imp (fun v => (forall i, (i < k)%nat -> f i v < r i) /\ f k v < r k));
          [|apply filter_and; [apply IH; lia | exact Lk]].
        intros v [A B] i Hi. destruct (Nat.eq_dec i k) as [->|N]; [exact B | apply A; lia]. }
      apply K. lia. }
    destruct Near as [eps Near]. set (d := Rmin (eps / 2) (u1 - c)).
    destruct (Rle_lt_or_eq_dec _ _ (proj2 Hc)) as [Lt | Eq].
    + exfalso. pose proof (cond_pos eps) as Pe.
      assert (Pd : 0 < d <= eps / 2 /\ d <= u1 - c)
        by (unfold d; split; [split; [apply Rmin_glb_lt; lra | apply Rmin_l] | apply Rmin_r]).
      enough (Ed : E (c + d)) by (pose proof (Ub _ Ed); lra).
      split; [lra|]. intros i v Hi Hv. destruct (Rlt_dec v c) as [L|G]; [apply Before; auto; lra|].
      apply Near; auto. change (Rabs (v - c) < eps). rewrite Rabs_pos_eq; lra.
    + destruct (Rlt_dec u c) as [L|G]; [apply Before; auto; lra|]. replace u with c by lra. apply At, Hj.
Qed.

Lemma near_between q t z r : Rabs (t - q) <= r -> between q t z -> Rabs (z - q) <= r.
Proof. intros H B. pose proof (between_near q t z B). lra. Qed.

(* both rates are means of entries, times W *)
Lemma pulled_spread n a w v j V lo hi : (forall i, (i < n)%nat -> lo <= a i j <= hi) ->
  (forall i, (i < n)%nat -> 0 <= w i /\ 0 <= v i) -> Sum n w = Sum n v -> Sum n w <= V -> lo <= hi ->
  Rabs (pulled n a w j - pulled n a v j) <= V * (hi - lo).
Proof.
  intros Ha P E HV Hl.
  assert (B : forall x, (forall i, (i < n)%nat -> 0 <= x i) -> lo * Sum n x <= pulled n a x j <= hi * Sum n x).
  { intros x Px. unfold pulled. rewrite <- !Sum_scal_l.
    split; apply Sum_le; intros i Hi; pose proof (Ha i Hi); pose proof (Px i Hi); nra. }
  pose proof (B w ltac:(intros; apply P; auto)) as Bw. pose proof (B v ltac:(intros; apply P; auto)) as Bv.
  rewrite <- E in Bv. assert (M : Sum n w * (hi - lo) <= V * (hi - lo)) by (apply Rmult_le_compat_r; lra).
  apply Rabs_le. lra.
Qed.

(* how far a function gets at a bounded speed *)
Lemma speed_limit (f : R -> R) u0 u1 c : u0 <= u1 -> (forall u, u0 <= u <= u1 -> continuous f u) ->
  (forall u, u0 < u < u1 -> exists d, is_derive f u d /\ Rabs d <= c) -> Rabs (f u1 - f u0) <= c * (u1 - u0).
Proof.
  intros Hu C D.
  assert (Side : forall e, e = 1 \/ e = -1 -> e * (f u1 - f u0) <= c * (u1 - u0)).
  { intros e He. enough (c * u0 - e * f u0 <= c * u1 - e * f u1) by lra.
    apply (increases (fun u => c * u - e * f u)); auto.
    - intros u Hu'. apply (continuous_minus (fun u => c * u) (fun u => e * f u)).
      + apply (ex_derive_continuous (fun u => c * u)). auto_derive. auto.
      + apply (continuous_scal_r e f), C, Hu'.
    - intros u Hu'. destruct (D u Hu') as [d [Dd B]]. exists (c - e * d). split.
      + auto_derive; [repeat split; eexists; eassumption|].
        replace (Derive (fun x => f x) u) with d by (symmetry; apply is_derive_unique, Dd). ring.
      + apply Rabs_le_between in B. destruct He as [-> | ->]; lra. }
  apply Rabs_le. pose proof (Side 1 ltac:(auto)). pose proof (Side (-1) ltac:(auto)). lra.
Qed.

(* the curve and the bound b of its blocks, as far as r from q *)
Definition tube (L : nat) (eta : nat -> R -> R) (psi : R -> R) (b r q : R) : Prop :=
  forall z, Rabs (z - q) <= r -> on_curve L eta psi z /\ block_bound L (fun l => eta l z) b.

Lemma root_below x y c : 0 <= c -> x <= c ^ 2 * y -> sqrt x <= c * sqrt y.
Proof.
  intros Pc H. rewrite <- (sqrt_pow2 c) by auto. rewrite <- sqrt_mult_alt by apply pow2_ge_0. apply sqrt_le_1_alt, H.
Qed.

(* what is below a bound before a time is so, or on it, at that time *)
Lemma below_at_end (f : R -> R) r u0 u : u0 < u -> continuous f u -> (forall v, u0 <= v < u -> f v < r) -> f u <= r.
Proof.
  intros Lt C H. apply Rnot_lt_le. intros N.
  destruct (C (fun x => r < x) (open_gt r _ N)) as [eps Near]. pose proof (cond_pos eps) as Pe.
  set (d := Rmin (eps / 2) (u - u0)).
  assert (Pd : 0 < d <= eps / 2 /\ d <= u - u0)
    by (unfold d; split; [split; [apply Rmin_glb_lt; lra | apply Rmin_l] | apply Rmin_r]).
  pose proof (H (u - d) ltac:(lra)) as B. enough (r < f (u - d)) by lra. apply Near.
  change (Rabs (u - d - u) < eps). rewrite Rabs_left; lra.
Qed.

Section Tube.
Variables (L m n : nat) (a : nat -> nat -> R) (eta : nat -> nat -> R -> R) (psi : nat -> R -> R).
Variables (tau theta w : nat -> R -> R) (b r : nat -> R) (mu G K g k : R -> R) (u0 u1 : R).

Let distance u := flow_distance L m eta psi (fun j => theta j u) (fun j => tau j u).
Let apart j u := Rabs (tau j u - theta j u).
Let grown u := exp (g u - g u0) * (distance u0 + (k u - k u0)).

Hypothesis Hn : (0 < n)%nat.
Hypothesis Hu : u0 <= u1.
Hypothesis quarter : forall j, (j < m)%nat -> 0 <= b j /\ b j * r j <= / 4.
Hypothesis around : forall u, u0 <= u <= u1 -> continuous g u /\ continuous k u /\
  forall j, (j < m)%nat ->
    continuous (tau j) u /\ continuous (theta j) u /\ tube L (eta j) (psi j) (b j) (r j) (theta j u).
Hypothesis moving : forall u, u0 < u < u1 ->
  (forall i, (i < n)%nat -> 0 <= w i u) /\ 0 < Sum n (fun i => w i u) /\
  (forall j, (j < m)%nat ->
     is_derive (theta j) u (pulled n a (fun i => w i u) j) /\
     2 * Rabs (pulled n a (fun i => w i u) j) * b j <= G u) /\
  0 <= G u /\
  divergence n (fun i => w i u) (fun i => exp (mu u - output_margin L m a eta (fun j => theta j u) i)) <= K u /\
  is_derive g u (G u) /\ is_derive k u (K u).

(* asked only as long as the flow is inside: the curves may end outside *)
Hypothesis flow : forall j u, (j < m)%nat -> u0 < u < u1 ->
  (forall i v, (i < m)%nat -> u0 <= v <= u -> apart i v <= r i) ->
  is_derive (tau j) u (Sum n (fun i => w i u) *
    pulled n a (share n (output_margin L m a eta (fun j => tau j u))) j).

Lemma tube_between j u : (j < m)%nat -> u0 <= u <= u1 -> apart j u <= r j ->
  forall z, between (theta j u) (tau j u) z -> on_curve L (eta j) (psi j) z /\ block_bound L (fun l => eta j l z) (b j).
Proof.
  intros Hj H B z Hz. destruct (around u H) as [_ [_ A]]. destruct (A j Hj) as [_ [_ T]]. apply T.
  apply (near_between _ (tau j u)); auto.
Qed.

(* as long as it is inside, the distance is bounded *)
Lemma inside_bound u : u0 <= u <= u1 -> (forall j v, (j < m)%nat -> u0 <= v <= u -> apart j v <= r j) ->
  distance u <= grown u.
Proof.
  intros H In. apply (tracking_end L m n a eta psi tau theta w (fun j _ => b j) mu G K g k u0 u Hn ltac:(lra)).
  - intros v Hv. destruct (around v ltac:(lra)) as [Cg [Ck A]]. split; [|split; [exact Cg | exact Ck]].
    intros j Hj. destruct (A j Hj) as [Ct [Cq _]]. split; [exact Ct | split; [exact Cq|]].
    split; apply (tube_between j v Hj ltac:(lra) (In j v Hj Hv)); [apply between_right | apply between_left].
  - intros v Hv. destruct (moving v ltac:(lra)) as [Pw [PW [A [PG [HK [Dg Dk]]]]]].
    split; [|split; [|split; [exact PG | split; [exact HK | split; [exact Dg | exact Dk]]]]].
    + split; [exact Pw | split; [exact PW|]]. intros j Hj. destruct (A j Hj) as [Dq _].
      split; [apply (flow j v Hj); [lra | intros; apply In; auto; lra] | split; [exact Dq|]].
      apply (tube_between j v Hj ltac:(lra)). apply In; auto. lra.
    + intros j Hj. apply A, Hj.
Qed.

Lemma part_below j u : (j < m)%nat -> u0 <= u <= u1 -> (forall j, (j < m)%nat -> apart j u <= r j) ->
  0 <= bregman (psi j) (fun x => Prod L (fun l => eta j l x)) (theta j u) (tau j u) <= distance u.
Proof.
  intros Hj H In.
  assert (P : forall j, (j < m)%nat ->
    0 <= bregman (psi j) (fun x => Prod L (fun l => eta j l x)) (theta j u) (tau j u)).
  { intros i Hi. apply (bregman_positive L (eta i) (psi i) (theta i u) (tau i u) (b i)).
    apply tube_between; auto. }
  split; [apply P, Hj|].
  apply (Sum_term m (fun j => bregman (psi j) (fun x => Prod L (fun l => eta j l x)) (theta j u) (tau j u))); auto.
Qed.

Lemma grown_increases u v : u0 <= u <= v -> v <= u1 -> 0 <= distance u0 -> 0 <= grown u <= grown v.
Proof.
  intros H Hv P.
  assert (Mono : forall u v, u0 <= u <= v -> v <= u1 -> g u <= g v /\ k u <= k v).
  { intros x y Hx Hy. split; apply increases; try lra; intros z Hz;
      try (destruct (around z ltac:(lra)) as [Cg [Ck _]]; assumption);
      destruct (moving z ltac:(lra)) as [Pw [_ [_ [PG [HK [Dg Dk]]]]]].
    - exists (G z). auto.
    - exists (K z). split; [exact Dk|]. eapply Rle_trans; [|exact HK]. apply divergence_nonneg.
      intros i Hi. split; [apply Pw, Hi | apply exp_pos]. }
  destruct (Mono u0 u ltac:(lra) ltac:(lra)). destruct (Mono u v ltac:(lra) Hv). unfold grown. split.
  - apply Rmult_le_pos; [left; apply exp_pos | lra].
  - apply Rmult_le_compat; [left; apply exp_pos | lra | apply exp_le; lra | lra].
Qed.

(* either the bound of the distance or the time keeps each component inside *)
Theorem tracking_tube :
  (forall j, (j < m)%nat -> apart j u0 < r j) ->
  (forall j, (j < m)%nat ->
    (forall u, u0 <= u <= u1 ->
       exp (/ 4) * sqrt (2 * grown u1) < r j * sqrt (slope L (fun l => eta j l (theta j u)))) \/
    (exists V lo hi, lo <= hi /\ 0 <= V /\ (forall i, (i < n)%nat -> lo <= a i j <= hi) /\
       (forall u, u0 < u < u1 -> Sum n (fun i => w i u) <= V) /\ apart j u0 + V * (hi - lo) * (u1 - u0) < r j)) ->
  forall u, u0 <= u <= u1 ->
    distance u <= grown u /\
    (forall j, (j < m)%nat -> apart j u < r j /\
       apart j u * sqrt (slope L (fun l => eta j l (theta j u))) <= exp (/ 4) * sqrt (2 * distance u)) /\
    sqrt (Sum m (fun j => Sum L (fun l => (eta j l (tau j u) - eta j l (theta j u)) ^ 2))) <=
      exp (/ 4) * sqrt (2 * distance u).
Proof.
  intros Start Kept.
  assert (Cont : forall j u, (j < m)%nat -> u0 <= u <= u1 -> continuous (apart j) u).
  { intros j u Hj H. destruct (around u H) as [_ [_ A]]. destruct (A j Hj) as [Ct [Cq _]].
    apply (continuous_comp (fun u => tau j u - theta j u) Rabs); [|apply continuous_Rabs].
    apply (continuous_minus (tau j) (theta j)); auto. }
  assert (Factor : forall j u, (j < m)%nat -> apart j u <= r j -> exp (2 * (b j * apart j u)) <= exp (/ 4) ^ 2).
  { intros j u Hj In. replace (exp (/ 4) ^ 2) with (exp (/ 4 + / 4)) by (rewrite exp_plus; ring). apply exp_le.
    destruct (quarter j Hj) as [Pb Q]. pose proof (Rmult_le_compat_l _ _ _ Pb In). lra. }
  assert (Speed : forall j u, (j < m)%nat -> u0 <= u <= u1 -> (forall j, (j < m)%nat -> apart j u <= r j) ->
    apart j u * sqrt (slope L (fun l => eta j l (theta j u))) <= exp (/ 4) * sqrt (2 * distance u)).
  { intros j u Hj H In. destruct (part_below j u Hj H In) as [P0 P1].
    pose proof (distance_below L (eta j) (psi j) (theta j u) (tau j u) (b j) (tube_between j u Hj H (In j Hj))
      (proj1 (quarter j Hj)) (theta j u) (between_left _ _)) as B.
    pose proof (Factor j u Hj (In j Hj)) as F. change (Rabs (tau j u - theta j u)) with (apart j u) in B.
    set (s := slope L (fun l => eta j l (theta j u))) in *.
    assert (Root : apart j u * sqrt s = sqrt ((tau j u - theta j u) ^ 2 * s)).
    { rewrite sqrt_mult_alt by apply pow2_ge_0. rewrite <- pow2_abs, sqrt_pow2 by apply Rabs_pos. reflexivity. }
    rewrite Root. apply root_below; [left; apply exp_pos|]. eapply Rle_trans; [exact B|].
    apply Rmult_le_compat; [left; apply exp_pos | lra | exact F | lra]. }
  assert (Near0 : forall u j, u0 <= u <= u1 -> (forall j v, (j < m)%nat -> u0 <= v < u -> apart j v < r j) ->
    (j < m)%nat -> apart j u <= r j).
  { intros u j H Before Hj. destruct (Rle_lt_or_eq_dec _ _ (proj1 H)) as [Lt | <-]; [|left; apply Start, Hj].
    apply (below_at_end (apart j) (r j) u0 u Lt); auto. }
  assert (D0 : 0 <= distance u0).
  { apply Sum_nonneg. intros j Hj. apply (part_below j u0 Hj ltac:(lra)). intros i Hi. left. apply Start, Hi. }
  assert (Inside : forall j u, (j < m)%nat -> u0 <= u <= u1 -> apart j u < r j).
  { apply stays_below; auto. intros u H Before j Hj.
    assert (At : forall j, (j < m)%nat -> apart j u <= r j) by (intros; apply Near0; auto).
    assert (Bd : distance u <= grown u).
    { apply inside_bound; auto. intros i v Hi Hv.
      destruct (Rlt_dec v u) as [Lt | Ge]; [left; apply Before; auto; lra|]. replace v with u by lra. apply At, Hi. }
    destruct (Kept j Hj) as [ByError | [V [lo [hi [Hl [PV [Ha [HV ByTime]]]]]]]].
    - pose proof (ByError u H) as B. pose proof (Speed j u Hj H At) as S.
      destruct (grown_increases u u1 ltac:(lra) ltac:(lra) D0) as [_ Gr].
      assert (Sq : sqrt (2 * distance u) <= sqrt (2 * grown u1)) by (apply sqrt_le_1_alt; lra).
      pose proof (Rmult_le_compat_l _ _ _ (Rlt_le _ _ (exp_pos (/ 4))) Sq) as M.
      apply Rnot_le_lt. intros N.
      pose proof (Rmult_le_compat_r _ _ _ (sqrt_pos (slope L (fun l => eta j l (theta j u)))) N). lra.
    - assert (Far : Rabs ((tau j u - theta j u) - (tau j u0 - theta j u0)) <= V * (hi - lo) * (u - u0)).
      { apply (speed_limit (fun u => tau j u - theta j u)); [lra | |].
        - intros v Hv. destruct (around v ltac:(lra)) as [_ [_ A]]. destruct (A j Hj) as [Ct [Cq _]].
          apply (continuous_minus (tau j) (theta j)); auto.
        - intros v Hv. destruct (moving v ltac:(lra)) as [Pw [PW [A _]]]. destruct (A j Hj) as [Dq _].
          assert (Dt := flow j v Hj ltac:(lra) ltac:(intros; left; apply Before; auto; lra)).
          set (W := Sum n (fun i => w i v)) in *.
          set (p := share n (output_margin L m a eta (fun j => tau j v))) in *.
          exists (W * pulled n a p j - pulled n a (fun i => w i v) j).
          split; [apply (is_derive_minus (tau j) (theta j)); auto|].
          replace (W * pulled n a p j) with (pulled n a (fun i => W * p i) j)
            by (unfold pulled; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
          apply pulled_spread; auto.
          + intros i Hi. split; [|apply Pw, Hi]. apply Rmult_le_pos; [lra | left; apply share_pos, Hn].
          + rewrite Sum_scal_l. unfold p. rewrite share_sum by exact Hn. unfold W. ring.
          + rewrite Sum_scal_l. unfold p. rewrite share_sum by exact Hn. rewrite Rmult_1_r. apply HV. lra. }
      assert (PD : 0 <= V * (hi - lo)) by (apply Rmult_le_pos; lra).
      assert (M : V * (hi - lo) * (u - u0) <= V * (hi - lo) * (u1 - u0)) by (apply Rmult_le_compat_l; lra).
      pose proof (Rabs_triang_inv (tau j u - theta j u) (tau j u0 - theta j u0)) as T. unfold apart in *. lra. }
  intros u H. assert (In : forall j, (j < m)%nat -> apart j u <= r j) by (intros; left; apply Inside; auto).
  split; [|split].
  - apply inside_bound; auto. intros j v Hj Hv. left. apply Inside; auto. lra.
  - intros j Hj. split; [apply Inside; auto | apply Speed; auto].
  - apply root_below; [left; apply exp_pos|]. unfold distance, flow_distance. rewrite <- !Sum_scal_l.
    apply Sum_le. intros j Hj. destruct (part_below j u Hj H In) as [P0 _].
    eapply Rle_trans; [apply (layers_below L (eta j) (psi j) (theta j u) (tau j u) (b j));
      [apply tube_between; auto | apply quarter, Hj]|].
    apply Rmult_le_compat_r; [lra | apply (Factor j u Hj (In j Hj))].
Qed.
End Tube.
