"""Stripe's objects in two API versions: "2020-08-27" and "2025-03-31.basil" (`modern`), which moved many fields.

Field lists follow Stripe's published event samples and OpenAPI fixtures; what moved follows its changelog of 2025-03-31.
"""
