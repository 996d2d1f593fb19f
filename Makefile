# Two commands to know: `make demo` shows the product, `make test` proves it. Both do all set-up themselves.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
SOURCES := $(shell find auditor rules reports fixtures -type f -not -name '*.pyc' 2>/dev/null)

.PHONY: demo test check bench bench-rules bench-kill bench-interrupt bench-inventory lock clean

demo: $(VENV)/.project
	@echo "Running the demo: a made-up CRM of 2,000 people, audited from data to report"
	@$(BIN)/auditor demo

test: $(VENV)/.dev
	@echo "Running the tests (about nine minutes; tests that need a server or a browser are skipped where there is none)"
	@$(BIN)/python -m pytest -q -n 2 -rs $(TESTS)

check: $(VENV)/.dev
	@echo "Checking style, types and imports"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.project
	@for script in benchmarks/bench_*.py; do echo "$$script"; $(BIN)/python $$script; done

bench-rules: $(VENV)/.dev
	@$(BIN)/python benchmarks/bench_rules.py --subjects 1000000

bench-kill: $(VENV)/.project
	@$(BIN)/python benchmarks/rules/kill.py

bench-interrupt: $(VENV)/.dev
	@$(BIN)/python benchmarks/rules/interrupt.py

bench-inventory: $(VENV)/.project
	@PEERS="$(PEERS)" $(BIN)/python benchmarks/bench_inventory.py

lock:
	@printf 'hatchling\n' | uv pip compile pyproject.toml - --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet -o requirements.lock
	@uv pip compile pyproject.toml --group dev -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet -o requirements-dev.lock

clean:
	@rm -rf $(VENV) auditor-report build dist .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info < (3, 15); sys.exit(0 if ok else "auditor needs Python 3.11 to 3.14, this is %d.%d. Name another: make PYTHON=python3.12" % sys.version_info[:2])'
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	@echo "Installing the pinned dependencies, each checked by its hash (about 700 MB with the language model; a minute or two)"
	@$(PIP) --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.project
	@echo "Installing the tools for testing, each checked by its hash"
	@$(PIP) --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

$(VENV)/.project: $(VENV)/.runtime pyproject.toml $(SOURCES)
	@echo "Installing auditor itself"
	@$(PIP) --no-deps --no-build-isolation --no-index --force-reinstall .
	@touch $@
