"""The rules of revenue as pure functions over frames, and the thin Dagster assets that run them."""
