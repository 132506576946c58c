"""Phone and identity numbers at rest: encrypted in the field, found by keyed hash.

Two settings, both set from the environment (docs/operations.md):

LIREN_FIELD_KEYS   `id:algorithm:secret`, newest first, separated by spaces or commas. The first
                   encrypts; all decrypt. Algorithms: aes-256-gcm, sm4-gcm.
LIREN_HASH_KEY     `algorithm:secret`. Algorithms: hmac-sha256, hmac-sm3. It cannot be exchanged
                   without hashing every number again.

A secret is any text of 32 characters or more; the working key is derived from it (HKDF), so a
secret never serves two purposes. What is stored:

    01 | key id, 2 bytes | nonce, 12 bytes | ciphertext | tag, 16 bytes

authenticated together with the name of the field, so that a value cannot be moved to another
column. Nonces are random: one key may encrypt 2³² values (NIST SP 800-38D, 8.3); rotate sooner.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models, transaction
from django.db.models.expressions import Func, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from liren.base.errors import Refused
from liren.base.identifiers import normalise_id, normalise_phone, normalise_uscc
from liren.base.text import fold

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_FORMAT: Final = b"\x01"
_NONCE: Final = 12
_TAG: Final = 16
_HEADER: Final = 3


class CannotDecrypt(Refused):
    """A stored value was altered, belongs to another field, or its key is missing."""

    default_message = _(
        "This entry cannot be read: its key is missing or it was altered. "
        "Please tell whoever runs the system."
    )
    default_code = "cannot_decrypt"
    default_status = 503


# ---- keys -----------------------------------------------------------------------------------


class _AES:
    size = 32

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        return self._aead.encrypt(nonce, plain, bound)

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        return self._aead.decrypt(nonce, sealed, bound)


class _SM4:
    """SM4 (GB/T 32907) in GCM: `cryptography` has it only as a bare cipher and mode."""

    size = 16

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        cipher = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(bound)
        return cipher.update(plain) + cipher.finalize() + cipher.tag

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        body, tag = sealed[:-_TAG], sealed[-_TAG:]
        cipher = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(bound)
        return cipher.update(body) + cipher.finalize()


_CIPHERS: Final[dict[str, type[_AES] | type[_SM4]]] = {"aes-256-gcm": _AES, "sm4-gcm": _SM4}
_HASHES: Final[dict[str, type[hashes.SHA256] | type[hashes.SM3]]] = {
    "hmac-sha256": hashes.SHA256,
    "hmac-sm3": hashes.SM3,
}


def _derive(secret: str, size: int, purpose: str) -> bytes:
    if len(secret) < 32:
        raise ImproperlyConfigured(f"the secret for {purpose} is shorter than 32 characters")
    return HKDF(hashes.SHA256(), size, None, f"liren {purpose}".encode()).derive(secret.encode())


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys in use: `active` encrypts, all decrypt."""

    active: int
    ciphers: dict[int, _AES | _SM4]

    @property
    def header(self) -> bytes:
        """The first bytes of everything encrypted with the active key."""
        return _FORMAT + self.active.to_bytes(2, "big")


@lru_cache(maxsize=16)
def _ring(text: str) -> KeyRing:
    ciphers: dict[int, _AES | _SM4] = {}
    for entry in text.replace(",", " ").split():
        number, _colon, rest = entry.partition(":")
        algorithm, _colon, secret = rest.partition(":")
        if not number.isascii() or not number.isdecimal() or not 1 <= int(number) <= 0xFFFF:
            raise ImproperlyConfigured("LIREN_FIELD_KEYS: a key id is a number from 1 to 65535")
        if int(number) in ciphers:
            raise ImproperlyConfigured(f"LIREN_FIELD_KEYS: key {number} is there twice")
        if algorithm not in _CIPHERS:
            raise ImproperlyConfigured(
                f"LIREN_FIELD_KEYS: key {number} needs one of {', '.join(_CIPHERS)}"
            )
        kind = _CIPHERS[algorithm]
        ciphers[int(number)] = kind(_derive(secret, kind.size, f"field key {number} {algorithm}"))
    if not ciphers:
        raise ImproperlyConfigured("LIREN_FIELD_KEYS holds no key")
    return KeyRing(next(iter(ciphers)), ciphers)


def key_ring() -> KeyRing:
    """The keys the settings name. Raises ImproperlyConfigured, never showing a secret."""
    return _ring(getattr(settings, "LIREN_FIELD_KEYS", ""))


# ---- values ---------------------------------------------------------------------------------


def encrypt(plain: str, bound_to: str) -> bytes:
    """`plain` sealed with the active key and bound to `bound_to` ("app.model.field")."""
    ring = key_ring()
    nonce = secrets.token_bytes(_NONCE)
    bound = ring.header + bound_to.encode()
    return ring.header + nonce + ring.ciphers[ring.active].seal(nonce, plain.encode(), bound)


def decrypt(stored: bytes, bound_to: str) -> str:
    """What `encrypt` was given. Raises CannotDecrypt when a bit, the field or the key is wrong."""
    stored = bytes(stored)
    header, nonce = stored[:_HEADER], stored[_HEADER : _HEADER + _NONCE]
    sealed = stored[_HEADER + _NONCE :]
    cipher = key_ring().ciphers.get(int.from_bytes(header[1:], "big"))
    if header[:1] != _FORMAT or len(sealed) < _TAG or cipher is None:
        raise CannotDecrypt
    try:
        return cipher.open(nonce, sealed, header + bound_to.encode()).decode()
    except (InvalidTag, UnicodeDecodeError):
        raise CannotDecrypt from None


_NORMALISERS: Final[dict[str, Callable[[str], str]]] = {
    "phone": normalise_phone,
    "id": normalise_id,
    "uscc": normalise_uscc,
}


@lru_cache(maxsize=16)
def _hash_key(text: str) -> tuple[type[hashes.SHA256] | type[hashes.SM3], bytes]:
    algorithm, _colon, secret = text.partition(":")
    if algorithm not in _HASHES:
        raise ImproperlyConfigured(f"LIREN_HASH_KEY needs one of {', '.join(_HASHES)}")
    return _HASHES[algorithm], _derive(secret, 32, f"hash key {algorithm}")


def key_hash(value: str, purpose: str) -> bytes:
    """32 bytes by which an encrypted value is found again.

    `purpose` "phone", "id" or "uscc" brings the value into its canonical form first and raises
    Invalid where it has none; any other purpose folds width and case and drops white space. The
    same value under two purposes has two unrelated hashes. Phone numbers are few: the hash hides
    nothing from whoever holds the key.
    """
    normalise = _NORMALISERS.get(purpose)
    canonical = normalise(value) if normalise else "".join(fold(value).split())
    algorithm, key = _hash_key(getattr(settings, "LIREN_HASH_KEY", ""))
    mac = hmac.HMAC(key, algorithm())
    mac.update(f"{purpose}\x00{canonical}".encode())
    return mac.finalize()


# ---- the field ------------------------------------------------------------------------------


if TYPE_CHECKING:  # Django's classes take parameters in its stubs only
    _TextField = models.TextField[str | None, str | None]
    _Exact = Exact[Any]
else:
    _TextField, _Exact = models.TextField, Exact


class _OnlyNone(_Exact):
    """`field=None`, which Django turns into `field__isnull=True`; no other value can match."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs is not None:
            raise FieldError("An encrypted field cannot be searched: compare its key_hash column.")
        super().__init__(lhs, rhs)


class EncryptedTextField(_TextField):
    """Text in Python, bytes nobody can read in the database.

    Each save seals it anew, so equal values differ in the table: it cannot be filtered, sorted,
    indexed or unique (only `isnull`); keep a `key_hash` beside it for that. `bound_to` names the
    field in the seal and defaults to "app.model.field"; give the old name when a field or model is
    renamed. Reading raises CannotDecrypt; lists that do not show it should `defer` it.
    """

    description = _("Encrypted text")

    def __init__(self, *args: Any, bound_to: str = "", **kwargs: Any) -> None:
        self._given_bound_to = bound_to
        super().__init__(*args, **kwargs)

    @property
    def bound_to(self) -> str:
        """The name sealed together with each value."""
        return self._given_bound_to or f"{self.model._meta.label_lower}.{self.name}"

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """For migrations."""
        name, path, args, kwargs = super().deconstruct()
        if self._given_bound_to:
            kwargs["bound_to"] = self._given_bound_to
        return str(name), path, list(args), kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse what cannot work on bytes that change with every save."""
        found = super().check(**kwargs)
        if self.unique or getattr(self, "db_index", False):
            found.append(
                checks.Error(
                    "An encrypted field can be neither unique nor indexed: add a key_hash column.",
                    obj=self,
                    id="base.E001",
                )
            )
        return found

    def get_internal_type(self) -> str:
        """Stored as bytea."""
        return "BinaryField"

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        """Seal text on its way to the database."""
        value = super().get_db_prep_value(value, connection, prepared)
        return encrypt(value, self.bound_to) if isinstance(value, str) else value

    def from_db_value(
        self, value: bytes | None, expression: object, connection: BaseDatabaseWrapper
    ) -> str | None:
        """Open what the database returns."""
        return None if value is None else decrypt(value, self.bound_to)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`: anything else would compare ciphertexts and find nothing."""
        if lookup_name == "exact":
            return _OnlyNone
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, lookup_name: str) -> Any:
        """None: there is nothing to look at inside a ciphertext."""
        return None


def reencrypt(queryset: models.QuerySet[Any], field: str, *, batch: int = 500) -> int:
    """Seal every value of `field` in `queryset` anew that is not under the active key.

    Locks and commits `batch` rows at a time and may be stopped and started again. Returns how
    many values were sealed anew. Raises CannotDecrypt at a value that cannot be read: the batch
    with it is left as it was.
    """
    header = key_ring().header
    stale = (
        queryset.filter(**{f"{field}__isnull": False})
        .annotate(
            sealed_with=Func(
                models.F(field),
                Value(1),
                Value(_HEADER),
                function="substring",
                output_field=models.BinaryField(),
            )
        )
        .exclude(sealed_with=header)
        .order_by("pk")
    )
    done, after = 0, None
    while True:
        # From key to key, so that the table is walked once.
        ahead = stale if after is None else stale.filter(pk__gt=after)
        with transaction.atomic(using=queryset.db):
            rows = list(
                ahead.select_for_update(of=("self",), no_key=True).values_list("pk", field)[:batch]
            )
            for pk, value in rows:
                queryset.model._base_manager.using(queryset.db).filter(pk=pk).update(
                    **{field: value}
                )
        done += len(rows)
        if len(rows) < batch:
            return done
        after = rows[-1][0]


def reencrypt_all(*, batch: int = 500) -> dict[str, int]:
    """`reencrypt` for every encrypted field of every model: how many values, by "app.model.field".

    Afterwards the older keys may leave LIREN_FIELD_KEYS.
    """
    return {
        f"{model._meta.label_lower}.{field.name}": reencrypt(
            model._base_manager.all(), field.name, batch=batch
        )
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    }
