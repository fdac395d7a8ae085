# cxorders: `make run` starts the product, `make test` tests it. Each target installs what it needs.
PYTHON ?= python3
HOST   ?= 127.0.0.1
PORT   ?= 8000
ARGS   ?=
BIN    := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test check bench format lock clean

help:
	@echo "make run [PORT=8000] [HOST=127.0.0.1]   启动全部 / start everything"
	@echo "make test [ARGS=...]                    全部测试 / all tests (ARGS go to pytest)"
	@echo "make check                              格式、类型、架构等检查 / formatter, types, architecture ..."
	@echo "make bench [ARGS=...]                   性能比值 / performance as ratios"
	@echo "make format | lock | clean              整理代码 / 更新锁文件 / 清除生成物(保留 var/)"

run:
	@$(PYTHON) .ci/setup.py run --port "$(PORT)" && exec $(BIN)/python manage.py runall --host "$(HOST)" --port "$(PORT)"

test:
	@$(PYTHON) .ci/setup.py dev && exec $(BIN)/python .ci/test.py $(ARGS)

check:
	@$(PYTHON) .ci/setup.py dev && exec $(BIN)/python .ci/check.py

bench:
	@$(PYTHON) .ci/setup.py dev && exec $(BIN)/python -m tests.bench $(ARGS)

format:
	@$(PYTHON) .ci/setup.py dev
	@$(BIN)/python .ci/check.py --fix

lock:
	@$(PYTHON) .ci/setup.py dev && $(BIN)/python .ci/lock.py

clean:
	rm -rf .venv node_modules static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	find cxorders touchpoints feedback kpi tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "数据保留在 var/ 中 / data is kept in var/"
