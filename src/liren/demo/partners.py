"""Open calls, three partners, an application waiting, somebody seconded. All invented."""

from datetime import timedelta
from uuid import UUID

from liren.access.actor import Actor
from liren.base import clock
from liren.organisation.queries import actor_for
from liren.partners import actions
from liren.partners.actions import Offer, Wanted
from liren.partners.models import Agreement, Application, Contribution, OpenCall, Project
from liren.people.models import Account
from liren.territory.models import Place

from .community import COMMUNITY, Builder, Demo

# kind, name, phone, what they would do, trade, term, what the call was called
ACCEPTED = (
    (
        "unit",
        "明朗家电维修部（演示）",
        "13800001101",
        "每月第一个周六到社区，给老人家里修灯具、水龙头和小家电，只收配件成本。",
        "daily",
        "short",
        "招募便民维修合伙人",
    ),
    (
        "organisation",
        "松柏社会工作服务中心（演示）",
        "13800001102",
        "每周两个下午开放四点半课堂，带小学生写作业、做手工。",
        "culture",
        "long",
        "招募课后托管合伙人",
    ),
    (
        "person",
        "",
        "13800001103",
        "退休眼科医生，每季度在活动室义诊一次。",
        "health",
        "short",
        "招募义诊合伙人",
    ),
)


def fill(demo: Demo) -> None:
    """Play partners' last months through the actions."""
    b = Builder()
    b.count = 3000
    now = clock.now().replace(second=0, microsecond=0)
    with clock.freeze(now) as frozen:
        frozen.move_to(now - timedelta(days=100))
        worker = _of(demo, "worker")
        agreements: list[tuple[Agreement, Actor]] = []
        for n, row in enumerate(ACCEPTED):
            person = b.person()
            agreements.append(
                (_accepted(demo, worker, row, person.pk, person.name), _me(person.pk))
            )
            if n == 0 and not Account.objects.filter(username="demo-partner").exists():
                demo.accounts["partner"] = Account.objects.create_user(
                    username="demo-partner", person=person, demo=True
                )
        (repair, fixer), (school, teacher), _doctor = agreements
        building = (demo.unit and demo.unit.parent) or demo.community
        frozen.move_to(now - timedelta(days=80))
        first = _project(demo, worker, repair, building, "入冬前上门检修", days=40)
        gift = _gift(worker, first.pk, "hours", "上门检修", "18")
        step = actions.add_milestone(
            by=worker, project=first.pk, title="登记要修的人家", due=first.due
        )
        second = _project(demo, worker, school, demo.community, "四点半课堂（秋季）", days=160)
        _gift(worker, second.pk, "hours", "辅导", "64")
        _gift(worker, second.pk, "goods", "手工材料包", "120")
        _gift(worker, second.pk, "money", "图书角购书", "1800")
        actions.add_milestone(
            by=worker,
            project=second.pk,
            title="期中请家长提意见",
            due=second.starts + timedelta(days=90),
        )
        frozen.move_to(now - timedelta(days=50))
        actions.do_milestone(by=fixer, milestone=step.pk, words="登记了 12 户")
        actions.give(by=fixer, gift=gift.pk, words="跑了六个上午")
        actions.deliver(
            by=fixer, project=first.pk, words="12 户全部看过，换了 9 个水龙头、4 盏灯。"
        )
        frozen.move_to(now - timedelta(days=48))
        actions.answer(
            by=_of(demo, "grid"), project=first.pk, received=True, words="随机问了 5 户，都修好了。"
        )
        frozen.move_to(now - timedelta(days=12))
        books = second.contributions.get(kind="goods")
        actions.give(by=teacher, gift=books.pk, words="放在活动室柜子里")
        third = _project(demo, worker, repair, building, "春节前线路检查", days=40)
        _gift(worker, third.pk, "hours", "线路检查", "12")
        _open(demo, worker, now_person=b.person().pk)
        _seconded(demo, worker, b)


def _of(demo: Demo, role: str) -> Actor:
    person = demo.accounts[role].person_id
    assert person is not None
    return actor_for(person, home=COMMUNITY)


def _me(person: UUID) -> Actor:
    return actor_for(person, home=COMMUNITY)


def _call(demo: Demo, worker: Actor, *, days: int = 25, **said: object) -> OpenCall:
    today = clock.today()
    values: dict[str, object] = {
        "place": demo.community.pk,
        "area": "old",
        "term": "short",
        "opens": today,
        "closes": today + timedelta(days=days),
        "capacity": 1,
        "who": ("unit", "organisation", "person"),
        **said,
    }
    row = actions.write_call(by=worker, wanted=Wanted(**values), synthetic=True)  # type: ignore[arg-type]  # said by name above
    return actions.publish_call(by=worker, call=row.pk)


def _checked(worker: Actor, row: Application) -> None:
    actions.vet(
        by=worker,
        application=row.pk,
        ticked=[str(one["key"]) for one in row.call.scheme.checks],
        conflict_note="问过居委会和物业，没有利害关系。",
        seen=row.version,
    )


def _accepted(
    demo: Demo, worker: Actor, row: tuple[str, ...], person: UUID, name: str
) -> Agreement:
    kind, body, phone, offer, trade, term, title = row
    call = _call(demo, worker, title=title, wanted=offer, trade=trade, term=term)
    application = actions.apply(
        by=_me(person),
        call=call.pk,
        offer=Offer(
            kind=kind,
            organisation_name=body,
            contact_name=name,
            contact_phone=phone,
            offer=offer,
        ),
    ).application
    _checked(worker, application)
    agreement = actions.accept(
        by=worker, application=application.pk, why="做得来，时间也合适，先按一期试。"
    )
    actions.write_agreement(
        by=worker,
        agreement=agreement.pk,
        promises=offer,
        gives="活动室按约定时间开放；网格长帮忙通知邻居。",
        starts=agreement.starts,
        ends=agreement.ends,
    )
    actions.close_call(by=worker, call=call.pk, why="已经找到合伙人，谢谢各位。")
    return actions.sign(by=worker, agreement=agreement.pk)


def _project(
    demo: Demo, worker: Actor, agreement: Agreement, place: Place, title: str, *, days: int
) -> Project:
    due = min(agreement.ends, clock.today() + timedelta(days=days))
    return actions.begin_project(
        by=worker,
        agreement=agreement.pk,
        place=place.pk,
        title=title,
        starts=clock.today(),
        due=due,
        receiver_post=demo.posts["grid"].pk,
    )


def _gift(worker: Actor, project: UUID, kind: str, what: str, amount: str) -> Contribution:
    row = Project.objects.get(pk=project)
    return actions.promise_gift(
        by=worker, project=project, kind=kind, what=what, amount=amount, due=row.due
    )


def _open(demo: Demo, worker: Actor, *, now_person: UUID) -> None:
    """Two calls open today; one has an application waiting."""
    call = _call(
        demo,
        worker,
        days=30,
        title="招募助餐合伙人",
        wanted="工作日给行动不便的老人送午饭，一天十五份上下，餐费按成本价，由老人自付。",
        trade="care",
        term="long",
        who=("unit", "organisation"),
        capacity=2,
    )
    actions.apply(
        by=_me(now_person),
        call=call.pk,
        offer=Offer(
            kind="unit",
            organisation_name="老味道家常菜馆（演示）",
            contact_name="韩清和",
            contact_phone="13800001105",
            offer="店就在北门，一天能送二十份，软饭软菜都能做。",
            ties="店主的表妹在物业上班。",
        ),
    )
    _call(
        demo,
        worker,
        days=45,
        title="招募楼道美化合伙人",
        wanted="和居民一起把三个单元的楼道刷白、画上门牌，材料费社区出，人工请合伙人出。",
        trade="safety",
    )


def _seconded(demo: Demo, worker: Actor, b: Builder) -> None:
    """Tasks ahead, and somebody from an office who takes one and asks for a letter."""
    helper = _me(b.person().pk)
    actions.report_in(
        by=helper, community=COMMUNITY, home="区统计局（演示）", skills="会修电脑，能教手机"
    )
    today = clock.today()
    done = actions.offer_task(
        by=worker,
        place=demo.community.pk,
        title="帮老人学用手机",
        what="在活动室坐班，一对一教。",
        day=today + timedelta(days=5),
        half="afternoon",
        needed=3,
        synthetic=True,
    )
    actions.take(by=helper, task=done.pk)
    for title, days, half, needed in (
        ("清扫小区北门积雪", 15, "morning", 6),
        ("陪行动不便的老人去体检", 17, "morning", 2),
    ):
        task = actions.offer_task(
            by=worker,
            place=demo.community.pk,
            title=title,
            day=today + timedelta(days=days),
            half=half,
            needed=needed,
            synthetic=True,
        )
        if needed == 2:
            actions.take(by=helper, task=task.pk)
    actions.offer_halves(
        by=helper,
        community=COMMUNITY,
        halves=[(today + timedelta(days=n), "afternoon") for n in (14, 16, 21)],
    )
    actions.ask_letter(
        by=helper,
        community=COMMUNITY,
        words="兹证明我在居住地社区利用业余时间教老人使用手机一次，情况属实。",
    )
