"""Meetings, who belongs to them, their agenda, minutes and decisions. Members are posts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, append_only, audited
from liren.base import clock
from liren.base.ids import uuid7
from liren.matters.models import Matter
from liren.organisation.models import Organisation, Post
from liren.territory.models import Place

from .enums import MeetingKind, MinutesKind, Presence, State


class Meeting(Tracked):
    """A meeting a post has called for a body: an organisation, or a set of posts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="meetings")
    place_code = models.CharField(max_length=24, db_collation="C")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    convened_by = models.ForeignKey(Post, models.PROTECT, related_name="convened")
    kind = models.CharField(max_length=12, choices=MeetingKind.choices)
    title = models.CharField(_("title"), max_length=80)
    starts = models.DateTimeField(_("when"))
    venue = models.CharField(_("where"), max_length=120)
    public = models.BooleanField(_("everybody may read it"), default=False)
    # How many days before members are to know, and why they were told later if so.
    notice_days = models.PositiveSmallIntegerField(default=3)
    short_reason = models.CharField(max_length=200, blank=True)
    # Quorum as data; no denominator: none is asked.
    quorum_of = models.PositiveSmallIntegerField(default=1)
    quorum_in = models.PositiveSmallIntegerField(null=True, blank=True, default=2)
    quorum_more = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.CALLED)
    guests = models.PositiveSmallIntegerField(_("guests"), default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("meeting")
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum_in__isnull=True)
                | Q(quorum_in__gt=0, quorum_of__lte=F("quorum_in")),
                name="meeting_quorum_is_a_part",
            )
        ]
        indexes = [models.Index(fields=["community", "starts"], name="meeting_when")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.title


class Member(Tracked):
    """A post that belongs to a meeting, and what the recorder noted. Never a person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="members")
    post = models.ForeignKey(Post, models.PROTECT, related_name="meetings")
    presence = models.CharField(
        max_length=8, choices=Presence.choices, default=Presence.UNNOTED, blank=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "post"], name="member_once")]
        triggers = audited(Keep.FULL)


class Item(Tracked):
    """One point of the agenda."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)

    class Meta:
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=["meeting", "order"], name="item_once")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.text


class Decision(Tracked):
    """What a meeting decided: words, by whom and until when, and the matter it became."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(_("decision"), max_length=300)
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="decisions_to_do"
    )
    due = models.DateField(null=True, blank=True)
    matter = models.ForeignKey(
        Matter, models.SET_NULL, null=True, blank=True, related_name="decided_by"
    )

    class Meta:
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=["meeting", "order"], name="decision_once")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.text


class Minutes(models.Model):
    """One version of a meeting's minutes. Never changed: another version follows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="minutes")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=MinutesKind.choices)
    text = models.TextField(max_length=20_000)
    # Why confirmed minutes were changed.
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)
    by_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="minutes")

    class Meta:
        verbose_name = _("minutes")
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="minutes_once")]
        triggers = append_only()
