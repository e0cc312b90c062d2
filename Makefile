# Each target is one line that calls a script or `zelo`.
.PHONY: demo test lint bench campaign chaos lists hostile nlu train lock

demo:
	@scripts/install && ZELO_SIMULATOR=$${ZELO_SIMULATOR:-1} .venv/bin/zelo up

test:
	@scripts/install dev && scripts/browser && .venv/bin/pytest $(ARGS)

lint:
	@scripts/install dev && scripts/lint

bench:
	@scripts/install dev && .venv/bin/python -m benchmarks

campaign:
	@scripts/install dev && .venv/bin/python -m benchmarks.campaign

chaos:
	@scripts/install dev && .venv/bin/python -m benchmarks.chaos

hostile:
	@scripts/install dev && .venv/bin/python -m tests.backend.hostile

nlu:
	@scripts/install dev && .venv-rasa/bin/python -m benchmarks.nlu $(ARGS)

train:
	@scripts/install && .venv/bin/zelo train

lock:
	@scripts/lock

lists:
	@scripts/install dev && .venv/bin/python -m benchmarks.lists
