"""The sheet of posts: send it, see what it would do, decide."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Permission
from liren.access.limits import SMALL, limited
from liren.access.web import actor_of, needs
from liren.base.errors import Invalid, NotFound
from liren.base.sheets import SheetError, blank_sheet
from liren.look.messages import done
from liren.territory.codes import COMMUNITY_LENGTH

from ..sheet import COLUMNS, EXAMPLES, MAX_ROWS, look_through
from ..sheet import take_in as take_in_rows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200


class PostsSheetForm(forms.Form):
    """Which file."""

    file = forms.FileField(
        label=gettext_lazy("The sheet"),
        help_text=gettext_lazy("Excel (.xlsx, .xls), WPS, .ods or CSV."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.et"}),
        allow_empty_file=True,
    )


def _community(request: HttpRequest) -> str:
    codes = actor_of(request).codes(Permission.POST_EDIT)
    for code in codes:
        if len(code) == COMMUNITY_LENGTH:
            return code
    raise NotFound


@require_http_methods(["GET", "POST"])
@limited(SMALL)
@needs(Permission.POST_EDIT)
def upload(request: HttpRequest) -> HttpResponse:
    """Send a sheet of posts; what it would do is shown before anything is written."""
    actor, community = actor_of(request), _community(request)
    form, status, plan = PostsSheetForm(), 200, None
    if request.method == "POST":
        form = PostsSheetForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                plan = look_through(by=actor, community=community, file=form.cleaned_data["file"])
                status = 200
            except SheetError as error:
                status = error.status
                form.add_error("file", str(error))
    context = {
        "here": "network",
        "form": form,
        "most": MAX_ROWS,
        "plan": plan,
        "given": plan.given[:SHOWN] if plan else (),
        "wrong": plan.wrong[:SHOWN] if plan else (),
        "token": plan.token(actor, community) if plan and plan.given else "",
    }
    return render(request, "organisation/sheet.html", context, status=status)


@require_POST
@needs(Permission.POST_EDIT)
def take_in(request: HttpRequest) -> HttpResponse:
    """Give the posts of the sheet that was just looked through."""
    try:
        count = take_in_rows(by=actor_of(request), token=request.POST.get("token", ""))
    except Invalid as refused:
        context = {
            "here": "network",
            "form": PostsSheetForm(),
            "most": MAX_ROWS,
            "problem": str(refused),
        }
        return render(request, "organisation/sheet.html", context, status=409)
    done(
        request,
        ngettext("%(n)d post has its holder now.", "%(n)d posts have their holders now.", count)
        % {"n": count},
    )
    return redirect(reverse("network:overview"))


@require_safe
@needs(Permission.POST_EDIT)
def template(request: HttpRequest) -> HttpResponse:
    """Hand out the empty sheet."""
    response = HttpResponse(
        blank_sheet(COLUMNS, examples=EXAMPLES, sheet_name=_("Posts and holders")),
        content_type=XLSX,
    )
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=_("Posts and holders") + ".xlsx"
    )
    return response
