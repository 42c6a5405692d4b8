(* 'From this start there is exactly one flow, and it ..': the form of every statement of Main.v, for networks of
   vectors ([from_start]) and of matrices ([from_matrices]), and the flows that Wellposed.v does not have. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Margin Conserved Diagonal Sensing Circular Uniqueness
  Existence NetworkExistence SensingExistence Classification AlignedTimes K3AnyDepth K4Directions K4Classification
  R7OrthogonalStart Wellposed Potential ImplicitBias Regression Kkt DepthPotential R4Limits R4Flows
  K2Chain Cluster R5Ties R5Network.
Open Scope R_scope.

Definition starts (L : nat) (k : nat -> nat) (v : nat -> nat -> R -> R) (w0 : nat -> nat -> R) : Prop :=
  forall l c, (l < L)%nat -> (c < k l)%nat -> v l c 0 = w0 l c.

(* exactly one flow starts at w0, and it has the property P *)
Definition from_start (L : nat) (k : nat -> nat) (is_flow : (nat -> nat -> R -> R) -> Prop) (w0 : nat -> nat -> R)
  (P : (nat -> nat -> R -> R) -> Prop) : Prop :=
  one_flow L k is_flow w0 /\ forall v, is_flow v -> starts L k v w0 -> P v.

Definition starts_at (L : nat) (d : nat -> nat) (W : nat -> R -> matrix) (W0 : nat -> matrix) : Prop :=
  forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> W l 0 a b = W0 l a b.
Definition one_matrix_flow (L : nat) (d : nat -> nat) (is_flow : (nat -> R -> matrix) -> Prop) (W0 : nat -> matrix) :
  Prop :=
  exists W, is_flow W /\ starts_at L d W W0 /\
    forall W', is_flow W' -> starts_at L d W' W0 ->
      forall l a b t, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> 0 <= t -> W' l t a b = W l t a b.
Definition from_matrices (L : nat) (d : nat -> nat) (is_flow : (nat -> R -> matrix) -> Prop) (W0 : nat -> matrix)
  (P : (nat -> R -> matrix) -> Prop) : Prop :=
  one_matrix_flow L d is_flow W0 /\ forall W, is_flow W -> starts_at L d W W0 -> P W.

Lemma one_flow_iff L k (F G : (nat -> nat -> R -> R) -> Prop) w0 : (forall v, F v <-> G v) ->
  one_flow L k F w0 -> one_flow L k G w0.
Proof.
  intros E [v [Fl [V0 Un]]]. exists v. split; [apply E, Fl | split; [exact V0|]].
  intros v' Fl'. apply Un, E, Fl'.
Qed.

(* --- squared loss --- *)
Lemma squared_nonneg y i v : 0 <= squared y i v.
Proof. unfold squared. pose proof (pow2_ge_0 (v - y i)). lra. Qed.

Theorem squared_tensor_flow L n k (M : nat -> (nat -> nat) -> R) (y : nat -> R) (w0 : nat -> nat -> R) :
  one_flow L k (tensor_gradient_flow L n k M (squared y)) w0.
Proof.
  apply (tensor_one_flow L n k M (squared y) (fun i v => v - y i) w0 (squared_derive y)).
  - intros; apply squared_lipschitz.
  - intros w. apply Sum_nonneg. intros; apply squared_nonneg.
Qed.

Lemma sensing_one_flow L n d (A : nat -> matrix) (y : nat -> R) (W0 : nat -> matrix) :
  one_matrix_flow L d (sensing_gradient_flow L n d A (squared y)) W0.
Proof.
  assert (Li : forall i, (i < n)%nat -> locally_lipschitz_scalar (fun v => v - y i))
    by (intros; apply squared_lipschitz).
  destruct (sensing_flow_exists L n d A (squared y) (fun i v => v - y i) 0 (squared_derive y) Li
    ltac:(intros w; apply Sum_nonneg; intros; apply squared_nonneg) W0) as [W [Fl S0]].
  exists W. split; [exact Fl | split; [exact S0|]]. intros W' Fl' S0'.
  apply (sensing_flow_unique L n d A (squared y) (fun i v => v - y i) (squared_derive y) Li W' W Fl' Fl).
  intros l a b Hl Ha Hb. rewrite S0, S0'; auto.
Qed.

(* a fully connected network with one output and losses that are nonnegative, with a locally Lipschitz derivative *)
Lemma fully_connected_one_flow L n d X ell dell W0 : (forall i u, is_derive (ell i) u (dell i u)) ->
  (forall i, (i < n)%nat -> locally_lipschitz_scalar (dell i)) -> (forall i u, 0 <= ell i u) -> d L = 1%nat ->
  one_matrix_flow L d (fully_connected_gradient_flow L n d X ell) W0.
Proof. intros De Li Po One. exact (fully_connected_flow_exists L n d X ell dell W0 De Li Po One). Qed.

Lemma exponential_lipschitz : locally_lipschitz_scalar (fun u => - exp (- u)).
Proof.
  replace (fun u => - exp (- u)) with (fun u => -1 * exp (-1 * u)); [apply exp_scaled_lipschitz|].
  extensionality u. replace (-1 * u) with (- u) by ring. ring.
Qed.

(* --- separable classification of odeco networks --- *)
Theorem classification_one_flow L d m n k S U X w0 : one_flow L k (classification_flow L d m n k S U X) w0.
Proof.
  eapply one_flow_iff; [|apply (exponential_flow L n k (fun i => odeco_tensor L m U (data_matrix d S X i)) w0)].
  intros v. unfold classification_flow. rewrite exponential_loss_tensor. reflexivity.
Qed.

(* --- diagonal networks and the linear model --- *)
Lemma diagonal_flow_network L m n X y v : diagonal_gradient_flow L m n X y v <->
  gradient_flow L m m n (fun _ => m) delta (fun _ c j => delta j c) X y v.
Proof.
  split; intros Fl l c Hl Hc; destruct (Fl l c Hl Hc) as [C D]; (split; [exact C|]); intros t Ht; specialize (D t Ht).
  - rewrite (Derive_ext _ (fun s => diagonal_loss L m n X y (replace_entry (at_time v t) l c s))); auto.
    intros s. apply diagonal_is_network.
  - rewrite (Derive_ext _ (fun s => network_loss L m m n (fun _ => m) delta (fun _ c j => delta j c) X y
      (replace_entry (at_time v t) l c s))); auto.
    intros s. symmetry. apply diagonal_is_network.
Qed.

Theorem diagonal_one_flow L m n X y w0 : one_flow L (fun _ => m) (diagonal_gradient_flow L m n X y) w0.
Proof.
  eapply one_flow_iff; [|apply (squared_flow L m m n (fun _ => m) delta (fun _ c j => delta j c) X y w0)].
  intros v. symmetry. apply diagonal_flow_network.
Qed.

Lemma linear_flow_diagonal m n X y v :
  diagonal_gradient_flow 1 m n X y v <-> linear_gradient_flow m n X y (v 0%nat).
Proof.
  assert (Same : forall t j s, diagonal_loss 1 m n X y (replace_entry (at_time v t) 0 j s) =
    linear_loss m n X y (fun j' => if Nat.eqb j' j then s else v 0%nat j' t)).
  { intros t j s. unfold diagonal_loss, linear_loss. f_equal. apply Sum_ext. intros i _. f_equal. f_equal.
    apply Sum_ext. intros j' _. f_equal. cbn [Prod]. rewrite Rmult_1_l. reflexivity. }
  split.
  - intros Fl j Hj. destruct (Fl 0%nat j ltac:(lia) Hj) as [C D]. split; [exact C|]. intros t Ht. specialize (D t Ht).
    rewrite (Derive_ext _ _ _ (Same t j)) in D. exact D.
  - intros Fl l j Hl Hj. replace l with 0%nat by lia. destruct (Fl j Hj) as [C D]. split; [exact C|]. intros t Ht.
    specialize (D t Ht). rewrite (Derive_ext _ _ _ (Same t j)). exact D.
Qed.

(* --- what depends on the start only --- *)
Lemma starts_reduced L k U v w0 : starts L k v w0 -> forall j l, (l < L)%nat ->
  reduced k U (at_time v 0) j l = reduced k U w0 j l.
Proof. intros V0 j l Hl. apply Sum_ext. intros c Hc. unfold at_time. rewrite V0; auto. Qed.

(* the potential of R5 is that of the start *)
Lemma weight_ext L p (f g : nat -> R) : (p < L)%nat -> (forall l, (l < L)%nat -> f l = g l) ->
  modulus L p f = modulus L p g /\ other_sign L p f = other_sign L p g.
Proof.
  intros Hp E. split.
  - extensionality z. unfold modulus, weight. apply ProdBut_ext. intros l Hl _. unfold gap. rewrite !E; auto.
  - unfold other_sign. apply ProdBut_ext. intros l Hl _. rewrite E; auto.
Qed.

Lemma bias_ext L p f g x : (p < L)%nat -> (forall l, (l < L)%nat -> f l = g l) -> bias L p f x = bias L p g x.
Proof.
  intros Hp E. unfold bias. destruct (weight_ext L p f g Hp E) as [-> ->]. rewrite (E p Hp). reflexivity.
Qed.

Lemma dbias_ext L p f g x : (p < L)%nat -> (forall l, (l < L)%nat -> f l = g l) -> dbias L p f x = dbias L p g x.
Proof.
  intros Hp E. unfold dbias. destruct (weight_ext L p f g Hp E) as [-> ->]. rewrite (E p Hp). reflexivity.
Qed.

(* --- R5 with ties --- *)
Lemma network_ties_from L d m n k S U X y mu w0 pivot x0 : orthonormal L m k U ->
  let A := data_matrix d S X in
  0 < mu /\ row_rank_bound m n A mu ->
  let eta0 j l := reduced k U w0 j l in
  let strict j := strictly_smallest L (pivot j) (eta0 j) in
  let start_sign j := Prod L (eta0 j) in
  (forall j, (j < m)%nat -> is_smallest L (pivot j) (eta0 j)) ->
  feasible m n A y x0 -> (forall j, (j < m)%nat -> strict j \/ 0 < start_sign j * x0 j) ->
  let Q := potential m (fun j => bias L (pivot j) (eta0 j)) in
  forall v, gradient_flow L d m n k S U X y v -> starts L k v w0 ->
    let loss_at t := network_loss L d m n k S U X y (at_time v t) in
    exists rate, 0 < rate /\ (forall t, 0 <= t -> loss_at t <= loss_at 0 * exp (- rate * t)) /\
    exists rho : nat -> R,
      (forall a, is_lim (fun t => linear_coefficient L m k S U (at_time v t) a) p_infty (Sum m (fun j =>
        S j a * rho j))) /\
      feasible m n A y rho /\ (forall j, (j < m)%nat -> strict j \/ 0 < start_sign j * rho j) /\
      (exists nu : nat -> R, forall j, (j < m)%nat ->
         dbias L (pivot j) (eta0 j) (rho j) = Sum n (fun i => A i j * nu i)) /\
      (forall x, feasible m n A y x -> (forall j, (j < m)%nat -> strict j \/ 0 <= start_sign j * x j) ->
         (forall j, (j < m)%nat -> x j = rho j) \/ Q rho < Q x).
Proof.
  intros Or A [Pmu Rk] eta0 strict start_sign Sm Fx Sx Q v Fl V0 loss_at.
  assert (E : forall j l, (l < L)%nat -> reduced k U (at_time v 0) j l = eta0 j l)
    by (intros; apply (starts_reduced L k U v w0 V0); auto).
  assert (Es : forall j, coefficient L (fun j l => reduced k U (at_time v 0) j l) j = start_sign j)
    by (intros j; apply Prod_ext; intros; apply E; auto).
  assert (St : forall j, (pivot j < L)%nat ->
    (strictly_smallest L (pivot j) (fun l => reduced k U (at_time v 0) j l) <-> strict j)).
  { intros j Hp. split; intros H l Hl N; specialize (H l Hl N); rewrite !E in * by auto; exact H. }
  assert (Hp : forall j, (j < m)%nat -> (pivot j < L)%nat) by (intros j Hj; apply (Sm j Hj)).
  destruct (odeco_network_ties L d m n k S U X y v Or Fl pivot mu x0) as
    [rate [Pr [R1 [rho [_ [Lim [Feas [Side [[nu Kkt] Min]]]]]]]]]; auto.
  - intros j Hj. destruct (Sm j Hj) as [Hpj [Le Alt]]. split; [exact Hpj | split].
    + intros l Hl. rewrite !E by auto. apply Le, Hl.
    + rewrite E by auto. destruct Alt as [H|H]; [left; apply St; auto | right; exact H].
  - intros j Hj. rewrite Es, St by auto. apply Sx, Hj.
  - exists rate. split; [exact Pr | split; [exact R1|]]. exists rho.
    split; [exact Lim | split; [exact Feas | split; [|split]]].
    + intros j Hj. rewrite <- Es, <- St by auto. apply Side, Hj.
    + exists nu. intros j Hj. etransitivity; [|exact (Kkt j Hj)]. apply dbias_ext; auto. intros; symmetry; auto.
    + intros x Fx' Sx'.
      assert (Qe : forall x, potential m (fun j => bias L (pivot j) (fun l => reduced k U (at_time v 0) j l)) x = Q x)
        by (intros u; apply Sum_ext; intros j Hj; apply bias_ext; auto).
      rewrite <- !Qe. apply (Min x Fx'). intros j Hj. rewrite Es, St by auto. apply Sx', Hj.
Qed.

(* --- R4: the start w0 scaled by alpha --- *)
Section ScaledLimits.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R).
Variables (X : nat -> nat -> R) (y : nat -> R) (mu : R).
Let A := data_matrix d S X.
Hypothesis U_orthonormal : orthonormal L m k U.
Hypothesis rank : 0 < mu /\ row_rank_bound m n A mu.
Variables (w0 : nat -> nat -> R) (etabar z : nat -> R).
Hypothesis depth : (2 <= L)%nat.
Hypothesis etabar_nonzero : forall j, (j < m)%nat -> etabar j <> 0.
Hypothesis start_first : forall j l, (j < m)%nat -> (l < L - 1)%nat -> reduced k U w0 j l = etabar j.
Hypothesis start_last : forall j, (j < m)%nat -> reduced k U w0 j (L - 1)%nat = 0.

Let near alpha e := from_start L k (gradient_flow L d m n k S U X y) (fun l c => alpha * w0 l c) (fun v =>
  exists b : nat -> R,
    (forall a, is_lim (fun t => linear_coefficient L m k S U (at_time v t) a) p_infty (b a)) /\
    forall a, (a < d)%nat -> Rabs (b a - Sum m (fun j => S j a * z j)) <= e).
Let size := Sum d (fun a => Sum m (fun j => Rabs (S j a))).
Let coefficients_near alpha e := forall r, minimiser m n A y (scaled_potential L m etabar alpha) r ->
  forall j, (j < m)%nat -> Rabs (r j - z j) <= e.

Lemma transpose_near_all r e : (forall j, (j < m)%nat -> Rabs (r j - z j) <= e) ->
  forall a, (a < d)%nat -> Rabs (Sum m (fun j => S j a * r j) - Sum m (fun j => S j a * z j)) <= size * e.
Proof.
  intros H a Ha. rewrite <- Sum_minus. eapply Rle_trans; [apply Sum_abs|].
  apply Rle_trans with (Sum m (fun j => Rabs (S j a) * e)).
  - apply Sum_le. intros j Hj. replace (S j a * r j - S j a * z j) with (S j a * (r j - z j)) by ring.
    rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos | auto].
  - rewrite Sum_scal_r. destruct (Nat.eq_dec m 0) as [E0|N0].
    + unfold size. rewrite E0, (Sum_zero d) by reflexivity. simpl. lra.
    + apply Rmult_le_compat_r; [apply Rle_trans with (2 := H 0%nat ltac:(lia)); apply Rabs_pos|].
      apply (Sum_term d (fun a => Sum m (fun j => Rabs (S j a)))); auto.
      intros; apply Sum_nonneg; intros; apply Rabs_pos.
Qed.

Lemma scaled_reduced alpha j l : reduced k U (fun l c => alpha * w0 l c) j l = alpha * reduced k U w0 j l.
Proof. unfold reduced. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring. Qed.

Lemma scaled_near alpha e : 0 < alpha -> coefficients_near alpha e -> near alpha (size * e).
Proof.
  intros Pa Mn.
  destruct (odeco_regression_from L d m n k S U X y (fun l c => alpha * w0 l c) alpha etabar mu depth U_orthonormal Pa
    etabar_nonzero) as [One [rho [Feas [Min Lim]]]].
  - intros j l Hj Hl. change (reduced k U (fun l c => alpha * w0 l c) j l = alpha * etabar j).
    rewrite scaled_reduced, start_first; auto.
  - intros j Hj. change (reduced k U (fun l c => alpha * w0 l c) j (L - 1)%nat = 0).
    rewrite scaled_reduced, start_last by auto. ring.
  - apply rank.
  - apply rank.
  - split; [exact One|]. intros v Fl V0. exists (fun a => Sum m (fun j => S j a * rho j)).
    split; [intros a; apply (Lim v Fl V0)|]. apply transpose_near_all, Mn.
    apply only_minimiser_is_minimiser. split; [exact Feas | exact Min].
Qed.

Lemma scaled_limits C g : at_right 0 (fun alpha => coefficients_near alpha (C * g alpha)) ->
  exists C alpha0, 0 < alpha0 /\ forall alpha, 0 < alpha < alpha0 -> near alpha (C * g alpha).
Proof.
  intros [[a0 Pa0] Ha]. exists (size * C), a0. split; [exact Pa0|]. intros alpha Hal. rewrite Rmult_assoc.
  apply scaled_near; [lra|]. apply Ha; [|lra]. change (Rabs (alpha - 0) < a0). rewrite Rminus_0_r, Rabs_pos_eq; lra.
Qed.

Lemma scaled_limits_infinity C g : Rbar_locally p_infty (fun alpha => coefficients_near alpha (C * g alpha)) ->
  exists C alpha0, 0 < alpha0 /\ forall alpha, alpha0 < alpha -> near alpha (C * g alpha).
Proof.
  intros [M HM]. exists (size * C), (Rmax 1 M). pose proof (Rmax_l 1 M). pose proof (Rmax_r 1 M). split; [lra|].
  intros alpha Hal. rewrite Rmult_assoc. apply scaled_near; [lra|]. apply HM. lra.
Qed.
End ScaledLimits.

(* --- R7: what two flows that agree have in common --- *)
Lemma coefficients_same L d W W' t p : d L = 1%nat -> (p < d 0%nat)%nat ->
  (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> W' l t a b = W l t a b) ->
  coefficients L d W' t p = coefficients L d W t p.
Proof.
  intros One Hp E. rewrite !coefficients_after by auto.
  assert (A : forall s l a, (l + s = L)%nat -> (a < d l)%nat -> after d W' s l t a 0%nat = after d W s l t a 0%nat).
  { induction s as [|s IH]; intros l a Hs Ha; [reflexivity|]. simpl. unfold mul. apply Sum_ext. intros q Hq.
    rewrite E, IH by (auto; lia). reflexivity. }
  apply A; auto.
Qed.

(* --- R9 --- *)
Lemma linear_one_flow m n X y beta0 :
  (exists beta, linear_gradient_flow m n X y beta /\ forall j, (j < m)%nat -> beta j 0 = beta0 j) /\
  (forall beta beta', linear_gradient_flow m n X y beta -> linear_gradient_flow m n X y beta' ->
     (forall j, (j < m)%nat -> beta j 0 = beta' j 0) ->
     forall j t, (j < m)%nat -> 0 <= t -> beta j t = beta' j t).
Proof.
  split.
  - destruct (diagonal_one_flow 1 m n X y (fun _ => beta0)) as [v [Fl [V0 _]]]. exists (v 0%nat).
    split; [apply linear_flow_diagonal, Fl | intros j Hj; apply V0; auto].
  - intros beta beta' Fl Fl' E j t Hj Ht.
    destruct (diagonal_one_flow 1 m n X y (fun _ j => beta' j 0)) as [v [_ [_ Un]]].
    rewrite (Un (fun _ => beta)) with (l := 0%nat); auto.
    + symmetry. apply (Un (fun _ => beta')) with (l := 0%nat); auto. apply linear_flow_diagonal, Fl'.
    + apply linear_flow_diagonal, Fl.
Qed.

(* --- K2: separable data have a shortest vector with margins at least 1, and only one --- *)
Lemma shortest_only m n X z x : margin_feasible m n X z ->
  (forall x, margin_feasible m n X x -> sq m z <= sq m x) -> margin_feasible m n X x ->
  (forall p, (p < m)%nat -> x p = z p) \/ sq m z < sq m x.
Proof.
  intros Fz Short Fx. pose proof (shortest_supports m n X z x Fz Short Fx) as Su.
  assert (E : sq m x = sq m z + 2 * (Sum m (fun p => x p * z p) - sq m z) + sq m (fun p => x p - z p)).
  { unfold sq. rewrite (Sum_ext m (fun p => (x p - z p) ^ 2) (fun p => x p ^ 2 + (-2) * (x p * z p) + z p ^ 2))
      by (intros; ring). rewrite !Sum_plus, Sum_scal_l. ring. }
  destruct (Rle_lt_or_eq_dec 0 (sq m (fun p => x p - z p)) (sq_nonneg _ _)) as [Lt|Z]; [right; lra | left].
  intros p Hp. pose proof (Sum_term m (fun p => (x p - z p) ^ 2) p Hp ltac:(intros; apply pow2_ge_0)) as T.
  cbv beta in T. fold (sq m (fun p => x p - z p)) in T. pose proof (pow2_ge_0 (x p - z p)).
  assert ((x p - z p) ^ 2 = 0) as Z2 by lra. apply Rminus_diag_uniq.
  destruct (Req_dec (x p - z p) 0) as [|N]; auto. pose proof (pow2_gt_0 _ N). lra.
Qed.

Lemma shortest_exists m n X : (exists x, margin_feasible m n X x) ->
  exists z, margin_feasible m n X z /\ forall x, margin_feasible m n X x -> sq m z <= sq m x.
Proof.
  intros [x0 F0].
  (* the greatest lower bound of the squared lengths *)
  set (E := fun q => exists x, margin_feasible m n X x /\ q = - sq m x).
  destruct (completeness E) as [g [Ub Least]].
  { exists 0. intros q [x [_ ->]]. pose proof (sq_nonneg m x). lra. }
  { exists (- sq m x0), x0. auto. }
  (* vectors that are nearly as short: a filter with a cluster point *)
  set (F := fun P : (nat -> R) -> Prop => exists e, 0 < e /\
    forall x, margin_feasible m n X x -> sq m x < - g + e -> P x).
  assert (Near : forall e, 0 < e -> exists x, margin_feasible m n X x /\ sq m x < - g + e).
  { intros e Pe. destruct (Classical_Prop.classic (exists x, margin_feasible m n X x /\ sq m x < - g + e)) as [|No];
      auto.
    exfalso. assert (is_upper_bound E (g - e)).
    { intros q [x [Fx ->]]. apply Rnot_lt_le. intros Lt. apply No. exists x. split; auto. lra. }
    pose proof (Least _ H). lra. }
  assert (PF : ProperFilter F).
  { constructor.
    - intros P [e [Pe HP]]. destruct (Near e Pe) as [x [Fx Lx]]. exists x. auto.
    - constructor.
      + exists 1. split; [lra | auto].
      + intros P Q [e [Pe HP]] [e' [Pe' HQ]]. exists (Rmin e e'). split; [apply Rmin_glb_lt; auto|].
        intros x Fx Lx. pose proof (Rmin_l e e'). pose proof (Rmin_r e e'). split; [apply HP | apply HQ]; auto; lra.
      + intros P Q Imp [e [Pe HP]]. exists e. split; auto. }
  assert (Bd : forall j, (j < m)%nat -> F (fun x => Rabs (x j) <= 1 + Rabs g)).
  { intros j Hj. exists 1. split; [lra|]. intros x _ Lx.
    pose proof (Sum_term m (fun p => x p ^ 2) j Hj ltac:(intros; apply pow2_ge_0)) as T. cbv beta in T.
    fold (sq m x) in T. pose proof (Rle_abs (- g)) as A. rewrite Rabs_Ropp in A. pose proof (Rabs_pos g).
    rewrite <- pow2_abs in T. pose proof (Rabs_pos (x j)). nra. }
  destruct (cluster (nat -> R) (fun j x => x j) (1 + Rabs g) m F PF Bd) as [z [G [PG [Sub Tz]]]].
  assert (Fz : margin_feasible m n X z).
  { intros i Hi. apply (tends_above G (fun x => Sum m (fun j => X i j * x j))).
    - apply Sub. exists 1. split; [lra|]. intros x Fx _. apply Fx, Hi.
    - apply (tends_Sum G m (fun j x => X i j * x j) (fun j => X i j * z j)). intros j Hj. apply (tends_scale G), Tz, Hj.
      }
  exists z. split; [exact Fz|]. intros x Fx.
  assert (Lz : sq m z <= - g).
  { apply le_small with (K := 1); [lra|]. intros e Pe.
    apply (tends_below G (fun x => sq m x) (sq m z)).
    - apply Sub. exists e. split; [exact Pe|]. intros u _ Lu. lra.
    - apply (tends_Sum G m (fun j x => x j ^ 2) (fun j => z j ^ 2)). intros j Hj. apply (tends_sq G), Tz, Hj. }
  assert (- sq m x <= g) by (apply Ub; exists x; auto). lra.
Qed.
