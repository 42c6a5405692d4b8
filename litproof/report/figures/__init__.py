"""The figures of the literature from first principles: data here, one drawing for all of them."""
