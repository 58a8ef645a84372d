"""What copying shops refuses, one class per cause."""

from smartseller.errors import NotReady, RuleViolation


class ArchiveUnusable(RuleViolation):
    """A file is no whole archive of a shop that this release can read; nothing was made."""

    code = "archive_unusable"
    status = 422

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The archive cannot be used: {reason}.")


class RowsDiffer(NotReady):
    """What was copied is not what was there; nothing of it was kept."""

    code = "rows_differ"

    def __init__(self, difference: str) -> None:
        self.difference = difference
        super().__init__(f"The copy differs from what was copied: {difference}.")


class SchemaDiffers(NotReady):
    """Two databases are not made the same way, so that rows of the one do not fit into the other."""

    code = "schema_differs"

    def __init__(self, difference: str) -> None:
        self.difference = difference
        super().__init__(
            f"The shop's database is not of this release: {difference}; `manage.py migrate_tenants` first."
        )


class ExportUnderWay(RuleViolation):
    """The shop is being exported already."""

    code = "export_under_way"

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"An archive of {slug} is being made already.")


class ExportGone(RuleViolation):
    """An archive is not there: it was never finished, its time is over, or its link is not ours."""

    code = "export_gone"
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such archive any more. Ask for a new one.")


class SandboxRefused(RuleViolation):
    """A shop cannot have a sandbox, as things stand; nothing was changed."""

    code = "sandbox_refused"

    def __init__(self, slug: str, reason: str) -> None:
        self.slug, self.reason = slug, reason
        super().__init__(f"{slug} gets no sandbox: {reason}.")
