(* R8 end to end: symmetric sensors that commute with each other and with the start. What the flow does in the common
   eigenbasis is R8CommutingSensing.v; here the basis is found, the rank condition is said in the sensors themselves,
   and for small starts the limit is the matrix of least nuclear norm. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality Setoid.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Norms Flow Kkt DepthPotential Tensor Conserved Sensing Uniqueness Wellposed R4Limits
  R4SmallRate
  R8Conjugation R8Diagonal R8CommutingSensing R8Eigenbasis FromStart.
Open Scope R_scope.

(* <P, P'> = sum of the products of the entries *)
Definition frobenius (d : nat) (P P' : matrix) : R := Sum d (fun p => Sum d (fun q => P p q * P' p q)).
(* |sum_i r_i A_i|^2 >= mu |r|^2; for some mu > 0 this says that the sensors are independent *)
Definition sensor_rank_bound (d n : nat) (A : nat -> matrix) (mu : R) : Prop := forall r : nat -> R,
  mu * Sum n (fun i => r i ^ 2) <= Sum d (fun p => Sum d (fun q => Sum n (fun i => A i p q * r i) ^ 2)).
Definition injective (d : nat) (P : matrix) : Prop := forall x : nat -> R,
  (forall p, (p < d)%nat -> Sum d (fun q => P p q * x q) = 0) -> forall p, (p < d)%nat -> x p = 0.
(* the last layer 0, the others alpha W *)
Definition scaled_start (L : nat) (alpha : R) (W : matrix) (l : nat) : matrix := fun p q =>
  if Nat.eqb l (L - 1) then 0 else alpha * W p q.

Lemma spectral_agree d Q x z : (forall j, (j < d)%nat -> x j = z j) -> spectral d Q x = spectral d Q z.
Proof. intros E. extensionality p; extensionality q. apply Sum_ext. intros j Hj. rewrite E by auto. reflexivity. Qed.

Lemma inner_agree d P P' Z Z' : agree d P P' -> agree d Z Z' -> frobenius d P Z = frobenius d P' Z'.
Proof.
  intros H K. apply Sum_ext. intros p Hp. apply Sum_ext. intros q Hq. rewrite H, K by auto. reflexivity.
Qed.

Section Basis.
Variables (d : nat) (Q : matrix).
Hypothesis Q_orthogonal : orthogonal d Q.

Lemma rank_of_eigenvalues n A lam mu : (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) ->
  sensor_rank_bound d n A mu -> row_rank_bound d n lam mu.
Proof.
  intros HA H r. specialize (H r). eapply Rle_trans; [exact H|]. right.
  pose proof (spectral_inner d Q Q_orthogonal (fun j => Sum n (fun i => lam i j * r i)) (fun j =>
    Sum n (fun i => lam i j * r i))) as E.
  rewrite (Sum_ext d (fun j => Sum n (fun i => lam i j * r i) ^ 2) (fun j =>
    Sum n (fun i => lam i j * r i) * Sum n (fun i => lam i j * r i))) by (intros; ring).
  rewrite <- E. apply Sum_ext. intros p Hp. apply Sum_ext. intros q Hq.
  assert (Eq : Sum n (fun i => A i p q * r i) = spectral d Q (fun j => Sum n (fun i => lam i j * r i)) p q).
  { rewrite (Sum_ext n _ (fun i => Sum d (fun j => Q p j * (lam i j * r i * Q q j)))).
    - rewrite Sum_swap. apply Sum_ext. intros j _. rewrite Sum_scal_l. f_equal. rewrite <- Sum_scal_r. reflexivity.
    - intros i Hi. rewrite (HA i Hi p q Hp Hq). unfold spectral. rewrite <- Sum_scal_r. apply Sum_ext. intros; ring. }
  rewrite Eq. ring.
Qed.

Lemma eigenvalues_nonzero W etabar : agree d W (spectral d Q etabar) -> injective d W -> forall j, (j < d)%nat ->
  etabar j <> 0.
Proof.
  intros HW Inj j Hj Z. destruct Q_orthogonal as [O _].
  assert (N : forall p, (p < d)%nat -> Q p j = 0).
  { apply Inj. intros p Hp.
    rewrite (Sum_ext d _ (fun q => Sum d (fun k => Q p k * etabar k * (Q q k * Q q j)))).
    - rewrite Sum_swap. rewrite (Sum_ext d _ (fun k => delta j k * (Q p k * etabar k))).
      + rewrite (Sum_delta d j (fun k => Q p k * etabar k)), Z by auto. ring.
      + intros k Hk. rewrite Sum_scal_l. specialize (O k j Hk Hj). unfold mul, transpose, identity in O. rewrite O.
        unfold delta. rewrite (Nat.eqb_sym k j). ring.
    - intros q Hq. rewrite (HW p q Hp Hq). unfold spectral. rewrite <- Sum_scal_r. apply Sum_ext. intros; ring. }
  specialize (O j j Hj Hj). unfold mul, transpose, identity in O. rewrite delta_same in O.
  rewrite (Sum_zero d) in O; [lra|]. intros k Hk. rewrite (N k Hk). ring.
Qed.

Lemma inner_spectral x P : frobenius d (spectral d Q x) P = Sum d (fun j => x j * conj d Q P j j).
Proof.
  unfold frobenius. rewrite <- (conj_inner d Q Q_orthogonal (spectral d Q x) P).
  apply Sum_ext. intros p Hp. rewrite (Sum_ext d _ (fun q => delta p q * (x p * conj d Q P p q))).
  - rewrite (Sum_delta d p (fun q => x p * conj d Q P p q)) by auto. reflexivity.
  - intros q Hq. rewrite conj_spectral by auto. unfold diagonal. ring.
Qed.

Lemma conj_spectral_diagonal x j : (j < d)%nat -> conj d Q (spectral d Q x) j j = x j.
Proof. intros Hj. rewrite conj_spectral by auto. unfold diagonal. rewrite delta_same. ring. Qed.

Lemma transpose_orthogonal O : orthogonal d O -> orthogonal d (transpose O).
Proof. intros [H K]. split; [exact K | exact H]. Qed.

Lemma conj_orthogonal O : orthogonal d O -> orthogonal d (conj d Q O).
Proof. intros HO. apply orthogonal_mul; [apply transpose_orthogonal|]; auto. apply orthogonal_mul; auto. Qed.

Lemma signs_orthogonal s : (forall j, (j < d)%nat -> s j * s j = 1) -> orthogonal d (spectral d Q s).
Proof.
  intros Hs. rewrite spectral_product. apply orthogonal_mul; auto. apply orthogonal_mul;
    [|apply transpose_orthogonal; auto].
  split; intros a b Ha Hb; unfold mul, transpose, diagonal, identity.
  - rewrite (Sum_ext d _ (fun k => delta a k * (s k * (delta k b * s k))))
      by (intros k _; unfold delta; rewrite (Nat.eqb_sym k a); ring).
    rewrite (Sum_delta d a (fun k => s k * (delta k b * s k))) by auto.
    transitivity (delta a b * (s a * s a)); [ring | rewrite Hs by auto; ring].
  - rewrite (Sum_ext d _ (fun k => delta a k * (s a * (delta b k * s b)))) by (intros; ring).
    rewrite (Sum_delta d a (fun k => s a * (delta b k * s b))) by auto. unfold delta. rewrite (Nat.eqb_sym b a).
    destruct (Nat.eqb_spec a b) as [->|]; [rewrite Rmult_1_l; auto | ring].
Qed.

End Basis.

(* --- the nuclear norm: the largest <Z, O> over the orthogonal matrices O (the sum of the singular values) --- *)
Definition nuclear_norm (d : nat) (Z : matrix) : R :=
  real (Lub_Rbar (fun r => exists O, orthogonal d O /\ r = frobenius d Z O)).

Lemma nuclear_norm_lub d Z : is_lub_Rbar (fun r => exists O, orthogonal d O /\ r = frobenius d Z O) (nuclear_norm d Z).
Proof.
  destruct (completeness (fun r => exists O, orthogonal d O /\ r = frobenius d Z O)) as [s Hs].
  - exists (Sum d (fun p => Sum d (fun q => Rabs (Z p q)))). intros r [O [HO ->]].
    eapply Rle_trans; [apply Rle_abs|]. eapply Rle_trans; [apply Sum_abs|]. apply Sum_le. intros p Hp.
    eapply Rle_trans; [apply Sum_abs|]. apply Sum_le. intros q Hq. rewrite Rabs_mult.
    pose proof (orthogonal_entry d O p q HO Hp Hq). pose proof (Rabs_pos (Z p q)). nra.
  - exists (frobenius d Z identity), identity. split; [apply identity_orthogonal | reflexivity].
  - assert (B : is_lub_Rbar (fun r => exists O, orthogonal d O /\ r = frobenius d Z O) s).
    { destruct Hs as [Ub Least]. split.
      - intros r Hr. apply (Ub r Hr).
      - intros b Hb. destruct b as [b| |]; [apply Least; intros r Hr; apply (Hb r Hr) | exact I |].
        apply (Hb (frobenius d Z identity)). exists identity. split; [apply identity_orthogonal | reflexivity]. }
    unfold nuclear_norm. rewrite (is_lub_Rbar_unique _ _ B). exact B.
Qed.

Section Nuclear.
Variables (d : nat) (Q : matrix).
Hypothesis Q_orthogonal : orthogonal d Q.

Let signs (x : nat -> R) j := if Rle_dec 0 (x j) then 1 else -1.

Lemma signs_square x j : signs x j * signs x j = 1.
Proof. unfold signs. destruct (Rle_dec 0 (x j)); ring. Qed.

Lemma signs_abs x j : signs x j * x j = Rabs (x j).
Proof. unfold signs. destruct (Rle_dec 0 (x j)); [rewrite Rabs_pos_eq | rewrite Rabs_left]; lra. Qed.

Lemma nuclear_spectral x : nuclear_norm d (spectral d Q x) = l1 d x.
Proof.
  destruct (nuclear_norm_lub d (spectral d Q x)) as [Ub Least]. apply Rle_antisym.
  - apply (Least (l1 d x)). intros r [O [HO ->]]. simpl. rewrite inner_spectral by auto. apply Sum_le. intros j Hj.
    pose proof (orthogonal_entry d (conj d Q O) j j (conj_orthogonal d Q Q_orthogonal O HO) Hj Hj) as B.
    eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult. pose proof (Rabs_pos (x j)). nra.
  - apply (Ub (l1 d x)). exists (spectral d Q (signs x)). split.
    + apply signs_orthogonal; auto. intros. apply signs_square.
    + rewrite inner_spectral by auto. apply Sum_ext. intros j Hj. rewrite conj_spectral_diagonal by auto.
      rewrite <- signs_abs. ring.
Qed.

(* the part of Z that is diagonal in the basis has no larger nuclear norm *)
Lemma nuclear_diagonal_part Z : l1 d (fun j => conj d Q Z j j) <= nuclear_norm d Z.
Proof.
  destruct (nuclear_norm_lub d Z) as [Ub _]. apply (Ub (l1 d (fun j => conj d Q Z j j))).
  set (x := fun j => conj d Q Z j j). exists (spectral d Q (signs x)). split.
  - apply signs_orthogonal; auto. intros. apply signs_square.
  - transitivity (frobenius d (spectral d Q (signs x)) Z).
    + rewrite inner_spectral by auto. apply Sum_ext. intros j _. rewrite <- signs_abs. reflexivity.
    + apply Sum_ext. intros p _. apply Sum_ext. intros; ring.
Qed.

(* the only matrix of least nuclear norm that fits is Q diag(z) Q^T, z the only eigenvalues of least l1 norm that fit *)
Lemma least_nuclear_is_least_l1 n A lam y Z : (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) ->
  (forall i, (i < n)%nat -> frobenius d (A i) Z = y i) ->
  (forall Z', (forall i, (i < n)%nat -> frobenius d (A i) Z' = y i) ->
    agree d Z' Z \/ nuclear_norm d Z < nuclear_norm d Z') ->
  exists z, agree d Z (spectral d Q z) /\ only_minimiser d n lam y (l1 d) z.
Proof.
  intros HA Fit Only. set (z := fun j => conj d Q Z j j).
  assert (Sensed : forall i x, (i < n)%nat -> frobenius d (A i) (spectral d Q x) = Sum d (fun j => lam i j * x j)).
  { intros i x Hi. rewrite (inner_agree d _ _ _ _ (HA i Hi) (fun p q _ _ => eq_refl)). rewrite inner_spectral by auto.
    apply Sum_ext. intros j Hj. rewrite conj_spectral_diagonal by auto. reflexivity. }
  assert (Fz : feasible d n lam y z).
  { intros i Hi. rewrite <- (Fit i Hi), (inner_agree d _ _ Z Z (HA i Hi) (fun p q _ _ => eq_refl)).
    rewrite inner_spectral by auto. reflexivity. }
  assert (E : agree d Z (spectral d Q z)).
  { destruct (Only (spectral d Q z)) as [E|Lt].
    - intros i Hi. rewrite Sensed by auto. apply Fz, Hi.
    - intros p q Hp Hq. symmetry. auto.
    - rewrite nuclear_spectral in Lt. pose proof (nuclear_diagonal_part Z) as D. fold z in D. lra. }
  exists z. split; auto. split; auto. intros x Fx.
  destruct (Only (spectral d Q x)) as [Ex|Lt].
  - intros i Hi. rewrite Sensed by auto. apply Fx, Hi.
  - left. intros j Hj. rewrite <- (conj_spectral_diagonal d Q Q_orthogonal x j Hj).
    apply (conj_agree d Q _ _ Ex j j Hj Hj).
  - right. rewrite nuclear_spectral in Lt. apply Rle_lt_trans with (2 := Lt). apply (nuclear_diagonal_part Z).
Qed.
End Nuclear.

(* --- the flow --- *)
Section Sensors.
Variables (L n d : nat) (A : nat -> matrix) (W : matrix) (y : nat -> R) (mu : R).
Hypothesis depth : (2 <= L)%nat.
Hypothesis sensors_symmetric : forall i, (i < n)%nat -> symmetric d (A i).
Hypothesis start_symmetric : symmetric d W.
Hypothesis sensors_commute : forall i i', (i < n)%nat -> (i' < n)%nat -> commute d (A i) (A i').
Hypothesis start_commutes : forall i, (i < n)%nat -> commute d (A i) W.
Hypothesis start_injective : injective d W.
Hypothesis mu_pos : 0 < mu.
Hypothesis rank : sensor_rank_bound d n A mu.

Lemma sensing_eigenbasis : exists (Q : matrix) (lam : nat -> nat -> R) (etabar : nat -> R), orthogonal d Q /\
  (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) /\ agree d W (spectral d Q etabar) /\
  (forall j, (j < d)%nat -> etabar j <> 0) /\ row_rank_bound d n lam mu.
Proof.
  set (B := fun i => if Nat.ltb i n then A i else W).
  assert (Ba : forall i, (i < n)%nat -> B i = A i) by (intros i Hi; unfold B; destruct (Nat.ltb_spec i n);
    [auto | lia]).
  assert (Bw : B n = W) by (unfold B; destruct (Nat.ltb_spec n n); [lia | auto]).
  destruct (common_eigenbasis d (S n) B) as [Q [lam [O H]]].
  - intros i Hi. unfold B. destruct (Nat.ltb_spec i n); auto.
  - intros i i' Hi Hi'. unfold B. destruct (Nat.ltb_spec i n), (Nat.ltb_spec i' n); auto.
    + intros p q Hp Hq. symmetry. apply start_commutes; auto.
    + intros p q Hp Hq. reflexivity.
  - assert (HA : forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i)))
      by (intros i Hi; rewrite <- (Ba i Hi); apply H; lia).
    assert (HW : agree d W (spectral d Q (lam n))) by (rewrite <- Bw; apply H; lia).
    exists Q, lam, (lam n). split; [exact O | split; [exact HA | split; [exact HW | split]]].
    + apply (eigenvalues_nonzero d Q O W); auto.
    + apply (rank_of_eigenvalues d Q O n A lam mu HA rank).
Qed.

Lemma sensing_limit Q lam alpha etabar V : orthogonal d Q ->
  (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) -> agree d W (spectral d Q etabar) ->
  (forall j, (j < d)%nat -> etabar j <> 0) -> row_rank_bound d n lam mu -> 0 < alpha ->
  sensing_gradient_flow L n (fun _ => d) A (squared y) V ->
  starts_at L (fun _ => d) V (scaled_start L alpha W) ->
  exists rho, only_minimiser d n lam y (scaled_potential L d etabar alpha) rho /\
    forall p q, (p < d)%nat -> (q < d)%nat ->
      is_lim (fun t => product (fun _ => d) L (matrix_at V t) p q) p_infty (spectral d Q rho p q).
Proof.
  intros O HA HW He Rk Pa Fl St.
  destruct (commuting_sensing_regression L n d A Q lam y V alpha etabar mu depth O HA Fl Pa He) as
    [_ [rho [_ [_ [_ [Lim [_ [Feas Min]]]]]]]]; auto.
  - intros l Hl p q Hp Hq. rewrite (St l p q) by (auto; lia). unfold scaled_start.
    destruct (Nat.eqb_spec l (L - 1)); [lia|]. rewrite (HW p q Hp Hq). unfold spectral. rewrite <- Sum_scal_l.
    apply Sum_ext. intros; ring.
  - intros p q Hp Hq. rewrite (St (L - 1)%nat p q) by (auto; lia). unfold scaled_start. rewrite Nat.eqb_refl.
      reflexivity.
  - exists rho. split; auto. split; auto.
Qed.

Theorem commuting_sensing_from alpha : 0 < alpha ->
  exists (Q : matrix) (lam : nat -> nat -> R) (etabar rho : nat -> R),
    orthogonal d Q /\ (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) /\
    agree d W (spectral d Q etabar) /\ (forall j, (j < d)%nat -> etabar j <> 0) /\
    only_minimiser d n lam y (scaled_potential L d etabar alpha) rho /\
    from_matrices L (fun _ => d) (sensing_gradient_flow L n (fun _ =>
      d) A (squared y)) (scaled_start L alpha W) (fun V =>
      forall p q, (p < d)%nat -> (q < d)%nat ->
        is_lim (fun t => product (fun _ => d) L (matrix_at V t) p q) p_infty (spectral d Q rho p q)).
Proof.
  intros Pa. destruct sensing_eigenbasis as [Q [lam [etabar [O [HA [HW [He Rk]]]]]]].
  pose proof (sensing_one_flow L n (fun _ => d) A y (scaled_start L alpha W)) as One.
  destruct One as [V [Fl [St Un]]].
  destruct (sensing_limit Q lam alpha etabar V O HA HW He Rk Pa Fl St) as [rho [Min Lim]].
  exists Q, lam, etabar, rho. split; [exact O | split; [exact HA | split; [exact HW | split; [exact He | split;
    [exact Min|]]]]].
  split; [exists V; auto|]. intros V' Fl' St' p q Hp Hq.
  destruct (sensing_limit Q lam alpha etabar V' O HA HW He Rk Pa Fl' St') as [rho' [Min' Lim']].
  replace (spectral d Q rho p q) with (spectral d Q rho' p q); [apply Lim'; auto|].
  rewrite (spectral_agree d Q rho' rho); auto. intros j Hj.
  destruct Min as [Fr Mr], Min' as [Fr' Mr']. destruct (Mr rho' Fr') as [E|Lt]; [apply E, Hj|].
  destruct (Mr' rho Fr) as [E|Lt']; [symmetry; apply E, Hj | exfalso; lra].
Qed.
End Sensors.

(* W_l(0) = alpha I, alpha -> 0: the limit tends to the only matrix Z of least nuclear norm with <A_i, Z> = y_i *)
Section NuclearLimit.
Variables (L n d : nat) (A : nat -> matrix) (y : nat -> R) (mu : R) (Z : matrix).
Hypothesis depth : (2 <= L)%nat.
Hypothesis sensors_symmetric : forall i, (i < n)%nat -> symmetric d (A i).
Hypothesis sensors_commute : forall i i', (i < n)%nat -> (i' < n)%nat -> commute d (A i) (A i').
Hypothesis mu_pos : 0 < mu.
Hypothesis rank : sensor_rank_bound d n A mu.
Hypothesis fits : forall i, (i < n)%nat -> frobenius d (A i) Z = y i.
Hypothesis least : forall Z', (forall i, (i < n)%nat -> frobenius d (A i) Z' = y i) ->
  agree d Z' Z \/ nuclear_norm d Z < nuclear_norm d Z'.

Lemma identity_eigenvalues Q etabar : orthogonal d Q -> agree d identity (spectral d Q etabar) ->
  forall j, (j < d)%nat -> etabar j = 1.
Proof.
  intros O E j Hj. rewrite <- (conj_spectral_diagonal d Q O etabar j Hj).
  rewrite <- (conj_agree d Q _ _ E) by auto. rewrite conj_identity by auto. apply delta_same.
Qed.

Lemma spectral_near Q x z e p q : orthogonal d Q -> (forall j, (j < d)%nat -> Rabs (x j - z j) <= e) ->
  (p < d)%nat -> (q < d)%nat -> Rabs (spectral d Q x p q - spectral d Q z p q) <= INR d * e.
Proof.
  intros O H Hp Hq. unfold spectral. rewrite <- Sum_minus. eapply Rle_trans; [apply Sum_abs|].
  assert (K : Sum d (fun _ => e) = INR d * e).
  { clear. induction d as [|n IH]; [simpl; ring|]. rewrite S_INR. simpl Sum. rewrite IH. ring. }
  rewrite <- K. apply Sum_le. intros j Hj.
  replace (Q p j * (x j * Q q j) - Q p j * (z j * Q q j)) with (Q p j * Q q j * (x j - z j)) by ring.
  rewrite !Rabs_mult. pose proof (orthogonal_entry d Q p j O Hp Hj). pose proof (orthogonal_entry d Q q j O Hq Hj).
  pose proof (Rabs_pos (Q p j)). pose proof (Rabs_pos (Q q j)). pose proof (Rabs_pos (x j - z j)). specialize (H j Hj).
  assert (Rabs (Q p j) * Rabs (Q q j) <= 1) by nra. nra.
Qed.

Theorem commuting_sensing_nuclear_norm : exists C alpha0, 0 < alpha0 /\ forall alpha, 0 < alpha < alpha0 ->
  from_matrices L (fun _ => d) (sensing_gradient_flow L n (fun _ => d) A (squared y)) (scaled_start L alpha identity)
    (fun V => exists B : matrix,
      (forall p q, (p < d)%nat -> (q < d)%nat ->
         is_lim (fun t => product (fun _ => d) L (matrix_at V t) p q) p_infty (B p q)) /\
      forall p q, (p < d)%nat -> (q < d)%nat ->
        Rabs (B p q - Z p q) <= C * (if Nat.eqb L 2 then / - ln alpha else alpha ^ (L - 2))).
Proof.
  destruct (sensing_eigenbasis L n d A identity mu) as [Q [lam [etabar [O [HA [HI [He Rk]]]]]]]; auto.
  { intros p q Hp Hq. unfold transpose, identity, delta. rewrite Nat.eqb_sym. reflexivity. }
  { intros i Hi. unfold commute. rewrite identity_left, identity_right. reflexivity. }
  { intros x H p Hp. specialize (H p Hp). unfold identity in H. rewrite Sum_delta in H; auto. }
  pose proof (identity_eigenvalues Q etabar O HI) as One.
  destruct (least_nuclear_is_least_l1 d Q O n A lam y Z HA fits least) as [z [Ez Oz]].
  assert (Rate : exists C, at_right 0 (fun a => forall r,
    minimiser d n lam y (scaled_potential L d etabar a) r ->
    forall j, (j < d)%nat -> Rabs (r j - z j) <= C * (if Nat.eqb L 2 then / - ln a else a ^ (L - 2)))).
  { destruct (Nat.eqb_spec L 2) as [E|N].
    - exact (small_scale_two_layers_rate L d n lam y etabar z He E Oz).
    - apply (small_scale_deep_rate L d n lam y etabar z He); [lia|].
      assert (Ew : forall x, weighted_norm_1 L d etabar x = l1 d x).
      { intros x. apply Sum_ext. intros j Hj. rewrite One by auto. rewrite Rabs_R1, pow1. field. }
      destruct Oz as [Fz Mz]. split; auto. intros u Fu. rewrite !Ew. auto. }
  destruct Rate as [C [[a0 Pa0] Ha]]. exists (INR d * C), a0. split; [exact Pa0|]. intros alpha Hal.
  split; [apply sensing_one_flow|]. intros V Fl St.
  destruct (sensing_limit L n d A identity y mu depth mu_pos Q lam alpha etabar V O HA HI He Rk) as [rho [Min Lim]];
    auto;
    [lra|].
  exists (spectral d Q rho). split; [exact Lim|]. intros p q Hp Hq. rewrite (Ez p q Hp Hq), Rmult_assoc.
  apply spectral_near; auto. apply Ha; [|lra|apply only_minimiser_is_minimiser; exact Min].
  change (Rabs (alpha - 0) < a0). rewrite Rminus_0_r, Rabs_pos_eq; lra.
Qed.
End NuclearLimit.
