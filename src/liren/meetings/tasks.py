"""Jobs of meetings."""

from datetime import timedelta

from django.utils.translation import override
from procrastinate.contrib.django import app

from liren.base import clock

from . import actions
from .enums import State
from .models import Meeting

BATCH = 500


@app.periodic(cron="15 * * * *")
@app.task(name="meetings.remind", queueing_lock="meetings.remind", pass_context=False)
def remind(timestamp: int) -> None:
    """Every hour: members of a meeting within a day are reminded, once."""
    now = clock.now()
    rows = Meeting.objects.filter(
        state=State.CALLED,
        reminded_at__isnull=True,
        starts__gt=now,
        starts__lte=now + timedelta(days=1),
    )
    with override("zh-hans"):
        for row in rows.order_by("starts")[:BATCH]:
            actions.remind(meeting=row)
