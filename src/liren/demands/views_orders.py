"""Supervision orders: the list above, giving one, answering it, the page of paper."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Permission
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.pdf import compile_pdf
from liren.look.messages import done
from liren.matters import queries as matters
from liren.matters.actions.core import headline
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH

from . import actions, queries, rules
from .enums import OrderState
from .forms import OrderForm
from .models import Order
from .views import _int, _say

PAPER = Path(__file__).resolve().parent / "data" / "order.typ"
PAGE = 50
TONES = {
    OrderState.OPEN: "wait",
    OrderState.ANSWERED: "now",
    OrderState.CLOSED: "ok",
    OrderState.WITHDRAWN: "off",
}


@require_safe
@needs(Permission.MATTER_DISPATCH)
def overview(request: HttpRequest) -> HttpResponse:
    """List the orders one may read, the soonest due first; late ones by a filter."""
    actor = actor_of(request)
    show = request.GET.get("show", "")
    rows = queries.orders(actor).select_related("to_post", "from_post", "matter")
    wanted: dict[str, Any] = {
        "": rows.filter(state__in=sorted(rules.ORDER_OPEN)).order_by("due", "pk"),
        "late": queries.late(rows).order_by("due", "pk"),
        "past": rows.exclude(state__in=sorted(rules.ORDER_OPEN)).order_by("-given_on", "-pk"),
    }
    if show not in wanted:
        raise NotFound
    found = list(wanted[show][: PAGE + 1])
    context = {
        "here": "orders",
        "choices": [("late", _("late")), ("past", pgettext("orders", "closed"))],
        "rows": [_row(o) for o in found[:PAGE]],
        "more": len(found) > PAGE,
        "may_give": actor.has(Permission.MATTER_SUPERVISE),
    }
    return render(request, "demands/orders.html", context)


def _row(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "number": actions.number_of(order),
        "tone": TONES[OrderState(order.state)],
        "late": order.state == OrderState.OPEN and order.due < clock.today(),
    }


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_SUPERVISE)
def new(request: HttpRequest) -> HttpResponse:
    """Give an order, about a matter (``?matter=``) or to any post of the community."""
    actor = actor_of(request)
    matter = None
    community = ""
    if wished := request.GET.get("matter", ""):
        try:
            matter = matters.visible(actor).filter(pk=UUID(wished)).first()
        except ValueError:
            matter = None
        if matter is None:
            raise NotFound
        posts = queries.receivers(matter).exclude(pk__in=list(actor.posts))
    else:
        codes = [c for c in actor.codes(Permission.MATTER_SUPERVISE) if len(c) >= COMMUNITY_LENGTH]
        asked = request.GET.get("at", "")
        if (
            asked
            and len(asked) == COMMUNITY_LENGTH
            and asked.isascii()
            and asked.isdigit()
            and actor.may(Permission.MATTER_SUPERVISE, asked)
        ):
            codes = [asked]
        if not codes:
            raise Invalid(_("Please open a matter first; the order is about that."))
        community = codes[0][:COMMUNITY_LENGTH]
        posts = queries.posts_to_order(actor, community)
    form = OrderForm(request.POST if request.method == "POST" else None, posts=posts)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                order = actions.give_order(
                    by=actor,
                    to_post=UUID(data["to_post"]),
                    text=data["text"],
                    due=data["due"],
                    matter=matter.pk if matter else None,
                    community=community,
                )
            except Invalid as refused:
                _say(form, refused)
            else:
                done(request, _("The order is given; the post is told."))
                return redirect("demands:order", order.pk)
    context = {
        "here": "orders",
        "form": form,
        "matter": matter,
        "headline": headline(matter) if matter else "",
    }
    return render(request, "demands/order_new.html", context, status=status)


@require_safe
@needs(Permission.MATTER_HANDLE, Permission.MATTER_SUPERVISE)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an order to whoever gave it and to whoever answers it."""
    return _one(request, queries.order(actor_of(request), pk))


def _one(
    request: HttpRequest, row: Order, *, status: int = 200, said: str = "", verb: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    words = _words()
    desk = actor.has(Permission.MATTER_DISPATCH)
    context = {
        "order": row,
        **_row(row),
        "facts": _facts(row),
        "desk": desk,
        "verbs": [
            {
                **words[v],
                "key": v.replace("_", "-"),
                "open": v == verb,
                "typed": request.POST.get("words", "") if v == verb else "",
            }
            for v in queries.order_verbs(actor, row)
        ],
        "matter_url": _matter_url(row, desk),
        "said": said,
        "soon": clock.today().isoformat(),
    }
    return render(request, "demands/order.html", context, status=status)


def _matter_url(row: Order, desk: bool) -> str:
    if row.matter is None:
        return ""
    return f"/office/matters/{row.matter.pk}/" if desk else f"/field/matters/{row.matter.pk}/"


def _facts(row: Order) -> list[tuple[str, str]]:
    facts = [
        (_("From whom"), row.from_post.title),
        (_("To which post"), row.to_post.title),
        (_("Given on"), row.given_on.isoformat()),
        (pgettext("a day", "Until"), row.due.isoformat()),
    ]
    if row.matter is not None:
        # Never the words of a matter whose reporter is hidden (G7).
        facts.append((_("About the matter"), f"{row.matter.number} {headline(row.matter)}"))
    return facts


def _words() -> dict[str, dict[str, Any]]:
    return {
        "answer": {"label": _("Answer it"), "words": _("What was done, or what stands in the way")},
        "close": {"label": _("Close the order"), "words": _("Note"), "optional": True},
        "send_back": {"label": _("Not enough yet"), "words": _("What is missing"), "day": True},
        "withdraw": {"label": _("Withdraw it"), "words": _("Why")},
    }


@require_POST
@needs(Permission.MATTER_HANDLE, Permission.MATTER_SUPERVISE)
def act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Answer, close, send back, withdraw."""
    actor = actor_of(request)
    row = queries.order(actor, pk)
    verb = verb.replace("-", "_")
    verbs: dict[str, Callable[..., Order]] = {
        "answer": actions.answer_order,
        "close": actions.close_order,
        "send_back": actions.send_order_back,
        "withdraw": actions.withdraw_order,
    }
    todo = verbs.get(verb)
    if todo is None:
        raise NotFound
    named: dict[str, Any] = {
        "by": actor,
        "order": pk,
        "words": request.POST.get("words", ""),
        "seen": _int(request.POST.get("seen", "")),
    }
    if verb == "send_back":
        try:
            named["due"] = date.fromisoformat(request.POST.get("due", ""))
        except ValueError:
            return _one(request, row, status=422, said=_("Please choose another day."), verb=verb)
    try:
        todo(**named)
    except Invalid as refused:
        said = next(iter(refused.fields.values()), [str(refused)])[0]
        return _one(request, row, status=422, said=str(said), verb=verb)
    except Changed as error:
        return _one(request, queries.order(actor, pk), status=409, said=str(error), verb=verb)
    done(request, _("Saved."))
    return redirect("demands:order", pk)


@require_safe
@needs(Permission.MATTER_HANDLE, Permission.MATTER_SUPERVISE)
def printed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The order as a page of paper, with room for the answer."""
    row = queries.order(actor_of(request), pk)
    data = {
        "title": _("Supervision order"),
        "number": actions.number_of(row),
        "community": territory.community(row.community).name,
        "facts": [list(pair) for pair in _facts(row)],
        "what_title": _("What is to be done"),
        "text": row.text,
        "answer_title": _("Answer"),
        "answer": row.answer,
        "answered": row.answered_on.isoformat() if row.answered_on else "",
        "closing_title": _("Closed"),
        "closing": row.closing,
        "closed": row.closed_on.isoformat() if row.closed_on else "",
        "sign": _("Signature and date"),
    }
    response = HttpResponse(compile_pdf(PAPER, data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="order-{row.year}-{row.number}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
