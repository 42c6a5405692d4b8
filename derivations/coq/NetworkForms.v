(* network/forward-is-tensor and network/odeco-form: the forward pass of a network is the contraction of a data tensor,
   and linear in the input: for odeco networks, hence for diagonal ones. Fully connected networks stand in
   FullyConnectedTensor.v, full convolutions in ComplexConvolution.v. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Tensor Diagonal K3AnyDepth.
Open Scope R_scope.

(* M(x) = sum_j (S x)_j u_{1,j} (x) ... (x) u_{L,j} contracts to the output *)
Theorem odeco_is_tensor L d m k (S : nat -> nat -> R) (U : nat -> nat -> nat -> R) w x :
  contract L k (odeco_tensor L m U (fun j => Sum d (fun a => S j a * x a))) w = output L d m k S U w x /\
  output L d m k S U w x = Sum d (fun a => x a * linear_coefficient L m k S U w a).
Proof. split; [apply odeco_contract | apply output_linear]. Qed.

(* diagonal networks: U_l = I, S = I *)
Theorem diagonal_is_odeco L m x w :
  orthonormal L m (fun _ => m) (fun _ c j => delta j c) /\
  output L m m (fun _ => m) delta (fun _ c j => delta j c) w x = Sum m (fun j => x j * Prod L (fun l => w l j)).
Proof.
  split; [apply diagonal_orthonormal|]. unfold output. apply Sum_ext. intros j Hj.
  rewrite (Sum_delta m j x) by auto. f_equal. apply Prod_ext. intros l _. apply (Sum_delta m j (fun c => w l c)); auto.
Qed.
