# Everything that is done in this repository. `make` or `make help` says what there is.
# Each target sets up what it needs: an environment in .venv, a browser, the JavaScript tools.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
JS_INSTALLED := js/node_modules/.package-lock.json
STATIC := invokeai_widgets/static

URL ?= http://localhost:9090
VERSION ?= 6.14.2
PYTEST ?=
ON_BOTH := tests/contract tests/kernel $(wildcard tests/browser/test_end_to_end*.py)
BENCH ?=

# --- commands ---

.PHONY: help
help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-15s %s\n' "$$name" "$$text"; done

.PHONY: setup
setup: $(INSTALLED) ## make the environment in .venv

.PHONY: demo
demo: $(INSTALLED) ## JupyterLab with the manager and a server that is built in, nothing else needed
	$(BIN)/invokeai-widgets lab

.PHONY: lab
lab: $(INSTALLED) ## JupyterLab with the first notebook, on your server: make lab URL=http://localhost:9090
	@INVOKEAI_URL='$(URL)' $(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) \
		--LabApp.default_url=/lab/tree/01_first_look.ipynb notebooks/01_first_look.ipynb

.PHONY: test
test: $(INSTALLED) browser ## every test but those of the real server
	$(BIN)/python -m pytest -m 'not invokeai' $(PYTEST)
	INVOKEAI_VERSION=embedded $(BIN)/python -m pytest -m invokeai $(ON_BOTH) $(PYTEST)

.PHONY: test-embedded
test-embedded: $(INSTALLED) ## the tests of the real server, with the embedded one in its place: OLD=6.8.1
	INVOKEAI_VERSION='embedded$(if $(OLD),-$(OLD))' $(BIN)/python -m pytest -m invokeai $(ON_BOTH) $(PYTEST)

.PHONY: test-invokeai
test-invokeai: $(INSTALLED) browser ## the tests that meet a real InvokeAI, which is installed once: VERSION=6.14.2
	INVOKEAI_VERSION='$(VERSION)' $(BIN)/python -m pytest -m invokeai $(PYTEST)

.PHONY: check
check: check-python check-js ## format, lint and types of both languages, the JavaScript tests, and the built files

.PHONY: check-python
check-python: $(INSTALLED)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy -p invokeai_widgets -p tests.support -p bench

.PHONY: check-js
check-js: js
	cd js && npm run --silent check
	cd js && npm run --silent test
	@git diff --stat --exit-code -- $(STATIC) && test -z "$$(git ls-files --others --exclude-standard $(STATIC))" \
		|| { echo 'The built files are not those of the sources: commit what "make js" makes.' >&2; exit 1; }

.PHONY: js
js: $(JS_INSTALLED) ## build the widgets' JavaScript and CSS into invokeai_widgets/static
	cd js && npm run --silent build

.PHONY: notebooks
notebooks: $(INSTALLED) ## run the notebooks again and save what they show
	$(BIN)/python -m tests.support.jupyter.rerun notebooks/*.ipynb

.PHONY: pictures
pictures: $(INSTALLED) browser ## make the pictures of the README again
	$(BIN)/python -m docs.pictures

.PHONY: bench
bench: $(INSTALLED) browser ## measure, beside others, into bench/RESULTS.md; a part: BENCH='tables --rows 1000'
	$(BIN)/python -m bench $(BENCH)

.PHONY: browser
browser: $(INSTALLED) ## see that there is a browser for the tests
	@$(BIN)/python -m tests.support.jupyter.get_browser

.PHONY: clean
clean: ## remove what the other commands made in this folder
	rm -rf $(VENV) js/node_modules dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what they need ---

$(INSTALLED): pyproject.toml .ci/make-venv
	.ci/make-venv $(VENV)
	touch $@

$(JS_INSTALLED): js/package.json js/package-lock.json
	@command -v npm >/dev/null || { echo 'The JavaScript is built with Node.js 20 or newer and npm; neither tests nor use need it.' >&2; exit 1; }
	cd js && npm ci --no-audit --no-fund
	touch $@
