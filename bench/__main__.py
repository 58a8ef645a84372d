"""`python -m bench`: every measurement, a table, and `bench/results.json`."""

import argparse
import os
import tempfile
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure against baselines of the same run.")
    parser.add_argument("--only", help="comma-separated measurements (default: all)")
    parser.add_argument("--rounds", type=int, default=11, help="interleaved rounds of each measurement (at least 5)")
    parser.add_argument("--shops", type=int, default=200, help="shops that are visited at random")
    parser.add_argument("--data", type=Path, help="keep the servers' data here and use it again")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("results.json"))
    parser.add_argument("--check", action="store_true", help="one round: to see that they work, not how fast")
    arguments = parser.parse_args()
    if arguments.check:
        arguments.rounds = 1
    elif arguments.rounds < 5:
        parser.error("fewer than 5 rounds say nothing")
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    with tempfile.TemporaryDirectory(prefix="smartseller-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["SMARTSELLER_DATA_DIR"] = str((arguments.data or Path(folder)).resolve())
        import django

        django.setup()
        from bench.run import run

        run(arguments)


if __name__ == "__main__":
    main()
