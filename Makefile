# `make` lists what there is; `make run` goes from a fresh clone to a served demo.
.DEFAULT_GOAL := help
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
NAME ?=
BIN := .venv/bin
# Where the machine has its own list of certificates, a proxy's may be on it: uv shall use it too.
UV := $(BIN)/uv $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/*.crt),--system-certs)
STAMPS := var/stamps

.PHONY: help setup db run dev test check fix bench screenshots lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

# -- what has to be there; the second time at once --------------------------------------------

setup: $(STAMPS)/python $(STAMPS)/assets ## install everything, into .venv, node_modules and var

$(STAMPS)/python: requirements/dev.lock requirements/install.lock pyproject.toml
	@mkdir -p $(STAMPS)
	test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/install.lock
	$(UV) pip sync --quiet --require-hashes requirements/dev.lock requirements/install.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/node: package-lock.json .npmrc
	@mkdir -p $(STAMPS)
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/assets: $(STAMPS)/node $(STAMPS)/python scripts/assets.py
	$(BIN)/python scripts/assets.py
	@touch $@

# -- to use it ---------------------------------------------------------------------------------

db: setup ## start PostgreSQL, create and migrate the database
	$(BIN)/liren setup-db

run: db ## the demo, served on PORT (8000)
	@if $(BIN)/liren help demo >/dev/null 2>&1; then LIREN_DEMO=1 $(BIN)/liren demo; fi
	LIREN_DEMO=1 $(BIN)/liren serve --host $(HOST) --port $(PORT)

dev: db ## the same with Django's own server: reloads on change, shows errors and /gallery/
	DEBUG=1 LIREN_DEMO=1 $(BIN)/liren runserver $(HOST):$(PORT)

# -- to trust it -------------------------------------------------------------------------------

# Three at a time on two processors: the journeys mostly wait for their browser.
test: setup ## all tests
	$(BIN)/pytest -q -n 3

check: setup ## style, types, layers, migrations, translations, lock files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/liren makemigrations --check --dry-run
	$(BIN)/liren messages --check
	$(BIN)/pytest -q tests/config/test_locks.py

fix: setup ## what can be put right by itself: style, import order, catalogues of texts
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/liren messages

bench: setup ## the figures in bench/, or one of them: make bench NAME=intake
	@for file in $(if $(NAME),bench/$(NAME).py,$(filter-out bench/_%,$(wildcard bench/*.py))); do \
		$(BIN)/python $$file || exit 1; done

screenshots: setup ## pictures of every screen into var/screenshots (ARGS="--axe --dark …")
	$(BIN)/python scripts/screenshots.py $(ARGS)

# -- to change it ------------------------------------------------------------------------------

lock: setup ## write requirements/*.lock anew from pyproject.toml (UPGRADE=1: with newer versions)
	$(BIN)/python scripts/lock.py $(if $(UPGRADE),--upgrade)

clean: ## stop PostgreSQL and delete everything that was made, the database included
	@if test -x $(BIN)/liren; then $(BIN)/liren stop-db --destroy; fi
	rm -rf .venv node_modules var
