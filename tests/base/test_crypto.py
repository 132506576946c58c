import secrets

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from liren.base import crypto
from liren.base.crypto import (
    CannotDecrypt,
    EncryptedTextField,
    decrypt,
    encrypt,
    key_hash,
    key_ring,
    reencrypt,
    reencrypt_all,
)
from liren.base.errors import Invalid

A = f"1:aes-256-gcm:{'a' * 40}"
B = f"2:sm4-gcm:{'b' * 40}"


@pytest.fixture(params=["aes-256-gcm", "sm4-gcm"])
def ring(request, settings):
    settings.LIREN_FIELD_KEYS = f"7:{request.param}:{'s' * 32}"


# ---- values ---------------------------------------------------------------------------------


@given(st.text(st.characters(codec="utf-8")), st.sampled_from([A, B]))
def test_what_goes_in_comes_out(plain, keys):
    ring = crypto._ring(keys)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crypto, "key_ring", lambda: ring)
        assert decrypt(encrypt(plain, "people.person.phone"), "people.person.phone") == plain


def test_nothing_of_it_shows_and_no_two_are_alike(ring):
    one, two = encrypt("13800000000", "a.b.c"), encrypt("13800000000", "a.b.c")
    assert one != two
    assert b"138" not in one
    assert one[:3] == key_ring().header == b"\x01\x00\x07"
    assert len(one) == 3 + 12 + 11 + 16


def test_every_altered_bit_is_noticed(ring):
    sealed = encrypt("13800000000", "a.b.c")
    for i in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[i // 8] ^= 1 << (i % 8)
        with pytest.raises(CannotDecrypt):
            decrypt(bytes(altered), "a.b.c")


def test_cut_off_or_foreign_bytes_are_noticed(ring):
    sealed = encrypt("13800000000", "a.b.c")
    for stored in (b"", sealed[:3], sealed[:20], sealed[:-1], b"13800000000", sealed + b"\0"):
        with pytest.raises(CannotDecrypt):
            decrypt(stored, "a.b.c")


def test_a_value_cannot_be_moved_to_another_field(ring):
    with pytest.raises(CannotDecrypt):
        decrypt(encrypt("13800000000", "a.b.phone"), "a.b.id_number")


def test_a_wrong_or_missing_key_is_noticed(settings):
    settings.LIREN_FIELD_KEYS = A
    sealed = encrypt("x", "f")
    settings.LIREN_FIELD_KEYS = B
    with pytest.raises(CannotDecrypt):
        decrypt(sealed, "f")
    settings.LIREN_FIELD_KEYS = f"1:aes-256-gcm:{'c' * 40}"
    with pytest.raises(CannotDecrypt) as said:
        decrypt(sealed, "f")
    assert said.value.status == 503
    settings.LIREN_FIELD_KEYS = f"1:sm4-gcm:{'a' * 40}"
    with pytest.raises(CannotDecrypt):
        decrypt(sealed, "f")


def test_old_keys_still_open_and_the_first_seals(settings):
    settings.LIREN_FIELD_KEYS = A
    old = encrypt("x", "f")
    settings.LIREN_FIELD_KEYS = f"{B},{A}"
    assert decrypt(old, "f") == "x"
    assert encrypt("x", "f")[1:3] == b"\x00\x02"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x:aes-256-gcm:" + "s" * 40,
        "0:aes-256-gcm:" + "s" * 40,
        "70000:aes-256-gcm:" + "s" * 40,
        "1:rot13:" + "s" * 40,
        "1:aes-256-gcm:short-secret",
        f"{A} {A}",
    ],
)
def test_a_bad_key_ring_is_named_without_its_secret(settings, text):
    settings.LIREN_FIELD_KEYS = text
    with pytest.raises(ImproperlyConfigured) as said:
        key_ring()
    assert "s" * 40 not in str(said.value)
    assert "short-secret" not in str(said.value)


# ---- finding again --------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "hmac-sm3"])
def test_one_number_has_one_hash_however_it_is_written(settings, algorithm):
    settings.LIREN_HASH_KEY = f"{algorithm}:{'k' * 40}"
    assert len(key_hash("13800000000", "phone")) == 32
    assert key_hash("+86 138 0000 0000", "phone") == key_hash("１３８００００００００", "phone")
    assert key_hash("11010119900307851 5".replace(" ", ""), "id") == key_hash(
        " 110101-19900307-8515", "id"
    )
    assert key_hash("91110000600037341l", "uscc") == key_hash("91110000600037341L", "uscc")
    assert key_hash("Ａ b", "card") == key_hash("aB", "card")


def test_purpose_key_and_algorithm_part_the_hashes(settings):
    hashes = set()
    for key in ("hmac-sha256:" + "k" * 40, "hmac-sha256:" + "l" * 40, "hmac-sm3:" + "k" * 40):
        settings.LIREN_HASH_KEY = key
        hashes |= {key_hash("13800000000", "phone"), key_hash("13800000000", "other")}
    assert len(hashes) == 6


def test_a_number_without_a_form_has_no_hash():
    with pytest.raises(Invalid):
        key_hash("not a phone", "phone")


@pytest.mark.parametrize("text", ["", "md5:" + "k" * 40, "hmac-sha256:short"])
def test_a_bad_hash_key_is_named(settings, text):
    settings.LIREN_HASH_KEY = text
    with pytest.raises(ImproperlyConfigured):
        key_hash("x", "y")


# ---- the field ------------------------------------------------------------------------------


@pytest.fixture
def sealed(db, settings):
    settings.LIREN_FIELD_KEYS = A
    with isolate_apps("liren.base") as registry:

        class Sealed(models.Model):
            phone = EncryptedTextField(max_length=40)
            note = EncryptedTextField(null=True)

            class Meta:
                app_label = "base"

        with connection.schema_editor() as editor:
            editor.create_model(Sealed)
        Sealed.registry = registry
        yield Sealed


def stored(model, column="phone"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} ORDER BY id")
        return [None if value is None else bytes(value) for (value,) in cursor.fetchall()]


def test_python_sees_text_and_the_database_does_not(sealed):
    sealed.objects.create(phone="13800000000", note=None)
    sealed.objects.create(phone="", note="𠮷")
    first, second = stored(sealed)
    assert b"138" not in first
    assert len(second) == 31
    assert stored(sealed, "note")[0] is None
    assert list(sealed.objects.order_by("id").values_list("phone", "note")) == [
        ("13800000000", None),
        ("", "𠮷"),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type FROM information_schema.columns "
            "WHERE table_name = %s AND column_name = 'phone'",
            [sealed._meta.db_table],
        )
        assert cursor.fetchone() == ("bytea",)


def test_every_way_of_writing_seals(sealed):
    row = sealed.objects.create(phone="1")
    sealed.objects.filter(pk=row.pk).update(phone="2")
    row.refresh_from_db()
    assert row.phone == "2"
    row.phone = "3"
    sealed.objects.bulk_update([row], ["phone"])
    row.refresh_from_db()
    assert row.phone == "3"
    sealed.objects.bulk_create([sealed(phone="4"), sealed(phone="5")])
    assert set(sealed.objects.values_list("phone", flat=True)) == {"3", "4", "5"}
    assert all(value[:1] == b"\x01" for value in stored(sealed))


def test_a_row_altered_in_the_database_is_noticed(sealed):
    row = sealed.objects.create(phone="13800000000")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {sealed._meta.db_table} SET phone = set_byte(phone, 20, 7) WHERE id = %s",
            [row.pk],
        )
    with pytest.raises(CannotDecrypt):
        sealed.objects.get(pk=row.pk)
    assert sealed.objects.defer("phone").get(pk=row.pk).note is None


def test_it_cannot_be_searched(sealed):
    sealed.objects.create(phone="1", note=None)
    assert sealed.objects.filter(note__isnull=True).count() == 1
    assert sealed.objects.filter(note=None).count() == 1
    for lookup in ("phone", "phone__contains", "phone__in", "phone__lower"):
        with pytest.raises(FieldError):
            sealed.objects.filter(**{lookup: ["1"]}).count()


def test_it_refuses_to_be_unique_or_indexed():
    with isolate_apps("liren.base"):

        class Wrong(models.Model):
            phone = EncryptedTextField(unique=True)
            other = EncryptedTextField(db_index=True)

            class Meta:
                app_label = "base"

        assert [found.id for found in Wrong.check() if found.id == "base.E001"] == ["base.E001"] * 2


def test_migrations_can_write_it_down_and_a_rename_keeps_its_seal(settings):
    settings.LIREN_FIELD_KEYS = A
    field = EncryptedTextField(bound_to="people.person.phone", max_length=40)
    text, _imports = MigrationWriter.serialize(field)
    assert "liren.base.crypto.EncryptedTextField" in text
    assert "bound_to='people.person.phone'" in text
    assert field.clone().bound_to == "people.person.phone"


def test_rotation_seals_everything_anew_and_only_once(sealed, settings, monkeypatch):
    for i in range(7):
        sealed.objects.create(phone=str(i), note=None if i % 2 else "n")
    settings.LIREN_FIELD_KEYS = f"{B} {A}"
    sealed.objects.create(phone="new")
    assert reencrypt(sealed.objects.all(), "phone", batch=3) == 7
    assert {value[:3] for value in stored(sealed)} == {b"\x01\x00\x02"}
    assert reencrypt(sealed.objects.all(), "phone", batch=3) == 0
    monkeypatch.setattr(crypto, "apps", sealed.registry)
    assert reencrypt_all() == {"base.sealed.phone": 0, "base.sealed.note": 4}
    settings.LIREN_FIELD_KEYS = B
    assert sorted(sealed.objects.values_list("phone", flat=True)) == [*"0123456", "new"]


def test_the_operator_s_command(sealed, settings, monkeypatch, capsys):
    sealed.objects.create(phone="1")
    monkeypatch.setattr(crypto, "apps", sealed.registry)
    settings.LIREN_FIELD_KEYS = f"{B} {A}"
    call_command("reencrypt", batch=1)
    said = capsys.readouterr().out
    assert "1  base.sealed.phone" in said
    assert "under key 2" in said
    settings.LIREN_FIELD_KEYS = f"3:aes-256-gcm:{'d' * 40}"
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("reencrypt")


def test_rotation_stops_at_a_value_it_cannot_read_and_loses_nothing(sealed, settings):
    sealed.objects.create(phone="1")
    settings.LIREN_FIELD_KEYS = B
    before = stored(sealed)
    with pytest.raises(CannotDecrypt):
        reencrypt(sealed.objects.all(), "phone")
    assert stored(sealed) == before


def test_a_secret_made_by_the_program_will_do(settings):
    settings.LIREN_FIELD_KEYS = f"1:aes-256-gcm:{secrets.token_urlsafe(50)}"
    assert decrypt(encrypt("x", "f"), "f") == "x"
