(* From every start there is exactly one gradient flow (NetworkExistence.v), so the theorems of the catalogue hold
   without a hypothesis that a flow is given:
     one_point_flow          K4's flow, any matrix, any start,
     exponential_flow        K0's flow (any linear tensor network, exponential loss),
     squared_flow            the flow of R1, R2, R6 (odeco networks, squared loss),
     odeco_regression_from   R1 + R2 for odeco networks: exists, unique, converges, and where to,
     commuting_sensing_flow  R8's flow: sensors Q diag(lambda_i) Q^T, starts Q diag(.) Q^T. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt DepthPotential Regression Network Tensor Margin Conserved Diagonal
  Sensing Uniqueness Picard Existence NetworkExistence K4Directions K4Classification R8Conjugation R8Diagonal
  R8CommutingSensing.
Open Scope R_scope.

(* exactly one flow from the start w0, for a property of flows *)
Definition one_flow (L : nat) (k : nat -> nat) (is_flow : (nat -> nat -> R -> R) -> Prop)
  (w0 : nat -> nat -> R) : Prop :=
  exists v, is_flow v /\ (forall l c, (l < L)%nat -> (c < k l)%nat -> v l c 0 = w0 l c) /\
    forall v', is_flow v' -> (forall l c, (l < L)%nat -> (c < k l)%nat -> v' l c 0 = w0 l c) ->
      forall l c t, (l < L)%nat -> (c < k l)%nat -> 0 <= t -> v' l c t = v l c t.

Lemma exp_scaled_lipschitz a b : locally_lipschitz_scalar (fun u => a * exp (b * u)).
Proof.
  apply (smooth_lipschitz _ (fun u => a * (b * exp (b * u)))).
  - intros u. auto_derive; auto. ring.
  - intros u. apply (ex_derive_continuous (fun u => a * (b * exp (b * u)))). auto_derive; auto.
Qed.

(* any loss below by 0 whose derivative is locally Lipschitz *)
Lemma tensor_one_flow L n k M ell dell w0 : (forall i u, is_derive (ell i) u (dell i u)) ->
  (forall i, (i < n)%nat -> locally_lipschitz_scalar (dell i)) -> (forall w, 0 <= tensor_loss L n k M ell w) ->
  one_flow L k (tensor_gradient_flow L n k M ell) w0.
Proof.
  intros De Li Lo. destruct (tensor_flow_exists L n k M ell dell 0 De Li Lo w0) as [v [Fl V0]].
  exists v. split; [exact Fl | split; [exact V0|]]. intros v' Fl' V0'.
  apply (tensor_flow_unique L n k M ell dell De Li v' v Fl' Fl). intros l c Hl Hc. rewrite V0, V0'; auto.
Qed.

Theorem one_point_flow k (M : nat -> nat -> R) (y : R) (w0 : nat -> nat -> R) :
  one_flow 2 k (tensor_gradient_flow 2 1 k (matrix_tensor M) (one_point_loss y)) w0.
Proof.
  apply (tensor_one_flow 2 1 k _ _ _ w0 (one_point_derive y)).
  - intros i _. change (locally_lipschitz_scalar (fun u : R => - (y * exp (- (y * u))))).
    replace (fun u => - (y * exp (- (y * u)))) with (fun u => - y * exp (- y * u)); [apply exp_scaled_lipschitz|].
    extensionality u. replace (- (y * u)) with (- y * u) by ring. ring.
  - intros w. apply Sum_nonneg. intros i _. left. apply exp_pos.
Qed.

Theorem exponential_flow L n k (M : nat -> (nat -> nat) -> R) (w0 : nat -> nat -> R) :
  one_flow L k (tensor_gradient_flow L n k M exponential) w0.
Proof.
  apply (tensor_one_flow L n k M _ _ w0 exponential_derive).
  - intros i _. change (locally_lipschitz_scalar (fun u : R => - exp (- u))).
    replace (fun u => - exp (- u)) with (fun u => -1 * exp (-1 * u)); [apply exp_scaled_lipschitz|].
    extensionality u. replace (-1 * u) with (- u) by ring. ring.
  - intros w. apply Sum_nonneg. intros i _. left. apply exp_pos.
Qed.

(* the squared loss of an odeco network (R1, R2, R6) *)
Theorem squared_flow L d m n k (S : nat -> nat -> R) (U : nat -> nat -> nat -> R) (X : nat -> nat -> R) (y : nat -> R)
  (w0 : nat -> nat -> R) :
  one_flow L k (gradient_flow L d m n k S U X y) w0.
Proof.
  destruct (network_flow_exists L d m n k S U X y w0) as [v [Fl V0]].
  exists v. split; [exact Fl | split; [exact V0|]]. intros v' Fl' V0'.
  apply (network_flow_unique L d m n k S U X y v' v Fl' Fl). intros l c Hl Hc. rewrite V0, V0'; auto.
Qed.

(* R1 + R2, existence and uniqueness included *)
Theorem odeco_regression_from
  (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R) (X : nat -> nat -> R)
    (y : nat -> R)
  (w0 : nat -> nat -> R) (alpha : R) (etabar : nat -> R) (mu : R) :
  (2 <= L)%nat -> orthonormal L m k U -> 0 < alpha -> (forall j, (j < m)%nat -> etabar j <> 0) ->
  (forall j l, (j < m)%nat -> (l < L - 1)%nat -> Sum (k l) (fun c => U l c j * w0 l c) = alpha * etabar j) ->
  (forall j, (j < m)%nat -> Sum (k (L - 1)%nat) (fun c => U (L - 1)%nat c j * w0 (L - 1)%nat c) = 0) ->
  0 < mu -> row_rank_bound m n (data_matrix d S X) mu ->
  let scale j := alpha * Rabs (etabar j) in
  let Q x := alpha ^ 2 * Sum m (fun j => etabar j ^ 2 * HL L (x j / scale j ^ L)) in
  one_flow L k (gradient_flow L d m n k S U X y) w0 /\
  exists rho : nat -> R,
    feasible m n (data_matrix d S X) y rho /\
    (forall x, feasible m n (data_matrix d S X) y x -> (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x) /\
    forall v, gradient_flow L d m n k S U X y v -> (forall l c, (l < L)%nat -> (c < k l)%nat -> v l c 0 = w0 l c) ->
      (forall a, is_lim (fun t => linear_coefficient L m k S U (at_time v t) a) p_infty (Sum m (fun j =>
        S j a * rho j))) /\
      (forall lambda t, 0 < lambda -> (forall j, (j < m)%nat -> lambda <= scale j ^ 2) -> 0 <= t ->
         network_loss L d m n k S U X y (at_time v t) <=
         network_loss L d m n k S U X y (at_time v 0) * exp (- (2 * lambda ^ (L - 1) * mu) * t)).
Proof.
  intros HL2 Orth Pal He Hs Hlast Pmu Rk scale Q.
  destruct (network_flow_exists L d m n k S U X y w0) as [v [Fl V0]].
  assert (Starts : forall v', (forall l c, (l < L)%nat -> (c < k l)%nat -> v' l c 0 = w0 l c) ->
    (forall j l, (j < m)%nat -> (l < L - 1)%nat -> Sum (k l) (fun c => U l c j * v' l c 0) = alpha * etabar j) /\
    (forall j, (j < m)%nat -> Sum (k (L - 1)%nat) (fun c => U (L - 1)%nat c j * v' (L - 1)%nat c 0) = 0)).
  { intros v' V'. split.
    - intros j l Hj Hl. rewrite <- (Hs j l Hj Hl). apply Sum_ext. intros c Hc. rewrite V' by (auto; lia). reflexivity.
    - intros j Hj. etransitivity; [|apply (Hlast j Hj)]. apply Sum_ext. intros c Hc. rewrite V' by (auto; lia).
      reflexivity. }
  split; [apply squared_flow|].
  - destruct (Starts v V0) as [S1 S2].
    destruct (odeco_network_regression L d m n k S U X y v alpha etabar mu HL2 Orth Fl Pal He S1 S2 Pmu Rk)
      as [rho [_ [_ [_ [_ [Feas Min]]]]]].
    exists rho. split; [exact Feas | split; [exact Min|]]. intros v' Fl' V0'.
    destruct (Starts v' V0') as [S1' S2'].
    destruct (odeco_network_regression L d m n k S U X y v' alpha etabar mu HL2 Orth Fl' Pal He S1' S2' Pmu Rk)
      as [rho' [R1 [_ [Lb [_ [Feas' Min']]]]]].
    assert (Eq : forall j, (j < m)%nat -> rho' j = rho j).
    { destruct (Min rho' Feas') as [E|Lt]; [exact E|].
      destruct (Min' rho Feas) as [E|Lt']; [intros j Hj; symmetry; auto|].
      exfalso. cbv zeta in Lt'. unfold Q, scale in Lt. lra. }
    split; [|intros lambda t; exact (R1 lambda t)].
    intros a. rewrite <- (Sum_ext m (fun j => S j a * rho' j)) by (intros j Hj; rewrite Eq by auto; reflexivity).
    apply Lb.
Qed.

(* --- R8's flow --- *)
Theorem commuting_sensing_flow (L n d : nat) (A : nat -> matrix) (Q : matrix) (lam : nat -> nat -> R) (y : nat -> R)
  (x0 : nat -> nat -> R) :
  orthogonal d Q -> (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) ->
  exists W, sensing_gradient_flow L n (fun _ => d) A (squared y) W /\
    (forall l, (l < L)%nat -> agree d (W l 0) (spectral d Q (x0 l))) /\
    forall W', sensing_gradient_flow L n (fun _ => d) A (squared y) W' ->
      (forall l, (l < L)%nat -> agree d (W' l 0) (spectral d Q (x0 l))) ->
      forall l t, (l < L)%nat -> 0 <= t -> agree d (W' l t) (W l t).
Proof.
  intros HQ HA. destruct (diagonal_flow_exists L d n lam y x0) as [x [Fl X0]].
  pose proof (diagonal_solution L d n lam y x Fl) as Sol.
  (* the diagonal matrices solve the problem with the sensors diag(lambda_i) *)
  assert (DS : sensing_solution L n d (squared_slope y) (diagonal_sensors lam) (fun l t =>
    diagonals (fun l j => x l j t) l)).
  { intros l a b Hl Ha Hb. destruct (Sol a l Ha Hl) as [C D]. unfold diagonals. split.
    - apply (filterlim_scale (at_right 0) (x l a) (delta a b) (x l a 0)). exact C.
    - intros t Ht. specialize (D t Ht).
      replace (sensing_velocity L n d (squared_slope y) (diagonal_sensors lam)
        (matrix_at (fun l t i j => delta i j * x l i t) t) l a b)
          with (delta a b * velocity L d n lam y (at_time (fun j l => x l j) t) a l).
      + apply (is_derive_scal (x l a)). exact D.
      + destruct (Nat.eq_dec a b) as [<-|Ne].
        * rewrite delta_same, Rmult_1_l. symmetry. exact (velocity_diagonal L n d lam y (fun l j => x l j t) l a Hl Ha).
        * rewrite delta_other, Rmult_0_l by auto. symmetry.
          exact (velocity_off_diagonal L n d lam y (fun l j => x l j t) l a b Hl Ha Hb Ne). }
  assert (HQt : orthogonal d (transpose Q)) by (destruct HQ as [H1 H2]; split; assumption).
  assert (Back : forall z, agree d (spectral d Q z) (conj d (transpose Q) (diagonal z))).
  { intros z i j Hi Hj. rewrite spectral_product. reflexivity. }
  assert (HAt : forall i, (i < n)%nat -> agree d (A i) (conj d (transpose Q) (diagonal_sensors lam i))).
  { intros i Hi p q Hp Hq. rewrite HA by auto. rewrite Back by auto. reflexivity. }
  pose proof (solution_conj L n d (squared_slope y) (transpose Q) (diagonal_sensors lam) A _ HQt HAt DS) as WS.
  set (W := fun l t => conj d (transpose Q) (diagonals (fun l j => x l j t) l)) in *.
  assert (Start : forall l, (l < L)%nat -> agree d (W l 0) (spectral d Q (x0 l))).
  { intros l Hl p q Hp Hq. rewrite Back by auto. unfold W. apply conj_agree; auto. intros i j Hi Hj.
    unfold diagonals, diagonal.
    rewrite X0 by auto. reflexivity. }
  exists W. split; [|split; [exact Start|]].
  - apply (sensing_solution_flow L n d (squared_slope y) A (squared y)); auto. apply squared_derive.
  - intros W' Fl' Start' l t Hl Ht.
    apply (sensing_unique L n d (squared_slope y) A (fun i _ => squared_lipschitz y i) W' W); auto.
    + apply (sensing_flow_solution L n d (squared_slope y) A (squared y)); auto. apply squared_derive.
    + intros q Hq p r Hp Hr. rewrite Start' by auto. symmetry. apply Start; auto.
Qed.
