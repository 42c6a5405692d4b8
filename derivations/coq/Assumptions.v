(* The theorems of the library, and what each of them assumes beyond the kernel.
   check.sh compares the printed names with allowed_axioms.txt. *)
From Litproof Require Import Conserved ImplicitBias DepthPotential Regression Network Diagonal Kkt
  CertifiedLimit Krawczyk Witness Refuted.

Print Assumptions differences_of_squares_constant.            (* C1 *)
Print Assumptions differences_of_squares_constant_any_loss.
Print Assumptions balance_constant.                           (* C3 *)
Print Assumptions convergence_and_bias.                       (* R1, R5 *)
Print Assumptions implicit_bias_regression.                   (* R1, R2 *)
Print Assumptions odeco_network_regression.
Print Assumptions diagonal_network_regression.
Print Assumptions coefficient_bijective.                      (* R3 *)
Print Assumptions dual_derive.
Print Assumptions HL_closed_form.
Print Assumptions HL_derive.
Print Assumptions HL_integral.
Print Assumptions HL_strictly_convex.
Print Assumptions HL_even.
Print Assumptions hL_inverse_correct.
Print Assumptions HL_depth_2.
Print Assumptions dual_depth_3.
Print Assumptions dual_depth_4.
Print Assumptions one_layer_regression.                       (* R9 *)
Print Assumptions one_layer_closed_form.
Print Assumptions kkt_equality_unique.                        (* KKT *)
Print Assumptions kkt_margin_unique.
Print Assumptions max_margin_l2.                              (* K2, K3: optimality of the certificate *)
Print Assumptions max_margin_l1.
Print Assumptions limit_of_kkt_point.                         (* certified limits *)
Print Assumptions krawczyk.
Print Assumptions ridge_zero.
Print Assumptions witness_regression.                         (* the hypotheses can be met *)
Print Assumptions witness_fully_connected.
Print Assumptions no_decay_without_gaps.                      (* and cannot be dropped *)
Print Assumptions no_interpolation_without_rank.
Print Assumptions sums_of_squares_move.
Print Assumptions rate_exponent.
Print Assumptions wrong_depth_wrong_potential.
