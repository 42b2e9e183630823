"""Changes of a contract: which treatment, why, and what remains to be shared anew."""
