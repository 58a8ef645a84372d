"""Any command finds a fresh checkout prepared, but for those that prepare it themselves or need it empty."""

from types import SimpleNamespace

import pytest

from smartseller import command_line


@pytest.mark.parametrize(("command", "prepared"), [("tenant", 1), ("setup", 0), ("restore_platform", 0)])
def test_an_empty_platform_is_prepared_unless_the_command_needs_it_empty(
    command: str, prepared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    server = SimpleNamespace(ensure_running=lambda servers: None, EmbeddedServerError=RuntimeError)
    monkeypatch.setattr(command_line, "embedded", server)
    monkeypatch.setattr(command_line, "_set_up_once", lambda dsn: done.append("prepared"))
    monkeypatch.setattr(command_line, "execute_from_command_line", lambda argv: done.append(argv[1]))
    assert command_line.run(["manage.py", command]) == 0
    assert done == ["prepared"] * prepared + [command]


def test_ctrl_c_ends_a_command_with_one_line_and_its_own_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(argv: list[str]) -> None:
        raise KeyboardInterrupt

    server = SimpleNamespace(ensure_running=lambda servers: None, EmbeddedServerError=RuntimeError)
    monkeypatch.setattr(command_line, "embedded", server)
    monkeypatch.setattr(command_line, "_set_up_once", lambda dsn: None)
    monkeypatch.setattr(command_line, "execute_from_command_line", interrupted)
    assert command_line.run(["manage.py", "backup", "--all"]) == 130
    assert capsys.readouterr().err.strip().splitlines() == [
        "Interrupted. The same command, or `manage.py reconcile --fix`, carries on or tidies up."
    ]
