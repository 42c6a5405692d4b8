(* beta = u^D - v^D entrywise, half squared loss (Woodworth et al. 2020). The gradient flow in u and v is,
   with the clock
   t/D, the flow of 2 m coordinates with D equal layers, u and v side by side, and data rows (x, -x): [power_solution].
   It exists from every start, and is the only one: [power_flow_exists], [power_flow_unique]. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt Network Uniqueness Existence NetworkExistence Wellposed.
Open Scope R_scope.

Section Power.
Variables (D m n : nat) (X : nat -> nat -> R) (y : nat -> R).

(* layer 0 is u, layer 1 is v *)
Definition power_coefficient (w : nat -> nat -> R) (j : nat) : R := w 0%nat j ^ D - w 1%nat j ^ D.
Definition power_loss (w : nat -> nat -> R) : R :=
  / 2 * Sum n (fun i => (Sum m (fun j => X i j * power_coefficient w j) - y i) ^ 2).
Definition power_gradient_flow (v : nat -> nat -> R -> R) : Prop :=
  forall l j, (l < 2)%nat -> (j < m)%nat ->
    filterlim (v l j) (at_right 0) (locally (v l j 0)) /\
    forall t, 0 < t -> is_derive (v l j) t
      (- Derive (fun s => power_loss (replace_entry (at_time v t) l j s)) (v l j t)).

Let sg (l : nat) : R := if Nat.eqb l 0 then 1 else -1.
Let r (w : nat -> nat -> R) (i : nat) : R := Sum m (fun j => X i j * power_coefficient w j) - y i.
Let pull (w : nat -> nat -> R) (j : nat) : R := Sum n (fun i => X i j * r w i).
Let gradient (w : nat -> nat -> R) (l j : nat) : R := sg l * pull w j * (INR D * w l j ^ (D - 1)).

Lemma sides (l : nat) : (l < 2)%nat -> l = 0%nat \/ l = 1%nat.
Proof. lia. Qed.

Lemma residual_replace w l c s i : (l < 2)%nat -> (c < m)%nat ->
  r (replace_entry w l c s) i = r w i + X i c * sg l * (s ^ D - w l c ^ D).
Proof.
  intros Hl Hc. unfold r.
  rewrite (Sum_ext m (fun j => X i j * power_coefficient (replace_entry w l c s) j) (fun j =>
    X i j * power_coefficient w j + delta c j * (X i c * sg l * (s ^ D - w l c ^ D)))).
  - rewrite Sum_plus, (Sum_delta m c (fun _ => X i c * sg l * (s ^ D - w l c ^ D))) by auto. ring.
  - intros j _. unfold power_coefficient, replace_entry, delta, sg.
    destruct (sides l Hl) as [-> | ->]; simpl; rewrite (Nat.eqb_sym c j); destruct (Nat.eqb_spec j c) as [->|]; ring.
Qed.

Lemma power_partial w l c : (l < 2)%nat -> (c < m)%nat ->
  is_derive (fun s => power_loss (replace_entry w l c s)) (w l c) (gradient w l c).
Proof.
  intros Hl Hc. unfold power_loss.
  apply (is_derive_ext (fun s => / 2 * Sum n (fun i => (r w i + X i c * sg l * (s ^ D - w l c ^ D)) ^ 2))).
  { intros s. f_equal. apply Sum_ext. intros i _. fold (r (replace_entry w l c s) i). rewrite residual_replace by auto.
    reflexivity. }
  replace (gradient w l c) with (/ 2 * Sum n (fun i => 2 * r w i * (X i c * sg l * (INR D * w l c ^ (D - 1))))).
  - apply (is_derive_scal (fun s => Sum n (fun i => (r w i + X i c * sg l * (s ^ D - w l c ^ D)) ^ 2))).
    apply (is_derive_Sum n (fun i s => (r w i + X i c * sg l * (s ^ D - w l c ^ D)) ^ 2)). intros i _.
    auto_derive; auto. replace (pred D) with (D - 1)%nat by lia. ring.
  - unfold gradient, pull. rewrite <- Sum_scal_l, <- Sum_scal_l, <- Sum_scal_r. apply Sum_ext. intros i _. field.
Qed.

Lemma power_flow_iff v : power_gradient_flow v <->
  layered_flow 2 (fun _ => m) gradient v.
Proof.
  assert (E : forall t l j, (l < 2)%nat -> (j < m)%nat ->
    Derive (fun s => power_loss (replace_entry (at_time v t) l j s)) (v l j t) = gradient (at_time v t) l j)
    by (intros t l j Hl Hj; apply is_derive_unique, (power_partial (at_time v t) l j Hl Hj)).
  split; intros Fl l j Hl Hj; destruct (Fl l j Hl Hj) as [C De]; (split; [exact C|]); intros t Ht; specialize (De t Ht).
  - rewrite E in De by auto. exact De.
  - rewrite E by auto. exact De.
Qed.

Lemma gradient_lipschitz l j : (l < 2)%nat -> (j < m)%nat ->
  locally_lipschitz (2 * widest 2 (fun _ => m)) (fun x => gradient (unpack (widest 2 (fun _ => m)) x) l j).
Proof.
  intros Hl Hj. set (N := (2 * widest 2 (fun _ => m))%nat).
  assert (Co : forall l j, (l < 2)%nat -> (j < m)%nat -> locally_lipschitz N (fun x => unpack (widest 2 (fun _ =>
    m)) x l j))
    by (intros; apply unpacked_lipschitz; auto).
  assert (Po : forall p l j, (l < 2)%nat -> (j < m)%nat ->
    locally_lipschitz N (fun x => unpack (widest 2 (fun _ => m)) x l j ^ p)).
  { intros p l' j' Hl' Hj'. induction p as [|p IH]; simpl; [apply lipschitz_const | apply lipschitz_mult; auto]. }
  unfold gradient. apply lipschitz_mult; [|apply lipschitz_mult; [apply lipschitz_const | apply Po; auto]].
  apply lipschitz_mult; [apply lipschitz_const|]. unfold pull.
  apply (lipschitz_Sum N n (fun i x => X i j * r (unpack (widest 2 (fun _ => m)) x) i)). intros i _.
  apply lipschitz_mult; [apply lipschitz_const|]. unfold r.
  apply (lipschitz_ext N (fun x => Sum m (fun j => X i j * power_coefficient (unpack (widest 2 (fun _ => m)) x) j) +
    - y i));
    [intros; ring|]. apply lipschitz_plus; [|apply lipschitz_const].
  apply (lipschitz_Sum N m (fun j x => X i j * power_coefficient (unpack (widest 2 (fun _ => m)) x) j)). intros j' Hj'.
  apply lipschitz_mult; [apply lipschitz_const|]. unfold power_coefficient.
  apply (lipschitz_ext N (fun x => unpack (widest 2 (fun _ => m)) x 0 j' ^ D + -1 * unpack (widest 2 (fun _ =>
    m)) x 1 j' ^ D));
    [intros; ring|]. apply lipschitz_plus; [apply Po; auto | apply lipschitz_mult; [apply lipschitz_const | apply Po;
      auto]].
Qed.

(* the derivative of the loss along differentiable curves *)
Lemma power_chain v dv : (forall l j, (l < 2)%nat -> (j < m)%nat -> path (v l j) (dv l j)) ->
  path (fun t => power_loss (at_time v t)) (fun t => Sum 2 (fun l => Sum m (fun j =>
    gradient (at_time v t) l j * dv l j t))).
Proof.
  intros P.
  assert (Pp : forall l j, (l < 2)%nat -> (j < m)%nat ->
    path (fun t => v l j t ^ D) (fun t => dv l j t * (INR D * v l j t ^ (D - 1)))).
  { intros l j Hl Hj. apply (path_comp _ _ (fun x => x ^ D) (fun x => INR D * x ^ (D - 1)) (P l j Hl Hj)).
    intros x. auto_derive; auto. replace (pred D) with (D - 1)%nat by lia. ring. }
  assert (Pr : forall i, path (fun t => r (at_time v t) i) (fun t => Sum m (fun j =>
    X i j * (dv 0%nat j t * (INR D * v 0%nat j t ^ (D - 1)) - dv 1%nat j t * (INR D * v 1%nat j t ^ (D - 1)))))).
  { intros i. apply (path_eq _ _ _ (path_minus _ _ _ _ (path_sum m (fun j t =>
    X i j * power_coefficient (at_time v t) j) _
      (fun j Hj => path_scal (X i j) _ _ (path_minus _ _ _ _ (Pp 0%nat j ltac:(lia) Hj) (Pp 1%nat j ltac:(lia) Hj))))
      (path_const (y i)))).
    intros t _. cbv beta. ring. }
  apply (path_eq _ _ _ (path_scal (/ 2) _ _ (path_sum n (fun i t => r (at_time v t) i ^ 2) _ (fun i _ =>
    path_sq _ _ (Pr i))))).
  intros t _. cbn [Sum]. rewrite Rplus_0_l, <- Sum_plus, <- Sum_scal_l.
  transitivity (Sum n (fun i => Sum m (fun j => r (at_time v t) i * (X i j *
    (dv 0%nat j t * (INR D * v 0%nat j t ^ (D - 1)) - dv 1%nat j t * (INR D * v 1%nat j t ^ (D - 1))))))).
  - apply Sum_ext. intros i _. rewrite Sum_scal_l. field.
  - rewrite Sum_swap. apply Sum_ext. intros j _. unfold gradient, pull, sg, at_time. simpl Nat.eqb. cbv iota.
    transitivity (Sum n (fun i => X i j * r (fun j0 l => v j0 l t) i) * (dv 0%nat j t * (INR D * v 0%nat j t ^ (D -
      1)) -
      dv 1%nat j t * (INR D * v 1%nat j t ^ (D - 1)))); [|ring].
    rewrite <- Sum_scal_r. apply Sum_ext. intros i _. ring.
Qed.

Lemma power_one_flow w0 : one_flow 2 (fun _ => m) power_gradient_flow w0.
Proof.
  destruct (layered_flow_exists 2 (fun _ => m) power_loss gradient 0 gradient_lipschitz power_chain) with (w0 := w0)
    as [v Fl].
  - intros w. apply Rmult_le_pos; [lra|]. apply Sum_nonneg. intros; apply pow2_ge_0.
  - exists v. assert (Lf : layered_flow 2 (fun _ => m) gradient v) by (intros l c Hl Hc; split; apply (Fl l c Hl Hc)).
    split; [apply power_flow_iff, Lf | split; [intros l c Hl Hc; apply (Fl l c Hl Hc)|]].
    intros v' Fl' V0 l c t Hl Hc Ht. apply (layered_flow_unique 2 (fun _ => m) gradient gradient_lipschitz); auto.
    + intros w w' l' c' E Hl' Hc'. unfold gradient, pull, r, power_coefficient. rewrite E by auto. f_equal. f_equal.
      apply Sum_ext. intros i _. f_equal. f_equal. apply Sum_ext. intros j Hj. rewrite !E by auto. reflexivity.
    + apply power_flow_iff, Fl'.
    + intros l' c' Hl' Hc'. rewrite V0 by auto. symmetry. apply (Fl l' c' Hl' Hc').
Qed.

(* --- u and v side by side, all D layers equal --- *)
Definition side_by_side (i k : nat) : R := if Nat.ltb k m then X i k else - X i (k - m)%nat.
Definition doubled (v : nat -> nat -> R -> R) (k _l : nat) (t : R) : R :=
  if Nat.ltb k m then v 0%nat k (t / INR D) else v 1%nat (k - m)%nat (t / INR D).

Lemma Sum_sides f : Sum (m + m) f = Sum m (fun j => f j + f (m + j)%nat).
Proof. rewrite Sum_split, <- Sum_plus. reflexivity. Qed.

Lemma side_low i j : (j < m)%nat -> side_by_side i j = X i j.
Proof. intros Hj. unfold side_by_side. destruct (Nat.ltb_spec j m); [reflexivity | lia]. Qed.

Lemma side_high i j : side_by_side i (m + j)%nat = - X i j.
Proof.
  unfold side_by_side. destruct (Nat.ltb_spec (m + j) m); [lia|]. f_equal. f_equal. lia.
Qed.

Lemma power_solution v : (1 <= D)%nat -> power_gradient_flow v -> solution D (m + m) n side_by_side y (doubled v).
Proof.
  intros HD Fl. apply power_flow_iff in Fl. assert (PD : 0 < INR D) by (apply lt_0_INR; lia).
  assert (Clock : forall l c, (l < 2)%nat -> (c < m)%nat ->
    filterlim (fun t => v l c (t / INR D)) (at_right 0) (locally (v l c (0 / INR D))) /\
    forall t, 0 < t -> is_derive (fun t => v l c (t / INR D)) t (- gradient (at_time v (t / INR D)) l c / INR D)).
  { intros l c Hl Hc. destruct (Fl l c Hl Hc) as [C De]. split.
    - replace (0 / INR D) with 0 by (field; lra). apply (filterlim_comp _ _ _ (fun t =>
        t / INR D) (v l c) _ (at_right 0));
        auto.
      intros P [e He]. assert (Pe : 0 < e * INR D) by (apply Rmult_lt_0_compat; [apply cond_pos | exact PD]).
      exists (mkposreal _ Pe). intros t Bt Ht. apply He; [|apply Rdiv_lt_0_compat; auto].
      change (Rabs (t - 0) < e * INR D) in Bt. change (Rabs (t / INR D - 0) < e). rewrite Rminus_0_r in *.
      rewrite Rabs_pos_eq in * by (try (apply Rlt_le, Rdiv_lt_0_compat); lra).
      apply (Rmult_lt_reg_r (INR D)); auto. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
    - intros t Ht. replace (- gradient (at_time v (t / INR D)) l c / INR D)
        with (/ INR D * - gradient (at_time v (t / INR D)) l c) by (field; lra).
      apply (is_derive_comp (v l c) (fun t => t / INR D)); [apply De, Rdiv_lt_0_compat; auto|].
      auto_derive; auto. field. lra. }
  intros k l Hk Hl.
  (* the velocity of the 2 m coordinates is that of u and v *)
  assert (Co : forall t k, coefficient D (at_time (doubled v) t) k =
    (if Nat.ltb k m then v 0%nat k (t / INR D) else v 1%nat (k - m)%nat (t / INR D)) ^ D)
    by (intros t k'; unfold coefficient, at_time, doubled; apply Prod_const).
  assert (Re : forall t i, residual D (m + m) side_by_side y (at_time (doubled v) t) i = r (at_time v (t / INR D)) i).
  { intros t i. unfold residual, r. f_equal. rewrite Sum_sides. apply Sum_ext. intros j Hj.
    rewrite side_low, side_high, !Co by auto. unfold power_coefficient, at_time.
    destruct (Nat.ltb_spec j m); [|lia]. destruct (Nat.ltb_spec (m + j) m); [lia|].
    replace (m + j - m)%nat with j by lia. ring. }
  assert (Bu : forall t, ProdBut D (fun q => at_time (doubled v) t k q) l =
    (if Nat.ltb k m then v 0%nat k (t / INR D) else v 1%nat (k - m)%nat (t / INR D)) ^ (D - 1))
    by (intros t; unfold at_time, doubled; apply ProdBut_const, Hl).
  unfold velocity. unfold doubled at 1 2 3.
  assert (Side : exists q, (q < 2)%nat /\ exists c, (c < m)%nat /\ (forall i, side_by_side i k = sg q * X i c) /\
    forall t, (if Nat.ltb k m then v 0%nat k (t / INR D) else v 1%nat (k - m)%nat (t / INR D)) = v q c (t / INR D)).
  { unfold side_by_side, sg. destruct (Nat.ltb_spec k m) as [Lt|Ge].
    - exists 0%nat. split; [lia|]. exists k. split; [exact Lt|]. split; [intros; simpl; ring | reflexivity].
    - exists 1%nat. split; [lia|]. exists (k - m)%nat. split; [lia|]. split; [intros; simpl; ring | reflexivity]. }
  destruct Side as [q [Hq [c [Hc [Sx Sv]]]]]. destruct (Clock q c Hq Hc) as [C De]. split.
  - rewrite Sv. apply (filterlim_ext (fun t => v q c (t / INR D))); [intros; symmetry; apply Sv | exact C].
  - intros t Ht. apply (is_derive_ext (fun t => v q c (t / INR D))); [intros; symmetry; apply Sv|].
    rewrite Bu, Sv.
    replace (- dual_gradient D (m + m) n side_by_side y (at_time (doubled v) t) k * v q c (t / INR D) ^ (D - 1))
      with (- gradient (at_time v (t / INR D)) q c / INR D); [apply De, Ht|].
    unfold gradient, dual_gradient. rewrite (Sum_ext n _ (fun i => sg q * (X i c * r (at_time v (t / INR D)) i)))
      by (intros i _; rewrite Sx, Re; ring).
    rewrite Sum_scal_l. unfold pull, at_time. field. lra.
Qed.
End Power.
