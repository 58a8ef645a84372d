from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate

OWNER = "owner"


class Command(DjangoMigrate):
    """Django's own `migrate`, as the role that owns the tables: the role that serves requests may not change them."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == "default":
            options["database"] = OWNER
        super().handle(*args, **options)
