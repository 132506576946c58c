"""A resident's matters: the list, one matter with its timeline, what the reporter may do to it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access import limits, receipts
from liren.access.web import actor_of
from liren.base import clock
from liren.base.errors import Changed, Gone, Invalid, NotFound, TooMany
from liren.base.humanise import say_when
from liren.look.errors import error_page
from liren.look.messages import done, sorry
from liren.look.parts import Link
from liren.matters import actions, files, mine, queries, rules, words
from liren.matters.actions.reporting import REMIND_HOURS
from liren.matters.enums import LinkKind, Status
from liren.matters.forms import portal as forms
from liren.matters.models import Attachment, Matter
from liren.territory import queries as territory
from liren.territory.web import community_at

from .report import photos_of

# -- lists -------------------------------------------------------------------------------------


def rows_of(matters: list[Matter], *, own: bool) -> list[dict[str, Any]]:
    """Return what a list shows of each matter."""
    called = mine.called(matters)
    rows = []
    for one in matters:
        state = words.state_of(one, own=own)
        holder = called.get(one.pk) or (one.holder.title if one.holder else "")
        rows.append(
            {
                "url": reverse("matters:matter", args=[one.community, one.pk]),
                "title": words.title_of(one, own=own),
                "state": state,
                "holder": "" if one.status in (Status.CLOSED, Status.ANSWERING) else holder,
                "due": one.due if one.status in rules.OPEN else None,
                "late": bool(one.due and one.status in rules.OPEN and one.due < clock.now()),
                "at": one.reported_at,
                "place": one.place,
            }
        )
    return rows


@require_safe
def matters(request: HttpRequest, community: str) -> HttpResponse:
    """What I reported, what I follow; the ways to report and to look something up."""
    community_at(request, community)
    actor = actor_of(request)
    tab = "followed" if request.GET.get("tab") == "followed" else "mine"
    found = mine.mine(actor, community) if tab == "mine" else mine.followed(actor, community)
    listed = list(found[: mine.SHOWN + 1])
    here = reverse("matters:matters", args=[community])
    return render(
        request,
        "matters/portal/matters.html",
        {
            "tabs": [
                Link(label=pgettext("resident", "Reported"), url=here, key="mine"),
                Link(
                    label=pgettext("resident", "Followed"),
                    url=f"{here}?tab=followed",
                    key="followed",
                ),
            ],
            "tab": tab,
            "rows": rows_of(listed[: mine.SHOWN], own=tab == "mine"),
            "more": len(listed) > mine.SHOWN,
            "signed_in": actor.party is not None,
            "here": "matters",
        },
    )


# -- by receipt --------------------------------------------------------------------------------


@limits.limited(limits.LOOKUP)
@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest, community: str) -> HttpResponse:
    """Open a matter by number and query code. A wrong number and a wrong code answer alike."""
    community_at(request, community)
    form = forms.LookupForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                found = queries.by_code(
                    community, form.cleaned_data["number"], form.cleaned_data["code"]
                )
            except Gone:
                return error_page(
                    request,
                    status=410,
                    title=_("This query code has expired"),
                    text=_(
                        "Codes are good for a year. The community office can still find the "
                        "matter by its number; or simply report it anew."
                    ),
                )
            except NotFound:
                status = 404
                form.add_error(
                    None,
                    _("Number and code do not belong together. Please compare with your receipt."),
                )
            else:
                response = redirect("matters:matter", community, found.pk)
                receipts.remember(request, response, found.pk)
                return response
    return render(
        request, "matters/portal/lookup.html", {"form": form, "here": "matters"}, status=status
    )


# -- one matter --------------------------------------------------------------------------------


def _found(request: HttpRequest, community: str, matter: UUID) -> Matter:
    found = queries.get(actor_of(request), matter)
    if found.community != community:
        raise NotFound
    return found


@require_safe
def matter(request: HttpRequest, community: str, matter: UUID) -> HttpResponse:
    """One matter: its state, who has it until when, what happened, what may be done."""
    return show(request, _found(request, community, matter))


def show(
    request: HttpRequest,
    found: Matter,
    *,
    status: int = 200,
    changed: Changed | None = None,
    bound: Mapping[str, django_forms.Form] | None = None,
) -> HttpResponse:
    """Show a matter; ``bound`` forms come back with what was typed and what is wrong with it."""
    bound = bound or {}
    actor = actor_of(request)
    roles = queries.roles(actor, found)
    own = rules.R.REPORTER in roles
    verbs = frozenset(rules.verbs_for(found.status, frozenset({rules.R.REPORTER})) if own else ())
    calendar = territory.working_calendar(found.community)
    entries = mine.entries(found)
    lines = words.timeline_of(
        found,
        entries,
        mine.photos(found, withheld=mine.may_see_withheld(actor, found)),
        own=own,
        speakers=mine.speakers(found, entries) if own else None,
    )
    now = clock.now()
    follows = mine.follows(actor, found) if not own else False
    joined = None
    if found.ending == "merged":
        link = found.links_out.filter(kind=LinkKind.DUPLICATE_OF, active=True).first()
        joined = link.target_id if link else None
    context = {
        "matter": found,
        "own": own,
        "title": words.title_of(found, own=own),
        "kind": words.kind_of(found),
        "state": words.state_of(found, own=own),
        "promise": words.promise_of(
            found,
            calendar,
            called=mine.called([found]).get(found.pk, ""),
            done_by=mine.done_by(found),
            own=own,
        ),
        "provisional": words.provisional_note(found),
        "lines": lines,
        "verbs": verbs,
        "reminded": _reminded(found, now) if "remind" in verbs else "",
        "can_reopen": "reopen" in verbs
        and found.ending in rules.REOPENABLE
        and bool(found.reopen_until and found.reopen_until >= now),
        "can_rate": "rate" in verbs and found.ending in rules.REOPENABLE,
        "rated": forms.SATISFIED.get(found.satisfied, ""),
        "follows": follows,
        "joined": joined,
        "to_field": bool(roles - {rules.R.REPORTER, rules.R.FOLLOWER}),
        "neighbours": found.followers,
        "changed": changed,
        "sent": request.GET.get("done", "") if request.method == "GET" else "",
        "building": mine.building_name(found.place),
        "add": bound.get("add") or forms.AddForm(),
        "answer": bound.get("answer") or forms.AnswerForm(),
        "reopen": bound.get("reopen") or forms.WhyForm(),
        "rate": bound.get("rate")
        or forms.RateForm(initial={"satisfied": found.satisfied, "words": found.rating_why}),
        "open_add": "add" in bound,
        "open_reopen": "reopen" in bound,
        "open_rate": "rate" in bound,
        "here": "matters",
    }
    return render(request, "matters/portal/matter.html", context, status=status)


def _reminded(found: Matter, now: Any) -> str:
    """Return, when somebody has reminded lately, that they have; else ""."""
    last = found.last_reminded_at
    if last is None or (now - last).total_seconds() >= REMIND_HOURS * 3600:
        return ""
    return _("You reminded them %(when)s; they know.") % {"when": say_when(last)}


# -- what the reporter does --------------------------------------------------------------------

Act = Callable[[HttpRequest, UUID, dict[str, Any]], str]


def act(
    form_class: type[django_forms.Form] | None, name: str, do: Act
) -> Callable[[HttpRequest, str, UUID], HttpResponse]:
    """Return the view of one verb: form → action → back to the matter, nothing typed lost.

    ``do`` runs the action and returns what to say. What is wrong with the words comes back beside
    them (422); a matter somebody changed meanwhile is shown as it is now, with the words (409).
    """

    @limits.limited(limits.SMALL)
    @require_POST
    def view(request: HttpRequest, community: str, matter: UUID) -> HttpResponse:
        form = form_class(request.POST, request.FILES) if form_class else None
        found = _found(request, community, matter)
        bound = {name: form} if form is not None else {}
        if form is not None and not form.is_valid():
            return show(request, found, status=422, bound=bound)
        data = dict(form.cleaned_data) if form is not None else {}
        if form is not None and "photos" in form.fields:
            data["photos"] = photos_of(form)
            if form.errors:
                return show(request, found, status=422, bound=bound)
        seen = request.POST.get("seen", "")
        data["seen"] = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None
        try:
            said = do(request, matter, data)
        except Invalid as refused:
            if form is None:
                raise
            forms.put(form, refused)
            return show(request, found, status=422, bound=bound)
        except Changed as changed:
            # Whatever the rule that refused it: what was typed is shown again.
            changed.mine.setdefault("text", str(data.get("words", "")))
            fresh = _found(request, community, matter)
            return show(request, fresh, status=409, changed=changed, bound=bound)
        except TooMany as refused_:
            sorry(request, str(refused_))
            return redirect("matters:matter", community, matter)
        done(request, said)
        # Tells the page to forget the draft of what has arrived.
        return redirect(reverse("matters:matter", args=[community, matter]) + f"?done={name}")

    return view


def _remind(request: HttpRequest, pk: UUID, data: dict[str, Any]) -> str:
    actions.remind(by=actor_of(request), matter=pk)
    return _("They have been reminded.")


def _add(request: HttpRequest, pk: UUID, data: dict[str, Any]) -> str:
    actions.add_words(by=actor_of(request), matter=pk, words=data["words"], photos=data["photos"])
    return _("Added. Whoever has the matter sees it.")


def _withdraw(request: HttpRequest, pk: UUID, data: dict[str, Any]) -> str:
    actions.withdraw(by=actor_of(request), matter=pk, seen=data["seen"])
    return _("Withdrawn.")


def _answer(request: HttpRequest, pk: UUID, data: dict[str, Any]) -> str:
    solved = data["solved"] == "yes"
    actions.answer(
        by=actor_of(request),
        matter=pk,
        solved=solved,
        satisfied=data["satisfied"],
        words=data["words"],
        seen=data["seen"],
    )
    return _("Thank you for telling us.") if solved else _("It has gone back to be done.")


def _reopen(request: HttpRequest, pk: UUID, data: dict[str, Any]) -> str:
    actions.reopen(by=actor_of(request), matter=pk, words=data["words"], seen=data["seen"])
    return _("Reopened.")


def _rate(request: HttpRequest, pk: UUID, data: dict[str, Any]) -> str:
    actions.rate(by=actor_of(request), matter=pk, satisfied=data["satisfied"], words=data["words"])
    return _("Thank you.")


remind = act(None, "remind", _remind)
add = act(forms.AddForm, "add", _add)
withdraw = act(None, "withdraw", _withdraw)
answer = act(forms.AnswerForm, "answer", _answer)
reopen = act(forms.WhyForm, "reopen", _reopen)
rate = act(forms.RateForm, "rate", _rate)


@limits.limited(limits.SMALL)
@require_POST
def follow(request: HttpRequest, community: str, matter: UUID) -> HttpResponse:
    """Have the same need: hear how it goes."""
    found = actions.follow(by=actor_of(request), matter=matter)
    if request.headers.get("HX-Request"):
        return render(request, "matters/portal/followed.html", {"matter": found, "own": False})
    done(request, _("You follow it now."))
    return redirect("matters:matter", community, matter)


@limits.limited(limits.SMALL)
@require_POST
def unfollow(request: HttpRequest, community: str, matter: UUID) -> HttpResponse:
    """Stop following."""
    actions.unfollow(by=actor_of(request), matter=matter)
    done(
        request,
        _("You no longer follow it."),
        undo_url=reverse("matters:follow", args=[community, matter]),
    )
    return redirect("matters:matters", community)


@require_safe
def photo(
    request: HttpRequest, community: str, matter: UUID, photo: UUID, size: str
) -> FileResponse:
    """Hand out one photo, to whoever may see the matter and, on a complaint, this photo (G7)."""
    found = _found(request, community, matter)
    row = Attachment.objects.filter(matter=found, pk=photo).first()
    if row is None or (row.withheld and not mine.may_see_withheld(actor_of(request), found)):
        raise NotFound
    path = files.root() / (row.thumb if size == "small" else row.file)
    if not path.is_file():
        raise NotFound
    response = FileResponse(path.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response
