# Python 3.11 or newer makes everything else.
python = $(shell $(1) -c 'import sys; sys.version_info >= (3, 11) and print(sys.executable)' 2>/dev/null)
PYTHON ?= $(or $(call python,python3),$(call python,python3.14),$(call python,python3.13),$(call python,python3.12),\
	$(call python,python3.11))
PORT ?= 8000
export PORT
run = $(or $(PYTHON),$(error Python 3.11 or newer is needed)) -m scripts

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset install test test-fast check format lock services services-stop bench season

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: ## the site with a season half-way through, on http://127.0.0.1:8000
	@$(run).demo serve

demo-reset: ## forget the demo's season; the next demo makes it anew
	@$(run).demo reset

install: ## .venv with all that is needed to run the project
	@$(run).bootstrap
	@.venv/bin/python scripts/translations.py compile

test: ## every check, and the tests on PostgreSQL with Redis and on SQLite
	@$(run).run_tests

test-fast: ## the unit tests alone, on SQLite
	@$(run).run_tests --fast

check: ## linters, types, import contracts, translations
	@$(run).checks

format: ## put the code into the shape that check asks for
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} + || true

lock: ## write the requirement files anew from pyproject.toml
	@$(run).lock

services: ## a private PostgreSQL and Redis for development
	@$(run).services start

services-stop: ## end them
	@$(run).services stop

bench: ## the measurements, on screen and in var/bench.json
	@$(run).bootstrap --tests
	@.venv/bin/python -m benchmarks

season: ## a whole season without a browser, from lists to awards
	@$(run).season
