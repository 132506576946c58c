"""Signing in: django-allauth behind our own pages, limits, channels and policy."""
