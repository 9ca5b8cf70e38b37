.DEFAULT_GOAL := help
.PHONY: help run demo restart restore dev test check fix cover bench bench-large migration openapi pages requirements clean
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EMBEDDED := $(BIN)/python -m backend.infrastructure.embedded
T ?= tests

help:          ## show this list
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.run-ready   ## all set-up, then everything: embedded PostgreSQL and Valkey, migrations, the city, web and worker
	@exec $(EMBEDDED) run

demo: $(VENV)/.run-ready   ## play the whole story against the running server, each step with its answer
	@$(BIN)/python -m tests.story

restart: $(VENV)/.run-ready   ## put new web and worker processes in the place of the running ones; nobody is refused
	@$(EMBEDDED) restart

restore: $(VENV)/.run-ready   ## bring a backup back into an empty installation (FROM=its folder)
	@$(EMBEDDED) with-database -- $(BIN)/flask restore "$(FROM)"

dev: $(VENV)/.run-ready   ## run with reload
	@exec $(EMBEDDED) dev

test: $(VENV)/.test-ready   ## all set-up, then the whole test suite on real parts (T=path for one)
	@$(BIN)/pytest $(T) -n 2 --dist loadgroup

check: $(VENV)/.test-ready   ## quick, before every commit: format, lint, imports, types, OpenAPI snapshot, migrations
	@BIN=$(BIN) bash deploy/check.sh

fix: $(VENV)/.test-ready   ## repair what the tools can repair
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

cover: $(VENV)/.test-ready   ## branch coverage
	@$(BIN)/pytest $(T) -n 2 --dist loadgroup --cov --cov-report=term:skip-covered

bench: $(VENV)/.run-ready   ## the ratios of docs/performance.md, side by side, under 10 minutes (ACTS="file status" for some)
	@$(BIN)/python -m bench $(ACTS) $(if $(WRITE),--write)

bench-large: $(VENV)/.run-ready   ## what growth costs: a million cases made by COPY first (CASES=3000000 for more)
	@$(BIN)/python -m bench.large $(if $(CASES),--cases $(CASES)) $(if $(WRITE),--write)

migration: $(VENV)/.test-ready   ## a new revision (M="what changes")
	@$(EMBEDDED) with-postgres -- bash -c '$(BIN)/flask db upgrade && $(BIN)/flask db revision -m "$(M)"'

openapi: $(VENV)/.test-ready   ## rewrite the snapshot; the diff is reviewed
	@BAITONG_LOG_LEVEL=WARNING $(EMBEDDED) with-settings -- $(BIN)/flask openapi > docs/openapi.json

pages: $(VENV)/.test-ready   ## rewrite the pages of docs/ that are printed from the product's tables
	@BAITONG_LOG_LEVEL=WARNING $(EMBEDDED) with-settings -- $(BIN)/flask pages

requirements: $(VENV)/.test-ready   ## recompile the lock files with hashes
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 deploy/requirements.in -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 deploy/requirements-dev.in -o requirements-dev.txt
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 deploy/requirements-uv.in -o deploy/requirements-uv.txt

clean:         ## remove the virtual environment and caches; .data stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.run-ready: requirements.txt deploy/requirements-uv.txt deploy/install.sh
	@PYTHON=$(PYTHON) VENV=$(VENV) bash deploy/install.sh run

$(VENV)/.test-ready: requirements.txt requirements-dev.txt deploy/requirements-uv.txt deploy/install.sh
	@PYTHON=$(PYTHON) VENV=$(VENV) bash deploy/install.sh test
