"""The secretary convenes a branch, confirms its minutes, has a task done, and refuses a demand."""

from datetime import timedelta

import pytest

from liren.base import clock
from liren.branches import actions as branches
from liren.branches.models import Task
from liren.demands import actions as demands
from liren.demands.models import Demand
from liren.demo.community import COMMUNITY, Builder
from liren.meetings.models import Meeting
from liren.organisation import actions as organisation
from liren.organisation.enums import PostKind
from liren.organisation.queries import actor_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def branch(world):
    by = actor_for(world.accounts["secretary"].person_id)
    grid = world.posts["grid"].place
    row = branches.register(
        by=by, place=grid.pk, name="第1网格党支部", duties=["认领社区列出的任务"]
    )
    builder = Builder()
    builder.count = 700
    post = builder.post(grid, PostKind.PARTY_BRANCH, "第1网格党支部书记", builder.person())
    organisation.seat_in_branch(by=by, post=post.pk, organisation=row.pk)
    demands.enter(
        by=by,
        community=COMMUNITY,
        asked=demands.Asked(asked_by="区某局（演示）", title="养犬月报表", since=clock.today()),
    )
    return row


def fill(page, **values):
    for name, value in values.items():
        page.locator(f"#id_{name}").fill(value)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_branch_meets_works_and_a_demand_is_refused(reader, world, branch, size):
    secretary = reader("secretary", size)
    page = secretary.page
    secretary.go("/office/branches/")
    secretary.look("branches")
    secretary.press("第1网格党支部")
    secretary.look("branch")
    secretary.press("召集会议")
    secretary.look("meeting-new")
    day = (clock.today() + timedelta(days=5)).isoformat()
    fill(
        page,
        title="清雪碰头会",
        starts=f"{day}T14:00",
        venue="议事点",
        agenda="怎么分片\n工具够不够",
    )
    secretary.press("召集并通知")
    secretary.says("清雪碰头会")
    secretary.says("已召集")
    secretary.look("meeting-called")

    # The day has come.
    meeting = Meeting.objects.get()
    Meeting.objects.update(starts=clock.now() - timedelta(hours=1))
    secretary.go(f"/office/meetings/{meeting.pk}/")
    for box in page.locator('input[type="radio"][value="present"]').all():
        box.check()
    secretary.press("记录到会情况")
    secretary.says("达到到会要求")
    page.locator('form[action$="/decisions/"] #id_text').fill("每栋楼自己清门前，北门支部清")
    secretary.press("记下决定")
    secretary.says("北门支部清")
    page.locator('form[action$="/minutes/"] textarea').fill("到会两岗。\n定了分片。")
    secretary.press("保存纪要")
    secretary.look("meeting-draft")
    page.locator("summary", has_text="确认纪要").click()
    secretary.send('form[action$="/confirm/"]')
    secretary.says("纪要已确认")
    secretary.look("meeting-confirmed")

    secretary.go(f"/office/branches/tasks/new/?branch={branch.pk}")
    fill(page, title="清北门的雪", due=day)
    page.locator("#id_receiver").select_option(label=world.posts["building"].title)
    secretary.press("记下")
    secretary.look("branch-task")
    task = Task.objects.get()
    assert task.state == "claimed"
    page.locator("summary", has_text="报告完成").click()
    page.locator("#words-finish").fill("三个人清了一下午")
    secretary.send('form[action$="/finish/"]')

    leader = reader("building", size)
    leader.go(f"/field/tasks/{task.pk}/")
    leader.look("branch-task-confirm")
    leader.press("确认已完成")
    leader.says("已确认")
    task.refresh_from_db()
    assert task.state == "confirmed"

    secretary.go("/office/demands/")
    secretary.look("demands")
    secretary.press("养犬月报表")
    secretary.look("demand")
    page.locator("#id_on_duty_list").select_option("no")
    page.locator("#id_duty_article").fill("第四部分第 2 条")
    page.locator("#id_words").fill("清单外，没有依据，也没有随附人员")
    page.get_by_role("button", name="不接受").click()
    page.wait_for_load_state("networkidle")
    secretary.says("未接受")
    secretary.says("社区书记")
    secretary.look("demand-declined")
    assert Demand.objects.get().state == "declined"

    officer = reader("officer", size)
    officer.go("/office/demands/")
    officer.says("养犬月报表")
    officer.look("demands-officer")
    officer.go("/office/orders/")
    officer.look("orders-empty")
