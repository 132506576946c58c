"""A line as the community wants it: which kinds of post, nearest first, and which are needed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liren.access.actor import Permission
from liren.access.web import actor_of, needs
from liren.base.errors import Invalid, NotFound
from liren.look.messages import done
from liren.look.parts import Link
from liren.territory.codes import COMMUNITY_LENGTH, LENGTHS
from liren.territory.enums import Level

from .. import actions, queries, shipped
from ..actions.lines import MOST_STEPS, version_of
from ..forms import LineForm, StepFormSet
from ..models import LineStep, PostType
from .network import scope_of


@require_http_methods(["GET", "POST"])
@needs(Permission.POST_EDIT)
def line(request: HttpRequest, code: str) -> HttpResponse:
    """Show the steps of a line and put an edited version into force from today on."""
    community = scope_of(request).code[:COMMUNITY_LENGTH]
    if len(community) < COMMUNITY_LENGTH:
        raise NotFound
    found = queries.line_for(community, code)
    if found is None:
        raise NotFound
    steps = list(queries.steps_of(found))
    types = [
        (kind.code, f"{kind.name}（{Level(kind.level).label}）")
        for kind in sorted(
            PostType.objects.filter(community__in=("", community)),
            key=lambda kind: (-LENGTHS[Level(kind.level)], kind.code),
        )
    ]
    forms = shipped.FORMS.get(code, {})
    chosen = forms.get(request.GET.get("form", ""))
    begin = (
        [{"type": kind, "everywhere": everywhere} for kind, everywhere in chosen[2]]
        if chosen
        else [{"type": s.type_id, "everywhere": s.everywhere} for s in steps]
    )
    sent = request.POST if request.method == "POST" else None
    form = LineForm(
        sent,
        initial={
            "name": found.name,
            "most_posts": found.most_posts,
            "seen": version_of(steps),
        },
    )
    rows = StepFormSet(
        sent,
        form_kwargs={"types": types},
        initial=begin,
    )
    status = 200
    if sent is not None:
        status = 422
        if form.is_valid() and rows.is_valid():
            wanted = [
                actions.Step(type=row["type"], everywhere=row["everywhere"])
                for row in rows.cleaned_data
                if row.get("type")
            ]
            try:
                actions.edit_line(
                    by=actor_of(request),
                    community=community,
                    code=code,
                    steps=wanted,
                    name=form.cleaned_data["name"],
                    most_posts=form.cleaned_data["most_posts"],
                    seen=form.cleaned_data["seen"] or 0,
                )
            except Invalid as refused:
                form.add_error(None, str(refused))
            else:
                done(request, _("In force from today on. What was before stays on record."))
                return redirect(reverse("network:overview") + f"?line={code}&at={community}")
    history = (
        LineStep.objects.filter(line__code=code, line__community=community)
        .select_related("type")
        .order_by("-starts", "order")
    )
    versions: dict[tuple[object, object], list[str]] = {}
    for step in history:
        versions.setdefault((step.starts, step.ends), []).append(step.type.name)
    english = (get_language() or "").startswith("en")
    now = [(s.type_id, s.everywhere) for s in steps]
    context = {
        "here": "network",
        "line": found,
        "published": [
            Link(
                label=names[1] if english else names[0],
                url=f"?at={community}&form={key}",
                key=key,
                sub=_("in force") if [(str(k), e) for k, e in names[2]] == now else "",
            )
            for key, names in forms.items()
        ],
        "chosen": chosen is not None,
        "form": form,
        "rows": rows,
        "most": MOST_STEPS,
        "versions": [
            {"starts": starts, "ends": ends, "types": names}
            for (starts, ends), names in versions.items()
        ],
    }
    return render(request, "organisation/line.html", context, status=status)
