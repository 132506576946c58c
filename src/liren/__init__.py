"""Liren 里仁: the platform on which an urban community runs its self-governance and service."""
