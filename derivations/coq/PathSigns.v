(* Signs of paths: on an interval, strictly, up to a factor exp(- int g), and for ever if there is no first exit. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Potential CoordinatePotential.
Open Scope R_scope.

Lemma increasing_strictly f df t : path f df -> (forall u, 0 < u -> 0 < df u) -> 0 < t -> f 0 < f t.
Proof.
  intros P H Ht. apply Rle_lt_trans with (f (t / 2)).
  - apply (path_increasing _ _ _ _ P); [intros u Hu; pose proof (H u Hu)|]; lra.
  - destruct P as [C D]. destruct (MVT_gen f (t / 2) t df) as [c [Hc E]].
    + intros u Hu. rewrite Rmin_left in Hu by lra. apply D. lra.
    + intros u _. apply continuity_pt_filterlim, C.
    + rewrite Rmin_left, Rmax_right in Hc by lra. pose proof (H c ltac:(lra)). nra.
Qed.

(* f' >= - g f on (0, t) *)
Lemma factor_on f df (g : R -> R) t : path f df -> (forall u, continuous g u) -> 0 <= t ->
  (forall u, 0 < u < t -> 0 <= df u + g u * f u) -> f 0 <= f t * exp (RInt g 0 t).
Proof.
  intros P C Ht H. pose proof (path_increasing_between _ _ 0 t (path_mult _ _ _ _ P (exponential_path g C))) as I.
  cbv beta in I.
  rewrite primitive_zero, exp_0, Rmult_1_r in I. apply I; [lra|]. intros u Hu.
  replace (_ + _) with ((df u + g u * f u) * exp (RInt g 0 u)) by ring. apply Rmult_le_pos; [auto | left;
    apply exp_pos].
Qed.

Lemma stays_nonneg f df (g : R -> R) t : path f df -> (forall u, continuous g u) -> 0 <= t ->
  (forall u, 0 < u < t -> 0 <= df u + g u * f u) -> 0 <= f 0 -> 0 <= f t.
Proof.
  intros P C Ht H F0. pose proof (factor_on f df g t P C Ht H). pose proof (exp_pos (RInt g 0 t)). apply Rnot_lt_le.
    nra.
Qed.

(* positive for ever, if it cannot be the first time that it is not *)
Lemma no_first_exit f : (forall t, continuous f t) -> 0 < f 0 ->
  (forall T, 0 < T -> (forall t, 0 <= t < T -> 0 < f t) -> 0 < f T) -> forall t, 0 <= t -> 0 < f t.
Proof.
  intros C P0 H t1 H1. apply Rnot_le_lt. intros Le.
  set (E := fun t => 0 <= t <= t1 /\ forall s, 0 <= s <= t -> 0 < f s).
  destruct (completeness E) as [T [Ub Least]].
  { exists t1. intros t [Ht _]. lra. }
  { exists 0. split; [lra|]. intros s Hs. replace s with 0 by lra. exact P0. }
  assert (HT : 0 <= T <= t1).
  { split; [apply Ub; split; [lra|]; intros s Hs; replace s with 0 by lra; exact P0 | apply Least; intros t [Ht _];
    lra]. }
  assert (Before : forall s, 0 <= s < T -> 0 < f s).
  { intros s Hs. apply Rnot_le_lt. intros Ls. assert (T <= s); [|lra]. apply Least. intros t [Ht Pt].
    apply Rnot_lt_le. intros Lt. pose proof (Pt s ltac:(lra)). lra. }
  assert (PT : 0 < f T) by (destruct (Rle_lt_or_eq_dec 0 T (proj1 HT)) as [Lt|<-]; [apply H; auto | exact P0]).
  destruct (C T (fun v => 0 < v)) as [e He].
  { exists (mkposreal (f T) PT). intros v Hv. change (Rabs (v - f T) < f T) in Hv. apply Rabs_lt_between in Hv. lra. }
  pose proof (cond_pos e) as Pe. set (q := Rmin t1 (T + e / 2)).
  assert (Hq : T <= q <= T + e / 2) by (split; [apply Rmin_glb; lra | apply Rmin_r]).
  assert (Eq : E q).
  { split; [split; [lra | apply Rmin_l]|]. intros s Hs. destruct (Rlt_le_dec s T); [apply Before; lra|]. apply He.
    change (Rabs (s - T) < e). rewrite Rabs_pos_eq; lra. }
  pose proof (Ub q Eq) as Lq. destruct (Rle_lt_dec t1 (T + e / 2)) as [Short|Long].
  - destruct Eq as [_ Pq]. assert (q = t1) by (apply Rmin_left; auto). pose proof (Pq q ltac:(lra)). subst q.
    rewrite H0 in *. lra.
  - assert (q = T + e / 2) by (apply Rmin_right; lra). lra.
Qed.
