(* The hypotheses of R5 with ties and of R8 can be met, by flows that move: u v from u = v = 1 to 4;
   one sensor that is not
   diagonal, with a start at the identity. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt ImplicitBias R5Ties Network Conserved Diagonal Sensing R8Conjugation
  R8Diagonal
  Uniqueness R8CommutingSensing R8Eigenbasis Wellposed FromStart R8Sensing.
Open Scope R_scope.

Theorem witness_ties : exists v, diagonal_gradient_flow 2 1 1 (fun _ _ => 1) (fun _ => 4) v /\
  (forall l, (l < 2)%nat -> v l 0%nat 0 = 1) /\
  is_smallest 2 0 (fun l => v l 0%nat 0) /\ ~ strictly_smallest 2 0 (fun l => v l 0%nat 0) /\
  is_lim (fun t => v 0%nat 0%nat t * v 1%nat 0%nat t) p_infty 4.
Proof.
  destruct (diagonal_one_flow 2 1 1 (fun _ _ => 1) (fun _ => 4) (fun _ _ => 1)) as [v [Fl [V0 _]]].
  exists v. split; [exact Fl|]. assert (Start : forall l, (l < 2)%nat -> v l 0%nat 0 = 1) by (intros; apply V0; lia).
  split; [exact Start|].
  assert (Sm : is_smallest 2 0 (fun l => v l 0%nat 0)).
  { split; [lia | split].
    - intros l Hl. rewrite !Start by lia. lra.
    - right. rewrite Start by lia. lra. }
  split; [exact Sm | split].
  - intros St. specialize (St 1%nat ltac:(lia) ltac:(lia)). cbv beta in St. rewrite !Start in St by lia. lra.
  - destruct (convergence_from_ties 2 1 1 (fun _ _ => 1) (fun _ => 4) (fun j l => v l j) (fun _ => 0%nat) 1 (fun _ => 4)
      (diagonal_solution 2 1 1 _ _ v Fl)) as [rate [_ [_ [w [Conv [Feas _]]]]]].
    + intros j Hj. replace j with 0%nat by lia. exact Sm.
    + intros i _. cbn [Sum]. ring.
    + intros j Hj. right. unfold coefficient, at_time. cbn [Prod]. replace j with 0%nat by lia. rewrite !Start by lia.
        lra.
    + lra.
    + intros r. cbn [Sum]. lra.
    + replace 4 with (coefficient 2 w 0).
      * apply (is_lim_ext (fun t => Prod 2 (fun l => v l 0%nat t))); [intros t; cbn [Prod]; ring|].
        apply (is_lim_Prod 2 (fun l t => v l 0%nat t)). intros l Hl. apply (Conv 0%nat l); lia.
      * specialize (Feas 0%nat ltac:(lia)). cbn [Sum] in Feas. lra.
Qed.

Definition swap : matrix := fun p q => if Nat.eqb p q then 0 else 1.

Theorem witness_sensing : let A := fun _ : nat => swap in
  symmetric 2 swap /\ symmetric 2 identity /\ commute 2 swap identity /\ injective 2 identity /\
  sensor_rank_bound 2 1 A 2 /\ ~ diagonal_below 2 swap /\
  exists (Q : matrix) (rho : nat -> R), orthogonal 2 Q /\ frobenius 2 swap (spectral 2 Q rho) = 1 /\
    from_matrices 2 (fun _ => 2%nat) (sensing_gradient_flow 2 1 (fun _ => 2%nat) A (squared (fun _ => 1)))
      (scaled_start 2 1 identity) (fun V => forall p q, (p < 2)%nat -> (q < 2)%nat ->
        is_lim (fun t => product (fun _ => 2%nat) 2 (matrix_at V t) p q) p_infty (spectral 2 Q rho p q)).
Proof.
  intros A. assert (Sy : symmetric 2 swap).
  { intros p q _ _. unfold transpose, swap. rewrite Nat.eqb_sym. reflexivity. }
  assert (Si : symmetric 2 identity).
  { intros p q _ _. unfold transpose, identity, delta. rewrite Nat.eqb_sym. reflexivity. }
  assert (Co : commute 2 swap identity) by (unfold commute; rewrite identity_left, identity_right; reflexivity).
  assert (Inj : injective 2 identity).
  { intros x H p Hp. specialize (H p Hp). unfold identity in H. rewrite Sum_delta in H; auto. }
  assert (Rk : sensor_rank_bound 2 1 A 2) by (intros r; unfold A, swap; cbn [Sum Nat.eqb]; lra).
  split; [exact Sy | split; [exact Si | split; [exact Co | split; [exact Inj | split; [exact Rk | split]]]]].
  - intros D. specialize (D 0%nat 1%nat ltac:(lia) ltac:(lia) ltac:(lia)). unfold swap in D. cbn [Nat.eqb] in D. lra.
  - destruct (commuting_sensing_from 2 1 2 A identity (fun _ => 1) 2 (le_n 2) (fun _ _ => Sy) Si) with (alpha := 1)
      as [Q [lam [etabar [rho [O [HA [_ [_ [[Feas _] From]]]]]]]]]; auto; try lra.
    + intros i i' _ _ p q _ _. reflexivity.
    + exists Q, rho. split; [exact O | split; [|exact From]].
      rewrite (inner_agree 2 swap (spectral 2 Q (lam 0%nat)) _ (spectral 2 Q rho) (HA 0%nat ltac:(lia))
        (fun p q _ _ => eq_refl)).
      rewrite inner_spectral by auto. rewrite <- (Feas 0%nat ltac:(lia)). apply Sum_ext. intros j Hj.
      rewrite conj_spectral_diagonal by auto. reflexivity.
Qed.
