from typing import Any

from django.core.management.base import CommandParser

from platform_core.management.operator import OperatorCommand, add_json
from platform_core.management.tenants import WORDS


class Command(OperatorCommand):
    help = """Make shops and change their standing.

  manage.py tenant create --slug acme --name "Acme Outdoor" --owner-email ann@acme.example
  manage.py tenant list --json
  manage.py tenant suspend acme --reason "invoice 42 is overdue"

`create` may be repeated after an interruption with the same arguments: it goes on where it stopped.
Every word takes --json and prints one JSON document on stdout then. Exit codes: 0 done, 1 refused or failed
(one line says why), 2 wrong usage."""

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
        for word, (add_arguments, _, purpose) in WORDS.items():
            sub = words.add_parser(word, help=purpose, description=purpose[0].upper() + purpose[1:] + ".")
            add_arguments(sub)
            add_json(sub)

    def work(self, *, word: str, **options: Any) -> None:
        WORDS[word][1](self, options)
