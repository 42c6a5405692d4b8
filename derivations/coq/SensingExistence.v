(* The gradient flows of deep matrix sensing and of fully connected networks (Sensing.v: any depth, any shapes, any
   losses bounded below with locally Lipschitz derivative) exist from every start, for all times, and are unique:
   sensing_flow_exists, fully_connected_flow_exists. So the balance laws C3, C4 and theorems on fully connected flows
   are about 'the' flow. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Conserved Sensing Uniqueness Picard Existence NetworkExistence.
Open Scope R_scope.

Lemma Sum_swap_scale p q (F : nat -> nat -> R) (g : nat -> R) :
  Sum p (fun c => Sum q (fun a => F a c) * g c) = Sum q (fun a => Sum p (fun c => F a c * g c)).
Proof.
  rewrite (Sum_ext p _ (fun c => Sum q (fun a => F a c * g c))) by (intros; symmetry; apply Sum_scal_r). apply Sum_swap.
Qed.

Section Shapes.
Variables (L n : nat) (d : nat -> nat) (A : nat -> matrix) (ell dell : nat -> R -> R) (lower : R).

Lemma before_frozen (W : nat -> R -> matrix) q t : before d W q t = before d (fun l _ => W l t) q 0.
Proof. induction q as [|q IH]; simpl; [reflexivity|]. rewrite IH. reflexivity. Qed.

Lemma after_frozen (W : nat -> R -> matrix) s q t : after d W s q t = after d (fun l _ => W l t) s q 0.
Proof. revert q. induction s as [|s IH]; intros q; simpl; [reflexivity|]. rewrite IH. reflexivity. Qed.

(* the product W_l ... W_{l+s}, last factor split off *)
Lemma after_last (W : nat -> R -> matrix) s l t i j : (i < d l)%nat -> (j < d (S (l + s)))%nat ->
  after d W (S s) l t i j = Sum (d (l + s)%nat) (fun c => after d W s l t i c * W (l + s)%nat t c j).
Proof.
  revert l i. induction s as [|s IH]; intros l i Hi Hj.
  - rewrite Nat.add_0_r in *. cbn [after]. rewrite mul_identity by auto. unfold identity.
    symmetry. apply (Sum_delta (d l) i (fun c => W l t c j)); auto.
  - rewrite Nat.add_succ_r in *. change (after d W (S (S s)) l t)
      with (mul (d (S l)) (W l t) (after d W (S s) (S l) t)).
    change (after d W (S s) l t) with (mul (d (S l)) (W l t) (after d W s (S l) t)). unfold mul.
    rewrite Sum_swap_scale. apply Sum_ext. intros q Hq. rewrite (IH (S l)) by auto. simpl Nat.add.
    rewrite <- Sum_scal_l.
    apply Sum_ext. intros; ring.
Qed.

(* the product rule *)
Lemma before_path (W dW : nat -> R -> matrix) :
  (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> path (fun t => W l t a b) (fun t =>
    dW l t a b)) ->
  forall l i j, (l <= L)%nat -> (i < d 0)%nat -> (j < d l)%nat ->
  path (fun t => before d W l t i j) (fun t => Sum l (fun q => Sum (d q) (fun a => Sum (d (S q)) (fun b =>
    before d W q t i a * dW q t a b * after d W (l - S q) (S q) t b j)))).
Proof.
  intros P. induction l as [|l IH]; intros i j Hl Hi Hj; [exact (path_const (identity i j))|].
  change (fun t => before d W (S l) t i j) with (fun t => Sum (d l) (fun c => before d W l t i c * W l t c j)).
  eapply path_eq; [apply (path_sum (d l) (fun c t => before d W l t i c * W l t c j)); intros c Hc; apply path_mult;
    [apply IH; auto; lia | apply P; auto]|].
  intros t _. cbv beta. rewrite Sum_plus. cbn [Sum]. f_equal.
  - rewrite Sum_swap_scale. apply Sum_ext. intros q Hq. rewrite Sum_swap_scale. apply Sum_ext. intros a _.
    rewrite Sum_swap_scale.
    apply Sum_ext. intros b Hb. replace (S l - S q)%nat with (S (l - S q)) by lia.
    assert (El : (S q + (l - S q) = l)%nat) by lia.
    rewrite (after_last W (l - S q) (S q) t b j) by (auto; rewrite El; auto). rewrite El, <- Sum_scal_l.
    apply Sum_ext. intros; ring.
  - replace (S l - S l)%nat with 0%nat by lia. cbn [after]. apply Sum_ext. intros a _. unfold identity.
    rewrite (Sum_ext (d (S l)) _ (fun b => delta j b * (before d W l t i a * dW l t a b)))
      by (intros b _; unfold delta; rewrite (Nat.eqb_sym b j); ring).
    rewrite (Sum_delta (d (S l)) j (fun b => before d W l t i a * dW l t a b)) by auto. reflexivity.
Qed.

(* the gradient, sensor by sensor *)
Definition frozen_gradient (w : nat -> matrix) (l a b : nat) : R :=
  layer_gradient L d (fun l _ => w l) (fun _ => end_gradient L n d A dell w) l 0 a b.

Lemma frozen_gradient_value w l a b : frozen_gradient w l a b = Sum n (fun i => dell i (sensed L d A w i) *
  Sum (d 0%nat) (fun p => Sum (d L) (fun q =>
    A i p q * (before d (fun l _ => w l) l 0 p a * after d (fun l _ => w l) (L - S l) (S l) 0 b q)))).
Proof.
  unfold frozen_gradient, layer_gradient. unfold mul at 1 2. unfold transpose, end_gradient. symmetry.
  rewrite (Sum_ext n _ (fun i => Sum (d 0%nat) (fun p => Sum (d L) (fun q => dell i (sensed L d A w i) * (A i p q *
    (before d (fun l _ => w l) l 0 p a * after d (fun l _ => w l) (L - S l) (S l) 0 b q)))))).
  2:{ intros i _. rewrite <- Sum_scal_l. apply Sum_ext. intros p _. rewrite <- Sum_scal_l. reflexivity. }
  rewrite (Sum_rotate3 n (d 0%nat) (d L)).
  apply Sum_ext. intros q _. rewrite <- Sum_scal_r. apply Sum_ext. intros p _.
  rewrite (Rmult_comm _ (Sum n _)), Rmult_assoc, <- Sum_scal_r. apply Sum_ext. intros; ring.
Qed.

Hypothesis ell_derive : forall i u, is_derive (ell i) u (dell i u).
Hypothesis dell_lipschitz : forall i, (i < n)%nat -> locally_lipschitz_scalar (dell i).
Hypothesis loss_bounded : forall w, lower <= sensing_loss L n d A ell w.

Lemma sensing_chain_rule (W dW : nat -> R -> matrix) :
  (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> path (fun t => W l t a b) (fun t =>
    dW l t a b)) ->
  path (fun t => sensing_loss L n d A ell (matrix_at W t))
    (fun t => Sum L (fun l => Sum (d l) (fun a => Sum (d (S l)) (fun b =>
    frozen_gradient (matrix_at W t) l a b * dW l t a b)))).
Proof.
  intros P.
  assert (Ps : forall i, path (fun t => sensed L d A (matrix_at W t) i) (fun t =>
    Sum (d 0%nat) (fun p => Sum (d L) (fun q => A i p q *
    Sum L (fun l => Sum (d l) (fun a => Sum (d (S l)) (fun b =>
      before d W l t p a * dW l t a b * after d W (L - S l) (S l) t b q))))))).
  { intros i. apply (path_ext (fun t => Sum (d 0%nat) (fun p => Sum (d L) (fun q => A i p q * before d W L t p q)))).
    - intros t. unfold sensed, product. rewrite before_frozen. reflexivity.
    - apply (path_sum (d 0%nat) (fun p t => Sum (d L) (fun q => A i p q * before d W L t p q))). intros p Hp.
      apply (path_sum (d L) (fun q t => A i p q * before d W L t p q)). intros q Hq. apply path_scal, before_path; auto.
      }
  pose proof (path_sum n (fun i t => ell i (sensed L d A (matrix_at W t) i)) _ (fun i _ =>
    path_comp _ _ (ell i) (dell i) (Ps i) (ell_derive i))) as Q.
  apply (path_eq _ _ _ Q). intros t _. cbv beta.
  set (r := fun i => dell i (sensed L d A (matrix_at W t) i)).
  set (g := fun i l a b => Sum (d 0%nat) (fun p =>
    Sum (d L) (fun q => A i p q * (before d W l t p a * after d W (L - S l) (S l) t b q)))).
  transitivity (Sum n (fun i => Sum L (fun l =>
    Sum (d l) (fun a => Sum (d (S l)) (fun b => r i * g i l a b * dW l t a b))))).
  - apply Sum_ext. intros i _. fold (r i).
    assert (Eq : Sum (d 0%nat) (fun p => Sum (d L) (fun q =>
      A i p q * Sum L (fun l => Sum (d l) (fun a => Sum (d (S l)) (fun b =>
        before d W l t p a * dW l t a b * after d W (L - S l) (S l) t b q))))) =
      Sum L (fun l => Sum (d l) (fun a => Sum (d (S l)) (fun b => g i l a b * dW l t a b)))).
    { rewrite (Sum_ext (d 0%nat) _ (fun p => Sum L (fun l =>
        Sum (d L) (fun q => Sum (d l) (fun a => Sum (d (S l)) (fun b =>
        A i p q * (before d W l t p a * after d W (L - S l) (S l) t b q) * dW l t a b)))))).
      - rewrite Sum_swap. apply Sum_ext. intros l _.
        rewrite (Sum_ext (d 0%nat) _ (fun p => Sum (d l) (fun a => Sum (d L) (fun q => Sum (d (S l)) (fun b =>
          A i p q * (before d W l t p a * after d W (L - S l) (S l) t b q) * dW l t a b)))))
            by (intros; apply Sum_swap).
        rewrite Sum_swap. apply Sum_ext. intros a _.
        rewrite (Sum_ext (d 0%nat) _ (fun p => Sum (d (S l)) (fun b => Sum (d L) (fun q =>
          A i p q * (before d W l t p a * after d W (L - S l) (S l) t b q) * dW l t a b)))) by (intros; apply Sum_swap).
        rewrite Sum_swap. apply Sum_ext. intros b _. unfold g. rewrite <- Sum_scal_r. apply Sum_ext. intros p _.
        apply Sum_scal_r.
      - intros p _. rewrite Sum_swap. apply Sum_ext. intros q _. rewrite <- Sum_scal_l. apply Sum_ext. intros l _.
        rewrite <- Sum_scal_l. apply Sum_ext. intros a _. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring. }
    rewrite Eq, Rmult_comm, <- Sum_scal_l. apply Sum_ext. intros l _. rewrite <- Sum_scal_l. apply Sum_ext. intros a _.
    rewrite <- Sum_scal_l. apply Sum_ext. intros; ring.
  - rewrite Sum_swap. apply Sum_ext. intros l _. rewrite Sum_swap. apply Sum_ext. intros a _. rewrite Sum_swap.
    apply Sum_ext. intros b _.
    rewrite frozen_gradient_value, <- Sum_scal_r. apply Sum_ext. intros i _. unfold g, r.
    rewrite (before_frozen W l t), (after_frozen W (L - S l) (S l) t). reflexivity.
Qed.

(* --- matrices laid out in layers --- *)
Definition matrix_width (l : nat) : nat := (d l * d (S l))%nat.
Definition as_matrices (w : nat -> nat -> R) : nat -> matrix := fun l a b => w l (a * d (S l) + b)%nat.
Definition vec_gradient (w : nat -> nat -> R) (l c : nat) : R := frozen_gradient (as_matrices w) l (c / d (S l))
  (c mod d (S l)).

Lemma cell_small l a b : (a < d l)%nat -> (b < d (S l))%nat -> (a * d (S l) + b < matrix_width l)%nat.
Proof. intros Ha Hb. unfold matrix_width. nia. Qed.

Lemma cell_decode l a b : (b < d (S l))%nat ->
  ((a * d (S l) + b) / d (S l) = a /\ (a * d (S l) + b) mod d (S l) = b)%nat.
Proof.
  intros Hb. split; [rewrite Nat.div_add_l, Nat.div_small by lia;
    lia | rewrite Nat.add_comm, Nat.mod_add, Nat.mod_small by lia; reflexivity].
Qed.

Lemma cell_range l c : (c < matrix_width l)%nat -> (c / d (S l) < d l)%nat /\ (c mod d (S l) < d (S l))%nat.
Proof.
  unfold matrix_width. intros H. assert (Nz : (d (S l) <> 0)%nat) by (intros Z; rewrite Z in H; lia).
  split; [apply Nat.div_lt_upper_bound; auto; lia | apply Nat.mod_upper_bound; auto].
Qed.

Section Calculus.
Variables (N : nat) (w : (nat -> R) -> nat -> matrix).
Hypothesis entries : forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  locally_lipschitz N (fun x => w x l a b).

Lemma before_lipschitz_shapes l i j : (l <= L)%nat -> (i < d 0)%nat -> (j < d l)%nat ->
  locally_lipschitz N (fun x => before d (fun l _ => w x l) l 0 i j).
Proof.
  revert j. induction l as [|l IH]; intros j Hl Hi Hj; simpl; [apply lipschitz_const|]. unfold mul.
  apply (lipschitz_Sum N (d l) (fun q x => before d (fun l _ => w x l) l 0 i q * w x l q j)). intros q Hq.
  apply lipschitz_mult; [apply IH; auto; lia | apply entries; auto].
Qed.

Lemma after_lipschitz_shapes s l i j : (l + s <= L)%nat -> (i < d l)%nat -> (j < d (l + s))%nat ->
  locally_lipschitz N (fun x => after d (fun l _ => w x l) s l 0 i j).
Proof.
  revert l i. induction s as [|s IH]; intros l i Hl Hi Hj; simpl; [apply lipschitz_const|]. unfold mul.
  apply (lipschitz_Sum N (d (S l)) (fun q x => w x l i q * after d (fun l _ => w x l) s (S l) 0 q j)). intros q Hq.
  apply lipschitz_mult; [apply entries; auto; lia | apply IH; auto; [lia | rewrite Nat.add_succ_r in Hj; exact Hj]].
Qed.

Lemma frozen_gradient_lipschitz l a b : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  locally_lipschitz N (fun x => frozen_gradient (w x) l a b).
Proof.
  intros Hl Ha Hb. apply (lipschitz_ext N (fun x => Sum n (fun i => dell i (sensed L d A (w x) i) *
    Sum (d 0%nat) (fun p => Sum (d L) (fun q =>
      A i p q * (before d (fun l _ => w x l) l 0 p a * after d (fun l _ => w x l) (L - S l) (S l) 0 b q)))))).
  { intros x. symmetry. apply frozen_gradient_value. }
  apply (lipschitz_Sum N n (fun i x => dell i (sensed L d A (w x) i) * Sum (d 0%nat) (fun p =>
    Sum (d L) (fun q => A i p q *
    (before d (fun l _ => w x l) l 0 p a * after d (fun l _ => w x l) (L - S l) (S l) 0 b q))))). intros i Hi.
  apply lipschitz_mult.
  - apply (lipschitz_comp N (dell i)); auto. unfold sensed.
    apply (lipschitz_Sum N (d 0%nat) (fun p x => Sum (d L) (fun q => A i p q * product d L (w x) p q))). intros p Hp.
    apply (lipschitz_Sum N (d L) (fun q x => A i p q * product d L (w x) p q)). intros q Hq.
    apply lipschitz_mult; [apply lipschitz_const | apply before_lipschitz_shapes; auto].
  - apply (lipschitz_Sum N (d 0%nat) (fun p x => Sum (d L) (fun q => A i p q *
      (before d (fun l _ => w x l) l 0 p a * after d (fun l _ => w x l) (L - S l) (S l) 0 b q)))). intros p Hp.
    apply (lipschitz_Sum N (d L) (fun q x => A i p q *
      (before d (fun l _ => w x l) l 0 p a * after d (fun l _ => w x l) (L - S l) (S l) 0 b q))). intros q Hq.
    apply lipschitz_mult; [apply lipschitz_const|]. apply lipschitz_mult.
    + apply before_lipschitz_shapes; auto; lia.
    + apply after_lipschitz_shapes; auto; [lia | replace (S l + (L - S l))%nat with L by lia; auto].
Qed.
End Calculus.

(* only the entries of the layers count *)
Lemma frozen_gradient_local w w' l a b :
  (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> w l a b = w' l a b) ->
  (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> frozen_gradient w l a b = frozen_gradient w' l a b.
Proof.
  intros H Hl Ha Hb.
  assert (Bf : forall q i j, (q <= L)%nat -> (i < d 0)%nat -> (j < d q)%nat -> before d (fun l _ =>
    w l) q 0 i j = before d (fun l _ => w' l) q 0 i j).
  { induction q as [|q IH]; intros i j Hq Hi Hj; simpl; [reflexivity|]. apply Sum_ext. intros c Hc.
    rewrite IH, H by (auto; lia). reflexivity. }
  assert (Af : forall s q i j, (q + s <= L)%nat -> (i < d q)%nat -> (j < d (q + s))%nat ->
    after d (fun l _ => w l) s q 0 i j = after d (fun l _ => w' l) s q 0 i j).
  { induction s as [|s IH]; intros q i j Hq Hi Hj; simpl; [reflexivity|]. apply Sum_ext. intros c Hc.
    rewrite IH, H by (auto; try lia; rewrite Nat.add_succ_r in Hj; exact Hj). reflexivity. }
  assert (Se : forall i, sensed L d A w i = sensed L d A w' i).
  { intros i. apply Sum_ext. intros p Hp. apply Sum_ext. intros q Hq. unfold product. rewrite Bf by auto. reflexivity. }
  rewrite !frozen_gradient_value. apply Sum_ext. intros i _. rewrite Se. f_equal. apply Sum_ext. intros p Hp.
  apply Sum_ext. intros q Hq.
  rewrite Bf, Af by (auto; try lia; replace (S l + (L - S l))%nat with L by lia; auto). reflexivity.
Qed.

Lemma sensing_flow_velocity W t l a b : (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
  Derive (fun s => sensing_loss L n d A ell (replace_matrix_entry (matrix_at W t) l a b s))
    (W l t a b) = frozen_gradient (matrix_at W t) l a b.
Proof.
  intros Hl Ha Hb. etransitivity;
    [exact (is_derive_unique _ _ _ (sensing_partial_derivative L n d A ell dell ell_derive W t l a b Hl Ha Hb))|].
  unfold frozen_gradient, layer_gradient. rewrite (before_frozen W l t), (after_frozen W (L - S l) (S l) t).
  reflexivity.
Qed.

Lemma vec_gradient_lipschitz l c : (l < L)%nat -> (c < matrix_width l)%nat ->
  locally_lipschitz (L * widest L matrix_width) (fun x => vec_gradient (unpack (widest L matrix_width) x) l c).
Proof.
  intros Hl Hc. destruct (cell_range l c Hc) as [Ha Hb]. unfold vec_gradient.
  apply (frozen_gradient_lipschitz _ (fun x => as_matrices (unpack (widest L matrix_width) x))); auto.
  intros l' a b Hl' Ha' Hb'. unfold as_matrices. apply unpacked_lipschitz; auto. apply cell_small; auto.
Qed.

Lemma vec_chain_rule (v dv : nat -> nat -> R -> R) :
  (forall l c, (l < L)%nat -> (c < matrix_width l)%nat -> path (v l c) (dv l c)) ->
  path (fun t => sensing_loss L n d A ell (as_matrices (at_time v t)))
    (fun t => Sum L (fun l => Sum (matrix_width l) (fun c => vec_gradient (at_time v t) l c * dv l c t))).
Proof.
  intros P.
  pose proof (sensing_chain_rule (fun l t a b => v l (a * d (S l) + b)%nat t) (fun l t a b =>
    dv l (a * d (S l) + b)%nat t)
    (fun l a b Hl Ha Hb => P l _ Hl (cell_small l a b Ha Hb))) as Q.
  apply (path_eq _ _ _ Q). intros t _. apply Sum_ext. intros l _. unfold matrix_width. rewrite Sum_rows.
  apply Sum_ext. intros a _. apply Sum_ext. intros b Hb. unfold vec_gradient.
  destruct (cell_decode l a b Hb) as [-> ->]. reflexivity.
Qed.

Theorem sensing_flow_exists (W0 : nat -> matrix) : exists W, sensing_gradient_flow L n d A ell W /\
  forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> W l 0 a b = W0 l a b.
Proof.
  destruct (layered_flow_exists L matrix_width (fun w => sensing_loss L n d A ell (as_matrices w)) vec_gradient lower
    vec_gradient_lipschitz vec_chain_rule ltac:(intros; apply loss_bounded)
      (fun l c => W0 l (c / d (S l))%nat (c mod d (S l))%nat)) as [v H].
  exists (fun l t a b => v l (a * d (S l) + b)%nat t). split.
  - intros l a b Hl Ha Hb. destruct (H l _ Hl (cell_small l a b Ha Hb)) as [_ [C D]]. split; [exact C|]. intros t Ht.
    specialize (D t Ht).
    rewrite (sensing_flow_velocity (fun l t a b => v l (a * d (S l) + b)%nat t) t l a b Hl Ha Hb).
    unfold vec_gradient in D. destruct (cell_decode l a b Hb) as [E1 E2]. rewrite E1, E2 in D. exact D.
  - intros l a b Hl Ha Hb. destruct (H l _ Hl (cell_small l a b Ha Hb)) as [V0 _]. rewrite V0.
    destruct (cell_decode l a b Hb) as [-> ->]. reflexivity.
Qed.

Theorem sensing_flow_unique W W' : sensing_gradient_flow L n d A ell W -> sensing_gradient_flow L n d A ell W' ->
  (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> W l 0 a b = W' l 0 a b) ->
  forall l a b t, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> 0 <= t -> W l t a b = W' l t a b.
Proof.
  set (vec := fun (V : nat -> R -> matrix) l c t => V l t (c / d (S l))%nat (c mod d (S l))%nat).
  assert (Lf : forall V, sensing_gradient_flow L n d A ell V -> layered_flow L matrix_width vec_gradient (vec V)).
  { intros V Fl l c Hl Hc. destruct (cell_range l c Hc) as [Ha Hb]. destruct (Fl l _ _ Hl Ha Hb) as [C D].
    split; [exact C|].
    intros t Ht. specialize (D t Ht). rewrite (sensing_flow_velocity V t l _ _ Hl Ha Hb) in D.
    unfold vec_gradient. rewrite (frozen_gradient_local (as_matrices (at_time (vec V) t)) (matrix_at V t));
      [exact D | | auto | auto | auto].
    intros l' a b Hl' Ha' Hb'. unfold as_matrices, at_time, vec, matrix_at.
    destruct (cell_decode l' a b Hb') as [-> ->]. reflexivity. }
  intros Fl Fl' W00 l a b t Hl Ha Hb Ht.
  assert (Loc : forall w w' l c, (forall l c, (l < L)%nat -> (c < matrix_width l)%nat -> w l c = w' l c) ->
    (l < L)%nat -> (c < matrix_width l)%nat -> vec_gradient w l c = vec_gradient w' l c).
  { intros w w' l' c Hw Hl' Hc. destruct (cell_range l' c Hc). apply frozen_gradient_local; auto.
    intros q a' b' Hq Ha' Hb'. apply Hw; auto. apply cell_small; auto. }
  pose proof (layered_flow_unique L matrix_width vec_gradient vec_gradient_lipschitz Loc (vec W) (vec W') (Lf W Fl)
    (Lf W' Fl')) as U.
  specialize (U ltac:(intros q c Hq Hc; destruct (cell_range q c Hc); apply W00;
    auto) l _ t Hl (cell_small l a b Ha Hb) Ht).
  unfold vec in U. destruct (cell_decode l a b Hb) as [E1 E2]. rewrite E1, E2 in U. exact U.
Qed.
End Shapes.

(* fully connected networks *)
Theorem fully_connected_flow_exists (L n : nat) (d : nat -> nat) (X : nat -> nat -> R) (ell dell : nat -> R -> R)
  (W0 : nat -> matrix) :
  (forall i u, is_derive (ell i) u (dell i u)) -> (forall i, (i < n)%nat -> locally_lipschitz_scalar (dell i)) ->
  (forall i u, 0 <= ell i u) -> d L = 1%nat ->
  exists W, fully_connected_gradient_flow L n d X ell W /\
    (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> W l 0 a b = W0 l a b) /\
    forall W', fully_connected_gradient_flow L n d X ell W' ->
      (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> W' l 0 a b = W0 l a b) ->
      forall l a b t, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> 0 <= t -> W' l t a b = W l t a b.
Proof.
  intros De Li Po One. set (A := fun (i p : nat) (_ : nat) => X i p).
  assert (Lo : forall w, 0 <= sensing_loss L n d A ell w) by (intros; apply Sum_nonneg; intros; apply Po).
  assert (Same : forall w, sensing_loss L n d A ell w = fully_connected_loss L n d X ell w).
  { intros w. unfold sensing_loss, fully_connected_loss. apply Sum_ext. intros i _. unfold A.
    rewrite fully_connected_sensed by exact One. reflexivity. }
  assert (Conv : forall W, sensing_gradient_flow L n d A ell W <-> fully_connected_gradient_flow L n d X ell W).
  { intros W. split; intros Fl l a b Hl Ha Hb; destruct (Fl l a b Hl Ha Hb) as [C D]; (split; [exact C|]); intros t Ht;
      specialize (D t Ht).
    - rewrite (Derive_ext _ (fun s => sensing_loss L n d A ell (replace_matrix_entry (matrix_at W t) l a b s))); auto.
    - rewrite (Derive_ext _ (fun s => fully_connected_loss L n d X ell (replace_matrix_entry (matrix_at W t) l a b s)));
        auto. }
  destruct (sensing_flow_exists L n d A ell dell 0 De Li Lo W0) as [W [Fl V0]].
  exists W. split; [apply Conv; exact Fl | split; [exact V0|]]. intros W' Fl' V0'.
  apply (sensing_flow_unique L n d A ell dell De Li); [apply Conv; exact Fl' | exact Fl|].
  intros l a b Hl Ha Hb. rewrite V0, V0'; auto.
Qed.
