"""The manners of the operator's commands: answers on stdout, progress on stderr, refusals in one line."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any, NoReturn
from uuid import UUID

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from rich.console import Console, RenderableType
from rich.table import Table

from platform_core.audit.acting import commanded
from platform_core.tenancy.commands import HelpAsWritten, first_line
from platform_core.tenants.models import Tenant
from smartseller.errors import SmartSellerError

# Columns: wider than anything that is written.
UNWRAPPED = 10_000


class Refused(CommandError):
    """What was asked for was understood and not done; Django prints the class's name and the sentence."""


class Failed(CommandError):
    """It could not be tried or finished."""


class OperatorCommand(BaseCommand):
    """A command for operators. `--json` prints one document on stdout; everything else goes to stderr then.

    Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
    """

    _json = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=HelpAsWritten, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        self._json = bool(options.get("json"))
        try:
            with commanded(f"manage.py {type(self).__module__.rpartition('.')[2]}"):
                self.work(**options)
        except SmartSellerError as error:
            raise (Failed if error.status >= 500 else Refused)(str(error)) from error
        except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
            raise Failed(f"the database server did not do it: {first_line(error)}") from error

    def work(self, *args: Any, **options: Any) -> None:
        """What the command does; subclasses define it with the options that they read."""
        raise NotImplementedError

    def say(self, line: str) -> None:
        """A line of progress."""
        self.stderr.write(line, style_func=lambda text: text)

    def answer(self, document: Any, text: RenderableType) -> None:
        """The result: `document` (a dataclass, or what JSON can hold) with `--json`, else `text` for people."""
        if self._json:
            self.stdout.write(json.dumps(asdict(document) if is_dataclass(document) else document, default=str))  # type: ignore[arg-type]
        else:
            self.stdout.write(rendered(text, colour=self.stdout.isatty()))

    def refuse(self, sentence: str) -> NoReturn:
        raise Refused(sentence)

    def refuse_unreachable(self, unreachable: Mapping[str, str]) -> None:
        """End with exit code 1 when a server could not be asked; `unreachable` is why, by server."""
        if unreachable:
            reasons = "; ".join(f"{server}: {reason}" for server, reason in unreachable.items())
            raise Failed(f"could not be asked: {reasons}")


def add_json(parser: CommandParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")


def rendered(text: RenderableType, *, colour: bool) -> str:
    """`text` as it is written to a terminal (in `colour`), or to a file or pipe, where no line is ever wrapped."""
    page = io.StringIO()
    console = Console(file=page, force_terminal=colour, width=None if colour else UNWRAPPED, highlight=False)
    console.print(text)
    return page.getvalue().rstrip("\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> Table:
    """A plain table; a column whose name ends with ` ms` is set right."""
    found = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        found.add_column(column, justify="right" if column in ("ms", "spares", "shops") else "left", overflow="fold")
    for row in rows:
        found.add_row(*(str(cell) for cell in row))
    return found


def tenant_id_of(slug: str) -> UUID:
    """The id of the shop `slug`. Errors: Refused when there is none."""
    found = Tenant.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise Refused(f"There is no shop “{slug}”.")
    return found
