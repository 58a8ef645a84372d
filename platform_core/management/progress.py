"""How far a long command is, for whoever watches it on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn

from platform_core.fleet.provision.labels import label_of
from platform_core.fleet.provision.watch import Watch


@contextmanager
def counted(what: str) -> Iterator[Callable[[int, int], None]]:
    """Shows how many of all are done: what the block gets hears how many more are, and how many there are in all."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, total=total, advance=done)


@contextmanager
def steps_shown(say: Callable[[str], None], shop: str) -> Iterator[Watch]:
    """Shows which step of making `shop` runs and how much it has copied; where nobody looks, each step is a line."""
    with transfer_progress() as bar:
        task = bar.add_task(shop, total=None)

        def begins(step: str) -> None:
            if bar.disable:
                say(f"{shop}: {label_of(step)}")
            bar.update(task, description=f"{shop}: {label_of(step)}", completed=0)

        yield Watch(begins=begins, copied=lambda size: bar.advance(task, size))


def transfer_progress() -> Progress:
    """Bytes that went by, their speed, and the time; on stderr, and nothing when that is no terminal."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"), DownloadColumn(), TransferSpeedColumn(), TimeElapsedColumn(),
        console=console, disable=not console.is_terminal, transient=True,
    )  # fmt: skip
