"""What the desk's and the liaison's pages share."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.access.actor import Actor, Permission
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed
from liren.look.parts import Entry
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import actions, queries, rules, words
from ..enums import Listed, State
from ..models import Item, Kind, Pledge

TONES = {
    State.PROMISED: "wait",
    State.UNDER_WAY: "now",
    State.DELIVERED: "info",
    State.CONFIRMED: "ok",
    State.WITHDRAWN: "off",
}
LISTS = {
    Listed.NEED: (pgettext_lazy("list", "Needs"), pgettext_lazy("list", "Add a need")),
    Listed.RESOURCE: (
        pgettext_lazy("list", "Resources"),
        pgettext_lazy("list", "Add a resource"),
    ),
    Listed.PROJECT: (pgettext_lazy("list", "Projects"), pgettext_lazy("list", "Add a project")),
}
DOINGS = {
    "start": (_("We have begun"), "arrow-right", ""),
    "deliver": (_("Delivered"), "send", _("What was delivered, and when?")),
    "confirm": (_("Received as promised"), "check", ""),
    "reopen": (_("Not complete"), "undo", _("What is missing?")),
    "withdraw": (_("Withdraw"), "close", _("Why? The other side is told.")),
}
ACTS = {
    "start": actions.start,
    "deliver": actions.deliver,
    "confirm": actions.confirm,
    "reopen": actions.reopen,
    "withdraw": actions.withdraw,
}


def blame(form: forms.Form, refused: Invalid | Changed | NotAllowed) -> int:
    """Put what an action refused beside the fields; return the page's status."""
    for name, texts in (getattr(refused, "fields", None) or {"": [str(refused)]}).items():
        for one in texts:
            form.add_error(name if name in form.fields else None, str(one))
    return refused.status


def places(community: str) -> list[tuple[str, str]]:
    """Return where in a community something can be: itself, its grids, its buildings."""
    rows = Place.objects.filter(
        community=community,
        level__in=[Level.COMMUNITY, Level.GRID, Level.BUILDING],
        closed_on__isnull=True,
    ).order_by("code")
    return [(row.code, f"{'　' * (row.level != Level.COMMUNITY)}{row}") for row in rows]


def kinds_of(community: str) -> dict[str, Kind]:
    """Return the kinds by code, retired ones too: lines keep theirs."""
    return {kind.code: kind for kind in queries.kinds(community, also_retired=True)}


def line_of(row: Item, kinds: dict[str, Kind], url: str) -> dict[str, Any]:
    """Return a line as a list shows it."""
    kind = kinds.get(row.kind)
    return {
        "title": row.title,
        "who": row.organisation.name,
        "kind": words.kind_name(kind) if kind else "",
        "much": words.much(row, kinds),
        "when": words.when(row),
        "where": str(row.place),
        "details": row.details,
        "contact": row.post.title,
        "url": url,
    }


def pledge_line(row: Pledge, url: str) -> dict[str, Any]:
    """Return a promise as a list shows it."""
    overdue = row.state in queries.RUNNING and row.due < clock.today()
    return {
        "what": row.what,
        "giver": row.giver.name,
        "receiver": row.receiver.name,
        "due": row.due,
        "tone": "bad" if overdue else TONES[State(row.state)],
        "state": _("overdue") if overdue else row.get_state_display(),
        "place": str(row.place),
        "url": url,
    }


def fit(found: queries.Suggestion, kinds: dict[str, Kind], url: str) -> dict[str, Any]:
    """Return a suggestion with its reasons in words."""
    return {
        "need": found.need,
        "resource": found.resource,
        "reasons": words.reasons(found, kinds),
        "part": not found.match.enough,
        "url": f"{url}?need={found.need.pk}&resource={found.resource.pk}" if url else "",
    }


def promise_start(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    """Return what a new promise begins with: the need and the resource of the address."""
    found: dict[str, Any] = {"due": clock.today(), "amount": 1}
    wanted = _item(actor, request.GET.get("need", ""), Listed.NEED)
    offered = _item(actor, request.GET.get("resource", ""), Listed.RESOURCE)
    if wanted is not None:
        found |= {
            "need": wanted.pk,
            "receiver": str(wanted.organisation_id),
            "what": wanted.title,
            "place": wanted.place_code,
            "amount": wanted.capacity,
            "due": max(wanted.starts, clock.today()),
        }
    if offered is not None:
        found |= {
            "resource": offered.pk,
            "giver": str(offered.organisation_id),
            "what": offered.title,
            "amount": min(offered.capacity, found["amount"] if wanted else offered.capacity),
        }
        found.setdefault("place", offered.place_code)
    for name in ("giver", "receiver", "project"):
        if request.GET.get(name):
            found[name] = request.GET[name]
    return found


def _item(actor: Actor, pk: str, listed: Listed) -> Item | None:
    try:
        return queries.items(actor).filter(pk=pk, listed=listed).first() if pk else None
    except (ValueError, forms.ValidationError):
        return None


def offers(actor: Actor, row: Pledge) -> list[dict[str, Any]]:
    """Return what may be done with a promise now, the next step first."""
    sides = queries.sides(actor, row)
    same = queries.delivered_by(row) == actor.name
    found = []
    for verb in rules.verbs_for(row.state, sides, said_by_same=same):
        if verb not in DOINGS:
            continue
        label, icon, ask = DOINGS[verb]
        found.append(
            {
                "verb": verb,
                "label": label,
                "icon": icon,
                "ask": ask,
                "kind": "danger" if verb == "withdraw" else "",
            }
        )
    # Whoever receives looks at "received" first, whoever gives at "delivered".
    order = ("confirm", "deliver", "start", "reopen", "withdraw")
    found.sort(key=lambda one: order.index(str(one["verb"])))
    return found


def history(row: Pledge) -> list[Entry]:
    """Return what happened to a promise, the newest first; posts, never persons."""
    steps = row.steps.select_related("by_post").order_by("-pk")
    return [
        Entry(
            what=str(step.get_verb_display()),
            who=f"{words.day(step.on)} · {step.by_post.title if step.by_post else ''}",
            said=step.words,
            state="now" if number == 0 else "",
        )
        for number, step in enumerate(steps)
    ]


def facts(row: Pledge) -> list[tuple[Any, Any]]:
    """Return what there is to know about a promise."""
    found: list[tuple[Any, Any]] = [
        (_("Who gives"), row.giver.name),
        (_("Who receives"), row.receiver.name),
        (_("How much"), row.amount),
        (_("By which day"), words.day(row.due)),
        (pgettext_lazy("on a list", "Where"), str(row.place)),
        (_("Who answers for it"), row.post.title),
    ]
    if row.need is not None:
        found.append((Listed.NEED.label, row.need.title))
    if row.resource is not None:
        found.append((Listed.RESOURCE.label, row.resource.title))
    if row.project is not None:
        found.append((Listed.PROJECT.label, row.project.title))
    return found


def opening_line(row: Any, url: str) -> dict[str, Any]:
    """Return an open matter as institutions see it: the words, the kind, the building (G7)."""
    code = queries.general(row.matter.place_code)
    place = row.matter.place
    while place is not None and len(place.code) > LENGTHS[Level.BUILDING]:
        place = place.parent
    return {
        "words": row.words,
        "kind": row.matter.category.name if row.matter.category else "",
        "place": str(place) if place is not None else code,
        "url": url,
    }


def may_edit(actor: Actor, community: str) -> bool:
    """Tell whether the actor keeps the council's lists as an office."""
    return actor.may(Permission.PARTNER_EDIT, community)
