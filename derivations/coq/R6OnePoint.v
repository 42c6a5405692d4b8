(* R6 without an assumed root. For g(x) = sum_j s_j ((a_j + b_j)^2 exp(2 s_j x) - (a_j - b_j)^2 exp(-2 s_j x))/4
   (output_of): g is onto if and only if it [rises] and [falls]: some component grows to +infinity and some to
   -infinity; then it is a bijection. For singular values s_j >= 0 these are: some j with s_j <> 0 and (eta_1 +
   eta_2)_j(0) <> 0, some k with s_k <> 0 and (eta_1 - eta_2)_k(0) <> 0. (With s_j of both signs the sign of s_j
   matters: see [rises].) Hence two_layer_one_point_regression: the limit of every two-layer network at one data point,
   with the root of g - y derived, and loss -> 0. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality Classical.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Network R6Flow.
Open Scope R_scope.

Definition rises (m : nat) (s a b : nat -> R) : Prop :=
  exists j, (j < m)%nat /\ (0 < s j /\ a j + b j <> 0 \/ s j < 0 /\ a j - b j <> 0).
Definition falls (m : nat) (s a b : nat -> R) : Prop :=
  exists j, (j < m)%nat /\ (0 < s j /\ a j - b j <> 0 \/ s j < 0 /\ a j + b j <> 0).

Lemma exp_above_one u : 0 <= u -> 1 <= exp u.
Proof. intros [P| <-]; [rewrite <- exp_0; left; apply exp_increasing; auto | rewrite exp_0; lra]. Qed.

Lemma square_positive u : u <> 0 -> 0 < u ^ 2.
Proof. intros N. rewrite <- Rsqr_pow2. apply Rsqr_pos_lt; auto. Qed.

Section Root.
Variables (m : nat) (s a b : nat -> R).
Let g := output_of m s a b.
Let slope := output_slope m s a b.

Lemma output_mean_value x z : x < z -> exists c, x < c < z /\ g z - g x = slope c * (z - x).
Proof.
  intros Lt. destruct (MVT_cor2 g slope x z Lt) as [c [Eq Hc]]; [|exists c; auto].
  intros u _. apply is_derive_Reals, output_derive.
Qed.

(* one rising component bounds the slope below for x >= 0 *)
Lemma rising_slope : rises m s a b -> exists c, 0 < c /\ forall x, 0 <= x -> c <= slope x.
Proof.
  intros [j [Hj Hs]].
  assert (Term : forall c x, c <= s j ^ 2 * ((a j + b j) ^ 2 * exp (2 * (s j * x)) + (a j - b j) ^ 2
    * exp (- (2 * (s j * x)))) ->
    / 2 * c <= slope x).
  { intros c x Hc. unfold slope, output_slope. apply Rmult_le_compat_l; [lra|]. eapply Rle_trans; [exact Hc|].
    apply (Sum_term m (fun j => s j ^ 2 * ((a j + b j) ^ 2 * exp (2 * (s j * x)) + (a j - b j) ^ 2
      * exp (- (2 * (s j * x)))))); auto.
    intros k _. apply Rmult_le_pos; [apply pow2_ge_0|].
    apply Rplus_le_le_0_compat; apply Rmult_le_pos; try apply pow2_ge_0; left; apply exp_pos. }
  pose proof (pow2_ge_0 (a j + b j)) as Sp. pose proof (pow2_ge_0 (a j - b j)) as Sm.
  pose proof (pow2_ge_0 (s j)) as Ss.
  destruct Hs as [[Ps N]|[Ps N]]; apply square_positive in N.
  - exists (/ 2 * (s j ^ 2 * (a j + b j) ^ 2)). split.
    + apply Rmult_lt_0_compat; [lra|]. apply Rmult_lt_0_compat; auto. apply square_positive. lra.
    + intros x Hx. apply Term. apply Rmult_le_compat_l; auto.
      pose proof (exp_above_one (2 * (s j * x)) ltac:(assert (0 <= s j * x) by (apply Rmult_le_pos; lra); lra)).
      pose proof (exp_pos (- (2 * (s j * x)))). nra.
  - exists (/ 2 * (s j ^ 2 * (a j - b j) ^ 2)). split.
    + apply Rmult_lt_0_compat; [lra|]. apply Rmult_lt_0_compat; auto. apply square_positive. lra.
    + intros x Hx. apply Term. apply Rmult_le_compat_l; auto.
      pose proof (exp_above_one (- (2 * (s j * x))) ltac:(assert (0 <= - s j * x) by (apply Rmult_le_pos; lra); lra)).
      pose proof (exp_pos (2 * (s j * x))). nra.
Qed.

Lemma rising_above y : rises m s a b -> exists x, y <= g x.
Proof.
  intros Ri. destruct (rising_slope Ri) as [c [Pc Hc]].
  set (x := Rmax 1 ((y - g 0) / c)). pose proof (Rmax_l 1 ((y - g 0) / c)) as X1.
  pose proof (Rmax_r 1 ((y - g 0) / c)) as X2. fold x in X1, X2.
  exists x. destruct (output_mean_value 0 x ltac:(lra)) as [z [Hz Eq]]. pose proof (Hc z ltac:(lra)) as Cz.
  apply (Rmult_le_compat_l c) in X2; [|lra]. replace (c * ((y - g 0) / c)) with (y - g 0) in X2 by (field; lra).
  assert (c * x <= slope z * x) by (apply Rmult_le_compat_r; lra). lra.
Qed.
End Root.

(* exchanging the roles of a + b and a - b *)
Lemma output_reflected m s a b x : output_of m s a b (- x) = - output_of m s a (fun j => - b j) x.
Proof.
  unfold output_of. rewrite Ropp_mult_distr_r, <- Sum_opp. f_equal. apply Sum_ext. intros j _.
  replace (2 * (s j * - x)) with (- (2 * (s j * x))) by ring. rewrite Ropp_involutive.
  replace (a j + - b j) with (a j - b j) by ring. replace (a j - - b j) with (a j + b j) by ring. ring.
Qed.

Lemma falls_reflected m s a b : falls m s a b -> rises m s a (fun j => - b j).
Proof.
  intros [j [Hj H]]. exists j. split; auto. cbv beta.
  replace (a j + - b j) with (a j - b j) by ring. replace (a j - - b j) with (a j + b j) by ring. exact H.
Qed.

Lemma output_onto m s a b y : rises m s a b -> falls m s a b -> exists x, output_of m s a b x = y.
Proof.
  intros Ri Fa. destruct (rising_above m s a b y Ri) as [p Hp].
  destruct (rising_above m s a (fun j => - b j) (- y) (falls_reflected _ _ _ _ Fa)) as [q Hq].
  assert (Hq' : output_of m s a b (- q) <= y) by (rewrite output_reflected; lra).
  destruct (IVT_gen (output_of m s a b) (- q) p y) as [x [_ E]].
  - intros u. apply continuity_pt_filterlim. eapply continuous_of_derive, output_derive.
  - split; [eapply Rle_trans; [apply Rmin_l|] | eapply Rle_trans; [|apply Rmax_r]]; auto.
  - exists x. exact E.
Qed.

Lemma rising_moves m s a b : rises m s a b -> exists j, (j < m)%nat /\ s j <> 0 /\ (a j <> 0 \/ b j <> 0).
Proof.
  intros [j [Hj H]]. exists j. split; auto. split; [destruct H as [[P _]|[P _]]; lra|].
  destruct (Req_dec (a j) 0) as [Z|N]; auto. right. intros Zb. rewrite Z, Zb in H.
  destruct H as [[_ N]|[_ N]]; apply N; ring.
Qed.

Lemma output_increasing m s a b x z : rises m s a b -> x < z -> output_of m s a b x < output_of m s a b z.
Proof.
  intros Ri Lt. destruct (rising_moves m s a b Ri) as [j [Hj [Hs Hab]]].
  destruct (output_mean_value m s a b x z Lt) as [c [_ Eq]].
  destruct (slope_floor m s a b j (Rabs c) Hj Hs Hab) as [f [Pf Hf]]. pose proof (Hf c (Rle_refl _)). nra.
Qed.

Lemma output_injective m s a b x z : rises m s a b -> output_of m s a b x = output_of m s a b z -> x = z.
Proof.
  intros Ri E. destruct (Rtotal_order x z) as [Lt|[Eq|Gt]]; auto; exfalso.
  - pose proof (output_increasing m s a b x z Ri Lt). lra.
  - pose proof (output_increasing m s a b z x Ri Gt). lra.
Qed.

(* without a rising component g is bounded by 0 *)
Lemma not_rising m s a b x : ~ rises m s a b -> output_of m s a b x <= 0.
Proof.
  intros N. unfold output_of.
  enough (Sum m (fun j => s j * ((a j + b j) ^ 2 * exp (2 * (s j * x)) - (a j - b j) ^ 2 * exp (- (2 * (s j * x)))))
    <= 0) by lra.
  rewrite <- (Sum_zero m (fun _ => 0)) by auto. apply Sum_le. intros j Hj.
  pose proof (exp_pos (2 * (s j * x))) as P1. pose proof (exp_pos (- (2 * (s j * x)))) as P2.
  pose proof (pow2_ge_0 (a j + b j)) as S1. pose proof (pow2_ge_0 (a j - b j)) as S2.
  set (e1 := exp (2 * (s j * x))) in *. set (e2 := exp (- (2 * (s j * x)))) in *.
  destruct (Rtotal_order (s j) 0) as [Neg|[->|Pos]]; [|lra|].
  - destruct (Req_dec (a j - b j) 0) as [Z|Nz]; [|exfalso; apply N; exists j; auto].
    rewrite Z. assert (0 <= - s j * ((a j + b j) ^ 2 * e1)) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]).
    lra.
  - destruct (Req_dec (a j + b j) 0) as [Z|Nz]; [|exfalso; apply N; exists j; auto].
    rewrite Z. assert (0 <= s j * ((a j - b j) ^ 2 * e2)) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]). lra.
Qed.

(* g is bijective if and only if it rises and falls *)
Theorem output_bijective_iff m s a b :
  (forall y, exists x, output_of m s a b x = y /\ forall z, output_of m s a b z = y -> z = x) <-> rises m s a b /\
    falls m s a b.
Proof.
  split.
  - intros On. split; apply NNPP; intros N.
    + destruct (On 1) as [x [E _]]. pose proof (not_rising m s a b x N). lra.
    + destruct (On (-1)) as [x [E _]].
      assert (Nr : ~ rises m s a (fun j => - b j)).
      { intros [j [Hj H]]. apply N. exists j. split; auto. cbv beta in H.
        replace (a j + - b j) with (a j - b j) in H by ring. replace (a j - - b j) with (a j + b j) in H by ring.
        exact H. }
      pose proof (not_rising m s a (fun j => - b j) (- x) Nr) as B.
      rewrite <- (Ropp_involutive x), output_reflected in E. lra.
  - intros [Ri Fa] y. destruct (output_onto m s a b y Ri Fa) as [x E]. exists x. split; auto.
    intros z Ez. apply (output_injective m s a b z x Ri). lra.
Qed.

(* the residual vanishes in the limit *)
Lemma residual_vanishes m s y v target j0 : extended_solution 2 m 1 (fun _ j => s j) (fun _ => y) v ->
  output_of m s (fun j => v j 0%nat 0) (fun j => v j 1%nat 0) target = y ->
  (j0 < m)%nat /\ s j0 <> 0 /\ (v j0 0%nat 0 <> 0 \/ v j0 1%nat 0 <> 0) ->
  is_lim (fun t => residual 2 m (fun _ j => s j) (fun _ => y) (at_time v t) 0) p_infty 0.
Proof.
  intros Fl Root Seen. pose proof (nu_limit m s y v Fl target j0 Root Seen) as Ln.
  set (nu := fun t => RInt (fun u => - residual 2 m (fun _ j => s j) (fun _ => y) (at_time v u) 0) 0 t) in *.
  set (g := output_of m s (fun j => v j 0%nat 0) (fun j => v j 1%nat 0)) in *.
  apply (is_lim_ext_loc (fun t => g (nu t) - y)).
  - exists 0. intros t Ht. symmetry. apply (residual_of_nu m s y v Fl t). lra.
  - replace (Finite 0) with (Finite (g target - y)) by (f_equal; lra).
    apply is_lim_minus'; [|apply is_lim_const]. apply (is_lim_comp_continuous nu g); auto.
    eapply continuous_of_derive, output_derive.
Qed.

(* --- R6: the limit of the gradient flow of any two-layer network at one data point --- *)
Theorem two_layer_one_point_regression
  (m : nat) (k : nat -> nat) (s : nat -> R) (U : nat -> nat -> nat -> R) (y : R) (v : nat -> nat -> R -> R) :
  let S := fun j (_ : nat) => s j in let X := fun _ _ : nat => 1 in
  orthonormal 2 m k U ->
  gradient_flow 2 1 m 1 k S U X (fun _ => y) v ->
  let eta l j := Sum (k l) (fun c => U l c j * v l c 0) in
  rises m s (eta 0%nat) (eta 1%nat) -> falls m s (eta 0%nat) (eta 1%nat) ->
  exists target : R,
    (forall x, output_of m s (eta 0%nat) (eta 1%nat) x = y <-> x = target) /\
    is_lim (fun t => network_loss 2 1 m 1 k S U X (fun _ => y) (at_time v t)) p_infty 0 /\
    let new l j := eta l j * cosh (s j * target) + eta (1 - l)%nat j * sinh (s j * target) in
    forall l c, (l < 2)%nat -> (c < k l)%nat ->
      is_lim (v l c) p_infty (v l c 0 + Sum m (fun j => U l c j * (new l j - eta l j))).
Proof.
  intros S X Orth Fl eta Ri Fa. destruct (output_onto m s (eta 0%nat) (eta 1%nat) y Ri Fa) as [target Root].
  destruct (rising_moves _ _ _ _ Ri) as [j0 Seen].
  exists target. split; [|split].
  - intros x. split; [|intros ->; exact Root]. intros E. apply (output_injective m s (eta 0%nat) (eta 1%nat)); auto.
    lra.
  - pose proof (one_point_reduction m k s U y v Orth Fl) as Ext. set (w := reduced_path k U v) in *.
    assert (DM : data_matrix 1 S X = fun _ j => s j)
      by (extensionality i; extensionality j; unfold data_matrix, S, X; simpl; ring).
    assert (W0 : forall j l, extend w j l 0 = eta l j)
      by (intros; unfold extend; rewrite Rmax_left by lra; reflexivity).
    assert (Lr : is_lim (fun t => residual 2 m (fun _ j => s j) (fun _ => y) (at_time (extend w) t) 0) p_infty 0).
    { apply (residual_vanishes m s y (extend w) target j0 Ext).
      - rewrite <- Root. unfold output_of. f_equal. apply Sum_ext. intros j _. rewrite !W0. reflexivity.
      - rewrite !W0. exact Seen. }
    apply (is_lim_ext_loc (fun t => / 2 * residual 2 m (fun _ j => s j) (fun _ => y) (at_time (extend w) t) 0 ^ 2)).
    + exists 0. intros t Ht. rewrite extend_at by lra. rewrite loss_reduced. unfold loss. rewrite DM. cbn [Sum].
      change (at_time w t) with (reduced k U (at_time v t)). ring.
    + replace (Finite 0) with (Finite (/ 2 * 0 ^ 2)) by (f_equal; ring). apply is_lim_scale.
      apply (is_lim_comp_continuous _ (fun r => r ^ 2) p_infty 0 Lr).
      apply (ex_derive_continuous (fun r => r ^ 2)). auto_derive; auto.
  - exact (two_layer_one_point m k s U y v target j0 Orth Fl Root Seen).
Qed.

(* for a singular value decomposition, s_j >= 0 *)
Lemma singular_rises m s a b : (forall j, (j < m)%nat -> 0 <= s j) ->
  (exists j, (j < m)%nat /\ s j <> 0 /\ a j + b j <> 0) -> rises m s a b.
Proof. intros P [j [Hj [Hs N]]]. exists j. split; auto. left. split; auto. pose proof (P j Hj). lra. Qed.

Lemma singular_falls m s a b : (forall j, (j < m)%nat -> 0 <= s j) ->
  (exists j, (j < m)%nat /\ s j <> 0 /\ a j - b j <> 0) -> falls m s a b.
Proof. intros P [j [Hj [Hs N]]]. exists j. split; auto. left. split; auto. pose proof (P j Hj). lra. Qed.

(* the sign of s_j cannot be ignored: with s = (1, -1) both conditions on a +- b hold for a = (1, 1), b = (1, -1), yet g
   > 0 *)
Lemma signs_matter : let s j := match j with O => 1 | _ => -1 end in let a (_ : nat) := 1 in let b := s in
  (exists j, (j < 2)%nat /\ s j <> 0 /\ a j + b j <> 0) /\ (exists j, (j < 2)%nat /\ s j <> 0 /\ a j - b j <> 0) /\
  forall x, 0 < output_of 2 s a b x.
Proof.
  cbv zeta. split; [exists 0%nat; split; [lia | simpl; lra] | split; [exists 1%nat; split; [lia | simpl; lra]|]].
  intros x. unfold output_of. cbn [Sum].
  replace (2 * (-1 * x)) with (- (2 * (1 * x))) by ring. rewrite Ropp_involutive. pose proof (exp_pos (2 * (1 * x))).
  lra.
Qed.
