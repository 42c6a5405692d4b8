(* C1 for complex orthogonally decomposable networks with real parameters:
     f(x) = sum_j (S x)_j prod_l eta_{l,j},  eta_{l,j} = sum_c U_l[c,j] v_l[c],  U_l^H U_l = I.
   Wherever the (real) parameters move by
     v_l[c]' = - sum_j g_j U_l[c,j] prod_{k <> l} eta_{k,j},
   the reduced coordinates solve eta_{l,j}' = - conj(g_j prod_{k <> l} eta_{k,j}); then
   |eta_{l,j}|^2 - |eta_{k,j}|^2 is constant and the angular momenta Im(conj(eta_{l,j}) eta_{l,j}') agree.
   The factors g_j(t) are any complex functions: any loss. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow.
Open Scope R_scope.

(* --- finite products and sums --- *)
Fixpoint CProd (n : nat) (f : nat -> C) : C := match n with O => RtoC 1 | S p => Cmult (CProd p f) (f p) end.
Definition CProdBut (n : nat) (f : nat -> C) (i : nat) : C :=
  CProd n (fun p => if Nat.eqb p i then RtoC 1 else f p).
Definition CSum (n : nat) (f : nat -> C) : C := (Sum n (fun p => fst (f p)), Sum n (fun p => snd (f p))).

Lemma CProd_ext n f g : (forall p, (p < n)%nat -> f p = g p) -> CProd n f = CProd n g.
Proof. induction n as [|n IH]; intros H; simpl; [reflexivity|]. rewrite IH, H; auto. Qed.

Lemma CProdBut_mul n f i : (i < n)%nat -> Cmult (f i) (CProdBut n f i) = CProd n f.
Proof.
  unfold CProdBut. induction n as [|n IH]; intros Hi; simpl; [lia|].
  destruct (Nat.eq_dec i n) as [->|Hne].
  - rewrite Nat.eqb_refl, (CProd_ext n _ f); [ring|].
    intros p Hp. destruct (Nat.eqb_spec p n); [lia | reflexivity].
  - destruct (Nat.eqb_spec n i); [lia|]. rewrite <- IH by lia. ring.
Qed.

Lemma C_eq (a b : C) : fst a = fst b -> snd a = snd b -> a = b.
Proof. destruct a, b. simpl. intros -> ->. reflexivity. Qed.

Lemma CSum_ext n f g : (forall p, (p < n)%nat -> f p = g p) -> CSum n f = CSum n g.
Proof. intros H. apply C_eq; simpl; apply Sum_ext; intros p Hp; rewrite H; auto. Qed.

Lemma CSum_scal n c f : CSum n (fun p => Cmult c (f p)) = Cmult c (CSum n f).
Proof.
  apply C_eq; simpl.
  - rewrite Sum_minus, !Sum_scal_l. reflexivity.
  - rewrite Sum_plus, !Sum_scal_l. reflexivity.
Qed.

Lemma CSum_swap n m f : CSum n (fun i => CSum m (fun j => f i j)) = CSum m (fun j => CSum n (fun i => f i j)).
Proof. apply C_eq; simpl; apply Sum_swap. Qed.

Lemma CSum_conj n f : Cconj (CSum n f) = CSum n (fun p => Cconj (f p)).
Proof. apply C_eq; simpl; [reflexivity | rewrite Sum_opp; reflexivity]. Qed.

Lemma CSum_delta n i f : (i < n)%nat -> CSum n (fun p => Cmult (RtoC (delta i p)) (f p)) = f i.
Proof.
  intros Hi. apply C_eq; simpl.
  - rewrite (Sum_ext n _ (fun p => delta i p * fst (f p))) by (intros; ring). apply (Sum_delta n i (fun p => fst (f p))); auto.
  - rewrite (Sum_ext n _ (fun p => delta i p * snd (f p))) by (intros; ring). apply (Sum_delta n i (fun p => snd (f p))); auto.
Qed.

Lemma Cconj_mult a b : Cconj (Cmult a b) = Cmult (Cconj a) (Cconj b).
Proof. apply C_eq; simpl; ring. Qed.

Definition squared_modulus (a : C) : R := fst a ^ 2 + snd a ^ 2.
(* Im(conj(a) b) *)
Definition angular_momentum (a b : C) : R := snd (Cmult (Cconj a) b).

Lemma squared_modulus_Cmod a : squared_modulus a = Cmod a ^ 2.
Proof. unfold squared_modulus, Cmod. rewrite pow2_sqrt; [reflexivity|]. apply Rplus_le_le_0_compat; apply pow2_ge_0. Qed.

Section ComplexOdeco.
Variables (L m : nat) (k : nat -> nat) (U : nat -> nat -> nat -> C) (g : nat -> R -> C) (v : nat -> nat -> R -> R).

(* U_l^H U_l = I *)
Hypothesis unitary : forall l j j', (l < L)%nat -> (j < m)%nat -> (j' < m)%nat ->
  CSum (k l) (fun c => Cmult (Cconj (U l c j')) (U l c j)) = RtoC (delta j j').

Definition eta (j l : nat) (t : R) : C := CSum (k l) (fun c => Cmult (U l c j) (RtoC (v l c t))).
Definition pull (j l : nat) (t : R) : C := Cmult (g j t) (CProdBut L (fun q => eta j q t) l).
(* the partial derivative of the loss in v_l[c]: a complex expression *)
Definition partial (l c : nat) (t : R) : C := CSum m (fun j => Cmult (U l c j) (pull j l t)).

(* the network is real on real parameters, so the expression is real; the flow *)
Hypothesis real_partial : forall l c t, (l < L)%nat -> (c < k l)%nat -> 0 < t -> snd (partial l c t) = 0.
Hypothesis flow : forall l c, (l < L)%nat -> (c < k l)%nat ->
  filterlim (v l c) (at_right 0) (locally (v l c 0)) /\
  forall t, 0 < t -> is_derive (v l c) t (- fst (partial l c t)).

Let velocity (j l : nat) (t : R) : C := Copp (Cconj (pull j l t)).

Lemma velocity_value j l t : (j < m)%nat -> (l < L)%nat -> 0 < t ->
  CSum (k l) (fun c => Cmult (U l c j) (RtoC (- fst (partial l c t)))) = velocity j l t.
Proof.
  intros Hj Hl Ht.
  rewrite (CSum_ext (k l) _ (fun c => Cmult (RtoC (-1))
    (CSum m (fun j' => Cmult (Cconj (pull j' l t)) (Cmult (Cconj (U l c j')) (U l c j)))))).
  - rewrite CSum_scal, CSum_swap.
    rewrite (CSum_ext m _ (fun j' => Cmult (RtoC (delta j j')) (Cconj (pull j' l t)))).
    + rewrite (CSum_delta m j (fun j' => Cconj (pull j' l t))) by auto.
      unfold velocity. apply C_eq; simpl; ring.
    + intros j' Hj'. rewrite CSum_scal, unitary by auto. ring.
  - intros c Hc.
    assert (Rl : RtoC (- fst (partial l c t)) = Copp (Cconj (partial l c t))).
    { apply C_eq; [reflexivity|]. change (0 = - - snd (partial l c t)).
      rewrite real_partial by auto. ring. }
    rewrite Rl. unfold partial. rewrite CSum_conj.
    rewrite (CSum_ext m (fun j' => Cmult (Cconj (pull j' l t)) _)
      (fun j' => Cmult (U l c j) (Cconj (Cmult (U l c j') (pull j' l t)))))
      by (intros; rewrite Cconj_mult; ring).
    rewrite CSum_scal. apply C_eq; simpl; ring.
Qed.

Let start (f : R -> R) (t : R) : R := f (Rmax 0 t).

Lemma eta_path j l : (j < m)%nat -> (l < L)%nat ->
  path (start (fun t => fst (eta j l t))) (fun t => fst (velocity j l t)) /\
  path (start (fun t => snd (eta j l t))) (fun t => snd (velocity j l t)).
Proof.
  intros Hj Hl.
  pose proof (fun c Hc => path_extend _ _ (proj1 (flow l c Hl Hc)) (proj2 (flow l c Hl Hc))) as Pv.
  split.
  - apply (path_ext (fun t => Sum (k l) (fun c => fst (U l c j) * v l c (Rmax 0 t)))).
    + intros t. unfold start. simpl. apply Sum_ext. intros; ring.
    + apply (path_eq _ (fun t => Sum (k l) (fun c => fst (U l c j) * - fst (partial l c t)))).
      * apply (path_sum (k l) (fun c t => fst (U l c j) * v l c (Rmax 0 t))). intros c Hc. apply path_scal; auto.
      * intros t Ht. rewrite <- velocity_value by auto. simpl. apply Sum_ext. intros; ring.
  - apply (path_ext (fun t => Sum (k l) (fun c => snd (U l c j) * v l c (Rmax 0 t)))).
    + intros t. unfold start. simpl. apply Sum_ext. intros; ring.
    + apply (path_eq _ (fun t => Sum (k l) (fun c => snd (U l c j) * - fst (partial l c t)))).
      * apply (path_sum (k l) (fun c t => snd (U l c j) * v l c (Rmax 0 t))). intros c Hc. apply path_scal; auto.
      * intros t Ht. rewrite <- velocity_value by auto. simpl. apply Sum_ext. intros; ring.
Qed.

(* conj(eta) eta' does not depend on the layer *)
Lemma common_product j l t : (l < L)%nat ->
  Cmult (Cconj (eta j l t)) (velocity j l t) = Copp (Cconj (Cmult (g j t) (CProd L (fun q => eta j q t)))).
Proof.
  intros Hl. rewrite <- (CProdBut_mul L (fun q => eta j q t) l Hl). unfold velocity, pull.
  rewrite !Cconj_mult. ring.
Qed.

Theorem complex_moduli_constant j l l' t : (j < m)%nat -> (l < L)%nat -> (l' < L)%nat -> 0 <= t ->
  Cmod (eta j l t) ^ 2 - Cmod (eta j l' t) ^ 2 = Cmod (eta j l 0) ^ 2 - Cmod (eta j l' 0) ^ 2.
Proof.
  intros Hj Hl Hl' Ht. rewrite <- !squared_modulus_Cmod.
  assert (Q : forall q, (q < L)%nat -> path (start (fun t => squared_modulus (eta j q t)))
    (fun t => 2 * fst (Copp (Cconj (Cmult (g j t) (CProd L (fun q => eta j q t))))))).
  { intros q Hq. destruct (eta_path j q Hj Hq) as [Pr Pi].
    apply (path_eq _ _ _ (path_plus _ _ _ _ (path_sq _ _ Pr) (path_sq _ _ Pi))).
    intros u Hu. rewrite <- (common_product j q u Hq).
    unfold start. rewrite Rmax_right by lra. generalize (eta j q u) (velocity j q u). intros [a b] [c d]. simpl. ring. }
  assert (P : path (start (fun t => squared_modulus (eta j l t) - squared_modulus (eta j l' t))) (fun _ => 0))
    by (apply (path_eq _ _ _ (path_minus _ _ _ _ (Q l Hl) (Q l' Hl'))); intros; ring).
  pose proof (path_constant _ t P Ht) as E. unfold start in E.
  rewrite (Rmax_right 0 t), (Rmax_left 0 0) in E by lra. exact E.
Qed.

Theorem equal_angular_momenta j l l' t : (j < m)%nat -> (l < L)%nat -> (l' < L)%nat -> 0 < t ->
  (* the derivative of eta is this velocity, *)
  (is_derive (fun t => fst (eta j l t)) t (fst (Copp (Cconj (pull j l t)))) /\
   is_derive (fun t => snd (eta j l t)) t (snd (Copp (Cconj (pull j l t))))) /\
  (* and the angular momenta agree *)
  angular_momentum (eta j l t) (Copp (Cconj (pull j l t))) = angular_momentum (eta j l' t) (Copp (Cconj (pull j l' t))).
Proof.
  intros Hj Hl Hl' Ht. split.
  - destruct (eta_path j l Hj Hl) as [[_ Dr] [_ Di]].
    split; [apply (is_derive_ext_loc (start (fun t => fst (eta j l t))))
           |apply (is_derive_ext_loc (start (fun t => snd (eta j l t))))].
    + apply (locally_interval _ t 0 p_infty); simpl; auto. intros s Hs _. unfold start. rewrite Rmax_right by lra. reflexivity.
    + apply Dr; auto.
    + apply (locally_interval _ t 0 p_infty); simpl; auto. intros s Hs _. unfold start. rewrite Rmax_right by lra. reflexivity.
    + apply Di; auto.
  - unfold angular_momentum. do 2 change (Copp (Cconj (pull j ?q t))) with (velocity j q t).
    rewrite (common_product j l t Hl) at 1. fold (velocity j l' t). rewrite (common_product j l' t Hl'). reflexivity.
Qed.
End ComplexOdeco.
