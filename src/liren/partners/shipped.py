"""The scheme every installation starts with: an example, to be edited by each community."""

from typing import Any

from .models import Scheme

BY, WHY = "system:shipped", "shipped with the platform"
SCHEME: dict[str, Any] = {
    "name": "社区合伙人“4+5+N”（示例）",
    "source": "参照长春市宽城区公开的社区合伙人方案整理，用词为本平台自拟；本社区可以修改。",
    "areas": [
        {"key": "old", "name": "老旧小区"},
        {"key": "new", "name": "商品房小区"},
        {"key": "mixed", "name": "回迁与混合小区"},
        {"key": "street", "name": "沿街商铺与楼宇"},
    ],
    "trades": [
        {"key": "care", "name": "养老托幼"},
        {"key": "health", "name": "健康医疗"},
        {"key": "culture", "name": "文化教育"},
        {"key": "daily", "name": "便民生活"},
        {"key": "safety", "name": "环境与安全"},
    ],
    "terms": [
        {"key": "short", "name": "短期项目（半年以内）", "months": 6},
        {"key": "long", "name": "长期项目（三年以内）", "months": 36},
    ],
    "checks": [
        {"key": "identity", "name": "单位登记或本人身份已核对"},
        {"key": "licence", "name": "所做的事需要的资质已看过"},
        {"key": "contact", "name": "已和联系人谈过，知道要做什么"},
        {"key": "terms", "name": "不以推销、收费或收集居民信息为条件"},
        {"key": "conflict", "name": "与社区、物业有无利害关系已问清"},
    ],
}


def load(**_kwargs: Any) -> None:
    """Add the shipped scheme when there is none."""
    Scheme.objects.get_or_create(
        community="",
        version=1,
        defaults={**SCHEME, "starts": "2020-01-01", "changed_by": BY, "changed_why": WHY},
    )
