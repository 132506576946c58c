"""A resident reports a need: where, what, and the receipt to take away; and everything wrong."""

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from liren.base import clock
from liren.demo.community import COMMUNITY
from liren.matters.models import Attachment, Category, Entry, Matter, SearchWords
from liren.people.models import Residence
from liren.territory.models import Place, PlaceSet

pytestmark = pytest.mark.django_db
HOME = f"/c/{COMMUNITY}/"
REPORT = f"{HOME}report/"


def picture(side: int = 60, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, kind)
    return out.getvalue()


def upload(content: bytes, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


# -- the short way -----------------------------------------------------------------------------


def test_a_resident_reports_and_takes_the_receipt(resident, demo, form):
    page = resident.get(REPORT)
    assert page.status_code == 200
    # The resident's own entrance is the first suggestion; the door is only a choice.
    assert f'name="place" value="{demo.unit.code}"' in page.text
    assert f"?place={demo.household.code}" in page.text
    sent = resident.post(REPORT, form(resident))
    assert sent.status_code == 302
    matter = Matter.objects.get()
    assert matter.holder == demo.posts["unit"]
    assert matter.reporter_id == demo.accounts["resident"].person_id
    assert matter.category is None
    receipt = resident.get(sent["Location"])
    assert matter.number in receipt.text
    assert demo.posts["unit"].title in receipt.text
    assert receipt["Cache-Control"] == "no-store"


def test_anybody_reports_without_signing_in_and_the_code_opens_it_elsewhere(client, demo, form):
    sent = client.post(REPORT, form(client, contact_name="路过的", contact_phone="138 0000 1111"))
    matter = Matter.objects.get()
    assert matter.reporter is None
    assert (matter.contact_name, matter.contact_phone) == ("路过的", "13800001111")
    shown = client.get(sent["Location"]).text
    code = re.sub(r"\s", "", re.search(r'id="code">([^<]+)<', shown).group(1))
    # This browser remembers it; another one needs number and code.
    assert client.get(f"{HOME}matters/{matter.pk}/").status_code == 200
    assert matter.text in client.get(f"{HOME}matters/").text
    stranger = Client()
    assert stranger.get(f"{HOME}matters/{matter.pk}/").status_code == 404
    opened = stranger.post(f"{HOME}lookup/", {"number": matter.number, "code": code.lower()})
    assert opened.status_code == 302
    assert stranger.get(opened["Location"]).status_code == 200


def test_the_code_is_shown_for_a_few_minutes_and_can_be_replaced(client, demo, form):
    receipt = client.post(REPORT, form(client))["Location"]
    assert 'id="code"' in client.get(receipt).text
    del client.cookies["liren_receipt"]
    later = client.get(receipt).text
    assert 'id="code"' not in later
    matter = Matter.objects.get()
    before = bytes(matter.code_hash)
    renewed = client.post(f"{HOME}matters/{matter.pk}/code/")
    assert 'id="code"' in client.get(renewed["Location"]).text
    matter.refresh_from_db()
    assert bytes(matter.code_hash) != before
    assert Client().post(f"{HOME}matters/{matter.pk}/code/").status_code == 404


def test_the_poster_at_the_entrance_knows_the_place(client, demo, form):
    opened = client.get(f"/q/{demo.unit.tag.lower()}/")
    assert opened.status_code == 302
    page = client.get(opened["Location"])
    assert str(demo.unit) in page.text
    assert 'name="via" value="qr"' in page.text
    client.post(REPORT, form(client, via="qr"))
    assert Matter.objects.get().origin == "qr"
    assert client.get("/q/NONE999/").status_code == 404


def test_choosing_a_place_step_by_step_without_script(client, demo):
    first = client.get(f"{HOME}report/place/").text
    compound = PlaceSet.objects.get(name="长山花园")
    assert f"{REPORT}place/?at={compound.pk}" in first
    buildings = client.get(f"{REPORT}place/?at={compound.pk}").text
    assert "1号楼" in buildings
    building = demo.unit.parent
    units = client.get(f"{HOME}report/place/?at={building.code}").text
    assert f"{REPORT}?place={demo.unit.code}" in units
    assert f"{REPORT}?place={building.code}" in units
    assert f"{REPORT}?place={COMMUNITY}" in first
    assert client.get(f"{HOME}report/place/?at=nonsense").status_code == 404


def test_without_a_known_place_the_first_question_is_where(client, demo):
    assert client.get(REPORT)["Location"] == f"{REPORT}place/"


def test_the_map_offers_only_places_with_geometry_and_degrades_without(client, demo):
    Place.objects.filter(community=COMMUNITY).update(outline=None, longitude=None, latitude=None)
    assert "data-map" not in client.get(f"{REPORT}place/").text
    Place.objects.filter(pk=demo.unit.parent.pk).update(longitude="125.33", latitude="43.94")
    assert "data-map" in client.get(f"{REPORT}place/").text
    places = client.get(f"{REPORT}map/").json()["places"]
    assert [(p["code"], p["at"]) for p in places] == [(demo.unit.parent.code, [43.94, 125.33])]


def test_a_tap_beside_a_building_says_where(client, demo, form):
    building = demo.unit.parent
    grid = building.code[:15]
    page = client.get(f"{REPORT}?place={grid}&near={building.code}&lon=125.3312345&lat=43.9454321")
    assert str(building) in page.text
    client.post(REPORT, form(client, place=grid, longitude="125.3312345", latitude="43.9454321"))
    matter = Matter.objects.get()
    assert (str(matter.longitude), str(matter.latitude)) == ("125.331234", "43.945432")
    for query in ("near=%00&lon=x&lat=1e999", "near=99999999999999999999&lon=500"):
        assert client.get(f"{REPORT}?place={grid}&{query}").status_code == 200


# -- what is offered ---------------------------------------------------------------------------


def test_kinds_are_suggested_with_their_reason_and_never_applied(client, demo, form):
    answer = client.post(
        f"{REPORT}hints/", {"text": "闻到煤气味，楼道里很浓", "place": demo.unit.code}
    )
    gas = Category.objects.get(key="supply.gas")
    assert answer.status_code == 200
    assert f'value="{gas.pk}"' in answer.text
    assert "煤气味" in answer.text  # the reason
    assert "checked" not in answer.text
    assert gas.urgent_advice in answer.text
    client.post(REPORT, form(client, text="闻到煤气味"))
    matter = Matter.objects.get()
    assert matter.category is None
    # Whoever had no script reads the urgent advice on the receipt.
    assert gas.urgent_advice in client.get(f"{HOME}matters/{matter.pk}/receipt/").text


def test_a_suggestion_taken_up_and_a_kind_chosen_from_the_list(client, demo, form):
    light = Category.objects.get(key="upkeep.light")
    client.post(REPORT, form(client, suggested=str(light.pk)))
    client.post(REPORT, form(client, text="大厅灯坏了", category=str(light.pk)))
    assert set(Matter.objects.values_list("category__key", flat=True)) == {"upkeep.light"}
    kept = client.post(
        f"{REPORT}hints/", {"text": "灯不亮", "place": demo.unit.code, "suggested": str(light.pk)}
    )
    assert "checked" in kept.text


def test_what_neighbours_reported_is_offered_without_their_words(client, demo, need, resident):
    other = need("三楼楼道灯不亮，我叫张三，住301", place=demo.household)
    stranger = Client()
    shown = stranger.post(
        f"{REPORT}hints/", {"text": "我们三楼楼道灯不亮了", "place": demo.unit.code}
    ).text
    assert "楼道灯路灯" in shown
    assert "1号楼" in shown
    for secret in ("张三", "301", other.number, str(demo.household)):
        assert secret not in shown
    assert "hx-post" not in shown  # whoever is not signed in cannot follow
    typed = {"text": "三楼楼道灯不亮", "place": demo.unit.code}
    # One's own is recognised instead: nobody reports the same twice by mistake.
    mine = resident.post(f"{REPORT}hints/", typed).text
    assert f"{HOME}matters/{other.pk}/" in mine
    assert "hx-post" not in mine
    neighbour = Client()
    neighbour.force_login(demo.accounts["department"])
    assert "hx-post" in neighbour.post(f"{REPORT}hints/", typed).text


def test_me_too_follows(client, demo, need):
    other = need("三楼楼道灯不亮", place=demo.unit)
    client.force_login(demo.accounts["unit"])
    answer = client.post(f"{HOME}matters/{other.pk}/follow/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    other.refresh_from_db()
    assert other.followers == 1
    assert Client().post(f"{HOME}matters/{other.pk}/follow/").status_code == 403


# -- about somebody (G7) -----------------------------------------------------------------------


def test_a_complaint_goes_past_whom_it_is_about(resident, demo, form):
    about = demo.posts["unit"]
    resident.post(REPORT, form(resident, about=str(about.pk), shielded="on", text="单元长乱收费"))
    matter = Matter.objects.get()
    assert matter.shielded
    assert matter.about_posts == [about.pk]
    assert matter.holder != about
    assert len(matter.holder.place_code) < len(about.place_code)


def test_somebody_responsible_elsewhere_cannot_be_named(resident, demo, form):
    other = demo.posts["unit"]
    elsewhere = Place.objects.filter(level="unit").exclude(pk=demo.unit.pk).first()
    answer = resident.post(REPORT, form(resident, place=elsewhere.code, about=str(other.pk)))
    assert answer.status_code == 422
    assert Matter.objects.count() == 0


# -- nothing lost, nothing half-written --------------------------------------------------------


def nothing_written():
    return not (
        Matter.objects.exists()
        or Entry.objects.exists()
        or SearchWords.objects.exists()
        or Attachment.objects.exists()
    )


def test_sent_twice_it_is_one_matter_and_other_words_are_another(client, demo, form):
    data = form(client)
    first = client.post(REPORT, data)
    second = client.post(REPORT, data)
    assert first["Location"] == second["Location"]
    assert Matter.objects.count() == 1
    client.post(REPORT, {**data, "text": "退回来写了别的事"})
    assert Matter.objects.count() == 2


def test_somebody_else_at_the_same_browser_does_not_get_the_first_ones_matter(client, demo, form):
    client.force_login(demo.accounts["resident"])
    data = form(client)
    client.post(REPORT, data)
    client.logout()
    client.post(REPORT, data)
    assert Matter.objects.count() == 2
    assert Matter.objects.filter(reporter__isnull=True).count() == 1


def test_words_that_cannot_be_taken_come_back(client, demo, form):
    data = form(client, place_note="三楼")
    for text in ("", "   \u200b\u2060 \x00 ", "漏" * 2001, "漏" * 100_000):
        answer = client.post(REPORT, {**data, "text": text})
        assert answer.status_code == 422
        assert text.strip("\x00 ") in answer.text
        assert 'value="三楼"' in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert nothing_written()


NASTY = (
    "<script>alert(1)</script>'; DROP TABLE matters_matter; -- \" {{ 7*7 }} {% now %} "
    "👨\u200d👩\u200d👧 𠮷野家 \x07\x1b[31m\u202e"
)


def test_emoji_rare_and_control_characters_html_and_sql_in_every_field(client, demo, form):
    answer = client.post(
        REPORT,
        form(
            client,
            text=NASTY,
            place_note=NASTY,
            contact_name="<b>𠮷田</b>",
            contact_phone="13900002222",
        ),
    )
    assert answer.status_code == 302
    matter = Matter.objects.get()
    assert "👨\u200d👩\u200d👧 𠮷野家" in matter.text
    assert "\x07" not in matter.text
    assert "\x1b" not in matter.text
    assert "\u202e" not in matter.text
    shown = client.get(f"{HOME}matters/{matter.pk}/").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown
    assert "7*7" in shown


FIELDS = ["place", "via", "once", "category", "suggested", "about", "longitude", "contact_phone"]


def test_senseless_values_in_any_field_never_break(client, demo, form):
    data = form(client)
    for field in FIELDS:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM access_bucket")  # this is no flood
        for value in (NASTY, "9" * 300, "-1", "\x00"):
            answer = client.post(REPORT, {**data, field: value})
            assert answer.status_code in (302, 422), (field, value)
            if answer.status_code == 422:
                assert "三楼楼道灯不亮" in answer.text
    assert set(Matter.objects.values_list("place", flat=True)) <= {demo.unit.pk}


def test_a_place_of_another_community_or_none(client, demo, form):
    data = form(client)
    for code, said in [
        ("", "请选择"),
        ("220103008999", "别的社区"),
        ("220103008004001001", "别的社区"),
        ("220103008003999999", "请选择"),
        ("2201030080", "请选择"),
    ]:
        answer = client.post(REPORT, {**data, "place": code})
        assert answer.status_code == 422
        assert "三楼楼道灯不亮" in answer.text
        assert said in answer.text
    assert nothing_written()


def test_a_closed_place(client, demo, form):
    data = form(client)
    Place.objects.filter(pk=demo.unit.pk).update(closed_on=date(2026, 1, 1))
    answer = client.post(REPORT, data)
    assert answer.status_code == 422
    assert "停用" in answer.text
    assert "三楼楼道灯不亮" in answer.text
    assert nothing_written()
    # A poster or a bookmark of it leads to the choice, with a word why.
    again = client.get(f"{REPORT}?place={demo.unit.code}")
    assert again.status_code == 200
    assert "停用" in again.text
    assert f"{REPORT}place/?at=" in again.text


def test_nobody_elses_door(client, resident, demo, form):
    other = Place.objects.filter(level="household").exclude(pk=demo.household.pk).first()
    assert resident.post(REPORT, form(resident, place=other.code)).status_code == 422
    assert resident.post(REPORT, form(resident, place=demo.household.code)).status_code == 302
    Residence.objects.update(until=clock.today())
    data = form(resident, text="又漏了")
    assert resident.post(REPORT, {**data, "place": demo.household.code}).status_code == 422


def test_an_old_form_comes_back_with_its_words_and_a_fresh_token(demo, form):
    browser = Client(enforce_csrf_checks=True)
    data = form(browser)
    answer = browser.post(REPORT, {**data, "csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    assert "三楼楼道灯不亮" in answer.text
    assert nothing_written()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text).group(1)
    assert browser.post(REPORT, {**data, "csrfmiddlewaretoken": token}).status_code == 302


# -- photos ------------------------------------------------------------------------------------


def test_photos_are_stored_anew_and_shown_to_the_reporter_only(
    client, demo, form, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    client.post(REPORT, form(client, photos=[upload(picture()), upload(picture(kind="PNG"))]))
    matter = Matter.objects.get()
    rows = list(matter.attachments.all())
    assert len(rows) == 2
    for size in ("full", "small"):
        photo = client.get(f"{HOME}matters/{matter.pk}/photos/{rows[0].pk}/{size}/")
        assert photo.status_code == 200
        assert photo["Content-Type"] == "image/jpeg"
        assert photo["X-Content-Type-Options"] == "nosniff"
        assert photo["Cache-Control"].startswith("private")
        assert b"".join(photo.streaming_content)[:2] == b"\xff\xd8"
        assert Client().get(photo.wsgi_request.path).status_code == 404


def test_an_image_that_is_none(client, demo, form, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    data = form(client)
    page, gif = b"<html><script>alert(1)</script>", b"GIF89a" + b"\0" * 40
    for content in (page, gif, b"%PDF-1.7 no picture", b""):
        photos = [upload(picture()), upload(content, "b.jpg")]
        answer = client.post(REPORT, {**data, "photos": photos})
        assert answer.status_code == 422
        assert "三楼楼道灯不亮" in answer.text
    assert nothing_written()
    assert not list(tmp_path.rglob("*.jpg"))


def test_more_than_six_photos(client, demo, form):
    answer = client.post(REPORT, form(client, photos=[upload(picture()) for _ in range(7)]))
    assert answer.status_code == 422
    assert "三楼楼道灯不亮" in answer.text
    assert nothing_written()


def test_a_photo_too_large_is_refused_and_the_words_come_back(client, demo, form):
    answer = client.post(REPORT, form(client, photos=[upload(b"\xff\xd8" + b"x" * 16_000_000)]))
    assert answer.status_code == 413
    assert "三楼楼道灯不亮" in answer.text
    assert nothing_written()


def test_fifty_megabytes_are_refused_unread(client, demo, form):
    answer = client.post(REPORT, form(client, photos=[upload(b"x" * 50_000_000)]))
    assert answer.status_code == 413
    assert nothing_written()


# -- what it costs -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["anybody", "resident"])
def test_a_report_costs_at_most_twenty_statements(
    who, client, demo, form, django_assert_max_num_queries, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    if who == "resident":
        client.force_login(demo.accounts["resident"])
    light = Category.objects.get(key="upkeep.light")
    data = form(client, category=str(light.pk), photos=[upload(picture())])
    with django_assert_max_num_queries(20):
        assert client.post(REPORT, data).status_code == 302


def test_nothing_written_is_answered_in_our_words_and_leaders_are_never_promised(resident, form):
    page = resident.get(REPORT).text
    assert "novalidate" in page.split('id="report"')[1].split(">")[0]
    assert "反映的是他们时会绕开" in page
    empty = resident.post(REPORT, form(resident, text=" "))
    assert empty.status_code == 422
    assert "请用一句话说说是什么事" in empty.text
