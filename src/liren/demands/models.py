"""Demands on a community, what arrived with them; supervision orders."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, append_only, audited
from liren.base import clock
from liren.base.ids import uuid7
from liren.matters.models import Matter
from liren.organisation.models import Post
from liren.territory.models import Place

from .enums import Came, DemandState, Often, OrderState, What


class Demand(Tracked):
    """Something new that is asked of the community: by whom, on what ground, and what comes with
    it. Money in fen, time in minutes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="demands")
    place_code = models.CharField(max_length=24, db_collation="C")
    # As it stands on the paper: departments above are no rows a community can see.
    asked_by = models.CharField(_("asked by"), max_length=120)
    what = models.CharField(max_length=8, choices=What.choices)
    title = models.CharField(_("what is asked"), max_length=120)
    basis = models.CharField(_("document"), max_length=200, blank=True)
    article = models.CharField(_("article"), max_length=120, blank=True)
    since = models.DateField(_("from"))
    often = models.CharField(max_length=10, choices=Often.choices, default=Often.ONCE)
    minutes = models.PositiveIntegerField(_("minutes each time"), default=0)
    replaces = models.CharField(_("what it replaces"), max_length=200, blank=True)
    money = models.BigIntegerField(_("money promised"), default=0)
    people = models.PositiveSmallIntegerField(_("people promised"), default=0)
    powers = models.CharField(_("powers promised"), max_length=200, blank=True)
    promised_by = models.DateField(_("promised until"), null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=DemandState.choices, default=DemandState.WAITING
    )
    # Whether the community's list of duties names it, by which article; None: not looked at yet.
    on_duty_list = models.BooleanField(null=True, blank=True)
    duty_article = models.CharField(max_length=120, blank=True)
    decided_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="demands_decided"
    )
    decided_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    # The form it came with, kept among the forms from above.
    form_key = models.UUIDField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("demand")
        constraints = [
            models.CheckConstraint(condition=Q(money__gte=0), name="demand_money_not_negative"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "declined", "ended"])
                | Q(decided_by__isnull=False, decided_on__isnull=False),
                name="demand_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["community", "state"], name="demand_where")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.title


class Arrival(Tracked):
    """What has arrived of what was promised: an amount in fen, a number of people, or powers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    demand = models.ForeignKey(Demand, models.CASCADE, related_name="arrivals")
    kind = models.CharField(max_length=8, choices=Came.choices)
    amount = models.BigIntegerField(default=0)
    on = models.DateField(_("on"))
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="powers") | Q(amount__gt=0), name="arrival_of_something"
            )
        ]
        triggers = audited(Keep.FULL)


class DemandStep(models.Model):
    """What happened to a demand. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    demand = models.ForeignKey(Demand, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=12)
    text = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)
    by_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="demand_steps")

    class Meta:
        ordering = ("-at", "-id")
        triggers = append_only()


class Order(Tracked):
    """A supervision order 督办单: from a post to a post, what by when; about a matter or not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="orders")
    place_code = models.CharField(max_length=24, db_collation="C")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, blank=True, related_name="orders")
    from_post = models.ForeignKey(Post, models.PROTECT, related_name="orders_given")
    to_post = models.ForeignKey(Post, models.PROTECT, related_name="orders_received")
    text = models.CharField(_("what is to be done"), max_length=500)
    given_on = models.DateField()
    due = models.DateField(_("until"))
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.OPEN)
    answer = models.CharField(max_length=1000, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    closing = models.CharField(max_length=300, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("supervision order")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "year", "number"], name="order_number_once"
            )
        ]
        indexes = [models.Index(fields=["community", "state", "due"], name="order_due")]
        triggers = audited(Keep.FULL)
