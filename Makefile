# Needs make, git and Python 3.11 or newer; everything else is installed into .venv.
PYTHON ?= python3
RUN := .venv/bin/python
WORKERS ?= 2
SHOPS ?= 1000

.DEFAULT_GOAL := help
.PHONY: help base dev demo test test-slow test-pgbouncer screenshots lint format types bench bench-fleet lock clean api-check client

help: ## Print this page
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

base: ## Install what the product needs into .venv (locked, with hashes)
	@$(PYTHON) requirements/install.py base

dev: ## Install what development needs as well
	@$(PYTHON) requirements/install.py dev

demo: base ## Run everything here: servers, two shops, web, worker, beat (PORT=8000 SMARTSELLER_DATA_DIR=.data)
	@$(RUN) -m smartseller.demo

# The tests start hundreds of Pythons: what one compiled the others need not compile again.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(RUN) -m pytest -n $(WORKERS) --dist worksteal

test: dev ## Run the tests that a change must pass (WORKERS=2)
	@$(PYTEST) -m "not slow"

test-slow: dev ## Run the long ones: kill matrices, races with many rounds, the full browser matrix
	@$(PYTEST) -m slow
	@$(MAKE) --no-print-directory test-pgbouncer

test-pgbouncer: dev ## Run the smoke tests of every door with a real PgBouncer between the application and PostgreSQL
	@$(PYTEST) -m "not slow" -p tests.through_pgbouncer $$($(RUN) -m tests.through_pgbouncer)

api-check: dev ## Try both APIs, a shop's and the platform's, as described: schemathesis, examples, the client, webhooks
	@$(PYTEST) -m "slow or not slow" tests/tenant_shop/api_check tests/platform_core/api_check

client: dev ## Generate the typed Python client of a shop's API into .client/
	@mkdir -p .client
	@$(RUN) manage.py spectacular --urlconf tenant_shop.api.v1.urls --format openapi-json --validate --fail-on-warn \
	  --file .client/openapi.json
	@$(RUN) -m openapi_python_client generate --path .client/openapi.json --config docs/api/client.yaml --meta setup \
	  --output-path .client/smartseller-client --overwrite --fail-on-warning

screenshots: dev ## Photograph every page of the demo, wide and narrow, into .screenshots/
	@$(RUN) -m tests.screenshots

lint: dev types ## Check style, types, imports, migrations and the production settings
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check --quiet .
	@$(RUN) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-logo
	@$(RUN) manage.py makemigrations --check --dry-run
	@$(RUN) manage.py lint_migrations
	@$(RUN) manage.py check
	@DJANGO_SETTINGS_MODULE=smartseller.settings.production \
	  DATABASE_URL=postgresql://app@database.invalid/platform REDIS_URL=redis://redis.invalid/0 \
	  DJANGO_SECRET_KEY=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	  $(RUN) manage.py check --deploy --fail-level WARNING

types: dev ## Check the types (strict mypy)
	@$(RUN) -m mypy

format: dev ## Put the code in its usual form
	@$(RUN) -m ruff check --fix --quiet .
	@$(RUN) -m ruff format --quiet .

bench: dev ## Measure against the baselines and write bench/results.json
	@$(RUN) -m bench

bench-fleet: dev ## Measure the fleet's work over SHOPS=1000 shops, without writing bench/results.json (needs wrk)
	@$(RUN) -m bench --only migration --rounds 5 --shops $(SHOPS) --output /dev/null
	@$(RUN) -m bench --only provisioning,backups,dispatch --rounds 5 --shops $(SHOPS) --output /dev/null

lock: ## Resolve pyproject.toml anew into requirements/*.txt, with hashes and without addresses
	@$(PYTHON) requirements/lock.py

clean: ## Remove .venv and caches; the data folder stays
	@rm -rf .venv .client .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache staticfiles
	@find . -name __pycache__ -not -path './.data/*' -prune -exec rm -rf {} +
