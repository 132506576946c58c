"""Toasts: what was done, said once, with the way back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest


def done(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """Say that something was done. `undo_url` is posted to when the person takes it back; it must
    be ours."""
    messages.success(request, text, extra_tags=f"undo={undo_url}" if undo_url else "")


def sorry(request: HttpRequest, text: str) -> None:
    """Say that something could not be done, in words that tell what to do."""
    messages.error(request, text)
