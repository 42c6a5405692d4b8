"""Claims stated as formulas in TOML."""
