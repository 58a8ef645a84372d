"""The names of the databases that the fleet makes for itself; shops' names follow from their slugs."""

import re
from uuid import uuid4

from django.conf import settings

from platform_core.tenants.slugs import LONGEST_DATABASE_NAME_BYTES

# `platform_core.tenants.slugs` reserves these words, so that no shop's database can have such a name.
TEMPLATE = "tenant_template"
SPARE = "spare"
SCRATCH = "scratch"


def template_name() -> str:
    """The database that new shops are cloned from."""
    return f"{settings.DATABASE_PREFIX}{TEMPLATE}"


def building_name() -> str:
    """A new name for a template that is being built."""
    return f"{template_name()}_building_{uuid4().hex[:8]}"


def outdated_name() -> str:
    """A new name for a template that makes room for a newer one."""
    return f"{template_name()}_old_{uuid4().hex[:8]}"


def spare_name() -> str:
    """A new name for a database that waits for a shop."""
    return f"{settings.DATABASE_PREFIX}{SPARE}_{uuid4().hex[:12]}"


def restored_name(slug: str) -> str:
    """A new name for a database that a backup of the shop `slug` is restored into. No slug leads to such a name."""
    ending = f"__{uuid4().hex[:8]}"
    room = LONGEST_DATABASE_NAME_BYTES - len(settings.DATABASE_PREFIX) - len(ending)
    return f"{settings.DATABASE_PREFIX}{slug.replace('-', '_')[:room]}{ending}"


def scratch_name() -> str:
    """A new name for a database that a backup is tried out in. No slug leads to such a name."""
    return f"{settings.DATABASE_PREFIX}_{SCRATCH}_{uuid4().hex[:12]}"


def is_scratch(name: str) -> bool:
    return re.fullmatch(rf"{re.escape(settings.DATABASE_PREFIX)}_{SCRATCH}_[0-9a-f]{{12}}", name) is not None


def is_spare(name: str) -> bool:
    return re.fullmatch(rf"{re.escape(settings.DATABASE_PREFIX)}{SPARE}_[0-9a-f]{{12}}", name) is not None


def is_template_leftover(name: str) -> bool:
    """Whether the name is one that a template has only while it is built or about to be dropped."""
    return re.fullmatch(rf"{re.escape(template_name())}_(building|old)_[0-9a-f]{{8}}", name) is not None
