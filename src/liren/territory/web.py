"""A community's code in an address, and the community a request is about."""

from django.http import HttpRequest
from django.urls import register_converter

from . import queries
from .models import Place

_KEY = "_liren_community"


class CommunityConverter:
    """The twelve digits of a community: ``<community:community>``. Nothing else reaches a view."""

    regex = "[0-9]{12}"

    def to_python(self, value: str) -> str:
        """Return the code as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code as it is."""
        return value


register_converter(CommunityConverter, "community")


def community_at(request: HttpRequest, code: str) -> Place:
    """Return the community of this request's pages, asked for once; raise ``NotFound``."""
    known = getattr(request, _KEY, None)
    if isinstance(known, Place) and known.code == code:
        return known
    place = queries.community(code)
    setattr(request, _KEY, place)
    return place
