"""Build the demonstration community 长山花园社区 once; everything below it is synthetic."""

import json
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction

from liren.base.pinyin import pinyin_of
from liren.organisation.enums import OrganisationKind, PostKind
from liren.organisation.models import Organisation, Post, PostType, Term
from liren.people.enums import Tenure
from liren.people.models import Account, Person, Residence
from liren.synth.ground import outline
from liren.territory.codes import child_code, community_of
from liren.territory.enums import Level
from liren.territory.models import Place, PlaceSet, PlaceSetMember

BY, WHY = "system:demo", "demonstration data, synthetic"
TRACK = {"changed_by": BY, "changed_why": WHY}
COMMUNITY = "220103008003"
# The real tree above the community (National Bureau of Statistics, 2023).
ABOVE = [
    ("22", Level.PROVINCE, "吉林省"),
    ("2201", Level.CITY, "长春市"),
    ("220103", Level.COUNTY, "宽城区"),
    ("220103008", Level.SUBDISTRICT, "团山街道"),
    (COMMUNITY, Level.COMMUNITY, "长山花园社区"),
]
COMPOUNDS = ["长山花园", "松竹苑", "北湖人家"]
GIVEN = "安宁和顺平康乐怡明朗清雅文竹松柏"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"


@dataclass
class Demo:
    """What the builder made, for the sign-in page and for tests."""

    community: Place
    accounts: dict[str, Account] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    unit: Place | None = None
    household: Place | None = None
    committee: Organisation | None = None


SIGN_INS: list[tuple[str, str]] = [
    ("resident", "居民"),
    ("unit", "单元长"),
    ("building", "楼栋长"),
    ("grid", "网格长"),
    ("worker", "社区工作者"),
    ("secretary", "社区书记"),
    ("officer", "街道专员"),
    ("department", "部门经办人"),
]


def exists() -> bool:
    """Tell whether the demonstration community is there."""
    return Account.objects.filter(demo=True).exists()


class Builder:
    """Writes the ground rows of the demonstration, one by one."""

    def __init__(self) -> None:
        self.count = 0

    def place(
        self,
        code: str,
        level: Level,
        name: str,
        parent: Place | None,
        full: str = "",
        **extra: object,
    ) -> Place:
        """Return the place with this code, made when it is missing."""
        sounds = pinyin_of(full or name)
        return Place.objects.get_or_create(
            code=code,
            defaults={
                "pinyin": sounds.full[:240],
                "initials": sounds.initials[:60],
                "community": community_of(code),
                "level": level,
                "name": name,
                "parent": parent,
                "full_name": full or name,
                **extra,
                **TRACK,
            },
        )[0]

    def homes(self, unit: Place, full: str, count: int) -> list[Place]:
        """Make the households of an entrance."""
        rows = []
        for h in range(1, count + 1):
            door = f"{(h + 1) // 2}0{2 - h % 2}室"
            rows.append(
                Place(
                    community=unit.community,
                    code=child_code(unit.code, Level.HOUSEHOLD, h),
                    level=Level.HOUSEHOLD,
                    name=door,
                    full_name=f"{full} {door}",
                    parent=unit,
                    synthetic=True,
                    **TRACK,
                )
            )
        return Place.objects.bulk_create(rows)

    def resident(self, home: Place, tenure: Tenure = Tenure.OWNER) -> Person:
        """Make a person who lives in a household."""
        person = self.person(home.code)
        Residence.objects.create(
            community=COMMUNITY,
            person=person,
            place=home,
            place_code=home.code,
            tenure=tenure,
            **TRACK,
        )
        return person

    def person(self, place_code: str = "") -> Person:
        """Make a person."""
        self.count += 1
        n = self.count
        name = SURNAMES[n % 16] + GIVEN[(n * 7) % 16] + GIVEN[(n * 3 + 5) % 16]
        return Person.objects.create(
            community=COMMUNITY, place_code=place_code, name=name, synthetic=True, **TRACK
        )

    def post(
        self,
        place: Place,
        kind: str,
        title: str,
        person: Person | None,
        organisation: Organisation | None = None,
    ) -> Post:
        """Make a post, with its holder when there is one."""
        post = Post.objects.create(
            community=place.community,
            place=place,
            place_code=place.code,
            type=PostType.objects.get(code=kind),
            title=title,
            organisation=organisation,
            synthetic=True,
            **TRACK,
        )
        if person is not None:
            Term.objects.create(
                community=place.community,
                post=post,
                person=person,
                starts=date(2025, 1, 1),
                **TRACK,
            )
        return post


def drawn(grid: int, number: int, units: int) -> dict[str, object]:
    """Return a point and an outline for a building: invented, near the real community."""
    # Rows of four along a lane, grids side by side.
    x = 125.3362 + (grid - 1) * 0.0052 + (number - 1) % 4 * 0.00115
    y = 43.9431 - (number - 1) // 4 * 0.0007
    shape = json.loads(outline(x, y, units))
    middle = shape["coordinates"][0]
    return {
        "longitude": round((middle[0][0] + middle[2][0]) / 2, 6),
        "latitude": round((middle[0][1] + middle[2][1]) / 2, 6),
        "outline": shape,
    }


def _account(role: str, person: Person) -> Account:
    account = Account.objects.create_user(username=f"demo-{role}", person=person, demo=True)
    account.set_unusable_password()
    account.save()
    return account


@transaction.atomic
def build(*, grids: int = 3, buildings: int = 4, units: int = 3, households: int = 6) -> Demo:
    """Build the community; raises nothing and changes nothing when it exists already."""
    b = Builder()
    parent: Place | None = None
    for code, level, name in ABOVE:
        parent = b.place(code, level, name, parent)
    assert parent is not None
    demo = Demo(community=parent)
    sets = [
        PlaceSet.objects.get_or_create(
            community=COMMUNITY, kind="compound", name=name, defaults={"synthetic": True, **TRACK}
        )[0]
        for name in COMPOUNDS
    ]
    committee = Organisation.objects.create(
        community=COMMUNITY,
        place=parent,
        kind=OrganisationKind.COMMITTEE,
        name="长山花园社区居民委员会",
        synthetic=True,
        **TRACK,
    )
    demo.committee = committee
    holder: dict[str, Person] = {}
    for g in range(1, grids + 1):
        grid = b.place(
            child_code(COMMUNITY, Level.GRID, g), Level.GRID, f"第{g}网格", parent, synthetic=True
        )
        person = b.person()
        demo.posts.setdefault(
            "grid", b.post(grid, PostKind.GRID_LEADER, f"第{g}网格网格长", person)
        )
        holder.setdefault("grid", person)
        compound = sets[(g - 1) % len(sets)]
        for n in range(1, buildings + 1):
            full = f"{compound.name} {n}号楼"
            building = b.place(
                child_code(grid.code, Level.BUILDING, n),
                Level.BUILDING,
                f"{n}号楼",
                grid,
                full,
                synthetic=True,
                **drawn(g, n, units),
            )
            PlaceSetMember.objects.create(community=COMMUNITY, place_set=compound, place=building)
            leader = b.person(building.code) if (g + n) % 5 else None
            post = b.post(building, PostKind.BUILDING_LEADER, f"{full}楼栋长", leader)
            if leader:
                demo.posts.setdefault("building", post)
                holder.setdefault("building", leader)
            for u in range(1, units + 1):
                unit = b.place(
                    child_code(building.code, Level.UNIT, u),
                    Level.UNIT,
                    f"{u}单元",
                    building,
                    f"{full} {u}单元",
                    synthetic=True,
                    tag=f"{g}{n}{u}CS" if g < 10 and n < 10 else None,
                )
                demo.unit = demo.unit or unit
                someone = b.person(unit.code) if (g + n + u) % 6 else None
                unit_post = b.post(unit, PostKind.UNIT_LEADER, f"{full} {u}单元长", someone)
                if someone:
                    demo.posts.setdefault("unit", unit_post)
                    holder.setdefault("unit", someone)
                homes = b.homes(unit, f"{full} {u}单元", households)
                if demo.household is None:
                    demo.household = homes[0]
                    holder["resident"] = b.resident(homes[0])
    for role, kind, title in (
        ("worker", PostKind.WORKER, "社区为民服务站"),
        ("secretary", PostKind.SECRETARY, "社区书记"),
    ):
        holder[role] = b.person()
        demo.posts[role] = b.post(parent, kind, title, holder[role], committee)
    street = Place.objects.get(code="220103008")
    holder["officer"] = b.person()
    demo.posts["officer"] = b.post(
        street, PostKind.OFFICER, "团山街道平安建设办", holder["officer"]
    )
    county = Place.objects.get(code="220103")
    bureau = Organisation.objects.create(
        community=county.community,
        place=county,
        kind=OrganisationKind.DEPARTMENT,
        name="区城市管理局（演示）",
        synthetic=True,
        **TRACK,
    )
    holder["department"] = b.person()
    demo.posts["department"] = b.post(
        county, PostKind.DEPARTMENT, "区城市管理局", holder["department"], bureau
    )
    demo.accounts = {role: _account(role, person) for role, person in holder.items()}
    return demo


def people_of(accounts: dict[str, Account]) -> dict[str, UUID]:
    """Return the person behind each demonstration account."""
    return {role: account.person_id for role, account in accounts.items() if account.person_id}
