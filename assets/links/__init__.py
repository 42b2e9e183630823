"""One sale in many systems: copies that count once, consequences that count as what they are, and what disagrees."""
