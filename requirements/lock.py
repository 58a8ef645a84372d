"""Resolve `pyproject.toml` into `base.txt`, `stripe.txt` and `dev.txt`: `python3 requirements/lock.py`.

The compiler is installed into a throwaway environment. The lists hold versions and hashes, no addresses, so that every
machine installs from the registry it is set up for.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST_PYTHON = "3.11"
# Each list, and what of `pyproject.toml` it holds beside the dependencies that everybody needs.
LISTS = (
    ("base", []),
    ("stripe", ["--extra", "stripe"]),
    ("dev", ["--extra", "dev", "--extra", "stripe"]),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "uv"], check=True)
        for name, extras in LISTS:
            subprocess.run(
                [
                    f"{folder}/bin/uv", "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--universal",
                    "--no-emit-index-url", "--no-emit-find-links", "--python-version", OLDEST_PYTHON, *extras,
                    "--output-file", f"requirements/{name}.txt", "pyproject.toml",
                ],
                cwd=HERE.parent,
                check=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
