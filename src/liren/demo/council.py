"""Five resident institutions with their lists, promises and a matter to take on. All invented."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from liren.access.actor import Actor
from liren.base import clock
from liren.base.clock import SHANGHAI
from liren.council import actions
from liren.council.actions import Line
from liren.matters.enums import Status
from liren.matters.models import Matter
from liren.organisation import actions as organisations
from liren.organisation.models import Organisation
from liren.organisation.queries import actor_for
from liren.people.models import Account
from liren.territory.models import Place

from .community import COMMUNITY, Builder, Demo

# name, public contact, the grid it lies in
MEMBERS = (
    ("school", "长山小学（演示）", "校务办公室", "001"),
    ("hospital", "团山卫生服务中心（演示）", "总服务台", "002"),
    ("bank", "长山路支行（演示）", "营业大厅", "001"),
    ("works", "北方机械配件厂（演示）", "厂办", "003"),
    ("station", "派出所长山警务站（演示）", "值班室", "002"),
)


def fill(demo: Demo) -> None:
    """Play the council's last months through its actions."""
    b = Builder()
    b.count = 2000
    now = clock.now().replace(second=0, microsecond=0)
    with clock.freeze(now) as frozen:
        frozen.move_to(now - timedelta(days=75))
        worker = _holder(demo, "worker")
        secretary = _holder(demo, "secretary")
        bodies: dict[str, Organisation] = {}
        liaisons: dict[str, Actor] = {}
        for key, name, contact, _grid in MEMBERS:
            body = organisations.register_organisation(
                by=worker,
                community=COMMUNITY,
                kind="institution",
                name=name,
                contact=contact,
                synthetic=True,
            )
            post = organisations.open_liaison(by=worker, organisation=body.pk, type="institution")
            person = b.person()
            organisations.begin_term(
                by=secretary, post=post.pk, person=person.pk, starts=clock.today()
            )
            bodies[key], liaisons[key] = body, actor_for(person.pk)
            if key == "school" and not Account.objects.filter(username="demo-institution").exists():
                account = Account.objects.create_user(
                    username="demo-institution", person=person, demo=True
                )
                account.set_unusable_password()
                account.save()
        assert demo.committee is not None
        bodies["committee"] = demo.committee
        liaisons["committee"] = worker
        lines = _lists(bodies, liaisons)
        _promises(bodies, liaisons, lines, frozen)
        frozen.move_to(now)
        _open_matter(secretary)


def _holder(demo: Demo, role: str) -> Actor:
    person = demo.accounts[role].person_id
    assert person is not None
    return actor_for(person, home=COMMUNITY)


def _grid(number: str) -> str:
    code = f"{COMMUNITY}{number}"
    return code if Place.objects.filter(code=code).exists() else COMMUNITY


def _lists(bodies: dict[str, Organisation], liaisons: dict[str, Actor]) -> dict[str, UUID]:
    day = clock.today()
    far = day + timedelta(days=365)
    evening = {"opens": time(17, 30), "closes": time(20)}
    weekend = {"weekdays": (6, 7), "opens": time(8), "closes": time(17)}
    told: list[tuple[str, str, str, Line]] = [
        ("school", "resource", "hall", Line(title="报告厅", kind="venue", capacity=200, starts=day,
            ends=far, place=_grid("001"), **weekend)),  # type: ignore[arg-type]  # fields of Line
        ("school", "resource", "yard", Line(title="操场（晚间、周末开放）", kind="venue",
            capacity=150, starts=day, ends=far, place=_grid("001"))),
        ("school", "need", "crossing", Line(title="放学时段护学志愿者", kind="volunteers",
            capacity=6, starts=day, ends=far, place=_grid("001"), weekdays=(1, 2, 3, 4, 5),
            opens=time(15), closes=time(17), details="校门口三个路口，每处两人。")),
        ("hospital", "resource", "talks", Line(title="健康讲座", kind="talk", capacity=2,
            starts=day, ends=far, place=_grid("002"), details="内科、康复科医生轮流，每月两场。")),
        ("hospital", "resource", "visits", Line(title="上门量血压、换药", kind="service",
            capacity=20, starts=day, ends=far, weekdays=(2, 4))),
        ("hospital", "need", "room", Line(title="周末义诊要一处室内场地", kind="venue",
            capacity=80, starts=day, ends=far, place=_grid("002"), weekdays=(6,),
            opens=time(9), closes=time(12))),
        ("bank", "resource", "fraud", Line(title="防诈骗和手机银行讲座", kind="talk", capacity=1,
            starts=day, ends=far, place=_grid("001"), weekdays=(3,), opens=time(14),
            closes=time(16))),
        ("bank", "need", "park-need", Line(title="员工白天停车", kind="parking", capacity=8,
            starts=day, ends=far, place=_grid("001"), weekdays=(1, 2, 3, 4, 5), opens=time(8),
            closes=time(17))),
        ("works", "resource", "park", Line(title="厂区夜间车位", kind="parking", capacity=60,
            starts=day, ends=far, place=_grid("003"), opens=time(18), closes=time(23),
            details="凭社区登记的车牌进出，早 7 点前驶离。")),
        ("works", "resource", "lift", Line(title="登高车一台（带司机）", kind="equipment",
            capacity=1, starts=day, ends=far, weekdays=(5, 6))),
        ("works", "resource", "hands", Line(title="青年职工志愿队", kind="volunteers",
            capacity=25, starts=day, ends=far, weekdays=(5, 6, 7))),
        ("station", "resource", "guard", Line(title="护学岗和交通劝导", kind="volunteers",
            capacity=4, starts=day, ends=far, place=_grid("001"), weekdays=(1, 2, 3, 4, 5),
            opens=time(7), closes=time(17, 30))),
        ("committee", "need", "night-park", Line(title="老楼居民夜间停车", kind="parking",
            capacity=40, starts=day, ends=far, place=_grid("002"), opens=time(18),
            closes=time(23))),
        ("committee", "need", "snow", Line(title="清雪铲冰人手", kind="volunteers", capacity=30,
            starts=day, ends=far, weekdays=(6, 7))),
        ("committee", "need", "class", Line(title="老年人防诈骗课", kind="talk", capacity=1,
            starts=day, ends=far, place=_grid("001"), **evening | {"opens": time(14)})),  # type: ignore[arg-type]  # fields of Line
        ("committee", "project", "courtyard", Line(title="三网格小院改造", kind="other",
            capacity=1, starts=day, ends=far, place=_grid("003"),
            details="旧自行车棚改成能坐能晒太阳的小院。")),
    ]  # fmt: skip
    return {
        key: actions.add_item(
            by=liaisons[who], organisation=bodies[who].pk, listed=listed, line=line
        ).pk
        for who, listed, key, line in told
    }


def _promises(
    bodies: dict[str, Organisation],
    liaisons: dict[str, Actor],
    lines: dict[str, UUID],
    frozen: clock.Frozen,
) -> None:
    today = clock.today() + timedelta(days=75)

    def on(ago: int) -> None:
        frozen.move_to(_noon(today - timedelta(days=ago)))

    def give(who: str, whom: str, what: str, due: date, **more: object) -> UUID:
        return actions.promise(
            by=liaisons[who],
            giver=bodies[who].pk,
            receiver=bodies[whom].pk,
            what=what,
            due=due,
            **more,  # type: ignore[arg-type]  # what a promise takes
        ).pk

    on(60)
    first = give("hospital", "committee", "冬季心脑血管健康讲座一场",
        today - timedelta(days=40), resource=lines["talks"])  # fmt: skip
    second = give("school", "committee", "周末开放操场", today - timedelta(days=30),
        resource=lines["yard"], amount=100)  # fmt: skip
    on(40)
    actions.start(by=liaisons["hospital"], pledge=first)
    actions.deliver(by=liaisons["hospital"], pledge=first, words="讲座办了，来了四十多位居民")
    on(38)
    actions.confirm(by=liaisons["committee"], pledge=first, words="属实，居民还想听一场")
    on(30)
    actions.deliver(by=liaisons["school"], pledge=second, words="本周六起 8:00–17:00 开放")
    on(28)
    actions.confirm(by=liaisons["committee"], pledge=second, words="去看过了，已开放")
    on(20)
    late = give("works", "committee", "提供老楼居民夜间车位 40 个", today - timedelta(days=4),
        need=lines["night-park"], resource=lines["park"], amount=40)  # fmt: skip
    actions.start(by=liaisons["works"], pledge=late, words="门禁系统正在加车牌")
    give("bank", "committee", "捐小院长椅六把", today + timedelta(days=12),
        project=lines["courtyard"], amount=6, place=_grid("003"))  # fmt: skip
    on(9)
    yard = give("works", "committee", "拆旧车棚、平整地面", today + timedelta(days=6),
        project=lines["courtyard"], place=_grid("003"))  # fmt: skip
    actions.start(by=liaisons["works"], pledge=yard, words="已拆完一半")
    # On a school day, whatever day the demonstration is built on.
    school_day = today
    while school_day.isoweekday() > 5:
        school_day += timedelta(days=1)
    sent = give("station", "school", "护学岗四人，上学日早晚", school_day,
        need=lines["crossing"], resource=lines["guard"], amount=4)  # fmt: skip
    on(1)
    actions.deliver(by=liaisons["station"], pledge=sent, words="三个路口已上岗")


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


def _open_matter(by: Actor) -> None:
    """Open two matters an institution could take on: a lamp, and an old bicycle shed's doors."""
    wanted = {
        "upkeep.light": "一处楼道灯反复不亮，需要懂电工、有工具的单位帮忙查线路",
        "cleaning.stairs": "一处楼道堆物较多，需要人手和一辆小货车清运",
    }
    for key, words in wanted.items():
        found = (
            Matter.objects.filter(
                community=COMMUNITY,
                category__key=key,
                status__in=[Status.SUBMITTED, Status.HANDLING],
                shielded=False,
                about_posts=[],
            )
            .order_by("-reported_at", "pk")
            .first()
        )
        if found is not None:
            actions.open_to_institutions(by=by, matter=found.pk, words=words)
