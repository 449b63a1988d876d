PYTHON ?= python3
# Every shell sets USER (root, you): only one given to make itself names a user of the API.
export TOKEN_USER := $(if $(filter command line,$(origin USER)),$(value USER),alice)

.DEFAULT_GOAL := help
.PHONY: help dev token migrate psql test fmt lint check readme clean-dev

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | while IFS='	' read -r target text; do printf '  make %-10s %s\n' "$$target" "$$text"; done

dev: ## the API on this machine, with a database, until Ctrl-C (PORT=9000)
	@$(PYTHON) scripts/dev.py up

token: ## a bearer token for it (USER=alice TTL=24h ALG=HS256, or RS…, PS…, ES256, ES384, EdDSA)
	@$(PYTHON) scripts/dev.py token "--alg=$(or $(ALG),HS256)" "--ttl=$(or $(TTL),24h)" -- "$$TOKEN_USER"

migrate: ## apply the migrations to the development database, or to the one that DATABASE_URL names
	@$(PYTHON) scripts/dev.py migrate

psql: ## look into that database
	@$(PYTHON) scripts/dev.py psql

test: ## all the tests, on a database of their own
	@$(PYTHON) scripts/node.py
	$(PYTHON) scripts/postgres.py run -- cargo test --workspace --locked

fmt: ## format the code
	cargo fmt --all

lint: ## formatting and clippy, warnings denied
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

check: ## validate template.yaml (installs the SAM CLI from PyPI, 340 MB, into .dev/sam)
	@$(PYTHON) scripts/packages.py aws-sam-cli sam
	AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-us-east-1} SAM_CLI_TELEMETRY=0 .dev/sam/bin/sam validate --lint

readme: ## run the README's walk-through as it is printed
	$(PYTHON) scripts/walkthrough.py README.md

clean-dev: ## remove the development database
	@$(PYTHON) scripts/dev.py clean
