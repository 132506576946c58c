"""The scheme, open calls, applications, agreements, projects; seconded staff and their tasks."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.access.audit import Keep, Tracked, audited
from liren.base import clock
from liren.base.crypto import EncryptedTextField
from liren.base.ids import uuid7
from liren.base.text import mask_name
from liren.organisation.models import DateRange, Organisation, Post
from liren.people.declarations import Basis, Field, Reader, Rows, Then
from liren.people.models import Person
from liren.territory.models import Place

from .enums import (
    AgreementState,
    Applicant,
    ApplicationState,
    CallState,
    Gift,
    GiftState,
    Half,
    LetterState,
    ProjectState,
)

_OFFICE = (Reader.SELF, Reader.OFFICE, Reader.UNMASK)
_HERE = (Reader.SELF, Reader.OFFICE)
_LIVE = [ApplicationState.WAITING, ApplicationState.ACCEPTED]
YEAR = 365


class Scheme(Tracked):
    """How a community recruits partners: kinds of area, trades, project terms, what is checked.

    Data, not code: "" as community is shipped; a community that edits it gets versions of its
    own, and what was in force when stays on record. Each list holds ``{"key", "name"}``; a term
    also ``"months"``, the longest an agreement of it may run.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C", default="", blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(_("name"), max_length=60)
    source = models.CharField(pgettext_lazy("where it comes from", "source"), max_length=300)
    starts = models.DateField(_("from"), default=clock.today)
    areas = models.JSONField(default=list)
    trades = models.JSONField(default=list)
    terms = models.JSONField(default=list)
    checks = models.JSONField(default=list)

    class Meta:
        verbose_name = _("partners' scheme")
        constraints = [
            models.UniqueConstraint(fields=["community", "version"], name="scheme_version")
        ]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.name

    def called(self, of: str, key: str) -> str:
        """Return the name of an entry of "areas", "trades", "terms" or "checks"."""
        return next((str(one["name"]) for one in getattr(self, of) if one["key"] == key), key)


class OpenCall(Tracked):
    """What is wanted, where, from when to when, and who may apply."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="partner_calls")
    place_code = models.CharField(max_length=24, db_collation="C")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="calls")
    title = models.CharField(_("title"), max_length=80)
    wanted = models.TextField(_("what is wanted"), max_length=2000)
    area = models.CharField(max_length=20)
    trade = models.CharField(max_length=20)
    term = models.CharField(max_length=20)
    opens = models.DateField(_("from"))
    closes = models.DateField(_("until"))
    capacity = models.PositiveSmallIntegerField(_("how many partners"), default=1)
    who = ArrayField(models.CharField(max_length=12, choices=Applicant.choices))
    state = models.CharField(max_length=8, choices=CallState.choices, default=CallState.DRAFT)
    closed_why = models.CharField(_("why it was closed"), max_length=200, blank=True)
    synthetic = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("open call for partners")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gte=F("opens")),
                name="partner_call_days",
                violation_error_message=_("It closes before it opens."),
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="partner_call_capacity"),
        ]
        indexes = [models.Index(fields=["community", "state", "closes"], name="partner_call_open")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.title

    @property
    def trade_name(self) -> str:
        """The trade in words."""
        return self.scheme.called("trades", self.trade)

    @property
    def area_name(self) -> str:
        """The kind of area in words."""
        return self.scheme.called("areas", self.area)

    @property
    def term_name(self) -> str:
        """The length of the project in words."""
        return self.scheme.called("terms", self.term)


class Application(Tracked):
    """Somebody wants to be a partner: through the web, or written down by a worker."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    call = models.ForeignKey(OpenCall, models.PROTECT, related_name="applications")
    kind = models.CharField(max_length=12, choices=Applicant.choices)
    organisation_name = models.CharField(_("organisation"), max_length=120, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="partner_applications"
    )
    contact_name = models.CharField(_("who can be asked"), max_length=60, blank=True)
    contact_phone = EncryptedTextField(_("phone"), null=True, blank=True)
    phone_hash = models.BinaryField(max_length=32, null=True, editable=False)
    offer = models.TextField(_("what they would do"), max_length=2000, blank=True)
    ties = models.CharField(_("ties they declared"), max_length=300, blank=True)
    recorded = models.BooleanField(_("written down by the office"), default=False)
    code_hash = models.BinaryField(max_length=32, null=True, editable=False)
    applied_on = models.DateField(_("applied on"), default=clock.today)
    state = models.CharField(
        max_length=10, choices=ApplicationState.choices, default=ApplicationState.WAITING
    )
    ticked = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    conflict_note = models.CharField(_("conflict of interest"), max_length=300, blank=True)
    decided_why = models.CharField(_("reason given"), max_length=300, blank=True)
    # The day the purpose ended: declined, withdrawn, or accepted and turned into an agreement.
    done_on = models.DateField(_("decided on"), null=True, blank=True)
    # Who looked at the number, when and why: [{"on", "who", "why"}]; the applicant reads it.
    looks = models.JSONField(_("who looked at the number"), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    personal: ClassVar[dict[str, Field]] = {
        "person": Field(_("let the applicant follow the application"), Basis.CONTRACT, _HERE, YEAR),
        "contact_name": Field(_("ask about the application"), Basis.CONTRACT, _OFFICE, 180),
        "contact_phone": Field(
            _("ask about the application"), Basis.CONTRACT, _OFFICE, 180, sensitive=True
        ),
        "phone_hash": Field(
            _("notice a second application"), Basis.CONTRACT, (Reader.NOBODY,), 180
        ),
        "offer": Field(_("decide about the application"), Basis.CONTRACT, _HERE, YEAR),
        "ties": Field(_("keep partners from deciding for themselves"), Basis.CONTRACT, _HERE, YEAR),
        "conflict_note": Field(
            _("keep partners from deciding for themselves"), Basis.CONTRACT, _HERE, YEAR
        ),
        "decided_why": Field(_("tell the applicant why"), Basis.CONTRACT, _HERE, YEAR),
        "looks": Field(_("show who looked at the number"), Basis.DUTY, (Reader.SELF,), 3 * YEAR),
    }
    impersonal: ClassVar[str] = (
        "call kind organisation_name credit_code recorded code_hash applied_on state ticked done_on"
    )
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="done_on", then=Then.EMPTY)

    class Meta:
        verbose_name = _("application as a partner")
        verbose_name_plural = _("my applications as a partner")
        constraints = [
            models.UniqueConstraint(
                fields=["call", field],
                condition=Q(state__in=_LIVE) & present,
                name=f"partner_applies_once_{name}",
                violation_error_message=_("There is an application of yours to this call already."),
            )
            for name, field, present in (
                ("person", "person", Q(person__isnull=False, kind="person")),
                ("phone", "phone_hash", Q(phone_hash__isnull=False)),
                ("code", "credit_code", ~Q(credit_code="")),
            )
        ]
        indexes = [models.Index(fields=["community", "state"], name="partner_application_state")]
        triggers = audited(Keep.DIGEST)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The organisation, or the person masked."""
        return self.organisation_name or mask_name(self.contact_name)


class Partner(Tracked):
    """Whoever was accepted: an organisation, or a person whose name is shown masked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    kind = models.CharField(max_length=12, choices=Applicant.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="partners"
    )
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="partners"
    )
    person_name = models.CharField(_("name"), max_length=60, blank=True)
    phone_hash = models.BinaryField(max_length=32, null=True, editable=False)
    about = models.CharField(_("what they do"), max_length=300, blank=True)
    # The post of the liaison: who holds it reports what was delivered.
    post = models.OneToOneField(Post, models.PROTECT, related_name="partner")
    joined_on = models.DateField(_("partner since"), default=clock.today)
    left_on = models.DateField(pgettext_lazy("partner", "left on"), null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    personal: ClassVar[dict[str, Field]] = {
        "person": Field(_("know who keeps the agreement"), Basis.CONTRACT, _HERE, 3 * YEAR),
        "person_name": Field(
            _("sign the agreement; shown masked to the community"), Basis.CONTRACT, _HERE, 3 * YEAR
        ),
        "phone_hash": Field(
            _("recognise the partner again"), Basis.CONTRACT, (Reader.NOBODY,), 180
        ),
    }
    impersonal: ClassVar[str] = "kind organisation about post joined_on left_on"
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="left_on", then=Then.EMPTY)

    class Meta:
        verbose_name = _("community partner")
        verbose_name_plural = _("what I do as a partner")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "organisation"],
                condition=Q(organisation__isnull=False, left_on__isnull=True),
                name="partner_once",
            )
        ]
        triggers = audited(Keep.DIGEST)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The organisation's name, or the person's masked."""
        if self.organisation is not None:
            return self.organisation.name
        return mask_name(self.person_name) or str(_("a partner who has left"))


class Agreement(Tracked):
    """What a partner and the community agreed on, from a day to a day (both included)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements")
    application = models.OneToOneField(
        Application, models.SET_NULL, null=True, blank=True, related_name="agreement"
    )
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="agreements")
    area = models.CharField(max_length=20)
    trade = models.CharField(max_length=20)
    term = models.CharField(max_length=20)
    promises = models.TextField(_("what the partner does"), max_length=2000)
    gives = models.TextField(_("what the community gives"), max_length=2000, blank=True)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    state = models.CharField(
        max_length=8, choices=AgreementState.choices, default=AgreementState.DRAFT
    )
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    ended_why = models.CharField(_("why it ended"), max_length=300, blank=True)
    renews = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="renewals"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("partner's agreement")
        constraints = [
            ExclusionConstraint(
                name="one_agreement_a_trade",
                expressions=[
                    (F("partner"), RangeOperators.EQUAL),
                    (F("trade"), RangeOperators.EQUAL),
                    (DateRange(F("starts"), F("ends"), Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=[AgreementState.SIGNED, AgreementState.ENDED]),
                violation_error_message=_("Another agreement of this trade runs in that time."),
            ),
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")),
                name="agreement_ends_after_start",
                violation_error_message=_("The agreement ends before it starts."),
            ),
        ]
        indexes = [models.Index(fields=["community", "state", "ends"], name="agreement_ending")]
        triggers = audited(Keep.FULL)

    @property
    def trade_name(self) -> str:
        """The trade in words."""
        return self.scheme.called("trades", self.trade)

    @property
    def area_name(self) -> str:
        """The kind of area in words."""
        return self.scheme.called("areas", self.area)

    @property
    def term_name(self) -> str:
        """The length in words."""
        return self.scheme.called("terms", self.term)


class Project(Tracked):
    """Something a partner does at a place, and who says that it was done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="partner_projects")
    place_code = models.CharField(max_length=24, db_collation="C")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="projects")
    title = models.CharField(_("title"), max_length=80)
    what = models.TextField(_("what is done"), max_length=1000, blank=True)
    starts = models.DateField(_("from"))
    due = models.DateField(_("to be done by"))
    receiver_post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="receives"
    )
    receiver_person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="receives"
    )
    state = models.CharField(
        max_length=10, choices=ProjectState.choices, default=ProjectState.RUNNING
    )
    report = models.TextField(_("what was delivered"), max_length=1000, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    answer = models.CharField(_("what the receiver says"), max_length=300, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    # Set when a partner left it to another one: from whom, and in which words.
    taken_over = models.CharField(_("handed over"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    personal: ClassVar[dict[str, Field]] = {
        "receiver_person": Field(
            _("let who received it say so"), Basis.CONSENT, (Reader.SELF, Reader.OFFICE), YEAR
        ),
        "answer": Field(
            _("know whether it was received"), Basis.CONSENT, (Reader.SELF, Reader.OFFICE), YEAR
        ),
    }
    impersonal: ClassVar[str] = (
        "place place_code agreement title what starts due receiver_post state report delivered_on"
        " confirmed_on taken_over"
    )
    personal_rows: ClassVar[Rows] = Rows(
        of=("receiver_person",), ends="confirmed_on", then=Then.EMPTY
    )

    class Meta:
        verbose_name = _("partner's project")
        verbose_name_plural = _("partners' projects I confirm")
        constraints = [
            models.CheckConstraint(
                condition=Q(due__gte=F("starts")),
                name="partner_project_days",
                violation_error_message=_("It is due before it starts."),
            )
        ]
        indexes = [models.Index(fields=["place_code", "state"], name="partner_project_place")]
        triggers = audited(Keep.DIGEST)

    def __str__(self) -> str:
        return self.title


class Milestone(Tracked):
    """A step of a project, done on a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    title = models.CharField(_("step"), max_length=80)
    due = models.DateField(_("to be done by"))
    done_on = models.DateField(null=True, blank=True)
    words = models.CharField(_("in a few words"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("milestone")
        ordering = ("due", "pk")
        triggers = audited(Keep.FULL)


class Contribution(Tracked):
    """What a partner gives to a project: hours, goods, money or a room.

    ``amount`` is a whole number: minutes of work or of a room, pieces of goods, fen of money.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    project = models.ForeignKey(Project, models.CASCADE, related_name="contributions")
    kind = models.CharField(max_length=6, choices=Gift.choices)
    what = models.CharField(_("what"), max_length=120)
    amount = models.BigIntegerField()
    due = models.DateField(_("until"))
    state = models.CharField(max_length=10, choices=GiftState.choices, default=GiftState.PROMISED)
    delivered_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    words = models.CharField(_("in a few words"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("contribution")
        ordering = ("due", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="contribution_amount")
        ]
        triggers = audited(Keep.FULL)


class Secondment(Tracked):
    """Somebody whose employer lets them help here, as long as they like. No working times."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, models.CASCADE, related_name="secondments")
    home = models.CharField(_("home organisation"), max_length=120)
    skills = models.CharField(_("what I can do"), max_length=300, blank=True)
    starts = models.DateField(_("from"), default=clock.today)
    ends = models.DateField(_("until"), null=True, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(_("offer tasks that suit who wants to help"), Basis.CONSENT, _HERE, 180)
        for name in ("person", "home", "skills", "starts", "ends")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="ends", then=Then.DELETE)

    class Meta:
        verbose_name = _("help beside my job")
        verbose_name_plural = _("where I help beside my job")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person"],
                condition=Q(ends__isnull=True),
                name="seconded_once",
                violation_error_message=_("You are on the list here already."),
            )
        ]
        triggers = audited(Keep.DIGEST)


class FreeHalf(models.Model):
    """Half a day somebody offers; forgotten once the day is over."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    secondment = models.ForeignKey(Secondment, models.CASCADE, related_name="free")
    day = models.DateField(pgettext_lazy("partner", "day"))
    half = models.CharField(_("part of the day"), max_length=10, choices=Half.choices)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(_("ask for help when it suits"), Basis.CONSENT, _HERE, 1)
        for name in ("secondment", "day", "half")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("secondment__person",), ends="day", then=Then.DELETE)

    class Meta:
        verbose_name = _("half day I offer")
        verbose_name_plural = _("half days I offer")
        constraints = [
            models.UniqueConstraint(fields=["secondment", "day", "half"], name="free_half_once")
        ]


class Task(Tracked):
    """Something seconded staff may take: when, where, how many are needed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="seconded_tasks")
    place_code = models.CharField(max_length=24, db_collation="C")
    title = models.CharField(_("title"), max_length=80)
    what = models.CharField(_("what is to be done"), max_length=500, blank=True)
    day = models.DateField(pgettext_lazy("partner", "day"))
    half = models.CharField(_("part of the day"), max_length=10, choices=Half.choices)
    needed = models.PositiveSmallIntegerField(_("how many are needed"), default=1)
    cancelled = models.CharField(_("why it was cancelled"), max_length=200, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("task for seconded staff")
        constraints = [models.CheckConstraint(condition=Q(needed__gte=1), name="task_needed")]
        indexes = [models.Index(fields=["community", "day"], name="seconded_task_day")]
        triggers = audited(Keep.FULL)

    def __str__(self) -> str:
        return self.title


class Taken(Tracked):
    """Somebody took a task. A day, never an hour; kept half a year for a letter they may want."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    task = models.ForeignKey(Task, models.CASCADE, related_name="taken")
    secondment = models.ForeignKey(Secondment, models.CASCADE, related_name="taken")
    day = models.DateField(pgettext_lazy("partner", "day"))

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("know who comes; write the letter the person asks for"), Basis.CONSENT, _HERE, 180
        )
        for name in ("task", "secondment", "day")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("secondment__person",), ends="day", then=Then.DELETE)

    class Meta:
        verbose_name = _("task I took")
        verbose_name_plural = _("tasks I took")
        constraints = [
            models.UniqueConstraint(fields=["task", "secondment"], name="task_taken_once")
        ]
        triggers = audited(Keep.DIGEST)


class Letter(Tracked):
    """A letter to a home organisation: the person asks for it and says what it says.

    It is given to the person only; the platform sends it nowhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    secondment = models.ForeignKey(Secondment, models.CASCADE, related_name="letters")
    words = models.TextField(_("what the letter says"), max_length=600)
    state = models.CharField(max_length=8, choices=LetterState.choices, default=LetterState.ASKED)
    asked_on = models.DateField(_("asked for on"), default=clock.today)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(_("write the letter the person asks for"), Basis.CONSENT, _HERE, 180)
        for name in ("secondment", "words", "state", "asked_on", "answered_on", "answer")
    }
    personal_rows: ClassVar[Rows] = Rows(
        of=("secondment__person",), ends="answered_on", then=Then.DELETE
    )

    class Meta:
        verbose_name = _("letter to my employer")
        verbose_name_plural = _("letters to my employer")
        triggers = audited(Keep.DIGEST)
