"""The desk's page for a community's household sheet: template, look, decision, result, list."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Actor, Permission
from liren.access.limits import SMALL, limited
from liren.access.web import actor_of, needs
from liren.base.errors import Invalid, NotFound
from liren.base.sheets import SheetError, blank_sheet
from liren.look.messages import done
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH
from liren.territory.enums import Level
from liren.territory.models import Place

from ..enums import RegisterState
from ..models import RegisterRun
from ..register import runs
from ..register.layout import COLUMNS, EXAMPLES, TEMPLATE
from ..register.words import KINDS, asides

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES = {column.key: column.title for column in COLUMNS}
PAGE = 25


class SheetForm(forms.Form):
    """Which file."""

    file = forms.FileField(
        label=gettext_lazy("The sheet"),
        help_text=gettext_lazy("Excel (.xlsx, .xls), WPS, .ods or CSV."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.et"}),
        allow_empty_file=True,
    )


def _community(request: HttpRequest) -> tuple[Place, list[Place]]:
    """Return the community the page is about, and the others to choose from."""
    listed = _communities(actor_of(request))
    wished = request.GET.get("community", "")
    place = next((one for one in listed if one.code == wished), None)
    if place is None and not wished and listed:
        place = listed[0]
    if place is None:
        raise NotFound
    return place, listed


def _communities(actor: Actor) -> list[Place]:
    found: list[Place] = []
    for code in actor.codes(Permission.SHEET_IMPORT):
        if len(code) <= COMMUNITY_LENGTH:
            found += territory.below(code, Level.COMMUNITY)[:50]
    return found[:50]


@require_http_methods(["GET", "POST"])
@limited(SMALL)
@needs(Permission.SHEET_IMPORT)
def overview(request: HttpRequest) -> HttpResponse:
    """Send a sheet; below it who took in what when."""
    community, listed = _community(request)
    form = SheetForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        form = SheetForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                run = runs.look_through(
                    by=actor_of(request), community=community.code, file=file, name=file.name
                )
            except SheetError as error:
                status = error.status
                form.add_error("file", str(error))
            else:
                return HttpResponseRedirect(reverse("register:run", args=[run.pk]))
    found = Paginator(runs.runs(actor_of(request), community.code), PAGE)
    page = found.get_page(request.GET.get("page"))
    context = {
        "here": "register",
        "form": form,
        "community": community,
        "listed": listed,
        "page": page,
        "rows": [{"run": run, "open": runs.is_open(run)} for run in page],
        "most": runs.WEB_ROWS,
        "megabytes": runs.WEB_BYTES // (1024 * 1024),
    }
    return render(request, "people/register/runs.html", context, status=status)


@require_safe
@needs(Permission.SHEET_IMPORT)
def template(request: HttpRequest) -> HttpResponse:
    """Hand out the empty sheet."""
    return _sheet(blank_sheet(TEMPLATE, examples=EXAMPLES), "房屋住户信息采集表.xlsx")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Permission.SHEET_IMPORT)
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a sheet would change or has changed; POST takes it in."""
    if request.method == "GET":
        return _show(request, runs.run_of(actor_of(request), pk), forms.Form())
    form = forms.Form(request.POST)
    form.is_valid()
    only = request.POST.get("only") == "1"
    try:
        found, same = runs.take_in(
            by=actor_of(request), pk=pk, good_rows_only=only, seen=request.POST.get("seen", "")
        )
    except Invalid as refused:
        form.add_error(None, str(refused))
        return _show(request, runs.run_of(actor_of(request), pk), form, status=422)
    if not same:
        form.add_error(
            None,
            _(
                "Something in the community changed since you looked. Nothing was taken in; "
                "this is what the sheet would do now."
            ),
        )
        return _show(request, found, form, status=409)
    return HttpResponseRedirect(reverse("register:run", args=[found.pk]))


def _show(
    request: HttpRequest, found: RegisterRun, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    summary: dict[str, Any] = found.summary
    context = {
        "here": "register",
        "run": found,
        "form": form,
        "open": runs.is_open(found),
        "done": found.state == RegisterState.DONE,
        "dropped": found.state == RegisterState.DROPPED,
        "community": territory.community(found.community),
        "seen": runs.look_of(found),
        "own": found.by == actor_of(request).name,
        "good": found.rows - found.rows_wrong,
        "kinds": [{"title": title, **summary["counts"][key]} for key, title in KINDS.items()],
        "faults": [
            {
                "number": number,
                "said": [{"column": TITLES.get(key, key), "words": words} for key, words in said],
            }
            for number, said in summary["faults"]
        ],
        "more_faults": max(0, found.rows_wrong - len(summary["faults"])),
        "asides": asides(summary),
    }
    return render(request, "people/register/run.html", context, status=status)


@never_cache
@require_safe
@needs(Permission.SHEET_IMPORT)
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out the wrong rows with what is wrong in each."""
    found = runs.run_of(actor_of(request), pk)
    stem = found.file_name.rpartition(".")[0] or found.file_name
    name = _("%(name)s - rows to correct.xlsx") % {"name": stem}
    return _sheet(runs.report_of(actor_of(request), pk), name)


@require_POST
@needs(Permission.SHEET_IMPORT)
def drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a sheet aside."""
    found = runs.drop(by=actor_of(request), pk=pk)
    done(request, _("Put aside. Its rows are gone; nothing was taken in."))
    return HttpResponseRedirect(f"{reverse('register:runs')}?community={found.community}")


def _sheet(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response
