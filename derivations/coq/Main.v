(* The main theorems, end to end: from every such start there is exactly one flow, and it .. Read the statements; the
   proofs only point into the library.

   A flow is a gradient flow on [0, infinity) in the network's own parameters: its derivative is minus the partial
   derivative (Coquelicot's [Derive]) of the network's loss, no formula for the gradient is assumed.
     [from_start L k flow w0 P]   exactly one flow starts at w0 (v_l in R^(k l), l < L), and it has the property P;
     [from_matrices L d flow W0 P]   the same for layers W_l of size d l x d (l + 1).            (FromStart.v)
     [gradient_flow L d m n k S U X y]   odeco networks f(x) = sum_j (S x)_j prod_l <u_{l,j}, v_l>, half squared loss
                                  over the rows of X: n points, d inputs, m components;          (Network.v)
     [tensor_gradient_flow L n k M ell]   any linear tensor network, sum_i ell_i(M_i o (v_0, .., v_{L-1}));  (Tensor.v)
     [fully_connected_gradient_flow], [sensing_gradient_flow]   x^T W_0 .. W_{L-1}, <A_i, W_0 .. W_{L-1}>;   (Sensing.v)
     [classification_flow]        odeco networks, exponential loss, labels in the rows of X.     (Classification.v)
   Conserved quantities and regression stand here, R7 from small starts and B1 in MainFullyConnected.v, separable
   classification in MainClassification.v, theorems of other papers in MainLiterature.v.
   [row_rank_bound m n A mu]: |A^T r|^2 >= mu |r|^2; for some mu > 0 this says that the rows of A are independent. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Potential Kkt ImplicitBias DepthPotential Regression Network R5Ties
  Tensor Margin Conserved Diagonal Sensing Circular ComplexOdeco Uniqueness NetworkExistence ComplexExistence R6Flow
  R6OnePoint R8Conjugation R8CommutingSensing R8Eigenbasis R8Sensing R4Limits R4SmallRate R4LargeRate R4Flows Wellposed
  K2Chain LinearAlgebra R7OrthogonalStart R7MinimumNorm R5Network FromStart
  C6Diagonal C7FirstLayer.
Open Scope R_scope.
(* ==================== Conserved quantities: C1 to C7 ==================== *)

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

(* C1 for complex networks: S, U complex, U_l^H U_l = I, real outputs at real parameters. The squared moduli differ by
   constants, and conj(eta_l) eta_l' is the same for all layers *)
Theorem C1_complex L d m n k S U X y w0 :
  (forall l j j', (l < L)%nat -> (j < m)%nat -> (j' < m)%nat ->
     CSum (k l) (fun c => Cmult (Cconj (U l c j')) (U l c j)) = RtoC (delta j j')) ->
  (forall w i, snd (complex_output L d m k S U w (X i)) = 0) ->
  from_start L k (complex_gradient_flow L d m n k S U X (squared y)) w0 (fun v =>
    let eta t j l := complex_reduced k U (at_time v t) j l in
    forall j l l' t, (j < m)%nat -> (l < L)%nat -> (l' < L)%nat ->
      (0 <= t -> Cmod (eta t j l) ^ 2 - Cmod (eta t j l') ^ 2 = Cmod (eta 0 j l) ^ 2 - Cmod (eta 0 j l') ^ 2) /\
      (0 < t -> exists e e' : C,
         is_derive (fun t => fst (eta t j l)) t (fst e) /\ is_derive (fun t => snd (eta t j l)) t (snd e) /\
         is_derive (fun t => fst (eta t j l')) t (fst e') /\ is_derive (fun t => snd (eta t j l')) t (snd e') /\
         Cmult (Cconj (eta t j l)) e = Cmult (Cconj (eta t j l')) e')).
Proof.
  intros Un Re. split; [apply complex_squared_flow|]. intros v Fl _ eta j l l' t Hj Hl Hl'. split; intros Ht.
  - exact (complex_network_moduli_constant L d m n k S U X (squared y) (fun i v =>
      v - y i) (squared_derive y) Un Re v Fl
      j l l' t Hj Hl Hl' Ht).
  - exact (complex_network_common_momentum L d m n k S U X (squared y) (fun i v =>
      v - y i) (squared_derive y) Un Re v Fl
      j l l' t Hj Hl Hl' Ht).
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

(* C6 for diagonal networks: they have no other laws. A function of the parameters, of whatever kind, that the flows of
   all data sets conserve is, among positive parameters, a function of the differences of squares *)
Theorem C6_diagonal L m (h : (nat -> nat -> R) -> R) : (1 <= L)%nat ->
  (forall w w', (forall l j, (l < L)%nat -> (j < m)%nat -> w l j = w' l j) -> h w = h w') ->
  (forall n X y v, diagonal_gradient_flow L m n X y v -> forall t, 0 <= t -> h (at_time v t) = h (at_time v 0)) ->
  forall w w',
    (forall l j, (l < L)%nat -> (j < m)%nat -> 0 < w l j) -> (forall l j, (l < L)%nat -> (j < m)%nat -> 0 < w' l j) ->
    (forall l l' j, (l < L)%nat -> (l' < L)%nat -> (j < m)%nat ->
       w l j ^ 2 - w l' j ^ 2 = w' l j ^ 2 - w' l' j ^ 2) -> h w = h w'.
Proof. intros HL Ent Con w w' Pw Pw' Same. exact (diagonal_laws_complete L m h HL Ent Con w w' Pw Pw' Same). Qed.

(* C7: what no data point sees of the first layer of a fully connected network does not move *)
Theorem C7_first_layer L n d X y W0 e : (1 <= L)%nat -> d L = 1%nat ->
  (forall i, (i < n)%nat -> Sum (d 0%nat) (fun p => X i p * e p) = 0) ->
  from_matrices L d (fully_connected_gradient_flow L n d X (squared y)) W0 (fun W =>
    forall b t, (b < d 1%nat)%nat -> 0 <= t ->
      Sum (d 0%nat) (fun p => e p * W 0%nat t p b) = Sum (d 0%nat) (fun p => e p * W 0%nat 0 p b)).
Proof.
  intros HL One He. split.
  - apply (fully_connected_one_flow L n d X (squared y) (fun i v => v - y i)); auto.
    + apply squared_derive.
    + intros; apply squared_lipschitz.
    + intros; apply squared_nonneg.
  - intros W Fl _. exact (first_layer_unseen L n d X (squared y) (fun i v =>
      v - y i) W e HL One (squared_derive y) Fl He).
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

(* R4: the same start scaled by alpha. The limit of the flow differs from S^T z by at most e *)
Let near alpha w0 z e := from_start L k flow (fun l c => alpha * w0 l c) (fun v =>
  exists b : nat -> R, (forall a, is_lim (fun t => beta v t a) p_infty (b a)) /\
    forall a, (a < d)%nat -> Rabs (b a - transpose_apply z a) <= e).
Section Scale.
Variables (w0 : nat -> nat -> R) (etabar z : nat -> R).
Hypothesis depth : (2 <= L)%nat.
Hypothesis etabar_nonzero : forall j, (j < m)%nat -> etabar j <> 0.
Hypothesis start_first : forall j l, (j < m)%nat -> (l < L - 1)%nat -> reduced k U w0 j l = etabar j.
Hypothesis start_last : forall j, (j < m)%nat -> reduced k U w0 j (L - 1)%nat = 0.

(* alpha -> 0, two layers: z the only interpolator of least l1 norm *)
Theorem R4_small_two_layers : L = 2%nat -> only_minimiser m n A y (l1 m) z ->
  exists C alpha0, 0 < alpha0 /\ forall alpha, 0 < alpha < alpha0 -> near alpha w0 z (C * / - ln alpha).
Proof.
  intros E2 Oz. destruct (small_scale_two_layers_rate L m n A y etabar z etabar_nonzero E2 Oz) as [C H].
  apply (scaled_limits L d m n k S U X y mu U_orthonormal rank w0 etabar z depth etabar_nonzero start_first start_last
    C (fun alpha => / - ln alpha) H).
Qed.

(* alpha -> 0, three and more layers: z the only interpolator of least sum |z_j| / |etabar_j|^(L - 2) *)
Theorem R4_small_deep : (3 <= L)%nat -> only_minimiser m n A y (weighted_norm_1 L m etabar) z ->
  exists C alpha0, 0 < alpha0 /\ forall alpha, 0 < alpha < alpha0 -> near alpha w0 z (C * alpha ^ (L - 2)).
Proof.
  intros H3 Oz. destruct (small_scale_deep_rate L m n A y etabar z etabar_nonzero H3 Oz) as [C H].
  apply (scaled_limits L d m n k S U X y mu U_orthonormal rank w0 etabar z depth etabar_nonzero start_first start_last
    C (fun alpha => alpha ^ (L - 2)) H).
Qed.

(* alpha -> infinity: z the interpolator of least sum z_j^2 / etabar_j^(2 L - 2) *)
Theorem R4_large : minimiser m n A y (weighted_square L m etabar) z ->
  exists C alpha0, 0 < alpha0 /\ forall alpha, alpha0 < alpha -> near alpha w0 z (C * / alpha ^ (2 * L)).
Proof.
  intros Mz. destruct (large_scale_rate L m n A y etabar z etabar_nonzero ltac:(lia) Mz) as [C H].
  apply (scaled_limits_infinity L d m n k S U X y mu U_orthonormal rank w0 etabar z depth etabar_nonzero start_first
    start_last C (fun alpha => / alpha ^ (2 * L)) H).
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
(* R5 with ties: the smallest layer may share its modulus with others if it does not start at 0; there the coefficient
   keeps the sign of its start. x0 is an interpolator with these signs, strictly *)
Theorem R5_balanced_start w0 (pivot : nat -> nat) x0 :
  let eta0 j l := reduced k U w0 j l in
  let strict j := strictly_smallest L (pivot j) (eta0 j) in
  let start_sign j := Prod L (eta0 j) in
  (forall j, (j < m)%nat -> is_smallest L (pivot j) (eta0 j)) ->
  feasible m n A y x0 -> (forall j, (j < m)%nat -> strict j \/ 0 < start_sign j * x0 j) ->
  let Q := potential m (fun j => bias L (pivot j) (eta0 j)) in
  from_start L k flow w0 (fun v =>
    exists rate, 0 < rate /\ (forall t, 0 <= t -> loss_at v t <= loss_at v 0 * exp (- rate * t)) /\
    exists rho : nat -> R,
      (forall a, is_lim (fun t => beta v t a) p_infty (transpose_apply rho a)) /\
      feasible m n A y rho /\ (forall j, (j < m)%nat -> strict j \/ 0 < start_sign j * rho j) /\
      (exists nu : nat -> R, forall j, (j < m)%nat ->
         dbias L (pivot j) (eta0 j) (rho j) = Sum n (fun i => A i j * nu i)) /\
      (forall x, feasible m n A y x -> (forall j, (j < m)%nat -> strict j \/ 0 <= start_sign j * x j) ->
         (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x)).
Proof.
  intros eta0 strict start_sign Sm Fx Sx Q. split; [apply squared_flow|]. intros v Fl V0.
  exact (network_ties_from L d m n k S U X y mu w0 pivot x0 U_orthonormal rank Sm Fx Sx v Fl V0).
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

(* R8: sensors that are symmetric, commute with each other and with W, and are independent; W_l(0) = alpha W but for the
   last layer, which starts at 0. In the common eigenbasis Q, which exists, rho is the minimiser of R2 *)
Theorem R8_commuting_sensing L n d (A : nat -> matrix) (W : matrix) y alpha mu : (2 <= L)%nat ->
  (forall i, (i < n)%nat -> symmetric d (A i)) -> symmetric d W ->
  (forall i i', (i < n)%nat -> (i' < n)%nat -> commute d (A i) (A i')) ->
  (forall i, (i < n)%nat -> commute d (A i) W) -> injective d W ->
  0 < mu -> sensor_rank_bound d n A mu -> 0 < alpha ->
  exists (Q : matrix) (lam : nat -> nat -> R) (etabar rho : nat -> R),
    orthogonal d Q /\ (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) /\
    agree d W (spectral d Q etabar) /\ (forall j, (j < d)%nat -> etabar j <> 0) /\
    only_minimiser d n lam y (fun x => alpha ^ 2 * Sum d (fun j =>
      etabar j ^ 2 * HL L (x j / (alpha * Rabs (etabar j)) ^ L))) rho /\
    from_matrices L (fun _ => d) (sensing_gradient_flow L n (fun _ =>
      d) A (squared y)) (scaled_start L alpha W) (fun V =>
      forall p q, (p < d)%nat -> (q < d)%nat ->
        is_lim (fun t => product (fun _ => d) L (matrix_at V t) p q) p_infty (spectral d Q rho p q)).
Proof.
  intros HL Sy Sw Co Cw Inj Pmu Rk. exact (commuting_sensing_from L n d A W y mu HL Sy Sw Co Cw Inj Pmu Rk alpha).
Qed.

(* R8 for small starts alpha I: the only matrix Z of least nuclear norm with <A_i, Z> = y_i *)
Theorem R8_nuclear_norm L n d (A : nat -> matrix) y mu (Z : matrix) : (2 <= L)%nat ->
  (forall i, (i < n)%nat -> symmetric d (A i)) ->
  (forall i i', (i < n)%nat -> (i' < n)%nat -> commute d (A i) (A i')) -> 0 < mu -> sensor_rank_bound d n A mu ->
  (forall i, (i < n)%nat -> frobenius d (A i) Z = y i) ->
  (forall Z', (forall i, (i < n)%nat -> frobenius d (A i) Z' = y i) ->
     agree d Z' Z \/ nuclear_norm d Z < nuclear_norm d Z') ->
  exists C alpha0, 0 < alpha0 /\ forall alpha, 0 < alpha < alpha0 ->
    from_matrices L (fun _ => d) (sensing_gradient_flow L n (fun _ => d) A (squared y))
      (scaled_start L alpha identity) (fun V => exists B : matrix,
        (forall p q, (p < d)%nat -> (q < d)%nat ->
           is_lim (fun t => product (fun _ => d) L (matrix_at V t) p q) p_infty (B p q)) /\
        forall p q, (p < d)%nat -> (q < d)%nat ->
          Rabs (B p q - Z p q) <= C * (if Nat.eqb L 2 then / - ln alpha else alpha ^ (L - 2))).
Proof. exact (commuting_sensing_nuclear_norm L n d A y mu Z). Qed.

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
