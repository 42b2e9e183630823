"""The Beam job: read, parse, normalise, deduplicate, commit."""
