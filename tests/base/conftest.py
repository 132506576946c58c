"""Hypothesis without its own stop-watch: timings never assert, least of all on a shared machine."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
