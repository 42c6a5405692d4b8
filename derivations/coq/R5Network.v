(* R1 + R5 (and C1) for the gradient flow of a real odeco network in its own parameters, any start with a strictly
   smallest layer in each component: the loss decays exponentially, every parameter converges, and the limit is the only
   minimiser of the potential of the start: [odeco_network_convergence]. The same from balanced starts, on the sides of
   the start: [odeco_network_ties]. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias R5Ties DepthPotential Regression Network
  Conserved Tensor Margin.
Open Scope R_scope.

Section General.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R)
  (X : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R).
Hypothesis Orth : orthonormal L m k U.
Hypothesis Fl : gradient_flow L d m n k S U X y v.
Let eta0 j l := reduced k U (at_time v 0) j l.

Theorem odeco_network_squares j l l' t : (j < m)%nat -> (l < L)%nat -> (l' < L)%nat -> 0 <= t ->
  reduced k U (at_time v t) j l ^ 2 - reduced k U (at_time v t) j l' ^ 2 = eta0 j l ^ 2 - eta0 j l' ^ 2.
Proof.
  exact (differences_of_squares_constant L m n (data_matrix d S X) y (reduced_path k U v)
    (network_reduction L d m n k S U X y Orth v Fl) j l l' t).
Qed.

Theorem odeco_network_convergence (pivot : nat -> nat) (lambda mu : R) :
  (forall j, (j < m)%nat -> (pivot j < L)%nat) -> 0 < lambda ->
  (forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j -> lambda <= eta0 j l ^ 2 - eta0 j (pivot j) ^ 2) ->
  0 < mu -> row_rank_bound m n (data_matrix d S X) mu ->
  let A := data_matrix d S X in
  let loss_at t := network_loss L d m n k S U X y (at_time v t) in
  let beta t := linear_coefficient L m k S U (at_time v t) in
  let Q := potential m (fun j => bias L (pivot j) (fun l => eta0 j l)) in
  (forall t, 0 <= t -> loss_at t <= loss_at 0 * exp (- (2 * lambda ^ (L - 1) * mu) * t)) /\
  exists rho : nat -> R,
    (forall l c, (l < L)%nat -> (c < k l)%nat -> exists x : R, is_lim (v l c) p_infty x) /\
    (forall a, is_lim (fun t => beta t a) p_infty (Sum m (fun j => S j a * rho j))) /\
    feasible m n A y rho /\
    (exists nu : nat -> R, forall j, (j < m)%nat ->
       dbias L (pivot j) (fun l => eta0 j l) (rho j) = Sum n (fun i => A i j * nu i)) /\
    (forall x, feasible m n A y x -> (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x).
Proof.
  intros Hp Pl Hg Pmu Rk A loss_at beta Q.
  destruct (convergence_and_bias L m n A y (reduced_path k U v) pivot lambda mu
    (network_reduction L d m n k S U X y Orth v Fl) Hp Pl Hg Pmu Rk) as [R1 [w [Conv [Feas [Kkt Min]]]]].
  split; [exact R1|]. exists (coefficient L w).
  destruct (network_limits L d m n k S U X y Orth v Fl w (fun j l Hj Hl => proj1 (Conv j l Hj Hl))) as [Par Lim].
  split; [exact Par | split; [exact Lim | split; [exact Feas | split; [exact Kkt | exact Min]]]].
Qed.

(* ties, where the smallest layer does not start at 0; x an interpolator that has the signs of the start there *)
Theorem odeco_network_ties (pivot : nat -> nat) (mu : R) (x : nat -> R) :
  let A := data_matrix d S X in
  let strict j := strictly_smallest L (pivot j) (fun l => eta0 j l) in
  let side j := coefficient L (fun j l => eta0 j l) j in
  (forall j, (j < m)%nat -> is_smallest L (pivot j) (fun l => eta0 j l)) ->
  feasible m n A y x -> (forall j, (j < m)%nat -> strict j \/ 0 < side j * x j) ->
  0 < mu -> row_rank_bound m n A mu ->
  let loss_at t := network_loss L d m n k S U X y (at_time v t) in
  let beta t := linear_coefficient L m k S U (at_time v t) in
  let Q := potential m (fun j => bias L (pivot j) (fun l => eta0 j l)) in
  exists rate, 0 < rate /\ (forall t, 0 <= t -> loss_at t <= loss_at 0 * exp (- rate * t)) /\
  exists rho : nat -> R,
    (forall l c, (l < L)%nat -> (c < k l)%nat -> exists x : R, is_lim (v l c) p_infty x) /\
    (forall a, is_lim (fun t => beta t a) p_infty (Sum m (fun j => S j a * rho j))) /\
    feasible m n A y rho /\ (forall j, (j < m)%nat -> strict j \/ 0 < side j * rho j) /\
    (exists nu : nat -> R, forall j, (j < m)%nat ->
       dbias L (pivot j) (fun l => eta0 j l) (rho j) = Sum n (fun i => A i j * nu i)) /\
    (forall u, feasible m n A y u -> (forall j, (j < m)%nat -> strict j \/ 0 <= side j * u j) ->
       (forall j, (j < m)%nat -> u j = rho j) \/ Q rho < Q u).
Proof.
  intros A strict side Sm Fx Sx Pmu Rk loss_at beta Q.
  destruct (convergence_from_ties L m n A y (reduced_path k U v) pivot mu x
    (network_reduction L d m n k S U X y Orth v Fl) Sm Fx Sx Pmu Rk) as [rate [Pr [R1 [w [Conv [Feas [Side [Kkt
      Min]]]]]]]].
  exists rate. split; [exact Pr | split; [exact R1|]]. exists (coefficient L w).
  destruct (network_limits L d m n k S U X y Orth v Fl w (fun j l Hj Hl => proj1 (Conv j l Hj Hl))) as [Par Lim].
  split; [exact Par | split; [exact Lim | split; [exact Feas | split; [exact Side | split; [exact Kkt | exact Min]]]]].
Qed.
End General.
