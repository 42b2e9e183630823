"""Processes killed at random moments, many times: python -m tests.chaos."""
