"""What `docker/compose.yaml` starts exists, and starts: its commands are the project's own, with settings that hold."""

import os
import re
import shlex
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from smartseller.queues import Queue

TOP = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((TOP / "docker/compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (TOP / "docker/Dockerfile").read_text()
# Started on demand only.
OPTIONAL = {"elasticsearch", "clickhouse"}
FOR_BOTO = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
# The image, or this file's own servers, decide about it; or it is a checkout's.
NOT_OF_A_COMPOSITION = {
    "PORT", "SMARTSELLER_DATA_DIR", "SMARTSELLER_EMBEDDED_DURABLE", "SMARTSELLER_WAL_ARCHIVE", "DJANGO_DEBUG",
    "TENANT_DATABASE_URL", "TENANT_DATABASE_OWNER_URL", "TENANT_DATABASE_REPLICATION_URL", "DATABASE_SERVERS",
    "DATABASE_PREFIX", "DATABASE_APP_ROLE", "DATABASE_OWNER_ROLE", "PLATFORM_SCHEME", "BEHIND_TLS_PROXY",
    "SECURE_SSL_REDIRECT", "STATIC_ROOT", "STATIC_COLLECTED",
}  # fmt: skip
OURS = {name: service for name, service in SERVICES.items() if service.get("build", {}).get("target") == "application"}


def environment() -> dict[str, str]:
    """What a service gets, with values that may stand in a URL."""
    values = {
        name: re.sub(r"\$\{\w+:\?\}", "secretvalue", str(text))
        for name, text in OURS["web"]["environment"].items()
        if text is not None
    }
    values["DJANGO_SECRET_KEY"] = string.ascii_letters
    values["PLATFORM_DOMAIN"] = "shops.example"
    return {**os.environ, **values, "DJANGO_SETTINGS_MODULE": "smartseller.settings.production"}


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, *shlex.split(code)], cwd=TOP, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_web_worker_beat_setup_and_what_they_need_are_there() -> None:
    assert set(OURS) == {"setup", "web", "worker", "outside", "background", "beat"}
    assert set(SERVICES) - set(OURS) - OPTIONAL == {"postgres", "pgbouncer", "valkey", "caddy"}
    for name, service in SERVICES.items():
        for needed in service.get("depends_on", {}):
            assert needed in SERVICES, name


def test_workers_take_from_every_queue_together_and_one_beat_sends() -> None:
    commands = [service["command"] for service in OURS.values() if "worker" in service.get("command", [])]
    taken = [queue for command in commands for queue in command[command.index("--queues") + 1].split(",")]
    assert sorted(taken) == sorted(queue.value for queue in Queue)
    assert sum("beat" in service.get("command", []) for service in OURS.values()) == 1


def test_requests_go_through_pgbouncer_and_ddl_does_not() -> None:
    values = OURS["web"]["environment"]
    assert "@pgbouncer:6432/" in values["DATABASE_URL"]
    assert "@postgres:5432/" in values["DATABASE_OWNER_URL"]
    assert values["DATABASE_BEHIND_PGBOUNCER"] == "true"


def test_what_nothing_needs_is_started_on_demand_only_and_listens_to_nobody_outside() -> None:
    for name in OPTIONAL:
        assert SERVICES[name]["profiles"] == [name]
        assert "ports" not in SERVICES[name]
        assert not [other for other in SERVICES.values() if name in other.get("depends_on", {})]
    assert {name for name, service in SERVICES.items() if "profiles" in service} == OPTIONAL


def test_every_variable_is_explained_and_what_is_explained_reaches_the_services() -> None:
    explained = set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", (TOP / ".env.example").read_text(), re.MULTILINE))
    taken = set(OURS["web"]["environment"])
    assert taken - explained == FOR_BOTO
    assert explained - taken == NOT_OF_A_COMPOSITION


def test_the_image_is_built_in_stages_runs_as_nobody_special_and_from_wheels() -> None:
    stages = re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.MULTILINE)
    assert stages == ["packages", "application", "pgbouncer"]
    application = DOCKERFILE.split(" AS application\n")[1].split("\nFROM")[0]
    assert application.index("collectstatic") < application.index("\nUSER smartseller\n") < application.index("\nCMD [")
    assert "pip install" not in application
    assert "--require-hashes --only-binary :all:" in DOCKERFILE
    for source in re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE):
        assert (TOP / source.replace("${REQUIREMENTS}", "base")).exists()


def test_what_is_mounted_is_there() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (TOP / "docker" / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]


def test_caddy_asks_before_it_gets_a_certificate_and_shows_nobody_what_is_internal() -> None:
    caddy = (TOP / "docker/caddy/Caddyfile").read_text()
    assert "ask http://web:8000/tls-ask" in caddy
    assert "@internal path /tls-ask /metrics" in caddy


@pytest.mark.slow
def test_the_settings_of_the_composition_are_fit_for_production() -> None:
    assert "no issues" in run("manage.py check --deploy --fail-level WARNING")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(OURS))
def test_what_a_service_starts_is_understood(name: str) -> None:
    """With `--help`: the program is there, and knows each option of the command."""
    command = OURS[name].get("command") or re.search(r"^CMD (\[.*?\])$", DOCKERFILE, re.MULTILINE | re.DOTALL)
    words = command if isinstance(command, list) else yaml.safe_load(command[1].replace("\\\n", ""))
    assert words[0] == "python"
    told = run(shlex.join([*words[1:], "--help"]))
    for word in words[1:]:
        if word.startswith("--") and word != "--help":
            assert word in told, word
