(* Diagonal networks have no other laws: a function of the parameters, of whatever kind, that every flow of every data
   set conserves is, among positive parameters, a function of the differences v_{l,j}^2 - v_{l',j}^2.
   One data point that sees coordinate j only moves this coordinate along its hyperbola,
     and the flow passes through each
   point of it on the way to a suitable target. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias DepthPotential Regression R5Ties Network
  Conserved Diagonal Wellposed FromStart.
Open Scope R_scope.

(* a layer with the smallest value *)
Fixpoint smallest_layer (p : nat) (f : nat -> R) : nat :=
  match p with
  | O => O
  | S q => if Rlt_dec (f q) (f (smallest_layer q f)) then q else smallest_layer q f
  end.

Lemma smallest_layer_spec p f : (1 <= p)%nat ->
  (smallest_layer p f < p)%nat /\ forall l, (l < p)%nat -> f (smallest_layer p f) <= f l.
Proof.
  induction p as [|p IH]; [lia|]. intros _. cbn [smallest_layer]. destruct (Nat.eq_dec p 0) as [->|N].
  { cbn [smallest_layer]. destruct (Rlt_dec (f 0%nat) (f 0%nat)); (split; [lia|]); intros l Hl;
      replace l with 0%nat by lia; lra. }
  destruct (IH ltac:(lia)) as [B Le]. destruct (Rlt_dec (f p) (f (smallest_layer p f))) as [Lt|Ge]; split; try lia;
    intros l Hl; destruct (Nat.eq_dec l p) as [->|Ne]; try lra.
  - pose proof (Le l ltac:(lia)). lra.
  - apply Le. lia.
Qed.

Section Complete.
Variables (L m : nat) (h : (nat -> nat -> R) -> R).
Hypothesis depth : (1 <= L)%nat.
Hypothesis entries_only : forall w w', (forall l j, (l < L)%nat -> (j < m)%nat -> w l j = w' l j) -> h w = h w'.
Hypothesis conserved : forall n X y v, diagonal_gradient_flow L m n X y v -> forall t, 0 <= t ->
  h (at_time v t) = h (at_time v 0).

Definition positive (w : nat -> nat -> R) : Prop := forall l j, (l < L)%nat -> (j < m)%nat -> 0 < w l j.
Definition same_differences (w w' : nat -> nat -> R) : Prop := forall l l' j, (l < L)%nat -> (l' < L)%nat ->
  (j < m)%nat ->
  w l j ^ 2 - w l' j ^ 2 = w' l j ^ 2 - w' l' j ^ 2.

(* one coordinate *)
Section Coordinate.
Variables (w w' : nat -> nat -> R) (k : nat).
Hypothesis k_below : (k < m)%nat.
Hypotheses (w_positive : positive w) (w'_positive : positive w') (same : same_differences w w').

Let p j := smallest_layer L (fun l => w l j).
Let start l := w l k.
Let W := modulus L (p k) start.

Lemma p_spec j : (p j < L)%nat /\ forall l, (l < L)%nat -> w (p j) j <= w l j.
Proof. apply (smallest_layer_spec L (fun l => w l j) depth). Qed.

Lemma is_smallest_w j : (j < m)%nat -> is_smallest L (p j) (fun l => w l j).
Proof.
  intros Hj. destruct (p_spec j) as [B Le]. split; [exact B | split].
  - intros l Hl. pose proof (Le l Hl). pose proof (w_positive (p j) j B Hj). nra.
  - right. pose proof (w_positive (p j) j B Hj). lra.
Qed.

(* positive parameters with these differences: the layers are functions of the pivot *)
Lemma layers_of_pivot (u : nat -> R) : (forall l, (l < L)%nat -> 0 < u l) ->
  (forall l, (l < L)%nat -> u l ^ 2 - u (p k) ^ 2 = w l k ^ 2 - w (p k) k ^ 2) ->
  Prod L u = T W (u (p k)) /\ forall l, (l < L)%nat -> l <> p k -> u l = sqrt (u (p k) ^ 2 + gap (p k) start l).
Proof.
  intros Pu Su. destruct (p_spec k) as [B _].
  assert (E : forall l, (l < L)%nat -> l <> p k -> u l = sqrt (u (p k) ^ 2 + gap (p k) start l)).
  { intros l Hl N. unfold gap, start. replace (u (p k) ^ 2 + (w l k ^ 2 - w (p k) k ^ 2)) with (u l ^ 2)
      by (rewrite <- (Su l Hl); ring). rewrite sqrt_pow2; auto. left. auto. }
  split; [|exact E]. rewrite <- (ProdBut_mul L u (p k) B). unfold T, W, modulus, weight. f_equal.
  apply ProdBut_ext. intros l Hl N. apply E; auto.
Qed.

Lemma T_increases x z : x < z -> T W x < T W z.
Proof.
  apply T_grows; [|intros a b; apply modulus_grows]. intros a Na. apply modulus_pos_off; auto.
  intros l Hl _. destruct (is_smallest_w k k_below) as [_ [S _]]. pose proof (S l Hl). unfold gap, start. lra.
Qed.

Lemma one_coordinate : h w = h (fun l j => if Nat.eqb j k then w' l j else w l j).
Proof.
  destruct (p_spec k) as [B Le].
  set (tau := Prod L (fun l => w' l k)). set (sigma := Prod L (fun l => w l k)).
  assert (Pt : 0 < tau) by (apply Prod_pos; intros; apply w'_positive; auto).
  destruct (layers_of_pivot (fun l => w' l k)) as [Et Lt'];
    [intros; apply w'_positive; auto | intros l Hl; symmetry; apply same; auto |].
  (* a target beyond *)
  set (y := if Rle_dec sigma tau then tau + 1 else tau / 2).
  assert (Py : 0 < y) by (unfold y; destruct (Rle_dec sigma tau); lra).
  set (X := fun (_ : nat) j => delta k j).
  destruct (diagonal_one_flow L m 1 X (fun _ => y) w) as [v [Fl [V0 _]]].
  pose proof (diagonal_solution L m 1 X (fun _ => y) v Fl) as Sol.
  set (u := fun j l => v l j) in *.
  assert (Start : forall j l, (j < m)%nat -> (l < L)%nat -> u j l 0 = w l j) by (intros; apply V0; auto).
  assert (Sm : forall j, (j < m)%nat -> is_smallest L (p j) (fun l => u j l 0)).
  { intros j Hj. destruct (is_smallest_w j Hj) as [Bj [S _]]. split; [exact Bj | split].
    - intros l Hl. rewrite !Start by auto. apply S, Hl.
    - right. rewrite Start by auto. pose proof (w_positive (p j) j Bj Hj). lra. }
  destruct (convergence_from_ties L m 1 X (fun _ => y) u p 1 (fun j => if Nat.eqb j k then y else 1) Sol Sm) as
    [rate [_ [_ [lim [Conv [Feas _]]]]]].
  - intros i _. unfold X. rewrite (Sum_delta m k (fun j => if Nat.eqb j k then y else 1)) by auto.
    rewrite Nat.eqb_refl. reflexivity.
  - intros j Hj. right. apply Rmult_lt_0_compat.
    + apply Prod_pos. intros l Hl. change (at_time u 0 j l) with (u j l 0). rewrite Start; auto.
    + destruct (Nat.eqb j k); lra.
  - lra.
  - intros r. cbn [Sum]. rewrite (Sum_ext m _ (fun j => delta k j * r 0%nat ^ 2)).
    + rewrite (Sum_delta m k (fun _ => r 0%nat ^ 2)) by auto. lra.
    + intros j _. unfold X, delta. destruct (Nat.eqb k j); ring.
  - (* the coefficient comes past tau *)
    set (c := fun t => Prod L (fun l => extend u k l t)).
    pose proof (extend_solution L m 1 X (fun _ => y) u Sol) as Ext.
    assert (Ut : forall j l t, 0 <= t -> extend u j l t = u j l t) by (intros; unfold extend; rewrite Rmax_right; auto).
    assert (Cc : forall t, continuous c t).
    { intros t. apply (continuous_Prod L (fun l t => extend u k l t)). intros l Hl. apply (Ext k l k_below Hl). }
    assert (Cl : is_lim c p_infty y).
    { replace y with (coefficient L lim k).
      - apply (is_lim_Prod L (extend u k)). intros l Hl. apply (is_lim_ext_loc (u k l)); [|apply Conv; auto].
        exists 0. intros t Ht. symmetry. apply Ut. lra.
      - rewrite <- (Feas 0%nat ltac:(lia)). unfold X. symmetry. apply (Sum_delta m k (coefficient L lim)); auto. }
    assert (C0 : c 0 = sigma) by (apply Prod_ext; intros l Hl; rewrite Ut by lra; apply Start; auto).
    assert (Hit : exists t, 0 <= t /\ c t = tau).
    { assert (Far : exists t, 0 <= t /\ (sigma <= tau <= c t \/ c t <= tau <= sigma)).
      { unfold y in Cl. destruct (Rle_dec sigma tau) as [Le'|Gt].
        - destruct (Cl (fun q => Rabs (q - (tau + 1)) < 1)) as [M HM]; [exists (mkposreal 1 Rlt_0_1); auto|].
          exists (Rmax 0 M + 1). pose proof (Rmax_l 0 M). pose proof (Rmax_r 0 M). split; [lra|]. left.
          specialize (HM (Rmax 0 M + 1) ltac:(lra)). apply Rabs_lt_between in HM. lra.
        - destruct (Cl (fun q => Rabs (q - tau / 2) < tau / 2)) as [M HM];
            [assert (P2 : 0 < tau / 2) by lra; exists (mkposreal _ P2); auto|].
          exists (Rmax 0 M + 1). pose proof (Rmax_l 0 M). pose proof (Rmax_r 0 M). split; [lra|]. right.
          specialize (HM (Rmax 0 M + 1) ltac:(lra)). apply Rabs_lt_between in HM. lra. }
      destruct Far as [T [PT Between]]. destruct (IVT_gen c 0 T tau) as [t [Ht Et']].
      - intros s. apply continuity_pt_filterlim, Cc.
      - rewrite C0. unfold Rmin, Rmax. destruct (Rle_dec sigma (c T)); lra.
      - rewrite Rmin_left, Rmax_right in Ht by lra. exists t. split; [lra | exact Et']. }
    destruct Hit as [t [Ht Ct]].
    rewrite <- (entries_only (at_time v 0) w) by (intros l j Hl Hj; apply V0; auto).
    rewrite <- (conserved 1 X (fun _ => y) v Fl t Ht). apply entries_only. intros l j Hl Hj.
    change (at_time v t l j) with (u j l t). destruct (Nat.eqb_spec j k) as [->|Nj].
    + (* coordinate k has arrived *)
      assert (E0 : (fun l => extend u k l 0) = (fun l => u k l 0)) by (extensionality q; apply Ut; lra).
      assert (Ws : forall a, modulus L (p k) (fun l => extend u k l 0) a = W a).
      { intros a. rewrite E0. apply ProdBut_ext. intros q Hq _. unfold gap,
        start. rewrite !Start by auto. reflexivity. }
      assert (Sm' : forall j, (j < m)%nat -> is_smallest L (p j) (fun l => extend u j l 0)).
      { intros j Hj'. replace (fun l => extend u j l 0) with (fun l => u j l 0)
          by (extensionality q; symmetry; apply Ut; lra). auto. }
      pose proof (coefficient_from_pivot L m 1 X (fun _ => y) (extend u) Ext p (fun j Hj => proj1 (Sm' j Hj))
        (gaps L m (extend u) p Sm') (own_inside L m (extend u) p Sm') k t k_below Ht) as Cp. cbv beta zeta in Cp.
      pose proof (fun q => layer_from_pivot L m 1 X (fun _ => y) (extend u) Ext p (fun j Hj => proj1 (Sm' j Hj))
        (gaps L m (extend u) p Sm') (own_inside L m (extend u) p Sm') k q t k_below) as Lp. cbv beta zeta in Lp.
      assert (Sg : other_sign L (p k) (fun l => extend u k l 0) = 1).
      { unfold other_sign. rewrite (ProdBut_ext L _ (fun _ => 1)); [rewrite ProdBut_const by auto; apply pow1|].
        intros q Hq _. rewrite Ut, Start by (auto; lra). apply sign_eq_1, w_positive; auto. }
      assert (Cv : coefficient L (at_time (extend u) t) k = tau) by exact Ct.
      rewrite Cv, Sg, Rmult_1_l in Cp. unfold T in Cp. rewrite Ws in Cp. fold (T W (extend u k (p k) t)) in Cp.
      assert (Ez : extend u k (p k) t = w' (p k) k).
      { unfold tau in Cp. rewrite Et in Cp.
        destruct (Rtotal_order (extend u k (p k) t) (w' (p k) k)) as [O|[O|O]]; auto;
          apply T_increases in O; lra. }
      rewrite <- (Ut k l t Ht). destruct (Nat.eq_dec l (p k)) as [->|Nl]; [exact Ez|].
      rewrite (Lp l Hl Nl Ht), Ez, (Lt' l Hl Nl). rewrite Ut, Start, sign_eq_1 by (auto;
        lra). rewrite Rmult_1_l. f_equal.
      f_equal. unfold gap, start. rewrite !Ut, !Start by (auto; lra). reflexivity.
    + (* the other coordinates rest *)
      rewrite <- (Start j l Hj Hl), <- (Ut j l t Ht), <- (Ut j l 0) by lra.
      apply (path_constant (extend u j l)); auto. apply (path_eq _ _ _ (Ext j l Hj Hl)). intros s _.
      unfold velocity, dual_gradient. cbn [Sum]. unfold X. rewrite delta_other by auto. ring.
Qed.
End Coordinate.

Theorem diagonal_laws_complete w w' : positive w -> positive w' -> same_differences w w' -> h w = h w'.
Proof.
  intros Pw Pw' Same. set (mixed := fun q l j => if Nat.ltb j q then w' l j else w l j).
  assert (All : forall q, (q <= m)%nat -> h w = h (mixed q)).
  { induction q as [|q IH]; intros Hq; [apply entries_only; reflexivity|].
    rewrite IH by lia. rewrite (one_coordinate (mixed q) w' q).
    - apply entries_only. intros l j Hl Hj. unfold mixed.
      destruct (Nat.eqb_spec j q), (Nat.ltb_spec j q), (Nat.ltb_spec j (S q)); try lia; reflexivity.
    - lia.
    - intros l j Hl Hj. unfold mixed. destruct (Nat.ltb j q); auto.
    - exact Pw'.
    - intros l l' j Hl Hl' Hj. unfold mixed. destruct (Nat.ltb j q); auto. }
  rewrite (All m (le_n m)). apply entries_only. intros l j Hl Hj. unfold mixed.
  destruct (Nat.ltb_spec j m); [reflexivity | lia].
Qed.
End Complete.
