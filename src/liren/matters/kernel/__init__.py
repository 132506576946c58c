"""Numerical kernels of matters: NumPy only, no Django, no database."""
