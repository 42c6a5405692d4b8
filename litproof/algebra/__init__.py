"""Exact scalars beyond the rationals: cyclotomic numbers and small exact linear algebra."""
