(* The strictly convex potential behind one coordinate of the flow.
   W is a positive, continuous weight that grows with z^2 (in the flow, the product of the moduli
   of the other layers, sqrt(z^2 + c_l)). With
     T(z) = z W(z)                       the coefficient,
     sigma(z) = int_{z0}^z du / W(u)     the dual variable,
     H(T(z)) = sigma(z) T(z) - z^2/2     the potential,
   T is a bijection of R, H is differentiable with H'(T(z)) = sigma(z), and H is strictly convex.
   Where two layers start as small as each other, W vanishes at 0 and z stays on the side of z0 (section Side). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums.
Open Scope R_scope.

Lemma continuous_of_derive (f : R -> R) (x l : R) : is_derive f x l -> continuous f x.
Proof. intros D. apply (ex_derive_continuous f). exists l; exact D. Qed.

(* primitives of continuous functions *)
Lemma primitive_derive (f : R -> R) (z0 z : R) : (forall u, continuous f u) -> is_derive (fun x => RInt f z0 x) z (f z).
Proof.
  intros C. apply (is_derive_RInt f (fun x => RInt f z0 x) z0 z); [|apply C].
  exists (mkposreal 1 Rlt_0_1). intros x _. apply (RInt_correct (V := R_CompleteNormedModule)).
  apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros; apply C.
Qed.

Lemma primitive_zero (f : R -> R) (z0 : R) : RInt f z0 z0 = 0.
Proof. apply (RInt_point (V := R_CompleteNormedModule)). Qed.

Lemma increasing_of_derive (f df : R -> R) (a b : R) :
  (forall x, is_derive f x (df x)) -> (forall x, a < x < b -> 0 < df x) -> a < b -> f a < f b.
Proof.
  intros D P Hab.
  destruct (MVT_cor2 f df a b Hab) as [c [E Hc]].
  - intros x _. apply is_derive_Reals, D.
  - pose proof (P c Hc). nra.
Qed.

(* --- a weight that may vanish at 0: z then stays on the side of z0 --- *)
Lemma exp_le x z : x <= z -> exp x <= exp z.
Proof. intros [H|E]; [left; apply exp_increasing, H | right; rewrite E; reflexivity]. Qed.

Section Side.
Variables (W : R -> R) (z0 : R).
Hypothesis W_pos : forall z, z <> 0 -> 0 < W z.
Hypothesis W_cont : forall z, continuous W z.
Hypothesis W_grows : forall x z, x ^ 2 <= z ^ 2 -> W x <= W z.

Definition T (z : R) : R := z * W z.
Definition sigma (z : R) : R := RInt (fun u => / W u) z0 z.
Definition psi (z : R) : R := sigma z * T z - z ^ 2 / 2.
(* the inverse of T *)
Definition Tinv (t : R) : R := real (Lub_Rbar (fun z => T z <= t)).
(* where sigma is finite, and where the potential is *)
Definition inside (z : R) : Prop := 0 < W 0 \/ 0 < z * z0.
Definition on_side (z : R) : Prop := 0 < W 0 \/ 0 <= z * z0.

Lemma W_even z : W (- z) = W z.
Proof. apply Rle_antisym; apply W_grows; right; ring. Qed.

Lemma T_odd z : T (- z) = - T z.
Proof. unfold T. rewrite W_even. ring. Qed.

Lemma T_0 : T 0 = 0.
Proof. unfold T; ring. Qed.

Lemma T_grows x z : x < z -> T x < T z.
Proof.
  assert (Right : forall x z, 0 <= x < z -> T x < T z).
  { intros x' z' H. unfold T. pose proof (W_grows x' z' ltac:(nra)). pose proof (W_pos z' ltac:(lra)). nra. }
  intros H. destruct (Rle_dec 0 x) as [Hx|Hx]; [apply Right; lra|]. destruct (Rle_dec z 0) as [Hz|Hz].
  - pose proof (Right (- z) (- x) ltac:(lra)). rewrite !T_odd in *. lra.
  - pose proof (Right 0 z ltac:(lra)) as P1. pose proof (Right 0 (- x) ltac:(lra)) as P2. rewrite T_odd in P2.
    rewrite T_0 in *. lra.
Qed.

Lemma T_onto t : exists z : R, T z = t.
Proof.
  pose proof (W_pos 1 ltac:(lra)) as P1. set (b := 1 + Rabs t / W 1).
  assert (Pb : 1 <= b) by (unfold b; assert (0 <= Rabs t / W 1); [|lra]; apply Rmult_le_pos;
    [apply Rabs_pos | left; apply Rinv_0_lt_compat; auto]).
  assert (Eb : Rabs t <= T b).
  { apply Rle_trans with (b * W 1).
    - unfold b. rewrite Rmult_plus_distr_r. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
    - unfold T. apply Rmult_le_compat_l; [lra|]. apply W_grows. nra. }
  destruct (IVT_gen T (- b) b t) as [z [_ Hz]].
  - intros x. apply continuity_pt_filterlim. apply (continuous_mult (fun z => z) W);
      [apply continuous_id | apply W_cont].
  - rewrite T_odd. pose proof (Rle_abs t). pose proof (Rle_abs (- t)) as A. rewrite Rabs_Ropp in A.
    rewrite Rmin_left, Rmax_right by lra. lra.
  - exists z. exact Hz.
Qed.

Lemma T_of_inverse t : T (Tinv t) = t.
Proof.
  destruct (T_onto t) as [z Hz]. unfold Tinv.
  rewrite (is_lub_Rbar_unique _ (Finite z)); [exact Hz|]. split.
  - intros x Hx. simpl. destruct (Rle_lt_dec x z) as [|Lt]; auto. apply T_grows in Lt. lra.
  - intros b Hb. apply Hb. lra.
Qed.

Lemma inverse_of_T z : Tinv (T z) = z.
Proof.
  pose proof (T_of_inverse (T z)) as E. destruct (Rtotal_order (Tinv (T z)) z) as [L|[L|L]]; auto;
    apply T_grows in L; lra.
Qed.

(* --- sigma where it is finite --- *)
Lemma inside_positive z : inside z -> 0 < W z.
Proof.
  intros [P|P]; [apply Rlt_le_trans with (1 := P), W_grows; nra | apply W_pos; intros ->; lra].
Qed.

Lemma inside_between x z u : inside x -> inside z -> Rmin x z <= u <= Rmax x z -> inside u.
Proof.
  intros [P|P]; [left; exact P|]. intros [Q|Q]; [left; exact Q|]. intros H. right.
  unfold Rmin, Rmax in H. destruct (Rle_dec x z); destruct (Rlt_le_dec 0 z0); nra.
Qed.

Lemma inside_locally z : inside z -> locally z inside.
Proof.
  intros [P|P]; [apply filter_forall; intros; left; exact P|].
  apply (filter_imp (fun x => 0 < x * z0)); [intros x Hx; right; exact Hx|].
  apply (continuous_mult (fun x => x) (fun _ => z0) z (continuous_id z) (continuous_const z0 z)
    (fun u => 0 < u)). apply (open_gt 0). exact P.
Qed.

Lemma inverse_cont z : inside z -> continuous (fun u => / W u) z.
Proof.
  intros I. apply (continuous_comp W Rinv); [apply W_cont|].
  apply (ex_derive_continuous Rinv). auto_derive. pose proof (inside_positive z I). lra.
Qed.

Lemma sigma_derive_inside z : inside z0 -> inside z -> is_derive sigma z (/ W z).
Proof.
  intros I0 I. apply (is_derive_RInt (fun u => / W u) sigma z0 z); [|apply inverse_cont, I].
  apply (filter_imp inside); [|apply inside_locally, I]. intros x Hx.
  apply (RInt_correct (V := R_CompleteNormedModule)), (ex_RInt_continuous (V := R_CompleteNormedModule)).
  intros u Hu. apply inverse_cont. apply (inside_between z0 x); auto.
Qed.

(* psi lies strictly above its tangents, in the coordinate z *)
Lemma psi_above_inside z x : inside z0 -> inside x -> on_side z -> z <> x -> psi x + sigma x * (T z - T x) < psi z.
Proof.
  intros I0 Ix Hz N. destruct (Req_dec z 0) as [->|Nz].
  { unfold psi. rewrite T_0. pose proof (pow2_gt_0 x ltac:(auto)). lra. }
  assert (Iz : inside z).
  { destruct I0 as [P|P0]; [left; exact P|]. destruct Hz as [P|P]; [left; exact P | right].
    assert (z * z0 <> 0) by (apply Rmult_integral_contrapositive_currified; [exact Nz | intros ->; lra]). lra. }
  set (G := fun u => T z * sigma u - u ^ 2 / 2).
  assert (D : forall u, inside u -> is_derive G u (T z * / W u - u)).
  { intros u I. unfold G. apply (is_derive_minus (fun u => T z * sigma u) (fun u => u ^ 2 / 2)).
    - apply (is_derive_scal sigma), sigma_derive_inside; auto.
    - auto_derive; auto. field. }
  assert (Sgn : forall u, inside u -> T z * / W u - u = (T z - T u) * / W u).
  { intros u I. pose proof (inside_positive u I). unfold T. field. lra. }
  enough (G x < G z) by (unfold G, psi in *; lra).
  destruct (Rlt_le_dec x z) as [Lt|Ge].
  - destruct (MVT_cor2 G (fun u => T z * / W u - u) x z Lt) as [c [E Hc]].
    { intros u Hu. apply is_derive_Reals, D, (inside_between x z); auto. rewrite Rmin_left, Rmax_right; lra. }
    assert (Ic : inside c) by (apply (inside_between x z); auto; rewrite Rmin_left, Rmax_right; lra).
    cbv beta in E. rewrite Sgn in E by auto. pose proof (T_grows c z ltac:(lra)).
    pose proof (Rinv_0_lt_compat _ (inside_positive c Ic)).
    assert (0 < (T z - T c) * / W c) by (apply Rmult_lt_0_compat; lra). nra.
  - destruct (MVT_cor2 G (fun u => T z * / W u - u) z x ltac:(lra)) as [c [E Hc]].
    { intros u Hu. apply is_derive_Reals, D, (inside_between z x); auto. rewrite Rmin_left, Rmax_right; lra. }
    assert (Ic : inside c) by (apply (inside_between z x); auto; rewrite Rmin_left, Rmax_right; lra).
    cbv beta in E. rewrite Sgn in E by auto. pose proof (T_grows z c ltac:(lra)).
    pose proof (Rinv_0_lt_compat _ (inside_positive c Ic)).
    assert (0 < (T c - T z) * / W c) by (apply Rmult_lt_0_compat; lra).
    assert (0 < (T c - T z) * / W c * (x - z)) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

(* if W vanishes at 0 at least like a multiple of |z|, then sigma falls like a logarithm: z is not near 0 *)
Lemma sigma_bounds_below C K z : 0 < C -> (forall u, Rabs u <= Rabs z0 -> W u <= C * Rabs u) -> 0 < z * z0 ->
  - K <= sign z0 * sigma z -> 0 <= K -> Rabs z0 * exp (- (C * K)) <= Rabs z.
Proof.
  intros PC HW Side Hs PK.
  assert (N0 : z0 <> 0) by (intros E; rewrite E in Side; lra).
  assert (Nz : z <> 0) by (intros E; rewrite E in Side; lra).
  pose proof (Rabs_pos_lt z0 N0) as P0. pose proof (Rabs_pos_lt z Nz) as Pz.
  destruct (Rle_lt_dec (Rabs z0) (Rabs z)) as [Big|Small].
  { apply Rle_trans with (2 := Big). rewrite <- (Rmult_1_r (Rabs z0)) at 2. apply Rmult_le_compat_l; [lra|].
    rewrite <- exp_0. apply exp_le. pose proof (Rmult_le_pos C K). lra. }
  set (s := sign z0) in *. assert (S2 : s * s = 1).
  { unfold s. destruct (Rlt_le_dec 0 z0); [rewrite sign_eq_1 | rewrite sign_eq_m1]; lra. }
  assert (Own : s * Rabs z0 = z0 /\ s * Rabs z = z).
  { unfold s. destruct (Rlt_le_dec 0 z0).
    - rewrite sign_eq_1, !Rabs_pos_eq by nra. lra.
    - rewrite sign_eq_m1, !Rabs_left by nra. lra. }
  destruct Own as [E0 Ez]. clearbody s.
  set (g := fun u => C * (s * sigma (s * u)) - ln u).
  assert (I : forall u, 0 < u -> inside (s * u)).
  { intros u Pu. right. rewrite <- E0. replace (s * u * (s * Rabs z0)) with (s * s * (u * Rabs z0)) by ring.
    rewrite S2. nra. }
  assert (I0 : inside z0) by (rewrite <- E0; apply I, P0).
  assert (D : forall u, 0 < u -> is_derive g u (C * / W (s * u) - / u)).
  { intros u Pu. unfold g. apply (is_derive_minus (fun u => C * (s * sigma (s * u))) ln).
    - replace (C * / W (s * u)) with (C * (s * (s * / W (s * u))))
        by (transitivity (s * s * (C * / W (s * u))); [ring | rewrite S2; ring]).
      apply (is_derive_scal (fun u => s * sigma (s * u))), (is_derive_scal (fun u => sigma (s * u))).
      apply (is_derive_comp sigma (fun u => s * u)); [apply sigma_derive_inside; auto|]. auto_derive; auto. ring.
    - apply is_derive_ln, Pu. }
  assert (Up : g (Rabs z) <= g (Rabs z0)).
  { destruct (MVT_cor2 g (fun u => C * / W (s * u) - / u) (Rabs z) (Rabs z0) Small) as [c [E Hc]].
    { intros u Hu. apply is_derive_Reals, D. lra. }
    cbv beta in E. pose proof (inside_positive (s * c) (I c ltac:(lra))) as Pw.
    assert (Wc : W (s * c) <= C * c).
    { assert (A : Rabs (s * c) = c).
      { rewrite Rabs_mult, (Rabs_pos_eq c) by lra. assert (Rabs s = 1); [|rewrite H; ring].
        rewrite <- (Rabs_pos_eq 1), <- S2, Rabs_mult by lra. pose proof (Rabs_pos s).
        assert (Rabs s * Rabs s = 1) by (rewrite <- Rabs_mult, S2, Rabs_R1; reflexivity). nra. }
      rewrite <- A at 2. apply HW. rewrite A. lra. }
    assert (/ c <= C * / W (s * c)).
    { apply (Rmult_le_reg_r (W (s * c) * c)); [apply Rmult_lt_0_compat; lra|].
      replace (/ c * (W (s * c) * c)) with (W (s * c)) by (field; lra).
      replace (C * / W (s * c) * (W (s * c) * c)) with (C * c) by (field; lra). exact Wc. }
    assert (0 <= (C * / W (s * c) - / c) * (Rabs z0 - Rabs z)) by (apply Rmult_le_pos; lra). lra. }
  unfold g in Up. rewrite E0, Ez in Up.
  assert (Z : sigma z0 = 0) by apply primitive_zero. rewrite Z in Up.
  assert (Ln : ln (Rabs z0) - C * K <= ln (Rabs z)).
  { apply (Rmult_le_compat_l C) in Hs; lra. }
  replace (Rabs z0 * exp (- (C * K))) with (exp (ln (Rabs z0) - C * K))
    by (unfold Rminus; rewrite exp_plus, exp_ln by lra; reflexivity).
  rewrite <- (exp_ln (Rabs z)) by lra. apply exp_le, Ln.
Qed.
End Side.

Section Potential.
Variables (W : R -> R) (z0 : R).
Hypothesis W_pos : forall z, 0 < W z.
Hypothesis W_cont : forall z, continuous W z.
Hypothesis W_grows : forall x z, x ^ 2 <= z ^ 2 -> W x <= W z.

(* --- T is a bijection with |T x - T z| >= W(0) |x - z| --- *)

Lemma T_gap_pos x z : 0 <= x <= z -> W 0 * (z - x) <= T W z - T W x.
Proof.
  intros H. unfold T. pose proof (W_grows x z ltac:(nra)). pose proof (W_grows 0 z ltac:(nra)).
  pose proof (W_pos 0). nra.
Qed.

Lemma T_gap x z : x <= z -> W 0 * (z - x) <= T W z - T W x.
Proof.
  intros H. destruct (Rle_dec 0 x) as [Hx|Hx]; [apply T_gap_pos; lra|].
  destruct (Rle_dec z 0) as [Hz|Hz].
  - pose proof (T_gap_pos (- z) (- x) ltac:(lra)). rewrite !(T_odd W W_grows) in *. lra.
  - pose proof (T_gap_pos 0 z ltac:(lra)) as P1. pose proof (T_gap_pos 0 (- x) ltac:(lra)) as P2.
    rewrite (T_odd W W_grows) in P2. rewrite T_0 in *. lra.
Qed.

Lemma T_increasing x z : x < z -> T W x < T W z.
Proof. apply T_grows; auto. Qed.

Lemma T_injective x z : T W x = T W z -> x = z.
Proof.
  intros E. destruct (Rtotal_order x z) as [L|[L|L]]; auto; apply T_increasing in L; lra.
Qed.

Lemma T_cont z : continuous (T W) z.
Proof. apply (continuous_mult (fun z => z) W); [apply continuous_id | apply W_cont]. Qed.

Lemma T_surjective t : exists z : R, T W z = t.
Proof. apply T_onto; auto. Qed.

Lemma T_Tinv t : T W (Tinv W t) = t.
Proof. apply T_of_inverse; auto. Qed.

Lemma Tinv_T z : Tinv W (T W z) = z.
Proof. apply inverse_of_T; auto. Qed.

Lemma Tinv_increasing t u : t < u -> Tinv W t < Tinv W u.
Proof.
  intros H. destruct (Rlt_le_dec (Tinv W t) (Tinv W u)) as [|L]; auto.
  pose proof (T_gap _ _ L). rewrite !T_Tinv in *. pose proof (W_pos 0). nra.
Qed.

Lemma Tinv_lipschitz t u : W 0 * Rabs (Tinv W u - Tinv W t) <= Rabs (u - t).
Proof.
  rewrite <- (T_Tinv u) at 2. rewrite <- (T_Tinv t) at 2.
  destruct (Rle_dec (Tinv W t) (Tinv W u)) as [L|L].
  - pose proof (T_gap _ _ L). pose proof (W_pos 0).
    rewrite !Rabs_pos_eq; nra.
  - pose proof (T_gap (Tinv W u) (Tinv W t) ltac:(lra)). pose proof (W_pos 0).
    rewrite (Rabs_minus_sym (Tinv W u)), (Rabs_minus_sym (T W (Tinv W u))). rewrite !Rabs_pos_eq; nra.
Qed.

Lemma Tinv_cont t : continuous (Tinv W) t.
Proof.
  intros U [e He]. pose proof (W_pos 0) as P0.
  exists (mkposreal (W 0 * e) (Rmult_lt_0_compat _ _ P0 (cond_pos e))). intros u Hu.
  apply He. change (Rabs (Tinv W u - Tinv W t) < e).
  change (Rabs (u - t) < W 0 * e) in Hu.
  pose proof (Tinv_lipschitz t u). apply (Rmult_lt_reg_l (W 0)); lra.
Qed.

(* --- sigma --- *)

Lemma sigma_derive z : is_derive (sigma W z0) z (/ W z).
Proof. apply sigma_derive_inside; auto; left; auto. Qed.

Lemma sigma_start : sigma W z0 z0 = 0.
Proof. apply primitive_zero. Qed.

Lemma sigma_increasing x z : x < z -> sigma W z0 x < sigma W z0 z.
Proof.
  apply (increasing_of_derive (sigma W z0) (fun u => / W u)); [apply sigma_derive|].
  intros; apply Rinv_0_lt_compat, W_pos.
Qed.

Lemma sigma_cont z : continuous (sigma W z0) z.
Proof. eapply continuous_of_derive, sigma_derive. Qed.

(* --- the potential as a function of the coefficient t = T(z) --- *)

Definition H (t : R) : R := psi W z0 (Tinv W t).
Definition dH (t : R) : R := sigma W z0 (Tinv W t).

Lemma H_T z : H (T W z) = psi W z0 z.
Proof. unfold H. rewrite Tinv_T. reflexivity. Qed.

Lemma dH_T z : dH (T W z) = sigma W z0 z.
Proof. unfold dH. rewrite Tinv_T. reflexivity. Qed.

Lemma dH_increasing t u : t < u -> dH t < dH u.
Proof. intros L. apply sigma_increasing, Tinv_increasing, L. Qed.

Lemma dH_cont t : continuous dH t.
Proof. apply (continuous_comp (Tinv W) (sigma W z0)); [apply Tinv_cont | apply sigma_cont]. Qed.

(* psi lies strictly above its tangents, in the coordinate z *)
Lemma psi_above z x : z <> x -> psi W z0 x + sigma W z0 x * (T W z - T W x) < psi W z0 z.
Proof. apply psi_above_inside; auto; left; auto. Qed.

(* strict convexity: H lies strictly above every tangent *)
Lemma H_above t u : t <> u -> H u + dH u * (t - u) < H t.
Proof.
  intros N. rewrite <- (T_Tinv t), <- (T_Tinv u), !H_T, dH_T. apply psi_above.
  intros E. apply N. rewrite <- (T_Tinv t), <- (T_Tinv u), E. reflexivity.
Qed.

Lemma H_strictly_convex t u a : t <> u -> 0 < a < 1 ->
  H (a * t + (1 - a) * u) < a * H t + (1 - a) * H u.
Proof.
  intros N Ha. set (x := a * t + (1 - a) * u).
  assert (Nt : t <> x).
  { unfold x. intros E. apply N. apply (Rmult_eq_reg_l (1 - a)); lra. }
  assert (Nu : u <> x).
  { unfold x. intros E. apply N. apply (Rmult_eq_reg_l a); lra. }
  pose proof (H_above t x Nt) as Ht. pose proof (H_above u x Nu) as Hu.
  apply (Rmult_lt_compat_l a) in Ht; [|lra].
  apply (Rmult_lt_compat_l (1 - a)) in Hu; [|lra].
  assert (E : a * (dH x * (t - x)) + (1 - a) * (dH x * (u - x)) = 0) by (unfold x; ring).
  lra.
Qed.

(* H' = dH *)
Lemma H_derive t : is_derive H t (dH t).
Proof.
  apply is_derive_Reals. intros eps He.
  destruct (proj1 (filterlim_locally _ _) (dH_cont t) (mkposreal eps He)) as [d Hd].
  exists d. intros h Hh Hlt.
  assert (B : Rabs (dH (t + h) - dH t) < eps).
  { apply (Hd (t + h)). change (Rabs (t + h - t) < d). replace (t + h - t) with h by ring. auto. }
  pose proof (H_above (t + h) t ltac:(lra)) as U1. pose proof (H_above t (t + h) ltac:(lra)) as U2.
  set (D := H (t + h) - H t) in *.
  assert (Dl : dH t * h < D) by (unfold D; replace (t + h - t) with h in U1 by ring; lra).
  assert (Du : D < dH (t + h) * h) by (unfold D; replace (t - (t + h)) with (- h) in U2 by ring; lra).
  replace (D / h - dH t) with ((D - dH t * h) / h) by (field; auto).
  unfold Rdiv. rewrite Rabs_mult, Rabs_inv.
  apply (Rmult_lt_reg_r (Rabs h)); [apply Rabs_pos_lt; auto|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by (apply Rabs_no_R0; auto).
  apply Rle_lt_trans with (Rabs (dH (t + h) - dH t) * Rabs h).
  - rewrite <- Rabs_mult. rewrite !Rabs_pos_eq; lra.
  - apply Rmult_lt_compat_r; auto. apply Rabs_pos_lt; auto.
Qed.

(* hence H is the integral of dH, as in the definition of H_L *)
Lemma H_integral t : H t = H 0 + RInt dH 0 t.
Proof.
  rewrite (is_RInt_unique dH 0 t (minus (H t) (H 0))).
  - unfold minus, plus, opp; simpl. ring.
  - apply (is_RInt_derive H dH); intros; [apply H_derive | apply dH_cont].
Qed.

End Potential.

(* --- the weights of the flow: product over the other layers of sqrt(z^2 + c_l) --- *)
Section Weight.
Variables (L i : nat) (c : nat -> R).
Definition weight (z : R) : R := ProdBut L (fun l => sqrt (z ^ 2 + c l)) i.

Lemma weight_grows x z : x ^ 2 <= z ^ 2 -> weight x <= weight z.
Proof.
  intros E. apply ProdBut_le. intros k Hk N. split.
  - apply sqrt_pos.
  - apply sqrt_le_1_alt. lra.
Qed.

Lemma continuous_Prod n (f : nat -> R -> R) z : (forall k, (k < n)%nat -> continuous (f k) z) ->
  continuous (fun u => Prod n (fun k => f k u)) z.
Proof.
  induction n as [|n IH]; intros C; simpl.
  - apply continuous_const.
  - apply (continuous_mult (fun u => Prod n (fun k => f k u)) (f n)); auto.
Qed.

Lemma weight_cont z : continuous weight z.
Proof.
  apply (continuous_Prod L (fun k u => if Nat.eqb k i then 1 else sqrt (u ^ 2 + c k))).
  intros k _. destruct (Nat.eqb k i); [apply continuous_const|]. apply continuous_sqrt_comp.
  apply (ex_derive_continuous (fun u => u ^ 2 + c k)). auto_derive. auto.
Qed.

(* layers that start as small as the pivot, but not at 0 *)
Lemma weight_pos_off z : (forall l, (l < L)%nat -> l <> i -> 0 <= c l) -> z <> 0 -> 0 < weight z.
Proof.
  intros Pc Nz. apply ProdBut_pos. intros l Hl N. apply sqrt_lt_R0. pose proof (pow2_gt_0 z Nz). pose proof (Pc l Hl N).
  lra.
Qed.

Hypothesis c_pos : forall l, (l < L)%nat -> l <> i -> 0 < c l.

Lemma weight_factor_pos l z : (l < L)%nat -> l <> i -> 0 < sqrt (z ^ 2 + c l).
Proof.
  intros Hl N. apply sqrt_lt_R0. pose proof (pow2_ge_0 z). pose proof (c_pos l Hl N). lra.
Qed.

Lemma weight_pos z : 0 < weight z.
Proof. apply ProdBut_pos. intros. apply weight_factor_pos; auto. Qed.
End Weight.
