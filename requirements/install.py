"""Make `.venv` and install one of the locked lists into it: `python3 requirements/install.py base|dev`.

Runs on the machine's own Python, with the standard library only. A list that was installed already (its digest is
written in `.venv`) costs nothing. Exit code 1 and one line on stderr when it cannot be done.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE.parent / ".venv"
OLDEST_PYTHON = (3, 11)


def main() -> int:
    if sys.version_info < OLDEST_PYTHON:
        return refuse(f"SmartSeller needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if sys.argv[1:] not in (["base"], ["dev"]):
        return refuse("Say which list: base or dev.")
    requirements = HERE / (sys.argv[1] + ".txt")
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = VENV / (sys.argv[1] + ".digest")
    try:
        if stamp.exists() and stamp.read_text() == digest:
            return 0
        if not (VENV / "bin" / "pip").exists():
            VENV.mkdir(exist_ok=True)
            print("Making the virtual environment .venv …", flush=True)
            if run(sys.executable, "-m", "venv", "--clear", str(VENV)):
                return refuse("Python cannot make virtual environments here; on Debian: apt-get install python3-venv")
        print(f"Installing requirements/{requirements.name} …", flush=True)
        # Ready-made packages only: without a compiler, building one would end in pages of errors.
        done = run(
            str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--no-input", "--require-hashes", "--only-binary", ":all:", "--requirement", str(requirements),
        )  # fmt: skip
        if done:
            return refuse("The requirements cannot be installed on this machine: " + done)
        stamp.write_text(digest)
    except OSError as error:
        return refuse(f"Cannot write to {VENV}: {error.strerror}.")
    return 0


def run(*command: str) -> str:
    """Run `command` quietly; its last error line when it failed, else nothing."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or [f"exit code {done.returncode}"])[-1]


def refuse(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
