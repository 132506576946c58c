"""The columns of a community's household sheet, under the names they go by."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.base.errors import Invalid
from liren.base.identifiers import normalise_id, normalise_phone
from liren.base.sheets import Column, Kind
from liren.territory.geometry import LATITUDES, LONGITUDES

from ..checks import forbidden_in
from ..enums import Tenure

# The head of a household in the police's register (户主) need not own it: what the sheet does not
# say is not made up, votes depend on it.
_TENURES: Final = {
    Tenure.OWNER: "业主 产权人 房主 自有 所有权人 owner",
    Tenure.TENANT: "租户 租客 承租人 租赁 租住 出租 tenant",
    Tenure.FAMILY: (
        "户主 本人 自住 家庭成员 家属 家人 成员 亲属 配偶 妻子 丈夫 妻 夫 子女 儿子 女儿 子 女"
        " 父母 父亲 母亲 父 母 孙子 孙女 外孙 外孙女 儿媳 女婿 同住 共同居住 family"
    ),
}
_WORDS: Final = {word: tenure for tenure, words in _TENURES.items() for word in words.split()}


def tenure_of(text: str) -> Tenure:
    """Return how somebody belongs to a household. Raises ``Invalid`` for an unknown word."""
    found = _WORDS.get(text.strip().casefold())
    if found is None:
        raise Invalid(_("Please write 业主, 租户 or 家庭成员."))
    return found


def _area(value: Decimal) -> Decimal:
    if not 0 < value < 100_000:
        raise Invalid(_("An area is a number of square metres above 0."))
    return value.quantize(Decimal("0.01"))


def _longitude(value: Decimal) -> Decimal:
    if LATITUDES[0] <= value <= LATITUDES[1]:
        raise Invalid(_("Longitude and latitude look swapped."))
    return _degrees(value, LONGITUDES)


def _latitude(value: Decimal) -> Decimal:
    if LONGITUDES[0] <= value <= LONGITUDES[1]:
        raise Invalid(_("Longitude and latitude look swapped."))
    return _degrees(value, LATITUDES)


def _degrees(value: Decimal, bounds: tuple[Decimal, Decimal]) -> Decimal:
    if not bounds[0] <= value <= bounds[1]:
        raise Invalid(_("These degrees lie outside China."))
    return value.quantize(Decimal("0.000001"))


COLUMNS: Final[list[Column]] = [
    Column(
        "compound",
        "小区",
        ("小区名称", "所在小区", "小区名", "院落", "楼盘"),
        max_len=80,
        hint=gettext_lazy("The compound the building belongs to; empty if none."),
    ),
    Column(
        "grid",
        "网格",
        ("网格名称", "所属网格", "网格编号", "网格编码", "网格号"),
        max_len=80,
        hint=gettext_lazy(
            "Name or 15-digit code of the grid. May be empty for buildings we know already."
        ),
    ),
    Column(
        "building",
        "楼栋",
        ("楼号", "楼栋号", "栋号", "幢号", "楼", "楼宇", "楼栋名称", "楼幢"),
        required=True,
        max_len=60,
        hint=gettext_lazy("For example 3号楼. A merged cell counts for all its rows."),
    ),
    Column(
        "unit",
        "单元",
        ("单元号", "门洞", "门栋", "单元门"),
        max_len=40,
        hint=gettext_lazy("For example 2单元. Empty if the building has one entrance."),
    ),
    Column(
        "door",
        "门牌",
        ("房号", "房间号", "室号", "户号", "门牌号", "房屋号", "门牌/房号", "门号", "室"),
        max_len=40,
        hint=gettext_lazy("For example 501. Needed where a person stands in the row."),
    ),
    Column(
        "name",
        "姓名",
        ("户主姓名", "户主", "业主姓名", "住户姓名", "居民姓名", "成员姓名", "承租人姓名"),
        max_len=60,
        hint=gettext_lazy("One person a row. Empty for an empty household."),
    ),
    Column(
        "phone",
        "电话",
        ("联系电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "联系手机"),
        parse=normalise_phone,
        max_len=40,
        hint=gettext_lazy("Stored encrypted. Only with the person's consent."),
    ),
    Column(
        "identity",
        "身份证号",
        ("身份证", "身份证号码", "公民身份号码", "证件号码", "证件号", "居民身份证号"),
        parse=normalise_id,
        text_only=True,
        max_len=40,
        hint=gettext_lazy(
            "Stored encrypted. As text: a number loses its last digits in Excel. May be empty."
        ),
    ),
    Column(
        "tenure",
        "住户类型",
        ("居住类型", "人员类型", "与户主关系", "关系", "居住性质", "产权关系", "类型", "身份"),
        parse=tenure_of,
        max_len=20,
        hint=gettext_lazy("业主, 租户 or 家庭成员; empty counts as 家庭成员."),
    ),
    Column(
        "area",
        "面积",
        ("建筑面积", "专有面积", "房屋面积", "产权面积", "面积㎡", "面积平方米"),
        kind=Kind.DECIMAL,
        parse=_area,
        hint=gettext_lazy("Square metres of the household."),
    ),
    Column(
        "longitude",
        "经度",
        ("lng", "lon", "longitude", "X坐标", "x"),
        kind=Kind.DECIMAL,
        parse=_longitude,
        hint=gettext_lazy("Of the building, WGS84 degrees with six decimals."),
    ),
    Column(
        "latitude",
        "纬度",
        ("lat", "latitude", "Y坐标", "y"),
        kind=Kind.DECIMAL,
        parse=_latitude,
        hint=gettext_lazy("Of the building, WGS84 degrees with six decimals."),
    ),
    Column(
        "community",
        "社区",
        ("所属社区", "社区名称", "所在社区", "村居", "社区(村)", "社区代码"),
        max_len=80,
        hint=gettext_lazy("May be left out. If it is there it must be this community."),
    ),
    # Read so that it can be said aloud: remarks about households are how lists of "key persons"
    # begin, and this system keeps none (G1).
    Column("note", "备注", ("说明", "情况说明", "备注说明"), max_len=2000),
]
# Columns that make a sheet a list of suspects (G1). They are refused, not passed over: the sheet
# is not taken from the hands of whoever made it before they are gone.
_REFUSED: Final = re.compile(
    "重点(?:人|对象|关注|群体|户|监)|特殊人群|高危|管控|稳控|维稳|[信上]访|涉[访稳毒邪黑]|邪教|吸毒|戒毒"
    "|刑满|刑释|矫正|帮教|精神(?:病|障碍)|肇事|宗教|信仰|信教|党员|征信|失信|信用|人脸|轨迹"
)


def refused_headers(headers: Iterable[str]) -> list[str]:
    """Return the headers of columns nobody may send us about people (G1)."""
    return [one for one in headers if _REFUSED.search(one) or forbidden_in(one)]


TEMPLATE: Final = [column for column in COLUMNS if column.key not in ("community", "note")]
EXAMPLES: Final[list[dict[str, Any]]] = [
    {
        "compound": "示例小区",
        "grid": "第1网格",
        "building": "3号楼",
        "unit": "2单元",
        "door": "501",
        "name": "示例甲",
        "phone": "",
        "identity": "",
        "tenure": "业主",
        "area": Decimal("86.50"),
        "longitude": Decimal("125.336200"),
        "latitude": Decimal("43.943100"),
    },
    {
        "compound": "示例小区",
        "grid": "第1网格",
        "building": "3号楼",
        "unit": "2单元",
        "door": "501",
        "name": "示例乙",
        "tenure": "家庭成员",
    },
]
