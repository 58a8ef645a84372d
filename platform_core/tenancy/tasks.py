"""Celery tasks that run inside a shop."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from celery.signals import task_postrun
from celery.utils import uuid
from django.core import signing

from platform_core.parking.watched import BROKER_DOWN, WatchedTask
from platform_core.tenancy import directory
from platform_core.tenancy.context import current_tenant, tenant_context
from platform_core.tenancy.errors import NoTenant, TenantNotServing
from platform_core.tenancy.fair_share import let_in, take_place, waiting_room
from platform_core.tenancy.gate import Gate, gate_of
from smartseller.queues import DEFAULT, ROUTES

HEADER = "smartseller_tenant"
SALT = "smartseller.tenancy.task"

logger = logging.getLogger(__name__)


class TenantTask(WatchedTask):
    """A task that carries its shop in a signed header, and enters it, if it is open, before it runs.

    Sent from inside a shop, or with `TenantTask.send_for`. Errors when run: NoTenant without a header,
    `signing.BadSignature` for a forged one, TenantNotServing for a shop that is not open (retried by
    the task's own policy).

    It enters its queue when its shop has a place there (`fair_share`). One that is sent for later, or again, or that
    expires, does so at once: there are few of these.
    """

    abstract = True
    not_its_fault = (TenantNotServing, NoTenant, signing.BadSignature)

    def shop_id(self) -> UUID | None:
        token = _token_of(self.request)
        try:
            return read_tenant(token) if token else None
        except signing.BadSignature:
            return None

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        headers = dict(options.pop("headers", None) or {})
        token = headers[HEADER] = headers.get(HEADER) or sign_tenant(current_tenant().id)
        if options.get("countdown") or options.get("eta") or options.get("expires"):
            return super().apply_async(args, kwargs, headers=headers, **options)
        queue, tenant_id = self._queue(options), read_tenant(token)
        options.setdefault("task_id", uuid())
        if _has_place(queue, tenant_id, options["task_id"]):
            return super().apply_async(args, kwargs, headers=headers, **options)
        room = waiting_room(queue, tenant_id)
        sent = super().apply_async(args, kwargs, headers=headers, **{**options, "queue": room, "declare": []})
        try:
            let_in(queue, tenant_id)  # what held the places may have ended meanwhile
        except BROKER_DOWN as error:  # it is sent all the same, and is let in by the recurring job
            logger.warning("a message of %s waits although there may be room: %s", self.name, error)
        return sent

    def _queue(self, options: Mapping[str, Any]) -> str:
        queue = options.get("queue") or ROUTES.get(self.name, {"queue": DEFAULT.value})["queue"]
        return str(getattr(queue, "name", queue))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        token = _token_of(self.request)
        if token is None:
            raise NoTenant(f"the shop of task {self.name}")
        tenant = directory.by_id(read_tenant(token))
        gate = gate_of(tenant)
        if gate is not Gate.OPEN:
            raise TenantNotServing(tenant.slug, gate.value)
        with tenant_context(tenant):
            return super().__call__(*args, **kwargs)


def _token_of(request: Any) -> str | None:
    token: str | None = getattr(request, HEADER, None) or (request.headers or {}).get(HEADER)
    return token


def _has_place(queue: str, tenant_id: UUID, message_id: str) -> bool:
    """Whether the message may enter its queue. A broker that does not answer says so itself when it is sent there."""
    try:
        return take_place(queue, tenant_id, message_id)
    except BROKER_DOWN:
        return True


def give_place_back(task: Any = None, task_id: str = "", **_: Any) -> None:
    """A message was worked on: the next of its shop may enter the queue."""
    token = _token_of(task.request)
    if token is None or not task.request.delivery_info or task.request.is_eager:
        return
    try:
        let_in(str(task.request.delivery_info.get("routing_key")), read_tenant(token), done=task_id)
    except (*BROKER_DOWN, signing.BadSignature) as error:
        logger.warning("the place of a message of %s is given back later: %s", task.name, error)


task_postrun.connect(give_place_back, dispatch_uid="tenancy.give_place_back")


def sign_tenant(tenant_id: UUID) -> str:
    """The header's value for a shop."""
    return signing.Signer(salt=SALT).sign(tenant_id.hex)


def read_tenant(token: str) -> UUID:
    """The shop of a header's value. Errors: `signing.BadSignature` when we did not sign it."""
    return UUID(signing.Signer(salt=SALT).unsign(token))
