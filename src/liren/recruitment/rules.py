"""What neighbours see of support: a number from three up, never names, never an order."""

SUPPORT_SHOWN_FROM = 3


def shown_support(count: int) -> int | None:
    """Return how many supporters may be told; None below three (G10)."""
    return count if count >= SUPPORT_SHOWN_FROM else None
