"""The synthetic ground: places, compounds, organisations, posts, their holders, residents."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from liren.organisation.enums import OrganisationKind, PostKind
from liren.organisation.models import Absence, Organisation, Post, Term
from liren.people.enums import Tenure
from liren.people.models import Person, Residence
from liren.territory.codes import child_code, community_of
from liren.territory.enums import Level
from liren.territory.models import Place, PlaceSet, PlaceSetMember

from . import shape, words
from .copying import NULL, Table

BY = "system:synth"
BORN = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000)

DEPARTMENTS = (
    ("城市管理局", "城管执法、市容、公共道路"),
    ("住房和城乡建设局", "房屋安全、物业监管、维修资金"),
    ("供热管理办公室", "供热监管"),
    ("市场监督管理局", "电梯、食品、计量"),
    ("民政局", "养老、救助、社区工作"),
)
_STREETS = "文安 永兴 和平 东盛 新春 长乐 广和 铁北 柳影 站前 南湖 北湖 清和 同心 民康 曙光".split()
_COMPOUNDS = """
松竹苑 北湖人家 长乐新居 铁北家园 柳影花园 春晖里 锦绣苑 富民小区 红旗新村 兴业里
东安花园 宁和佳苑 文景苑 凯旋里 光明新村 团山新居 永安里 天和家园 书香里 丁香园
""".split()
_NUMBERS = "一二三四五六七八九十"


@dataclass(slots=True)
class Seat:
    """A post with a holder."""

    post: str
    code: str
    person: str


@dataclass(slots=True)
class Entrance:
    """A unit as matters need it: its place, and who answers for it, nearest first.

    ``seats``: unit, building, grid; None where the post is vacant.
    """

    place: str
    code: str
    seats: tuple[Seat | None, Seat | None, Seat | None]


@dataclass(slots=True)
class Community:
    """A community as matters need it."""

    code: str
    entrances: list[Entrance] = field(default_factory=list)
    worker: Seat | None = None
    secretary: Seat | None = None
    officer: Seat | None = None
    departments: list[Seat] = field(default_factory=list)
    residents: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Options:
    """What to make."""

    scale: str
    seed: int
    today: date
    households: bool = True
    people: bool = True


class Ground:
    """Makes the rows. ``places()`` streams; the other tables are complete once it has run."""

    def __init__(self, options: Options, known: dict[str, str]) -> None:
        self.options = options
        self.scale = shape.SCALES[options.scale]
        self.rng = Random(f"ground {options.seed} {options.scale}")
        self.at = datetime(*options.today.timetuple()[:3], tzinfo=UTC)
        self.serial = 0
        # Places that exist already above the community: their identities stay.
        self.known = known
        self.communities: list[Community] = []
        self.grid_seats: dict[str, Seat | None] = {}
        track = {"changed_by": BY, "changed_why": f"synthetic, seed {options.seed}"}
        self.place = Table(
            Place,
            self.at,
            *("id", "community", "code", "parent_id", "level", "name", "full_name"),
            *("longitude", "latitude", "outline", "tag", "synthetic"),
            **track,
        )
        self.place_set = Table(
            PlaceSet, self.at, "id", "community", "name", kind="compound", synthetic="t", **track
        )
        self.member = Table(PlaceSetMember, self.at, "id", "community", "place_set_id", "place_id")
        self.organisation = Table(
            Organisation,
            self.at,
            *("id", "community", "place_id", "kind", "name"),
            synthetic="t",
            **track,
        )
        self.post = Table(
            Post,
            self.at,
            *("id", "community", "place_id", "place_code", "type_id", "organisation_id", "title"),
            synthetic="t",
            **track,
        )
        self.person = Table(
            Person,
            self.at,
            *("id", "community", "place_code", "name", "birth_year"),
            synthetic="t",
            **track,
        )
        self.term = Table(
            Term,
            self.at,
            *("id", "community", "post_id", "person_id", "starts", "ends"),
            **track,
        )
        self.absence = Table(
            Absence, self.at, "id", "community", "term_id", "starts", "ends", "cover_id", **track
        )
        self.residence = Table(
            Residence,
            self.at,
            *("id", "community", "person_id", "place_id", "place_code", "tenure", "since"),
            **track,
        )
        self.rows: dict[str, list[str]] = {table.name: [] for table in self.tables()}

    def tables(self) -> list[Table]:
        """Return the tables in the order in which rows may be loaded."""
        return [
            self.place,
            self.place_set,
            self.member,
            self.organisation,
            self.person,
            self.post,
            self.term,
            self.absence,
            self.residence,
        ]

    def put(self, table: Table, *values: str) -> None:
        """Keep a row for loading after the places."""
        self.rows[table.name].append(table.line(*values))

    def new(self) -> str:
        """Return the next identity."""
        self.serial += 1
        return shape.ident(self.rng, BORN + self.serial // 8)

    # -- the tree ---------------------------------------------------------------------------------

    def upper(
        self, code: str, level: Level, name: str, parent: str, *, made_up: bool
    ) -> tuple[str, str]:
        """Return identity and row ("" when it exists) of a place above the grid."""
        found = self.known.get(code)
        if found:
            return found, ""
        identity = self.new()
        line = self.place.line(
            identity,
            community_of(code),
            code,
            parent,
            level,
            name,
            name,
            NULL,
            NULL,
            NULL,
            NULL,
            "t" if made_up else "f",
        )
        return identity, line

    def places(self) -> Iterator[str]:
        """Yield the rows of all places, from the province down."""
        scale, rng = self.scale, self.rng
        province, line = self.upper(*_named(shape.PROVINCE, Level.PROVINCE), NULL, made_up=False)
        yield line
        city, line = self.upper(*_named(shape.CITY, Level.CITY), province, made_up=False)
        yield line
        grids = iter(shape.spread(rng, scale.buildings, scale.grids))
        units = iter(shape.spread(rng, scale.units, scale.buildings))
        doors = iter(shape.spread(rng, scale.households, scale.units))
        per_community = iter(shape.spread(rng, scale.grids, scale.communities))
        per_street = iter(shape.spread(rng, scale.communities, scale.subdistricts))
        per_county = shape.spread(rng, scale.subdistricts, scale.counties)
        for number, streets in enumerate(per_county):
            county = shape.COUNTIES[number]
            county_id, line = self.upper(*_named(county, Level.COUNTY), city, made_up=False)
            yield line
            departments = self.departments(county, county_id)
            for s in range(streets):
                code, name = _street(county[0], s, streets)
                street, line = self.upper(
                    code, Level.SUBDISTRICT, name, county_id, made_up=code != shape.SUBDISTRICT[0]
                )
                yield line
                officer = self.seat(
                    street, code, PostKind.OFFICER, f"{name}平安建设办", NULL, always=True
                )
                count = next(per_street)
                for c in range(count):
                    code_c, name_c = _community(code, name, c, count)
                    identity, line = self.upper(
                        code_c,
                        Level.COMMUNITY,
                        name_c,
                        street,
                        made_up=code_c != shape.COMMUNITY[0],
                    )
                    yield line
                    one = Community(code_c, officer=officer, departments=departments)
                    yield from self.community(
                        one, identity, name_c, next(per_community), grids, units, doors
                    )
                    self.communities.append(one)

    def departments(self, county: tuple[str, str], place: str) -> list[Seat]:
        """Make the departments of a district with their handlers."""
        seats = []
        for name, contact in DEPARTMENTS:
            organisation = self.new()
            self.put(
                self.organisation,
                organisation,
                community_of(county[0]),
                place,
                OrganisationKind.DEPARTMENT,
                f"{county[1]}{name}（合成：{contact}）",
            )
            seat = self.seat(
                place,
                county[0],
                PostKind.DEPARTMENT,
                f"{county[1]}{name}",
                organisation,
                always=True,
            )
            assert seat is not None
            seats.append(seat)
        return seats

    def community(
        self,
        one: Community,
        place: str,
        name: str,
        grid_count: int,
        buildings: Iterator[int],
        units: Iterator[int],
        doors: Iterator[int],
    ) -> Iterator[str]:
        """Yield the places of one community; its posts and people are kept."""
        rng, code = self.rng, one.code
        committee = self.new()
        self.put(
            self.organisation,
            committee,
            code,
            place,
            OrganisationKind.COMMITTEE,
            f"{name}居民委员会",
        )
        one.worker = self.seat(
            place, code, PostKind.WORKER, "社区为民服务站", committee, always=True
        )
        for n in range(2, 5 + grid_count // 2):
            self.seat(place, code, PostKind.WORKER, f"社区工作者（{n}）", committee, always=True)
        one.secretary = self.seat(
            place, code, PostKind.SECRETARY, "社区书记", committee, always=True
        )
        # Somewhere in the district's square; buildings stand in rows from there.
        east = 125.25 + (int(code[5:9]) * 37 % 100) / 500 + (int(code[9:]) % 10) / 100
        north = 43.84 + (int(code[4:9]) * 53 % 100) / 500 + (int(code[9:]) // 10) / 100
        compound, compound_id, left, building_number = "", "", 0, 0
        used: set[str] = set()
        for g in range(1, grid_count + 1):
            grid_code = child_code(code, Level.GRID, g)
            grid = self.new()
            yield self.place.line(
                grid,
                code,
                grid_code,
                place,
                Level.GRID,
                f"第{g}网格",
                f"第{g}网格",
                NULL,
                NULL,
                NULL,
                NULL,
                "t",
            )
            grid_seat = self.seat(grid, grid_code, PostKind.GRID_LEADER, f"第{g}网格网格长", NULL)
            for b in range(1, next(buildings) + 1):
                if not left:
                    left, building_number = rng.randint(5, 18), 0
                    compound = _fresh(rng, used)
                    compound_id = self.new()
                    self.put(self.place_set, compound_id, code, compound)
                left, building_number = left - 1, building_number + 1
                where = (
                    east + (b % 5) * 0.0009 + (g % 4) * 0.005,
                    north + (b // 5) * 0.0007 + (g // 4) * 0.004,
                )
                yield from self.building(
                    one,
                    grid,
                    child_code(grid_code, Level.BUILDING, b),
                    f"{compound} {building_number}号楼",
                    compound_id,
                    where,
                    grid_seat,
                    next(units),
                    doors,
                )

    def building(
        self,
        one: Community,
        grid: str,
        code: str,
        full: str,
        compound: str,
        where: tuple[float, float],
        grid_seat: Seat | None,
        unit_count: int,
        doors: Iterator[int],
    ) -> Iterator[str]:
        """Yield a building, its units and households."""
        rng = self.rng
        building = self.new()
        x, y = where
        yield self.place.line(
            building,
            one.code,
            code,
            grid,
            Level.BUILDING,
            full.rpartition(" ")[2],
            full,
            f"{x:.6f}",
            f"{y:.6f}",
            outline(x, y, unit_count),
            NULL,
            "t",
        )
        self.put(self.member, self.new(), one.code, compound, building)
        seat = self.seat(building, code, PostKind.BUILDING_LEADER, f"{full}楼栋长", NULL)
        for u in range(1, unit_count + 1):
            unit_code = child_code(code, Level.UNIT, u)
            unit = self.new()
            unit_name = f"{full} {u}单元"
            yield self.place.line(
                unit,
                one.code,
                unit_code,
                building,
                Level.UNIT,
                f"{u}单元",
                unit_name,
                NULL,
                NULL,
                NULL,
                tag(rng, self.serial),
                "t",
            )
            unit_seat = self.seat(unit, unit_code, PostKind.UNIT_LEADER, f"{unit_name}单元长", NULL)
            one.entrances.append(Entrance(unit, unit_code, (unit_seat, seat, grid_seat)))
            yield from self.homes(one, unit, unit_code, unit_name, next(doors))

    def homes(self, one: Community, unit: str, code: str, full: str, count: int) -> Iterator[str]:
        """Yield the households of a unit; some have a resident the platform knows."""
        if not self.options.households:
            return
        rng = self.rng
        to_a_floor = rng.choice((2, 2, 3))
        for h in range(1, count + 1):
            door = f"{(h - 1) // to_a_floor + 1}0{(h - 1) % to_a_floor + 1}室"
            home = self.new()
            home_code = f"{code}{h:04d}"
            yield self.place.line(
                home,
                one.code,
                home_code,
                unit,
                Level.HOUSEHOLD,
                door,
                f"{full} {door}",
                NULL,
                NULL,
                NULL,
                NULL,
                "t",
            )
            if self.options.people and rng.randrange(100) < shape.KNOWN:
                resident = self.someone(one.code, home_code)
                one.residents.append(resident)
                self.put(
                    self.residence,
                    self.new(),
                    one.code,
                    resident,
                    home,
                    home_code,
                    rng.choices((Tenure.OWNER, Tenure.TENANT, Tenure.FAMILY), (60, 15, 25))[0],
                    (self.options.today - timedelta(days=rng.randrange(60, 3000))).isoformat(),
                )

    # -- people and posts -------------------------------------------------------------------------

    def someone(self, community: str, place_code: str) -> str:
        """Make a person."""
        person = self.new()
        self.put(
            self.person,
            person,
            community,
            place_code,
            words.name(self.rng),
            str(self.rng.randint(1940, 2004)),
        )
        return person

    def seat(
        self,
        place: str,
        code: str,
        kind: PostKind,
        title: str,
        organisation: str,
        *,
        always: bool = False,
    ) -> Seat | None:
        """Make a post, usually with a holder; return the seat, None when it is vacant."""
        rng, today = self.rng, self.options.today
        post, community = self.new(), community_of(code)
        self.put(self.post, post, community, place, code, kind, organisation, title)
        level = {15: "grid", 18: "building", 20: "unit"}.get(len(code), "")
        if not always and rng.randrange(100) >= shape.FILLED[level]:
            if rng.randrange(3) == 0:
                # Somebody held it, and nobody has followed.
                ended = today - timedelta(days=rng.randrange(20, 400))
                self.hold(post, code, ended - timedelta(days=rng.randrange(300, 900)), ended)
            return None
        starts = today - timedelta(days=rng.randrange(30, 1000))
        if rng.randrange(6) == 0:
            self.hold(post, code, starts - timedelta(days=700), starts - timedelta(days=1))
        person, term = self.hold(post, code, starts, None)
        if not always and rng.randrange(50) == 0:
            self.put(
                self.absence,
                self.new(),
                community,
                term,
                (today - timedelta(days=rng.randrange(5))).isoformat(),
                (today + timedelta(days=rng.randrange(1, 14))).isoformat(),
                NULL,
            )
        return Seat(post, code, person)

    def hold(self, post: str, code: str, starts: date, ends: date | None) -> tuple[str, str]:
        """Make a person hold a post for a term; return both."""
        community = community_of(code)
        person = self.someone(community, code if len(code) >= 18 else "")
        term = self.new()
        self.put(
            self.term,
            term,
            community,
            post,
            person,
            starts.isoformat(),
            ends.isoformat() if ends else NULL,
        )
        return person, term


def _named(pair: tuple[str, str], level: Level) -> tuple[str, Level, str]:
    return pair[0], level, pair[1]


def _street(county: str, n: int, of: int) -> tuple[str, str]:
    # The real one is among the first district's: alone, or at its own number.
    if county == shape.COUNTIES[0][0] and (of == 1 or n == 7):
        return shape.SUBDISTRICT
    code = child_code(county, Level.SUBDISTRICT, n + 1)
    return code, f"{_STREETS[(int(county) + n) % len(_STREETS)]}街道"


def _community(street: str, name: str, n: int, of: int) -> tuple[str, str]:
    if street == shape.SUBDISTRICT[0] and (of == 1 or n == 2):
        return shape.COMMUNITY
    code = child_code(street, Level.COMMUNITY, n + 1)
    return code, f"{name.removesuffix('街道')}第{_NUMBERS[n % 10]}社区" + ("南区" if n > 9 else "")


def _fresh(rng: Random, used: set[str]) -> str:
    base = rng.choice(_COMPOUNDS)
    name, more = base, 2
    while name in used:
        name, more = f"{base}{more}期", more + 1
    used.add(name)
    return name


def tag(rng: Random, serial: int) -> str:
    """Return the short code of an entrance's poster: unique by its serial part."""
    signs = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    text = ""
    for _ in range(5):
        serial, rest = divmod(serial, len(signs))
        text = signs[rest] + text
    return text + rng.choice(signs) + rng.choice(signs)


def outline(x: float, y: float, units: int) -> str:
    """Return a building's rectangle as GeoJSON: longer with more entrances."""
    w, h = 0.00012 * max(units, 2), 0.00011
    corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y))
    ring = ",".join(f"[{a:.6f},{b:.6f}]" for a, b in corners)
    return f'{{"type":"Polygon","coordinates":[[{ring}]]}}'
