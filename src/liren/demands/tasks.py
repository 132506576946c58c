"""Jobs of supervision orders."""

from datetime import timedelta

from django.db.models import F, Q
from django.utils.translation import override
from procrastinate.contrib.django import app

from liren.base import clock

from . import actions
from .enums import OrderState
from .models import Order

BATCH = 500


@app.periodic(cron="0 0 * * *")  # 08:00 in China
@app.task(name="demands.orders", queueing_lock="demands.orders", pass_context=False)
def orders(timestamp: int) -> None:
    """Every morning: orders due by tomorrow or late are told of once; late ones above as well."""
    today = clock.today()
    # Not those told of already: many late ones would leave no room for the others.
    rows = Order.objects.filter(state=OrderState.OPEN, due__lte=today + timedelta(days=1)).filter(
        Q(reminded_on__isnull=True) | Q(reminded_on__lte=F("due"), due__lt=today)
    )
    with override("zh-hans"):
        for pk in rows.order_by("due").values_list("pk", flat=True)[:BATCH]:
            actions.remind_order(order=pk)
