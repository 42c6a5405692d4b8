(* Where the flow goes (R1, R5): every solution whose pivot layers are strictly smallest converges,
   exponentially fast, to an interpolator that minimises a separable, strictly convex potential
   among all interpolators. Nothing is assumed about convergence. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt.
Open Scope R_scope.

(* --- signs --- *)

Lemma sign_square x : x <> 0 -> sign x * sign x = 1.
Proof.
  intros N. destruct (Rlt_le_dec 0 x).
  - rewrite sign_eq_1; lra.
  - rewrite sign_eq_m1; lra.
Qed.

(* a continuous function without zeros keeps its sign *)
Lemma keeps_sign (f : R -> R) t : (forall u, continuous f u) -> 0 <= t ->
  (forall u, 0 <= u <= t -> f u <> 0) -> 0 < f t * f 0.
Proof.
  intros C Ht N. destruct (Rlt_le_dec 0 (f t * f 0)) as [|Le]; auto. exfalso.
  destruct (IVT_gen f 0 t 0) as [z [Hz E]].
  - intros u. apply continuity_pt_filterlim, C.
  - destruct (Rle_dec (f 0) (f t)).
    + rewrite Rmin_left, Rmax_right by lra. nra.
    + rewrite Rmin_right, Rmax_left by lra. nra.
  - rewrite Rmin_left, Rmax_right in Hz by lra. apply (N z); auto.
Qed.

(* --- the potential of a coordinate, from the initial values of its layers --- *)
Section Coordinate.
Variables (L pivot : nat) (v0 : nat -> R).
Definition gap (l : nat) : R := v0 l ^ 2 - v0 pivot ^ 2.
Definition other_sign : R := ProdBut L (fun l => sign (v0 l)) pivot.
Definition modulus (z : R) : R := weight L pivot gap z.
Definition bias (x : R) : R := H modulus (v0 pivot) (other_sign * x).
Definition dbias (x : R) : R := other_sign * dH modulus (v0 pivot) (other_sign * x).

Hypothesis gap_pos : forall l, (l < L)%nat -> l <> pivot -> 0 < gap l.

Lemma modulus_pos z : 0 < modulus z.
Proof. apply weight_pos, gap_pos. Qed.
Lemma modulus_cont z : continuous modulus z.
Proof. apply weight_cont, gap_pos. Qed.
Lemma modulus_grows x z : x ^ 2 <= z ^ 2 -> modulus x <= modulus z.
Proof. apply weight_grows. Qed.

Lemma other_sign_square : other_sign * other_sign = 1.
Proof.
  unfold other_sign. rewrite <- ProdBut_mult.
  rewrite (ProdBut_ext L _ (fun _ => 1)).
  - unfold ProdBut. rewrite (Prod_ext L _ (fun _ => 1)).
    + rewrite Prod_const. apply pow1.
    + intros k _. destruct (Nat.eqb k pivot); auto.
  - intros k Hk N. apply sign_square. intros E.
    pose proof (gap_pos k Hk N) as P. unfold gap in P. rewrite E in P.
    pose proof (pow2_ge_0 (v0 pivot)). lra.
Qed.

Lemma bias_derive x : is_derive bias x (dbias x).
Proof.
  unfold bias, dbias.
  apply (is_derive_comp (H modulus (v0 pivot)) (fun x => other_sign * x)).
  - apply H_derive; [apply modulus_pos | apply modulus_cont | apply modulus_grows].
  - auto_derive; auto. ring.
Qed.

Lemma bias_above x u : x <> u -> bias u + dbias u * (x - u) < bias x.
Proof.
  intros N. unfold bias, dbias.
  pose proof other_sign_square as S2.
  assert (N' : other_sign * x <> other_sign * u).
  { intros E. apply N. apply (Rmult_eq_compat_l other_sign) in E.
    rewrite <- !Rmult_assoc, S2 in E. lra. }
  pose proof (H_above modulus (v0 pivot) modulus_pos modulus_cont modulus_grows _ _ N') as B.
  replace (other_sign * dH modulus (v0 pivot) (other_sign * u) * (x - u))
    with (dH modulus (v0 pivot) (other_sign * u) * (other_sign * x - other_sign * u)) by ring.
  exact B.
Qed.
End Coordinate.

Section Bias.
Variables (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R).
Hypothesis flow : extended_solution L m n A y v.
Variables (pivot : nat -> nat) (lambda mu : R).
Hypothesis pivot_layer : forall j, (j < m)%nat -> (pivot j < L)%nat.
Hypothesis lambda_pos : 0 < lambda.
Hypothesis gaps : forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j ->
  lambda <= v j l 0 ^ 2 - v j (pivot j) 0 ^ 2.
Hypothesis mu_pos : 0 < mu.
Hypothesis rank : row_rank_bound m n A mu.

Let start j l := v j l 0.
Let z j t := v j (pivot j) t.
Let c := 2 * lambda ^ (L - 1) * mu.
Let E t := loss L m n A y (at_time v t).
Let r i t := residual L m A y (at_time v t) i.
Let g j t := dual_gradient L m n A y (at_time v t) j.
Let sg j := other_sign L (pivot j) (start j).
Let W j := modulus L (pivot j) (start j).

Lemma gap_positive j l : (j < m)%nat -> (l < L)%nat -> l <> pivot j ->
  0 < gap (pivot j) (start j) l.
Proof. intros Hj Hl N. pose proof (gaps j l Hj Hl N). unfold gap, start. lra. Qed.

Lemma layer_from_pivot j l t : (j < m)%nat -> (l < L)%nat -> l <> pivot j -> 0 <= t ->
  v j l t = sign (v j l 0) * sqrt (z j t ^ 2 + gap (pivot j) (start j) l).
Proof.
  intros Hj Hl N Ht.
  assert (Sq : forall u, 0 <= u -> v j l u ^ 2 = z j u ^ 2 + gap (pivot j) (start j) l).
  { intros u Hu. unfold gap, start, z.
    pose proof (squares_conserved L m n A y v flow j l (pivot j) u Hj Hl (pivot_layer j Hj) Hu). lra. }
  pose proof (gap_positive j l Hj Hl N) as P.
  assert (Nz : forall u, 0 <= u -> v j l u <> 0).
  { intros u Hu Z. pose proof (Sq u Hu) as S. rewrite Z in S. pose proof (pow2_ge_0 (z j u)). lra. }
  assert (K : 0 < v j l t * v j l 0).
  { apply keeps_sign; auto.
    - apply (flow j l Hj Hl).
    - intros u Hu. apply Nz; lra. }
  rewrite <- (Sq t Ht). rewrite <- Rsqr_pow2, sqrt_Rsqr_abs.
  destruct (Rlt_le_dec 0 (v j l 0)).
  - rewrite sign_eq_1, Rabs_pos_eq by nra. ring.
  - assert (v j l 0 < 0) by (destruct (Req_dec (v j l 0) 0); nra).
    rewrite sign_eq_m1, Rabs_left by nra. ring.
Qed.

Lemma others j t : (j < m)%nat -> 0 <= t ->
  ProdBut L (fun k => v j k t) (pivot j) = sg j * W j (z j t).
Proof.
  intros Hj Ht. unfold sg, W, other_sign, modulus, weight. rewrite <- ProdBut_mult.
  apply ProdBut_ext. intros k Hk N. apply layer_from_pivot; auto.
Qed.

Lemma coefficient_from_pivot j t : (j < m)%nat -> 0 <= t ->
  coefficient L (at_time v t) j = sg j * T (W j) (z j t).
Proof.
  intros Hj Ht. unfold coefficient, at_time.
  rewrite <- (ProdBut_mul L (fun l => v j l t) (pivot j)) by auto.
  rewrite (others j t Hj Ht). unfold T, z. ring.
Qed.

(* --- the dual variable nu = - int r --- *)
Let nu i t := - RInt (r i) 0 t.

Lemma residual_cont i t : continuous (r i) t.
Proof. apply (residual_path L m n A y v flow i). Qed.

Lemma nu_path i : path (nu i) (fun t => - r i t).
Proof.
  assert (D : forall t, is_derive (nu i) t (- r i t)).
  { intros t. apply (is_derive_opp (fun t => RInt (r i) 0 t)). apply primitive_derive, residual_cont. }
  split; auto. intros t. eapply continuous_of_derive, D.
Qed.

Lemma nu_start i : nu i 0 = 0.
Proof. unfold nu. rewrite primitive_zero. ring. Qed.

Lemma dual_identity j t : (j < m)%nat -> 0 <= t ->
  sg j * sigma (W j) (z j 0) (z j t) = Sum n (fun i => A i j * nu i t).
Proof.
  intros Hj Ht.
  pose proof (gap_positive j) as G.
  assert (S2 : sg j * sg j = 1) by (apply other_sign_square; intros; apply gap_positive; auto).
  assert (Ps : path (fun t => sg j * sigma (W j) (z j 0) (z j t)) (fun t => - g j t)).
  { assert (Pz := flow_path L m n A y v flow j (pivot j) Hj (pivot_layer j Hj)).
    assert (Pw : forall u, 0 < W j u) by (apply modulus_pos; intros; apply gap_positive; auto).
    assert (Cw : forall u, continuous (W j) u) by (apply modulus_cont; intros; apply gap_positive; auto).
    pose proof (path_scal (sg j) _ _
      (path_comp _ _ (sigma (W j) (z j 0)) _ Pz (sigma_derive (W j) (z j 0) Pw Cw))) as P.
    apply (path_eq _ _ _ P). intros u Hu. rewrite (others j u) by (auto; lra).
    fold (g j u). change (v j (pivot j) u) with (z j u).
    transitivity (- g j u * (sg j * sg j)); [field; pose proof (Pw (z j u)); lra | rewrite S2; ring]. }
  assert (Pn : path (fun t => Sum n (fun i => A i j * nu i t)) (fun t => - g j t)).
  { apply (path_eq _ (fun t => Sum n (fun i => A i j * - r i t))).
    - apply (path_sum n (fun i t => A i j * nu i t)). intros i _. apply path_scal, nu_path.
    - intros u _. unfold g, dual_gradient.
      replace (- Sum n (fun i => A i j * residual L m A y (at_time v u) i))
        with (-1 * Sum n (fun i => A i j * residual L m A y (at_time v u) i)) by ring.
      rewrite <- Sum_scal_l. apply Sum_ext. intros. unfold r. ring. }
  assert (P0 : path (fun t => sg j * sigma (W j) (z j 0) (z j t) - Sum n (fun i => A i j * nu i t)) (fun _ => 0)).
  { apply (path_eq _ _ _ (path_minus _ _ _ _ Ps Pn)). intros; ring. }
  pose proof (path_constant _ t P0 Ht) as K. cbv beta in K.
  rewrite sigma_start, (Sum_zero n (fun i => A i j * nu i 0)) in K
    by (intros i _; rewrite nu_start; ring).
  lra.
Qed.

Lemma nu_converges i : (i < n)%nat -> exists x : R, is_lim (nu i) p_infty x.
Proof.
  intros Hi.
  assert (Pc : 0 < c) by (apply rate_pos; auto).
  set (b := E 0 + / 2).
  assert (Pp : path (fun t => - (2 * b / c) * exp (- (c / 2) * t))
                    (fun t => b * exp (- (c / 2) * t))).
  { apply (path_eq _ _ _ (path_scal _ _ _ (path_exp (- (c / 2))))). intros; field; lra. }
  destruct (path_converges _ _ _ _ 0 (nu_path i) Pp) as [x [Hx _]].
  - intros u Hu. rewrite Rabs_Ropp.
    pose proof (residual_loss L m n A y v i u Hi) as R1. change (r i u ^ 2 <= 2 * E u) in R1.
    pose proof (loss_decay L m n A y v flow pivot lambda mu pivot_layer lambda_pos gaps rank u ltac:(lra)) as R2.
    change (E u <= E 0 * exp (- c * u)) in R2.
    eapply Rle_trans; [apply (young (r i u) (2 * (E 0 * exp (- c * u))) (exp (c / 2 * u)))|].
    + apply exp_pos.
    + lra.
    + rewrite <- exp_Ropp.
      replace (exp (c / 2 * u) * (2 * (E 0 * exp (- c * u))))
        with (2 * E 0 * (exp (c / 2 * u) * exp (- c * u))) by ring.
      rewrite <- exp_plus. replace (c / 2 * u + - c * u) with (- (c / 2) * u) by field.
      replace (- (c / 2 * u)) with (- (c / 2) * u) by field. right. unfold b. field.
  - apply is_lim_exp_decay. lra.
  - exists x. exact Hx.
Qed.

(* --- the limit --- *)
Variable w : nat -> nat -> R.
Hypothesis limit : forall j l, (j < m)%nat -> (l < L)%nat -> is_lim (v j l) p_infty (w j l).

Lemma limit_coefficient j : (j < m)%nat -> coefficient L w j = sg j * T (W j) (w j (pivot j)).
Proof.
  intros Hj.
  assert (Cw : forall u, continuous (W j) u) by (apply modulus_cont; intros; apply gap_positive; auto).
  apply (is_lim_same (fun t => coefficient L (at_time v t) j)).
  - apply (is_lim_Prod L (v j)). auto.
  - apply (is_lim_ext_loc (fun t => sg j * T (W j) (z j t))).
    + exists 0. intros t Ht. symmetry. apply coefficient_from_pivot; auto; lra.
    + apply is_lim_scale. apply (is_lim_comp_continuous (z j)); [apply limit; auto|].
      apply T_cont, Cw.
Qed.

Lemma limit_kkt : exists mult : nat -> R, forall j, (j < m)%nat ->
  dbias L (pivot j) (start j) (coefficient L w j) = Sum n (fun i => A i j * mult i).
Proof.
  exists (fun i => real (Lim (nu i) p_infty)). intros j Hj.
  assert (Gp : forall l, (l < L)%nat -> l <> pivot j -> 0 < gap (pivot j) (start j) l)
    by (intros; apply gap_positive; auto).
  pose proof (modulus_pos L (pivot j) (start j) Gp) as Pw.
  pose proof (modulus_cont L (pivot j) (start j) Gp) as Cw.
  pose proof (modulus_grows L (pivot j) (start j)) as Mw.
  assert (S2 : sg j * sg j = 1) by (apply other_sign_square; auto).
  unfold dbias. fold (sg j) (W j). rewrite limit_coefficient, <- Rmult_assoc, S2, Rmult_1_l by auto.
  unfold W. rewrite dH_T by auto. fold (W j).
  apply (is_lim_same (fun t => sg j * sigma (W j) (z j 0) (z j t))).
  - apply is_lim_scale. apply (is_lim_comp_continuous (z j)); [apply limit; auto|].
    apply sigma_cont; auto.
  - apply (is_lim_ext_loc (fun t => Sum n (fun i => A i j * nu i t))).
    + exists 0. intros t Ht. symmetry. apply dual_identity; auto; lra.
    + apply (is_lim_Sum n (fun i t => A i j * nu i t) (fun i => A i j * real (Lim (nu i) p_infty))).
      intros i Hi. apply is_lim_scale. destruct (nu_converges i Hi) as [x Hx].
      rewrite (is_lim_unique _ _ _ Hx). exact Hx.
Qed.

Lemma limit_strict_subgradient :
  strict_subgradient m (fun j => bias L (pivot j) (start j)) (coefficient L w)
    (fun j => dbias L (pivot j) (start j) (coefficient L w j)).
Proof. intros j x Hj N. apply bias_above; auto. intros; apply gap_positive; auto. Qed.
End Bias.

(* --- the theorem for every initialisation with strictly smallest pivots --- *)

Theorem convergence_and_bias
  (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R)
  (pivot : nat -> nat) (lambda mu : R) :
  solution L m n A y v ->
  (forall j, (j < m)%nat -> (pivot j < L)%nat) ->
  0 < lambda ->
  (forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j ->
     lambda <= v j l 0 ^ 2 - v j (pivot j) 0 ^ 2) ->
  0 < mu -> row_rank_bound m n A mu ->
  let c := 2 * lambda ^ (L - 1) * mu in
  let loss_at t := loss L m n A y (at_time v t) in
  let Q := potential m (fun j => bias L (pivot j) (fun l => v j l 0)) in
  (* R1: the loss decays exponentially *)
  (forall t, 0 <= t -> loss_at t <= loss_at 0 * exp (- c * t)) /\
  exists w : nat -> nat -> R,
    (* every parameter converges, exponentially *)
    (forall j l, (j < m)%nat -> (l < L)%nat ->
       is_lim (v j l) p_infty (w j l) /\
       forall t, 0 <= t -> Rabs (w j l - v j l t) <= 2 * sqrt (loss_at 0 / c) * exp (- (c / 2) * t)) /\
    let rho := coefficient L w in
    (* the limit interpolates, *)
    feasible m n A y rho /\
    (* satisfies the KKT conditions of the potential, *)
    (exists nu : nat -> R, forall j, (j < m)%nat ->
       dbias L (pivot j) (fun l => v j l 0) (rho j) = Sum n (fun i => A i j * nu i)) /\
    (* and is its only minimiser among all interpolators *)
    (forall x, feasible m n A y x -> (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x).
Proof.
  intros Sol Hp Hl Hg Hm Hr c loss_at Q.
  pose proof (extend_solution L m n A y v Sol) as X.
  assert (V0 : forall j l, extend v j l 0 = v j l 0)
    by (intros; unfold extend; rewrite Rmax_left; lra).
  assert (Hg' : forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j ->
    lambda <= extend v j l 0 ^ 2 - extend v j (pivot j) 0 ^ 2) by (intros; rewrite !V0; auto).
  assert (V0' : forall j, (fun l => extend v j l 0) = (fun l => v j l 0))
    by (intros; extensionality l; auto).
  split.
  - intros t Ht. unfold loss_at. rewrite <- (extend_at v t), <- (extend_at v 0) by lra.
    apply (loss_decay L m n A y (extend v) X pivot lambda mu Hp Hl Hg' Hr t Ht).
  - set (w := fun j l => real (Lim (v j l) p_infty)). exists w.
    assert (Conv : forall j l, (j < m)%nat -> (l < L)%nat ->
      is_lim (v j l) p_infty (w j l) /\
      forall t, 0 <= t -> Rabs (w j l - v j l t) <= 2 * sqrt (loss_at 0 / c) * exp (- (c / 2) * t)).
    { intros j l Hj Hk.
      destruct (coordinates_converge L m n A y (extend v) X pivot lambda mu Hp Hl Hg' Hm Hr j l Hj Hk)
        as [x [Hx B]].
      assert (Hx' : is_lim (v j l) p_infty x).
      { apply (is_lim_ext_loc (extend v j l)); auto. exists 0. intros t Ht.
        unfold extend. rewrite Rmax_right; auto; lra. }
      assert (Ew : w j l = x) by (unfold w; rewrite (is_lim_unique _ _ _ Hx'); reflexivity).
      rewrite Ew. split; auto. intros t Ht. specialize (B t Ht).
      rewrite (extend_at v 0) in B by lra. unfold extend in B. rewrite Rmax_right in B by auto. exact B. }
    assert (Lim' : forall j l, (j < m)%nat -> (l < L)%nat -> is_lim (extend v j l) p_infty (w j l)).
    { intros j l Hj Hk. apply (is_lim_ext_loc (v j l)); [|apply Conv; auto].
      exists 0. intros t Ht. unfold extend. rewrite Rmax_right; auto; lra. }
    split; [exact Conv|]. intros rho.
    assert (Feas : feasible m n A y rho)
      by (exact (limit_interpolates L m n A y (extend v) X pivot lambda mu Hp Hl Hg' Hm Hr w Lim')).
    destruct (limit_kkt L m n A y (extend v) X pivot lambda mu Hp Hl Hg' Hm Hr w Lim') as [nu Hnu].
    pose proof (limit_strict_subgradient L m (extend v) pivot lambda Hl Hg' w) as Sub.
    split; [exact Feas|]. split.
    + exists nu. intros j Hj. rewrite <- V0'. apply Hnu; auto.
    + intros x Hx.
      assert (Dec : (forall j, (j < m)%nat -> x j = rho j) \/ exists k, (k < m)%nat /\ x k <> rho k).
      { clear. induction m as [|k [IH|[j [Hj N]]]].
        - left; intros; lia.
        - destruct (Req_dec (x k) (rho k)) as [Eq|N].
          + left. intros j Hj. destruct (Nat.eq_dec j k) as [->|]; auto. apply IH; lia.
          + right; exists k; split; auto.
        - right; exists j; split; auto. }
      destruct Dec as [Eq|[k [Hk N]]]; [left; exact Eq|]. right.
      unfold Q. replace (fun j => bias L (pivot j) (fun l => v j l 0))
        with (fun j => bias L (pivot j) (fun l => extend v j l 0))
        by (extensionality j; rewrite V0'; reflexivity).
      apply (kkt_equality_unique m n _ rho _ A y nu Feas Hnu x k); auto.
Qed.
