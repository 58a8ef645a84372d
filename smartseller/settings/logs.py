"""What running processes write and count: log lines, slow statements, numbers for Prometheus."""

import os
from pathlib import Path

from smartseller.settings.environment import DATA_DIR, env

# "line" for people, "json" for machines; each names the shop, the request and the person.
LOG_FORMAT = env.str("LOG_FORMAT", default="line")
# A line for each request: its route, status and duration.
# Requests are added up in each process for the platform's days; costs no answer but one of Redis's a minute.
MEASURE_RESPONSES = True
LOG_REQUESTS = env.bool("LOG_REQUESTS", default=False)
# A statement that takes longer is written to the log, without its parameters. In milliseconds; 0 for none.
SLOW_STATEMENT_MS = env.int("SLOW_STATEMENT_MS", default=500)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "smartseller.observability.log_lines.ContextFilter"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} [{tenant}] {name}: {message}", "style": "{"},
        "json": {"()": "smartseller.observability.log_lines.json_formatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["context"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
# Who asks for /metrics has to know it; without one there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN:
    # The web processes of one machine share it: the library reads the variable when it is imported.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", env.str("METRICS_DIR", default=str(DATA_DIR / "metrics")))
    Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)
