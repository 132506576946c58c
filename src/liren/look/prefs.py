"""How this reader wants to see the pages: kept in two plain cookies, for everybody, signed in or
not."""

from __future__ import annotations

from django.http import HttpRequest

THEME_COOKIE = "liren_theme"
SIZE_COOKIE = "liren_size"
THEMES = ("light", "dark")
SIZES = ("large",)
YEAR = 365 * 24 * 3600


def prefs_of(request: HttpRequest | None) -> tuple[str, str]:
    """(theme, size) as ("light" | "dark" | "", "large" | ""); anything else in the cookies counts
    as ""."""
    if request is None:
        return "", ""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    size = request.COOKIES.get(SIZE_COOKIE, "")
    return theme if theme in THEMES else "", size if size in SIZES else ""
