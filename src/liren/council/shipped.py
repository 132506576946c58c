"""The kinds every installation starts with. Editable after."""

from typing import Any

from .models import Kind

BY, WHY = "system:shipped", "shipped with the platform"

# code: (Chinese, English, counted in, the same in English)
KINDS: dict[str, tuple[str, str, str, str]] = {
    "venue": ("场地", "Rooms and grounds", "人", "people"),
    "parking": ("车位", "Parking", "个", "places"),
    "talk": ("讲座", "Talks and courses", "场", "sessions"),
    "volunteers": ("志愿者", "Volunteers", "人", "people"),
    "equipment": ("设备", "Equipment", "件", "pieces"),
    "service": ("上门服务", "Services on site", "户次", "visits"),
    "other": ("其他", "Other", "份", "items"),
}


def load(**_kwargs: Any) -> None:
    """Add what is missing; leave what somebody has edited."""
    for order, (code, (name, name_en, unit, unit_en)) in enumerate(KINDS.items()):
        Kind.objects.get_or_create(
            community="",
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "unit": unit,
                "unit_en": unit_en,
                "order": order,
                "changed_by": BY,
                "changed_why": WHY,
            },
        )
