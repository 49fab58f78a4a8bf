# Two commands: `make demo` opens JupyterLab on a home with real data and a real production; `make test` checks everything.
# Both build a local environment first. Nothing else has to be installed by hand but Python 3.11+, Node 20+ and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
# As pip does: behind a firm's proxy the certificates are the system's.
export UV_SYSTEM_CERTS := 1
# The pins of everything that tests and demo install; `make constraints` writes them anew.
CONSTRAINTS := requirements/constraints.txt
DEMO_HOME ?= $(CURDIR)/.demo
CHECK_HOME ?= $(CURDIR)/.check

.PHONY: help setup build wheel develop demo check test lint unit jest browser contract contract-check bench constraints clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(VENV)/.python: pyproject.toml $(CONSTRAINTS) tools/requirements.py
	$(PYTHON) tools/requirements.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv -c $(CONSTRAINTS)
	# A link to this checkout, from an earlier `make develop`: what is installed would be written through it.
	rm -rf $(VENV)/share/jupyter/labextensions/jupyterlab-headwater jupyterlab_headwater/labextension/install.json
	SKIP_JUPYTER_BUILDER=1 $(BIN)/uv pip install --quiet --python $(BIN)/python -c $(CONSTRAINTS) -e '.[dev]'
	touch $@

$(VENV)/.node: package.json yarn.lock .yarnrc.yml $(VENV)/.python
	jlpm install --immutable
	touch $@

setup: $(VENV)/.python $(VENV)/.node ## Install the Python and Node environments

LABEXTENSION := jupyterlab_headwater/labextension/package.json
SOURCES := $(shell find src style schema -type f 2>/dev/null) package.json tsconfig.json

$(LABEXTENSION): $(VENV)/.node $(SOURCES)
	jlpm build:prod
	touch $@

$(VENV)/.developed: $(LABEXTENSION) install.json
	jupyter-builder develop --overwrite .
	jupyter server extension enable --sys-prefix --py jupyterlab_headwater >/dev/null 2>&1
	touch $@

build: $(LABEXTENSION) ## Build the front end

wheel: $(VENV)/.node ## Build dist/*.whl, with a front end made anew
	# What is built is packed as it is, be it old or for development.
	rm -rf jupyterlab_headwater/labextension
	jlpm build:prod
	$(BIN)/uv build --quiet --wheel --build-constraints $(CONSTRAINTS) --out-dir dist

develop: $(VENV)/.developed ## Install the extension from this checkout

demo: $(VENV)/.developed ## Open JupyterLab on a home with real data and a real production
	$(BIN)/headwater demo --home '$(DEMO_HOME)' $(DEMO)

check: $(VENV)/.developed ## The demo's whole story without a browser
	$(BIN)/headwater demo --check --home '$(CHECK_HOME)'

lint: $(VENV)/.node ## Linters, type checks, import directions
	ruff format --check headwater jupyterlab_headwater tests bench tools ui-tests
	ruff check headwater jupyterlab_headwater tests bench tools ui-tests
	mypy
	lint-imports
	jlpm tsc --noEmit
	jlpm tsc --noEmit -p ui-tests
	jlpm eslint src ui-tests
	jlpm prettier --check src style schema ui-tests '*.json' '*.js' '*.mjs'

contract: $(VENV)/.node ## Make api/openapi.json and src/api/schema.ts from the models and routes
	python -m jupyterlab_headwater.openapi
	python tools/public_api.py
	jlpm contract

jest: $(VENV)/.node ## Tests of the front end
	jlpm jest

unit: $(VENV)/.developed ## Tests of the Python packages, against a real PostgreSQL and a real MariaDB
	bash tools/mariadb.sh
	pytest -n 2 --dist loadgroup tests

# Real-time collaboration changes how every notebook is saved, so it has an environment of its own.
COLLABORATION := .venv-collaboration
# It holds a copy of the front end, so it is made again with every new one.
$(COLLABORATION)/.ready: $(VENV)/.developed requirements/collaboration.txt
	rm -rf $(COLLABORATION)
	$(BIN)/uv venv --quiet --python $(BIN)/python $(COLLABORATION)
	SKIP_JUPYTER_BUILDER=1 $(BIN)/uv pip install --quiet --python $(COLLABORATION)/bin/python \
	  -c $(CONSTRAINTS) -c requirements/collaboration.txt -e '.[demo,collaboration]'
	touch $@

browser: $(VENV)/.developed $(COLLABORATION)/.ready ## The story in a real browser, alone and together
	bash tools/chromium.sh
	cd ui-tests && jlpm playwright test
	cd ui-tests && PATH="$(CURDIR)/$(COLLABORATION)/bin:$$PATH" HEADWATER_UI_PORT=18932 \
	  HEADWATER_UI_TESTS=./collaboration jlpm playwright test

test: lint jest unit build-size check browser ## Everything

build-size: $(VENV)/.developed
	node tools/bundle_size.mjs

bench: $(VENV)/.developed ## Benchmarks; each prints its ratios
	for file in bench/[a-z]*.py; do case $$file in bench/seeding.py|bench/events.py) ;; *) echo "== $$file"; python $$file; esac; done

constraints: ## Write requirements/constraints.txt from the environment
	$(BIN)/uv pip freeze --python $(BIN)/python --exclude-editable | grep -vE '^(jupyterlab-headwater|pip|setuptools)\b' > $(CONSTRAINTS)
	# They were frozen from one Python; they must fit the oldest that is promised, too.
	$(BIN)/uv pip compile --quiet --python-version 3.11.0 -c $(CONSTRAINTS) --extra dev pyproject.toml -o /dev/null

clean: ## Remove what was built; the demo's home stays
	rm -rf $(VENV) $(COLLABORATION) node_modules lib tsconfig.tsbuildinfo jupyterlab_headwater/labextension ui-tests/test-results dist build .check
