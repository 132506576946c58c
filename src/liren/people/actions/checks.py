"""What a corrected entry must look like, whoever corrects it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Invalid, NotFound
from liren.base.identifiers import normalise_id, normalise_phone
from liren.base.pinyin import pinyin_of
from liren.base.text import clean_line


def checked(field: str, value: str) -> dict[str, Any]:
    """Return the columns a corrected field sets; raise ``Invalid`` beside the field."""
    try:
        match field:
            case "name":
                name = clean_line(value, 60)
                return {"name": name, "name_pinyin": pinyin_of(name, "person").full[:120]}
            case "phone":
                if not value.strip():
                    return {"phone": None, "phone_hash": None}
                number = normalise_phone(value)
                return {"phone": number, "phone_hash": key_hash(number, "phone")}
            case "identity":
                if not value.strip():
                    return {"identity": None, "identity_hash": None}
                number = normalise_id(value)
                return {"identity": number, "identity_hash": key_hash(number, "id")}
            case "birth_year":
                year = int(value) if value.strip() else None
                if year is not None and not 1880 <= year <= clock.today().year:
                    raise ValueError
                return {"birth_year": year}
            case "left_on":
                return {"left_on": date.fromisoformat(value) if value.strip() else None}
    except Invalid as error:
        raise Invalid(fields={field: str(error)}) from None
    except ValueError:
        raise Invalid(fields={field: _("Please check this entry.")}) from None
    raise NotFound
