# The newest of these that is Python 3.11 or newer makes everything else.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell command -v $(name) >/dev/null && $(name) -c 'import sys; sys.version_info >= (3, 11) and print(sys.executable)')))
PORT ?= 8000
export PORT
run = $(or $(PYTHON),$(error Python 3.11 or newer is needed)) -m scripts

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset install test test-fast check services services-stop bench season

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

services: ## a private PostgreSQL and Redis for development
	@$(run).services start

services-stop: ## end them
	@$(run).services stop

bench: ## the measurements, on screen and in var/bench.json
	@$(run).bootstrap --tests
	@.venv/bin/python -m benchmarks

season: ## a whole season without a browser, from lists to awards
	@$(run).season
