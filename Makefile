# Two commands for everybody: `make demo` and `make test`. Everything else serves them.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
export PYTHONHASHSEED = 0

.PHONY: demo test lint check docs clean

demo: .venv/.base  ## the whole chain on a generated loan book, artefacts in ./demo
	@$(BIN)/habeas demo --out demo

test: .venv/.dev  ## at most 4 minutes
	@$(BIN)/python -m pytest -n 2 -q -m "not slow"

lint: .venv/.dev  ## style, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: .venv/.dev lint  ## everything, the slow tests too: fuzz, crash, grids
	$(BIN)/python -m pytest -n 2 -q

docs: .venv/.dev  ## write the generated parts of the documents anew
	$(BIN)/python tests/house/generate.py

.venv/.base: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Habeas needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	@echo "installing Habeas into .venv (about a minute, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(INSTALL) -e ".[print]"
	@touch $@

.venv/.dev: .venv/.base
	@echo "adding what the tests need"
	@$(INSTALL) -e ".[dev]"
	@touch $@

clean:
	rm -rf .venv demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
