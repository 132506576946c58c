"""One post: who holds it, who held it, hand it over, end it; and the card for its entrance."""

from pathlib import Path
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.next_steps import next_steps
from liren.base.pdf import compile_pdf
from liren.base.qr import qr_svg
from liren.look.messages import done
from liren.people import queries as people
from liren.territory import queries as territory
from liren.territory.codes import LENGTHS, community_of
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import actions, hooks, queries
from ..enums import OrganisationKind
from ..forms import EndForm, HandOverForm
from ..models import HandOver, Organisation, Post, Term

CARD = Path(__file__).resolve().parents[1] / "data" / "card.typ"
CARDS_MOST = 200


def _post(request: HttpRequest, pk: UUID) -> Post:
    post = Post.objects.select_related("place", "type", "organisation").filter(pk=pk).first()
    if post is None:
        raise NotFound
    require(actor_of(request), Permission.POST_EDIT, post.place_code)
    return post


@require_http_methods(["GET", "POST"])
@needs(Permission.POST_EDIT)
def post(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a post with its terms; POST hands it over, ends its term or closes it."""
    row, actor = _post(request, pk), actor_of(request)
    running = row.terms.filter(queries.holding()).select_related("person").order_by("seat").first()
    words = request.GET.get("q", "").strip()[:60]
    found = people.find(actor, words) if words else []
    doing = request.POST.get("do", "")
    shown = {"term": running.pk} if running else {}
    sent = request.POST if request.method == "POST" else None
    hand_over = HandOverForm(
        sent if doing == "hand_over" else None, persons=found, initial=shown, auto_id="over_%s"
    )
    end = EndForm(sent if doing == "end" else None, initial=shown, auto_id="end_%s")
    status = 200
    if request.method == "POST":
        form = {"hand_over": hand_over, "end": end}.get(doing)
        if form is None:
            raise NotFound
        status = 422
        if form.is_valid():
            seen = form.cleaned_data["term"]
            if running is None or (seen and seen != running.pk):
                raise Changed(_("Somebody else changed who holds this post. Please look again."))
            try:
                said = _do(actor, running, doing, form)
            except Invalid as refused:
                for name, texts in (refused.fields or {"": [str(refused)]}).items():
                    form.add_error(name if name in form.fields else None, [str(t) for t in texts])
            else:
                done(request, said)
                return redirect("network:post", row.pk)
    context = {
        "here": "network",
        "post": row,
        "running": running,
        "terms": row.terms.select_related("person").order_by("-starts", "-pk")[:20],
        "offers": next_steps(actor, row),
        "work": hooks.open_work(actor, row.pk),
        "work_count": hooks.open_work_count(actor, row.pk),
        "note": HandOver.objects.filter(outgoing=running).first() if running else None,
        "hand_overs": HandOver.objects.filter(post=row, incoming__isnull=False)
        .select_related("outgoing__person", "incoming__person")
        .order_by("-incoming__starts")[:20],
        "words": words,
        "found": found,
        "hand_over": hand_over,
        "end": end,
    }
    return render(request, "organisation/post.html", context, status=status)


def _do(actor: Actor, term: Term, doing: str, form: django_forms.Form) -> str:
    data = form.cleaned_data
    if doing == "end":
        actions.end_term(by=actor, term=term.pk, ends=data["ends"])
        return _("The term ends on %(day)s.") % {"day": data["ends"].isoformat()}
    following = actions.hand_over(
        by=actor,
        term=term.pk,
        person=UUID(data["person"]),
        on=data["on"] or clock.today(),
        note=data["note"],
    )
    return _("Handed over to %(who)s. Open matters stay with the post.") % {
        "who": following.person.name
    }


@require_POST
@needs(Permission.POST_EDIT)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a post from today on."""
    row = _post(request, pk)
    actions.close_post(by=actor_of(request), post=row.pk)
    done(request, _("The post is closed. Needs go to the next above."))
    return redirect(reverse("network:overview") + f"?at={community_of(row.place_code)}")


@require_safe
@needs(Permission.MATTER_DISPATCH)
def cards(request: HttpRequest, code: str) -> HttpResponse:
    """Print the responsibility cards of the buildings and entrances below a place.

    A card names posts and how to reach them through the platform, never a private phone.
    """
    if not (code.isascii() and code.isdigit()) or len(code) not in LENGTHS.values():
        raise NotFound
    require(actor_of(request), Permission.MATTER_DISPATCH, code)
    at = territory.at_code(code)
    level = Level.UNIT if len(at.code) >= LENGTHS[Level.BUILDING] else Level.BUILDING
    rows = [at] if at.level == Level.UNIT else list(territory.below(at.code, level))
    if not rows:
        raise Invalid(_("There is no building or entrance here to print for."))
    if len(rows) > CARDS_MOST:
        raise Invalid(_("More than 200 cards at once are too many. Please print grid by grid."))
    response = HttpResponse(card(request, rows), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="cards-{at.code}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def card(request: HttpRequest, places: list[Place]) -> bytes:
    """Return the PDF: one A5 card a place, who answers here on the three leaders' line."""
    community = community_of(places[0].code)
    office = Organisation.objects.filter(
        community=community, kind=OrganisationKind.COMMITTEE, closed_on__isnull=True
    ).first()
    pages = []
    duties: dict[str, list[str]] = {}
    for place in places:
        # A poster of the entrance opens the report with the place set; others start at the top.
        path = f"/q/{place.tag}/" if place.tag else f"/c/{community}/report/?place={place.code}"
        names, kind = _names(place)
        if kind and kind not in duties:
            # What fits on the card; the whole list stands on the page of who is responsible.
            duties[kind] = [one.text for one in queries.duties_of(community, kind)[:8]]
        pages.append(
            {
                "place": str(place),
                "svg": qr_svg(request.build_absolute_uri(path), level="m"),
                "posts": names,
                "duties": duties.get(kind, []),
            }
        )
    data = {
        "title": _("Who is responsible here"),
        "reach": _("Scan to reach them; the number of nobody is printed here."),
        "community": territory.community(community).name,
        "contact": office.contact if office else "",
        "pages": pages,
    }
    return compile_pdf(CARD, data)


def _names(place: Place) -> tuple[list[dict[str, str]], str]:
    """Return who answers, and the kind of the place's own post ("" when it has no holder)."""
    holders = queries.holders_up("three_leaders", place.code)
    posts = [h for h in holders if len(h.place_code) >= LENGTHS[Level.COMMUNITY]]
    names = dict(
        Term.objects.filter(pk__in=[h.term for h in posts]).values_list("pk", "person__name")
    )
    own = next((h.type for h in posts if h.place_code == place.code), "")
    return [{"post": h.title, "name": names.get(h.term, "")} for h in posts], own
