(* K3 for diagonal networks, every depth: every limit of beta/|beta| is the direction of a stationary point of the 2/L
   quasi-norm subject to margins; and a witness for every depth: a flow that moves and meets all hypotheses of
   AlignedTimes.v, KktLimits.v, EveryLimit.v, K3AnyDepth.v and K1SingularVectors.v. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Potential AutonomousFlow Kkt Network Conserved Diagonal Tensor
  Quasinorm Margin Classification Cluster TensorLimits AlignedTimes KktTimes KktLimits EveryLimit K3AnyDepth K1Aligned
  K1SingularVectors.
Open Scope R_scope.

(* --- diagonal networks --- *)
Section Diagonal.
Variables (L m n : nat) (X : nat -> nat -> R).
Hypothesis n_pos : (0 < n)%nat.
Hypothesis L_pos : (1 <= L)%nat.

(* v l j: entry j of layer l *)
Definition diagonal_exponential_loss (w : nat -> nat -> R) : R :=
  Sum n (fun i => exp (- Sum m (fun j => X i j * Prod L (fun l => w l j)))).
Definition diagonal_classification_flow (v : nat -> nat -> R -> R) : Prop :=
  forall l j, (l < L)%nat -> (j < m)%nat ->
    filterlim (v l j) (at_right 0) (locally (v l j 0)) /\
    forall t, 0 < t -> is_derive (v l j) t
      (- Derive (fun s => diagonal_exponential_loss (replace_entry (at_time v t) l j s)) (v l j t)).

Let width (_ : nat) := m.
Let basis (_ c j : nat) := delta j c.

Lemma diagonal_loss_network w : network_exponential_loss L m m n width delta basis X w = diagonal_exponential_loss w.
Proof.
  unfold network_exponential_loss, diagonal_exponential_loss, output. apply Sum_ext. intros i Hi. do 2 f_equal.
  apply Sum_ext. intros j Hj. rewrite (Sum_delta m j (fun a => X i a)) by auto. f_equal.
  apply Prod_ext. intros l _. unfold basis, width. apply (Sum_delta m j (fun c => w l c)); auto.
Qed.

Lemma diagonal_coefficient w a : (a < m)%nat -> linear_coefficient L m width delta basis w a = Prod L (fun l => w l a).
Proof.
  intros Ha. unfold linear_coefficient.
  rewrite (Sum_ext m _ (fun j => delta a j * coefficient L (reduced width basis w) j))
    by (intros; rewrite delta_sym; reflexivity).
  rewrite (Sum_delta m a (coefficient L (reduced width basis w))) by auto.
  apply Prod_ext. intros l _. unfold reduced, basis, width. apply (Sum_delta m a (fun c => w l c)); auto.
Qed.

Theorem diagonal_every_direction (v : nat -> nat -> R -> R) (t0 : R) (tau : nat -> R) (b : nat -> R) :
  0 <= t0 -> diagonal_classification_flow v -> diagonal_exponential_loss (at_time v t0) < 1 ->
  let beta t j := Prod L (fun l => v l j t) in
  is_lim_seq tau p_infty ->
  (forall j, (j < m)%nat -> is_lim_seq (fun p => beta (tau p) j / sqrt (Sum m (fun j => beta (tau p) j ^ 2))) (b j)) ->
  exists r lam, quasi_stationary L m n X r lam /\
    forall j, (j < m)%nat -> b j = r j / sqrt (Sum m (fun j => r j ^ 2)).
Proof.
  intros H0 Fl Small beta Ht Hb.
  assert (Net : classification_flow L m m n width delta basis X v).
  { intros l c Hl Hc. destruct (Fl l c Hl Hc) as [C D]. split; auto. intros t Pt.
    rewrite (Derive_ext _ (fun s => diagonal_exponential_loss (replace_entry (at_time v t) l c s))); auto.
    intros s. apply diagonal_loss_network. }
  destruct (odeco_every_direction L m m n width delta basis X n_pos L_pos (diagonal_orthonormal L m) v t0 H0 Net
    ltac:(rewrite diagonal_loss_network; exact Small) tau b Ht) as [r [lam [Q Hr]]].
  - intros a Ha. apply (is_lim_seq_ext (fun p => beta (tau p) a / sqrt (Sum m (fun j => beta (tau p) j ^ 2)))); auto.
    intros p. rewrite diagonal_coefficient by auto. f_equal. f_equal. apply Sum_ext. intros j Hj.
    rewrite diagonal_coefficient by auto. reflexivity.
  - exists r, lam. split.
    + revert Q. apply quasi_stationary_ext; auto. intros i j Hj. apply (Sum_delta m j (fun a => X i a)); auto.
    + assert (Bk : forall a, (a < m)%nat -> Sum m (fun j => delta j a * r j) = r a).
      { intros a Ha. rewrite (Sum_ext m _ (fun j => delta a j * r j)) by (intros; rewrite delta_sym; reflexivity).
        apply (Sum_delta m a r Ha). }
      intros j Hj. rewrite Hr, Bk by auto. f_equal. f_equal. apply Sum_ext. intros a Ha. rewrite Bk by auto.
      reflexivity.
Qed.
End Diagonal.

(* --- a witness of every depth: f = v_0 ... v_{L-1}, all layers equal --- *)
(* w' = 1/c(w), w(0) = 0 has a solution if c is continuous and at least 1 *)
(* y' = y^(L-1) exp(- y^L), y(0) = 1 *)
Lemma power_solution L : (1 <= L)%nat -> exists y : R -> R, y 0 = 1 /\ (forall t, 0 <= t -> 1 <= y t) /\
  forall t, 0 <= t -> is_derive y t (exp (- y t ^ L) * y t ^ (L - 1)).
Proof.
  intros HL. set (c := fun u => exp ((1 + Rabs u) ^ L) * / (1 + Rabs u) ^ (L - 1)).
  assert (Pu : forall u, 1 <= 1 + Rabs u) by (intros u; pose proof (Rabs_pos u); lra).
  assert (Pp : forall u q, 1 <= (1 + Rabs u) ^ q) by (intros u q; apply pow_R1_Rle, Pu).
  destruct (autonomous_solution c) as [w [W0 [Pw Dw]]].
  - intros u. apply (continuous_comp (fun u => 1 + Rabs u) (fun x => exp (x ^ L) * / x ^ (L - 1))).
    + apply (continuous_plus (fun _ => 1) Rabs); [apply continuous_const | apply continuous_Rabs].
    + apply (ex_derive_continuous (fun x => exp (x ^ L) * / x ^ (L - 1))). auto_derive. pose proof (Pp u (L - 1)%nat).
      lra.
  - intros u. unfold c. pose proof (Pp u (L - 1)%nat) as P1. pose proof (exp_above ((1 + Rabs u) ^ L)) as Ab.
    assert (Le : (1 + Rabs u) ^ (L - 1) <= (1 + Rabs u) ^ L) by (apply Rle_pow; [apply Pu | lia]).
    apply (Rmult_le_reg_r ((1 + Rabs u) ^ (L - 1))); [lra|]. rewrite Rmult_assoc, Rinv_l by lra. lra.
  - exists (fun t => 1 + w t). split; [rewrite W0; ring|]. split; [intros t Ht; pose proof (Pw t Ht); lra|].
    intros t Ht.
    pose proof (Dw t) as D. unfold c in D. rewrite Rabs_pos_eq in D by (apply Pw; auto). pose proof (Pw t Ht) as P.
    assert (Pn : 0 < (1 + w t) ^ (L - 1)) by (apply pow_lt; lra).
    replace (exp (- (1 + w t) ^ L) * (1 + w t) ^ (L - 1)) with (0 + / (exp ((1 + w t) ^ L) * / (1 + w t) ^ (L - 1))).
    + apply (is_derive_plus (fun _ => 1) w); [apply (is_derive_const 1) | exact D].
    + rewrite exp_Ropp. pose proof (exp_pos ((1 + w t) ^ L)). field. lra.
Qed.

Definition one_tensor (_ : nat) (_ : nat -> nat) : R := 1.
Definition one_width (_ : nat) : nat := 1%nat.

Lemma one_contract N w js : contract_below one_width (one_tensor 0) w N js = Prod N (fun l => w l 0%nat).
Proof. revert js. induction N as [|N IH]; intros js; [reflexivity|]. simpl. rewrite IH. unfold one_tensor. ring. Qed.

Theorem witness_stationary L : (1 <= L)%nat -> exists v : nat -> nat -> R -> R,
  tensor_gradient_flow L 1 one_width one_tensor exponential v /\
  tensor_loss L 1 one_width one_tensor exponential (at_time v 0) < 1 /\
  (* the direction converges, because it is constant; the parameters move *)
  (forall l c, (l < L)%nat -> (c < one_width l)%nat ->
     is_lim (fun t => v l c t / sqrt (squared_norm L one_width (at_time v t))) p_infty (/ sqrt (INR L))) /\
  v 0%nat 0%nat 0 < v 0%nat 0%nat 1.
Proof.
  intros HL. destruct (power_solution L HL) as [y [Y0 [Y1 Dy]]]. exists (fun _ _ => y).
  assert (PL : 0 < INR L) by (apply lt_0_INR, HL).
  assert (Out : forall t, contract L one_width (one_tensor 0) (at_time (fun _ _ : nat => y) t) = y t ^ L).
  { intros t. unfold contract. rewrite one_contract. apply (Prod_const L (y t)). }
  split; [|split; [|split]].
  - intros l c Hl Hc. unfold one_width in Hc. assert (c = 0%nat) by lia. subst c. split.
    + pose proof (Dy 0 ltac:(lra)) as D0. intros V HV.
      assert (C : continuous y 0) by (apply (ex_derive_continuous y); eexists; exact D0).
      destruct (C V HV) as [e He]. exists e. intros u Hu _. apply He, Hu.
    + intros t Ht.
      pose proof (tensor_partial_derivative L 1 one_width one_tensor exponential (fun _ u =>
        - exp (- u)) exponential_derive
        (at_time (fun _ _ => y) t) l 0 Hl ltac:(unfold one_width; lia)) as Pd.
      pose proof (is_derive_unique _ _ _ Pd) as E. match type of E with _ = ?e => match goal
        with |- is_derive _ _ (- ?x) => replace x with e by (symmetry; exact E) end end.
      replace (- tensor_gradient _ _ _ _ _ _ _ _) with (exp (- y t ^ L) * y t ^ (L - 1)); [apply Dy; lra|].
      unfold tensor_gradient. simpl Sum. rewrite Out. unfold slot, contract. rewrite one_contract.
      rewrite <- (ProdBut_const L (y t) l Hl). unfold ProdBut.
      rewrite (Prod_ext L (fun l' => with_layer (at_time (fun _ _ : nat => y) t) l (delta 0) l' 0%nat) (fun l' =>
        if Nat.eqb l' l then 1 else y t)).
      * ring.
      * intros l' _. unfold with_layer. destruct (Nat.eqb l' l); [apply delta_same | reflexivity].
  - unfold tensor_loss, exponential. simpl Sum. rewrite Out, Y0, pow1.
    pose proof (exp_increasing (- (1)) 0 ltac:(lra)) as E. rewrite exp_0 in E. lra.
  - intros l c Hl Hc. apply (is_lim_ext_loc (fun _ => / sqrt (INR L))); [|apply is_lim_const]. exists 0. intros t Ht.
    pose proof (Y1 t ltac:(lra)) as P.
    replace (squared_norm L one_width (at_time (fun _ _ : nat => y) t)) with (INR L * y t ^ 2).
    + rewrite sqrt_mult_alt by lra. rewrite sqrt_pow2 by lra. pose proof (sqrt_lt_R0 _ PL). field. split; lra.
    + unfold squared_norm. rewrite (Sum_ext L _ (fun _ => y t ^ 2)); [symmetry; apply Sum_constant|].
      intros l' _. unfold one_width, at_time. simpl. ring.
  - destruct (MVT_gen y 0 1 (fun t => exp (- y t ^ L) * y t ^ (L - 1))) as [s [Hs E]].
    + intros s Hs. rewrite Rmin_left in Hs by lra. apply Dy. lra.
    + intros s Hs. rewrite Rmin_left in Hs by lra. apply continuity_pt_filterlim. apply (ex_derive_continuous y).
      eexists. apply Dy. lra.
    + rewrite Rmin_left in Hs by lra. pose proof (Y1 s ltac:(lra)) as P.
      assert (0 < exp (- y s ^ L) * y s ^ (L - 1)) by (apply Rmult_lt_0_compat; [apply exp_pos | apply pow_lt; lra]).
      lra.
Qed.

(* the same flow for K1: M(x) = x, X^T r/|X^T r| = -1 *)
Theorem witness_singular L : (1 <= L)%nat -> exists v : nat -> nat -> R -> R,
  let T := fun (_ : nat) (_ : nat -> nat) => 1 in let X := fun _ _ : nat => 1 in
  tensor_gradient_flow L 1 one_width (fun i => tensor_at 1 T (X i)) exponential v /\
  tensor_loss L 1 one_width (fun i => tensor_at 1 T (X i)) exponential (at_time v 0) < 1 /\
  (forall a, (a < 1)%nat -> is_lim (fun t => gradient_direction L 1 1 one_width T X (at_time v t) a) p_infty (- (1))) /\
  v 0%nat 0%nat 0 < v 0%nat 0%nat 1.
Proof.
  intros HL. destruct (witness_stationary L HL) as [v [Fl [Sm [_ Mv]]]]. exists v. intros T X.
  assert (E : (fun i => tensor_at 1 T (X i)) = one_tensor).
  { extensionality i; extensionality js. unfold tensor_at, one_tensor, T, X. simpl. ring. }
  rewrite E. split; [exact Fl|]. split; [exact Sm|]. split; [|exact Mv].
  intros a Ha. assert (a = 0%nat) by lia. subst a.
  apply (is_lim_ext (fun _ => - (1))); [|apply is_lim_const]. intros t.
  unfold gradient_direction, euclid, input_gradient, X. simpl Sum.
  set (e := exp _). assert (Pe : 0 < e) by apply exp_pos.
  match goal with |- context [sqrt ?x] => replace x with (e ^ 2) by ring end. rewrite sqrt_pow2 by lra. field. lra.
Qed.
