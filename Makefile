# The commands of the project; each installs what it needs and installs it once.

PYTHON ?= python3
BIN := .venv/bin
BENCH := .venv-bench/bin
# The pinned files name every package with its hashes, so nothing is left to resolve.
INSTALL := install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all:
PIN := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.PHONY: run test check lint types servers tests policies bench pins clean
.DELETE_ON_ERROR:

run: .venv/run.stamp ## the product, serving a fictional company's month of chats
	DLP_HOME=var/demo $(BIN)/dlp demo

test: servers tests policies ## every test, the policies' own among them

check: lint types test ## everything CI runs

servers: ## what tests talk to, from Debian: PostgreSQL, rsyslog; as root or with sudo
	tests/install-servers

# Thousands of small databases are flushed to disk; in memory that costs nothing.
tests: .venv/dev.stamp
	PYTEST_DEBUG_TEMPROOT=$$(test -w /dev/shm && echo /dev/shm || echo /tmp) $(BIN)/python -m pytest --cov --cov-report=term

policies: .venv/dev.stamp
	$(BIN)/dlp policies check policies
	$(BIN)/dlp policies test policies

lint: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/dev.stamp
	$(BIN)/mypy

bench: .venv-bench/bench.stamp ## speed beside the peers' own packages, in one run
	$(BENCH)/python -m compileall -q dlp
	$(BENCH)/python -m tests.speed

pins: .venv/dev.stamp ## renews the pinned requirement files
	$(BIN)/pip install --quiet pip-tools
	$(PIN) -o requirements/run.txt pyproject.toml
	$(PIN) -c requirements/run.txt --extra dev -o requirements/dev.txt pyproject.toml
	$(PIN) -c requirements/dev.txt -o requirements/build.txt requirements/build.in
	$(PIN) -c requirements/run.txt -o requirements/bench.txt requirements/bench.in

clean:
	rm -rf .venv .venv-bench var build dist .coverage .*_cache .hypothesis

.venv/run.stamp: requirements/run.txt requirements/build.txt pyproject.toml
	test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip $(INSTALL) -r requirements/run.txt -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q dlp
	touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	$(BIN)/python -m pip $(INSTALL) -r requirements/dev.txt
	touch $@

.venv-bench/bench.stamp: requirements/run.txt requirements/bench.txt
	test -x $(BENCH)/pip || $(PYTHON) -m venv --clear .venv-bench
	$(BENCH)/python -m pip $(INSTALL) -r requirements/run.txt -r requirements/bench.txt
	touch $@
