"""Jobs about people: retention, once a night."""

from procrastinate.contrib.django import app

from . import retention


@app.periodic(cron="30 3 * * *")
@app.task(name="people.purge", queueing_lock="people.purge", lock="people.purge")
def purge(timestamp: int) -> int:
    """Remove what its retention is over for; return how many rows."""
    return sum(one.rows for one in retention.purge())
