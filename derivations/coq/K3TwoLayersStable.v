(* A unique solution z of min |x|_1 subject to signs and margins A x >= 1 is stable: whatever has |x|_1 <= 1 and almost
   the optimal margin 1/|z|_1 is near z/|z|_1. By compactness (Cluster.v); no linear-programming duality. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Quasinorm Cluster Classification K3TwoLayersScalar
  K3TwoLayersFlow.
Open Scope R_scope.

Section Stable.
Variables (m n : nat) (A : nat -> nat -> R) (first second z : nat -> R).
Let signs := allowed m first second.
Hypothesis norm_pos : 0 < l1 m z.
Hypothesis z_unique : forall x, signs x -> margin_feasible m n A x -> l1 m x <= l1 m z ->
  forall j, (j < m)%nat -> x j = z j.

Lemma l1_near x l d : (forall j, (j < m)%nat -> Rabs (x j - l j) < d) -> l1 m l <= l1 m x + INR m * d.
Proof.
  intros H. unfold l1. rewrite <- Sum_constant, <- Sum_plus. apply Sum_le. intros j Hj.
  pose proof (H j Hj). pose proof (Rabs_triang (x j) (l j - x j)) as Tr. rewrite (Rabs_minus_sym (l j)) in Tr.
  replace (x j + (l j - x j)) with (l j) in Tr by ring. lra.
Qed.

Lemma margin_near x l d i : (forall j, (j < m)%nat -> Rabs (x j - l j) < d) ->
  margin_at m A x i <= margin_at m A l i + Sum m (fun j => Rabs (A i j)) * d.
Proof.
  intros H. unfold margin_at. rewrite <- Sum_scal_r, <- Sum_plus. apply Sum_le. intros j Hj.
  pose proof (H j Hj) as Hd. pose proof (Rle_abs (A i j * (x j - l j))) as R1. rewrite Rabs_mult in R1.
  pose proof (Rmult_le_compat_l (Rabs (A i j)) _ _ (Rabs_pos _) (Rlt_le _ _ Hd)). lra.
Qed.

Theorem l1_solution_stable d : 0 < d -> exists e, 0 < e /\ forall x, signs x -> l1 m x <= 1 ->
  (forall i, (i < n)%nat -> 1 - e <= l1 m z * margin_at m A x i) ->
  forall j, (j < m)%nat -> Rabs (x j - z j / l1 m z) < d.
Proof.
  intros Pd.
  set (near e x := signs x /\ l1 m x <= 1 /\ forall i, (i < n)%nat -> 1 - e <= l1 m z * margin_at m A x i).
  set (bad e x := near e x /\ exists j, (j < m)%nat /\ d <= Rabs (x j - z j / l1 m z)).
  destruct (Classical_Prop.classic (exists e, 0 < e /\ forall x, ~ bad e x)) as [[e [Pe He]]|N].
  { exists e. split; auto. intros x Sx Lx Mx j Hj. apply Rnot_le_lt. intros Le. apply (He x).
    split; [split; [auto | split; auto]|]. exists j. auto. }
  exfalso. destruct (nested_cluster m 1 bad) as [l Pick].
  { intros e e' x Le [[Sx [Lx Mx]] Far]. split; [split; [auto | split; auto]|auto].
    intros i Hi. pose proof (Mx i Hi). lra. }
  { intros e Pe. apply Classical_Prop.NNPP. intros No. apply N. exists e. split; auto. intros x Bx. apply No. exists x.
    exact Bx. }
  { intros j x Hj [[_ [Lx _]] _].
    pose proof (Sum_term m (fun j => Rabs (x j)) j Hj ltac:(intros; apply Rabs_pos)) as Tm. unfold l1 in Lx. lra. }
  (* the cluster point solves the problem *)
  assert (Sl : signs l).
  { intros j Hj. split; intros Z; apply Rnot_lt_le; intros Lt.
    - destruct (Pick 1 (l j) ltac:(lra) Lt) as [x [[[Sx _] _] Hx]]. destruct (Sx j Hj) as [S1 _].
      specialize (S1 Z). specialize (Hx j Hj). apply Rabs_lt_between in Hx. lra.
    - destruct (Pick 1 (- l j) ltac:(lra) ltac:(lra)) as [x [[[Sx _] _] Hx]]. destruct (Sx j Hj) as [_ S2].
      specialize (S2 Z). specialize (Hx j Hj). apply Rabs_lt_between in Hx. lra. }
  assert (Ll : l1 m l <= 1).
  { apply (le_small _ _ (INR m)); [apply pos_INR|]. intros s Ps.
    destruct (Pick 1 s ltac:(lra) Ps) as [x [[[_ [Lx _]] _] Hx]]. pose proof (l1_near x l s Hx). lra. }
  assert (Ml : forall i, (i < n)%nat -> 1 <= l1 m z * margin_at m A l i).
  { intros i Hi. set (a := Sum m (fun j => Rabs (A i j))).
    assert (Pa : 0 <= a) by (apply Sum_nonneg; intros; apply Rabs_pos).
    apply (le_small _ _ (1 + l1 m z * a)).
    - pose proof (Rmult_le_pos (l1 m z) a ltac:(lra) Pa). lra.
    - intros s Ps. destruct (Pick s s Ps Ps) as [x [[[_ [_ Mx]] _] Hx]]. specialize (Mx i Hi).
      pose proof (margin_near x l s i Hx) as Mn. fold a in Mn.
      apply (Rmult_le_compat_l (l1 m z)) in Mn; [|lra]. lra. }
  assert (El : forall j, (j < m)%nat -> l1 m z * l j = z j).
  { apply (z_unique (fun j => l1 m z * l j)).
    - intros j Hj. destruct (Sl j Hj) as [S1 S2].
      split; intros Z; [pose proof (S1 Z) | pose proof (S2 Z)]; nra.
    - intros i Hi. pose proof (Ml i Hi) as Mi. unfold margin_at in Mi. rewrite <- Sum_scal_l in Mi.
      rewrite (Sum_ext m _ (fun j => l1 m z * (A i j * l j))) by (intros; ring). exact Mi.
    - unfold l1 at 1. rewrite (Sum_ext m _ (fun j => l1 m z * Rabs (l j))).
      + rewrite Sum_scal_l. fold (l1 m l). rewrite <- (Rmult_1_r (l1 m z)) at 2. apply Rmult_le_compat_l; lra.
      + intros j _. rewrite Rabs_mult, (Rabs_pos_eq (l1 m z)) by lra. reflexivity. }
  destruct (Pick 1 d ltac:(lra) Pd) as [x [[_ [j [Hj Far]]] Hx]]. specialize (Hx j Hj).
  rewrite <- (El j Hj) in Far. replace (l1 m z * l j / l1 m z) with (l j) in Far by (field; lra). lra.
Qed.
End Stable.
