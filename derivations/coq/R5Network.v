(* R1 + R5 (and C1) for the gradient flow of a real odeco network in its own parameters, any start with a strictly
   smallest layer in each component: the loss decays exponentially, every parameter converges, and the limit is the only
   minimiser of the potential of the start: [odeco_network_convergence]. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias DepthPotential Regression Network Conserved
  Tensor Margin.
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
  split; [|split; [|split; [exact Feas | split; [exact Kkt | exact Min]]]].
  - intros l c Hl Hc. eexists.
    apply (is_lim_ext_loc (fun t => v l c 0 + Sum m (fun j =>
      U l c j * (reduced_path k U v j l t - reduced_path k U v j l 0)))).
    + exists 0. intros t Ht. symmetry. apply (orthogonal_part L d m n k S U X y Orth v Fl); auto; lra.
    + apply is_lim_plus'; [apply is_lim_const|].
      apply (is_lim_Sum m (fun j t => U l c j * (reduced_path k U v j l t - reduced_path k U v j l 0))
               (fun j => U l c j * (w j l - reduced_path k U v j l 0))).
      intros j Hj. apply is_lim_scale. apply is_lim_minus'; [apply Conv; auto | apply is_lim_const].
  - intros a. apply (is_lim_Sum m (fun j t => S j a * coefficient L (reduced k U (at_time v t)) j)
      (fun j => S j a * coefficient L w j)).
    intros j Hj. apply is_lim_scale. apply (is_lim_Prod L (reduced_path k U v j)). intros l Hl. apply Conv; auto.
Qed.
End General.

