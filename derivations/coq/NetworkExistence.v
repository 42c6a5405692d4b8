(* The gradient flows of the library exist, from every start, for all times:
     tensor_flow_exists     any linear tensor network, any losses bounded below with locally Lipschitz derivative (K0,
                            K4),
     network_flow_exists    the odeco networks of Network.v with the squared loss (R1, R2, R6),
     diagonal_flow_exists   diagonal networks (R1, R2);
   and the first two are unique (tensor_flow_unique, network_flow_unique): 'a gradient flow' in those theorems is 'the'
   gradient flow, and never an empty hypothesis. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Tensor Diagonal Uniqueness Picard Existence.
Open Scope R_scope.

Lemma Sum_split p q f : Sum (p + q) f = Sum p f + Sum q (fun i => f (p + i)%nat).
Proof. induction q as [|q IH]; [rewrite Nat.add_0_r; simpl; ring|]. rewrite Nat.add_succ_r. simpl. rewrite IH. ring.
Qed.

Lemma Sum_rows L D f : Sum (L * D) f = Sum L (fun l => Sum D (fun c => f (l * D + c)%nat)).
Proof. induction L as [|L IH]; [reflexivity|]. rewrite Nat.mul_succ_l, Sum_split, IH. reflexivity. Qed.

Lemma Sum_truncated K D (g : nat -> R) : (K <= D)%nat -> Sum D (fun c => if Nat.ltb c K then g c else 0) = Sum K g.
Proof.
  intros H. replace D with (K + (D - K))%nat by lia. rewrite Sum_split. rewrite (Sum_zero (D - K)).
  - rewrite Rplus_0_r. apply Sum_ext. intros c Hc. destruct (Nat.ltb_spec c K); [reflexivity | lia].
  - intros c _. destruct (Nat.ltb_spec (K + c) K); [lia | reflexivity].
Qed.

Fixpoint widest (L : nat) (k : nat -> nat) : nat := match L with O => O | S p => Nat.max (widest p k) (k p) end.

Lemma widest_bound L k l : (l < L)%nat -> (k l <= widest L k)%nat.
Proof.
  induction L as [|L IH]; intros Hl; [lia|]. simpl. destruct (Nat.eq_dec l L) as [->|Ne]; [lia|].
  pose proof (IH ltac:(lia)). lia.
Qed.

(* --- parameters arranged in layers --- *)
Definition unpack (D : nat) (x : nat -> R) : nat -> nat -> R := fun l c => x (l * D + c)%nat.

Section Layers.
Variables (L : nat) (k : nat -> nat) (E : (nat -> nat -> R) -> R) (G : (nat -> nat -> R) -> nat -> nat -> R)
  (lower : R).
Let D := widest L k.
Let N := (L * D)%nat.
Hypothesis gradient_lipschitz : forall l c, (l < L)%nat -> (c < k l)%nat ->
  locally_lipschitz N (fun x => G (unpack D x) l c).
Hypothesis chain_rule : forall v dv : nat -> nat -> R -> R,
  (forall l c, (l < L)%nat -> (c < k l)%nat -> path (v l c) (dv l c)) ->
  path (fun t => E (at_time v t)) (fun t => Sum L (fun l => Sum (k l) (fun c => G (at_time v t) l c * dv l c t))).
Hypothesis bounded_below : forall w, lower <= E w.

Lemma position_small l c : (l < L)%nat -> (c < D)%nat -> (l * D + c < N)%nat.
Proof. intros Hl Hc. unfold N. nia. Qed.

Lemma position_decode l c : (c < D)%nat -> ((l * D + c) / D = l /\ (l * D + c) mod D = c)%nat.
Proof.
  intros Hc. split; [rewrite Nat.div_add_l, Nat.div_small by lia;
    lia | rewrite Nat.add_comm, Nat.mod_add, Nat.mod_small by lia; reflexivity].
Qed.

(* entries beyond the width of a layer do not move *)
Let packed_gradient (x : nat -> R) (i : nat) : R := if Nat.ltb (i mod D) (k (i / D)%nat) then G (unpack D x) (i / D)%nat
  (i mod D)%nat else 0.

Theorem layered_flow_exists (w0 : nat -> nat -> R) : exists v : nat -> nat -> R -> R,
  forall l c, (l < L)%nat -> (c < k l)%nat ->
    v l c 0 = w0 l c /\ filterlim (v l c) (at_right 0) (locally (v l c 0)) /\
    forall t, 0 < t -> is_derive (v l c) t (- G (at_time v t) l c).
Proof.
  destruct (gradient_flow_exists N (fun x => E (unpack D x)) packed_gradient lower (fun i =>
    w0 (i / D)%nat (i mod D)%nat)) as [x [X0 Fl]].
  - intros i Hi. unfold packed_gradient. destruct (Nat.ltb_spec (i mod D) (k (i / D)%nat)) as [Hc|_];
      [|apply lipschitz_const].
    apply gradient_lipschitz; auto. apply Nat.div_lt_upper_bound; unfold N in Hi;
      [intros Z; rewrite Z in Hi; lia | lia].
  - intros x dx P.
    pose proof (chain_rule (fun l c => x (l * D + c)%nat) (fun l c => dx (l * D + c)%nat)) as Ch.
    eapply path_eq; [apply Ch|].
    + intros l c Hl Hc. apply P, position_small; auto. pose proof (widest_bound L k l Hl). unfold D. lia.
    + intros t _. cbv beta. unfold N. rewrite Sum_rows. apply Sum_ext. intros l Hl.
      rewrite <- (Sum_truncated (k l) D) by (apply widest_bound; auto). apply Sum_ext. intros c Hc.
      unfold packed_gradient. destruct (position_decode l c Hc) as [-> ->].
      destruct (Nat.ltb_spec c (k l)); [reflexivity | ring].
  - intros x. apply bounded_below.
  - exists (fun l c => x (l * D + c)%nat). intros l c Hl Hc.
    assert (HcD : (c < D)%nat) by (pose proof (widest_bound L k l Hl); unfold D; lia).
    destruct (Fl (l * D + c)%nat (position_small l c Hl HcD)) as [C Dr]. destruct (position_decode l c HcD) as [E1 E2].
    split; [|split; [exact C|]].
    + rewrite X0 by (apply position_small; auto). rewrite E1, E2. reflexivity.
    + intros t Ht. specialize (Dr t Ht I). unfold packed_gradient in Dr. rewrite E1, E2 in Dr.
      destruct (Nat.ltb_spec c (k l)); [exact Dr | lia].
Qed.

(* the gradient looks at the entries of the layers only *)
Hypothesis gradient_local : forall w w' l c, (forall l c, (l < L)%nat -> (c < k l)%nat -> w l c = w' l c) ->
  (l < L)%nat -> (c < k l)%nat -> G w l c = G w' l c.

Definition layered_flow (v : nat -> nat -> R -> R) : Prop := forall l c, (l < L)%nat -> (c < k l)%nat ->
  filterlim (v l c) (at_right 0) (locally (v l c 0)) /\ forall t, 0 < t -> is_derive (v l c) t (- G (at_time v t) l c).

Let packed (v : nat -> nat -> R -> R) (i : nat) (t : R) : R := if Nat.ltb (i mod D) (k (i / D)%nat) then v (i / D)%nat
  (i mod D)%nat t else 0.

Lemma packed_flow v : layered_flow v -> flow_until N (fun x i => - packed_gradient x i) p_infty (packed v).
Proof.
  intros Fl i Hi. unfold packed at 1 2 3, packed_gradient.
  assert (Hl : (i / D < L)%nat) by (apply Nat.div_lt_upper_bound; unfold N in Hi;
    [intros Z; rewrite Z in Hi; lia | lia]).
  destruct (Nat.ltb_spec (i mod D) (k (i / D)%nat)) as [Hc|_].
  - destruct (Fl _ _ Hl Hc) as [C Dv]. split; [exact C|]. intros t Ht _.
    rewrite (gradient_local (unpack D (fun q => packed v q t)) (at_time v t)); auto.
    intros l c Hl' Hc'. assert (HcD : (c < D)%nat) by (pose proof (widest_bound L k l Hl'); unfold D; lia).
    unfold unpack, packed, at_time. destruct (position_decode l c HcD) as [-> ->].
    destruct (Nat.ltb_spec c (k l)); [reflexivity | lia].
  - split; [apply filterlim_const|]. intros t _ _. rewrite Ropp_0. apply (is_derive_const 0).
Qed.

Theorem layered_flow_unique v v' : layered_flow v -> layered_flow v' ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> v l c 0 = v' l c 0) ->
  forall l c t, (l < L)%nat -> (c < k l)%nat -> 0 <= t -> v l c t = v' l c t.
Proof.
  intros Fl Fl' V0 l c t Hl Hc Ht.
  assert (HcD : (c < D)%nat) by (pose proof (widest_bound L k l Hl); unfold D; lia).
  assert (U : packed v (l * D + c)%nat t = packed v' (l * D + c)%nat t).
  { apply (flow_unique N (fun x i => - packed_gradient x i) p_infty); try apply packed_flow; auto.
    - intros i Hi. apply lipschitz_opp. unfold packed_gradient.
      destruct (Nat.ltb_spec (i mod D) (k (i / D)%nat)) as [Hc'|_]; [|apply lipschitz_const].
      apply gradient_lipschitz; auto. apply Nat.div_lt_upper_bound; unfold N in Hi;
        [intros Z; rewrite Z in Hi; lia | lia].
    - intros i Hi. unfold packed. destruct (Nat.ltb_spec (i mod D) (k (i / D)%nat)) as [Hc'|_]; [|reflexivity].
      apply V0; auto. apply Nat.div_lt_upper_bound; unfold N in Hi; [intros Z; rewrite Z in Hi; lia | lia].
    - apply position_small; auto.
    - exact I. }
  unfold packed in U. destruct (position_decode l c HcD) as [E1 E2]. rewrite E1, E2 in U.
  destruct (Nat.ltb_spec c (k l)); [exact U | lia].
Qed.

Lemma unpacked_lipschitz l c : (l < L)%nat -> (c < k l)%nat -> locally_lipschitz N (fun x => unpack D x l c).
Proof.
  intros Hl Hc. apply lipschitz_coordinate, position_small; auto. pose proof (widest_bound L k l Hl). unfold D. lia.
Qed.
End Layers.

(* --- tensor networks --- *)
Section TensorExistence.
Variables (L n : nat) (k : nat -> nat) (M : nat -> (nat -> nat) -> R) (ell dell : nat -> R -> R) (lower : R).
Hypothesis ell_derive : forall i u, is_derive (ell i) u (dell i u).
Hypothesis dell_lipschitz : forall i, (i < n)%nat -> locally_lipschitz_scalar (dell i).
Hypothesis loss_bounded : forall w, lower <= tensor_loss L n k M ell w.

Lemma contract_lipschitz N T (w : (nat -> R) -> nat -> nat -> R) p js :
  (forall l c, (l < p)%nat -> (c < k l)%nat -> locally_lipschitz N (fun x => w x l c)) ->
  locally_lipschitz N (fun x => contract_below k T (w x) p js).
Proof.
  revert js. induction p as [|p IH]; intros js H; simpl; [apply lipschitz_const|].
  apply (lipschitz_Sum N (k p) (fun c x => w x p c * contract_below k T (w x) p (set_index js p c))). intros c Hc.
  apply lipschitz_mult; auto.
Qed.

Lemma tensor_gradient_lipschitz l c : (l < L)%nat -> (c < k l)%nat ->
  locally_lipschitz (L * widest L k) (fun x => tensor_gradient L n k M dell (unpack (widest L k) x) l c).
Proof.
  intros Hl Hc. unfold tensor_gradient.
  apply (lipschitz_Sum _ n (fun i x => dell i (contract L k (M i) (unpack (widest L k) x))
    * slot L k (M i) (unpack (widest L k) x) l c)).
  intros i Hi. apply lipschitz_mult.
  - apply (lipschitz_comp _ (dell i)); auto. apply contract_lipschitz. intros; apply unpacked_lipschitz; auto.
  - unfold slot, contract. apply (contract_lipschitz _ (M i) (fun x => with_layer (unpack (widest L k) x) l (delta c))).
    intros l' c' Hl' Hc'. unfold with_layer. destruct (Nat.eqb l' l);
      [apply lipschitz_const | apply unpacked_lipschitz; auto].
Qed.

Lemma tensor_chain_rule (v dv : nat -> nat -> R -> R) :
  (forall l c, (l < L)%nat -> (c < k l)%nat -> path (v l c) (dv l c)) ->
  path (fun t => tensor_loss L n k M ell (at_time v t))
    (fun t => Sum L (fun l => Sum (k l) (fun c => tensor_gradient L n k M dell (at_time v t) l c * dv l c t))).
Proof.
  intros P.
  pose proof (path_sum n (fun i t => ell i (contract L k (M i) (at_time v t))) _ (fun i _ =>
    path_comp _ _ (ell i) (dell i) (contract_path k (M i) L v dv P) (ell_derive i))) as Q.
  apply (path_eq _ _ _ Q). intros t _. unfold tensor_gradient.
  rewrite (Sum_ext n _ (fun i => Sum L (fun l => Sum (k l) (fun c =>
    dell i (contract L k (M i) (at_time v t)) * slot L k (M i) (at_time v t) l c * dv l c t)))).
  - rewrite Sum_swap. apply Sum_ext. intros l _. rewrite Sum_swap. apply Sum_ext. intros c _. rewrite Sum_scal_r.
    reflexivity.
  - intros i _. rewrite <- Sum_scal_r. apply Sum_ext. intros l _. rewrite <- Sum_scal_r. apply Sum_ext. intros; ring.
Qed.

Theorem tensor_flow_exists (w0 : nat -> nat -> R) : exists v : nat -> nat -> R -> R,
  tensor_gradient_flow L n k M ell v /\ forall l c, (l < L)%nat -> (c < k l)%nat -> v l c 0 = w0 l c.
Proof.
  destruct (layered_flow_exists L k (tensor_loss L n k M ell) (tensor_gradient L n k M dell) lower
    tensor_gradient_lipschitz tensor_chain_rule loss_bounded w0) as [v H].
  exists v. split; [|intros l c Hl Hc; apply (H l c Hl Hc)].
  intros l c Hl Hc. destruct (H l c Hl Hc) as [_ [C Dv]]. split; auto. intros t Ht. specialize (Dv t Ht).
  pose proof (is_derive_unique _ _ _ (tensor_partial_derivative L n k M ell dell ell_derive (at_time v t) l c Hl Hc))
    as Eq.
  match goal with |- is_derive _ _ (- ?x) => match type of Eq with _ = ?e => replace x with e
    by (symmetry; exact Eq) end end. exact Dv.
Qed.

Lemma tensor_gradient_local w w' l c : (forall l c, (l < L)%nat -> (c < k l)%nat -> w l c = w' l c) ->
  (l < L)%nat -> (c < k l)%nat -> tensor_gradient L n k M dell w l c = tensor_gradient L n k M dell w' l c.
Proof.
  intros H Hl Hc. unfold tensor_gradient. apply Sum_ext. intros i _. f_equal.
  - f_equal. apply contract_below_ext. exact H.
  - unfold slot. apply contract_below_ext. intros l' c' Hl' Hc'. unfold with_layer. destruct (Nat.eqb l' l); auto.
Qed.

Lemma tensor_layered_flow v : tensor_gradient_flow L n k M ell v -> layered_flow L k (tensor_gradient L n k M dell) v.
Proof.
  intros Fl l c Hl Hc. destruct (Fl l c Hl Hc) as [C Dv]. split; auto. intros t Ht. specialize (Dv t Ht).
  pose proof (is_derive_unique _ _ _ (tensor_partial_derivative L n k M ell dell ell_derive (at_time v t) l c Hl Hc))
    as Eq.
  match type of Dv with is_derive _ _ (- ?x) => match type of Eq with _ = ?e => replace x with e in Dv
    by (symmetry; exact Eq) end end. exact Dv.
Qed.

Theorem tensor_flow_unique v v' : tensor_gradient_flow L n k M ell v -> tensor_gradient_flow L n k M ell v' ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> v l c 0 = v' l c 0) ->
  forall l c t, (l < L)%nat -> (c < k l)%nat -> 0 <= t -> v l c t = v' l c t.
Proof.
  intros Fl Fl'.
  apply (layered_flow_unique L k (tensor_gradient L n k M dell) tensor_gradient_lipschitz tensor_gradient_local);
    apply tensor_layered_flow; auto.
Qed.
End TensorExistence.

(* --- odeco networks, squared loss --- *)
Section NetworkExistence.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R) (X : nat -> nat -> R)
  (y : nat -> R).
Let A := data_matrix d S X.
Let net_gradient (w : nat -> nat -> R) (l c : nat) : R :=
  Sum m (fun j => U l c j * (dual_gradient L m n A y (reduced k U w) j * ProdBut L (reduced k U w j) l)).

Lemma network_gradient_lipschitz l c : (l < L)%nat -> (c < k l)%nat ->
  locally_lipschitz (L * widest L k) (fun x => net_gradient (unpack (widest L k) x) l c).
Proof.
  intros Hl Hc. set (N := (L * widest L k)%nat). unfold net_gradient.
  assert (Re : forall j l', (l' < L)%nat -> locally_lipschitz N (fun x => reduced k U (unpack (widest L k) x) j l')).
  { intros j l' Hl'. unfold reduced. apply (lipschitz_Sum N (k l') (fun c x => U l' c j * unpack (widest L k) x l' c)).
    intros c' Hc'. apply lipschitz_mult; [apply lipschitz_const | apply unpacked_lipschitz; auto]. }
  apply (lipschitz_Sum N m (fun j x => U l c j * (dual_gradient L m n A y (reduced k U (unpack (widest L k) x)) j
    * ProdBut L (reduced k U (unpack (widest L k) x) j) l))). intros j _.
  apply lipschitz_mult; [apply lipschitz_const|]. apply lipschitz_mult.
  - unfold dual_gradient.
    apply (lipschitz_Sum N n (fun i x => A i j * residual L m A y (reduced k U (unpack (widest L k) x)) i)). intros i _.
    apply lipschitz_mult; [apply lipschitz_const|]. unfold residual, Rminus.
    apply lipschitz_plus; [|apply lipschitz_const].
    apply (lipschitz_Sum N m (fun j x => A i j * coefficient L (reduced k U (unpack (widest L k) x)) j)). intros j' _.
    apply lipschitz_mult; [apply lipschitz_const|]. unfold coefficient.
    apply (lipschitz_Prod N L (fun l x => reduced k U (unpack (widest L k) x) j' l)). auto.
  - unfold ProdBut. apply (lipschitz_Prod N L (fun l' x =>
      if Nat.eqb l' l then 1 else reduced k U (unpack (widest L k) x) j l')). intros l' Hl'.
    destruct (Nat.eqb l' l); [apply lipschitz_const | auto].
Qed.

Lemma network_chain_rule (v dv : nat -> nat -> R -> R) :
  (forall l c, (l < L)%nat -> (c < k l)%nat -> path (v l c) (dv l c)) ->
  path (fun t => network_loss L d m n k S U X y (at_time v t))
    (fun t => Sum L (fun l => Sum (k l) (fun c => net_gradient (at_time v t) l c * dv l c t))).
Proof.
  intros P.
  set (eta := fun j l t => Sum (k l) (fun c => U l c j * v l c t)).
  set (deta := fun j l t => Sum (k l) (fun c => U l c j * dv l c t)).
  assert (Pe : forall j l, (l < L)%nat -> path (eta j l) (deta j l)).
  { intros j l Hl. apply (path_sum (k l) (fun c t => U l c j * v l c t) (fun c t => U l c j * dv l c t)). intros c Hc.
    apply path_scal; auto. }
  assert (Pr : forall i, path (fun t => residual L m A y (reduced k U (at_time v t)) i)
    (fun t => Sum m (fun j => A i j * Sum L (fun l => deta j l t * ProdBut L (fun l => eta j l t) l)))).
  { intros i. apply (path_eq _ (fun t => Sum m (fun j =>
      A i j * Sum L (fun l => deta j l t * ProdBut L (fun l => eta j l t) l)) - 0)); [|intros; ring].
    apply (path_minus (fun t => Sum m (fun j => A i j * Prod L (fun l => eta j l t))) (fun _ => y i));
      [|apply path_const].
    apply (path_sum m (fun j t => A i j * Prod L (fun l => eta j l t))). intros j _. apply path_scal.
    apply (path_prod L (fun l => eta j l)). intros l Hl. apply Pe; auto. }
  pose proof (path_scal (/ 2) _ _ (path_sum n (fun i t =>
    residual L m A y (reduced k U (at_time v t)) i ^ 2) _ (fun i _ => path_sq _ _ (Pr i)))) as Q.
  apply (path_eq _ _ _ Q). intros t _. cbv beta.
  set (r := fun i => residual L m A y (reduced k U (at_time v t)) i).
  set (q := fun j => Sum L (fun l => deta j l t * ProdBut L (fun l => eta j l t) l)).
  transitivity (Sum m (fun j => Sum n (fun i => A i j * r i) * q j)).
  - rewrite <- Sum_scal_l. rewrite (Sum_ext n _ (fun i => Sum m (fun j => (A i j * r i) * q j))).
    + rewrite Sum_swap. apply Sum_ext. intros j _. apply Sum_scal_r.
    + intros i _. change (residual L m A y (reduced k U (at_time v t)) i) with (r i).
      rewrite <- Rmult_assoc. replace (/ 2 * (2 * r i)) with (r i) by field. rewrite <- Sum_scal_l. apply Sum_ext.
      intros j _. unfold q. ring.
  - unfold net_gradient.
    rewrite (Sum_ext L _ (fun l => Sum m (fun j =>
      Sum n (fun i => A i j * r i) * (deta j l t * ProdBut L (fun l => eta j l t) l)))).
    + rewrite Sum_swap. apply Sum_ext. intros j _. unfold q. rewrite Sum_scal_l. reflexivity.
    + intros l _. rewrite (Sum_ext (k l) _ (fun c =>
        Sum m (fun j => (Sum n (fun i => A i j * r i) * ProdBut L (fun l => eta j l t) l) * (U l c j * dv l c t)))).
      * rewrite Sum_swap. apply Sum_ext. intros j _. rewrite Sum_scal_l. unfold deta. ring.
      * intros c _. rewrite <- Sum_scal_r. apply Sum_ext. intros j _.
        change (dual_gradient L m n A y (reduced k U (at_time v t)) j) with (Sum n (fun i => A i j * r i)).
        change (ProdBut L (reduced k U (at_time v t) j) l) with (ProdBut L (fun l => eta j l t) l). ring.
Qed.

Lemma network_loss_nonneg w : 0 <= network_loss L d m n k S U X y w.
Proof. unfold network_loss. apply Rmult_le_pos; [lra|]. apply Sum_nonneg. intros; apply pow2_ge_0. Qed.

Theorem network_flow_exists (w0 : nat -> nat -> R) : exists v : nat -> nat -> R -> R,
  gradient_flow L d m n k S U X y v /\ forall l c, (l < L)%nat -> (c < k l)%nat -> v l c 0 = w0 l c.
Proof.
  destruct (layered_flow_exists L k (network_loss L d m n k S U X y) net_gradient 0
    network_gradient_lipschitz network_chain_rule network_loss_nonneg w0) as [v H].
  exists v. split; [|intros l c Hl Hc; apply (H l c Hl Hc)].
  intros l c Hl Hc. destruct (H l c Hl Hc) as [_ [C Dv]]. split; auto. intros t Ht. specialize (Dv t Ht).
  pose proof (is_derive_unique _ _ _ (partial_derivative L d m n k S U X y (at_time v t) l c Hl Hc)) as Eq.
  match goal with |- is_derive _ _ (- ?x) => match type of Eq with _ = ?e => replace x with e
    by (symmetry; exact Eq) end end. exact Dv.
Qed.

Lemma network_gradient_local w w' l c : (forall l c, (l < L)%nat -> (c < k l)%nat -> w l c = w' l c) ->
  (l < L)%nat -> (c < k l)%nat -> net_gradient w l c = net_gradient w' l c.
Proof.
  intros H Hl Hc.
  assert (Re : forall j l', (l' < L)%nat -> reduced k U w j l' = reduced k U w' j l').
  { intros j l' Hl'. unfold reduced. apply Sum_ext. intros c' Hc'. rewrite H; auto. }
  unfold net_gradient. apply Sum_ext. intros j _. f_equal. f_equal.
  - unfold dual_gradient. apply Sum_ext. intros i _. f_equal. unfold residual. f_equal. apply Sum_ext. intros j' _.
    f_equal.
    unfold coefficient. apply Prod_ext. intros l' Hl'. apply Re; auto.
  - apply ProdBut_ext. intros l' Hl' _. apply Re; auto.
Qed.

Lemma network_layered_flow v : gradient_flow L d m n k S U X y v -> layered_flow L k net_gradient v.
Proof.
  intros Fl l c Hl Hc. destruct (Fl l c Hl Hc) as [C Dv]. split; auto. intros t Ht. specialize (Dv t Ht).
  pose proof (is_derive_unique _ _ _ (partial_derivative L d m n k S U X y (at_time v t) l c Hl Hc)) as Eq.
  match type of Dv with is_derive _ _ (- ?x) => match type of Eq with _ = ?e => replace x with e in Dv
    by (symmetry; exact Eq) end end. exact Dv.
Qed.

Theorem network_flow_unique v v' : gradient_flow L d m n k S U X y v -> gradient_flow L d m n k S U X y v' ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> v l c 0 = v' l c 0) ->
  forall l c t, (l < L)%nat -> (c < k l)%nat -> 0 <= t -> v l c t = v' l c t.
Proof.
  intros Fl Fl'. apply (layered_flow_unique L k net_gradient network_gradient_lipschitz network_gradient_local);
    apply network_layered_flow; auto.
Qed.
End NetworkExistence.

(* --- diagonal networks --- *)
Theorem diagonal_flow_exists (L m n : nat) (X : nat -> nat -> R) (y : nat -> R)
  (w0 : nat -> nat -> R) : exists v : nat -> nat -> R -> R,
  diagonal_gradient_flow L m n X y v /\ forall l j, (l < L)%nat -> (j < m)%nat -> v l j 0 = w0 l j.
Proof.
  destruct (network_flow_exists L m m n (fun _ => m) delta (fun _ c j => delta j c) X y w0) as [v [Fl V0]].
  exists v. split; auto. intros l j Hl Hj. destruct (Fl l j Hl Hj) as [C D]. split; auto. intros t Ht.
  rewrite (Derive_ext _ (fun s => network_loss L m m n (fun _ => m) delta (fun _ c j =>
    delta j c) X y (replace_entry (at_time v t) l j s))); auto.
  intros s. symmetry. apply diagonal_is_network.
Qed.
