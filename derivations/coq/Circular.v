(* C5 for circular convolutional networks of full-length filters:
     f(x) = sum_{j_0 .. j_{L-1}} x_{(j_0 + ... + j_{L-1}) mod d} prod_l v_{l, j_l}.
   The autocorrelations of two layers differ by constants: the real, rational form of the law that
   |(F v_l)_j|^2 - |(F v_k)_j|^2 is constant for the discrete Fourier transform F. Any loss. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Tensor.
Open Scope R_scope.

Fixpoint NSum (n : nat) (f : nat -> nat) : nat :=
  match n with O => O | S p => (NSum p f + f p)%nat end.

Lemma NSum_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> NSum n f = NSum n g.
Proof.
  induction n as [|n IH]; intros H; simpl; [reflexivity|]. rewrite IH, H; auto.
Qed.

(* one index moved by e moves the sum *)
Lemma NSum_shift d n q a l e : d <> 0%nat -> (l < n)%nat ->
  (forall i, (i < n)%nat -> i <> l -> q i = a i) -> q l = ((a l + e) mod d)%nat ->
  (NSum n q mod d = (NSum n a + e) mod d)%nat.
Proof.
  intros Hd. induction n as [|n IH]; intros Hl He Hq; [lia|]. simpl.
  destruct (Nat.eq_dec l n) as [->|N].
  - rewrite Hq, Nat.add_mod_idemp_r by auto.
    rewrite (NSum_ext n q a) by (intros; apply He; lia). f_equal. lia.
  - rewrite <- Nat.add_mod_idemp_l, IH, Nat.add_mod_idemp_l by (auto; lia).
    rewrite (He n) by lia. f_equal. lia.
Qed.

Lemma Sum_rotate d f : d <> 0%nat -> Sum d (fun c => f ((c + 1) mod d)%nat) = Sum d f.
Proof.
  intros Hd. destruct d as [|p]; [lia|]. rewrite (Sum_first p f), Sum_last.
  replace (p + 1)%nat with (S p) by lia. rewrite Nat.mod_same by lia.
  rewrite (Sum_ext p _ (fun c => f (S c))); [ring|].
  intros c Hc. rewrite Nat.mod_small by lia. f_equal. lia.
Qed.

Lemma Sum_cyclic d s f : d <> 0%nat -> Sum d (fun c => f ((c + s) mod d)%nat) = Sum d f.
Proof.
  intros Hd. induction s as [|s IH].
  - apply Sum_ext. intros c Hc. rewrite Nat.add_0_r, Nat.mod_small by auto. reflexivity.
  - rewrite <- IH, <- (Sum_rotate d (fun c => f ((c + s) mod d)%nat)) by auto.
    apply Sum_ext. intros c _. rewrite Nat.add_mod_idemp_l by auto. f_equal. f_equal. lia.
Qed.

(* M(x)_{j_0 .. j_{L-1}} = x_{(j_0 + ... + j_{L-1}) mod d} *)
Definition circular (L d : nat) (x : nat -> R) (js : nat -> nat) : R := x (NSum L js mod d)%nat.
Definition rotated (d s : nat) (u : nat -> R) : nat -> R := fun c => u ((c + s) mod d)%nat.
Definition autocorrelation (d s : nat) (u : nat -> R) : R := Sum d (fun c => u c * rotated d s u c).

Lemma contract_below_same k M M' w N js js' :
  (forall q q', (forall i, (i < N)%nat -> q i = q' i) ->
     (forall i, (N <= i)%nat -> q i = js i /\ q' i = js' i) -> M q = M' q') ->
  contract_below k M w N js = contract_below k M' w N js'.
Proof.
  revert js js'. induction N as [|N IH]; intros js js' H; simpl.
  - apply H; [intros; lia | auto].
  - apply Sum_ext. intros c _. f_equal. apply IH. intros q q' Hb Ha.
    assert (E : q N = c /\ q' N = c).
    { destruct (Ha N (le_n N)) as [-> ->]. unfold set_index. rewrite Nat.eqb_refl. auto. }
    apply H.
    + intros i Hi. destruct (Nat.eq_dec i N) as [->|]; [lia | apply Hb; lia].
    + intros i Hi. destruct (Ha i ltac:(lia)) as [-> ->]. unfold set_index.
      destruct (Nat.eqb_spec i N); [lia | auto].
Qed.

Section Circular.
Variables (L d : nat).
Hypothesis d_pos : d <> 0%nat.
Let k (_ : nat) := d.

(* undoing a rotation by s *)
Definition back (s : nat) : nat := (s * (d - 1))%nat.

Lemma back_spec c s : (c < d)%nat -> (((c + s) mod d + back s) mod d = c)%nat.
Proof.
  intros Hc. rewrite Nat.add_mod_idemp_l by auto. unfold back.
  replace (c + s + s * (d - 1))%nat with (c + s * d)%nat by nia.
  rewrite Nat.mod_add, Nat.mod_small by auto. reflexivity.
Qed.

Lemma back_spec' c s : (c < d)%nat -> (((c + back s) mod d + s) mod d = c)%nat.
Proof.
  intros Hc. rewrite <- (back_spec c s Hc) at 2. rewrite !Nat.add_mod_idemp_l by auto. f_equal. lia.
Qed.

(* rotating the filter of a layer is rotating the input, whatever the layer *)
Lemma rotate_layer_below x w l s N js : (l < N)%nat -> (N <= L)%nat ->
  contract_below k (circular L d x) (with_layer w l (rotated d s (w l))) N js =
  contract_below k (circular L d (rotated d (back s) x)) w N js.
Proof.
  revert js. induction N as [|N IH]; intros js Hl HN; [lia|]. simpl.
  destruct (Nat.eq_dec l N) as [->|Ne].
  - rewrite (Sum_ext (k N) _ (fun c => (fun c' => w N c' *
      contract_below k (circular L d (rotated d (back s) x)) w N (set_index js N c')) ((c + s) mod d)%nat)).
    + unfold k at 1 3. apply (Sum_cyclic d s (fun c' => w N c' *
        contract_below k (circular L d (rotated d (back s) x)) w N (set_index js N c'))); auto.
    + intros c Hc. unfold k in Hc. rewrite with_layer_below by lia. unfold with_layer. rewrite Nat.eqb_refl.
      f_equal. apply contract_below_same. intros q q' Hb Ha. unfold circular.
      assert (El : q N = ((q' N + back s) mod d)%nat).
      { destruct (Ha N (le_n N)) as [-> ->]. unfold set_index. rewrite Nat.eqb_refl, back_spec; auto. }
      unfold rotated. f_equal.
      rewrite (NSum_shift d L q q' N (back s)); auto; [rewrite Nat.add_mod_idemp_l by auto; reflexivity|].
      intros i Hi Hne. destruct (Nat.lt_ge_cases i N) as [Lt|Ge]; [apply Hb; auto|].
      destruct (Ha i Ge) as [-> ->]. unfold set_index. destruct (Nat.eqb_spec i N); [lia | reflexivity].
  - apply Sum_ext. intros c _. rewrite IH by lia. f_equal. unfold with_layer.
    destruct (Nat.eqb_spec N l); [lia | reflexivity].
Qed.

Lemma rotate_layer x w l s : (l < L)%nat ->
  Sum d (fun c => rotated d s (w l) c * slot L k (circular L d x) w l c) =
  contract L k (circular L d (rotated d (back s) x)) w.
Proof.
  intros Hl.
  transitivity (contract L k (circular L d x) (with_layer w l (rotated d s (w l)))).
  - symmetry. apply (contract_layer k (circular L d x) L w l (rotated d s (w l)) Hl).
  - apply rotate_layer_below; auto.
Qed.

Lemma form_value x w l s : (l < L)%nat ->
  Sum d (fun c => slot L k (circular L d x) w l c * w l ((c + s) mod d)%nat
                  + w l c * slot L k (circular L d x) w l ((c + s) mod d)%nat) =
  contract L k (circular L d (rotated d (back s) x)) w + contract L k (circular L d (rotated d (back (back s)) x)) w.
Proof.
  intros Hl. rewrite Sum_plus. f_equal.
  - rewrite <- (rotate_layer x w l s Hl). apply Sum_ext. intros c _. unfold rotated. ring.
  - rewrite <- (rotate_layer x w l (back s) Hl).
    rewrite <- (Sum_cyclic d (back s) (fun c => w l c * slot L k (circular L d x) w l ((c + s) mod d)%nat)) by auto.
    apply Sum_ext. intros c Hc. unfold rotated. rewrite back_spec' by auto. reflexivity.
Qed.

Variables (n : nat) (X : nat -> nat -> R) (ell dell : nat -> R -> R) (v : nat -> nat -> R -> R).
Hypothesis ell_derive : forall i u, is_derive (ell i) u (dell i u).
Hypothesis v_flow : tensor_gradient_flow L n (fun _ => d) (fun i => circular L d (X i)) ell v.

Theorem autocorrelation_differences_constant l l' s t : (l < L)%nat -> (l' < L)%nat -> 0 <= t ->
  autocorrelation d s (fun c => v l c t) - autocorrelation d s (fun c => v l' c t) =
  autocorrelation d s (fun c => v l c 0) - autocorrelation d s (fun c => v l' c 0).
Proof.
  intros Hl Hl' Ht.
  assert (Q : forall q, (q < L)%nat -> path (fun t => autocorrelation d s (fun c => v q c (Rmax 0 t)))
    (fun u => - Sum n (fun i => dell i (contract L k (circular L d (X i)) (at_time v u)) *
       (contract L k (circular L d (rotated d (back s) (X i))) (at_time v u)
        + contract L k (circular L d (rotated d (back (back s)) (X i))) (at_time v u))))).
  { intros q Hq.
    apply (path_eq _ _ _ (layer_form_path L n k (fun i => circular L d (X i)) ell dell ell_derive v v_flow q
      (fun c => ((c + s) mod d)%nat) Hq (fun c _ => Nat.mod_upper_bound (c + s) d d_pos))).
    intros u _. f_equal. apply Sum_ext. intros i _. f_equal. exact (form_value (X i) (at_time v u) q s Hq). }
  assert (P : path (fun t => autocorrelation d s (fun c => v l c (Rmax 0 t))
      - autocorrelation d s (fun c => v l' c (Rmax 0 t))) (fun _ => 0))
    by (apply (path_eq _ _ _ (path_minus _ _ _ _ (Q l Hl) (Q l' Hl'))); intros; ring).
  pose proof (path_constant _ t P Ht) as E. cbv beta in E.
  rewrite (Rmax_right 0 t), (Rmax_left 0 0) in E by lra. exact E.
Qed.

(* the same law in Fourier space *)
Definition power (u : nat -> R) (j : nat) : R :=
  let angle c := 2 * PI * INR j * INR c / INR d in
  Sum d (fun c => u c * cos (angle c)) ^ 2 + Sum d (fun c => u c * sin (angle c)) ^ 2.

Lemma cos_mod j a b : cos (2 * PI * INR j * (INR (a mod d) - b) / INR d) = cos (2 * PI * INR j * (INR a - b) / INR d).
Proof.
  assert (Pd : INR d <> 0) by (apply not_0_INR; auto).
  rewrite (Nat.div_mod a d d_pos) at 2. rewrite plus_INR, mult_INR.
  replace (2 * PI * INR j * (INR d * INR (a / d) + INR (a mod d) - b) / INR d)
    with (2 * PI * INR j * (INR (a mod d) - b) / INR d + 2 * INR (j * (a / d)) * PI)
    by (rewrite mult_INR; field; auto).
  symmetry. apply cos_period.
Qed.

Lemma power_from_autocorrelation u j :
  power u j = Sum d (fun s => cos (2 * PI * INR j * INR s / INR d) * autocorrelation d s u).
Proof.
  assert (Pd : INR d <> 0) by (apply not_0_INR; auto).
  unfold autocorrelation.
  rewrite (Sum_ext d _ (fun s => Sum d (fun c => u c * (cos (2 * PI * INR j * INR s / INR d) * u ((s + c) mod d)%nat))))
    by (intros s _; rewrite <- Sum_scal_l; apply Sum_ext; intros c _; unfold rotated; rewrite (Nat.add_comm c s); ring).
  rewrite Sum_swap.
  rewrite (Sum_ext d _ (fun c => u c * Sum d (fun c' => cos (2 * PI * INR j * (INR c' - INR c) / INR d) * u c'))).
  - unfold power.
    simpl pow. rewrite !Rmult_1_r, <- !Sum_scal_r, <- Sum_plus. apply Sum_ext. intros c _.
    rewrite <- !Sum_scal_l, <- Sum_plus. apply Sum_ext. intros c' _.
    replace (2 * PI * INR j * (INR c' - INR c) / INR d)
      with (2 * PI * INR j * INR c' / INR d - 2 * PI * INR j * INR c / INR d) by (field; auto).
    rewrite cos_minus. ring.
  - intros c _. rewrite Sum_scal_l. f_equal.
    rewrite <- (Sum_cyclic d c (fun c' => cos (2 * PI * INR j * (INR c' - INR c) / INR d) * u c')) by auto.
    apply Sum_ext. intros s _. rewrite cos_mod, plus_INR. do 3 f_equal. ring.
Qed.

(* |(F v_l)_j|^2 - |(F v_k)_j|^2, up to the factor 1/d *)
Theorem power_differences_constant l l' j t : (l < L)%nat -> (l' < L)%nat -> 0 <= t ->
  power (fun c => v l c t) j - power (fun c => v l' c t) j = power (fun c => v l c 0) j - power (fun c => v l' c 0) j.
Proof.
  intros Hl Hl' Ht. rewrite !power_from_autocorrelation, <- !Sum_minus. apply Sum_ext. intros s _.
  rewrite <- !Rmult_minus_distr_l. f_equal. apply autocorrelation_differences_constant; auto.
Qed.
End Circular.
