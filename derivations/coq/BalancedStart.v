(* All D layers of a coordinate start at the same a > 0 (R5 with ties): the dual variable of the coefficient rho = q^D
   is
     log(q/a)                                      for D = 2,
     (a^(2 - D) - q^(2 - D))/(D - 2)               for D >= 3.
   Hence the limits of products of positive factors that start alike (Chou, Maly, Rauhut 2023): [equal_factors]. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias DepthPotential Regression R5Ties.
Open Scope R_scope.

Definition balanced_dual (D : nat) (a q : R) : R :=
  if Nat.eqb D 2 then ln (q / a) else (/ a ^ (D - 2) - / q ^ (D - 2)) / INR (D - 2).

Lemma power_inverse_derive k u : (1 <= k)%nat -> 0 < u -> is_derive (fun u => - / u ^ k / INR k) u (/ u ^ (S k)).
Proof.
  intros Hk Pu. assert (Pk : INR k <> 0) by (apply not_0_INR; lia). pose proof (pow_lt u k Pu) as P.
  auto_derive; [lra|]. destruct k as [|k]; [lia|]. set (c := INR (S k)) in *. clearbody c. simpl in *.
  assert (u ^ k <> 0) by (apply pow_nonzero; lra). field. repeat split; auto; lra.
Qed.

Section Coordinate.
Variables (D : nat) (a : R).
Hypothesis depth : (2 <= D)%nat.
Hypothesis a_pos : 0 < a.
Let v0 (_ : nat) := a.
Let W := modulus D 0 v0.

Lemma balanced_modulus u : W u = Rabs u ^ (D - 1).
Proof.
  unfold W, modulus, weight. rewrite (ProdBut_ext D _ (fun _ => Rabs u)); [apply ProdBut_const; lia|].
  intros k _ _. unfold gap, v0. replace (u ^ 2 + (a ^ 2 - a ^ 2)) with (u ^ 2) by ring.
  rewrite <- Rsqr_pow2. apply sqrt_Rsqr_abs.
Qed.

Lemma balanced_sigma q : 0 < q -> sigma W a q = balanced_dual D a q.
Proof.
  intros Pq. assert (Pm : 0 < Rmin a q) by (apply Rmin_pos; auto).
  assert (Int : forall F, (forall u, 0 < u -> is_derive F u (/ u ^ (D - 1))) -> sigma W a q = F q - F a).
  { intros F DF. unfold sigma. apply (is_RInt_unique (V := R_CompleteNormedModule)).
    apply (is_RInt_ext (fun u => / u ^ (D - 1))).
    - intros u Hu. rewrite balanced_modulus, Rabs_pos_eq by lra. reflexivity.
    - apply (is_RInt_derive F (fun u => / u ^ (D - 1))); intros u Hu.
      + apply DF. lra.
      + apply (ex_derive_continuous (fun u => / u ^ (D - 1))). auto_derive. apply pow_nonzero. lra. }
  unfold balanced_dual. destruct (Nat.eqb_spec D 2) as [E|N].
  - rewrite (Int ln); [unfold Rdiv; rewrite ln_mult, ln_Rinv by (auto using Rinv_0_lt_compat); ring|].
    intros u Pu. rewrite E. simpl. rewrite Rmult_1_r. apply is_derive_ln, Pu.
  - rewrite (Int (fun u => - / u ^ (D - 2) / INR (D - 2))).
    + assert (INR (D - 2) <> 0) by (apply not_0_INR; lia). field. repeat split; auto; apply pow_nonzero; lra.
    + intros u Pu. replace (D - 1)%nat with (S (D - 2)) by lia. apply power_inverse_derive; auto; lia.
Qed.

Lemma balanced_sign : other_sign D 0 v0 = 1.
Proof.
  unfold other_sign. rewrite (ProdBut_ext D _ (fun _ => 1)).
  - rewrite ProdBut_const by lia. apply pow1.
  - intros k _ _. apply sign_eq_1, a_pos.
Qed.

(* the potential of the coefficient q^D *)
Definition balanced_potential (q : R) : R := balanced_dual D a q * q ^ D - q ^ 2 / 2.

(* a positive coefficient q^D: its dual variable and its potential are those of q *)
Lemma balanced_value q : 0 < q -> dbias D 0 v0 (q ^ D) = balanced_dual D a q /\
  bias D 0 v0 (q ^ D) = balanced_potential q.
Proof.
  intros Pq.
  assert (Pw : forall z, z <> 0 -> 0 < W z)
    by (intros z Nz; rewrite balanced_modulus; apply pow_lt, Rabs_pos_lt, Nz).
  assert (Et : T W q = q ^ D).
  { unfold T. rewrite balanced_modulus, Rabs_pos_eq by lra. replace D with (S (D - 1)) at 2 by lia. reflexivity. }
  assert (Ei : Tinv W (q ^ D) = q).
  { rewrite <- Et. apply inverse_of_T; [exact Pw | intros; apply modulus_cont | intros x z; apply modulus_grows]. }
  unfold dbias, bias. rewrite balanced_sign, !Rmult_1_l. unfold dH, H, psi. fold W. rewrite Ei, Et. unfold v0 at 1 2.
  rewrite (balanced_sigma q Pq). split; reflexivity.
Qed.
End Coordinate.

(* products of D factors that start at a_j > 0 each; x any interpolator with positive entries. The limit q^D is the only
   minimiser of the potential among interpolators with positive entries p^D *)
Theorem equal_factors (D m n : nat) (A : nat -> nat -> R) (y a x : nat -> R) (v : nat -> nat -> R -> R) (mu : R) :
  (2 <= D)%nat -> (forall j, (j < m)%nat -> 0 < a j) -> solution D m n A y v ->
  (forall j l, (j < m)%nat -> (l < D)%nat -> v j l 0 = a j) ->
  feasible m n A y x -> (forall j, (j < m)%nat -> 0 < x j) -> 0 < mu -> row_rank_bound m n A mu ->
  let loss_at t := loss D m n A y (at_time v t) in
  exists rate, 0 < rate /\ (forall t, 0 <= t -> loss_at t <= loss_at 0 * exp (- rate * t)) /\
  exists q nu : nat -> R,
    (forall j, (j < m)%nat -> 0 < q j /\ is_lim (fun t => coefficient D (at_time v t) j) p_infty (q j ^ D)) /\
    feasible m n A y (fun j => q j ^ D) /\
    (forall j, (j < m)%nat -> balanced_dual D (a j) (q j) = Sum n (fun i => A i j * nu i)) /\
    forall p, (forall j, (j < m)%nat -> 0 < p j) -> feasible m n A y (fun j => p j ^ D) ->
      (forall j, (j < m)%nat -> p j ^ D = q j ^ D) \/
      Sum m (fun j => balanced_potential D (a j) (q j)) < Sum m (fun j => balanced_potential D (a j) (p j)).
Proof.
  intros HD Pa Sol V0 Fx Px Pmu Rk loss_at.
  assert (C0 : forall j, (j < m)%nat -> coefficient D (at_time v 0) j = a j ^ D).
  { intros j Hj. unfold coefficient, at_time. rewrite <- Prod_const. apply Prod_ext. intros l Hl. apply V0; auto. }
  destruct (convergence_from_ties D m n A y v (fun _ => 0%nat) mu x Sol) as
    [rate [Pr [R1 [w [Conv [Feas [Side [[nu Kkt] Min]]]]]]]]; auto.
  - intros j Hj. split; [lia|]. split.
    + intros l Hl. rewrite !V0 by (auto; lia). lra.
    + right. rewrite V0 by (auto; lia). pose proof (Pa j Hj). lra.
  - intros j Hj. right. rewrite C0 by auto. apply Rmult_lt_0_compat; [apply pow_lt, Pa, Hj | apply Px, Hj].
  - exists rate. split; [exact Pr | split; [exact R1|]].
    assert (Pos : forall j, (j < m)%nat -> 0 < coefficient D w j).
    { intros j Hj. destruct (Side j Hj) as [St|P].
      - specialize (St 1%nat ltac:(lia) ltac:(lia)). cbv beta in St. rewrite !V0 in St by (auto; lia). lra.
      - rewrite C0 in P by auto. pose proof (pow_lt (a j) D (Pa j Hj)). apply (Rmult_lt_reg_l (a j ^ D)); lra. }
    (* the potential of the start *)
    assert (Same : forall j, (j < m)%nat -> bias D 0 (fun l => v j l 0) = bias D 0 (fun _ => a j) /\
      dbias D 0 (fun l => v j l 0) = dbias D 0 (fun _ => a j)).
    { intros j Hj. assert (Es : other_sign D 0 (fun l => v j l 0) = other_sign D 0 (fun _ => a j))
        by (apply ProdBut_ext; intros l Hl _; rewrite V0; auto).
      assert (Ew : modulus D 0 (fun l => v j l 0) = modulus D 0 (fun _ => a j)).
      { extensionality z. apply ProdBut_ext. intros l Hl _. unfold gap. rewrite !V0 by (auto; lia). reflexivity. }
      unfold bias, dbias. rewrite Es, Ew, V0 by (auto; lia). split; reflexivity. }
    set (q := fun j => Rpower (coefficient D w j) (/ INR D)).
    assert (PD : 0 < INR D) by (apply lt_0_INR; lia).
    assert (Qd : forall j, (j < m)%nat -> q j ^ D = coefficient D w j).
    { intros j Hj. unfold q. rewrite <- Rpower_pow by apply exp_pos. rewrite Rpower_mult, Rinv_l, Rpower_1 by (auto;
      lra).
      reflexivity. }
    assert (Pq : forall j, 0 < q j) by (intros; apply exp_pos).
    assert (Value : forall p j, (j < m)%nat -> 0 < p -> dbias D 0 (fun l =>
      v j l 0) (p ^ D) = balanced_dual D (a j) p /\
      bias D 0 (fun l => v j l 0) (p ^ D) = balanced_potential D (a j) p).
    { intros p j Hj Pp. destruct (Same j Hj) as [-> ->]. apply (balanced_value D (a j) HD (Pa j Hj) p Pp). }
    exists q, nu. split; [|split; [|split]].
    + intros j Hj. split; [apply Pq|]. rewrite Qd by auto. apply (is_lim_Prod D (v j)). intros l Hl. apply Conv; auto.
    + intros i Hi. rewrite <- (Feas i Hi). apply Sum_ext. intros j Hj. rewrite Qd; auto.
    + intros j Hj. rewrite <- (Kkt j Hj), <- Qd by auto. symmetry. apply Value; auto.
    + intros p Pp Fp. destruct (Min (fun j => p j ^ D) Fp) as [E|Lt].
      * intros j Hj. right. rewrite C0 by auto. apply Rmult_le_pos; apply pow_le; left; [apply Pa | apply Pp]; exact Hj.
      * left. intros j Hj. rewrite (E j Hj). symmetry. apply Qd, Hj.
      * right. unfold potential in Lt.
        rewrite (Sum_ext m (fun j => bias D 0 (fun l => v j l 0) (coefficient D w j)) (fun j =>
          balanced_potential D (a j) (q j))) in Lt by (intros j Hj; rewrite <- Qd by auto; apply Value; auto).
        rewrite (Sum_ext m (fun j => bias D 0 (fun l => v j l 0) (p j ^ D)) (fun j => balanced_potential D (a j) (p j)))
          in Lt by (intros j Hj; apply Value; auto). exact Lt.
Qed.
