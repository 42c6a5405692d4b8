"""Writing certificates for the independent checker, one module a kind."""
