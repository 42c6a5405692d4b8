(* Around K3 for two layers: the margin of rho/|rho|_1 tends to the best one even when the l1 solution is not unique;
   a dual certificate that is strict off the support gives uniqueness over the signs that the start allows; and weights
   that separate nothing prove that the loss never falls below 1. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths MarginScalar Norms Flow Potential Kkt Regression Quasinorm Classification
  K3TwoLayersScalar K3TwoLayersFlow K3TwoLayersStable K3TwoLayers.
Open Scope R_scope.

(* --- the margin tends to 1/|z|_1 for every solution z, unique or not --- *)
Lemma some_margin_small m n A first second z x : (0 < n)%nat -> 0 < l1 m z ->
  (forall y, allowed m first second y -> margin_feasible m n A y -> l1 m z <= l1 m y) ->
  allowed m first second x -> 0 < l1 m x ->
  exists i, (i < n)%nat /\ l1 m z * margin_at m A x i <= l1 m x.
Proof.
  intros Hn Pz Opt Ax Px.
  destruct (Classical_Prop.classic (exists i, (i < n)%nat /\ l1 m z * margin_at m A x i <= l1 m x)) as [|N]; auto.
  exfalso.
  assert (Gap : forall i, (i < n)%nat -> 0 < margin_at m A x i - l1 m x / l1 m z).
  { intros i Hi. apply Rnot_le_lt. intros Le. apply N. exists i. split; auto.
    replace (l1 m x) with (l1 m z * (l1 m x / l1 m z)) by (field; lra). apply Rmult_le_compat_l; lra. }
  destruct (positive_minimum n _ Gap) as [b [Pb Hb]].
  assert (Pq : 0 < l1 m x / l1 m z) by (apply Rdiv_lt_0_compat; auto).
  set (mu := l1 m x / l1 m z + b). assert (Pm : 0 < mu) by (unfold mu; lra).
  assert (Pi : 0 < / mu) by (apply Rinv_0_lt_compat; auto).
  assert (Le : l1 m z <= l1 m (fun j => / mu * x j)).
  { apply Opt.
    - intros j Hj. destruct (Ax j Hj) as [S1 S2]. split; intros Z; [pose proof (S1 Z) | pose proof (S2 Z)]; nra.
    - intros i Hi. pose proof (Hb i Hi) as B.
      rewrite (Sum_ext m _ (fun j => / mu * (A i j * x j))) by (intros; ring). rewrite Sum_scal_l.
      fold (margin_at m A x i).
      rewrite <- (Rinv_l mu) by lra. apply Rmult_le_compat_l; [lra | unfold mu; lra]. }
  assert (E : l1 m (fun j => / mu * x j) = / mu * l1 m x).
  { unfold l1. rewrite <- Sum_scal_l. apply Sum_ext. intros j _. rewrite Rabs_mult, (Rabs_pos_eq (/ mu)) by lra.
    reflexivity. }
  rewrite E in Le. apply (Rmult_le_compat_l mu) in Le; [|lra]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l in Le by lra.
  replace (mu * l1 m z) with (l1 m x + b * l1 m z) in Le by (unfold mu; field; lra).
  pose proof (Rmult_lt_0_compat b (l1 m z) Pb Pz). lra.
Qed.

Theorem two_layer_margin_limit (m n : nat) (A : nat -> nat -> R) (v : nat -> nat -> R -> R) (z : nat -> R) :
  (0 < n)%nat ->
  classification_solution m n A 2 v ->
  let start_allows := allowed m (fun j => v j 0%nat 0) (fun j => v j 1%nat 0) in
  let rho t := coefficient 2 (at_time v t) in
  start_allows z -> margin_feasible m n A z ->
  (forall x, start_allows x -> margin_feasible m n A x -> l1 m z <= l1 m x) ->
  forall e, 0 < e -> exists t1, 0 < t1 /\ forall t, t1 <= t ->
    (forall i, (i < n)%nat -> (1 - e) / l1 m z <= margin_at m A (rho t) i / l1 m (rho t)) /\
    (exists i, (i < n)%nat /\ margin_at m A (rho t) i / l1 m (rho t) <= 1 / l1 m z).
Proof.
  intros Hn Fl start_allows rho Az Fz Opt e Pe. pose proof (z_norm_positive m n A Hn z Fz) as Pz.
  destruct (two_layer_margin m n A v Fl Hn z Az Fz (1 - e) ltac:(lra)) as [t1 [P1 H1]].
  exists t1. split; auto. intros t Ht. destruct (H1 t Ht) as [Pr Mr]. fold (rho t) in Pr, Mr.
  assert (Clear : forall a c, a / l1 m z <= c / l1 m (rho t) <-> a * l1 m (rho t) <= l1 m z * c).
  { intros a c. split; intros H.
    - apply (Rmult_le_compat_r (l1 m z * l1 m (rho t))) in H; [|left; apply Rmult_lt_0_compat; auto].
      replace (a / l1 m z * (l1 m z * l1 m (rho t))) with (a * l1 m (rho t)) in H by (field; lra).
      replace (c / l1 m (rho t) * (l1 m z * l1 m (rho t))) with (l1 m z * c) in H by (field; lra). exact H.
    - apply (Rmult_le_reg_r (l1 m z * l1 m (rho t))); [apply Rmult_lt_0_compat; auto|].
      replace (a / l1 m z * (l1 m z * l1 m (rho t))) with (a * l1 m (rho t)) by (field; lra).
      replace (c / l1 m (rho t) * (l1 m z * l1 m (rho t))) with (l1 m z * c) by (field; lra). exact H. }
  split.
  - intros i Hi. apply Clear, Mr; auto.
  - destruct (some_margin_small m n A _ _ z (rho t) Hn Pz Opt (signs_kept m n A v Fl t ltac:(lra)) Pr) as [i [Hi Le]].
    exists i. split; auto. apply (Rmult_le_reg_r (l1 m z * l1 m (rho t))); [apply Rmult_lt_0_compat; auto|].
    replace (margin_at m A (rho t) i / l1 m (rho t) * (l1 m z * l1 m (rho t)))
      with (l1 m z * margin_at m A (rho t) i) by (field; lra).
    replace (1 / l1 m z * (l1 m z * l1 m (rho t))) with (l1 m (rho t)) by (field; lra). exact Le.
Qed.

(* --- separable with the signs that the start allows: the loss tends to 0, unique solution or not --- *)
Theorem two_layer_separable_loss (m n : nat) (A : nat -> nat -> R) (v : nat -> nat -> R -> R) (h : nat -> R) :
  (0 < n)%nat ->
  classification_solution m n A 2 v ->
  allowed m (fun j => v j 0%nat 0) (fun j => v j 1%nat 0) h ->
  (forall i, (i < n)%nat -> 0 < margin_at m A h i) ->
  is_lim (fun t => exponential_loss m n A (coefficient 2 (at_time v t))) p_infty 0.
Proof.
  intros Hn Fl Ah Ph. destruct (positive_minimum n _ Ph) as [b [Pb Hb]].
  assert (Pi : 0 < / b) by (apply Rinv_0_lt_compat; auto).
  apply (two_layer_loss_vanishes m n A v Fl Hn (fun j => / b * h j)).
  - intros j Hj. destruct (Ah j Hj) as [S1 S2]. split; intros Z; [pose proof (S1 Z) | pose proof (S2 Z)]; nra.
  - intros i Hi. rewrite (Sum_ext m _ (fun j => / b * (A i j * h j))) by (intros; ring). rewrite Sum_scal_l.
    fold (margin_at m A h i). rewrite <- (Rinv_l b) by lra. apply Rmult_le_compat_l; [lra | auto].
Qed.

(* --- a dual certificate over the allowed signs: s = A^T lam, s_j at most 1 where rho_j > 0 is allowed, at least -1
   where rho_j < 0 is, strictly so where z_j = 0; the rows with lam_i > 0 determine the entries on the support --- *)
Theorem signed_l1_unique m n (A : nat -> nat -> R) (first second z s lam : nat -> R) :
  (forall i, (i < n)%nat -> 0 <= lam i) ->
  (forall i, (i < n)%nat -> lam i * (Sum m (fun j => A i j * z j) - 1) = 0) ->
  (forall j, (j < m)%nat -> s j = Sum n (fun i => A i j * lam i)) ->
  (forall j, (j < m)%nat -> s j * z j = Rabs (z j)) ->
  (forall j, (j < m)%nat -> z j = 0 ->
     (first j + second j <> 0 -> s j < 1) /\ (first j - second j <> 0 -> -1 < s j)) ->
  (forall j, (j < m)%nat -> z j <> 0 ->
     (first j + second j <> 0 -> s j <= 1) /\ (first j - second j <> 0 -> -1 <= s j)) ->
  (forall u, (forall j, (j < m)%nat -> z j = 0 -> u j = 0) ->
     (forall i, (i < n)%nat -> 0 < lam i -> Sum m (fun j => A i j * u j) = 0) ->
     forall j, (j < m)%nat -> u j = 0) ->
  forall x, allowed m first second x -> margin_feasible m n A x -> l1 m x <= l1 m z ->
  forall j, (j < m)%nat -> x j = z j.
Proof.
  intros Hl Hs Hr Sg Off On Inj x Ax Fx Le.
  assert (Side : forall j, (j < m)%nat -> (0 < x j -> first j + second j <> 0) /\ (x j < 0 -> first j - second j <> 0)).
  { intros j Hj. destruct (Ax j Hj) as [S1 S2].
    split; intros P E; [pose proof (S1 E) | pose proof (S2 E)]; lra. }
  apply (l1_unique m n A z s lam); auto. intros j Hj. destruct (Side j Hj) as [B1 B2].
  destruct (Rtotal_order (x j) 0) as [N|[Z|P]].
  - rewrite Rabs_left by auto. specialize (B2 N). destruct (Req_dec (z j) 0) as [Zz|Nz].
    + destruct (Off j Hj Zz) as [_ O]. specialize (O B2). split; [nra | intros; nra].
    + destruct (On j Hj Nz) as [_ O]. specialize (O B2). split; [nra | intros; contradiction].
  - rewrite Z, Rabs_R0. split; [lra | intros _ Nx; exfalso; apply Nx; reflexivity].
  - rewrite Rabs_pos_eq by lra. specialize (B1 P). destruct (Req_dec (z j) 0) as [Zz|Nz].
    + destruct (Off j Hj Zz) as [O _]. specialize (O B1). split; [nra | intros; nra].
    + destruct (On j Hj Nz) as [O _]. specialize (O B1). split; [nra | intros; contradiction].
Qed.

(* --- no direction with the allowed signs: weights w >= 0, not 0, whose pulls vanish or point to forbidden sides --- *)
Theorem two_layer_unreachable (m n : nat) (A : nat -> nat -> R) (v : nat -> nat -> R -> R) (w : nat -> R) i0 :
  classification_solution m n A 2 v ->
  (forall i, (i < n)%nat -> 0 <= w i) -> (i0 < n)%nat -> 0 < w i0 ->
  let pulled j := Sum n (fun i => A i j * w i) in
  (forall j, (j < m)%nat -> (v j 0%nat 0 + v j 1%nat 0 <> 0 -> pulled j <= 0) /\
                            (v j 0%nat 0 - v j 1%nat 0 <> 0 -> 0 <= pulled j)) ->
  forall t, 0 <= t -> 1 <= exponential_loss m n A (coefficient 2 (at_time v t)).
Proof.
  intros Fl Pw Hi0 P0 pulled Side t Ht. set (rho := coefficient 2 (at_time v t)).
  pose proof (signs_kept m n A v Fl t Ht) as Sr. cbv beta in Sr. fold rho in Sr.
  assert (Neg : Sum n (fun i => w i * margin_at m A rho i) <= 0).
  { rewrite (Sum_ext n _ (fun i => Sum m (fun j => rho j * (A i j * w i))))
      by (intros; unfold margin_at; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
    rewrite Sum_swap. rewrite <- (Sum_zero m (fun _ => 0)) by auto. apply Sum_le. intros j Hj.
    rewrite Sum_scal_l. fold (pulled j). destruct (Sr j Hj) as [S1 S2]. destruct (Side j Hj) as [B1 B2].
    destruct (Rtotal_order (rho j) 0) as [N|[Z|P]].
    - assert (D2 : v j 0%nat 0 - v j 1%nat 0 <> 0) by (intros E; pose proof (S2 E); lra). specialize (B2 D2). nra.
    - rewrite Z, Rmult_0_l. apply Rle_refl.
    - assert (D1 : v j 0%nat 0 + v j 1%nat 0 <> 0) by (intros E; pose proof (S1 E); lra). specialize (B1 D1). nra. }
  destruct (Classical_Prop.classic (exists i, (i < n)%nat /\ margin_at m A rho i <= 0)) as [[i [Hi Le]]|N].
  - apply Rle_trans with (exp (- margin_at m A rho i)).
    + rewrite <- exp_0. apply exp_le. lra.
    + exact (exp_sum_term n (margin_at m A rho) i Hi).
  - exfalso. assert (Pos : forall i, (i < n)%nat -> 0 < margin_at m A rho i).
    { intros i Hi. apply Rnot_le_lt. intros Le. apply N. exists i. auto. }
    assert (0 < w i0 * margin_at m A rho i0) by (apply Rmult_lt_0_compat; auto).
    pose proof (Sum_term n (fun i => w i * margin_at m A rho i) i0 Hi0) as Tm. cbv beta in Tm.
    assert (w i0 * margin_at m A rho i0 <= Sum n (fun i => w i * margin_at m A rho i)).
    { apply Tm. intros k Hk. apply Rmult_le_pos; auto. left; auto. }
    lra.
Qed.
