(* Complex odeco networks that are real on real parameters are real tensor networks, for every loss: their flows exist,
   from every start, and only one. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Tensor Margin ComplexOdeco K3Complex Uniqueness Wellposed
  FromStart.
Open Scope R_scope.

Section Complex.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> C) (U : nat -> nat -> nat -> C) (X : nat -> nat -> R).

Lemma complex_loss_any ell : complex_loss L d m n k S U X ell =
  tensor_loss L n k (fun i => complex_tensor L m U (feature d S (X i))) ell.
Proof.
  extensionality w. apply Sum_ext. intros i _. f_equal. symmetry. apply (complex_output_contract L d m k S U X).
Qed.

Lemma complex_flow_any ell v : complex_gradient_flow L d m n k S U X ell v <->
  tensor_gradient_flow L n k (fun i => complex_tensor L m U (feature d S (X i))) ell v.
Proof. unfold complex_gradient_flow, tensor_gradient_flow. rewrite complex_loss_any. reflexivity. Qed.

Theorem complex_squared_flow y w0 : one_flow L k (complex_gradient_flow L d m n k S U X (squared y)) w0.
Proof. eapply one_flow_iff; [intros v; symmetry; apply complex_flow_any | apply squared_tensor_flow]. Qed.

Theorem complex_exponential_flow w0 : one_flow L k (complex_gradient_flow L d m n k S U X exponential) w0.
Proof. eapply one_flow_iff; [intros v; symmetry; apply complex_flow_any | apply exponential_flow]. Qed.
End Complex.
