"""Writes of the place tree."""

from .divisions import Loaded, load_divisions

__all__ = ["Loaded", "load_divisions"]
