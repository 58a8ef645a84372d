# Needs make, git and Python 3.11 or newer; everything else is installed into .venv.
PYTHON ?= python3
RUN := .venv/bin/python
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help base dev demo test test-slow screenshots lint format types bench lock clean

help: ## Print this page
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

base: ## Install what the product needs into .venv (locked, with hashes)
	@$(PYTHON) requirements/install.py base

dev: ## Install what development needs as well
	@$(PYTHON) requirements/install.py dev

demo: base ## Run everything here: servers, two shops, web, worker, beat (PORT=8000 SMARTSELLER_DATA_DIR=.data)
	@$(RUN) -m smartseller.demo

test: dev ## Run the tests that a change must pass (WORKERS=2)
	@$(RUN) -m pytest -n $(WORKERS) -m "not slow"

test-slow: dev ## Run the long ones: kill matrices, races with many rounds, the full browser matrix
	@$(RUN) -m pytest -n $(WORKERS) -m slow

screenshots: dev ## Photograph every page of the demo, wide and narrow, into .screenshots/
	@$(RUN) -m tests.screenshots

lint: dev types ## Check style, types, imports, migrations and the production settings
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check --quiet .
	@$(RUN) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-logo
	@$(RUN) manage.py makemigrations --check --dry-run
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

lock: ## Resolve pyproject.toml anew into requirements/*.txt, with hashes and without addresses
	@$(PYTHON) requirements/lock.py

clean: ## Remove .venv and caches; the data folder stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache staticfiles
	@find . -name __pycache__ -not -path './.data/*' -prune -exec rm -rf {} +
