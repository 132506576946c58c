# make            what there is
# make run        everything from a fresh clone to a served demo
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
STAMPS := var/stamps

.PHONY: help setup db run dev test check bench screenshots clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 24

setup: $(STAMPS)/python $(STAMPS)/assets ## install everything into .venv, node_modules and var

$(STAMPS)/python: requirements/dev.lock requirements/uv.lock pyproject.toml
	@mkdir -p $(STAMPS)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
	$(BIN)/uv pip sync --quiet --require-hashes requirements/dev.lock requirements/uv.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/node: package-lock.json .npmrc
	@mkdir -p $(STAMPS)
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/assets: $(STAMPS)/node $(STAMPS)/python scripts/assets.py
	$(BIN)/python scripts/assets.py
	@touch $@

db: setup ## start PostgreSQL and migrate
	$(BIN)/liren setup-db

test: setup ## all tests
	$(BIN)/pytest -n 2 -q

check: setup ## style, types, layers, migrations, translations, locks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/liren makemigrations --check --dry-run

clean: ## stop PostgreSQL; delete everything that was made, the database included
	-test -x $(BIN)/liren && $(BIN)/liren stop-db
	rm -rf .venv node_modules var
