(* R3: h_L as the literature defines it, h_L(s) = q(s) (1 + q(s)^2)^((L-1)/2) where q' = (1 + q^2)^((L-1)/2) and
   q(0) = 0, is a bijection from the largest interval on which q exists to the real line; its inverse is the
   [hL_inverse] of DepthPotential.v, the derivative of H_L. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Potential ImplicitBias DepthPotential.
Open Scope R_scope.

Section Bijective.
Variable L : nat.
Notation w := (unit_weight L).
Notation dual := (dual_of L).

Lemma dual_mean x z : exists c, Rmin x z <= c <= Rmax x z /\ dual z - dual x = / w c * (z - x).
Proof.
  destruct (MVT_gen dual x z (fun c => / w c)) as [c [Hc E]].
  - intros; apply dual_derive.
  - intros u _. apply continuity_pt_filterlim. apply (ex_derive_continuous dual). eexists. apply dual_derive.
  - exists c. auto.
Qed.

Lemma dual_increasing x z : x < z -> dual x < dual z.
Proof.
  intros H. destruct (dual_mean x z) as [c [_ E]]. pose proof (Rinv_0_lt_compat _ (unit_pos L c)).
  assert (0 < / w c * (z - x)) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

Lemma dual_reflects x z : dual x < dual z -> x < z.
Proof.
  intros H. destruct (Rtotal_order x z) as [|[->|Gt]]; auto; [lra|]. pose proof (dual_increasing z x Gt). lra.
Qed.

Lemma dual_between x z s : dual x < s < dual z -> exists u, x < u < z /\ dual u = s.
Proof.
  intros H. pose proof (dual_reflects x z ltac:(lra)) as Hxz.
  destruct (IVT_gen dual x z s) as [u [_ E]].
  - intros c. apply continuity_pt_filterlim. apply (ex_derive_continuous dual). eexists. apply dual_derive.
  - rewrite Rmin_left, Rmax_right by lra. lra.
  - exists u. split; [split; apply dual_reflects; lra | exact E].
Qed.

(* the end of the interval, and q: the inverse of the dual variable *)
Definition dual_end : Rbar := Lub_Rbar (fun s => exists x, dual x = s).
Definition inside (s : R) : Prop := Rbar_lt (Rbar_opp dual_end) s /\ Rbar_lt s dual_end.
Definition flow_of_weight (s : R) : R := real (Lub_Rbar (fun x => dual x <= s)).

Lemma dual_below_end x : Rbar_lt (dual x) dual_end.
Proof.
  apply Rbar_lt_le_trans with (dual (x + 1)); [apply dual_increasing; lra|].
  apply (proj1 (Lub_Rbar_correct _)). exists (x + 1). reflexivity.
Qed.

Lemma dual_inside x : inside (dual x).
Proof.
  split; [|apply dual_below_end]. rewrite <- (Ropp_involutive (dual x)), <- dual_odd.
  change (Finite (- dual (- x))) with (Rbar_opp (dual (- x))). apply Rbar_opp_lt.
  apply dual_below_end.
Qed.

Lemma below_end (s : R) : Rbar_lt s dual_end -> exists x, s < dual x.
Proof.
  intros H. apply Classical_Prop.NNPP. intros N. apply (Rbar_lt_not_le _ _ H).
  apply (proj2 (Lub_Rbar_correct _) s). intros z [x <-]. simpl.
  destruct (Rle_dec (dual x) s) as [|G]; [auto | exfalso; apply N; exists x; lra].
Qed.

Lemma inside_dual s : inside s -> exists x, dual x = s.
Proof.
  intros [Lo Hi]. destruct (below_end s Hi) as [z Hz]. destruct (below_end (- s)) as [x Hx].
  - apply Rbar_opp_lt. change (Rbar_opp (Finite (- s))) with (Finite (- - s)). rewrite Ropp_involutive. exact Lo.
  - destruct (dual_between (- x) z s) as [u [_ E]]; [rewrite dual_odd; lra|]. exists u. exact E.
Qed.

Lemma flow_of_dual x : flow_of_weight (dual x) = x.
Proof.
  unfold flow_of_weight. replace (Lub_Rbar _) with (Finite x); [reflexivity|]. symmetry.
  apply is_lub_Rbar_unique. split.
  - intros z Hz. simpl. destruct (Rle_dec z x) as [|G]; auto. pose proof (dual_increasing x z ltac:(lra)). lra.
  - intros b Hb. apply Hb. lra.
Qed.

Lemma flow_of_weight_derive x : is_derive flow_of_weight (dual x) (w x).
Proof.
  apply is_derive_Reals. intros eps He.
  destruct (proj1 (filterlim_locally w (w x)) (unit_cont L x) (mkposreal eps He)) as [eta Near].
  pose proof (cond_pos eta) as Pe.
  pose proof (dual_increasing (x - eta / 2) x ltac:(lra)) as D1.
  pose proof (dual_increasing x (x + eta / 2) ltac:(lra)) as D2.
  assert (Pd : 0 < Rmin (dual x - dual (x - eta / 2)) (dual (x + eta / 2) - dual x)) by (apply Rmin_glb_lt; lra).
  exists (mkposreal _ Pd). intros h Nz Hh. simpl in Hh.
  pose proof (Rmin_l (dual x - dual (x - eta / 2)) (dual (x + eta / 2) - dual x)).
  pose proof (Rmin_r (dual x - dual (x - eta / 2)) (dual (x + eta / 2) - dual x)).
  apply Rabs_lt_between in Hh.
  destruct (dual_between (x - eta / 2) (x + eta / 2) (dual x + h) ltac:(lra)) as [u [Hu E]].
  destruct (dual_mean x u) as [c [Hc M]].
  assert (Slope : (flow_of_weight (dual x + h) - flow_of_weight (dual x)) / h = w c).
  { rewrite <- E, !flow_of_dual. pose proof (unit_pos L c).
    replace h with (/ w c * (u - x)) by lra. field. split; try lra.
    intros Z. apply Nz. rewrite Z, Rmult_0_r in M. lra. }
  rewrite Slope. apply (Near c). change (Rabs (c - x) < eta).
  apply Rabs_lt_between. unfold Rmin, Rmax in Hc. destruct (Rle_dec x u); lra.
Qed.

Theorem hL_bijective : exists (b : Rbar) (q : R -> R),
  let inside (s : R) := Rbar_lt (Rbar_opp b) s /\ Rbar_lt s b in
  let h (s : R) := q s * sqrt (1 + q s ^ 2) ^ (L - 1) in
  Rbar_lt 0 b /\ q 0 = 0 /\
  (forall s : R, inside s -> is_derive q s (sqrt (1 + q s ^ 2) ^ (L - 1))) /\
  (forall t : R, exists! s : R, inside s /\ h s = t) /\
  (forall s : R, inside s -> hL_inverse L (h s) = s) /\
  (forall t : R, inside (hL_inverse L t) /\ h (hL_inverse L t) = t).
Proof.
  exists dual_end, flow_of_weight. cbv zeta.
  assert (Inv : forall t, inside (hL_inverse L t) /\
    flow_of_weight (hL_inverse L t) * w (flow_of_weight (hL_inverse L t)) = t).
  { intros t. destruct (coefficient_bijective L t) as [q [<- _]]. rewrite hL_inverse_closed_form, flow_of_dual.
    split; [apply dual_inside | reflexivity]. }
  assert (Left : forall s, inside s -> hL_inverse L (flow_of_weight s * w (flow_of_weight s)) = s).
  { intros s Hs. destruct (inside_dual s Hs) as [x <-]. rewrite flow_of_dual. apply hL_inverse_closed_form. }
  split; [rewrite <- (dual_of_0 L); apply dual_below_end|].
  split; [rewrite <- (dual_of_0 L) at 1; apply flow_of_dual|].
  split; [|split; [|split; [exact Left | exact Inv]]].
  - intros s Hs. destruct (inside_dual s Hs) as [x <-]. rewrite flow_of_dual. apply flow_of_weight_derive.
  - intros t. exists (hL_inverse L t). split; [apply Inv|]. intros s [Hs <-]. apply Left. exact Hs.
Qed.
End Bijective.
