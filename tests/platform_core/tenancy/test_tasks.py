"""A task runs inside the shop it was sent from, in a real worker, whatever the worker did before."""

from uuid import uuid4

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.core import signing

from platform_core.tenancy import directory
from platform_core.tenancy.context import active_tenant, tenant_context
from platform_core.tenancy.errors import NoTenant, TenantNotServing, UnknownTenant
from platform_core.tenancy.tasks import HEADER, read_tenant, sign_tenant
from tenant_shop.catalog.models import Category
from tests.real_worker import real_worker
from tests.worker import done_list, go_list, note_shop_task, wait_task, where_am_i_task


@pytest.fixture
def worker(platform, tmp_path):
    with real_worker(tmp_path) as worker:
        worker.start()
        yield worker


def names(shop):
    with tenant_context(shop):
        return list(Category.objects.values_list("name", flat=True))


@pytest.mark.slow
def test_a_task_after_a_killed_one_runs_in_its_own_shop_and_the_killed_one_runs_again(worker, make_shop, tmp_path):
    acme, globex = make_shop("acme"), make_shop("globex")
    with tenant_context(acme):
        note_shop_task.apply_async(["first"], {"die_unless": str(tmp_path / "died")}, queue=worker.name)
    with tenant_context(globex):
        note_shop_task.apply_async(["second"], queue=worker.name)
    assert {worker.next_done(), worker.next_done()} == {"acme/first", "globex/second"}
    where_am_i_task.apply_async(queue=worker.name)
    assert worker.next_done() == "no shop"
    assert (tmp_path / "died").exists()
    assert names(acme) == ["acme"]
    assert names(globex) == ["globex"]


@pytest.mark.slow
def test_a_worker_that_is_stopped_ends_what_it_runs_and_begins_nothing_new(worker, make_shop):
    client = redis.Redis.from_url(settings.REDIS_URL)
    with tenant_context(make_shop("acme")):
        wait_task.apply_async(["first"], queue=worker.name)
        assert worker.next_done() == "begun/first"
        wait_task.apply_async(["second"], queue=worker.name)
    worker.ask_to_stop()
    worker.until_it_says("Warm shutdown")
    client.rpush(go_list(), "go")
    assert worker.next_done() == "done/first"
    assert worker.wait() == 0
    assert client.llen(done_list()) == 0
    broker = current_app.connection_for_write().default_channel.client
    assert broker.llen(worker.name) == 1  # for another worker


def run(token):
    """The task as a worker runs it, with `token` as its header."""
    request = {"headers": {HEADER: token} if token else {}}
    note_shop_task.push_request(**request)
    try:
        return note_shop_task("slug")
    finally:
        note_shop_task.pop_request()


def test_a_task_runs_inside_the_shop_of_its_header_and_leaves_it(make_shop, platform):
    acme = make_shop("acme")
    run(sign_tenant(acme.id))
    assert active_tenant() is None
    assert names(acme) == ["acme"]


def test_a_task_without_a_shop_or_with_a_forged_one_is_refused(make_shop):
    acme = make_shop("acme")
    with pytest.raises(NoTenant):
        run(None)
    with pytest.raises(signing.BadSignature):
        run(f"{acme.id.hex}:forged")
    with pytest.raises(signing.BadSignature):
        run(signing.Signer(salt="another").sign(acme.id.hex))
    with pytest.raises(UnknownTenant):
        run(sign_tenant(uuid4()))
    assert names(acme) == []


@pytest.mark.parametrize("values", [{"status": "suspended"}, {"availability": "moving"}, {"status": "cancelled"}])
def test_a_task_does_not_run_in_a_shop_that_is_not_open(make_shop, platform, values):
    acme = make_shop("acme")
    platform.update_tenant("acme", **values)
    directory.clear()
    with pytest.raises(TenantNotServing):
        run(sign_tenant(acme.id))
    assert names(acme) == []


def test_a_task_cannot_be_sent_without_a_shop():
    with pytest.raises(NoTenant):
        note_shop_task.delay("slug")


def test_the_header_says_which_shop_and_only_we_can_write_it():
    tenant_id = uuid4()
    assert read_tenant(sign_tenant(tenant_id)) == tenant_id
    with pytest.raises(signing.BadSignature):
        read_tenant(sign_tenant(tenant_id)[:-1])
