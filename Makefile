# The commands of a newcomer and of a contributor. CONTRIBUTING.md and docs/settings.md say more.
#   make run     the site with its demo letter, until Ctrl-C   (PORT=8000 VAR_DIR=var)
#   make test    the whole suite                               (ARGS="tests/dev -x")
#   make check   lint, types, import rules, migrations, templates
#   make bench   the figures of docs/performance.md
#   make lock    compile the lock files after a change in pyproject.toml
#   make lighthouse   install Lighthouse under var/ (needs node and npm), so that make test runs it too
#   make clean   remove .venv and caches; what is under var/ stays

PYTHON ?= python3
IN_VENV := .venv/bin/python

.PHONY: run test check bench lock lighthouse clean venv

run: venv
	@$(IN_VENV) -m dev.run

test: venv
	@$(IN_VENV) -m dev.suite $(ARGS)

check: venv
	@$(IN_VENV) -m dev.check

bench: venv
	@$(IN_VENV) -m dev.servers $(IN_VENV) -m benchmarks $(ARGS)

venv:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) on this machine: install Python 3.11 or newer, or name one with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) dev/install.py

LOCK = var/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	@$(PYTHON) -m venv var/lock
	@var/lock/bin/pip install --quiet --disable-pip-version-check uv
	@$(LOCK) pyproject.toml --output-file requirements.txt $(ARGS)
	@$(LOCK) --group dev pyproject.toml --output-file requirements-dev.txt $(ARGS)
	@rm -rf var/lock

# Its lock has hashes and no addresses, like those of Python; nothing of it is part of the product.
lighthouse:
	@mkdir -p var/lighthouse
	@cmp -s tests/lighthouse/package-lock.json var/lighthouse/installed || { \
		cp tests/lighthouse/package.json tests/lighthouse/package-lock.json var/lighthouse/ && \
		npm ci --prefix var/lighthouse --ignore-scripts --no-audit --no-fund --loglevel=error && \
		cp tests/lighthouse/package-lock.json var/lighthouse/installed; }

clean:
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
