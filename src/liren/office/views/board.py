"""The board: what waits for the desk, each number opening its list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liren.access.actor import Permission
from liren.access.web import actor_of, needs
from liren.matters import desk
from liren.matters.views.office import shown
from liren.matters.views.office.root import proposals
from liren.people import queries as people


@require_safe
@needs(Permission.MATTER_DISPATCH)
def board(request: HttpRequest) -> HttpResponse:
    """Show the columns with their counts and their most urgent matters."""
    actor = actor_of(request)
    address = reverse("matters_office:list")
    columns = [
        {
            "title": shown.COLUMN_TITLES[column.key],
            "hint": shown.COLUMN_HINTS[column.key],
            "url": f"{address}?view={column.key}&sort=due",
            "count": f"{desk.MANY:,}+" if column.count > desk.MANY else f"{column.count:,}",
            "none": column.count == 0,
            "bad": column.key in ("urgent", "overdue", "late_accept") and column.count > 0,
            "others": column.key in ("waiting", "late_accept"),
            "rows": shown.rows(column.rows),
            "more": column.count > len(column.rows),
        }
        for column in desk.board(actor)
    ]
    context = {
        "here": "board",
        "columns": columns,
        "proposals": proposals(actor, limit=5),
        "requests": people.waiting(actor),
    }
    return render(request, "office/board.html", context)
