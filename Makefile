# `make serve` and `make test` are all a newcomer needs; everything is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin

# Libraries are compiled when they are first imported: to compile all of them takes a minute longer than what is used.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install serve test check format lint types gate clean

install: .venv/.installed

# Whoever has what the checks need has what serving needs.
.venv/.installed-dev: EXTRA := [dev]

.venv/.installed .venv/.installed-dev: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "policyqa needs Python 3.11 or newer; name one with: make PYTHON=python3.12 install" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-compile --constraint constraints.txt --editable '.$(EXTRA)'
	$(BIN)/python -c 'import api, cli, sentence_transformers'
	touch .venv/.installed $@

serve: .venv/.installed
	$(BIN)/policyqa index
	exec $(BIN)/policyqa serve

# One process for each processor, four at most: each loads the model. Whoever is done takes over tests of another.
test: .venv/.installed-dev
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

# All checks, in the order of their cost; CI runs the same.
check: lint types test gate

lint: .venv/.installed-dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: .venv/.installed-dev
	$(BIN)/mypy

# Finding, answering and abstaining are as good as they were; eval/baseline.json says how good that is.
gate: .venv/.installed-dev
	$(BIN)/policyqa eval --gate

format: .venv/.installed-dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

clean:
	rm -rf .venv
