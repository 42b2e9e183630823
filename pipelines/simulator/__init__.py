"""A believable software company, told in Stripe's events, with the truth about its revenue beside them."""

from pipelines.simulator.run import SimulationResult, simulate

__all__ = ["SimulationResult", "simulate"]
