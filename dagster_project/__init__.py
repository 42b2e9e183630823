"""Wiring and policy of the assets: definitions, resources, gates as checks, the refresh job."""
