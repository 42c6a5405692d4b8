(* From a zero of the dual equation to the limit of the flow: whatever solves
     A rho = y,  bias_j'(rho_j) = (A^T nu)_j
   is the limit of every solution with these initial values and strictly smallest pivots.
   Where the inverse of bias_j' is elementary: two layers with any start; three or four layers, one of
   which starts at 0 and the others at the same modulus. For enclosures on given data. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias DepthPotential Regression.
Open Scope R_scope.

Theorem limit_of_kkt_point
  (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R)
  (pivot : nat -> nat) (lambda mu : R) (rho nu : nat -> R) :
  solution L m n A y v ->
  (forall j, (j < m)%nat -> (pivot j < L)%nat) ->
  0 < lambda ->
  (forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j ->
     lambda <= v j l 0 ^ 2 - v j (pivot j) 0 ^ 2) ->
  0 < mu -> row_rank_bound m n A mu ->
  feasible m n A y rho ->
  (forall j, (j < m)%nat ->
     dbias L (pivot j) (fun l => v j l 0) (rho j) = Sum n (fun i => A i j * nu i)) ->
  forall j, (j < m)%nat -> is_lim (fun t => coefficient L (at_time v t) j) p_infty (rho j).
Proof.
  intros Sol Hp Pl Gaps Pmu Rk Feas Kkt j Hj.
  destruct (convergence_and_bias L m n A y v pivot lambda mu Sol Hp Pl Gaps Pmu Rk)
    as [_ [w [Conv [Feas' [_ Min]]]]].
  assert (Low : potential m (fun j => bias L (pivot j) (fun l => v j l 0)) rho
             <= potential m (fun j => bias L (pivot j) (fun l => v j l 0)) (coefficient L w)).
  { apply (kkt_equality_min m n _ rho _ A y nu Feas Kkt); [|exact Feas'].
    intros i x Hi. destruct (Req_dec x (rho i)) as [->|N]; [lra|]. left. apply bias_above; auto.
    intros l Hl Hne. pose proof (Gaps i l Hi Hl Hne). unfold gap. lra. }
  assert (E : rho j = coefficient L w j) by (destruct (Min rho Feas) as [E|Lt]; [auto | lra]).
  rewrite E. apply (is_lim_Prod L (v j)). intros l Hl. apply Conv; auto.
Qed.

(* --- depth 2, started at z and o: rho(s) = (z cosh s + o sinh s) (z sinh s + o cosh s) --- *)
Definition f2 (z o s : R) : R := ((z + o) ^ 2 * exp (2 * s) - (z - o) ^ 2 * exp (- (2 * s))) / 4.
Definition df2 (z o s : R) : R := ((z + o) ^ 2 * exp (2 * s) + (z - o) ^ 2 * exp (- (2 * s))) / 2.
Lemma f2_derive z o s : is_derive (f2 z o) s (df2 z o s).
Proof. unfold f2, df2. auto_derive; auto. field. Qed.

Section TwoLayers.
Variables (p : nat) (v0 : nat -> R).
Hypothesis layer : (p < 2)%nat.
Let z := v0 p.
Let o := v0 (1 - p)%nat.
Hypothesis smaller : 0 < o ^ 2 - z ^ 2.

Lemma gap_two l : (l < 2)%nat -> l <> p -> gap p v0 l = o ^ 2 - z ^ 2.
Proof. intros Hl N. unfold gap, o, z. replace l with (1 - p)%nat by lia. reflexivity. Qed.

Lemma modulus_two u : modulus 2 p v0 u = sqrt (u ^ 2 + (o ^ 2 - z ^ 2)).
Proof.
  unfold modulus, weight, ProdBut. cbn [Prod].
  destruct (Nat.eqb_spec 0 p); destruct (Nat.eqb_spec 1 p); try lia; rewrite gap_two by lia; ring.
Qed.

Lemma other_sign_two : other_sign 2 p v0 = sign o.
Proof.
  unfold other_sign, ProdBut, o. cbn [Prod].
  destruct (Nat.eqb_spec 0 p); destruct (Nat.eqb_spec 1 p); try lia;
    [replace (1 - p)%nat with 1%nat by lia | replace (1 - p)%nat with 0%nat by lia]; ring.
Qed.

(* the pivot and the modulus of the other layer, as functions of u = sign o * s *)
Let Z (u : R) : R := ((z + Rabs o) * exp u + (z - Rabs o) * exp (- u)) / 2.
Let O (u : R) : R := ((z + Rabs o) * exp u - (z - Rabs o) * exp (- u)) / 2.

Lemma pivot_below : - Rabs o < z < Rabs o.
Proof.
  assert (B : Rabs z < Rabs o) by (apply Rsqr_lt_abs_0; rewrite !Rsqr_pow2; lra).
  apply Rabs_def2 in B. lra.
Qed.

Lemma O_positive u : 0 < O u.
Proof.
  unfold O. pose proof pivot_below. pose proof (exp_pos u). pose proof (exp_pos (- u)).
  assert (0 < (z + Rabs o) * exp u) by (apply Rmult_lt_0_compat; lra).
  assert (0 < (Rabs o - z) * exp (- u)) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

Lemma modulus_along u : modulus 2 p v0 (Z u) = O u.
Proof.
  rewrite modulus_two. replace (Z u ^ 2 + (o ^ 2 - z ^ 2)) with ((O u)²).
  - apply sqrt_Rsqr. left. apply O_positive.
  - pose proof (pow2_abs o) as A2. rewrite <- A2. unfold Rsqr, O, Z.
    assert (E : exp u * exp (- u) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
    set (a := Rabs o) in *.
    transitivity (((z + a) * exp u + (z - a) * exp (- u)) / 2 * (((z + a) * exp u + (z - a) * exp (- u)) / 2)
       - (z + a) * (z - a) * (exp u * exp (- u))); [field | rewrite E; field].
Qed.

Lemma gaps_two l : (l < 2)%nat -> l <> p -> 0 < gap p v0 l.
Proof. intros Hl N. rewrite gap_two; auto. Qed.

Lemma sigma_along u : sigma (modulus 2 p v0) (v0 p) (Z u) = u.
Proof.
  assert (D : forall x, is_derive (fun x => sigma (modulus 2 p v0) (v0 p) (Z x) - x) x 0).
  { intros x. replace 0 with (O x * / modulus 2 p v0 (Z x) - 1)
      by (rewrite modulus_along; field; apply Rgt_not_eq, O_positive).
    apply (is_derive_minus (fun x => sigma (modulus 2 p v0) (v0 p) (Z x)) (fun x => x)); [|apply (is_derive_id x)].
    apply (is_derive_comp (sigma (modulus 2 p v0) (v0 p)) Z).
    - apply sigma_derive; [intros; apply modulus_pos, gaps_two | apply modulus_cont | apply modulus_grows].
    - unfold Z, O. auto_derive; auto. field. }
  assert (E : sigma (modulus 2 p v0) (v0 p) (Z u) - u = sigma (modulus 2 p v0) (v0 p) (Z 0) - 0).
  { destruct (MVT_gen (fun x => sigma (modulus 2 p v0) (v0 p) (Z x) - x) 0 u (fun _ => 0)) as [c [_ Ec]].
    - intros; apply D.
    - intros x _. apply continuity_pt_filterlim.
      apply (ex_derive_continuous (fun x => sigma (modulus 2 p v0) (v0 p) (Z x) - x)). exists 0. apply D.
    - lra. }
  replace (Z 0) with (v0 p) in E by (unfold Z; fold z; rewrite Ropp_0, exp_0; field).
  rewrite sigma_start in E. lra.
Qed.

Lemma dbias_two s : dbias 2 p v0 (f2 z o s) = s.
Proof.
  assert (No : o <> 0) by (intros E; rewrite E in smaller; pose proof (pow2_ge_0 z); lra).
  pose proof (sign_square o No) as S2.
  assert (F : sign o * f2 z o s = T (modulus 2 p v0) (Z (sign o * s))).
  { unfold T. rewrite modulus_along. unfold f2, Z, O.
    assert (E : forall x, exp x * exp x = exp (2 * x)) by (intros; rewrite <- exp_plus; f_equal; ring).
    transitivity (((z + Rabs o) ^ 2 * exp (2 * (sign o * s)) - (z - Rabs o) ^ 2 * exp (2 * - (sign o * s))) / 4).
    - destruct (Rlt_le_dec 0 o) as [P|P].
      + rewrite sign_eq_1, Rabs_pos_eq by lra. rewrite !Rmult_1_l.
        replace (2 * - s) with (- (2 * s)) by ring. reflexivity.
      + assert (o < 0) by lra. rewrite sign_eq_m1, Rabs_left by auto.
        replace (2 * (-1 * s)) with (- (2 * s)) by ring. replace (2 * - (-1 * s)) with (2 * s) by ring. field.
    - rewrite <- !E. field. }
  unfold dbias. rewrite other_sign_two, F, dH_T, sigma_along.
  - rewrite <- Rmult_assoc, S2. ring.
  - intros; apply modulus_pos, gaps_two.
  - apply modulus_cont.
  - apply modulus_grows.
Qed.
End TwoLayers.

(* --- one layer started at 0, the others at modulus a: rho(s) = a^L h_L(a^(L-2) s) --- *)
Lemma dbias_from_inverse L p v0 a x s : (2 <= L)%nat -> (p < L)%nat -> 0 < a ->
  (forall l, (l < L)%nat -> l <> p -> Rabs (v0 l) = a) -> v0 p = 0 ->
  hL_inverse L x = a ^ (L - 2) * s -> dbias L p v0 (a ^ L * x) = s.
Proof.
  intros HL Hp Pa Ho Hz E.
  pose proof (dbias_depth L p v0 a Hp Pa Ho Hz (a ^ L * x)) as D.
  replace (a ^ L * x / a ^ L) with x in D by (field; apply Rgt_not_eq, pow_lt; auto).
  rewrite E, <- Rmult_assoc in D. replace (a ^ 2 * a ^ (L - 2)) with (a ^ L) in D by (rewrite <- pow_add; f_equal; lia).
  apply (Rmult_eq_reg_l (a ^ L)); auto. apply Rgt_not_eq, pow_lt; auto.
Qed.

(* --- depth 3 --- *)
Definition h3 (s : R) : R := tan s * (1 + tan s ^ 2).
Definition dh3 (s : R) : R := (1 + tan s ^ 2) * (1 + 3 * tan s ^ 2).
Lemma tan_derive s : - PI / 2 < s < PI / 2 -> is_derive tan s (1 + tan s ^ 2).
Proof.
  intros Hs. apply is_derive_Reals. rewrite <- (derive_pt_tan s Hs).
  apply derive_pt_eq_1 with (pr := derivable_pt_tan s Hs). reflexivity.
Qed.
Lemma h3_derive s : - PI / 2 < s < PI / 2 -> is_derive h3 s (dh3 s).
Proof.
  intros Hs. pose proof (tan_derive s Hs) as D. unfold h3, dh3.
  apply (is_derive_comp (fun q => q * (1 + q ^ 2)) tan s (1 + 3 * tan s ^ 2) (1 + tan s ^ 2)); auto.
  auto_derive; auto. ring.
Qed.
Lemma h3_inverse s : - PI / 2 < s < PI / 2 -> hL_inverse 3 (h3 s) = s.
Proof.
  intros Hs. replace (h3 s) with (coefficient_of 3 (tan s)).
  - rewrite hL_inverse_closed_form, dual_depth_3. apply atan_tan. lra.
  - unfold coefficient_of, unit_weight, h3. simpl (3 - 1)%nat.
    rewrite pow2_sqrt by (pose proof (pow2_ge_0 (tan s)); lra). reflexivity.
Qed.

(* --- depth 4 --- *)
Definition h4 (s : R) : R := s / (1 - s ^ 2) ^ 2.
Definition dh4 (s : R) : R := (1 + 3 * s ^ 2) / (1 - s ^ 2) ^ 3.
Lemma h4_derive s : -1 < s < 1 -> is_derive h4 s (dh4 s).
Proof.
  intros Hs. assert (P : 0 < 1 - s ^ 2) by nra. unfold h4, dh4.
  auto_derive; change (s * (s * 1)) with (s ^ 2).
  - replace (1 + - s ^ 2) with (1 - s ^ 2) by ring. apply Rgt_not_eq. nra.
  - field. repeat split; nra.
Qed.
Lemma h4_inverse s : -1 < s < 1 -> hL_inverse 4 (h4 s) = s.
Proof.
  intros Hs. assert (P : 0 < 1 - s ^ 2) by nra.
  set (u := sqrt (1 - s ^ 2)). assert (Pu : 0 < u) by (apply sqrt_lt_R0; auto).
  assert (U2 : u * u = 1 - s ^ 2) by (apply sqrt_sqrt; lra).
  set (q := s / u).
  assert (Wq : sqrt (1 + q ^ 2) = / u).
  { apply sqrt_lem_1.
    - pose proof (pow2_ge_0 q). lra.
    - left; apply Rinv_0_lt_compat; auto.
    - unfold q. replace (1 + (s / u) ^ 2) with ((u * u + s ^ 2) / (u * u)) by (field; lra).
      rewrite U2. replace (1 - s ^ 2 + s ^ 2) with 1 by ring. rewrite <- U2. field. lra. }
  replace (h4 s) with (coefficient_of 4 q).
  - rewrite hL_inverse_closed_form, dual_depth_4, Wq. unfold q. field. lra.
  - unfold coefficient_of, unit_weight. simpl (4 - 1)%nat. rewrite Wq. unfold q, h4. rewrite <- U2. field. lra.
Qed.
