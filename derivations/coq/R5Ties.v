(* R5 with ties: a smallest layer of a component may share its modulus with others, if it does not start at 0 (balanced
   starts v_1 = .. = v_L, u o u, u^D - v^D). Such a component keeps its sign. If some interpolator x has these signs,
   strictly, the flow converges, exponentially: along it
     sum_j z_j^2 / 2 - <y, nu>,  nu = - int r,
   does not increase (its derivative is - |r|^2); as <y, nu> = sum_j x_j sgn_j sigma_j(z_j),
     this keeps sigma_j(z_j) from
   falling, and z_j away from 0 ([pivots_stay_away]). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias DepthPotential Regression.
Open Scope R_scope.

(* layer [pivot] is strictly smaller than the others *)
Definition strictly_smallest (L pivot : nat) (v0 : nat -> R) : Prop :=
  forall l, (l < L)%nat -> l <> pivot -> v0 pivot ^ 2 < v0 l ^ 2.
Definition is_smallest (L pivot : nat) (v0 : nat -> R) : Prop :=
  (pivot < L)%nat /\ (forall l, (l < L)%nat -> v0 pivot ^ 2 <= v0 l ^ 2) /\
  (strictly_smallest L pivot v0 \/ v0 pivot <> 0).

Section Ties.
Variables (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R).
Hypothesis flow : extended_solution L m n A y v.
Variable pivot : nat -> nat.
Let start j l := v j l 0.
Let z j t := v j (pivot j) t.
Let rho j t := coefficient L (at_time v t) j.
Let r i t := residual L m A y (at_time v t) i.
Let sg j := other_sign L (pivot j) (start j).
Let W j := modulus L (pivot j) (start j).
Hypothesis smallest_pivot : forall j, (j < m)%nat -> is_smallest L (pivot j) (fun l => v j l 0).
Variable x : nat -> R.
Hypothesis x_feasible : feasible m n A y x.
Hypothesis x_side : forall j, (j < m)%nat -> strictly_smallest L (pivot j) (fun l => v j l 0) \/
  0 < coefficient L (at_time v 0) j * x j.

Lemma layer j : (j < m)%nat -> (pivot j < L)%nat.
Proof. intros Hj. apply (smallest_pivot j Hj). Qed.

Lemma gaps j l : (j < m)%nat -> (l < L)%nat -> l <> pivot j -> 0 <= gap (pivot j) (start j) l.
Proof. intros Hj Hl _. destruct (smallest_pivot j Hj) as [_ [S _]]. specialize (S l Hl). unfold gap, start. lra. Qed.

Lemma strict_modulus j : (j < m)%nat -> strictly_smallest L (pivot j) (start j) -> 0 < W j 0.
Proof. intros Hj St. apply modulus_pos. intros l Hl N. specialize (St l Hl N). unfold gap, start in *. lra. Qed.

Lemma own_inside j : (j < m)%nat -> inside (W j) (z j 0) (z j 0).
Proof.
  intros Hj. destruct (smallest_pivot j Hj) as [_ [_ [St|Nz]]]; [left; apply strict_modulus; auto | right].
  pose proof (pow2_gt_0 _ Nz). unfold z. lra.
Qed.

Lemma off j : (j < m)%nat -> forall u, u <> 0 -> 0 < W j u.
Proof. intros Hj u. apply modulus_pos_off. intros l. apply gaps, Hj. Qed.

Lemma stays_inside j t : (j < m)%nat -> 0 <= t -> inside (W j) (z j 0) (z j t).
Proof. intros Hj Ht. exact (keeps_side L m n A y v flow pivot layer gaps own_inside j t Hj Ht). Qed.

(* --- the energy sum_j z_j^2 / 2 - <y, nu> --- *)
Let nu i t := - RInt (r i) 0 t.

Lemma energy_decreases t : 0 <= t ->
  Sum m (fun j => z j t ^ 2 / 2) - Sum n (fun i => y i * nu i t) <= Sum m (fun j => z j 0 ^ 2 / 2).
Proof.
  intros Ht. set (g j t := dual_gradient L m n A y (at_time v t) j).
  assert (Pz : forall j, (j < m)%nat -> path (fun t => z j t ^ 2 / 2) (fun t => - (g j t * rho j t))).
  { intros j Hj. apply (path_ext (fun t => / 2 * z j t ^ 2)); [intros; field|].
    apply (path_eq _ _ _ (path_scal (/ 2) _ _ (path_sq _ _ (flow_path L m n A y v flow j (pivot j) Hj (layer j Hj))))).
    intros u _. unfold rho, coefficient, at_time. rewrite <- (ProdBut_mul L (fun l =>
      v j l u) (pivot j)) by (apply layer, Hj).
    unfold g. fold (at_time v u). field. }
  assert (Pn : forall i, path (nu i) (fun t => - r i t))
    by (intros i; apply (nu_path L m n A y v flow i)).
  pose proof (path_minus _ _ _ _ (path_sum m (fun j t => z j t ^ 2 / 2) _ Pz)
    (path_sum n (fun i t => y i * nu i t) (fun i t => y i * - r i t) (fun i _ => path_scal (y i) _ _ (Pn i)))) as P.
  pose proof (path_increasing _ _ 0 t (path_scal (-1) _ _ P)) as M. cbv beta in M.
  assert (Z : Sum n (fun i => y i * nu i 0) = 0).
  { apply Sum_zero. intros i _. unfold nu. rewrite primitive_zero. ring. }
  rewrite Z in M.
  enough (Q : -1 * (Sum m (fun j => z j 0 ^ 2 / 2) - 0) <= -1 * (Sum m (fun j => z j t ^ 2 / 2) - Sum n (fun i =>
    y i * nu i t))) by lra.
  apply M; [|lra]. intros u _.
  assert (E : Sum m (fun j => - (g j u * rho j u)) - Sum n (fun i => y i * - r i u) = - Sum n (fun i => r i u ^ 2)).
  { assert (Sw : Sum m (fun j => - (g j u * rho j u)) = Sum n (fun i => - r i u * Sum m (fun j => A i j * rho j u))).
    { rewrite (Sum_ext m _ (fun j => Sum n (fun i => - r i u * (A i j * rho j u)))).
      - rewrite Sum_swap. apply Sum_ext. intros i _. apply Sum_scal_l.
      - intros j _. unfold g, dual_gradient. rewrite <- Sum_scal_r,
          <- Sum_opp. apply Sum_ext. intros i _. unfold r. ring. }
    rewrite Sw, <- Sum_minus, <- Sum_opp. apply Sum_ext. intros i _. unfold r, residual, rho. ring. }
  rewrite E. pose proof (Sum_nonneg n (fun i => r i u ^ 2) ltac:(intros; apply pow2_ge_0)). lra.
Qed.

(* the pivot at which the coefficient is that of x *)
Let q j := Tinv (W j) (sg j * x j).

Lemma target j : (j < m)%nat -> T (W j) (q j) = sg j * x j.
Proof.
  intros Hj. apply T_of_inverse; [apply off, Hj | intros; apply modulus_cont | intros a b; apply modulus_grows].
Qed.

(* the start has the sign of the other layers times that of the pivot *)
Lemma start_side j : (j < m)%nat -> 0 < coefficient L (at_time v 0) j * x j -> 0 < sg j * x j * z j 0.
Proof.
  intros Hj P. rewrite (coefficient_from_pivot L m n A y v flow pivot layer gaps own_inside j 0 Hj ltac:(lra)) in P.
  cbv beta zeta in P. fold (start j) in P. fold (sg j) (W j) (z j 0) in P. unfold T in P.
  pose proof (inside_positive (W j) (z j 0) (off j Hj) ltac:(intros a b;
    apply modulus_grows) (z j 0) (own_inside j Hj)).
  replace (sg j * (z j 0 * W j (z j 0)) * x j) with (W j (z j 0) * (sg j * x j * z j 0)) in P by ring.
  apply (Rmult_lt_reg_l (W j (z j 0))); lra.
Qed.

Lemma target_side j : (j < m)%nat -> on_side (W j) (z j 0) (q j).
Proof.
  intros Hj. destruct (x_side j Hj) as [St|P]; [left; apply strict_modulus; auto | right].
  pose proof (start_side j Hj P) as Q. rewrite <- (target j Hj) in Q. unfold T in Q.
  destruct (Req_dec (q j) 0) as [E|N]; [rewrite E in Q; lra|]. pose proof (off j Hj (q j) N). nra.
Qed.

Let term j t := z j t ^ 2 / 2 - sg j * x j * sigma (W j) (z j 0) (z j t).

Lemma term_above j t : (j < m)%nat -> 0 <= t -> - Rabs (psi (W j) (z j 0) (q j)) <= term j t.
Proof.
  intros Hj Ht. assert (P : - psi (W j) (z j 0) (q j) <= term j t).
  { unfold term. rewrite <- (target j Hj). destruct (Req_dec (q j) (z j t)) as [E|N].
    - rewrite E. unfold psi. right. ring.
    - pose proof (psi_above_inside (W j) (z j 0) (off j Hj) ltac:(intros; apply modulus_cont)
        ltac:(intros a b; apply modulus_grows) (q j) (z j t) (own_inside j Hj) (stays_inside j t Hj Ht)
        (target_side j Hj) N) as P. unfold psi in *. lra. }
  pose proof (Rle_abs (psi (W j) (z j 0) (q j))). lra.
Qed.

Let bound := Sum m (fun j => z j 0 ^ 2 / 2) + Sum m (fun j => Rabs (psi (W j) (z j 0) (q j))).

Lemma term_below j t : (j < m)%nat -> 0 <= t -> term j t <= bound.
Proof.
  intros Hj Ht. pose proof (energy_decreases t Ht) as En.
  assert (E : Sum n (fun i => y i * nu i t) = Sum m (fun j => sg j * x j * sigma (W j) (z j 0) (z j t))).
  { rewrite (Sum_ext n _ (fun i => Sum m (fun j => x j * (A i j * nu i t)))).
    - rewrite Sum_swap. apply Sum_ext. intros k Hk. rewrite Sum_scal_l.
      pose proof (dual_identity L m n A y v flow pivot layer gaps own_inside k t Hk Ht) as D. cbv beta zeta in D.
      change (Sum n (fun i => A i k * nu i t)) with (Sum n (fun i => A i k * - RInt (r i) 0 t)).
      unfold r. rewrite <- D. unfold sg, W, start, z. ring.
    - intros i Hi. rewrite <- (x_feasible i Hi), <- Sum_scal_r. apply Sum_ext. intros; ring. }
  rewrite E, <- Sum_minus in En. fold (term) in En.
  pose proof (Sum_term m (fun k => term k t + Rabs (psi (W k) (z k 0) (q k))) j Hj) as S. cbv beta in S.
  rewrite Sum_plus in S. pose proof (Rabs_pos (psi (W j) (z j 0) (q j))).
  assert (term j t + Rabs (psi (W j) (z j 0) (q j)) <= Sum m (fun k => term k t) + Sum m (fun k =>
    Rabs (psi (W k) (z k 0) (q k)))) by (apply S; intros k Hk; pose proof (term_above k t Hk Ht); lra).
  unfold bound, term in *. lra.
Qed.

Lemma pivots_stay_away : exists kappa, 0 < kappa /\
  forall j t, (j < m)%nat -> 0 <= t -> kappa <= modulus L (pivot j) (fun l => v j l 0) (v j (pivot j) t) ^ 2.
Proof.
  assert (Each : forall j, (j < m)%nat -> exists k, 0 < k /\ forall t, 0 <= t -> k <= W j (z j t) ^ 2).
  { intros j Hj.
    assert (Grow : forall a, 0 < W j a -> forall t, a ^ 2 <= z j t ^ 2 -> W j a ^ 2 <= W j (z j t) ^ 2).
    { intros a Pa t Le. pose proof (modulus_grows L (pivot j) (start j) a (z j t) Le) as G. fold (W j) in G. nra. }
    destruct (Rlt_le_dec 0 (W j 0)) as [P0|Le0].
    { exists (W j 0 ^ 2). split; [apply pow_lt, P0|]. intros t _. apply Grow; auto.
      pose proof (pow2_ge_0 (z j t)). nra. }
    (* a tie *)
    destruct (smallest_pivot j Hj) as [_ [_ [St|Nz]]]; [pose proof (strict_modulus j Hj St); lra|]. fold (z j 0) in Nz.
    assert (Tie : exists l, (l < L)%nat /\ l <> pivot j /\ gap (pivot j) (start j) l = 0).
    { destruct (Classical_Prop.classic (exists l, (l < L)%nat /\ l <> pivot j /\ gap (pivot j) (start j) l = 0))
        as [|N]; auto. exfalso.
      assert (0 < W j 0); [|lra]. apply modulus_pos. intros l Hl Nl. pose proof (gaps j l Hj Hl Nl) as P.
      destruct (Req_dec (gap (pivot j) (start j) l) 0) as [E0|]; [exfalso; apply N; exists l; auto | lra]. }
    destruct Tie as [l [Hl [Nl E0]]].
    assert (Px : 0 < sg j * x j * z j 0).
    { destruct (x_side j Hj) as [St|P]; [pose proof (strict_modulus j Hj St); lra | apply start_side; auto]. }
    set (d := sign (z j 0) * (sg j * x j)).
    assert (S2 : sign (z j 0) * sign (z j 0) = 1) by (apply sign_square, Nz).
    assert (Pd : 0 < d).
    { unfold d. destruct (Rlt_le_dec 0 (z j 0)); [rewrite sign_eq_1 | rewrite sign_eq_m1]; nra. }
    pose proof (Rabs_pos_lt _ Nz) as Pz.
    pose proof (off j Hj (z j 0) Nz) as Pw.
    set (C := W j (z j 0) / Rabs (z j 0)). assert (PC : 0 < C) by (apply Rdiv_lt_0_compat; auto).
    assert (Pb : 0 <= bound).
    { unfold bound. apply Rplus_le_le_0_compat; apply Sum_nonneg; intros k _; [|apply Rabs_pos].
      pose proof (pow2_ge_0 (z k 0)). lra. }
    set (low := Rabs (z j 0) * exp (- (C * (bound / d)))).
    assert (Pl : 0 < low) by (apply Rmult_lt_0_compat; [exact Pz | apply exp_pos]).
    exists (W j low ^ 2). split; [apply pow_lt, off; auto; lra|]. intros t Ht. apply Grow; [apply off; auto; lra|].
    assert (Low : low <= Rabs (z j t)).
    { apply (sigma_bounds_below (W j) (z j 0) (off j Hj)); auto.
      - intros; apply modulus_cont.
      - intros a b; apply modulus_grows.
      - intros u Hu. unfold C. apply (Rmult_le_reg_r (Rabs (z j 0))); auto.
        replace (W j (z j 0) / Rabs (z j 0) * Rabs u * Rabs (z j 0)) with (W j (z j 0) * Rabs u) by (field; lra).
        apply (modulus_at_tie L (pivot j) (start j) l); auto.
      - destruct (stays_inside j t Hj Ht) as [P|P]; [lra | exact P].
      - pose proof (term_below j t Hj Ht) as B. unfold term in B. pose proof (pow2_ge_0 (z j t)).
        assert (E : sg j * x j * sigma (W j) (z j 0) (z j t) = d * (sign (z j 0) * sigma (W j) (z j 0) (z j t))).
        { unfold d. transitivity (sign (z j 0) * sign (z j 0) * (sg j * x j * sigma (W j) (z j 0) (z j t)));
            [rewrite S2; ring | ring]. }
        rewrite E in B. apply (Rmult_le_reg_l d); auto. replace (d * - (bound / d)) with (- bound) by (field; lra). lra.
      - apply Rmult_le_pos; [exact Pb | left; apply Rinv_0_lt_compat, Pd]. }
    rewrite <- (pow2_abs (z j t)). nra. }
  assert (All : forall p, (p <= m)%nat -> exists k, 0 < k /\ forall j t, (j < p)%nat -> 0 <= t -> k <= W j (z j t) ^ 2).
  { induction p as [|p IH]; intros Hp; [exists 1; split; [lra | intros; lia]|].
    destruct (IH ltac:(lia)) as [k [Pk Hk]]. destruct (Each p ltac:(lia)) as [k' [Pk' Hk']].
    exists (Rmin k k'). split; [apply Rmin_glb_lt; auto|]. intros j t Hj Ht.
    pose proof (Rmin_l k k'). pose proof (Rmin_r k k'). destruct (Nat.eq_dec j p) as [->|Ne].
    - specialize (Hk' t Ht). lra.
    - specialize (Hk j t ltac:(lia) Ht). lra. }
  destruct (All m ltac:(lia)) as [k [Pk Hk]]. exists k. split; [exact Pk | exact Hk].
Qed.
End Ties.

(* R5: one smallest layer in each component, strictly, or shared and not started at 0; x any interpolator that has the
   signs of the start, strictly, where layers tie *)
Theorem convergence_from_ties (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R)
  (pivot : nat -> nat) (mu : R) (x : nat -> R) :
  solution L m n A y v ->
  (forall j, (j < m)%nat -> is_smallest L (pivot j) (fun l => v j l 0)) ->
  feasible m n A y x ->
  (forall j, (j < m)%nat -> strictly_smallest L (pivot j) (fun l => v j l 0) \/
     0 < coefficient L (at_time v 0) j * x j) ->
  0 < mu -> row_rank_bound m n A mu ->
  let loss_at t := loss L m n A y (at_time v t) in
  let Q := potential m (fun j => bias L (pivot j) (fun l => v j l 0)) in
  exists rate, 0 < rate /\ (forall t, 0 <= t -> loss_at t <= loss_at 0 * exp (- rate * t)) /\
  exists w : nat -> nat -> R,
    (forall j l, (j < m)%nat -> (l < L)%nat -> is_lim (v j l) p_infty (w j l) /\
       forall t, 0 <= t -> Rabs (w j l - v j l t) <= 2 * sqrt (loss_at 0 / rate) * exp (- (rate / 2) * t)) /\
    let rho := coefficient L w in
    feasible m n A y rho /\
    (forall j, (j < m)%nat -> strictly_smallest L (pivot j) (fun l => v j l 0) \/
       0 < coefficient L (at_time v 0) j * rho j) /\
    (exists nu : nat -> R, forall j, (j < m)%nat ->
       dbias L (pivot j) (fun l => v j l 0) (rho j) = Sum n (fun i => A i j * nu i)) /\
    (forall u, feasible m n A y u ->
       (forall j, (j < m)%nat -> strictly_smallest L (pivot j) (fun l => v j l 0) \/
          0 <= coefficient L (at_time v 0) j * u j) ->
       (forall j, (j < m)%nat -> u j = rho j) \/ Q rho < Q u).
Proof.
  intros Sol Sm Fx Sx Pmu Rk loss_at Q. pose proof (extend_solution L m n A y v Sol) as X.
  assert (V0 : forall j, (fun l => extend v j l 0) = (fun l => v j l 0))
    by (intros; extensionality l; unfold extend; rewrite Rmax_left; lra).
  assert (Vt : forall j l t, 0 <= t -> extend v j l t = v j l t) by (intros; unfold extend; rewrite Rmax_right; auto).
  assert (At0 : at_time (extend v) 0 = at_time v 0) by (apply extend_at; lra).
  destruct (pivots_stay_away L m n A y (extend v) X pivot) with (x := x) as [kappa [Pk Fl]]; auto.
  - intros j Hj. rewrite V0. auto.
  - intros j Hj. rewrite V0, At0. auto.
  - assert (Hs : forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j -> 0 <= gap (pivot j) (fun l => v j l 0) l).
    { intros j l Hj Hl _. destruct (Sm j Hj) as [_ [S _]]. specialize (S l Hl). unfold gap. lra. }
    assert (P0 : forall j, (j < m)%nat -> strictly_smallest L (pivot j) (fun l => v j l 0) ->
      0 < modulus L (pivot j) (fun l => v j l 0) 0).
    { intros j Hj St. apply modulus_pos. intros l Hl N. specialize (St l Hl N). unfold gap. lra. }
    assert (Hi : forall j, (j < m)%nat -> inside (modulus L (pivot j) (fun l =>
      v j l 0)) (v j (pivot j) 0) (v j (pivot j) 0)).
    { intros j Hj. destruct (Sm j Hj) as [_ [_ [St|Nz]]]; [left; auto | right]. pose proof (pow2_gt_0 _ Nz). lra. }
    assert (Hp : forall j, (j < m)%nat -> (pivot j < L)%nat) by (intros j Hj; apply (Sm j Hj)).
    destruct (convergence_from_floor L m n A y v pivot kappa mu Sol Hp Hs Hi Pk) as
      [R1 [w [Conv [Feas [Side [Kkt Min]]]]]]; auto.
    { intros j t Hj Ht. specialize (Fl j t Hj Ht). rewrite V0, Vt in Fl by auto. exact Fl. }
    (* the sign of the start *)
    assert (C0 : forall j u, (j < m)%nat -> exists p, 0 < p /\
      coefficient L (at_time v 0) j * u = p * (other_sign L (pivot j) (fun l => v j l 0) * u * v j (pivot j) 0)).
    { intros j u Hj. exists (modulus L (pivot j) (fun l => v j l 0) (v j (pivot j) 0)). split.
      - apply (inside_positive _ (v j (pivot j) 0)); [apply modulus_pos_off; intros l; apply Hs, Hj |
          intros a b; apply modulus_grows | apply Hi, Hj].
      - pose proof (coefficient_from_pivot L m n A y (extend v) X pivot Hp) as C. cbv beta zeta in C.
        specialize (C ltac:(intros j' l'; rewrite V0; apply Hs) ltac:(intros j' Hj'; rewrite V0, Vt by lra; auto) j 0 Hj
          ltac:(lra)). rewrite At0, V0, Vt in C by lra. rewrite C. unfold T. ring. }
    exists (2 * kappa * mu). split; [nra|]. split; [exact R1|]. exists w.
    split; [exact Conv | split; [exact Feas | split; [|split; [exact Kkt|]]]].
    + intros j Hj. destruct (Side j Hj) as [P|P].
      * destruct (Sm j Hj) as [Hpj [S [St|Nz]]]; [left; exact St|].
        left. intros l Hl N. pose proof (gap_inside L (pivot j) (fun l => v j l 0) (fun l =>
          Hs j l Hj) 0 (or_introl P) l Hl N)
          as G. unfold gap in G. lra.
      * right. destruct (C0 j (coefficient L w j) Hj) as [p [Pp E]]. rewrite E. apply Rmult_lt_0_compat; auto.
    + intros u Fu Su. apply Min; auto. intros j Hj. destruct (Su j Hj) as [St|P]; [left; auto | right].
      destruct (C0 j (u j) Hj) as [p [Pp E]]. rewrite E in P.
      apply (Rmult_le_reg_l p); [exact Pp | rewrite Rmult_0_r; exact P].
Qed.
