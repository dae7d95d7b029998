# One line each: `make help`.
.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-browser check format bench judge prove fuzz fuzz-pictures lock clean

PORT    ?= 8000
WORKERS ?= 2
EDITS   ?= 200
CARS    ?= 40
ARGS    ?=
PY      := .venv/bin/python
# A private runtime folder: embedded PostgreSQL wants one of mode 0700, and a socket's name must stay short.
PYTEST   = dir=$$(mktemp -d /tmp/market-XXXXXX) && TZ=UTC XDG_RUNTIME_DIR=$$dir $(PY) -m pytest
CLEAN    = ; status=$$?; rm -rf "$$dir"; exit $$status

help: ## list the targets
	@awk -F ':.*## ' '/^[a-zA-Z0-9_-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  Variables: PORT=8000  WORKERS=2 (tests)  ARGS='…' (for pytest)  DEALERS, LISTINGS, PAIRS, JSON (bench)"
	@echo "             INSTANCE=folder, HOST=name (judge)  MARKETPLACE_INSTANCE=folder (demo, run)"
	@echo "             ARGS=--quick (prove-…), ARGS=--part=files (prove-A3)"

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
	@test -f tools/judges/node_modules/axe-core/axe.min.js || timeout 180 npm --prefix tools/judges ci --no-audit --no-fund \
		|| echo "SKIPPED: what axe-core says of pages; it could not be installed with npm" >&2
	@$(PYTEST) -n $(WORKERS) --dist loadfile -m browser $(ARGS) $(CLEAN)

check: setup ## style, types, layers, and migrations up and down on SQLite and PostgreSQL
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) tools/check_migrations.py

format: setup ## let ruff tidy the Python
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

bench: setup ## a whole build beside Frozen-Flask, Jinja2, Hugo and a write loop; JSON=FILE keeps the figures
	@$(PY) -m benchmarks $(if $(DEALERS),--dealers $(DEALERS)) $(if $(LISTINGS),--listings $(LISTINGS)) $(if $(PAIRS),--pairs $(PAIRS)) $(if $(JSON),--json $(JSON)) $(ARGS)

judge: setup ## all judges over a demo in every theme, or INSTANCE=folder (needs Node, Java, Chromium)
	@$(PY) -m tools.judges.judge all $(if $(INSTANCE),--instance $(INSTANCE)) $(if $(HOST),--host $(HOST)) $(ARGS)

# Every proof in tools/prove is a promise of its own: prove-F1 … prove-G5, and whatever comes.
PROOFS = $(sort $(foreach file,$(wildcard tools/prove/[a-z][0-9].py tools/prove/[a-z][0-9][0-9].py),$(basename $(notdir $(file)))))

prove: setup ## show every promise; one alone: make prove-G2
	@failed=0; for proof in $(PROOFS); do $(PY) -m tools.prove $$proof $(ARGS) || failed=1; done; exit $$failed

prove-%: setup
	@$(PY) -m tools.prove $* $(ARGS)

fuzz: setup ## random edits, each publish against a build from scratch; EDITS, CARS, SEED
	@$(PY) -m tests.build.fuzz --edits $(EDITS) --cars $(CARS) $(if $(SEED),--seed $(SEED)) $(ARGS)

fuzz-pictures: setup ## hostile pictures against the decoder, until a limit breaks or the time is over
	@$(PY) -m tools.fuzz_pictures $(ARGS)

lock: setup ## resolve requirements/*.in again into the hashed locks
	@tools/lock.sh

clean: ## remove what was made here, except .venv and instance/
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis tools/judges/node_modules
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
