# What a person does with the project; `make serve` and `make test` make what they need.
PYTHON ?= python3
# Another place for what is installed: make test-fast VENV=.venv/3.13 PYTHON=python3.13
VENV = .venv
BIN = $(VENV)/bin
# setuptools warns of a folder named like the package, which is the point here; see CONTRIBUTING.md.
PIP = PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --disable-pip-version-check
LOCKED = $(BIN)/pip --disable-pip-version-check --python

# Images of CI often forbid it; every process that is started here would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

LINK = $(if $(filter legacygrid,$(notdir $(CURDIR))),,.pkg/legacygrid)

.DEFAULT_GOAL := serve
.PHONY: serve test test-all test-postgres test-fast package lock audit image fuzz chaos soak check bench bench-against peers dev vendors docs site pictures store translations clean

serve: $(VENV)/run
	$(BIN)/legacygrid serve --demo

test: $(VENV)/dev vendors
	@command -v chromium chromium-browser google-chrome >/dev/null || { echo "the tests look at the console through Chromium, which is not there; try: apt-get install chromium" >&2; exit 1; }
	$(BIN)/python -m pytest
	@[ -n "$$LEGACYGRID_OPENAPI" ] || echo "Not run: $(wildcard tests/judged/test_*.py), as LEGACYGRID_OPENAPI names no folder of SendGrid's OpenAPI documents"

# What asks the store, with one on a server of PostgreSQL that is started for it. All of it: make test-postgres STORED=tests
STORED = $(addprefix tests/,auth cmc control dotmailer harness mail models sendgrid sendgrid_v3 smtp smtp2go server/test_postgres.py)
test-postgres: $(VENV)/dev
	PYTHONPATH=tests/support $(BIN)/python tests/support/postgres_server.py \
		$(BIN)/python -m pytest -m "not browser and not vendors and not waits and not takes" $(STORED)

# Without a browser, packages of npm, other languages, and what takes long.
test-fast: $(VENV)/dev
	$(BIN)/python -m pytest -m "not browser and not vendors and not takes and not waits"

# The inner loop in each Python from 3.11 on that the machine has, or another target: make test-all EACH=test
EACH = test-fast
test-all:
	@$(PYTHON) tests/support/pythons.py $(MAKE) --no-print-directory $(EACH)

# What is uploaded, in dist/; judged as PyPI judges it.
package: $(VENV)/dev
	rm -rf build dist
	$(BIN)/python -W ignore -m build --outdir dist . >dist.log 2>&1 || { cat dist.log; exit 1; }
	rm -rf build dist.log
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl

# What the container installs, of the newest releases that setup.cfg takes.
lock: .venv/packages/uv/made
	{ echo "# What the container installs: made by make lock, from setup.cfg with the extra postgres. Each file is named by its digest."; \
		.venv/packages/uv/bin/uv pip compile setup.cfg --extra postgres --universal --python-version 3.11 --upgrade \
			--generate-hashes --no-annotate --no-header --quiet; } > requirements.lock.new
	mv requirements.lock.new requirements.lock

# Whether advisories are known against what the lock names; exit status 3 where no database of them answers.
audit: .venv/packages/pip-audit/made
	@.venv/packages/pip-audit/bin/python tests/support/audit.py requirements.lock

# The container; BUILDER=podman for another engine.
BUILDER = docker
image: $(VENV)/run
	$(BUILDER) build -f Containerfile -t legacygrid --build-arg REVISION=$$(git rev-parse HEAD || echo unknown) \
		--build-arg VERSION=$$($(BIN)/python -c 'from importlib.metadata import version; print(version("legacygrid"))') .

# Twenty times as much generated input as in the gate, and four times as much mail at once.
fuzz: $(VENV)/dev
	FUZZ=20 $(BIN)/python -m pytest -k "test_any or test_thousands" tests/registry tests/cmc tests/mail tests/smtp tests/migration $(if $(LEGACYGRID_OPENAPI),tests/judged)

# Servers over one PostgreSQL, of which one thing after the other is killed, under load; SEED=7 repeats a run, PLANTED=lost shows that what is wrong is found.
KILLS = 50
chaos: $(VENV)/dev
	PYTHONPATH=tests/support KILLS=$(KILLS) SEED=$(SEED) PLANTED=$(PLANTED) $(BIN)/python tests/endurance/chaos.py

# Half of the load that is carried, for so long: on SQLite, or with ENGINE=postgres.
MINUTES = 30
soak: $(VENV)/dev
	PYTHONPATH=tests/support MINUTES=$(MINUTES) ENGINE=$(ENGINE) $(BIN)/python tests/endurance/soak.py

check: $(VENV)/dev $(LINK)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright --project $(or $(LINK),.)

# Three times, in the middle, and some parts alone, on the page, too: make bench ROUNDS=3 ONLY=start,guesses PAGE=1
bench: $(VENV)/dev $(if $(ONLY),,peers)
	PYTHONPATH=tests/support ROUNDS=$(ROUNDS) ONLY="$(ONLY)" PAGE=$(PAGE) $(BIN)/python benchmarks/bench.py

# What the benchmarks compare with, and what draws their plot.
peers: .venv/packages/peers/made

# Measures by turns this tree and an older one: make bench-against REF=main ROUNDS=3 ONLY=mail
bench-against: $(VENV)/dev
	ROUNDS=$(ROUNDS) ONLY="$(ONLY)" $(BIN)/python benchmarks/against.py $(REF)

pictures: $(VENV)/dev vendors
	$(BIN)/python -m pytest -n 0 tests/console/test_console_look.py
	rm -rf docs/screenshots && mkdir -p docs/screenshots
	grep -ohE 'screenshots/[a-z0-9-]+\.png' README.md docs/*.md | sort -u | xargs -n 1 sh -c 'cp .$$0 docs/$$0'

# What stays of a new version of the tables, for the tests of later ones.
store: $(VENV)/dev
	PYTHONPATH=tests/support $(BIN)/python tests/models/stores/make.py

# Every text of the console into its catalogues, and these into what is read; CONTRIBUTING.md says what is left to do.
PYBABEL = $(BIN)/pybabel --quiet
TRANSLATIONS = console/translations
translations: $(VENV)/dev
	mkdir -p build
	cd console && $(abspath $(BIN))/pybabel --quiet extract --mapping babel.cfg --project Legacygrid --copyright-holder '' \
		--keywords '_l lazy_gettext lazy_ngettext:1,2 lazy_pgettext:1c,2' \
		--add-comments 'Translators:' --add-location file --sort-by-file --width 110 --output ../build/console.pot .
	$(PYBABEL) update --input-file build/console.pot --output-dir $(TRANSLATIONS) --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date --width 110
	$(PYBABEL) compile --directory $(TRANSLATIONS)

docs: $(VENV)/dev
	$(BIN)/legacygrid fidelity > docs/fidelity.md
	$(BIN)/legacygrid man > docs/legacygrid.1
	mkdir -p docs/openapi
	for name in $$($(BIN)/legacygrid openapi --names); do $(BIN)/legacygrid openapi $$name > docs/openapi/$$name.json; done

# The pages of docs/ in site/, for a web server or to be opened as files; a link that leads nowhere ends it.
site: $(VENV)/dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "open site/index.html"

dev: $(VENV)/dev $(LINK)

# Each folder of tests/vendors with a lock is an environment of its own, made side by side with the others.
LOCKS = $(wildcard tests/vendors/*/package-lock.json tests/vendors/*/requirements.txt)
vendors: $(VENV)/bin/python
	$(MAKE) --no-print-directory --jobs 4 $(patsubst tests/vendors/%/,.venv/packages/%/made,$(dir $(LOCKS)))

clean:
	rm -rf .venv .pkg build dist site *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Legacygrid needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run: $(VENV)/bin/python setup.cfg pyproject.toml
	$(PIP) -e .
	touch $@

$(VENV)/dev: $(VENV)/bin/python setup.cfg pyproject.toml
	$(PIP) -e '.[dev,docs,mcp,otel,postgres,scan]'
	touch $@ $(VENV)/run

.venv/packages/peers/made: benchmarks/requirements.txt $(VENV)/bin/python
	@command -v node >/dev/null || { echo "the benchmarks compare with a route of Node, which is not there; try: apt-get install nodejs" >&2; exit 1; }
	$(BIN)/python -m venv --without-pip $(@D)
	$(LOCKED) $(@D)/bin/python install --quiet -r $<
	touch $@

# Tools of one target each, which the tests do without.
.venv/packages/uv/made .venv/packages/pip-audit/made: $(VENV)/bin/python
	$(BIN)/python -m venv --without-pip $(@D)
	$(LOCKED) $(@D)/bin/python install --quiet $(notdir $(@D))
	touch $@

# What the vendors have for Node, which the tests drive.
.venv/packages/%/made: tests/vendors/%/package-lock.json
	@command -v npm >/dev/null || { echo "the tests drive packages of npm, which is not there; try: apt-get install nodejs npm" >&2; exit 1; }
	mkdir -p $(@D)
	cp tests/vendors/$*/package.json tests/vendors/$*/package-lock.json $(@D)
	npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# And for Python; what was packed before there were wheels is built by this setuptools, not by the latest one.
.venv/packages/%/made: tests/vendors/%/requirements.txt tests/vendors/setuptools.txt $(VENV)/bin/python
	$(BIN)/python -m venv --without-pip $(@D)
	$(LOCKED) $(@D)/bin/python install --quiet --require-hashes -r tests/vendors/setuptools.txt
	$(LOCKED) $(@D)/bin/python install --quiet --require-hashes --no-build-isolation -r $<
	touch $@

# mypy and pyright look for a folder named legacygrid; they get a link where the checkout is named otherwise.
.pkg/legacygrid:
	mkdir -p .pkg
	ln -s .. .pkg/legacygrid
