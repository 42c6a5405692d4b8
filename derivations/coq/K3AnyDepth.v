(* K3, any depth: real orthogonally decomposable networks f(x) = sum_j (S x)_j prod_l <u_{l,j}, v_l>, U_l^T U_l = I,
   labels absorbed in the rows of X, A = X S^T, exponential loss, v' = - (partial derivatives of the loss) written with
   [Derive]. Every limit of rho(t)/(smallest margin) is a stationary point rho of
     min (L/2) sum_j |rho_j|^(2/L)   subject to   A rho >= 1
   (stationary in rho_j where rho_j <> 0; at rho_j = 0 all layers vanish), every limit of beta/|beta| is the direction
   of such an S^T rho, there are such limits, and if theta/|theta| converges (hypothesis), so do these two. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt Network Tensor Quasinorm Margin Classification Cluster TensorLimits
  AlignedTimes KktTimes KktLimits EveryLimit.
Open Scope R_scope.

(* first-order stationarity of the 2/L quasi-norm on the support *)
Definition quasi_stationary (L m n : nat) (A : nat -> nat -> R) (rho lam : nat -> R) : Prop :=
  (forall i, (i < n)%nat -> 0 <= lam i) /\
  margin_feasible m n A rho /\
  (forall i, (i < n)%nat -> lam i * (Sum m (fun j => A i j * rho j) - 1) = 0) /\
  (forall j, (j < m)%nat -> rho j <> 0 ->
     is_derive (fun r => INR L / 2 * Rpower (Rabs r) (2 / INR L)) (rho j) (Sum n (fun i => A i j * lam i))).

Lemma quasi_stationary_ext L m n A A' rho rho' lam :
  (forall i j, (j < m)%nat -> A i j = A' i j) -> (forall j, (j < m)%nat -> rho j = rho' j) ->
  quasi_stationary L m n A rho lam -> quasi_stationary L m n A' rho' lam.
Proof.
  intros EA E [P1 [P2 [P3 P4]]].
  assert (Eq : forall i, Sum m (fun j => A i j * rho j) = Sum m (fun j => A' i j * rho' j))
    by (intros i; apply Sum_ext; intros j Hj; rewrite EA, E; auto).
  split; [exact P1|]. split; [|split].
  - intros i Hi. rewrite <- Eq. apply P2; auto.
  - intros i Hi. rewrite <- Eq. apply P3; auto.
  - intros j Hj N. rewrite <- E in * by auto. rewrite (Sum_ext n _ (fun i => A i j * lam i)); [apply P4; auto|].
    intros i _. rewrite EA; auto.
Qed.

(* --- the data tensor sum_j a_j u_{0,j} x ... x u_{L-1,j} --- *)
Section OdecoTensor.
Variables (L m : nat) (k : nat -> nat) (U : nat -> nat -> nat -> R).

Definition odeco_tensor (a : nat -> R) (js : nat -> nat) : R :=
  Sum m (fun j => a j * Prod L (fun l => U l (js l) j)).

Lemma product_tensor_below (g : nat -> nat -> R) w N js : (N <= L)%nat ->
  contract_below k (fun js => Prod L (fun l => g l (js l))) w N js =
  Prod L (fun l => if Nat.ltb l N then Sum (k l) (fun c => g l c * w l c) else g l (js l)).
Proof.
  revert js. induction N as [|N IH]; intros js HN; simpl contract_below.
  - apply Prod_ext. intros l _. destruct (Nat.ltb_spec l 0); [lia | reflexivity].
  - set (P := fun l => if Nat.ltb l (S N) then Sum (k l) (fun c => g l c * w l c) else g l (js l)).
    rewrite (Sum_ext (k N) _ (fun c => (g N c * w N c) * ProdBut L P N)).
    + rewrite Sum_scal_r. change (Sum (k N) (fun c => g N c * w N c))
        with ((fun l => Sum (k l) (fun c => g l c * w l c)) N).
      rewrite <- (ProdBut_mul L P N) by lia. f_equal. unfold P. destruct (Nat.ltb_spec N (S N)); [reflexivity | lia].
    + intros c _. rewrite IH by lia.
      rewrite <- (ProdBut_mul L (fun l => if Nat.ltb l N then _ else _) N) by lia.
      destruct (Nat.ltb_spec N N); [lia|]. unfold set_index at 1. rewrite Nat.eqb_refl.
      rewrite (ProdBut_ext L _ P N); [ring|]. intros l Hl Ne. unfold P, set_index.
      destruct (Nat.ltb_spec l N), (Nat.ltb_spec l (S N)), (Nat.eqb_spec l N); try lia; reflexivity.
Qed.

Lemma product_tensor (g : nat -> nat -> R) w :
  contract L k (fun js => Prod L (fun l => g l (js l))) w = Prod L (fun l => Sum (k l) (fun c => g l c * w l c)).
Proof.
  unfold contract. rewrite product_tensor_below by lia. apply Prod_ext. intros l Hl.
  destruct (Nat.ltb_spec l L); [reflexivity | lia].
Qed.

Lemma odeco_contract a w : contract L k (odeco_tensor a) w = Sum m (fun j => a j * coefficient L (reduced k U w) j).
Proof.
  unfold odeco_tensor. rewrite (contract_tensor L k m a (fun j js => Prod L (fun l => U l (js l) j))).
  apply Sum_ext. intros j _. f_equal. apply (product_tensor (fun l c => U l c j)).
Qed.

Lemma odeco_slot a w l c : (l < L)%nat -> (c < k l)%nat ->
  slot L k (odeco_tensor a) w l c = Sum m (fun j => U l c j * (a j * ProdBut L (reduced k U w j) l)).
Proof.
  intros Hl Hc. unfold slot. rewrite odeco_contract. apply Sum_ext. intros j _. unfold coefficient.
  rewrite <- (ProdBut_mul L (fun l' => reduced k U (with_layer w l (delta c)) j l') l Hl).
  rewrite (ProdBut_ext L _ (reduced k U w j)).
  - unfold reduced at 1, with_layer. rewrite Nat.eqb_refl.
    rewrite (Sum_ext (k l) _ (fun c' => delta c c' * U l c' j)) by (intros; ring).
    rewrite (Sum_delta (k l) c (fun c' => U l c' j)) by auto. ring.
  - intros l' _ Ne. unfold reduced, with_layer. destruct (Nat.eqb_spec l' l); [contradiction | reflexivity].
Qed.

Lemma coefficient_scaled a w j : coefficient L (reduced k U (fun l c => a * w l c)) j = a ^ L * coefficient L
  (reduced k U w) j.
Proof.
  unfold coefficient. rewrite <- Prod_const, <- Prod_mult. apply Prod_ext. intros l _. unfold reduced.
  rewrite <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

Variables (n : nat) (A : nat -> nat -> R).
Hypothesis L_pos : (1 <= L)%nat.
Hypothesis U_orthonormal : orthonormal L m k U.

(* KKT points in the parameters are balanced and stationary for the quasi-norm *)
Theorem odeco_kkt z lam : kkt_point L n k (fun i => odeco_tensor (A i)) z lam ->
  let rho := coefficient L (reduced k U z) in
  quasi_stationary L m n A rho lam /\
  forall j l, (j < m)%nat -> (l < L)%nat -> reduced k U z j l ^ 2 = quasi L (rho j).
Proof.
  intros [P1 [P2 [P3 P4]]] rho. set (s := fun j => Sum n (fun i => A i j * lam i)).
  assert (Layer : forall j l, (j < m)%nat -> (l < L)%nat -> reduced k U z j l = s j * ProdBut L (reduced k U z j) l).
  { intros j l Hj Hl. unfold reduced at 1.
    rewrite (Sum_ext (k l) _ (fun c => Sum m (fun j' =>
      (U l c j * U l c j') * (s j' * ProdBut L (reduced k U z j') l)))).
    - rewrite Sum_swap.
      rewrite (Sum_ext m _ (fun j' => delta j j' * (s j' * ProdBut L (reduced k U z j') l)))
        by (intros j' Hj'; rewrite Sum_scal_r, U_orthonormal; auto).
      apply (Sum_delta m j (fun j' => s j' * ProdBut L (reduced k U z j') l)); auto.
    - intros c Hc. rewrite (P4 l c Hl Hc).
      rewrite (Sum_ext n _ (fun i => Sum m (fun j' => lam i * (U l c j' * (A i j' * ProdBut L (reduced k U z j') l)))))
        by (intros i _; rewrite odeco_slot, <- Sum_scal_l by auto; reflexivity).
      rewrite Sum_swap, <- Sum_scal_l. apply Sum_ext. intros j' _. unfold s. rewrite <- Sum_scal_r, <- !Sum_scal_l.
      apply Sum_ext. intros; ring. }
  assert (Bal : forall j, (j < m)%nat -> (forall l, (l < L)%nat -> reduced k U z j l ^ 2 = s j * rho j) /\
    (rho j <> 0 -> s j * rho j = quasi L (rho j) /\
      is_derive (fun r => INR L / 2 * Rpower (Rabs r) (2 / INR L)) (rho j) (s j))).
  { intros j Hj. apply (parameter_kkt_balanced L (reduced k U z j) (s j) L_pos). intros l Hl. apply Layer; auto. }
  split; [split; [|split; [|split]]|].
  - exact P1.
  - intros i Hi. specialize (P2 i Hi). rewrite odeco_contract in P2. exact P2.
  - intros i Hi. specialize (P3 i Hi). rewrite odeco_contract in P3. exact P3.
  - intros j Hj N. apply (Bal j Hj); auto.
  - intros j l Hj Hl. destruct (Bal j Hj) as [B1 B2]. rewrite (B1 l Hl).
    destruct (Req_dec (rho j) 0) as [Z|N]; [|apply B2; auto]. rewrite Z. unfold quasi.
    destruct (Req_EM_T 0 0); [ring | contradiction].
Qed.
End OdecoTensor.

(* --- the network --- *)
Section OdecoNetwork.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R) (X : nat -> nat -> R).
Hypothesis n_pos : (0 < n)%nat.
Hypothesis L_pos : (1 <= L)%nat.
Hypothesis U_orthonormal : orthonormal L m k U.
Let A := data_matrix d S X.
Let M (i : nat) := odeco_tensor L m U (A i).

Definition smallest_output (w : nat -> nat -> R) : R := smallest n (fun i => output L d m k S U w (X i)).

Lemma output_contract w i : contract L k (M i) w = output L d m k S U w (X i).
Proof. unfold M. rewrite odeco_contract. reflexivity. Qed.

Lemma exponential_loss_tensor : network_exponential_loss L d m n k S U X = tensor_loss L n k M exponential.
Proof. extensionality w. apply Sum_ext. intros i _. unfold exponential. rewrite output_contract. reflexivity. Qed.

Lemma classification_flow_tensor v : classification_flow L d m n k S U X v ->
  tensor_gradient_flow L n k M exponential v.
Proof. unfold classification_flow. rewrite exponential_loss_tensor. intros F; exact F. Qed.

Lemma smallest_output_margin w : smallest_output w = smallest_margin L n k M w.
Proof. apply smallest_ext. intros i. rewrite output_contract. reflexivity. Qed.

Lemma normalised_coefficient w j : 0 < smallest_margin L n k M w ->
  coefficient L (reduced k U (normalised L n k M w)) j = coefficient L (reduced k U w) j / smallest_output w.
Proof.
  intros P. unfold normalised. rewrite coefficient_scaled, smallest_output_margin.
  pose proof (shrink_power L n k M L_pos w P) as Pw. set (q := smallest_margin L n k M w) in *.
  unfold Rdiv. rewrite Rmult_comm. f_equal. apply (Rmult_eq_reg_r q); [rewrite Pw; field; lra | lra].
Qed.

Variables (v : nat -> nat -> R -> R) (t0 : R).
Hypothesis t0_nonneg : 0 <= t0.
Hypothesis v_flow : classification_flow L d m n k S U X v.
Hypothesis small : network_exponential_loss L d m n k S U X (at_time v t0) < 1.
Let rho t := coefficient L (reduced k U (at_time v t)).
Let beta t := linear_coefficient L m k S U (at_time v t).

Lemma small_tensor : tensor_loss L n k M exponential (at_time v t0) < 1.
Proof. rewrite <- exponential_loss_tensor. exact small. Qed.

Lemma tends_coefficient Y (F : (Y -> Prop) -> Prop) (FF : Filter F) (w : Y -> nat -> nat -> R) z j :
  (forall l c, (l < L)%nat -> (c < k l)%nat -> tends F (fun x => w x l c) (z l c)) ->
  tends F (fun x => coefficient L (reduced k U (w x)) j) (coefficient L (reduced k U z) j).
Proof.
  intros H. apply (tends_Prod F L (fun l x => reduced k U (w x) j l) (fun l => reduced k U z j l)). intros l Hl.
  apply (tends_Sum F (k l) (fun c x => U l c j * w x l c) (fun c => U l c j * z l c)). intros c Hc.
  apply (tends_scale F); auto.
Qed.

Lemma output_positive t : t0 <= t -> 0 < smallest_output (at_time v t).
Proof.
  intros Ht. rewrite smallest_output_margin.
  apply (kappa_low_pos L n k M n_pos _ (small_after L n k M n_pos L_pos v t0 t0_nonneg
    (classification_flow_tensor v v_flow)
    small_tensor t Ht)).
Qed.

(* --- limits along any late family of times --- *)
Lemma odeco_family Y (F : (Y -> Prop) -> Prop) (PF : ProperFilter F) (tau : Y -> R) :
  (forall T, F (fun y => T <= tau y)) ->
  exists r lam G, ProperFilter G /\ finer G F /\ quasi_stationary L m n A r lam /\
    smallest n (fun i => Sum m (fun j => A i j * r j)) = 1 /\
    forall j, tends G (fun y => rho (tau y) j / smallest_output (at_time v (tau y))) (r j).
Proof.
  intros Late. pose proof (classification_flow_tensor v v_flow) as Fl. pose proof small_tensor as Sm.
  destruct (kkt_along L n k M n_pos L_pos v t0 t0_nonneg Fl Sm) as [b [Pb Hb]].
  destruct (cluster_layers Y k (fun l c y => normalised L n k M (at_time v (tau y)) l c) b L F PF)
    as [z [G [PG [Sub Hz]]]].
  { intros l c Hl Hc. apply (filter_imp (fun y => t0 <= tau y)); [|apply Late]. intros y Hy.
    destruct (Hb (tau y) Hy) as [Sz _].
    eapply Rle_trans; [apply (parameter_norm L k _ l c Hl Hc)|]. rewrite <- (sqrt_pow2 b) by lra.
    apply sqrt_le_1_alt, Sz. }
  assert (LateG : forall T, G (fun y => T <= tau y)) by (intros T; apply Sub, Late).
  destruct (every_limit_family L n k M n_pos L_pos v t0 t0_nonneg Fl Sm Y G PG tau z LateG Hz) as [One [lam K]].
  exists (coefficient L (reduced k U z)), lam, G. split; [exact PG|]. split; [exact Sub|].
  split; [apply (odeco_kkt L m k U n A L_pos U_orthonormal z lam K)|]. split.
  - rewrite <- One. apply smallest_ext. intros i. symmetry. apply odeco_contract.
  - intros j. apply (tends_ext_in G (fun y => coefficient L (reduced k U (normalised L n k M (at_time v (tau y)))) j)).
    + apply (filter_imp (fun y => t0 <= tau y)); [|apply LateG]. intros y Hy. apply normalised_coefficient.
      rewrite <- smallest_output_margin. apply output_positive, Hy.
    + apply (tends_coefficient Y G _ (fun y => normalised L n k M (at_time v (tau y))) z j Hz).
Qed.

(* beta = S^T rho in direction *)
Let norm2 (x : nat -> R) := sqrt (Sum d (fun a => x a ^ 2)).
Let back (r : nat -> R) (a : nat) := Sum m (fun j => S j a * r j).

Lemma back_nonzero r lam : quasi_stationary L m n A r lam -> 0 < Sum d (fun a => back r a ^ 2).
Proof.
  (* its margins are at least 1 *)
  intros [_ [Fe _]]. specialize (Fe 0%nat n_pos). set (b := back r).
  assert (Nn : 0 <= Sum d (fun a => b a ^ 2)) by (apply Sum_nonneg; intros; apply pow2_ge_0).
  destruct (Rle_lt_or_eq_dec _ _ Nn) as [|Z]; auto. exfalso.
  assert (Zero : forall a, (a < d)%nat -> b a = 0).
  { intros a Ha. pose proof (Sum_term d (fun a => b a ^ 2) a Ha ltac:(intros; apply pow2_ge_0)) as Tm. cbv beta in Tm.
    destruct (Req_dec (b a) 0) as [|Ne]; auto. pose proof (pow2_gt_0 _ Ne). lra. }
  assert (E : Sum m (fun j => A 0%nat j * r j) = Sum d (fun a => X 0%nat a * b a)).
  { unfold A, data_matrix, b, back.
    rewrite (Sum_ext m _ (fun j => Sum d (fun a => X 0%nat a * (S j a * r j))))
      by (intros; rewrite <- Sum_scal_r; apply Sum_ext; intros; ring).
    rewrite Sum_swap. apply Sum_ext. intros a _. apply Sum_scal_l. }
  rewrite E, (Sum_zero d) in Fe; [lra|]. intros a Ha. rewrite Zero by auto. ring.
Qed.

Lemma beta_direction Y (F : (Y -> Prop) -> Prop) (PF : ProperFilter F) (tau : Y -> R) r lam :
  F (fun y => t0 <= tau y) -> quasi_stationary L m n A r lam ->
  (forall j, tends F (fun y => rho (tau y) j / smallest_output (at_time v (tau y))) (r j)) ->
  forall a, tends F (fun y => beta (tau y) a / norm2 (beta (tau y))) (back r a / norm2 (back r)).
Proof.
  intros Start Q Hr a. pose proof (back_nonzero r lam Q) as Pb.
  set (scaled := fun y a => beta (tau y) a / smallest_output (at_time v (tau y))).
  assert (Lb : forall a, tends F (fun y => scaled y a) (back r a)).
  { intros a'. apply (tends_ext F (fun y => Sum m (fun j =>
      S j a' * (rho (tau y) j / smallest_output (at_time v (tau y)))))).
    - intros y. unfold scaled, beta, linear_coefficient, Rdiv. rewrite <- Sum_scal_r. apply Sum_ext.
      intros; unfold rho; ring.
    - apply (tends_Sum F m (fun j y => S j a' * (rho (tau y) j / smallest_output (at_time v (tau y)))) (fun j =>
        S j a' * r j)).
      intros j _. apply (tends_scale F), Hr. }
  assert (Ln : tends F (fun y => norm2 (scaled y)) (norm2 (back r))).
  { apply (tends_continuous F (fun y => Sum d (fun a => scaled y a ^ 2)) _ sqrt); [apply continuous_sqrt|].
    apply (tends_Sum F d (fun a y => scaled y a ^ 2) (fun a => back r a ^ 2)). intros a' _.
    apply (tends_sq F (fun y => scaled y a')), Lb. }
  apply (tends_ext_in F (fun y => scaled y a * / norm2 (scaled y))).
  - apply (filter_imp (fun y => t0 <= tau y)); auto. intros y Hy. pose proof (output_positive (tau y) Hy) as P.
    unfold scaled, norm2.
    set (q := smallest_output (at_time v (tau y))) in *. pose proof (Rinv_0_lt_compat _ P) as Pi. unfold Rdiv.
    rewrite (Sum_ext d (fun a => (beta (tau y) a * / q) ^ 2) (fun a => / q ^ 2 * beta (tau y) a ^ 2))
      by (intros; field; lra).
    rewrite Sum_scal_l, sqrt_mult_alt by (left; apply Rinv_0_lt_compat, pow_lt; auto).
    replace (sqrt (/ q ^ 2)) with (/ q) by (rewrite <- pow_inv, sqrt_pow2 by lra; reflexivity).
    rewrite Rinv_mult, Rinv_inv. rewrite (Rmult_assoc (beta (tau y) a)), <- (Rmult_assoc (/ q)), Rinv_l by lra. ring.
  - apply (tends_mult F (fun y => scaled y a) (fun y => / norm2 (scaled y)) (back r a) (/ norm2 (back r)) (Lb a)).
    apply (tends_continuous F (fun y => norm2 (scaled y)) (norm2 (back r)) Rinv); auto.
    apply (ex_derive_continuous Rinv). auto_derive; auto. apply Rgt_not_eq, sqrt_lt_R0, Pb.
Qed.

(* K3 without any assumption of convergence: every limit of beta/|beta| is the direction of S^T rho, rho stationary *)
Theorem odeco_every_direction (tau : nat -> R) (b : nat -> R) :
  is_lim_seq tau p_infty ->
  (forall a, (a < d)%nat -> is_lim_seq (fun p => beta (tau p) a / sqrt (Sum d (fun a => beta (tau p) a ^ 2))) (b a)) ->
  exists r lam, quasi_stationary L m n A r lam /\
    forall a, (a < d)%nat -> b a = Sum m (fun j => S j a * r j) / sqrt
      (Sum d (fun a => Sum m (fun j => S j a * r j) ^ 2)).
Proof.
  intros Ht Hb. destruct (odeco_family nat eventually eventually_filter tau (sequence_late tau Ht))
    as [r [lam [G [PG [Sub [Q [_ Hr]]]]]]].
  exists r, lam. split; [exact Q|]. intros a Ha.
  apply (tends_unique G (fun p => beta (tau p) a / norm2 (beta (tau p)))).
  - apply (tends_finer eventually G); auto. exact (Hb a Ha).
  - apply (beta_direction nat G PG tau r lam); auto. apply Sub, (sequence_late tau Ht).
Qed.

(* the same for the scaled coefficients *)
Theorem odeco_every_limit (tau : nat -> R) (r : nat -> R) :
  is_lim_seq tau p_infty ->
  (forall j, (j < m)%nat -> is_lim_seq (fun p => rho (tau p) j / smallest_output (at_time v (tau p))) (r j)) ->
  exists lam, quasi_stationary L m n A r lam.
Proof.
  intros Ht Hr. destruct (odeco_family nat eventually eventually_filter tau (sequence_late tau Ht))
    as [r' [lam [G [PG [Sub [Q [_ Hr']]]]]]].
  exists lam. revert Q. apply quasi_stationary_ext; auto. intros j Hj. apply (tends_unique G _ _ _ (Hr' j)).
  apply (tends_finer eventually G); auto. exact (Hr j Hj).
Qed.

(* every limit of the normalised parameters is balanced, and stationary in its coefficients *)
Theorem odeco_limits_balanced (tau : nat -> R) (z : nat -> nat -> R) :
  is_lim_seq tau p_infty ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> is_lim_seq (fun p =>
    normalised L n k M (at_time v (tau p)) l c) (z l c)) ->
  exists lam, quasi_stationary L m n A (coefficient L (reduced k U z)) lam /\
    forall j l, (j < m)%nat -> (l < L)%nat -> reduced k U z j l ^ 2 = quasi L (coefficient L (reduced k U z) j).
Proof.
  intros H1 H2.
  destruct (every_limit_point L n k M n_pos L_pos v t0 t0_nonneg (classification_flow_tensor v v_flow) small_tensor tau
    z H1
    H2) as [_ [lam K]].
  exists lam. apply (odeco_kkt L m k U n A L_pos U_orthonormal z lam K).
Qed.

(* there is a limit *)
Theorem odeco_stationary_limit_point : exists r lam, quasi_stationary L m n A r lam /\
  smallest n (fun i => Sum m (fun j => A i j * r j)) = 1 /\
  forall eps T, 0 < eps -> exists t, T <= t /\
    forall j, (j < m)%nat -> Rabs (rho t j / smallest_output (at_time v t) - r j) < eps.
Proof.
  destruct (odeco_family R (Rbar_locally' p_infty) (Rbar_locally'_filter p_infty) (fun t => t))
    as [r [lam [G [PG [Sub [Q [One Hr]]]]]]].
  { intros T. exists T. intros; lra. }
  exists r, lam. split; [exact Q|]. split; [exact One|]. intros eps T Pe.
  assert (E : G (fun t => T <= t /\ forall j, (j < m)%nat -> Rabs (rho t j / smallest_output (at_time v t) - r j)
    < eps)).
  { apply filter_and; [apply Sub; exists T; intros; lra|].
    apply (filter_below R G _ m (fun j t => Rabs (rho t j / smallest_output (at_time v t) - r j) < eps)).
    intros j _. apply (tends_near G (fun t => rho t j / smallest_output (at_time v t))); auto. }
  destruct (filter_ex _ E) as [t Ht]. exists t. exact Ht.
Qed.

(* if the direction of the parameters converges *)
Theorem odeco_direction_stationary (z : nat -> nat -> R) :
  (forall l c, (l < L)%nat -> (c < k l)%nat ->
     is_lim (fun t => v l c t / sqrt (squared_norm L k (at_time v t))) p_infty (z l c)) ->
  exists r lam, quasi_stationary L m n A r lam /\
    (forall j, (j < m)%nat -> is_lim (fun t => rho t j / smallest_output (at_time v t)) p_infty (r j)) /\
    forall a, (a < d)%nat -> is_lim (fun t => beta t a / sqrt (Sum d (fun a => beta t a ^ 2))) p_infty
      (Sum m (fun j => S j a * r j) / sqrt (Sum d (fun a => Sum m (fun j => S j a * r j) ^ 2))).
Proof.
  intros Hz. pose proof (classification_flow_tensor v v_flow) as F. pose proof small_tensor as Sm.
  destruct (direction_stationary L n k M n_pos L_pos v t0 t0_nonneg F Sm z Hz) as [_ [Lim [lam K]]].
  set (r := coefficient L (reduced k U (normalised L n k M z))).
  destruct (odeco_kkt L m k U n A L_pos U_orthonormal _ lam K) as [Q _]. fold r in Q.
  pose proof (Rbar_locally'_filter p_infty) as Pf.
  assert (Start : Rbar_locally' p_infty (fun t => t0 <= t)) by (exists t0; intros; lra).
  assert (Lr : forall j, tends (Rbar_locally' p_infty) (fun t => rho t j / smallest_output (at_time v t)) (r j)).
  { intros j. apply (tends_ext_in _ (fun t => coefficient L (reduced k U (normalised L n k M (at_time v t))) j)).
    - apply (filter_imp (fun t => t0 <= t)); auto. intros t Ht. apply normalised_coefficient.
      rewrite <- smallest_output_margin. apply output_positive, Ht.
    - apply (tends_coefficient R (Rbar_locally' p_infty) _ (fun t =>
        normalised L n k M (at_time v t)) (normalised L n k M z) j).
      intros l c Hl Hc. exact (Lim l c Hl Hc). }
  exists r, lam. split; [exact Q|]. split; [intros j _; exact (Lr j)|]. intros a _.
  exact (beta_direction R (Rbar_locally' p_infty) Pf (fun t => t) r lam Start Q Lr a).
Qed.
End OdecoNetwork.
