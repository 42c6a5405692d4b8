(* Two layers, one data point, the loss exp(-y f), in the singular basis: p_j' = y s_j E q_j, q_j' = y s_j E p_j, E the
   loss. With nu = int E: (p +- q)_j grow as exp(+- y s_j nu), nu -> infinity for every start, and exp(-s_max nu) (p, q)
   tends to half of (e, y e), e the part of p(0) + y q(0) on the largest singular value where it does not vanish. Used
   by K4Classification.v (K4). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Network Tensor R6Flow R6OnePoint.
Open Scope R_scope.

(* --- the pair (p, q) = (eta_1, eta_2) in the singular basis; E is the loss --- *)
Section Pair.
Variables (m : nat) (s : nat -> R) (y : R) (p q : nat -> R -> R) (E : R -> R).
Hypothesis label : y = 1 \/ y = -1.
Hypothesis E_continuous : forall t, continuous E t.
Hypothesis p_path : forall j, (j < m)%nat -> path (p j) (fun t => y * (s j * E t) * q j t).
Hypothesis q_path : forall j, (j < m)%nat -> path (q j) (fun t => y * (s j * E t) * p j t).
Hypothesis E_value : forall t, 0 <= t -> E t = exp (- (y * Sum m (fun j => s j * (p j t * q j t)))).
Let nu t := RInt E 0 t.
Let margin_of := output_of m (fun j => y * s j) (fun j => p j 0) (fun j => q j 0).

Let turned_p j Hj : path (p j) (fun t => y * s j * E t * q j t) :=
  path_eq _ _ _ (p_path j Hj) (fun t _ => f_equal (fun x => x * q j t) (eq_sym (Rmult_assoc y (s j) (E t)))).
Let turned_q j Hj : path (q j) (fun t => y * s j * E t * p j t) :=
  path_eq _ _ _ (q_path j Hj) (fun t _ => f_equal (fun x => x * p j t) (eq_sym (Rmult_assoc y (s j) (E t)))).

Lemma pair_nu_path : path nu E.
Proof. apply integral_path, E_continuous. Qed.

Lemma pair_nu_zero : nu 0 = 0.
Proof. apply primitive_zero. Qed.

Lemma pair_exponential j t e : (j < m)%nat -> 0 <= t -> e = 1 \/ e = -1 ->
  p j t + e * q j t = (p j 0 + e * q j 0) * exp (e * (y * s j * nu t)).
Proof. exact (sum_grows m (fun j => y * s j) p q E E_continuous turned_p turned_q j t e). Qed.

Lemma pair_loss t : 0 <= t -> E t = exp (- margin_of (nu t)).
Proof.
  intros Ht. rewrite E_value by auto. f_equal. f_equal. rewrite <- Sum_scal_l.
  etransitivity; [|exact (output_at_integral m (fun j => y * s j) p q E E_continuous turned_p turned_q t Ht)].
  apply Sum_ext. intros; ring.
Qed.

Lemma margin_grows x z : x <= z -> margin_of x <= margin_of z.
Proof.
  intros [Lt| ->]; [|lra].
  destruct (output_mean_value m (fun j => y * s j) (fun j => p j 0) (fun j => q j 0) x z Lt) as [c [_ Eq]].
  pose proof (output_slope_nonneg m (fun j => y * s j) (fun j => p j 0) (fun j => q j 0) c). fold margin_of in Eq. nra.
Qed.

Lemma pair_nu_increases a b : 0 <= a <= b -> nu a <= nu b.
Proof.
  apply (path_increasing _ _ _ _ pair_nu_path). intros u Hu. rewrite pair_loss by lra. left; apply exp_pos.
Qed.

(* the integral of the loss diverges, whatever the start *)
Lemma pair_nu_diverges : is_lim nu p_infty p_infty.
Proof.
  apply is_lim_spec. intros B. set (c := exp (- margin_of B)). pose proof (exp_pos (- margin_of B)) as Pc. fold c in Pc.
  set (t0 := (Rabs B + 1) / c).
  assert (P0 : 0 < t0) by (unfold t0; apply Rdiv_lt_0_compat; auto; pose proof (Rabs_pos B); lra).
  assert (Big : B < nu t0).
  { destruct (Rlt_le_dec B (nu t0)) as [|Le]; auto. exfalso.
    assert (M : c * t0 - 0 <= nu t0 - nu 0).
    { destruct (MVT_gen nu 0 t0 E) as [z [Hz Eq]].
      - intros u Hu. rewrite Rmin_left in Hu by lra. apply pair_nu_path. lra.
      - intros u _. apply continuity_pt_filterlim, pair_nu_path.
      - rewrite Rmin_left, Rmax_right in Hz by lra. rewrite Eq.
        assert (c <= E z); [|nra]. rewrite pair_loss by lra. unfold c.
        pose proof (margin_grows (nu z) B ltac:(pose proof (pair_nu_increases z t0 ltac:(lra)); lra)) as G.
        destruct G as [G|G]; [left; apply exp_increasing; lra | right; f_equal; lra]. }
    rewrite pair_nu_zero in M. unfold t0 in M at 1.
    replace (c * ((Rabs B + 1) / c)) with (Rabs B + 1) in M by (field; lra).
    pose proof (Rle_abs B). lra. }
  exists t0. intros t Ht. eapply Rlt_le_trans; [exact Big|]. apply pair_nu_increases. lra.
Qed.

(* --- the loss --- *)
Hypothesis singular_values : forall j, (j < m)%nat -> 0 <= s j.

Lemma label_square : y * y = 1.
Proof. destruct label as [-> | ->]; ring. Qed.

(* some component that the data see grows *)
Lemma unblocked_rises : rises m (fun j => y * s j) (fun j => p j 0) (fun j => q j 0) <->
  exists j, (j < m)%nat /\ s j <> 0 /\ p j 0 + y * q j 0 <> 0.
Proof.
  destruct label as [Y|Y]; split; intros [j [Hj H]]; exists j; (split; [exact Hj|]); pose proof (singular_values j Hj);
    rewrite Y in *; try rewrite Rmult_1_l in *;
    try replace (p j 0 + -1 * q j 0) with (p j 0 - q j 0) in * by ring.
  - destruct H as [[P N]|[P _]]; [split; [lra | exact N] | lra].
  - left. split; [lra | apply H].
  - destruct H as [[P _]|[P N]]; [lra | split; [lra | exact N]].
  - right. split; [lra | apply H].
Qed.

Lemma pair_loss_vanishes j0 : (j0 < m)%nat -> s j0 <> 0 -> p j0 0 + y * q j0 0 <> 0 -> is_lim E p_infty 0.
Proof.
  intros Hj Hs Hn. destruct (rising_slope m (fun j => y * s j) (fun j => p j 0) (fun j => q j 0)) as [c [Pc Hc]].
  { apply unblocked_rises. exists j0. auto. }
  apply (is_lim_squeeze0 E (fun t => exp (- margin_of 0) * exp (- c * nu t))).
  - intros t Ht. rewrite pair_loss by auto. split; [left; apply exp_pos|]. rewrite <- exp_plus.
    pose proof (pair_nu_increases 0 t ltac:(lra)) as N. rewrite pair_nu_zero in N.
    enough (M : margin_of 0 + c * nu t <= margin_of (nu t))
      by (destruct M as [M|M]; [left; apply exp_increasing; lra | right; f_equal; lra]).
    destruct N as [P| <-]; [|lra].
    destruct (output_mean_value m (fun j => y * s j) (fun j => p j 0) (fun j => q j 0) 0 (nu t) P) as [z [Hz Eq]].
    pose proof (Hc z ltac:(lra)). fold margin_of in Eq. nra.
  - replace (Finite 0) with (Finite (exp (- margin_of 0) * 0)) by (f_equal; ring).
    apply is_lim_scale, is_lim_exp_decay_infinite; [apply pair_nu_diverges | exact Pc].
Qed.

(* all that the data see is blocked: the loss stays above 1 *)
Lemma pair_blocked t : (forall j, (j < m)%nat -> s j <> 0 -> p j 0 + y * q j 0 = 0) -> 0 <= t -> 1 <= E t.
Proof.
  intros B Ht. rewrite pair_loss by auto.
  assert (M : margin_of (nu t) <= 0).
  { apply not_rising. intros R. apply unblocked_rises in R. destruct R as [j [Hj [Nz N]]]. exact (N (B j Hj Nz)). }
  rewrite <- exp_0. destruct M as [M|M]; [left; apply exp_increasing; lra | right; f_equal; lra].
Qed.

(* --- the largest singular value that the start is not blocked on --- *)
Variable top : nat.
Hypothesis dominant : forall j, (j < m)%nat -> p j 0 + y * q j 0 <> 0 -> s j <= s top.
Hypothesis top_positive : 0 < s top.
Definition top_part (j : nat) : R := if Req_EM_T (s j) (s top) then p j 0 + y * q j 0 else 0.

Let g t := exp (- s top * nu t).

(* exp(-s_max nu) eta_l tends to half of e, up to the sign of the layer *)
Lemma scaled_exponential c : c < s top -> is_lim (fun t => g t * exp (c * nu t)) p_infty 0.
Proof.
  intros Hc. apply (is_lim_ext (fun t => exp (- (s top - c) * nu t))).
  - intros t. unfold g. rewrite <- exp_plus. f_equal. ring.
  - apply is_lim_exp_decay_infinite; [apply pair_nu_diverges | lra].
Qed.

Lemma scaled_growing j : (j < m)%nat -> is_lim (fun t => g t * (p j t + y * q j t)) p_infty (top_part j).
Proof.
  intros Hj. apply (is_lim_ext_loc (fun t => (p j 0 + y * q j 0) * (g t * exp (s j * nu t)))).
  - exists 0. intros t Ht. rewrite (pair_exponential j t y) by (auto; lra).
    replace (y * (y * s j * nu t)) with (y * y * (s j * nu t)) by ring. rewrite label_square, Rmult_1_l. ring.
  - unfold top_part. destruct (Req_EM_T (s j) (s top)) as [Eq|N].
    + apply (is_lim_ext (fun _ => p j 0 + y * q j 0)); [|apply is_lim_const].
      intros t. unfold g. rewrite <- exp_plus, Eq. replace (- s top * nu t + s top * nu t) with 0 by ring.
      rewrite exp_0. ring.
    + destruct (Req_dec (p j 0 + y * q j 0) 0) as [Z|Nz].
      * rewrite Z. apply (is_lim_ext (fun _ => 0)); [intros; ring | apply is_lim_const].
      * replace (Finite 0) with (Finite ((p j 0 + y * q j 0) * 0)) by (f_equal; ring).
        apply is_lim_scale, scaled_exponential. pose proof (dominant j Hj Nz). lra.
Qed.

Lemma scaled_decaying j : (j < m)%nat -> is_lim (fun t => g t * (p j t - y * q j t)) p_infty 0.
Proof.
  intros Hj. apply (is_lim_ext_loc (fun t => (p j 0 - y * q j 0) * (g t * exp (- s j * nu t)))).
  - exists 0. intros t Ht. pose proof (pair_exponential j t (- y) Hj ltac:(lra) ltac:(destruct label as [-> | ->];
      [right|left]; ring)) as G.
    replace (p j t + - y * q j t) with (p j t - y * q j t) in G by ring. rewrite G.
    replace (- y * (y * s j * nu t)) with (y * y * (- s j * nu t)) by ring. rewrite label_square, Rmult_1_l. ring.
  - replace (Finite 0) with (Finite ((p j 0 - y * q j 0) * 0)) by (f_equal; ring).
    apply is_lim_scale, scaled_exponential. pose proof (singular_values j Hj). lra.
Qed.

Lemma scaled_pair j : (j < m)%nat ->
  is_lim (fun t => g t * p j t) p_infty (/ 2 * top_part j) /\ is_lim (fun t => g t * q j t) p_infty
    (/ 2 * (y * top_part j)).
Proof.
  intros Hj. pose proof (scaled_growing j Hj) as G. pose proof (scaled_decaying j Hj) as D. split.
  - apply (is_lim_ext (fun t => / 2 * (g t * (p j t + y * q j t) + g t * (p j t - y * q j t)))); [intros; field|].
    apply is_lim_scale. replace (Finite (top_part j)) with (Finite (top_part j + 0)) by (f_equal; ring).
    apply is_lim_plus'; auto.
  - apply (is_lim_ext (fun t => / 2 * (y * (g t * (p j t + y * q j t) - g t * (p j t - y * q j t))))).
    + intros t. replace (/ 2 * (y * (g t * (p j t + y * q j t) - g t * (p j t - y * q j t))))
        with (y * y * (g t * q j t)) by field.
      rewrite label_square. ring.
    + apply is_lim_scale, is_lim_scale.
      replace (Finite (top_part j)) with (Finite (top_part j - 0)) by (f_equal; ring). apply is_lim_minus'; auto.
Qed.

End Pair.
