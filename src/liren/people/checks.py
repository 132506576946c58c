"""The schema itself keeps the guard-rails: it refuses what it must never hold (G1, G2, G3).

Checked whenever Django checks itself: on every start of the server and of every command that
touches the database, and by ``liren check``.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db.models import Model
from django.db.models.fields import Field as ModelField

from liren.base.crypto import EncryptedTextField

from .declarations import Declared, declared

# -- words that must never name a table or a column ---------------------------------------------

# G1: no face, track, religion, ethnicity or risk, no "key person". Party membership conditions
# nothing (G11), so it is not kept of a person either.
_G1 = """
    face facial fingerprint palmprint iris retina gait voiceprint biometric biometrics
    track tracks tracking trajectory trajectories whereabouts footprint
    location_history last_location
    religion religious faith belief beliefs ethnic ethnicity ethnic_group race minzu
    risk risks risk_level danger_level key_person key_persons key_people focus_person
    watch_list watchlist blacklist black_list stability_maintenance criminal criminal_record
    political_status political_views party_member party_membership
    人脸 指纹 步态 声纹 轨迹 行踪 宗教 信仰 民族 种族 风险 重点人 重点关注 维稳 政治面貌 前科 黑名单
"""
# G2: no score, rank or leaderboard, no compulsory check-in, no view of one worker's times.
_G2 = """
    score scores scoring rank ranks ranking leaderboard points merit demerit stars reputation
    trust trust_level level_of_trust checkin check_in clock_in clock_out punch_in attendance_rate
    online_minutes online_time online_hours active_minutes last_seen last_active
    积分 评分 打分 排名 排行 打卡 签到 在线时长 信用分
"""
FORBIDDEN: dict[str, str] = {
    **dict.fromkeys(_G1.split(), "G1"),
    **dict.fromkeys(_G2.split(), "G2"),
}
_CHINESE = {word: rule for word, rule in FORBIDDEN.items() if not word.isascii()}
# Fields whose very name says they are about a person: a model with one of them declares itself.
_PERSONAL = """
    phone mobile telephone email identity birth birthday birthdate birth_year gender sex surname
    given_name first_name last_name id_card id_number wechat openid unionid marital income salary
    health disability illness disease diagnosis nationality passport contact_name home_address
"""
PERSONAL_WORDS = frozenset(_PERSONAL.split())
# Fields every table may have that say nothing about the person the row is about.
STRUCTURAL = frozenset(
    {"id", "community", "changed_by", "changed_why", "changed_at", "synthetic", "version"}
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def words_of(name: str) -> list[str]:
    """Split a table, class or column name into words: "riskLevel", "risk_level" → risk, level."""
    spaced = _CAMEL.sub("_", name)
    return [word for word in re.split(r"[^0-9a-z]+", spaced.lower()) if word]


def forbidden_in(name: str) -> tuple[str, str] | None:
    """Return the forbidden word in a name and the guard-rail it breaks; None when there is none.

    Whole words only: ``created``, ``tracked``, ``interface``, ``frank`` and ``credit_code`` pass.
    """
    listed = words_of(name)
    for size in (3, 2, 1):
        for start in range(len(listed) - size + 1):
            joined = "_".join(listed[start : start + size])
            if joined in FORBIDDEN:
                return joined, FORBIDDEN[joined]
    for word, rule in _CHINESE.items():
        if word in name:
            return word, rule
    return None


def sounds_personal(name: str) -> bool:
    """Tell whether a field's name says that it holds something about a person."""
    listed = words_of(name)
    return any(
        "_".join(listed[start : start + size]) in PERSONAL_WORDS
        for size in (1, 2)
        for start in range(len(listed) - size + 1)
    )


# -- the check -----------------------------------------------------------------------------------


def check_declarations(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Check every model: declarations complete, no forbidden name. Errors people.E001 – E006."""
    models = apps.get_models() if app_configs is None else _models_of(app_configs)
    return [fault for model in models for fault in check_model(model)]


def _models_of(app_configs: Iterable[Any]) -> Iterator[type[Model]]:
    for config in app_configs:
        yield from config.get_models()


def check_model(model: type[Model]) -> Iterator[CheckMessage]:
    """Yield what is wrong with one model."""
    ours = model.__module__.split(".")[0] not in _OTHERS
    fields = [f for f in model._meta.get_fields() if isinstance(f, ModelField) and f.concrete]
    if ours:
        yield from _forbidden(model, fields)
    found = declared(model)
    if found is None:
        yield from _undeclared(model, fields, ours)
        return
    yield from _incomplete(found, fields)


# Models of libraries bear names we do not choose; their links to persons are checked all the same.
_OTHERS = frozenset({"django", "procrastinate", "allauth", "pgtrigger"})


def _forbidden(model: type[Model], fields: list["ModelField[Any, Any]"]) -> Iterator[CheckMessage]:
    names = [("table", model.__name__), ("table", model._meta.db_table)]
    for field in fields:
        names.append(("field", field.name))
        names.append(("field", str(field.verbose_name)))
        if field.column:
            names.append(("field", field.column))
    said = set()
    for kind, name in names:
        hit = forbidden_in(name)
        if hit and hit not in said:
            said.add(hit)
            word, rule = hit
            yield Error(
                f"The {kind} {name!r} holds the word {word!r}: Liren keeps no such thing ({rule}).",
                obj=model,
                id="people.E003",
            )


def _leads_to_a_person(field: "ModelField[Any, Any]") -> bool:
    target: Any = field.remote_field.model if field.remote_field else None
    meta = getattr(target, "_meta", None)
    return meta is not None and meta.label_lower in ("people.person", "people.account")


def _undeclared(
    model: type[Model], fields: list["ModelField[Any, Any]"], ours: bool
) -> Iterator[CheckMessage]:
    for field in fields:
        if _leads_to_a_person(field):
            yield Error(
                f"The field {field.name!r} leads to a person, and the model declares nothing (G3).",
                hint="Add personal, impersonal and personal_rows: see liren.people.declarations.",
                obj=model,
                id="people.E002",
            )
        elif ours and (isinstance(field, EncryptedTextField) or sounds_personal(field.name)):
            yield Error(
                f"The field {field.name!r} is personal, and the model declares nothing (G3).",
                hint="Add personal, impersonal and personal_rows: see liren.people.declarations.",
                obj=model,
                id="people.E004",
            )


def _incomplete(found: Declared, fields: list["ModelField[Any, Any]"]) -> Iterator[CheckMessage]:
    names = {field.name for field in fields}
    keys = {field.name for field in fields if field.primary_key}
    said = set(found.personal) | found.impersonal
    for name in sorted(names - said - STRUCTURAL - keys):
        yield Error(
            f"The field {name!r} is in neither personal nor impersonal (G3).",
            obj=found.model,
            id="people.E001",
        )
    for name in sorted(said - names):
        yield Error(
            f"Declared, but there is no field {name!r} (any more).",
            obj=found.model,
            id="people.E005",
        )
    for name in sorted(set(found.personal) & found.impersonal):
        yield Error(
            f"The field {name!r} is declared both personal and impersonal.",
            obj=found.model,
            id="people.E005",
        )
    for field in fields:
        personal = _leads_to_a_person(field) or isinstance(field, EncryptedTextField)
        if personal and field.name in found.impersonal:
            yield Error(
                f"The field {field.name!r} is about a person and cannot be impersonal (G3).",
                obj=found.model,
                id="people.E001",
            )
    for name, one in found.personal.items():
        if not str(one.purpose).strip() or not one.readers:
            yield Error(
                f"The declaration of {name!r} lacks its purpose or its readers (G3).",
                obj=found.model,
                id="people.E005",
            )
    if found.rows is None or not found.rows.of:
        yield Error(
            "The model does not say how its rows lead to a person: personal_rows (G3, G4).",
            obj=found.model,
            id="people.E006",
        )
    elif found.rows.ends and found.rows.ends not in names:
        yield Error(
            f"personal_rows counts from {found.rows.ends!r}, which is no field.",
            obj=found.model,
            id="people.E006",
        )
