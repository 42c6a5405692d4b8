(* The main theorems for separable classification (exponential loss, labels in the rows of X), end to end: from every
   such start there is exactly one flow, and it .. How to read them: Main.v. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Network Tensor Margin Conserved Sensing Circular ComplexOdeco
  NetworkExistence ComplexExistence AlignedTimes KktTimes K1Aligned K1SingularVectors K2Chain K2MaxMargin K3AnyDepth
  K3FiniteLimits K3Stationary K3Complex K3TwoLayersNetwork K5TwoLayers K4Growth K4Directions K4Classification
    K4Convolution
  Classification Uniqueness Wellposed FromStart.
Open Scope R_scope.

(* K0: any linear tensor network, labels absorbed in the tensors *)
Theorem K0_margin L n k M w0 : (1 <= L)%nat -> (0 < n)%nat ->
  from_start L k (tensor_gradient_flow L n k M exponential) w0 (fun v =>
    let loss_at t := tensor_loss L n k M exponential (at_time v t) in
    let kappa t := - ln (loss_at t) in
    let norm t := sqrt (squared_norm L k (at_time v t)) in
    forall t0, 0 <= t0 -> loss_at t0 < 1 ->
      is_lim loss_at p_infty 0 /\ is_lim norm p_infty p_infty /\
      (* the normalised margin does not decrease *)
      (forall s t, t0 <= s <= t -> kappa s / norm s ^ L <= kappa t / norm t ^ L) /\
      (* the pace of the loss: (L kappa / norm)^2 = L^2 kappa^(2 - 2/L) (kappa / norm^L)^(2/L) *)
      (forall t, t0 < t -> exists rate : R, is_derive (fun s => / loss_at s) t rate /\
         (INR L * kappa t / norm t) ^ 2 <= rate) /\
      exists c, 0 < c /\ forall t, t0 <= t -> loss_at t <= / (/ loss_at t0 + c * (t - t0))).
Proof.
  intros HL Hn. split; [apply exponential_flow|]. intros v Fl _ loss_at kappa norm t0 H0 Small.
  destruct (normalised_margin L n k M v t0 HL Hn H0 Fl Small) as [Inc [Pc [Bd [Lo No]]]].
  split; [exact Lo | split; [exact No | split; [exact Inc | split]]].
  - intros t Ht. apply (inverse_loss_pace L n k M v t0 t HL Hn ltac:(lra) Fl Small).
  - eexists. split; [exact Pc | exact Bd].
Qed.

(* K1, any linear tensor network M(x) = sum_a x_a T_a: if X^T r / |X^T r| -> u,
   every limit of the directions v_l / |v_l|
   is a singular-vector tuple of M(-u), with a positive singular value *)
Theorem K1_singular_vectors L d n k T X w0 : (1 <= L)%nat -> (0 < n)%nat ->
  from_start L k (tensor_gradient_flow L n k (fun i => tensor_at d T (X i)) exponential) w0 (fun v =>
    forall t0 (u : nat -> R), 0 <= t0 -> tensor_loss L n k (fun i =>
      tensor_at d T (X i)) exponential (at_time v t0) < 1 ->
      (forall a, (a < d)%nat -> is_lim (fun t => gradient_direction L d n k T X (at_time v t) a) p_infty (u a)) ->
      forall (tau : nat -> R) (z : nat -> nat -> R), is_lim_seq tau p_infty ->
        (forall l c, (l < L)%nat -> (c < k l)%nat ->
           is_lim_seq (fun p => direction k (at_time v (tau p)) l c) (z l c)) ->
        let A := tensor_at d T (fun a => - u a) in
        0 < contract L k A z /\ singular_tuple L k A z (contract L k A z)).
Proof.
  intros HL Hn. split; [apply exponential_flow|]. intros v Fl _ t0 u H0 Small Hu tau z Ht Hz.
  exact (singular_every_limit L d n k T X Hn HL v t0 H0 Fl Small tau u z Hu Ht Hz).
Qed.

(* K2: fully connected networks; z the shortest vector with all margins at least 1 (the data are separable), which
   exists and is the only one *)
Theorem K2_fully_connected L n d X W0 : (1 <= L)%nat -> (0 < n)%nat -> d L = 1%nat ->
  (exists x, margin_feasible (d 0%nat) n X x) ->
  exists z, margin_feasible (d 0%nat) n X z /\
    (forall x, margin_feasible (d 0%nat) n X x ->
       (forall p, (p < d 0)%nat -> x p = z p) \/ sq (d 0%nat) z < sq (d 0%nat) x) /\
    from_matrices L d (fully_connected_gradient_flow L n d X exponential) W0 (fun W =>
      forall t0, 0 <= t0 -> fully_connected_loss L n d X exponential (matrix_at W t0) < 1 ->
        forall p, (p < d 0)%nat ->
          is_lim (fun t => coefficients L d W t p / euclid (d 0%nat) (coefficients L d W t)) p_infty
            (z p / euclid (d 0%nat) z)).
Proof.
  intros HL Hn One Sep. destruct (shortest_exists (d 0%nat) n X Sep) as [z [Fz Short]].
  exists z. split; [exact Fz | split; [intros x Fx; apply (shortest_only (d 0%nat) n X z x Fz Short Fx) | split]].
  - apply (fully_connected_one_flow L n d X exponential (fun _ u => - exp (- u))); auto.
    + apply exponential_derive.
    + intros; apply exponential_lipschitz.
    + intros; left; apply exp_pos.
  - intros W Fl _ t0 H0 Small p Hp.
    exact (fully_connected_max_margin L n d X W One HL Hn Fl z t0 H0 Small Fz Short p Hp).
Qed.

(* K3, two layers, any start: z the only solution of min |x|_1 subject to margins at least 1 and the signs that the
   start allows ([allowed]: x_j <= 0 where eta_0j + eta_1j = 0, x_j >= 0 where eta_0j = eta_1j) *)
Theorem K3_two_layers d m n k S U X w0 z : (0 < n)%nat -> orthonormal 2 m k U ->
  let A := data_matrix d S X in
  let start_allows := allowed m (fun j => reduced k U w0 j 0) (fun j => reduced k U w0 j 1) in
  let limit a := Sum m (fun j => S j a * z j) in
  start_allows z -> margin_feasible m n A z ->
  (forall x, start_allows x -> margin_feasible m n A x -> l1 m x <= l1 m z -> forall j, (j < m)%nat -> x j = z j) ->
  from_start 2 k (classification_flow 2 d m n k S U X) w0 (fun v =>
    let loss_at t := network_exponential_loss 2 d m n k S U X (at_time v t) in
    let beta t := linear_coefficient 2 m k S U (at_time v t) in
    is_lim loss_at p_infty 0 /\
    (forall r, 0 < r < 1 -> exists t1, 1 < t1 /\ forall t, t1 <= t -> loss_at t <= l1 m z / (r * (2 * t * ln t))) /\
    forall a, (a < d)%nat -> is_lim (fun t => beta t a / euclid d (beta t)) p_infty (limit a / euclid d limit)).
Proof.
  intros Hn Or A start_allows limit Az Fz Uz. split; [apply classification_one_flow|]. intros v Fl V0 loss_at beta.
  assert (E : forall l, (l < 2)%nat -> (fun j => Sum (k l) (fun c => U l c j * v l c 0)) = (fun j =>
    reduced k U w0 j l))
    by (intros l Hl; extensionality j; apply (starts_reduced 2 k U v w0 V0 j l Hl)).
  pose proof (odeco_network_l1_max_margin d m n k S U X v z Hn Or Fl) as R. cbv beta zeta in R.
  rewrite (E 0%nat), (E 1%nat) in R by lia. destruct (R Az Fz Uz) as [Lo [Pace [_ [_ Dir]]]].
  split; [exact Lo | split; [exact Pace | exact Dir]].
Qed.

(* K5, two layers, any start, z as above: the pace of the loss.
  2 |z|_1 is the least squared norm |w*|^2 of parameters with
   margins at least 1: (1/loss)' / kappa -> L^2/|w*|^2 and loss ~ |w*|^2/(L^2 t (log t)^(2 - 2/L)) at L = 2 *)
Theorem K5_two_layers d m n k S U X w0 z : (0 < n)%nat -> orthonormal 2 m k U ->
  let A := data_matrix d S X in
  let start_allows := allowed m (fun j => reduced k U w0 j 0) (fun j => reduced k U w0 j 1) in
  start_allows z -> margin_feasible m n A z ->
  (forall x, start_allows x -> margin_feasible m n A x -> l1 m z <= l1 m x) ->
  from_start 2 k (classification_flow 2 d m n k S U X) w0 (fun v =>
    let loss_at t := network_exponential_loss 2 d m n k S U X (at_time v t) in
    (exists pace : R -> R, (forall t, 0 < t -> is_derive (fun s => / loss_at s) t (pace t)) /\
       is_lim (fun t => pace t / - ln (loss_at t)) p_infty (2 / l1 m z)) /\
    is_lim (fun t => loss_at t * (2 * t * ln t)) p_infty (l1 m z)).
Proof.
  intros Hn Or A start_allows Az Fz Least. split; [apply classification_one_flow|]. intros v Fl V0 loss_at.
  assert (E : forall l, (l < 2)%nat -> (fun j => Sum (k l) (fun c => U l c j * v l c 0)) = (fun j =>
    reduced k U w0 j l))
    by (intros l Hl; extensionality j; apply (starts_reduced 2 k U v w0 V0 j l Hl)).
  pose proof (odeco_network_loss_rate d m n k S U X v z Hn Or Fl) as R. cbv beta zeta in R.
  rewrite (E 0%nat), (E 1%nat) in R by lia. exact (R Az Fz Least).
Qed.

(* K3, any depth: every limit of beta / |beta| is the direction of S^T rho, rho stationary for the 2/L quasi-norm
   subject to margins at least 1. For one, three and more layers there is only one limit: stationary points are finitely
   many, for all data (two layers: K3_two_layers) *)
Theorem K3_any_depth L d m n k S U X w0 : (0 < n)%nat -> (1 <= L)%nat -> orthonormal L m k U ->
  let A := data_matrix d S X in
  let back rho a := Sum m (fun j => S j a * rho j) in
  from_start L k (classification_flow L d m n k S U X) w0 (fun v =>
    let beta t := linear_coefficient L m k S U (at_time v t) in
    let direction x a := x a / sqrt (Sum d (fun a => x a ^ 2)) in
    forall t0, 0 <= t0 -> network_exponential_loss L d m n k S U X (at_time v t0) < 1 ->
      (forall tau b : nat -> R, is_lim_seq tau p_infty ->
         (forall a, (a < d)%nat -> is_lim_seq (fun p => direction (beta (tau p)) a) (b a)) ->
         exists rho lam, quasi_stationary L m n A rho lam /\ forall a, (a < d)%nat -> b a = direction (back rho) a) /\
      (L <> 2%nat -> exists rho lam, quasi_stationary L m n A rho lam /\ forall a, (a < d)%nat ->
         is_lim (fun t => direction (beta t) a) p_infty (direction (back rho) a))).
Proof.
  intros Hn HL Or A back. split; [apply classification_one_flow|]. intros v Fl _ beta direction t0 H0 Small. split.
  - intros tau b Ht Hb. exact (odeco_every_direction L d m n k S U X Hn HL Or v t0 H0 Fl Small tau b Ht Hb).
  - intros N2. exact (odeco_direction_converges L d m n k S U X v t0 Hn HL N2 Or H0 Fl Small).
Qed.

(* the same for complex networks that are real on real parameters *)
Theorem K3_complex L d m n k S U X w0 : (0 < n)%nat -> (1 <= L)%nat ->
  (forall l j j', (l < L)%nat -> (j < m)%nat -> (j' < m)%nat ->
     CSum (k l) (fun c => Cmult (Cconj (U l c j')) (U l c j)) = RtoC (delta j j')) ->
  (forall w i, snd (complex_output L d m k S U w (X i)) = 0) ->
  let back rho a := fst (CSum m (fun j => Cmult (S j a) (rho j))) in
  from_start L k (complex_gradient_flow L d m n k S U X exponential) w0 (fun v =>
    let beta t := complex_beta L m k S U (at_time v t) in
    let direction x a := x a / sqrt (Sum d (fun a => x a ^ 2)) in
    forall t0, 0 <= t0 -> complex_loss L d m n k S U X exponential (at_time v t0) < 1 ->
      forall tau b : nat -> R, is_lim_seq tau p_infty ->
        (forall a, (a < d)%nat -> is_lim_seq (fun p => direction (beta (tau p)) a) (b a)) ->
        exists rho lam, complex_stationary L d m n S X rho lam /\ forall a, (a < d)%nat ->
          b a = direction (back rho) a).
Proof.
  intros Hn HL Un Re back. split; [apply complex_exponential_flow|]. intros v Fl _ beta direction t0 H0 Small tau b Ht
    Hb.
  exact (complex_every_direction L d m n k S U X Hn HL Un Re v t0 H0 Fl Small tau b Ht Hb).
Qed.

(* K4: any two layers, one data point with label y = 1 or -1, M = U_0 diag(s) U_1^T; e the start of eta_0 + y eta_1 on
   the largest singular value *)
Theorem K4_one_point m k M s U y w0 top : orthonormal 2 m k U -> singular_decomposition m k M s U ->
  (top < m)%nat -> (forall j, (j < m)%nat -> 0 <= s j <= s top) -> 0 < s top -> y = 1 \/ y = -1 ->
  (forall j, (j < m)%nat -> Rabs (reduced k U w0 j 0) <> Rabs (reduced k U w0 j 1)) ->
  let e j := if Req_EM_T (s j) (s top) then reduced k U w0 j 0 + y * reduced k U w0 j 1 else 0 in
  let aligned l c := Sum m (fun j => U l c j * e j) in
  let rho j := y * e j ^ 2 / (s top * Sum m (fun j => e j ^ 2)) in
  (y * Sum m (fun j => s j * rho j) = 1 /\
   forall x, 1 <= y * Sum m (fun j => s j * x j) -> Sum m (fun j => Rabs (rho j)) <= Sum m (fun j => Rabs (x j))) /\
  from_start 2 k (tensor_gradient_flow 2 1 k (matrix_tensor M) (one_point_loss y)) w0 (fun v =>
    is_lim (fun t => tensor_loss 2 1 k (matrix_tensor M) (one_point_loss y) (at_time v t)) p_infty 0 /\
    (forall c, (c < k 0)%nat ->
       is_lim (fun t => v 0%nat c t / euclid (k 0%nat) (fun c => v 0%nat c t)) p_infty
         (aligned 0%nat c / euclid m e)) /\
    (forall c, (c < k 1)%nat ->
       is_lim (fun t => v 1%nat c t / euclid (k 1%nat) (fun c => v 1%nat c t)) p_infty
         (y * aligned 1%nat c / euclid m e))).
Proof.
  intros Or Dec Htop Sv Ps Hy Mod e aligned rho.
  assert (Ne : exists j, (j < m)%nat /\ e j <> 0) by exact (different_moduli_unblocked m s
    (fun j => reduced k U w0 j 0) (fun j => reduced k U w0 j 1) y top Hy Htop Mod).
  split; [|split; [apply one_point_flow|]].
  - apply (top_component_least_l1 m s e y (s top)); auto.
    + intros j _ Nj. unfold e in Nj. destruct (Req_EM_T (s j) (s top)); [auto | lra].
    + destruct Ne as [j [Hj Nj]]. apply Rlt_le_trans with (e j ^ 2); [apply pow2_gt_0, Nj|].
      apply (Sum_term m (fun j => e j ^ 2)); auto. intros; apply pow2_ge_0.
  - intros v Fl V0.
    assert (Ee : (fun j => if Req_EM_T (s j) (s top) then Sum (k 0%nat) (fun c => U 0%nat c j * v 0%nat c 0) +
      y * Sum (k 1%nat) (fun c => U 1%nat c j * v 1%nat c 0) else 0) = e).
    { extensionality j. unfold e. rewrite <- !(starts_reduced 2 k U v w0 V0) by lia. reflexivity. }
    clearbody e. subst e.
    destruct (two_layer_classification m k M s U y v top Or Dec Htop Sv Ps Hy Fl) as [_ [_ R]].
    destruct (R Ne) as [Lo [D0 [D1 _]]]. split; [exact Lo | split; [exact D0 | exact D1]].
Qed.

(* K4 for circular convolutions: a filter of one entry, and of two; the condition on the start holds if the moduli of
   eta_0 and eta_1 differ (sg is the sign of x . lshift x) *)
Theorem K4_filter_of_one_entry d x y w0 : y = 1 \/ y = -1 -> 0 < Sum d (fun i => x i ^ 2) ->
  w0 0%nat 0%nat + y * Sum d (fun b => x b / euclid d x * w0 1%nat b) <> 0 ->
  let flow := tensor_gradient_flow 2 1 (filter_width 1 d) (fun _ => circular 2 d x) (one_point_loss y) in
  from_start 2 (filter_width 1 d) flow w0 (fun v =>
    let beta t := convolution_coefficient 1 d (fun a => v 0%nat a t) (fun b => v 1%nat b t) in
    forall i, (i < d)%nat -> is_lim (fun t => beta t i / euclid d (beta t)) p_infty (y * x i / euclid d x)).
Proof.
  intros Hy Px Un flow. split; [exact (one_point_flow (filter_width 1 d) (convolution_matrix d x) y w0)|].
  intros v Fl V0. apply (convolution_one_entry d x y v Hy Px Fl). rewrite (V0 0%nat 0%nat) by (simpl; lia).
  rewrite (Sum_ext d _ (fun b => x b / euclid d x * w0 1%nat b)); auto.
  intros b Hb. rewrite (V0 1%nat b) by (simpl; lia). reflexivity.
Qed.

Theorem K4_filter_of_two_entries d x y sg w0 : y = 1 \/ y = -1 -> sg = 1 \/ sg = -1 ->
  0 < sg * Sum d (fun b => x b * lshift d x b) ->
  let s := sqrt (Sum d (fun b => x b ^ 2) + sg * Sum d (fun b => x b * lshift d x b)) in
  (w0 0%nat 0%nat + sg * w0 0%nat 1%nat) + y * Sum d (fun b => (x b + sg * lshift d x b) / s * w0 1%nat b) <> 0 ->
  let flow := tensor_gradient_flow 2 1 (filter_width 2 d) (fun _ => circular 2 d x) (one_point_loss y) in
  from_start 2 (filter_width 2 d) flow w0 (fun v =>
    let beta t := convolution_coefficient 2 d (fun a => v 0%nat a t) (fun b => v 1%nat b t) in
    let c i := 2 * x i + sg * (lshift d x i + rshift d x i) in
    forall i, (i < d)%nat -> is_lim (fun t => beta t i / euclid d (beta t)) p_infty (y * c i / euclid d c)).
Proof.
  intros Hy Hsg Px s Un flow. split; [exact (one_point_flow (filter_width 2 d) (convolution_matrix d x) y w0)|].
  intros v Fl V0. apply (convolution_two_entries d x y sg v Hy Hsg Px Fl). fold s.
  rewrite (V0 0%nat 0%nat), (V0 0%nat 1%nat) by (simpl; lia).
  rewrite (Sum_ext d _ (fun b => (x b + sg * lshift d x b) / s * w0 1%nat b)); auto.
  intros b Hb. rewrite (V0 1%nat b) by (simpl; lia). reflexivity.
Qed.
