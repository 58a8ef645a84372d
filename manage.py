#!/usr/bin/env python
"""SmartSeller's command line. Without `DATABASE_URL` it starts the embedded servers first."""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartseller.settings.local")
    from smartseller.command_line import run

    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
