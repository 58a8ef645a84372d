from typing import Any

from platform_core.fleet.setup import set_up_platform
from platform_core.management.operator import OperatorCommand
from smartseller.plurals import number_of


class Command(OperatorCommand):
    help = """Prepare this installation: everything between empty databases and the first shop.

Applies the platform's migrations, adds the database servers that the settings name, builds the template of
shops' databases when their migrations changed, and fills the pool of spare databases. What is there already
is left alone, so it is safe to run at every deployment."""

    def work(self, **options: Any) -> None:
        result = set_up_platform(say=self.say)
        self.answer(
            result,
            f"Ready after {result.seconds:.1f} s: {number_of(result.migrations, 'migration')} applied,"
            f" {number_of(result.templates, 'template')} built, {number_of(result.spares, 'spare database')} made.",
        )
