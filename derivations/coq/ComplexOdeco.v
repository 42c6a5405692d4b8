(* C1 for complex orthogonally decomposable networks with real parameters:
     f(x) = sum_j (S x)_j prod_l eta_{l,j},  eta_{l,j} = sum_c U_l[c,j] v_l[c],  U_l^H U_l = I.
   Wherever the (real) parameters move by
     v_l[c]' = - sum_j g_j U_l[c,j] prod_{k <> l} eta_{k,j},
   the reduced coordinates solve eta_{l,j}' = - conj(g_j prod_{k <> l} eta_{k,j}); then
   |eta_{l,j}|^2 - |eta_{k,j}|^2 is constant and the angular momenta Im(conj(eta_{l,j}) eta_{l,j}') agree.
   The factors g_j(t) are any complex functions: any loss. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network.
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
  - rewrite (Sum_ext n _ (fun p => delta i p * fst (f p))) by (intros; ring).
    apply (Sum_delta n i (fun p => fst (f p))); auto.
  - rewrite (Sum_ext n _ (fun p => delta i p * snd (f p))) by (intros; ring).
    apply (Sum_delta n i (fun p => snd (f p))); auto.
Qed.

Lemma Cconj_mult a b : Cconj (Cmult a b) = Cmult (Cconj a) (Cconj b).
Proof. apply C_eq; simpl; ring. Qed.

Definition squared_modulus (a : C) : R := fst a ^ 2 + snd a ^ 2.
(* Im(conj(a) b) *)
Definition angular_momentum (a b : C) : R := snd (Cmult (Cconj a) b).

Lemma squared_modulus_Cmod a : squared_modulus a = Cmod a ^ 2.
Proof. unfold squared_modulus, Cmod. rewrite pow2_sqrt; [reflexivity|]. apply Rplus_le_le_0_compat; apply pow2_ge_0.
Qed.

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
    + apply (locally_interval _ t 0 p_infty); simpl; auto. intros s Hs _. unfold start. rewrite Rmax_right by lra.
      reflexivity.
    + apply Dr; auto.
    + apply (locally_interval _ t 0 p_infty); simpl; auto. intros s Hs _. unfold start. rewrite Rmax_right by lra.
      reflexivity.
    + apply Di; auto.
  - unfold angular_momentum. do 2 change (Copp (Cconj (pull j ?q t))) with (velocity j q t).
    rewrite (common_product j l t Hl) at 1. fold (velocity j l' t). rewrite (common_product j l' t Hl'). reflexivity.
Qed.
End ComplexOdeco.

(* --- the gradient flow itself --- *)
Section ComplexNetwork.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> C) (U : nat -> nat -> nat -> C)
          (X : nat -> nat -> R) (ell dell : nat -> R -> R).
Hypothesis ell_derive : forall i u, is_derive (ell i) u (dell i u).
Hypothesis unitary : forall l j j', (l < L)%nat -> (j < m)%nat -> (j' < m)%nat ->
  CSum (k l) (fun c => Cmult (Cconj (U l c j')) (U l c j)) = RtoC (delta j j').

Definition complex_reduced (w : nat -> nat -> R) (j l : nat) : C :=
  CSum (k l) (fun c => Cmult (U l c j) (RtoC (w l c))).
(* (S x)_j *)
Definition feature (x : nat -> R) (j : nat) : C := CSum d (fun a => Cmult (S j a) (RtoC (x a))).
Definition complex_output (w : nat -> nat -> R) (x : nat -> R) : C :=
  CSum m (fun j => Cmult (feature x j) (CProd L (complex_reduced w j))).
(* the network is real on real parameters *)
Hypothesis real_network : forall w i, snd (complex_output w (X i)) = 0.

Definition complex_loss (w : nat -> nat -> R) : R := Sum n (fun i => ell i (fst (complex_output w (X i)))).

Definition complex_gradient_flow (v : nat -> nat -> R -> R) : Prop :=
  forall l c, (l < L)%nat -> (c < k l)%nat ->
    filterlim (v l c) (at_right 0) (locally (v l c 0)) /\
    forall t, 0 < t -> is_derive (v l c) t
      (- Derive (fun s => complex_loss (replace_entry (at_time v t) l c s)) (v l c t)).

(* derivative of the output in w_l[c] *)
Definition sensitivity (w : nat -> nat -> R) (x : nat -> R) (l c : nat) : C :=
  CSum m (fun j => Cmult (U l c j) (Cmult (feature x j) (CProdBut L (complex_reduced w j) l))).

Lemma complex_reduced_replace w l c s j l' : (c < k l)%nat ->
  complex_reduced (replace_entry w l c s) j l' =
  if Nat.eqb l' l then Cplus (complex_reduced w j l) (Cmult (RtoC (s - w l c)) (U l c j)) else complex_reduced w j l'.
Proof.
  intros Hc. unfold complex_reduced, replace_entry. destruct (Nat.eqb_spec l' l) as [->|N]; [|reflexivity].
  rewrite <- (CSum_delta (k l) c (fun c' => U l c' j)) by auto.
  rewrite <- CSum_scal. apply C_eq; simpl; rewrite <- Sum_plus; apply Sum_ext; intros c' _;
    unfold delta; rewrite (Nat.eqb_sym c c'); destruct (Nat.eqb_spec c' c) as [->|]; ring.
Qed.

Lemma output_replace w x l c s : (l < L)%nat -> (c < k l)%nat ->
  complex_output (replace_entry w l c s) x = Cplus (complex_output w x)
    (Cmult (RtoC (s - w l c)) (sensitivity w x l c)).
Proof.
  intros Hl Hc. unfold complex_output, sensitivity. rewrite <- CSum_scal.
  assert (Plus : forall p f g, CSum p (fun q => Cplus (f q) (g q)) = Cplus (CSum p f) (CSum p g))
    by (intros; apply C_eq; simpl; apply Sum_plus).
  rewrite <- Plus. apply CSum_ext. intros j _.
  rewrite <- (CProdBut_mul L (complex_reduced (replace_entry w l c s) j) l Hl).
  rewrite <- (CProdBut_mul L (complex_reduced w j) l Hl).
  rewrite complex_reduced_replace, Nat.eqb_refl by auto.
  unfold CProdBut. rewrite (CProd_ext L _ (fun p => if Nat.eqb p l then RtoC 1 else complex_reduced w j p)).
  - ring.
  - intros p _. rewrite complex_reduced_replace by auto. destruct (Nat.eqb p l); reflexivity.
Qed.

Lemma real_sensitivity w i l c : (l < L)%nat -> (c < k l)%nat -> snd (sensitivity w (X i) l c) = 0.
Proof.
  intros Hl Hc. pose proof (real_network (replace_entry w l c (w l c + 1)) i) as R1.
  rewrite output_replace in R1 by auto. pose proof (real_network w i) as R0.
  replace (w l c + 1 - w l c) with 1 in R1 by ring.
  generalize dependent (sensitivity w (X i) l c). generalize dependent (complex_output w (X i)).
  intros [a b] E [p q]. simpl in *. lra.
Qed.

Lemma complex_partial_derivative w l c : (l < L)%nat -> (c < k l)%nat ->
  is_derive (fun s => complex_loss (replace_entry w l c s)) (w l c)
    (Sum n (fun i => dell i (fst (complex_output w (X i))) * fst (sensitivity w (X i) l c))).
Proof.
  intros Hl Hc. unfold complex_loss.
  enough (D : forall N, is_derive (fun s => Sum N (fun i =>
    ell i (fst (complex_output (replace_entry w l c s) (X i))))) (w l c)
    (Sum N (fun i => dell i (fst (complex_output w (X i))) * fst (sensitivity w (X i) l c)))) by apply D.
  induction N as [|N IH]; simpl Sum.
  - apply (is_derive_const 0).
  - apply (is_derive_plus (fun s => Sum N (fun i => ell i (fst (complex_output (replace_entry w l c s) (X i)))))
      (fun s => ell N (fst (complex_output (replace_entry w l c s) (X N))))); auto.
    apply (is_derive_ext (fun s => ell N (fst (complex_output w (X N)) + (s - w l c) * fst (sensitivity w (X N) l c)))).
    { intros s. rewrite output_replace by auto.
      generalize (complex_output w (X N)) (sensitivity w (X N) l c). intros [a b] [p q]. simpl. f_equal. ring. }
    rewrite Rmult_comm.
    apply (is_derive_comp (ell N) (fun s => fst (complex_output w (X N)) + (s - w l c)
      * fst (sensitivity w (X N) l c))).
    + replace (fst (complex_output w (X N)) + (w l c - w l c) * fst (sensitivity w (X N) l c))
        with (fst (complex_output w (X N))) by ring. apply ell_derive.
    + auto_derive; auto. ring.
Qed.

Variable v : nat -> nat -> R -> R.
Hypothesis v_flow : complex_gradient_flow v.

(* g = S X^T (derivative of the loss in the outputs) *)
Let g (j : nat) (t : R) : C :=
  CSum n (fun i => Cmult (RtoC (dell i (fst (complex_output (at_time v t) (X i))))) (feature (X i) j)).

Lemma partial_value l c t :
  partial L m k U g v l c t =
  CSum n (fun i => Cmult (RtoC (dell i (fst (complex_output (at_time v t) (X i)))))
    (sensitivity (at_time v t) (X i) l c)).
Proof.
  unfold partial, pull, sensitivity.
  rewrite (CSum_ext n _ (fun i => CSum m (fun j => Cmult (Cmult (U l c j) (CProdBut L (fun q => eta k U v j q t) l))
    (Cmult (RtoC (dell i (fst (complex_output (at_time v t) (X i))))) (feature (X i) j))))).
  - rewrite CSum_swap. apply CSum_ext. intros j _. rewrite CSum_scal. fold (g j t). ring.
  - intros i _. rewrite <- CSum_scal. apply CSum_ext. intros j _.
    change (complex_reduced (at_time v t) j) with (fun q => eta k U v j q t). ring.
Qed.

Lemma CSum_real_scal (a : nat -> R) (z : nat -> C) :
  CSum n (fun i => Cmult (RtoC (a i)) (z i)) = (Sum n (fun i => a i * fst (z i)), Sum n (fun i => a i * snd (z i))).
Proof. apply C_eq; simpl; apply Sum_ext; intros; ring. Qed.

Lemma reduced_hypotheses :
  (forall l c t, (l < L)%nat -> (c < k l)%nat -> 0 < t -> snd (partial L m k U g v l c t) = 0) /\
  (forall l c, (l < L)%nat -> (c < k l)%nat ->
    filterlim (v l c) (at_right 0) (locally (v l c 0)) /\
    forall t, 0 < t -> is_derive (v l c) t (- fst (partial L m k U g v l c t))).
Proof.
  split.
  - intros l c t Hl Hc _. rewrite partial_value, CSum_real_scal. unfold snd at 1.
    apply Sum_zero. intros i _. rewrite real_sensitivity by auto. ring.
  - intros l c Hl Hc. destruct (v_flow l c Hl Hc) as [Cv D]. split; auto. intros t Ht. specialize (D t Ht).
    pose proof (is_derive_unique _ _ _ (complex_partial_derivative (at_time v t) l c Hl Hc)) as E.
    match type of D with is_derive _ _ (- ?x) =>
      match type of E with _ = ?e => replace x with e in D by (symmetry; exact E) end end.
    match type of D with is_derive _ _ (- ?x) => replace (fst (partial L m k U g v l c t)) with x; [exact D|] end.
    rewrite partial_value, CSum_real_scal. reflexivity.
Qed.

Theorem complex_network_moduli_constant j l l' t : (j < m)%nat -> (l < L)%nat -> (l' < L)%nat -> 0 <= t ->
  Cmod (complex_reduced (at_time v t) j l) ^ 2 - Cmod (complex_reduced (at_time v t) j l') ^ 2 =
  Cmod (complex_reduced (at_time v 0) j l) ^ 2 - Cmod (complex_reduced (at_time v 0) j l') ^ 2.
Proof.
  destruct reduced_hypotheses as [Rl Fl].
  exact (complex_moduli_constant L m k U g v unitary Rl Fl j l l' t).
Qed.

(* conj(eta_l) eta_l' is the same for all layers *)
Theorem complex_network_common_momentum j l l' t : (j < m)%nat -> (l < L)%nat -> (l' < L)%nat -> 0 < t ->
  exists e e' : C,
    is_derive (fun t => fst (complex_reduced (at_time v t) j l)) t (fst e) /\
    is_derive (fun t => snd (complex_reduced (at_time v t) j l)) t (snd e) /\
    is_derive (fun t => fst (complex_reduced (at_time v t) j l')) t (fst e') /\
    is_derive (fun t => snd (complex_reduced (at_time v t) j l')) t (snd e') /\
    Cmult (Cconj (complex_reduced (at_time v t) j l)) e = Cmult (Cconj (complex_reduced (at_time v t) j l')) e'.
Proof.
  intros Hj Hl Hl' Ht. destruct reduced_hypotheses as [Rl Fl].
  destruct (equal_angular_momenta L m k U g v unitary Rl Fl j l l' t Hj Hl Hl' Ht) as [[D1 D2] _].
  destruct (equal_angular_momenta L m k U g v unitary Rl Fl j l' l t Hj Hl' Hl Ht) as [[D3 D4] _].
  exists (Copp (Cconj (pull L k U g v j l t))), (Copp (Cconj (pull L k U g v j l' t))).
  repeat (split; [assumption|]).
  transitivity (Copp (Cconj (Cmult (g j t) (CProd L (fun q => eta k U v j q t))))).
  - exact (common_product L k U g v j l t Hl).
  - symmetry. exact (common_product L k U g v j l' t Hl').
Qed.
End ComplexNetwork.
