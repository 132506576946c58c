"""Refuse a request that is too large before anything reads it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from liren.look.errors import error_page


class BodyLimitMiddleware:
    """Answer 413, in words, to a body above ``settings.LIREN_BODY_LIMIT`` bytes.

    The server hands over bodies of declared length only, so the header can be believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let what fits pass."""
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > settings.LIREN_BODY_LIMIT:
            return error_page(request, status=413)
        return self.get_response(request)
