(* Every theorem of the library in one term, so that one walk through the proofs lists all that they
   assume beyond the kernel. check.py compares the printed names with its allow-list. *)
From Litproof Require Import Conserved Sensing ComplexOdeco Tensor Circular Margin ImplicitBias DepthPotential
  Regression Work Network Diagonal Kkt Quasinorm CertifiedLimit Krawczyk Witness Refuted Uniqueness
  Picard Existence NetworkExistence SensingExistence R6Flow R6OnePoint K4Growth K4Directions K4Classification K4Convolution
  R8Conjugation R8Diagonal R8CommutingSensing Wellposed.

Definition library :=
  (
   (* C1 - C5 *)
   differences_of_squares_constant, differences_of_squares_constant_any_loss, balance_constant,
   complex_moduli_constant, equal_angular_momenta,
   complex_network_moduli_constant, complex_network_common_momentum,
   sensing_partial_derivative, sensing_balance_constant, fully_connected_balance_constant,
   tensor_partial_derivative, norm_differences_constant, autocorrelation_differences_constant, power_differences_constant,
   diagonal_differences_constant,
   (* R1, R2, R5: reduced coordinates, odeco networks, diagonal networks *)
   convergence_and_bias, implicit_bias_regression, odeco_network_regression, diagonal_network_regression,
   output_linear, partial_derivative, network_reduction, diagonal_solution,
   (* R3 *)
   coefficient_bijective, dual_derive, HL_closed_form, HL_derive, HL_integral, HL_strictly_convex, HL_even,
   HL_zero, hL_inverse_correct, hL_inverse_closed_form, hL_inverse_increasing, hL_inverse_odd,
   dual_depth_2, hL_inverse_depth_2, HL_depth_2, dual_depth_3, dual_depth_4,
   potential_is_work,
   (* R9 *)
   one_layer_regression, one_layer_closed_form,
   (* K0 *)
   scalar_margin_increases, scalar_loss_bound, normalised_margin,
   (* optimality: KKT conditions, the certificates of K2 and K3 *)
   kkt_equality_min, kkt_equality_unique, kkt_margin_min, kkt_margin_unique, max_margin_l2, max_margin_l1,
   max_margin_l1_unique, squares_above_quasi, balanced_factorisation, margin_problems_equivalent,
   parameter_kkt_balanced, two_layer_kkt_optimal,
   (* certified limits *)
   limit_of_kkt_point, krawczyk, ridge_zero,
   (* flows exist, from every start exactly one *)
   flow_unique, flow_unique_closed, polynomial_flow_unique, picard_path, gradient_flow_exists,
   layered_flow_exists, layered_flow_unique, tensor_flow_exists, tensor_flow_unique,
   network_flow_exists, network_flow_unique, diagonal_flow_exists,
   sensing_flow_exists, sensing_flow_unique, fully_connected_flow_exists,
   one_point_flow, exponential_flow, squared_flow, odeco_regression_from, commuting_sensing_flow,
   (* K4 *)
   two_layer_classification_any_start, two_layer_classification, top_component_least_l1,
   convolution_one_entry, convolution_two_entries,
   (* R6 *)
   two_layer_limits, two_layer_one_point, output_bijective_iff, two_layer_one_point_regression,
   (* R8 *)
   velocity_conj, solution_conj, sensing_unique, diagonal_stays, velocity_diagonal, commuting_stays_diagonal,
   commuting_sensing_regression,
   (* the hypotheses can be met, and cannot be dropped *)
   witness_regression, witness_fully_connected, witness_margin,
   no_decay_without_gaps, no_interpolation_without_rank, sums_of_squares_move, rate_exponent,
   wrong_depth_wrong_potential).

Print Assumptions library.
