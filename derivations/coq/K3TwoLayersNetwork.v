(* K3, two layers, for the network itself: f(x) = sum_j (S x)_j prod_l <u_{l,j}, v_l>, U_l^T U_l = I, labels absorbed in
   the rows of X, loss sum_i exp(-f(X_i)), v' = - (partial derivatives of the loss) written with [Derive]. In the
   reduced coordinates eta_l = U_l^T v_l this is the flow of K3TwoLayersFlow.v with A = X S^T, so beta = S^T rho tends
   in direction to S^T z, z the l1 max-margin solution over the signs that the start allows. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Potential Kkt Network Classification K3TwoLayersScalar
  K3TwoLayersFlow K3TwoLayers.
Open Scope R_scope.

Section Network.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R) (X : nat -> nat -> R).
Let A := data_matrix d S X.

Lemma exponential_loss_reduced w : network_exponential_loss L d m n k S U X w = exponential_loss m n A
  (coefficient L (reduced k U w)).
Proof. reflexivity. Qed.

Theorem exponential_partial_derivative w l c : (l < L)%nat -> (c < k l)%nat ->
  is_derive (fun s => network_exponential_loss L d m n k S U X (replace_entry w l c s)) (w l c)
    (- Sum m (fun j => U l c j * (pull m n A (coefficient L (reduced k U w)) j * ProdBut L (reduced k U w j) l))).
Proof.
  intros Hl Hc. set (rho := coefficient L (reduced k U w)).
  set (b := fun i => Sum m (fun j => A i j * (U l c j * ProdBut L (reduced k U w j) l))).
  apply (is_derive_ext (fun s => Sum n (fun i => exp (- (margin_at m A rho i + (s - w l c) * b i))))).
  { intros s. rewrite exponential_loss_reduced. apply Sum_ext. intros i _. do 2 f_equal. unfold b, margin_at, rho.
    rewrite <- Sum_scal_l, <- Sum_plus. apply Sum_ext. intros j _. rewrite coefficient_replace by auto. ring. }
  replace (- Sum m _) with (Sum n (fun i => - b i * exp (- margin_at m A rho i))).
  - enough (Dv : forall N, is_derive (fun s =>
      Sum N (fun i => exp (- (margin_at m A rho i + (s - w l c) * b i)))) (w l c)
                 (Sum N (fun i => - b i * exp (- margin_at m A rho i)))) by apply Dv.
    induction N as [|N IH]; simpl Sum.
    + apply (is_derive_const 0).
    + apply (is_derive_plus (fun s => Sum N (fun i => exp (- (margin_at m A rho i + (s - w l c) * b i))))
                            (fun s => exp (- (margin_at m A rho N + (s - w l c) * b N)))); auto.
      auto_derive; auto. replace (margin_at m A rho N + (w l c + - w l c) * b N) with (margin_at m A rho N) by ring.
      ring.
  - rewrite <- Sum_opp.
    rewrite (Sum_ext n _ (fun i => Sum m (fun j => - (U l c j * ProdBut L (reduced k U w j) l) *
      (A i j * exp (- margin_at m A rho i))))).
    + rewrite Sum_swap. apply Sum_ext. intros j _. rewrite Sum_scal_l. unfold pull. ring.
    + intros i _. unfold b. rewrite <- Sum_opp, <- Sum_scal_r. apply Sum_ext. intros; ring.
Qed.

Hypothesis U_orthonormal : orthonormal L m k U.
Variable v : nat -> nat -> R -> R.
Hypothesis v_flow : classification_flow L d m n k S U X v.
Let rho t := coefficient L (reduced k U (at_time v t)).

Theorem classification_reduction : classification_solution m n A L (reduced_path k U v).
Proof.
  intros j l Hj Hl. split.
  - apply (reduced_continuous L k U v j l Hl). intros c Hc. apply (v_flow l c Hl Hc).
  - intros t Ht. apply (reduced_derivative L m k U U_orthonormal v j l t
      (fun j => pull m n A (rho t) j * ProdBut L (reduced k U (at_time v t) j) l)); auto.
    intros c Hc. destruct (v_flow l c Hl Hc) as [_ Dv]. specialize (Dv t Ht).
    pose proof (is_derive_unique _ _ _ (exponential_partial_derivative (at_time v t) l c Hl Hc)) as E.
    match type of Dv with is_derive _ _ (- ?x) =>
      match type of E with _ = ?e => replace x with e in Dv by (symmetry; exact E) end end.
    rewrite Ropp_involutive in Dv. exact Dv.
Qed.
End Network.

(* --- directions of beta --- *)
Theorem odeco_network_l1_max_margin
  (d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R)
  (X : nat -> nat -> R) (v : nat -> nat -> R -> R) (z : nat -> R) :
  (0 < n)%nat ->
  orthonormal 2 m k U ->
  classification_flow 2 d m n k S U X v ->
  let A := data_matrix d S X in
  let eta l j := Sum (k l) (fun c => U l c j * v l c 0) in
  let start_allows := allowed m (eta 0%nat) (eta 1%nat) in
  let loss_at t := network_exponential_loss 2 d m n k S U X (at_time v t) in
  let rho t := coefficient 2 (reduced k U (at_time v t)) in
  let beta t := linear_coefficient 2 m k S U (at_time v t) in
  let limit a := Sum m (fun j => S j a * z j) in
  (* z: the only solution of min |x|_1 subject to margins at least 1 and the signs that the start allows *)
  start_allows z -> margin_feasible m n A z ->
  (forall x, start_allows x -> margin_feasible m n A x -> l1 m x <= l1 m z -> forall j, (j < m)%nat -> x j = z j) ->
  is_lim loss_at p_infty 0 /\
  (forall r, 0 < r < 1 -> exists t1, 1 < t1 /\ forall t, t1 <= t -> loss_at t <= l1 m z / (r * (2 * t * ln t))) /\
  (forall j, (j < m)%nat -> is_lim (fun t => rho t j / l1 m (rho t)) p_infty (z j / l1 m z)) /\
  0 < euclid d limit /\
  (forall a, (a < d)%nat -> is_lim (fun t => beta t a / euclid d (beta t)) p_infty (limit a / euclid d limit)).
Proof.
  intros Hn Orth Fl A eta start_allows loss_at rho beta limit Az Fz Uz.
  pose proof (classification_reduction 2 d m n k S U X Orth v Fl) as Sol. fold A in Sol.
  destruct (two_layer_l1_max_margin m n A (reduced_path k U v) z Hn Sol Az Fz Uz) as [Lo [Pa Di]].
  split; [exact Lo|]. split; [exact Pa|]. split; [exact Di|].
  assert (Pz : 0 < l1 m z) by (apply (z_norm_pos m n A Hn z Fz)).
  assert (Pl : 0 < euclid d limit).
  { apply sqrt_lt_R0. assert (P0 : 0 <= Sum d (fun a => limit a ^ 2)) by (apply Sum_nonneg; intros; apply pow2_ge_0).
    destruct P0 as [|Z]; auto. exfalso. pose proof (Fz 0%nat Hn) as F0.
    assert (E : Sum m (fun j => A 0%nat j * z j) = Sum d (fun a => X 0%nat a * limit a)).
    { unfold A, data_matrix, limit.
      rewrite (Sum_ext m _ (fun j => Sum d (fun a => X 0%nat a * (S j a * z j))))
        by (intros; rewrite <- Sum_scal_r; apply Sum_ext; intros; ring).
      rewrite Sum_swap. apply Sum_ext. intros a _. apply Sum_scal_l. }
    rewrite E, Sum_zero in F0; [lra|]. intros a Ha.
    pose proof (Sum_term d (fun a => limit a ^ 2) a Ha ltac:(intros; apply pow2_ge_0)) as Ta. cbv beta in Ta.
    assert (limit a = 0) by (destruct (Req_dec (limit a) 0) as [|N]; auto; apply Rsqr_pos_lt in N;
      rewrite Rsqr_pow2 in N; lra).
    rewrite H. ring. }
  split; [exact Pl|]. intros a Ha.
  destruct (two_layer_margin m n A (reduced_path k U v) Sol Hn z Az Fz 0 ltac:(lra)) as [t1 [_ Pos]].
  assert (Sc : forall a, limit a / l1 m z = / l1 m z * limit a) by (intros; unfold Rdiv; ring).
  replace (limit a / euclid d limit) with ((limit a / l1 m z) / euclid d (fun a => limit a / l1 m z)).
  - apply (direction_of_scaled d (fun a t => beta t a) (fun t => / l1 m (rho t)) (fun a => limit a / l1 m z) t1); auto.
    + intros t Ht. apply Rinv_0_lt_compat, (Pos t ltac:(lra)).
    + replace (fun a => limit a / l1 m z) with (fun a => / l1 m z * limit a) by (extensionality i; auto).
      rewrite euclid_scale by (left; apply Rinv_0_lt_compat; auto). apply Rmult_lt_0_compat; auto.
      apply Rinv_0_lt_compat; auto.
    + intros a' _. unfold limit, Rdiv. rewrite <- Sum_scal_r.
      apply (is_lim_ext (fun t => Sum m (fun j => S j a' * (rho t j / l1 m (rho t))))).
      * intros t. unfold beta, linear_coefficient. rewrite <- Sum_scal_l. apply Sum_ext. intros j _. unfold Rdiv, rho.
        ring.
      * rewrite (Sum_ext m (fun j => S j a' * z j * / l1 m z) (fun j => S j a' * (z j / l1 m z)))
          by (intros; unfold Rdiv; ring).
        apply (is_lim_Sum m (fun j t => S j a' * (rho t j / l1 m (rho t))) (fun j => S j a' * (z j / l1 m z))).
        intros j Hj. apply is_lim_scale, Di; auto.
  - replace (fun a => limit a / l1 m z) with (fun a => / l1 m z * limit a) by (extensionality i; auto).
    rewrite euclid_scale by (left; apply Rinv_0_lt_compat; auto). field. lra.
Qed.
