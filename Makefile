# run · test · bench, and what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PORT ?= 8000

run: $(VENV)/.runtime
	@exec $(BIN)/python manage.py demo

test: $(VENV)/.dev
	@$(BIN)/python -m tests.run

# Everything, and the plays once more on PostgreSQL and Redis with two web processes.
plays: $(VENV)/.dev
	@PLAYS_ON_SERVERS=1 $(BIN)/python -m tests.run

bench: $(VENV)/.dev
	@$(BIN)/python -m tests.bench

reset: $(VENV)/.runtime
	@$(BIN)/python manage.py demo --reset

$(VENV)/.runtime: requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@

.PHONY: run test plays bench reset
