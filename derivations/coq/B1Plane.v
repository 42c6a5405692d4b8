(* For B1NoRegulariser.v: a fully connected network of two inputs and two hidden neurons, with the loss
   m (1 - f_0)^2 / 2 + (1 - f_1)^2 / 2, m >= 1, from A = W_0 = I, w = W_1 = 0.
     Let h = - dloss/d(A w), D = det A, u = cof(A) w. Then
     A w = D u,   u' = D h,   D' = <h, u>,   D^2 = 1 + |u|^2:
   u moves in the plane by itself, and w is u turned back by an angle with angle' = (u x h)/(1 + D) ([turned]). If m = 1
   it never turns; for m > 1 the path of u is curved and always turns to one side ([turns_left]). *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Potential CoordinatePotential PathSigns.
Open Scope R_scope.

(* --- two inputs, two hidden neurons; the loss is m (1 - f_0)^2 / 2 + (1 - f_1)^2 / 2 --- *)
Section Plane.
Variables (m : R) (A00 A01 A10 A11 w0 w1 : R -> R).
Hypothesis m_one : 1 <= m.
Let h0 t := m * (1 - (A00 t * w0 t + A01 t * w1 t)).
Let h1 t := 1 - (A10 t * w0 t + A11 t * w1 t).
Hypothesis path00 : path A00 (fun t => h0 t * w0 t).
Hypothesis path01 : path A01 (fun t => h0 t * w1 t).
Hypothesis path10 : path A10 (fun t => h1 t * w0 t).
Hypothesis path11 : path A11 (fun t => h1 t * w1 t).
Hypothesis path_w0 : path w0 (fun t => A00 t * h0 t + A10 t * h1 t).
Hypothesis path_w1 : path w1 (fun t => A01 t * h0 t + A11 t * h1 t).
Hypothesis start : A00 0 = 1 /\ A01 0 = 0 /\ A10 0 = 0 /\ A11 0 = 1 /\ w0 0 = 0 /\ w1 0 = 0.

Definition det t := A00 t * A11 t - A01 t * A10 t.
Definition plane0 t := A11 t * w0 t - A10 t * w1 t.
Definition plane1 t := A00 t * w1 t - A01 t * w0 t.
Let pull t := h0 t * plane0 t + h1 t * plane1 t.
Let cross t := plane0 t * h1 t - plane1 t * h0 t.

Lemma det_path : path det pull.
Proof.
  apply (path_eq _ _ _ (path_minus _ _ _ _ (path_mult _ _ _ _ path00 path11) (path_mult _ _ _ _ path01 path10))).
  intros; unfold pull, plane0, plane1; ring.
Qed.
Lemma plane0_path : path plane0 (fun t => det t * h0 t).
Proof.
  apply (path_eq _ _ _ (path_minus _ _ _ _ (path_mult _ _ _ _ path11 path_w0) (path_mult _ _ _ _ path10 path_w1))).
  intros; unfold det; ring.
Qed.
Lemma plane1_path : path plane1 (fun t => det t * h1 t).
Proof.
  apply (path_eq _ _ _ (path_minus _ _ _ _ (path_mult _ _ _ _ path00 path_w1) (path_mult _ _ _ _ path01 path_w0))).
  intros; unfold det; ring.
Qed.

(* A^T A = I + w w^T *)
Lemma gram t : 0 <= t -> A00 t ^ 2 + A10 t ^ 2 = 1 + w0 t ^ 2 /\ A01 t ^ 2 + A11 t ^ 2 = 1 + w1 t ^ 2 /\
  A00 t * A01 t + A10 t * A11 t = w0 t * w1 t.
Proof.
  intros Ht. destruct start as [S1 [S2 [S3 [S4 [S5 S6]]]]].
  pose proof (path_constant (fun t => A00 t ^ 2 + A10 t ^ 2 - w0 t ^ 2) t) as K1.
  pose proof (path_constant (fun t => A01 t ^ 2 + A11 t ^ 2 - w1 t ^ 2) t) as K2.
  pose proof (path_constant (fun t => A00 t * A01 t + A10 t * A11 t - w0 t * w1 t) t) as K3. cbv beta in *.
  rewrite S1, S2, S3, S4, S5, S6 in *. split; [|split].
  - enough (A00 t ^ 2 + A10 t ^ 2 - w0 t ^ 2 = 1 ^ 2 + 0 ^ 2 - 0 ^ 2) by lra. apply K1; auto.
    apply (path_eq _ _ _ (path_minus _ _ _ _ (path_plus _ _ _ _ (path_sq _ _ path00) (path_sq _ _ path10))
      (path_sq _ _ path_w0))). intros; ring.
  - enough (A01 t ^ 2 + A11 t ^ 2 - w1 t ^ 2 = 0 ^ 2 + 1 ^ 2 - 0 ^ 2) by lra. apply K2; auto.
    apply (path_eq _ _ _ (path_minus _ _ _ _ (path_plus _ _ _ _ (path_sq _ _ path01) (path_sq _ _ path11))
      (path_sq _ _ path_w1))). intros; ring.
  - enough (A00 t * A01 t + A10 t * A11 t - w0 t * w1 t = 1 * 0 + 0 * 1 - 0 * 0) by lra. apply K3; auto.
    apply (path_eq _ _ _ (path_minus _ _ _ _ (path_plus _ _ _ _ (path_mult _ _ _ _ path00 path01)
      (path_mult _ _ _ _ path10 path11)) (path_mult _ _ _ _ path_w0 path_w1))). intros; ring.
Qed.

Lemma start_plane : det 0 = 1 /\ plane0 0 = 0 /\ plane1 0 = 0.
Proof. destruct start as [S1 [S2 [S3 [S4 [S5 S6]]]]]. unfold det, plane0, plane1. rewrite S1, S2, S3, S4, S5, S6. lra.
  Qed.

Lemma det_square t : 0 <= t -> det t ^ 2 = 1 + plane0 t ^ 2 + plane1 t ^ 2.
Proof.
  intros Ht. destruct start_plane as [D0 [P0 P1]].
  pose proof (path_constant (fun t => det t ^ 2 - (plane0 t ^ 2 + plane1 t ^ 2)) t) as K. cbv beta in K.
  rewrite D0, P0, P1 in K. enough (det t ^ 2 - (plane0 t ^ 2 + plane1 t ^ 2) = 1 ^ 2 - (0 ^ 2 + 0 ^ 2)) by lra.
  apply K; auto.
  apply (path_eq _ _ _ (path_minus _ _ _ _ (path_sq _ _ det_path) (path_plus _ _ _ _ (path_sq _ _ plane0_path)
    (path_sq _ _ plane1_path)))). intros; unfold pull; ring.
Qed.

Lemma det_positive t : 0 <= t -> 0 < det t.
Proof.
  apply no_first_exit; [apply det_path | destruct start_plane; lra|]. intros T PT H.
    pose proof (det_square T ltac:(lra)) as Sq.
  destruct (Rle_lt_dec (det T) 0) as [Le|]; auto. exfalso.
  destruct (IVT_gen det 0 T 0) as [c [Hc Zc]].
  - intros x. apply continuity_pt_filterlim, det_path.
  - destruct start_plane as [-> _]. rewrite Rmin_right, Rmax_left by lra. lra.
  - rewrite Rmin_left, Rmax_right in Hc by lra. pose proof (det_square c ltac:(lra)) as Sc. rewrite Zc in Sc.
    pose proof (pow2_ge_0 (plane0 c)). pose proof (pow2_ge_0 (plane1 c)). simpl in Sc. lra.
Qed.

(* what A and w give in the plane *)
Lemma outputs t : 0 <= t ->
  A00 t * w0 t + A01 t * w1 t = det t * plane0 t /\ A10 t * w0 t + A11 t * w1 t = det t * plane1 t.
Proof.
  intros Ht. destruct (gram t Ht) as [G0 [G1 G2]]. pose proof (det_positive t Ht) as Pd.
  assert (Sq : det t ^ 2 = 1 + w0 t ^ 2 + w1 t ^ 2).
  { transitivity ((A00 t ^ 2 + A10 t ^ 2) * (A01 t ^ 2 + A11 t ^ 2) - (A00 t * A01 t + A10 t * A11 t) ^ 2);
      [unfold det; ring | rewrite G0, G1, G2; ring]. }
  set (e0 := A00 t * w0 t + A01 t * w1 t - det t * plane0 t).
    set (e1 := A10 t * w0 t + A11 t * w1 t - det t * plane1 t).
  assert (C0 : A00 t * e0 + A10 t * e1 = 0).
  { transitivity ((A00 t ^ 2 + A10 t ^ 2) * w0 t + (A00 t * A01 t + A10 t * A11 t) * w1 t - det t ^ 2 * w0 t);
      [unfold e0, e1, det, plane0, plane1; ring | rewrite G0, G2, Sq; ring]. }
  assert (C1 : A01 t * e0 + A11 t * e1 = 0).
  { transitivity ((A00 t * A01 t + A10 t * A11 t) * w0 t + (A01 t ^ 2 + A11 t ^ 2) * w1 t - det t ^ 2 * w1 t);
      [unfold e0, e1, det, plane0, plane1; ring | rewrite G1, G2, Sq; ring]. }
  assert (Z0 : det t * e0 = 0) by (transitivity (A11 t * (A00 t * e0 + A10 t * e1) - A10 t * (A01 t * e0 + A11 t * e1));
    [unfold det; ring | rewrite C0, C1; ring]).
  assert (Z1 : det t * e1 = 0) by (transitivity (A00 t * (A01 t * e0 + A11 t * e1) - A01 t * (A00 t * e0 + A10 t * e1));
    [unfold det; ring | rewrite C0, C1; ring]).
  apply Rmult_integral in Z0. apply Rmult_integral in Z1. unfold e0, e1 in *. split; lra.
Qed.

Lemma forces t : 0 <= t -> h0 t = m * (1 - det t * plane0 t) /\ h1 t = 1 - det t * plane1 t.
Proof. intros Ht. destruct (outputs t Ht) as [<- <-]. split; reflexivity. Qed.

(* --- the path of u: below the diagonal, the second coordinate rising --- *)
Let gap t := plane0 t - plane1 t.
Lemma gap_path : path gap (fun t => - (m * det t ^ 2) * gap t + (m - 1) * det t * h1 t).
Proof.
  apply (path_eq _ _ _ (path_minus _ _ _ _ plane0_path plane1_path)). intros t Ht.
  destruct (forces t ltac:(lra)) as [-> ->]. unfold gap. ring.
Qed.

(* A A^T = I + u u^T *)
Lemma outer t : 0 <= t -> A00 t ^ 2 + A01 t ^ 2 = 1 + plane0 t ^ 2 /\ A10 t ^ 2 + A11 t ^ 2 = 1 + plane1 t ^ 2 /\
  A00 t * A10 t + A01 t * A11 t = plane0 t * plane1 t /\ w0 t ^ 2 + w1 t ^ 2 = det t ^ 2 - 1.
Proof.
  intros Ht. destruct (gram t Ht) as [G0 [G1 G2]].
  assert (E0 : w0 t ^ 2 = A00 t ^ 2 + A10 t ^ 2 - 1) by lra. assert (E1 : w1 t ^ 2 = A01 t ^ 2 + A11 t ^ 2 - 1) by lra.
  assert (Sq : det t ^ 2 = A00 t ^ 2 + A10 t ^ 2 + (A01 t ^ 2 + A11 t ^ 2) - 1).
  { transitivity ((A00 t ^ 2 + A10 t ^ 2) * (A01 t ^ 2 + A11 t ^ 2) - (A00 t * A01 t + A10 t * A11 t) ^ 2);
      [unfold det; ring | rewrite G2, Rpow_mult_distr, E0, E1; ring]. }
  assert (P0 : plane0 t ^ 2 = det t ^ 2 - (A10 t ^ 2 + A11 t ^ 2)).
  { transitivity (A11 t ^ 2 * w0 t ^ 2 - 2 * A10 t * A11 t * (w0 t * w1 t) + A10 t ^ 2 * w1 t ^ 2);
      [unfold plane0; ring | rewrite E0, E1, <- G2; unfold det; ring]. }
  assert (P1 : plane1 t ^ 2 = det t ^ 2 - (A00 t ^ 2 + A01 t ^ 2)).
  { transitivity (A00 t ^ 2 * w1 t ^ 2 - 2 * A00 t * A01 t * (w0 t * w1 t) + A01 t ^ 2 * w0 t ^ 2);
      [unfold plane1; ring | rewrite E0, E1, <- G2; unfold det; ring]. }
  split; [lra | split; [lra | split; [|lra]]]. symmetry.
  transitivity ((A11 t * A00 t + A10 t * A01 t) * (w0 t * w1 t) - A11 t * A01 t * w0 t ^ 2 - A10 t * A00 t * w1 t ^ 2);
    [unfold plane0, plane1; ring | rewrite E0, E1, <- G2; ring].
Qed.

Lemma h1_path : path h1 (fun t => - (h1 t * (det t ^ 2 + plane1 t ^ 2) + h0 t * (plane0 t * plane1 t))).
Proof.
  eapply path_eq; [apply (path_minus _ _ _ _ (path_const 1) (path_plus _ _ _ _ (path_mult _ _ _ _ path10 path_w0)
    (path_mult _ _ _ _ path11 path_w1)))|]. intros t Ht. cbv beta. destruct (outer t ltac:(lra)) as [O0 [O1 [O2 O3]]].
  replace (det t ^ 2 + plane1 t ^ 2) with (w0 t ^ 2 + w1 t ^ 2 + (A10 t ^ 2 + A11 t ^ 2)) by lra. rewrite <- O2. ring.
Qed.

Lemma h0_path : path h0 (fun t => - m * (h0 t * (det t ^ 2 + plane0 t ^ 2) + h1 t * (plane0 t * plane1 t))).
Proof.
  eapply path_eq; [apply path_scal, (path_minus _ _ _ _ (path_const 1) (path_plus _ _ _ _ (path_mult _ _ _ _ path00
    path_w0)
    (path_mult _ _ _ _ path01 path_w1)))|]. intros t Ht. cbv beta. destruct (outer t ltac:(lra)) as [O0 [O1 [O2 O3]]].
  replace (det t ^ 2 + plane0 t ^ 2) with (w0 t ^ 2 + w1 t ^ 2 + (A00 t ^ 2 + A01 t ^ 2)) by lra. rewrite <- O2. ring.
Qed.

Let slow t := plane1 t ^ 2 + det t ^ 2 + m * plane0 t * plane1 t.
Lemma force_path : path h1 (fun t => - slow t * h1 t + m * det t * plane0 t * plane1 t * gap t).
Proof.
  apply (path_eq _ _ _ h1_path). intros t Ht. destruct (forces t ltac:(lra)) as [-> ->]. unfold slow, gap. ring.
Qed.

Lemma start_force : h0 0 = m /\ h1 0 = 1.
Proof. destruct (forces 0 ltac:(lra)) as [-> ->]. destruct start_plane as [-> [-> ->]]. lra. Qed.

Ltac continuity := match goal with
  | |- continuous (fun t => @?f t + @?g t) _ => apply (continuous_plus (V := R_NormedModule) f g); continuity
  | |- continuous (fun t => @?f t - @?g t) _ => apply (continuous_minus (V := R_NormedModule) f g); continuity
  | |- continuous (fun t => @?f t * @?g t) _ => apply (continuous_mult f g); continuity
  | |- continuous (fun t => @?f t ^ 2) _ =>
      apply (continuous_mult f (fun t => f t * 1)); [|apply (continuous_mult f (fun _ => 1))]; continuity
  | |- continuous (fun _ => ?c) _ => apply continuous_const
  | |- _ => first [exact (proj1 det_path _) | exact (proj1 plane0_path _) | exact (proj1 plane1_path _) |
      exact (proj1 h0_path _) | exact (proj1 h1_path _)] end.

Lemma gap_continuous t : continuous (fun t => m * det t ^ 2) t.
Proof. continuity. Qed.
Lemma slow_continuous t : continuous slow t.
Proof. unfold slow. continuity. Qed.

Lemma second_force_positive t : 0 <= t -> 0 < h1 t.
Proof.
  apply no_first_exit; [apply h1_path | destruct start_force; lra|]. intros T PT H. destruct start_plane as [_ [S0 S1]].
  assert (P1 : forall u, 0 <= u <= T -> 0 <= plane1 u).
  { intros u Hu. rewrite <- S1. apply (path_increasing_between _ _ 0 u plane1_path); [lra|]. intros q Hq.
    apply Rmult_le_pos; left; [apply det_positive | apply H]; lra. }
  assert (Gp : forall u, 0 <= u <= T -> 0 <= gap u).
  { intros u Hu.
    apply (stays_nonneg gap _ (fun t => m * det t ^ 2) u gap_path gap_continuous); [lra | | unfold gap; lra].
    intros q Hq. replace (- (m * det q ^ 2) * gap q + (m - 1) * det q * h1 q + m * det q ^ 2 * gap q)
      with ((m - 1) * (det q * h1 q)) by ring.
    apply Rmult_le_pos; [lra|]. apply Rmult_le_pos; left; [apply det_positive | apply H]; lra. }
  pose proof (factor_on h1 _ slow T force_path slow_continuous ltac:(lra)) as F.
  pose proof (exp_pos (RInt slow 0 T)) as Pe. destruct start_force as [_ E1].
  assert (h1 0 <= h1 T * exp (RInt slow 0 T)); [|nra]. apply F. intros q Hq.
  replace (- slow q * h1 q + m * det q * plane0 q * plane1 q * gap q + slow q * h1 q)
    with (m * (det q * (plane0 q * (plane1 q * gap q)))) by ring.
  pose proof (P1 q ltac:(lra)). pose proof (Gp q ltac:(lra)). pose proof (det_positive q ltac:(lra)).
  assert (0 <= plane0 q) by (unfold gap in *; lra). repeat apply Rmult_le_pos; lra.
Qed.

Lemma second_positive t : 0 < t -> 0 < plane1 t.
Proof.
  intros Ht. destruct start_plane as [_ [_ <-]]. apply (increasing_strictly _ _ t plane1_path); auto. intros u Hu.
  apply Rmult_lt_0_compat; [apply det_positive | apply second_force_positive]; lra.
Qed.

Lemma gap_nonneg t : 0 <= t -> 0 <= gap t.
Proof.
  intros Ht. destruct start_plane as [_ [S0 S1]].
  apply (stays_nonneg gap _ (fun t => m * det t ^ 2) t gap_path gap_continuous); [auto | | unfold gap; lra].
  intros q Hq. replace (- (m * det q ^ 2) * gap q + (m - 1) * det q * h1 q + m * det q ^ 2 * gap q)
    with ((m - 1) * (det q * h1 q)) by ring.
  apply Rmult_le_pos; [lra|]. apply Rmult_le_pos; left; [apply det_positive | apply second_force_positive]; lra.
Qed.

Lemma first_positive t : 0 < t -> 0 < plane0 t.
Proof. intros Ht. pose proof (second_positive t Ht). pose proof (gap_nonneg t ltac:(lra)). unfold gap in *. lra. Qed.

(* --- the area that h sweeps about u --- *)
Let drag t := m * det t ^ 2 + (m - 1) * plane0 t ^ 2.
Let push t := (m - 1) * plane0 t * h1 t * (det t ^ 2 + plane0 t ^ 2 + plane1 t ^ 2).
Lemma cross_path : path cross (fun t => - drag t * cross t + push t).
Proof.
  eapply path_eq; [apply (path_minus _ _ _ _ (path_mult _ _ _ _ plane0_path h1_path) (path_mult _ _ _ _ plane1_path
    h0_path))|].
  intros t Ht. unfold cross, drag, push. ring.
Qed.
Lemma drag_continuous t : continuous drag t.
Proof. unfold drag. continuity. Qed.
Lemma start_cross : cross 0 = 0.
Proof. unfold cross. destruct start_plane as [_ [-> ->]]. ring. Qed.

Lemma turns_left t : 1 < m -> 0 < t -> 0 < cross t.
Proof.
  intros Hm Ht. pose proof (increasing_strictly _ _ t (path_mult _ _ _ _ cross_path (exponential_path drag
    drag_continuous))) as I.
  cbv beta in I. rewrite start_cross, Rmult_0_l in I. pose proof (exp_pos (RInt drag 0 t)) as Pe.
  enough (0 < cross t * exp (RInt drag 0 t)) by nra. apply I; auto. intros u Hu.
  replace (_ + _) with (push u * exp (RInt drag 0 u)) by ring. apply Rmult_lt_0_compat; [|apply exp_pos].
  pose proof (first_positive u Hu). pose proof (second_positive u Hu). pose proof (second_force_positive u ltac:(lra)).
  unfold push. repeat apply Rmult_lt_0_compat; try lra. nra.
Qed.

Lemma straight : m = 1 -> forall t, 0 <= t -> gap t = 0 /\ cross t = 0.
Proof.
  intros Hm t Ht. destruct start_plane as [_ [S0 S1]]. split.
  - pose proof (proportional_path gap (fun t => m * det t ^ 2) t) as K. cbv beta in K.
    assert (Z : gap t * exp (RInt (fun t => m * det t ^ 2) 0 t) = gap 0).
    { apply K; auto; [|apply gap_continuous]. apply (path_eq _ _ _ gap_path). intros u _. rewrite Hm. ring. }
    replace (gap 0) with 0 in Z by (unfold gap; lra). pose proof (exp_pos (RInt (fun t => m * det t ^ 2) 0 t)).
    apply Rmult_integral in Z. destruct Z; lra.
  - pose proof (proportional_path cross drag t) as K.
    assert (Z : cross t * exp (RInt drag 0 t) = cross 0).
    { apply K; auto; [|apply drag_continuous]. apply (path_eq _ _ _ cross_path). intros u _. unfold push. rewrite Hm.
      ring. }
    rewrite start_cross in Z. pose proof (exp_pos (RInt drag 0 t)). apply Rmult_integral in Z. destruct Z; lra.
Qed.

(* --- w is u turned back by the angle --- *)
Let rate t := cross t / (1 + Rabs (det t)).
Definition angle t := RInt rate 0 t.
Lemma inverse_continuous t : continuous (fun t => / (1 + Rabs (det t))) t.
Proof.
  apply (continuous_comp (fun t => Rabs (det t)) (fun x => / (1 + x))).
  - apply (continuous_comp det Rabs); [apply det_path | apply continuous_Rabs].
  - apply (ex_derive_continuous (fun x => / (1 + x))). auto_derive. pose proof (Rabs_pos (det t)). lra.
Qed.
Lemma rate_continuous t : continuous rate t.
Proof. apply (continuous_mult cross (fun t => / (1 + Rabs (det t)))); [apply cross_path | apply inverse_continuous].
  Qed.
Lemma angle_path : path angle rate.
Proof.
  assert (D : forall t, is_derive angle t (rate t)) by (intros; apply primitive_derive, rate_continuous). split; auto.
  intros t. apply (ex_derive_continuous angle). exists (rate t). apply D.
Qed.

Lemma unturned : m = 1 -> forall t, 0 <= t -> angle t = 0.
Proof.
  intros Hm t Ht. rewrite <- (primitive_zero rate 0). apply (path_constant angle); auto.
    apply (path_eq _ _ _ angle_path).
  intros u Hu. unfold rate. rewrite (proj2 (straight Hm u ltac:(lra))). unfold Rdiv. ring.
Qed.

Lemma hidden t : 0 <= t -> (1 + det t) * w0 t = (A00 t + A11 t) * plane0 t + (A10 t - A01 t) * plane1 t /\
  (1 + det t) * w1 t = (A00 t + A11 t) * plane1 t - (A10 t - A01 t) * plane0 t.
Proof.
  intros Ht. destruct (gram t Ht) as [G0 [G1 G2]]. split.
  - transitivity (w0 t * (det t + (A01 t ^ 2 + A11 t ^ 2)) - w1 t * (A00 t * A01 t + A10 t * A11 t));
      [rewrite G1, G2; ring | unfold plane0, plane1, det; ring].
  - transitivity (w1 t * (det t + (A00 t ^ 2 + A10 t ^ 2)) - w0 t * (A00 t * A01 t + A10 t * A11 t));
      [rewrite G0, G2; ring | unfold plane0, plane1, det; ring].
Qed.

Theorem turned t : 0 <= t ->
  w0 t - w1 t = cos (angle t) * (plane0 t - plane1 t) + sin (angle t) * (plane0 t + plane1 t).
Proof.
  intros Ht. set (a := fun t => A10 t - A01 t). set (e := fun t => A00 t + A11 t).
  set (grow := fun t => - (pull t * / (1 + Rabs (det t)))).
  assert (Cg : forall t, continuous grow t).
  { intros u. apply (continuous_opp (V := R_NormedModule)).
    apply (continuous_mult pull (fun t => / (1 + Rabs (det t))));
      [unfold pull; continuity | apply inverse_continuous]. }
  assert (Pa : path a (fun t => h1 t * w0 t - h0 t * w1 t)) by (apply (path_minus _ _ _ _ path10 path01)).
  assert (Pe : path e (fun t => h0 t * w0 t + h1 t * w1 t)) by (apply (path_plus _ _ _ _ path00 path11)).
  assert (Ps : path (fun t => sin (angle t)) (fun t => rate t * cos (angle t)))
    by (apply (path_comp _ _ sin cos angle_path); intros; apply is_derive_sin).
  assert (Pc : path (fun t => cos (angle t)) (fun t => rate t * - sin (angle t)))
    by (apply (path_comp _ _ cos (fun x => - sin x) angle_path); intros; apply is_derive_cos).
  assert (Speeds : forall u, 0 < u -> h1 u * w0 u - h0 u * w1 u = (e u * cross u + a u * pull u) / (1 + det u) /\
    h0 u * w0 u + h1 u * w1 u = (e u * pull u - a u * cross u) / (1 + det u) /\ rate u = cross u / (1 + det u) /\
    grow u = - (pull u / (1 + det u)) /\ 1 + det u <> 0).
  { intros u Hu. destruct (hidden u ltac:(lra)) as [H0 H1]. pose proof (det_positive u ltac:(lra)) as Pd.
    unfold rate, grow. rewrite (Rabs_pos_eq (det u)) by lra. repeat split; try lra;
      apply (Rmult_eq_reg_r (1 + det u)); try lra; unfold Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    - transitivity (h1 u * ((1 + det u) * w0 u) - h0 u * ((1 + det u) * w1 u)); [ring|]. rewrite H0, H1.
      unfold a, e, cross, pull. ring.
    - transitivity (h0 u * ((1 + det u) * w0 u) + h1 u * ((1 + det u) * w1 u)); [ring|]. rewrite H0, H1.
      unfold a, e, cross, pull. ring. }
  destruct start as [S1 [S2 [S3 [S4 [S5 S6]]]]]. destruct start_plane as [D0 _].
  assert (A0 : angle 0 = 0) by apply primitive_zero.
  set (X1 := fun t => a t * cos (angle t) - e t * sin (angle t)).
  set (X2 := fun t => e t * cos (angle t) + a t * sin (angle t) - (1 + det t)).
  assert (Z1 : X1 t = 0).
  { pose proof (proportional_path X1 grow t) as K. assert (Z : X1 t * exp (RInt grow 0 t) = X1 0).
    { apply K; auto. eapply path_eq;
        [apply (path_minus _ _ _ _ (path_mult _ _ _ _ Pa Pc) (path_mult _ _ _ _ Pe Ps))|].
      intros u Hu. destruct (Speeds u Hu) as [-> [-> [-> [-> N]]]]. unfold X1. field. exact N. }
    replace (X1 0) with 0 in Z by (unfold X1, a, e; rewrite A0, sin_0, S2, S3; ring).
      pose proof (exp_pos (RInt grow 0 t)).
    apply Rmult_integral in Z. destruct Z; lra. }
  assert (Z2 : X2 t = 0).
  { pose proof (proportional_path X2 grow t) as K. assert (Z : X2 t * exp (RInt grow 0 t) = X2 0).
    { apply K; auto. eapply path_eq;
        [apply (path_minus _ _ _ _ (path_plus _ _ _ _ (path_mult _ _ _ _ Pe Pc) (path_mult _ _ _ _ Pa Ps))
          (path_plus _ _ _ _ (path_const 1) det_path))|].
      intros u Hu. destruct (Speeds u Hu) as [-> [-> [-> [-> N]]]]. unfold X2. field. exact N. }
    replace (X2 0) with 0 in Z by (unfold X2, a, e; rewrite A0, sin_0, cos_0, S1, S2, S3, S4, D0; ring).
    pose proof (exp_pos (RInt grow 0 t)). apply Rmult_integral in Z. destruct Z; lra. }
  destruct (hidden t Ht) as [H0 H1]. pose proof (det_positive t Ht) as Pd. fold (a t) (e t) in H0, H1.
  pose proof (sin2_cos2 (angle t)) as Py. unfold Rsqr in Py. set (s := sin (angle t)) in *.
    set (c := cos (angle t)) in *.
  assert (Ea : a t = s * (1 + det t)).
  { transitivity (a t * (s * s + c * c)); [rewrite Py; ring|]. transitivity (c * X1 t + s * X2 t + s * (1 + det t));
      [unfold X1, X2; fold s c; ring | rewrite Z1, Z2; ring]. }
  assert (Ee : e t = c * (1 + det t)).
  { transitivity (e t * (s * s + c * c)); [rewrite Py; ring|]. transitivity (c * X2 t - s * X1 t + c * (1 + det t));
      [unfold X1, X2; fold s c; ring | rewrite Z1, Z2; ring]. }
  rewrite Ea, Ee in H0, H1. apply (Rmult_eq_reg_l (1 + det t)); [|lra].
  transitivity ((1 + det t) * w0 t - (1 + det t) * w1 t); [ring|]. rewrite H0, H1. ring.
Qed.

(* u stays in the quarter plane, so the angle, which grows no faster than that of u, stays below 3 pi / 4 *)
Lemma angle_range : 1 < m -> exists s, 0 < s /\ forall t, s <= t -> 0 < angle s <= angle t /\ angle t < 3 * (PI / 4).
Proof.
  intros Hm. assert (A0 : angle 0 = 0) by apply primitive_zero. pose proof PI_RGT_0 as Ppi.
  destruct (proj1 angle_path 0 (fun x => x < PI / 4)) as [d Hd].
  { exists (mkposreal (PI / 4) ltac:(lra)). intros x Hx. change (Rabs (x - angle 0) < PI / 4) in Hx. rewrite A0 in Hx.
    apply Rabs_lt_between in Hx. lra. }
  pose proof (cond_pos d) as Pd. set (s := d / 2). exists s. split; [unfold s; lra|].
  assert (Ps : 0 < s) by (unfold s; lra).
  assert (Small : angle s < PI / 4).
  { apply Hd. change (Rabs (s - 0) < d). rewrite Rminus_0_r, Rabs_pos_eq; unfold s; lra. }
  assert (Up : forall u, 0 < u -> 0 < rate u).
  { intros u Hu. apply Rdiv_lt_0_compat; [apply turns_left; auto|]. pose proof (Rabs_pos (det u)). lra. }
  intros t Ht. split; [split|].
  - rewrite <- A0 at 1. apply (increasing_strictly _ _ s angle_path Up Ps).
  - apply (path_increasing _ _ s t angle_path); [|lra]. intros u Hu. left. auto.
  - set (polar := fun t => atan (plane1 t / plane0 t)).
    assert (Slow : angle t - polar t <= angle s - polar s).
    { destruct (MVT_gen (fun t => polar t - angle t) s t
        (fun u => det u * cross u / (plane0 u ^ 2 + plane1 u ^ 2) - rate u)) as [c [Hc E]].
      - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. pose proof (first_positive u ltac:(lra)) as P0.
        apply (is_derive_minus polar angle); [|apply angle_path; lra].
        replace (det u * cross u / (plane0 u ^ 2 + plane1 u ^ 2))
          with ((det u * h1 u * plane0 u - plane1 u * (det u * h0 u)) / plane0 u ^ 2 * / (1 + Rsqr (plane1 u / plane0
            u)))
          by (unfold cross, Rsqr; field; repeat split; try lra; apply Rgt_not_eq; nra).
        apply (is_derive_comp atan (fun t => plane1 t / plane0 t)); [apply is_derive_atan|].
        apply (is_derive_div plane1 plane0); [apply plane1_path | apply plane0_path |]; lra.
      - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. pose proof (first_positive u ltac:(lra)) as P0.
        apply continuity_pt_filterlim. apply (continuous_minus (V := R_NormedModule)); [|apply angle_path].
        apply (continuous_comp (fun t => plane1 t / plane0 t) atan).
        + apply (ex_derive_continuous (fun t => plane1 t / plane0 t)). eexists.
          apply (is_derive_div plane1 plane0); [apply plane1_path | apply plane0_path |]; lra.
        + apply (ex_derive_continuous atan). eexists. apply is_derive_atan.
      - rewrite Rmin_left, Rmax_right in Hc by lra. enough (0 <= det c * cross c / (plane0 c ^ 2 + plane1 c ^ 2) - rate
        c) by nra.
        pose proof (first_positive c ltac:(lra)) as P0. pose proof (second_positive c ltac:(lra)) as P1.
        pose proof (det_positive c ltac:(lra)) as PD. pose proof (turns_left c Hm ltac:(lra)) as Pc.
        pose proof (det_square c ltac:(lra)) as Sq. unfold rate. rewrite Rabs_pos_eq by lra.
        assert (Pq : 0 < plane0 c ^ 2 + plane1 c ^ 2) by nra.
        replace (det c * cross c / (plane0 c ^ 2 + plane1 c ^ 2) - cross c / (1 + det c))
          with (cross c * (det c * (1 + det c) - (plane0 c ^ 2 + plane1 c ^ 2)) / ((plane0 c ^ 2 + plane1 c ^ 2) * (1 +
            det c)))
          by (field; lra).
        apply Rlt_le, Rdiv_lt_0_compat; [|nra]. apply Rmult_lt_0_compat; auto. nra. }
    assert (B : 0 < polar s /\ polar t < PI / 2).
    { split; [|apply atan_bound]. rewrite <- atan_0. apply atan_increasing. apply Rdiv_lt_0_compat;
        [apply second_positive | apply first_positive]; auto. }
    lra.
Qed.

(* bounded away from 0, up to the gap *)
Lemma turned_bound : 1 < m -> exists s c, 0 < c /\ forall t, s <= t -> c - gap t <= w0 t - w1 t.
Proof.
  intros Hm. destruct (angle_range Hm) as [s [Ps H]]. pose proof PI_RGT_0 as Ppi.
  set (q := Rmin (sin (angle s)) (sin (3 * (PI / 4)))).
  assert (Pq : 0 < q) by (apply Rmin_glb_lt; apply sin_gt_0; destruct (H s ltac:(lra)); lra).
  exists s, (q * plane1 s). pose proof (second_positive s Ps) as P1. split; [nra|]. intros t Ht.
  destruct (H t Ht) as [[B1 B2] B3]. rewrite turned by lra. fold (gap t).
  assert (Sn : q <= sin (angle t)).
  { destruct (Rle_lt_dec (angle t) (PI / 2)) as [Le|Gt].
    - apply Rle_trans with (sin (angle s)); [apply Rmin_l|]. apply sin_incr_1; lra.
    - apply Rle_trans with (sin (3 * (PI / 4))); [apply Rmin_r|]. apply sin_decr_1; lra. }
  assert (Pt : plane1 s <= plane1 t).
  { apply (path_increasing _ _ s t plane1_path); [|lra]. intros u Hu. apply Rmult_le_pos; left;
      [apply det_positive | apply second_force_positive]; lra. }
  pose proof (gap_nonneg t ltac:(lra)) as Pg. pose proof (COS_bound (angle t)) as [Cb _].
  assert (- gap t <= cos (angle t) * gap t) by nra.
  assert (q * plane1 s <= sin (angle t) * (plane0 t + plane1 t)); [|lra].
  apply Rmult_le_compat; try lra. unfold gap in Pg. lra.
Qed.
End Plane.
