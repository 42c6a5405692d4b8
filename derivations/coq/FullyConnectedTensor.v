(* Fully connected networks are linear tensor networks: f(x) = x^T W_0 ... W_{L-1} is the contraction of
     M(x)_{(a_0 b_0), .., (a_{L-1} b_{L-1})} = x_{a_0} [b_0 = a_1] ... [b_{L-2} = a_{L-1}]
   with the layers W_l written row by row, and its gradient flow is that of the tensor network: what holds for
   tensor networks (C2, K0, existence and uniqueness) holds for fully connected ones without a second proof. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Tensor Conserved Diagonal Sensing Uniqueness Picard Existence
  NetworkExistence SensingExistence.
Open Scope R_scope.

Section Tensor.
Variables (L : nat) (d : nat -> nat).
Hypothesis one_output : d L = 1%nat.

(* row and column of entry c of layer l *)
Definition cell_row (l c : nat) : nat := (c / d (S l))%nat.
Definition cell_column (l c : nat) : nat := (c mod d (S l))%nat.
Definition layer_vectors (w : nat -> matrix) (l c : nat) : R := w l (cell_row l c) (cell_column l c).

(* neighbours fit: [b_l = a_{l+1}] for N <= l < L; contractions leave the index L at 0, the only output *)
Definition joined (N : nat) (js : nat -> nat) : R :=
  Prod L (fun l => if Nat.ltb l N then 1 else delta (cell_column l (js l)) (cell_row (S l) (js (S l)))).
Definition layers_tensor (x : nat -> R) (js : nat -> nat) : R := x (cell_row 0 (js 0%nat)) * joined 0 js.

Lemma joined_step N js c : (N < L)%nat ->
  joined N (set_index js N c) = delta (cell_column N c) (cell_row (S N) (js (S N))) * joined (S N) js.
Proof.
  intros HN. unfold joined.
  rewrite <- (ProdBut_mul L (fun l => if Nat.ltb l N then 1 else
    delta (cell_column l (set_index js N c l)) (cell_row (S l) (set_index js N c (S l)))) N HN).
  rewrite <- (ProdBut_mul L (fun l => if Nat.ltb l (S N) then 1 else
    delta (cell_column l (js l)) (cell_row (S l) (js (S l)))) N HN).
  cbv beta. rewrite Nat.ltb_irrefl. destruct (Nat.ltb_spec N (S N)); [|lia].
  unfold set_index at 1 2. rewrite Nat.eqb_refl. destruct (Nat.eqb_spec (S N) N); [lia|]. rewrite Rmult_1_l. f_equal.
  apply ProdBut_ext. intros l Hl Ne. unfold set_index.
  destruct (Nat.ltb_spec l N), (Nat.ltb_spec l (S N)); try lia; [reflexivity|].
  destruct (Nat.eqb_spec l N), (Nat.eqb_spec (S l) N); try lia. reflexivity.
Qed.

Lemma joined_all js : joined L js = 1.
Proof.
  unfold joined. rewrite (Prod_ext L _ (fun _ => 1)); [rewrite Prod_const; apply pow1|].
  intros l Hl. destruct (Nat.ltb_spec l L); [reflexivity | lia].
Qed.

(* contracting the layers below N multiplies x^T by their matrices *)
Lemma contract_layers x w N js : (N <= L)%nat -> (cell_row N (js N) < d N)%nat ->
  contract_below (matrix_width d) (layers_tensor x) (layer_vectors w) N js =
  Sum (d 0%nat) (fun p => x p * before d (fun l _ => w l) N 0 p (cell_row N (js N))) * joined N js.
Proof.
  revert js. induction N as [|N IH]; intros js HN Hr.
  - cbn [contract_below before]. unfold layers_tensor. f_equal.
    rewrite (Sum_ext (d 0%nat) _ (fun p => delta (cell_row 0 (js 0%nat)) p * x p)).
    + symmetry. apply (Sum_delta (d 0%nat) (cell_row 0 (js 0%nat)) x); auto.
    + intros p _. unfold identity. rewrite delta_sym. ring.
  - cbn [contract_below]. unfold matrix_width at 1. rewrite Sum_rows.
    rewrite (Sum_ext (d N) _ (fun a => Sum (d 0%nat) (fun p => x p *
      (before d (fun l _ => w l) N 0 p a * w N a (cell_row (S N) (js (S N))))) * joined (S N) js)).
    + rewrite Sum_scal_r, Sum_swap. f_equal. apply Sum_ext. intros p _. rewrite Sum_scal_l. reflexivity.
    + intros a Ha.
      rewrite (Sum_ext (d (S N)) _ (fun b => delta (cell_row (S N) (js (S N))) b * (w N a b * (Sum (d 0%nat) (fun p =>
        x p * before d (fun l _ => w l) N 0 p a) * joined (S N) js)))).
      * rewrite (Sum_delta (d (S N)) (cell_row (S N) (js (S N)))) by auto.
        rewrite <- Sum_scal_r, <- Sum_scal_l, <- Sum_scal_r. apply Sum_ext. intros; ring.
      * intros b Hb. destruct (cell_decode d N a b Hb) as [Er Ec].
        assert (Row : cell_row N (a * d (S N) + b) = a) by exact Er.
        assert (Col : cell_column N (a * d (S N) + b) = b) by exact Ec.
        rewrite IH by (try lia; unfold set_index; rewrite Nat.eqb_refl, Row; auto).
        rewrite joined_step by lia. unfold set_index. rewrite Nat.eqb_refl, Row, Col.
        unfold layer_vectors. rewrite Row, Col, (delta_sym b). ring.
Qed.

Theorem fully_connected_is_tensor x w :
  contract L (matrix_width d) (layers_tensor x) (layer_vectors w) = fully_connected_output L d w x.
Proof.
  assert (Zero : cell_row L 0 = 0%nat).
  { unfold cell_row. destruct (d (S L)) as [|q]; [reflexivity | apply Nat.div_0_l; lia]. }
  unfold contract. rewrite contract_layers by (auto; rewrite Zero, one_output; lia).
  rewrite joined_all, Rmult_1_r, Zero. reflexivity.
Qed.

Variables (n : nat) (X : nat -> nat -> R) (ell : nat -> R -> R).

Theorem fully_connected_tensor_flow W : fully_connected_gradient_flow L n d X ell W ->
  tensor_gradient_flow L n (matrix_width d) (fun i => layers_tensor (X i)) ell
    (fun l c t => W l t (cell_row l c) (cell_column l c)).
Proof.
  intros Fl l c Hl Hc. destruct (cell_range d l c Hc) as [Ha Hb].
  destruct (Fl l (cell_row l c) (cell_column l c) Hl Ha Hb) as [C D]. split; [exact C|]. intros t Ht.
  rewrite (Derive_ext _ (fun s => fully_connected_loss L n d X ell
    (replace_matrix_entry (matrix_at W t) l (cell_row l c) (cell_column l c) s))); [exact (D t Ht)|].
  intros s. unfold tensor_loss, fully_connected_loss. apply Sum_ext. intros i _. f_equal.
  rewrite <- fully_connected_is_tensor. apply contract_below_ext. intros l' c' Hl' Hc'.
  unfold layer_vectors, at_time, replace_entry. rewrite replace_matrix_entry_spec. unfold matrix_at.
  destruct (Nat.eqb_spec l' l) as [->|]; [|reflexivity]. cbn [andb].
  assert (Nz : d (S l) <> 0%nat) by (intros Z; rewrite Z in Hb; lia).
  destruct (Nat.eqb_spec c' c) as [->|Ne]; [rewrite !Nat.eqb_refl; reflexivity|].
  destruct (Nat.eqb_spec (cell_row l c') (cell_row l c)) as [Er|]; [|reflexivity].
  destruct (Nat.eqb_spec (cell_column l c') (cell_column l c)) as [Ec|]; [|reflexivity].
  exfalso. apply Ne. unfold cell_row, cell_column in *.
  rewrite (Nat.div_mod c' (d (S l))), (Nat.div_mod c (d (S l))) by auto. rewrite Er, Ec. reflexivity.
Qed.
End Tensor.
