(* K3, any depth, complex orthogonally decomposable networks that are real on real parameters (full-length
   convolutions):
     f(x) = sum_j (S x)_j prod_l eta_{l,j},  eta_{l,j} = sum_c U_l[c,j] v_l[c],  U_l^H U_l = I,
   labels absorbed in the rows of X, exponential loss, v' = - (partial derivatives of the loss) written with [Derive].
   Every limit of beta/|beta| is the direction of Re(S^T rho), rho complex and stationary, where rho_j <> 0, for
     min (L/2) sum_j |rho_j|^(2/L)   subject to   Re sum_j (S x_i)_j rho_j >= 1. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Tensor Quasinorm Margin ComplexOdeco Cluster TensorLimits
  AlignedTimes KktTimes KktLimits EveryLimit.
Open Scope R_scope.

(* --- complex numbers --- *)
Lemma squared_modulus_mult a b : squared_modulus (Cmult a b) = squared_modulus a * squared_modulus b.
Proof. destruct a, b. unfold squared_modulus. simpl. ring. Qed.

Lemma squared_modulus_prod n f : squared_modulus (CProd n f) = Prod n (fun p => squared_modulus (f p)).
Proof.
  induction n as [|n IH]; simpl; [unfold squared_modulus; simpl; ring|]. rewrite squared_modulus_mult, IH. reflexivity.
Qed.

Lemma squared_modulus_zero a : squared_modulus a = 0 -> a = RtoC 0.
Proof.
  destruct a as [x y]. unfold squared_modulus. simpl fst. simpl snd. intros H. pose proof (pow2_ge_0 x).
  pose proof (pow2_ge_0 y).
  assert (x = 0) by (destruct (Req_dec x 0) as [|N]; auto; pose proof (pow2_gt_0 x N); lra).
  assert (y = 0) by (destruct (Req_dec y 0) as [|N]; auto; pose proof (pow2_gt_0 y N); lra).
  subst. reflexivity.
Qed.

Lemma squared_modulus_nonneg a : 0 <= squared_modulus a.
Proof. unfold squared_modulus. apply Rplus_le_le_0_compat; apply pow2_ge_0. Qed.

Lemma conj_product a : Cmult a (Cconj a) = RtoC (squared_modulus a).
Proof. destruct a. unfold squared_modulus. apply C_eq; simpl; ring. Qed.

(* s r = q real: conj(s) = q r/|r|^2 *)
Lemma conj_from_product (s r : C) q : RtoC q = Cmult s r -> 0 < squared_modulus r ->
  Cconj s = Cmult (RtoC (q * / squared_modulus r)) r.
Proof.
  destruct s as [a b], r as [x y]. unfold squared_modulus, RtoC, Cmult, Cconj. cbn [fst snd]. intros E P.
  injection E as E1 E2.
  set (p := x ^ 2 + y ^ 2) in *.
  assert (Q1 : q * x = a * p) by (rewrite E1; unfold p;
    replace ((a * x - b * y) * x) with (a * x ^ 2 - y * (b * x)) by ring;
    replace (b * x) with (- (a * y)) by lra; ring).
  assert (Q2 : q * y = - b * p) by (rewrite E1; unfold p;
    replace ((a * x - b * y) * y) with (x * (a * y) - b * y ^ 2) by ring;
    replace (a * y) with (- (b * x)) by lra; ring).
  apply C_eq; cbn [fst snd].
  - replace (q * / p * x - 0 * y) with (q * x * / p) by ring. rewrite Q1. field. lra.
  - replace (q * / p * y + 0 * x) with (q * y * / p) by ring. rewrite Q2. field. lra.
Qed.

(* gradient of (L/2) |r|^(2/L) in (Re r, Im r), as a complex number *)
Definition quasi_gradient (L : nat) (r : C) : C := Cmult (RtoC (Rpower (squared_modulus r) (/ INR L - 1))) r.

Theorem quasi_gradient_derive L x y : (1 <= L)%nat -> 0 < squared_modulus (x, y) ->
  is_derive (fun s => INR L / 2 * Rpower (squared_modulus (s, y)) (/ INR L)) x (fst (quasi_gradient L (x, y))) /\
  is_derive (fun s => INR L / 2 * Rpower (squared_modulus (x, s)) (/ INR L)) y (snd (quasi_gradient L (x, y))).
Proof.
  intros HL P. assert (PL : 0 < INR L) by (apply lt_0_INR; lia).
  set (q := squared_modulus (x, y)) in *.
  assert (Pw : Rpower q (/ INR L - 1) = Rpower q (/ INR L) * / q).
  { unfold Rminus. rewrite Rpower_plus, Rpower_Ropp, Rpower_1 by auto. reflexivity. }
  assert (G : forall (h : R -> R) (s dh : R), h s = q -> is_derive h s (2 * dh) ->
    is_derive (fun s => INR L / 2 * Rpower (h s) (/ INR L)) s (Rpower q (/ INR L - 1) * dh)).
  { intros h s dh Eh Dh. rewrite Pw.
    replace (Rpower q (/ INR L) * / q * dh) with (INR L / 2 * ((/ INR L * (2 * dh * / q)) * Rpower q (/ INR L)))
      by (field; lra).
    apply (is_derive_scal (fun s => Rpower (h s) (/ INR L))). unfold Rpower. rewrite <- Eh.
    apply (is_derive_comp exp (fun s => / INR L * ln (h s))); [apply is_derive_exp|].
    apply (is_derive_scal (fun s => ln (h s))). apply (is_derive_comp ln h);
      [apply is_derive_ln; rewrite Eh; exact P | exact Dh]. }
  split.
  - unfold quasi_gradient. simpl fst. replace (Rpower _ _ * x - 0 * y) with (Rpower q (/ INR L - 1) * x)
      by (fold q; ring).
    apply (G (fun s => squared_modulus (s, y)) x x); [reflexivity|]. unfold squared_modulus. simpl fst. simpl snd.
    auto_derive; auto. ring.
  - unfold quasi_gradient. simpl snd. replace (Rpower _ _ * y + 0 * x) with (Rpower q (/ INR L - 1) * y)
      by (fold q; ring).
    apply (G (fun s => squared_modulus (x, s)) y y); [reflexivity|]. unfold squared_modulus. simpl fst. simpl snd.
    auto_derive; auto. ring.
Qed.

Section ComplexNetwork.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> C) (U : nat -> nat -> nat -> C) (X : nat -> nat -> R).
Let feat (i j : nat) : C := feature d S (X i) j.
Let eta (w : nat -> nat -> R) (j : nat) : nat -> C := complex_reduced k U w j.
Definition complex_coefficient (w : nat -> nat -> R) (j : nat) : C := CProd L (complex_reduced k U w j).

Definition complex_stationary (rho : nat -> C) (lam : nat -> R) : Prop :=
  (forall i, (i < n)%nat -> 0 <= lam i) /\
  (forall i, (i < n)%nat -> 1 <= fst (CSum m (fun j => Cmult (feat i j) (rho j)))) /\
  (forall i, (i < n)%nat -> lam i * (fst (CSum m (fun j => Cmult (feat i j) (rho j))) - 1) = 0) /\
  (forall j, (j < m)%nat -> rho j <> RtoC 0 ->
     CSum n (fun i => Cmult (RtoC (lam i)) (Cconj (feat i j))) = quasi_gradient L (rho j)).

(* --- the network as a real tensor network --- *)
Definition complex_tensor (phi : nat -> C) (js : nat -> nat) : R :=
  fst (CSum m (fun j => Cmult (phi j) (CProd L (fun l => U l (js l) j)))).
Let M (i : nat) := complex_tensor (feat i).
Definition complex_beta (w : nat -> nat -> R) (a : nat) : R :=
  fst (CSum m (fun j => Cmult (S j a) (complex_coefficient w j))).

Lemma complex_product_below (a : C) (g : nat -> nat -> C) w N js : (N <= L)%nat ->
  contract_below k (fun js => fst (Cmult a (CProd L (fun l => g l (js l))))) w N js =
  fst (Cmult a (CProd L (fun l => if Nat.ltb l N then CSum (k l) (fun c =>
    Cmult (g l c) (RtoC (w l c))) else g l (js l)))).
Proof.
  revert js. induction N as [|N IH]; intros js HN; cbn [contract_below].
  - reflexivity.
  - set (P := fun l => if Nat.ltb l (Datatypes.S N) then CSum (k l) (fun c =>
      Cmult (g l c) (RtoC (w l c))) else g l (js l)).
    rewrite <- (CProdBut_mul L P N) by lia.
    assert (PN : P N = CSum (k N) (fun c => Cmult (g N c) (RtoC (w N c))))
      by (unfold P; destruct (Nat.ltb_spec N (Datatypes.S N)); [reflexivity | lia]).
    rewrite PN. set (rest := Cmult a (CProdBut L P N)).
    replace (Cmult a (Cmult (CSum (k N) (fun c => Cmult (g N c) (RtoC (w N c)))) (CProdBut L P N)))
      with (Cmult rest (CSum (k N) (fun c => Cmult (g N c) (RtoC (w N c))))) by (unfold rest; ring).
    rewrite <- CSum_scal. match goal with |- _ = fst (CSum ?p ?f) => change (fst (CSum p f))
      with (Sum p (fun c => fst (f c))) end.
    apply Sum_ext. intros c _.
    rewrite IH by lia. rewrite <- (CProdBut_mul L (fun l => if Nat.ltb l N then _ else _) N) by lia.
    destruct (Nat.ltb_spec N N); [lia|]. unfold set_index at 1. rewrite Nat.eqb_refl.
    replace (CProdBut L (fun l => if Nat.ltb l N then CSum (k l) (fun c =>
      Cmult (g l c) (RtoC (w l c))) else g l (set_index js N c l)) N)
      with (CProdBut L P N).
    + unfold rest. generalize (CProdBut L P N) (g N c) a. intros [p1 p2] [q1 q2] [a1 a2]. simpl. ring.
    + unfold CProdBut. apply CProd_ext. intros l Hl. destruct (Nat.eqb_spec l N) as [|Ne]; [reflexivity|].
      unfold P, set_index.
      destruct (Nat.ltb_spec l N), (Nat.ltb_spec l (Datatypes.S N)), (Nat.eqb_spec l N); try lia; reflexivity.
Qed.

Lemma complex_product (a : C) (g : nat -> nat -> C) w :
  contract L k (fun js => fst (Cmult a (CProd L (fun l => g l (js l))))) w =
  fst (Cmult a (CProd L (fun l => CSum (k l) (fun c => Cmult (g l c) (RtoC (w l c)))))).
Proof.
  unfold contract. rewrite complex_product_below by lia. f_equal. f_equal. apply CProd_ext. intros l Hl.
  destruct (Nat.ltb_spec l L); [reflexivity | lia].
Qed.

Lemma complex_contract phi w : contract L k (complex_tensor phi) w = fst
  (CSum m (fun j => Cmult (phi j) (complex_coefficient w j))).
Proof.
  assert (E : complex_tensor phi = fun js => Sum m (fun j =>
    1 * fst (Cmult (phi j) (CProd L (fun l => U l (js l) j))))).
  { extensionality js. unfold complex_tensor. match goal with |- fst (CSum ?p ?f) = _ => change (fst (CSum p f))
      with (Sum p (fun c => fst (f c))) end.
    apply Sum_ext. intros j _. rewrite Rmult_1_l. reflexivity. }
  rewrite E, contract_tensor. match goal with |- _ = fst (CSum ?p ?f) => change (fst (CSum p f))
    with (Sum p (fun c => fst (f c))) end.
  apply Sum_ext. intros j _. rewrite Rmult_1_l.
  apply (complex_product (phi j) (fun l c => U l c j)).
Qed.

Lemma complex_output_contract w i : contract L k (M i) w = fst (complex_output L d m k S U w (X i)).
Proof. apply complex_contract. Qed.

Lemma complex_slot w i l c : (l < L)%nat -> (c < k l)%nat ->
  slot L k (M i) w l c = fst (sensitivity L d m k S U w (X i) l c).
Proof.
  intros Hl Hc. pose proof (contract_replace k (M i) L w l c (w l c + 1) Hl Hc) as E.
  rewrite !complex_output_contract, output_replace in E by auto. replace (w l c + 1 - w l c) with 1 in E by ring.
  revert E. generalize (sensitivity L d m k S U w (X i) l c) (complex_output L d m k S U w (X i)). intros [p q] [x y].
  simpl. lra.
Qed.

Hypothesis n_pos : (0 < n)%nat.
Hypothesis L_pos : (1 <= L)%nat.
Hypothesis unitary : forall l j j', (l < L)%nat -> (j < m)%nat -> (j' < m)%nat ->
  CSum (k l) (fun c => Cmult (Cconj (U l c j')) (U l c j)) = RtoC (delta j j').
Hypothesis real_network : forall w i, snd (complex_output L d m k S U w (X i)) = 0.

(* --- KKT points --- *)
Lemma layer_equation z lam j l : kkt_point L n k M z lam -> (j < m)%nat -> (l < L)%nat ->
  Cconj (eta z j l) = Cmult (CSum n (fun i => Cmult (RtoC (lam i)) (feat i j))) (CProdBut L (eta z j) l).
Proof.
  intros [_ [_ [_ P4]]] Hj Hl. set (s := fun j => CSum n (fun i => Cmult (RtoC (lam i)) (feat i j))).
  set (q := fun j => Cmult (s j) (CProdBut L (eta z j) l)).
  assert (Entry : forall c, (c < k l)%nat -> RtoC (z l c) = CSum m (fun j' => Cmult (U l c j') (q j'))).
  { intros c Hc.
    assert (E : CSum m (fun j' => Cmult (U l c j') (q j')) = CSum n (fun i =>
      Cmult (RtoC (lam i)) (sensitivity L d m k S U z (X i) l c))).
    { unfold sensitivity.
      rewrite (CSum_ext n _ (fun i => CSum m (fun j' =>
        Cmult (Cmult (U l c j') (CProdBut L (eta z j') l)) (Cmult (RtoC (lam i)) (feat i j'))))).
      - rewrite CSum_swap. apply CSum_ext. intros j' _. rewrite CSum_scal. unfold q, s. ring.
      - intros i _. rewrite <- CSum_scal. apply CSum_ext. intros j' _. unfold feat, eta. ring. }
    rewrite E, CSum_real_scal. unfold RtoC. apply C_eq; cbn [fst snd].
    - rewrite (P4 l c Hl Hc). apply Sum_ext. intros i _. rewrite complex_slot by auto. reflexivity.
    - symmetry. apply Sum_zero. intros i _. rewrite (real_sensitivity L d m k S U X real_network z i l c Hl Hc). ring. }
  assert (E : eta z j l = Cconj (q j)).
  { unfold eta, complex_reduced.
    rewrite (CSum_ext (k l) _ (fun c => CSum m (fun j' => Cmult (Cconj (q j')) (Cmult (Cconj (U l c j')) (U l c j))))).
    - rewrite CSum_swap. rewrite (CSum_ext m _ (fun j' => Cmult (RtoC (delta j j')) (Cconj (q j')))).
      + apply (CSum_delta m j (fun j' => Cconj (q j'))); auto.
      + intros j' Hj'. rewrite CSum_scal, unitary by auto. ring.
    - intros c Hc. replace (RtoC (z l c)) with (Cconj (RtoC (z l c))) by (apply C_eq; simpl; ring).
      rewrite Entry, CSum_conj, <- CSum_scal by auto. apply CSum_ext. intros j' _. rewrite Cconj_mult. ring. }
  rewrite E. apply C_eq; simpl; ring.
Qed.

Theorem complex_kkt z lam : kkt_point L n k M z lam ->
  complex_stationary (complex_coefficient z) lam /\
  forall j l l', (j < m)%nat -> (l < L)%nat -> (l' < L)%nat -> squared_modulus (eta z j l) = squared_modulus
    (eta z j l').
Proof.
  intros K. set (rho := complex_coefficient z). set (s := fun j => CSum n (fun i => Cmult (RtoC (lam i)) (feat i j))).
  assert (Sq : forall j l, (j < m)%nat -> (l < L)%nat -> RtoC (squared_modulus (eta z j l)) = Cmult (s j) (rho j)).
  { intros j l Hj Hl. rewrite <- conj_product, (layer_equation z lam j l K Hj Hl). fold (s j).
    unfold rho, complex_coefficient. rewrite <- (CProdBut_mul L (complex_reduced k U z j) l Hl). fold (eta z j l).
    change (complex_reduced k U z j) with (eta z j). ring. }
  assert (Bal : forall j l l', (j < m)%nat -> (l < L)%nat -> (l' < L)%nat -> squared_modulus (eta z j l)
    = squared_modulus (eta z j l')).
  { intros j l l' Hj Hl Hl'. apply RtoC_inj. rewrite !Sq by auto. reflexivity. }
  split; [|exact Bal]. destruct K as [P1 [P2 [P3 _]]]. split; [exact P1|]. split; [|split].
  - intros i Hi. specialize (P2 i Hi). unfold M in P2. rewrite complex_contract in P2. exact P2.
  - intros i Hi. specialize (P3 i Hi). unfold M in P3. rewrite complex_contract in P3. exact P3.
  - intros j Hj Nz. set (q := squared_modulus (eta z j 0)).
    assert (Pr : 0 < squared_modulus (rho j)).
    { destruct (Rle_lt_or_eq_dec _ _ (squared_modulus_nonneg (rho j))) as [|Z]; auto. exfalso.
      apply Nz, squared_modulus_zero. auto. }
    assert (Pw : squared_modulus (rho j) = q ^ L).
    { unfold rho, complex_coefficient. rewrite squared_modulus_prod, <- (Prod_const L q). apply Prod_ext. intros l Hl.
      apply (Bal j l 0%nat Hj Hl L_pos). }
    assert (Pq : 0 < q).
    { destruct (Rle_lt_or_eq_dec _ _ (squared_modulus_nonneg (eta z j 0))) as [|Z]; auto. exfalso.
      fold q in Z. rewrite <- Z, pow_i in Pw by exact L_pos. lra. }
    assert (PL : 0 < INR L) by (apply lt_0_INR, L_pos).
    assert (Root : Rpower (squared_modulus (rho j)) (/ INR L - 1) = q * / squared_modulus (rho j)).
    { unfold Rminus. rewrite Rpower_plus, Rpower_Ropp, Rpower_1 by auto. f_equal.
      rewrite Pw, <- Rpower_pow, Rpower_mult by auto.
      rewrite Rinv_r by lra. apply Rpower_1, Pq. }
    unfold quasi_gradient. rewrite Root. pose proof (Sq j 0%nat Hj L_pos) as E. fold q in E.
    assert (Cs : CSum n (fun i => Cmult (RtoC (lam i)) (Cconj (feat i j))) = Cconj (s j)).
    { unfold s. rewrite CSum_conj. apply CSum_ext. intros i _. rewrite Cconj_mult. f_equal. apply C_eq; simpl; ring. }
    rewrite Cs. apply conj_from_product; auto.
Qed.

(* --- along the flow --- *)
Variables (v : nat -> nat -> R -> R) (t0 : R).
Hypothesis t0_nonneg : 0 <= t0.
Hypothesis v_flow : complex_gradient_flow L d m n k S U X exponential v.
Hypothesis small : complex_loss L d m n k S U X exponential (at_time v t0) < 1.
Let beta t := complex_beta (at_time v t).
Let beta_tensor (a : nat) := complex_tensor (fun j => S j a).
Let back (rho : nat -> C) (a : nat) : R := fst (CSum m (fun j => Cmult (S j a) (rho j))).

Lemma complex_loss_tensor : complex_loss L d m n k S U X exponential = tensor_loss L n k M exponential.
Proof. extensionality w. apply Sum_ext. intros i _. rewrite complex_output_contract. reflexivity. Qed.

Lemma complex_flow_tensor : tensor_gradient_flow L n k M exponential v.
Proof. unfold tensor_gradient_flow. rewrite <- complex_loss_tensor. exact v_flow. Qed.

Lemma complex_small : tensor_loss L n k M exponential (at_time v t0) < 1.
Proof. rewrite <- complex_loss_tensor. exact small. Qed.

Lemma beta_contract w a : complex_beta w a = contract L k (beta_tensor a) w.
Proof. symmetry. apply complex_contract. Qed.

(* the output is linear in the input with coefficients beta *)
Lemma output_beta w i : fst (complex_output L d m k S U w (X i)) = Sum d (fun a => X i a * complex_beta w a).
Proof.
  unfold complex_output, complex_beta.
  rewrite (CSum_ext m _ (fun j => CSum d (fun a => Cmult (RtoC (X i a)) (Cmult (S j a) (complex_coefficient w j))))).
  - rewrite CSum_swap. match goal with |- fst (CSum ?p ?f) = _ => change (fst (CSum p f))
      with (Sum p (fun a => fst (f a))) end.
    apply Sum_ext. intros a _. rewrite CSum_scal.
    generalize (CSum m (fun j => Cmult (S j a) (complex_coefficient w j))). intros [x y]. simpl. ring.
  - intros j _. unfold feature, complex_coefficient. rewrite Cmult_comm, <- CSum_scal. apply CSum_ext. intros; ring.
Qed.

Lemma beta_nonzero z : (forall i, (i < n)%nat -> 1 <= contract L k (M i) z) ->
  0 < Sum d (fun a => complex_beta z a ^ 2).
Proof.
  intros Fe. specialize (Fe 0%nat n_pos). rewrite complex_output_contract, output_beta in Fe.
  assert (Nn : 0 <= Sum d (fun a => complex_beta z a ^ 2)) by (apply Sum_nonneg; intros; apply pow2_ge_0).
  destruct (Rle_lt_or_eq_dec _ _ Nn) as [|Z]; auto. exfalso.
  rewrite (Sum_zero d) in Fe; [lra|]. intros a Ha.
  pose proof (Sum_term d (fun a => complex_beta z a ^ 2) a Ha ltac:(intros; apply pow2_ge_0)) as Tm. cbv beta in Tm.
  destruct (Req_dec (complex_beta z a) 0) as [->|Ne]; [ring|]. pose proof (pow2_gt_0 _ Ne). lra.
Qed.

(* scaling the parameters does not turn beta *)
Lemma beta_turned q w a : 0 < q ->
  complex_beta (fun l c => q * w l c) a / sqrt (Sum d (fun a => complex_beta (fun l c => q * w l c) a ^ 2)) =
  complex_beta w a / sqrt (Sum d (fun a => complex_beta w a ^ 2)).
Proof.
  intros Pq. pose proof (pow_lt q L Pq) as P.
  assert (Sc : forall a, complex_beta (fun l c => q * w l c) a = q ^ L * complex_beta w a).
  { intros a'. rewrite !beta_contract, (contract_scaled L k (beta_tensor a') (fun _ => q)), Prod_const. reflexivity. }
  rewrite Sc. rewrite (Sum_ext d (fun a => complex_beta (fun l c => q * w l c) a ^ 2) (fun a =>
    (q ^ L) ^ 2 * complex_beta w a ^ 2))
    by (intros; rewrite Sc; ring).
  rewrite Sum_scal_l, sqrt_mult_alt by apply pow2_ge_0. rewrite sqrt_pow2 by lra. unfold Rdiv. rewrite Rinv_mult.
  replace (q ^ L * complex_beta w a * (/ q ^ L * / sqrt (Sum d (fun k0 => complex_beta w k0 ^ 2))))
    with ((q ^ L * / q ^ L) * (complex_beta w a * / sqrt (Sum d (fun k0 => complex_beta w k0 ^ 2)))) by ring.
  rewrite Rinv_r by lra. ring.
Qed.

(* K3 without any assumption of convergence *)
Theorem complex_every_direction (tau : nat -> R) (b : nat -> R) :
  is_lim_seq tau p_infty ->
  (forall a, (a < d)%nat -> is_lim_seq (fun p => beta (tau p) a / sqrt (Sum d (fun a => beta (tau p) a ^ 2))) (b a)) ->
  exists rho lam, complex_stationary rho lam /\
    forall a, (a < d)%nat -> b a = back rho a / sqrt (Sum d (fun a => back rho a ^ 2)).
Proof.
  intros Ht Hb. pose proof (sequence_late tau Ht) as Late. pose proof complex_flow_tensor as Fl.
  pose proof complex_small as Sm.
  destruct (kkt_along L n k M n_pos L_pos v t0 t0_nonneg Fl Sm) as [q [Pq Hq]].
  destruct (cluster_layers nat k (fun l c p =>
    normalised L n k M (at_time v (tau p)) l c) q L eventually eventually_filter)
    as [z [G [PG [Sub Hz]]]].
  { intros l c Hl Hc. apply (filter_imp (fun p => t0 <= tau p)); [|apply Late]. intros p Hp.
    destruct (Hq (tau p) Hp) as [Sz _].
    eapply Rle_trans; [apply (parameter_norm L k _ l c Hl Hc)|]. rewrite <- (sqrt_pow2 q) by lra.
    apply sqrt_le_1_alt, Sz. }
  assert (LateG : forall T, G (fun p => T <= tau p)) by (intros T; apply Sub, Late).
  destruct (every_limit_family L n k M n_pos L_pos v t0 t0_nonneg Fl Sm nat G PG tau z LateG Hz) as [_ [lam K]].
  exists (complex_coefficient z), lam. split; [apply (complex_kkt z lam K)|]. intros a Ha.
  pose proof (beta_nonzero z (proj1 (proj2 K))) as Pb.
  assert (Lb : forall a, tends G (fun p => complex_beta (normalised L n k M (at_time v (tau p))) a) (complex_beta z a)).
  { intros a'. rewrite beta_contract.
    apply (tends_ext G (fun p => contract L k (beta_tensor a') (normalised L n k M (at_time v (tau p)))));
      [intros; symmetry; apply beta_contract|].
    apply (tends_contract G L k (fun _ => beta_tensor a') (beta_tensor a') (fun p =>
      normalised L n k M (at_time v (tau p)))); auto.
    intros; apply (tends_const G). }
  apply (tends_unique G (fun p => beta (tau p) a / sqrt (Sum d (fun a => beta (tau p) a ^ 2)))).
  - apply (tends_finer eventually G); auto. exact (Hb a Ha).
  - apply (tends_ext G (fun p => complex_beta (normalised L n k M (at_time v (tau p))) a *
      / sqrt (Sum d (fun a => complex_beta (normalised L n k M (at_time v (tau p))) a ^ 2)))).
    + intros p. apply (beta_turned (shrink L n k M (at_time v (tau p))) (at_time v (tau p)) a). apply shrink_pos.
    + apply (tends_mult G); [apply Lb|].
      apply (tends_continuous G (fun p => Sum d (fun a =>
        complex_beta (normalised L n k M (at_time v (tau p))) a ^ 2)) _ (fun s => / sqrt s)).
      * apply (ex_derive_continuous (fun s => / sqrt s)). auto_derive. split; [exact Pb|]. split; [|auto].
        apply Rgt_not_eq, sqrt_lt_R0, Pb.
      * apply (tends_Sum G d (fun a p => complex_beta (normalised L n k M (at_time v (tau p))) a ^ 2) (fun a =>
          complex_beta z a ^ 2)).
        intros a' _. apply (tends_sq G (fun p => complex_beta (normalised L n k M (at_time v (tau p))) a')), Lb.
Qed.
End ComplexNetwork.
