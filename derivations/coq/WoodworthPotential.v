(* Woodworth et al. 2020, Theorem 3, the potential: q is the Legendre transform of
     Pi(c) = (D - 2)/2 ((1 - c)^(-2/(D - 2)) + (1 + c)^(-2/(D - 2))),   Pi' = pi = [power_of_dual], a bijection (-1, 1)
       -> R,
   so q(pi(c)) = c pi(c) - Pi(c) + D - 2, q' = pi^(-1), q(0) = 0, q is strictly convex;
     the limit is the only minimiser of
   sum_j a_j^2/(D - 2) q(beta_j / a_j^D) among all interpolators. *)
Require Import Reals Ranalysis5 Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt Network PowerFlow BalancedStart Woodworth.
Open Scope R_scope.

Section PowerPotential.
Variable D : nat.
Hypothesis D_three : (3 <= D)%nat.
Let K := INR (D - 2).
Let p := INR D / K.
Let pi := power_of_dual D.
Definition power_conjugate (c : R) : R := K / 2 * (Rpower (1 - c) (- (2 / K)) + Rpower (1 + c) (- (2 / K))).

Lemma K_pos : 0 < K.
Proof. apply lt_0_INR. lia. Qed.
Lemma p_value : p = 1 + 2 / K.
Proof.
  unfold p, K. pose proof K_pos as P. unfold K in P. replace (INR D) with (INR (D - 2) + 2); [field; lra|].
  rewrite <- (Nat.sub_add 2 D) at 2 by lia. rewrite plus_INR. simpl. ring.
Qed.

Lemma pi_derive c : -1 < c < 1 ->
  is_derive pi c (p * Rpower (1 - c) (- p - 1) + p * Rpower (1 + c) (- p - 1)).
Proof.
  intros Hc. unfold pi, power_of_dual. fold K p.
  replace (p * Rpower (1 - c) (- p - 1) + p * Rpower (1 + c) (- p - 1))
    with ((-1) * (- p * Rpower (1 - c) (- p - 1)) - 1 * (- p * Rpower (1 + c) (- p - 1))) by ring.
  apply (is_derive_minus (fun c => Rpower (1 - c) (- p)) (fun c => Rpower (1 + c) (- p))).
  - apply (is_derive_comp (fun x => Rpower x (- p)) (fun c => 1 - c)); [|auto_derive; auto; ring].
    apply is_derive_Reals, derivable_pt_lim_power. lra.
  - apply (is_derive_comp (fun x => Rpower x (- p)) (fun c => 1 + c)); [|auto_derive; auto; ring].
    apply is_derive_Reals, derivable_pt_lim_power. lra.
Qed.

Lemma conjugate_derive c : -1 < c < 1 -> is_derive power_conjugate c (pi c).
Proof.
  intros Hc. pose proof K_pos as PK. unfold power_conjugate, pi, power_of_dual. fold K p.
  replace (Rpower (1 - c) (- p) - Rpower (1 + c) (- p)) with
    (K / 2 * ((-1) * (- (2 / K) * Rpower (1 - c) (- (2 / K) - 1)) + 1 * (- (2 / K) * Rpower (1 + c) (- (2 / K) - 1)))).
  2:{ replace (- (2 / K) - 1) with (- p) by (rewrite p_value; ring). field. lra. }
  apply (is_derive_scal (fun c => Rpower (1 - c) (- (2 / K)) + Rpower (1 + c) (- (2 / K)))).
  apply (is_derive_plus (fun c => Rpower (1 - c) (- (2 / K))) (fun c => Rpower (1 + c) (- (2 / K)))).
  - apply (is_derive_comp (fun x => Rpower x (- (2 / K))) (fun c => 1 - c)); [|auto_derive; auto; ring].
    apply is_derive_Reals, derivable_pt_lim_power. lra.
  - apply (is_derive_comp (fun x => Rpower x (- (2 / K))) (fun c => 1 + c)); [|auto_derive; auto; ring].
    apply is_derive_Reals, derivable_pt_lim_power. lra.
Qed.

Lemma pi_increasing c d : -1 < c -> c < d -> d < 1 -> pi c < pi d.
Proof. apply power_of_dual_increasing, D_three. Qed.

(* strict convexity of Pi *)
Lemma conjugate_above c d : -1 < c < 1 -> -1 < d < 1 -> c <> d ->
  power_conjugate d + pi d * (c - d) < power_conjugate c.
Proof.
  intros Hc Hd Ne. set (f := fun x => power_conjugate x - pi d * x).
  assert (Df : forall x, -1 < x < 1 -> is_derive f x (pi x - pi d)).
  { intros x Hx. apply (is_derive_minus power_conjugate (fun x => pi d * x)); [apply conjugate_derive, Hx|].
    auto_derive; auto; ring. }
  assert (Step : forall a b, -1 < a -> a < b -> b < 1 -> exists u, a <= u <= b /\ f b - f a = (pi u - pi d) * (b - a)).
  { intros a b Ha Hab Hb. destruct (MVT_gen f a b (fun x => pi x - pi d)) as [u [Hu E]].
    - intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra. apply Df. lra.
    - intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra. apply continuity_pt_filterlim.
      apply (ex_derive_continuous f). eexists. apply Df. lra.
    - rewrite Rmin_left, Rmax_right in Hu by lra. exists u. auto. }
  enough (f d < f c) by (unfold f in *; lra). set (e := (c + d) / 2).
  destruct (Rtotal_order c d) as [L|[L|L]]; [|contradiction|].
  - assert (He : c < e < d) by (unfold e; lra).
    destruct (Step c e ltac:(lra) ltac:(lra) ltac:(lra)) as [u [Hu Eu]].
    destruct (Step e d ltac:(lra) ltac:(lra) ltac:(lra)) as [w [Hw Ew]].
    pose proof (pi_increasing u d ltac:(lra) ltac:(lra) ltac:(lra)).
    assert (pi w <= pi d) by (destruct (Req_dec w d) as [->|]; [lra | left; apply pi_increasing; lra]). nra.
  - assert (He : d < e < c) by (unfold e; lra).
    destruct (Step e c ltac:(lra) ltac:(lra) ltac:(lra)) as [u [Hu Eu]].
    destruct (Step d e ltac:(lra) ltac:(lra) ltac:(lra)) as [w [Hw Ew]].
    pose proof (pi_increasing d u ltac:(lra) ltac:(lra) ltac:(lra)).
    assert (pi d <= pi w) by (destruct (Req_dec w d) as [->|]; [lra | left; apply pi_increasing; lra]). nra.
Qed.

(* pi is onto *)
Lemma pi_odd c : pi (- c) = - pi c.
Proof. unfold pi, power_of_dual. replace (1 - - c) with (1 + c) by ring. replace (1 + - c) with (1 - c) by ring. ring.
  Qed.

Lemma pi_large b : 0 <= b -> exists c, 0 <= c < 1 /\ b <= pi c.
Proof.
  intros Pb. pose proof K_pos as PK. assert (Pp : 1 < p) by (rewrite p_value;
    assert (0 < 2 / K) by (apply Rdiv_lt_0_compat; lra); lra).
  set (c := 1 - / (b + 2)). assert (Pi : 0 < / (b + 2) <= / 2).
  { split; [apply Rinv_0_lt_compat; lra | apply Rinv_le_contravar; lra]. }
  exists c. unfold c. split; [lra|]. unfold pi, power_of_dual. fold K p.
    replace (1 - (1 - / (b + 2))) with (/ (b + 2)) by ring.
  assert (L1 : b + 2 <= Rpower (/ (b + 2)) (- p)).
  { rewrite <- (Rpower_1 (b + 2)) at 1 by lra. unfold Rpower. rewrite ln_Rinv by lra. apply exp_le.
    assert (0 < ln (b + 2)) by (rewrite <- ln_1; apply ln_increasing; lra). nra. }
  assert (L2 : Rpower (1 + (1 - / (b + 2))) (- p) <= 1).
  { unfold Rpower. apply Rle_trans with (exp 0); [apply exp_le | rewrite exp_0; lra].
    assert (0 <= ln (1 + (1 - / (b + 2)))) by (rewrite <- ln_1; apply ln_le; lra). nra. }
  lra.
Qed.

Lemma pi_continuous c : -1 < c < 1 -> continuity_pt pi c.
Proof.
  intros Hc. apply continuity_pt_filterlim, (ex_derive_continuous pi). eexists. apply pi_derive, Hc.
Qed.

Lemma pi_onto b : exists c, -1 < c < 1 /\ pi c = b.
Proof.
  assert (Z : pi 0 = 0) by (pose proof (pi_odd 0) as O; rewrite Ropp_0 in O; lra).
  assert (Pos : forall b, 0 <= b -> exists c, -1 < c < 1 /\ pi c = b).
  { intros x Px. destruct (pi_large x Px) as [d [Hd Ld]].
    destruct (Req_dec d 0) as [E|N]; [exists 0; rewrite E, Z in Ld; split; lra|].
    destruct (f_interv_is_interv pi 0 d x) as [c Hc]; try lra.
    - intros a Ha. apply pi_continuous. lra.
    - exists c. split; [lra | apply Hc]. }
  destruct (Rle_lt_dec 0 b) as [P|N]; [apply Pos, P|]. destruct (Pos (- b) ltac:(lra)) as [c [Hc Ec]].
  exists (- c). split; [lra|]. rewrite pi_odd. lra.
Qed.

Definition power_inverse (b : R) : R := real (Lub_Rbar (fun c => -1 < c < 1 /\ pi c <= b)).
Lemma power_inverse_of c : -1 < c < 1 -> power_inverse (pi c) = c.
Proof.
  intros Hc. unfold power_inverse. rewrite (is_lub_Rbar_unique _ c); [reflexivity|]. split.
  - intros x [Hx Le]. simpl. apply Rnot_lt_le. intros Lt. pose proof (pi_increasing c x ltac:(lra) Lt ltac:(lra)). lra.
  - intros u Hu. apply Hu. split; [exact Hc | lra].
Qed.

(* q, and q' = pi^(-1) *)
Definition power_potential (b : R) : R :=
  let c := power_inverse b in c * b - power_conjugate c + K.

Lemma power_potential_at c : -1 < c < 1 -> power_potential (pi c) = c * pi c - power_conjugate c + K.
Proof. intros Hc. unfold power_potential. rewrite power_inverse_of by auto. reflexivity. Qed.

Lemma power_potential_zero : power_potential 0 = 0.
Proof.
  assert (Z : pi 0 = 0) by (pose proof (pi_odd 0) as O; rewrite Ropp_0 in O; lra). rewrite <- Z at 1.
  rewrite power_potential_at by lra. unfold power_conjugate. rewrite Rminus_0_r, Rplus_0_r.
  replace (Rpower 1 (- (2 / K))) with 1 by (unfold Rpower; rewrite ln_1, Rmult_0_r, exp_0; reflexivity). field.
Qed.

Lemma power_potential_above c b : -1 < c < 1 -> b <> pi c ->
  power_potential (pi c) + c * (b - pi c) < power_potential b.
Proof.
  intros Hc Ne. destruct (pi_onto b) as [d [Hd <-]]. rewrite !power_potential_at by auto.
  pose proof (conjugate_above c d Hc Hd ltac:(intros ->; auto)). lra.
Qed.

Lemma power_potential_derive c : -1 < c < 1 -> is_derive power_potential (pi c) c.
Proof.
  intros Hc. pose proof K_pos as PK.
  assert (Pp : 1 < p) by (rewrite p_value; assert (0 < 2 / K) by (apply Rdiv_lt_0_compat; lra); lra).
  (* pi grows at least as fast as the identity *)
  assert (Steep : forall c d, -1 < c < 1 -> -1 < d < 1 -> Rabs (d - c) <= Rabs (pi d - pi c)).
  { intros a b Ha Hb. destruct (MVT_gen pi a b (fun x => p * Rpower (1 - x) (- p - 1) + p * Rpower (1 + x) (- p - 1)))
      as [u [Hu Eu]].
    - intros x Hx. apply pi_derive. revert Hx. unfold Rmin, Rmax. destruct (Rle_dec a b); lra.
    - intros x Hx. apply pi_continuous. revert Hx. unfold Rmin, Rmax. destruct (Rle_dec a b); lra.
    - assert (Hu1 : -1 < u < 1) by (revert Hu; unfold Rmin, Rmax; destruct (Rle_dec a b); lra).
      assert (Big : forall x, 0 < x <= 1 -> 1 <= Rpower x (- p - 1)).
      { intros x Hx. unfold Rpower. apply Rle_trans with (exp 0); [rewrite exp_0; lra | apply exp_le].
        assert (ln x <= 0) by (rewrite <- ln_1; apply ln_le; lra). nra. }
      assert (S1 : 1 <= p * Rpower (1 - u) (- p - 1) + p * Rpower (1 + u) (- p - 1)).
      { assert (Pw : forall x, 0 < Rpower x (- p - 1)) by (intros; apply exp_pos).
        pose proof (Pw (1 - u)). pose proof (Pw (1 + u)). destruct (Rle_lt_dec 0 u).
        - pose proof (Big (1 - u) ltac:(lra)). nra.
        - pose proof (Big (1 + u) ltac:(lra)). nra. }
      rewrite Eu, Rabs_mult, (Rabs_pos_eq (_ + _)) by lra. pose proof (Rabs_pos (b - a)). nra. }
  apply is_derive_Reals. intros eps Pe. exists (mkposreal eps Pe). intros h Nh Hh. cbn [pos] in Hh.
  set (b := pi c + h). assert (Ne : b <> pi c) by (unfold b; lra).
  destruct (pi_onto b) as [d [Hd Eb]]. pose proof (power_potential_above c b Hc Ne) as Lo.
  pose proof (power_potential_above d (pi c) Hd ltac:(intros Z; rewrite Eb in Z; auto)) as Hi. rewrite Eb in Hi.
  pose proof (Steep c d Hc Hd) as St. rewrite Eb in St. replace (b - pi c) with h in * by (unfold b; ring).
  replace (pi c - b) with (- h) in Hi by (unfold b; ring).
  replace ((power_potential b - power_potential (pi c)) / h - c)
    with ((power_potential b - power_potential (pi c) - c * h) * / h) by (field; auto).
  rewrite Rabs_mult, Rabs_pos_eq, Rabs_inv by lra. pose proof (Rabs_pos_lt h Nh) as Ph.
  apply Rle_lt_trans with (Rabs h); [|exact Hh]. apply (Rmult_le_reg_r (Rabs h)); auto.
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. apply Rle_trans with ((d - c) * h); [lra|].
  eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult. apply Rmult_le_compat_r; lra.
Qed.
End PowerPotential.

(* a solution of Woodworth's equations is the only minimiser of the potential *)
Theorem powers_minimise D m n X y a beta nu : (3 <= D)%nat -> (forall j, (j < m)%nat -> 0 < a j) ->
  feasible m n X y beta ->
  (forall j, (j < m)%nat ->
     let c := INR (D - 2) * a j ^ (D - 2) * Sum n (fun i => X i j * nu i) in
     -1 < c < 1 /\ beta j = a j ^ D * power_of_dual D c) ->
  let Q b := Sum m (fun j => a j ^ 2 / INR (D - 2) * power_potential D (b j / a j ^ D)) in
  forall b, feasible m n X y b -> (forall j, (j < m)%nat -> b j = beta j) \/ Q beta < Q b.
Proof.
  intros HD Pa Fb H Q b F'. assert (PK : 0 < INR (D - 2)) by (apply lt_0_INR; lia).
  destruct (Classical_Prop.classic (exists j, (j < m)%nat /\ b j <> beta j)) as [[k [Hk Ne]]|Same].
  - right. set (phi := fun j x => a j ^ 2 / INR (D - 2) * power_potential D (x / a j ^ D)).
    apply (kkt_equality_unique m n phi beta (fun j => Sum n (fun i => X i j * nu i)) X y nu Fb ltac:(auto) b k); auto.
    intros j x Hj N. destruct (H j Hj) as [Hc Eb]. set (c := INR (D - 2) * a j ^ (D - 2) * Sum n (fun i => X i j * nu
      i)) in *.
    pose proof (pow_lt (a j) D (Pa j Hj)) as Pd. pose proof (pow_lt (a j) (D - 2) (Pa j Hj)) as P2.
    assert (E2 : a j ^ D = a j ^ 2 * a j ^ (D - 2)) by (rewrite <- pow_add; f_equal; lia).
    assert (Eq : beta j / a j ^ D = power_of_dual D c) by (rewrite Eb; field; lra).
    pose proof (power_potential_above D HD c (x / a j ^ D) Hc) as Ab. unfold phi. rewrite Eq.
    assert (Nx : x / a j ^ D <> power_of_dual D c).
    { intros Z. apply N. rewrite Eb, <- Z. field. lra. }
    specialize (Ab Nx). pose proof (pow_lt (a j) 2 (Pa j Hj)) as Pq.
    assert (Pc : 0 < a j ^ 2 / INR (D - 2)) by (apply Rdiv_lt_0_compat; auto).
    apply (Rmult_lt_compat_l (a j ^ 2 / INR (D - 2))) in Ab; auto.
    replace (Sum n (fun i => X i j * nu i) * (x - beta j))
      with (a j ^ 2 / INR (D - 2) * (c * (x / a j ^ D - power_of_dual D c))); [lra|].
    rewrite Eb. unfold c. rewrite E2. field. pose proof (Pa j Hj). repeat split; try lra; apply pow_nonzero; lra.
  - left. intros j Hj. destruct (Req_dec (b j) (beta j)) as [|N]; auto. exfalso. apply Same. exists j. auto.
Qed.
