(* The Krawczyk test in n unknowns, for every n: if x -> x - C F(x) contracts a box (sup norm) and
   moves its centre little, F has exactly one zero in the box.
   Then the form used by certificates of regression limits, where
     F_i(x) = sum_j A_ij f_j(<B_j, x>) - y_i. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths.
Open Scope R_scope.

Lemma finite_bound n (u : nat -> R) : exists M, 0 <= M /\ forall i, (i < n)%nat -> Rabs (u i) <= M.
Proof.
  exists (Sum n (fun i => Rabs (u i))). split.
  - apply Sum_nonneg. intros; apply Rabs_pos.
  - intros i Hi. apply (Sum_term n (fun i => Rabs (u i))); auto. intros; apply Rabs_pos.
Qed.

(* a number below every k^p M, 0 <= k < 1, is not positive *)
Lemma below_geometric k M x : 0 <= k < 1 -> (forall p, x <= k ^ p * M) -> x <= 0.
Proof.
  intros Hk Hx.
  assert (G : is_lim_seq (fun p => k ^ p * M) (0 * M)).
  { apply (is_lim_seq_scal_r _ M 0). apply is_lim_seq_geom. rewrite Rabs_pos_eq; lra. }
  rewrite Rmult_0_l in G.
  exact (is_lim_seq_le (fun _ => x) _ _ _ Hx (is_lim_seq_const _) G).
Qed.

Lemma Rabs_le_0 x : Rabs x <= 0 -> x = 0.
Proof.
  intros H. destruct (Req_dec x 0) as [|N]; auto. apply Rabs_pos_lt in N. lra.
Qed.

(* a matrix with an approximate left inverse is injective *)
Lemma approximate_inverse_injective n (B C : nat -> nat -> R) k : 0 <= k < 1 ->
  (forall i, (i < n)%nat -> Sum n (fun j => Rabs (delta i j - Sum n (fun l => B i l * C l j))) <= k) ->
  forall u : nat -> R, (forall i, (i < n)%nat -> Sum n (fun l => C i l * u l) = 0) ->
  forall i, (i < n)%nat -> u i = 0.
Proof.
  intros Hk HB u Hu.
  assert (Id : forall i, (i < n)%nat -> u i = Sum n (fun j => (delta i j - Sum n (fun l => B i l * C l j)) * u j)).
  { intros i Hi.
    rewrite (Sum_ext n _ (fun j => delta i j * u j - Sum n (fun l => B i l * (C l j * u j)))).
    - rewrite Sum_minus, Sum_delta, Sum_swap by auto.
      rewrite (Sum_zero n (fun j => Sum n (fun i0 => B i j * (C j i0 * u i0)))); [ring|].
      intros l Hl. rewrite Sum_scal_l, Hu by auto. ring.
    - intros j Hj. rewrite Rmult_minus_distr_r, <- Sum_scal_r. f_equal. apply Sum_ext; intros; ring. }
  destruct (finite_bound n u) as [M [HM Bd]].
  assert (P : forall p i, (i < n)%nat -> Rabs (u i) <= k ^ p * M).
  { induction p as [|p IH]; intros i Hi; [simpl; rewrite Rmult_1_l; auto|].
    rewrite (Id i Hi). eapply Rle_trans; [apply Sum_abs|].
    assert (KM : 0 <= k ^ p * M) by (apply Rmult_le_pos; auto; apply pow_le; lra).
    apply Rle_trans with (Sum n (fun j => Rabs (delta i j - Sum n (fun l => B i l * C l j))) * (k ^ p * M)).
    - rewrite <- Sum_scal_r. apply Sum_le. intros j Hj. rewrite Rabs_mult.
      apply Rmult_le_compat_l; auto. apply Rabs_pos.
    - simpl. rewrite Rmult_assoc. apply Rmult_le_compat_r; auto. }
  intros i Hi. apply Rabs_le_0. apply (below_geometric k M); auto.
Qed.

Section Contraction.
Variables (n : nat) (x0 : nat -> R) (r k : R) (g : (nat -> R) -> nat -> R).
Definition box (x : nat -> R) : Prop := forall i, (i < n)%nat -> Rabs (x i - x0 i) <= r.
Hypothesis r_pos : 0 < r.
Hypothesis k_small : 0 <= k < 1.
Hypothesis contracts : forall x z d, box x -> box z ->
  (forall i, (i < n)%nat -> Rabs (z i - x i) <= d) ->
  forall i, (i < n)%nat -> Rabs (g z i - g x i) <= k * d.
Hypothesis moves_little : forall i, (i < n)%nat -> Rabs (g x0 i - x0 i) <= (1 - k) * r.

Lemma box_centre : box x0.
Proof. intros i _. rewrite Rminus_eq_0, Rabs_R0. lra. Qed.

Lemma box_stable x : box x -> box (g x).
Proof.
  intros Hx i Hi. pose proof (contracts x0 x r box_centre Hx Hx i Hi). pose proof (moves_little i Hi).
  replace (g x i - x0 i) with ((g x i - g x0 i) + (g x0 i - x0 i)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.

Fixpoint iterate (p : nat) : nat -> R := match p with O => x0 | S q => g (iterate q) end.

Lemma iterate_box p : box (iterate p).
Proof. induction p; simpl; [apply box_centre | apply box_stable; auto]. Qed.

Lemma iterate_step p i : (i < n)%nat -> Rabs (iterate (S p) i - iterate p i) <= k ^ p * r.
Proof.
  revert i. induction p as [|p IH]; intros i Hi.
  - simpl. rewrite Rmult_1_l. apply (iterate_box 1 i Hi).
  - change (iterate (S (S p)) i - iterate (S p) i) with (g (iterate (S p)) i - g (iterate p) i).
    simpl pow. rewrite Rmult_assoc. apply contracts; auto; apply iterate_box.
Qed.

Lemma iterate_tail p s i : (i < n)%nat -> Rabs (iterate (p + s) i - iterate p i) <= k ^ p * (r / (1 - k)).
Proof.
  intros Hi.
  assert (B : Rabs (iterate (p + s) i - iterate p i) <= k ^ p * (r / (1 - k)) * (1 - k ^ s)).
  { induction s as [|s IH].
    - rewrite Nat.add_0_r, Rminus_eq_0, Rabs_R0. simpl. right. field. lra.
    - rewrite Nat.add_succ_r.
      replace (iterate (S (p + s)) i - iterate p i)
        with ((iterate (S (p + s)) i - iterate (p + s) i) + (iterate (p + s) i - iterate p i)) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. pose proof (iterate_step (p + s) i Hi) as St.
      rewrite pow_add in St.
      replace (k ^ p * (r / (1 - k)) * (1 - k ^ S s))
        with (k ^ p * k ^ s * r + k ^ p * (r / (1 - k)) * (1 - k ^ s)) by (simpl; field; lra). lra. }
  eapply Rle_trans; [exact B|].
  assert (0 <= k ^ p * (r / (1 - k))).
  { apply Rmult_le_pos; [apply pow_le; lra|]. apply Rmult_le_pos; [lra|]. left; apply Rinv_0_lt_compat; lra. }
  pose proof (pow_le k s ltac:(lra)). nra.
Qed.

Definition fixpoint : nat -> R := fun i => real (Lim_seq (fun p => iterate p i)).

Lemma iterate_converges i : (i < n)%nat -> is_lim_seq (fun p => iterate p i) (fixpoint i).
Proof.
  intros Hi. apply Lim_seq_correct', ex_lim_seq_cauchy_corr. intros eps. pose proof (cond_pos eps) as Pe.
  assert (G : is_lim_seq (fun p => k ^ p * (r / (1 - k))) 0).
  { rewrite <- (Rmult_0_l (r / (1 - k))). apply (is_lim_seq_scal_r _ (r / (1 - k)) 0).
    apply is_lim_seq_geom. rewrite Rabs_pos_eq; lra. }
  apply is_lim_seq_spec in G. destruct (G (mkposreal (eps / 2) ltac:(lra))) as [N HN].
  specialize (HN N (le_n N)). simpl in HN. rewrite Rminus_0_r in HN. apply Rabs_lt_between in HN.
  exists N. intros a b Ha Hb.
  pose proof (iterate_tail N (a - N) i Hi) as Ta. pose proof (iterate_tail N (b - N) i Hi) as Tb.
  replace (N + (a - N))%nat with a in Ta by lia. replace (N + (b - N))%nat with b in Tb by lia.
  replace (iterate a i - iterate b i) with ((iterate a i - iterate N i) - (iterate b i - iterate N i)) by ring.
  eapply Rle_lt_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra.
Qed.

Lemma fixpoint_distance p i : (i < n)%nat -> Rabs (fixpoint i - iterate p i) <= k ^ p * (r / (1 - k)).
Proof.
  intros Hi.
  assert (G : is_lim_seq (fun s => Rabs (iterate (p + s) i - iterate p i)) (Rabs (fixpoint i - iterate p i))).
  { apply (is_lim_seq_abs _ (Finite (fixpoint i - iterate p i))). apply is_lim_seq_minus'; [|apply is_lim_seq_const].
    apply (is_lim_seq_ext (fun s => iterate (s + p) i)); [intros; rewrite Nat.add_comm; reflexivity|].
    apply (is_lim_seq_incr_n (fun s => iterate s i)), iterate_converges; auto. }
  exact (is_lim_seq_le _ (fun _ => k ^ p * (r / (1 - k))) _ _ (fun s => iterate_tail p s i Hi) G (is_lim_seq_const _)).
Qed.

Lemma fixpoint_box : box fixpoint.
Proof.
  intros i Hi.
  assert (G : is_lim_seq (fun p => Rabs (iterate p i - x0 i)) (Rabs (fixpoint i - x0 i))).
  { apply (is_lim_seq_abs _ (Finite (fixpoint i - x0 i))). apply is_lim_seq_minus'; [|apply is_lim_seq_const].
    apply iterate_converges; auto. }
  exact (is_lim_seq_le _ (fun _ => r) _ _ (fun p => iterate_box p i Hi) G (is_lim_seq_const _)).
Qed.

Lemma contraction_fixpoint : exists x, box x /\ (forall i, (i < n)%nat -> g x i = x i) /\
  forall z, box z -> (forall i, (i < n)%nat -> g z i = z i) -> forall i, (i < n)%nat -> z i = x i.
Proof.
  assert (Fix : forall i, (i < n)%nat -> g fixpoint i = fixpoint i).
  { intros i Hi. enough (g fixpoint i - fixpoint i = 0) by lra. apply Rabs_le_0.
    apply (below_geometric k (2 * (k * (r / (1 - k))))); auto. intros p.
    pose proof (contracts (iterate p) fixpoint _ (iterate_box p) fixpoint_box
                  (fun i Hi => fixpoint_distance p i Hi) i Hi) as C1.
    pose proof (fixpoint_distance (S p) i Hi) as C2. simpl iterate in C2. simpl pow in C2.
    replace (g fixpoint i - fixpoint i)
      with ((g fixpoint i - g (iterate p) i) - (fixpoint i - g (iterate p) i)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra. }
  exists fixpoint. split; [apply fixpoint_box|]. split; [exact Fix|].
  intros z Hz Gz i Hi. enough (z i - fixpoint i = 0) by lra. apply Rabs_le_0.
  apply (below_geometric k (2 * r)); auto. intros p. revert i Hi.
  induction p as [|p IH]; intros i Hi.
  - simpl. pose proof (Hz i Hi). pose proof (fixpoint_box i Hi).
    replace (z i - fixpoint i) with ((z i - x0 i) - (fixpoint i - x0 i)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra.
  - rewrite <- (Gz i Hi), <- (Fix i Hi). simpl. rewrite Rmult_assoc.
    apply contracts; auto. apply fixpoint_box.
Qed.
End Contraction.

(* --- Krawczyk --- *)
Definition segment (x z : nat -> R) (s : R) : nat -> R := fun i => x i + s * (z i - x i).

Section Krawczyk.
Variables (n : nat) (F : (nat -> R) -> nat -> R) (J : (nat -> R) -> nat -> nat -> R)
          (C : nat -> nat -> R) (x0 : nat -> R) (r k : R).
Hypothesis r_pos : 0 < r.
Hypothesis k_small : 0 <= k < 1.
Hypothesis jacobian : forall x z s i, box n x0 r (segment x z s) -> (i < n)%nat ->
  is_derive (fun s => F (segment x z s) i) s (Sum n (fun j => J (segment x z s) i j * (z j - x j))).
Hypothesis preconditioned : forall x i, box n x0 r x -> (i < n)%nat ->
  Sum n (fun j => Rabs (delta i j - Sum n (fun l => C i l * J x l j))) <= k.
Hypothesis residual_small : forall i, (i < n)%nat -> Rabs (Sum n (fun l => C i l * F x0 l)) <= (1 - k) * r.
Hypothesis C_injective : forall u : nat -> R,
  (forall i, (i < n)%nat -> Sum n (fun l => C i l * u l) = 0) -> forall i, (i < n)%nat -> u i = 0.

Let g (x : nat -> R) : nat -> R := fun i => x i - Sum n (fun l => C i l * F x l).

Lemma segment_box x z s : box n x0 r x -> box n x0 r z -> 0 <= s <= 1 -> box n x0 r (segment x z s).
Proof.
  intros Hx Hz Hs i Hi. specialize (Hx i Hi). specialize (Hz i Hi). unfold segment.
  apply Rabs_le_between in Hx. apply Rabs_le_between in Hz. apply Rabs_le. nra.
Qed.

Lemma g_derive x z s i : box n x0 r (segment x z s) -> (i < n)%nat ->
  is_derive (fun s => g (segment x z s) i) s
    (Sum n (fun j => (delta i j - Sum n (fun l => C i l * J (segment x z s) l j)) * (z j - x j))).
Proof.
  intros Hb Hi. unfold g.
  replace (Sum n (fun j => (delta i j - Sum n (fun l => C i l * J (segment x z s) l j)) * (z j - x j)))
    with ((z i - x i) - Sum n (fun l => C i l * Sum n (fun j => J (segment x z s) l j * (z j - x j)))).
  - apply (is_derive_minus (fun s => segment x z s i)).
    + unfold segment. auto_derive; auto. ring.
    + apply (is_derive_Sum n (fun l s => C i l * F (segment x z s) l)). intros l Hl.
      apply (is_derive_scal (fun s => F (segment x z s) l)). apply jacobian; auto.
  - rewrite (Sum_ext n (fun j => (delta i j - _) * _)
      (fun j => delta i j * (z j - x j) - Sum n (fun l => C i l * (J (segment x z s) l j * (z j - x j))))).
    + rewrite Sum_minus, (Sum_delta n i (fun j => z j - x j)), Sum_swap by auto. f_equal.
      apply Sum_ext. intros l Hl. rewrite Sum_scal_l. reflexivity.
    + intros j Hj. rewrite Rmult_minus_distr_r, <- Sum_scal_r. f_equal. apply Sum_ext; intros; ring.
Qed.

Lemma g_contracts x z d : box n x0 r x -> box n x0 r z ->
  (forall i, (i < n)%nat -> Rabs (z i - x i) <= d) ->
  forall i, (i < n)%nat -> Rabs (g z i - g x i) <= k * d.
Proof.
  intros Hx Hz Hd i Hi.
  set (D := fun s => Sum n (fun j => (delta i j - Sum n (fun l => C i l * J (segment x z s) l j)) * (z j - x j))).
  destruct (MVT_gen (fun s => g (segment x z s) i) 0 1 D) as [c [Hc E]].
  - intros s Hs. rewrite Rmin_left, Rmax_right in Hs by lra.
    apply g_derive; auto. apply segment_box; auto; lra.
  - intros s Hs. rewrite Rmin_left, Rmax_right in Hs by lra.
    apply continuity_pt_filterlim, (ex_derive_continuous (fun s => g (segment x z s) i)).
    eexists. apply g_derive; auto. apply segment_box; auto.
  - rewrite Rmin_left, Rmax_right in Hc by lra.
    assert (E1 : segment x z 1 = z) by (extensionality j; unfold segment; ring).
    assert (E0 : segment x z 0 = x) by (extensionality j; unfold segment; ring).
    rewrite E1, E0 in E. rewrite E, Rminus_0_r, Rmult_1_r. unfold D.
    assert (d0 : 0 <= d) by (eapply Rle_trans; [apply Rabs_pos | apply (Hd i Hi)]).
    eapply Rle_trans; [apply Sum_abs|].
    eapply Rle_trans; [|apply Rmult_le_compat_r;
      [exact d0 | apply (preconditioned (segment x z c) i); auto; apply segment_box; auto]].
    rewrite <- Sum_scal_r. apply Sum_le. intros j Hj. rewrite Rabs_mult.
    apply Rmult_le_compat_l; auto. apply Rabs_pos.
Qed.

Theorem krawczyk : exists x, box n x0 r x /\ (forall i, (i < n)%nat -> F x i = 0) /\
  forall z, box n x0 r z -> (forall i, (i < n)%nat -> F z i = 0) -> forall i, (i < n)%nat -> z i = x i.
Proof.
  destruct (contraction_fixpoint n x0 r k g r_pos k_small g_contracts) as [x [Bx [Gx Ux]]].
  - intros i Hi. unfold g.
    replace (x0 i - Sum n (fun l => C i l * F x0 l) - x0 i) with (- Sum n (fun l => C i l * F x0 l)) by ring.
    rewrite Rabs_Ropp. auto.
  - exists x. split; [exact Bx|]. split.
    + apply C_injective. intros i Hi. specialize (Gx i Hi). unfold g in Gx. lra.
    + intros z Bz Fz. apply Ux; auto. intros i Hi. unfold g.
      rewrite (Sum_zero n (fun l => C i l * F z l)); [ring|]. intros l Hl. rewrite Fz; auto; ring.
Qed.
End Krawczyk.

(* --- F_i(x) = sum_j A_ij f_j(<B_j, x>) - y_i --- *)
Section Ridge.
Variables (n m : nat) (A B : nat -> nat -> R) (y : nat -> R) (f df : nat -> R -> R)
          (C B' : nat -> nat -> R) (x0 : nat -> R) (r k : R).
(* A is n x m, B is m x n *)
Definition inner (x : nat -> R) (j : nat) : R := Sum n (fun l => B j l * x l).
Definition ridge (x : nat -> R) (i : nat) : R := Sum m (fun j => A i j * f j (inner x j)) - y i.
Definition ridge_jacobian (x : nat -> R) (i l : nat) : R :=
  Sum m (fun j => A i j * (df j (inner x j) * B j l)).

Hypothesis r_pos : 0 < r.
Hypothesis k_small : 0 <= k < 1.
Hypothesis derivative : forall x j, box n x0 r x -> (j < m)%nat ->
  is_derive (f j) (inner x j) (df j (inner x j)).
Hypothesis preconditioned : forall x i, box n x0 r x -> (i < n)%nat ->
  Sum n (fun j => Rabs (delta i j - Sum n (fun l => C i l * ridge_jacobian x l j))) <= k.
Hypothesis residual_small : forall i, (i < n)%nat -> Rabs (Sum n (fun l => C i l * ridge x0 l)) <= (1 - k) * r.
Hypothesis C_inverse : forall i, (i < n)%nat ->
  Sum n (fun j => Rabs (delta i j - Sum n (fun l => B' i l * C l j))) <= / 2.

Theorem ridge_zero : exists x, box n x0 r x /\
  (forall i, (i < n)%nat -> Sum m (fun j => A i j * f j (inner x j)) = y i) /\
  forall z, box n x0 r z -> (forall i, (i < n)%nat -> Sum m (fun j => A i j * f j (inner z j)) = y i) ->
    forall i, (i < n)%nat -> z i = x i.
Proof.
  destruct (krawczyk n ridge ridge_jacobian C x0 r k r_pos k_small) as [x [Bx [Fx Ux]]].
  - intros x z s i Hb Hi. unfold ridge.
    rewrite <- (Rminus_0_r (Sum n _)).
    apply (is_derive_minus (fun s => Sum m (fun j => A i j * f j (inner (segment x z s) j))) (fun _ => y i));
      [|apply (is_derive_const (y i))].
    replace (Sum n (fun j => ridge_jacobian (segment x z s) i j * (z j - x j)))
      with (Sum m (fun j => A i j * (inner (fun l => z l - x l) j * df j (inner (segment x z s) j)))).
    + apply (is_derive_Sum m (fun j s => A i j * f j (inner (segment x z s) j))). intros j Hj.
      apply (is_derive_scal (fun s => f j (inner (segment x z s) j))).
      apply (is_derive_comp (f j) (fun s => inner (segment x z s) j)); [apply derivative; auto|].
      apply (is_derive_Sum n (fun l s => B j l * segment x z s l)). intros l Hl. unfold segment.
      auto_derive; auto. ring.
    + unfold ridge_jacobian.
      rewrite (Sum_ext n _ (fun l => Sum m (fun j => A i j * (df j (inner (segment x z s) j) * B j l) * (z l - x l))))
        by (intros; rewrite Sum_scal_r; reflexivity).
      rewrite Sum_swap. apply Sum_ext. intros j _. unfold inner at 1.
      rewrite <- Sum_scal_r, <- Sum_scal_l. apply Sum_ext. intros; ring.
  - exact preconditioned.
  - exact residual_small.
  - apply (approximate_inverse_injective n B' C (/ 2)); auto. lra.
  - exists x. split; [exact Bx|]. split.
    + intros i Hi. specialize (Fx i Hi). unfold ridge in Fx. lra.
    + intros z Bz Fz. apply Ux; auto. intros i Hi. unfold ridge. rewrite Fz by auto. ring.
Qed.
End Ridge.
