"""What every page below ``/c/<community>/`` shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import pgettext

from liren.access.web import actor_of
from liren.base.errors import NotFound
from liren.look.parts import Link
from liren.territory.web import community_at


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return name, bottom bar and footer of a community's pages; nothing elsewhere."""
    match = getattr(request, "resolver_match", None)
    community = match.kwargs.get("community") if match else None
    if not community or not request.path_info.startswith("/c/"):
        return {"demo": settings.DEMO}
    actor = actor_of(request)

    def name() -> str:
        try:
            return community_at(request, community).name
        except NotFound:
            return ""

    return {
        "demo": settings.DEMO,
        "community_code": community,
        "community_name": SimpleLazyObject(name),
        "home_url": reverse("portal:home", args=[community]),
        "acting_for": getattr(request, "acting_name", ""),
        "acting_stop": getattr(request, "acting_stop", ""),
        "portal_nav": [
            Link(
                key="home",
                label=pgettext("bottom bar", "Home"),
                icon="home",
                url=reverse("portal:home", args=[community]),
            ),
            Link(
                key="matters",
                label=pgettext("bottom bar", "Matters"),
                icon="list",
                url=reverse("matters:matters", args=[community]),
            ),
            Link(
                key="talk",
                label=pgettext("bottom bar", "Deliberation"),
                icon="talk",
                url=reverse("portal:talk", args=[community]),
            ),
            Link(
                key="me",
                label=pgettext("bottom bar", "Me"),
                icon="person",
                url=_me(community, actor.person is not None),
            ),
        ],
    }


def _me(community: str, signed_in: bool) -> str:
    if not signed_in:
        return f"{reverse('people:sign_in')}?next=/c/{community}/me/"
    return reverse("people:me", args=[community])
