# What a person does with the project; `make serve` and `make test` make what they need.
PYTHON ?= python3
BIN = .venv/bin
# setuptools warns of a folder named like the package, which is the point here; see CONTRIBUTING.md.
PIP = PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := serve
.PHONY: serve test check bench dev docs clean

serve: .venv/run
	$(BIN)/legacygrid serve --demo

test: .venv/dev
	$(BIN)/python -m pytest

check: .venv/dev .pkg/legacygrid
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/dev
	$(BIN)/python benchmarks/bench.py

docs: .venv/dev
	$(BIN)/legacygrid fidelity > docs/fidelity.md

dev: .venv/dev .pkg/legacygrid

clean:
	rm -rf .venv .pkg build dist *.egg-info

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Legacygrid needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/run: .venv/bin/python setup.cfg pyproject.toml
	$(PIP) -e .
	touch $@

.venv/dev: .venv/bin/python setup.cfg pyproject.toml
	$(PIP) -e '.[dev]'
	touch $@ .venv/run

# mypy does not see setuptools' editable finder; this link is for it alone.
.pkg/legacygrid:
	mkdir -p .pkg
	ln -s .. .pkg/legacygrid
