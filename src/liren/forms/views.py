"""The desk's pages for forms from above: list, upload, columns, the filled form."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base import clock, sources
from liren.base.errors import Changed, Invalid
from liren.base.next_steps import NextStep, next_steps
from liren.base.sheets import SheetError, template_layout
from liren.look.messages import done, sorry
from liren.territory.codes import community_of

from . import actions, queries, rules
from .models import Form

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAME_MAX = 80
OURS = frozenset({"source", "community", "csrfmiddlewaretoken", "reason"})


class UploadForm(forms.Form):
    """An empty form and the list that fills it."""

    file = forms.FileField(
        label=gettext_lazy("The empty form"),
        help_text=gettext_lazy("An Excel file (.xlsx) of at most 2 MB, as it was sent"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
    name = forms.CharField(
        label=gettext_lazy("What the form is called"), max_length=NAME_MAX, required=False
    )
    source = forms.ChoiceField(label=gettext_lazy("The list that fills it"))

    def __init__(self, *args: Any, listed: list[sources.Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.key, one.label) for one in listed]


@dataclass(frozen=True, slots=True)
class Line:
    """A form of the list, and where it is filled with the filters at hand."""

    form: Form
    source: str
    url: str
    fill: str
    list_url: str
    unmask: bool
    steps: list[NextStep]


def _filters(query: QueryDict) -> dict[str, str]:
    """Return the filters of a list that came along in the address."""
    return {name: str(value) for name, value in query.dict().items() if name not in OURS}


@require_safe
@needs(Permission.SHEET_EXPORT)
def overview(request: HttpRequest) -> HttpResponse:
    """The forms; with ``source`` only those a list fills, which then carry its filters."""
    actor = actor_of(request)
    wished = request.GET.get("source", "")
    chosen = sources.source(wished) if wished else None
    filters = _filters(request.GET) if chosen else {}
    found = queries.visible(actor).defer("file").order_by("name", "pk")
    if chosen is not None:
        found = found.filter(source=chosen.key)
    return render(
        request,
        "forms/overview.html",
        {
            "here": "forms",
            "lines": [line for form in found[:200] if (line := _line(actor, form, filters))],
            "chosen": chosen,
            "filters": bool(filters),
        },
    )


def _line(actor: Actor, form: Form, filters: dict[str, str]) -> Line | None:
    source = sources.source(form.source)
    if source is None:
        return None
    query = f"?{urlencode(filters)}" if filters else ""
    try:
        listed = reverse(source.list_url) if source.list_url else ""
    except NoReverseMatch:
        listed = ""
    return Line(
        form=form,
        source=str(source.label),
        url=reverse("forms:one", args=[form.key]),
        fill=reverse("forms:fill", args=[form.key]) + query,
        list_url=listed,
        unmask=bool(form.mapping)
        and source.unmask is not None
        and actor.has(source.unmask_permission)
        and queries.has_personal(form, source),
        steps=next_steps(actor, form),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.SHEET_EXPORT)
def new(request: HttpRequest) -> HttpResponse:
    """Upload an empty form."""
    actor = actor_of(request)
    listed = queries.readable(actor)
    if request.method == "GET":
        start = {"source": request.GET.get("source", "")}
        return _new(request, UploadForm(listed=listed, initial=start))
    form = UploadForm(request.POST, request.FILES, listed=listed)
    if not form.is_valid():
        return _new(request, form, 422)
    values = form.cleaned_data
    upload = values["file"]
    try:
        kept = actions.keep(
            by=actor,
            community=community_of(min(actor.codes(Permission.SHEET_EXPORT))),
            name=values["name"] or (upload.name.rpartition(".")[0] or upload.name)[:NAME_MAX],
            source=values["source"],
            filename=upload.name,
            file=upload.read(actions.MAX_BYTES + 1),
        )
    except Invalid as error:
        for name, said in (error.fields or {"file": [error.message]}).items():
            for one in said:
                form.add_error(name, str(one))
        return _new(request, form, 422)
    return HttpResponseRedirect(reverse("forms:one", args=[kept.key]))


def _new(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    return render(request, "forms/new.html", {"here": "forms", "form": form}, status=status)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the form: its words, what is chosen for it, and why."""

    letter: str
    words: str
    chosen: str
    constant: str
    hint: str


@require_http_methods(["GET", "POST"])
@needs(Permission.SHEET_EXPORT)
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """What belongs into the columns: suggested by their names, confirmed by a person."""
    actor = actor_of(request)
    form = queries.get(actor, key)
    sent = request.POST if request.method == "POST" else request.GET
    try:
        row = int(sent.get("header_row", "") or form.header_row)
        if not 1 <= row <= 30:
            raise ValueError
    except ValueError:
        return _one(request, form, None, _("The header stands in one of the first 30 rows."), 422)
    if request.method == "GET" or "reread" in request.POST:
        return _one(request, form, row, "")
    mapping: dict[str, str] = {}
    for name, what in request.POST.dict().items():
        letter = name.removeprefix("map-")
        if letter == name or not what:
            continue
        what = str(what)
        if what == rules.CONSTANT:
            what += request.POST.get(f"constant-{letter}", "")[:200]
        mapping[letter] = what
    try:
        seen = int(request.POST.get("seen", ""))
    except ValueError:
        seen = 0
    try:
        saved = actions.map_columns(by=actor, form=key, mapping=mapping, header_row=row, seen=seen)
    except Invalid as error:
        return _one(request, form, row, str(error), 422)
    except Changed as error:
        return _one(request, form, row, str(error), 409)
    done(request, _("Kept as version %(n)d. It can be filled now.") % {"n": saved.version})
    return HttpResponseRedirect(reverse("forms:overview"))


def _one(
    request: HttpRequest, form: Form, row: int | None, said: str, status: int = 200
) -> HttpResponse:
    source = queries.source_of(form)
    columns: list[Column] = []
    row = row or form.header_row
    try:
        layout = template_layout(bytes(form.file), header_row=row)
    except SheetError as error:
        said, status = str(error), 422
    else:
        found = queries.suggested(layout, source)
        labels = {field.key: str(field.label) for field in source.fields}
        posted = request.method == "POST" and "reread" not in request.POST
        same = form.mapping and row == form.header_row
        for letter, words in layout.headers.items():
            if posted:
                chosen = request.POST.get(f"map-{letter}", "")
                constant = request.POST.get(f"constant-{letter}", "")
            elif same:
                chosen = form.mapping.get(letter, "")
                constant = chosen[1:] if chosen.startswith(rules.CONSTANT) else ""
                chosen = rules.CONSTANT if constant else chosen
            else:
                chosen, constant = found.get(letter, ("", 0))[0], ""
            key, alike = found.get(letter, ("", 0.0))
            hint = ""
            if key in labels and not posted and not same:
                hint = (
                    _("suggested: same name")
                    if alike >= 1
                    else _("suggested: similar to “%(name)s”") % {"name": labels[key]}
                )
            columns.append(Column(letter, words, chosen, constant, hint))
    context = {
        "here": "forms",
        "form": form,
        "source": source,
        "row": row,
        "columns": columns,
        "fields": [
            (
                field.key,
                _("%(field)s (masked)") % {"field": field.label} if field.personal else field.label,
            )
            for field in source.fields
        ],
        "said": said,
        "serial": rules.SERIAL,
        "constant": rules.CONSTANT,
    }
    return render(request, "forms/one.html", context, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
@needs(Permission.SHEET_EXPORT)
def fill(request: HttpRequest, key: UUID) -> HttpResponse:
    """The filled form. Posted with a reason, the telephone numbers stand in it in full, and every
    caller can read that and why.
    """
    actor = actor_of(request)
    form = queries.get(actor, key)
    reason = ""
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()
        if not reason:
            sorry(request, _("Please say why, in a few words."))
            return HttpResponseRedirect(reverse("forms:overview"))
    try:
        data = queries.filled(actor, form, _filters(request.GET), reason=reason[:200])
    except Invalid as error:
        sorry(request, str(error))
        unmapped = not form.mapping
        there = reverse("forms:one", args=[key]) if unmapped else reverse("forms:overview")
        return HttpResponseRedirect(there)
    name = urlencode({"": f"{form.name} {clock.today():%Y%m%d}.xlsx"})[1:].replace("+", "%20")
    return HttpResponse(
        data,
        content_type=XLSX,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "no-store",
        },
    )


@require_POST
@needs(Permission.SHEET_EXPORT)
def put_away(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the form out of the list, with the way back."""
    actions.put_away(by=actor_of(request), form=key)
    done(request, _("Put away."), undo_url=reverse("forms:take_out", args=[key]))
    return HttpResponseRedirect(reverse("forms:overview"))


@require_POST
@needs(Permission.SHEET_EXPORT)
def take_out(request: HttpRequest, key: UUID) -> HttpResponse:
    """Bring it back."""
    actions.take_out_again(by=actor_of(request), form=key)
    done(request, _("Taken back."))
    return HttpResponseRedirect(reverse("forms:overview"))
