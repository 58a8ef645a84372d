"""A recurring job of the shops becomes one message for each shop that is open."""

from typing import Any

import pytest
from celery import current_app, shared_task

from platform_core.tenancy import fanout
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.fanout import for_each_shop
from platform_core.tenancy.tasks import HEADER, TenantTask, read_tenant

seen: list[str] = []


@shared_task(base=TenantTask, name="tests.note_the_shop")
def note_the_shop() -> None:
    seen.append(current_tenant().slug)


class Outgoing(list[dict[str, Any]]):
    def send_task(self, name: str, **options: Any) -> None:
        self.append({"name": name, **options})


@pytest.fixture
def outgoing(monkeypatch: pytest.MonkeyPatch) -> Outgoing:
    messages = Outgoing()
    monkeypatch.setattr(current_app._get_current_object(), "send_task", messages.send_task)
    return messages


def test_every_open_shop_gets_its_own_message(make_shop: Any, outgoing: Outgoing) -> None:
    shops = [make_shop("acme"), make_shop("bolt")]
    make_shop("closed", status="suspended")
    make_shop("new", status="pending_setup")
    make_shop("moving", availability="moving")
    make_shop("behind", schema_version="0001_initial")
    assert for_each_shop("tests.note_the_shop", expires_seconds=60) == 2
    assert [message["name"] for message in outgoing] == ["tests.note_the_shop"] * 2
    assert [read_tenant(message["headers"][HEADER]) for message in outgoing] == [shop.id for shop in shops]
    assert {message["expires"] for message in outgoing} == {60}


def test_the_message_makes_the_task_run_inside_that_shop(make_shop: Any, outgoing: Outgoing) -> None:
    make_shop("acme"), make_shop("bolt")
    for_each_shop("tests.note_the_shop", expires_seconds=60)
    seen.clear()
    for message in outgoing:
        note_the_shop.apply(headers=message["headers"]).get()
    assert seen == ["acme", "bolt"]


@pytest.mark.parametrize("name", ["no.such_task", "tenancy.for_each_shop"])
def test_only_tasks_of_shops_are_fanned_out(platform: Any, outgoing: Outgoing, name: str) -> None:
    with pytest.raises(ValueError, match="no task of shops"):
        fanout.for_each_shop(name, expires_seconds=60)
    assert outgoing == []
