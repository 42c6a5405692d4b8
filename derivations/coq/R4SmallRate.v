(* Rates of R4 as alpha -> 0. For every minimiser r of R2's problem at scale alpha, with C depending on the data only,
     L = 2:  |r|_1 <= min + C / ln(1/alpha),   and |r_j - z_j| <= C / ln(1/alpha)  if the l1 solution z is unique,
     L >= 3: the weighted l1 norm of r is at most min + C alpha^(L-2), and |r_j - z_j| <= C alpha^(L-2) if z is unique.
   Uniqueness of an l1 solution is sharp: the norm grows at least linearly away from it. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Norms Potential Kkt DepthPotential Regression Cluster R4Stable R4Potential R4Limits
  R4Existence.
Open Scope R_scope.

(* --- sharpness of a unique l1 solution --- *)
Lemma abs_along z u s : 0 < s -> s <= 1 \/ z = 0 \/ s * Rabs u <= Rabs z ->
  Rabs (z + s * u) - Rabs z <= s * (Rabs (z + u) - Rabs z).
Proof.
  intros Ps H. destruct (Rle_dec s 1) as [S1|S1].
  - replace (z + s * u) with (s * (z + u) + (1 - s) * z) by ring.
    pose proof (Rabs_triang (s * (z + u)) ((1 - s) * z)) as Tr. rewrite !Rabs_mult in Tr.
    rewrite (Rabs_pos_eq s), (Rabs_pos_eq (1 - s)) in Tr by lra. lra.
  - destruct H as [H|[->|H]]; [lra | |].
    + rewrite !Rplus_0_l, Rabs_R0, Rabs_mult, (Rabs_pos_eq s) by lra. lra.
    + pose proof (Rabs_pos u) as Pu. assert (Hu : Rabs u <= Rabs z) by nra.
      assert (Hs : Rabs (s * u) <= Rabs z) by (rewrite Rabs_mult, (Rabs_pos_eq s) by lra; auto).
      destruct (Rle_dec 0 z) as [Pz|Nz].
      * rewrite (Rabs_pos_eq z) in * by auto. apply Rabs_le_between in Hu. apply Rabs_le_between in Hs.
        rewrite !Rabs_pos_eq by lra. lra.
      * rewrite (Rabs_left z) in * by lra. apply Rabs_le_between in Hu. apply Rabs_le_between in Hs.
        rewrite (Rabs_left1 (z + s * u)), (Rabs_left1 (z + u)) by lra. lra.
Qed.

Theorem unique_l1_sharp m n A y (p z : nat -> R) : (forall j, (j < m)%nat -> 0 <= p j) ->
  only_minimiser m n A y (potential m (fun j x => Rabs x * p j)) z ->
  exists k, 0 < k /\ forall x, feasible m n A y x -> forall j, (j < m)%nat ->
    k * Rabs (x j - z j) <= potential m (fun j x => Rabs x * p j) x - potential m (fun j x => Rabs x * p j) z.
Proof.
  intros Pp [Fz Oz]. set (g := fun j x => Rabs x * p j) in *.
  destruct (positive_minimum m (fun j => if Req_EM_T (z j) 0 then 1 else Rabs (z j))) as [d [Pd Hd]].
  { intros j _. destruct (Req_EM_T (z j) 0); [lra | apply Rabs_pos_lt; auto]. }
  destruct (sphere_gap m n A y g z) with (d := d) as [e [Pe Gap]]; auto.
  { intros; apply continuous_abs_scaled. }
  { intros x Fx Le. destruct (Oz x Fx) as [E|Lt]; [auto | lra]. }
  exists (e / d). split; [apply Rdiv_lt_0_compat; auto|]. intros x Fx j Hj.
  destruct (largest_entry m (fun j => Rabs (x j - z j)) j Hj) as [k [Hk Mk]]. simpl in Mk.
  set (D := Rabs (x k - z k)) in *. pose proof (Rabs_pos (x k - z k)) as PD. fold D in PD.
  pose proof (Rdiv_lt_0_compat _ _ Pe Pd) as Pk.
  apply Rle_trans with (e / d * D); [apply Rmult_le_compat_l; [lra | apply Mk, Hj]|].
  destruct (Rle_lt_or_eq_dec 0 D PD) as [PD'|ED].
  2:{ rewrite <- ED, Rmult_0_r. destruct (Oz x Fx) as [E|Lt]; [|lra].
      right. unfold potential. rewrite (Sum_ext m _ (fun j => g j (z j))); [ring|]. intros l Hl. rewrite E; auto. }
  set (s := d / D). assert (Ps : 0 < s) by (apply Rdiv_lt_0_compat; auto).
  assert (Es : s * D = d) by (unfold s; field; lra).
  assert (Dist : forall l, Rabs (s * x l + (1 - s) * z l - z l) = s * Rabs (x l - z l)).
  { intros l. replace (s * x l + (1 - s) * z l - z l) with (s * (x l - z l)) by ring.
    rewrite Rabs_mult, (Rabs_pos_eq s) by lra. reflexivity. }
  pose proof (Gap _ (segment_feasible m n A y s x z Fx Fz)) as G.
  assert (Box : forall l, (l < m)%nat -> s * Rabs (x l - z l) <= d).
  { intros l Hl. rewrite <- Es. apply Rmult_le_compat_l; [lra | apply Mk, Hl]. }
  specialize (G ltac:(intros l Hl; cbv beta; rewrite Dist; apply Box, Hl)
    ltac:(exists k; split; [auto | cbv beta; rewrite Dist; fold D; lra])).
  assert (Lin : potential m g (fun l => s * x l + (1 - s) * z l) - potential m g z <= s
    * (potential m g x - potential m g z)).
  { unfold potential. rewrite <- !Sum_minus, <- Sum_scal_l. apply Sum_le. intros l Hl. unfold g.
    rewrite <- !Rmult_minus_distr_r, <- Rmult_assoc. apply Rmult_le_compat_r; [auto|].
    replace (s * x l + (1 - s) * z l) with (z l + s * (x l - z l)) by ring.
    replace (x l) with (z l + (x l - z l)) at 2 by ring. apply abs_along; auto. right.
    pose proof (Hd l Hl) as Hz. destruct (Req_EM_T (z l) 0); [auto | right]. pose proof (Box l Hl). lra. }
  assert (F : e <= s * (potential m g x - potential m g z)) by lra.
  apply (Rmult_le_reg_l s); auto. replace (s * (e / d * D)) with (e / d * (s * D)) by ring. rewrite Es.
  replace (e / d * d) with e by (field; lra). exact F.
Qed.

(* --- L >= 3: how far e H_L(x/e) is below s_max |x| --- *)
Section Tail.
Variable L : nat.
Hypothesis depth : (3 <= L)%nat.

Lemma unit_above q : 0 < q -> q ^ (L - 1) <= unit_weight L q.
Proof.
  intros Pq. unfold unit_weight. apply pow_incr. split; [lra|].
  rewrite <- (sqrt_pow2 q) at 1 by lra. apply sqrt_le_1_alt. lra.
Qed.

Lemma tail_decreases q p : 0 < q -> q <= p -> dual_of L p + / p ^ (L - 2) <= dual_of L q + / q ^ (L - 2).
Proof.
  intros Pq Le. set (k := (L - 2)%nat). set (df := fun x => / unit_weight L x + - (INR k * x ^ (pred k)) / (x ^ k) ^ 2).
  destruct (MVT_gen (fun x => dual_of L x + / x ^ k) q p df) as [c [Hc Ec]].
  - intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra. unfold df.
    apply (is_derive_plus (dual_of L) (fun x => / x ^ k)); [apply dual_derive|].
    pose proof (pow_lt x k ltac:(lra)) as Px.
    apply (is_derive_inv (fun x => x ^ k)); [|lra].
    replace (INR k * x ^ pred k) with (INR k * 1 * x ^ pred k) by ring.
    apply (is_derive_pow (fun x => x) k x 1), (is_derive_id x).
  - intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra. apply continuity_pt_filterlim.
    apply (ex_derive_continuous (fun x => dual_of L x + / x ^ k)). exists (df x). unfold df.
    apply (is_derive_plus (dual_of L) (fun x => / x ^ k)); [apply dual_derive|].
    pose proof (pow_lt x k ltac:(lra)) as Px.
    apply (is_derive_inv (fun x => x ^ k)); [|lra].
    replace (INR k * x ^ pred k) with (INR k * 1 * x ^ pred k) by ring.
    apply (is_derive_pow (fun x => x) k x 1), (is_derive_id x).
  - rewrite Rmin_left, Rmax_right in Hc by lra. assert (Pc : 0 < c) by lra.
    enough (N : df c <= 0) by (simpl in Ec; nra).
    unfold df. pose proof (pow_lt c (pred k) Pc) as P1. pose proof (unit_above c Pc) as U.
    assert (Ek : c ^ k = c * c ^ pred k) by (destruct k as [|k'] eqn:Ek0; [unfold k in Ek0; lia | reflexivity]).
    assert (EL : c ^ (L - 1) = c * (c * c ^ pred k)).
    { replace (L - 1)%nat with (S (S (pred k))) by (unfold k; lia). reflexivity. }
    assert (K1 : 1 <= INR k) by (apply (le_INR 1); unfold k; lia).
    assert (I : / unit_weight L c <= / (c * (c * c ^ pred k))).
    { rewrite <- EL. apply Rinv_le_contravar; [apply pow_lt, Pc | exact U]. }
    rewrite Ek. replace (- (INR k * c ^ pred k) / (c * c ^ pred k) ^ 2) with (- INR k * / (c * (c * c ^ pred k)))
      by (field; lra).
    assert (Pi : 0 < / (c * (c * c ^ pred k))) by (apply Rinv_0_lt_compat; repeat apply Rmult_lt_0_compat; auto). nra.
Qed.

Lemma s_max_below q : 0 < q -> s_max L <= dual_of L q + / q ^ (L - 2).
Proof.
  intros Pq. apply (le_small _ _ 1); [lra|]. intros e Pe.
  destruct (proj2 (s_max_is_sup L depth) e Pe) as [p [Pp Hp]].
  pose proof (Rinv_0_lt_compat _ (pow_lt q (L - 2) Pq)).
  destruct (Rle_dec q p) as [Le|Gt].
  - pose proof (tail_decreases q p Pq Le). pose proof (Rinv_0_lt_compat _ (pow_lt p (L - 2) Pp)). lra.
  - pose proof (dual_increasing L p q ltac:(lra)). lra.
Qed.

Lemma s_max_at_most_2 : s_max L <= 2.
Proof.
  apply (le_small _ _ 1); [lra|]. intros e Pe. destruct (proj2 (s_max_is_sup L depth) e Pe) as [p [_ Hp]].
  pose proof (dual_bounded L p depth). lra.
Qed.

Lemma unit_below b q : 1 <= b -> 0 <= q <= b -> unit_weight L q <= (2 * b) ^ (L - 1).
Proof.
  intros Pb Pq. unfold unit_weight. apply pow_incr. split; [apply sqrt_pos|].
  rewrite <- (sqrt_pow2 (2 * b)) by lra. apply sqrt_le_1_alt. nra.
Qed.

Lemma defect_bound q : 0 <= q -> s_max L * coefficient_of L q - HL L (coefficient_of L q) <= 2 ^ L * (1 + q ^ 2).
Proof.
  intros Pq. rewrite HL_closed_form. pose proof (unit_pos L q) as Pu.
  assert (EL : 2 ^ L = 2 * 2 ^ (L - 1)) by (replace L with (S (L - 1)) at 1 by lia; reflexivity).
  assert (P2 : 1 <= 2 ^ (L - 1)) by (apply pow_R1_Rle; lra). pose proof (pow2_ge_0 q) as Q2.
  assert (Pt : 0 <= coefficient_of L q) by (apply Rmult_le_pos; lra).
  destruct (Rle_dec 1 q) as [G|S].
  - pose proof (s_max_below q ltac:(lra)) as T. pose proof (unit_below q q G ltac:(lra)) as U.
    assert (Pk : 0 < q ^ (L - 2)) by (apply pow_lt; lra).
    assert (E : / q ^ (L - 2) * coefficient_of L q <= 2 ^ (L - 1) * q ^ 2).
    { unfold coefficient_of. apply Rle_trans with (/ q ^ (L - 2) * (q * (2 * q) ^ (L - 1))).
      - apply Rmult_le_compat_l; [left; apply Rinv_0_lt_compat, Pk | apply Rmult_le_compat_l; auto].
      - rewrite Rpow_mult_distr. replace (q ^ (L - 1)) with (q ^ (L - 2) * q)
          by (replace (L - 1)%nat with (S (L - 2)) by lia; simpl; ring). right. field. lra. }
    apply (Rmult_le_compat_r (coefficient_of L q)) in T; auto. rewrite EL. nra.
  - pose proof (unit_below 1 q ltac:(lra) ltac:(lra)) as U. rewrite Rmult_1_r in U.
    pose proof s_max_at_most_2. pose proof (s_max_pos L depth).
    assert (T : coefficient_of L q <= 2 ^ (L - 1)).
    { unfold coefficient_of. apply Rle_trans with (1 * 2 ^ (L - 1)); [apply Rmult_le_compat; lra | lra]. }
    assert (Sm : s_max L * coefficient_of L q <= 2 * 2 ^ (L - 1)) by (apply Rmult_le_compat; lra).
    pose proof (HL_nonneg L (coefficient_of L q)) as N. rewrite HL_closed_form in N.
    assert (0 <= 2 * 2 ^ (L - 1) * q ^ 2) by (apply Rmult_le_pos; lra). rewrite EL. lra.
Qed.

Lemma small_scale_defect b B x : 0 < b <= 1 -> 1 <= B -> Rabs x <= B ->
  0 <= s_max L * Rabs x - b ^ L * HL L (x / b ^ L) <= 2 ^ L * (1 + B ^ 2) * b ^ (L - 2).
Proof.
  intros Pb PB Hx. rewrite HL_abs. pose proof (Rabs_pos x) as Px. set (u := Rabs x) in *.
  pose proof (pow_lt b L ltac:(lra)) as Pe.
  assert (Pu : 0 <= u / b ^ L) by (apply Rmult_le_pos; [auto | left; apply Rinv_0_lt_compat, Pe]).
  assert (Eu : b ^ L * (u / b ^ L) = u) by (field; lra).
  destruct (coefficient_bijective L (u / b ^ L)) as [q [E _]].
  pose proof (unit_pos L q) as Puq.
  assert (Pq : 0 <= q). { apply Rnot_lt_le. intros N. unfold coefficient_of in E. nra. }
  split.
  - pose proof (HL_below_tangent L (u / b ^ L)) as C. pose proof (hL_inverse_below L (u / b ^ L) depth) as C2.
    apply (Rmult_le_compat_l (u / b ^ L)) in C2; auto.
    assert (b ^ L * HL L (u / b ^ L) <= b ^ L * (u / b ^ L * s_max L)) by (apply Rmult_le_compat_l; lra).
    rewrite <- Rmult_assoc, Eu in H. lra.
  - pose proof (defect_bound q Pq) as D. rewrite E in D. apply (Rmult_le_compat_l (b ^ L)) in D; [|lra].
    rewrite Rmult_minus_distr_l in D. replace (b ^ L * (s_max L * (u / b ^ L))) with (s_max L * (b ^ L * (u / b ^ L)))
      in D by ring.
    rewrite Eu in D. apply Rle_trans with (1 := D).
    (* b q <= B *)
    assert (BQ : b * q <= B).
    { destruct (Req_dec q 0) as [->|Nq]; [lra|]. assert (Pq' : 0 < q) by lra.
      apply Rnot_lt_le. intros Gt. pose proof (unit_above q Pq') as U.
      assert (S1 : (b * q) ^ L <= u).
      { rewrite Rpow_mult_distr, <- Eu, <- E. apply Rmult_le_compat_l; [lra|]. unfold coefficient_of.
        replace L with (S (L - 1)) at 1 by lia. simpl. apply Rmult_le_compat_l; auto. }
      pose proof (power_above (b * q) (b * q) L ltac:(lia) ltac:(lra) ltac:(lra)). lra. }
    replace (b ^ L) with (b ^ (L - 2) * b ^ 2) by (rewrite <- pow_add; f_equal; lia).
    replace (b ^ (L - 2) * b ^ 2 * (2 ^ L * (1 + q ^ 2))) with (2 ^ L * (b ^ 2 + (b * q) ^ 2) * b ^ (L - 2)) by ring.
    apply Rmult_le_compat_r; [apply pow_le; lra|]. apply Rmult_le_compat_l; [apply pow_le; lra|].
    assert (0 <= b * q) by (apply Rmult_le_pos; lra).
    assert ((b * q) ^ 2 <= B ^ 2) by (apply pow_incr; lra). assert (b ^ 2 <= 1) by nra. lra.
Qed.
End Tail.

Section SmallRates.
Variables (L m n : nat) (A : nat -> nat -> R) (y etabar z : nat -> R).
Hypothesis etabar_nonzero : forall j, (j < m)%nat -> etabar j <> 0.
Let w j := Rabs (etabar j).

Lemma scales_below_1 : at_right 0 (fun a => forall j, (j < m)%nat -> a * w j <= 1).
Proof.
  apply filter_forall_lt; [apply at_right_proper_filter|]. intros j Hj.
  pose proof (w_pos m etabar etabar_nonzero j Hj) as Pw. fold (w j) in Pw.
  generalize (right_of_0 (/ w j) (Rinv_0_lt_compat _ Pw)). apply filter_imp. intros a [_ Ha].
  apply (Rmult_lt_compat_r (w j)) in Ha; auto. rewrite Rinv_l in Ha by (apply Rgt_not_eq, Pw). lra.
Qed.

(* --- L = 2 --- *)
Theorem small_scale_two_layers_value_rate : L = 2%nat -> minimiser m n A y (l1 m) z ->
  exists C, at_right 0 (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    l1 m z <= l1 m r <= l1 m z + C / - ln a).
Proof.
  intros E2 Mz. set (B := l1 m z + 1).
  assert (Bnd : forall x j, (j < m)%nat -> l1 m x <= B -> Rabs (x j) <= B).
  { intros x j Hj Hx. apply Rle_trans with (2 := Hx). apply (Sum_term m (fun j => Rabs (x j))); auto.
    intros; apply Rabs_pos. }
  assert (PB : 0 <= B) by (unfold B, l1; pose proof (Sum_nonneg m (fun j => Rabs (z j)) (fun j _ => Rabs_pos _));
    lra).
  set (K := Sum m (fun j => B * ln (1 + 4 * B) + B + 1 + B * Rabs (ln (w j)))). exists (2 * K).
  generalize (filter_and _ _ (right_of_0 1 Rlt_0_1) (filter_and _ _ scales_below_1
    (small_scale_two_layers_value L m n A y etabar z etabar_nonzero E2 Mz 1 Rlt_0_1))).
  apply filter_imp. intros a [[Pa La] [Wa Va]] r Mr. destruct (Va r Mr) as [Lo Up]. split; auto.
  apply ln_increasing in La; auto. rewrite ln_1 in La.
  set (Q := scaled_potential L m etabar a) in *.
  assert (EQ : forall x, Q x = Sum m (fun j => (a * w j) ^ 2 * HL 2 (x j / (a * w j) ^ 2))).
  { intros x. unfold Q, scaled_potential. rewrite E2, <- Sum_scal_l. apply Sum_ext. intros j _.
    fold (w j). set (h := HL 2 (x j / (a * w j) ^ 2)). rewrite Rpow_mult_distr. unfold w. rewrite pow2_abs. ring. }
  assert (N : forall x, l1 m x <= B -> Rabs (Q x - l1 m x * - ln a) <= K).
  { intros x Hx. rewrite EQ. unfold l1. rewrite <- Sum_scal_r, <- Sum_minus.
    apply Rle_trans with (1 := Sum_abs _ _). apply Sum_le. intros j Hj.
    apply (small_scale_2_alpha m etabar etabar_nonzero j B a (x j)); auto. apply Wa, Hj. }
  pose proof (N r Up) as Nr. pose proof (N z ltac:(unfold B; lra)) as Nz.
  apply Rabs_le_between in Nr. apply Rabs_le_between in Nz. pose proof (proj2 Mr z (proj1 Mz)) as M. fold Q in M.
  apply (Rmult_le_reg_r (- ln a)); [lra|]. rewrite Rmult_plus_distr_r.
  replace (2 * K / - ln a * - ln a) with (2 * K) by (field; lra). lra.
Qed.

Theorem small_scale_two_layers_rate : L = 2%nat -> only_minimiser m n A y (l1 m) z ->
  exists C, at_right 0 (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    forall j, (j < m)%nat -> Rabs (r j - z j) <= C / - ln a).
Proof.
  intros E2 [Fz Oz].
  assert (E : forall x, potential m (fun j x => Rabs x * 1) x = l1 m x).
  { intros x. unfold potential, l1. apply Sum_ext. intros; ring. }
  destruct (unique_l1_sharp m n A y (fun _ => 1) z) as [k [Pk Sharp]].
  { intros; lra. }
  { split; auto. intros u Fu. rewrite !E. auto. }
  destruct (small_scale_two_layers_value_rate E2) as [C HC].
  { split; auto. intros u Fu. destruct (Oz u Fu) as [Eq|Lt]; [|lra].
    right. unfold l1. apply Sum_ext. intros j Hj. rewrite Eq; auto. }
  exists (C / k). generalize HC. apply filter_imp. intros a Ha r Mr j Hj.
  pose proof (Ha r Mr) as [_ V]. pose proof (Sharp r (proj1 Mr) j Hj) as S. rewrite !E in S.
  apply (Rmult_le_reg_l k); auto. apply Rle_trans with (1 := S).
  replace (k * (C / k / - ln a)) with (C / - ln a) by (unfold Rdiv; set (i := / - ln a); field; lra). lra.
Qed.

(* --- L >= 3 --- *)
Theorem small_scale_deep_value_rate : (3 <= L)%nat -> minimiser m n A y (weighted_norm_1 L m etabar) z ->
  exists C, at_right 0 (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    weighted_norm_1 L m etabar z <= weighted_norm_1 L m etabar r <= weighted_norm_1 L m etabar z + C * a ^ (L - 2)).
Proof.
  intros HL3 Mz. set (W := weighted_norm_1 L m etabar) in *. pose proof (s_max_pos L HL3) as Ps.
  assert (Pw : forall j, (j < m)%nat -> 0 < w j) by (intros j Hj; apply (w_pos m etabar etabar_nonzero j Hj)).
  destruct (weighted_norm_coercive m (fun j => / w j ^ (L - 2))) with (K := W z + 1) as [B0 HB0].
  { intros j Hj. apply Rinv_0_lt_compat, pow_lt, Pw, Hj. }
  set (B := Rabs B0 + 1). assert (PB : 1 <= B) by (unfold B; pose proof (Rabs_pos B0); lra).
  assert (Bnd : forall x j, (j < m)%nat -> W x <= W z + 1 -> Rabs (x j) <= B).
  { intros x j Hj Hx. pose proof (HB0 x Hx j Hj). pose proof (Rle_abs B0). unfold B. lra. }
  set (K := 2 ^ L * (1 + B ^ 2)). exists (INR m * K / s_max L).
  generalize (filter_and _ _ (right_of_0 1 Rlt_0_1) (filter_and _ _ scales_below_1
    (small_scale_deep_value L m n A y etabar z etabar_nonzero HL3 Mz 1 Rlt_0_1))).
  apply filter_imp. intros a [[Pa La] [Wa Va]] r Mr. destruct (Va r Mr) as [Lo Up]. fold W in Lo, Up. split; auto.
  pose proof (pow_lt a (L - 2) Pa) as Pa2.
  set (Q := scaled_potential L m etabar a) in *.
  assert (EQ : forall x, s_max L * W x - a ^ (L - 2) * Q x =
    Sum m (fun j => / w j ^ (L - 2) * (s_max L * Rabs (x j) - (a * w j) ^ L * HL L (x j / (a * w j) ^ L)))).
  { intros x. unfold Q, scaled_potential, W, weighted_norm_1. rewrite <- !Sum_scal_l, <- Sum_minus. apply Sum_ext.
    intros j Hj.
    fold (w j). pose proof (Pw j Hj) as Pj. pose proof (pow_lt (w j) (L - 2) Pj).
    rewrite <- (pow2_abs (etabar j)). fold (w j). set (h := HL L (x j / (a * w j) ^ L)). rewrite Rpow_mult_distr.
    replace (a ^ L) with (a ^ (L - 2) * a ^ 2) by (rewrite <- pow_add; f_equal; lia).
    replace (w j ^ L) with (w j ^ (L - 2) * w j ^ 2) by (rewrite <- pow_add; f_equal; lia). field. lra. }
  assert (Def : forall x j, (j < m)%nat -> W x <= W z + 1 ->
    0 <= s_max L * Rabs (x j) - (a * w j) ^ L * HL L (x j / (a * w j) ^ L) <= K * (a * w j) ^ (L - 2)).
  { intros x j Hj Hx. apply (small_scale_defect L HL3); auto.
    split; [apply Rmult_lt_0_compat; auto | apply Wa, Hj]. }
  assert (Hr : s_max L * W r - a ^ (L - 2) * Q r <= INR m * (K * a ^ (L - 2))).
  { rewrite EQ, <- Sum_same. apply Sum_le. intros j Hj. destruct (Def r j Hj Up) as [_ D].
    pose proof (pow_lt (w j) (L - 2) (Pw j Hj)) as Pj. apply (Rmult_le_reg_l (w j ^ (L - 2))); auto.
    rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra. apply Rle_trans with (1 := D). rewrite Rpow_mult_distr. right.
    ring. }
  assert (Hz : 0 <= s_max L * W z - a ^ (L - 2) * Q z).
  { rewrite EQ. apply Sum_nonneg. intros j Hj. destruct (Def z j Hj ltac:(lra)) as [D _].
    apply Rmult_le_pos; [left; apply Rinv_0_lt_compat, pow_lt, Pw, Hj | exact D]. }
  pose proof (proj2 Mr z (proj1 Mz)) as M. fold Q in M. apply (Rmult_le_compat_l (a ^ (L - 2))) in M; [|lra].
  apply (Rmult_le_reg_l (s_max L)); auto. rewrite Rmult_plus_distr_l.
  replace (s_max L * (INR m * K / s_max L * a ^ (L - 2))) with (INR m * (K * a ^ (L - 2))) by (field; lra). lra.
Qed.

Theorem small_scale_deep_rate : (3 <= L)%nat -> only_minimiser m n A y (weighted_norm_1 L m etabar) z ->
  exists C, at_right 0 (fun a => forall r, minimiser m n A y (scaled_potential L m etabar a) r ->
    forall j, (j < m)%nat -> Rabs (r j - z j) <= C * a ^ (L - 2)).
Proof.
  intros HL3 [Fz Oz].
  assert (E : forall x, potential m (fun j x => Rabs x * / w j ^ (L - 2)) x = weighted_norm_1 L m etabar x)
    by reflexivity.
  destruct (unique_l1_sharp m n A y (fun j => / w j ^ (L - 2)) z) as [k [Pk Sharp]].
  { intros j Hj. left. apply Rinv_0_lt_compat, pow_lt. apply (w_pos m etabar etabar_nonzero j Hj). }
  { split; auto. }
  destruct (small_scale_deep_value_rate HL3) as [C HC].
  { split; auto. intros u Fu. destruct (Oz u Fu) as [Eq|Lt]; [|lra].
    right. unfold weighted_norm_1. apply Sum_ext. intros j Hj. rewrite Eq; auto. }
  exists (C / k). generalize HC. apply filter_imp. intros a Ha r Mr j Hj.
  pose proof (Ha r Mr) as [_ V]. pose proof (Sharp r (proj1 Mr) j Hj) as S. rewrite !E in S.
  apply (Rmult_le_reg_l k); auto. apply Rle_trans with (1 := S).
  replace (k * (C / k * a ^ (L - 2))) with (C * a ^ (L - 2)) by (field; lra). lra.
Qed.
End SmallRates.
