"""Persons, accounts, residences, consents, mandates, unmaskings, requests for one's rights."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.access.audit import Keep, Tracked, append_only, audited
from liren.base import clock
from liren.base.crypto import EncryptedTextField
from liren.base.ids import uuid7
from liren.territory.models import Place

from .declarations import Basis, Field, Reader, Rows, Then
from .enums import (
    ClaimState,
    CodeKind,
    MandateScope,
    RegisterState,
    RequestKind,
    RequestState,
    Tenure,
)

_OFFICE = (Reader.SELF, Reader.MANDATE, Reader.OFFICE)
_MASKED = (Reader.SELF, Reader.MANDATE, Reader.HANDLER, Reader.UNMASK)
_RECORD = _("records of how personal data was handled are kept three years (PIPL 56)")
_PROOF = _("who handles data must be able to prove that it was agreed to (PIPL 14, 69)")


class Person(Tracked):
    """A human being who lives, owns, works or serves here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    # Where they live now ("" when unknown): lets row-level security and scopes use one range.
    place_code = models.CharField(max_length=24, db_collation="C", blank=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    name_pinyin = models.CharField(max_length=120, blank=True)
    phone = EncryptedTextField(_("phone"), null=True, blank=True)
    phone_hash = models.BinaryField(max_length=32, null=True, editable=False)
    identity = EncryptedTextField(_("identity number"), null=True, blank=True)
    identity_hash = models.BinaryField(max_length=32, null=True, editable=False)
    birth_year = models.SmallIntegerField(_("year of birth"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    large_type = models.BooleanField(_("large type"), default=False)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    synthetic = models.BooleanField(_("synthetic"), default=False)

    personal: ClassVar[dict[str, Field]] = {
        "name": Field(_("address the person, sign agreements"), Basis.DUTY, _MASKED, 3 * 365),
        "name_pinyin": Field(
            _("find the person by how the name sounds"), Basis.DUTY, _OFFICE, 3 * 365
        ),
        "phone": Field(
            _("answer and inform the person"), Basis.CONSENT, _MASKED, 180, sensitive=True
        ),
        "phone_hash": Field(_("recognise the person again"), Basis.CONSENT, (Reader.NOBODY,), 180),
        "identity": Field(
            _("prove who votes or owns where the law asks for it"),
            Basis.DUTY,
            (Reader.SELF, Reader.UNMASK),
            365,
            sensitive=True,
        ),
        "identity_hash": Field(
            _("keep one person from two records"), Basis.DUTY, (Reader.NOBODY,), 365
        ),
        "birth_year": Field(_("count age bands; adults vote"), Basis.DUTY, _OFFICE, 365),
        "language": Field(_("speak the person's language"), Basis.CONSENT, _OFFICE, 0),
        "large_type": Field(_("show pages the person can read"), Basis.CONSENT, (Reader.SELF,), 0),
        "left_on": Field(_("stop using the data of who has left"), Basis.DUTY, _OFFICE, 3 * 365),
        "place_code": Field(_("know whose neighbour the person is"), Basis.DUTY, _OFFICE, 365),
    }
    impersonal: ClassVar[str] = "erased_at"
    personal_rows: ClassVar[Rows] = Rows(of=("pk",), ends="left_on", then=Then.APP)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(
                fields=["phone_hash"],
                name="person_phone",
                condition=models.Q(phone_hash__isnull=False),
            ),
            models.Index(fields=["place_code"], name="person_place"),
            models.Index(fields=["community", "name"], name="person_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "identity_hash"],
                condition=models.Q(identity_hash__isnull=False),
                name="person_identity_once",
                violation_error_message=_("This identity number is recorded already."),
            )
        ]
        triggers = audited(Keep.DIGEST)

    def __str__(self) -> str:
        return str(self.pk)


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts."""

    def create_user(
        self, username: str, password: str | None = None, **fields: object
    ) -> "Account":
        """Return a saved account; without a password only codes and links open it."""
        account = self.model(username=username, **fields)
        if account.person is not None and not account.community:
            account.community = account.person.community
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """What signs in. What it may do comes from the person's posts, never from flags here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(_("sign-in name"), max_length=150, unique=True)
    email = models.EmailField(pgettext_lazy("address", "e-mail"), blank=True)
    person = models.OneToOneField(
        Person, models.SET_NULL, null=True, blank=True, related_name="account"
    )
    # A phone opens the account; kept here too because nobody is known yet while they sign in.
    phone = EncryptedTextField(_("phone"), null=True, blank=True)
    phone_hash = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    phone_verified = models.BooleanField(_("phone confirmed"), default=False)
    # Whose pages open after signing in ("" when there is no person behind the account).
    community = models.CharField(max_length=12, db_collation="C", blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    demo = models.BooleanField(_("demonstration sign-in"), default=False)
    date_joined = models.DateTimeField(default=clock.now)

    personal: ClassVar[dict[str, Field]] = {
        "username": Field(_("sign in"), Basis.CONSENT, (Reader.SELF,), 0),
        "email": Field(
            _("sign in and inform the person"), Basis.CONSENT, (Reader.SELF,), 0, sensitive=True
        ),
        "password": Field(_("sign in"), Basis.CONSENT, (Reader.NOBODY,), 0),
        "last_login": Field(_("notice strange sign-ins"), Basis.DUTY, (Reader.SELF,), 180),
        "date_joined": Field(
            _("know since when the account exists"), Basis.CONSENT, (Reader.SELF,), 0
        ),
        "phone": Field(_("sign in by a code"), Basis.CONSENT, (Reader.SELF,), 0, sensitive=True),
        "phone_hash": Field(_("sign in by a code"), Basis.CONSENT, (Reader.NOBODY,), 0),
        "phone_verified": Field(_("sign in by a code"), Basis.CONSENT, (Reader.SELF,), 0),
        "password_changed_at": Field(
            _("ask for a new password in time"), Basis.DUTY, (Reader.SELF,), 0
        ),
        "person": Field(_("know who signs in"), Basis.CONSENT, (Reader.SELF,), 0),
    }
    impersonal: ClassVar[str] = "is_active demo"
    personal_rows: ClassVar[Rows] = Rows(of=("person",), then=Then.APP)

    objects = AccountManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")


class Residence(Tracked):
    """A person lives in, owns or rents a household."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, models.CASCADE, related_name="residences")
    place = models.ForeignKey(Place, models.PROTECT, related_name="residences")
    place_code = models.CharField(max_length=24, db_collation="C")
    tenure = models.CharField(_("tenure"), max_length=8, choices=Tenure.choices)
    since = models.DateField(_("since"), default=clock.today)
    until = models.DateField(_("until"), null=True, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(_("know who belongs to which household"), Basis.DUTY, _OFFICE, 365)
        for name in ("person", "place", "place_code", "tenure", "since", "until")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="until", then=Then.DELETE)

    class Meta:
        verbose_name = _("residence")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "place", "tenure"],
                condition=models.Q(until__isnull=True),
                name="residence_once",
            )
        ]
        indexes = [models.Index(fields=["place_code"], name="residence_place")]
        triggers = audited(Keep.DIGEST)


class Consent(Tracked):
    """What a person agreed to, in which wording, and when they took it back (PIPL 14, 15)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    wording = models.CharField(_("version of the wording"), max_length=20)
    given_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("prove what was agreed to"),
            Basis.DUTY,
            (Reader.SELF, Reader.OFFICE),
            3 * 365,
            law=_PROOF,
        )
        for name in ("person", "purpose", "wording", "given_at", "withdrawn_at")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="withdrawn_at", then=Then.DELETE)

    class Meta:
        triggers = audited(Keep.DIGEST)


class Mandate(Tracked):
    """A trusted child or neighbour may act for a person until the person says stop."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    grantor = models.ForeignKey(Person, models.CASCADE, related_name="mandates_given")
    agent = models.ForeignKey(Person, models.CASCADE, related_name="mandates_held")
    scopes = ArrayField(
        models.CharField(max_length=12, choices=MandateScope.choices), verbose_name=_("for what")
    )
    given_at = models.DateTimeField(default=clock.now)
    until = models.DateField(_("until"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Given at the desk by somebody without a phone: which post wrote it down, who was there.
    recorded_by = models.CharField(_("written down by"), max_length=80, blank=True)
    witness = models.CharField(_("second person present"), max_length=80, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("let a trusted person act"), Basis.CONSENT, (Reader.SELF, Reader.MANDATE), 365
        )
        for name in (
            "grantor",
            "agent",
            "scopes",
            "given_at",
            "until",
            "revoked_at",
            "recorded_by",
            "witness",
        )
    }
    personal_rows: ClassVar[Rows] = Rows(of=("grantor", "agent"), ends="until", then=Then.DELETE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(grantor=models.F("agent")),
                name="mandate_two_persons",
                violation_error_message=_("A mandate needs two different persons."),
            ),
            models.UniqueConstraint(
                fields=["grantor", "agent"],
                condition=models.Q(revoked_at__isnull=True),
                name="mandate_once",
                violation_error_message=_("This person holds a mandate already."),
            ),
        ]
        triggers = audited(Keep.DIGEST)


class Unmasking(Tracked):
    """Somebody looked at a masked field, with a reason; the person sees it (G3)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, models.CASCADE, related_name="unmaskings")
    field = models.CharField(max_length=20)
    by = models.CharField(max_length=80)
    by_label = models.CharField(max_length=80)
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(default=clock.now)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("show who looked at the person's data"),
            Basis.DUTY,
            (Reader.SELF,),
            3 * 365,
            law=_RECORD,
        )
        for name in ("person", "field", "by", "by_label", "reason", "at")
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="at", then=Then.DELETE)

    class Meta:
        verbose_name = _("look at a masked field")
        indexes = [models.Index(fields=["person", "-at"], name="unmasking_log")]
        triggers = audited(Keep.DIGEST)


class RightsRequest(Tracked):
    """A person asks for what the law gives them (PIPL 45–47) and hears the answer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, models.CASCADE, related_name="rights_requests")
    kind = models.CharField(max_length=10, choices=RequestKind.choices)
    detail = models.TextField(_("what is asked"), max_length=1000, blank=True)
    state = models.CharField(max_length=8, choices=RequestState.choices, default=RequestState.OPEN)
    asked_at = models.DateTimeField(default=clock.now)
    due = models.DateTimeField(null=True)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=80, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(
            _("answer the request"), Basis.DUTY, (Reader.SELF, Reader.OFFICE), 3 * 365, law=_RECORD
        )
        for name in (
            "person",
            "kind",
            "detail",
            "state",
            "asked_at",
            "due",
            "answer",
            "answered_at",
            "answered_by",
        )
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="answered_at", then=Then.DELETE)

    class Meta:
        verbose_name = _("request about one's data")
        indexes = [
            models.Index(
                fields=["community", "due"],
                name="rights_open",
                condition=models.Q(state=RequestState.OPEN),
            )
        ]
        triggers = audited(Keep.DIGEST)


class RightsLimit(Tracked):
    """Within how many working days a request must be answered, from a day on, and who says so."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C", default="", blank=True)
    kind = models.CharField(max_length=10, choices=RequestKind.choices)
    working_days = models.PositiveSmallIntegerField(_("working days"))
    starts = models.DateField(_("in force from"))
    source = models.CharField(_("source"), max_length=200)
    confirmed = models.BooleanField(_("confirmed for this community"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "kind", "starts"], name="rights_limit")
        ]
        triggers = audited(Keep.FULL)


class ResidenceClaim(Tracked):
    """Somebody says they live in a household; a worker or a code for the household confirms it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, models.CASCADE, related_name="claims")
    place = models.ForeignKey(Place, models.CASCADE, related_name="claims")
    place_code = models.CharField(max_length=24, db_collation="C")
    tenure = models.CharField(_("tenure"), max_length=8, choices=Tenure.choices)
    state = models.CharField(max_length=9, choices=ClaimState.choices, default=ClaimState.OPEN)
    asked_at = models.DateTimeField(default=clock.now)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(_("know who belongs to which household"), Basis.CONSENT, _OFFICE, 30)
        for name in (
            "person",
            "place",
            "place_code",
            "tenure",
            "state",
            "asked_at",
            "answer",
            "answered_at",
        )
    }
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="answered_at", then=Then.DELETE)

    class Meta:
        verbose_name = _("claim to belong to a household")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "place"],
                condition=models.Q(state=ClaimState.OPEN),
                name="claim_once",
                violation_error_message=_("You have asked for this already."),
            )
        ]
        triggers = audited(Keep.DIGEST)


class OneTimeCode(Tracked):
    """A code on paper or by phone that does one thing once: open an account for a person, prove
    belonging to a household, accept a mandate. Only its keyed hash is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    kind = models.CharField(max_length=10, choices=CodeKind.choices)
    code_hash = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    # A mandate may be offered to a phone number instead: whoever proved the number can accept.
    phone_hash = models.BinaryField(max_length=32, null=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="codes")
    place = models.ForeignKey(Place, models.CASCADE, null=True, blank=True, related_name="codes")
    scopes = ArrayField(
        models.CharField(max_length=12, choices=MandateScope.choices), default=list, blank=True
    )
    until = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        name: Field(_("let the right person in, once"), Basis.CONSENT, (Reader.SELF,), 30)
        for name in ("person", "phone_hash", "place", "scopes", "until")
    }
    impersonal: ClassVar[str] = "kind code_hash made_at expires_at used_at"
    personal_rows: ClassVar[Rows] = Rows(of=("person",), ends="expires_at", then=Then.DELETE)

    class Meta:
        verbose_name = _("one-time code")
        indexes = [
            models.Index(
                fields=["phone_hash"],
                name="code_phone",
                condition=models.Q(phone_hash__isnull=False),
            )
        ]
        triggers = audited(Keep.DIGEST)


class PurgeLog(models.Model):
    """What the retention job removed, in counts only: when, from which table, how many."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=clock.now)
    table = models.CharField(max_length=63)
    fields = models.CharField(max_length=200, blank=True)  # "" when whole rows went
    rows = models.PositiveIntegerField()

    class Meta:
        triggers = append_only()


class RegisterRun(Tracked):
    """A household sheet somebody looked through or took in: who, when, what came of it.

    Between the look and the decision the rows wait here, encrypted, with the declared columns
    only; they go when the decision is made, and the night after a day without one. Rows that were
    wrong can be fetched for a week.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.CharField(max_length=12, db_collation="C")
    file_name = models.CharField(_("file"), max_length=120)
    # Keyed: the same file by the same person, while it waits, is the same run (sent twice).
    digest = models.BinaryField(max_length=32)
    by = models.CharField(max_length=80)
    by_label = models.CharField(max_length=80)
    state = models.CharField(
        max_length=8, choices=RegisterState.choices, default=RegisterState.WAITING
    )
    good_rows_only = models.BooleanField(default=False)
    rows = models.PositiveIntegerField(_("rows"))
    rows_new = models.PositiveIntegerField()
    rows_changed = models.PositiveIntegerField()
    rows_same = models.PositiveIntegerField()
    rows_wrong = models.PositiveIntegerField()
    # Counts by kind and what was passed over: figures and headers, nothing from a row.
    summary = models.JSONField(default=dict)
    sheet = EncryptedTextField(null=True, editable=False)
    report = EncryptedTextField(null=True, editable=False)
    at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    personal: ClassVar[dict[str, Field]] = {
        "sheet": Field(
            _("take the sheet in after somebody has looked at it"),
            Basis.DUTY,
            (Reader.NOBODY,),
            1,
            sensitive=True,
        ),
        "report": Field(
            _("correct wrong rows of a sheet"), Basis.DUTY, (Reader.UNMASK,), 7, sensitive=True
        ),
    }
    impersonal: ClassVar[str] = (
        "file_name digest by by_label state good_rows_only rows rows_new rows_changed rows_same"
        " rows_wrong summary at finished_at"
    )
    # A sheet is of many and sealed: no row of this table is about one person, and none is found.
    personal_rows: ClassVar[Rows] = Rows(of=("pk",), ends="at", shown=False)

    class Meta:
        verbose_name = _("import of a household sheet")
        indexes = [models.Index(fields=["community", "-at"], name="register_runs")]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "by", "digest"],
                condition=models.Q(state=RegisterState.WAITING),
                name="register_run_once",
            )
        ]
        triggers = audited(Keep.DIGEST)
