"""The three lists, promises with what happened to them, matters open to institutions.

Nobody is named here but organisations and posts; who sits on a post is told by the post.
"""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, append_only, audited
from liren.base import clock
from liren.base.ids import uuid7
from liren.matters.models import Matter
from liren.organisation.models import Organisation, Post
from liren.territory.models import Place

from .enums import ClaimState, Listed, State, Verb


class Kind(Tracked):
    """A kind of what is needed and offered. ``community`` is "" for the shipped ones.

    A community that renames or retires a shipped kind gets a row of its own under the same code.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C", default="", blank=True)
    code = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(max_length=40, blank=True)
    unit = models.CharField(_("counted in"), max_length=10, blank=True)
    unit_en = models.CharField(max_length=20, blank=True)
    order = models.PositiveSmallIntegerField(default=100)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "code"], name="council_kind_once")
        ]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.name


class Item(Tracked):
    """A line of one of the three lists: what, when, where, how much, who answers for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="council_items")
    listed = models.CharField(max_length=8, choices=Listed.choices)
    # The kind's code: kinds are renamed, and a community may have its own.
    kind = models.CharField(max_length=20)
    title = models.CharField(_("what"), max_length=80)
    details = models.CharField(_("more about it"), max_length=500, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("where"))
    place_code = models.CharField(max_length=24, db_collation="C")
    capacity = models.PositiveIntegerField(
        _("how much"), default=1, validators=[MinValueValidator(1)]
    )
    starts = models.DateField(_("from"), default=clock.today)
    ends = models.DateField(_("until"), null=True, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    opens = models.TimeField(_("from what time"), null=True, blank=True)
    closes = models.TimeField(_("until what time"), null=True, blank=True)
    post = models.ForeignKey(
        Post, models.PROTECT, related_name="+", verbose_name=_("who answers for it")
    )
    closed_on = models.DateField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("line of the three lists")
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=1), name="council_item_capacity"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="council_item_days",
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True) | Q(closes__isnull=True) | Q(closes__gt=F("opens")),
                name="council_item_hours",
            ),
        ]
        indexes = [models.Index(fields=["community", "listed", "kind"], name="council_item_list")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.title


class Pledge(Tracked):
    """A promise: who gives what to whom by when, and how far it is."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    giver = models.ForeignKey(Organisation, models.PROTECT, related_name="pledges_given")
    receiver = models.ForeignKey(Organisation, models.PROTECT, related_name="pledges_received")
    what = models.CharField(_("what is promised"), max_length=120)
    need = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="answers")
    resource = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="uses")
    project = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="contributions"
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    place_code = models.CharField(max_length=24, db_collation="C")
    amount = models.PositiveIntegerField(_("how much"), default=1)
    due = models.DateField(_("by"))
    # Who answers for it on the giver's side: the post; whoever holds it is the person.
    post = models.ForeignKey(Post, models.PROTECT, related_name="pledges")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROMISED)
    since = models.DateField(default=clock.today)
    delivered_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    # Counts changes: a form carries what it saw, a second writer is told.
    version = models.PositiveIntegerField(default=1)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("promise")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="council_pledge_amount"),
            models.CheckConstraint(
                condition=~Q(giver=F("receiver")),
                name="council_pledge_two",
            ),
        ]
        indexes = [
            models.Index(fields=["place_code", "state"], name="council_pledge_place"),
            models.Index(fields=["community", "-since"], name="council_pledge_year"),
        ]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.what


class PledgeStep(models.Model):
    """One line of a promise's history. Append-only; shown is the post, never the person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="steps")
    on = models.DateField(default=clock.today)
    verb = models.CharField(max_length=10, choices=Verb.choices)
    by = models.CharField(max_length=80)
    by_post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="+")
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("id",)
        triggers = append_only()


class Opening(Tracked):
    """A matter the office has opened to institutions: the words they read, and until when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="council_opening")
    words = models.CharField(_("what institutions read"), max_length=200)
    open = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["community"], name="council_opening_open", condition=Q(open=True))
        ]
        triggers = audited(Keep.FULL)


class Claim(Tracked):
    """An institution's wish to take on a matter; at most one waits or is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    opening = models.ForeignKey(Opening, models.CASCADE, related_name="claims")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="claims")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    words = models.CharField(_("how you would do it"), max_length=300)
    answer = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=ClaimState.choices, default=ClaimState.CLAIMED)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opening"],
                condition=Q(state__in=["claimed", "confirmed"]),
                name="council_claim_one",
            )
        ]
        triggers = audited(Keep.FULL)
