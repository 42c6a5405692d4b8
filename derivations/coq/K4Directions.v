(* Two layers, one data point, the loss exp(-y f), f = v_1^T M v_2, in the original parameters: M = U_1 diag(s) U_2^T
   turns the gradient flow (Derive of the loss) into the pairs of K4Growth.v; exp(-s_top nu) v_l tends to half of U_1 e
   and y U_2 e, hence the directions of the layers and of every bilinear coefficient vector beta. Used by
   K4Classification.v (K4). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Potential Network Tensor R6Flow K4Growth.
Open Scope R_scope.

(* --- the network: any matrix M with a singular value decomposition, original parameters --- *)
Section TwoLayers.
Variables (m : nat) (k : nat -> nat) (M : nat -> nat -> R) (s : nat -> R) (U : nat -> nat -> nat -> R) (y : R).

(* the data tensor of the one data point, and the loss of the output *)
Definition matrix_tensor (_ : nat) (js : nat -> nat) : R := M (js 0%nat) (js 1%nat).
Definition one_point_loss (_ : nat) (u : R) : R := exp (- (y * u)).
Definition singular_decomposition : Prop :=
  forall a b, (a < k 0)%nat -> (b < k 1)%nat -> M a b = Sum m (fun j => s j * (U 0%nat a j * U 1%nat b j)).

Lemma one_point_derive i u : is_derive (one_point_loss i) u (- (y * exp (- (y * u)))).
Proof. unfold one_point_loss. auto_derive; auto. ring. Qed.

Lemma matrix_contract w : contract 2 k (matrix_tensor 0) w =
  Sum (k 1%nat) (fun b => w 1%nat b * Sum (k 0%nat) (fun a => w 0%nat a * M a b)).
Proof. reflexivity. Qed.

Hypothesis decomposition : singular_decomposition.

Lemma bilinear_singular (f g : nat -> R) :
  Sum (k 1%nat) (fun b => g b * Sum (k 0%nat) (fun a => f a * M a b)) =
  Sum m (fun j => s j * (Sum (k 0%nat) (fun a => U 0%nat a j * f a) * Sum (k 1%nat) (fun b => U 1%nat b j * g b))).
Proof.
  rewrite (Sum_ext (k 1%nat) _ (fun b => Sum m (fun j =>
    s j * Sum (k 0%nat) (fun a => U 0%nat a j * f a) * (U 1%nat b j * g b)))).
  - rewrite Sum_swap. apply Sum_ext. intros j _. rewrite Sum_scal_l. ring.
  - intros b Hb. rewrite (Sum_ext (k 0%nat) _ (fun a => Sum m (fun j => s j * U 1%nat b j * (U 0%nat a j * f a)))).
    + rewrite Sum_swap, <- Sum_scal_l. apply Sum_ext. intros j _. rewrite Sum_scal_l. ring.
    + intros a Ha. rewrite decomposition, <- Sum_scal_l by auto. apply Sum_ext. intros; ring.
Qed.

Lemma matrix_slots w c :
  ((c < k 0)%nat -> slot 2 k (matrix_tensor 0) w 0 c = Sum m (fun j => s j * (U 0%nat c j * reduced k U w j 1))) /\
  ((c < k 1)%nat -> slot 2 k (matrix_tensor 0) w 1 c = Sum m (fun j => s j * (reduced k U w j 0 * U 1%nat c j))).
Proof.
  unfold slot. split; intros Hc; rewrite matrix_contract, bilinear_singular; apply Sum_ext; intros j _;
    unfold with_layer, reduced; simpl.
  - rewrite (Sum_ext (k 0%nat) _ (fun a => delta c a * U 0%nat a j)) by (intros; ring).
    rewrite (Sum_delta (k 0%nat) c (fun a => U 0%nat a j)) by auto. reflexivity.
  - rewrite (Sum_ext (k 1%nat) (fun c0 => U 1%nat c0 j * delta c c0) (fun b => delta c b * U 1%nat b j))
      by (intros; ring).
    rewrite (Sum_delta (k 1%nat) c (fun b => U 1%nat b j)) by auto. reflexivity.
Qed.

Hypothesis U_orthonormal : orthonormal 2 m k U.
Variable v : nat -> nat -> R -> R.
Hypothesis v_flow : tensor_gradient_flow 2 1 k matrix_tensor one_point_loss v.

Let z l c t := v l c (Rmax 0 t).
Let loss_at t := tensor_loss 2 1 k matrix_tensor one_point_loss (at_time v t).
Let E t := exp (- (y * contract 2 k (matrix_tensor 0) (at_time z t))).
Let eta l j t := Sum (k l) (fun c => U l c j * v l c t).
Let zeta l j t := Sum (k l) (fun c => U l c j * z l c t).

Lemma at_time_extended t : 0 <= t -> at_time z t = at_time v t.
Proof. intros Ht. unfold at_time, z. extensionality l; extensionality c. rewrite Rmax_right by auto. reflexivity. Qed.

Lemma zeta_eta l j t : 0 <= t -> zeta l j t = eta l j t.
Proof. intros Ht. unfold zeta, eta, z. rewrite Rmax_right by auto. reflexivity. Qed.

Lemma loss_extended t : 0 <= t -> loss_at t = E t.
Proof.
  intros Ht. unfold loss_at, E, tensor_loss, one_point_loss. cbn [Sum]. rewrite at_time_extended by auto. ring.
Qed.

Lemma layer_path l c : (l < 2)%nat -> (c < k l)%nat ->
  path (z l c) (fun t => y * E t * Sum m (fun j => s j * (U l c j * zeta (1 - l) j t))).
Proof.
  intros Hl Hc.
  apply (path_eq _ _ _ (tensor_path 2 1 k matrix_tensor one_point_loss (fun _ u =>
    - (y * exp (- (y * u)))) one_point_derive v v_flow l c Hl Hc)).
  intros t Ht. unfold tensor_gradient. cbn [Sum].
  unfold E. rewrite at_time_extended by lra.
  assert (Sl : slot 2 k (matrix_tensor 0) (at_time v t) l c = Sum m (fun j => s j * (U l c j * zeta (1 - l) j t))).
  { destruct (matrix_slots (at_time v t) c) as [S0 S1].
    destruct l as [|[|l]]; [rewrite (S0 Hc) | rewrite (S1 Hc) | lia]; apply Sum_ext; intros j _; simpl Nat.sub;
      rewrite zeta_eta by lra;
      unfold eta, reduced, at_time; cbv beta; ring. }
  rewrite Sl. ring.
Qed.

Lemma E_cont t : continuous E t.
Proof.
  pose proof (contract_path k (matrix_tensor 0) 2 z _ (fun l c Hl Hc => layer_path l c Hl Hc)) as P.
  apply (continuous_comp (fun t => contract 2 k (matrix_tensor 0) (at_time z t)) (fun u => exp (- (y * u))));
    [apply P|].
  apply (ex_derive_continuous (fun u => exp (- (y * u)))). auto_derive; auto.
Qed.

Lemma zeta_path l j : (l < 2)%nat -> (j < m)%nat -> path (zeta l j) (fun t => y * (s j * E t) * zeta (1 - l) j t).
Proof.
  intros Hl Hj. apply (path_eq _ _ _ (path_sum (k l) (fun c t => U l c j * z l c t) _ (fun c Hc =>
    path_scal (U l c j) _ _ (layer_path l c Hl Hc)))).
  intros t _. cbv beta.
  rewrite (Sum_ext (k l) _ (fun c => Sum m (fun i => y * E t * (s i * zeta (1 - l) i t) * (U l c j * U l c i)))).
  - rewrite Sum_swap.
    rewrite (Sum_ext m _ (fun i => delta j i * (y * E t * (s i * zeta (1 - l) i t)))).
    + rewrite (Sum_delta m j (fun i => y * E t * (s i * zeta (1 - l) i t))) by auto. ring.
    + intros i Hi. rewrite Sum_scal_l, (U_orthonormal l j i Hl Hj Hi). ring.
  - intros c _. rewrite <- !Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

Lemma E_singular t : E t = exp (- (y * Sum m (fun j => s j * (zeta 0 j t * zeta 1 j t)))).
Proof. unfold E. rewrite matrix_contract, bilinear_singular. reflexivity. Qed.

(* what the singular vectors do not see does not move *)
Lemma unseen_part l c t : (l < 2)%nat -> (c < k l)%nat -> 0 <= t ->
  z l c t = (z l c 0 - Sum m (fun j => U l c j * zeta l j 0)) + Sum m (fun j => U l c j * zeta l j t).
Proof.
  intros Hl Hc Ht.
  assert (P : path (fun t => z l c t - Sum m (fun j => U l c j * zeta l j t)) (fun _ => 0)).
  { apply (path_eq _ _ _ (path_minus _ _ _ _ (layer_path l c Hl Hc)
      (path_sum m (fun j t => U l c j * zeta l j t) _ (fun j Hj => path_scal (U l c j) _ _ (zeta_path l j Hl Hj))))).
    intros u _. cbv beta. rewrite <- Sum_scal_l, <- Sum_minus. apply Sum_zero. intros; ring. }
  pose proof (path_constant _ t P Ht) as K. cbv beta in K. lra.
Qed.

Hypothesis label : y = 1 \/ y = -1.
Hypothesis singular_values : forall j, (j < m)%nat -> 0 <= s j.
Variable top : nat.
Hypothesis dominant : forall j, (j < m)%nat -> eta 0 j 0 + y * eta 1 j 0 <> 0 -> s j <= s top.
Hypothesis top_positive : 0 < s top.

Let nu t := RInt loss_at 0 t.
(* the start of eta_1 + y eta_2 on the singular value s_top *)
Let e j := if Req_EM_T (s j) (s top) then eta 0 j 0 + y * eta 1 j 0 else 0.
Let sign_of (l : nat) : R := match l with O => 1 | _ => y end.
Let aligned l c := Sum m (fun j => U l c j * e j).

Lemma nu_extended t : 0 <= t -> nu t = RInt E 0 t.
Proof.
  intros Ht. unfold nu. apply RInt_ext. intros u Hu. rewrite Rmin_left in Hu by auto. apply loss_extended. lra.
Qed.

Lemma dominant_extended j : (j < m)%nat -> zeta 0 j 0 + y * zeta 1 j 0 <> 0 -> s j <= s top.
Proof. intros Hj. rewrite !zeta_eta by lra. apply dominant; auto. Qed.

Lemma top_part_e j : top_part s y (zeta 0) (zeta 1) top j = e j.
Proof. unfold top_part, e. rewrite !zeta_eta by lra. reflexivity. Qed.

Lemma scaled_layer l c : (l < 2)%nat -> (c < k l)%nat ->
  is_lim (fun t => exp (- s top * RInt E 0 t) * z l c t) p_infty (/ 2 * sign_of l * aligned l c).
Proof.
  intros Hl Hc.
  pose proof (pair_nu_diverges m s y (zeta 0) (zeta 1) E E_cont (fun j Hj => zeta_path 0 j ltac:(lia) Hj)
    (fun j Hj => zeta_path 1 j ltac:(lia) Hj) (fun t _ => E_singular t)) as Div.
  apply (is_lim_ext_loc (fun t => (z l c 0 - Sum m (fun j => U l c j * zeta l j 0)) * exp (- s top * RInt E 0 t)
    + Sum m (fun j => U l c j * (exp (- s top * RInt E 0 t) * zeta l j t)))).
  - exists 0. intros t Ht. rewrite (unseen_part l c t Hl Hc ltac:(lra)).
    rewrite Rmult_plus_distr_l, <- (Sum_scal_l m (exp _)). f_equal; [ring | apply Sum_ext; intros; ring].
  - replace (Finite (/ 2 * sign_of l * aligned l c)) with
      (Finite ((z l c 0 - Sum m (fun j => U l c j * zeta l j 0)) * 0 + Sum m (fun j =>
        U l c j * (/ 2 * sign_of l * e j)))).
    + apply is_lim_plus'; [apply is_lim_scale, is_lim_exp_decay_infinite; auto|].
      apply (is_lim_Sum m (fun j t => U l c j * (exp (- s top * RInt E 0 t) * zeta l j t))). intros j Hj.
      apply is_lim_scale.
      destruct (scaled_pair m s y (zeta 0) (zeta 1) E label E_cont (fun j Hj => zeta_path 0 j ltac:(lia) Hj)
        (fun j Hj => zeta_path 1 j ltac:(lia) Hj) (fun t _ =>
          E_singular t) singular_values top dominant_extended top_positive j Hj) as [L0 L1].
      rewrite top_part_e in L0, L1. destruct l as [|[|l]]; simpl sign_of;
        [|replace (/ 2 * y * e j) with (/ 2 * (y * e j)) by ring; exact L1 | lia].
      rewrite Rmult_1_r. exact L0.
    + f_equal. unfold aligned. rewrite <- Sum_scal_l, Rmult_0_r, Rplus_0_l. apply Sum_ext. intros; ring.
Qed.

(* U_l e has the norm of e *)
Lemma aligned_norm l : (l < 2)%nat -> Sum (k l) (fun c => aligned l c ^ 2) = Sum m (fun j => e j ^ 2).
Proof.
  intros Hl. unfold aligned.
  rewrite (Sum_ext (k l) _ (fun c => Sum m (fun j => Sum m (fun i => e j * e i * (U l c j * U l c i))))).
  - rewrite Sum_swap. apply Sum_ext. intros j Hj. rewrite Sum_swap.
    rewrite (Sum_ext m _ (fun i => delta j i * (e j * e i))).
    + rewrite (Sum_delta m j (fun i => e j * e i)) by auto. ring.
    + intros i Hi. rewrite Sum_scal_l, (U_orthonormal l j i Hl Hj Hi). ring.
  - intros c _. replace (Sum m (fun j => U l c j * e j) ^ 2)
      with (Sum m (fun j => U l c j * e j) * Sum m (fun j => U l c j * e j)) by ring.
    rewrite <- Sum_scal_r. apply Sum_ext. intros j _. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

(* x^T M x' on the aligned vectors: s_max |e|^2 *)
Lemma aligned_output : Sum (k 1%nat) (fun b => aligned 1 b * Sum (k 0%nat) (fun a => aligned 0 a * M a b)) = s top
  * Sum m (fun j => e j ^ 2).
Proof.
  rewrite bilinear_singular, <- Sum_scal_l. apply Sum_ext. intros j Hj.
  assert (Pr : forall l, (l < 2)%nat -> Sum (k l) (fun c => U l c j * aligned l c) = e j).
  { intros l Hl. unfold aligned. rewrite (Sum_ext (k l) _ (fun c => Sum m (fun i => e i * (U l c j * U l c i)))).
    - rewrite Sum_swap. rewrite (Sum_ext m _ (fun i => delta j i * e i)); [apply Sum_delta; auto|].
      intros i Hi. rewrite Sum_scal_l, (U_orthonormal l j i Hl Hj Hi). ring.
    - intros c _. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring. }
  rewrite !Pr by lia. unfold e. destruct (Req_EM_T (s j) (s top)) as [->|]; ring.
Qed.

Hypothesis unblocked : exists j, (j < m)%nat /\ e j <> 0.

Lemma e_norm_positive : 0 < Sum m (fun j => e j ^ 2).
Proof.
  destruct unblocked as [j [Hj N]]. apply Rlt_le_trans with (e j ^ 2).
  - rewrite <- Rsqr_pow2. apply Rsqr_pos_lt; auto.
  - apply (Sum_term m (fun j => e j ^ 2)); auto. intros; apply pow2_ge_0.
Qed.

Lemma label_one l : sign_of l ^ 2 = 1.
Proof. destruct l as [|l]; simpl; destruct label as [-> | ->]; ring. Qed.

Lemma scaled_norm_positive l : (l < 2)%nat -> 0 < Sum (k l) (fun c => (/ 2 * sign_of l * aligned l c) ^ 2).
Proof.
  intros Hl. rewrite (Sum_ext (k l) _ (fun c => / 4 * aligned l c ^ 2)).
  - rewrite Sum_scal_l, aligned_norm by auto. pose proof e_norm_positive. lra.
  - intros c _. replace ((/ 2 * sign_of l * aligned l c) ^ 2) with (/ 4 * sign_of l ^ 2 * aligned l c ^ 2) by field.
    rewrite label_one. ring.
Qed.

Lemma layer_direction l c : (l < 2)%nat -> (c < k l)%nat ->
  is_lim (fun t => v l c t / euclid (k l) (fun c => v l c t)) p_infty (sign_of l * aligned l c / euclid m e).
Proof.
  intros Hl Hc.
  pose proof (direction_of_scaled (k l) (z l) (fun t => exp (- s top * RInt E 0 t))
    (fun c => / 2 * sign_of l * aligned l c) 0 (fun t _ => exp_pos _) (sqrt_lt_R0 _ (scaled_norm_positive l Hl))
    (fun c Hc => scaled_layer l c Hl Hc) c Hc) as D.
  apply (is_lim_ext_loc (fun t => z l c t / euclid (k l) (fun c => z l c t))).
  - exists 0. intros t Ht. unfold z. rewrite Rmax_right by lra. reflexivity.
  - replace (sign_of l * aligned l c / euclid m e)
      with (/ 2 * sign_of l * aligned l c / euclid (k l) (fun c => / 2 * sign_of l * aligned l c)); auto.
    assert (En : euclid (k l) (fun c => / 2 * sign_of l * aligned l c) = / 2 * euclid m e).
    { rewrite <- euclid_scale by lra. unfold euclid. f_equal.
      rewrite (Sum_ext (k l) _ (fun c => / 4 * aligned l c ^ 2)).
      - rewrite Sum_scal_l, aligned_norm, <- Sum_scal_l by auto. apply Sum_ext. intros; field.
      - intros c' _. replace ((/ 2 * sign_of l * aligned l c') ^ 2) with (/ 4 * sign_of l ^ 2 * aligned l c' ^ 2)
          by field.
        rewrite label_one. ring. }
    assert (P : 0 < euclid m e) by (apply sqrt_lt_R0, e_norm_positive).
    rewrite En. field. lra.
Qed.

(* any bilinear coefficients of the two layers, such as beta: T i a b is the derivative of M(x)_ab in x_i *)
Lemma coefficient_direction d (T : nat -> nat -> nat -> R) (x : nat -> R) :
  (forall a b, (a < k 0)%nat -> (b < k 1)%nat -> Sum d (fun i => x i * T i a b) = M a b) ->
  let beta t i := Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b => T i a b * (v 0%nat a t * v 1%nat b t))) in
  let b_star i := Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b => T i a b * (aligned 0 a * aligned 1 b))) in
  forall i, (i < d)%nat -> is_lim (fun t => beta t i / euclid d (beta t)) p_infty (y * b_star i / euclid d b_star).
Proof.
  intros HT beta b_star i Hi. set (g := fun t => exp (- s top * RInt E 0 t)).
  set (zbeta := fun i t => Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b => T i a b * (z 0 a t * z 1 b t)))).
  assert (Y2 : y ^ 2 = 1) by (destruct label as [-> | ->]; ring).
  assert (Lb : forall i, (i < d)%nat -> is_lim (fun t => g t ^ 2 * zbeta i t) p_infty (/ 4 * y * b_star i)).
  { intros i' _.
    apply (is_lim_ext (fun t => Sum (k 0%nat) (fun a =>
      Sum (k 1%nat) (fun b => T i' a b * ((g t * z 0 a t) * (g t * z 1 b t)))))).
    - intros t. unfold zbeta. rewrite <- Sum_scal_l. apply Sum_ext. intros a _. rewrite <- Sum_scal_l. apply Sum_ext.
      intros; ring.
    - replace (/ 4 * y * b_star i') with (Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b =>
        T i' a b * ((/ 2 * sign_of 0 * aligned 0 a) * (/ 2 * sign_of 1 * aligned 1 b))))).
      + apply (is_lim_Sum (k 0%nat) (fun a t => Sum (k 1%nat) (fun b =>
          T i' a b * ((g t * z 0 a t) * (g t * z 1 b t))))). intros a Ha.
        apply (is_lim_Sum (k 1%nat) (fun b t => T i' a b * ((g t * z 0 a t) * (g t * z 1 b t)))
          (fun b => T i' a b * ((/ 2 * sign_of 0 * aligned 0 a) * (/ 2 * sign_of 1 * aligned 1 b)))). intros b Hb.
          apply is_lim_scale.
        apply (is_lim_mult (fun t => g t * z 0 a t) (fun t =>
          g t * z 1 b t) p_infty (/ 2 * sign_of 0 * aligned 0 a) (/ 2 * sign_of 1 * aligned 1 b));
          [apply scaled_layer; auto | apply scaled_layer; auto | simpl; auto].
      + unfold b_star. rewrite <- Sum_scal_l. apply Sum_ext. intros a _. rewrite <- Sum_scal_l. apply Sum_ext.
        intros b _. simpl. field. }
  assert (Pn : 0 < Sum d (fun i => b_star i ^ 2)).
  { destruct (Rle_lt_or_eq_dec 0 _ (Sum_nonneg d (fun i => b_star i ^ 2) ltac:(intros; apply pow2_ge_0))) as [|Z]; auto.
    exfalso.
    assert (Z0 : forall i, (i < d)%nat -> b_star i = 0).
    { intros i' Hi'. pose proof (Sum_term d (fun i => b_star i ^ 2) i' Hi' ltac:(intros; apply pow2_ge_0)) as B.
      cbv beta in B.
      pose proof (pow2_ge_0 (b_star i')). destruct (Req_dec (b_star i') 0) as [|N]; auto.
      apply Rsqr_pos_lt in N. rewrite Rsqr_pow2 in N. lra. }
    pose proof (Rmult_lt_0_compat _ _ top_positive e_norm_positive) as P. rewrite <- aligned_output in P.
    enough (Sum (k 1%nat) (fun b => aligned 1 b * Sum (k 0%nat) (fun a => aligned 0 a * M a b)) = Sum d (fun i =>
      x i * b_star i)) as Eq.
    { rewrite Eq, (Sum_zero d) in P; [lra|]. intros i' Hi'. rewrite Z0 by auto. ring. }
    unfold b_star.
    rewrite (Sum_ext d _ (fun i => Sum (k 1%nat) (fun b =>
      Sum (k 0%nat) (fun a => aligned 1 b * aligned 0 a * (x i * T i a b))))).
    - rewrite Sum_swap. apply Sum_ext. intros b Hb. rewrite Sum_swap, <- Sum_scal_l. apply Sum_ext. intros a Ha.
      rewrite Sum_scal_l, HT by auto. ring.
    - intros i' _. rewrite <- Sum_scal_l, Sum_swap.
      rewrite (Sum_ext (k 0%nat) _ (fun a => Sum (k 1%nat) (fun b => x i' * (T i' a b * (aligned 0 a * aligned 1 b)))))
        by (intros; rewrite <- Sum_scal_l; reflexivity).
      apply Sum_ext. intros a _. apply Sum_ext. intros; ring. }
  assert (Q : forall u, (/ 4 * y * u) ^ 2 = / 16 * u ^ 2).
  { intros u. replace ((/ 4 * y * u) ^ 2) with (/ 16 * y ^ 2 * u ^ 2) by field. rewrite Y2. ring. }
  assert (Pg : forall t, 0 < g t ^ 2) by (intros; apply pow_lt, exp_pos).
  assert (Pnb : 0 < euclid d (fun i => / 4 * y * b_star i)).
  { apply sqrt_lt_R0. rewrite (Sum_ext d _ (fun i => / 16 * b_star i ^ 2)) by (intros; apply Q). rewrite Sum_scal_l.
    lra. }
  pose proof (direction_of_scaled d zbeta (fun t => g t ^ 2) (fun i => / 4 * y * b_star i) 0 (fun t _ => Pg t) Pnb Lb)
    as D.
  apply (is_lim_ext_loc (fun t => zbeta i t / euclid d (fun i => zbeta i t))).
  - exists 0. intros t Ht. unfold zbeta, beta, z. rewrite Rmax_right by lra. reflexivity.
  - assert (Pe : 0 < euclid d b_star) by (apply sqrt_lt_R0; auto).
    replace (y * b_star i / euclid d b_star) with (/ 4 * y * b_star i / euclid d (fun i => / 4 * y * b_star i)).
    + apply D; auto.
    + assert (En : euclid d (fun i => / 4 * y * b_star i) = / 4 * euclid d b_star).
      { rewrite <- euclid_scale by lra. unfold euclid. f_equal. apply Sum_ext. intros i' _. rewrite Q. field. }
      rewrite En. field. lra.
Qed.
End TwoLayers.
