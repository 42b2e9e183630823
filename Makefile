# Every target sets itself up: only Python 3.11, make and a package index are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: install demo test test-s3 test-cluster chaos check up bench docs lock clean

install: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install  ## the main job: simulate, ingest, refresh, verify, print the numbers beside the truth
	$(BIN)/rtr demo

test: install
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not cluster"

# Who writes to the store and reads from it; the rules of the systems know no store.
ON_S3 := tests/lakehouse tests/cli/test_sql.py \
	$(addprefix tests/pipelines/test_,ingest.py killed_ingest.py stream_commit.py write_to_delta.py windowed_figures.py)

test-s3: install  ## the tests of the commit and of ingestion on s3://, against moto's server
	$(BIN)/python -m pytest -n 2 --dist loadfile --store=s3 -m "not cluster and not local_store" $(ON_S3)

test-cluster: install  ## on a real Kafka, Prism and Flink; skips, saying why, where Maven, Java or Go are missing
	$(BIN)/python -m pytest -m cluster -rs

chaos: install  ## 500 processes killed at random moments; about five minutes
	$(BIN)/python -m tests.chaos --kills 500

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tests.import_direction

# The lakehouse of the demo where there is one, unless RTR_LAKEHOUSE names another.
RTR_LAKEHOUSE ?= $(if $(wildcard demo-data/lakehouse),demo-data/lakehouse,lakehouse-data)

up: install  ## the Dagster UI on the lakehouse
	$(BIN)/rtr up --lakehouse $(RTR_LAKEHOUSE)

bench: install
	$(BIN)/rtr bench ingest
	$(BIN)/rtr bench receive

docs: install  ## write docs/tables.md anew from the declared tables
	$(BIN)/python -m cli.docs

lock: install  ## resolve the versions anew, with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-strip-extras --quiet -o requirements.lock

clean:
	rm -rf $(VENV) lakehouse-data demo-data bench-data
