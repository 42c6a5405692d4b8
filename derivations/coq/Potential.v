(* The strictly convex potential behind one coordinate of the flow.
   W is a positive, continuous weight that grows with z^2 (in the flow, the product of the moduli
   of the other layers, sqrt(z^2 + c_l)). With
     T(z) = z W(z)                       the coefficient,
     sigma(z) = int_{z0}^z du / W(u)     the dual variable,
     H(T(z)) = sigma(z) T(z) - z^2/2     the potential,
   T is a bijection of R, H is differentiable with H'(T(z)) = sigma(z), and H is strictly convex. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
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

Section Potential.
Variables (W : R -> R) (z0 : R).
Hypothesis W_pos : forall z, 0 < W z.
Hypothesis W_cont : forall z, continuous W z.
Hypothesis W_grows : forall x z, x ^ 2 <= z ^ 2 -> W x <= W z.

Definition T (z : R) : R := z * W z.
Definition sigma (z : R) : R := RInt (fun u => / W u) z0 z.
Definition psi (z : R) : R := sigma z * T z - z ^ 2 / 2.

(* --- T is a bijection with |T x - T z| >= W(0) |x - z| --- *)

Lemma W_even z : W (- z) = W z.
Proof. apply Rle_antisym; apply W_grows; right; ring. Qed.

Lemma T_odd z : T (- z) = - T z.
Proof. unfold T. rewrite W_even. ring. Qed.

Lemma T_gap_pos x z : 0 <= x <= z -> W 0 * (z - x) <= T z - T x.
Proof.
  intros H. unfold T. pose proof (W_grows x z ltac:(nra)). pose proof (W_grows 0 z ltac:(nra)).
  pose proof (W_pos 0). nra.
Qed.

Lemma T_0 : T 0 = 0.
Proof. unfold T; ring. Qed.

Lemma T_gap x z : x <= z -> W 0 * (z - x) <= T z - T x.
Proof.
  intros H. destruct (Rle_dec 0 x) as [Hx|Hx]; [apply T_gap_pos; lra|].
  destruct (Rle_dec z 0) as [Hz|Hz].
  - pose proof (T_gap_pos (- z) (- x) ltac:(lra)). rewrite !T_odd in *. lra.
  - pose proof (T_gap_pos 0 z ltac:(lra)) as P1. pose proof (T_gap_pos 0 (- x) ltac:(lra)) as P2.
    rewrite T_odd in P2. rewrite T_0 in *. lra.
Qed.

Lemma T_increasing x z : x < z -> T x < T z.
Proof.
  intros H. pose proof (T_gap x z ltac:(lra)). pose proof (W_pos 0). nra.
Qed.

Lemma T_injective x z : T x = T z -> x = z.
Proof.
  intros E. destruct (Rtotal_order x z) as [L|[L|L]]; auto; apply T_increasing in L; lra.
Qed.

Lemma T_cont z : continuous T z.
Proof. apply (continuous_mult (fun z => z) W); [apply continuous_id | apply W_cont]. Qed.

Lemma T_surjective t : exists z : R, T z = t.
Proof.
  set (b := Rabs t / W 0). pose proof (W_pos 0) as P0.
  assert (Pb : 0 <= b) by (unfold b; apply Rmult_le_pos; [apply Rabs_pos | left; apply Rinv_0_lt_compat; auto]).
  assert (Eb : W 0 * b = Rabs t) by (unfold b; field; lra).
  destruct (IVT_gen T (- b) b t) as [z [_ Hz]].
  - intros x. apply continuity_pt_filterlim, T_cont.
  - pose proof (T_gap 0 b ltac:(lra)) as G. rewrite T_0 in G. rewrite T_odd.
    pose proof (Rle_abs t). pose proof (Rle_abs (- t)) as G2. rewrite Rabs_Ropp in G2.
    rewrite Rmin_left, Rmax_right by lra. lra.
  - exists z. exact Hz.
Qed.

(* the inverse function; the least upper bound makes it a plain definition *)
Definition Tinv (t : R) : R := real (Lub_Rbar (fun z => T z <= t)).

Lemma T_Tinv t : T (Tinv t) = t.
Proof.
  destruct (T_surjective t) as [z Hz]. unfold Tinv.
  rewrite (is_lub_Rbar_unique _ (Finite z)); [exact Hz|]. split.
  - intros x Hx. simpl. destruct (Rle_lt_dec x z) as [|Lt]; auto. apply T_increasing in Lt. lra.
  - intros b Hb. apply Hb. lra.
Qed.

Lemma Tinv_T z : Tinv (T z) = z.
Proof. apply T_injective, T_Tinv. Qed.

Lemma Tinv_increasing t u : t < u -> Tinv t < Tinv u.
Proof.
  intros H. destruct (Rlt_le_dec (Tinv t) (Tinv u)) as [|L]; auto.
  pose proof (T_gap _ _ L). rewrite !T_Tinv in *. pose proof (W_pos 0). nra.
Qed.

Lemma Tinv_lipschitz t u : W 0 * Rabs (Tinv u - Tinv t) <= Rabs (u - t).
Proof.
  rewrite <- (T_Tinv u) at 2. rewrite <- (T_Tinv t) at 2.
  destruct (Rle_dec (Tinv t) (Tinv u)) as [L|L].
  - pose proof (T_gap _ _ L). pose proof (W_pos 0).
    rewrite !Rabs_pos_eq; nra.
  - pose proof (T_gap (Tinv u) (Tinv t) ltac:(lra)). pose proof (W_pos 0).
    rewrite (Rabs_minus_sym (Tinv u)), (Rabs_minus_sym (T (Tinv u))). rewrite !Rabs_pos_eq; nra.
Qed.

Lemma Tinv_cont t : continuous Tinv t.
Proof.
  intros U [e He]. pose proof (W_pos 0) as P0.
  exists (mkposreal (W 0 * e) (Rmult_lt_0_compat _ _ P0 (cond_pos e))). intros u Hu.
  apply He. change (Rabs (Tinv u - Tinv t) < e).
  change (Rabs (u - t) < W 0 * e) in Hu.
  pose proof (Tinv_lipschitz t u). apply (Rmult_lt_reg_l (W 0)); lra.
Qed.

(* --- sigma --- *)

Lemma inverse_weight_cont z : continuous (fun u => / W u) z.
Proof.
  apply (continuous_comp W Rinv); [apply W_cont|].
  apply (ex_derive_continuous Rinv). auto_derive. pose proof (W_pos z). lra.
Qed.

Lemma sigma_derive z : is_derive sigma z (/ W z).
Proof. apply (primitive_derive (fun u => / W u)), inverse_weight_cont. Qed.

Lemma sigma_start : sigma z0 = 0.
Proof. apply primitive_zero. Qed.

Lemma sigma_increasing x z : x < z -> sigma x < sigma z.
Proof.
  apply (increasing_of_derive sigma (fun u => / W u)); [apply sigma_derive|].
  intros; apply Rinv_0_lt_compat, W_pos.
Qed.

Lemma sigma_cont z : continuous sigma z.
Proof. eapply continuous_of_derive, sigma_derive. Qed.

(* --- the potential as a function of the coefficient t = T(z) --- *)

Definition H (t : R) : R := psi (Tinv t).
Definition dH (t : R) : R := sigma (Tinv t).

Lemma H_T z : H (T z) = psi z.
Proof. unfold H. rewrite Tinv_T. reflexivity. Qed.

Lemma dH_T z : dH (T z) = sigma z.
Proof. unfold dH. rewrite Tinv_T. reflexivity. Qed.

Lemma dH_increasing t u : t < u -> dH t < dH u.
Proof. intros L. apply sigma_increasing, Tinv_increasing, L. Qed.

Lemma dH_cont t : continuous dH t.
Proof. apply (continuous_comp Tinv sigma); [apply Tinv_cont | apply sigma_cont]. Qed.

(* psi lies strictly above its tangents, in the coordinate z *)
Lemma psi_above z x : z <> x -> psi x + sigma x * (T z - T x) < psi z.
Proof.
  intros N.
  set (G := fun u => T z * sigma u + z ^ 2 / 2 - u ^ 2 / 2).
  assert (D : forall u, is_derive G u (T z * / W u - u)).
  { intros u. unfold G. apply (is_derive_minus (fun u => T z * sigma u + z ^ 2 / 2) (fun u => u ^ 2 / 2)).
    - rewrite <- (Rplus_0_r (T z * / W u)).
      apply (is_derive_plus (fun u => T z * sigma u) (fun _ => z ^ 2 / 2)).
      + apply (is_derive_scal sigma), sigma_derive.
      + apply (is_derive_const (z ^ 2 / 2)).
    - auto_derive; auto. field. }
  assert (F : forall u, T z * / W u - u = (T z - T u) * / W u).
  { intros u. unfold T at 3. field. pose proof (W_pos u). lra. }
  assert (M : G x < G z).
  { destruct (Rlt_le_dec x z) as [L|L].
    - apply (increasing_of_derive G _ x z D); auto. intros u Hu. rewrite F.
      apply Rmult_lt_0_compat; [|apply Rinv_0_lt_compat, W_pos].
      pose proof (T_increasing u z ltac:(lra)). lra.
    - assert (L' : z < x) by lra.
      enough (- G z < - G x) by lra.
      apply (increasing_of_derive (fun u => - G u) (fun u => - (T z * / W u - u)) z x); auto.
      + intros u. apply (is_derive_opp G), D.
      + intros u Hu. rewrite F. pose proof (T_increasing z u ltac:(lra)).
        pose proof (Rinv_0_lt_compat _ (W_pos u)). nra. }
  unfold psi, G in *. assert (E : T x * sigma x = sigma x * T x) by ring. lra.
Qed.

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

(* the derivative of T, when W has one: dT(z) sigma'(z) = 1 + z W'(z) / W(z) *)
Lemma psi_derive z dW : is_derive W z dW ->
  is_derive T z (W z + z * dW) /\ is_derive psi z (sigma z * (W z + z * dW)).
Proof.
  intros DW. pose proof (W_pos z) as P.
  assert (DT : is_derive T z (W z + z * dW)).
  { unfold T. replace (W z + z * dW) with (1 * W z + z * dW) by ring.
    apply (is_derive_mult (fun z => z) W); auto; [apply (is_derive_id z) | intros; apply Rmult_comm]. }
  split; auto. unfold psi.
  replace (sigma z * (W z + z * dW)) with ((/ W z * T z + sigma z * (W z + z * dW)) - z)
    by (unfold T; field; lra).
  apply (is_derive_minus (fun z => sigma z * T z) (fun z => z ^ 2 / 2)).
  - apply (is_derive_mult sigma T); auto; [apply sigma_derive | intros; apply Rmult_comm].
  - auto_derive; auto. field.
Qed.
End Potential.

(* --- the weights of the flow: product over the other layers of sqrt(z^2 + c_l) --- *)
From Litproof Require Import Sums.

Section Weight.
Variables (L i : nat) (c : nat -> R).
Hypothesis c_pos : forall l, (l < L)%nat -> l <> i -> 0 < c l.

Definition weight (z : R) : R := ProdBut L (fun l => sqrt (z ^ 2 + c l)) i.

Lemma weight_factor_pos l z : (l < L)%nat -> l <> i -> 0 < sqrt (z ^ 2 + c l).
Proof.
  intros Hl N. apply sqrt_lt_R0. pose proof (pow2_ge_0 z). pose proof (c_pos l Hl N). lra.
Qed.

Lemma weight_pos z : 0 < weight z.
Proof. apply ProdBut_pos. intros. apply weight_factor_pos; auto. Qed.

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
  intros k Hk. destruct (Nat.eqb_spec k i) as [E|N]; [apply continuous_const|].
  apply (ex_derive_continuous (fun u => sqrt (u ^ 2 + c k))). auto_derive.
  pose proof (weight_factor_pos k z Hk N) as P. pose proof (c_pos k Hk N). nra.
Qed.
End Weight.
