"""What every page of the leaders' face shows around its content."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.access.actor import Permission
from liren.access.web import actor_of
from liren.look.parts import Link


def field(request: HttpRequest) -> dict[str, Any]:
    """Add the bottom bar below /field/. No statement."""
    if not request.path_info.startswith("/field/"):
        return {}
    actor = actor_of(request)
    # Who handles what is whistled, and leads no place, is a department or a partner.
    called = actor.has(Permission.MATTER_HANDLE) and not actor.has(Permission.MATTER_RECORD)
    return {
        "community_name": _("Liren · called in") if called else _("Liren · field"),
        "field_home": reverse("field:home"),
        "field_nav": [
            Link(label=_("Today"), url=reverse("field:home"), key="home", icon="home"),
            Link(label=_("My places"), url=reverse("field:places"), key="places", icon="building"),
            Link(label=_("Messages"), url=reverse("field:messages"), key="messages", icon="bell"),
        ],
    }
