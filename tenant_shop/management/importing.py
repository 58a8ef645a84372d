"""What the commands that import a file into a shop have in common."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from django.core.management.base import CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from platform_core.tenancy.commands import OPEN_OR_SUSPENDED, HelpAsWritten, TenantCommand, first_line
from platform_core.tenancy.context import TenantInfo
from tenant_shop.imports.drafts import Outcome

INTERRUPTED = 130
Tell = Callable[[int], None]


class FileReport(Protocol):
    """What an import says of itself; `notes` are sentences for people."""

    notes: list[str]
    rejects_file: Path | None

    @property
    def outcomes(self) -> dict[Outcome, int]: ...

    def as_json(self) -> dict[str, Any]: ...


Report = TypeVar("Report", bound=FileReport)


class ImportCommand(TenantCommand, Generic[Report]):
    """Reads one file into one shop, with a bar on stderr and the report on stdout. Subclasses say what is done with it.

    Exit codes: 0 read to the end, also with rejected rows; 1 the file or the shop's database could not be read; 2 wrong
    options; 130 interrupted.
    """

    works_in = OPEN_OR_SUSPENDED
    file_help = "a CSV file"

    def bring_in(self, path: Path, *, rejects: Path, tell: Tell, **options: Any) -> Report:
        """The import itself; `tell` hears how many of the file's bytes have been read."""
        raise NotImplementedError

    def table(self, tenant: TenantInfo, report: Report) -> str:
        """The report for people."""
        raise NotImplementedError

    def last_word(self, report: Report) -> str:
        """What is said to people after everything else; "" for nothing."""
        return ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser: CommandParser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = HelpAsWritten
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help=self.file_help)
        parser.add_argument("--json", action="store_true", help="print the report as one JSON document")
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="FILE",
            help="where rejected rows are written (default: <name of FILE>.<SLUG>.rejects.csv in the current folder)",
        )

    def handle(self, *args: Any, tenant: str | None, all_tenants: bool, **options: Any) -> None:
        if all_tenants:
            raise CommandError("A file is imported into one shop at a time: name it with --tenant.", returncode=2)
        super().handle(*args, tenant=tenant, all_tenants=False, **options)

    def handle_tenant(self, tenant: TenantInfo, **options: Any) -> None:
        path: Path = options.pop("file")
        name = Path(path.name.removesuffix(".xz")).stem
        rejects = options.pop("rejects") or Path(f"{name}.{tenant.slug}.rejects.csv")
        try:
            with reading(path) as tell:
                report = self.bring_in(path, rejects=rejects, tell=tell, **options)
        except (OperationalError, InterfaceError) as error:
            raise CommandError(
                f"The database of {tenant.slug} was lost on the way ({first_line(error)}). "
                "What was committed stays; run the same command again to go on."
            ) from error
        except KeyboardInterrupt as error:
            raise CommandError("Interrupted. Run the same command again to go on.", returncode=INTERRUPTED) from error
        for note in report.notes:
            self.stderr.write(note)
        if report.rejects_file is not None:
            self.stderr.write(f"Rejected rows: {report.outcomes[Outcome.REJECTED]}, in {report.rejects_file}")
        if last_word := self.last_word(report):
            self.stderr.write(last_word)
        self.stdout.write(json.dumps(report.as_json()) if options["json"] else self.table(tenant, report))


@contextmanager
def reading(path: Path) -> Iterator[Tell]:
    """One bar on stderr; tell it how many of the file's bytes have been read."""
    size = path.stat().st_size if path.is_file() else None
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(path.name, total=size)
        yield lambda done: progress.update(task, completed=done)
