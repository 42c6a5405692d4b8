(* The hypotheses of R4 can be met, and the two limits differ: A = (1, 2), y = 1, etabar = (1, 1), two layers.
   As alpha -> 0 the limit of R2 tends to the l1 solution (0, 1/2), as alpha -> infinity to the l2 solution (1/5, 2/5).
   *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Norms Kkt DepthPotential Cluster R4Stable R4Potential R4Limits R4Existence.
Open Scope R_scope.

Definition scale_A (i j : nat) : R := match j with O => 1 | _ => 2 end.
Definition scale_y (i : nat) : R := 1.
Definition scale_etabar (j : nat) : R := 1.
Definition scale_l1 (j : nat) : R := match j with O => 0 | _ => / 2 end.
Definition scale_l2 (j : nat) : R := match j with O => / 5 | _ => 2 / 5 end.

Lemma scale_feasible x : feasible 2 1 scale_A scale_y x <-> x 0%nat + 2 * x 1%nat = 1.
Proof.
  unfold feasible, scale_A, scale_y. simpl. split.
  - intros H. pose proof (H 0%nat ltac:(lia)). lra.
  - intros H i _. lra.
Qed.

Lemma scale_l1_only : only_minimiser 2 1 scale_A scale_y (l1 2) scale_l1.
Proof.
  assert (E : forall x, l1 2 x = Sum 2 (fun j => Rabs (x j) * 1)) by (intros x; apply Sum_ext; intros; ring).
  destruct (certificate_only_minimiser 2 1 scale_A scale_y (fun _ => 1) scale_l1
    (fun j => match j with O => / 2 | _ => 1 end) (fun _ => / 2)) as [F H].
  - apply scale_feasible. simpl. lra.
  - intros [|j] _; simpl; lra.
  - intros [|j] _; rewrite Rabs_pos_eq; lra.
  - intros [|j] _; simpl; rewrite Rabs_pos_eq; lra.
  - intros u Au Z. assert (Z0 : u 0%nat = 0) by (apply Z; [lia | rewrite Rabs_pos_eq; lra]).
    pose proof (Au 0%nat ltac:(lia)) as A0. simpl in A0.
    intros j Hj. destruct j as [|[|j]]; [auto | lra | lia].
  - split; auto. intros u Fu. rewrite !E. auto.
Qed.

Lemma scale_l2_minimal : minimiser 2 1 scale_A scale_y (weighted_square 2 2 scale_etabar) scale_l2.
Proof.
  split; [apply scale_feasible; simpl; lra|]. intros u Fu. apply scale_feasible in Fu.
  unfold weighted_square, scale_etabar, Sum. cbv beta. rewrite pow1. unfold scale_l2.
  set (a := u 0%nat) in *. set (b := u 1%nat) in *. replace a with (1 - 2 * b) by lra.
  pose proof (pow2_ge_0 (b - 2 / 5)). lra.
Qed.

Theorem witness_scale_limits d : 0 < d ->
  let best a r := minimiser 2 1 scale_A scale_y (scaled_potential 2 2 scale_etabar a) r in
  at_right 0 (fun a => (exists r, best a r) /\ forall r, best a r -> Rabs (r 0%nat) < d /\ Rabs (r 1%nat - / 2) < d) /\
  Rbar_locally p_infty (fun a => (exists r, best a r) /\
    forall r, best a r -> Rabs (r 0%nat - / 5) < d /\ Rabs (r 1%nat - 2 / 5) < d).
Proof.
  intros Pd best.
  assert (Ne : forall j, (j < 2)%nat -> scale_etabar j <> 0) by (intros; unfold scale_etabar; lra).
  assert (Ex : forall a, 0 < a -> exists r, best a r).
  { intros a Pa. apply (scaled_potential_solution_exists 2 2 1 scale_A scale_y scale_etabar scale_l1); auto.
    apply scale_l1_only. }
  split.
  - generalize (filter_and _ _ (right_of_0 1 Rlt_0_1)
      (small_scale_two_layers 2 2 1 scale_A scale_y scale_etabar Ne scale_l1 eq_refl scale_l1_only d Pd)).
    apply filter_imp. intros a [[Pa _] H]. split; auto. intros r Hr.
    pose proof (H r Hr 0%nat ltac:(lia)) as H0. pose proof (H r Hr 1%nat ltac:(lia)) as H1. simpl in H0, H1.
    rewrite Rminus_0_r in H0. auto.
  - generalize (filter_and _ _ (near_infinity 0)
      (large_scale_limit 2 2 1 scale_A scale_y scale_etabar Ne scale_l2 ltac:(lia) scale_l2_minimal d Pd)).
    apply filter_imp. intros a [Pa H]. split; auto. intros r Hr.
    pose proof (H r Hr 0%nat ltac:(lia)) as H0. pose proof (H r Hr 1%nat ltac:(lia)) as H1. simpl in H0, H1. auto.
Qed.
