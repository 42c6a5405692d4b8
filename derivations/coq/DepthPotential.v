(* R3: the potential H_L of depth L, its derivative h_L^{-1}, bijectivity, strict convexity,
   the closed forms for L = 2, 3, 4, and the scaling that turns the potential of a coordinate started
   at (a, ..., a, 0) into a^2 H_L(rho / a^L). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Potential ImplicitBias.
Open Scope R_scope.

Section Depth.
Variable L : nat.

(* (1 + q^2)^((L-1)/2) *)
Definition unit_weight (q : R) : R := sqrt (1 + q ^ 2) ^ (L - 1).
(* t = q (1 + q^2)^((L-1)/2), s = int_0^q (1 + x^2)^(-(L-1)/2) dx *)
Definition coefficient_of (q : R) : R := q * unit_weight q.
Definition dual_of (q : R) : R := RInt (fun x => / unit_weight x) 0 q.
Definition HL (t : R) : R := H unit_weight 0 t.
Definition hL_inverse (t : R) : R := dH unit_weight 0 t.

Lemma root_pos q : 0 < sqrt (1 + q ^ 2).
Proof. apply sqrt_lt_R0. pose proof (pow2_ge_0 q). lra. Qed.

Lemma unit_pos q : 0 < unit_weight q.
Proof. apply pow_lt, root_pos. Qed.

Lemma unit_cont q : continuous unit_weight q.
Proof.
  apply (ex_derive_continuous unit_weight). unfold unit_weight. auto_derive.
  pose proof (pow2_ge_0 q). simpl in *. lra.
Qed.

Lemma unit_grows x z : x ^ 2 <= z ^ 2 -> unit_weight x <= unit_weight z.
Proof.
  intros E. apply pow_incr. split; [apply sqrt_pos | apply sqrt_le_1_alt; lra].
Qed.

Lemma unit_inverse_cont q : continuous (fun q => / unit_weight q) q.
Proof. apply (inverse_cont unit_weight 0 (fun q _ => unit_pos q) unit_cont unit_grows). left. apply unit_pos. Qed.

(* sigma' = (1 + q^2)^(-(L-1)/2) *)
Theorem dual_derive q : is_derive dual_of q (/ unit_weight q).
Proof. apply (sigma_derive unit_weight 0 unit_pos unit_cont unit_grows). Qed.

Theorem coefficient_bijective t : exists! q, coefficient_of q = t.
Proof.
  destruct (T_surjective unit_weight unit_pos unit_cont unit_grows t) as [q Hq].
  exists q. split; [exact Hq|]. intros x Hx.
  apply (T_injective unit_weight unit_pos unit_grows). unfold T in *. unfold coefficient_of in Hx. lra.
Qed.

Theorem HL_closed_form q : HL (coefficient_of q) = dual_of q * coefficient_of q - q ^ 2 / 2.
Proof. apply (H_T unit_weight 0 unit_pos unit_cont unit_grows). Qed.

Theorem hL_inverse_closed_form q : hL_inverse (coefficient_of q) = dual_of q.
Proof. apply (dH_T unit_weight 0 unit_pos unit_cont unit_grows). Qed.

Theorem HL_derive t : is_derive HL t (hL_inverse t).
Proof. apply (H_derive unit_weight 0 unit_pos unit_cont unit_grows). Qed.

Theorem HL_strictly_convex t u a : t <> u -> 0 < a < 1 ->
  HL (a * t + (1 - a) * u) < a * HL t + (1 - a) * HL u.
Proof. apply (H_strictly_convex unit_weight 0 unit_pos unit_cont unit_grows). Qed.

Theorem hL_inverse_increasing t u : t < u -> hL_inverse t < hL_inverse u.
Proof. apply (dH_increasing unit_weight 0 unit_pos unit_cont unit_grows). Qed.

Lemma coefficient_of_0 : coefficient_of 0 = 0.
Proof. unfold coefficient_of. ring. Qed.

Lemma dual_of_0 : dual_of 0 = 0.
Proof. apply primitive_zero. Qed.

Theorem HL_zero : HL 0 = 0.
Proof. rewrite <- coefficient_of_0 at 1. rewrite HL_closed_form, dual_of_0. field. Qed.

(* H_L(t) = int_0^t h_L^{-1}, the definition of H_L *)
Theorem HL_integral t : HL t = RInt hL_inverse 0 t.
Proof.
  unfold HL. rewrite (H_integral unit_weight 0 unit_pos unit_cont unit_grows).
  fold (HL 0). rewrite HL_zero. apply Rplus_0_l.
Qed.

Lemma unit_even q : unit_weight (- q) = unit_weight q.
Proof. unfold unit_weight. replace ((- q) ^ 2) with (q ^ 2) by ring. reflexivity. Qed.

Lemma dual_odd q : dual_of (- q) = - dual_of q.
Proof.
  enough (E : dual_of (- q) + dual_of q = 0) by lra.
  assert (D : forall x, is_derive (fun x => dual_of (- x) + dual_of x) x 0).
  { intros x. replace 0 with (-1 * / unit_weight (- x) + / unit_weight x)
      by (rewrite unit_even; field; pose proof (unit_pos x); lra).
    apply (is_derive_plus (fun x => dual_of (- x)) dual_of); [|apply dual_derive].
    apply (is_derive_comp dual_of (fun x => - x)); [apply dual_derive|]. auto_derive; auto. }
  assert (P : forall x z, dual_of (- x) + dual_of x <= dual_of (- z) + dual_of z).
  { intros x z. destruct (MVT_gen (fun x => dual_of (- x) + dual_of x) x z (fun _ => 0)) as [c [_ Ec]].
    - intros; apply D.
    - intros u _. apply continuity_pt_filterlim.
      apply (ex_derive_continuous (fun x => dual_of (- x) + dual_of x)). exists 0. apply D.
    - lra. }
  pose proof (P q 0). pose proof (P 0 q). rewrite Ropp_0, dual_of_0 in *. lra.
Qed.

Theorem HL_even t : HL (- t) = HL t.
Proof.
  destruct (coefficient_bijective t) as [q [<- _]].
  replace (- coefficient_of q) with (coefficient_of (- q))
    by (unfold coefficient_of; rewrite unit_even; ring).
  rewrite !HL_closed_form, dual_odd. unfold coefficient_of. rewrite unit_even. field.
Qed.

Theorem hL_inverse_odd t : hL_inverse (- t) = - hL_inverse t.
Proof.
  destruct (coefficient_bijective t) as [q [<- _]].
  replace (- coefficient_of q) with (coefficient_of (- q))
    by (unfold coefficient_of; rewrite unit_even; ring).
  rewrite !hL_inverse_closed_form. apply dual_odd.
Qed.

(* h_L as the literature defines it: h_L(s) = q (1+q^2)^((L-1)/2) where q' = (1+q^2)^((L-1)/2),
   q(0) = 0 on an interval around 0; [hL_inverse] inverts it there *)
Theorem hL_inverse_correct (q : R -> R) b s : q 0 = 0 ->
  (forall u, - b < u < b -> is_derive q u (unit_weight (q u))) -> - b < s < b ->
  hL_inverse (q s * unit_weight (q s)) = s.
Proof.
  intros Q0 D Hs. fold (coefficient_of (q s)). rewrite hL_inverse_closed_form.
  assert (Db : forall u, - b < u < b -> is_derive (fun u => dual_of (q u) - u) u 0).
  { intros u Hu. pose proof (unit_pos (q u)) as P.
    replace 0 with (unit_weight (q u) * / unit_weight (q u) - 1) by (field; lra).
    apply (is_derive_minus (fun u => dual_of (q u)) (fun u => u)); [|apply (is_derive_id u)].
    apply (is_derive_comp dual_of q); [apply dual_derive | apply D; auto]. }
  assert (E : dual_of (q s) - s = dual_of (q 0) - 0).
  { assert (I : forall u, Rmin 0 s <= u <= Rmax 0 s -> - b < u < b).
    { intros u Hu. destruct (Rle_dec 0 s).
      - rewrite Rmin_left, Rmax_right in Hu by lra. lra.
      - rewrite Rmin_right, Rmax_left in Hu by lra. lra. }
    destruct (MVT_gen (fun u => dual_of (q u) - u) 0 s (fun _ => 0)) as [x [_ Ex]].
    - intros u Hu. apply Db, I. lra.
    - intros u Hu. apply continuity_pt_filterlim.
      apply (ex_derive_continuous (fun u => dual_of (q u) - u)). exists 0. apply Db, I. lra.
    - lra. }
  rewrite Q0, dual_of_0 in E. lra.
Qed.

(* a primitive of 1/unit_weight that vanishes at 0 is the dual variable *)
Lemma dual_unique (f : R -> R) q : f 0 = 0 -> (forall x, is_derive f x (/ unit_weight x)) -> dual_of q = f q.
Proof.
  intros F0 D. symmetry. unfold dual_of.
  rewrite (is_RInt_unique (fun x => / unit_weight x) 0 q (minus (f q) (f 0))).
  - unfold minus, plus, opp; simpl. rewrite F0. ring.
  - apply (is_RInt_derive f (fun x => / unit_weight x)); intros; [apply D|].
    apply unit_inverse_cont.
Qed.
End Depth.

(* --- elementary depths --- *)

Theorem dual_depth_2 q : dual_of 2 q = arcsinh q.
Proof.
  apply dual_unique; [apply arcsinh_0|]. intros x. unfold unit_weight. simpl (2 - 1)%nat. rewrite pow_1.
  rewrite Rplus_comm. apply is_derive_Reals, derivable_pt_lim_arcsinh.
Qed.

Theorem dual_depth_3 q : dual_of 3 q = atan q.
Proof.
  apply dual_unique; [apply atan_0|]. intros x. unfold unit_weight. simpl (3 - 1)%nat.
  rewrite pow2_sqrt by (pose proof (pow2_ge_0 x); lra).
  apply is_derive_Reals, derivable_pt_lim_atan.
Qed.

Theorem dual_depth_4 q : dual_of 4 q = q / sqrt (1 + q ^ 2).
Proof.
  apply (dual_unique 4 (fun q => q / sqrt (1 + q ^ 2))).
  - field. apply Rgt_not_eq, root_pos.
  - intros x. unfold unit_weight. simpl (4 - 1)%nat. pose proof (root_pos x) as P.
    assert (S2 : sqrt (1 + x ^ 2) ^ 2 = 1 + x ^ 2) by (apply pow2_sqrt; pose proof (pow2_ge_0 x); lra).
    auto_derive.
    + change (x * (x * 1)) with (x ^ 2). split; [pose proof (pow2_ge_0 x); lra|]. split; auto. lra.
    + change (x * (x * 1)) with (x ^ 2). set (w := sqrt (1 + x ^ 2)) in *.
      replace (x ^ 2) with (w ^ 2 - 1) by lra. field_simplify_eq; [|lra].
      replace (x ^ 2) with (w ^ 2 - 1) by lra. ring.
Qed.

Lemma cosh_arcsinh x : cosh (arcsinh x) = sqrt (1 + x ^ 2).
Proof.
  assert (P : 0 < cosh (arcsinh x)).
  { unfold cosh. pose proof (exp_pos (arcsinh x)). pose proof (exp_pos (- arcsinh x)). lra. }
  rewrite <- (sqrt_pow2 (cosh (arcsinh x))) by lra. f_equal.
  rewrite <- (sinh_arcsinh x) at 2. generalize (arcsinh x). intros u. unfold cosh, sinh.
  assert (E : exp u * exp (- u) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
  replace (((exp u + exp (- u)) / 2) ^ 2) with (((exp u - exp (- u)) / 2) ^ 2 + exp u * exp (- u)) by field.
  rewrite E. ring.
Qed.

Lemma sinh_double x : sinh (2 * x) = 2 * (sinh x * cosh x).
Proof.
  unfold sinh, cosh. replace (2 * x) with (x + x) by ring.
  replace (- (x + x)) with (- x + - x) by ring. rewrite !exp_plus. field.
Qed.

Theorem hL_inverse_depth_2 t : hL_inverse 2 t = arcsinh (2 * t) / 2.
Proof.
  destruct (coefficient_bijective 2 t) as [q [<- _]].
  rewrite hL_inverse_closed_form, dual_depth_2.
  unfold coefficient_of, unit_weight. simpl (2 - 1)%nat. rewrite pow_1.
  set (u := arcsinh q).
  replace (2 * (q * sqrt (1 + q ^ 2))) with (sinh (2 * u))
    by (unfold u; rewrite sinh_double, cosh_arcsinh, sinh_arcsinh; ring).
  rewrite arcsinh_sinh. field.
Qed.

Theorem HL_depth_2 t : HL 2 t = (t * arcsinh (2 * t) - sqrt (t ^ 2 + / 4) + / 2) / 2.
Proof.
  destruct (coefficient_bijective 2 t) as [q [E _]].
  rewrite <- E at 1. rewrite HL_closed_form, <- hL_inverse_closed_form, E, hL_inverse_depth_2.
  enough (q ^ 2 = sqrt (t ^ 2 + / 4) - / 2) by lra.
  unfold coefficient_of, unit_weight in E. simpl (2 - 1)%nat in E. rewrite pow_1 in E.
  assert (S2 : sqrt (1 + q ^ 2) ^ 2 = 1 + q ^ 2) by (apply pow2_sqrt; pose proof (pow2_ge_0 q); lra).
  replace (t ^ 2 + / 4) with ((q ^ 2 + / 2) ^ 2).
  - rewrite sqrt_pow2; pose proof (pow2_ge_0 q); lra.
  - rewrite <- E, Rpow_mult_distr, S2. field.
Qed.

(* --- scaling: all other layers started at +-a, the last one at 0 --- *)
Section Scaling.
Variables (L i : nat) (a : R).
Hypothesis layer : (i < L)%nat.
Hypothesis a_pos : 0 < a.

Definition scaled_weight (z : R) : R := weight L i (fun _ => a ^ 2) z.

Lemma scaled_positive l : (l < L)%nat -> l <> i -> 0 < a ^ 2.
Proof. intros _ _. apply pow_lt, a_pos. Qed.

Lemma scaled_weight_value q : scaled_weight (a * q) = a ^ (L - 1) * unit_weight L q.
Proof.
  unfold scaled_weight, weight. rewrite ProdBut_const by auto.
  unfold unit_weight. rewrite <- Rpow_mult_distr. f_equal.
  replace ((a * q) ^ 2 + a ^ 2) with (a ^ 2 * (1 + q ^ 2)) by ring.
  pose proof (pow2_ge_0 a). pose proof (pow2_ge_0 q).
  rewrite sqrt_mult by lra. rewrite sqrt_pow2; lra.
Qed.

Lemma scaled_T q : T scaled_weight (a * q) = a ^ L * coefficient_of L q.
Proof.
  unfold T, coefficient_of. rewrite scaled_weight_value.
  replace L with (S (L - 1)) at 3 by lia. simpl. ring.
Qed.

Lemma scaled_sigma q : a ^ (L - 1) * sigma scaled_weight 0 (a * q) = a * dual_of L q.
Proof.
  pose proof (pow_lt a (L - 1) a_pos) as Pa.
  enough (E : dual_of L q = a ^ (L - 1) / a * sigma scaled_weight 0 (a * q)) by (rewrite E; field; lra).
  apply (dual_unique L (fun q => a ^ (L - 1) / a * sigma scaled_weight 0 (a * q))).
  - rewrite Rmult_0_r, sigma_start. ring.
  - intros x. pose proof (unit_pos L x) as P.
    replace (/ unit_weight L x) with (a ^ (L - 1) / a * (a * / scaled_weight (a * x)))
      by (rewrite scaled_weight_value; field; lra).
    apply (is_derive_scal (fun q => sigma scaled_weight 0 (a * q))).
    apply (is_derive_comp (sigma scaled_weight 0) (fun x => a * x)).
    + apply sigma_derive; intros.
      * apply weight_pos, scaled_positive.
      * apply weight_cont.
      * apply weight_grows; auto.
    + auto_derive; auto. ring.
Qed.

Lemma scaled_H x : H scaled_weight 0 x = a ^ 2 * HL L (x / a ^ L).
Proof.
  pose proof (pow_lt a L a_pos) as Pa.
  destruct (coefficient_bijective L (x / a ^ L)) as [q [E _]].
  assert (Ex : x = T scaled_weight (a * q)) by (rewrite scaled_T, E; field; lra).
  rewrite Ex at 1. rewrite H_T.
  2:{ intros; apply weight_pos, scaled_positive. }
  2:{ intros; apply weight_cont. }
  2:{ intros; apply weight_grows; auto. }
  rewrite <- E, HL_closed_form. unfold psi. rewrite scaled_T.
  pose proof (scaled_sigma q) as Ss.
  assert (Sa : a ^ L = a * a ^ (L - 1)) by (replace L with (S (L - 1)) at 1 by lia; reflexivity).
  rewrite Sa.
  replace (sigma scaled_weight 0 (a * q) * (a * a ^ (L - 1) * coefficient_of L q))
    with (a * coefficient_of L q * (a ^ (L - 1) * sigma scaled_weight 0 (a * q))) by ring.
  rewrite Ss. field.
Qed.

Lemma scaled_dH x : a ^ L * dH scaled_weight 0 x = a ^ 2 * hL_inverse L (x / a ^ L).
Proof.
  pose proof (pow_lt a L a_pos) as Pa.
  destruct (coefficient_bijective L (x / a ^ L)) as [q [E _]].
  assert (Ex : x = T scaled_weight (a * q)) by (rewrite scaled_T, E; field; lra).
  rewrite Ex at 1. rewrite dH_T.
  2:{ intros; apply weight_pos, scaled_positive. }
  2:{ intros; apply weight_cont. }
  2:{ intros; apply weight_grows; auto. }
  rewrite <- E, hL_inverse_closed_form.
  replace (a ^ L) with (a * a ^ (L - 1)) by (replace L with (S (L - 1)) at 2 by lia; reflexivity).
  rewrite Rmult_assoc, scaled_sigma. ring.
Qed.
End Scaling.
