"""Public calls for leaders, nominees, neighbours' support, thanks."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, audited
from liren.base import clock
from liren.base.ids import uuid7
from liren.organisation.models import PostType, Term
from liren.people.declarations import Basis, Field, Reader, Rows, Then
from liren.people.models import Person
from liren.territory.models import Place

from .enums import OpeningState

# What is left of a call that nobody closed goes by itself this long after its last day.
LEFT_DAYS = 30


class Opening(Tracked):
    """A public call: somebody is wanted for a kind of post at a place, until a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="openings")
    place_code = models.CharField(max_length=24, db_collation="C")
    type = models.ForeignKey(PostType, models.PROTECT, related_name="openings")
    text = models.CharField(_("what it is about"), max_length=500, blank=True)
    until = models.DateField(_("until"))
    state = models.CharField(max_length=8, choices=OpeningState.choices, default=OpeningState.OPEN)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("call for a leader")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "type"],
                condition=Q(state="open"),
                name="one_opening_a_place",
                violation_error_message=_("There is a call for this already."),
            )
        ]
        indexes = [models.Index(fields=["community", "state"], name="opening_of_community")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        where, name = str(self.place), self.type.name
        # "1单元" and "单元长" are "1单元长" together.
        return where + (name[2:] if where.endswith(name[:2]) else name)


class Nomination(Tracked):
    """Somebody offers themself, or a neighbour names them and they are asked first.

    Listed in the order of entry. Deleted when the call ends: whoever is appointed has a term
    then, of the others nothing stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    opening = models.ForeignKey(Opening, models.CASCADE, related_name="nominations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="nominations")
    words = models.CharField(_("what I would like to do"), max_length=200, blank=True)
    entered_at = models.DateTimeField(default=clock.now)
    # Nobody stands without having said yes.
    agreed_at = models.DateTimeField(null=True, blank=True)
    until = models.DateField()

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("choose a leader together"),
            Basis.CONSENT,
            (Reader.SELF, Reader.NEIGHBOURS),
            LEFT_DAYS,
        )
        for name in ("person", "words", "entered_at", "agreed_at")
    }
    impersonal = "opening until"
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="until", then=Then.DELETE)

    class Meta:
        verbose_name = _("nomination")
        ordering = ("entered_at", "pk")
        constraints = [models.UniqueConstraint(fields=["opening", "person"], name="nominated_once")]
        triggers = audited(Keep.DIGEST)


class Support(Tracked):
    """A neighbour supports one nominee of a call; may be taken back. Nobody sees whose it is."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    opening = models.ForeignKey(Opening, models.CASCADE, related_name="supports")
    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="supports")
    person = models.ForeignKey(Person, models.CASCADE, related_name="supports")
    until = models.DateField()

    personal: ClassVar[dict[str, Field]] = {
        name: Field(_("choose a leader together"), Basis.CONSENT, (Reader.SELF,), LEFT_DAYS)
        for name in ("nomination", "person")
    }
    impersonal = "opening until"
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="until", then=Then.DELETE)

    class Meta:
        verbose_name = _("support")
        constraints = [models.UniqueConstraint(fields=["opening", "person"], name="support_once")]
        triggers = audited(Keep.DIGEST)


class Thanks(Tracked):
    """A thank-you to somebody for their time in a post: words, no points (G2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    term = models.OneToOneField(Term, models.CASCADE, related_name="thanks")
    words = models.TextField(_("words of thanks"), max_length=600)
    # "社区书记": the post that thanks, as it was called then.
    signed = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("thank somebody for their time"),
            Basis.CONSENT,
            (Reader.SELF, Reader.OFFICE),
            3 * 365,
        )
        for name in ("term", "words")
    }
    impersonal = "signed at"
    personal_rows: ClassVar[Rows] = Rows(of=("term__person",), ends="at", then=Then.DELETE)

    class Meta:
        verbose_name = _("thank-you")
        triggers = audited(Keep.DIGEST)
