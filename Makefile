# Longmark. `make demo` to look, `make test` to be sure. Needs Python 3.11 or newer, nothing else.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := longmark-demo
PORT   ?= 8000
SERVE  ?= 1
WORKERS ?= 2

.PHONY: help demo serve test test-sqlite test-postgresql coverage check format quality bench lock openapi clean

help:                 ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 24

demo: $(VENV)/.runtime ## make the demo world and serve it (SERVE=0: do not serve)
	@LONGMARK_DATA=$(DEMO) $(BIN)/longmark demo
	@if [ "$(SERVE)" != "0" ]; then LONGMARK_DATA=$(DEMO) LONGMARK_COMPANY="Tallgrass Drives, Inc." LONGMARK_SECURITY_CONTACT=psirt@tallgrass.example $(BIN)/longmark serve --port $(PORT); fi

serve: $(VENV)/.runtime ## serve your own data folder (LONGMARK_DATA, default ./longmark-data)
	@$(BIN)/longmark serve --port $(PORT)

test: test-sqlite test-postgresql ## the whole suite, on SQLite and, where it is present, PostgreSQL

test-sqlite: $(VENV)/.development
	$(BIN)/pytest -n $(WORKERS)

test-postgresql: $(VENV)/.development
	$(BIN)/python -m tests.postgresql $(BIN)/pytest -n $(WORKERS)

coverage: $(VENV)/.development ## the suite on SQLite, and which lines and branches it reaches
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term

check: $(VENV)/.development ## all static checks, in under a minute
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	LONGMARK_DATA=$(VENV)/check $(BIN)/django-admin makemigrations --check --dry-run --settings longmark.config.settings

format: $(VENV)/.development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

quality: $(VENV)/.development ## how well components are matched: precision, recall, F1 per ecosystem
	$(BIN)/python -m tests.quality.measuring

bench: $(VENV)/.development ## figures, as ratios to a peer or to the physical limit in the same run
	$(BIN)/python -m benchmarks

lock: $(VENV)/.development ## resolve dependencies anew; hashes, no addresses
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean:                ## remove what was made here; your data folder stays
	rm -rf $(VENV) $(DEMO) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

# The locks are whole. Without --no-deps older pips look for a newer release of what is also asked
# for with an extra, and then refuse it for its missing hash.
$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Longmark needs Python 3.11 or newer." if sys.version_info < (3, 11) else 0)'
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Longmark needs …"
	@if [ ! -e $(VENV)/.development ]; then $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock; fi
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.development: requirements-dev.lock pyproject.toml
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Longmark and its tests need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/.runtime

openapi: $(VENV)/.development ## write the API's description anew
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python -m tests.api.openapi
