"""Somebody without an account reports at the entrance's poster and comes back by the receipt."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from liren.demo.community import COMMUNITY
from liren.matters.models import Matter

pytestmark = pytest.mark.django_db(transaction=True)


def picture() -> dict[str, object]:
    """A photo as a file input takes it."""
    file = io.BytesIO()
    Image.radial_gradient("L").resize((900, 600)).convert("RGB").save(file, "JPEG")
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_stranger_reports_by_the_poster_and_returns_by_number_and_code(reader, world, size):
    there = reader("", size)
    there.go(f"/q/{world.unit.tag.lower()}/")
    there.says(str(world.unit))
    there.page.locator("#id_text").fill("单元门关不上，风大的时候整夜响")
    there.page.locator("#id_photos").set_input_files([picture()])
    expect(there.page.locator("[data-previews] canvas")).to_be_visible(timeout=20_000)
    there.look("poster-report")
    # A mistake brings the page back with everything typed and chosen still there.
    there.press("留个联系方式")
    there.page.locator("#id_contact_phone").fill("12345")
    there.press("提交")
    expect(there.page.locator("#id_text")).to_have_value("单元门关不上，风大的时候整夜响")
    expect(there.page.locator("[data-previews] canvas")).to_be_visible(timeout=20_000)
    there.look("poster-report-again")
    there.page.locator("#id_contact_phone").fill("")
    there.press("提交")
    there.says("收到了，谢谢您")
    there.look("poster-receipt")
    matter = Matter.objects.get()
    assert (matter.origin, matter.reporter_id, matter.place_id) == ("qr", None, world.unit.pk)
    assert matter.attachments.count() == 1
    code = there.page.locator("#code").inner_text()

    # Another phone, that has never been here.
    later = reader("", size)
    later.go(f"/c/{COMMUNITY}/matters/{matter.pk}/")
    assert matter.text not in later.page.content()
    later.go(f"/c/{COMMUNITY}/lookup/")
    later.look("lookup")
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    for typed in (wrong, code.lower()):
        later.page.locator("#id_number").fill(matter.number)
        later.page.locator("#id_code").fill(typed)
        later.send("main form")
        if typed == wrong:
            later.says("编号和查询码对不上")
            later.look("lookup-refused")
    later.says(matter.text)
    shown = later.page.locator("main img").first
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("image => image.naturalWidth") > 0
    later.look("lookup-found")

    later.press("补充几句或照片")
    later.page.locator('form[action$="/add/"] textarea').fill("夜里十一点以后最响")
    later.send('form[action$="/add/"]')
    later.says("夜里十一点以后最响")
    later.press("撤回")
    later.look("withdraw-asked")
    later.send('form[action$="/withdraw/"]')
    later.says("您撤回了")
    later.look("withdrawn")
    matter.refresh_from_db()
    assert (matter.status, matter.ending) == ("closed", "withdrawn")
    verbs = list(matter.entries.order_by("at").values_list("verb", flat=True))
    assert verbs == ["report", "add", "withdraw"]
