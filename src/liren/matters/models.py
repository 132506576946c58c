"""Matters, their timeline, and what hangs on them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, audited, erasable
from liren.base import clock
from liren.base.crypto import EncryptedTextField
from liren.base.ids import uuid7
from liren.organisation.models import Line, Post
from liren.people.declarations import Basis, Field, Reader, Rows, Then
from liren.people.models import Person
from liren.territory.models import Place

from .enums import (
    Ending,
    LinkKind,
    Origin,
    Status,
    SuspendCause,
    Unit,
    Verb,
    WhistleState,
)

_PARTIES = (Reader.SELF, Reader.MANDATE, Reader.HANDLER)


class Category(Tracked):
    """A version of one kind of matter. Editing writes a new version; old matters keep theirs.

    ``key`` stays the same over versions; ``community`` is "" for the shipped default.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C", default="", blank=True)
    key = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    current = models.BooleanField(default=True)
    parent_key = models.CharField(max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    line = models.ForeignKey(Line, models.PROTECT, verbose_name=_("line"))
    # The level the line starts at; a burst pipe need not wait for a unit leader.
    start_level = models.CharField(max_length=12, default="unit")
    accept_within = models.PositiveSmallIntegerField(_("accept within"), default=4)
    accept_unit = models.CharField(max_length=14, choices=Unit.choices, default=Unit.WORKING_HOURS)
    handle_within = models.PositiveSmallIntegerField(_("handle within"), default=5)
    handle_unit = models.CharField(max_length=14, choices=Unit.choices, default=Unit.WORKING_DAYS)
    needs_check = models.BooleanField(_("verify on the spot"), default=False)
    urgent_advice = models.CharField(max_length=120, blank=True)
    keywords = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # Who decides when it is not ours: names the authority in "outside our authority".
    authority = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("category")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "key", "version"], name="category_version"
            ),
            models.UniqueConstraint(
                fields=["community", "key"], condition=Q(current=True), name="category_current"
            ),
        ]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.name


class Matter(Tracked):
    """Anything that somebody must handle by a time and somebody else must confirm."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    number = models.CharField(_("number"), max_length=16, db_collation="C")
    code_hash = models.BinaryField(max_length=32, null=True)
    code_expires = models.DateTimeField(null=True)

    place = models.ForeignKey(
        Place, models.PROTECT, related_name="matters", verbose_name=_("place")
    )
    place_code = models.CharField(max_length=24, db_collation="C")
    place_note = models.CharField(_("where exactly"), max_length=120, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)

    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="matters"
    )
    text = models.TextField(_("what is it"), max_length=2000)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.WEB)

    reporter = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="matters_reported"
    )
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = EncryptedTextField(null=True, blank=True)
    # Who wrote it down for the reporter: a worker's post, or an agent under a mandate.
    recorded_by = models.ForeignKey(
        Post, models.SET_NULL, null=True, blank=True, related_name="matters_recorded"
    )
    agent = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="matters_as_agent"
    )
    # G7: unknown to the people it is about. ``about_*`` never see the matter, nor do posts below.
    shielded = models.BooleanField(_("keep me unknown"), default=False)
    about_posts = ArrayField(models.UUIDField(), default=list, blank=True)
    about_persons = ArrayField(models.UUIDField(), default=list, blank=True)

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SUBMITTED)
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True)
    holder = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="matters_held", db_index=False
    )
    reported_at = models.DateTimeField(default=clock.now)
    accept_by = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)
    # The limit as it was promised first: passing on never restarts the clock.
    first_due = models.DateTimeField(null=True)
    due_provisional = models.BooleanField(default=False)
    due_skipped = ArrayField(models.DateField(), default=list, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopen_until = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspend_cause = models.CharField(max_length=10, choices=SuspendCause.choices, blank=True)
    suspend_until = models.DateTimeField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    followers = models.PositiveIntegerField(default=0)
    reminders = models.PositiveSmallIntegerField(default=0)
    last_reminded_at = models.DateTimeField(null=True, blank=True)

    solved = models.BooleanField(null=True, blank=True)
    satisfied = models.CharField(max_length=4, blank=True)  # yes, soso, no
    rating_why = models.CharField(max_length=500, blank=True)
    outside_authority = models.CharField(_("who is responsible"), max_length=120, blank=True)
    result = models.TextField(max_length=2000, blank=True)
    result_kind = models.CharField(max_length=10, blank=True)  # handled or explained

    external_system = models.CharField(max_length=20, blank=True)
    external_number = models.CharField(max_length=40, blank=True)
    external_due = models.DateTimeField(null=True, blank=True)

    # Counts changes; a form carries what it saw, a second writer is told.
    version = models.PositiveIntegerField(default=1)
    # One per form shown: a double submit finds the first one's matter.
    # The key of a kind that cannot wait, by whose words the text was noticed while nobody had said
    # what kind it is. A hint that brings people, no decision (G11); naming the kind ends it.
    urgent = models.CharField(max_length=40, blank=True, default="")
    once = models.CharField(max_length=40, null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    personal: ClassVar[dict[str, Field]] = {
        "text": Field(_("understand and handle the need"), Basis.CONTRACT, _PARTIES, 3 * 365),
        "reporter": Field(_("answer the reporter"), Basis.CONTRACT, _PARTIES, 3 * 365),
        "contact_name": Field(_("answer the reporter"), Basis.CONSENT, _PARTIES, 180),
        "contact_phone": Field(
            _("answer the reporter"),
            Basis.CONSENT,
            (Reader.SELF, Reader.UNMASK),
            180,
            sensitive=True,
        ),
        "agent": Field(_("know who spoke for the reporter"), Basis.CONSENT, _PARTIES, 3 * 365),
        "about_persons": Field(
            _("keep the complaint from those it is about"), Basis.CONTRACT, (Reader.SELF,), 3 * 365
        ),
        "about_posts": Field(
            _("route around those it is about"), Basis.CONTRACT, (Reader.SELF,), 3 * 365
        ),
        "rating_why": Field(_("learn what was not solved"), Basis.CONSENT, _PARTIES, 3 * 365),
        "place_note": Field(_("find the place"), Basis.CONTRACT, _PARTIES, 3 * 365),
        "longitude": Field(_("find the place"), Basis.CONTRACT, _PARTIES, 3 * 365),
        "latitude": Field(_("find the place"), Basis.CONTRACT, _PARTIES, 3 * 365),
        "satisfied": Field(_("learn whether it was solved"), Basis.CONSENT, _PARTIES, 3 * 365),
        "solved": Field(_("learn whether it was solved"), Basis.CONSENT, _PARTIES, 3 * 365),
    }
    impersonal: ClassVar[str] = (
        "number code_hash code_expires place place_code category origin recorded_by shielded status"
        " ending holder reported_at accept_by due first_due due_provisional due_skipped accepted_at"
        " handled_at verified_at closed_at reopen_until suspended_at suspend_cause suspend_until"
        " reopened followers reminders last_reminded_at outside_authority result result_kind"
        " external_system external_number external_due once urgent"
    )
    personal_rows: ClassVar[Rows] = Rows(of=("reporter",), ends="closed_at", then=Then.APP)

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="matter_number"),
            models.UniqueConstraint(
                fields=["community", "once"], condition=Q(once__isnull=False), name="matter_once"
            ),
            models.UniqueConstraint(
                fields=["community", "external_system", "external_number"],
                condition=~Q(external_number=""),
                name="matter_external",
                violation_error_message=_("This ticket is already here."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, ending__gt="")
                | (~Q(status=Status.CLOSED) & Q(ending="")),
                name="matter_closed_has_ending",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED) | Q(holder__isnull=False),
                name="matter_open_has_holder",
            ),
        ]
        indexes = [
            models.Index(fields=["place_code", "-reported_at"], name="matter_place_time"),
            # A page of a community's list is found in the index alone; the policy and the gate ask
            # for what is included.
            models.Index(
                fields=["community", "-reported_at", "-id"],
                include=["place_code", "shielded", "about_persons"],
                name="matter_community_list",
            ),
            models.Index(fields=["-reported_at"], name="matter_time"),
            models.Index(
                fields=["community", "status", "due"],
                name="matter_open_due",
                condition=~Q(status=Status.CLOSED),
            ),
            models.Index(
                fields=["holder", "due"], name="matter_held", condition=~Q(status=Status.CLOSED)
            ),
            # The board counts from the index alone.
            models.Index(
                fields=["place_code", "status", "due"],
                include=["holder", "accept_by", "shielded", "about_persons"],
                name="matter_desk",
                condition=~Q(status=Status.CLOSED),
            ),
            GinIndex(fields=["about_persons"], name="matter_about"),
        ]
        triggers = audited(Keep.DIGEST)

    def __str__(self) -> str:
        return self.number


class Entry(models.Model):
    """One line of a matter's timeline. Append-only; only erasing personal words is allowed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place_code = models.CharField(max_length=24, db_collation="C")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="entries", db_index=False)
    at = models.DateTimeField(default=clock.now)
    verb = models.CharField(max_length=20, choices=Verb.choices)
    status = models.CharField(max_length=10, choices=Status.choices)
    version = models.PositiveIntegerField()
    by = models.CharField(max_length=80)
    by_role = models.CharField(max_length=10, blank=True)
    by_post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="+", db_index=False)
    to_post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="+", db_index=False)
    text = models.TextField(max_length=2000, blank=True)
    data = models.JSONField(default=dict, blank=True)
    # Internal lines are for staff; the rest is what the reporter reads too.
    internal = models.BooleanField(default=False)
    erased = models.BooleanField(default=False)

    personal: ClassVar[dict[str, Field]] = {
        "text": Field(_("show what happened"), Basis.CONTRACT, _PARTIES, 3 * 365),
        "data": Field(_("show what happened"), Basis.CONTRACT, _PARTIES, 3 * 365),
    }
    impersonal: ClassVar[str] = (
        "place_code matter at verb status by by_role by_post to_post internal erased"
    )
    personal_rows: ClassVar[Rows] = Rows(of=("matter__reporter",), then=Then.APP, shown=False)

    class Meta:
        ordering = ("at", "id")
        indexes = [models.Index(fields=["matter", "at"], name="entry_timeline")]
        triggers = erasable(
            (
                "id",
                "community",
                "place_code",
                "matter_id",
                "at",
                "verb",
                "status",
                "version",
                "by",
                "by_role",
                "by_post_id",
                "to_post_id",
                "internal",
            ),
            {"text": "''", "data": "'{}'::jsonb"},
            copied=("place_code",),
        )


class Attachment(models.Model):
    """A re-encoded photo without location data, stored outside the web root."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place_code = models.CharField(max_length=24, db_collation="C")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="attachments")
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, related_name="attachments")
    file = models.CharField(max_length=200)
    thumb = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)
    # G7: on a shielded matter the office looks first, in case the photo tells who took it.
    withheld = models.BooleanField(default=False)

    personal: ClassVar[dict[str, Field]] = {
        "file": Field(_("see what it is about"), Basis.CONTRACT, _PARTIES, 3 * 365),
        "thumb": Field(_("see what it is about"), Basis.CONTRACT, _PARTIES, 3 * 365),
    }
    impersonal: ClassVar[str] = "place_code matter entry width height size at withheld"
    personal_rows: ClassVar[Rows] = Rows(of=("matter__reporter",), then=Then.APP)


class Follower(models.Model):
    """A neighbour who has the same need and wants to hear how it goes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place_code = models.CharField(max_length=24, db_collation="C")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="following")
    person = models.ForeignKey(Person, models.CASCADE, related_name="following")
    at = models.DateTimeField(default=clock.now)

    personal: ClassVar[dict[str, Field]] = {
        "person": Field(_("tell the follower how it goes"), Basis.CONSENT, (Reader.SELF,), 0),
        "matter": Field(_("tell the follower how it goes"), Basis.CONSENT, (Reader.SELF,), 0),
        "at": Field(_("tell the follower how it goes"), Basis.CONSENT, (Reader.SELF,), 0),
    }
    impersonal: ClassVar[str] = "place_code"
    personal_rows: ClassVar[Rows] = Rows(of=("person",), then=Then.DELETE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "person"], name="follow_once")]


class Link(Tracked):
    """Two matters belong together; undone by ``active`` False, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    kind = models.CharField(max_length=14, choices=LinkKind.choices)
    source = models.ForeignKey(Matter, models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Matter, models.CASCADE, related_name="links_in")
    active = models.BooleanField(default=True)
    # What the source was before a merge, so that undoing restores it.
    before = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source"],
                condition=Q(active=True, kind__in=["duplicate_of", "part_of"]),
                name="link_once",
            ),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="link_two"),
        ]
        triggers = audited(Keep.FULL)


class Whistle(Tracked):
    """吹哨报到: the community whistles, a department or partner reports in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place_code = models.CharField(max_length=24, db_collation="C")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="whistles")
    blown_by = models.ForeignKey(Post, models.PROTECT, related_name="whistles_blown")
    called = models.ForeignKey(Post, models.PROTECT, related_name="whistles_heard")
    ask = models.CharField(_("what is needed"), max_length=500)
    state = models.CharField(max_length=12, choices=WhistleState.choices, default=WhistleState.SENT)
    at = models.DateTimeField(default=clock.now)
    acknowledge_by = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    dispute = models.CharField(max_length=500, blank=True)
    decision = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=~Q(state__in=["done", "ended"]),
                name="whistle_one_open",
                violation_error_message=_("Somebody is whistled for already."),
            )
        ]
        triggers = audited(Keep.FULL)


class Extension(Tracked):
    """More time asked for, with a reason, decided by somebody else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place_code = models.CharField(max_length=24, db_collation="C")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="extensions")
    asked_by = models.CharField(max_length=80)
    asked_by_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    working_days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField(default=clock.now)
    granted = models.BooleanField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(granted__isnull=True),
                name="extension_one_open",
                violation_error_message=_("More time has been asked for already."),
            )
        ]
        triggers = audited(Keep.FULL)


class Reply(Tracked):
    """The answer to a ticket from another system: what somebody made of the generated text, and
    when it was sent back. No row: nobody has touched it yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place_code = models.CharField(max_length=24, db_collation="C")
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="reply")
    # "" while the generated text is good enough.
    text = models.TextField(_("reply"), max_length=2000, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by_post = models.ForeignKey(
        Post, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    personal: ClassVar[dict[str, Field]] = {
        "text": Field(_("answer the reporter"), Basis.CONTRACT, _PARTIES, 3 * 365),
    }
    impersonal: ClassVar[str] = "place_code matter sent_at sent_by_post"
    personal_rows: ClassVar[Rows] = Rows(of=("matter__reporter",), then=Then.APP)

    class Meta:
        verbose_name = _("reply")
        triggers = audited(Keep.DIGEST)


class SearchWords(models.Model):
    """The words of a matter for searching: character bigrams with their positions.

    Beside the matter, because a matter changes often and its words hardly ever. The index answers
    through the function ``matters_with_words`` only (see ``search``): under row-level security
    PostgreSQL does not let a search operator go before the policy.
    """

    matter = models.OneToOneField(
        Matter, models.CASCADE, primary_key=True, related_name="search_words"
    )
    place_code = models.CharField(max_length=24, db_collation="C")
    tokens = SearchVectorField()

    personal: ClassVar[dict[str, Field]] = {
        "tokens": Field(_("find the matter again"), Basis.CONTRACT, (Reader.NOBODY,), 3 * 365),
    }
    impersonal: ClassVar[str] = "matter place_code"
    personal_rows: ClassVar[Rows] = Rows(of=("matter__reporter",), then=Then.APP, shown=False)

    class Meta:
        indexes = [
            GinIndex(fields=["tokens"], name="words_tokens"),
            models.Index(fields=["place_code"], name="words_place"),
        ]
