# Everything a person or a machine does with a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Somebody else may be installing: wait for them.
APT := apt-get -o DPkg::Lock::Timeout=300

.PHONY: demo test check bench bench-audit bench-national torture chromium java libreoffice clean

demo: $(VENV)/web.done
	$(BIN)/yiheng demo

test: check chromium java libreoffice
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/test.done
	$(BIN)/ruff check src tests bench torture
	$(BIN)/ruff format --check src tests bench torture
	$(BIN)/mypy

bench: $(VENV)/test.done
	$(BIN)/python -m bench

bench-audit: $(VENV)/test.done java
	$(BIN)/python -m bench audit

bench-national: $(VENV)/test.done
	$(BIN)/python -m bench national

torture: $(VENV)/test.done
	$(BIN)/python -m torture

# The browser tests drive the system's Chromium; Chinese pages need a Chinese font.
chromium:
	@command -v chromium >/dev/null || { \
	  echo "installing Chromium and a Chinese font"; \
	  $(APT) update -qq && DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq chromium fonts-noto-cjk >/dev/null; }

# Spark runs on Java.
java:
	@command -v java >/dev/null || { \
	  echo "installing Java 17"; \
	  $(APT) update -qq && DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq openjdk-17-jre-headless >/dev/null; }

# The workbook's formulas are recalculated by a real spreadsheet: 90 MB to fetch, 280 MB on disk.
libreoffice:
	@command -v soffice >/dev/null || { \
	  echo "installing LibreOffice Calc"; \
	  $(APT) update -qq && DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends libreoffice-calc-nogui >/dev/null; }

$(VENV)/pip.done:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/web.done: $(VENV)/pip.done pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[web]"
	@touch $@

$(VENV)/test.done: $(VENV)/pip.done pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[all]"
	@touch $@ $(VENV)/web.done

clean:
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache
