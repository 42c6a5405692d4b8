(* The main theorems for regression with fully connected networks beyond the exact case of R7, end to end: from every
  such
   start there is exactly one flow, and it .. How to read them: Main.v. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Network Tensor Conserved Sensing Uniqueness NetworkExistence
  K2Chain
  LinearAlgebra R7OrthogonalStart R7MinimumNorm R7SmallScale R7FirstOrder FromStart B1NoRegulariser.
Open Scope R_scope.

(* R7, as alpha -> 0: any depth and widths, last layer 0, (Wbar_0 .. Wbar_{L-2})^T X^T y <> 0. For every alpha the loss
   tends to 0 and beta to an interpolator b; for alpha <= 1 it is the one of least norm up to C alpha *)
Theorem R7_small_start L n d X y (Wbar : nat -> matrix) : (2 <= L)%nat -> d L = 1%nat ->
  full_row_rank (d 0%nat) n X ->
  (exists q, (q < d (L - 1)%nat)%nat /\
     Sum (d 0%nat) (fun p => Sum n (fun i => X i p * y i) * product d (L - 1) Wbar p q) <> 0) ->
  exists (best : nat -> R) (C : R),
    feasible (d 0%nat) n X y best /\
    (forall z, feasible (d 0%nat) n X y z ->
       sq (d 0%nat) z = sq (d 0%nat) best + sq (d 0%nat) (fun p => z p - best p)) /\
    forall alpha, 0 < alpha ->
      from_matrices L d (fully_connected_gradient_flow L n d X (squared y))
        (fun l i j => if Nat.eqb l (L - 1) then 0 else alpha * Wbar l i j) (fun W =>
        (exists K rate, 0 < rate /\ forall t, 0 <= t ->
           fully_connected_loss L n d X (squared y) (matrix_at W t) <= K * exp (- rate * t)) /\
        exists b : nat -> R,
          (forall p, (p < d 0%nat)%nat -> is_lim (fun t => coefficients L d W t p) p_infty (b p)) /\
          feasible (d 0%nat) n X y b /\
          (alpha <= 1 -> forall p, (p < d 0%nat)%nat -> Rabs (b p - best p) <= C * alpha)).
Proof.
  intros HL One Rk Mv. destruct (small_scale_minimum_norm L n d X y Wbar HL One Rk Mv) as [best [C [Fb [Py H]]]].
  exists best, C. split; [exact Fb | split; [exact Py|]]. intros alpha Pa. split.
  - apply (fully_connected_one_flow L n d X (squared y) (fun i v => v - y i)); auto.
    + apply squared_derive.
    + intros; apply squared_lipschitz.
    + intros; apply squared_nonneg.
  - intros W Fl St. apply (H alpha W Pa Fl). intros l a b Hl Ha Hb. apply (St l a b Hl Ha Hb).
Qed.

(* R7, the first-order term: b = best + alpha (I - P) Wbar_0 u with u = lim W_1 .. W_{L-1}, P the projection on the row
   space (e: directions that the data do not see), and |u|^2 -> (|best|^2)^((L-1)/L) as alpha -> 0 *)
Theorem R7_first_order L n d X y (Wbar : nat -> matrix) best : (2 <= L)%nat -> d L = 1%nat ->
  full_row_rank (d 0%nat) n X ->
  (exists q, (q < d (L - 1)%nat)%nat /\
     Sum (d 0%nat) (fun p => Sum n (fun i => X i p * y i) * product d (L - 1) Wbar p q) <> 0) ->
  (exists k, forall p, (p < d 0%nat)%nat -> best p = Sum n (fun i => X i p * k i)) -> feasible (d 0%nat) n X y best ->
  forall eps, 0 < eps -> exists alpha0, 0 < alpha0 /\ forall alpha, 0 < alpha < alpha0 ->
    from_matrices L d (fully_connected_gradient_flow L n d X (squared y))
      (fun l i j => if Nat.eqb l (L - 1) then 0 else alpha * Wbar l i j) (fun W => exists b u : nat -> R,
      (forall p, (p < d 0%nat)%nat -> is_lim (fun t => coefficients L d W t p) p_infty (b p)) /\
      (forall q, (q < d 1%nat)%nat -> is_lim (fun t => chain_vector L d W 1 t q) p_infty (u q)) /\
      (forall e, (forall i, (i < n)%nat -> Sum (d 0%nat) (fun p => X i p * e p) = 0) ->
         Sum (d 0%nat) (fun p => e p * b p) =
         alpha * Sum (d 0%nat) (fun p => e p * Sum (d 1%nat) (fun q => Wbar 0%nat p q * u q))) /\
      Rabs (sq (d 1%nat) u - Rpower (sq (d 0%nat) best) (INR (L - 1) / INR L)) <= eps).
Proof.
  intros HL One Rk Mv Row Fb eps Pe.
  destruct (first_order_term L n d X y Wbar best HL One Rk Mv Row Fb eps Pe) as [alpha0 [Pa H]].
  exists alpha0. split; [exact Pa|]. intros alpha Ha. split.
  - apply (fully_connected_one_flow L n d X (squared y) (fun i v => v - y i)); auto.
    + apply squared_derive.
    + intros; apply squared_lipschitz.
    + intros; apply squared_nonneg.
  - intros W Fl St. apply (H alpha W Ha Fl). intros l a b Hl Hac Hbc. apply (St l a b Hl Hac Hbc).
Qed.

(* B1: limits that no regulariser selects. Fully connected, widths 3, 2, 1, from W_0 = (1 0; 0 1; 1 -1), W_1 = 0
   [unequal_start]; data x_1 = s e_1, x_2 = e_2 with targets s, 1 have the same interpolators for all s > 0.
     The limit is
   (1, 1, 0) for s = 1 and (1, 1, b) with b > 0 for s > 1: no function Q of beta (for this start) has the limits of both
   data sets as its only minimisers among the interpolators *)
Theorem B1_no_regulariser :
  let flow s := fully_connected_gradient_flow 2 2 widths (points s) (squared (targets s)) in
  let fits s := feasible 3 2 (points s) (targets s) in
  let tends W (b : nat -> R) := forall p, (p < 3)%nat -> is_lim (fun t => coefficients 2 widths W t p) p_infty (b p) in
  (forall s x, 0 < s -> fits s x <-> fits 1 x) /\
  (forall s, 1 <= s -> from_matrices 2 widths (flow s) unequal_start (fun W =>
     exists b, tends W b /\ fits s b /\ (s = 1 -> b 2%nat = 0) /\ (1 < s -> 0 < b 2%nat))) /\
  ~ exists Q : (nat -> R) -> R, forall s W b, s = 1 \/ s = 2 -> flow s W -> starts_at 2 widths W unequal_start ->
      tends W b -> forall x, fits s x -> (forall p, (p < 3)%nat -> x p = b p) \/ Q b < Q x.
Proof.
  intros flow fits tends. split; [exact same_interpolators | split; [|exact no_function_of_beta]]. intros s Hs. split.
  - apply (fully_connected_one_flow 2 2 widths (points s) (squared (targets s)) (fun i v => v - targets s i)); auto.
    + apply squared_derive.
    + intros; apply squared_lipschitz.
    + intros; apply squared_nonneg.
  - intros W Fl St. exact (pair_limit s W Hs Fl St).
Qed.
