(* Gradient flow in the original parameters of a real orthogonally decomposable network:
     f(x) = sum_j (S x)_j prod_l <u_{l,j}, v_l>,   U_l^T U_l = I,   v_l in R^{k_l},
   half squared loss over n points, v' = - (partial derivatives of the loss), written with [Derive]:
   no formula for the gradient is assumed. The reduced coordinates eta_l = U_l^T v_l solve the
   equations of Flow.v with A = X S^T, so R1 and R2 hold for the network itself. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias DepthPotential Regression.
Open Scope R_scope.

Section Network.
Variables (L d m n : nat) (k : nat -> nat).
Variable S : nat -> nat -> R.                  (* m x d *)
Variable U : nat -> nat -> nat -> R.           (* U l is k_l x m *)
Variable X : nat -> nat -> R.                  (* n x d *)
Variable y : nat -> R.

Definition reduced (w : nat -> nat -> R) (j l : nat) : R := Sum (k l) (fun c => U l c j * w l c).

(* network output at the input x, and its linear coefficients beta = S^T rho: f(x) = <x, beta> *)
Definition output (w : nat -> nat -> R) (x : nat -> R) : R :=
  Sum m (fun j => Sum d (fun a => S j a * x a) * Prod L (fun l => Sum (k l) (fun c => U l c j * w l c))).
Definition linear_coefficient (w : nat -> nat -> R) (a : nat) : R :=
  Sum m (fun j => S j a * coefficient L (reduced w) j).
Definition network_loss (w : nat -> nat -> R) : R :=
  / 2 * Sum n (fun i => (output w (X i) - y i) ^ 2).

Definition replace_entry (w : nat -> nat -> R) (l c : nat) (s : R) : nat -> nat -> R :=
  fun l' c' => if Nat.eqb l' l then if Nat.eqb c' c then s else w l' c' else w l' c'.

Definition gradient_flow (v : nat -> nat -> R -> R) : Prop :=
  forall l c, (l < L)%nat -> (c < k l)%nat ->
    filterlim (v l c) (at_right 0) (locally (v l c 0)) /\
    forall t, 0 < t -> is_derive (v l c) t
      (- Derive (fun s => network_loss (replace_entry (at_time v t) l c s)) (v l c t)).

Definition orthonormal : Prop :=
  forall l j j', (l < L)%nat -> (j < m)%nat -> (j' < m)%nat ->
    Sum (k l) (fun c => U l c j * U l c j') = delta j j'.

(* X S^T *)
Definition data_matrix (i j : nat) : R := Sum d (fun a => S j a * X i a).

Theorem output_linear w x : output w x = Sum d (fun a => x a * linear_coefficient w a).
Proof.
  unfold output, linear_coefficient.
  rewrite (Sum_ext d _ (fun a => Sum m (fun j => S j a * x a * coefficient L (reduced w) j))).
  - rewrite Sum_swap. apply Sum_ext. intros j _. rewrite Sum_scal_r. reflexivity.
  - intros a _. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

Lemma loss_reduced w : network_loss w = loss L m n data_matrix y (reduced w).
Proof. reflexivity. Qed.

(* --- the gradient --- *)
Lemma reduced_replace w l c s j l' : (l < L)%nat -> (c < k l)%nat ->
  reduced (replace_entry w l c s) j l' =
  if Nat.eqb l' l then reduced w j l + U l c j * (s - w l c) else reduced w j l'.
Proof.
  intros Hl Hc. unfold reduced, replace_entry. destruct (Nat.eqb_spec l' l) as [->|N]; [|reflexivity].
  rewrite (Sum_ext (k l) _ (fun c' => U l c' j * w l c' + delta c c' * (U l c' j * (s - w l c')))).
  - rewrite Sum_plus, (Sum_delta (k l) c (fun c' => U l c' j * (s - w l c'))) by auto. reflexivity.
  - intros c' _. unfold delta. rewrite (Nat.eqb_sym c c'). destruct (Nat.eqb c' c); ring.
Qed.

Lemma coefficient_replace w l c s j : (l < L)%nat -> (c < k l)%nat ->
  coefficient L (reduced (replace_entry w l c s)) j =
  coefficient L (reduced w) j + (s - w l c) * (U l c j * ProdBut L (reduced w j) l).
Proof.
  intros Hl Hc. unfold coefficient.
  rewrite <- (ProdBut_mul L (fun l' => reduced (replace_entry w l c s) j l') l Hl).
  rewrite <- (ProdBut_mul L (fun l' => reduced w j l') l Hl).
  rewrite reduced_replace, Nat.eqb_refl by auto.
  rewrite (ProdBut_ext L _ (reduced w j)).
  - change (fun l' => reduced w j l') with (reduced w j). ring.
  - intros k' Hk N. rewrite reduced_replace by auto. destruct (Nat.eqb_spec k' l); [contradiction | reflexivity].
Qed.

Theorem partial_derivative w l c : (l < L)%nat -> (c < k l)%nat ->
  is_derive (fun s => network_loss (replace_entry w l c s)) (w l c)
    (Sum m (fun j => U l c j * (dual_gradient L m n data_matrix y (reduced w) j * ProdBut L (reduced w j) l))).
Proof.
  intros Hl Hc.
  set (b := fun i => Sum m (fun j => data_matrix i j * (U l c j * ProdBut L (reduced w j) l))).
  set (r := fun i => residual L m data_matrix y (reduced w) i).
  assert (Aff : forall s i, residual L m data_matrix y (reduced (replace_entry w l c s)) i
    = r i + (s - w l c) * b i).
  { intros s i. unfold r, b, residual. rewrite <- Sum_scal_l.
    rewrite (Sum_ext m (fun j => data_matrix i j * coefficient L (reduced (replace_entry w l c s)) j)
      (fun j => data_matrix i j * coefficient L (reduced w) j
         + (s - w l c) * (data_matrix i j * (U l c j * ProdBut L (reduced w j) l)))).
    - rewrite Sum_plus. ring.
    - intros j _. rewrite coefficient_replace by auto. ring. }
  apply (is_derive_ext (fun s => / 2 * Sum n (fun i => (r i + (s - w l c) * b i) ^ 2))).
  { intros s. rewrite loss_reduced. unfold loss. f_equal. apply Sum_ext. intros i _. rewrite Aff. reflexivity. }
  replace (Sum m (fun j => U l c j * (dual_gradient L m n data_matrix y (reduced w) j * ProdBut L (reduced w j) l)))
    with (/ 2 * Sum n (fun i => 2 * (r i * b i))).
  - apply (is_derive_scal (fun s => Sum n (fun i => (r i + (s - w l c) * b i) ^ 2))).
    enough (D : forall N, is_derive (fun s => Sum N (fun i => (r i + (s - w l c) * b i) ^ 2)) (w l c)
                 (Sum N (fun i => 2 * (r i * b i)))) by apply D.
    induction N as [|N IH]; simpl Sum.
    + apply (is_derive_const 0).
    + apply (is_derive_plus (fun s => Sum N (fun i => (r i + (s - w l c) * b i) ^ 2))
                            (fun s => (r N + (s - w l c) * b N) ^ 2)); auto.
      auto_derive; auto. ring.
  - rewrite Sum_scal_l, <- Rmult_assoc, Rinv_l, Rmult_1_l by lra.
    unfold b.
    rewrite (Sum_ext n _ (fun i => Sum m (fun j =>
       (U l c j * ProdBut L (reduced w j) l) * (data_matrix i j * r i))))
      by (intros i _; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
    rewrite Sum_swap. apply Sum_ext. intros j _. rewrite Sum_scal_l.
    change (dual_gradient L m n data_matrix y (reduced w) j) with (Sum n (fun i => data_matrix i j * r i)).
    ring.
Qed.

(* --- the reduction --- *)
Hypothesis U_orthonormal : orthonormal.
Variable v : nat -> nat -> R -> R.
Hypothesis v_flow : gradient_flow v.

Definition reduced_path (j l : nat) (t : R) : R := reduced (at_time v t) j l.

Lemma parameter_derivative l c t : (l < L)%nat -> (c < k l)%nat -> 0 < t ->
  is_derive (v l c) t
    (Sum m (fun j => U l c j * velocity L m n data_matrix y (at_time reduced_path t) j l)).
Proof.
  intros Hl Hc Ht. destruct (v_flow l c Hl Hc) as [_ D]. specialize (D t Ht).
  pose proof (is_derive_unique _ _ _ (partial_derivative (at_time v t) l c Hl Hc)) as E.
  match type of D with is_derive _ _ (- ?x) =>
    match type of E with _ = ?e => replace x with e in D by (symmetry; exact E) end end.
  match type of D with is_derive _ _ ?x => replace (Sum m _) with x; [exact D|] end.
  rewrite <- (Rmult_1_l (Sum m _)), <- Ropp_mult_distr_l_reverse, <- Sum_scal_l.
  apply Sum_ext. intros j _. unfold velocity.
  change (at_time reduced_path t) with (reduced (at_time v t)).
  change (fun k0 => reduced (at_time v t) j k0) with (reduced (at_time v t) j). ring.
Qed.

Lemma filterlim_Sum N (f : nat -> R -> R) F {FF : Filter F} (x : nat -> R) :
  (forall c, (c < N)%nat -> filterlim (f c) F (locally (x c))) ->
  filterlim (fun t => Sum N (fun c => f c t)) F (locally (Sum N x)).
Proof.
  induction N as [|N IH]; intros H; simpl.
  - apply filterlim_const.
  - apply (filterlim_comp_2 (G := locally (Sum N x)) (H := locally (x N))); auto.
    apply (filterlim_plus (V := R_NormedModule)).
Qed.

Lemma filterlim_scale F {FF : Filter F} (f : R -> R) (a x : R) :
  filterlim f F (locally x) -> filterlim (fun t => a * f t) F (locally (a * x)).
Proof.
  intros H. apply (filterlim_comp _ _ _ f (fun u => a * u) F (locally x)); auto.
  apply (filterlim_scal_r (V := R_NormedModule) a x).
Qed.

(* U_l^T takes what moves by combinations of the columns of U_l to the coefficients of these *)
Lemma reduced_continuous j l : (l < L)%nat ->
  (forall c, (c < k l)%nat -> filterlim (v l c) (at_right 0) (locally (v l c 0))) ->
  filterlim (reduced_path j l) (at_right 0) (locally (reduced_path j l 0)).
Proof.
  intros Hl C. apply (filterlim_Sum (k l) (fun c t => U l c j * v l c t) (at_right 0) (fun c => U l c j * v l c 0)).
  intros c Hc. apply (filterlim_scale (at_right 0) (v l c) (U l c j) (v l c 0)), C, Hc.
Qed.

Lemma reduced_derivative j l t G : (j < m)%nat -> (l < L)%nat ->
  (forall c, (c < k l)%nat -> is_derive (v l c) t (Sum m (fun j' => U l c j' * G j'))) ->
  is_derive (reduced_path j l) t (G j).
Proof.
  intros Hj Hl Dv. replace (G j) with (Sum (k l) (fun c => U l c j * Sum m (fun j' => U l c j' * G j'))).
  - apply (is_derive_Sum (k l) (fun c t => U l c j * v l c t)). intros c Hc. apply (is_derive_scal (v l c)), Dv, Hc.
  - rewrite (Sum_ext (k l) _ (fun c => Sum m (fun j' => (U l c j * U l c j') * G j')))
      by (intros c _; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
    rewrite Sum_swap.
    rewrite (Sum_ext m _ (fun j' => delta j j' * G j')) by (intros j' Hj'; rewrite Sum_scal_r, U_orthonormal; auto).
    apply (Sum_delta m j G Hj).
Qed.

Theorem network_reduction : solution L m n data_matrix y reduced_path.
Proof.
  intros j l Hj Hl. split; [apply reduced_continuous; auto; intros c Hc; apply (v_flow l c Hl Hc)|].
  intros t Ht.
  apply (reduced_derivative j l t (fun j => velocity L m n data_matrix y (at_time reduced_path t) j l)); auto.
  intros c Hc. apply parameter_derivative; auto.
Qed.

(* what the reduced coordinates do not see does not move: the parameters converge with them *)
Lemma orthogonal_part l c t : (l < L)%nat -> (c < k l)%nat -> 0 <= t ->
  v l c t = v l c 0 + Sum m (fun j => U l c j * (reduced_path j l t - reduced_path j l 0)).
Proof.
  intros Hl Hc Ht.
  destruct (v_flow l c Hl Hc) as [C _].
  pose proof (path_extend _ _ C (fun u Hu => parameter_derivative l c u Hl Hc Hu)) as P1.
  assert (P2 : path (fun u => Sum m (fun j => U l c j * extend reduced_path j l u))
    (fun u => Sum m (fun j => U l c j * velocity L m n data_matrix y (at_time reduced_path u) j l))).
  { apply (path_sum m (fun j u => U l c j * extend reduced_path j l u)). intros j Hj. apply path_scal.
    destruct (network_reduction j l Hj Hl) as [Cj Dj]. apply (path_extend _ _ Cj Dj). }
  assert (P0 : path (fun u => v l c (Rmax 0 u) - Sum m (fun j => U l c j * extend reduced_path j l u)) (fun _ => 0)).
  { apply (path_eq _ _ _ (path_minus _ _ _ _ P1 P2)). intros; ring. }
  pose proof (path_constant _ t P0 Ht) as E. cbv beta in E. unfold extend in E.
  rewrite (Rmax_right 0 t), (Rmax_left 0 0) in E by lra.
  rewrite (Sum_ext m _ (fun j => U l c j * reduced_path j l t - U l c j * reduced_path j l 0)) by (intros; ring).
  rewrite Sum_minus. lra.
Qed.
(* what the limits of the reduced coordinates say about the network *)
Lemma network_limits (w : nat -> nat -> R) :
  (forall j l, (j < m)%nat -> (l < L)%nat -> is_lim (reduced_path j l) p_infty (w j l)) ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> exists x : R, is_lim (v l c) p_infty x) /\
  forall a, is_lim (fun t => linear_coefficient (at_time v t) a) p_infty (Sum m (fun j =>
    S j a * coefficient L w j)).
Proof.
  intros Conv. split.
  - intros l c Hl Hc. eexists.
    apply (is_lim_ext_loc (fun t => v l c 0 + Sum m (fun j =>
      U l c j * (reduced_path j l t - reduced_path j l 0)))).
    + exists 0. intros t Ht. symmetry. apply orthogonal_part; auto; lra.
    + apply is_lim_plus'; [apply is_lim_const|].
      apply (is_lim_Sum m (fun j t => U l c j * (reduced_path j l t - reduced_path j l 0))
               (fun j => U l c j * (w j l - reduced_path j l 0))).
      intros j Hj. apply is_lim_scale. apply is_lim_minus'; [apply Conv; auto | apply is_lim_const].
  - intros a. apply (is_lim_Sum m (fun j t => S j a * coefficient L (reduced (at_time v t)) j)
      (fun j => S j a * coefficient L w j)).
    intros j Hj. apply is_lim_scale. apply (is_lim_Prod L (reduced_path j)). intros l Hl. apply Conv; auto.
Qed.
End Network.

(* --- R1 and R2 for the gradient flow of the network --- *)
Theorem odeco_network_regression
  (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R)
  (X : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R)
  (alpha : R) (etabar : nat -> R) (mu : R) :
  (2 <= L)%nat ->
  orthonormal L m k U ->
  gradient_flow L d m n k S U X y v ->
  0 < alpha ->
  (forall j, (j < m)%nat -> etabar j <> 0) ->
  (* U_l^T v_l(0) = alpha etabar for all layers but the last, where it is 0; what U_l^T does not see is free *)
  (forall j l, (j < m)%nat -> (l < L - 1)%nat -> Sum (k l) (fun c => U l c j * v l c 0) = alpha * etabar j) ->
  (forall j, (j < m)%nat -> Sum (k (L - 1)%nat) (fun c => U (L - 1)%nat c j * v (L - 1)%nat c 0) = 0) ->
  0 < mu -> row_rank_bound m n (data_matrix d S X) mu ->
  let A := data_matrix d S X in
  let loss_at t := network_loss L d m n k S U X y (at_time v t) in
  let beta t := linear_coefficient L m k S U (at_time v t) in
  let scale j := alpha * Rabs (etabar j) in
  let Q x := alpha ^ 2 * Sum m (fun j => etabar j ^ 2 * HL L (x j / scale j ^ L)) in
  exists rho : nat -> R,
    (* R1 *)
    (forall lambda t, 0 < lambda -> (forall j, (j < m)%nat -> lambda <= scale j ^ 2) -> 0 <= t ->
       loss_at t <= loss_at 0 * exp (- (2 * lambda ^ (L - 1) * mu) * t)) /\
    (* every parameter of the network converges, and beta converges to S^T rho *)
    (forall l c, (l < L)%nat -> (c < k l)%nat -> exists x : R, is_lim (v l c) p_infty x) /\
    (forall a, is_lim (fun t => beta t a) p_infty (Sum m (fun j => S j a * rho j))) /\
    (* which interpolates *)
    (forall i, (i < n)%nat -> Sum d (fun a => X i a * Sum m (fun j => S j a * rho j)) = y i) /\
    (* R2 *)
    feasible m n A y rho /\
    (forall x, feasible m n A y x -> (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x).
Proof.
  intros HL2 Orth Fl Pal He Start Last Pmu Rk A loss_at beta scale Q.
  pose proof (network_reduction L d m n k S U X y Orth v Fl) as Sol.
  destruct (implicit_bias_regression L m n A y (reduced_path k U v) alpha etabar mu
    HL2 Sol Pal He Start Last Pmu Rk) as [w [nu [R1 [Conv [Feas [_ Min]]]]]].
  destruct (network_limits L d m n k S U X y Orth v Fl w Conv) as [Par Lim].
  exists (coefficient L w). split; [|split; [|split; [|split; [|split]]]].
  - intros lambda t Pl Hl Ht. apply (R1 lambda Pl Hl t Ht).
  - exact Par.
  - exact Lim.
  - intros i Hi. rewrite <- (Feas i Hi). unfold A, data_matrix.
    rewrite (Sum_ext d _ (fun a => Sum m (fun j => S j a * X i a * coefficient L w j)))
      by (intros a _; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
    rewrite Sum_swap. apply Sum_ext. intros j _. apply Sum_scal_r.
  - exact Feas.
  - exact Min.
Qed.
