"""Contracts, their performance obligations, and the policies that choose how each is recognised."""
