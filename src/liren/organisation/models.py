"""Organisations, post types, posts, terms, absences, lines."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, audited
from liren.base import clock
from liren.base.ids import uuid7
from liren.people.declarations import Basis, Field, Reader, Rows, Then
from liren.people.models import Person
from liren.territory.enums import Level
from liren.territory.models import Place

from .enums import ArrangementKind, OrganisationKind, WorkplaceKind

_PUBLIC = (Reader.SELF, Reader.NEIGHBOURS)


class DateRange(Func):
    """``daterange(from, to, '[]')``: both days included, an empty end is open."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Organisation(Tracked):
    """A body that holds posts: committee, department, property company, partner."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="organisations")
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    name = models.CharField(_("name"), max_length=120)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    contact = models.CharField(_("public contact"), max_length=120, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("organisation")
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.name


class PostType(Tracked):
    """A kind of duty: at which level it sits and what it allows below its place."""

    code = models.CharField(primary_key=True, max_length=20)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=12, choices=Level.choices)
    permissions = ArrayField(models.CharField(max_length=30), default=list)
    community = models.CharField(max_length=12, db_collation="C", default="", blank=True)

    class Meta:
        verbose_name = _("post type")
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.name


class Post(Tracked):
    """A duty at a place. Matters are assigned to posts, so a hand-over moves nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="posts")
    place_code = models.CharField(max_length=24, db_collation="C")
    type = models.ForeignKey(PostType, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="posts"
    )
    # "3号楼楼栋长", "区住建局": what people read.
    title = models.CharField(_("title"), max_length=80)
    seats = models.PositiveSmallIntegerField(default=1)
    closed_on = models.DateField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("post")
        indexes = [models.Index(fields=["place_code", "type"], name="post_place_type")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.title


class Term(Tracked):
    """A person holds a post from a day to a day (both included; an empty end is open)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    post = models.ForeignKey(Post, models.PROTECT, related_name="terms")
    person = models.ForeignKey(Person, models.PROTECT, related_name="terms")
    seat = models.PositiveSmallIntegerField(default=1)
    starts = models.DateField(_("from"), default=clock.today)
    ends = models.DateField(_("until"), null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    # When the new holder has read the page of their first day.
    welcomed_at = models.DateTimeField(null=True, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("know who is responsible here"),
            Basis.CONSENT,
            _PUBLIC,
            3 * 365,
            law=_("what was done in a public post stays attributable for three years"),
        )
        for name in ("person", "post", "seat", "starts", "ends", "note", "welcomed_at")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="ends", then=Then.DELETE)

    class Meta:
        verbose_name = _("term")
        constraints = [
            ExclusionConstraint(
                name="one_holder_a_seat",
                expressions=[
                    (F("post"), RangeOperators.EQUAL),
                    (F("seat"), RangeOperators.EQUAL),
                    (
                        DateRange(F("starts"), F("ends"), Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This post is held by somebody in that time."),
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="term_ends_after_start",
                violation_error_message=_("The term ends before it starts."),
            ),
        ]
        indexes = [models.Index(fields=["person"], name="term_person")]
        triggers = audited(Keep.FULL)


class HandOver(Tracked):
    """What whoever leaves a post writes down for whoever follows; kept with the terms.

    Without ``incoming`` it waits for the next holder. ``carried`` is how many open matters went
    along on the day; the matters themselves are the post's and are listed where they are kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    post = models.ForeignKey(Post, models.CASCADE, related_name="hand_overs")
    outgoing = models.OneToOneField(Term, models.CASCADE, related_name="handed_on")
    incoming = models.OneToOneField(
        Term, models.SET_NULL, null=True, blank=True, related_name="taken_over"
    )
    note = models.TextField(_("what the next one should know"), max_length=1000, blank=True)
    carried = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("hand a post over without losing anything"),
            Basis.CONSENT,
            (Reader.SELF, Reader.OFFICE),
            3 * 365,
            law=_("what was done in a public post stays attributable for three years"),
        )
        for name in ("outgoing", "incoming", "note", "read_at")
    }
    impersonal = "post carried written_at"
    personal_rows: ClassVar[Rows] = Rows(
        of=("outgoing__person", "incoming__person"), ends="written_at", then=Then.DELETE
    )

    class Meta:
        verbose_name = _("hand-over")
        triggers = audited(Keep.DIGEST)


class Duty(Tracked):
    """One duty of a kind of post, in force from a day to a day; an edit begins a new version.

    Rows with "" as their community are shipped; a community that edits them has its own from then
    on. ``source`` says what the wording follows.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C", default="", blank=True)
    type = models.ForeignKey(PostType, models.CASCADE, related_name="duties")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(_("duty"), max_length=200)
    text_en = models.CharField(max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    starts = models.DateField(_("from"), default=date(2000, 1, 1))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("duty")
        ordering = ("order",)
        constraints = [
            ExclusionConstraint(
                name="one_duty_at_a_time",
                expressions=[
                    (F("community"), RangeOperators.EQUAL),
                    (F("type"), RangeOperators.EQUAL),
                    (F("order"), RangeOperators.EQUAL),
                    (
                        DateRange(F("starts"), F("ends"), Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("Another version of these duties is in force then."),
            ),
        ]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.text


class Absence(Tracked):
    """The holder is away; the cover, if any, answers meanwhile. No reason is asked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    term = models.ForeignKey(Term, models.CASCADE, related_name="absences")
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    cover = models.ForeignKey(
        Post,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="covers",
        verbose_name=_("covered by"),
    )

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("send needs to whoever is there"), Basis.CONSENT, (Reader.SELF, Reader.OFFICE), 30
        )
        for name in ("term", "starts", "ends", "cover")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("term__person",), ends="ends", then=Then.DELETE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")),
                name="absence_ends_after_start",
                violation_error_message=_("The absence ends before it starts."),
            )
        ]
        triggers = audited(Keep.DIGEST)


class Line(Tracked):
    """An ordered list of (level, post type, kind of organisation). Configuration, not code.

    The three leaders are one line, the four-level Party network another. A community that edits
    a shipped line ("" as its community) gets one of its own under the same code, which counts
    wherever the shipped one is named.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C", default="", blank=True)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    # More posts of the line than this on one person is worth a look.
    most_posts = models.PositiveSmallIntegerField(_("posts one person may hold"), default=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "code"], name="line_once")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.name


class LineStep(models.Model):
    """One step of a line; 0 is nearest to the resident.

    What was in force when stays on record: an edit ends the steps of today and begins others.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.ForeignKey(Line, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=12, choices=Level.choices)
    type = models.ForeignKey(PostType, models.PROTECT, related_name="steps")
    organisation_kind = models.CharField(
        max_length=12, choices=OrganisationKind.choices, blank=True, default=""
    )
    starts = models.DateField(_("from"), default=date(2000, 1, 1))
    ends = models.DateField(_("until"), null=True, blank=True)
    # Every place of the level must have a holder; else the step only answers where there is one.
    everywhere = models.BooleanField(_("every place needs one"), default=True)

    class Meta:
        ordering = ("order",)
        constraints = [
            ExclusionConstraint(
                name="one_step_at_a_time",
                expressions=[
                    (F("line"), RangeOperators.EQUAL),
                    (F("order"), RangeOperators.EQUAL),
                    (
                        DateRange(F("starts"), F("ends"), Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("Another version of this line is in force then."),
            ),
        ]


class Arrangement(Tracked):
    """What holds where nobody holds the post: somebody stands in until a day, or none is needed.

    The community standing in 社区兜底 is an arrangement with one of the community's own posts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.CASCADE, related_name="arrangements")
    place_code = models.CharField(max_length=24, db_collation="C")
    type = models.ForeignKey(PostType, models.PROTECT, related_name="arrangements")
    kind = models.CharField(max_length=12, choices=ArrangementKind.choices)
    post = models.ForeignKey(
        Post,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="arrangements",
        verbose_name=_("covered by"),
    )
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("arrangement")
        constraints = [
            models.UniqueConstraint(fields=["place", "type"], name="one_arrangement_a_place"),
            models.CheckConstraint(
                condition=Q(kind="not_needed", post__isnull=True)
                | Q(kind="stand_in", post__isnull=False, until__isnull=False),
                name="arrangement_whole",
                violation_error_message=_("Say who stands in and until when."),
            ),
        ]
        indexes = [models.Index(fields=["place_code", "type"], name="arrangement_place_type")]
        triggers = audited(Keep.FULL)


class Workplace(Tracked):
    """An enterprise, a social organisation, a courier station: places of work, never persons."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="workplaces")
    place_code = models.CharField(max_length=24, db_collation="C")
    kind = models.CharField(max_length=12, choices=WorkplaceKind.choices)
    name = models.CharField(_("name"), max_length=120)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    address_note = models.CharField(_("where exactly"), max_length=120, blank=True)
    contact = models.CharField(_("public contact"), max_length=120, blank=True)
    post = models.ForeignKey(
        Post,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="workplaces",
        verbose_name=_("who is responsible"),
    )
    closed_on = models.DateField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("workplace")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "credit_code"],
                name="workplace_once",
                condition=~Q(credit_code="") & Q(closed_on__isnull=True),
                violation_error_message=_("This workplace is on the register already."),
            )
        ]
        indexes = [models.Index(fields=["place_code"], name="workplace_place")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.name
