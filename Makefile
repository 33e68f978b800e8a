# One command for each thing that people and CI do. `make` alone lists them.
.DEFAULT_GOAL := help
.SUFFIXES:

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# Local work is development; a server's environment says production, which is the default everywhere else.
DEVELOPMENT := ENVIRONMENT=$${ENVIRONMENT:-development}

.PHONY: help install run demo demo-once migrate reset test faults check judge-claims bench bench-gating bench-ingest bench-pages bench-patients bench-replay bench-scheduling bench-wall bench-peers bench-documents

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

install: $(STAMP) ## Get all that is needed into .venv (and system libraries where allowed)
	@echo "All that uv.lock names is installed"

$(STAMP): uv.lock scripts/bootstrap.py
	@$(PYTHON) scripts/bootstrap.py
	@touch $@

run: $(STAMP) ## Start the clinic on this machine with its own database; Ctrl-C stops all
	@echo "Starting the clinic"
	@$(DEVELOPMENT) $(BIN)/python manage.py demo --no-seed

demo: $(STAMP) ## The same with invented patients, courses and running devices
	@echo "Starting the demonstration"
	@$(DEVELOPMENT) $(BIN)/python manage.py demo

demo-once: $(STAMP) ## One treatment from device to claim, results into OUT=DIR; ECG=SOURCE to use another signal
	@test -n "$(OUT)" || { echo "Name the folder for the results: make demo-once OUT=DIR [ECG=SOURCE]"; exit 2; }
	@echo "Running one treatment into $(OUT)"
	@$(DEVELOPMENT) $(BIN)/python manage.py demo --once --out "$(OUT)" $(if $(ECG),--ecg "$(ECG)")

migrate: $(STAMP) ## Bring the database up to date
	@echo "Migrating the database"
	@$(DEVELOPMENT) $(BIN)/python -m eecp_clinic.embedded run -- $(BIN)/python manage.py migrate

reset: $(STAMP) ## Stop the local servers and delete all local data
	@echo "Stopping the local servers and deleting their data"
	@$(BIN)/python -m eecp_clinic.embedded reset
	@if [ -z "$$EECP_VAR" ]; then rm -rf var; else echo "Delete the files in $$EECP_VAR by hand"; fi

test: $(STAMP) ## Run the tests on servers of their own
	@echo "Testing"
	@$(BIN)/python -m pytest -n 2 --dist worksteal

faults: $(STAMP) ## Break everything between console and file, and prove every sample; TIMES=N runs in a row, FROM=K the first
	@echo "Breaking things"
	@$(BIN)/python -m pytest tests/faults -n 2 --dist worksteal --maxfail 1 --times $(or $(TIMES),1) --from $(or $(FROM),0) $(if $(TALLY),--tally "$(TALLY)")

check: $(STAMP) ## Lint, format, types, arrows, migrations, settings
	@scripts/check

judge-claims: $(STAMP) ## Have a second validator, in an environment of its own, judge the claim files of the tests
	@PATH=$(CURDIR)/.tools/uv/bin:$$PATH uv run -q --script scripts/judge_x12.py tests/courses/billing/x12/golden/*.837

bench-documents: $(STAMP) ## Measure the packet of a course: from kept sheets, and everything from nothing
	@$(BIN)/python -m benchmarks.documents

bench-ingest: $(STAMP) ## Measure what taking chunks from many devices costs, beside the least it could
	@$(BIN)/python -m benchmarks.ingest

bench-pages: $(STAMP) ## Measure the pages of a working day with 1, 10 and 100 times the demo's data
	@$(BIN)/python -m benchmarks.pages

bench-patients: $(STAMP) ## Measure the list of patients with 200 and with 20,000
	@$(BIN)/python -m benchmarks.patients

bench-replay: $(STAMP) ## Measure how fast the waves of an hour open and how smoothly they move
	@$(BIN)/python -m benchmarks.replay

bench-wall: $(STAMP) ## Measure the wall with twelve live devices in Chromium; MINUTES=60 for an hour
	@$(BIN)/python -m benchmarks.wall --minutes $(or $(MINUTES),3)

bench: bench-peers ## Measure against peers and limits, one benchmark after the other
	@for file in benchmarks/*.py; do \
		grep -q '__main__' "$$file" || continue; \
		echo "== $$file"; \
		$(BIN)/python -m "benchmarks.$$(basename "$$file" .py)" || exit 1; \
	done

bench-gating: bench-peers ## Measure the gating engine on one hour, beside public tools
	@$(BIN)/python -m benchmarks.gating

bench-scheduling: bench-peers ## Measure planning and repair, beside first free hour and a proven optimum
	@$(BIN)/python -m benchmarks.scheduling

# The tools that stand beside ours in benchmarks; nothing else needs them.
bench-peers: $(STAMP)
	@PATH="$$PATH:$$PWD/.tools/uv/bin" uv sync --frozen --quiet --group bench
