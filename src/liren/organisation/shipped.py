"""What every installation starts with: post types and the three leaders' line. Editable after."""

from typing import Any

from liren.access.actor import Permission

from .enums import PostKind
from .models import Line, LineStep, PostType

P = Permission
BY, WHY = "system:shipped", "shipped with the platform"

_LEADER = [P.MATTER_VIEW, P.MATTER_HANDLE, P.MATTER_RECORD, P.CALL_MAKE]
_WORKER = [
    *_LEADER,
    P.MATTER_VIEW_SHIELDED,
    P.MATTER_DISPATCH,
    P.MATTER_VERIFY,
    P.PEOPLE_VIEW,
    P.PEOPLE_UNMASK,
    P.PEOPLE_EDIT,
    P.PLACE_EDIT,
    P.SHEET_IMPORT,
    P.SHEET_EXPORT,
    P.PARTNER_EDIT,
    P.BRANCH_EDIT,
]
# code: (Chinese, English, level, permissions)
POST_TYPES: dict[str, tuple[str, str, str, list[str]]] = {
    PostKind.UNIT_LEADER: ("单元长", "unit leader", "unit", [*_LEADER]),
    PostKind.BUILDING_LEADER: ("楼栋长", "building leader", "building", [*_LEADER]),
    PostKind.GRID_LEADER: ("网格长", "grid leader", "grid", [*_LEADER]),
    PostKind.WORKER: ("社区工作者", "community worker", "community", [*_WORKER]),
    PostKind.SECRETARY: (
        "社区书记",
        "community secretary",
        "community",
        [
            *_WORKER,
            P.MATTER_SUPERVISE,
            P.POST_EDIT,
            P.CATEGORY_EDIT,
            P.DEMAND_DECIDE,
            P.AUDIT_READ,
        ],
    ),
    PostKind.OFFICER: (
        "街道专员",
        "subdistrict officer",
        "subdistrict",
        [
            *_LEADER,
            P.MATTER_VIEW_SHIELDED,
            P.MATTER_DISPATCH,
            P.MATTER_VERIFY,
            P.MATTER_SUPERVISE,
            P.MATTER_DECIDE,
            P.SHEET_EXPORT,
            P.AUDIT_READ,
        ],
    ),
    PostKind.DEPARTMENT: ("部门经办人", "department's handler", "county", [P.MATTER_HANDLE]),
    PostKind.PARTY_COMMITTEE: (
        "社区党委",
        "community Party committee",
        "community",
        [P.BRANCH_EDIT],
    ),
    PostKind.PARTY_BRANCH: ("网格（小区）党支部书记", "branch secretary", "grid", [P.BRANCH_EDIT]),
    PostKind.PARTY_BUILDING: ("楼栋党小组长", "building group leader", "building", []),
    PostKind.PARTY_UNIT: ("单元党员中心户", "unit Party contact", "unit", []),
    PostKind.INSTITUTION: (
        "驻区单位联络员",
        "resident institution's liaison",
        "community",
        [P.MATTER_HANDLE],
    ),
    PostKind.PARTNER: ("合伙人联络员", "partner's liaison", "community", [P.MATTER_HANDLE]),
}
LINES: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "three_leaders": (
        "三长线",
        "three leaders",
        [
            ("unit", PostKind.UNIT_LEADER),
            ("building", PostKind.BUILDING_LEADER),
            ("grid", PostKind.GRID_LEADER),
            ("community", PostKind.WORKER),
            ("community", PostKind.SECRETARY),
            ("subdistrict", PostKind.OFFICER),
        ],
    ),
    # Community committee – grid branch – building group – unit member household.
    "party": (
        "党组织线",
        "Party network",
        [
            ("unit", PostKind.PARTY_UNIT),
            ("building", PostKind.PARTY_BUILDING),
            ("grid", PostKind.PARTY_BRANCH),
            ("community", PostKind.PARTY_COMMITTEE),
        ],
    ),
}


def load(**_kwargs: Any) -> None:
    """Add what is missing; leave what a community has edited."""
    for code, (name, name_en, level, permissions) in POST_TYPES.items():
        allowed = [str(p) for p in permissions]
        kind, made = PostType.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "level": level,
                "permissions": allowed,
                "changed_by": BY,
                "changed_why": WHY,
            },
        )
        # A new version of the platform knows more permissions; what somebody edited stays theirs.
        if not made and kind.changed_by == BY and kind.permissions != allowed:
            kind.permissions = allowed
            kind.save(update_fields=["permissions"])
    for code, (name, name_en, steps) in LINES.items():
        line, made = Line.objects.get_or_create(
            community="",
            code=code,
            defaults={"name": name, "name_en": name_en, "changed_by": BY, "changed_why": WHY},
        )
        if made:
            LineStep.objects.bulk_create(
                LineStep(line=line, order=order, level=level, type_id=kind)
                for order, (level, kind) in enumerate(steps)
            )
