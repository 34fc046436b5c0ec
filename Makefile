# SPDX-License-Identifier: Apache-2.0
# The README's two commands are `make demo` and `make test`; `make help` lists the rest.

GO        ?= go
TOOLS     := $(CURDIR)/.tools
LINT      := $(TOOLS)/golangci-lint
LINT_AT   := v2.15.0
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS   := -s -w -X main.version=$(VERSION)
WEB_FILES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)
export CGO_ENABLED ?= 0
# The packages that the race detector watches: where goroutines meet, without the media server.
RACE      := ./internal/convoke ./internal/provision ./internal/conference ./internal/access ./internal/events \
             ./internal/store/... ./internal/api ./internal/saml ./internal/oidc ./internal/oauth ./internal/scim \
             ./internal/signon ./internal/webhook ./internal/imports ./internal/mail ./client/...
# SQLite's engine, translated from C, keeps its data outside Go's heap, where the detector sees nothing;
# watching it all the same makes every test several times as long.
UNWATCHED := -gcflags=modernc.org/sqlite/lib=-race=false

.PHONY: help demo build web check lint test test-go test-race test-web test-browser bench fuzz clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

demo: build ## build all, start server and example app, print what to open; ARGS="--listen ..." adds flags
	bin/convoke demo $(ARGS)

build: web ## bin/convoke, with the pages inside
	$(GO) build -ldflags '$(LDFLAGS)' -o bin/convoke ./cmd/convoke

web: web/dist/.built ## the pages, into web/dist

web/dist/.built: web/node_modules/.installed $(WEB_FILES)
	cd web && npm run build
	touch $@

web/node_modules/.installed: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch $@

check: web lint ## lint, vet, import law, generated files current
	test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) test ./internal/arch
	$(GO) mod tidy -diff
	cd web && npm run check

lint: $(LINT)
	$(LINT) run

$(LINT):
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_AT)

test: build test-go test-race test-web test-browser ## every test, the browser tests among them

test-go: ## all Go tests
	./scripts/prepare-tests
	$(GO) test -count=1 -timeout 20m ./...

test-race: ## the races that the project promises, under the race detector
	./scripts/prepare-tests
	CGO_ENABLED=1 $(GO) test -race $(UNWATCHED) -count=1 -timeout 30m $(RACE)
	CGO_ENABLED=1 CONVOKE_TEST_RACE="-race $(UNWATCHED)" $(GO) test -count=1 -timeout 30m -run TestTwoHundredEnsures ./internal/app

test-web: web ## unit tests of the pages
	cd web && npm test

test-browser: build ## real browsers with fake devices
	./scripts/prepare-tests browser
	cd web && npm run test:browser

bench: build ## benchmarks, each with its floor in the same run
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m ./internal/bench ./internal/webhook ./internal/saml
	./scripts/prepare-tests browser
	cd web && npm run bench

fuzz: ## a minute for each fuzz target
	./scripts/fuzz 60s

clean: ## remove what was built
	rm -rf bin web/dist/room web/dist/portal web/dist/assets web/dist/.built .tools
