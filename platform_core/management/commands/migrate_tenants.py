import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.console import Console, Group, RenderableType
from rich.progress import Progress

from platform_core.fleet.migrate.choose import MigrationOrder
from platform_core.fleet.migrate.ledger import Outcome
from platform_core.fleet.migrate.plan import MigrationPlan, plan_migration
from platform_core.fleet.migrate.run import Pause, RunReport, migrate_shops, resume_run
from platform_core.fleet.setup import set_up_platform
from platform_core.management.numbers import at_once, lock_timeout, whole
from platform_core.management.operator import OperatorCommand, table
from platform_core.management.progress import counted
from smartseller.plurals import number_of

DEFAULTS = MigrationOrder()


class Command(OperatorCommand):
    help = """Bring shops' databases to this release's schema.

  manage.py migrate_tenants --all --canary acme,fernmoor
  manage.py migrate_tenants --tenant acme --tenant kasumino
  manage.py migrate_tenants --resume last

First the platform's own database, then the template of new shops, then the spare databases; then the canaries, one
of which that fails stops the run; then the other shops in waves. A shop is migrated in one transaction, or left as it
was. Every step is written down: after a kill, a pause (Ctrl-C) or a stop, --resume goes on with what is left and
tries again what failed. A shop whose database refuses a migration is in quarantine: --all leaves it out until the
migrations change, it is named, or --retry-quarantined is given.
Exit code 1 when a shop is left that is not done."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--tenant", metavar="SLUG", action="append", dest="tenants", help="a shop; may be repeated")
        which.add_argument(
            "--all", action="store_true", dest="all_shops", help="every shop that is not closed for good"
        )
        which.add_argument("--resume", metavar="RUN", help="go on with a run, by its id, or `last`")
        parser.add_argument("--canary", metavar="SLUG,…", default="", help="shops to migrate before all others")
        parser.add_argument("--wave", type=whole(), default=DEFAULTS.wave, help=f"shops in a wave ({DEFAULTS.wave})")
        parser.add_argument(
            "--parallel", type=at_once, default=DEFAULTS.parallel, help=f"shops at once ({DEFAULTS.parallel})"
        )
        parser.add_argument(
            "--lock-timeout",
            type=lock_timeout,
            default=DEFAULTS.lock_timeout,
            metavar="SECONDS",
            help=f"wait no longer for a lock: shoppers wait behind (again after a pause) ({DEFAULTS.lock_timeout:g})",
        )
        parser.add_argument(
            "--error-budget",
            type=whole(least=0),
            default=DEFAULTS.error_budget,
            metavar="SHOPS",
            help=f"stop when more shops than this failed ({DEFAULTS.error_budget})",
        )
        parser.add_argument("--retry-quarantined", action="store_true", help="visit shops in quarantine, too")
        parser.add_argument(
            "--plan", action="store_true", help="look at every shop, say what would be done, do nothing"
        )

    def work(
        self,
        *,
        tenants: list[str] | None,
        canary: str,
        wave: int,
        parallel: int,
        lock_timeout: float,
        error_budget: int,
        retry_quarantined: bool,
        resume: str | None,
        plan: bool,
        **options: Any,
    ) -> None:
        order = MigrationOrder(
            slugs=tuple(dict.fromkeys(tenants or ())),
            canaries=tuple(slug.strip() for slug in canary.split(",") if slug.strip()),
            wave=wave,
            parallel=parallel,
            lock_timeout=lock_timeout,
            error_budget=error_budget,
            retry_quarantined=retry_quarantined,
        )
        if resume is not None and order != DEFAULTS:
            raise CommandError("a run that goes on keeps its own options: --resume goes with none.", returncode=2)
        if plan:
            if resume is not None:
                raise CommandError("--plan and --resume do not go together.", returncode=2)
            with counted("shops") as show:
                found = plan_migration(order, tell=show)
            self.answer(found, plan_text(found))
            if found.problems:
                self.refuse(f"{number_of(len(found.problems), 'shop')} could not be migrated as things are.")
            return
        set_up_platform(say=self.say, pass_over=True)
        with progress(self.say) as (tell, pause):
            report = (
                migrate_shops(order, tell=tell, say=self.say, pause=pause)
                if resume is None
                else resume_run(resume, tell=tell, say=self.say, pause=pause)
            )
        self.answer(report, report_text(report))
        if not report.is_good:
            self.refuse(f"{report.error}. Go on with: manage.py migrate_tenants --resume {report.run_id}")


@contextmanager
def progress(say: Any) -> Iterator[tuple[Any, Pause]]:
    """Shows the run's progress on stderr, each failure on a line; the first Ctrl-C or TERM asks the run to pause."""
    pause = Pause()

    def ask(number: int, frame: FrameType | None) -> None:
        say("pausing: what was begun is finished (once more: end at once)")
        for restored, handler in before.items():
            signal.signal(restored, handler)
        pause.wish()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    console = Console(stderr=True)
    try:
        with Progress(console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("shops", total=None)

            def tell(outcomes: Sequence[Outcome], total: int) -> None:
                bar.update(task, total=total, advance=len(outcomes))
                for outcome in outcomes:
                    if not outcome.is_good:
                        say(f"{outcome.shop.slug}: {outcome.state.value}: {outcome.error}")

            yield tell, pause
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def report_text(report: RunReport) -> RenderableType:
    """A run for people."""
    counts = ", ".join(f"{count} {state}" for state, count in report.counts.items()) or "no shops"
    parts: list[RenderableType] = [
        f"Run {report.run_id}: {report.state} after {report.seconds:.1f} s, to {report.target}: {counts}."
    ]
    if report.failures:
        rows = [list(failure.values()) for failure in report.failures]
        parts += ["", table(["shop", "state", "why"], rows)]
    if report.left_out:
        parts += ["", f"Left out, in quarantine: {', '.join(report.left_out)} (--retry-quarantined visits them)."]
    return Group(*parts)


def plan_text(plan: MigrationPlan) -> RenderableType:
    """A plan for people."""
    rows = [
        (
            len(group.shops), group.version or "none", migration.name,
            "Python" if migration.needs_python else "SQL", "yes" if migration.atomic else "no",
        )
        for group in plan.groups
        for migration in group.migrations
    ]  # fmt: skip
    parts: list[RenderableType] = [f"To {plan.target}: {number_of(plan.current, 'shop needs', 'shops need')} nothing."]
    if rows:
        parts += ["", table(["shops", "at", "migration", "how", "in one transaction"], rows)]
    if plan.problems:
        parts += ["", table(["shop", "why not"], sorted(plan.problems.items()))]
    if plan.left_out:
        parts += ["", f"Left out, in quarantine: {', '.join(plan.left_out)}."]
    return Group(*parts)
