.DEFAULT_GOAL := help
.PHONY: help run dev test check fix cover migration openapi requirements clean
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

migration: $(VENV)/.test-ready   ## a new revision (M="what changes")
	@$(EMBEDDED) with-postgres -- bash -c '$(BIN)/flask db upgrade && $(BIN)/flask db revision -m "$(M)"'

openapi: $(VENV)/.test-ready   ## rewrite the snapshot; the diff is reviewed
	@BAITONG_LOG_LEVEL=WARNING $(EMBEDDED) with-settings -- $(BIN)/flask openapi > docs/openapi.json

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
