"""Money inside the rules: whole minor units of ISO 4217, exact division, stated rounding."""
