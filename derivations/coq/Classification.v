(* What the theorems on separable classification speak of: exponential loss, labels absorbed in the rows of the data, of
   coefficients rho (margins A rho) and of real odeco networks in their own parameters (the gradient written with
   [Derive] of the loss); the l1 norm; the signs of rho that a two-layer start allows. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network.
Open Scope R_scope.

(* --- margins, loss, pull, signs --- *)
Section Definitions.
Variables (m n : nat) (A : nat -> nat -> R).

Definition margin_at (x : nat -> R) (i : nat) : R := Sum m (fun j => A i j * x j).
Definition exponential_loss (x : nat -> R) : R := Sum n (fun i => exp (- margin_at x i)).
Definition pull (x : nat -> R) (j : nat) : R := Sum n (fun i => A i j * exp (- margin_at x i)).

(* gradient flow of v |-> exponential_loss (prod_l v_{j,l})_j on [0, inf), L layers *)
Definition classification_solution (L : nat) (v : nat -> nat -> R -> R) : Prop :=
  forall j l, (j < m)%nat -> (l < L)%nat ->
    filterlim (v j l) (at_right 0) (locally (v j l 0)) /\
    forall t, 0 < t -> is_derive (v j l) t
      (pull (coefficient L (at_time v t)) j * ProdBut L (fun k => v j k t) l).

(* the signs of rho that a two-layer start allows *)
Definition allowed (first second x : nat -> R) : Prop := forall j, (j < m)%nat ->
  (first j + second j = 0 -> x j <= 0) /\ (first j - second j = 0 -> 0 <= x j).
End Definitions.

(* --- real odeco networks f(x) = sum_j (S x)_j prod_l <u_{l,j}, v_l> --- *)
Section Network.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R) (X : nat -> nat -> R).

Definition network_exponential_loss (w : nat -> nat -> R) : R :=
  Sum n (fun i => exp (- output L d m k S U w (X i))).

Definition classification_flow (v : nat -> nat -> R -> R) : Prop :=
  forall l c, (l < L)%nat -> (c < k l)%nat ->
    filterlim (v l c) (at_right 0) (locally (v l c 0)) /\
    forall t, 0 < t -> is_derive (v l c) t
      (- Derive (fun s => network_exponential_loss (replace_entry (at_time v t) l c s)) (v l c t)).
End Network.
