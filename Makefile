# One line each: `make help`.
.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-browser check format bench judge prove lock clean

PORT    ?= 8000
WORKERS ?= 2
ARGS    ?=
PY      := .venv/bin/python
# A private runtime folder: embedded PostgreSQL wants one of mode 0700, and a socket's name must stay short.
PYTEST   = dir=$$(mktemp -d /tmp/market-XXXXXX) && TZ=UTC XDG_RUNTIME_DIR=$$dir $(PY) -m pytest
CLEAN    = ; status=$$?; rm -rf "$$dir"; exit $$status

help: ## list the targets
	@awk -F ':.*## ' '/^[a-zA-Z0-9_-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  Variables: PORT=8000  WORKERS=2 (tests)  ARGS='…' (for pytest)  DEALERS, LISTINGS, PAIRS (bench)"
	@echo "             INSTANCE=folder, HOST=name (judge)  MARKETPLACE_INSTANCE=folder (demo, run)"

setup: ## make .venv with runtime, embedded servers and development tools
	@tools/install.sh dev

demo: ## a marketplace and its dealers at http://localhost:8000/; needs Python 3.11 and make alone
	@tools/install.sh demo
	@exec .venv/bin/marketplace demo --port $(PORT)

run: ## serve this installation: web, worker, scheduler and Valkey
	@tools/install.sh demo
	@exec .venv/bin/marketplace serve --port $(PORT)

test: setup ## all tests but the browser's
	@$(PYTEST) -n $(WORKERS) --dist loadgroup -m "not browser" $(ARGS) $(CLEAN)

test-browser: setup ## the journeys in Chromium
	@command -v chromium >/dev/null || { echo "Chromium is not on the PATH: apt-get install chromium" >&2; exit 1; }
	@$(PYTEST) -m browser $(ARGS) $(CLEAN)

check: setup ## style, types, layers, and migrations up and down on SQLite and PostgreSQL
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) tools/check_migrations.py

format: setup ## let ruff tidy the Python
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

bench: setup ## pages per second beside Frozen-Flask, plain Jinja2 and Hugo, and the ratios
	@$(PY) -m tools.bench.run $(if $(DEALERS),--dealers $(DEALERS)) $(if $(LISTINGS),--listings $(LISTINGS)) $(if $(PAIRS),--pairs $(PAIRS)) $(ARGS)

judge: setup ## install and run the foreign judges over the built sites (needs Node and Java)
	@$(PY) -m tools.judges.judge all $(if $(INSTANCE),--instance $(INSTANCE)) $(if $(HOST),--host $(HOST)) $(ARGS)

prove: prove-F1 prove-F2 prove-F3 prove-F4 prove-F5 prove-F6 prove-F7 ## show every promise; one alone: make prove-F2

prove-F%: setup
	@$(PY) -m tools.prove F$* $(ARGS)

lock: setup ## resolve requirements/*.in again into the hashed locks
	@tools/lock.sh

clean: ## remove what was made here, except .venv and instance/
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis tools/judges/node_modules
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
