(* Rates in alpha of R4: every minimiser r of R2's problem at scale alpha satisfies, for some C that depends on the data
   only,
     alpha -> infinity, any L:  |r_j - z_j| <= C / alpha^(2L)
     alpha -> 0, L = 2:         |r_j - z_j| <= C / ln(1/alpha)      (unique l1 solution z)
     alpha -> 0, L >= 3:        |r_j - z_j| <= C alpha^(L-2)        (unique weighted l1 solution z). *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Norms Potential Kkt DepthPotential Cluster R4Stable R4Potential R4Limits.
Open Scope R_scope.

(* --- alpha -> infinity --- *)

Lemma hL_inverse_near_0 L t : Rabs (hL_inverse L t - t) <= INR (L - 1) * Rabs t ^ 3.
Proof.
  enough (P : forall t, 0 <= t -> Rabs (hL_inverse L t - t) <= INR (L - 1) * t ^ 3).
  { destruct (Rle_dec 0 t) as [Pt|Nt].
    - rewrite (Rabs_pos_eq t) by auto. apply P, Pt.
    - rewrite (Rabs_left t) by lra. pose proof (P (- t) ltac:(lra)) as Q. rewrite hL_inverse_odd in Q.
      replace (- hL_inverse L t - - t) with (- (hL_inverse L t - t)) in Q by ring. rewrite Rabs_Ropp in Q. exact Q. }
  clear t. intros t Pt. destruct (small_coordinate L t Pt) as [q [E [[Pq Qt] [[D1 D2] Be]]]].
  pose proof (unit_pos L q) as Pu.
  assert (EH : hL_inverse L t = dual_of L q) by (rewrite <- E; apply hL_inverse_closed_form).
  apply (Rmult_le_compat_l t) in Be; auto.
  assert (E2 : t * / unit_weight L q ^ 2 = q / unit_weight L q) by (rewrite <- E; unfold coefficient_of; field; lra).
  assert (0 <= INR (L - 1) * t ^ 3) by (apply Rmult_le_pos; [apply pos_INR | apply pow_le, Pt]).
  rewrite EH. apply Rabs_le. lra.
Qed.

(* the remainder x^2 - 2 e^2 H_L(x/e) is Lipschitz with a small constant *)
Lemma remainder_lipschitz L B e x u : 0 < e -> Rabs x <= B -> Rabs u <= B ->
  Rabs ((x ^ 2 - 2 * e ^ 2 * HL L (x / e)) - (u ^ 2 - 2 * e ^ 2 * HL L (u / e)))
    <= 2 * INR (L - 1) * B ^ 3 / e ^ 2 * Rabs (x - u).
Proof.
  intros Pe Hx Hu. set (f := fun x => x ^ 2 - 2 * e ^ 2 * HL L (x / e)).
  set (df := fun x => 2 * x - 2 * e * hL_inverse L (x / e)).
  assert (D : forall x, is_derive f x (df x)).
  { intros s. unfold f, df. apply (is_derive_minus (fun x => x ^ 2) (fun x => 2 * e ^ 2 * HL L (x / e))).
    - auto_derive; auto. ring.
    - replace (2 * e * hL_inverse L (s / e)) with (2 * e ^ 2 * (/ e * hL_inverse L (s / e))) by (field; lra).
      apply (is_derive_scal (fun x => HL L (x / e))).
      apply (is_derive_comp (HL L) (fun x => x / e)); [apply HL_derive|]. auto_derive; auto. ring. }
  destruct (MVT_gen f u x df) as [s [Hs Es]].
  - intros; apply D.
  - intros s _. apply continuity_pt_filterlim. apply (ex_derive_continuous f). exists (df s). apply D.
  - change (Rabs (f x - f u) <= 2 * INR (L - 1) * B ^ 3 / e ^ 2 * Rabs (x - u)).
    rewrite Es, Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|].
    assert (Bs : Rabs s <= B).
    { apply Rabs_le_between in Hx. apply Rabs_le_between in Hu. apply Rabs_le.
      destruct (Rle_dec u x); [rewrite Rmin_left, Rmax_right in Hs by lra | rewrite Rmin_right, Rmax_left in Hs by lra];
        lra. }
    pose proof (hL_inverse_near_0 L (s / e)) as N. unfold df.
    replace (2 * s - 2 * e * hL_inverse L (s / e)) with (- (2 * e) * (hL_inverse L (s / e) - s / e)) by (field; lra).
    rewrite Rabs_mult, Rabs_Ropp, (Rabs_pos_eq (2 * e)) by lra.
    apply (Rmult_le_compat_l (2 * e)) in N; [|lra]. apply Rle_trans with (1 := N).
    unfold Rdiv at 1. rewrite Rabs_mult, Rabs_inv, (Rabs_pos_eq e) by lra.
    replace (2 * e * (INR (L - 1) * (Rabs s * / e) ^ 3)) with (2 * INR (L - 1) / e ^ 2 * Rabs s ^ 3) by (field; lra).
    replace (2 * INR (L - 1) * B ^ 3 / e ^ 2) with (2 * INR (L - 1) / e ^ 2 * B ^ 3) by (field; lra).
    apply Rmult_le_compat_l.
    + apply Rmult_le_pos; [pose proof (pos_INR (L - 1)); lra | left; apply Rinv_0_lt_compat, pow_lt, Pe].
    + apply pow_incr. split; [apply Rabs_pos | auto].
Qed.

Section LargeRate.
Variables (L m n : nat) (A : nat -> nat -> R) (y etabar z : nat -> R).
Hypothesis etabar_nonzero : forall j, (j < m)%nat -> etabar j <> 0.
Hypothesis depth : (1 <= L)%nat.
Hypothesis z_minimal : minimiser m n A y (weighted_square L m etabar) z.
Let i j := / etabar j ^ (2 * L - 2).

Lemma i_pos j : (j < m)%nat -> 0 < i j.
Proof.
  intros Hj. unfold i. replace (2 * L - 2)%nat with (2 * (L - 1))%nat by lia. rewrite even_power.
  apply Rinv_0_lt_compat, pow_lt, Rabs_pos_lt, etabar_nonzero, Hj.
Qed.

(* the quadratic grows from its minimiser *)
Lemma quadratic_growth r : feasible m n A y r ->
  Sum m (fun j => i j * (r j - z j) ^ 2) <= weighted_square L m etabar r - weighted_square L m etabar z.
Proof.
  intros Fr. destruct z_minimal as [Fz Mz]. set (N := Sum m (fun j => i j * (r j - z j) ^ 2)).
  set (c := Sum m (fun j => 2 * i j * z j * (r j - z j))).
  assert (E : forall s, weighted_square L m etabar (fun j => s * r j + (1 - s) * z j)
    = weighted_square L m etabar z + s * c + s ^ 2 * N).
  { intros s. unfold weighted_square, c, N. rewrite <- !Sum_scal_l, <- !Sum_plus. apply Sum_ext. intros j _.
    unfold i, Rdiv. ring. }
  assert (PN : 0 <= N).
  { apply Sum_nonneg. intros j Hj. pose proof (i_pos j Hj). apply Rmult_le_pos; [lra | apply pow2_ge_0]. }
  assert (Pc : 0 <= c).
  { apply (le_small 0 c N PN). intros s Ps.
    pose proof (Mz _ (segment_feasible m n A y s r z Fr Fz)) as M. rewrite E in M.
    apply (Rmult_le_reg_l s); auto. simpl in M. lra. }
  pose proof (E 1) as E1.
  assert (E0 : weighted_square L m etabar (fun j => 1 * r j + (1 - 1) * z j) = weighted_square L m etabar r).
  { unfold weighted_square. apply Sum_ext. intros j _. unfold Rdiv. ring. }
  rewrite E0 in E1. lra.
Qed.

Theorem large_scale_rate : exists C, Rbar_locally p_infty (fun a => forall r,
  minimiser m n A y (scaled_potential L m etabar a) r ->
  forall j, (j < m)%nat -> Rabs (r j - z j) <= C / a ^ (2 * L)).
Proof.
  destruct (upper_bound m (fun j => Rabs (z j))) as [Bz [Pz Hz]]. set (B := Bz + 1).
  set (K := Sum m (fun j => i j * (2 * INR (L - 1) * B ^ 3 / Rabs (etabar j) ^ (2 * L)))).
  assert (Pw : forall j, (j < m)%nat -> 0 < Rabs (etabar j)) by (intros j Hj; apply Rabs_pos_lt, etabar_nonzero, Hj).
  assert (PK : 0 <= K).
  { apply Sum_nonneg. intros j Hj. pose proof (i_pos j Hj). pose proof (pow_lt _ (2 * L) (Pw j Hj)).
    apply Rmult_le_pos; [lra|]. apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat; auto].
    apply Rmult_le_pos; [pose proof (pos_INR (L - 1)); lra | apply pow_le; unfold B; lra]. }
  destruct (upper_bound m (fun j => / i j)) as [I [PI HI]].
  exists (I * K).
  generalize (filter_and _ _ (near_infinity 0) (large_scale_limit L m n A y etabar etabar_nonzero z depth z_minimal 1
    Rlt_0_1)).
  apply filter_imp. intros a [Pa Near] r Mr k Hk. pose proof (Near r Mr) as Br. destruct Mr as [Fr Mr].
  pose proof (pow_lt a (2 * L) Pa) as Pa2.
  destruct (largest_entry m (fun j => Rabs (r j - z j)) k Hk) as [l [Hl Ml]]. simpl in Ml.
  set (M := Rabs (r l - z l)) in *. apply Rle_trans with M; [apply Ml, Hk|].
  pose proof (Rabs_pos (r l - z l)) as PM. fold M in PM.
  pose proof (quadratic_growth r Fr) as Q. pose proof (Mr z (proj1 z_minimal)) as Rz.
  apply (Rmult_le_compat_l (2 * a ^ (2 * L - 2))) in Rz; [|pose proof (pow_lt a (2 * L - 2) Pa); lra].
  (* a^(2L-2) Q_a in terms of e_j = (a w_j)^L *)
  set (e := fun j => (a * Rabs (etabar j)) ^ L).
  assert (Pe : forall j, (j < m)%nat -> 0 < e j) by (intros j Hj; apply pow_lt, Rmult_lt_0_compat; auto).
  assert (Ee : forall j, (j < m)%nat -> e j ^ 2 = a ^ (2 * L) * Rabs (etabar j) ^ (2 * L)).
  { intros j _. unfold e. rewrite <- pow_mult, Rpow_mult_distr, (Nat.mul_comm L 2). reflexivity. }
  assert (ES : forall x, 2 * a ^ (2 * L - 2) * scaled_potential L m etabar a x
     = Sum m (fun j => i j * (2 * e j ^ 2 * HL L (x j / e j)))).
  { intros x. unfold scaled_potential. rewrite <- Rmult_assoc, <- Sum_scal_l. apply Sum_ext. intros j Hj.
    rewrite Ee by auto.
    fold (e j). unfold i. pose proof (Pw j Hj) as Pwj. replace (2 * L - 2)%nat with (2 * (L - 1))%nat by lia.
    rewrite even_power, <- (pow2_abs (etabar j)).
    replace (a ^ (2 * L)) with (a ^ (2 * (L - 1)) * a ^ 2) by (rewrite <- pow_add; f_equal; lia).
    replace (Rabs (etabar j) ^ (2 * L)) with (Rabs (etabar j) ^ (2 * (L - 1)) * Rabs (etabar j) ^ 2)
      by (rewrite <- pow_add; f_equal; lia).
    field. apply pow_nonzero. lra. }
  rewrite !ES in Rz.
  assert (Up : weighted_square L m etabar r - weighted_square L m etabar z <= K / a ^ (2 * L) * M).
  { apply Rle_trans
      with (Sum m (fun j => i j * ((r j ^ 2 - 2 * e j ^ 2 * HL L (r j / e j))
      - (z j ^ 2 - 2 * e j ^ 2 * HL L (z j / e j))))).
    - rewrite (Sum_ext m (fun j => i j * (_ - _)) (fun j =>
        (r j ^ 2 / etabar j ^ (2 * L - 2) - i j * (2 * e j ^ 2 * HL L (r j / e j)))
         - (z j ^ 2 / etabar j ^ (2 * L - 2) - i j * (2 * e j ^ 2 * HL L (z j / e j))))).
      + rewrite !Sum_minus. unfold weighted_square. lra.
      + intros j _. unfold i, Rdiv. ring.
    - unfold K, Rdiv. rewrite <- !Sum_scal_r. apply Sum_le. intros j Hj.
      rewrite (Rmult_assoc (i j)), (Rmult_assoc (i j)).
      apply Rmult_le_compat_l; [left; apply i_pos, Hj|]. apply Rle_trans with (1 := Rle_abs _).
      apply Rle_trans with (2 * INR (L - 1) * B ^ 3 / e j ^ 2 * Rabs (r j - z j)).
      + apply remainder_lipschitz; auto.
        * pose proof (Br j Hj). pose proof (Hz j Hj) as Zj. pose proof (Rabs_triang (r j - z j) (z j)) as Tr.
          replace (r j - z j + z j) with (r j) in Tr by ring. unfold B. simpl in *. lra.
        * pose proof (Hz j Hj) as Zj. unfold B. simpl in *. lra.
      + rewrite Ee by auto. pose proof (pow_lt _ (2 * L) (Pw j Hj)) as Pj.
        replace (2 * INR (L - 1) * B ^ 3 * / Rabs (etabar j) ^ (2 * L) * / a ^ (2 * L) * M)
          with (2 * INR (L - 1) * B ^ 3 / (a ^ (2 * L) * Rabs (etabar j) ^ (2 * L)) * M) by (field; lra).
        apply Rmult_le_compat_l; [|apply Ml, Hj].
        apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat, Rmult_lt_0_compat; auto].
        apply Rmult_le_pos; [pose proof (pos_INR (L - 1)); lra | apply pow_le; unfold B; lra]. }
  assert (Lo : i l * M ^ 2 <= Sum m (fun j => i j * (r j - z j) ^ 2)).
  { unfold M. rewrite pow2_abs. apply (Sum_term m (fun j => i j * (r j - z j) ^ 2)); auto.
    intros j Hj. apply Rmult_le_pos; [left; apply i_pos, Hj | apply pow2_ge_0]. }
  assert (PKa : 0 <= K / a ^ (2 * L)) by (apply Rmult_le_pos; [auto | left; apply Rinv_0_lt_compat, Pa2]).
  destruct (Rle_lt_or_eq_dec 0 M PM) as [PM'|<-].
  2:{ replace (I * K / a ^ (2 * L)) with (I * (K / a ^ (2 * L))) by (unfold Rdiv; ring). apply Rmult_le_pos; auto. }
  pose proof (i_pos l Hl) as Pil.
  replace (i l * M ^ 2) with (i l * M * M) in Lo by ring.
  assert (S : i l * M <= K / a ^ (2 * L)) by (apply (Rmult_le_reg_r M); [auto | lra]).
  apply Rle_trans with (/ i l * (K / a ^ (2 * L))).
  - apply (Rmult_le_reg_l (i l)); auto. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra. exact S.
  - replace (I * K / a ^ (2 * L)) with (I * (K / a ^ (2 * L))) by (unfold Rdiv; ring).
    apply Rmult_le_compat_r; auto.
Qed.
End LargeRate.
