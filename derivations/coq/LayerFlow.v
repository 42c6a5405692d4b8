(* Fully connected networks with one output, layer by layer: the velocity of a layer is the product of a row and a
   column,
   W_l' = g_l z_{l+1}^T with g_l = W_{l-1}^T .. W_0^T u, z_l = W_l .. W_{L-1}, u = - X^T ell' ([layer_velocity]),
     and the
   loss falls by the squares of the velocities, E' = - sum_l |g_l|^2 |z_{l+1}|^2 ([layered_loss_path]). For every
     loss. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Conserved Sensing K2Chain.
Open Scope R_scope.

Section Loss.
Variables (L n : nat) (d : nat -> nat) (V : nat -> R -> matrix) (X : nat -> nat -> R) (ell dell : nat -> R -> R).
Variable u : R -> nat -> R.
Hypothesis one_output : d L = 1%nat.
Hypothesis ell_derive : forall i x, is_derive (ell i) x (dell i x).
Let zv := chain_vector L d V.
Let f (i : nat) (t : R) : R := Sum (d 0%nat) (fun p => X i p * zv 0 t p).
Let g (l : nat) (t : R) : nat -> R := row d V (u t) l t.
Let vel (l : nat) (t : R) (a b : nat) : R := g l t a * zv (S l) t b.
Let speed (l : nat) (t : R) : R := sq (d l) (g l t) * size L d V (S l) t.
Hypothesis u_value : forall t p, (p < d 0%nat)%nat ->
  u t p = - Sum n (fun i => dell i (Sum (d 0%nat) (fun p => X i p * chain_vector L d V 0 t p)) * X i p).
Hypothesis flow : forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  path (fun t => V l t a b) (fun t => row d V (u t) l t a * chain_vector L d V (S l) t b).

(* the product rule *)
Fixpoint product_rate (s l : nat) (t : R) (b : nat) : R :=
  match s with
  | O => 0
  | S k => Sum (d (S l)) (fun q => vel l t b q * after d V k (S l) t q 0%nat + V l t b q * product_rate k (S l) t q)
  end.

Lemma product_path s l b : (l + s <= L)%nat -> (b < d l)%nat -> path (fun t => after d V s l t b 0%nat)
  (fun t => product_rate s l t b).
Proof.
  revert l b. induction s as [|s IH]; intros l b Hs Hb; simpl.
  - apply path_const.
  - unfold mul. apply (path_sum (d (S l)) (fun q t => V l t b q * after d V s (S l) t q 0%nat)). intros q Hq.
    apply path_mult; [apply flow; auto; lia | apply IH; auto; lia].
Qed.

Lemma chain_rule s l t : (l + s = L)%nat ->
  Sum (d l) (fun a => g l t a * product_rate s l t a) = Sum s (fun i => speed (l + i) t).
Proof.
  revert l. induction s as [|s IH]; intros l Hs.
  - simpl. apply Sum_zero. intros; ring.
  - rewrite Sum_first, Nat.add_0_r. simpl product_rate.
    rewrite (Sum_ext (d l) _ (fun a => Sum (d (S l)) (fun q => (g l t a * g l t a) * (zv (S l) t q * zv (S l) t q))
       + Sum (d (S l)) (fun q => g l t a * V l t a q * product_rate s (S l) t q))).
    2:{ intros a _. rewrite <- Sum_scal_l, <- Sum_plus. apply Sum_ext. intros q _.
        unfold vel. replace (after d V s (S l) t q 0%nat) with (zv (S l) t q); [ring|].
        unfold zv, chain_vector. replace (L - S l)%nat with s by lia. reflexivity. }
    rewrite Sum_plus. f_equal.
    + unfold speed, sq, size, sq. rewrite <- Sum_scal_r. apply Sum_ext. intros a _. rewrite Sum_scal_l.
      replace (g l t a ^ 2) with (g l t a * g l t a) by ring. f_equal. apply Sum_ext. intros; unfold zv; ring.
    + rewrite Sum_swap. rewrite (Sum_ext s _ (fun i => speed (S l + i) t)) by (intros; f_equal; lia).
      rewrite <- (IH (S l)) by lia. apply Sum_ext. intros q _. rewrite Sum_scal_r. f_equal. symmetry. apply row_step.
Qed.

Lemma output_path i : path (f i) (fun t => Sum (d 0%nat) (fun p => X i p * product_rate L 0 t p)).
Proof.
  unfold f. apply (path_sum (d 0%nat) (fun p t => X i p * zv 0 t p)). intros p Hp. apply path_scal.
  apply (path_ext (fun t => after d V L 0 t p 0%nat)).
  - intros t. unfold zv, chain_vector. rewrite Nat.sub_0_r. reflexivity.
  - apply product_path; auto.
Qed.

Theorem layered_loss_path : path (fun t => Sum n (fun i => ell i (f i t))) (fun t => - Sum L (fun l => speed l t)).
Proof.
  eapply path_eq.
  - apply (path_sum n (fun i t => ell i (f i t))). intros i _.
    apply (path_comp (f i) (fun t => Sum (d 0%nat) (fun p => X i p * product_rate L 0 t p)) (ell i) (dell i)).
    + apply output_path.
    + apply ell_derive.
  - intros t _. cbv beta.
    rewrite (Sum_ext L _ (fun l => speed (0 + l) t)) by reflexivity. rewrite <- (chain_rule L 0) by lia.
    rewrite (Sum_ext n _ (fun i => Sum (d 0%nat) (fun p => dell i (f i t) * X i p * product_rate L 0 t p)))
      by (intros i _; rewrite <- Sum_scal_r; apply Sum_ext; intros; ring).
    rewrite Sum_swap, <- Sum_opp. apply Sum_ext. intros p Hp. rewrite Sum_scal_r.
    unfold g. rewrite row_start, u_value by auto. unfold f, zv. ring.
Qed.
End Loss.

(* --- along a flow --- *)
Section Velocity.
Variables (L n : nat) (d : nat -> nat) (X : nat -> nat -> R) (ell dell : nat -> R -> R) (W : nat -> R -> matrix).
Hypothesis one_output : d L = 1%nat.
Hypothesis ell_derive : forall i u, is_derive (ell i) u (dell i u).
Hypothesis W_flow : fully_connected_gradient_flow L n d X ell W.

Lemma layer_velocity l t a b : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> 0 < t ->
  is_derive (fun t => W l t a b) t
    (Sum (d 0%nat) (fun p => (- Sum n (fun i => dell i (Sum (d 0%nat) (fun q => X i q * coefficients L d W t q))
      * X i p)) * before d W l t p a)
     * after d W (L - S l) (S l) t b 0%nat).
Proof.
  intros Hl Ha Hb Ht. destruct (W_flow l a b Hl Ha Hb) as [_ De]. specialize (De t Ht).
  pose proof (sensing_partial_derivative L n d (fun i p _ => X i p) ell dell ell_derive W t l a b Hl Ha Hb) as Pd.
  assert (Eq : forall w, sensing_loss L n d (fun i p _ => X i p) ell w = fully_connected_loss L n d X ell w).
  { intros w. unfold sensing_loss, fully_connected_loss. apply Sum_ext. intros i _.
    rewrite fully_connected_sensed; auto. }
  pose proof (is_derive_unique _ _ _ Pd) as Ed.
  rewrite (Derive_ext _ (fun s => fully_connected_loss L n d X ell (replace_matrix_entry (matrix_at W t) l a b s)))
    in Ed
    by (intros; apply Eq).
  match type of De with is_derive _ _ (- ?x) =>
    match type of Ed with _ = ?e => replace x with e in De by (symmetry; exact Ed) end end.
  match type of De with is_derive _ _ ?x => replace (Sum (d 0%nat) _ * _) with x; [exact De|] end.
  unfold layer_gradient. rewrite one_output, mul_one. unfold mul, transpose. rewrite Ropp_mult_distr_l, <- Sum_opp.
  f_equal.
  apply Sum_ext. intros p Hp. unfold end_gradient.
  rewrite Ropp_mult_distr_r, Rmult_comm. f_equal. f_equal. apply Sum_ext. intros i Hi.
  rewrite (fully_connected_sensed L d X one_output). reflexivity.
Qed.
End Velocity.
