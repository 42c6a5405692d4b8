(* K3 for two layers, exponential loss, real odeco form in reduced coordinates, any start: if some z with the signs
   that the start allows has margins A z >= 1, then along every flow on [0, inf) the loss tends to 0 and is at most
   (1 + o(1)) |z|_1/(2 t log t), and the margins of rho/|rho|_1 are at least (1 - o(1))/|z|_1. If z is the only solution
   of min |x|_1 subject to A x >= 1 and those signs, rho/|rho|_1 tends to z/|z|_1.
   Convergence, gaps between the layers, small starts: nothing of this is assumed. The signs: rho_j = 0 if both layers
   start at 0, rho_j >= 0 if they start equal, rho_j <= 0 if they start opposite, otherwise rho_j is free. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Network Classification K3TwoLayersScalar K3TwoLayersFlow
  K3TwoLayersStable.
Open Scope R_scope.

(* --- reduced coordinates --- *)
Section Reduced.
Variables (m n : nat) (A : nat -> nat -> R) (v : nat -> nat -> R -> R).
Hypothesis flow : classification_solution m n A 2 v.
Let start_allows := allowed m (fun j => v j 0%nat 0) (fun j => v j 1%nat 0).
Let rho t := coefficient 2 (at_time v t).
Let p j t := extend v j 0%nat t.
Let q j t := extend v j 1%nat t.

Lemma layers_product t : 0 <= t -> (fun j => p j t * q j t) = rho t.
Proof.
  intros Ht. extensionality j. unfold p, q, rho, coefficient, at_time, extend. simpl. rewrite Rmax_right by lra. ring.
Qed.

Lemma first_layer_path j : (j < m)%nat -> path (p j) (fun t => pull m n A (fun j => p j t * q j t) j * q j t).
Proof.
  intros Hj. destruct (flow j 0%nat Hj ltac:(lia)) as [C Dv]. apply (path_eq _ _ _ (path_extend _ _ C Dv)).
  intros t Ht. rewrite layers_product by lra. unfold q, extend. rewrite Rmax_right by lra.
  unfold ProdBut. cbn [Prod Nat.eqb]. fold (rho t). ring.
Qed.

Lemma second_layer_path j : (j < m)%nat -> path (q j) (fun t => pull m n A (fun j => p j t * q j t) j * p j t).
Proof.
  intros Hj. destruct (flow j 1%nat Hj ltac:(lia)) as [C Dv]. apply (path_eq _ _ _ (path_extend _ _ C Dv)).
  intros t Ht. rewrite layers_product by lra. unfold p, extend. rewrite Rmax_right by lra.
  unfold ProdBut. cbn [Prod Nat.eqb]. fold (rho t). ring.
Qed.

Lemma start_signs : allowed m (fun j => p j 0) (fun j => q j 0) = start_allows.
Proof. unfold p, q, extend, start_allows. rewrite Rmax_left by lra. reflexivity. Qed.

Lemma signs_kept t : 0 <= t -> start_allows (rho t).
Proof.
  intros Ht. rewrite <- (layers_product t Ht), <- start_signs.
  apply (rho_allowed m n A p q first_layer_path second_layer_path t Ht).
Qed.

Section Separable.
Hypothesis n_pos : (0 < n)%nat.
Variable z : nat -> R.
Hypothesis z_allowed : start_allows z.
Hypothesis z_feasible : margin_feasible m n A z.

Lemma z_allowed_here : allowed m (fun j => p j 0) (fun j => q j 0) z.
Proof. rewrite start_signs. exact z_allowed. Qed.

Lemma two_layer_loss_vanishes : is_lim (fun t => exponential_loss m n A (rho t)) p_infty 0.
Proof.
  apply (is_lim_ext_loc (fun t => exponential_loss m n A (fun j => p j t * q j t))).
  - exists 0. intros t Ht. rewrite layers_product by lra. reflexivity.
  - apply (loss_vanishes m n A p q first_layer_path second_layer_path n_pos z z_allowed_here z_feasible).
Qed.

Lemma two_layer_pace r : 0 < r < 1 -> exists t1, 1 < t1 /\ forall t, t1 <= t ->
  exponential_loss m n A (rho t) <= l1 m z / (r * (2 * t * ln t)).
Proof.
  intros Hr.
  destruct (loss_pace m n A p q first_layer_path second_layer_path n_pos z z_allowed_here z_feasible r Hr)
    as [t1 [P1 H1]].
  exists t1. split; auto. intros t Ht. specialize (H1 t Ht). cbv beta in H1.
  rewrite (layers_product t ltac:(lra)) in H1. exact H1.
Qed.

(* every fraction r of the best l1 margin *)
Lemma two_layer_margin r : r < 1 -> exists t1, 0 < t1 /\ forall t, t1 <= t ->
  0 < l1 m (rho t) /\ forall i, (i < n)%nat -> r * l1 m (rho t) <= l1 m z * margin_at m A (rho t) i.
Proof.
  intros Hr.
  destruct (margin_reached m n A p q first_layer_path second_layer_path n_pos z z_allowed_here z_feasible r Hr)
    as [t1 [P1 H1]].
  exists t1. split; auto. intros t Ht. specialize (H1 t Ht). cbv beta in H1.
  rewrite (layers_product t ltac:(lra)) in H1. exact H1.
Qed.

Lemma z_norm_positive : 0 < l1 m z.
Proof. apply (z_norm_pos m n A n_pos z z_feasible). Qed.

Hypothesis z_unique : forall x, start_allows x -> margin_feasible m n A x -> l1 m x <= l1 m z ->
  forall j, (j < m)%nat -> x j = z j.

Lemma two_layer_direction j : (j < m)%nat ->
  is_lim (fun t => rho t j / l1 m (rho t)) p_infty (z j / l1 m z).
Proof.
  intros Hj. apply is_lim_spec. intros eps.
  destruct (l1_solution_stable m n A _ _ z z_norm_positive z_unique eps (cond_pos eps)) as [e [Pe He]].
  destruct (two_layer_margin (1 - e) ltac:(lra)) as [t1 [P1 H1]]. exists t1. intros t Ht.
  destruct (H1 t ltac:(lra)) as [Pr Mr]. pose proof (signs_kept t ltac:(lra)) as Sr.
  assert (Pi : 0 < / l1 m (rho t)) by (apply Rinv_0_lt_compat; auto).
  apply (He (fun j => rho t j / l1 m (rho t))); auto.
  - intros i Hi. destruct (Sr i Hi) as [S1 S2]. unfold Rdiv.
    split; intros Z; [pose proof (S1 Z) | pose proof (S2 Z)]; nra.
  - unfold l1 at 1. rewrite (Sum_ext m _ (fun j => Rabs (rho t j) * / l1 m (rho t))).
    + rewrite Sum_scal_r. fold (l1 m (rho t)). right. field. lra.
    + intros i _. unfold Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ l1 m (rho t))) by lra. reflexivity.
  - intros i Hi. pose proof (Mr i Hi) as Mi. apply (Rmult_le_compat_r (/ l1 m (rho t))) in Mi; [|lra].
    rewrite Rmult_assoc, Rinv_r, Rmult_1_r in Mi by lra. unfold margin_at in *.
    rewrite (Sum_ext m _ (fun j => A i j * rho t j * / l1 m (rho t))) by (intros; unfold Rdiv; ring).
    rewrite Sum_scal_r, <- Rmult_assoc. exact Mi.
Qed.
End Separable.
End Reduced.

Theorem two_layer_l1_max_margin (m n : nat) (A : nat -> nat -> R) (v : nat -> nat -> R -> R) (z : nat -> R) :
  (0 < n)%nat ->
  classification_solution m n A 2 v ->
  let start_allows := allowed m (fun j => v j 0%nat 0) (fun j => v j 1%nat 0) in
  let rho t := coefficient 2 (at_time v t) in
  start_allows z -> margin_feasible m n A z ->
  (forall x, start_allows x -> margin_feasible m n A x -> l1 m x <= l1 m z -> forall j, (j < m)%nat -> x j = z j) ->
  is_lim (fun t => exponential_loss m n A (rho t)) p_infty 0 /\
  (forall r, 0 < r < 1 -> exists t1, 1 < t1 /\ forall t, t1 <= t ->
     exponential_loss m n A (rho t) <= l1 m z / (r * (2 * t * ln t))) /\
  forall j, (j < m)%nat -> is_lim (fun t => rho t j / l1 m (rho t)) p_infty (z j / l1 m z).
Proof.
  intros Hn Fl start_allows rho Az Fz Uz. split; [|split].
  - apply (two_layer_loss_vanishes m n A v Fl Hn z Az Fz).
  - apply (two_layer_pace m n A v Fl Hn z Az Fz).
  - apply (two_layer_direction m n A v Fl Hn z Az Fz Uz).
Qed.

(* no ties: every sign can be reached, the plain l1 max-margin problem *)
Theorem two_layer_l1_max_margin_generic (m n : nat) (A : nat -> nat -> R) (v : nat -> nat -> R -> R) (z : nat -> R) :
  (0 < n)%nat ->
  classification_solution m n A 2 v ->
  (forall j, (j < m)%nat -> v j 0%nat 0 ^ 2 <> v j 1%nat 0 ^ 2) ->
  let rho t := coefficient 2 (at_time v t) in
  margin_feasible m n A z ->
  (forall x, margin_feasible m n A x -> l1 m x <= l1 m z -> forall j, (j < m)%nat -> x j = z j) ->
  is_lim (fun t => exponential_loss m n A (rho t)) p_infty 0 /\
  (forall r, 0 < r < 1 -> exists t1, 1 < t1 /\ forall t, t1 <= t ->
     exponential_loss m n A (rho t) <= l1 m z / (r * (2 * t * ln t))) /\
  forall j, (j < m)%nat -> is_lim (fun t => rho t j / l1 m (rho t)) p_infty (z j / l1 m z).
Proof.
  intros Hn Fl NoTies rho Fz Uz. apply two_layer_l1_max_margin; auto.
  intros j Hj. split; intros Z; exfalso; apply (NoTies j Hj).
  - replace (v j 0%nat 0) with (- v j 1%nat 0) by lra. ring.
  - replace (v j 0%nat 0) with (v j 1%nat 0) by lra. ring.
Qed.
