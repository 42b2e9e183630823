"""Prepaid credits, gift cards and points: which grant is used first, and what lapses."""
