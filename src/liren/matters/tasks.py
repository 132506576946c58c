"""Jobs of the matter engine."""

from procrastinate.contrib.django import app

from . import files, suggestions
from .models import Matter


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
