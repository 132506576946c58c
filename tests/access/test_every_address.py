"""Every address, every role, both methods: who may open it is written down here.

A new address fails this test until it says whom it is for.
"""

from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from liren.access.actor import Permission
from liren.demo.community import COMMUNITY, TRACK
from liren.matters import actions, links
from liren.matters.actions import Report
from liren.matters.models import Entry, Matter
from liren.organisation.models import Absence, Post, Term
from liren.organisation.queries import actor_for
from liren.people.models import Account, Person
from liren.territory.models import Place

pytestmark = pytest.mark.django_db

P = Permission
ALL = "all"  # open to everybody
PARTY = "party"  # the matter's own people: everybody else is told that nothing is there
SIGNED_IN = "signed in"
LINK = "link"  # the bearer of a one-tap link

WHO = {
    "health": ALL,
    "look:preferences": ALL,
    "look:manifest": ALL,
    "look:icon": ALL,
    "look:service_worker": ALL,
    "look:offline": ALL,
    "account_login": ALL,
    "account_logout": ALL,
    "account_inactive": ALL,
    "account_signup": ALL,
    "account_request_login_code": ALL,
    "account_confirm_login_code": ALL,
    "mfa_authenticate": ALL,
    "mfa_login_webauthn": ALL,
    "people:home": ALL,
    "people:join": ALL,
    "people:join_confirm": ALL,
    "people:me": SIGNED_IN,
    "people:correct": SIGNED_IN,
    "people:request_take_back": SIGNED_IN,
    "people:claim_take_back": SIGNED_IN,
    "people:household_leave": SIGNED_IN,
    "people:mandates_done": SIGNED_IN,
    "people:offer_take_back": SIGNED_IN,
    "notifications:inbox": SIGNED_IN,
    "notifications:reach": SIGNED_IN,
    "people:data": SIGNED_IN,
    "people:take_away": SIGNED_IN,
    "people:delete": SIGNED_IN,
    "people:log": SIGNED_IN,
    "people:consents": SIGNED_IN,
    "people:consent_withdraw": SIGNED_IN,
    "people:display": SIGNED_IN,
    "people:household": SIGNED_IN,
    "people:security": SIGNED_IN,
    "people:contact": SIGNED_IN,
    "people:contact_confirm": SIGNED_IN,
    "people:mandates": SIGNED_IN,
    "people:mandate_accept": SIGNED_IN,
    "people:offer_accept": SIGNED_IN,
    "people:mandate_revoke": SIGNED_IN,
    "people:act_for": SIGNED_IN,
    "people:stop_acting": ALL,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "people:demo_sign_in": ALL,
    "people:sign_in": ALL,
    "people:sign_out": ALL,
    "portal:landing": ALL,
    "portal:home": ALL,
    "portal:leaders": ALL,
    "portal:talk": ALL,
    "portal:services": ALL,
    "matters:poster": ALL,
    "matters:report": ALL,
    "matters:place": ALL,
    "matters:map": ALL,
    "matters:hints": ALL,
    "matters:lookup": ALL,
    "matters:matters": ALL,
    "matters:follow": SIGNED_IN,
    "matters:unfollow": ALL,
    "matters:matter": PARTY,
    "matters:receipt": PARTY,
    "matters:new_code": PARTY,
    "matters:remind": PARTY,
    "matters:add": PARTY,
    "matters:withdraw": PARTY,
    "matters:answer": PARTY,
    "matters:reopen": PARTY,
    "matters:rate": PARTY,
    "matters:photo": PARTY,
    "field:home": P.MATTER_HANDLE,
    "field:today": P.MATTER_HANDLE,
    "field:places": P.MATTER_VIEW,
    "field:away": P.MATTER_HANDLE,
    "field:back": P.MATTER_HANDLE,
    "field:messages": P.MATTER_HANDLE,
    "matters_field:matter": P.MATTER_HANDLE,
    "matters_field:photo": P.MATTER_HANDLE,
    "matters_field:act": P.MATTER_HANDLE,
    "matters_field:record": P.MATTER_RECORD,
    "matters_field:tap": LINK,
    "matters_field:tap_photo": LINK,
    "matters_field:tap_act": LINK,
    "calls:open": SIGNED_IN,
    "calls:tap": ALL,
    "calls:call": SIGNED_IN,
    "calls:opt": SIGNED_IN,
    "calls_field:list": P.CALL_MAKE,
    "calls_field:new": P.CALL_MAKE,
    "calls_field:reach": P.CALL_MAKE,
    "calls_field:call": P.CALL_MAKE,
    "calls_field:live": P.CALL_MAKE,
    "calls_field:poster": P.CALL_MAKE,
    "calls_field:act": P.CALL_MAKE,
    "calls_office:list": P.CALL_MAKE,
    "calls_office:new": P.CALL_MAKE,
    "calls_office:reach": P.CALL_MAKE,
    "calls_office:call": P.CALL_MAKE,
    "calls_office:live": P.CALL_MAKE,
    "calls_office:act": P.CALL_MAKE,
    "office:board": P.MATTER_DISPATCH,
    "matters_office:list": P.MATTER_DISPATCH,
    "matters_office:matter": P.MATTER_DISPATCH,
    "matters_office:do": P.MATTER_DISPATCH,
    "matters_office:photo": P.MATTER_DISPATCH,
    "matters_office:release": P.MATTER_DISPATCH,
    "matters_office:reveal": P.PEOPLE_UNMASK,
    "matters_office:similar": P.MATTER_DISPATCH,
    "matters_office:undo": P.MATTER_DISPATCH,
    "matters_office:accept_many": P.MATTER_DISPATCH,
    "matters_office:map": P.MATTER_DISPATCH,
    "matters_office:places": P.MATTER_DISPATCH,
    "matters_office:posters": P.PLACE_EDIT,
    "matters_office:posters_pdf": P.PLACE_EDIT,
    "matters_office:record": P.MATTER_RECORD,
    "matters_office:leaders": P.MATTER_RECORD,
    "matters_office:hints": P.MATTER_RECORD,
    "matters_office:receipt": P.MATTER_RECORD,
    "matters_office:hotline": P.MATTER_DISPATCH,
    "matters_office:hotline_new": P.SHEET_IMPORT,
    "matters_office:hotline_take": P.SHEET_IMPORT,
    "matters_office:hotline_sheet": P.SHEET_EXPORT,
    "matters_office:hotline_sent": P.MATTER_DISPATCH,
    "matters_office:hotline_reply": P.MATTER_DISPATCH,
    "matters_office:hotline_unsend": P.MATTER_DISPATCH,
    "matters_office:roots": P.MATTER_DISPATCH,
    "matters_office:root": P.MATTER_DISPATCH,
    "office:figures": P.MATTER_DISPATCH,
    "office:figures_sheet": P.MATTER_DISPATCH,
    "register:runs": P.SHEET_IMPORT,
    "register:template": P.SHEET_IMPORT,
    "register:run": P.SHEET_IMPORT,
    "register:report": P.SHEET_IMPORT,
    "register:drop": P.SHEET_IMPORT,
    "network:overview": P.MATTER_DISPATCH,
    "network:map": P.MATTER_DISPATCH,
    "network:workplaces": P.MATTER_DISPATCH,
    "network:workplace_new": P.POST_EDIT,
    "network:workplace": P.POST_EDIT,
    "network:workplace_close": P.POST_EDIT,
    "network:sheet": P.POST_EDIT,
    "network:sheet_template": P.POST_EDIT,
    "network:sheet_take_in": P.POST_EDIT,
    "network:gap": P.POST_EDIT,
    "network:take_back": P.POST_EDIT,
    "network:line": P.POST_EDIT,
    "network:post": P.POST_EDIT,
    "network:close": P.POST_EDIT,
    "network:cards": P.MATTER_DISPATCH,
    "meetings:overview": P.BRANCH_EDIT,
    "meetings:new": P.BRANCH_EDIT,
    "meetings:one": P.BRANCH_EDIT,
    "meetings:move": P.BRANCH_EDIT,
    "meetings:call_off": P.BRANCH_EDIT,
    "meetings:attendance": P.BRANCH_EDIT,
    "meetings:decide": P.BRANCH_EDIT,
    "meetings:minutes": P.BRANCH_EDIT,
    "meetings:confirm": P.BRANCH_EDIT,
    "meetings:print": P.BRANCH_EDIT,
    "meetings:strike": P.BRANCH_EDIT,
    "meetings:matter": P.BRANCH_EDIT,
    "meetings_portal:list": ALL,
    "meetings_portal:one": ALL,
    "branches:overview": P.BRANCH_EDIT,
    "branches:new": P.BRANCH_EDIT,
    "branches:one": P.BRANCH_EDIT,
    "branches:close": P.BRANCH_EDIT,
    "branches:seat": P.BRANCH_EDIT,
    "branches:cross": P.BRANCH_EDIT,
    "branches:tasks": P.BRANCH_EDIT,
    "branches:task_new": P.BRANCH_EDIT,
    "branches:task": P.MATTER_HANDLE,
    "branches:act": P.MATTER_HANDLE,
    "demands:overview": P.MATTER_DISPATCH,
    "demands:new": P.MATTER_DISPATCH,
    "demands:sheet": P.SHEET_EXPORT,
    "demands:one": P.MATTER_DISPATCH,
    "demands:act": P.MATTER_DISPATCH,
    "demands:arrived": P.MATTER_DISPATCH,
    "demands:take_back": P.MATTER_DISPATCH,
    "demands:orders": P.MATTER_DISPATCH,
    "demands:order_new": P.MATTER_SUPERVISE,
    "demands:order": P.MATTER_HANDLE,
    "demands:order_print": P.MATTER_HANDLE,
    "demands:order_act": P.MATTER_HANDLE,
    "people_office:requests": P.PEOPLE_EDIT,
    "people_office:request_answer": P.PEOPLE_EDIT,
    "people_office:claim_answer": P.PEOPLE_EDIT,
    "people_office:request_reveal": P.PEOPLE_UNMASK,
    "insight:board": P.MATTER_SUPERVISE,
    "insight:together": P.MATTER_DISPATCH,
    "insight:place": P.MATTER_DISPATCH,
    "insight:project": P.MATTER_DISPATCH,
    "together:community": ALL,
    "together:place": ALL,
    "together:project": ALL,
    "council:overview": P.MATTER_DISPATCH,
    "council:member_new": P.PARTNER_EDIT,
    "council:member": P.MATTER_DISPATCH,
    "council:item_new": P.PARTNER_EDIT,
    "council:item": P.PARTNER_EDIT,
    "council:pledges": P.MATTER_DISPATCH,
    "council:promise": P.PARTNER_EDIT,
    "council:pledge": P.MATTER_DISPATCH,
    "council:open": P.MATTER_DISPATCH,
    "council:decide": P.MATTER_DISPATCH,
    "council:year": P.MATTER_DISPATCH,
    "council:year_sheet": P.MATTER_DISPATCH,
    "council:kinds": P.PARTNER_EDIT,
    "council_field:home": P.MATTER_HANDLE,
    "council_field:item_new": P.MATTER_HANDLE,
    "council_field:item": P.MATTER_HANDLE,
    "council_field:promise": P.MATTER_HANDLE,
    "council_field:pledge": P.MATTER_HANDLE,
    "council_field:claim": P.MATTER_HANDLE,
    "council_field:claim_back": P.MATTER_HANDLE,
    "recruitment:overview": P.POST_EDIT,
    "recruitment:new": P.POST_EDIT,
    "recruitment:one": P.POST_EDIT,
    "recruitment:duties": P.POST_EDIT,
    "recruitment:thank": P.POST_EDIT,
    "recruitment:responsible": P.MATTER_DISPATCH,
    "recruitment:unanswered": P.MATTER_DISPATCH,
    "recruitment:call": ALL,
    "recruitment:thanks": PARTY,
    "recruitment:welcome": P.MATTER_HANDLE,
    "recruitment:post": P.MATTER_HANDLE,
    "recruitment:share": P.MATTER_HANDLE,
    "mobileposts:tell": ALL,
    "mobileposts:join": ALL,
    "mobileposts:leave": SIGNED_IN,
    "mobileposts:thanks": PARTY,
    "mobileposts:overview": P.MATTER_DISPATCH,
    "mobileposts:poster": P.MATTER_DISPATCH,
    "forms:overview": P.SHEET_EXPORT,
    "forms:new": P.SHEET_EXPORT,
    "forms:one": P.SHEET_EXPORT,
    "forms:fill": P.SHEET_EXPORT,
    "forms:put_away": P.SHEET_EXPORT,
    "forms:take_out": P.SHEET_EXPORT,
    "partners:overview": ALL,
    "partners:call": ALL,
    "partners:apply": ALL,
    "partners:lookup": ALL,
    "partners:application": PARTY,
    "partners:partner": ALL,
    "partners:received": SIGNED_IN,
    "partners:seconded": SIGNED_IN,
    "partners:letter": SIGNED_IN,
    "partners_field:desk": P.MATTER_HANDLE,
    "partners_field:project": P.MATTER_HANDLE,
    "partners_office:overview": P.PARTNER_EDIT,
    "partners_office:scheme": P.PARTNER_EDIT,
    "partners_office:seconded": P.PARTNER_EDIT,
    "partners_office:call_new": P.PARTNER_EDIT,
    "partners_office:call": P.PARTNER_EDIT,
    "partners_office:record": P.PARTNER_EDIT,
    "partners_office:application": P.PARTNER_EDIT,
    "partners_office:reveal": P.PEOPLE_UNMASK,
    "partners_office:agreement": P.PARTNER_EDIT,
    "partners_office:agreement_paper": P.PARTNER_EDIT,
    "partners_office:partner": P.PARTNER_EDIT,
    "partners_office:project": P.PARTNER_EDIT,
    "office:calendar": P.CATEGORY_EDIT,
    "office:calendar_clear": P.CATEGORY_EDIT,
    "matters_office:categories": P.CATEGORY_EDIT,
    "matters_office:category_new": P.CATEGORY_EDIT,
    "matters_office:category": P.CATEGORY_EDIT,
    "matters_office:category_restore": P.CATEGORY_EDIT,
}
# Whoever holds the permission may still be told: not yours (another one's absence).
OWN = {"field:back", "matters_field:act", "recruitment:share"}
REFUSED = {302, 403, 404, 405, 410}
ROLES = (
    "anonymous",
    "resident",
    "unit",
    "building",
    "grid",
    "worker",
    "secretary",
    "officer",
    "department",
    "stranger",
)
# Slugs that make sense in an address; anything else is an answer of 404.
SLUGS = {
    "role": "unit",
    "tag": "none",
    "verb": "accept",
    "answer": "accept",
    "face": "portal",
    "size": "small",
    "form": "json",
    "what": "phone",
    "field": "name",
}


def patterns(found=None, prefix="", namespace=""):
    for one in found or get_resolver().url_patterns:
        if isinstance(one, URLPattern):
            yield f"{namespace}{one.name}", prefix + str(one.pattern), one.pattern.converters
        else:
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from patterns(one.url_patterns, prefix + str(one.pattern), inner)


@pytest.fixture
def world(demo, actor):
    """A matter with a photo's worth of context, an absence, and a worker from next door."""
    by = actor("resident")
    matter = actions.report(
        by=by, need=Report(place=demo.unit, text="楼道灯坏了", reporter=by.person)
    ).matter
    term = Term.objects.get(post=demo.posts["unit"])
    absence = Absence.objects.create(
        community=COMMUNITY, term=term, starts="2031-01-01", ends="2031-01-02", **TRACK
    )
    other = "220103008004"
    place = Place.objects.create(
        community=other,
        code=other,
        level="community",
        name="邻社区",
        parent=Place.objects.get(code="220103008"),
        **TRACK,
    )
    person = Person.objects.create(community=other, name="测试员", synthetic=True, **TRACK)
    post = Post.objects.create(
        community=other, place=place, place_code=other, type_id="worker", title="邻站", **TRACK
    )
    Term.objects.create(community=other, post=post, person=person, **TRACK)
    stranger = Account.objects.create_user("stranger", person=person)
    return {
        "matter": matter,
        "absence": absence,
        "accounts": {**demo.accounts, "stranger": stranger},
        "token": links.make(matter.pk, term.pk),
    }


def value_of(name: str, converter: object, world) -> str:
    if name in ("matter", "pk") and "UUID" in type(converter).__name__:
        return str(world["matter"].pk)
    if name == "absence":
        return str(world["absence"].pk)
    if name == "community":
        return COMMUNITY
    if name == "token":
        return world["token"]
    if name in SLUGS:
        return SLUGS[name]
    kind = type(converter).__name__
    if kind == "UUIDConverter":
        return str(uuid4())
    return "192" if kind == "IntConverter" else "x"


def fill(route: str, converters, world) -> str:
    address = route
    for name, converter in converters.items():
        start = address.index("<")
        while f"{name}>" not in address[start : address.index(">", start) + 1]:
            start = address.index("<", start + 1)
        end = address.index(">", start) + 1
        address = address[:start] + value_of(name, converter, world) + address[end:]
    return "/" + address


def client_for(role: str, world) -> Client:
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(world["accounts"][role])
    return client


def holds(role: str, world, permission: str) -> bool:
    person: UUID | None = world["accounts"][role].person_id if role != "anonymous" else None
    return person is not None and actor_for(person).has(permission)


def test_every_address_says_whom_it_is_for():
    known = {name for name, _, _ in patterns()}
    assert sorted(known - set(WHO)) == []
    assert sorted(set(WHO) - known) == []


@pytest.mark.parametrize("role", ROLES)
def test_every_address_with_both_methods(world, role):
    client = client_for(role, world)
    cookies = client.cookies.copy()
    wrong = []
    for name, route, converters in patterns():
        address = fill(route, converters, world)
        for method in ("get", "post"):
            point = transaction.savepoint()
            before = Entry.objects.count()
            response = getattr(client, method)(address)
            entries = Entry.objects.count() - before
            transaction.savepoint_rollback(point)
            client.cookies = cookies.copy()
            problem = judge(role, world, name, response, entries)
            if problem:
                wrong.append(f"{method.upper()} {name}: {problem}")
    assert wrong == []


def judge(role, world, name, response, entries) -> str:
    rule = WHO[name]
    status = response.status_code
    if status >= 500 and not (status == 503 and rule == ALL):
        return f"{status}"
    refused = status in REFUSED
    if status == 302 and "/accounts/login" not in response["Location"]:
        refused = False
    if role == "stranger" and rule not in (ALL, LINK) and entries:
        return "somebody from another community wrote into the timeline"
    if rule == PARTY:
        # Officials may see the page by their grant; a stranger and the anonymous may not.
        if role in ("anonymous", "stranger", "department") and not refused:
            return f"{status} for somebody who is no party"
        return ""
    if rule in (ALL, LINK):
        return "403" if status == 403 and rule == ALL else ""
    if rule == SIGNED_IN:
        return "" if role != "anonymous" or refused else f"{status} without signing in"
    if holds(role, world, rule):
        theirs = role == "stranger" or name in OWN
        return "403 though the post allows it" if status == 403 and not theirs else ""
    return "" if refused else f"{status} without {rule}"


def test_a_matter_of_another_community_is_not_there_for_its_neighbours_worker(world):
    client = client_for("stranger", world)
    pk = world["matter"].pk
    for address in (
        f"/field/matters/{pk}/",
        f"/office/matters/{pk}/",
        f"/c/{COMMUNITY}/matters/{pk}/",
    ):
        assert client.get(address).status_code == 404
    assert Matter.objects.get(pk=pk).version == 1


def test_the_debug_gallery_is_not_served():
    assert not settings.DEBUG
    assert Client().get("/gallery/").status_code == 404
