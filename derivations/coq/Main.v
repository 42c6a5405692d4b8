(* The main theorems, end to end: from every such start there is exactly one flow, and it .. Read the statements; the
   proofs only point into the library.

   A flow is a gradient flow on [0, infinity) in the network's own parameters: its derivative is minus the partial
   derivative (Coquelicot's [Derive]) of the network's loss, no formula for the gradient is assumed.
     [from_start L k flow w0 P]   exactly one flow starts at w0 (v_l in R^(k l), l < L), and it has the property P;
     [from_matrices L d flow W0 P]   the same for layers W_l of size d l x d (l + 1).            (FromStart.v)
     [gradient_flow L d m n k S U X y]   odeco networks f(x) = sum_j (S x)_j prod_l <u_{l,j}, v_l>, half squared loss
     over
                                  the rows of X: n points, d inputs, m components;               (Network.v)
     [tensor_gradient_flow L n k M ell]   any linear tensor network, sum_i ell_i(M_i o (v_0, .., v_{L-1}));  (Tensor.v)
     [fully_connected_gradient_flow], [sensing_gradient_flow]   x^T W_0 .. W_{L-1}, <A_i, W_0 .. W_{L-1}>;   (Sensing.v)
     [classification_flow]        odeco networks, exponential loss, labels in the rows of X.     (Classification.v)
   [row_rank_bound m n A mu]: |A^T r|^2 >= mu |r|^2; for some mu > 0 this says that the rows of A are independent. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Potential Kkt ImplicitBias DepthPotential Regression Network Tensor
  Margin Conserved Diagonal Sensing Circular Uniqueness NetworkExistence R6Flow R6OnePoint K4Growth K4Directions
  K4Classification K4Convolution R8Conjugation R8CommutingSensing Wellposed Classification K2Chain K2MaxMargin R5Network
  K3TwoLayersNetwork R4Limits R4Flows LinearAlgebra R7OrthogonalStart R7MinimumNorm FromStart.
Open Scope R_scope.
(* ==================== Conserved quantities: C1 to C5 ==================== *)

(* C1 *)
Theorem C1_odeco L d m n k S U X y w0 : orthonormal L m k U ->
  from_start L k (gradient_flow L d m n k S U X y) w0 (fun v =>
    let eta t := reduced k U (at_time v t) in
    forall j l l' t, (j < m)%nat -> (l < L)%nat -> (l' < L)%nat -> 0 <= t ->
      eta t j l ^ 2 - eta t j l' ^ 2 = eta 0 j l ^ 2 - eta 0 j l' ^ 2).
Proof.
  intros Or. split; [apply squared_flow|]. intros v Fl _ eta j l l' t.
  exact (odeco_network_squares L d m n k S U X y v Or Fl j l l' t).
Qed.

(* C2 *)
Theorem C2_tensor L n k M y w0 : from_start L k (tensor_gradient_flow L n k M (squared y)) w0 (fun v =>
  let size l t := Sum (k l) (fun c => v l c t ^ 2) in
  forall l l' t, (l < L)%nat -> (l' < L)%nat -> 0 <= t -> size l t - size l' t = size l 0 - size l' 0).
Proof.
  split; [apply squared_tensor_flow|]. intros v Fl _ size l l' t.
  apply (norm_differences_constant L n k M (squared y) (fun i v => v - y i) (squared_derive y) v Fl).
Qed.

(* C3: entries of W_l^T W_l - W_{l+1} W_{l+1}^T *)
Theorem C3_fully_connected L n d X y W0 : d L = 1%nat ->
  from_matrices L d (fully_connected_gradient_flow L n d X (squared y)) W0 (fun W =>
    forall l i j t, (S l < L)%nat -> (i < d (S l))%nat -> (j < d (S l))%nat -> 0 <= t ->
      gram_difference d W l t i j = gram_difference d W l 0 i j).
Proof.
  intros One. split.
  - apply (fully_connected_one_flow L n d X (squared y) (fun i v => v - y i)); auto.
    + apply squared_derive.
    + intros; apply squared_lipschitz.
    + intros; apply squared_nonneg.
  - intros W Fl _. apply (fully_connected_balance_constant L n d X (squared y) (fun i v => v - y i)
      (squared_derive y) One W Fl).
Qed.

(* C4 *)
Theorem C4_sensing L n d A y W0 : from_matrices L d (sensing_gradient_flow L n d A (squared y)) W0 (fun W =>
  forall l i j t, (S l < L)%nat -> (i < d (S l))%nat -> (j < d (S l))%nat -> 0 <= t ->
    gram_difference d W l t i j = gram_difference d W l 0 i j).
Proof.
  split; [apply sensing_one_flow|]. intros W Fl _.
  apply (sensing_balance_constant L n d A (squared y) (fun i v => v - y i) (squared_derive y) W Fl).
Qed.

(* C5: diagonal networks; circular convolutions with filters of full length *)
Theorem C5_diagonal L m n X y w0 : from_start L (fun _ => m) (diagonal_gradient_flow L m n X y) w0 (fun v =>
  forall l l' j t, (l < L)%nat -> (l' < L)%nat -> (j < m)%nat -> 0 <= t ->
    v l j t ^ 2 - v l' j t ^ 2 = v l j 0 ^ 2 - v l' j 0 ^ 2).
Proof.
  split; [apply diagonal_one_flow|]. intros v Fl _ l l' j t Hl Hl' Hj Ht.
  apply (diagonal_differences_constant L m n X y v Fl); auto.
Qed.

Theorem C5_convolution L d n X y w0 : d <> 0%nat ->
  from_start L (fun _ => d) (tensor_gradient_flow L n (fun _ => d) (fun i => circular L d (X i)) (squared y)) w0
    (fun v =>
    forall l l' s t, (l < L)%nat -> (l' < L)%nat -> 0 <= t ->
      autocorrelation d s (fun c => v l c t) - autocorrelation d s (fun c => v l' c t) =
      autocorrelation d s (fun c => v l c 0) - autocorrelation d s (fun c => v l' c 0)).
Proof.
  intros Pd. split; [apply squared_tensor_flow|]. intros v Fl _.
  apply (autocorrelation_differences_constant L d Pd n X (squared y) (fun i v => v - y i) v (squared_derive y) Fl).
Qed.

(* ==================== Regression: R1, R2, R4 to R9 ==================== *)
Section Regression.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R).
Variables (X : nat -> nat -> R) (y : nat -> R) (mu : R).
Let A := data_matrix d S X.                                            (* X S^T *)
Let flow := gradient_flow L d m n k S U X y.
Let loss_at (v : nat -> nat -> R -> R) t := network_loss L d m n k S U X y (at_time v t).
Let beta (v : nat -> nat -> R -> R) t := linear_coefficient L m k S U (at_time v t).     (* f(x) = <x, beta> *)
Let transpose_apply (rho : nat -> R) a := Sum m (fun j => S j a * rho j).                (* S^T rho *)
Hypothesis U_orthonormal : orthonormal L m k U.
Hypothesis rank : 0 < mu /\ row_rank_bound m n A mu.

(* R1: the rate, from a last layer that starts below the others *)
Theorem R1_convergence w0 lambda : (1 <= L)%nat -> 0 < lambda ->
  (forall j l, (j < m)%nat -> (l < L - 1)%nat ->
     lambda <= reduced k U w0 j l ^ 2 - reduced k U w0 j (L - 1) ^ 2) ->
  from_start L k flow w0 (fun v =>
    forall t, 0 <= t -> loss_at v t <= loss_at v 0 * exp (- (2 * lambda ^ (L - 1) * mu) * t)).
Proof.
  intros HL Pl Gap. split; [apply squared_flow|]. intros v Fl V0.
  destruct (odeco_network_convergence L d m n k S U X y v U_orthonormal Fl (fun _ => (L - 1)%nat) lambda mu) as [R1 _];
    try tauto.
  - intros; lia.
  - intros j l Hj Hl Ne. rewrite !(starts_reduced L k U v w0 V0) by lia. apply Gap; auto; lia.
Qed.

(* R2: U_l^T v_l(0) = alpha etabar for all layers but the last, where it is 0 *)
Theorem R2_limit w0 alpha etabar : (2 <= L)%nat -> 0 < alpha -> (forall j, (j < m)%nat -> etabar j <> 0) ->
  (forall j l, (j < m)%nat -> (l < L - 1)%nat -> reduced k U w0 j l = alpha * etabar j) ->
  (forall j, (j < m)%nat -> reduced k U w0 j (L - 1)%nat = 0) ->
  let Q rho := alpha ^ 2 * Sum m (fun j => etabar j ^ 2 * HL L (rho j / (alpha * Rabs (etabar j)) ^ L)) in
  exists rho : nat -> R,
    feasible m n A y rho /\
    (forall x, feasible m n A y x -> (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x) /\
    from_start L k flow w0 (fun v => forall a, is_lim (fun t => beta v t a) p_infty (transpose_apply rho a)).
Proof.
  intros HL Pa He Hs Hl Q.
  destruct (odeco_regression_from L d m n k S U X y w0 alpha etabar mu HL U_orthonormal Pa He Hs Hl
    (proj1 rank) (proj2 rank)) as [One [rho [Feas [Min Lim]]]].
  exists rho. split; [exact Feas | split; [exact Min | split; [exact One|]]]. intros v Fl V0. apply (Lim v Fl V0).
Qed.

(* R4: the same start scaled by alpha. The limit of the flow is as near to S^T z as wanted *)
Let near alpha w0 z eps := from_start L k flow (fun l c => alpha * w0 l c) (fun v =>
  exists b : nat -> R, (forall a, is_lim (fun t => beta v t a) p_infty (b a)) /\
    forall a, (a < d)%nat -> Rabs (b a - transpose_apply z a) < eps).
Section Scale.
Variables (w0 : nat -> nat -> R) (etabar z : nat -> R).
Hypothesis depth : (2 <= L)%nat.
Hypothesis etabar_nonzero : forall j, (j < m)%nat -> etabar j <> 0.
Hypothesis start_first : forall j l, (j < m)%nat -> (l < L - 1)%nat -> reduced k U w0 j l = etabar j.
Hypothesis start_last : forall j, (j < m)%nat -> reduced k U w0 j (L - 1)%nat = 0.

(* alpha -> 0, two layers: z the only interpolator of least l1 norm *)
Theorem R4_small_two_layers : L = 2%nat -> only_minimiser m n A y (l1 m) z ->
  forall eps, 0 < eps -> exists alpha0, 0 < alpha0 /\ forall alpha, 0 < alpha < alpha0 -> near alpha w0 z eps.
Proof.
  intros E2 Oz eps Pe. apply (scaled_limits L d m n k S U X y mu U_orthonormal rank w0 etabar z depth etabar_nonzero
    start_first start_last eps Pe). apply (small_scale_two_layers L m n A y etabar etabar_nonzero z E2 Oz).
Qed.

(* alpha -> 0, three and more layers: z the only interpolator of least sum |z_j| / |etabar_j|^(L - 2) *)
Theorem R4_small_deep : (3 <= L)%nat -> only_minimiser m n A y (weighted_norm_1 L m etabar) z ->
  forall eps, 0 < eps -> exists alpha0, 0 < alpha0 /\ forall alpha, 0 < alpha < alpha0 -> near alpha w0 z eps.
Proof.
  intros H3 Oz eps Pe. apply (scaled_limits L d m n k S U X y mu U_orthonormal rank w0 etabar z depth etabar_nonzero
    start_first start_last eps Pe). apply (small_scale_deep L m n A y etabar etabar_nonzero z H3 Oz).
Qed.

(* alpha -> infinity: z the interpolator of least sum z_j^2 / etabar_j^(2 L - 2) *)
Theorem R4_large : minimiser m n A y (weighted_square L m etabar) z ->
  forall eps, 0 < eps -> exists alpha0, 0 < alpha0 /\ forall alpha, alpha0 < alpha -> near alpha w0 z eps.
Proof.
  intros Mz eps Pe. apply (scaled_limits_infinity L d m n k S U X y mu U_orthonormal rank w0 etabar z depth
    etabar_nonzero start_first start_last eps Pe). apply large_scale_limit; auto; lia.
Qed.
End Scale.

(* R5: in each component j one layer, pivot j, starts strictly smaller than the others. [bias] is the potential with
   the derivative [dbias] = sgn_j sigma_j of the theory (ImplicitBias.v) *)
Theorem R5_general_start w0 (pivot : nat -> nat) lambda : (forall j, (j < m)%nat -> (pivot j < L)%nat) -> 0 < lambda ->
  let eta0 j l := reduced k U w0 j l in
  (forall j l, (j < m)%nat -> (l < L)%nat -> l <> pivot j -> lambda <= eta0 j l ^ 2 - eta0 j (pivot j) ^ 2) ->
  let Q := potential m (fun j => bias L (pivot j) (eta0 j)) in
  from_start L k flow w0 (fun v =>
    (forall t, 0 <= t -> loss_at v t <= loss_at v 0 * exp (- (2 * lambda ^ (L - 1) * mu) * t)) /\
    exists rho : nat -> R,
      (forall a, is_lim (fun t => beta v t a) p_infty (transpose_apply rho a)) /\
      feasible m n A y rho /\
      (exists nu : nat -> R, forall j, (j < m)%nat ->
         dbias L (pivot j) (eta0 j) (rho j) = Sum n (fun i => A i j * nu i)) /\
      (forall x, feasible m n A y x -> (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x)).
Proof.
  intros Hp Pl eta0 Gap Q. split; [apply squared_flow|]. intros v Fl V0.
  assert (E : forall j l, (j < m)%nat -> (l < L)%nat -> reduced k U (at_time v 0) j l = eta0 j l)
    by (intros; apply (starts_reduced L k U v w0 V0); auto).
  destruct (odeco_network_convergence L d m n k S U X y v U_orthonormal Fl pivot lambda mu Hp Pl) as [R1 [rho H]];
    try tauto.
  { intros j l Hj Hl Ne. rewrite !E by auto. apply Gap; auto. }
  destruct H as [_ [Lim [Feas [[nu Nu] Min]]]]. split; [exact R1|]. exists rho.
  assert (Qe : forall x, potential m (fun j => bias L (pivot j) (fun l => reduced k U (at_time v 0) j l)) x = Q x).
  { intros x. unfold Q, potential. apply Sum_ext. intros j Hj. apply bias_ext; auto. }
  split; [exact Lim | split; [exact Feas | split]].
  - exists nu. intros j Hj. rewrite <- Nu by auto. symmetry. apply dbias_ext; auto.
  - intros x Fx. rewrite <- !Qe. apply (Min x Fx).
Qed.
End Regression.

(* R6: any two layers and one data point, M(x) = sum_j s_j u_{0,j} u_{1,j}^T, start alpha w0. g of [output_of] is
   sum_j s_j ((a_j + b_j)^2 e^(2 s_j x) - (a_j - b_j)^2 e^(-2 s_j x)) / 4; [rises], [falls]: it is onto (R6OnePoint.v)
   *)
Theorem R6_one_point m k s U y w0 : orthonormal 2 m k U ->
  let flow := gradient_flow 2 1 m 1 k (fun j _ => s j) U (fun _ _ => 1) (fun _ => y) in
  let eta l j := reduced k U w0 j l in
  rises m s (eta 0%nat) (eta 1%nat) -> falls m s (eta 0%nat) (eta 1%nat) ->
  exists nu : R, (forall x, output_of m s (eta 0%nat) (eta 1%nat) x = y <-> x = nu) /\
    from_start 2 k flow w0 (fun v =>
      is_lim (fun t => network_loss 2 1 m 1 k (fun j _ => s j) U (fun _ _ => 1) (fun _ => y) (at_time v t)) p_infty 0 /\
      let new l j := eta l j * cosh (s j * nu) + eta (1 - l)%nat j * sinh (s j * nu) in
      forall l c, (l < 2)%nat -> (c < k l)%nat ->
        is_lim (v l c) p_infty (w0 l c + Sum m (fun j => U l c j * (new l j - eta l j)))).
Proof.
  intros Or flow eta Ri Fa. destruct (output_onto m s (eta 0%nat) (eta 1%nat) y Ri Fa) as [nu Root].
  assert (Uni : forall x, output_of m s (eta 0%nat) (eta 1%nat) x = y <-> x = nu)
    by (intros x; split; [|intros ->; exact Root]; intros Ex; apply (output_injective _ _ _ _ _ _ Ri); congruence).
  exists nu. split; [exact Uni|]. split; [apply squared_flow|]. intros v Fl V0.
  assert (E : forall l, (l < 2)%nat -> (fun j => Sum (k l) (fun c => U l c j * v l c 0)) = eta l)
    by (intros l Hl; extensionality j; apply (starts_reduced 2 k U v w0 V0 j l Hl)).
  pose proof (two_layer_one_point_regression m k s U y v Or Fl) as R. cbv beta zeta in R.
  rewrite (E 0%nat), (E 1%nat) in R by lia. destruct (R Ri Fa) as [target [Ht [Lo Lim]]]. split; [exact Lo|].
  intros new l c Hl Hc. specialize (Lim l c Hl Hc). rewrite (V0 l c Hl Hc) in Lim.
  replace target with nu in Lim by (apply Ht, Root).
  pose proof (equal_f (E l Hl)) as El. pose proof (equal_f (E (1 - l)%nat ltac:(lia))) as El'. cbv beta in El, El'.
  erewrite (Sum_ext m) in Lim; [exact Lim|]. intros j _. cbv beta. rewrite El, El'. reflexivity.
Qed.

(* R7, the exact case: square hidden layers, W_l(0) = alpha Q_l with Q_l orthogonal, last layer 0, one output. The limit
   is the minimum-norm interpolator X^T k, for every alpha > 0 *)
Theorem R7_orthogonal_start L n m d X y alpha (Q : nat -> matrix) : (2 <= L)%nat ->
  (forall l, (l < L)%nat -> d l = m) -> d L = 1%nat -> full_row_rank m n X ->
  0 < alpha -> (forall l, (l < L - 1)%nat -> orthogonal_matrix m (Q l)) ->
  exists (k : nat -> R) (mu : R),
    let best p := Sum n (fun i => X i p * k i) in
    feasible m n X y best /\
    (forall z, feasible m n X y z -> sq m z = sq m best + sq m (fun p => z p - best p)) /\
    0 < mu /\ row_rank_bound m n X mu /\
    from_matrices L d (fully_connected_gradient_flow L n d X (squared y))
      (fun l i j => if Nat.eqb l (L - 1) then 0 else alpha * Q l i j) (fun W =>
      (* the coefficients stay in the row space *)
      (forall e, (forall i, (i < n)%nat -> Sum m (fun p => X i p * e p) = 0) ->
         forall t, 0 <= t -> Sum m (fun p => e p * coefficients L d W t p) = 0) /\
      (forall t, 0 <= t -> fully_connected_loss L n d X (squared y) (matrix_at W t) <=
         / 2 * sq n y * exp (- (2 * alpha ^ (2 * (L - 1)) * mu) * t)) /\
      (forall p, (p < m)%nat -> is_lim (fun t => coefficients L d W t p) p_infty (best p))).
Proof.
  intros HL Hd Ho Rk Pa HQ.
  destruct (orthogonal_start_minimum_norm L n m d X y alpha Q HL Hd Ho Rk Pa HQ)
    as [k [Int [Pyth [mu [Pmu [Rb [W [Fl [St [Un [Row [Dec [_ Lim]]]]]]]]]]]]].
  exists k, mu. split; [exact Int | split; [exact Pyth | split; [exact Pmu | split; [exact Rb|]]]]. split.
  - exists W. split; [exact Fl | split; [exact St | exact Un]].
  - intros W' Fl' St'.
    assert (C : forall t p, 0 <= t -> (p < m)%nat -> coefficients L d W' t p = coefficients L d W t p).
    { intros t p Ht Hp. apply coefficients_same; auto. rewrite Hd; auto; lia. }
    split; [|split].
    + intros e He t Ht. rewrite <- (Row e He t Ht). apply Sum_ext. intros p Hp. rewrite C; auto.
    + intros t Ht. eapply Rle_trans; [|apply Dec, Ht]. right. unfold fully_connected_loss. apply Sum_ext. intros i _.
      f_equal. unfold fully_connected_output. apply Sum_ext. intros p Hp. f_equal. apply (C t p Ht).
      rewrite <- (Hd 0%nat) by lia. exact Hp.
    + intros p Hp. apply (is_lim_ext_loc (fun t => coefficients L d W t p)); [|apply Lim, Hp].
      exists 0. intros t Ht. symmetry. apply C; auto; lra.
Qed.

(* R8: sensors Q diag(lambda_i) Q^T, starts alpha Q diag(etabar) Q^T, last layer 0; Q orthogonal *)
Theorem R8_commuting_sensing L n d (A : nat -> matrix) (Q : matrix) (lam : nat -> nat -> R) y alpha etabar mu :
  (2 <= L)%nat -> orthogonal d Q -> (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) ->
  0 < alpha -> (forall j, (j < d)%nat -> etabar j <> 0) -> 0 < mu -> row_rank_bound d n lam mu ->
  let W0 l := if Nat.eqb l (L - 1) then spectral d Q (fun _ => 0) else spectral d Q (fun j => alpha * etabar j) in
  let Pot x := alpha ^ 2 * Sum d (fun j => etabar j ^ 2 * HL L (x j / (alpha * Rabs (etabar j)) ^ L)) in
  exists rho : nat -> R,
    feasible d n lam y rho /\
    (forall z, feasible d n lam y z -> (forall j, (j < d)%nat -> z j = rho j) \/ Pot rho < Pot z) /\
    from_matrices L (fun _ => d) (sensing_gradient_flow L n (fun _ => d) A (squared y)) W0 (fun W =>
      forall p q, (p < d)%nat -> (q < d)%nat ->
        is_lim (fun t => product (fun _ => d) L (matrix_at W t) p q) p_infty (spectral d Q rho p q)).
Proof.
  intros HL HQ HA Pa He Pmu Rk W0 Pot.
  pose proof (sensing_one_flow L n (fun _ => d) A y W0) as One.
  pose proof (fun W Fl St => commuting_limit L n d A Q lam y alpha etabar mu W HL HQ HA Pa He Pmu Rk Fl St) as Main.
  destruct One as [W [Fl [St Un]]]. destruct (Main W Fl St) as [rho [Feas [Min Lim]]].
  exists rho. split; [exact Feas | split; [exact Min | split]].
  - exists W. auto.
  - intros W' Fl' St'. destruct (Main W' Fl' St') as [rho' [Feas' [Min' Lim']]]. intros p q Hp Hq.
    replace (spectral d Q rho p q) with (spectral d Q rho' p q); [apply Lim'; auto|].
    unfold spectral. apply Sum_ext. intros j Hj. f_equal. f_equal.
    destruct (Min rho' Feas') as [E|Lt]; [apply E, Hj|].
    destruct (Min' rho Feas) as [E|Lt']; [symmetry; apply E, Hj | exfalso; lra].
Qed.

(* R9: one layer, f(x) = <x, beta>: the nearest interpolator, in closed form *)
Theorem R9_linear_model m n X y beta0 mu : 0 < mu -> row_rank_bound m n X mu ->
  (exists beta, linear_gradient_flow m n X y beta /\ forall j, (j < m)%nat -> beta j 0 = beta0 j) /\
  (forall beta beta', linear_gradient_flow m n X y beta -> linear_gradient_flow m n X y beta' ->
     (forall j, (j < m)%nat -> beta j 0 = beta' j 0) ->
     forall j t, (j < m)%nat -> 0 <= t -> beta j t = beta' j t) /\
  forall beta, linear_gradient_flow m n X y beta -> (forall j, (j < m)%nat -> beta j 0 = beta0 j) ->
    exists limit : nat -> R,
      (forall j, (j < m)%nat -> is_lim (beta j) p_infty (limit j)) /\
      feasible m n X y limit /\
      (forall x, feasible m n X y x -> (forall j, (j < m)%nat -> x j = limit j) \/
         sq m (fun j => limit j - beta0 j) < sq m (fun j => x j - beta0 j)) /\
      (forall k, (forall i, (i < n)%nat ->
         Sum n (fun i' => Sum m (fun j => X i j * X i' j) * k i') = y i - Sum m (fun j => X i j * beta0 j)) ->
       forall j, (j < m)%nat -> limit j = beta0 j + Sum n (fun i => X i j * k i)).
Proof.
  intros Pmu Rk. destruct (linear_one_flow m n X y beta0) as [Ex Un]. split; [exact Ex | split; [exact Un|]].
  intros beta Fl B0. destruct (linear_model_regression m n X y beta mu Fl Pmu Rk) as [limit [Lim [Feas [Near Cl]]]].
  exists limit. split; [exact Lim | split; [exact Feas | split]].
  - intros x Fx. destruct (Near x Fx) as [E|Lt]; [left; exact E | right]. unfold sq.
    rewrite (Sum_ext m (fun j => (limit j - beta0 j) ^ 2) (fun j => (limit j - beta j 0) ^ 2))
      by (intros j Hj; rewrite B0; auto).
    rewrite (Sum_ext m (fun j => (x j - beta0 j) ^ 2) (fun j => (x j - beta j 0) ^ 2))
      by (intros j Hj; rewrite B0; auto). exact Lt.
  - intros k Hk j Hj. rewrite <- (B0 j Hj). apply Cl; auto. intros i Hi. rewrite (Hk i Hi). f_equal.
    apply Sum_ext. intros j' Hj'. rewrite B0; auto.
Qed.

(* ==================== Separable classification: K0, K2, K3, K4 ==================== *)
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
