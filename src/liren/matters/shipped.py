"""Categories every installation starts with: two levels, limits editable by the office.

Limits differ between cities (GB/T 30428 leaves them open); these are starting values in working
hours and working days, for a community to change.
"""

from typing import Any, NamedTuple

from liren.organisation import shipped as organisation_shipped
from liren.organisation.models import Line

from .models import Category

BY, WHY = organisation_shipped.BY, organisation_shipped.WHY


class Kind(NamedTuple):
    """One shipped category."""

    key: str
    name: str
    name_en: str
    handle: tuple[int, str]
    keywords: str = ""
    start: str = "unit"
    check: bool = False
    accept: tuple[int, str] = (4, "working_hours")
    authority: str = ""
    urgent: str = ""


H, D = "working_hours", "working_days"

GROUPS: list[tuple[Kind, list[Kind]]] = [
    (
        Kind("cleaning", "环境卫生", "Cleanliness", (2, D)),
        [
            Kind(
                "cleaning.rubbish",
                "垃圾清运",
                "Rubbish",
                (1, D),
                "垃圾 垃圾桶 清运 臭味 厨余 分类桶",
            ),
            Kind(
                "cleaning.stairs",
                "楼道保洁与堆物",
                "Stairwell cleaning and clutter",
                (2, D),
                "楼道堆 楼梯间 堆放 杂物 保洁 没打扫 没人打扫 纸箱 鞋柜 小广告",
            ),
            Kind(
                "cleaning.snow",
                "扫雪除冰",
                "Snow and ice",
                (1, D),
                "积雪 结冰 路滑 扫雪 除冰 冰溜子",
            ),
            Kind("cleaning.pests", "鼠虫", "Rats and insects", (3, D), "老鼠 蟑螂 蚊子 虫子 灭鼠"),
        ],
    ),
    (
        Kind("upkeep", "房屋与设施", "Buildings and upkeep", (5, D)),
        [
            Kind(
                "upkeep.light",
                "楼道灯路灯",
                "Lights",
                (2, D),
                "灯 路灯 楼道灯 声控灯 灯不亮 太黑 灯坏",
            ),
            Kind(
                "upkeep.door",
                "单元门与门禁",
                "Entrance doors",
                (3, D),
                "单元门 门禁 对讲 门锁 关不上 门坏",
            ),
            Kind(
                "upkeep.lift",
                "电梯",
                "Lifts",
                (1, D),
                "电梯 困人 停梯 按钮 异响",
                "building",
                True,
                urgent="有人被困请先拨打 96333 或 119。",
            ),
            Kind(
                "upkeep.leak",
                "漏水渗水",
                "Leaks",
                (3, D),
                "漏水 渗水 返水 滴水 天花板 阴湿 屋面 房顶",
                "unit",
                True,
            ),
            Kind(
                "upkeep.drain",
                "下水堵塞",
                "Blocked drains",
                (1, D),
                "下水 堵塞 堵了 马葫芦 污水 外溢 下水管",
                "building",
            ),
            Kind(
                "upkeep.wall",
                "外墙与公共部位破损",
                "Facades and common parts",
                (10, D),
                "外墙 脱落 墙皮 破损 裂缝 栏杆 扶手松 台阶破 台阶碎",
                "building",
                True,
            ),
        ],
    ),
    (
        Kind("supply", "水电气暖", "Water, power, gas, heating", (2, D)),
        [
            Kind(
                "supply.heating",
                "供暖",
                "Heating",
                (1, D),
                "暖气 供暖 供热 不热 温度 室温 暖气片",
                "community",
                True,
                authority="供热单位",
            ),
            Kind(
                "supply.water",
                "供水",
                "Water",
                (1, D),
                "停水 水压 自来水 水黄 没水",
                "community",
                authority="供水单位",
            ),
            Kind(
                "supply.power",
                "供电",
                "Power",
                (1, D),
                "停电 跳闸 电线 电表 没电",
                "community",
                authority="供电单位",
            ),
            Kind(
                "supply.gas",
                "燃气",
                "Gas",
                (1, D),
                "燃气 煤气 天然气 煤气味 漏气",
                "community",
                True,
                (1, H),
                "燃气单位",
                "闻到燃气味：开窗、别碰开关、马上离开，到室外拨燃气抢修电话或119，有人不适拨120。",
            ),
        ],
    ),
    (
        Kind("safety", "公共安全", "Safety", (1, D)),
        [
            Kind(
                "safety.fire",
                "消防隐患",
                "Fire hazards",
                (1, D),
                "消防 灭火器 通道 占用 火灾 安全出口 堵门 着火",
                "grid",
                True,
                urgent="正在起火请马上离开，到安全处拨打 119；有人受伤拨 120。",
            ),
            Kind(
                "safety.ebike",
                "电动车充电与停放",
                "E-bike charging and parking",
                (2, D),
                "电动车 电瓶 飞线 充电 推上楼 充电桩",
                "building",
                True,
            ),
            Kind(
                "safety.falling",
                "高空坠物",
                "Falling objects",
                (1, D),
                "高空 抛物 坠物 往下扔 玻璃 广告牌 冰锥",
                "grid",
                True,
            ),
            Kind(
                "safety.pit",
                "路面坑洼与井盖",
                "Holes and manhole covers",
                (2, D),
                "坑 井盖 塌陷 路面 绊倒 破了",
                "grid",
                True,
            ),
        ],
    ),
    (
        Kind("order", "秩序与停车", "Order and parking", (5, D)),
        [
            Kind(
                "order.parking",
                "停车",
                "Parking",
                (3, D),
                "停车 车位 乱停 占道 堵车 挪车 僵尸车 地锁",
                "grid",
            ),
            Kind(
                "order.noise",
                "噪声",
                "Noise",
                (3, D),
                "噪音 噪声 太吵 吵得 装修声 电钻 广场舞 音响 半夜 扰民",
                "building",
            ),
            Kind("order.dogs", "养犬", "Dogs", (5, D), "狗 遛狗 狗屎 犬 牵绳 狗叫", "building"),
            Kind(
                "order.illegal",
                "私搭乱建",
                "Unlawful building",
                (10, D),
                "私搭 乱建 违建 搭棚 圈地 开荒 种菜 彩钢房",
                "community",
                True,
                authority="城市管理执法部门",
            ),
        ],
    ),
    (
        Kind("neighbours", "邻里", "Neighbours", (5, D)),
        [
            Kind(
                "neighbours.dispute",
                "邻里纠纷",
                "Disputes",
                (10, D),
                "纠纷 矛盾 吵架 吵起来 说不拢 调解",
                "building",
            ),
            Kind(
                "neighbours.care",
                "关心照护",
                "Care",
                (1, D),
                "独居 孤寡 没人照顾 没人管 生病 照顾 照料 买菜 送药 残疾人",
                "unit",
                accept=(2, H),
            ),
            Kind(
                "neighbours.help",
                "有人需要马上帮忙",
                "Somebody needs help at once",
                (4, H),
                "晕倒 昏迷 昏倒 摔倒 没出门 没见出门 没人应门 喊救命 流血 受伤",
                "community",
                accept=(1, H),
                urgent="有人晕倒、受伤请先拨 120；担心有人出事可拨 110。",
            ),
            Kind(
                "neighbours.suggest",
                "建议与表扬",
                "Suggestions and thanks",
                (5, D),
                "建议 表扬 感谢 增设 加装",
                "grid",
            ),
        ],
    ),
    (
        Kind("services", "办事与政策", "Services and policy", (5, D)),
        [
            Kind(
                "services.papers",
                "证明与证件",
                "Papers",
                (3, D),
                "证明 居住证 社保 医保 养老 认证 盖章 户口 办理",
                "community",
            ),
            Kind(
                "services.property",
                "物业服务与费用",
                "Property company",
                (5, D),
                "物业 物业费 收费 维修基金 不作为 保安",
                "community",
            ),
            Kind(
                "services.conduct",
                "工作人员作风",
                "Conduct of staff and leaders",
                (5, D),
                "态度 推诿 不作为 不理 乱收费 网格员 楼长 单元长 投诉",
                "community",
            ),
            Kind("services.other", "其他", "Other", (5, D), "", "grid"),
        ],
    ),
]


def load(**_kwargs: Any) -> None:
    """Add what is missing; leave what has been edited."""
    if Category.objects.filter(community="").exists():
        return
    organisation_shipped.load()
    line = Line.objects.get(community="", code="three_leaders")
    rows = []
    for number, (group, kinds) in enumerate(GROUPS):
        for order, kind in enumerate([group, *kinds]):
            rows.append(
                Category(
                    key=kind.key,
                    parent_key="" if order == 0 else group.key,
                    name=kind.name,
                    name_en=kind.name_en,
                    order=number * 100 + order,
                    line=line,
                    start_level=kind.start,
                    accept_within=kind.accept[0],
                    accept_unit=kind.accept[1],
                    handle_within=kind.handle[0],
                    handle_unit=kind.handle[1],
                    needs_check=kind.check,
                    keywords=kind.keywords.split(),
                    authority=kind.authority,
                    urgent_advice=kind.urgent,
                    changed_by=BY,
                    changed_why=WHY,
                )
            )
    Category.objects.bulk_create(rows)
