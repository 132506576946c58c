"""Fill the demonstration community with neighbours, partners and ninety days of matters."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db import transaction

from liren.base import clock
from liren.base.clock import SHANGHAI
from liren.matters import actions
from liren.matters.enums import Origin
from liren.matters.models import Matter
from liren.organisation.enums import OrganisationKind, PostKind
from liren.organisation.models import Absence, Organisation, Term
from liren.people.enums import Tenure
from liren.people.models import Person
from liren.synth import words
from liren.territory.enums import Level
from liren.territory.models import Place

from . import branches, calls, council, mobileposts, network, partners, recruitment
from .community import COMMUNITY, TRACK, Builder, Demo
from .stories import Stage

# One known resident in so many households.
EVERY = 5
# Who besides the city management can be called in: role, title, organisation, kind.
CALLED = (
    ("housing", "区住房和城乡建设局", OrganisationKind.DEPARTMENT, PostKind.DEPARTMENT),
    ("heating", "区供热管理办公室", OrganisationKind.DEPARTMENT, PostKind.DEPARTMENT),
    ("property", "长山物业服务中心", OrganisationKind.PROPERTY, PostKind.PARTNER),
)


@transaction.atomic
def enrich(demo: Demo, *, matters: int = 95) -> int:
    """Add neighbours, partners and histories; return how many matters there are.

    ``matters`` are made up at random (always the same ones) beside some two dozen told by hand, so
    that every desk of the demonstration has something to do. All is played through the actions.
    """
    people(demo)
    network.fill(demo)
    # To the minute: the stopped clock and the rows then agree.
    now = clock.now().replace(second=0, microsecond=0)
    with clock.freeze(now) as frozen:
        stage = Stage(frozen, COMMUNITY, demo.posts)
        Tales(stage, demo, now).tell(matters)
    absences(demo)
    calls.fill(demo)
    council.fill(demo)
    recruitment.fill(demo)
    mobileposts.fill(demo)
    branches.fill(demo)
    partners.fill(demo)
    return Matter.objects.filter(community=COMMUNITY).count()


def people(demo: Demo) -> None:
    """Add residents, a second worker, and whom the community can whistle for."""
    b = Builder()
    b.count = 500
    homes = Place.objects.filter(community=COMMUNITY, level=Level.HOUSEHOLD).order_by("code")
    for n, home in enumerate(homes):
        if n % EVERY == 2:
            b.resident(home, Tenure.TENANT if n % 3 == 0 else Tenure.OWNER)
    second = b.post(
        demo.community, PostKind.WORKER, "社区工作者（网格事务）", b.person(), demo.committee
    )
    demo.posts["worker2"] = second
    county = Place.objects.get(code=COMMUNITY[:6])
    for role, title, kind, post in CALLED:
        place = demo.community if kind == OrganisationKind.PROPERTY else county
        organisation = Organisation.objects.create(
            community=place.community,
            place=place,
            kind=kind,
            name=f"{title}（演示）",
            synthetic=True,
            **TRACK,
        )
        demo.posts[role] = b.post(place, post, title, b.person(), organisation)


def absences(demo: Demo) -> None:
    """Let two leaders be away today, one of them covered by a neighbouring leader."""
    day = clock.today()
    terms = list(
        Term.objects.filter(community=COMMUNITY, post__type=PostKind.UNIT_LEADER)
        .exclude(post=demo.posts["unit"])
        .select_related("post")
        .order_by("post__place_code")[2:5]
    )
    for term, cover in ((terms[0], terms[1].post), (terms[2], None)):
        Absence.objects.create(
            community=COMMUNITY,
            term=term,
            starts=day - timedelta(days=2),
            ends=day + timedelta(days=6),
            cover=cover,
            **TRACK,
        )


class Tales:
    """The matters: first those told by hand, then those made up."""

    def __init__(self, stage: Stage, demo: Demo, now: datetime) -> None:
        self.stage, self.demo, self.now = stage, demo, now
        self.rng = Random("tales")
        rows = Place.objects.filter(community=COMMUNITY, level__in=[Level.UNIT, Level.BUILDING])
        self.units = [p for p in rows.order_by("code") if p.level == Level.UNIT]
        self.buildings = [p for p in rows.order_by("code") if p.level == Level.BUILDING]
        account = demo.accounts["resident"].person_id
        assert account is not None
        self.resident: UUID = account
        self.neighbours = list(
            Person.objects.filter(community=COMMUNITY, residences__isnull=False)
            .exclude(pk=account)
            .order_by("place_code")
            .values_list("pk", flat=True)
        )

    def ago(self, days: float, hour: float = 10) -> datetime:
        """Return a working hour of a day gone by, never later than a quarter of an hour ago."""
        local = (self.now - timedelta(days=days)).astimezone(SHANGHAI)
        at = local.replace(hour=0, minute=7) + timedelta(hours=hour)
        return min(at, self.now - timedelta(minutes=15))

    def neighbour(self) -> UUID:
        """Return some neighbour."""
        return self.rng.choice(self.neighbours)

    def unit(self) -> Place:
        """Return the entrance where the demonstration's resident lives."""
        assert self.demo.unit is not None
        return self.demo.unit

    def tell(self, count: int) -> None:
        """Tell all."""
        self.residents_own()
        self.leaders()
        self.office()
        self.departments()
        self.together()
        self.made_up(count)

    # -- told by hand -----------------------------------------------------------------------------

    def residents_own(self) -> None:
        """One matter of the signed-in resident in each state a resident sees."""
        s, me, unit = self.stage, self.resident, self.unit()
        told = s.report(
            self.ago(1, 9), unit, "upkeep.light", "三楼楼道灯不亮，晚上摸黑上楼。", reporter=me
        )
        s.do(told, "accept", hours=1)
        s.do(told, "handle", "换了新的声控灯，试了三次都亮。", hours=5)
        told = s.report(
            self.ago(3, 14),
            unit,
            "upkeep.leak",
            "我家卫生间天花板渗水，楼上说不是他家的事，已经三天了。",
            reporter=me,
        )
        s.do(told, "accept", hours=2)
        s.do(told, "pass_up", "要进楼上看管子，请楼栋长出面。", hours=3)
        s.do(told, "accept", hours=2)
        s.do(told, "comment", "约了楼上今晚六点半在家。", hours=20, who="holder")
        s.report(
            self.ago(0, 8),
            unit,
            "cleaning.rubbish",
            "单元门口的垃圾桶满了没人清，味道很大。",
            reporter=me,
        )
        told = s.report(
            self.ago(24, 10), unit, "upkeep.door", "单元门关不上，谁都能进。", reporter=me
        )
        s.do(told, "accept", hours=2)
        s.do(told, "handle", "换了闭门器，门能自己关上了。", hours=26)
        s.do(told, "answer_solved", "当天就来了，谢谢。", hours=5, satisfied="yes")
        told = s.report(
            self.ago(31, 16),
            unit,
            "safety.pit",
            "小区北门外的马路塌了一块，骑车差点摔倒。",
            reporter=me,
        )
        s.do(told, "accept", hours=3)
        s.do(
            told,
            "refer_outside",
            "门外是市政道路，已把照片和位置转给市政养护，也把电话给您了。",
            hours=4,
            authority="市政设施养护单位",
        )

    def leaders(self) -> None:
        """Something for the unit leader, the building leader and the grid leader."""
        s, unit = self.stage, self.unit()
        s.report(
            self.ago(0, 7.5),
            unit,
            "neighbours.care",
            "二楼住着一位独居老人，两天没见出门了。",
            reporter=self.neighbour(),
        )
        s.report(
            self.ago(2, 15),
            unit,
            "cleaning.stairs",
            "四楼拐角堆着腌菜缸和旧鞋柜，走路要侧着身子。",
            origin=Origin.QR,
        )
        told = s.report(
            self.ago(4, 9),
            unit,
            "upkeep.wall",
            "三楼那段扶手松了，一拉就晃。",
            reporter=self.neighbour(),
        )
        s.do(told, "accept", hours=2)
        building = self.buildings[0]
        told = s.report(
            self.ago(2, 11),
            building,
            "safety.ebike",
            "有人从五楼拉线下来给电动车充电，晚上还冒热气。",
            reporter=self.neighbour(),
        )
        s.do(told, "accept", hours=1)
        s.do(told, "pass_up", "找过两次，对方不开门。", hours=6)
        told = s.report(
            self.ago(6, 10),
            building,
            "upkeep.lift",
            "电梯按钮六楼的不亮，按不了。",
            origin=Origin.QR,
        )
        s.do(told, "accept", hours=2)
        s.do(told, "handle", "按钮换好了，六楼能按了。", hours=30)
        s.report(
            self.ago(1, 16),
            building,
            "order.parking",
            "楼东侧有一辆僵尸车，停了好几个月，占着车位。",
            reporter=self.neighbour(),
        )

    def office(self) -> None:
        """The inbox, a shielded complaint, more time asked for, a clock standing still."""
        s, worker = self.stage, self.stage.role("worker")
        unit = self.units[7]
        s.report(
            self.ago(0, 9),
            unit,
            "supply.heating",
            "家里暖气不热，室温只有 15 度，老人都穿着棉袄。",
            reporter=self.neighbour(),
            origin=Origin.PHONE,
            by=worker,
        )
        s.report(
            self.ago(0, 8.5),
            self.buildings[5],
            "services.property",
            "物业费涨了，没有公示，也没开过会。",
            origin=Origin.WEB,
        )
        s.report(
            self.ago(1, 15),
            unit,
            "services.papers",
            "养老认证在手机上做不了，想请人帮忙。",
            reporter=self.neighbour(),
            origin=Origin.PAPER,
            by=worker,
        )
        # G7: unknown to the building leader it is about.
        s.report(
            self.ago(2, 9),
            self.buildings[0],
            "services.conduct",
            "反映的事推来推去，没人给个准话，还在群里说我爱告状。",
            reporter=self.neighbour(),
            shielded=True,
            about_posts=(self.demo.posts["building"].pk,),
        )
        told = s.report(
            self.ago(5, 9),
            self.units[9],
            "upkeep.drain",
            "主管道堵了，二楼以下都不敢用水。",
            reporter=self.neighbour(),
        )
        s.do(told, "accept", hours=1)
        s.do(told, "ask_extension", "配件要从外地发，还差几天。", hours=7, days=3)
        told = s.report(
            self.ago(20, 9),
            self.units[12],
            "upkeep.leak",
            "顶楼屋面漏，下雨要拿盆接。",
            reporter=self.neighbour(),
        )
        s.do(told, "accept", hours=2)
        s.do(
            told,
            "suspend",
            "零下做不了防水，等气温回升再施工，其间先铺了苫布。",
            hours=24,
            cause="season",
        )
        told = s.report(
            self.ago(9, 10),
            self.units[14],
            "order.noise",
            "楼上装修不分时间，中午也在钻墙。",
            contact_name="李女士",
        )
        s.do(told, "accept", hours=2)
        s.do(told, "handle", "上门说好了，中午十二点到两点半不施工。", hours=9)
        s.do(told, "try_reach", hours=24)
        s.do(told, "try_reach", hours=24)
        told = s.report(
            self.ago(7, 14),
            self.buildings[8],
            "order.illegal",
            "一楼把公共绿地圈起来种菜。",
            reporter=self.neighbour(),
        )
        s.do(told, "accept", hours=4)
        s.do(told, "supervise", "同一处第二次反映，请到现场看，给居民一个准话。", hours=60)
        told = s.report(
            self.ago(3, 8),
            self.buildings[2],
            "safety.fire",
            "安全出口的门被锁住了。",
            reporter=self.neighbour(),
        )
        s.do(told, "accept", hours=0.5)
        s.do(told, "handle", "锁已拆除，和商户当面讲清楚了。", hours=4)

    def departments(self) -> None:
        """吹哨报到: just whistled, at work, disputed."""
        s = self.stage
        told = s.report(
            self.ago(2, 9),
            self.buildings[3],
            "order.illegal",
            "有人在楼后身私搭棚子，把窗户挡住了。",
            reporter=self.neighbour(),
        )
        s.do(told, "accept", hours=2)
        s.do(told, "whistle", "占用公共部位，请执法队到场认定。", hours=4)
        told = s.report(
            self.ago(4, 13),
            self.buildings[4],
            "order.parking",
            "消防通道上停了三排车，救护车进不来。",
            reporter=self.neighbour(),
        )
        s.do(told, "accept", hours=1)
        s.do(told, "whistle", "占用消防通道，请今天到场。", hours=2)
        s.do(told, "acknowledge", hours=2)
        s.do(told, "arrive", "两名队员已到现场，正在联系车主。", hours=3)
        told = s.report(
            self.ago(5, 10),
            self.buildings[6],
            "safety.pit",
            "人行道被车压坏，老人绊倒过。",
            reporter=self.neighbour(),
        )
        s.do(told, "accept", hours=2)
        s.do(told, "whistle", "请到现场认定权属并修复。", hours=5)
        s.do(told, "acknowledge", hours=3)
        s.do(told, "dispute", "这段路不在我们养护范围内，属于小区内部道路。", hours=16)

    def together(self) -> None:
        """Duplicates merged, neighbours who follow, and one lamp that keeps going out."""
        s, building = self.stage, self.buildings[1]
        told = s.report(
            self.ago(3, 9),
            building,
            "upkeep.lift",
            "电梯运行有异响，到四楼会抖一下。",
            reporter=self.neighbour(),
        )
        s.do(told, "accept", hours=2)
        for person in self.neighbours[4:9]:
            if person != told.reporter.person:
                actions.follow(by=s.person(person), matter=told.matter.pk)
        double = s.report(
            self.ago(2, 18),
            building,
            "upkeep.lift",
            "电梯里咯噔咯噔响，吓人。",
            reporter=self.neighbours[10],
        )
        s.do(double, "merge", hours=16, into=told.matter.pk)
        lamps = (
            (68, "单元门口的声控灯时亮时不亮。"),
            (41, "二楼楼道灯又不亮了，上个月刚修过。"),
            (19, "楼道灯一直闪，眼睛难受。"),
            (5, "三楼的灯又灭了，这是第四回了。"),
        )
        for days, text in lamps:
            told = s.report(
                self.ago(days, 18), self.units[18], "upkeep.light", text, reporter=self.neighbour()
            )
            s.do(told, "accept", hours=14)
            s.do(told, "handle", "换了灯泡，亮了。", hours=20)
            if days > 10:
                s.do(told, "answer_solved", hours=12, satisfied="soso")

    # -- made up ----------------------------------------------------------------------------------

    def made_up(self, count: int) -> None:
        """Make up matters over ninety days, more of them in the last week."""
        s, rng = self.stage, self.rng
        worker = s.role("worker")
        keys = [key for key in words.WEIGHTS if key != "services.conduct"]
        weights = [words.WEIGHTS[key] for key in keys]
        # A warm season has no snow to sweep and no heating to miss.
        if self.now.astimezone(SHANGHAI).month not in (11, 12, 1, 2, 3):
            weights = [0 if k in words.WINTER else w for k, w in zip(keys, weights, strict=True)]
        for n in range(count):
            days = rng.uniform(7, 88) if n % 3 else rng.uniform(0.3, 8)
            at = self.ago(days, rng.uniform(7.5, 20))
            key = rng.choices(keys, weights)[0]
            place = rng.choice(self.units if rng.random() < 0.7 else self.buildings)
            chance = rng.random()
            if chance < 0.7:
                told = s.report(
                    at,
                    place,
                    key,
                    reporter=self.neighbour(),
                    origin=Origin.QR if chance < 0.2 else Origin.WEB,
                    shielded=chance > 0.66,
                )
            elif chance < 0.85:
                told = s.report(
                    at,
                    place,
                    key,
                    reporter=self.neighbour(),
                    origin=rng.choice((Origin.PHONE, Origin.DOOR, Origin.STATION)),
                    by=worker,
                )
            else:
                told = s.report(at, place, key)
            s.tell(told, self.now)
