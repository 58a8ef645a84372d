"""Where settings come from: the process's environment, and the file `.env` of a checkout."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env.str("SMARTSELLER_DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
