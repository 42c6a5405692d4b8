(* Existence for x' = F(x) in R^N, F globally Lipschitz: Picard's iterates
     x_0(t) = start,   x_{p+1}(t) = start + int_0^t F(x_p)
   differ by at most C 2^-p exp(c t), so they converge; the limit is a path on [0, infinity) with derivative F(x(t)). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Potential Uniqueness.
Open Scope R_scope.

Lemma Sum_constant_terms p a : Sum p (fun _ => a) = INR p * a.
Proof. induction p as [|p IH]; [simpl; ring|]. rewrite S_INR. cbn [Sum]. rewrite IH. ring. Qed.

Lemma limit_below (u : nat -> R) (l b : R) : is_lim_seq u l -> (forall n, u n <= b) -> l <= b.
Proof. intros Lu H. apply (is_lim_seq_le u (fun _ => b) l b); [exact H | exact Lu | apply is_lim_seq_const]. Qed.

Section Picard.
Variables (N : nat) (F : (nat -> R) -> nat -> R) (K : R) (start : nat -> R).
Hypothesis K_nonneg : 0 <= K.
Hypothesis lipschitz : forall i x z, (i < N)%nat -> Rabs (F x i - F z i) <= K * distance N x z.

(* F along continuous functions is continuous *)
Lemma field_continuous (x : nat -> R -> R) i t : (i < N)%nat -> (forall k, (k < N)%nat -> continuous (x k) t) ->
  continuous (fun s => F (fun k => x k s) i) t.
Proof.
  intros Hi C. set (q := fun s => K * distance N (fun k => x k s) (fun k => x k t)).
  assert (Cq : continuous q t).
  { unfold q, distance. apply (continuous_scal_r K (fun s => Sum N (fun k => Rabs (x k s - x k t)))).
    apply (continuous_Sum N (fun k s => Rabs (x k s - x k t))). intros k Hk.
    apply (continuous_comp (fun s => x k s - x k t) Rabs); [|apply continuous_Rabs].
    apply (continuous_minus (x k) (fun _ => x k t)); [auto | apply continuous_const]. }
  assert (Q0 : q t = 0).
  { unfold q, distance. rewrite Sum_zero; [ring|]. intros k _. rewrite Rminus_eq_0. apply Rabs_R0. }
  apply filterlim_locally. intros eps. apply filterlim_locally with (eps := eps) in Cq.
  revert Cq. apply filter_imp. intros s Hs. unfold ball, AbsRing_ball, abs, minus, plus, opp in *; simpl in *.
  unfold AbsRing_ball, abs, minus, plus, opp in *; simpl in *.
  rewrite Q0 in Hs. replace (q s + - 0) with (q s) in Hs by ring.
  eapply Rle_lt_trans; [|eapply Rle_lt_trans; [apply Rle_abs | exact Hs]]. apply lipschitz; auto.
Qed.

Fixpoint iterate (p : nat) (i : nat) (t : R) : R :=
  match p with O => start i | S q => start i + RInt (fun s => F (fun k => iterate q k s) i) 0 t end.

Lemma integral_path (x : nat -> R -> R) i : (i < N)%nat -> (forall k t, (k < N)%nat -> continuous (x k) t) ->
  path (fun t => start i + RInt (fun s => F (fun k => x k s) i) 0 t) (fun t => F (fun k => x k t) i).
Proof.
  intros Hi C.
  assert (D : forall t, is_derive (fun t => RInt (fun s => F (fun k => x k s) i) 0 t) t (F (fun k => x k t) i)).
  { intros t. apply (primitive_derive (fun s => F (fun k => x k s) i)). intros u. apply field_continuous; auto. }
  apply (path_eq _ (fun t => 0 + F (fun k => x k t) i)); [|intros; ring].
  apply path_plus; [apply path_const|]. split; [intros t; eapply continuous_of_derive, D | intros t _; apply D].
Qed.

Lemma iterate_continuous p i t : (i < N)%nat -> continuous (iterate p i) t.
Proof.
  revert i t. induction p as [|p IH]; intros i t Hi.
  - apply continuous_const.
  - apply (integral_path (iterate p) i Hi). intros; apply IH; auto.
Qed.

Lemma iterate_path p i : (i < N)%nat -> path (iterate (S p) i) (fun t => F (fun k => iterate p k t) i).
Proof. intros Hi. apply (integral_path (iterate p) i Hi). intros; apply iterate_continuous; auto. Qed.

Lemma iterate_start p i : iterate p i 0 = start i.
Proof. destruct p as [|p]; [reflexivity|]. simpl. rewrite primitive_zero. ring. Qed.

(* --- geometric decay of the differences --- *)
Let kappa := K * INR N + 1.
Let c := 2 * kappa.
Let M := Sum N (fun k => Rabs (F start k)).
Let C := M / c.

Lemma kappa_positive : 0 < kappa.
Proof. unfold kappa. pose proof (pos_INR N). assert (0 <= K * INR N) by (apply Rmult_le_pos; auto). lra. Qed.

Lemma M_nonneg : 0 <= M.
Proof. apply Sum_nonneg. intros; apply Rabs_pos. Qed.

Lemma C_nonneg : 0 <= C.
Proof. pose proof kappa_positive. pose proof M_nonneg. unfold C, c. apply Rmult_le_pos; auto. left.
apply Rinv_0_lt_compat. lra. Qed.

Lemma scaled_exp_path a : path (fun t => a * exp (c * t)) (fun t => a * (c * exp (c * t))).
Proof. apply path_scal, path_exp. Qed.

(* a field difference is at most kappa times the largest difference of coordinates *)
Lemma field_difference x z i b : (i < N)%nat -> 0 <= b -> (forall k, (k < N)%nat -> Rabs (x k - z k) <= b) ->
  Rabs (F x i - F z i) <= kappa * b.
Proof.
  intros Hi Hb H. eapply Rle_trans; [apply lipschitz; auto|]. unfold distance.
  apply Rle_trans with (K * (INR N * b)).
  - apply Rmult_le_compat_l; auto. rewrite <- Sum_constant_terms. apply Sum_le; auto.
  - unfold kappa. lra.
Qed.

Lemma half_power p : 0 < (/ 2) ^ p.
Proof. apply pow_lt. lra. Qed.

Lemma iterate_step p i t : (i < N)%nat -> 0 <= t -> Rabs (iterate (S p) i t - iterate p i t) <= C * (/ 2) ^ p * exp
  (c * t).
Proof.
  revert i t. induction p as [|p IH]; intros i t Hi Ht.
  - pose proof (path_dominated _ _ _ _ 0 t (path_minus _ _ _ _ (iterate_path 0 i Hi) (path_const (start i)))
      (scaled_exp_path C)) as D.
    cbv beta in D. rewrite iterate_start, Rmult_0_r, exp_0 in D. change (iterate 0 i t) with (start i).
    replace (iterate 1 i t - start i - (start i - start i)) with (iterate 1 i t - start i) in D by ring.
    pose proof C_nonneg. simpl pow. eapply Rle_trans; [apply D; auto; try lra|lra].
    intros u Hu. rewrite Rminus_0_r. change (fun k => iterate 0 k u) with start.
    assert (Mi : Rabs (F start i) <= M) by (apply (Sum_term N (fun k => Rabs (F start k))); auto; intros;
      apply Rabs_pos).
    pose proof kappa_positive as Pk. unfold C. replace (M / c * (c * exp (c * u))) with (M * exp (c * u))
      by (unfold c; field; lra).
    pose proof M_nonneg. assert (1 <= exp (c * u)).
    { rewrite <- exp_0. assert (0 < c * u) by (unfold c; apply Rmult_lt_0_compat; lra). left.
      apply exp_increasing; auto. }
    nra.
  - pose proof (path_dominated _ _ _ _ 0 t (path_minus _ _ _ _ (iterate_path (S p) i Hi) (iterate_path p i Hi))
      (scaled_exp_path (C * (/ 2) ^ S p))) as D.
    cbv beta in D. rewrite !iterate_start, Rmult_0_r, exp_0 in D.
    replace (iterate (S (S p)) i t - iterate (S p) i t - (start i - start i))
      with (iterate (S (S p)) i t - iterate (S p) i t) in D by ring.
    pose proof C_nonneg as C0. pose proof (half_power (S p)) as Hp.
    assert (0 <= C * (/ 2) ^ S p) by (apply Rmult_le_pos; lra).
    eapply Rle_trans; [apply D; try lra|lra].
    intros u Hu. eapply Rle_trans; [apply (field_difference _ _ i (C * (/ 2) ^ p * exp (c * u))); auto|].
    + apply Rmult_le_pos; [apply Rmult_le_pos; [auto | left; apply half_power] | left; apply exp_pos].
    + intros k Hk. apply IH; auto; lra.
    + right. unfold c. simpl pow. field.
Qed.

Lemma iterate_difference p q i t : (i < N)%nat -> 0 <= t ->
  Rabs (iterate (p + q) i t - iterate p i t) <= 2 * C * exp (c * t) * ((/ 2) ^ p - (/ 2) ^ (p + q)).
Proof.
  intros Hi Ht. induction q as [|q IH].
  - rewrite Nat.add_0_r. rewrite !Rminus_eq_0, Rabs_R0. lra.
  - rewrite Nat.add_succ_r. replace (iterate (S (p + q)) i t - iterate p i t) with
      ((iterate (S (p + q)) i t - iterate (p + q) i t) + (iterate (p + q) i t - iterate p i t)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. pose proof (iterate_step (p + q) i t Hi Ht). simpl pow. lra.
Qed.

Lemma iterate_cauchy i t : (i < N)%nat -> 0 <= t -> ex_finite_lim_seq (fun p => iterate p i t).
Proof.
  intros Hi Ht. apply ex_lim_seq_cauchy_corr. intros eps.
  pose proof (is_lim_seq_geom (/ 2)) as G. rewrite Rabs_pos_eq in G by lra. specialize (G ltac:(lra)).
  apply is_lim_seq_spec in G. set (B := 2 * C * exp (c * t) + 1).
  assert (PB : 0 < B). { unfold B. pose proof C_nonneg. pose proof (exp_pos (c * t)).
  assert (0 <= C * exp (c * t)) by (apply Rmult_le_pos; lra). lra. }
  assert (Pe : 0 < eps / B) by (apply Rdiv_lt_0_compat; [apply cond_pos | auto]).
  destruct (G (mkposreal _ Pe)) as [n0 Hn0]. exists n0.
  assert (Main : forall n m, (n0 <= n)%nat -> (n <= m)%nat -> Rabs (iterate m i t - iterate n i t) < eps).
  { intros n m Hn Hm. replace m with (n + (m - n))%nat by lia.
    eapply Rle_lt_trans; [apply iterate_difference; auto|].
    specialize (Hn0 n Hn). simpl in Hn0. rewrite Rminus_0_r, Rabs_pos_eq in Hn0 by (left; apply half_power).
    apply Rmult_lt_compat_r with (r := B) in Hn0; auto. replace (eps / B * B) with (pos eps) in Hn0 by (field; lra).
    pose proof (half_power (n + (m - n))). pose proof (half_power n). pose proof C_nonneg. pose proof (exp_pos (c * t)).
    assert (0 <= 2 * C * exp (c * t)) by (apply Rmult_le_pos; lra).
    unfold B in Hn0. nra. }
  intros n m Hn Hm. destruct (Nat.le_ge_cases n m) as [H|H]; [rewrite Rabs_minus_sym|]; apply Main; auto.
Qed.

Definition picard_limit (i : nat) (t : R) : R := real (Lim_seq (fun p => iterate p i (Rmax 0 t))).

Lemma picard_converges i t : (i < N)%nat -> 0 <= t -> is_lim_seq (fun p => iterate p i t) (picard_limit i t).
Proof.
  intros Hi Ht. unfold picard_limit. rewrite Rmax_right by auto. apply Lim_seq_correct', iterate_cauchy; auto.
Qed.

Lemma picard_distance p i t : (i < N)%nat -> 0 <= t -> Rabs (picard_limit i t - iterate p i t) <= 2 * C * exp (c * t) *
  (/ 2) ^ p.
Proof.
  intros Hi Ht.
  assert (L : is_lim_seq (fun q => Rabs (iterate (q + p) i t - iterate p i t))
    (Rabs (picard_limit i t - iterate p i t))).
  { apply (is_lim_seq_abs (fun q => iterate (q + p) i t - iterate p i t) (picard_limit i t - iterate p i t)).
    apply (is_lim_seq_minus' (fun q => iterate (q + p) i t) (fun _ => iterate p i t)).
    - apply (is_lim_seq_incr_n (fun q => iterate q i t) p), picard_converges; auto.
    - apply is_lim_seq_const. }
  apply (limit_below _ _ _ L).
  intros q. rewrite Nat.add_comm. eapply Rle_trans; [apply iterate_difference; auto|].
  pose proof (half_power (p + q)). pose proof C_nonneg. pose proof (exp_pos (c * t)).
  assert (0 <= 2 * C * exp (c * t)) by (apply Rmult_le_pos; lra). nra.
Qed.

(* the limit is continuous: its increments are those of an explicit function at most *)
Let P t := M * t + C * exp (c * t).

Lemma P_path : path P (fun t => M + C * (c * exp (c * t))).
Proof.
  apply path_plus; [|apply scaled_exp_path].
  split; intros; [apply (ex_derive_continuous (fun t => M * t)); auto_derive; auto | auto_derive; auto; ring].
Qed.

Lemma iterate_increment p i s t : (i < N)%nat -> 0 <= s <= t ->
  Rabs (iterate (S p) i t - iterate (S p) i s) <= P t - P s.
Proof.
  intros Hi Hst. apply (path_dominated _ _ _ _ s t (iterate_path p i Hi) P_path); auto. intros u Hu.
  replace (F (fun k => iterate p k u) i) with (F start i + (F (fun k => iterate p k u) i - F start i)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat.
  - apply (Sum_term N (fun k => Rabs (F start k))); auto; intros; apply Rabs_pos.
  - eapply Rle_trans; [apply (field_difference _ _ i (2 * C * exp (c * u))); auto|].
    + pose proof C_nonneg. pose proof (exp_pos (c * u)). apply Rmult_le_pos; lra.
    + intros k Hk. pose proof (iterate_difference 0 p k u Hk ltac:(lra)) as D. simpl Nat.add in D.
      change (iterate 0 k u) with (start k) in D. eapply Rle_trans; [exact D|]. rewrite pow_O.
      pose proof (half_power p). pose proof C_nonneg. pose proof (exp_pos (c * u)).
      assert (0 <= 2 * C * exp (c * u)) by (apply Rmult_le_pos; lra). nra.
    + right. unfold c. ring.
Qed.

Lemma limit_increment i s t : (i < N)%nat -> 0 <= s <= t -> Rabs (picard_limit i t - picard_limit i s) <= P t - P s.
Proof.
  intros Hi Hst.
  apply (limit_below (fun p => Rabs (iterate (S p) i t - iterate (S p) i s)));
    [|intros p; apply iterate_increment; auto].
  apply (is_lim_seq_abs (fun p => iterate (S p) i t - iterate (S p) i s) (picard_limit i t - picard_limit i s)).
  apply (is_lim_seq_minus' (fun p => iterate (S p) i t) (fun p => iterate (S p) i s)).
  - apply (is_lim_seq_incr_1 (fun p => iterate p i t)), picard_converges; auto; lra.
  - apply (is_lim_seq_incr_1 (fun p => iterate p i s)), picard_converges; auto; lra.
Qed.

Lemma limit_continuous i t : (i < N)%nat -> continuous (picard_limit i) t.
Proof.
  intros Hi. set (Pm := fun s => P (Rmax 0 s)).
  assert (CP : continuous Pm t).
  { apply (continuous_comp (fun s => Rmax 0 s) P); [|apply P_path].
    apply (continuous_ext (fun s => (s + Rabs s) / 2)).
    - intros s. unfold Rmax. destruct (Rle_dec 0 s); [rewrite Rabs_pos_eq | rewrite Rabs_left]; lra.
    - apply (continuous_mult (fun s => s + Rabs s) (fun _ => / 2)); [|apply continuous_const].
      apply (continuous_plus (fun s => s) Rabs); [apply continuous_id | apply continuous_Rabs]. }
  assert (B : forall s, Rabs (picard_limit i s - picard_limit i t) <= Rabs (Pm s - Pm t)).
  { assert (Sw : forall s, picard_limit i s = picard_limit i (Rmax 0 s)).
    { intros s. unfold picard_limit. rewrite (Rmax_right 0 (Rmax 0 s)) by apply Rmax_l. reflexivity. }
    intros s. rewrite (Sw s), (Sw t). unfold Pm. pose proof (Rmax_l 0 s). pose proof (Rmax_l 0 t).
    destruct (Rle_dec (Rmax 0 s) (Rmax 0 t)) as [H'|H'].
    - rewrite Rabs_minus_sym, (Rabs_minus_sym (P _)).
      eapply Rle_trans; [apply limit_increment; auto; lra | apply Rle_abs].
    - eapply Rle_trans; [apply limit_increment; auto; lra | apply Rle_abs]. }
  apply filterlim_locally. intros eps. apply filterlim_locally with (eps := eps) in CP.
  revert CP. apply filter_imp. intros s Hs. eapply Rle_lt_trans; [apply B | exact Hs].
Qed.

Definition picard_solution (i : nat) (t : R) : R := start i + RInt (fun s => F (fun k => picard_limit k s) i) 0 t.

Lemma solution_is_limit i t : (i < N)%nat -> 0 <= t -> picard_solution i t = picard_limit i t.
Proof.
  intros Hi Ht.
  assert (Py : path (picard_solution i) (fun t => F (fun k => picard_limit k t) i))
    by (apply (integral_path picard_limit i Hi); intros; apply limit_continuous; auto).
  assert (B : forall p, Rabs (picard_solution i t - iterate (S p) i t) <= C * exp (c * t) * (/ 2) ^ p).
  { intros p. pose proof (path_dominated _ _ _ _ 0 t (path_minus _ _ _ _ Py (iterate_path p i Hi))
      (scaled_exp_path (C * (/ 2) ^ p))) as D.
    cbv beta in D. rewrite iterate_start, Rmult_0_r, exp_0 in D. unfold picard_solution at 2 in D.
    rewrite primitive_zero in D.
    replace (picard_solution i t - iterate (S p) i t - (start i + 0 - start i))
      with (picard_solution i t - iterate (S p) i t) in D by ring.
    pose proof C_nonneg. pose proof (half_power p). assert (0 <= C * (/ 2) ^ p) by (apply Rmult_le_pos; lra).
    eapply Rle_trans; [apply D; try lra|lra].
    intros u Hu. eapply Rle_trans; [apply (field_difference _ _ i (2 * C * exp (c * u) * (/ 2) ^ p)); auto|].
    - pose proof (exp_pos (c * u)). apply Rmult_le_pos; [apply Rmult_le_pos|]; lra.
    - intros k Hk. apply picard_distance; auto; lra.
    - right. unfold c. ring. }
  assert (L : is_lim_seq (fun p => iterate (S p) i t) (picard_solution i t)).
  { apply is_lim_seq_spec. intros eps.
    pose proof (is_lim_seq_geom (/ 2)) as G. rewrite Rabs_pos_eq in G by lra. specialize (G ltac:(lra)).
    apply (is_lim_seq_scal_l _ (C * exp (c * t))) in G. simpl in G. rewrite Rmult_0_r in G.
    apply is_lim_seq_spec in G. destruct (G eps) as [n0 Hn0]. exists n0. intros p Hp. specialize (Hn0 p Hp).
    rewrite Rabs_minus_sym. eapply Rle_lt_trans; [apply B|]. eapply Rle_lt_trans; [|exact Hn0]. rewrite Rminus_0_r.
    apply Rle_abs. }
  pose proof (picard_converges i t Hi Ht) as L'. apply is_lim_seq_incr_1 in L'.
  apply is_lim_seq_unique in L. apply is_lim_seq_unique in L'. congruence.
Qed.

Lemma picard_start i : picard_solution i 0 = start i.
Proof. unfold picard_solution. rewrite primitive_zero. ring. Qed.

Theorem picard_path i : (i < N)%nat -> path (picard_solution i) (fun t => F (fun k => picard_solution k t) i).
Proof.
  intros Hi.
  assert (Py : path (picard_solution i) (fun t => F (fun k => picard_limit k t) i))
    by (apply (integral_path picard_limit i Hi); intros; apply limit_continuous; auto).
  apply (path_eq _ _ _ Py). intros t Ht.
  assert (Z : Rabs (F (fun k => picard_limit k t) i - F (fun k => picard_solution k t) i) <= 0).
  { eapply Rle_trans; [apply lipschitz; auto|]. unfold distance. rewrite Sum_zero; [lra|]. intros k Hk.
    rewrite solution_is_limit by (auto; lra). rewrite Rminus_eq_0. apply Rabs_R0. }
  pose proof (Rabs_pos (F (fun k => picard_limit k t) i - F (fun k => picard_solution k t) i)) as Z0.
  apply Rminus_diag_uniq. destruct (Req_dec (F (fun k => picard_limit k t) i - F (fun k => picard_solution k t) i) 0)
    as [|Nz]; auto.
  apply Rabs_pos_lt in Nz. lra.
Qed.
End Picard.
