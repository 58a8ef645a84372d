"""Who does something, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the audit log keeps of a person's request.

    `marks` goes into the entry's metadata: {"platform_staff": true} for one of the platform's own people,
    {"entered_by": "one_time_link"} for a session that began with the platform's link.
    """

    user_id: UUID | None
    ip_address: str | None = None
    user_agent: str | None = None
    marks: Mapping[str, Any] = field(default_factory=dict)
