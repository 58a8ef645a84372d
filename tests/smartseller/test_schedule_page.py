"""`docs/operations/queues.md` says what the code does: the jobs, their times and queues, and the limits."""

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab

from platform_core.parking.watched import MOST_STARTS, REFUSED_SECONDS
from platform_core.tenancy.awake import AWAKE_SECONDS, LOOK_EVERY_SECONDS
from smartseller.celery import TASK_SOFT_TIME_LIMIT_SECONDS, TASK_TIME_LIMIT_SECONDS, VISIBILITY_TIMEOUT_SECONDS
from smartseller.queues import ROUTES, Queue
from smartseller.schedule import FOR_EACH_SHOP, SCHEDULE, Job

PAGE = Path(__file__).parents[2] / "docs/operations/queues.md"


def when(schedule: timedelta | crontab) -> str:
    if isinstance(schedule, timedelta):
        if schedule < timedelta(minutes=1):
            return f"every {schedule.seconds} seconds"
        minutes = int(schedule.total_seconds() // 60)
        return {1: "every minute", 60: "every hour"}.get(minutes, f"every {minutes} minutes")
    (hour,), (minute,) = schedule.hour, schedule.minute
    return f"at {hour:02}:{minute:02} UTC"


def line(name: str, job: Job) -> str:
    arguments = job.get("kwargs", {})
    task = arguments["task_name"] if job["task"] == FOR_EACH_SHOP else job["task"]
    where = (
        "the platform"
        if job["task"] != FOR_EACH_SHOP
        else "shops that are awake"
        if arguments.get("only_awake")
        else "every shop"
    )
    return f"| {name} | `{task}` | {ROUTES[task]['queue']} | {when(job['schedule'])} | {where} |"


def table() -> list[str]:
    return [line(name, job) for name, job in SCHEDULE.items()]


def test_the_page_lists_every_job_and_no_other() -> None:
    text = PAGE.read_text()
    section = text.split("## The schedule\n")[1].split("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| ")][1:]
    assert rows == table()


def test_the_page_names_the_limits() -> None:
    text = PAGE.read_text()
    for said in (
        f"{VISIBILITY_TIMEOUT_SECONDS // 60} minutes",
        f"{TASK_TIME_LIMIT_SECONDS // 60} minutes",
        f"{TASK_SOFT_TIME_LIMIT_SECONDS // 60} minutes",
        f"begun {MOST_STARTS} times",
        f"{REFUSED_SECONDS // 3600} hours",
        f"{AWAKE_SECONDS // 60} minutes",
        f"{LOOK_EVERY_SECONDS // 60} minutes",
    ):
        assert said in text, said
    for queue in Queue:
        assert f"`{queue.value}`" in text


if __name__ == "__main__":
    print("\n".join(table()))
