(* No function of beta selects the limits of fully connected networks of width two. Widths 3, 2, 1,
     W_0(0) = (1 0; 0 1; 1 -1),   W_1(0) = 0,
   data x_1 = s e_1, x_2 = e_2 with targets s, 1: for every s > 0 the interpolators are (1, 1, b). For s = 1 the flow
   goes to b = 0, for s > 1 (one point counts more) to some b > 0: the third row of W_0 does not move, so b is the
   difference of the two hidden weights, and B1Plane.v says how these turn. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Network Tensor Conserved Sensing Uniqueness K2Chain
  R7OrthogonalStart R7Layers R7SmallScale FromStart PathSigns B1Plane.
Open Scope R_scope.

Definition widths (l : nat) : nat := match l with 0 => 3 | 1 => 2 | _ => 1 end.
Definition points (s : R) (i j : nat) : R := match i, j with O, O => s | 1%nat, 1%nat => 1 | _, _ => 0 end.
Definition targets (s : R) (i : nat) : R := match i with O => s | _ => 1 end.
Definition unequal_start (l i j : nat) : R :=
  match l, i, j with
  | O, O, O | O, 1%nat, 1%nat | O, 2%nat, O => 1
  | O, 2%nat, 1%nat => -1
  | _, _, _ => 0
  end.

Lemma same_interpolators s x : 0 < s ->
  feasible 3 2 (points s) (targets s) x <-> feasible 3 2 (points 1) (targets 1) x.
Proof.
  intros Ps. split; intros F i Hi; pose proof (F 0%nat ltac:(lia)) as F0; pose proof (F 1%nat ltac:(lia)) as F1;
    unfold points, targets in *; cbn [Sum] in *; destruct i as [|[|i]]; try lia; try nra.
Qed.

Section Flow.
Variables (s : R) (W : nat -> R -> matrix).
Hypothesis s_one : 1 <= s.
Hypothesis W_flow : fully_connected_gradient_flow 2 2 widths (points s) (squared (targets s)) W.
Hypothesis W_start : starts_at 2 widths W unequal_start.
Let V (l : nat) (t : R) : matrix := W l (Rmax 0 t).
Let hidden b t := V 1%nat t b 0%nat.
Let force p t : R := match p with
  | O => s ^ 2 * (1 - (V 0%nat t 0%nat 0%nat * hidden 0%nat t + V 0%nat t 0%nat 1%nat * hidden 1%nat t))
  | 1%nat => 1 - (V 0%nat t 1%nat 0%nat * hidden 0%nat t + V 0%nat t 1%nat 1%nat * hidden 1%nat t)
  | _ => 0 end.

Lemma chain_one t b : (b < 2)%nat -> chain_vector 2 widths V 1 t b = hidden b t.
Proof.
  intros Hb. rewrite (zv_step 2 widths V eq_refl) by lia. cbn [widths Sum]. rewrite (zv_last 2 widths V eq_refl) by lia.
    unfold hidden. ring.
Qed.
Lemma chain_zero t p : chain_vector 2 widths V 0 t p = V 0%nat t p 0%nat * hidden 0%nat t + V 0%nat t p 1%nat * hidden
  1%nat t.
Proof. rewrite (zv_step 2 widths V eq_refl) by lia. cbn [widths Sum]. rewrite !chain_one by lia. ring. Qed.

Lemma slope_value t p : (p < 3)%nat ->
  - Sum 2 (fun i => (Sum (widths 0) (fun q => points s i q * chain_vector 2 widths V 0 t q) - targets s i) * points s i
    p) =
  force p t.
Proof.
  intros Hp. cbn [widths Sum]. rewrite !chain_zero. unfold points, targets, force.
  destruct p as [|[|[|p]]]; [| | |lia]; ring.
Qed.

Lemma weight_path a b : (a < 3)%nat -> (b < 2)%nat -> path (fun t => V 0%nat t a b) (fun t => force a t * hidden b t).
Proof.
  intros Ha Hb. pose proof (V_path 2 2 widths (points s) (squared (targets s)) (fun i v => v - targets s i) W eq_refl
    (squared_derive (targets s)) W_flow 0 a b ltac:(lia) Ha Hb) as P. eapply path_eq; [exact P|]. intros t _. cbv beta.
  fold V. rewrite row_start by exact Ha. rewrite chain_one by auto. f_equal. apply slope_value, Ha.
Qed.

Lemma hidden_path b : (b < 2)%nat ->
  path (hidden b) (fun t => V 0%nat t 0%nat b * force 0%nat t + V 0%nat t 1%nat b * force 1%nat t).
Proof.
  intros Hb. pose proof (V_path 2 2 widths (points s) (squared (targets s)) (fun i v => v - targets s i) W eq_refl
    (squared_derive (targets s)) W_flow 1 b 0 ltac:(lia) Hb ltac:(simpl; lia)) as P. eapply path_eq; [exact P|].
  intros t _. cbv beta. fold V. rewrite (zv_last 2 widths V eq_refl) by lia.
  match goal with |- row widths V ?u 1 t b * 1 = _ => set (r := u) end.
  assert (Er : forall p, (p < 3)%nat -> r p = force p t) by (intros p Hp; apply (slope_value t p Hp)).
  rewrite row_step. cbn [Sum widths]. rewrite !row_start by (simpl; lia). rewrite !Er by lia. unfold force at 3. ring.
Qed.

Lemma start_value l a b : (l < 2)%nat -> (a < widths l)%nat -> (b < widths (S l))%nat -> V l 0 a b = unequal_start l a
  b.
Proof. intros. unfold V. rewrite Rmax_left by lra. apply W_start; auto. Qed.

Lemma third_row t b : 0 <= t -> (b < 2)%nat -> V 0%nat t 2%nat b = unequal_start 0 2 b.
Proof.
  intros Ht Hb. rewrite <- (start_value 0 2 b) by (simpl; lia). apply (path_constant (fun t => V 0%nat t 2%nat b));
    auto.
  apply (path_eq _ _ _ (weight_path 2 b ltac:(lia) Hb)). intros; unfold force; ring.
Qed.

Lemma plane_start : V 0%nat 0 0%nat 0%nat = 1 /\ V 0%nat 0 0%nat 1%nat = 0 /\ V 0%nat 0 1%nat 0%nat = 0 /\
  V 0%nat 0 1%nat 1%nat = 1 /\ hidden 0%nat 0 = 0 /\ hidden 1%nat 0 = 0.
Proof. unfold hidden. rewrite !start_value by (simpl; lia). repeat split. Qed.

Lemma output_value t p : 0 <= t -> (p < 3)%nat -> coefficients 2 widths W t p =
  V 0%nat t p 0%nat * hidden 0%nat t + V 0%nat t p 1%nat * hidden 1%nat t.
Proof.
  intros Ht Hp. pose proof (coefficients_at 2 widths W eq_refl t p Hp) as H. rewrite Rmax_right in H by lra.
  rewrite <- H. apply chain_zero.
Qed.

Theorem pair_limit : exists b : nat -> R,
  (forall p, (p < 3)%nat -> is_lim (fun t => coefficients 2 widths W t p) p_infty (b p)) /\
  feasible 3 2 (points s) (targets s) b /\ (s = 1 -> b 2%nat = 0) /\ (1 < s -> 0 < b 2%nat).
Proof.
  destruct (small_start 2 2 widths (points s) (targets s) W 1 (le_n 2) eq_refl) as [b [Lim [Feas _]]].
  { split; [lra|]. intros r. unfold points. cbn [widths Sum]. pose proof (pow2_ge_0 (r 0%nat)).
    assert (1 * r 0%nat ^ 2 <= s ^ 2 * r 0%nat ^ 2) by (apply Rmult_le_compat_r; nra). lra. }
  { exact W_flow. }
  { intros i Hi. rewrite W_start by (cbn in *; lia). reflexivity. }
  { exists 0%nat. split; [simpl; lia|]. change (2 - 1)%nat with 1%nat. rewrite row_step. cbn [Sum widths].
    rewrite !row_start by (simpl; lia). rewrite !W_start by (simpl; lia). unfold points, targets, unequal_start.
    cbn [Sum]. nra. }
  exists b. split; [exact Lim | split; [exact Feas|]].
  assert (m_one : 1 <= s ^ 2) by nra.
  pose proof (weight_path 0 0 ltac:(lia) ltac:(lia)) as P00. pose proof (weight_path 0 1 ltac:(lia) ltac:(lia)) as P01.
  pose proof (weight_path 1 0 ltac:(lia) ltac:(lia)) as P10. pose proof (weight_path 1 1 ltac:(lia) ltac:(lia)) as P11.
  pose proof (hidden_path 0 ltac:(lia)) as P0. pose proof (hidden_path 1 ltac:(lia)) as P1.
  assert (Third : forall t, 0 <= t -> coefficients 2 widths W t 2 = hidden 0%nat t - hidden 1%nat t).
  { intros t Ht. rewrite output_value, !third_row by (auto; lia). unfold unequal_start. ring. }
  assert (B0 : b 0%nat = 1).
  { pose proof (Feas 0%nat ltac:(lia)) as F. unfold points, targets in F. cbn [Sum widths] in F.
    apply (Rmult_eq_reg_l s); lra. }
  assert (B1 : b 1%nat = 1).
  { pose proof (Feas 1%nat ltac:(lia)) as F. unfold points, targets in F. cbn [Sum widths] in F. lra. }
  split.
  - intros E1. apply (is_lim_same (fun t => coefficients 2 widths W t 2)); [apply Lim; simpl; lia|].
    apply (is_lim_ext_loc (fun _ => 0)); [|apply is_lim_const]. exists 0. intros t Ht. rewrite Third by lra. symmetry.
    rewrite (turned (s ^ 2) _ _ _ _ _ _ P00 P01 P10 P11 P0 P1 plane_start t) by lra.
    assert (M1 : s ^ 2 = 1) by (rewrite E1; ring).
    destruct (straight (s ^ 2) _ _ _ _ _ _ P00 P01 P10 P11 P0 P1 plane_start M1 t ltac:(lra)) as [G _].
    rewrite G. rewrite (unturned (s ^ 2) _ _ _ _ _ _ P00 P01 P10 P11 P0 P1 plane_start M1 t) by lra.
    rewrite sin_0. ring.
  - intros Hs. assert (M1 : 1 < s ^ 2) by nra.
    destruct (turned_bound (s ^ 2) _ _ _ _ _ _ m_one P00 P01 P10 P11 P0 P1 plane_start M1) as [t0 [c [Pc H]]].
    apply Rlt_le_trans with c; auto.
    apply (is_lim_le_loc (fun t => c - (coefficients 2 widths W t 0 - coefficients 2 widths W t 1))
      (fun t => coefficients 2 widths W t 2) p_infty c (b 2%nat)); [| |apply Lim; simpl; lia].
    + exists (Rmax 0 t0). intros t Ht. pose proof (Rmax_l 0 t0). pose proof (Rmax_r 0 t0). rewrite Third by lra.
      pose proof (H t ltac:(lra)) as Ht2. cbv beta in Ht2. rewrite !output_value by (auto; lia || lra).
      destruct (outputs (s ^ 2) _ _ _ _ _ _ P00 P01 P10 P11 P0 P1 plane_start t ltac:(lra)) as [-> ->].
      pose proof (gap_nonneg (s ^ 2) _ _ _ _ _ _ m_one P00 P01 P10 P11 P0 P1 plane_start t ltac:(lra)) as Gn.
      pose proof (det_positive (s ^ 2) _ _ _ _ _ _ P00 P01 P10 P11 P0 P1 plane_start t ltac:(lra)) as Dp.
      pose proof (det_square (s ^ 2) _ _ _ _ _ _ P00 P01 P10 P11 P0 P1 plane_start t ltac:(lra)) as Dq.
      cbv beta in *. nra.
    + enough (Lc : is_lim (fun t => c - (coefficients 2 widths W t 0 - coefficients 2 widths W t 1)) p_infty
        (c - (b 0%nat - b 1%nat))) by (replace (c - (b 0%nat - b 1%nat)) with c in Lc by lra; exact Lc).
      apply is_lim_minus'; [apply is_lim_const | apply is_lim_minus'; apply Lim; simpl; lia].
Qed.
End Flow.

(* one start, two data sets with the same interpolators: no function has both limits as its only minimisers *)
Theorem no_function_of_beta : ~ exists Q : (nat -> R) -> R, forall s W (b : nat -> R), s = 1 \/ s = 2 ->
  fully_connected_gradient_flow 2 2 widths (points s) (squared (targets s)) W -> starts_at 2 widths W unequal_start ->
  (forall p, (p < 3)%nat -> is_lim (fun t => coefficients 2 widths W t p) p_infty (b p)) ->
  forall x, feasible 3 2 (points s) (targets s) x -> (forall p, (p < 3)%nat -> x p = b p) \/ Q b < Q x.
Proof.
  intros [Q H].
  assert (Ex : forall s, exists W, fully_connected_gradient_flow 2 2 widths (points s) (squared (targets s)) W /\
    starts_at 2 widths W unequal_start).
  { intros s. destruct (fully_connected_one_flow 2 2 widths (points s) (squared (targets s)) (fun i v => v - targets s
    i)
      unequal_start (squared_derive (targets s)) ltac:(intros; apply squared_lipschitz) ltac:(intros;
        apply squared_nonneg)
      eq_refl) as [W [Fl [St _]]]. exists W. auto. }
  destruct (Ex 1) as [W1 [F1 S1]]. destruct (Ex 2) as [W2 [F2 S2]].
  destruct (pair_limit 1 W1 (Rle_refl 1) F1 S1) as [b1 [L1 [I1 [Z1 _]]]].
  destruct (pair_limit 2 W2 ltac:(lra) F2 S2) as [b2 [L2 [I2 [_ P2]]]].
  specialize (Z1 eq_refl). specialize (P2 ltac:(lra)).
  assert (I1' : feasible 3 2 (points 2) (targets 2) b1) by (apply same_interpolators; [lra | exact I1]).
  assert (I2' : feasible 3 2 (points 1) (targets 1) b2) by (apply (same_interpolators 2); [lra | exact I2]).
  destruct (H 1 W1 b1 (or_introl eq_refl) F1 S1 L1 b2 I2') as [E|Lt].
  { pose proof (E 2%nat ltac:(lia)) as E2. rewrite Z1 in E2. rewrite E2 in P2. exact (Rlt_irrefl _ P2). }
  destruct (H 2 W2 b2 (or_intror eq_refl) F2 S2 L2 b1 I1') as [E|Lt'].
  { pose proof (E 2%nat ltac:(lia)) as E2. rewrite Z1 in E2. rewrite <- E2 in P2. exact (Rlt_irrefl _ P2). }
  lra.
Qed.
