"""What every installation starts with: within how many working days a request is answered."""

from datetime import date
from typing import Any

from .enums import RequestKind
from .models import RightsLimit

BY, WHY = "system:shipped", "shipped with the platform"
# The law says "without delay" (PIPL 45); this notice, written for apps, gives a number.
SOURCE = (
    "《App违法违规收集使用个人信息行为认定方法》第六条（国信办秘字〔2019〕191号）：不超过15个工作日"
)
WORKING_DAYS = 15


def load(**_kwargs: Any) -> None:
    """Add the limits that are missing; leave what a community has edited."""
    for kind in RequestKind.values:
        RightsLimit.objects.get_or_create(
            community="",
            kind=kind,
            starts=date(2019, 11, 28),
            defaults={
                "working_days": WORKING_DAYS,
                "source": SOURCE,
                "changed_by": BY,
                "changed_why": WHY,
            },
        )
