from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from platform_core.tenancy.commands import HelpAsWritten
from smartseller import catalogues
from smartseller.plurals import number_of


class Command(BaseCommand):
    help = """Bring the catalogues in locale/ in step with the texts in the code, and compile them.

  manage.py translations            new texts get an empty place, lost ones go; says what is left to translate
  manage.py translations --check    changes nothing; fails when a catalogue is not complete and compiled

docs/languages.md says how a text is translated."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=HelpAsWritten, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when something is missing")

    def handle(self, *, check: bool, **options: Any) -> None:
        texts = catalogues.texts_in_code()
        left = 0
        for language in catalogues.languages():
            if not check:
                catalogues.write(language, catalogues.in_step(language, texts))
            found = catalogues.problems(language, texts)
            left += len(found)
            for problem in found:
                self.stdout.write(f"{language}: {problem}")
        if check and left:
            raise CommandError(
                f"{number_of(left, 'thing is', 'things are')} missing in the catalogues; run manage.py translations."
            )
        self.stdout.write(f"{len(texts)} texts in {len(catalogues.languages())} languages, {left} things to do.")
