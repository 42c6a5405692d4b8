(* Where the flow goes (R1, R5): a start whose weights stay away from 0 leads, exponentially fast, to an interpolator
   that minimises a separable, strictly convex potential among all interpolators on the sides of the start
   ([convergence_from_floor]). Strictly smallest pivots are such a start, without any restriction of the sides
   ([convergence_and_bias]); so are ties with a pivot that does not start at 0 (R5Ties.v). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt.
From Litproof Require Export CoordinatePotential.
Open Scope R_scope.

Section Bias.
Variables (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R).
Hypothesis flow : extended_solution L m n A y v.
Variable pivot : nat -> nat.
Let start j l := v j l 0.
Let z j t := v j (pivot j) t.
Let E t := loss L m n A y (at_time v t).
Let r i t := residual L m A y (at_time v t) i.
Let g j t := dual_gradient L m n A y (at_time v t) j.
Let sg j := other_sign L (pivot j) (start j).
Let W j := modulus L (pivot j) (start j).
Hypothesis pivot_layer : forall j, (j < m)%nat -> (pivot j < L)%nat.
Hypothesis pivot_smallest : forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j ->
  0 <= gap (pivot j) (fun l => v j l 0) l.
Hypothesis start_inside : forall j, (j < m)%nat ->
  inside (modulus L (pivot j) (fun l => v j l 0)) (v j (pivot j) 0) (v j (pivot j) 0).

Lemma smallest j : (j < m)%nat -> forall l, (l < L)%nat -> l <> pivot j -> 0 <= gap (pivot j) (start j) l.
Proof. intros Hj l. apply pivot_smallest, Hj. Qed.

Lemma residual_cont i t : continuous (r i) t.
Proof. apply (residual_path L m n A y v flow i). Qed.

Lemma dual_gradient_cont j t : continuous (g j) t.
Proof.
  apply (path_sum n (fun i t => A i j * r i t) (fun i t => A i j * Sum m (fun j =>
    A i j * (- g j t * tangent L v j t)))). intros i _. apply path_scal. apply (residual_path L m n A y v flow i).
Qed.

(* a pivot that is as small as another layer does not reach 0 *)
Lemma keeps_side j t : (j < m)%nat -> 0 <= t -> inside (W j) (z j 0) (z j t).
Proof.
  intros Hj Ht. destruct (Rlt_le_dec 0 (W j 0)) as [P0|Le]; [left; exact P0 | right].
  assert (Tie : exists l, (l < L)%nat /\ l <> pivot j /\ gap (pivot j) (start j) l = 0).
  { destruct (Classical_Prop.classic (exists l, (l < L)%nat /\ l <> pivot j /\ gap (pivot j) (start j) l = 0))
      as [|N]; auto. exfalso.
    assert (0 < W j 0); [|lra]. apply modulus_pos. intros l Hl Nl. pose proof (smallest j Hj l Hl Nl) as P.
    destruct (Req_dec (gap (pivot j) (start j) l) 0) as [E0|]; [exfalso; apply N; exists l; auto | lra]. }
  destruct Tie as [l [Hl [Nl E0]]].
  assert (Nz : z j 0 <> 0) by (destruct (start_inside j Hj) as [P|P]; [unfold W, start in Le; lra |
    intros Z; unfold z in Z; rewrite Z in P; lra]).
  (* the square of the pivot *)
  set (rest := fun t => ProdBut L (fun k => if Nat.eqb k (pivot j) then 1 else v j k t) l).
  assert (Same : forall u, 0 <= u -> v j l u ^ 2 = z j u ^ 2).
  { intros u Hu. pose proof (squares_conserved L m n A y v flow j l (pivot j) u Hj Hl (pivot_layer j Hj) Hu) as C.
    unfold gap, start in E0. unfold z. lra. }
  assert (Sq : forall u, 0 <= u -> 0 < z j u ^ 2).
  { intros u Hu. apply (stays_positive (fun t => z j t ^ 2) _ (fun t => 2 * Rabs (g j t) * Rabs (rest t)) u
      (path_sq _ _ (flow_path L m n A y v flow j (pivot j) Hj (pivot_layer j Hj)))); auto.
    - intros s. apply (continuous_mult (fun t => 2 * Rabs (g j t)) (fun t => Rabs (rest t))).
      + apply (continuous_mult (fun _ => 2)); [apply continuous_const|].
        apply (continuous_comp (g j) Rabs); [apply dual_gradient_cont | apply continuous_Rabs].
      + apply (continuous_comp rest Rabs); [|apply continuous_Rabs]. unfold rest, ProdBut.
        apply (continuous_Prod L (fun k s => if Nat.eqb k l then 1 else if Nat.eqb k (pivot j) then 1 else v j k s)).
        intros k Hk. destruct (Nat.eqb k l); [apply continuous_const|].
        destruct (Nat.eqb k (pivot j)); [apply continuous_const | apply (flow j k Hj Hk)].
    - intros s Ps.
      assert (Ep : ProdBut L (fun k => v j k s) (pivot j) = v j l s * rest s).
      { unfold ProdBut at 1. rewrite <- (ProdBut_mul L _ l Hl). cbv beta.
        destruct (Nat.eqb_spec l (pivot j)); [contradiction | reflexivity]. }
      change (- (2 * Rabs (g j s) * Rabs (rest s)) * z j s ^ 2 <=
        2 * z j s * (- g j s * ProdBut L (fun k => v j k s) (pivot j))).
      rewrite Ep. assert (B : Rabs (z j s * v j l s) = z j s ^ 2).
      { rewrite Rabs_mult. pose proof (Same s ltac:(lra)) as Q. rewrite <- (pow2_abs (v j l s)),
        <- (pow2_abs (z j s)) in Q.
        assert (Rabs (v j l s) = Rabs (z j s)) as -> by (apply Rsqr_inj; unfold Rsqr; try apply Rabs_pos; lra).
        rewrite <- pow2_abs. ring. }
      rewrite <- B. pose proof (Rle_abs (2 * g j s * rest s * (z j s * v j l s))) as Q.
      rewrite !Rabs_mult, (Rabs_pos_eq 2) in Q by lra. rewrite Rabs_mult. lra.
    - apply pow2_gt_0. exact Nz. }
  rewrite Rmult_comm. apply (Rmult_lt_reg_r 1); [lra|]. rewrite Rmult_0_l, Rmult_1_r, Rmult_comm.
  apply (keeps_sign (z j)); auto.
  - apply (flow j (pivot j) Hj (pivot_layer j Hj)).
  - intros u Hu Z. pose proof (Sq u ltac:(lra)) as Q. rewrite Z in Q. lra.
Qed.

Lemma layer_from_pivot j l t : (j < m)%nat -> (l < L)%nat -> l <> pivot j -> 0 <= t ->
  v j l t = sign (v j l 0) * sqrt (z j t ^ 2 + gap (pivot j) (start j) l).
Proof.
  intros Hj Hl N Ht.
  assert (Sq : forall u, 0 <= u -> v j l u ^ 2 = z j u ^ 2 + gap (pivot j) (start j) l).
  { intros u Hu. unfold gap, start, z.
    pose proof (squares_conserved L m n A y v flow j l (pivot j) u Hj Hl (pivot_layer j Hj) Hu). lra. }
  assert (Nz : forall u, 0 <= u -> v j l u <> 0).
  { intros u Hu Z. pose proof (Sq u Hu) as S. rewrite Z in S.
    pose proof (gap_inside L (pivot j) (start j) (smallest j Hj) (z j u) (keeps_side j u Hj Hu) l Hl N). lra. }
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
  intros Hj Ht. pose proof (smallest j Hj) as Sm.
  assert (S2 : sg j * sg j = 1) by (apply other_sign_squared; [exact Sm | apply start_inside, Hj]).
  set (f := fun t => sg j * sigma (W j) (z j 0) (z j t)).
  assert (Ds : forall u, 0 <= u -> is_derive (sigma (W j) (z j 0)) (z j u) (/ W j (z j u))).
  { intros u Hu. apply sigma_derive_inside; [apply modulus_pos_off, Sm | apply modulus_cont | apply modulus_grows | |];
      [apply start_inside, Hj | apply keeps_side; auto]. }
  assert (Cf : forall u, 0 <= u -> continuous f u).
  { intros u Hu. apply (continuous_mult (fun _ => sg j)); [apply continuous_const|].
    apply (continuous_comp (z j)); [apply (flow j (pivot j) Hj (pivot_layer j Hj))|].
    eapply continuous_of_derive, Ds, Hu. }
  assert (Df : forall u, 0 < u -> is_derive f u (- g j u)).
  { intros u Hu. pose proof (proj2 (flow_path L m n A y v flow j (pivot j) Hj (pivot_layer j Hj)) u Hu) as Dz.
    replace (- g j u) with (sg j * (- g j u * ProdBut L (fun k => v j k u) (pivot j) * / W j (z j u))).
    - apply (is_derive_scal (fun t => sigma (W j) (z j 0) (z j t))).
      apply (is_derive_comp (sigma (W j) (z j 0)) (z j)); [apply Ds; lra | exact Dz].
    - rewrite (others j u) by (auto; lra).
      transitivity (- g j u * (sg j * sg j)); [field | rewrite S2; ring].
      apply Rgt_not_eq, (inside_positive (W j) (z j 0)); [apply modulus_pos_off, Sm | apply modulus_grows |
        apply keeps_side; auto; lra]. }
  assert (Ps : path (fun t => f (Rmax 0 t)) (fun t => - g j t)).
  { apply path_extend; [|exact Df]. intros P HP. apply (filter_le_within (F := locally 0) (fun u => 0 < u)).
    apply (Cf 0 ltac:(lra) P HP). }
  assert (Pn : path (fun t => Sum n (fun i => A i j * nu i t)) (fun t => - g j t)).
  { apply (path_eq _ (fun t => Sum n (fun i => A i j * - r i t))).
    - apply (path_sum n (fun i t => A i j * nu i t)). intros i _. apply path_scal, nu_path.
    - intros u _. unfold g, dual_gradient. rewrite <- Sum_opp. apply Sum_ext. intros. unfold r. ring. }
  assert (P0 : path (fun t => f (Rmax 0 t) - Sum n (fun i => A i j * nu i t)) (fun _ => 0)).
  { apply (path_eq _ _ _ (path_minus _ _ _ _ Ps Pn)). intros; ring. }
  pose proof (path_constant _ t P0 Ht) as K. cbv beta in K. rewrite !Rmax_right in K by lra. unfold f in K.
  rewrite sigma_start, (Sum_zero n (fun i => A i j * nu i 0)) in K
    by (intros i _; rewrite nu_start; ring).
  lra.
Qed.

(* --- the limit, if the weights stay above sqrt(kappa) --- *)
Section Limit.
Variables (kappa mu : R).
Hypothesis kappa_pos : 0 < kappa.
Hypothesis weight_floor : forall j t, (j < m)%nat -> 0 <= t ->
  kappa <= modulus L (pivot j) (fun l => v j l 0) (v j (pivot j) t) ^ 2.
Hypothesis mu_pos : 0 < mu.
Hypothesis rank : row_rank_bound m n A mu.
Let c := 2 * kappa * mu.

Lemma floor_of_weight j t : (j < m)%nat -> 0 <= t -> kappa <= tangent L v j t.
Proof.
  intros Hj Ht. apply Rle_trans with (ProdBut L (fun k => v j k t) (pivot j) ^ 2).
  - rewrite others, Rpow_mult_distr by auto. replace (sg j ^ 2) with 1.
    + rewrite Rmult_1_l. apply weight_floor; auto.
    + symmetry. rewrite <- Rsqr_pow2. apply other_sign_squared; [apply smallest, Hj | apply start_inside, Hj].
  - apply (Sum_term L (fun l => ProdBut L (fun k => v j k t) l ^ 2)); auto. intros; apply pow2_ge_0.
Qed.

Lemma nu_converges i : (i < n)%nat -> exists x : R, is_lim (nu i) p_infty x.
Proof.
  intros Hi.
  assert (Pc : 0 < c) by (unfold c; nra).
  set (b := E 0 + / 2).
  assert (Pp : path (fun t => - (2 * b / c) * exp (- (c / 2) * t))
                    (fun t => b * exp (- (c / 2) * t))).
  { apply (path_eq _ _ _ (path_scal _ _ _ (path_exp (- (c / 2))))). intros; field; lra. }
  destruct (path_converges _ _ _ _ 0 (nu_path i) Pp) as [x [Hx _]].
  - intros u Hu. rewrite Rabs_Ropp.
    pose proof (residual_loss L m n A y v i u Hi) as R1. change (r i u ^ 2 <= 2 * E u) in R1.
    pose proof (loss_decay L m n A y v flow kappa mu kappa_pos floor_of_weight rank u ltac:(lra)) as R2.
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

Variable w : nat -> nat -> R.
Hypothesis limit : forall j l, (j < m)%nat -> (l < L)%nat -> is_lim (v j l) p_infty (w j l).

Lemma limit_coefficient j : (j < m)%nat -> coefficient L w j = sg j * T (W j) (w j (pivot j)).
Proof.
  intros Hj. apply (is_lim_same (fun t => coefficient L (at_time v t) j)).
  - apply (is_lim_Prod L (v j)). auto.
  - apply (is_lim_ext_loc (fun t => sg j * T (W j) (z j t))).
    + exists 0. intros t Ht. symmetry. apply coefficient_from_pivot; auto; lra.
    + apply is_lim_scale. apply (is_lim_comp_continuous (z j)); [apply limit; auto|].
      apply T_cont. intros u. apply modulus_cont.
Qed.

Lemma limit_inside j : (j < m)%nat -> inside (W j) (z j 0) (w j (pivot j)).
Proof.
  intros Hj. assert (Lz : is_lim (z j) p_infty (w j (pivot j))) by (apply limit; auto).
  destruct (Rlt_le_dec 0 (W j 0)) as [P0|Le]; [left; exact P0 | right].
  assert (Side : 0 <= w j (pivot j) * z j 0).
  { apply (is_lim_le_loc (fun _ => 0) (fun t => z j t * z j 0) p_infty 0 (w j (pivot j) * z j 0)).
    - exists 0. intros t Ht. destruct (keeps_side j t Hj ltac:(lra)) as [P|P]; lra.
    - apply is_lim_const.
    - apply (is_lim_ext (fun t => z j 0 * z j t)); [intros; ring|]. rewrite Rmult_comm. apply is_lim_scale, Lz. }
  assert (Fl : kappa <= W j (w j (pivot j)) ^ 2).
  { apply (is_lim_le_loc (fun _ => kappa) (fun t => W j (z j t) ^ 2) p_infty kappa (W j (w j (pivot j)) ^ 2)).
    - exists 0. intros t Ht. apply weight_floor; auto; lra.
    - apply is_lim_const.
    - apply (is_lim_comp_continuous (z j) (fun u => W j u ^ 2)); [exact Lz|].
      apply (continuous_comp (W j) (fun u => u ^ 2)); [apply modulus_cont|].
      apply (ex_derive_continuous (fun u => u ^ 2)). auto_derive. auto. }
  assert (Nw : w j (pivot j) <> 0).
  { intros Z. rewrite Z in Fl. pose proof (modulus_nonneg L (pivot j) (start j) 0) as P. fold (W j) in P. nra. }
  assert (N0 : z j 0 <> 0) by (destruct (start_inside j Hj) as [P|P]; [unfold W, start in Le; lra |
    intros Z; unfold z in Z; rewrite Z in P; lra]).
  pose proof (Rmult_integral_contrapositive_currified _ _ Nw N0). lra.
Qed.

Lemma limit_kkt : exists mult : nat -> R, forall j, (j < m)%nat ->
  dbias L (pivot j) (start j) (coefficient L w j) = Sum n (fun i => A i j * mult i).
Proof.
  exists (fun i => real (Lim (nu i) p_infty)). intros j Hj. pose proof (smallest j Hj) as Sm.
  assert (S2 : sg j * sg j = 1) by (apply other_sign_squared; [exact Sm | apply start_inside, Hj]).
  unfold dbias. fold (sg j) (W j). rewrite limit_coefficient, <- Rmult_assoc, S2, Rmult_1_l by auto.
  unfold dH. rewrite (inverse_of_T (W j) (modulus_pos_off L (pivot j) (start j) Sm)
    (modulus_cont L (pivot j) (start j)) (modulus_grows L (pivot j) (start j))).
  apply (is_lim_same (fun t => sg j * sigma (W j) (z j 0) (z j t))).
  - apply is_lim_scale. apply (is_lim_comp_continuous (z j)); [apply limit; auto|].
    eapply continuous_of_derive, sigma_derive_inside; [apply modulus_pos_off, Sm | apply modulus_cont |
      apply modulus_grows | apply start_inside, Hj | apply limit_inside, Hj].
  - apply (is_lim_ext_loc (fun t => Sum n (fun i => A i j * nu i t))).
    + exists 0. intros t Ht. symmetry. apply dual_identity; auto; lra.
    + apply (is_lim_Sum n (fun i t => A i j * nu i t) (fun i => A i j * real (Lim (nu i) p_infty))).
      intros i Hi. apply is_lim_scale. destruct (nu_converges i Hi) as [x Hx].
      rewrite (is_lim_unique _ _ _ Hx). exact Hx.
Qed.

Lemma limit_above j x : (j < m)%nat -> allowed_by_start L (pivot j) (start j) x -> x <> coefficient L w j ->
  bias L (pivot j) (start j) (coefficient L w j) +
    dbias L (pivot j) (start j) (coefficient L w j) * (x - coefficient L w j) < bias L (pivot j) (start j) x.
Proof.
  intros Hj Al N. rewrite limit_coefficient in * by auto.
  apply (bias_above_inside L (pivot j) (start j)); auto; [apply smallest, Hj | apply start_inside,
    Hj | apply limit_inside, Hj].
Qed.
End Limit.
End Bias.

(* --- the theorem for every start that keeps the weights away from 0 --- *)
Theorem convergence_from_floor
  (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R)
  (pivot : nat -> nat) (kappa mu : R) :
  solution L m n A y v ->
  (forall j, (j < m)%nat -> (pivot j < L)%nat) ->
  (forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j -> 0 <= gap (pivot j) (fun l => v j l 0) l) ->
  (forall j, (j < m)%nat -> inside (modulus L (pivot j) (fun l => v j l 0)) (v j (pivot j) 0) (v j (pivot j) 0)) ->
  0 < kappa ->
  (forall j t, (j < m)%nat -> 0 <= t -> kappa <= modulus L (pivot j) (fun l => v j l 0) (v j (pivot j) t) ^ 2) ->
  0 < mu -> row_rank_bound m n A mu ->
  let c := 2 * kappa * mu in
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
    (* keeps the sides of the start, *)
    (forall j, (j < m)%nat -> 0 < modulus L (pivot j) (fun l => v j l 0) 0 \/
       0 < other_sign L (pivot j) (fun l => v j l 0) * rho j * v j (pivot j) 0) /\
    (* satisfies the KKT conditions of the potential, *)
    (exists nu : nat -> R, forall j, (j < m)%nat ->
       dbias L (pivot j) (fun l => v j l 0) (rho j) = Sum n (fun i => A i j * nu i)) /\
    (* and is its only minimiser among all interpolators on the sides of the start *)
    (forall x, feasible m n A y x ->
       (forall j, (j < m)%nat -> allowed_by_start L (pivot j) (fun l => v j l 0) (x j)) ->
       (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x).
Proof.
  intros Sol Hp Hs Hi Pk Hf Hm Hr c loss_at Q.
  pose proof (extend_solution L m n A y v Sol) as X.
  assert (V0 : forall j, (fun l => extend v j l 0) = (fun l => v j l 0))
    by (intros; extensionality l; unfold extend; rewrite Rmax_left; lra).
  assert (Vt : forall j l t, 0 <= t -> extend v j l t = v j l t) by (intros; unfold extend; rewrite Rmax_right; auto).
  assert (Hs' : forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j ->
    0 <= gap (pivot j) (fun l => extend v j l 0) l) by (intros j l; rewrite V0; apply Hs).
  assert (Hi' : forall j, (j < m)%nat -> inside (modulus L (pivot j) (fun l => extend v j l 0))
    (extend v j (pivot j) 0) (extend v j (pivot j) 0)) by (intros j; rewrite V0, Vt by lra; apply Hi).
  assert (Hf' : forall j t, (j < m)%nat -> 0 <= t ->
    kappa <= modulus L (pivot j) (fun l => extend v j l 0) (extend v j (pivot j) t) ^ 2)
    by (intros j t Hj Ht; rewrite V0, Vt by auto; apply Hf; auto).
  pose proof (floor_of_weight L m n A y (extend v) X pivot Hp Hs' Hi' kappa Hf') as Fl.
  split.
  - intros t Ht. unfold loss_at. rewrite <- (extend_at v t), <- (extend_at v 0) by lra.
    apply (loss_decay L m n A y (extend v) X kappa mu Pk Fl Hr t Ht).
  - set (w := fun j l => real (Lim (v j l) p_infty)). exists w.
    assert (Conv : forall j l, (j < m)%nat -> (l < L)%nat ->
      is_lim (v j l) p_infty (w j l) /\
      forall t, 0 <= t -> Rabs (w j l - v j l t) <= 2 * sqrt (loss_at 0 / c) * exp (- (c / 2) * t)).
    { intros j l Hj Hk.
      destruct (coordinates_converge L m n A y (extend v) X kappa mu Pk Fl Hm Hr j l Hj Hk) as [x [Hx B]].
      assert (Hx' : is_lim (v j l) p_infty x).
      { apply (is_lim_ext_loc (extend v j l)); auto. exists 0. intros t Ht. apply Vt. lra. }
      assert (Ew : w j l = x) by (unfold w; rewrite (is_lim_unique _ _ _ Hx'); reflexivity).
      rewrite Ew. split; auto. intros t Ht. specialize (B t Ht). rewrite (extend_at v 0), Vt in B by lra. exact B. }
    assert (Lim' : forall j l, (j < m)%nat -> (l < L)%nat -> is_lim (extend v j l) p_infty (w j l)).
    { intros j l Hj Hk. apply (is_lim_ext_loc (v j l)); [|apply Conv; auto].
      exists 0. intros t Ht. symmetry. apply Vt. lra. }
    split; [exact Conv|]. intros rho.
    assert (Feas : feasible m n A y rho)
      by (exact (limit_interpolates L m n A y (extend v) X kappa mu Pk Fl Hm Hr w Lim')).
    destruct (limit_kkt L m n A y (extend v) X pivot Hp Hs' Hi' kappa mu Pk Hf' Hm Hr w Lim') as [nu Hnu].
    assert (Side : forall j, (j < m)%nat -> 0 < modulus L (pivot j) (fun l => v j l 0) 0 \/
      0 < other_sign L (pivot j) (fun l => v j l 0) * rho j * v j (pivot j) 0).
    { intros j Hj. pose proof (limit_inside L m n A y (extend v) X pivot Hp Hs' Hi' kappa Pk Hf' w Lim' j Hj) as I.
      pose proof (limit_coefficient L m n A y (extend v) X pivot Hp Hs' Hi' w Lim' j Hj) as C.
      cbv beta zeta in I, C. rewrite (V0 j) in I, C. rewrite !Vt in I by lra.
      pose proof (inside_positive _ _ (modulus_pos_off L (pivot j) (fun l => v j l 0) (fun l => Hs j l Hj))
        (modulus_grows L (pivot j) (fun l => v j l 0)) _ I) as Pw.
      destruct I as [P|P]; [left; exact P | right]. unfold rho. rewrite C, <- Rmult_assoc.
      rewrite (other_sign_squared L (pivot j) (fun l => v j l 0) (fun l => Hs j l Hj) (Hi j Hj)). unfold T.
      set (W := modulus L (pivot j) (fun l => v j l 0)) in *. nra. }
    split; [exact Feas | split; [exact Side | split]].
    + exists nu. intros j Hj. rewrite <- V0. apply Hnu; auto.
    + intros x Hx Al.
      assert (Dec : (forall j, (j < m)%nat -> x j = rho j) \/ exists k, (k < m)%nat /\ x k <> rho k).
      { clear. induction m as [|k [IH|[j [Hj N]]]].
        - left; intros; lia.
        - destruct (Req_dec (x k) (rho k)) as [Eq|N].
          + left. intros j Hj. destruct (Nat.eq_dec j k) as [->|]; auto. apply IH; lia.
          + right; exists k; split; auto.
        - right; exists j; split; auto. }
      destruct Dec as [Eq|[k [Hk N]]]; [left; exact Eq|]. right.
      (* the tangents of the potential at the limit, summed over the coordinates *)
      set (s := fun j => dbias L (pivot j) (fun l => v j l 0) (rho j)).
      assert (Above : forall j, (j < m)%nat -> x j <> rho j ->
        bias L (pivot j) (fun l => v j l 0) (rho j) + s j * (x j - rho j) < bias L (pivot j) (fun l => v j l 0) (x j)).
      { intros j Hj Nj. unfold s. rewrite <- V0.
        apply (limit_above L m n A y (extend v) X pivot Hp Hs' Hi' kappa Pk Hf' w Lim' j); auto.
        rewrite V0. apply Al, Hj. }
      assert (Zero : Sum m (fun j => s j * (x j - rho j)) = 0).
      { rewrite (Sum_ext m _ (fun j => Sum n (fun i => nu i * (A i j * x j) - nu i * (A i j * rho j)))).
        - rewrite Sum_swap. apply Sum_zero. intros i Hi0. rewrite Sum_minus, !Sum_scal_l, (Hx i Hi0),
            (Feas i Hi0). ring.
        - intros j Hj. unfold s, rho. rewrite <- V0, (Hnu j Hj), <- Sum_scal_r. apply Sum_ext. intros; ring. }
      rewrite <- (Rplus_0_r (Q rho)), <- Zero. unfold Q, potential. rewrite <- Sum_plus.
      apply (Sum_lt m _ _ k Hk); [|apply Above; auto]. intros j Hj.
      destruct (Req_dec (x j) (rho j)) as [Eq|Nj]; [rewrite Eq; lra | left; apply Above; auto].
Qed.

(* --- every initialisation with strictly smallest pivots --- *)
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
  (forall t, 0 <= t -> loss_at t <= loss_at 0 * exp (- c * t)) /\
  exists w : nat -> nat -> R,
    (forall j l, (j < m)%nat -> (l < L)%nat ->
       is_lim (v j l) p_infty (w j l) /\
       forall t, 0 <= t -> Rabs (w j l - v j l t) <= 2 * sqrt (loss_at 0 / c) * exp (- (c / 2) * t)) /\
    let rho := coefficient L w in
    feasible m n A y rho /\
    (exists nu : nat -> R, forall j, (j < m)%nat ->
       dbias L (pivot j) (fun l => v j l 0) (rho j) = Sum n (fun i => A i j * nu i)) /\
    (forall x, feasible m n A y x -> (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x).
Proof.
  intros Sol Hp Hl Hg Hm Hr.
  assert (Gp : forall j, (j < m)%nat -> forall l, (l < L)%nat -> l <> pivot j -> lambda <= gap (pivot j) (fun l =>
    v j l 0) l) by (intros j Hj l Hk N; apply (Hg j l Hj Hk N)).
  assert (P0 : forall j, (j < m)%nat -> forall z, 0 < modulus L (pivot j) (fun l => v j l 0) z).
  { intros j Hj z. apply modulus_pos. intros l Hk N. pose proof (Gp j Hj l Hk N). lra. }
  destruct (convergence_from_floor L m n A y v pivot (lambda ^ (L - 1)) mu Sol Hp) as [R1 [w [Conv [Feas [_ [Kkt
    Min]]]]]];
    auto.
  - intros j l Hj Hk N. pose proof (Gp j Hj l Hk N). lra.
  - intros j Hj. left. auto.
  - apply pow_lt, Hl.
  - intros j t Hj Ht. unfold modulus, weight. rewrite <- ProdBut_sq, <- (ProdBut_const L lambda (pivot j) (Hp j Hj)).
    apply ProdBut_le. intros l Hk N. split; [lra|]. pose proof (Gp j Hj l Hk N). pose proof (pow2_ge_0 (v j (pivot j)
      t)).
    rewrite pow2_sqrt; lra.
  - split; [exact R1|]. exists w. split; [exact Conv | split; [exact Feas | split; [exact Kkt|]]].
    intros x Hx. apply Min; auto. intros j Hj. left. auto.
Qed.
