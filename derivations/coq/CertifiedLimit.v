(* From a zero of the dual equation to the limit of the flow: whatever solves
     A rho = y,  rho_j = scale_j^L h_L(scale_j^(L-2) (A^T nu)_j)
   is the limit of every solution started at alpha etabar (last layer 0).
   With the elementary h_L of depths 2, 3, 4 and their derivatives, for enclosures on given data. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias DepthPotential Regression.
Open Scope R_scope.

Theorem limit_of_kkt_point
  (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R)
  (alpha : R) (etabar : nat -> R) (mu : R) (rho nu : nat -> R) :
  (2 <= L)%nat ->
  solution L m n A y v ->
  0 < alpha ->
  (forall j, (j < m)%nat -> etabar j <> 0) ->
  (forall j l, (j < m)%nat -> (l < L - 1)%nat -> v j l 0 = alpha * etabar j) ->
  (forall j, (j < m)%nat -> v j (L - 1)%nat 0 = 0) ->
  0 < mu -> row_rank_bound m n A mu ->
  let scale j := alpha * Rabs (etabar j) in
  feasible m n A y rho ->
  (forall j, (j < m)%nat ->
     hL_inverse L (rho j / scale j ^ L) = scale j ^ (L - 2) * Sum n (fun i => A i j * nu i)) ->
  forall j, (j < m)%nat -> is_lim (fun t => coefficient L (at_time v t) j) p_infty (rho j).
Proof.
  intros HL2 Sol Pal He Hf Hlast Pmu Rk scale Feas Kkt j Hj.
  destruct (implicit_bias_regression L m n A y v alpha etabar mu HL2 Sol Pal He Hf Hlast Pmu Rk)
    as [w [nu' [_ [Conv [Feas' [_ Min]]]]]].
  assert (Ps : forall j, (j < m)%nat -> 0 < scale j).
  { intros i Hi. unfold scale. apply Rmult_lt_0_compat; auto. apply Rabs_pos_lt; auto. }
  set (phi := fun j x => scale j ^ 2 * HL L (x / scale j ^ L)).
  assert (Q : forall x, alpha ^ 2 * Sum m (fun j => etabar j ^ 2 * HL L (x j / scale j ^ L)) = potential m phi x).
  { intros x. unfold potential, phi. rewrite <- Sum_scal_l. apply Sum_ext. intros i _.
    unfold scale at 2. rewrite Rpow_mult_distr, pow2_abs. ring. }
  assert (Low : potential m phi rho <= potential m phi (coefficient L w)).
  { apply (kkt_equality_min m n phi rho (fun j => Sum n (fun i => A i j * nu i)) A y nu Feas ltac:(auto)); [|exact Feas'].
    intros i x Hi. unfold phi. pose proof (Ps i Hi) as P. pose proof (pow_lt _ L P) as PL.
    destruct (Req_dec x (rho i)) as [->|N]; [lra|].
    assert (N' : x / scale i ^ L <> rho i / scale i ^ L).
    { intros E. apply N. apply (Rmult_eq_reg_r (/ scale i ^ L)); auto. apply Rgt_not_eq, Rinv_0_lt_compat, PL. }
    pose proof (H_above (unit_weight L) 0 (unit_pos L) (unit_cont L) (unit_grows L) _ _ N') as B.
    fold (HL L (x / scale i ^ L)) (HL L (rho i / scale i ^ L)) (hL_inverse L (rho i / scale i ^ L)) in B.
    rewrite Kkt in B by auto.
    pose proof (pow_lt _ 2 P) as P2. apply (Rmult_lt_compat_l (scale i ^ 2)) in B; auto.
    rewrite Rmult_plus_distr_l in B.
    replace (scale i ^ 2 * (scale i ^ (L - 2) * Sum n (fun i0 => A i0 i * nu i0) * (x / scale i ^ L - rho i / scale i ^ L)))
      with (Sum n (fun i0 => A i0 i * nu i0) * (x - rho i)) in B; [lra|].
    replace (scale i ^ L) with (scale i ^ 2 * scale i ^ (L - 2)) by (rewrite <- pow_add; f_equal; lia).
    pose proof (pow_lt _ (L - 2) P). field. split; lra. }
  assert (E : rho j = coefficient L w j).
  { destruct (Min rho Feas) as [E|Lt]; [auto|]. rewrite !Q in Lt. lra. }
  rewrite E. apply (is_lim_Prod L (v j)). auto.
Qed.

(* --- depth 2 --- *)
Definition h2 (s : R) : R := (exp (2 * s) - exp (- (2 * s))) / 4.
Definition dh2 (s : R) : R := (exp (2 * s) + exp (- (2 * s))) / 2.
Lemma h2_derive s : is_derive h2 s (dh2 s).
Proof. unfold h2, dh2. auto_derive; auto. field. Qed.
Lemma h2_inverse s : hL_inverse 2 (h2 s) = s.
Proof.
  rewrite hL_inverse_depth_2. replace (2 * h2 s) with (sinh (2 * s)) by (unfold h2, sinh; field).
  rewrite arcsinh_sinh. field.
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
