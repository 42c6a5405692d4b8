(* Theorems of other papers, end to end: from every such start there is exactly one flow, and it .. How to read them:
   Main.v. Gradient flow on the exponential loss in place of gradient descent and the logistic loss. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt DepthPotential Network Tensor Margin Conserved Diagonal Sensing
  Circular ComplexOdeco ComplexConvolution NetworkExistence AlignedTimes KktTimes KktLimits EveryLimit K2Chain
    K2MaxMargin
  K3AnyDepth K3Complex Classification Uniqueness Wellposed FromStart PowerFlow BalancedStart Woodworth
    WoodworthPotential AzulayNeuron LayersAlign
  StationaryWitness Literature SoudryLinearClassifier ComplexExistence R8Conjugation R8CommutingSensing R8Eigenbasis
    R8Sensing R8Balanced MainClassification.
Open Scope R_scope.

(* ==================== Regression ==================== *)

(* Woodworth et al. 2020, Theorem 1: beta = u^2 - v^2, u = v = a at the start. The limit is the only minimiser among all
   interpolators of Q, a function of asinh (HL_depth_2):
     4 a^2 H_2(b / (4 a^2)) = (b asinh(b / (2 a^2)) - sqrt(b^2 + 4 a^4) + 2 a^2) / 2 *)
Theorem Woodworth_squares m n X y a mu : (forall j, (j < m)%nat -> 0 < a j) -> 0 < mu -> row_rank_bound m n X mu ->
  let Q b := Sum m (fun j =>
    / 2 * (b j * arcsinh (b j / (2 * a j ^ 2)) - sqrt (b j ^ 2 + 4 * a j ^ 4) + 2 * a j ^ 2)) in
  exists limit : nat -> R,
    feasible m n X y limit /\
    (forall b, feasible m n X y b -> (forall j, (j < m)%nat -> b j = limit j) \/ Q limit < Q b) /\
    from_start 2 (fun _ => m) (power_gradient_flow 2 m n X y) (fun _ j => a j) (fun v =>
      forall j, (j < m)%nat -> is_lim (fun t => v 0%nat j t ^ 2 - v 1%nat j t ^ 2) p_infty (limit j)).
Proof.
  intros Pa Pmu Rk Q. exact (squares_from m n X y a mu Pa Pmu Rk).
Qed.

(* Woodworth et al. 2020, Theorem 3: beta = u^D - v^D, D >= 3, u = v = a at the start.
  The limit is the only minimiser among
   all interpolators of Q(b) = sum_j a_j^2/(D - 2) q(b_j / a_j^D), where q(0) = 0 and q' is the inverse of the bijection
     h(c) = (1 - c)^(-D/(D-2)) - (1 + c)^(-D/(D-2)),   (-1, 1) -> R;
   and beta_j = a_j^D h(c_j) with c_j = (D - 2) a_j^(D-2) (X^T nu)_j *)
Theorem Woodworth_powers D m n X y a mu : (3 <= D)%nat -> (forall j, (j < m)%nat -> 0 < a j) -> 0 < mu ->
  row_rank_bound m n X mu ->
  let p := INR D / INR (D - 2) in
  let h c := Rpower (1 - c) (- p) - Rpower (1 + c) (- p) in
  exists q : R -> R,
    q 0 = 0 /\ (forall c, -1 < c < 1 -> is_derive q (h c) c) /\ (forall b, exists c, -1 < c < 1 /\ h c = b) /\
    let Q b := Sum m (fun j => a j ^ 2 / INR (D - 2) * q (b j / a j ^ D)) in
    exists limit nu : nat -> R,
      feasible m n X y limit /\
      (forall j, (j < m)%nat -> let c := INR (D - 2) * a j ^ (D - 2) * Sum n (fun i => X i j * nu i) in
         -1 < c < 1 /\ limit j = a j ^ D * h c) /\
      (forall b, feasible m n X y b -> (forall j, (j < m)%nat -> b j = limit j) \/ Q limit < Q b) /\
      from_start 2 (fun _ => m) (power_gradient_flow D m n X y) (fun _ j => a j) (fun v =>
        forall j, (j < m)%nat -> is_lim (fun t => v 0%nat j t ^ D - v 1%nat j t ^ D) p_infty (limit j)).
Proof.
  intros HD Pa Pmu Rk p h. exists (power_potential D). split; [apply power_potential_zero, HD|].
  split; [apply (power_potential_derive D HD) | split; [apply (pi_onto D HD)|]]. intros Q.
  destruct (powers_from D m n X y a mu HD Pa Pmu Rk) as [limit [nu [Feas [Eq Fl]]]]. exists limit, nu.
  split; [exact Feas | split; [exact Eq | split; [|exact Fl]]].
  exact (powers_minimise D m n X y a limit nu HD Pa Feas Eq).
Qed.

(* Azulay et al. 2021, Theorem 6.1: one linear neuron beta = a w, W_0 = w, W_1 = a. If the loss starts below that of
   beta = 0, beta tends to an interpolator b where G(b) - G(beta(0)), the gradient of their potential q, lies in the row
   space of X (is orthogonal to all e with X e = 0); G(b) = sqrt(s - h) b/|b| [neuron_slope], s = sqrt(|b|^2 + h^2),
   h = (a(0)^2 - |w(0)|^2)/2 *)
Theorem Azulay_neuron m n X y mu W0 : 0 < mu /\ row_rank_bound m n X mu ->
  let beta0 p := W0 1%nat 0%nat 0%nat * W0 0%nat p 0%nat in
  let h := (W0 1%nat 0%nat 0%nat ^ 2 - sq m (fun p => W0 0%nat p 0%nat)) / 2 in
  sq n (fun i => Sum m (fun p => X i p * beta0 p) - y i) < sq n y ->
  from_matrices 2 (neuron m) (fully_connected_gradient_flow 2 n (neuron m) X (squared y)) W0 (fun W =>
    exists b : nat -> R,
      (forall p, (p < m)%nat -> is_lim (fun t => coefficients 2 (neuron m) W t p) p_infty (b p)) /\
      feasible m n X y b /\
      forall e, (forall i, (i < n)%nat -> Sum m (fun p => X i p * e p) = 0) ->
        Sum m (fun p => e p * (neuron_slope m h b p - neuron_slope m h beta0 p)) = 0).
Proof.
  intros Rk beta0 h Below. split.
  - apply (fully_connected_one_flow 2 n (neuron m) X (squared y) (fun i v => v - y i)); auto.
    + apply squared_derive.
    + intros; apply squared_lipschitz.
    + intros; apply squared_nonneg.
  - intros W Fl St. assert (A0 : W 1%nat 0 0%nat 0%nat = W0 1%nat 0%nat 0%nat) by (apply St; simpl; lia).
    assert (V0 : forall p, (p < m)%nat -> W 0%nat 0 p 0%nat = W0 0%nat p 0%nat) by (intros; apply St; simpl; auto; lia).
    assert (B0 : forall p, (p < m)%nat -> coefficients 2 (neuron m) W 0 p = beta0 p)
      by (intros p Hp; rewrite (neuron_output m W) by auto; rewrite A0, V0 by auto; reflexivity).
    destruct (neuron_converges m n X y W Fl mu Rk) as [b [Lim [Fb Row]]].
    + rewrite neuron_loss. eapply Rle_lt_trans; [|exact Below]. right. apply Sum_ext. intros i _. f_equal. f_equal.
      apply Sum_ext. intros p Hp. rewrite B0; auto.
    + exists b. split; [exact Lim | split; [exact Fb|]]. intros e He. rewrite <- (Row e He). apply Sum_ext. intros p Hp.
      assert (Eh : h = (W 1%nat 0 0%nat 0%nat ^ 2 - sq m (fun p => W 0%nat 0 p 0%nat)) / 2).
      { unfold h. rewrite A0. do 2 f_equal. apply Sum_ext. intros; rewrite V0; auto. }
      rewrite <- Eh. do 2 f_equal. symmetry. apply neuron_slope_ext; auto.
Qed.

(* as printed, for every start with a(0), w(0) not 0: false *)
Theorem Azulay_neuron_as_printed : ~ (forall m n X y mu W (b : nat -> R), 0 < mu /\ row_rank_bound m n X mu ->
  fully_connected_gradient_flow 2 n (neuron m) X (squared y) W ->
  let h := (W 1%nat 0 0%nat 0%nat ^ 2 - sq m (fun p => W 0%nat 0 p 0%nat)) / 2 in
  W 1%nat 0 0%nat 0%nat <> 0 -> 0 < sq m (fun p => W 0%nat 0 p 0%nat) ->
  (forall p, (p < m)%nat -> is_lim (fun t => coefficients 2 (neuron m) W t p) p_infty (b p)) -> feasible m n X y b ->
  forall e, (forall i, (i < n)%nat -> Sum m (fun p => X i p * e p) = 0) ->
    Sum m (fun p => e p * (neuron_slope m h b p - neuron_slope m h (coefficients 2 (neuron m) W 0) p)) = 0).
Proof.
  intros Wrong. set (X := fun _ p : nat => delta 0 p). set (y := fun _ : nat => 1).
  destruct (fully_connected_one_flow 2 1 (neuron 2) X (squared y) (fun i v => v - y i)
    (fun l _ _ => match l with O => 1 | _ => - / 2 end) (squared_derive y) ltac:(intros; apply squared_lipschitz)
    ltac:(intros; apply squared_nonneg) eq_refl) as [W [Fl [St _]]].
  assert (S : W 1%nat 0 0%nat 0%nat = - / 2 /\ W 0%nat 0 0%nat 0%nat = 1 /\ W 0%nat 0 1%nat 0%nat = 1)
    by (repeat split; apply St; simpl; lia).
  destruct (neuron_crossing W Fl S) as [b [Lim [Fb [e [He E]]]]]. destruct S as [S1 [S2 S3]].
  assert (Z : Sum 2 (fun p => e p * (neuron_slope 2 ((W 1%nat 0 0%nat 0%nat ^ 2 - sq 2 (fun p => W 0%nat 0 p 0%nat)) /
    2) b p -
    neuron_slope 2 ((W 1%nat 0 0%nat 0%nat ^ 2 - sq 2 (fun p => W 0%nat 0 p 0%nat)) / 2) (coefficients 2 (neuron 2) W 0)
      p)) = 0).
  { apply (Wrong 2%nat 1%nat X y 1 W b); auto.
    - split; [lra|]. intros r. unfold X, delta. cbn [Sum Nat.eqb]. lra.
    - rewrite S1. lra.
    - unfold sq. cbn [Sum]. rewrite S2, S3. lra. }
  lra.
Qed.

(* Chou, Maly, Rauhut 2023: x = product of L factors, all equal to a > 0 at the start; some interpolator has positive
   entries. The limit is q^L > 0; log(q / a) (L = 2), (a^(2-L) - q^(2-L)) / (L - 2) (L >= 3) lies in the row space;
     and it
   is the only minimiser among the interpolators p^L > 0 of Q. With x = p^L, x(0) = a^L this is
     (x log(x / x(0)) - x) / 2 for L = 2,   (x x(0)^(2/L-1) - (L/2) x^(2/L)) / (L - 2) for L >= 3 *)
Theorem Chou_equal_factors L m n X y a x mu : (2 <= L)%nat -> (forall j, (j < m)%nat -> 0 < a j) ->
  feasible m n X y x -> (forall j, (j < m)%nat -> 0 < x j) -> 0 < mu -> row_rank_bound m n X mu ->
  let dual j q := if Nat.eqb L 2 then ln (q / a j) else (/ a j ^ (L - 2) - / q ^ (L - 2)) / INR (L - 2) in
  let Q p := Sum m (fun j => dual j (p j) * p j ^ L - p j ^ 2 / 2) in
  from_start L (fun _ => m) (diagonal_gradient_flow L m n X y) (fun _ j => a j) (fun v =>
    exists q nu : nat -> R,
      (forall j, (j < m)%nat -> 0 < q j /\ is_lim (fun t => Prod L (fun l => v l j t)) p_infty (q j ^ L)) /\
      feasible m n X y (fun j => q j ^ L) /\
      (forall j, (j < m)%nat -> dual j (q j) = Sum n (fun i => X i j * nu i)) /\
      forall p, (forall j, (j < m)%nat -> 0 < p j) -> feasible m n X y (fun j => p j ^ L) ->
        (forall j, (j < m)%nat -> p j ^ L = q j ^ L) \/ Q q < Q p).
Proof.
  intros HL Pa Fx Px Pmu Rk dual Q. split; [apply diagonal_one_flow|]. intros v Fl V0.
  destruct (equal_factors L m n X y a x (fun j l => v l j) mu HL Pa (diagonal_solution L m n X y v Fl)) as
    [_ [_ [_ [q [nu H]]]]]; auto.
  exists q, nu. exact H.
Qed.

(* Gunasekar et al. 2017, commuting matrix factorisation, for L layers that all start at alpha I: symmetric sensors that
   commute and are independent, some positive definite matrix fits. The layers stay equal and symmetric (U U^T for L =
     2);
   the limit X = Q diag(q_j^L) Q^T is positive definite, and log(X / alpha^L) / L = Q diag(log(q_j / alpha)) Q^T (L =
     2),
   Q diag((alpha^(2-L) - q_j^(2-L)) / (L - 2)) Q^T (L >= 3) is the combination sum_i nu_i A_i of the sensors *)
Theorem Gunasekar_commuting_factorisation L n d (A : nat -> matrix) y mu alpha (Z : matrix) : (2 <= L)%nat ->
  (forall i, (i < n)%nat -> symmetric d (A i)) ->
  (forall i i', (i < n)%nat -> (i' < n)%nat -> commute d (A i) (A i')) -> 0 < mu -> sensor_rank_bound d n A mu ->
  0 < alpha -> positive_definite d Z -> (forall i, (i < n)%nat -> frobenius d (A i) Z = y i) ->
  let dual q := if Nat.eqb L 2 then ln (q / alpha) else (/ alpha ^ (L - 2) - / q ^ (L - 2)) / INR (L - 2) in
  exists (Q : matrix) (lam : nat -> nat -> R),
    orthogonal d Q /\ (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) /\
    from_matrices L (fun _ => d) (sensing_gradient_flow L n (fun _ => d) A (squared y)) (fun _ p q =>
      alpha * identity p q)
      (fun V => exists q nu : nat -> R,
        (forall j, (j < d)%nat -> 0 < q j) /\ feasible d n lam y (fun j => q j ^ L) /\
        (forall l t, (l < L)%nat -> 0 <= t -> agree d (V l t) (V 0%nat t) /\ symmetric d (V l t)) /\
        (forall p r, (p < d)%nat -> (r < d)%nat ->
           is_lim (fun t => product (fun _ => d) L (matrix_at V t) p r) p_infty (spectral d Q (fun j =>
             q j ^ L) p r)) /\
        forall j, (j < d)%nat -> dual (q j) = Sum n (fun i => lam i j * nu i)).
Proof.
  intros HL Sy Co Pmu Rk Pa Pd Fit dual. exact (balanced_sensing_from L n d A y mu alpha Z HL Sy Co Pmu Rk Pa Pd Fit).
Qed.

(* ==================== Separable classification ==================== *)

(* Soudry et al. 2018, the direction: a linear classifier, from every start *)
Theorem Soudry_linear_classifier m n X : (0 < n)%nat -> (exists x, margin_feasible m n X x) ->
  exists z, margin_feasible m n X z /\
    (forall x, margin_feasible m n X x -> (forall j, (j < m)%nat -> x j = z j) \/ sq m z < sq m x) /\
    forall beta0,
      (exists beta, classifier_flow m n X beta /\ (forall j, (j < m)%nat -> beta j 0 = beta0 j) /\
         forall beta', classifier_flow m n X beta' -> (forall j, (j < m)%nat -> beta' j 0 = beta0 j) ->
           forall j t, (j < m)%nat -> 0 <= t -> beta' j t = beta j t) /\
      forall beta, classifier_flow m n X beta -> (forall j, (j < m)%nat -> beta j 0 = beta0 j) ->
        (forall t, 0 <= t -> classifier_loss m n X (fun j => beta j t) <=
           / (/ classifier_loss m n X (fun j => beta j 0) + t / sq m z)) /\
        forall j, (j < m)%nat ->
          is_lim (fun t => beta j t / sqrt (sq m (fun q => beta q t))) p_infty (z j / sqrt (sq m z)).
Proof. exact (linear_classifier_direction m n X). Qed.

(* Ji and Telgarsky 2019: deep linear networks. Loss to 0, layers of rank one, neighbours aligned,
   and beta / |beta| tends
   to the l2 max-margin direction z / |z| *)
Theorem Ji_Telgarsky_deep_linear L n d X W0 : (1 <= L)%nat -> (0 < n)%nat -> d L = 1%nat ->
  (exists x, margin_feasible (d 0%nat) n X x) ->
  exists z, margin_feasible (d 0%nat) n X z /\
    (forall x, margin_feasible (d 0%nat) n X x ->
       (forall p, (p < d 0)%nat -> x p = z p) \/ sq (d 0%nat) z < sq (d 0%nat) x) /\
    from_matrices L d (fully_connected_gradient_flow L n d X exponential) W0 (fun W =>
      let size l t := frobenius_square (d l) (d (S l)) (W l t) in
      forall t0, 0 <= t0 -> fully_connected_loss L n d X exponential (matrix_at W t0) < 1 ->
        is_lim (fun t => fully_connected_loss L n d X exponential (matrix_at W t)) p_infty 0 /\
        (forall l, (l < L)%nat ->
           is_lim (fun t => frobenius_square (d (S l)) (d (S l)) (mul (d l) (transpose (W l t)) (W l t)) /
             (size l t * size l t)) p_infty 1) /\
        (forall l, (S l < L)%nat ->
           is_lim (fun t => frobenius_square (d l) (d (S (S l))) (mul (d (S l)) (W l t) (W (S l) t)) /
             (size l t * size (S l) t)) p_infty 1) /\
        forall p, (p < d 0)%nat ->
          is_lim (fun t => coefficients L d W t p / euclid (d 0%nat) (coefficients L d W t)) p_infty
            (z p / euclid (d 0%nat) z)).
Proof.
  intros HL Hn One Sep. destruct (K2_fully_connected L n d X W0 HL Hn One Sep) as [z [Fz [Min [Ex Lim]]]].
  exists z. split; [exact Fz | split; [exact Min | split; [exact Ex|]]]. intros W Fl St size t0 H0 Small.
  split; [|split; [|split]].
  - exact (fully_connected_loss_vanishes L n d X W t0 HL Hn One Fl H0 Small).
  - intros l Hl. exact (layers_become_rank_one L n d X W t0 HL Hn One Fl H0 Small l Hl).
  - intros l Hl. exact (neighbours_align L n d X W t0 HL Hn One Fl H0 Small l Hl).
  - exact (Lim W Fl St t0 H0 Small).
Qed.

(* Gunasekar et al. 2018, diagonal networks of depth L: a limit of beta / |beta| is the direction of a stationary point
  of
   the 2/L quasi-norm subject to margins at least 1; and, unless L = 2, there is a limit (they assume it) *)
Theorem Gunasekar_diagonal L m n X w0 : (0 < n)%nat -> (1 <= L)%nat ->
  from_start L (fun _ => m) (diagonal_classification_flow L m n X) w0 (fun v =>
    let beta t j := Prod L (fun l => v l j t) in
    let direction x j := x j / sqrt (Sum m (fun j => x j ^ 2)) in
    forall t0, 0 <= t0 -> diagonal_exponential_loss L m n X (at_time v t0) < 1 ->
      (forall b : nat -> R, (forall j, (j < m)%nat -> is_lim (fun t => direction (beta t) j) p_infty (b j)) ->
         exists rho lam, quasi_stationary L m n X rho lam /\ forall j, (j < m)%nat -> b j = direction rho j) /\
      (L <> 2%nat -> exists rho lam, quasi_stationary L m n X rho lam /\
         forall j, (j < m)%nat -> is_lim (fun t => direction (beta t) j) p_infty (direction rho j))).
Proof.
  intros Hn HL. destruct (diagonal_direction L m n X w0 Hn HL) as [One Dir]. split; [exact One|].
  intros v Fl V0 beta direction t0 H0 Small. split.
  - intros b Hb. exact (Dir v Fl V0 t0 b H0 Small Hb).
  - intros N2. exact (diagonal_direction_tends L m n X v t0 Hn HL N2 H0 Fl Small).
Qed.

(* Gunasekar et al. 2018, full-length circular convolutions of depth L: the same in the Fourier transform of beta *)
Theorem Gunasekar_convolution L d n X w0 : (0 < n)%nat -> (1 <= L)%nat -> (0 < d)%nat ->
  from_start L (fun _ => d) (tensor_gradient_flow L n (fun _ => d) (fun i =>
    circular L d (X i)) exponential) w0 (fun v =>
    (* f(x) = <x, beta> *)
    let beta t := complex_beta L d (fun _ => d) (spectrum L d) (fourier d) (at_time v t) in
    let direction x a := x a / sqrt (Sum d (fun a => x a ^ 2)) in
    (forall t x, contract L (fun _ => d) (circular L d x) (at_time v t) = Sum d (fun a => x a * beta t a)) /\
    forall t0 (b : nat -> R), 0 <= t0 ->
      tensor_loss L n (fun _ => d) (fun i => circular L d (X i)) exponential (at_time v t0) < 1 ->
      (forall a, (a < d)%nat -> is_lim (fun t => direction (beta t) a) p_infty (b a)) ->
      exists rho lam, complex_stationary L d d n (spectrum L d) X rho lam /\
        forall a, (a < d)%nat -> b a = direction (fun a => fst (CSum d (fun j => Cmult (spectrum L d j a) (rho j)))) a).
Proof. intros Hn HL Hd. exact (convolution_direction L d n X w0 Hn HL Hd). Qed.

(* Lyu and Li 2020, linear tensor networks: the normalised margin does not decrease, the loss tends to 0,
   and every limit
   of theta / |theta| is, scaled to margin 1, a KKT point of: least |theta|^2 subject to margins at least 1. There are
   such limits, along arbitrarily late times *)
Theorem Lyu_Li_tensor_networks L n k M w0 : (1 <= L)%nat -> (0 < n)%nat ->
  from_start L k (tensor_gradient_flow L n k M exponential) w0 (fun v =>
    let loss_at t := tensor_loss L n k M exponential (at_time v t) in
    let norm t := sqrt (squared_norm L k (at_time v t)) in
    forall t0, 0 <= t0 -> loss_at t0 < 1 ->
      (forall s t, t0 <= s <= t -> - ln (loss_at s) / norm s ^ L <= - ln (loss_at t) / norm t ^ L) /\
      is_lim loss_at p_infty 0 /\ is_lim norm p_infty p_infty /\
      (forall (tau : nat -> R) (z : nat -> nat -> R), is_lim_seq tau p_infty ->
         (forall l c, (l < L)%nat -> (c < k l)%nat -> is_lim_seq (fun p => v l c (tau p) / norm (tau p)) (z l c)) ->
         0 < smallest_margin L n k M z /\ exists lam, kkt_point L n k M (normalised L n k M z) lam) /\
      exists z lam, kkt_point L n k M z lam /\ smallest_margin L n k M z = 1 /\
        forall eps T, 0 < eps -> exists t, T <= t /\
          forall l c, (l < L)%nat -> (c < k l)%nat -> Rabs (normalised L n k M (at_time v t) l c - z l c) < eps).
Proof.
  intros HL Hn. split; [apply exponential_flow|]. intros v Fl _ loss_at norm t0 H0 Small.
  destruct (normalised_margin L n k M v t0 HL Hn H0 Fl Small) as [Inc [_ [_ [Lo No]]]].
  split; [exact Inc | split; [exact Lo | split; [exact No | split]]].
  - intros tau z Ht Hz. exact (every_limit_direction L n k M Hn HL v t0 H0 Fl Small tau z Ht Hz).
  - destruct (stationary_limit_point L n k M Hn HL v t0 H0 Fl Small) as [z [lam [K [One Near]]]].
    exists z, lam. split; [exact K | split; [exact One|]]. intros eps T Pe.
    destruct (Near eps T Pe) as [t [Ht [_ Hz]]]. exists t. auto.
Qed.
