"""What f(x; theta) is: one module a network kind, each with forward pass, data tensor and odeco form."""
