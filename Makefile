.DEFAULT_GOAL := help
.PHONY: help demo up test check format bench scenarios chaos-messages saboteurs histories schemas lock clean dev postgresql
PYTHON := .venv/bin/python
ifndef PATH  # an empty environment
export PATH := /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
endif

help:  ## this list; ARGS="..." is handed on by demo, up, test, bench and others
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo:  ## real villages through the default plans on the real engine, with simulated people
	@./cuntong demo $(ARGS)

up:  ## engine, worker and delivery, with their data under data/
	@./cuntong up $(ARGS)

test: dev postgresql  ## every test; one of them: make test ARGS="tests/unit -k ladder"
	@$(PYTHON) -m pytest $(ARGS)

check: dev  ## lint, format, types and who may import whom; changes nothing
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	.venv/bin/lint-imports --no-logo

format: dev  ## put the code into its usual form
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

bench: dev postgresql  ## what a project costs, in ratios against the bare engine in the same run
	@$(PYTHON) -m tests.bench $(ARGS)

scenarios: dev  ## every scenario by the rules and by the workflow, and whether both agree
	@$(PYTHON) -m tests.support.scenarios $(ARGS)

chaos-messages: dev postgresql  ## three plays in which everything is killed, and what was lost, doubled or early in them
	@$(PYTHON) -m tests.chaos $(ARGS)

saboteurs: dev postgresql  ## six deliberate breakages, each of which those plays must find
	@$(PYTHON) -m tests.saboteurs $(ARGS)

histories: dev  ## record anew the histories that tests/replay replays
	@$(PYTHON) -m tests.support.record_histories

schemas:  ## write policies/schema/*.json from the models
	@./cuntong policy schema --write

lock:  ## pin the dependencies of pyproject.toml with their hashes (needs uv in PATH)
	uv pip compile -q --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	uv pip compile -q --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean:  ## remove .venv and caches; leaves data/ alone
	rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The two below are steps of the others: they do nothing when nothing is missing.
dev:
	@deploy/setup/venv.sh dev

postgresql:
	@deploy/setup/postgresql.sh
