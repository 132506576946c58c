"""Synthetic places, people and matters, from one community to a whole city; seeded."""
