# Every target brings what it needs, and does nothing twice.
.PHONY: up down test lint bench build tools clean
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

SOURCES := $(shell find provider emulator -name '*.ts')

## up: make a data key and its export on a local emulator, and show that both open (FILE=... to seal that file)
up: build tools
	@examples/envelope-key/up.sh "$(FILE)"

## down: destroy what `make up` made, and stop the emulator
down: build tools
	@examples/envelope-key/down.sh

## test: lint, types, unit tests, engine tests
test: lint build tools
	@jest

## lint: rules, import directions, types, formatting
lint: build
	@tsc -p tsconfig.json
	@eslint .
	@prettier --check --log-level warn .

build: dist/provider/index.js
dist/provider/index.js: node_modules/.package-lock.json tsconfig.json tsconfig.build.json $(SOURCES)
	@rm -rf dist
	@tsc -p tsconfig.build.json
	@chmod +x dist/emulator/main.js

tools:
	@tools/install.sh

node_modules/.package-lock.json: package.json package-lock.json
	@npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

## bench: what the emulator costs, beside the floor
bench: build
	@ts-node --transpile-only bench/emulator.ts

## clean: remove what was built and installed; .local/ stays, as it may hold the only copy of a key
clean:
	@rm -rf dist .tools node_modules
