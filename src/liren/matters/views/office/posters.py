"""QR posters for entrances, ready to print: scan, and the report knows where you are."""

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liren.access.actor import Permission
from liren.access.gate import require
from liren.access.web import actor_of, needs
from liren.base.errors import Invalid, NotFound
from liren.base.pdf import compile_pdf
from liren.base.qr import qr_svg
from liren.organisation.enums import OrganisationKind
from liren.organisation.models import Organisation
from liren.territory import queries as territory
from liren.territory.actions import give_tag
from liren.territory.codes import LENGTHS, community_of
from liren.territory.enums import Level
from liren.territory.models import Place

TEMPLATE = Path(__file__).resolve().parents[2] / "data" / "poster.typ"
MOST = 1000


def _place(request: HttpRequest, code: str) -> Place:
    """Return the place somebody prints for; ``NotFound`` when it is not theirs to edit."""
    if not (code.isascii() and code.isdigit()) or len(code) not in LENGTHS.values():
        raise NotFound
    require(actor_of(request), Permission.PLACE_EDIT, code)
    return territory.at_code(code)


@require_safe
@needs(Permission.PLACE_EDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """Choose what to print for: the whole community, a building, one entrance."""
    codes = actor_of(request).codes(Permission.PLACE_EDIT)
    at = _place(request, request.GET.get("at") or codes[0])
    below = Level.UNIT if at.level == Level.BUILDING else Level.BUILDING
    if len(at.code) < LENGTHS[Level.COMMUNITY]:
        below = Level.COMMUNITY
    rows = list(territory.below(at.code, below))
    units = territory.below(at.code, Level.UNIT).values_list("code", "tag")
    counts: dict[str, list[bool]] = {}
    size = LENGTHS[below]
    for code, tag in units:
        counts.setdefault(code[:size], []).append(tag is not None)
    return render(
        request,
        "matters/office/posters.html",
        {
            "here": "posters",
            "unreachable": _only_here(request.get_host()),
            "at": at,
            "whole": at.level not in (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.SUBDISTRICT),
            "deeper": below != Level.UNIT,
            "rows": [
                {
                    "place": row,
                    "units": len(counts.get(row.code, [])),
                    "tagged": sum(counts.get(row.code, [])),
                }
                for row in rows
            ],
            "total": sum(len(found) for found in counts.values()),
        },
    )


def _only_here(host: str) -> bool:
    """Tell whether an address leads nowhere from a phone: it names the machine itself."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


@require_POST
@needs(Permission.PLACE_EDIT)
def pdf(request: HttpRequest) -> HttpResponse:
    """Print: entrances without a short code get one, the PDF has an A4 page for each."""
    at = _place(request, request.POST.get("place", ""))
    units = list(territory.below(at.code, Level.UNIT)[: MOST + 1])
    if not units:
        raise Invalid(_("There is no entrance here to print for."))
    if len(units) > MOST:
        raise Invalid(
            _("These are more than %(most)d entrances. Please print building by building.")
            % {"most": MOST}
        )
    for number, unit in enumerate(units):
        if unit.tag is None:
            units[number] = give_tag(by=actor_of(request), place=unit.pk)
    response = HttpResponse(poster(request, units), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="posters-{at.code}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def poster(request: HttpRequest, units: Sequence[Place]) -> bytes:
    """Return the PDF: one A4 page an entrance, readable from three metres."""
    community = community_of(units[0].code)
    name = territory.community(community).name
    office = Organisation.objects.filter(
        community=community, kind=OrganisationKind.COMMITTEE, closed_on__isnull=True
    ).first()
    pages: list[dict[str, Any]] = []
    for unit in units:
        path = reverse("matters:poster", args=[unit.tag])
        pages.append(
            {
                "place": str(unit),
                "svg": qr_svg(request.build_absolute_uri(path), level="q"),
                "address": f"{request.get_host()}{path}",
            }
        )
    data = {
        "title": _("Something here that needs doing?"),
        "do": _("Scan, write one sentence, send."),
        "then": _("You see who has it and by when it is done. Nothing to install, no sign-up."),
        "typed": _("No camera? Type this address:"),
        "without": _(
            "No phone? Tell your unit leader or the community station: it is written down for "
            "you, and you have the same rights."
        ),
        "urgent": _("Fire 119 · Police 110 · Ambulance 120"),
        "community": name,
        "contact": office.contact if office else "",
        "pages": pages,
    }
    return compile_pdf(TEMPLATE, data)
