(* K4: two layers, one data point, the loss exp(-y f) with y = 1 or -1, any start.
   f = v_1^T M(x) v_2 with M(x) = U_1 diag(s) U_2^T a singular value decomposition, eta_l = U_l^T v_l; the gradient flow
   is written with [Derive] of the loss (tensor_gradient_flow). With nu(t) = int_0^t exp(-y f):
     (eta_1 +- eta_2)_j(t) = (eta_1 +- eta_2)_j(0) exp(+- y s_j nu(t)),  and nu -> infinity, for every start;
   if e, the part of eta_1(0) + y eta_2(0) on the largest singular value, is not 0, then the loss tends to 0,
     v_1/|v_1| -> U_1 e/|e|,   v_2/|v_2| -> y U_2 e/|e|,
   the linear coefficients tend in direction to those of (U_1 e, y U_2 e), and rho_j = y e_j^2/(s_max |e|^2) has the
   least l1 norm subject to y s^T rho >= 1. The condition on e follows from |eta_1j(0)| <> |eta_2j(0)|. For every start
   (_any_start): the same with the largest singular value on which the start is not blocked; if it is blocked on all
   that are not 0, the loss stays above 1. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality Classical.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor R6Flow K4Growth K4Directions.
Open Scope R_scope.

(* rho = y e^2/(s_max |e|^2): the least l1 norm among all rho with margin y s^T rho >= 1 *)
Theorem top_component_least_l1 (m : nat) (s e : nat -> R) (y smax : R) :
  y = 1 \/ y = -1 -> 0 < smax -> (forall j, (j < m)%nat -> 0 <= s j <= smax) ->
  (forall j, (j < m)%nat -> e j <> 0 -> s j = smax) -> 0 < Sum m (fun j => e j ^ 2) ->
  let rho j := y * e j ^ 2 / (smax * Sum m (fun j => e j ^ 2)) in
  y * Sum m (fun j => s j * rho j) = 1 /\
  (forall x, 1 <= y * Sum m (fun j => s j * x j) -> Sum m (fun j => Rabs (rho j)) <= Sum m (fun j => Rabs (x j))).
Proof.
  intros Hy Ps Hs Top Pe rho. set (N := Sum m (fun j => e j ^ 2)) in *.
  assert (Y1 : Rabs y = 1) by (destruct Hy as [-> | ->]; [apply Rabs_R1 | rewrite Rabs_left; lra]).
  assert (Y2 : y * y = 1) by (destruct Hy as [-> | ->]; ring). split.
  - rewrite <- Sum_scal_l. rewrite (Sum_ext m _ (fun j => / N * e j ^ 2)).
    + rewrite Sum_scal_l. unfold N. field. fold N. lra.
    + intros j Hj. unfold rho. destruct (Req_dec (e j) 0) as [Z|Z].
      * rewrite Z. field. lra.
      * rewrite (Top j Hj Z). replace (y * (smax * (y * e j ^ 2 / (smax * N)))) with (y * y * (e j ^ 2 / N))
          by (field; lra).
        rewrite Y2. field. lra.
  - intros x Hx.
    assert (A : Sum m (fun j => Rabs (rho j)) = / smax).
    { rewrite (Sum_ext m _ (fun j => / (smax * N) * e j ^ 2)).
      - rewrite Sum_scal_l. fold N. field. lra.
      - intros j _. unfold rho, Rdiv. rewrite !Rabs_mult, Y1, (Rabs_pos_eq (e j ^ 2)) by apply pow2_ge_0.
        rewrite Rabs_pos_eq; [ring|]. left. apply Rinv_0_lt_compat, Rmult_lt_0_compat; auto. }
    rewrite A. apply (Rmult_le_reg_l smax); auto. rewrite Rinv_r by lra.
    eapply Rle_trans; [exact Hx|]. eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult, Y1, Rmult_1_l.
    eapply Rle_trans; [apply Sum_abs|]. rewrite <- Sum_scal_l. apply Sum_le. intros j Hj. rewrite Rabs_mult.
    destruct (Hs j Hj) as [S0 S1]. rewrite (Rabs_pos_eq (s j)) by auto. apply Rmult_le_compat_r; auto. apply Rabs_pos.
Qed.

(* a largest element among those that satisfy a condition *)
Lemma largest_with m (s : nat -> R) (C : nat -> Prop) : (exists j, (j < m)%nat /\ C j) ->
  exists top, (top < m)%nat /\ C top /\ forall j, (j < m)%nat -> C j -> s j <= s top.
Proof.
  induction m as [|m IH]; intros [j [Hj Cj]]; [lia|].
  destruct (classic (exists j, (j < m)%nat /\ C j)) as [Ex|No].
  - destruct (IH Ex) as [top [Ht [Ct Mt]]]. destruct (classic (C m /\ s top < s m)) as [[Cm Lt]|N].
    + exists m. split; [lia | split; auto]. intros i Hi Ci. destruct (Nat.eq_dec i m) as [->|Ne]; [lra|].
      pose proof (Mt i ltac:(lia) Ci). lra.
    + exists top. split; [lia | split; auto]. intros i Hi Ci.
      destruct (Nat.eq_dec i m) as [->|Ne]; [|apply Mt; auto; lia].
      destruct (Rle_lt_dec (s m) (s top)) as [|Lt]; auto. exfalso. auto.
  - assert (j = m) as -> by (destruct (Nat.eq_dec j m); auto; exfalso; apply No; exists j; split; auto; lia).
    exists m. split; [lia | split; auto]. intros i Hi Ci. destruct (Nat.eq_dec i m) as [->|Ne]; [lra|].
    exfalso. apply No. exists i. split; auto; lia.
Qed.

(* so one of the two cases of the next theorem applies *)
Lemma blocked_or_largest m (s e : nat -> R) :
  (forall j, (j < m)%nat -> ~ (s j <> 0 /\ e j <> 0)) \/
  exists top, (top < m)%nat /\ (s top <> 0 /\ e top <> 0) /\ forall j, (j < m)%nat -> s j <> 0 /\ e j <> 0 ->
    s j <= s top.
Proof.
  destruct (classic (exists j, (j < m)%nat /\ (s j <> 0 /\ e j <> 0))) as [Ex|No].
  - right. exact (largest_with m s (fun j => s j <> 0 /\ e j <> 0) Ex).
  - left. intros j Hj H. apply No. exists j. auto.
Qed.

(* --- K4, every start --- *)
Theorem two_layer_classification_any_start
  (m : nat) (k : nat -> nat) (M : nat -> nat -> R) (s : nat -> R) (U : nat -> nat -> nat -> R) (y : R)
  (v : nat -> nat -> R -> R) :
  (* a singular value decomposition of the data matrix M(x) *)
  orthonormal 2 m k U -> singular_decomposition m k M s U -> (forall j, (j < m)%nat -> 0 <= s j) ->
  y = 1 \/ y = -1 ->
  tensor_gradient_flow 2 1 k (matrix_tensor M) (one_point_loss y) v ->
  let loss_at t := tensor_loss 2 1 k (matrix_tensor M) (one_point_loss y) (at_time v t) in
  let nu t := RInt loss_at 0 t in
  let eta l j t := Sum (k l) (fun c => U l c j * v l c t) in
  let unblocked j := s j <> 0 /\ eta 0%nat j 0 + y * eta 1%nat j 0 <> 0 in
  (forall j t, (j < m)%nat -> 0 <= t ->
     eta 0%nat j t + eta 1%nat j t = (eta 0%nat j 0 + eta 1%nat j 0) * exp (y * s j * nu t) /\
     eta 0%nat j t - eta 1%nat j t = (eta 0%nat j 0 - eta 1%nat j 0) * exp (- (y * s j * nu t))) /\
  is_lim nu p_infty p_infty /\
  (* nothing that the data see is unblocked: the loss stays above 1 *)
  ((forall j, (j < m)%nat -> ~ unblocked j) -> forall t, 0 <= t -> 1 <= loss_at t) /\
  (* s_top the largest singular value on which the start is not blocked *)
  (forall top, (top < m)%nat -> unblocked top -> (forall j, (j < m)%nat -> unblocked j -> s j <= s top) ->
     let e j := if Req_EM_T (s j) (s top) then eta 0%nat j 0 + y * eta 1%nat j 0 else 0 in
     let aligned l c := Sum m (fun j => U l c j * e j) in
     is_lim loss_at p_infty 0 /\
     (forall c, (c < k 0)%nat ->
        is_lim (fun t => v 0%nat c t / euclid (k 0%nat) (fun c => v 0%nat c t)) p_infty
          (aligned 0%nat c / euclid m e)) /\
     (forall c, (c < k 1)%nat ->
        is_lim (fun t => v 1%nat c t / euclid (k 1%nat) (fun c => v 1%nat c t)) p_infty
          (y * aligned 1%nat c / euclid m e)) /\
     (* beta_i = T_i o (v_0, v_1), where M(x) = sum_i x_i T_i *)
     (forall d (T : nat -> nat -> nat -> R) (x : nat -> R),
        (forall a b, (a < k 0)%nat -> (b < k 1)%nat -> Sum d (fun i => x i * T i a b) = M a b) ->
        let beta t i := Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b => T i a b * (v 0%nat a t * v 1%nat b t))) in
        let b_star i := Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b =>
          T i a b * (aligned 0%nat a * aligned 1%nat b))) in
        forall i, (i < d)%nat -> is_lim (fun t => beta t i / euclid d (beta t)) p_infty
          (y * b_star i / euclid d b_star))).
Proof.
  intros Orth Dec Sv Hy Fl loss_at nu eta unblocked.
  set (z := fun l c t => v l c (Rmax 0 t)).
  set (E := fun t => exp (- (y * contract 2 k (matrix_tensor M 0) (at_time z t)))).
  set (zeta := fun l j t => Sum (k l) (fun c => U l c j * z l c t)).
  pose proof (E_cont m k M s U y Dec v Fl) as Ec. fold z E in Ec.
  pose proof (fun j Hj => zeta_path m k M s U y Dec Orth v Fl 0 j ltac:(lia) Hj) as P0. fold z zeta E in P0.
  pose proof (fun j Hj => zeta_path m k M s U y Dec Orth v Fl 1 j ltac:(lia) Hj) as P1. fold z zeta E in P1.
  pose proof (fun t (_ : 0 <= t) => E_singular m k M s U y Dec v t) as Ev. fold z zeta E in Ev.
  assert (Zt : forall l j t, 0 <= t -> zeta l j t = eta l j t)
    by (intros; unfold zeta, eta, z; rewrite Rmax_right by auto; reflexivity).
  assert (Nu : forall t, 0 <= t -> nu t = RInt E 0 t) by (intros t Ht; exact (nu_extended k M y v t Ht)).
  pose proof (pair_nu_diverges m s y (zeta 0%nat) (zeta 1%nat) E Ec P0 P1 Ev) as Div.
  split; [|split; [|split]].
  - intros j t Hj Ht. rewrite Nu, <- !Zt by (auto; lra).
    pose proof (pair_exponential m s y (zeta 0%nat) (zeta 1%nat) E Ec P0 P1 j t 1 Hj Ht ltac:(auto)) as G1.
    pose proof (pair_exponential m s y (zeta 0%nat) (zeta 1%nat) E Ec P0 P1 j t (-1) Hj Ht ltac:(auto)) as G2. split.
    + rewrite !Rmult_1_l in G1. exact G1.
    + replace (zeta 0%nat j t - zeta 1%nat j t) with (zeta 0%nat j t + -1 * zeta 1%nat j t) by ring.
      rewrite G2. f_equal; [ring | f_equal; ring].
  - apply (is_lim_ext_loc (fun t => RInt E 0 t)); auto. exists 0. intros t Ht. symmetry. apply Nu. lra.
  - intros B t Ht. unfold loss_at. rewrite (loss_extended k M y v t Ht).
    apply (pair_blocked m s y (zeta 0%nat) (zeta 1%nat) E Hy Ec P0 P1 Ev Sv); auto.
    intros j Hj Nz. rewrite !Zt by lra. destruct (Req_dec (eta 0%nat j 0 + y * eta 1%nat j 0) 0) as [|N]; auto.
    exfalso. apply (B j Hj). split; auto.
  - intros top Htop [Ns Nt] Max e aligned.
    assert (Ps : 0 < s top) by (pose proof (Sv top Htop); lra).
    assert (Dom : forall j, (j < m)%nat -> eta 0%nat j 0 + y * eta 1%nat j 0 <> 0 -> s j <= s top).
    { intros j Hj N. destruct (Req_dec (s j) 0) as [->|Nz]; [lra|]. apply Max; auto. split; auto. }
    assert (Un : exists j, (j < m)%nat /\ e j <> 0).
    { exists top. split; auto. unfold e. destruct (Req_EM_T (s top) (s top)); [exact Nt | lra]. }
    pose proof (layer_direction m k M s U y Dec Orth v Fl Hy Sv top Dom Ps Un) as Dir.
    split; [|split; [|split]].
    + apply (is_lim_ext_loc E).
      * exists 0. intros t Ht. symmetry. apply (loss_extended k M y v t). lra.
      * apply (pair_loss_vanishes m s y (zeta 0%nat) (zeta 1%nat) E Hy Ec P0 P1 Ev Sv top Htop Ns).
        rewrite !Zt by lra. exact Nt.
    + intros c Hc. pose proof (Dir 0%nat c ltac:(lia) Hc) as D. cbv beta iota in D. rewrite Rmult_1_l in D. exact D.
    + intros c Hc. exact (Dir 1%nat c ltac:(lia) Hc).
    + intros d T x HT. exact (coefficient_direction m k M s U y Dec Orth v Fl Hy Sv top Dom Ps Un d T x HT).
Qed.

(* --- K4: a start that is not blocked on the largest singular value --- *)
Theorem two_layer_classification
  (m : nat) (k : nat -> nat) (M : nat -> nat -> R) (s : nat -> R) (U : nat -> nat -> nat -> R) (y : R)
  (v : nat -> nat -> R -> R) (top : nat) :
  orthonormal 2 m k U -> singular_decomposition m k M s U ->
  (top < m)%nat -> (forall j, (j < m)%nat -> 0 <= s j <= s top) -> 0 < s top ->
  y = 1 \/ y = -1 ->
  tensor_gradient_flow 2 1 k (matrix_tensor M) (one_point_loss y) v ->
  let loss_at t := tensor_loss 2 1 k (matrix_tensor M) (one_point_loss y) (at_time v t) in
  let nu t := RInt loss_at 0 t in
  let eta l j t := Sum (k l) (fun c => U l c j * v l c t) in
  let e j := if Req_EM_T (s j) (s top) then eta 0%nat j 0 + y * eta 1%nat j 0 else 0 in
  let aligned l c := Sum m (fun j => U l c j * e j) in
  (* for every start *)
  (forall j t, (j < m)%nat -> 0 <= t ->
     eta 0%nat j t + eta 1%nat j t = (eta 0%nat j 0 + eta 1%nat j 0) * exp (y * s j * nu t) /\
     eta 0%nat j t - eta 1%nat j t = (eta 0%nat j 0 - eta 1%nat j 0) * exp (- (y * s j * nu t))) /\
  is_lim nu p_infty p_infty /\
  (* if the start is not blocked on the largest singular value *)
  ((exists j, (j < m)%nat /\ e j <> 0) ->
     is_lim loss_at p_infty 0 /\
     (forall c, (c < k 0)%nat ->
        is_lim (fun t => v 0%nat c t / euclid (k 0%nat) (fun c => v 0%nat c t)) p_infty
          (aligned 0%nat c / euclid m e)) /\
     (forall c, (c < k 1)%nat ->
        is_lim (fun t => v 1%nat c t / euclid (k 1%nat) (fun c => v 1%nat c t)) p_infty
          (y * aligned 1%nat c / euclid m e)) /\
     (* beta_i = T_i o (v_0, v_1), where M(x) = sum_i x_i T_i *)
     (forall d (T : nat -> nat -> nat -> R) (x : nat -> R),
        (forall a b, (a < k 0)%nat -> (b < k 1)%nat -> Sum d (fun i => x i * T i a b) = M a b) ->
        let beta t i := Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b => T i a b * (v 0%nat a t * v 1%nat b t))) in
        let b_star i := Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b =>
          T i a b * (aligned 0%nat a * aligned 1%nat b))) in
        forall i, (i < d)%nat -> is_lim (fun t => beta t i / euclid d (beta t)) p_infty
          (y * b_star i / euclid d b_star)) /\
     (* |e| = |rho|^(1/2) up to the factor: rho has the least l1 norm among all of margin at least 1 *)
     (let rho j := y * e j ^ 2 / (s top * Sum m (fun j => e j ^ 2)) in
        y * Sum m (fun j => s j * rho j) = 1 /\
        forall x, 1 <= y * Sum m (fun j => s j * x j) -> Sum m (fun j => Rabs (rho j)) <= Sum m (fun j => Rabs (x j)))).
Proof.
  intros Orth Dec Htop Sv Ps Hy Fl loss_at nu eta e aligned.
  destruct (two_layer_classification_any_start m k M s U y v Orth Dec (fun j Hj => proj1 (Sv j Hj)) Hy Fl)
    as [Gr [Div [_ Con]]].
  split; [exact Gr | split; [exact Div|]]. intros [j [Hj Nj]].
  assert (Sj : s j = s top /\ eta 0%nat j 0 + y * eta 1%nat j 0 <> 0).
  { unfold e in Nj. destruct (Req_EM_T (s j) (s top)); [auto | lra]. }
  destruct Sj as [Sj Uj].
  assert (Uq : s j <> 0 /\ eta 0%nat j 0 + y * eta 1%nat j 0 <> 0) by (split; [lra | exact Uj]).
  assert (Mx : forall i, (i < m)%nat -> s i <> 0 /\ eta 0%nat i 0 + y * eta 1%nat i 0 <> 0 -> s i <= s j)
    by (intros i Hi _; rewrite Sj; apply (Sv i Hi)).
  specialize (Con j Hj Uq Mx). rewrite Sj in Con. destruct Con as [Lo [D0 [D1 Be]]].
  split; [exact Lo | split; [exact D0 | split; [exact D1 | split; [exact Be|]]]].
  apply (top_component_least_l1 m s e y (s top)); auto.
  - intros i _ Ni. unfold e in Ni. destruct (Req_EM_T (s i) (s top)); [auto | lra].
  - apply Rlt_le_trans with (e j ^ 2).
    + rewrite <- Rsqr_pow2. apply Rsqr_pos_lt; auto.
    + apply (Sum_term m (fun j => e j ^ 2)); auto. intros; apply pow2_ge_0.
Qed.

(* the hypothesis of the claim, |eta_1j(0)| <> |eta_2j(0)| for all j, gives an unblocked start *)
Lemma moduli_differ_unblocked (a b y : R) : y = 1 \/ y = -1 -> Rabs a <> Rabs b -> a + y * b <> 0.
Proof.
  intros [-> | ->] N Z; apply N.
  - replace a with (- b) by lra. apply Rabs_Ropp.
  - replace a with b by lra. reflexivity.
Qed.

(* so does YKM's hypothesis eta_1j(0)^2 - eta_2j(0)^2 >= lambda > 0 *)
Lemma different_moduli_unblocked m (s a b : nat -> R) y top : y = 1 \/ y = -1 -> (top < m)%nat ->
  (forall j, (j < m)%nat -> Rabs (a j) <> Rabs (b j)) ->
  exists j, (j < m)%nat /\ (if Req_EM_T (s j) (s top) then a j + y * b j else 0) <> 0.
Proof.
  intros Hy Ht H. exists top. split; auto. destruct (Req_EM_T (s top) (s top)); [|lra].
  apply moduli_differ_unblocked; auto.
Qed.
