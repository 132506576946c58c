"""Filters any template may load."""
