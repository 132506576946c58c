"""Calls, the rings they were spread in, whom they reached, what was answered while they ran.

Nothing here tells who did not answer (G8): whom a call reached and what they answered are two
tables that no query joins to find the silent, and both are emptied the moment the call closes.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.access.audit import Keep, Tracked, audited
from liren.base import clock
from liren.base.ids import uuid7
from liren.organisation.models import Post
from liren.people.declarations import Basis, Field, Reader, Rows, Then
from liren.people.models import Person
from liren.territory.models import Place

from .enums import Said, State

# A call ends by itself within a month; this is for rows a lost job left behind.
_BACKSTOP = 45


class Call(Tracked):
    """One call: by which post, for which place and whom, what is asked, until when.

    ``place`` is where it was first made; wider rings are ``Ring`` rows. ``roles`` are dictionaries
    of ``name`` and ``needed``; a role is meant by its number, from 1. Without ``needed`` nobody
    has to come: the call only tells.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="calls")
    place_code = models.CharField(max_length=24, db_collation="C")
    # The post calls, so that whoever takes it over goes on with the call.
    post = models.ForeignKey(Post, models.PROTECT, related_name="calls")
    kind = models.CharField(max_length=20)
    title = models.CharField(_("title"), max_length=60)
    text = models.CharField(_("what is asked"), max_length=300, blank=True)
    audiences = ArrayField(models.CharField(max_length=40), verbose_name=_("who is asked"))
    at = models.DateTimeField(_("when"), null=True, blank=True)
    where = models.CharField(_("where"), max_length=80, blank=True)
    # How far it was spread: so many digits of ``place_code`` name the widest ring.
    reach = models.PositiveSmallIntegerField()
    needed = models.PositiveIntegerField(_("how many are needed"), null=True, blank=True)
    roles = models.JSONField(default=list, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    closes_at = models.DateTimeField(_("answers until"))
    # When too few come by then, the next ring is called; NULL: only by a person's tap.
    widen_at = models.DateTimeField(_("widen by itself at"), null=True, blank=True)
    # The next in line was told that too few come; NULL until then.
    passed_up_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    version = models.PositiveIntegerField(default=1)
    # The same words by the same post for the same place: one call, not two.
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Numbers only, written when the call closes.
    report = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = _("call")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "digest"], condition=Q(state="running"), name="call_once"
            )
        ]
        indexes = [
            models.Index(fields=["place_code", "-made_at"], name="call_place"),
            models.Index(fields=["closes_at"], name="call_running", condition=Q(state="running")),
        ]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.title

    @property
    def reach_code(self) -> str:
        """The code of the widest place the call was spread to."""
        return self.place_code[: self.reach]

    @property
    def running(self) -> bool:
        """Tell whether it can be answered now."""
        return self.state == State.RUNNING and self.closes_at > clock.now()


class Ring(models.Model):
    """One spreading of a call: the first one, a wider one, or the word that it is off.

    ``cursor`` is the last person who was told: a job that was killed goes on after it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    call = models.ForeignKey(Call, models.CASCADE, related_name="rings")
    number = models.PositiveSmallIntegerField()
    place_code = models.CharField(max_length=24, db_collation="C")  # the call's own
    reach = models.PositiveSmallIntegerField()
    # Who called this ring; none when it was widened by itself.
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    off = models.BooleanField(default=False)
    reached = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    cursor = models.UUIDField(null=True)
    done = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "number"], name="ring_once")]
        indexes = [models.Index(fields=["moved_at"], name="ring_waiting", condition=Q(done=False))]


class Asked(models.Model):
    """Somebody a call reached, and by which place. Gone when the call has closed (G8)."""

    id = models.BigAutoField(primary_key=True)
    community = models.CharField(max_length=12, db_collation="C")
    place_code = models.CharField(max_length=24, db_collation="C")
    # Written by one statement that finds both in their own tables: checking each of 164,000 rows
    # again would cost as much as writing them.
    call = models.ForeignKey(
        Call, models.CASCADE, related_name="asked", db_index=False, db_constraint=False
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="calls", db_constraint=False)
    ring = models.PositiveSmallIntegerField(default=0)

    personal: ClassVar[dict[str, Field]] = {
        "person": Field(_("bring a call to whom it asks"), Basis.CONTRACT, (Reader.SELF,), 0),
        "place_code": Field(_("count answers by building"), Basis.CONTRACT, (Reader.NOBODY,), 0),
        "call": Field(_("bring a call to whom it asks"), Basis.CONTRACT, (Reader.SELF,), 0),
    }
    impersonal: ClassVar[str] = "ring"
    personal_rows: ClassVar[Rows] = Rows(of=("person",), then=Then.DELETE)

    class Meta:
        verbose_name = _("call I was asked in")
        constraints = [models.UniqueConstraint(fields=["call", "person"], name="asked_once")]


class Answer(models.Model):
    """What somebody said, while the call runs. Changed at will, deleted at closing (G8).

    No audit keeps it: a trace of an answer would outlive the answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    # The building (or higher place) by which the person was asked.
    place_code = models.CharField(max_length=24, db_collation="C")
    call = models.ForeignKey(Call, models.CASCADE, related_name="answers", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="call_answers")
    said = models.CharField(max_length=8, choices=Said.choices)
    role = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("know who comes to help"), Basis.CONSENT, (Reader.SELF, Reader.CALLER), _BACKSTOP
        )
        for name in ("person", "place_code", "call", "said", "role", "at")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="at", then=Then.DELETE)

    class Meta:
        verbose_name = _("answer to a call")
        constraints = [models.UniqueConstraint(fields=["call", "person"], name="answer_once")]
