"""Jobs of calls: spreading to many, going on after a crash, ending what is over, widening."""

import logging
from uuid import UUID

from procrastinate.contrib.django import app

from liren.base import clock

from . import actions, spreading
from .enums import State
from .models import Call, Ring

log = logging.getLogger(__name__)


@app.task(name="calls.spread")
def spread(ring: str) -> None:
    """Tell everybody of one ring."""
    spreading.finish(UUID(ring))


@app.periodic(cron="* * * * *")
@app.task(name="calls.tend", queueing_lock="calls.tend", pass_context=False)
def tend(timestamp: int) -> None:
    """Go on where a worker was lost; close what is over; widen what has too few."""
    now = clock.now()
    stale = Ring.objects.filter(done=False, moved_at__lt=now - spreading.STALE)
    for ring in stale.values_list("pk", flat=True):
        log.info("going on with ring %s of a call", ring)
        spreading.finish(ring)
    running = Call.objects.filter(state=State.RUNNING)
    for call in running.filter(closes_at__lte=now).values_list("pk", flat=True):
        actions.close_due(call)
    for call in running.filter(widen_at__lte=now).values_list("pk", flat=True):
        actions.widen_due(call)
