"""Setting a task aside, and letting it go."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.utils import timezone

LONGEST_ERROR = 1000


def digest_of(task: str, args: Sequence[Any], kwargs: Mapping[str, Any], tenant_id: UUID | None) -> str:
    """Names a task with its arguments and its shop."""
    said = json.dumps([task, list(args), dict(kwargs), str(tenant_id or "")], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def park(
    task: str, args: Sequence[Any], kwargs: Mapping[str, Any], tenant_id: UUID | None, *, reason: str, error: str
) -> None:
    """Set a task aside. One that is set aside already is counted; what killed its worker once stays known for it.

    Errors: DatabaseError.
    """
    parked = apps.get_model("platform_core", "ParkedTask")
    digest = digest_of(task, args, kwargs, tenant_id)
    with transaction.atomic():
        row, is_new = parked.objects.get_or_create(
            digest=digest,
            defaults={
                "task": task,
                "args": json.loads(json.dumps(list(args), default=str)),
                "kwargs": json.loads(json.dumps(dict(kwargs), default=str)),
                "tenant_id": tenant_id,
                "reason": reason,
                "error": error[:LONGEST_ERROR],
            },
        )
        if not is_new:
            changed = {"reason": reason} if reason == parked.Reason.KILLED else {}
            parked.objects.filter(pk=row.pk).update(
                failures=F("failures") + 1, last_at=timezone.now(), error=error[:LONGEST_ERROR], **changed
            )


def unpark(digest: str) -> None:
    """It succeeded after all. Errors: DatabaseError."""
    apps.get_model("platform_core", "ParkedTask").objects.filter(digest=digest).delete()
