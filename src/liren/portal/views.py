"""The first page, a community's home, who is responsible here, and what is still to come."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liren.access.web import actor_of
from liren.look.parts import Link
from liren.matters import mine, queries
from liren.matters.kinds import kind_name
from liren.matters.views.portal import rows_of
from liren.matters.views.report import place_for, step
from liren.notifications.models import Notice
from liren.organisation.enums import OrganisationKind
from liren.organisation.models import Organisation
from liren.organisation.queries import leaders_at
from liren.recruitment.queries import open_above
from liren.recruitment.responsible import answer, found_places
from liren.territory.models import Place
from liren.territory.web import community_at

FEW = 3
MANY = 200


def sign_ins() -> list[Link]:
    """Return the made-up persons a demonstration can be entered as."""
    return [
        Link(
            key="resident",
            label=_("Resident"),
            icon="person",
            sub=_("reports, follows, answers"),
            url="",
        ),
        Link(
            key="unit",
            label=_("Unit leader"),
            icon="door",
            sub=_("nearest to the neighbours"),
            url="",
        ),
        Link(
            key="building",
            label=_("Building leader"),
            icon="building",
            sub=_("what one entrance cannot solve"),
            url="",
        ),
        Link(key="grid", label=_("Grid leader"), icon="grid", sub=_("several buildings"), url=""),
        Link(
            key="worker",
            label=_("Community worker"),
            icon="board",
            sub=_("sends, checks, closes"),
            url="",
        ),
        Link(
            key="secretary",
            label=_("Community secretary"),
            icon="flag",
            sub=_("supervises, decides on time"),
            url="",
        ),
        Link(
            key="officer",
            label=_("Subdistrict officer"),
            icon="arrow-up",
            sub=_("decides what is disputed"),
            url="",
        ),
        Link(
            key="department",
            label=_("Department's handler"),
            icon="whistle",
            sub=_("comes when whistled for"),
            url="",
        ),
        Link(
            key="institution",
            label=_("Institution's liaison"),
            icon="handshake",
            sub=_("offers, promises, takes on matters"),
            url="",
        ),
        Link(
            key="partner",
            label=_("Partner's liaison"),
            icon="handshake",
            sub=_("reports what was delivered"),
            url="",
        ),
    ]


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The communities of this installation. One alone opens directly, except on a demonstration,
    which first says what is made up and whom one can be."""
    served = Organisation.objects.filter(
        kind=OrganisationKind.COMMITTEE, closed_on__isnull=True, place__level="community"
    )
    places = list(
        Place.objects.filter(pk__in=served.values("place"))
        .order_by("code")
        .select_related("parent")[: MANY + 1]
    )
    if len(places) == 1 and not settings.DEMO:
        return redirect("portal:home", places[0].code)
    links = [
        Link(
            label=place.name,
            sub=place.parent.name if place.parent else "",
            url=reverse("portal:home", args=[place.code]),
            icon="home",
        )
        for place in places[:MANY]
    ]
    return render(
        request,
        "portal/landing.html",
        {
            "communities": links,
            "more": len(places) > MANY,
            "demo": settings.DEMO,
            "sign_ins": sign_ins() if settings.DEMO else [],
        },
    )


@require_safe
def home(request: HttpRequest, community: str) -> HttpResponse:
    """Three doors, my matters, what is new, who is responsible where I live."""
    here = community_at(request, community)
    actor = actor_of(request)
    listed = list(mine.mine(actor, community)[: FEW + 1])
    homes = mine.homes(actor.party, community)
    notices = (
        list(
            Notice.objects.filter(
                person=actor.person, community=community, read_at__isnull=True
            ).order_by("-at")[:FEW]
        )
        if actor.person
        else []
    )
    offices = list(
        Organisation.objects.filter(
            place=here, kind=OrganisationKind.COMMITTEE, closed_on__isnull=True
        )[:1]
    )
    return render(
        request,
        "portal/home.html",
        {
            "here": "home",
            "doors": [
                Link(
                    key="report",
                    label=_("I need something"),
                    sub=_("one sentence is enough"),
                    url=reverse("matters:report", args=[community]),
                    icon="speak",
                ),
                Link(
                    key="talk",
                    label=_("Deciding together"),
                    sub=_("what concerns all of us"),
                    url=reverse("portal:talk", args=[community]),
                    icon="talk",
                ),
                Link(
                    key="services",
                    label=_("Services nearby"),
                    sub=_("opening hours, help, offers"),
                    url=reverse("portal:services", args=[community]),
                    icon="handshake",
                ),
            ],
            "rows": rows_of(listed[:FEW], own=True),
            "more": len(listed) > FEW,
            "notices": notices,
            "homes": homes,
            "leaders": leaders_at(community, homes[0].entrance.code) if homes else [],
            "office": offices[0] if offices else None,
            "signed_in": actor.person is not None,
        },
    )


@require_safe
def leaders(request: HttpRequest, community: str) -> HttpResponse:
    """Who is responsible for a place and a kind of thing: posts, nearest first, with their duties.

    Without a place: look for one by its words, or choose it.
    """
    community_at(request, community)
    code = request.GET.get("place", "")
    kinds = list(queries.categories(community))
    wanted = request.GET.get("kind", "")
    words = request.GET.get("q", "").strip()[:60]
    context: dict[str, Any] = {
        "here": "home",
        "words": words,
        "wanted": wanted,
        "kinds": [(one.key, kind_name(one)) for one in kinds],
        "found": found_places(community, words),
    }
    if not code and len(context["found"]) == 1:
        code = context["found"][0].code
    if code:
        place = place_for(actor_of(request), community, code)
        kind = next((one for one in kinds if one.key == wanted), None)
        context |= {
            "place": place,
            "answer": answer(place, kind),
            "calls": open_above(community, place.code),
        }
    elif not words:
        context |= step(request, community, request.path, request.path)
    return render(request, "portal/leaders.html", context)


@require_safe
def talk(request: HttpRequest, community: str) -> HttpResponse:
    """Deciding together: nothing to decide yet, and said so."""
    community_at(request, community)
    return render(request, "portal/talk.html", {"here": "talk"})


@require_safe
def services(request: HttpRequest, community: str) -> HttpResponse:
    """Services nearby: none entered yet, and said so."""
    community_at(request, community)
    return render(request, "portal/services.html", {"here": "home"})
