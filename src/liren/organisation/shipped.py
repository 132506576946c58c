"""What every installation starts with: post types and the three leaders' line. Editable after."""

from typing import Any

from liren.access.actor import Permission

from .enums import PostKind
from .models import Duty, Line, LineStep, PostType

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
    PostKind.PARTY_BLOCK: (
        "楼栋党支部书记",
        "building branch secretary",
        "building",
        [P.BRANCH_EDIT],
    ),
    PostKind.PARTY_CELL: ("单元党小组长", "unit group leader", "unit", []),
    PostKind.PARTY_HOUSEHOLD: ("党员中心户", "member household", "household", []),
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

# Published forms of a line, nearest first: (Chinese, English, steps); a step says whether every
# place of its level needs somebody. A community puts one into force and edits it from there.
FORMS: dict[str, dict[str, tuple[str, str, list[tuple[str, bool]]]]] = {
    "party": {
        "grid": (
            "党委—网格（小区）支部—楼栋小组—单元中心户",
            "committee – grid branch – building group – unit contact",
            [
                (PostKind.PARTY_UNIT, True),
                (PostKind.PARTY_BUILDING, True),
                (PostKind.PARTY_BRANCH, True),
                (PostKind.PARTY_COMMITTEE, True),
            ],
        ),
        # As 长山花园 has published it: the branch sits in the building, the last level is a
        # household, which not every door has to be.
        "building": (
            "党委—楼栋支部—单元小组—党员中心户",
            "committee – building branch – unit group – member household",
            [
                (PostKind.PARTY_HOUSEHOLD, False),
                (PostKind.PARTY_CELL, True),
                (PostKind.PARTY_BLOCK, True),
                (PostKind.PARTY_COMMITTEE, True),
            ],
        ),
    },
}


# An example to edit. Changchun published such lists in 2020 (eight, six and four duties); what they
# are about is known to us, the words are ours.
DUTY_SOURCE = "参照长春市2020年公布的“三长”职责条目，文字为本平台自拟，请按本地文件修改"
DUTIES: dict[str, list[tuple[str, str]]] = {
    PostKind.GRID_LEADER: [
        ("带动网格里的党员和骨干，把大家的事一起商量着办", "bring active neighbours together"),
        ("把政策和通知讲明白，送到每个楼栋", "explain policies and notices, to every building"),
        ("接办楼栋长报上来的事，办不了的及时往上报", "take on what buildings pass up, in time"),
        ("帮居民办事、代办，跟到有结果", "help residents with errands until they are done"),
        ("联系网格里的商户和企业，听难处、报需求", "keep in touch with shops and firms"),
        ("留意安全隐患，先提醒、再上报", "notice dangers: warn first, then report"),
        ("牵头调解邻里矛盾，记下怎么说定的", "lead in settling quarrels between neighbours"),
        ("照应老人、孩子和需要搭把手的家庭", "look after old people, children, who needs a hand"),
    ],
    PostKind.BUILDING_LEADER: [
        ("听楼里的意见，如实报上去", "listen to the building and pass on what is said"),
        ("邻里有了矛盾，第一时间去劝和", "be the first to calm a quarrel"),
        ("看护楼里楼外的环境和公共设施", "watch over surroundings and common parts"),
        ("把通知带到每个单元", "bring notices to every entrance"),
        ("有人需要帮忙，联系单元长一起搭手", "organise a helping hand with the unit leaders"),
        ("组织邻居参加楼里的公共事务", "bring neighbours into what concerns the building"),
    ],
    PostKind.UNIT_LEADER: [
        ("遇到急事险情，马上报告", "report an emergency at once"),
        ("倡导文明和睦，提醒楼道畅通", "encourage good manners and a free stairwell"),
        ("把邻居的需要记下来、报上去", "write down what neighbours need and pass it on"),
        ("常去看看独居和行动不便的邻居", "look in on neighbours who live alone"),
    ],
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
    if not Duty.objects.filter(community="").exists():
        Duty.objects.bulk_create(
            Duty(
                type_id=kind,
                order=order,
                text=text,
                text_en=english,
                source=DUTY_SOURCE,
                changed_by=BY,
                changed_why=WHY,
            )
            for kind, rows in DUTIES.items()
            for order, (text, english) in enumerate(rows)
        )
