"""Subsystem 3, the CDT: beliefs that learn, forecasts that are scored, model versions."""

from .belief_learner import BeliefLearner, LearnerSettings

__all__ = ["BeliefLearner", "LearnerSettings"]
