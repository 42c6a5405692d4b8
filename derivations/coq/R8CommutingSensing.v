(* R8: deep matrix sensing f(A) = <A, W_0 ... W_{L-1}>, square layers, commuting symmetric sensors A_i = Q
   diag(lambda_i) Q^T and starts W_l(0) = Q diag(.) Q^T, Q orthogonal. The gradient flow (Derive of the loss) stays in
   that form for every loss whose derivative is locally Lipschitz (commuting_stays_diagonal); for the squared loss its
   eigenvalues follow, literally, the gradient flow of the diagonal network with rows lambda_i
   (commuting_sensing_eigenvalues); hence R1 and R2 for the product matrix (commuting_sensing_regression). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt DepthPotential Regression Network Conserved Diagonal Sensing Uniqueness
  R8Conjugation R8Diagonal.
Open Scope R_scope.

(* --- products --- *)
Lemma Prod_split p q f : Prod (p + q) f = Prod p f * Prod q (fun i => f (p + i)%nat).
Proof.
  induction q as [|q IH]; [rewrite Nat.add_0_r; simpl; ring|]. rewrite Nat.add_succ_r. simpl. rewrite IH. ring.
Qed.

Lemma ProdBut_split L f l : (l < L)%nat -> ProdBut L f l = Prod l f * Prod (L - S l) (fun i => f (S l + i)%nat).
Proof.
  intros Hl. unfold ProdBut. replace L with (S l + (L - S l))%nat at 1 by lia. rewrite Prod_split. f_equal.
  - simpl. rewrite Nat.eqb_refl, Rmult_1_r. apply Prod_ext. intros k Hk.
    destruct (Nat.eqb_spec k l); [lia | reflexivity].
  - apply Prod_ext. intros k _. destruct (Nat.eqb_spec (S l + k) l); [lia | reflexivity].
Qed.

(* --- the velocity of diagonal layers --- *)
Section DiagonalVelocity.
Variables (L n d : nat) (lam : nat -> nat -> R) (y : nat -> R).
Let dims (_ : nat) := d.
(* diag(x_0), diag(x_1), ... *)
Definition diagonals (x : nat -> nat -> R) : nat -> matrix := fun l i j => delta i j * x l i.
Definition diagonal_sensors : nat -> matrix := fun i p q => delta p q * lam i p.

Lemma before_diagonal x l : agree d (before dims (fun l _ => diagonals x l) l 0)
  (fun i j => delta i j * Prod l (fun q => x q i)).
Proof.
  induction l as [|l IH]; intros i j Hi Hj; simpl; [unfold identity; ring|]. unfold mul, dims.
  rewrite (Sum_ext d _ (fun k => delta i k * (Prod l (fun q => x q i) * (delta k j * x l k)))).
  - rewrite (Sum_delta d i (fun k => Prod l (fun q => x q i) * (delta k j * x l k))) by auto. ring.
  - intros k Hk. change (before (fun _ => d)) with (before dims). rewrite IH by auto. unfold diagonals. ring.
Qed.

Lemma after_diagonal x s l : agree d (after dims (fun l _ => diagonals x l) s l 0)
  (fun i j => delta i j * Prod s (fun q => x (l + q)%nat i)).
Proof.
  revert l. induction s as [|s IH]; intros l i j Hi Hj; [simpl; unfold identity; ring|]. cbn [after]. unfold mul, dims.
  rewrite (Sum_ext d _ (fun k => delta i k * (x l i * (delta k j * Prod s (fun q => x (S l + q)%nat k))))).
  - rewrite (Sum_delta d i (fun k => x l i * (delta k j * Prod s (fun q => x (S l + q)%nat k)))) by auto.
    rewrite Prod_first, Nat.add_0_r. rewrite (Prod_ext s (fun i0 => x (l + S i0)%nat i) (fun q => x (S l + q)%nat i));
      [ring|].
    intros q _. f_equal. lia.
  - intros k Hk. change (after (fun _ => d)) with (after dims). rewrite IH by auto. unfold diagonals. ring.
Qed.

Lemma sensed_diagonal x i : sensed L dims diagonal_sensors (diagonals x) i = Sum d
  (fun j => lam i j * Prod L (fun l => x l j)).
Proof.
  unfold sensed. apply Sum_ext. intros p Hp. unfold dims at 1.
  rewrite (Sum_ext d _ (fun q => delta p q * (lam i p * Prod L (fun l => x l p)))).
  - rewrite (Sum_delta d p (fun q => lam i p * Prod L (fun l => x l p))) by auto. reflexivity.
  - intros q Hq. unfold product. rewrite before_diagonal by auto. unfold diagonal_sensors, delta.
    destruct (Nat.eqb p q); ring.
Qed.

Lemma end_gradient_diagonal x : end_gradient L n dims diagonal_sensors (squared_slope y) (diagonals x) =
  fun p q => delta p q * dual_gradient L d n lam y (fun j l => x l j) p.
Proof.
  extensionality p; extensionality q. unfold end_gradient, dual_gradient. rewrite <- Sum_scal_l. apply Sum_ext.
  intros i _.
  rewrite sensed_diagonal. unfold squared_slope, residual, coefficient, diagonal_sensors. ring.
Qed.

Lemma velocity_of_diagonals x l a b : (l < L)%nat -> (a < d)%nat -> (b < d)%nat ->
  sensing_velocity L n d (squared_slope y) diagonal_sensors (diagonals x) l a b = delta a b * velocity L d n lam y
    (fun j l => x l j) a l.
Proof.
  intros Hl Ha Hb. unfold sensing_velocity, velocity, layer_gradient. fold dims. rewrite end_gradient_diagonal.
  rewrite (ProdBut_split L (fun l => x l a) l Hl).
  set (g := dual_gradient L d n lam y (fun j l => x l j)).
  transitivity (- mul d (fun p q => delta p q * (Prod l (fun q => x q p) * g p)) (fun p q =>
    delta p q * Prod (L - S l) (fun k => x (S l + k)%nat p)) a b).
  - f_equal. apply agree_mul; auto; intros p q Hp Hq.
    + unfold mul, dims, transpose.
      rewrite (Sum_ext d _ (fun k => delta p k * (Prod l (fun q => x q k) * (delta k q * g k)))).
      * rewrite (Sum_delta d p (fun k => Prod l (fun q => x q k) * (delta k q * g k))) by auto. ring.
      * intros k Hk. change (before (fun _ => d)) with (before dims). rewrite before_diagonal by auto.
        rewrite (delta_sym k p). ring.
    + unfold transpose. rewrite after_diagonal by auto. unfold delta. rewrite (Nat.eqb_sym q p).
      destruct (Nat.eqb_spec p q) as [->|]; ring.
  - unfold mul. rewrite (Sum_ext d _ (fun q =>
      delta a q * (Prod l (fun q => x q a) * g a * (delta q b * Prod (L - S l) (fun k => x (S l + k)%nat q)))))
      by (intros; ring).
    rewrite (Sum_delta d a (fun q => Prod l (fun q =>
      x q a) * g a * (delta q b * Prod (L - S l) (fun k => x (S l + k)%nat q)))) by auto.
    ring.
Qed.

Theorem velocity_diagonal x l j : (l < L)%nat -> (j < d)%nat ->
  sensing_velocity L n d (squared_slope y) diagonal_sensors (diagonals x) l j j = velocity L d n lam y
    (fun j l => x l j) j l.
Proof. intros Hl Hj. rewrite velocity_of_diagonals, delta_same by auto. ring. Qed.

Lemma velocity_off_diagonal x l a b : (l < L)%nat -> (a < d)%nat -> (b < d)%nat -> a <> b ->
  sensing_velocity L n d (squared_slope y) diagonal_sensors (diagonals x) l a b = 0.
Proof. intros Hl Ha Hb Ne. rewrite velocity_of_diagonals, delta_other by auto. ring. Qed.
End DiagonalVelocity.

(* --- a solution in coordinates is a gradient flow of the diagonal network --- *)
Lemma solution_diagonal_flow L m n X y v : solution L m n X y (fun j l => v l j) -> diagonal_gradient_flow L m n X y v.
Proof.
  intros Sol l j Hl Hj. destruct (Sol j l Hj Hl) as [C D]. split; auto. intros t Ht. specialize (D t Ht).
  pose proof (partial_derivative L m m n (fun _ => m) delta (fun _ c j => delta j c) X y (at_time v t) l j Hl Hj) as P.
  apply is_derive_unique in P.
  rewrite (Derive_ext _ (fun s => diagonal_loss L m n X y (replace_entry (at_time v t) l j s))) in P
    by (intros; apply diagonal_is_network).
  change (v l j t) with (at_time v t l j). rewrite P.
  match goal with |- is_derive _ _ ?x => replace x with (velocity L m n X y (at_time (fun j l => v l j) t) j l);
    [exact D|] end.
  set (w := reduced (fun _ => m) (fun _ c j => delta j c) (at_time v t)).
  rewrite (Sum_ext m _ (fun j' => delta j j' * (dual_gradient L m n (data_matrix m delta X) y w j'
    * ProdBut L (w j') l)))
    by (intros j' _; rewrite (delta_sym j' j); reflexivity).
  rewrite (Sum_delta m j (fun j' => dual_gradient L m n (data_matrix m delta X) y w j' * ProdBut L (w j') l)) by auto.
  rewrite (velocity_ext L m n X (data_matrix m delta X) y _ w j l); auto.
  - unfold velocity. change (fun k => w j k) with (w j). ring.
  - intros i j' Hi Hj'. unfold data_matrix. symmetry. apply (Sum_delta m j' (fun a => X i a)); auto.
  - intros j' l' Hj' _. unfold w, reduced, at_time. symmetry. apply (Sum_delta m j' (fun c => v l' c t)); auto.
Qed.

(* --- matrices that commute: Q diag(x) Q^T --- *)
Definition spectral (d : nat) (Q : matrix) (x : nat -> R) : matrix := fun p q => Sum d (fun j => Q p j * (x j * Q q j)).
Definition diagonal (x : nat -> R) : matrix := fun i j => delta i j * x i.

Section Spectral.
Variables (d : nat) (Q : matrix).
Hypothesis Q_orthogonal : orthogonal d Q.

Lemma spectral_product x : spectral d Q x = mul d Q (mul d (diagonal x) (transpose Q)).
Proof.
  extensionality p; extensionality q. unfold spectral, mul. apply Sum_ext. intros j Hj. f_equal. unfold diagonal.
  rewrite (Sum_ext d _ (fun k => delta j k * (x j * transpose Q k q))) by (intros; ring).
  rewrite (Sum_delta d j (fun k => x j * transpose Q k q)) by auto. reflexivity.
Qed.

Lemma conj_spectral x : agree d (conj d Q (spectral d Q x)) (diagonal x).
Proof.
  rewrite spectral_product. unfold conj. rewrite !mul_assoc. destruct Q_orthogonal as [H _].
  rewrite <- (mul_assoc d d (transpose Q) Q). rewrite H, identity_left, identity_right. reflexivity.
Qed.

Lemma spectral_of_conj P x : agree d (conj d Q P) (diagonal x) -> agree d P (spectral d Q x).
Proof.
  intros H. rewrite spectral_product, <- H. unfold conj. destruct Q_orthogonal as [_ K].
  rewrite !mul_assoc. rewrite <- (mul_assoc d d Q (transpose Q)). rewrite K, identity_left.
  rewrite identity_right. reflexivity.
Qed.

Lemma spectral_inner x z : Sum d (fun p => Sum d (fun q => spectral d Q x p q * spectral d Q z p q)) = Sum d
  (fun j => x j * z j).
Proof.
  rewrite <- (conj_inner d Q Q_orthogonal (spectral d Q x) (spectral d Q z)).
  apply Sum_ext. intros p Hp. rewrite (Sum_ext d _ (fun q => delta p q * (x p * z p))).
  - rewrite (Sum_delta d p (fun _ => x p * z p)) by auto. reflexivity.
  - intros q Hq. rewrite !conj_spectral by auto. unfold diagonal, delta. destruct (Nat.eqb p q); ring.
Qed.
End Spectral.

(* --- the flow stays in the form Q diag(.) Q^T --- *)
Section Commuting.
Variables (L n d : nat) (A : nat -> matrix) (Q : matrix) (lam : nat -> nat -> R) (W : nat -> R -> matrix)
  (x0 : nat -> nat -> R).
Let dims (_ : nat) := d.
Hypothesis Q_orthogonal : orthogonal d Q.
Hypothesis sensors_commute : forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i)).
Hypothesis start : forall l, (l < L)%nat -> agree d (W l 0) (spectral d Q (x0 l)).

Let V l t := conj d Q (W l t).
(* the eigenvalues of W_l(t), in the order of the columns of Q *)
Definition eigenvalue (l j : nat) (t : R) : R := conj d Q (W l t) j j.

Lemma sensors_diagonal i : (i < n)%nat -> agree d (diagonal_sensors lam i) (conj d Q (A i)).
Proof.
  intros Hi p q Hp Hq. rewrite (conj_agree d Q _ _ (sensors_commute i Hi)) by auto. rewrite conj_spectral by auto.
  reflexivity.
Qed.

Lemma start_diagonal l : (l < L)%nat -> diagonal_below d (V l 0).
Proof.
  intros Hl i j Hi Hj Ne. unfold V. rewrite (conj_agree d Q _ _ (start l Hl)) by auto. rewrite conj_spectral by auto.
  unfold diagonal. rewrite delta_other by auto. ring.
Qed.

Section AnyLoss.
Variable dell : nat -> R -> R.
Hypothesis dell_lipschitz : forall i, (i < n)%nat -> locally_lipschitz_scalar (dell i).
Hypothesis flow : sensing_solution L n d dell A W.

Lemma conjugated_flow : sensing_solution L n d dell (diagonal_sensors lam) V.
Proof. exact (solution_conj L n d dell Q A (diagonal_sensors lam) W Q_orthogonal sensors_diagonal flow). Qed.

Lemma conjugated_diagonal l t : (l < L)%nat -> 0 <= t -> agree d (V l t) (diagonal (fun j => eigenvalue l j t)).
Proof.
  intros Hl Ht i j Hi Hj.
  assert (Ds : forall q, (q < n)%nat -> diagonal_below d (diagonal_sensors lam q)).
  { intros q _ a b _ _ Ne. unfold diagonal_sensors. rewrite delta_other by auto. ring. }
  pose proof (diagonal_stays L n d dell (diagonal_sensors lam) dell_lipschitz V Ds conjugated_flow start_diagonal l t Hl
    Ht) as St.
  unfold diagonal. destruct (Nat.eq_dec i j) as [->|Ne]; [rewrite delta_same; unfold V, eigenvalue; ring|].
  rewrite delta_other, (St i j Hi Hj Ne) by auto. ring.
Qed.

Lemma stays_spectral l t : (l < L)%nat -> 0 <= t -> agree d (W l t) (spectral d Q (fun j => eigenvalue l j t)).
Proof. intros Hl Ht. apply spectral_of_conj; auto. apply conjugated_diagonal; auto. Qed.

Lemma product_spectral t : 0 <= t ->
  agree d (product dims L (matrix_at W t)) (spectral d Q (fun j => Prod L (fun l => eigenvalue l j t))).
Proof.
  intros Ht. apply spectral_of_conj; auto. intros i j Hi Hj. unfold product.
  transitivity (before dims (fun l _ => diagonals (fun l j => eigenvalue l j t) l) L 0 i j).
  - symmetry. apply (before_conj L d Q (matrix_at W t) (diagonals (fun l j => eigenvalue l j t)) Q_orthogonal); auto.
    intros l Hl a b Ha Hb. symmetry. apply (conjugated_diagonal l t Hl Ht a b Ha Hb).
  - exact (before_diagonal d (fun l j => eigenvalue l j t) L i j Hi Hj).
Qed.

Lemma sensed_spectral t i : 0 <= t -> (i < n)%nat ->
  sensed L dims A (matrix_at W t) i = Sum d (fun j => lam i j * Prod L (fun l => eigenvalue l j t)).
Proof.
  intros Ht Hi. rewrite <- (sensed_diagonal L d lam (fun l j => eigenvalue l j t) i). symmetry.
  apply (sensed_conj L n d Q A (diagonal_sensors lam) (matrix_at W t) (diagonals (fun l j =>
    eigenvalue l j t)) Q_orthogonal); auto.
  - apply sensors_diagonal.
  - intros l Hl a b Ha Hb. symmetry. apply (conjugated_diagonal l t Hl Ht a b Ha Hb).
Qed.
End AnyLoss.

(* the squared loss *)
Variable y : nat -> R.
Hypothesis flow : sensing_gradient_flow L n dims A (squared y) W.

Lemma square_flow : sensing_solution L n d (squared_slope y) A W.
Proof. apply (sensing_flow_solution L n d (squared_slope y) A (squared y)); auto. apply squared_derive. Qed.

Lemma eigenvalue_solution : solution L d n lam y (fun j l => eigenvalue l j).
Proof.
  intros j l Hj Hl.
  destruct (conjugated_flow (squared_slope y) square_flow l j j Hl Hj Hj) as [C D]. split; [exact C|]. intros t Ht.
  specialize (D t Ht).
  assert (E : sensing_velocity L n d (squared_slope y) (diagonal_sensors lam) (matrix_at V t) l j j =
    velocity L d n lam y (at_time (fun j l => eigenvalue l j) t) j l).
  { transitivity (sensing_velocity L n d (squared_slope y) (diagonal_sensors lam) (diagonals (fun l j =>
      eigenvalue l j t)) l j j);
      [|exact (velocity_diagonal L n d lam y (fun l j => eigenvalue l j t) l j Hl Hj)].
    apply (velocity_agree L n d (squared_slope y)); auto.
    - intros i _ a b _ _. reflexivity.
    - intros q Hq. apply (conjugated_diagonal (squared_slope y) (fun i _ =>
        squared_lipschitz y i) square_flow q t Hq). lra. }
  rewrite <- E. exact D.
Qed.

Lemma eigenvalue_flow : diagonal_gradient_flow L d n lam y eigenvalue.
Proof. apply solution_diagonal_flow, eigenvalue_solution. Qed.

Lemma sensing_loss_eigenvalues t : 0 <= t ->
  sensing_loss L n dims A (squared y) (matrix_at W t) = diagonal_loss L d n lam y (at_time eigenvalue t).
Proof.
  intros Ht. unfold sensing_loss, diagonal_loss. rewrite <- Sum_scal_l. apply Sum_ext. intros i Hi. unfold squared.
  rewrite (sensed_spectral (squared_slope y) (fun i _ => squared_lipschitz y i) square_flow t i Ht Hi).
  reflexivity.
Qed.
End Commuting.

(* --- the theorems --- *)
(* any loss with a locally Lipschitz derivative *)
Theorem commuting_stays_diagonal (L n d : nat) (A : nat -> matrix) (Q : matrix) (lam : nat -> nat -> R)
  (W : nat -> R -> matrix)
  (x0 : nat -> nat -> R) (ell dell : nat -> R -> R) :
  (forall i u, is_derive (ell i) u (dell i u)) -> (forall i, (i < n)%nat -> locally_lipschitz_scalar (dell i)) ->
  orthogonal d Q -> (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) ->
  sensing_gradient_flow L n (fun _ => d) A ell W ->
  (forall l, (l < L)%nat -> agree d (W l 0) (spectral d Q (x0 l))) ->
  exists x : nat -> nat -> R -> R,
    forall t, 0 <= t ->
      (forall l, (l < L)%nat -> agree d (W l t) (spectral d Q (fun j => x l j t))) /\
      agree d (product (fun _ => d) L (matrix_at W t)) (spectral d Q (fun j => Prod L (fun l => x l j t))).
Proof.
  intros De Li HQ HA Fl H0. exists (eigenvalue d Q W). intros t Ht.
  pose proof (sensing_flow_solution L n d dell A ell W De Fl) as Sol. split.
  - intros l Hl. exact (stays_spectral L n d A Q lam W x0 HQ HA H0 dell Li Sol l t Hl Ht).
  - exact (product_spectral L n d A Q lam W x0 HQ HA H0 dell Li Sol t Ht).
Qed.

(* R8 *)
Theorem commuting_sensing_regression (L n d : nat) (A : nat -> matrix) (Q : matrix) (lam : nat -> nat -> R)
  (y : nat -> R)
  (W : nat -> R -> matrix) (alpha : R) (etabar : nat -> R) (mu : R) :
  (2 <= L)%nat ->
  (* A_i = Q diag(lambda_i) Q^T *)
  orthogonal d Q -> (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) ->
  sensing_gradient_flow L n (fun _ => d) A (squared y) W ->
  (* W_l(0) = alpha Q diag(etabar) Q^T for all layers but the last, which starts at 0 *)
  0 < alpha -> (forall j, (j < d)%nat -> etabar j <> 0) ->
  (forall l, (l < L - 1)%nat -> agree d (W l 0) (spectral d Q (fun j => alpha * etabar j))) ->
  agree d (W (L - 1)%nat 0) (fun _ _ => 0) ->
  0 < mu -> row_rank_bound d n lam mu ->
  let loss_at t := sensing_loss L n (fun _ => d) A (squared y) (matrix_at W t) in
  let scale j := alpha * Rabs (etabar j) in
  let Pot x := alpha ^ 2 * Sum d (fun j => etabar j ^ 2 * HL L (x j / scale j ^ L)) in
  exists (x : nat -> nat -> R -> R) (beta : nat -> R),
    (* the layers keep the form Q diag(.) Q^T, their eigenvalues follow the diagonal network with rows lambda_i *)
    (forall l t, (l < L)%nat -> 0 <= t -> agree d (W l t) (spectral d Q (fun j => x l j t))) /\
    diagonal_gradient_flow L d n lam y x /\
    (* R1 *)
    (forall lambda t, 0 < lambda -> (forall j, (j < d)%nat -> lambda <= scale j ^ 2) -> 0 <= t ->
       loss_at t <= loss_at 0 * exp (- (2 * lambda ^ (L - 1) * mu) * t)) /\
    (* the product matrix converges to Q diag(beta) Q^T, which interpolates *)
    (forall p q, (p < d)%nat -> (q < d)%nat ->
       is_lim (fun t => product (fun _ => d) L (matrix_at W t) p q) p_infty (spectral d Q beta p q)) /\
    (forall i, (i < n)%nat -> Sum d (fun p => Sum d (fun q => A i p q * spectral d Q beta p q)) = y i) /\
    (* R2 *)
    feasible d n lam y beta /\
    (forall z, feasible d n lam y z -> (forall j, (j < d)%nat -> z j = beta j) \/ Pot beta < Pot z).
Proof.
  intros HL2 HQ HA Fl Pal He H0 Hlast Pmu Rk loss_at scale Pot.
  set (x0 := fun l j => if Nat.eqb l (L - 1) then 0 else alpha * etabar j).
  assert (Start : forall l, (l < L)%nat -> agree d (W l 0) (spectral d Q (x0 l))).
  { intros l Hl p q Hp Hq. unfold x0. destruct (Nat.eqb_spec l (L - 1)) as [->|Ne].
    - rewrite Hlast by auto. unfold spectral. symmetry. apply Sum_zero. intros; ring.
    - apply H0; auto; lia. }
  assert (Ev0 : forall l j, (l < L)%nat -> (j < d)%nat -> eigenvalue d Q W l j 0 = x0 l j).
  { intros l j Hl Hj. unfold eigenvalue. rewrite (conj_agree d Q _ _ (Start l Hl)) by auto.
    rewrite conj_spectral by auto.
    unfold diagonal. rewrite delta_same. ring. }
  pose proof (eigenvalue_flow L n d A Q lam W x0 HQ HA Start y Fl) as Dfl.
  pose proof (square_flow L n d A W y Fl) as Sol.
  assert (F0 : forall l j, (l < L - 1)%nat -> (j < d)%nat -> eigenvalue d Q W l j 0 = alpha * etabar j).
  { intros l j Hl Hj. rewrite Ev0 by (auto; lia). unfold x0. destruct (Nat.eqb_spec l (L - 1)); [lia | reflexivity]. }
  assert (Fl0 : forall j, (j < d)%nat -> eigenvalue d Q W (L - 1) j 0 = 0).
  { intros j Hj. rewrite Ev0 by (auto; lia). unfold x0. rewrite Nat.eqb_refl. reflexivity. }
  destruct (diagonal_network_regression L d n lam y (eigenvalue d Q W) alpha etabar mu HL2 Dfl Pal He F0 Fl0 Pmu Rk)
    as [beta [R1 [Conv [Feas Min]]]].
  exists (eigenvalue d Q W), beta. split; [|split;
    [exact Dfl | split; [|split; [|split; [|split; [exact Feas | exact Min]]]]]].
  - intros l t Hl Ht. exact (stays_spectral L n d A Q lam W x0 HQ HA Start (squared_slope y) (fun i _ =>
      squared_lipschitz y i) Sol l t Hl Ht).
  - intros lambda t Pl Hl Ht. unfold loss_at.
    rewrite !(sensing_loss_eigenvalues L n d A Q lam W x0 HQ HA Start y Fl) by lra. apply R1; auto.
  - intros p q Hp Hq.
    apply (is_lim_ext_loc (fun t => spectral d Q (fun j => Prod L (fun l => eigenvalue d Q W l j t)) p q)).
    + exists 0. intros t Ht. symmetry.
      apply (product_spectral L n d A Q lam W x0 HQ HA Start (squared_slope y) (fun i _ =>
        squared_lipschitz y i) Sol t); auto; lra.
    + unfold spectral. apply (is_lim_Sum d (fun j t =>
        Q p j * (Prod L (fun l => eigenvalue d Q W l j t) * Q q j)) (fun j => Q p j * (beta j * Q q j))).
      intros j Hj. apply is_lim_scale.
      apply (is_lim_ext (fun t => Q q j * Prod L (fun l => eigenvalue d Q W l j t))); [intros; ring|].
      rewrite (Rmult_comm (beta j)). apply is_lim_scale. apply Conv; auto.
  - intros i Hi. rewrite <- (Feas i Hi), <- (spectral_inner d Q HQ (lam i) beta).
    apply Sum_ext. intros p Hp. apply Sum_ext. intros q Hq. rewrite (HA i Hi p q Hp Hq). reflexivity.
Qed.
