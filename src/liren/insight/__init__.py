"""Overviews: everybody at one place (D1), and the core's board (A5)."""
