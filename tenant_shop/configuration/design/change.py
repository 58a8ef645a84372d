"""Working on the look: saving a draft, throwing it away, publishing it, going back to an earlier one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.theme import set_theme
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.design.errors import DraftChanged, NoDraft, VersionGone
from tenant_shop.configuration.design.pictures import discard_unused
from tenant_shop.configuration.design.read import DRAFT, HISTORY, mark_of_look, read_design
from tenant_shop.configuration.models import Setting

KEPT_VERSIONS = 5


def save_draft(config: Mapping[str, Any], *, by: str, seen: str = "") -> None:
    """Keep `config` as the draft in place of the one there was. Shoppers see nothing of it.

    `by` is how the person is called in the history, `seen` the mark of the look that they began with, if they say it.
    Errors: DraftChanged when that is another one by now; nothing changes then.
    """
    with shop_transaction():
        _locked()
        before = read_design()
        now = before.draft if before.draft is not None else current_tenant().theme
        if seen and seen != mark_of_look(now) and dict(config) != dict(now):
            raise DraftChanged(before.saved_by)
        _write(DRAFT, {"config": dict(config), "at": timezone.now().isoformat(), "by": by})
        discard_unused(before, live=current_tenant().theme)


def discard_draft() -> None:
    """Throw the draft away, if there is one."""
    with shop_transaction():
        _locked()
        before = read_design()
        Setting.objects.filter(key=DRAFT).delete()
        discard_unused(before, live=current_tenant().theme)


def publish_draft(
    *,
    user_id: UUID | None,
    by: str,
    metadata: Mapping[str, Any] | None = None,
    ip_address: str | None = None,
    user_agent: str | None = None,
) -> None:
    """Make the draft the live look, and keep the one it replaces among the last five.

    `metadata` goes into the audit log, where it is no person who publishes (`user_id` is None).
    The platform's database comes first: broken off between the two, the look is live and the draft still there.
    Errors: NoDraft; nothing changes then.
    """
    with shop_transaction():
        _locked()
        before = read_design()
        if before.draft is None:
            raise NoDraft
        replaced = set_theme(
            current_tenant().id,
            before.draft,
            user_id=user_id,
            metadata=metadata,
            ip_address=ip_address,
            user_agent=user_agent,
        )
        if replaced != before.draft:
            number = max((version.number for version in before.history), default=0) + 1
            latest = {
                "number": number, "config": dict(replaced), "at": timezone.now().isoformat(), "by": by,
            }  # fmt: skip
            earlier = [
                {
                    "number": version.number,
                    "config": dict(version.config),
                    "at": version.replaced_at.isoformat(),
                    "by": version.replaced_by,
                }
                for version in before.history
            ]
            _write(HISTORY, [latest, *earlier][:KEPT_VERSIONS])
        Setting.objects.filter(key=DRAFT).delete()
        discard_unused(before, live=before.draft)


def restore_version(number: int, *, by: str) -> None:
    """Make an earlier look the draft, to be looked at and published. Errors: VersionGone; nothing changes then."""
    found = next((version for version in read_design().history if version.number == number), None)
    if found is None:
        raise VersionGone(number)
    save_draft(found.config, by=by)


def _locked() -> None:
    """Two people who press at the same moment come one after the other."""
    Setting.objects.get_or_create(key=HISTORY, defaults={"value": []})
    Setting.objects.select_for_update(no_key=True).get(key=HISTORY)


def _write(key: str, value: Any) -> None:
    Setting.objects.update_or_create(key=key, defaults={"value": value})
