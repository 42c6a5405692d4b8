(* Diagonal networks f(x) = sum_j x_j prod_l v_{l,j}: their gradient flow, written with partial
   derivatives of the loss only, is the flow of Flow.v with A = X; hence R1 and R2. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt DepthPotential Regression Network Conserved.
Open Scope R_scope.

Lemma delta_sym i j : delta i j = delta j i.
Proof. unfold delta. rewrite Nat.eqb_sym. reflexivity. Qed.

(* a velocity and a solution depend on the entries they speak of only *)
Lemma velocity_ext L m n A A' y (w w' : nat -> nat -> R) j l :
  (forall i j, (i < n)%nat -> (j < m)%nat -> A i j = A' i j) ->
  (forall j l, (j < m)%nat -> (l < L)%nat -> w j l = w' j l) -> (j < m)%nat ->
    velocity L m n A y w j l = velocity L m n A' y w' j l.
Proof.
  intros EA Ew Hj. unfold velocity. f_equal.
  - f_equal. unfold dual_gradient. apply Sum_ext. intros i Hi. rewrite EA by auto. f_equal.
    unfold residual. f_equal. apply Sum_ext. intros j' Hj'. rewrite EA by auto. f_equal.
    unfold coefficient. apply Prod_ext. intros l' Hl'. rewrite Ew; auto.
  - apply ProdBut_ext. intros l' Hl' _. rewrite Ew; auto.
Qed.

Lemma solution_ext L m n A A' y (v v' : nat -> nat -> R -> R) :
  (forall i j, (i < n)%nat -> (j < m)%nat -> A i j = A' i j) ->
  (forall j l, (j < m)%nat -> (l < L)%nat -> v j l = v' j l) ->
  solution L m n A y v -> solution L m n A' y v'.
Proof.
  intros EA Ev Sol j l Hj Hl. rewrite <- Ev by auto. destruct (Sol j l Hj Hl) as [C D].
  split; auto. intros t Ht.
  rewrite <- (velocity_ext L m n A A' y (at_time v t) (at_time v' t) j l); auto.
  intros j' l' Hj' Hl'. unfold at_time. rewrite Ev; auto.
Qed.

Section Diagonal.
Variables (L m n : nat) (X : nat -> nat -> R) (y : nat -> R).

Definition diagonal_loss (w : nat -> nat -> R) : R :=
  / 2 * Sum n (fun i => (Sum m (fun j => X i j * Prod L (fun l => w l j)) - y i) ^ 2).

(* v l j: entry j of layer l *)
Definition diagonal_gradient_flow (v : nat -> nat -> R -> R) : Prop :=
  forall l j, (l < L)%nat -> (j < m)%nat ->
    filterlim (v l j) (at_right 0) (locally (v l j 0)) /\
    forall t, 0 < t -> is_derive (v l j) t
      (- Derive (fun s => diagonal_loss (replace_entry (at_time v t) l j s)) (v l j t)).

Let width (_ : nat) := m.
Let basis (_ c j : nat) := delta j c.

Lemma diagonal_orthonormal : orthonormal L m width basis.
Proof.
  intros l j j' _ Hj Hj'. unfold basis, width. rewrite (Sum_delta m j (fun c => delta j' c)) by auto.
  apply delta_sym.
Qed.

Lemma diagonal_is_network w : network_loss L m m n width delta basis X y w = diagonal_loss w.
Proof.
  unfold network_loss, diagonal_loss, output. f_equal. apply Sum_ext. intros i Hi. f_equal. f_equal.
  apply Sum_ext. intros j Hj. rewrite (Sum_delta m j (fun a => X i a)) by auto. f_equal.
  apply Prod_ext. intros l _. unfold basis, width. apply (Sum_delta m j (fun c => w l c)); auto.
Qed.

Theorem diagonal_solution v : diagonal_gradient_flow v -> solution L m n X y (fun j l => v l j).
Proof.
  intros Fl.
  assert (Net : gradient_flow L m m n width delta basis X y v).
  { intros l c Hl Hc. destruct (Fl l c Hl Hc) as [C D]. split; auto. intros t Ht.
    rewrite (Derive_ext _ (fun s => diagonal_loss (replace_entry (at_time v t) l c s))); auto.
    intros s. apply diagonal_is_network. }
  apply (solution_ext L m n (data_matrix m delta X) X y (reduced_path width basis v)).
  - intros i j Hi Hj. unfold data_matrix. apply (Sum_delta m j (fun a => X i a)); auto.
  - intros j l Hj Hl. extensionality t. unfold reduced_path, reduced, basis, width, at_time.
    apply (Sum_delta m j (fun c => v l c t)); auto.
  - apply (network_reduction L m m n width delta basis X y diagonal_orthonormal v Net).
Qed.
End Diagonal.

(* C5: entry by entry *)
Theorem diagonal_differences_constant (L m n : nat) (X : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R) :
  diagonal_gradient_flow L m n X y v ->
  forall j k l t, (j < m)%nat -> (k < L)%nat -> (l < L)%nat -> 0 <= t ->
    v k j t ^ 2 - v l j t ^ 2 = v k j 0 ^ 2 - v l j 0 ^ 2.
Proof.
  intros Fl j k l t. exact (differences_of_squares_constant L m n X y (fun j l =>
    v l j) (diagonal_solution L m n X y v Fl) j k l t).
Qed.

(* R1 and R2 for diagonal networks *)
Theorem diagonal_network_regression
  (L m n : nat) (X : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R)
  (alpha : R) (etabar : nat -> R) (mu : R) :
  (2 <= L)%nat ->
  diagonal_gradient_flow L m n X y v ->
  0 < alpha ->
  (forall j, (j < m)%nat -> etabar j <> 0) ->
  (forall l j, (l < L - 1)%nat -> (j < m)%nat -> v l j 0 = alpha * etabar j) ->
  (forall j, (j < m)%nat -> v (L - 1)%nat j 0 = 0) ->
  0 < mu -> row_rank_bound m n X mu ->
  let loss_at t := diagonal_loss L m n X y (at_time v t) in
  let scale j := alpha * Rabs (etabar j) in
  let Q x := alpha ^ 2 * Sum m (fun j => etabar j ^ 2 * HL L (x j / scale j ^ L)) in
  exists beta : nat -> R,
    (forall lambda t, 0 < lambda -> (forall j, (j < m)%nat -> lambda <= scale j ^ 2) -> 0 <= t ->
       loss_at t <= loss_at 0 * exp (- (2 * lambda ^ (L - 1) * mu) * t)) /\
    (forall j, (j < m)%nat -> is_lim (fun t => Prod L (fun l => v l j t)) p_infty (beta j)) /\
    feasible m n X y beta /\
    (forall x, feasible m n X y x -> (forall j, (j < m)%nat -> x j = beta j) \/ Q beta < Q x).
Proof.
  intros HL2 Fl Pal He Hf Hlast Pmu Rk loss_at scale Q.
  destruct (implicit_bias_regression L m n X y (fun j l => v l j) alpha etabar mu HL2
    (diagonal_solution L m n X y v Fl) Pal He (fun j l Hj Hl => Hf l j Hl Hj) Hlast Pmu Rk)
    as [w [nu [R1 [Conv [Feas [_ Min]]]]]].
  exists (coefficient L w). split; [|split; [|split]].
  - intros lambda t Pl Hl Ht. apply (R1 lambda Pl Hl t Ht).
  - intros j Hj. apply (is_lim_Prod L (fun l t => v l j t)). auto.
  - exact Feas.
  - exact Min.
Qed.

(* R9 for the linear model itself: f(x) = <x, beta>, half squared loss, any start *)
Section LinearModel.
Variables (m n : nat) (X : nat -> nat -> R) (y : nat -> R).

Definition linear_loss (beta : nat -> R) : R := / 2 * Sum n (fun i => (Sum m (fun j => X i j * beta j) - y i) ^ 2).

Definition linear_gradient_flow (beta : nat -> R -> R) : Prop :=
  forall j, (j < m)%nat ->
    filterlim (beta j) (at_right 0) (locally (beta j 0)) /\
    forall t, 0 < t -> is_derive (beta j) t
      (- Derive (fun s => linear_loss (fun j' => if Nat.eqb j' j then s else beta j' t)) (beta j t)).

Lemma linear_solution beta : linear_gradient_flow beta -> solution 1 m n X y (fun j _ => beta j).
Proof.
  intros Fl. apply (diagonal_solution 1 m n X y (fun _ j => beta j)). intros l j Hl Hj.
  destruct (Fl j Hj) as [C D]. split; auto. intros t Ht.
  rewrite (Derive_ext _ (fun s => linear_loss (fun j' => if Nat.eqb j' j then s else beta j' t))); auto.
  intros s. unfold diagonal_loss, linear_loss. f_equal. apply Sum_ext. intros i _. f_equal. f_equal.
  apply Sum_ext. intros j' _. f_equal. cbn [Prod]. rewrite Rmult_1_l. unfold replace_entry, at_time.
  replace l with 0%nat by lia. reflexivity.
Qed.

Theorem linear_model_regression (beta : nat -> R -> R) (mu : R) :
  linear_gradient_flow beta -> 0 < mu -> row_rank_bound m n X mu ->
  exists limit : nat -> R,
    (forall j, (j < m)%nat -> is_lim (beta j) p_infty (limit j)) /\
    feasible m n X y limit /\
    (* among all interpolators the limit is the only one that is nearest to the start *)
    (forall x, feasible m n X y x -> (forall j, (j < m)%nat -> x j = limit j) \/
       Sum m (fun j => (limit j - beta j 0) ^ 2) < Sum m (fun j => (x j - beta j 0) ^ 2)) /\
    (* in closed form: beta(0) + X^T (X X^T)^{-1} (y - X beta(0)) *)
    (forall k : nat -> R, (forall i, (i < n)%nat ->
       Sum n (fun i' => Sum m (fun j => X i j * X i' j) * k i') = y i - Sum m (fun j => X i j * beta j 0)) ->
     forall j, (j < m)%nat -> limit j = beta j 0 + Sum n (fun i => X i j * k i)).
Proof.
  intros Fl Pmu Rk. pose proof (linear_solution beta Fl) as Sol.
  destruct (one_layer_regression m n X y _ mu Sol Pmu Rk) as [limit [Lim [Feas [_ Near]]]].
  exists limit. split; [exact Lim | split; [exact Feas | split; [exact Near|]]]. intros k Hk j Hj.
  apply (is_lim_same (beta j)); [apply Lim; auto|].
  exact (one_layer_closed_form m n X y _ mu k Sol Pmu Rk Hk j Hj).
Qed.
End LinearModel.
