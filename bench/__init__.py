"""Benchmarks: ratios against an alternative, measured in one run on one machine."""
