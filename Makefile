# Targets for users: demo, test. For developers: see CONTRIBUTING.md.
# Everything is set up inside this folder (.venv, vscode-client/node_modules); nothing else is needed
# than Python 3.10 or later, Node and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENT := vscode-client

.PHONY: demo test format law linear real bench corpus e2e vsix clean

demo: $(VENV)/.installed
	$(BIN)/oopsight explain sample_kernel/crashes/arm/seed.txt --tree sample_kernel

test: $(VENV)/.developed $(CLIENT)/node_modules/.installed
	$(BIN)/python -m pytest

# Rewrites the formatting of the Python code.
format: $(VENV)/.developed
	$(BIN)/ruff check --fix server tests
	$(BIN)/ruff format server tests

# The law of damage: ten thousand random chains of three, with a table.
law: $(VENV)/.developed
	$(BIN)/python -m pytest -m slow -s tests/test_damage.py

# Every expression, and whole texts, on their worst inputs (a quarter of an hour).
linear: $(VENV)/.developed
	$(BIN)/python -m pytest -m slow tests/test_linear.py

# The main job on real kernel trees; fetches what it needs (see tests/real/README.md).
real: $(VENV)/.developed
	$(BIN)/python -m pytest -m slow tests/real

# How much is read of the texts of real crashes in ../shared/corpus, by set, format and architecture.
corpus: $(VENV)/.developed
	$(BIN)/python -m tests.corpus.measure

# Time and memory, with commit and machine, into tests/bench/RESULTS.md.
bench: $(VENV)/.developed
	$(BIN)/python tests/bench/run.py

# The client in a real VS Code, driven by a browser (see tests/e2e/README.md).
e2e: $(VENV)/.developed vsix
	tests/e2e/vscode/run.sh

vsix: $(CLIENT)/node_modules/.installed
	cd $(CLIENT) && npm run package

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e .
	touch $@

$(VENV)/.developed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]'
	touch $@ $(VENV)/.installed

$(CLIENT)/node_modules/.installed: $(CLIENT)/package.json $(CLIENT)/package-lock.json
	cd $(CLIENT) && npm ci --no-audit --no-fund
	touch $@

clean:
	rm -rf $(VENV) $(CLIENT)/node_modules $(CLIENT)/out
