(* Lemma A12, jumps: the reference may move along the curves in no time; Bregman's distance then changes by what the
   jumps are in the layers of least modulus, which move fastest. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Picard DualTracking DualTube.
Open Scope R_scope.

(* the other layers' product is largest for a layer of least modulus *)
Lemma least_is_fastest L (x : nat -> R) y : (y < L)%nat -> (forall l, (l < L)%nat -> Rabs (x y) <= Rabs (x l)) ->
  slope L x <= INR L * ProdBut L x y ^ 2.
Proof.
  intros Hy Least. rewrite <- Sum_constant_terms. apply Sum_le. intros l Hl.
  destruct (Nat.eq_dec l y) as [->|N]; [lra|].
  set (rest := fun k => if Nat.eqb k l then 1 else if Nat.eqb k y then 1 else x k).
  assert (Others : forall p q, p <> q -> (q < L)%nat ->
    (forall k, (if Nat.eqb k q then 1 else if Nat.eqb k p then 1 else x k) = rest k) ->
    ProdBut L x p = x q * Prod L rest).
  { intros p q Npq Hq Er. unfold ProdBut at 1. rewrite <- (ProdBut_mul L _ q Hq). cbv beta.
    destruct (Nat.eqb_spec q p) as [E|_]; [congruence|]. f_equal. apply Prod_ext. intros k _. apply Er. }
  rewrite (Others l y), (Others y l); auto.
  - rewrite !Rpow_mult_distr. apply Rmult_le_compat_r; [apply pow2_ge_0|].
    rewrite <- (pow2_abs (x y)), <- (pow2_abs (x l)). apply pow_incr. split; [apply Rabs_pos | apply Least, Hl].
  - intros k. unfold rest. destruct (Nat.eqb k y), (Nat.eqb k l); reflexivity.
Qed.

Section Component.
Variables (L : nat) (eta : nat -> R -> R) (psi : R -> R) (q q' t b : R) (y : nat).
Hypothesis curve : forall z, between q t z \/ between q q' z ->
  on_curve L eta psi z /\ block_bound L (fun l => eta l z) b.
Hypothesis Pb : 0 <= b.
Hypothesis near : b * Rabs (t - q) <= / 4.
Hypothesis short : b * Rabs (q' - q) <= / 4.
Hypothesis Hy : (y < L)%nat.
Hypothesis least : forall l, (l < L)%nat -> Rabs (eta y q) <= Rabs (eta l q).

Let rho z := Prod L (fun l => eta l z).
Let s z := slope L (fun l => eta l z).
Let D z := bregman psi rho z t.
Let jump := eta y q' - eta y q.

Lemma least_stays z l : between q q' z -> (l < L)%nat -> Rabs (eta y z) <= Rabs (eta l z).
Proof.
  intros Hz Hl.
  destruct (mean_value (fun z => eta l z ^ 2 - eta y z ^ 2) (fun _ => 0) q z) as [c [_ E]].
  { intros x Hx. destruct (curve x (or_intror (between_inside _ _ _ _ Hz Hx))) as [[De _] _].
    pose proof (De l Hl) as Dl. pose proof (De y Hy) as Dy. auto_derive; [repeat split; eexists; eassumption|].
    replace (Derive (fun x => eta l x) x) with (ProdBut L (fun h => eta h x) l)
      by (symmetry; apply is_derive_unique, Dl).
    replace (Derive (fun x => eta y x) x) with (ProdBut L (fun h => eta h x) y)
      by (symmetry; apply is_derive_unique, Dy).
    pose proof (ProdBut_mul L (fun h => eta h x) l Hl) as El. pose proof (ProdBut_mul L (fun h => eta h x) y Hy) as Ey.
    cbv beta in El, Ey. simpl. lra. }
  pose proof (least l Hl) as A. apply Rsqr_le_abs_1 in A. apply Rsqr_le_abs_0. rewrite !Rsqr_pow2 in *. lra.
Qed.

Lemma quarter_factor x : x <= / 4 -> exp (2 * x) <= exp (/ 2).
Proof. intros H. apply exp_le. lra. Qed.

(* the jump of the parameter *)
Lemma jump_below : s q * (q' - q) ^ 2 <= exp (/ 2) * (INR L * jump ^ 2).
Proof.
  destruct (mean_value (eta y) (fun z => ProdBut L (fun h => eta h z) y) q q') as [z [Hz E]].
  { intros z Hz. destruct (curve z (or_intror Hz)) as [[De _] _]. apply De, Hy. }
  assert (Sz : s z <= INR L * ProdBut L (fun h => eta h z) y ^ 2)
    by (apply least_is_fastest; [exact Hy | intros; apply least_stays; auto]).
  pose proof (slopes_near L eta psi q q' b (fun z H => curve z (or_intror H)) Pb z q Hz (between_left _ _)) as S.
  change (s q <= exp (2 * (b * Rabs (q' - q))) * s z) in S. pose proof (quarter_factor _ short) as F.
  assert (Pz : 0 <= s z) by apply slope_nonneg.
  replace (exp (/ 2) * (INR L * jump ^ 2)) with
    (exp (/ 2) * (INR L * ProdBut L (fun h => eta h z) y ^ 2) * (q' - q) ^ 2) by (unfold jump; rewrite E; ring).
  apply Rmult_le_compat_r; [apply pow2_ge_0|]. eapply Rle_trans; [exact S|].
  apply Rmult_le_compat; auto. left; apply exp_pos.
Qed.

Lemma jump_component : 0 <= D q' /\ D q' <= D q + exp 1 *
  (sqrt (2 * D q) * sqrt (INR L * jump ^ 2) + INR L * jump ^ 2).
Proof.
  assert (Inside : forall z, between q' t z -> between q t z \/ between q q' z).
  { intros z. unfold between, Rmin, Rmax. repeat destruct (Rle_dec _ _); lra. }
  split; [apply (bregman_positive L eta psi q' t b); intros z Hz; apply curve, Inside, Hz|].
  destruct (mean_value D (fun z => - (s z * (t - z))) q q') as [z [Hz E]].
  { intros z Hz. destruct (curve z (or_intror Hz)) as [On _]. pose proof (output_derive L eta psi z On) as Dr.
    destruct On as [_ Dp]. change (is_derive rho z (s z)) in Dr. change (is_derive psi z (rho z)) in Dp.
    unfold D, bregman. auto_derive; [repeat split; eexists; eassumption|].
    replace (Derive (fun x => psi x) z) with (rho z) by (symmetry; apply is_derive_unique, Dp).
    replace (Derive (fun x => rho x) z) with (s z) by (symmetry; apply is_derive_unique, Dr). ring. }
  pose proof (slopes_near L eta psi q q' b (fun z H => curve z (or_intror H)) Pb q z (between_left _ _) Hz) as S.
  change (s z <= exp (2 * (b * Rabs (q' - q))) * s q) in S.
  pose proof (distance_below L eta psi q t b (fun z H => curve z (or_introl H)) Pb q (between_left _ _)) as B.
  change ((t - q) ^ 2 * s q <= exp (2 * (b * Rabs (t - q))) * (2 * D q)) in B.
  assert (P0 : 0 <= D q) by (apply (bregman_positive L eta psi q t b); intros x Hx; apply curve; auto).
  assert (Pq : 0 <= s q) by apply slope_nonneg. assert (Pz : 0 <= s z) by apply slope_nonneg.
  pose proof (quarter_factor _ short) as F. pose proof (quarter_factor _ near) as F'.
  pose proof jump_below as J. set (N := INR L * jump ^ 2) in *.
  assert (PN : 0 <= N) by (apply Rmult_le_pos; [apply pos_INR | apply pow2_ge_0]).
  set (x := Rabs (t - q)). set (d := Rabs (q' - q)).
  assert (Px : 0 <= x) by apply Rabs_pos. assert (Pd : 0 <= d) by apply Rabs_pos.
  assert (H1 : s z * (d * x + d * d) <= exp (/ 2) * (s q * (d * x + d * d))).
  { rewrite <- Rmult_assoc. apply Rmult_le_compat_r.
    - apply Rplus_le_le_0_compat; apply Rmult_le_pos; auto.
    - eapply Rle_trans; [exact S|]. apply Rmult_le_compat_r; auto. }
  assert (H2 : s q * (d * d) <= exp (/ 2) * N).
  { replace (d * d) with ((q' - q) ^ 2) by (unfold d; rewrite <- (pow2_abs (q' - q)); ring). exact J. }
  assert (H3 : s q * (d * x) <= exp (/ 2) * (sqrt (2 * D q) * sqrt N)).
  { assert (R1 : sqrt (s q) * d <= exp (/ 4) * sqrt N).
    { replace (sqrt (s q) * d) with (sqrt (s q * (d * d))).
      - apply root_below; [left; apply exp_pos|]. replace (exp (/ 4) ^ 2) with (exp (/ 2)); [exact H2|].
        replace (exp (/ 4) ^ 2) with (exp (/ 4 + / 4)) by (rewrite exp_plus; ring). f_equal. field.
      - rewrite sqrt_mult_alt, sqrt_square by auto. reflexivity. }
    assert (R2 : sqrt (s q) * x <= exp (/ 4) * sqrt (2 * D q)).
    { replace (sqrt (s q) * x) with (sqrt (s q * (x * x))).
      - apply root_below; [left; apply exp_pos|].
        replace (exp (/ 4) ^ 2) with (exp (/ 4 + / 4)) by (rewrite exp_plus; ring).
        replace (/ 4 + / 4) with (/ 2) by field.
        replace (s q * (x * x)) with ((t - q) ^ 2 * s q) by (unfold x; rewrite <- (pow2_abs (t - q)); ring).
        eapply Rle_trans; [exact B|]. apply Rmult_le_compat_r; lra.
      - rewrite sqrt_mult_alt, sqrt_square by auto. reflexivity. }
    replace (s q * (d * x)) with ((sqrt (s q) * d) * (sqrt (s q) * x))
      by (rewrite <- (sqrt_sqrt (s q)) at 3 by auto; ring).
    replace (exp (/ 2) * (sqrt (2 * D q) * sqrt N)) with ((exp (/ 4) * sqrt N) * (exp (/ 4) * sqrt (2 * D q)))
      by (replace (/ 2) with (/ 4 + / 4) by field; rewrite exp_plus; ring).
    apply Rmult_le_compat; auto; apply Rmult_le_pos; auto; apply sqrt_pos. }
  assert (Half : exp (/ 2) * exp (/ 2) = exp 1) by (rewrite <- exp_plus; f_equal; field).
  assert (Step : D q' - D q <= s z * (d * x + d * d)).
  { rewrite E. eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult, Rabs_Ropp, Rabs_mult, (Rabs_pos_eq (s z)) by auto.
    fold d. rewrite Rmult_assoc. apply Rmult_le_compat_l; auto.
    assert (T : Rabs (t - z) <= x + d).
    { pose proof (between_near q q' z Hz) as Bz. fold d in Bz. replace (t - z) with ((t - q) - (z - q)) by ring.
      pose proof (Rabs_triang (t - q) (- (z - q))) as Tr. rewrite Rabs_Ropp in Tr. fold x in Tr.
      unfold Rminus at 1. lra. }
    apply (Rmult_le_compat_r d) in T; lra. }
  assert (H4 : exp (/ 2) * (s q * (d * x + d * d)) <= exp 1 * (sqrt (2 * D q) * sqrt N + N)).
  { rewrite <- Half, (Rmult_assoc (exp (/ 2)) (exp (/ 2))). apply Rmult_le_compat_l; [left; apply exp_pos | lra]. }
  lra.
Qed.

End Component.

(* E = sqrt(2 D) grows by e J at most, J the norm of sqrt(L) times the jumps of the layers of least modulus *)
Theorem tracking_jump L m eta psi (q q' t b : nat -> R) (y : nat -> nat) :
  (forall j, (j < m)%nat -> 0 <= b j /\ b j * Rabs (t j - q j) <= / 4 /\ b j * Rabs (q' j - q j) <= / 4 /\
     (y j < L)%nat /\ (forall l, (l < L)%nat -> Rabs (eta j (y j) (q j)) <= Rabs (eta j l (q j))) /\
     forall z, between (q j) (t j) z \/ between (q j) (q' j) z ->
       on_curve L (eta j) (psi j) z /\ block_bound L (fun l => eta j l z) (b j)) ->
  let J := sqrt (INR L * Sum m (fun j => (eta j (y j) (q' j) - eta j (y j) (q j)) ^ 2)) in
  sqrt (2 * flow_distance L m eta psi q' t) <= sqrt (2 * flow_distance L m eta psi q t) + exp 1 * J.
Proof.
  intros H J.
  set (D := fun j => bregman (psi j) (fun x => Prod L (fun l => eta j l x)) (q j) (t j)).
  set (D' := fun j => bregman (psi j) (fun x => Prod L (fun l => eta j l x)) (q' j) (t j)).
  set (N := fun j => INR L * (eta j (y j) (q' j) - eta j (y j) (q j)) ^ 2).
  assert (Part : forall j, (j < m)%nat -> 0 <= D j /\ 0 <= D' j /\
    D' j <= D j + exp 1 * (sqrt (2 * D j) * sqrt (N j) + N j)).
  { intros j Hj. destruct (H j Hj) as [Pb [Near [Short [Hy [Least C]]]]]. split.
    - apply (bregman_positive L (eta j) (psi j) (q j) (t j) (b j)). intros z Hz. apply C. auto.
    - apply (jump_component L (eta j) (psi j) (q j) (q' j) (t j) (b j) (y j)); auto. }
  assert (PN : forall j, 0 <= N j) by (intros; apply Rmult_le_pos; [apply pos_INR | apply pow2_ge_0]).
  change (sqrt (2 * Sum m D') <= sqrt (2 * Sum m D) + exp 1 * J).
  assert (PD : 0 <= Sum m D) by (apply Sum_nonneg; intros; apply Part; auto).
  assert (PJ : 0 <= J) by apply sqrt_pos.
  assert (J2 : J * J = Sum m N).
  { unfold J. rewrite sqrt_sqrt; [unfold N; rewrite Sum_scal_l; reflexivity|].
    apply Rmult_le_pos; [apply pos_INR | apply Sum_nonneg; intros; apply pow2_ge_0]. }
  set (E := sqrt (2 * Sum m D)). assert (PE : 0 <= E) by apply sqrt_pos.
  assert (E2 : E * E = 2 * Sum m D) by (apply sqrt_sqrt; lra).
  assert (Cross : Sum m (fun j => sqrt (2 * D j) * sqrt (N j)) <= E * J).
  { apply Rsqr_incr_0_var; [|apply Rmult_le_pos; auto]. rewrite Rsqr_pow2. eapply Rle_trans; [apply cauchy|].
    right. unfold sq. rewrite (Sum_ext m _ (fun j => 2 * D j)), (Sum_ext m (fun c => sqrt (N c) ^ 2) N), Sum_scal_l.
    - unfold Rsqr. rewrite <- E2, <- J2. ring.
    - intros j _. rewrite pow2_sqrt; auto.
    - intros j Hj. rewrite pow2_sqrt; [reflexivity|]. destruct (Part j Hj). lra. }
  assert (Grown : Sum m D' <= Sum m D + exp 1 * (Sum m (fun j => sqrt (2 * D j) * sqrt (N j)) + Sum m N)).
  { rewrite <- Sum_plus, <- Sum_scal_l, <- Sum_plus. apply Sum_le. intros j Hj. apply Part, Hj. }
  rewrite <- (sqrt_pow2 (E + exp 1 * J)).
  - apply sqrt_le_1_alt. pose proof (exp_ineq1_le 1) as E1.
    assert (M : exp 1 * (Sum m (fun j => sqrt (2 * D j) * sqrt (N j)) + Sum m N) <= exp 1 * (E * J + J * J))
      by (apply Rmult_le_compat_l; [left; apply exp_pos | lra]).
    assert (Q : 2 * (exp 1 * (J * J)) <= exp 1 * exp 1 * (J * J)).
    { rewrite <- Rmult_assoc. apply Rmult_le_compat_r; [apply Rmult_le_pos; auto|].
      apply Rmult_le_compat_r; [left; apply exp_pos | lra]. }
    replace ((E + exp 1 * J) ^ 2) with (E * E + 2 * (exp 1 * (E * J)) + exp 1 * exp 1 * (J * J)) by ring. lra.
  - apply Rplus_le_le_0_compat; auto. apply Rmult_le_pos; auto. left; apply exp_pos.
Qed.
