"""Four branches with duties, meetings and tasks; three demands from above; a supervision order."""

from datetime import date, datetime, time, timedelta

from liren.access.actor import Actor
from liren.base import clock
from liren.base.clock import SHANGHAI
from liren.branches import actions
from liren.branches.models import Branch
from liren.demands import actions as demands
from liren.demands.enums import Came, Often, What
from liren.demands.queries import receivers
from liren.matters.enums import Status
from liren.matters.models import Matter
from liren.meetings import actions as meetings
from liren.organisation import actions as organisation
from liren.organisation.enums import PostKind
from liren.organisation.models import Post, Term
from liren.organisation.queries import actor_for, holding, persons_of
from liren.territory.enums import Level
from liren.territory.models import Place

from .community import COMMUNITY, Builder, Demo

DUTIES = (
    "每季度开一次支部会，会前征集楼里的事",
    "认领社区列出的任务，做完请受益的楼栋确认",
    "雪天、停水停电时先到老人多的单元看看",
    "收集邻居意见，当周转给网格长",
)
# Which of the three leaders' posts a Party post is held together with.
TOGETHER = (
    (PostKind.GRID_LEADER, PostKind.PARTY_BRANCH),
    (PostKind.BUILDING_LEADER, PostKind.PARTY_BUILDING),
)


def fill(demo: Demo) -> None:
    """Register the branches, hold a meeting, call another, move some tasks, enter the demands."""
    secretary = _holder(demo, "secretary")
    now = clock.now().replace(second=0, microsecond=0)
    with clock.freeze(now - timedelta(days=60)) as frozen:
        branches = _branches(demo, secretary)
        _meetings(demo, secretary, branches[1], frozen, now)
    with clock.freeze(now - timedelta(days=12)) as frozen:
        _tasks(demo, secretary, branches, frozen)
    with clock.freeze(now - timedelta(days=50)) as frozen:
        _demands(secretary, _holder(demo, "worker"), frozen, now)
    _order(secretary)


def _holder(demo: Demo, role: str) -> Actor:
    return actor_for(persons_of([demo.posts[role].pk])[demo.posts[role].pk][0])


def _branches(demo: Demo, by: Actor) -> list[Branch]:
    grids = Place.objects.filter(
        community=COMMUNITY, level=Level.GRID, closed_on__isnull=True
    ).order_by("code")
    found = [
        actions.register(
            by=by,
            place=demo.community.pk,
            name="社区机关党支部",
            contact="社区服务站一楼",
            duties=DUTIES[:2],
            synthetic=True,
        )
    ]
    builder = Builder()
    builder.count = 3000
    for grid in grids[:3]:
        branch = actions.register(
            by=by,
            place=grid.pk,
            name=f"{grid}党支部",
            contact=f"{grid}议事点，每周三下午",
            duties=DUTIES,
            synthetic=True,
        )
        found.append(branch)
        for leader, kind in TOGETHER:
            posts = Post.objects.filter(
                place_code__startswith=grid.code, type=leader, closed_on__isnull=True
            ).order_by("place_code")
            for post in posts[:3]:
                term = Term.objects.filter(holding(), post=post).first()
                party = _party_post(builder, post.place, kind, term)
                organisation.seat_in_branch(
                    by=by, post=party.pk, organisation=branch.organisation_id
                )
    return found


def _party_post(builder: Builder, place: Place, kind: PostKind, term: Term | None) -> Post:
    known = Post.objects.filter(place=place, type=kind, closed_on__isnull=True).first()
    if known is not None:
        return known
    what = "党支部书记" if kind == PostKind.PARTY_BRANCH else "党小组长"
    person = term.person if term else builder.person()
    return builder.post(place, kind, f"{place}{what}", person)


def _at(now: datetime, days: int, hour: int) -> datetime:
    day = (now + timedelta(days=days)).astimezone(SHANGHAI).date()
    return datetime.combine(day, time(hour), SHANGHAI)


def _meetings(demo: Demo, by: Actor, branch: Branch, frozen: clock.Frozen, now: datetime) -> None:
    convener = demo.posts["secretary"].pk
    starts = _at(now, -20, 14)
    frozen.move_to(starts - timedelta(days=5))
    past = meetings.convene(
        by=by,
        post=convener,
        organisation=branch.organisation_id,
        posts=[demo.posts["worker"].pk],
        plan=meetings.Plan(
            title="第四季度支部会",
            starts=starts,
            venue="社区二楼会议室",
            agenda=["入冬清雪怎么分片", "楼道堆物和充电桩", "独居老人谁多敲敲门"],
            public=True,
            quorum=(1, 2, True),
        ),
        synthetic=True,
    )
    frozen.move_to(starts + timedelta(hours=2))
    members = list(past.members.order_by("pk").values_list("post", flat=True))
    lead = past.members.get(post__type=PostKind.PARTY_BRANCH).post_id
    meetings.record(
        by=by, meeting=past.pk, present=members[:-1], excused=members[-1:], guests=2, seen=1
    )
    for seen, (text, due) in enumerate(
        (
            ("每栋楼门前由楼栋党小组牵头清雪，雪停后两小时内清出通道", None),
            ("请物业十天内拿出充电桩加装方案", (now - timedelta(days=8)).date()),
        ),
        2,
    ):
        if due is not None and due < clock.today():
            due = None
        meetings.decide(by=by, meeting=past.pk, text=text, post=lead, due=due, seen=seen)
    text = (
        f"到会：应到 {len(members)}，实到 {len(members) - 1}，列席 2\n\n"
        "1. 入冬清雪怎么分片\n按楼栋分片，坡道和北门由支部统一安排。\n\n"
        "2. 楼道堆物和充电桩\n先劝，再约物业；方案十天内给出。\n\n"
        "3. 独居老人谁多敲敲门\n各单元自愿认领，不列名单。"
    )
    meetings.save_minutes(by=by, meeting=past.pk, text=text, seen=0)
    meetings.confirm_minutes(by=by, meeting=past.pk, seen=1)
    frozen.advance(days=3)
    meetings.save_minutes(
        by=by,
        meeting=past.pk,
        text=text.replace("坡道和北门", "坡道、北门和公交站"),
        seen=2,
        reason="漏记了公交站一段",
    )
    frozen.move_to(now - timedelta(days=1))
    meetings.convene(
        by=by,
        post=convener,
        organisation=branch.organisation_id,
        plan=meetings.Plan(
            title="清雪情况碰头会",
            starts=_at(now, 6, 15),
            venue="长山花园议事点",
            agenda=["上一场雪清得怎么样", "工具够不够"],
        ),
        synthetic=True,
    )


def _tasks(demo: Demo, by: Actor, branches: list[Branch], frozen: clock.Frozen) -> None:
    day = clock.today()
    building = demo.posts["building"]
    receiver = _holder(demo, "building")
    told = (
        ("楼道堆物清一次", "先和邻居说好，旧家具请物业拉走。", 8, 0),
        ("门前坡道加防滑垫", "两块，放在老人常走的一侧。", 20, 1),
        ("帮忙布置邻里节", "搬桌椅、挂彩旗，半天。", 25, None),
    )
    rows = [
        actions.offer(
            by=by,
            place=building.place_id,
            title=title,
            text=text,
            due=day + timedelta(days=days),
            receiver=building.pk,
            branch=branches[n].pk if n is not None else None,
            synthetic=True,
        )
        for title, text, days, n in told
    ]
    frozen.advance(days=6)
    first = actions.finish(
        by=by, task=rows[0].pk, words="清走三车，两户自己搬回家里了", seen=rows[0].version
    )
    frozen.advance(days=1)
    actions.confirm(by=receiver, task=first.pk, words="楼道宽敞了", seen=first.version)


def _demands(by: Actor, worker: Actor, frozen: clock.Frozen, now: datetime) -> None:
    def ago(days: int) -> date:
        return (now - timedelta(days=days)).date()

    accepted = demands.enter(
        by=worker,
        community=COMMUNITY,
        asked=demands.Asked(
            asked_by="区民政局（演示）",
            title="为老服务需求摸底",
            what=What.TASK,
            basis="关于开展为老服务需求摸底的通知（演示）",
            article="第三条",
            since=ago(40),
            often=Often.ONCE,
            minutes=80 * 60,
            money=2_000_000,
            people=2,
            promised_by=ago(10),
        ),
        synthetic=True,
    )
    frozen.advance(days=3)
    accepted = demands.accept(
        by=by,
        demand=accepted.pk,
        words="随附经费和两名人员，只做一次，结果留在社区共用",
        seen=accepted.version,
        on_duty_list=True,
        duty_article="第二部分第 7 条（演示）",
    )
    frozen.advance(days=20)
    demands.arrived(
        by=worker,
        demand=accepted.pk,
        kind=Came.PEOPLE,
        amount=2,
        on=clock.today(),
        note="实习生两名",
    )
    declined = demands.enter(
        by=worker,
        community=COMMUNITY,
        asked=demands.Asked(
            asked_by="区某中心（演示）",
            title="下载应用程序并每天打开",
            what=What.APP,
            since=clock.today(),
            often=Often.DAILY,
            minutes=20,
        ),
        synthetic=True,
    )
    frozen.advance(days=1)
    demands.decline(
        by=by,
        demand=declined.pk,
        words="没有文件依据，清单外，也没有随附人员",
        seen=declined.version,
        on_duty_list=False,
        duty_article="第四部分第 2 条（演示）",
    )
    frozen.move_to(now - timedelta(days=2))
    demands.enter(
        by=worker,
        community=COMMUNITY,
        asked=demands.Asked(
            asked_by="区某局（演示）",
            title="养犬情况月报表",
            what=What.FORM,
            basis="电话通知，没有文件",
            since=clock.today(),
            often=Often.MONTHLY,
            minutes=240,
            replaces="",
        ),
        synthetic=True,
    )


def _order(by: Actor) -> None:
    """Give an order about the oldest matter somebody has in hand."""
    rows = Matter.objects.filter(
        community=COMMUNITY, status=Status.HANDLING, shielded=False
    ).order_by("reported_at")
    for matter in rows[:20]:
        to = receivers(matter).exclude(pk__in=list(by.posts)).first()
        if to is not None:
            demands.give_order(
                by=by,
                to_post=to.pk,
                text="请三日内上门看一次，答复居民办理时间；办不了写明卡在哪里、需要谁来。",
                due=clock.today() + timedelta(days=3),
                matter=matter.pk,
                synthetic=True,
            )
            return
