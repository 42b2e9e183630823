"""Figures as they happen, minute by minute, straight from what is committed."""
