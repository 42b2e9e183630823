"""Recurring revenue and how it moves."""
