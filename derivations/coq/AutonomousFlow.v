(* The flow w' = 1/c(w), w(0) = 0, of one variable, c continuous and at least 1: the inverse of the integral of c. Used
   by the witnesses, whose networks move along it. *)
Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential.
Open Scope R_scope.

Lemma autonomous_solution (c : R -> R) : (forall u, continuous c u) -> (forall u, 1 <= c u) ->
  exists w : R -> R, w 0 = 0 /\ (forall t, 0 <= t -> 0 <= w t) /\ forall t, is_derive w t (/ c (w t)).
Proof.
  intros C One. set (f := fun u => RInt c 0 u).
  assert (Df : forall u, is_derive f u (c u)) by (intros; apply primitive_derive, C).
  assert (F0 : f 0 = 0) by apply primitive_zero.
  assert (Mvt : forall x y, exists z, Rmin x y <= z <= Rmax x y /\ f y - f x = c z * (y - x)).
  { intros x y. apply (MVT_gen f x y c); [intros; apply Df|].
    intros u _. apply continuity_pt_filterlim. eapply continuous_of_derive, Df. }
  assert (Gap : forall x y, x <= y -> y - x <= f y - f x).
  { intros x y H. destruct (Mvt x y) as [z [_ ->]]. pose proof (One z). nra. }
  assert (Sur : forall t, exists u, f u = t).
  { intros t. destruct (IVT_gen f (- Rabs t) (Rabs t) t) as [u [_ Hu]].
    - intros u. apply continuity_pt_filterlim. eapply continuous_of_derive, Df.
    - pose proof (Rabs_pos t) as Pt. pose proof (Gap 0 (Rabs t) Pt). pose proof (Gap (- Rabs t) 0 ltac:(lra)).
      pose proof (Rle_abs t). pose proof (Rle_abs (- t)) as R2. rewrite Rabs_Ropp in R2.
      split; [eapply Rle_trans; [apply Rmin_l|] | eapply Rle_trans; [|apply Rmax_r]]; lra.
    - exists u. exact Hu. }
  set (w := fun t => real (Lub_Rbar (fun u => f u <= t))).
  assert (Fw : forall t, f (w t) = t).
  { intros t. destruct (Sur t) as [u Hu]. unfold w. rewrite (is_lub_Rbar_unique _ (Finite u)); [exact Hu|]. split.
    - intros x Hx. simpl. destruct (Rle_lt_dec x u) as [|Lt]; auto. pose proof (Gap u x ltac:(lra)). lra.
    - intros b Hb. apply Hb. lra. }
  assert (Lip : forall s t, Rabs (w s - w t) <= Rabs (s - t)).
  { intros s t. destruct (Mvt (w t) (w s)) as [z [_ E]]. rewrite !Fw in E. rewrite E, Rabs_mult.
    pose proof (One z). rewrite (Rabs_pos_eq (c z)) by lra. pose proof (Rabs_pos (w s - w t)). nra. }
  exists w. split; [|split].
  - pose proof (Fw 0) as E. destruct (Rle_dec (w 0) 0) as [Le|Gt].
    + pose proof (Gap (w 0) 0 Le). lra.
    + pose proof (Gap 0 (w 0) ltac:(lra)). lra.
  - intros t Ht. apply Rnot_lt_le. intros Lt. pose proof (Gap (w t) 0 ltac:(lra)). pose proof (Fw t). lra.
  - intros t. apply is_derive_Reals. intros eps Pe.
    assert (Ci : continuous (fun u => / c u) (w t)).
    { apply (continuous_comp c Rinv); [apply C|]. apply (ex_derive_continuous Rinv). auto_derive.
      pose proof (One (w t)). lra. }
    destruct (Ci _ (locally_ball (/ c (w t)) (mkposreal eps Pe))) as [d Hd]. exists d. intros h Nh Hh.
    destruct (Mvt (w t) (w (t + h))) as [z [Hz E]]. rewrite !Fw in E. replace (t + h - t) with h in E by ring.
    assert (Ez : (w (t + h) - w t) / h = / c z).
    { rewrite E at 2. pose proof (One z). field. split; [lra|]. intros Z. rewrite Z in E. apply Nh. rewrite E. ring. }
    rewrite Ez. apply (Hd z). change (Rabs (z - w t) < d).
    pose proof (Lip (t + h) t) as Lh. replace (t + h - t) with h in Lh by ring.
    eapply Rle_lt_trans; [|exact Hh]. eapply Rle_trans; [|exact Lh].
    unfold Rmin, Rmax in Hz. destruct (Rle_dec (w t) (w (t + h))); apply Rabs_le_between.
    + rewrite Rabs_pos_eq by lra. lra.
    + rewrite Rabs_left by lra. lra.
Qed.
