"""A gap found on the map is filled from there; a sheet of posts fills others."""

import pytest
from tests.organisation.test_views import write_rows

from liren.organisation.models import Term
from liren.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_gap_is_filled_from_the_map(reader, world, size, tmp_path):
    vacant = Term.objects.get(post=world.posts["unit"])
    place = str(vacant.post.place)
    vacant.delete()
    secretary = reader("secretary", size)
    secretary.go("/office/network/")
    secretary.says(place)
    secretary.look("network")
    secretary.press("地图")
    secretary.page.wait_for_selector(".leaflet-container path")
    secretary.look("network-map")
    # A building of the map opens its own gaps.
    secretary.page.locator(".leaflet-container .o-mark").first.click()
    secretary.page.wait_for_url("**at=2201030080030*")
    secretary.page.wait_for_load_state("networkidle")
    secretary.press(place)
    secretary.says("缺单元长")
    secretary.look("network-gap")
    person = Person.objects.filter(place_code__startswith=vacant.post.place_code).first()
    secretary.page.get_by_label(person.name).first.check()
    secretary.press("请此人担任")
    secretary.says("现在担任")
    secretary.says("组织网络图")
    assert Term.objects.get(post=vacant.post).person == person

    sheet = tmp_path / "岗位.xlsx"
    sheet.write_bytes(
        write_rows(
            ("岗位所在", "岗位", "任职人"),
            [("天上 9号楼", "楼栋长", person.name), (place, "单元长", person.name)],
        )
    )
    secretary.go("/office/network/sheet/")
    secretary.look("network-sheet")
    secretary.page.set_input_files("input[type=file]", sheet)
    secretary.press("先看一看")
    secretary.says("没有叫“天上 9号楼”的地点")
    secretary.look("network-sheet-preview")
    secretary.go("/office/network/workplaces/")
    secretary.look("network-workplaces-empty")
    secretary.press("登记一家单位或站点")
    secretary.page.get_by_label("名称").fill("街角便利店")
    secretary.look("network-workplace-new")
    secretary.press("登记", within="form.l-card")
    secretary.says("街角便利店已登记")
    secretary.look("network-workplaces")
