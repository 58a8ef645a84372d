"""Doing one thing to many shops, several at a time: whoever is free takes the next."""

import heapq
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LONGEST_PAUSE_SECONDS = 10.0

# Hears how many more are done, and how many there are in all.
TellCount = Callable[[int, int], None]


def tell_nobody(done: int, total: int) -> None:
    """For callers that show no progress."""


class TryLater(Exception):
    """What was tried may succeed in a while; another item is taken meanwhile."""


@dataclass(order=True)
class _Task(Generic[Item]):
    due: float
    number: int
    attempt: int = field(compare=False)
    item: Item = field(compare=False)


class Crew(Generic[Item, Result]):
    """`parallel` threads that call `do(item, attempt)` for every item; the results come in the order of their end.

    `do` may raise TryLater, and is called again after a pause that doubles from `pause` seconds, with some chance in it
    so that not all come back together. Anything else that it raises ends the work, and is raised when all threads
    have ended: nobody may take what was left out for done. `close_thread` is called as each thread ends.
    """

    def __init__(
        self,
        items: Sequence[Item],
        do: Callable[[Item, int], Result],
        *,
        parallel: int,
        pause: float,
        close_thread: Callable[[], None] | None = None,
    ) -> None:
        self._tasks = [_Task(0.0, number, 1, item) for number, item in enumerate(items)]
        self._do, self._pause, self._close_thread = do, pause, close_thread
        self._changed = threading.Condition()
        self._stopped = False
        self._broken: Exception | None = None
        self._results: SimpleQueue[Result] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"fleet-{number}", daemon=True)
            for number in range(min(parallel, len(self._tasks)))
        ]

    def results(self, *, every: float) -> Iterator[list[Result]]:
        """What was finished, in lists that may be empty, at least once in `every` seconds until all threads ended."""
        for thread in self._threads:
            thread.start()
        while True:
            alive = any(thread.is_alive() for thread in self._threads)
            batch = self._batch(every if alive else 0)
            if batch or alive:
                yield batch
            elif self._broken is not None:
                raise self._broken
            else:
                return

    def _batch(self, seconds: float) -> list[Result]:
        deadline = time.monotonic() + seconds
        found: list[Result] = []
        while True:
            try:
                found.append(self._results.get(timeout=max(0.0, deadline - time.monotonic())))
            except Empty:
                return found
            if not any(thread.is_alive() for thread in self._threads):
                deadline = 0.0

    def stop(self) -> None:
        """Begin nothing more; what was begun is finished."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _work(self) -> None:
        try:
            while (task := self._next()) is not None:
                try:
                    self._results.put(self._do(task.item, task.attempt))
                except TryLater:
                    self._again(task)
        except Exception as error:
            self._broken = error
            self.stop()
        finally:
            if self._close_thread is not None:
                self._close_thread()

    def _next(self) -> _Task[Item] | None:
        with self._changed:
            while self._tasks and not self._stopped:
                wait = self._tasks[0].due - time.monotonic()
                if wait <= 0:
                    return heapq.heappop(self._tasks)
                self._changed.wait(wait)
            return None

    def _again(self, task: _Task[Item]) -> None:
        pause = min(self._pause * 2 ** (task.attempt - 1), LONGEST_PAUSE_SECONDS) * random.uniform(0.5, 1.5)  # noqa: S311
        with self._changed:
            due = time.monotonic() + pause
            heapq.heappush(self._tasks, _Task(due, task.number, task.attempt + 1, task.item))
            self._changed.notify()
