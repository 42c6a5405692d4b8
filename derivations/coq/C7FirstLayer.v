(* Fully connected networks of any depth and shape, any differentiable loss: what no data point sees of the first layer
   does not move, (I - P)(W_1(t) - W_1(0)) = 0 with P the projection on the row space of X. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Conserved Sensing.
Open Scope R_scope.

Theorem first_layer_unseen L n d X (ell dell : nat -> R -> R) W (e : nat -> R) : (1 <= L)%nat -> d L = 1%nat ->
  (forall i u, is_derive (ell i) u (dell i u)) -> fully_connected_gradient_flow L n d X ell W ->
  (forall i, (i < n)%nat -> Sum (d 0%nat) (fun p => X i p * e p) = 0) ->
  forall b t, (b < d 1%nat)%nat -> 0 <= t ->
    Sum (d 0%nat) (fun p => e p * W 0%nat t p b) = Sum (d 0%nat) (fun p => e p * W 0%nat 0 p b).
Proof.
  intros HL One De Fl He b t Hb Ht.
  set (A := (fun i p _ => X i p) : nat -> matrix).
  set (grad := fun p t => layer_gradient L d W (fun t => end_gradient L n d A dell (matrix_at W t)) 0 t p b).
  assert (P : forall p, (p < d 0%nat)%nat -> path (fun t => W 0%nat (Rmax 0 t) p b) (fun t => - grad p t)).
  { intros p Hp. destruct (Fl 0%nat p b ltac:(lia) Hp Hb) as [C D]. apply (path_extend (fun t => W 0%nat t p b)); auto.
    intros u Hu. specialize (D u Hu).
    pose proof (is_derive_unique _ _ _ (sensing_partial_derivative L n d A ell dell De W u 0 p b ltac:(lia) Hp Hb)) as
      E.
    rewrite (Derive_ext _ (fun s => fully_connected_loss L n d X ell (replace_matrix_entry (matrix_at W u) 0 p b s)))
      in E
      by (intros s; unfold sensing_loss, fully_connected_loss; apply Sum_ext; intros i _; unfold A;
        rewrite fully_connected_sensed; auto).
    match type of D with is_derive _ _ (- ?x) =>
      match type of E with _ = ?g => replace x with g in D by (symmetry; exact E) end end. exact D. }
  assert (Z : forall u, Sum (d 0%nat) (fun p => e p * - grad p u) = 0).
  { intros u. unfold grad, layer_gradient. rewrite One. cbn [before].
    set (G := end_gradient L n d A dell (matrix_at W u)).
    assert (I : forall p q, (p < d 0%nat)%nat -> mul (d 0%nat) (transpose identity) G p q = G p q)
      by (intros p q Hp; unfold mul, transpose, identity;
        rewrite (Sum_ext (d 0%nat) _ (fun k => delta p k * G k q))
          by (intros k _; unfold delta; rewrite (Nat.eqb_sym k p); reflexivity); apply (Sum_delta (d 0%nat) p); auto).
    rewrite (Sum_ext (d 0%nat) _ (fun p => - (transpose (after d W (L - 1) 1 u) 0%nat b) * (G p 0%nat * e p))).
    - rewrite Sum_scal_l. replace (Sum (d 0%nat) (fun p => G p 0%nat * e p)) with 0; [ring|]. symmetry.
      unfold G, end_gradient.
      rewrite (Sum_ext (d 0%nat) _ (fun p => Sum n (fun i => dell i (sensed L d A (matrix_at W u) i) * (X i p * e p))))
        by (intros p _; rewrite <- Sum_scal_r; apply Sum_ext; intros; unfold A; ring).
      rewrite Sum_swap. apply Sum_zero. intros i Hi. rewrite Sum_scal_l, He by auto. ring.
    - intros p Hp. unfold mul at 1. cbn [Sum]. fold (transpose (before d W 0 u)). rewrite I by auto. ring. }
  pose proof (path_sum (d 0%nat) (fun p t => e p * W 0%nat (Rmax 0 t) p b) (fun p t => e p * - grad p t)
    (fun p Hp => path_scal (e p) _ _ (P p Hp))) as S.
  pose proof (path_constant _ t (path_eq _ _ (fun _ => 0) S (fun u _ => Z u)) Ht) as E. cbv beta in E.
  rewrite Rmax_right, Rmax_left in E by lra. exact E.
Qed.
