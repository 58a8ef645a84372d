"""A run over the shops: canaries first, then waves, written down as it goes, taken up again after any end."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from platform_core.fleet.errors import FleetBusy
from platform_core.fleet.migrate import ledger
from platform_core.fleet.migrate.choose import MigrationOrder, by_ids, chosen, moving
from platform_core.fleet.migrate.crew import Crew
from platform_core.fleet.migrate.errors import MigrationBusy, RunOutdated, ScriptMissing, UnknownRun
from platform_core.fleet.migrate.ledger import Outcome
from platform_core.fleet.migrate.models import (
    MigrationKind,
    MigrationRun,
    MigrationRunState,
    ShopMigration,
    ShopMigrationState,
)
from platform_core.fleet.migrate.one import Work
from platform_core.fleet.migrate.script import Script, from_json, newest_of
from platform_core.fleet.migrate.shop import Shop
from platform_core.fleet.migrate.workers import close_child
from platform_core.fleet.models import TemplateVersion
from platform_core.fleet.servers import OwnerConnection, only_one, owner_connection
from platform_core.fleet.template import schema_digest, silent
from smartseller.plurals import number_of

PLATFORM_SERVER = "primary"
# Seconds between two entries in the ledger, for all that was finished in between.
NOTE_EVERY_SECONDS = 0.2
LAST = "last"

# Hears what was finished, and how many shops there are to do in all.
Tell = Callable[[Sequence[Outcome], int], None]


def tell_nobody(outcomes: Sequence[Outcome], total: int) -> None:
    """For callers that show no progress."""


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """A run as it ended: its shops by what became of them, and every one that is not done with the reason."""

    run_id: UUID
    kind: str
    state: str
    target: str
    counts: dict[str, int]
    failures: list[dict[str, str]]
    left_out: list[str]
    seconds: float
    error: str

    @property
    def is_good(self) -> bool:
        return self.state == MigrationRunState.SUCCEEDED


class Pause:
    """The operator's wish to stop: nothing is begun after it, what was begun is finished."""

    def __init__(self) -> None:
        self.wished = False
        self.crew: Crew[Shop, Outcome] | None = None

    def wish(self) -> None:
        self.wished = True
        if self.crew is not None:
            self.crew.stop()


def migrate_shops(
    order: MigrationOrder,
    *,
    tell: Tell = tell_nobody,
    say: Callable[[str], None] = silent,
    pause: Pause | None = None,
) -> RunReport:
    """Bring the chosen shops to this release's schema. The template must have been built: `prepare_fleet` does.

    Every shop ends with exactly the migrations of this release or as it was, whatever dies meanwhile, and
    `resume_run` goes on. At most twice `parallel`, and three, connections to the servers are open at once.
    Errors: MigrationBusy while another process does it; UnknownShops; ScriptMissing.
    """
    with alone():
        digest = schema_digest()
        script = recorded_script(digest)
        waves, left_out = chosen(order, quarantined=ledger.in_quarantine(digest))
        run = ledger.begin(
            MigrationKind.MIGRATE,
            target=newest_of(migration.key for migration in script),
            digest=digest,
            options=order.as_json(),
            waves=[[shop.id for shop in wave] for wave in waves],
        )
        say(f"run {run.pk}: {number_of(sum(map(len, waves)), 'shop')} to {run.target}")
        return walk(run, order, script, None, tell=tell, say=say, pause=pause or Pause(), left_out=left_out)


def resume_run(
    run_id: str,
    *,
    tell: Tell = tell_nobody,
    say: Callable[[str], None] = silent,
    pause: Pause | None = None,
) -> RunReport:
    """Go on with a run ("last": the newest) that was killed, paused, stopped, or left shops undone: all of those.

    Its own options hold, and its error budget begins anew. Errors: as `migrate_shops`; UnknownRun; RunOutdated.
    """
    with alone():
        run = find_run(run_id)
        digest = schema_digest()
        if run.schema_digest != digest:
            raise RunOutdated(run.pk, run.target)
        script = recorded_script(digest)
        order = MigrationOrder.from_json(run.options)
        ledger.take_up(run)
        return walk(run, order, script, None, tell=tell, say=say, pause=pause or Pause(), left_out=[])


def find_run(run_id: str) -> MigrationRun:
    """Errors: UnknownRun."""
    try:
        runs = MigrationRun.objects.filter(kind=MigrationKind.MIGRATE)
        runs = runs if run_id == LAST else runs.filter(pk=run_id)
    except (ValidationError, ValueError):
        raise UnknownRun(run_id) from None
    run = runs.order_by("-started_at").first()
    if run is None:
        raise UnknownRun(run_id)
    return run


def recorded_script(digest: str) -> Script:
    """The SQL of this release's migrations as some template's building recorded it. Errors: ScriptMissing."""
    found = (
        TemplateVersion.objects.filter(schema_digest=digest, script__isnull=False, built_at__isnull=False)
        .values_list("script", flat=True)
        .first()
    )
    if found is None:
        raise ScriptMissing
    return from_json(found)


@contextmanager
def alone() -> Iterator[OwnerConnection]:
    """Hold the right to migrate shops; it ends with this process. Errors: MigrationBusy, which names who has it."""
    with owner_connection(PLATFORM_SERVER) as connection, ExitStack() as stack:
        try:
            stack.enter_context(only_one(connection, ledger.WORK))
        except FleetBusy:
            run = MigrationRun.objects.filter(state=MigrationRunState.RUNNING).first()
            raise MigrationBusy((run.pk, run.host, run.pid, run.started_at) if run else None) from None
        yield connection


def walk(
    run: MigrationRun,
    order: MigrationOrder,
    script: Script,
    undo: Script | None,
    *,
    tell: Tell,
    say: Callable[[str], None],
    pause: Pause,
    left_out: list[str],
) -> RunReport:
    """Do what is left of a run that is written down, and write its end down."""
    work = Work(script=script, lock_timeout=order.lock_timeout, retries=order.retries, undo=undo)
    todo = _todo(run)
    total = sum(map(len, todo.values()))
    state, error, failed = MigrationRunState.SUCCEEDED, "", 0
    for wave, shops in sorted(todo.items()):
        name = "canaries" if wave == 0 else f"wave {wave}"
        say(f"{name}: {number_of(len(shops), 'shop')}")
        budget = None if wave == 0 else order.error_budget - failed
        bad = _wave(run, order, work, shops, budget=budget, tell=lambda outcomes: tell(outcomes, total), pause=pause)
        failed += bad
        if wave == 0 and bad:
            state, error = MigrationRunState.STOPPED, "a canary failed"
        elif failed > order.error_budget:
            state, error = (
                MigrationRunState.STOPPED,
                f"{number_of(failed, 'shop')} failed, and the error budget is {order.error_budget}",
            )
        elif pause.wished:
            state, error = MigrationRunState.PAUSED, "paused by the operator"
        if state != MigrationRunState.SUCCEEDED:
            break
    undone = ShopMigration.objects.filter(run=run).exclude(
        state__in=(ShopMigrationState.SUCCEEDED, ShopMigrationState.CURRENT)
    )
    if state == MigrationRunState.SUCCEEDED and undone.exists():
        state, error = MigrationRunState.FAILED, "not every shop is done"
    ledger.finish(run, state, error)
    return report_of(run, left_out=left_out)


def _todo(run: MigrationRun) -> dict[int, list[Shop]]:
    rows = ShopMigration.objects.filter(run=run).exclude(
        state__in=(ShopMigrationState.SUCCEEDED, ShopMigrationState.CURRENT)
    )
    waves = dict(rows.values_list("tenant_id", "wave"))
    todo: dict[int, list[Shop]] = {}
    for tenant_id, shop in by_ids(waves).items():
        todo.setdefault(waves[tenant_id], []).append(shop)
    # A shop that was closed for good meanwhile needs nothing.
    rows.exclude(tenant_id__in=[shop.id for shops in todo.values() for shop in shops]).delete()
    return todo


def _wave(
    run: MigrationRun,
    order: MigrationOrder,
    work: Work,
    shops: list[Shop],
    *,
    budget: int | None,
    tell: Callable[[Sequence[Outcome]], None],
    pause: Pause,
) -> int:
    """How many of `shops` failed in a way that counts; more than `budget`, and no further one was begun.

    None is the canaries' budget: every one of them has to be done, whatever the reason that it is not.
    """
    away = moving()
    left_alone = [_left_alone(shop) for shop in shops if shop.id in away]
    _note(run, left_alone, tell)
    staying = [shop for shop in shops if shop.id not in away]
    failed = [outcome for outcome in left_alone if budget is None]

    def do(shop: Shop, attempt: int) -> Outcome:
        outcome = work(shop, attempt)
        if not outcome.is_good and (outcome.counts or budget is None):
            failed.append(outcome)
            if len(failed) > (budget or 0):
                crew.stop()  # here, not where outcomes are written down: many more may be done until then
        return outcome

    crew = Crew(staying, do, parallel=order.parallel, pause=order.pause, close_thread=close_child)
    pause.crew = crew
    if pause.wished or len(failed) > (budget or 0):
        return len(failed)
    try:
        for outcomes in crew.results(every=NOTE_EVERY_SECONDS):
            _note(run, outcomes, tell)
    finally:
        crew.stop()
        pause.crew = None
    return len(failed)


def _left_alone(shop: Shop) -> Outcome:
    return Outcome(
        shop=shop,
        state=ShopMigrationState.FAILED,
        attempts=0,
        error="It is being moved to another server.",
        counts=False,
    )


def _note(run: MigrationRun, outcomes: list[Outcome], tell: Callable[[Sequence[Outcome]], None]) -> None:
    if outcomes:
        ledger.note(run.pk, outcomes)
        tell(outcomes)


def report_of(run: MigrationRun, *, left_out: Sequence[str] = ()) -> RunReport:
    """What is written down of a run."""
    rows = ShopMigration.objects.filter(run=run)
    bad = rows.filter(state__in=(ShopMigrationState.FAILED, ShopMigrationState.QUARANTINED))
    end = run.finished_at or timezone.now()
    return RunReport(
        run_id=run.pk,
        kind=run.kind,
        state=ledger.state_of(run),
        target=run.target,
        counts=dict(sorted(Counter(rows.values_list("state", flat=True)).items())),
        failures=[
            {"shop": slug, "state": state, "error": error}
            for slug, state, error in bad.order_by("tenant__slug").values_list("tenant__slug", "state", "error")
        ],
        left_out=list(left_out),
        seconds=round((end - run.started_at).total_seconds(), 2),
        error=run.error,
    )
