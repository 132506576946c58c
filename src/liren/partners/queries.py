"""Reading partners: what everybody sees, what the office sees, a liaison, a receiver."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liren.access.actor import Actor, Permission
from liren.access.gate import in_codes, visible_to
from liren.base import clock
from liren.base.commitments import Commitment, State
from liren.base.crypto import key_hash
from liren.base.errors import NotFound
from liren.base.ids import normalise_code
from liren.base.money import format_yuan
from liren.base.text import mask_name
from liren.organisation.models import Post, Term
from liren.organisation.queries import holding
from liren.people.models import Person

from . import rules
from .enums import AgreementState, ApplicationState, CallState, Gift, GiftState, ProjectState
from .models import (
    Agreement,
    Application,
    Contribution,
    FreeHalf,
    Letter,
    OpenCall,
    Partner,
    Project,
    Scheme,
    Secondment,
    Taken,
    Task,
)
from .rules import Door, Standing

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CODE_PURPOSE = "partner-code"
OPEN_PROJECT = [ProjectState.RUNNING, ProjectState.DELIVERED]
OPEN_GIFT = [GiftState.PROMISED, GiftState.DELIVERED]


# -- the scheme --------------------------------------------------------------------------------


def scheme(community: str) -> Scheme:
    """Return the scheme in force: the community's newest version, or the shipped one."""
    found = (
        Scheme.objects.filter(community__in=("", community))
        .order_by("-community", "-version")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def versions(community: str) -> "QuerySet[Scheme]":
    """Return every version a community had, the newest first, the shipped one last."""
    return Scheme.objects.filter(community__in=("", community)).order_by("-community", "-version")


# -- what everybody sees -----------------------------------------------------------------------


def _accepted() -> Count:
    return Count("applications", filter=Q(applications__state=ApplicationState.ACCEPTED))


def calls_now(community: str) -> "QuerySet[OpenCall]":
    """Return the published calls whose last day has not passed, the one closing first on top."""
    return (
        OpenCall.objects.filter(
            community=community, state=CallState.OPEN, closes__gte=clock.today()
        )
        .select_related("place", "scheme")
        .annotate(accepted=_accepted())
        .order_by("closes", "pk")
    )


def public_call(community: str, pk: UUID) -> OpenCall:
    """Return a call that was published; a draft is not there. Raise ``NotFound``."""
    found = (
        OpenCall.objects.filter(community=community, pk=pk)
        .exclude(state=CallState.DRAFT)
        .select_related("place", "scheme")
        .annotate(accepted=_accepted())
        .first()
    )
    if found is None:
        raise NotFound
    return found


def door(call: OpenCall) -> Door:
    """Return whether a call takes applications today."""
    accepted = getattr(call, "accepted", None)
    if accepted is None:
        accepted = call.applications.filter(state=ApplicationState.ACCEPTED).count()
    return rules.door(
        call.state,
        call.opens,
        call.closes,
        accepted=accepted,
        capacity=call.capacity,
        today=clock.today(),
    )


def partners(community: str) -> "QuerySet[Partner]":
    """Return who has or had an agreement, by name: never by how much they gave (G2)."""
    return (
        Partner.objects.filter(community=community, left_on__isnull=True)
        .filter(agreements__state=AgreementState.SIGNED)
        .select_related("organisation")
        .distinct()
        .order_by("organisation__name", "joined_on", "pk")
    )


def public_partner(community: str, pk: UUID) -> Partner:
    """Return a partner who has signed an agreement; raise ``NotFound``."""
    found = (
        Partner.objects.filter(
            community=community,
            pk=pk,
            agreements__state__in=[AgreementState.SIGNED, AgreementState.ENDED],
        )
        .select_related("organisation")
        .distinct()
        .first()
    )
    if found is None:
        raise NotFound
    return found


def projects_of(partner: Partner) -> "QuerySet[Project]":
    """Return a partner's projects, the newest first."""
    return (
        Project.objects.filter(agreement__partner=partner)
        .select_related("place", "receiver_post")
        .prefetch_related("contributions")
        .order_by("-starts", "-pk")
    )


# -- applications ------------------------------------------------------------------------------


def code_hash(code: str) -> bytes:
    """Return the keyed hash of an applicant's query code."""
    return key_hash(normalise_code(code), CODE_PURPOSE)


def application_by_code(community: str, code: str) -> Application:
    """Return the application a query code opens; raise ``NotFound``."""
    bare = normalise_code(code)
    found = (
        Application.objects.filter(community=community, code_hash=code_hash(bare)).first()
        if bare
        else None
    )
    if found is None:
        raise NotFound
    return found


def own_application(actor: Actor, community: str, pk: UUID) -> Application:
    """Return an application of whoever asks: by their account, or opened by its code."""
    found = (
        Application.objects.filter(community=community, pk=pk)
        .select_related("call__place", "call__scheme")
        .first()
    )
    mine = found is not None and (
        found.pk in actor.matters or (actor.person is not None and found.person_id == actor.party)
    )
    if found is None or not mine:
        raise NotFound
    return found


def my_applications(actor: Actor, community: str) -> "QuerySet[Application]":
    """Return a person's own applications, the newest first."""
    return (
        Application.objects.filter(community=community, person=actor.party)
        .select_related("call")
        .order_by("-applied_on", "-pk")
        if actor.party
        else Application.objects.none()
    )


# -- the desk ----------------------------------------------------------------------------------


def calls(actor: Actor) -> "QuerySet[OpenCall]":
    """Return the calls where the actor looks after partners, those that run first."""
    return (
        visible_to(actor, OpenCall.objects.all(), Permission.PARTNER_EDIT)
        .select_related("place", "scheme")
        .annotate(
            accepted=_accepted(),
            waiting=Count("applications", filter=Q(applications__state=ApplicationState.WAITING)),
        )
        .order_by("-closes", "-pk")
    )


def applications(actor: Actor) -> "QuerySet[Application]":
    """Return the applications the actor may decide, the oldest first."""
    return (
        visible_to(
            actor, Application.objects.all(), Permission.PARTNER_EDIT, code_field="community"
        )
        .select_related("call__scheme", "call__place")
        .order_by("applied_on", "pk")
    )


def agreements(actor: Actor) -> "QuerySet[Agreement]":
    """Return the agreements the actor looks after, the one ending first on top."""
    return (
        visible_to(actor, Agreement.objects.all(), Permission.PARTNER_EDIT, code_field="community")
        .select_related("partner__organisation", "partner__post", "scheme")
        .order_by("ends", "pk")
    )


def projects(actor: Actor) -> "QuerySet[Project]":
    """Return the projects the actor looks after, the one due first on top."""
    return (
        visible_to(actor, Project.objects.all(), Permission.PARTNER_EDIT)
        .select_related("place", "agreement__partner__organisation", "receiver_post")
        .order_by("due", "pk")
    )


def office_partner(actor: Actor, pk: UUID) -> Partner:
    """Return a partner the actor looks after; raise ``NotFound``."""
    found = (
        visible_to(actor, Partner.objects.all(), Permission.PARTNER_EDIT, code_field="community")
        .select_related("organisation", "post")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def standing(agreement: Agreement) -> Standing:
    """Return how an agreement stands today."""
    return rules.standing(agreement.state, agreement.starts, agreement.ends, clock.today())


def ending_soon(found: "QuerySet[Agreement]") -> "QuerySet[Agreement]":
    """Narrow agreements to those in force that end within thirty days, or ran out unsettled."""
    last = clock.today() + timedelta(days=rules.SOON_DAYS)
    return (
        found.filter(state=AgreementState.SIGNED, ends__lte=last)
        .filter(Q(ends__gte=clock.today()) | Q(projects__state__in=OPEN_PROJECT))
        .distinct()
    )


def left_open(agreement: Agreement) -> list[str]:
    """Say what an agreement still owes, one line a project and a contribution."""
    said = []
    for project in agreement.projects.filter(state__in=OPEN_PROJECT).order_by("due", "pk"):
        said.append(
            _("“%(title)s”, due %(day)s") % {"title": project.title, "day": project.due.isoformat()}
        )
        said += [
            _("%(amount)s for “%(title)s”")
            % {"amount": f"{gift.what} {amount_said(gift)}", "title": project.title}
            for gift in project.contributions.filter(state__in=OPEN_GIFT)
        ]
    return said


def amount_said(gift: Contribution) -> str:
    """Return an amount in words: hours, pieces or yuan."""
    if gift.kind == Gift.MONEY:
        return format_yuan(gift.amount)
    if gift.kind == Gift.GOODS:
        return ngettext("%(n)d piece", "%(n)d pieces", gift.amount) % {"n": gift.amount}
    return _("%(n)s hours") % {"n": rules.hours_said(gift.amount)}


def receivers(community: str) -> "QuerySet[Post]":
    """Return the held posts of a community that can receive: nobody from outside."""
    return Post.objects.filter(
        community=community,
        closed_on__isnull=True,
        partner__isnull=True,
        type__in=["unit_leader", "building_leader", "grid_leader", "worker", "secretary"],
        pk__in=Term.objects.filter(holding(), community=community).values("post"),
    ).order_by("place_code", "pk")


# -- a liaison, a receiver ---------------------------------------------------------------------


def speaks_for(actor: Actor, partner: Partner) -> bool:
    """Tell whether the actor is the partner, or holds its liaison's post, now or as a person."""
    if partner.post_id in actor.posts:
        return True
    if actor.person is None:
        return False
    if partner.person_id == actor.person:
        return True
    return Term.objects.filter(holding(), post=partner.post_id, person=actor.person).exists()


def receives(actor: Actor, project: Project) -> bool:
    """Tell whether the actor is the receiver of a project."""
    if project.receiver_post_id is not None and project.receiver_post_id in actor.posts:
        return True
    return (
        project.receiver_person_id is not None
        and actor.acting_for is None
        and project.receiver_person_id == actor.person
    )


def speaks_to_itself(partner: Partner, project: Project) -> bool:
    """Tell whether the receiver of a project is the partner: its post, its person, its liaison."""
    if project.receiver_post_id is not None and project.receiver_post_id == partner.post_id:
        return True
    liaisons = set(
        Term.objects.filter(holding(), post=partner.post_id).values_list("person", flat=True)
    )
    if partner.person_id is not None:
        liaisons.add(partner.person_id)
    if project.receiver_person_id is not None:
        return project.receiver_person_id in liaisons
    # A post with several seats can still confirm by one who is not of the partner.
    holders = set(
        Term.objects.filter(holding(), post=project.receiver_post_id).values_list(
            "person", flat=True
        )
    )
    return bool(holders) and holders <= liaisons


def is_liaison(actor: Actor) -> bool:
    """Tell whether the actor speaks for some partner. One statement."""
    return bool(actor.posts) and Partner.objects.filter(post__in=list(actor.posts)).exists()


def mine(actor: Actor) -> "QuerySet[Project]":
    """Return the projects of the partners the actor speaks for."""
    return (
        Project.objects.filter(agreement__partner__post__in=list(actor.posts))
        .select_related("place", "agreement__partner__organisation", "receiver_post")
        .order_by("due", "pk")
    )


def to_confirm(actor: Actor) -> "QuerySet[Project]":
    """Return the running and finished projects the actor receives."""
    by_person = Q(receiver_person=actor.person) if actor.person else Q(pk__in=[])
    return (
        Project.objects.filter(Q(receiver_post__in=list(actor.posts)) | by_person)
        .filter(state__in=OPEN_PROJECT)
        .select_related("place", "agreement__partner__organisation", "receiver_post")
        .order_by("due", "pk")
    )


def project_for(actor: Actor, pk: UUID, community: str = "") -> Project:
    """Return a project of the actor's: as its partner, its receiver, or at the desk."""
    found = (
        Project.objects.filter(pk=pk)
        .select_related("place", "agreement__partner__organisation", "agreement__partner__post")
        .select_related("receiver_post", "receiver_person", "agreement__scheme")
        .first()
    )
    if found is None or (community and found.community != community):
        raise NotFound
    if not (
        receives(actor, found)
        or speaks_for(actor, found.agreement.partner)
        or actor.may(Permission.PARTNER_EDIT, found.place_code)
    ):
        raise NotFound
    return found


# -- promises at a place -----------------------------------------------------------------------

_STATES = {
    ProjectState.RUNNING: State.UNDER_WAY,
    ProjectState.DELIVERED: State.DELIVERED,
    ProjectState.CONFIRMED: State.CONFIRMED,
    ProjectState.WITHDRAWN: State.WITHDRAWN,
    GiftState.PROMISED: State.PROMISED,
}


def promises(actor: Actor, code: str, most: int) -> Iterator[Commitment]:
    """Tell what partners promised at a place and below: projects, and what they give to them.

    Partners' projects are public; persons are named masked.
    """
    rows = (
        Project.objects.filter(in_codes("place_code", [code]))
        .select_related("agreement__partner__organisation")
        .prefetch_related("contributions")
        .order_by("due", "pk")[:most]
    )
    left = most
    for row in rows:
        name = row.agreement.partner.name
        shared = {
            "who": name,
            "place_code": row.place_code,
            "since": row.starts,
            "url": f"/c/{row.community}/partners/partner/{row.agreement.partner_id}/",
            "project": str(row.pk),
            "project_name": row.title,
        }
        for what, state, due in _parts(row):
            if not left:
                return
            left -= 1
            yield Commitment(what=what, state=_state(state), due=due, **shared)  # type: ignore[arg-type]  # shared holds texts and a day


def _parts(row: Project) -> "Iterable[tuple[StrOrPromise, str, object]]":
    yield row.title, row.state, row.due
    for gift in row.contributions.all():
        yield f"{gift.what} {amount_said(gift)}", gift.state, gift.due


def _state(state: str) -> State:
    return _STATES.get(state) or State(state)  # type: ignore[call-overload]  # text enums hash as their text


# -- seconded staff ----------------------------------------------------------------------------


def my_secondment(actor: Actor, community: str) -> Secondment | None:
    """Return the running secondment of whoever is signed in."""
    if actor.person is None or actor.acting_for is not None:
        return None
    return Secondment.objects.filter(
        community=community, person=actor.person, ends__isnull=True
    ).first()


def tasks_ahead(community: str) -> "QuerySet[Task]":
    """Return the tasks still ahead, the nearest first."""
    return (
        Task.objects.filter(community=community, day__gte=clock.today(), cancelled="")
        .select_related("place")
        .order_by("day", "pk")
    )


def taking(tasks: Iterable[Task]) -> dict[UUID, int]:
    """Return how many have taken each of the tasks: a number, never names. One statement."""
    rows = Taken.objects.filter(task__in=[one.pk for one in tasks]).values_list("task", flat=True)
    return Counter(rows)


def seconded(actor: Actor) -> "QuerySet[Secondment]":
    """Return who helps where the actor looks after partners; their free half days ahead."""
    return (
        visible_to(actor, Secondment.objects.all(), Permission.PARTNER_EDIT, code_field="community")
        .filter(ends__isnull=True)
        .order_by("starts", "pk")
    )


def free_halves(found: Iterable[Secondment]) -> "QuerySet[FreeHalf]":
    """Return the half days ahead that they offer."""
    return FreeHalf.objects.filter(
        secondment__in=[one.pk for one in found], day__gte=clock.today()
    ).order_by("day", "half")


def letters(actor: Actor) -> "QuerySet[Letter]":
    """Return the letters asked for where the actor looks after partners."""
    return (
        visible_to(actor, Letter.objects.all(), Permission.PARTNER_EDIT, code_field="community")
        .select_related("secondment")
        .order_by("asked_on", "pk")
    )


def names_here(persons: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names, masked, of those among persons who live where the reader looks."""
    rows = Person.objects.filter(pk__in=list(persons)).values_list("pk", "name")
    return {pk: mask_name(name) for pk, name in rows}
