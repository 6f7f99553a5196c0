# Everything that can be done here. `make` alone lists it.

export GOFLAGS := -buildvcs=auto
GO ?= go

.PHONY: help
help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: needs build ## Build and start everything on this machine
	@exec ./bin/skein serve

.PHONY: build
build: ## Build bin/skein
	@$(GO) build -o bin/skein ./cmd/skein

.PHONY: test
test: needs-test ## Run every test, race detector on
	$(GO) test -race -timeout 30m ./...

.PHONY: test-long
test-long: needs-test ## Run the long forms of the tests: crash loops, thousands of histories
	SKEIN_LONG=1 RAPID_CHECKS=10000 $(GO) test -race -timeout 3h ./...

.PHONY: conformance
conformance: ## Run the official client's own tests against the event node
	$(GO) test -count=1 -v ./adapters/eventnode/conformance

.PHONY: fuzz
fuzz: FUZZTIME ?= 30s
fuzz: ## Run every fuzz target for FUZZTIME, which is 30s
	@set -e; for folder in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u); do \
		found=$$($(GO) test -list '^Fuzz' $$folder); \
		for target in $$(echo "$$found" | grep '^Fuzz'); do \
			echo "$$folder $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$folder; \
		done; \
	done

.PHONY: check
check: ## Check format, vet, staticcheck and the import rules
	@test -z "$$($(GO) tool gofumpt -l . | tee /dev/stderr)" || { echo 'Format these files: go tool gofumpt -w .'; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) test ./domain -run '^TestImports$$'

.PHONY: bench
bench: needs build ## Measure this tree beside the limits of this machine
	@exec ./bin/skein bench

# What is needed beside Go, from Debian's packages. Elsewhere it is named.
.PHONY: needs needs-test
needs: ; @.ci/needs postgresql
needs-test: ; @.ci/needs postgresql dovecot-imapd gcc curl
