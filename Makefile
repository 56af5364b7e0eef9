# Everything a newcomer types. Nothing needs to be installed by hand but Python 3.11 or newer, and make.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up

.PHONY: setup wheel run test verify bench lint format lock browser engines front

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@echo "Setting up: the Python environment"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup
	@$(BIN)/python -m sgapp.ui.build
	@$(BIN)/sgapp serve --demo --port $(PORT)

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/basedpyright --warnings
	@$(BIN)/lint-imports --no-cache

browser: setup
	@$(BIN)/python -m tests.browser

engines: setup
	@$(BIN)/python -m tests.engines

front: setup
	@$(BIN)/python -m tests.caddy

test: setup lint browser
	@$(BIN)/python -m sgapp.ui.build
	@$(BIN)/pytest -q -n 2 --dist worksteal -m "not browser and not long and not again"
	@$(BIN)/pytest -q -n 2 -m "browser and not long"

verify: setup browser engines front
	@$(BIN)/python -m sgapp.ui.build
	@failed=0; \
	echo "The same on PostgreSQL"; $(BIN)/pytest -q -n 2 --dist worksteal -m "again" || failed=1; \
	echo "Long tests without a browser"; $(BIN)/pytest -q -rs -n 2 --dist loadfile -m "long and not browser" || failed=1; \
	echo "Long tests in a browser"; $(BIN)/pytest -v -rs -n 2 -m "long and browser" || failed=1; \
	exit $$failed

wheel: setup
	@$(BIN)/python -m deploy.wheel

bench: setup
	@$(BIN)/python -m sgapp.ui.build
	@$(BIN)/sgapp bench

format: setup
	@$(BIN)/ruff check --fix --quiet . || true

lock:
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --no-header --no-annotate --universal --python-version 3.11 --quiet --output-file requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --constraint requirements.lock --generate-hashes --no-header --no-annotate --universal --python-version 3.11 --quiet --output-file deploy/requirements.lock
	@$(BIN)/python -m deploy.bill_of_materials
