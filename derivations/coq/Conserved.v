(* C1 and C3 as statements about solutions on [0, inf).
   C1: real odeco coordinates, any depth.
   C3: fully connected, f(x) = x^T W_0 W_1 ... W_{L-1}, any depth and any shapes, W_l of size
   d_l x d_{l+1}; G(t) stands for the gradient of the loss in the end-to-end matrix (d_0 x d_L), so
     W_l' = - (W_0 ... W_{l-1})^T G (W_{l+1} ... W_{L-1})^T
   is the gradient flow of any loss of the network, and
     W_l^T W_l - W_{l+1} W_{l+1}^T   is constant. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow.
Open Scope R_scope.

Theorem differences_of_squares_constant
  (L m n : nat) (A : nat -> nat -> R) (y : nat -> R) (v : nat -> nat -> R -> R) :
  solution L m n A y v ->
  forall j k l t, (j < m)%nat -> (k < L)%nat -> (l < L)%nat -> 0 <= t ->
    v j k t ^ 2 - v j l t ^ 2 = v j k 0 ^ 2 - v j l 0 ^ 2.
Proof.
  intros Sol j k l t Hj Hk Hl Ht.
  pose proof (squares_conserved L m n A y (extend v) (extend_solution L m n A y v Sol) j k l t
                Hj Hk Hl Ht) as E.
  unfold extend in E. rewrite (Rmax_right 0 t), (Rmax_left 0 0) in E by lra. exact E.
Qed.

(* the same for every right-hand side that acts on coordinate j through one factor g_j(t):
   classification losses, several coordinates coupled in any way, weights changing in time *)
Theorem differences_of_squares_constant_any_loss
  (L : nat) (eta : nat -> R -> R) (g : R -> R) :
  (forall l, (l < L)%nat ->
     filterlim (eta l) (at_right 0) (locally (eta l 0)) /\
     forall t, 0 < t -> is_derive (eta l) t (- g t * ProdBut L (fun k => eta k t) l)) ->
  forall k l t, (k < L)%nat -> (l < L)%nat -> 0 <= t ->
    eta k t ^ 2 - eta l t ^ 2 = eta k 0 ^ 2 - eta l 0 ^ 2.
Proof.
  intros Ode k l t Hk Hl Ht.
  destruct (Ode k Hk) as [Ck Dk]. destruct (Ode l Hl) as [Cl Dl].
  pose proof (path_minus _ _ _ _ (path_sq _ _ (path_extend _ _ Ck Dk)) (path_sq _ _ (path_extend _ _ Cl Dl))) as P.
  pose proof (path_constant (fun u => eta k (Rmax 0 u) ^ 2 - eta l (Rmax 0 u) ^ 2) t) as E.
  cbv beta in E. rewrite (Rmax_right 0 t), (Rmax_left 0 0) in E by lra. apply E; auto.
  apply (path_eq _ _ _ P). intros u Hu. rewrite Rmax_right by lra.
  pose proof (ProdBut_mul L (fun i => eta i u) k Hk) as Pk.
  pose proof (ProdBut_mul L (fun i => eta i u) l Hl) as Pl. cbv beta in Pk, Pl.
  transitivity (-2 * g u * (eta k u * ProdBut L (fun i => eta i u) k
                            - eta l u * ProdBut L (fun i => eta i u) l)); [ring|].
  rewrite Pk, Pl. ring.
Qed.

(* --- matrices as functions of two indices; the inner dimension is an argument of the product --- *)
Definition matrix := nat -> nat -> R.
Definition mul (inner : nat) (P Q : matrix) : matrix := fun i j => Sum inner (fun k => P i k * Q k j).
Definition transpose (P : matrix) : matrix := fun i j => P j i.
Definition identity : matrix := delta.

Lemma mul_assoc p q P Q M : mul q (mul p P Q) M = mul p P (mul q Q M).
Proof.
  unfold mul. extensionality i; extensionality j.
  rewrite (Sum_ext q _ (fun k => Sum p (fun l => P i l * Q l k * M k j)))
    by (intros; symmetry; apply Sum_scal_r).
  rewrite Sum_swap. apply Sum_ext. intros k _. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

Lemma transpose_mul p P Q : transpose (mul p P Q) = mul p (transpose Q) (transpose P).
Proof.
  unfold transpose, mul. extensionality i; extensionality j. apply Sum_ext. intros; ring.
Qed.

Section FullyConnected.
Variables (L : nat) (d : nat -> nat) (W : nat -> R -> matrix) (G : R -> matrix).

(* before l t = W_0 ... W_{l-1};  after s l t = W_l ... W_{l+s-1} *)
Fixpoint before (l : nat) (t : R) : matrix :=
  match l with O => identity | S k => mul (d k) (before k t) (W k t) end.
Fixpoint after (s l : nat) (t : R) : matrix :=
  match s with O => identity | S k => mul (d (S l)) (W l t) (after k (S l) t) end.

(* minus the velocity of W_l *)
Definition layer_gradient (l : nat) (t : R) : matrix :=
  mul (d L) (mul (d 0%nat) (transpose (before l t)) (G t)) (transpose (after (L - S l) (S l) t)).

(* W_l^T (dW_l) = (dW_{l+1}) W_{l+1}^T *)
Lemma gradients_balance l t : (S l < L)%nat ->
  mul (d l) (transpose (W l t)) (layer_gradient l t) =
  mul (d (S (S l))) (layer_gradient (S l) t) (transpose (W (S l) t)).
Proof.
  intros Hl. unfold layer_gradient.
  replace (L - S l)%nat with (S (L - S (S l))) by lia.
  simpl before. simpl after. rewrite !transpose_mul, !mul_assoc. reflexivity.
Qed.

Hypothesis flow : forall l i j, (l < L)%nat -> (i < d l)%nat -> (j < d (S l))%nat ->
  filterlim (fun t => W l t i j) (at_right 0) (locally (W l 0 i j)) /\
  forall t, 0 < t -> is_derive (fun t => W l t i j) t (- layer_gradient l t i j).

Definition gram_difference (l : nat) (t : R) : matrix := fun i j =>
  mul (d l) (transpose (W l t)) (W l t) i j
  - mul (d (S (S l))) (W (S l) t) (transpose (W (S l) t)) i j.

Theorem balance_constant l i j t : (S l < L)%nat -> (i < d (S l))%nat -> (j < d (S l))%nat ->
  0 <= t -> gram_difference l t i j = gram_difference l 0 i j.
Proof.
  intros Hl Hi Hj Ht.
  set (Z := fun l t => W l (Rmax 0 t)).
  assert (P : forall l a b a' b', (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat ->
    (a' < d l)%nat -> (b' < d (S l))%nat ->
    path (fun t => Z l t a b * Z l t a' b')
      (fun t => - (layer_gradient l t a b * W l t a' b' + W l t a b * layer_gradient l t a' b'))).
  { intros l0 a b a' b' H0 Ha Hb Ha' Hb'.
    destruct (flow l0 a b H0 Ha Hb) as [C D]. destruct (flow l0 a' b' H0 Ha' Hb') as [C' D'].
    apply (path_eq _ _ _ (path_mult _ _ _ _ (path_extend _ _ C D) (path_extend _ _ C' D'))).
    intros u Hu. rewrite Rmax_right by lra. ring. }
  assert (P0 : path (fun t => gram_difference l (Rmax 0 t) i j) (fun _ => 0)).
  { unfold gram_difference, mul, transpose.
    eapply path_eq.
    - apply path_minus.
      + apply (path_sum (d l) (fun k t => Z l t k i * Z l t k j)). intros k Hk. apply P; auto; lia.
      + apply (path_sum (d (S (S l))) (fun k t => Z (S l) t i k * Z (S l) t j k)).
        intros k Hk. apply P; auto; lia.
    - intros u Hu. cbv beta.
      pose proof (gradients_balance l u Hl) as B.
      assert (Bij := f_equal (fun M : matrix => M i j) B).
      assert (Bji := f_equal (fun M : matrix => M j i) B).
      unfold mul, transpose in Bij, Bji. cbv beta in Bij, Bji.
      rewrite (Sum_ext (d l) _ (fun k => -1 * (W l u k j * layer_gradient l u k i)
                 + -1 * (W l u k i * layer_gradient l u k j))) by (intros; ring).
      rewrite (Sum_ext (d (S (S l))) _ (fun k => -1 * (layer_gradient (S l) u i k * W (S l) u j k)
                 + -1 * (layer_gradient (S l) u j k * W (S l) u i k))) by (intros; ring).
      rewrite !Sum_plus, !Sum_scal_l, Bij, Bji. ring. }
  pose proof (path_constant _ t P0 Ht) as E. cbv beta in E.
  rewrite (Rmax_right 0 t), (Rmax_left 0 0) in E by lra. exact E.
Qed.
End FullyConnected.
