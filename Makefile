# Each target makes the virtual environment it needs. The command is .venv/bin/perennial.

# The first Python here that is new enough; another one: make demo PYTHON=/path/to/python3.
PYTHON ?= $(firstword $(foreach python,python3 python3.13 python3.12 python3.11,$(if \
	$(shell $(python) -c 'import sys; print("yes" * (sys.version_info >= (3, 11)))' 2>/dev/null),$(python))))
SAM_VERSION := 1.170.0
SAM := SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 .venv-sam/bin/sam
VENV := .venv/made
CLOUD_VENV := .venv-cloud/made
SAM_VENV := .venv-sam/made
MUTANTS_VENV := .venv-mutants/made

.DEFAULT_GOAL := help
.PHONY: help demo dev test check style types coverage template privileges bench soak sam schema fmt screenshots
.PHONY: crash fuzz mutants cost cloud-test

help: ## show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV) ## a fictional shop: a year of orders, three live weeks, every message explained
	.venv/bin/perennial demo

dev: $(VENV) ## a cloud on the desk, on port 8787
	.venv/bin/perennial dev

test: $(VENV) ## all tests
	.venv/bin/pytest -n auto -q

check: style types test template privileges ## everything that a change must pass

style: $(VENV)
	.venv/bin/ruff check
	.venv/bin/ruff format --check

types: $(VENV)
	.venv/bin/mypy

coverage: $(VENV) ## all tests, and which lines none of them reached
	.venv/bin/pytest -n auto -q --cov --cov-report=term

template: $(VENV) $(SAM_VENV)
	.venv/bin/cfn-lint template.yaml infra/observability.yaml
	$(SAM) validate --lint
	@.ci/build $(SAM)

privileges: $(VENV) ## every flow with only the permissions of template.yaml; docs/permissions.md says who needs which
	.venv/bin/python -m infra.privileges

# pyarrow only reads real orders, where they lie beside the repository.
bench: $(VENV) ## start-up, CPU, calls, units and forecasts, as JSON
	@test ! -f ../shared/data/online_retail.parquet || .venv/bin/python -c 'import pyarrow' 2>/dev/null \
		|| .venv/bin/python -m pip install --quiet --disable-pip-version-check pandas pyarrow
	.venv/bin/python -m infra.bench

soak: $(VENV) ## a month of 100,000 simulated customers with every kind of trouble; SOAK="--customers 1000 ..." for less
	.venv/bin/python -m infra.soak $(SOAK)

crash: $(VENV) ## everything that can go wrong at each AWS call, where the tests try a part; some ten minutes
	PERENNIAL_CRASH=full .venv/bin/pytest -n auto -q tests/crash

fuzz: $(VENV) ## 20,000 requests that nobody should send, where the tests send 6,000
	PERENNIAL_FUZZ=20000 .venv/bin/pytest -q tests/end_to_end/test_fuzz.py

cloud-test: $(VENV) $(CLOUD_VENV) ## the stack and the adapters on a second, stricter cloud; CLOUD="tests/adapters -x" for some
	.venv/bin/python -m infra.second_cloud .venv-cloud/bin/python .venv-cloud/functions $(CLOUD)

cost: $(VENV) ## docs/cost.md from the figures in docs/bench.json; BENCH=file takes those of a run of `make bench` over
	.venv/bin/python -m infra.bench.cost $(BENCH)

mutants: $(MUTANTS_VENV) ## a mutation run over planning, sending and the adapters; a quarter of an hour
	.venv-mutants/bin/python -m infra.mutants $(MUTANTS)

sam: $(SAM_VENV) ## SAM in a virtual environment of its own, as .venv-sam/bin/sam

screenshots: $(VENV) ## every mail in Chromium at two widths, light and dark, measured; TEMPLATES="a/b c/d" for some
	.venv/bin/python -m infra.preview.screenshots $(TEMPLATES)

schema: $(VENV) ## the JSON Schema by which editors check campaign files
	.venv/bin/perennial schema --output content/schemas/campaign.schema.json

fmt: $(VENV) ## format the code and sort its imports
	.venv/bin/ruff check --select I --fix
	.venv/bin/ruff format

$(VENV): pyproject.toml functions/requirements.txt
	$(call make_venv,.venv)
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[local,dev]'
	@touch $@

# Apart from the rest: what SAM needs contradicts what the tests need.
$(SAM_VENV): Makefile
	@echo "Installing SAM into .venv-sam; this takes about two minutes."
	$(call make_venv,.venv-sam)
	.venv-sam/bin/python -m pip install --quiet --disable-pip-version-check aws-sam-cli==$(SAM_VERSION)
	@touch $@

# Apart too: it needs another botocore. Beside it the functions' requirements, as Lambda unpacks them.
$(CLOUD_VENV): infra/second_cloud/requirements.txt functions/requirements.txt
	$(call make_venv,.venv-cloud)
	.venv-cloud/bin/python -m pip install --quiet --disable-pip-version-check -r infra/second_cloud/requirements.txt
	@rm -rf .venv-cloud/functions
	.venv-cloud/bin/python -m pip install --quiet --disable-pip-version-check --target .venv-cloud/functions -r functions/requirements.txt
	@touch $@

# Apart, too: a tool that only this target needs.
$(MUTANTS_VENV): pyproject.toml functions/requirements.txt
	$(call make_venv,.venv-mutants)
	.venv-mutants/bin/python -m pip install --quiet --disable-pip-version-check '.[local,dev]' mutmut==3.8.1
	.venv-mutants/bin/python -m pip uninstall --quiet --yes perennial
	@touch $@

# $(1): where. Also when one is there whose Python is gone.
define make_venv
	$(if $(PYTHON),,$(error Perennial needs Python 3.11 or newer and there is none on the PATH. Install one, \
	or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3))
	@$(1)/bin/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(1)
endef
