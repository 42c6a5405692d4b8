(* What MainLiterature.v says, where it takes more than a pointer: Woodworth's starts, diagonal networks and circular
   convolutions as instances of K3 (Gunasekar et al. 2018), the loss of deep linear networks. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt DepthPotential Network Tensor Margin Conserved Diagonal Sensing
  Circular ComplexOdeco ComplexConvolution Uniqueness SensingExistence FullyConnectedTensor NetworkExistence
  AlignedTimes K3AnyDepth K3Stationary K3Complex StationaryWitness Classification Wellposed FromStart PowerFlow
  Woodworth.
Open Scope R_scope.

(* --- Woodworth et al. --- *)
Lemma half_square_potential a x : 0 < a -> (2 * a) ^ 2 * HL 2 (x / (2 * a) ^ 2) =
  / 2 * (x * arcsinh (x / (2 * a ^ 2)) - sqrt (x ^ 2 + 4 * a ^ 4) + 2 * a ^ 2).
Proof.
  intros Pa. rewrite HL_depth_2. replace (2 * (x / (2 * a) ^ 2)) with (x / (2 * a ^ 2)) by (field; lra).
  assert (E : sqrt ((x / (2 * a) ^ 2) ^ 2 + / 4) = sqrt (x ^ 2 + 4 * a ^ 4) / (2 * a) ^ 2).
  { replace ((x / (2 * a) ^ 2) ^ 2 + / 4) with ((x ^ 2 + 4 * a ^ 4) * (/ (2 * a) ^ 2) ^ 2) by (field; lra).
    rewrite sqrt_mult_alt by (pose proof (pow2_ge_0 x); pose proof (pow_lt a 4 Pa); lra).
    rewrite sqrt_pow2 by (left; apply Rinv_0_lt_compat, pow_lt; lra). reflexivity. }
  rewrite E. field. lra.
Qed.

Lemma power_limit_same D m n X y v v' : power_gradient_flow D m n X y v -> power_gradient_flow D m n X y v' ->
  (forall l j, (l < 2)%nat -> (j < m)%nat -> v l j 0 = v' l j 0) ->
  forall j t, (j < m)%nat -> 0 <= t -> v 0%nat j t ^ D - v 1%nat j t ^ D = v' 0%nat j t ^ D - v' 1%nat j t ^ D.
Proof.
  intros Fl Fl' V0 j t Hj Ht. destruct (power_one_flow D m n X y (fun l j => v' l j 0)) as [u [_ [_ Un]]].
  rewrite (Un v Fl V0 0%nat), (Un v Fl V0 1%nat), (Un v' Fl' (fun _ _ _ _ => eq_refl) 0%nat),
    (Un v' Fl' (fun _ _ _ _ => eq_refl) 1%nat) by (auto; lia). reflexivity.
Qed.

Lemma squares_from m n X y a mu : (forall j, (j < m)%nat -> 0 < a j) -> 0 < mu -> row_rank_bound m n X mu ->
  let Q b := Sum m (fun j =>
    / 2 * (b j * arcsinh (b j / (2 * a j ^ 2)) - sqrt (b j ^ 2 + 4 * a j ^ 4) + 2 * a j ^ 2)) in
  exists limit : nat -> R,
    feasible m n X y limit /\
    (forall b, feasible m n X y b -> (forall j, (j < m)%nat -> b j = limit j) \/ Q limit < Q b) /\
    from_start 2 (fun _ => m) (power_gradient_flow 2 m n X y) (fun _ j => a j) (fun v =>
      forall j, (j < m)%nat -> is_lim (fun t => v 0%nat j t ^ 2 - v 1%nat j t ^ 2) p_infty (limit j)).
Proof.
  intros Pa Pmu Rk Q. pose proof (power_one_flow 2 m n X y (fun _ j => a j)) as One. destruct One as [v [Fl [V0 Un]]].
  destruct (squares_limit m n X y a mu v Pa Pmu Rk V0 Fl) as [beta [Lim [Feas Min]]]. exists beta.
  split; [exact Feas | split].
  - intros b Fb. destruct (Min b Fb) as [E|Lt]; [left; exact E | right].
    assert (Eq : forall x, Sum m (fun j => (2 * a j) ^ 2 * HL 2 (x j / (2 * a j) ^ 2)) = Q x)
      by (intros x; apply Sum_ext; intros j Hj; apply half_square_potential, Pa, Hj).
    rewrite !Eq in Lt. exact Lt.
  - split; [exists v; auto|]. intros v' Fl' V0' j Hj.
    apply (is_lim_ext_loc (fun t => v 0%nat j t ^ 2 - v 1%nat j t ^ 2)); [|apply Lim, Hj].
    exists 0. intros t Ht. apply (power_limit_same 2 m n X y v v' Fl Fl'); auto; [|lra].
    intros l c Hl Hc. rewrite V0, V0'; auto.
Qed.

Lemma powers_from D m n X y a mu : (3 <= D)%nat -> (forall j, (j < m)%nat -> 0 < a j) -> 0 < mu ->
  row_rank_bound m n X mu ->
  exists limit nu : nat -> R,
    feasible m n X y limit /\
    (forall j, (j < m)%nat -> let c := INR (D - 2) * a j ^ (D - 2) * Sum n (fun i => X i j * nu i) in
       -1 < c < 1 /\ limit j = a j ^ D * power_of_dual D c) /\
    from_start 2 (fun _ => m) (power_gradient_flow D m n X y) (fun _ j => a j) (fun v =>
      forall j, (j < m)%nat -> is_lim (fun t => v 0%nat j t ^ D - v 1%nat j t ^ D) p_infty (limit j)).
Proof.
  intros HD Pa Pmu Rk. destruct (power_one_flow D m n X y (fun _ j => a j)) as [v [Fl [V0 Un]]].
  destruct (powers_limit m n X y a mu v Pa Pmu Rk V0 D HD Fl) as [beta [nu [Lim [Feas H]]]]. exists beta, nu.
  split; [exact Feas | split; [exact H|]]. split; [exists v; auto|]. intros v' Fl' V0' j Hj.
  apply (is_lim_ext_loc (fun t => v 0%nat j t ^ D - v 1%nat j t ^ D)); [|apply Lim, Hj].
  exists 0. intros t Ht. apply (power_limit_same D m n X y v v' Fl Fl'); auto; [|lra].
  intros l c Hl Hc. rewrite V0, V0'; auto.
Qed.

(* --- deep linear networks: K0 in their own parameters --- *)
Lemma fully_connected_loss_vanishes L n d X W t0 : (1 <= L)%nat -> (0 < n)%nat -> d L = 1%nat ->
  fully_connected_gradient_flow L n d X exponential W -> 0 <= t0 ->
  fully_connected_loss L n d X exponential (matrix_at W t0) < 1 ->
  is_lim (fun t => fully_connected_loss L n d X exponential (matrix_at W t)) p_infty 0.
Proof.
  intros HL Hn One Fl H0 Small. set (w := fun l c t => W l t (cell_row d l c) (cell_column d l c)).
  assert (E : forall t, tensor_loss L n (matrix_width d) (fun i => layers_tensor L d (X i)) exponential (at_time w t) =
    fully_connected_loss L n d X exponential (matrix_at W t)).
  { intros t. apply Sum_ext. intros i _. f_equal. apply (fully_connected_is_tensor L d One (X i) (matrix_at W t)). }
  destruct (normalised_margin L n (matrix_width d) (fun i => layers_tensor L d (X i)) w t0 HL Hn H0
    (fully_connected_tensor_flow L d One n X exponential W Fl)) as [_ [_ [_ [Lo _]]]].
  - rewrite E. exact Small.
  - exact (is_lim_ext _ _ _ _ E Lo).
Qed.

Lemma limit_along f l : is_lim f p_infty l -> is_lim_seq (fun p => f (INR p)) l.
Proof.
  intros H. apply (is_lim_comp_seq f INR p_infty l H); [exists 0%nat; intros p _; discriminate | apply is_lim_seq_INR].
Qed.

(* --- diagonal networks --- *)
Lemma diagonal_direction L m n X w0 : (0 < n)%nat -> (1 <= L)%nat ->
  from_start L (fun _ => m) (diagonal_classification_flow L m n X) w0 (fun v =>
    let beta t j := Prod L (fun l => v l j t) in
    let direction x j := x j / sqrt (Sum m (fun j => x j ^ 2)) in
    forall t0 (b : nat -> R), 0 <= t0 -> diagonal_exponential_loss L m n X (at_time v t0) < 1 ->
      (forall j, (j < m)%nat -> is_lim (fun t => direction (beta t) j) p_infty (b j)) ->
      exists rho lam, quasi_stationary L m n X rho lam /\ forall j, (j < m)%nat -> b j = direction rho j).
Proof.
  intros Hn HL. split.
  - eapply one_flow_iff; [|apply (classification_one_flow L m m n (fun _ => m) delta (fun _ c j => delta j c) X w0)].
    intros v. unfold classification_flow, diagonal_classification_flow.
    replace (network_exponential_loss L m m n (fun _ => m) delta (fun _ c j => delta j c) X)
      with (diagonal_exponential_loss L m n X); [reflexivity|].
    extensionality w. symmetry. apply diagonal_loss_network.
  - intros v Fl _ beta direction t0 b H0 Small Hb.
    apply (diagonal_every_direction L m n X Hn HL v t0 INR b H0 Fl Small is_lim_seq_INR).
    intros j Hj. apply (limit_along (fun t => direction (beta t) j)), Hb, Hj.
Qed.

(* one, three and more layers: the direction converges *)
Lemma diagonal_direction_tends L m n X v t0 : (0 < n)%nat -> (1 <= L)%nat -> L <> 2%nat -> 0 <= t0 ->
  diagonal_classification_flow L m n X v -> diagonal_exponential_loss L m n X (at_time v t0) < 1 ->
  let beta t j := Prod L (fun l => v l j t) in
  let direction x j := x j / sqrt (Sum m (fun j => x j ^ 2)) in
  exists rho lam, quasi_stationary L m n X rho lam /\
    forall j, (j < m)%nat -> is_lim (fun t => direction (beta t) j) p_infty (direction rho j).
Proof.
  intros Hn HL N2 H0 Fl Small beta direction. set (basis := fun _ c j : nat => delta j c).
  assert (Net : classification_flow L m m n (fun _ => m) delta basis X v).
  { intros l c Hl Hc. destruct (Fl l c Hl Hc) as [C D]. split; auto. intros t Pt.
    rewrite (Derive_ext _ (fun s => diagonal_exponential_loss L m n X (replace_entry (at_time v t) l c s))); auto.
    intros s. apply diagonal_loss_network. }
  destruct (odeco_direction_converges L m m n (fun _ => m) delta basis X v t0 Hn HL N2 (diagonal_orthonormal L m) H0 Net
    ltac:(rewrite diagonal_loss_network; exact Small)) as [rho [lam [Q Lim]]].
  assert (Bk : forall a, (a < m)%nat -> Sum m (fun j => delta j a * rho j) = rho a).
  { intros a Ha. rewrite (Sum_ext m _ (fun j => delta a j * rho j)) by (intros; rewrite delta_sym; reflexivity).
    apply (Sum_delta m a rho Ha). }
  assert (Same : forall x z : nat -> R, (forall a, (a < m)%nat -> x a = z a) ->
    forall a, (a < m)%nat -> direction x a = direction z a).
  { intros x z E a Ha. unfold direction. rewrite (E a Ha). f_equal. f_equal. apply Sum_ext. intros; rewrite E; auto. }
  exists rho, lam. split.
  - revert Q. apply quasi_stationary_ext; auto. intros i j Hj. apply (Sum_delta m j (fun a => X i a)); auto.
  - intros j Hj. rewrite <- (Same _ rho Bk j Hj).
    apply (is_lim_ext (fun t => direction (linear_coefficient L m (fun _ => m) delta basis (at_time v t)) j));
      [|apply Lim, Hj].
    intros t. apply Same; auto. intros a Ha. apply (diagonal_coefficient L m (at_time v t) a Ha).
Qed.

(* --- full-length circular convolutions --- *)
Lemma convolution_direction L d n X w0 : (0 < n)%nat -> (1 <= L)%nat -> (0 < d)%nat ->
  from_start L (fun _ => d) (tensor_gradient_flow L n (fun _ => d) (fun i =>
    circular L d (X i)) exponential) w0 (fun v =>
    let beta t := complex_beta L d (fun _ => d) (spectrum L d) (fourier d) (at_time v t) in
    let direction x a := x a / sqrt (Sum d (fun a => x a ^ 2)) in
    (forall t x, contract L (fun _ => d) (circular L d x) (at_time v t) = Sum d (fun a => x a * beta t a)) /\
    forall t0 (b : nat -> R), 0 <= t0 ->
      tensor_loss L n (fun _ => d) (fun i => circular L d (X i)) exponential (at_time v t0) < 1 ->
      (forall a, (a < d)%nat -> is_lim (fun t => direction (beta t) a) p_infty (b a)) ->
      exists rho lam, complex_stationary L d d n (spectrum L d) X rho lam /\
        forall a, (a < d)%nat -> b a = direction (fun a => fst (CSum d (fun j => Cmult (spectrum L d j a) (rho j)))) a).
Proof.
  intros Hn HL Hd. split; [apply exponential_flow|]. intros v Fl _ beta direction.
  assert (Out : forall x w, complex_output L d d (fun _ => d) (spectrum L d) (fourier d) w x =
    RtoC (contract L (fun _ => d) (circular L d x) w))
    by (intros x w; apply convolution_is_complex_network; exact Hd).
  split.
  - intros t x. change (contract L (fun _ => d) (circular L d x) (at_time v t)) with
      (fst (RtoC (contract L (fun _ => d) (circular L d x) (at_time v t)))). rewrite <- Out.
    apply (output_beta L d d (fun _ => d) (spectrum L d) (fourier d) (fun _ => x) (at_time v t) 0%nat).
  - intros t0 b H0 Small Hb.
    assert (El : complex_loss L d d n (fun _ => d) (spectrum L d) (fourier d) X exponential =
      tensor_loss L n (fun _ => d) (fun i => circular L d (X i)) exponential).
    { extensionality w. apply Sum_ext. intros i _. rewrite Out. reflexivity. }
    destruct (complex_every_direction L d d n (fun _ => d) (spectrum L d) (fourier d) X Hn HL
      (fun l j j' _ Hj Hj' => fourier_unitary d Hd l j j' Hj Hj') (fun w i => f_equal snd (Out (X i) w)) v t0 H0)
      with (tau := INR) (b := b) as [rho [lam [St Dir]]].
    + unfold complex_gradient_flow. rewrite El. exact Fl.
    + rewrite El. exact Small.
    + apply is_lim_seq_INR.
    + intros a Ha. apply (limit_along (fun t => direction (beta t) a)), Hb, Ha.
    + exists rho, lam. split; [exact St | exact Dir].
Qed.
