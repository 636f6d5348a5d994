# Short recipes over cargo and infra/local/souk.py. They need Rust, Python 3.10 or newer and make, and install the rest.
PYTHON ?= python3
SOUK := $(PYTHON) infra/local/souk.py
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help local up down push invoke demo test build deploy keys bench cost rotate-key rotate-sealing restore-table fmt docs lint clean tools python

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

local: python ## Build, start a local cloud, deploy, create demo data, and run until Ctrl-C
	@$(SOUK) up

up: python ## The same in the background
	@$(SOUK) up --background

down: ## Stop what `make up` started
	@$(SOUK) down

push: tools ## Build the functions F="..." and give the running stack their code; without F all that changed
	@.tools/aws/bin/python infra/local/push.py $(F)

invoke: tools ## Run the function F=... on events/<F>.json against the running stack; EVENT=<file>: on another event
	@.tools/aws/bin/python infra/local/invoke.py $(F) $(EVENT)

demo: ## Play one sale from registration to order against the running stack, and print each step
	@target/release/souk-demo sale --outputs target/local/outputs.json

test: tools ## Run every check and every test; the journeys run against a stack of their own
	@$(SOUK) test

build: tools ## Build the functions for Lambda into target/lambda/, as `make deploy` ships them
	@PATH="$(CURDIR)/.tools/aws/bin:$$PATH" $(PYTHON) infra/local/release.py

deploy: build ## Deploy to AWS; the first time it asks for the parameters, and with ARGS=--guided again
	@PATH="$(CURDIR)/.tools/aws/bin:$$PATH" .tools/aws/bin/python infra/deploy_to_aws.py $(ARGS)

keys: tools ## Give the deployment PREFIX=souk-<stage> its keys for Stripe and Google
	@.tools/aws/bin/python infra/write_keys.py $(PREFIX)

bench: tools ## Measure the size of the functions, and cold and warm ones next to Node.js; ARGS=--search: the search engine
	@.tools/aws/bin/python bench/bench.py $(ARGS)

rotate-key: tools ## Give the access tokens of PREFIX=souk-<stage> a new signing key
	@.tools/aws/bin/python infra/rotate_signing_key.py $(PREFIX)

rotate-sealing: tools ## Give the deployment PREFIX=souk-<stage> a new sealing key; ARGS=--drop-old forgets the old ones
	@.tools/aws/bin/python infra/rotate_sealing_key.py $(PREFIX) $(ARGS)

restore-table: tools ## Restore TABLE=... as of AT=<time> as the new table TO=..., for a deployment to use
	@.tools/aws/bin/python infra/restore_table.py $(TABLE) $(AT) $(TO)

cost: tools ## Print what a deployment costs in a month in which nobody calls it
	@.tools/aws/bin/python bench/cost.py $(ARGS)

fmt: ## Format the code
	@cargo fmt --all

docs: ## Write what is made from the code and checked in: openapi.json and the table of functions in README.md
	@cargo build --release --workspace --bin xtask
	@target/release/xtask docs

lint: tools ## Run the checks of `make test` that need no running stack
	@$(SOUK) lint

clean: ## Remove everything that was built
	@cargo clean

tools: python ## Install the pinned Python tools into .tools/
	@$(PYTHON) infra/local/tools.py

python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python 3.10 or newer is needed")'
