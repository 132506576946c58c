"""Jobs of the matter engine."""

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from liren.access import actor as actors
from liren.base import clock
from liren.base.errors import Refused
from liren.notifications.actions import Message, notify
from liren.organisation.queries import seats_of, unanswered

from . import actions, files, links, suggestions
from .actions.core import headline
from .actions.handling import next_up
from .enums import Status
from .models import Matter

BATCH = 500


@app.periodic(cron="20 3 * * *")
@app.task(name="matters.learn", queueing_lock="matters.learn", pass_context=False)
def learn(timestamp: int) -> None:
    """Every night: learn suggestions anew where there are enough closed matters."""
    communities = Matter.objects.order_by().values_list("community", flat=True).distinct()
    for community in list(communities):
        suggestions.learn(community)


@app.periodic(cron="40 3 * * *")
@app.task(name="matters.sweep", queueing_lock="matters.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Every night: delete photos no matter points at."""
    files.sweep()


@app.periodic(cron="*/10 * * * *")
@app.task(name="matters.fall_up", queueing_lock="matters.fall_up", pass_context=False)
def fall_up(timestamp: int) -> None:
    """Every ten minutes: no matter stays with a post nobody answers for."""
    rows = Matter.objects.filter(status__in=[Status.SUBMITTED, Status.HANDLING])
    posts = set(rows.order_by().values_list("holder", flat=True).distinct()) - {None}
    gone = unanswered(post for post in posts if post is not None)
    by = actors.system("fall_up")
    for pk in rows.filter(holder__in=gone).values_list("pk", flat=True)[:BATCH]:
        try:
            actions.fall_up(by=by, matter=pk)
        except Refused:
            # Somebody was faster, or nobody at all answers there: the office's board shows it.
            continue


@app.periodic(cron="5 * * * *")
@app.task(name="matters.resume", queueing_lock="matters.resume", pass_context=False)
def resume(timestamp: int) -> None:
    """Every hour: what was suspended until a day goes on."""
    by = actors.system("resume")
    rows = Matter.objects.filter(status=Status.SUSPENDED, suspend_until__lte=clock.now())
    for pk in rows.values_list("pk", flat=True)[:BATCH]:
        try:
            actions.resume(by=by, matter=pk)
        except Refused:
            continue


@app.periodic(cron="10 4 * * *")
@app.task(name="matters.recount", queueing_lock="matters.recount", pass_context=False)
def recount(timestamp: int) -> None:
    """Every night: limits that waited for a year's holidays are counted anew once it is known."""
    rows = Matter.objects.filter(due_provisional=True).exclude(status=Status.CLOSED)
    by = actors.system("recount")
    for community in list(rows.order_by().values_list("community", flat=True).distinct()):
        actions.recount(by=by, community=community, provisional_only=True)


@app.periodic(cron="*/15 * * * *")
@app.task(name="matters.late", queueing_lock="matters.late", pass_context=False)
def late(timestamp: int) -> None:
    """Every quarter of an hour: who is late is told once, and so is the next one above."""
    now = clock.now()
    waiting = Matter.objects.filter(status=Status.SUBMITTED, accept_by__lt=now)
    overdue = Matter.objects.filter(
        status__in=[Status.SUBMITTED, Status.HANDLING], due__lt=now
    ).exclude(due=F("accept_by"))
    with override("zh-hans"):
        for rows, said, limit in (
            (waiting, _("Not taken on in time: %(what)s"), "accept_by"),
            (overdue, _("The promised time has passed: %(what)s"), "due"),
        ):
            found = rows.select_related("holder", "category").order_by("-" + limit)[:BATCH]
            for matter in found:
                notify(_told(matter, said, f"{limit[0]}{getattr(matter, limit):%Y%m%d%H%M}"))


def _told(matter: Matter, said: str, key: str) -> list[Message]:
    above = next_up(matter)
    posts = [post for post in (matter.holder_id, above.post if above else None) if post]
    return [
        Message(
            person=seat.person,
            kind="matter.late",
            title=said % {"what": headline(matter)},
            key=f"late:{matter.pk.hex}:{key}:{seat.person.hex}",
            community=matter.community,
            link=f"/field/matters/{matter.pk}/",
            outside_link=links.path_to(matter.pk, seat.term)
            if seat.post == matter.holder_id
            else "",
        )
        for seat in seats_of(posts)
        if seat.person not in matter.about_persons
    ]
