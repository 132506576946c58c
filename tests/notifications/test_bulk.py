"""Quiet hours as the statement for thousands keeps them, against the rule for one."""

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.base.clock import SHANGHAI
from liren.notifications.actions import quiet_until
from liren.notifications.bulk import QUIET_UNTIL

pytestmark = pytest.mark.django_db
MINUTES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
SECONDS = int(timedelta(days=366).total_seconds())
MOMENTS = st.integers(0, SECONDS).map(
    lambda n: datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=n)
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=MOMENTS, start=st.none() | MINUTES, end=st.none() | MINUTES, same=st.booleans())
def test_the_statement_keeps_the_same_quiet_hours(db, at, start, end, same):
    if same:
        start = at.time().replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {QUIET_UNTIL} FROM
              (SELECT %(start)s::time AS quiet_from, %(end)s::time AS quiet_to) a,
              (SELECT (%(now)s::timestamptz AT TIME ZONE %(zone)s)::date AS d,
                      (%(now)s::timestamptz AT TIME ZONE %(zone)s)::time AS t) l
            """,
            {"start": start, "end": end, "now": at, "zone": str(SHANGHAI)},
        )
        (found,) = cursor.fetchone()
    assert found == quiet_until(at, start, end)
