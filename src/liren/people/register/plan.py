"""What a household sheet would change: worked out in full before anything is written.

The plan reads the community once, walks the rows once, and ends with exactly the rows to add and
to change. Showing a preview, a dry run and the import are the same plan.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from liren.base.crypto import key_hash
from liren.base.errors import Invalid
from liren.base.ids import uuid7
from liren.base.sheets import Row, SheetResult
from liren.base.text import fold
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level, SetKind
from liren.territory.models import Place, PlaceChange, PlaceSet, PlaceSetMember
from liren.territory.rules import free_number, number_in

from ..enums import Tenure
from ..models import Person, Residence
from .layout import EXAMPLES
from .names import key_of, shown

# Two points of one building further apart than this (degrees, about 200 m) contradict each other.
NEAR = Decimal("0.002")
_EXAMPLES = frozenset(str(one["name"]) for one in EXAMPLES)
_IMPLIED = "1单元"
_PATH = ("compound", "grid", "building", "unit", "door")


@dataclass(slots=True, eq=False)
class Node:
    """A place, known or to be made."""

    id: UUID
    code: str
    name: str
    full_name: str
    level: Level
    parent: "Node | None" = None
    new: bool = False
    changed: bool = False
    area: Decimal | None = None
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    compound: "Compound | None" = None
    # Where a value came from in this sheet, to name the other row when two contradict.
    said: dict[str, int] = field(default_factory=dict)
    units: list["Node"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Compound:
    """A compound, known or to be made."""

    id: UUID
    name: str
    new: bool = False


@dataclass(slots=True, eq=False)
class Human:
    """A person, known or to be made. ``phone`` and ``identity`` are only set when they change."""

    id: UUID
    name: str
    identity_hash: bytes | None
    phone_hash: bytes | None
    new: bool = False
    changed: bool = False
    phone: str | None = None
    identity: str | None = None
    place_code: str = ""
    left: bool = False
    said: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Home:
    """A person's residence in a household, known or to be made."""

    id: UUID
    human: Human
    place: Node
    tenure: str
    new: bool = False
    changed: bool = False
    row: int = 0


@dataclass(slots=True)
class Plan:
    """Everything an import will write, and what is wrong with the sheet."""

    sheet: SheetResult
    nodes: list[Node] = field(default_factory=list)
    compounds: list[Compound] = field(default_factory=list)
    members: list[tuple[Compound, Node]] = field(default_factory=list)
    humans: list[Human] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    examples: int = 0
    repeated: int = 0
    # Rows that speak of a building where it stood before the grids were redrawn.
    followed: int = 0
    rows_good: int = 0
    rows_new: int = 0
    rows_changed: int = 0

    @property
    def rows_same(self) -> int:
        """How many good rows say only what is here already."""
        return self.rows_good - self.rows_new - self.rows_changed

    @property
    def faulty(self) -> list[Row]:
        """The rows that cannot be taken in."""
        return self.sheet.bad

    @property
    def changes(self) -> bool:
        """Tell whether the import would write anything."""
        return any(count["new"] or count["changed"] for count in self.counts.values())


def plan_register(community: Place, sheet: SheetResult) -> Plan:
    """Return what taking ``sheet`` in would change in a community. Reads only.

    A place is matched by its path (compound, grid, building, entrance, door, in any usual
    spelling), a person by identity number, then by phone and name, then by name in the same
    household. What the sheet leaves empty stays as it is; nothing and nobody is removed. Rows that
    belong elsewhere or contradict each other get an error and are left out.
    """
    return _Planner(community, sheet).run()


class _Planner:
    def __init__(self, community: Place, sheet: SheetResult) -> None:
        self.community = community
        self.plan = Plan(sheet)
        self.root = Node(community.pk, community.code, community.name, "", Level.COMMUNITY)
        self.grids: dict[str, Node] = {}
        # (grid, compound's key, building's key); and the same without the grid, to find moves.
        self.buildings: dict[tuple[UUID, str, str], Node] = {}
        self.anywhere: dict[tuple[str, str], list[Node]] = {}
        self.below: dict[tuple[UUID, str], Node] = {}
        self.used: dict[str, set[int]] = {}
        self.compounds: dict[str, Compound] = {}
        self.by_identity: dict[bytes, Human] = {}
        self.by_phone: dict[tuple[bytes, str], list[Human]] = {}
        self.by_home: dict[tuple[UUID, str], list[Human]] = {}
        self.homes: dict[tuple[UUID, UUID], Home] = {}
        self.all_nodes: list[Node] = []
        self.touched: set[int] = set()
        # Building → the codes of grids it hung below before they were redrawn.
        self.once: dict[UUID, set[str]] = {}
        # What the row being read would add and change so far.
        self.adds = self.alters = 0
        self.undo: list[Callable[[], object]] = []

    def run(self) -> Plan:
        rows = self._filled(self.plan.sheet.rows)
        self._load_places()
        self._load_people()
        _contradictions(rows)
        for row in rows:
            if row.errors:
                continue
            self.adds = self.alters = 0
            self.undo.clear()
            try:
                self._take(row)
            except Invalid as error:
                # What the row had begun is not begun: a wrong row leaves no empty grid behind.
                for step in reversed(self.undo):
                    step()
                for key, said in (error.fields or {"": [error.message]}).items():
                    row.errors[key or "building"] = said[0]
            else:
                self.plan.rows_good += 1
                self.plan.rows_new += self.adds > 0
                self.plan.rows_changed += self.alters > 0 and not self.adds
        self._count()
        return self.plan

    # -- rows ------------------------------------------------------------------------------------

    def _filled(self, rows: Iterable[Row]) -> list[Row]:
        """Repeat what a list leaves out below its first mention, and drop the template's examples.

        Truly merged cells are repeated by the reader. Here: a row without a building goes on with
        the building above, and with its entrance if it names none. A door repeats only where
        nothing of the path is given at all and another person stands there: otherwise somebody
        would be put behind the wrong door.
        """
        kept: list[Row] = []
        last: dict[str, Any] = {}
        for row in rows:
            values = row.values
            if values.get("name") in _EXAMPLES and not row.errors:
                self.plan.examples += 1
                continue
            kept.append(row)
            path = {key: values.get(key) for key in _PATH}
            if not path["building"] and last and not path["grid"] and not path["compound"]:
                for key in ("compound", "grid", "building"):
                    values[key] = last[key]
                if not path["unit"]:
                    values["unit"] = last["unit"]
                    if not path["door"] and values.get("name"):
                        values["door"] = last["door"]
            last = {key: values.get(key) for key in _PATH}
        self.plan.sheet.rows = kept
        return kept

    # -- what is there ---------------------------------------------------------------------------

    def _load_places(self) -> None:
        community = self.community.code
        for pk, name, aliases in PlaceSet.objects.filter(
            community=community, kind=SetKind.COMPOUND
        ).values_list("pk", "name", "aliases"):
            compound = Compound(pk, name)
            for text in (name, *aliases):
                self.compounds.setdefault(_plain(text), compound)
        within = dict(
            PlaceSetMember.objects.filter(
                community=community, place_set__kind=SetKind.COMPOUND
            ).values_list("place", "place_set__name")
        )
        nodes: dict[UUID, Node] = {self.root.id: self.root}
        rows = (
            Place.objects.filter(community=community, code__gt=community)
            .order_by("code")
            .values_list(
                "pk", "code", "name", "full_name", "level", "parent", "aliases", "area",
                "longitude", "latitude", "closed_on",
            )
        )  # fmt: skip
        for pk, code, name, full, level, parent, aliases, area, east, north, closed in rows:
            self._note_used(code)
            if closed is not None or parent not in nodes:
                continue
            node = Node(pk, code, name, full, Level(level), nodes[parent])
            node.area, node.longitude, node.latitude = area, east, north
            nodes[pk] = node
            if pk in within:
                node.compound = self.compounds.get(_plain(within[pk]))
            self._index(node, [name, *aliases])
        for place, code in PlaceChange.objects.filter(community=community).values_list(
            "place", "old_code"
        ):
            self._note_used(code)
            if len(code) == LENGTHS[Level.BUILDING]:
                self.once.setdefault(place, set()).add(code[: LENGTHS[Level.GRID]])

    def _note_used(self, code: str) -> None:
        size = len(code)
        above = _ABOVE.get(size)
        if above:
            self.used.setdefault(code[:above], set()).add(int(code[above:]))

    def _index(self, node: Node, names: Iterable[str]) -> None:
        parent = node.parent
        assert parent is not None
        for name in names:
            key = key_of(node.level, name)
            if node.level is Level.GRID:
                self.grids.setdefault(key, node)
                self.grids.setdefault(node.code, node)
            elif node.level is Level.BUILDING:
                compound = _plain(node.compound.name) if node.compound else ""
                self.buildings.setdefault((parent.id, compound, key), node)
                same = self.anywhere.setdefault((compound, key), [])
                if node not in same:
                    same.append(node)
            else:
                self.below.setdefault((parent.id, key), node)
        if node.level is Level.UNIT:
            parent.units.append(node)

    def _load_people(self) -> None:
        community = self.community.code
        humans: dict[UUID, Human] = {}
        for pk, name, identity, phone, code, left in Person.objects.filter(
            community=community, erased_at__isnull=True
        ).values_list("pk", "name", "identity_hash", "phone_hash", "place_code", "left_on"):
            human = Human(
                pk,
                name,
                bytes(identity) if identity is not None else None,
                bytes(phone) if phone is not None else None,
                place_code=code,
                left=left is not None,
            )
            humans[pk] = human
            if human.identity_hash:
                self.by_identity[human.identity_hash] = human
            if human.phone_hash:
                self.by_phone.setdefault((human.phone_hash, _plain(name)), []).append(human)
        nodes = {node.id: node for node in self.below.values()}
        for pk, person, place, tenure in Residence.objects.filter(
            community=community, until__isnull=True
        ).values_list("pk", "person", "place", "tenure"):
            if person in humans and place in nodes:
                self._index_home(Home(pk, humans[person], nodes[place], tenure))

    def _index_home(self, home: Home) -> None:
        self.homes[(home.human.id, home.place.id)] = home
        self.by_home.setdefault((home.place.id, _plain(home.human.name)), []).append(home.human)

    # -- one row ---------------------------------------------------------------------------------

    def _take(self, row: Row) -> None:
        values = row.values
        self._same_community(values.get("community"))
        if not values.get("building"):
            raise _at("building", _("This must not be empty."))
        if values.get("name") and not values.get("door"):
            raise _at("door", _("Please say behind which door this person lives."))
        building = self._building(row)
        if values.get("longitude") is not None and values.get("latitude") is not None:
            self._set(building, "longitude", values["longitude"], row.number)
            self._set(building, "latitude", values["latitude"], row.number)
        node = building
        if values.get("unit") or values.get("door"):
            node = self._unit(building, values.get("unit"), values.get("door"))
        if values.get("door"):
            node = self._child(node, Level.HOUSEHOLD, values["door"])
            if values.get("area") is not None:
                self._set(node, "area", values["area"], row.number)
        if values.get("name"):
            self._person(row, node)
        elif not values.get("door") or id(node) in self.touched:
            self.plan.repeated += id(node) in self.touched
        self.touched.add(id(node))

    def _set(self, node: Node, name: str, value: Decimal, row: int) -> None:
        """Give a place a value of a row; the first row of a sheet that says one decides."""
        if name in node.said:
            return
        had, changed = getattr(node, name), node.changed

        def back() -> None:
            node.said.pop(name)
            setattr(node, name, had)
            node.changed = changed

        self.undo.append(back)
        node.said[name] = row
        if had != value:
            setattr(node, name, value)
            node.changed = not node.new
            self.alters += 1

    def _same_community(self, text: str | None) -> None:
        if not text:
            return
        plain = _plain(text)
        names = {_plain(name) for name in (self.community.name, *self.community.aliases)}
        short = {name.removesuffix("居委会").removesuffix("社区") for name in names}
        if plain == self.community.code or plain in names:
            return
        if plain.removesuffix("居委会").removesuffix("社区") in short:
            return
        raise _at("community", _("This row belongs to another community."))

    def _grid(self, text: str) -> Node:
        plain = "".join(fold(text).split())
        if plain.isdecimal() and len(plain) == LENGTHS[Level.GRID]:
            if not plain.startswith(self.community.code):
                raise _at("grid", _("This row belongs to another community."))
            if plain not in self.grids:
                raise _at("grid", _("There is no grid with this code."))
            return self.grids[plain]
        key = key_of(Level.GRID, text)
        if key not in self.grids:
            self.grids[key] = self._make(self.root, Level.GRID, text)
        return self.grids[key]

    def _building(self, row: Row) -> Node:
        values = row.values
        key = key_of(Level.BUILDING, values["building"])
        named = values.get("compound") or ""
        known = self.compounds.get(_plain(named)) if named else None
        compound = _plain(known.name if known else named)
        found = self.anywhere.get((compound, key), [])
        if not values.get("grid"):
            if not named and not found:
                # No compound in the sheet: of any compound, if there is only one such building.
                found = [n for (_c, k), nodes in self.anywhere.items() if k == key for n in nodes]
            if len(found) == 1:
                return found[0]
            if found:
                raise _at("building", _("Several buildings have this name: please give the grid."))
            if len(self.all_grids) == 1:
                return self._new_building(self.all_grids[0], values["building"], named)
            raise _at("grid", _("This building is new here: please say to which grid it belongs."))
        grid = self._grid(values["grid"])
        node = self.buildings.get((grid.id, compound, key)) or self._followed(grid, named, key)
        if node is not None:
            return node
        if not named:
            here = [n for (g, _c, k), n in self.buildings.items() if g == grid.id and k == key]
            if len(here) == 1:
                return here[0]
            if here:
                raise _at(
                    "compound", _("Several buildings have this name: please give the compound.")
                )
        else:
            loose = self.buildings.get((grid.id, "", key))
            if loose is not None and loose.compound is None:
                self._join(loose, named)
                return loose
            elsewhere = [n for n in found if n.parent is not grid and not n.new]
            if elsewhere:
                raise _at(
                    "grid",
                    _("This building is in %(grid)s. Please move it there under “Places” first.")
                    % {"grid": elsewhere[0].parent.name if elsewhere[0].parent else ""},
                )
            torn = [n for n in found if n.parent is not grid]
            if torn:
                raise _at("grid", _("Another row of this sheet has this building in another grid."))
        return self._new_building(grid, values["building"], named)

    def _followed(self, grid: Node, compound: str, key: str) -> Node | None:
        """Find a building the sheet still looks for in the grid it was taken out of: whoever
        redraws grids does not rewrite every list. Where it is now holds.
        """
        if not self.once:
            return None
        found = {
            node.id: node
            for (named, known), nodes in self.anywhere.items()
            if known == key and (not compound or named == _plain(compound))
            for node in nodes
            if grid.code in self.once.get(node.id, ())
        }
        if len(found) != 1:
            return None
        self.plan.followed += 1
        return found.popitem()[1]

    @property
    def all_grids(self) -> list[Node]:
        """Every grid once."""
        return list({id(node): node for node in self.grids.values()}.values())

    def _new_building(self, grid: Node, name: str, compound: str) -> Node:
        node = self._make(grid, Level.BUILDING, name, index=False)
        if compound:
            node.compound = self._compound(compound)
            node.full_name = f"{node.compound.name} {node.name}"
            self.plan.members.append((node.compound, node))
            self.undo.append(self.plan.members.pop)
        self._index(node, [node.name])
        return node

    def _compound(self, name: str) -> Compound:
        key = _plain(name)
        if key not in self.compounds:
            self.compounds[key] = Compound(uuid7(), name, new=True)
            self.plan.compounds.append(self.compounds[key])
            self.undo += [self.plan.compounds.pop, lambda: self.compounds.pop(key)]
        return self.compounds[key]

    def _join(self, node: Node, compound: str) -> None:
        """Put a known building that stood alone into a compound."""
        node.compound = self._compound(compound)
        self.plan.members.append((node.compound, node))
        self._index(node, [node.name])
        self.alters += 1

        def back() -> None:
            assert node.parent is not None
            self.plan.members.pop()
            key = (_plain(compound), key_of(Level.BUILDING, node.name))
            self.buildings.pop((node.parent.id, *key), None)
            self.anywhere[key].remove(node)
            node.compound = None

        self.undo.append(back)

    def _unit(self, building: Node, name: str | None, door: str | None) -> Node:
        if name:
            return self._child(building, Level.UNIT, name)
        if len(building.units) == 1:
            return building.units[0]
        if not building.units:
            return self._child(building, Level.UNIT, _IMPLIED)
        key = key_of(Level.HOUSEHOLD, door or "")
        having = [unit for unit in building.units if (unit.id, key) in self.below]
        if len(having) == 1:
            return having[0]
        raise _at("unit", _("This building has several entrances: please say which."))

    def _child(self, parent: Node, level: Level, name: str) -> Node:
        key = (parent.id, key_of(level, name))
        if key not in self.below:
            self._make(parent, level, name)
        return self.below[key]

    def _make(self, parent: Node, level: Level, name: str, *, index: bool = True) -> Node:
        text = shown(level, name)
        used = self.used.setdefault(parent.code, set())
        number = free_number(used, LENGTHS[level] - len(parent.code), number_in(text))
        if number is None:
            raise _at("building", _("There are no free numbers left below this place."))
        used.add(number)
        code = f"{parent.code}{number:0{LENGTHS[level] - len(parent.code)}d}"
        full = text
        if level in (Level.UNIT, Level.HOUSEHOLD):
            full = f"{parent.full_name or parent.name} {text}"
        node = Node(uuid7(), code, text, full[:200], level, parent, new=True)
        if index:
            self._index(node, [text])
        self.plan.nodes.append(node)
        self.adds += 1

        def back() -> None:
            self.plan.nodes.pop()
            used.discard(number)
            self._forget(node)

        self.undo.append(back)
        return node

    def _forget(self, node: Node) -> None:
        """Take a place back that was made for a row which turned out to be wrong."""
        parent = node.parent
        assert parent is not None
        key = key_of(node.level, node.name)
        if node.level is Level.GRID:
            self.grids = {known: one for known, one in self.grids.items() if one is not node}
        elif node.level is Level.BUILDING:
            compound = _plain(node.compound.name) if node.compound else ""
            self.buildings.pop((parent.id, compound, key), None)
            self.anywhere[(compound, key)].remove(node)
        else:
            self.below.pop((parent.id, key), None)
            if node.level is Level.UNIT:
                parent.units.remove(node)

    # -- people ----------------------------------------------------------------------------------

    def _person(self, row: Row, place: Node) -> None:
        values = row.values
        name: str = values["name"]
        plain = _plain(name)
        identity, phone = values.get("identity"), values.get("phone")
        identity_hash = key_hash(identity, "id") if identity else None
        phone_hash = key_hash(phone, "phone") if phone else None
        human = self._match(plain, identity_hash, phone_hash, place)
        if human is None:
            human = Human(uuid7(), name, None, None, new=True)
            self.plan.humans.append(human)
            self.adds += 1
        if identity_hash and human.identity_hash != identity_hash:
            human.identity, human.identity_hash = identity, identity_hash
            self._touch(human)
        if phone_hash and human.phone_hash != phone_hash:
            human.phone, human.phone_hash = phone, phone_hash
            self._touch(human)
        if human.name != name or human.left:
            human.name, human.left = name, False
            self._touch(human)
        if identity_hash:
            self.by_identity[identity_hash] = human
        if phone_hash:
            same = self.by_phone.setdefault((phone_hash, plain), [])
            if human not in same:
                same.append(human)
        self._home(row, human, place, values.get("tenure"))

    def _touch(self, human: Human) -> None:
        self.alters += 1
        if not human.new and not human.changed:
            human.changed = True
            self.plan.humans.append(human)

    def _match(
        self, name: str, identity: bytes | None, phone: bytes | None, place: Node
    ) -> Human | None:
        if identity is not None:
            found = self.by_identity.get(identity)
            if found is not None:
                return found
        if phone is not None:
            same = self.by_phone.get((phone, name), [])
            same = [one for one in same if _may_be(one, identity)]
            if len(same) > 1:
                same = [one for one in same if (one.id, place.id) in self.homes]
            if len(same) == 1:
                return same[0]
        near = [one for one in self.by_home.get((place.id, name), []) if _may_be(one, identity)]
        return near[0] if len(near) == 1 else None

    def _home(self, row: Row, human: Human, place: Node, tenure: Tenure | None) -> None:
        home = self.homes.get((human.id, place.id))
        if home is None:
            home = Home(uuid7(), human, place, tenure or Tenure.FAMILY, new=True, row=row.number)
            self.plan.homes.append(home)
            self._index_home(home)
            self.adds += 1
        elif tenure is not None and home.tenure != tenure:
            home.tenure = tenure
            self.alters += 1
            if not home.new and not home.changed:
                home.changed = True
                self.plan.homes.append(home)
        else:
            self.plan.repeated += home.row > 0
        home.row = row.number
        # Who rents somewhere lives there; who owns somewhere may live elsewhere.
        moves_in = home.new and tenure in (Tenure.TENANT, Tenure.FAMILY)
        if (moves_in or not human.place_code) and human.place_code != place.code:
            human.place_code = place.code
            self._touch(human)

    # -- figures ---------------------------------------------------------------------------------

    def _count(self) -> None:
        plan = self.plan
        known = {id(node): node for node in (*self.buildings.values(), *self.below.values())}
        plan.nodes += [node for node in known.values() if node.changed and not node.new]
        plan.nodes.sort(key=lambda node: node.code)
        for level in (Level.GRID, Level.BUILDING, Level.UNIT, Level.HOUSEHOLD):
            new = sum(1 for node in plan.nodes if node.new and node.level is level)
            changed = sum(1 for node in plan.nodes if node.changed and node.level is level)
            plan.counts[level.value] = {"new": new, "changed": changed}
        joined = {id(node) for _compound, node in plan.members if not node.new}
        plan.counts["compound"] = {"new": len(plan.compounds), "changed": 0}
        plan.counts["building"]["changed"] += len(joined)
        for key, rows in (("person", plan.humans), ("residence", plan.homes)):
            plan.counts[key] = {
                "new": sum(1 for row in rows if row.new),
                "changed": sum(1 for row in rows if row.changed),
            }


_ABOVE = {15: 12, 18: 15, 20: 18, 24: 20}


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    return "".join(fold(text).split())


def _at(column: str, words: str) -> Invalid:
    return Invalid(words, fields={column: words})


def _may_be(human: Human, identity: bytes | None) -> bool:
    """Tell whether a namesake may be the person: two different identity numbers are two people."""
    return identity is None or human.identity_hash is None or human.identity_hash == identity


def _contradictions(rows: Iterable[Row]) -> None:
    """Mark rows that cannot both be true: one identity number with two names, one person of one
    household with two numbers, one household with two areas, one building in two places.
    """
    first: dict[tuple[Any, ...], tuple[Row, Any]] = {}

    def check(
        row: Row, column: str, key: tuple[Any, ...], value: Any, *, near: bool = False
    ) -> None:
        if value is None:
            return
        known = first.get(key)
        if known is None:
            first[key] = (row, value)
            return
        other, had = known
        same = abs(value - had) <= NEAR if near else value == had
        if not same:
            for one, against in ((row, other), (other, row)):
                one.errors.setdefault(
                    column, _("Row %(row)s says something else.") % {"row": against.number}
                )

    for row in rows:
        if row.errors:
            continue
        values = row.values
        house = (
            _plain(values.get("compound") or ""),
            key_of(Level.GRID, values.get("grid") or ""),
            key_of(Level.BUILDING, values.get("building") or ""),
        )
        unit = key_of(Level.UNIT, values.get("unit") or _IMPLIED)
        door = (*house, unit, key_of(Level.HOUSEHOLD, values.get("door") or ""))
        name = _plain(values.get("name") or "")
        if values.get("identity"):
            check(row, "identity", ("identity", values["identity"]), name)
        elif name:
            check(row, "phone", ("phone", *door, name), values.get("phone"))
        if name and values.get("identity"):
            check(row, "phone", ("phone", values["identity"]), values.get("phone"))
        if values.get("door"):
            check(row, "area", ("area", *door), values.get("area"))
            if name:
                who = values.get("identity") or name
                check(row, "tenure", ("tenure", *door, who), values.get("tenure"))
        check(row, "longitude", ("longitude", *house), values.get("longitude"), near=True)
        check(row, "latitude", ("latitude", *house), values.get("latitude"), near=True)
