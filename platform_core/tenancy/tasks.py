"""Celery tasks that run inside a shop."""

from typing import Any
from uuid import UUID

from celery import Task
from django.core import signing

from platform_core.tenancy import directory
from platform_core.tenancy.context import current_tenant, tenant_context
from platform_core.tenancy.errors import NoTenant, TenantNotServing
from platform_core.tenancy.gate import Gate, gate_of

HEADER = "smartseller_tenant"
SALT = "smartseller.tenancy.task"


class TenantTask(Task):  # type: ignore[misc]
    """A task that carries its shop in a signed header, and enters it, if it is open, before it runs.

    Sent from inside a shop, or with `TenantTask.send_for`. Errors when run: NoTenant without a header,
    `signing.BadSignature` for a forged one, TenantNotServing for a shop that is not open (retried by
    the task's own policy).
    """

    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        headers = dict(options.pop("headers", None) or {})
        headers.setdefault(HEADER, sign_tenant(current_tenant().id))
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        token = getattr(self.request, HEADER, None) or (self.request.headers or {}).get(HEADER)
        if token is None:
            raise NoTenant(f"the shop of task {self.name}")
        tenant = directory.by_id(read_tenant(token))
        gate = gate_of(tenant)
        if gate is not Gate.OPEN:
            raise TenantNotServing(tenant.slug, gate.value)
        with tenant_context(tenant):
            return super().__call__(*args, **kwargs)


def sign_tenant(tenant_id: UUID) -> str:
    """The header's value for a shop."""
    return signing.Signer(salt=SALT).sign(tenant_id.hex)


def read_tenant(token: str) -> UUID:
    """The shop of a header's value. Errors: `signing.BadSignature` when we did not sign it."""
    return UUID(signing.Signer(salt=SALT).unsign(token))
