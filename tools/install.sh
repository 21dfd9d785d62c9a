#!/usr/bin/env bash
# Puts the Pulumi CLI and its Node host into .tools/bin: those on PATH; else those that the npm package `pulumi`, the
# official wrapper, downloads; else a build from the Go modules pinned beside this script. Says in one line which it
# took. Does nothing if they are there already; to choose anew, remove .tools.
set -euo pipefail

tools=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
store=$(dirname -- "$tools")/.tools
bin=$store/bin
draft=$store/draft # becomes bin once it is complete
scratch=$store/scratch
programs=(pulumi pulumi-language-nodejs pulumi-resource-pulumi-nodejs)
version=$(sed -n 's|^require github.com/pulumi/pulumi/pkg/v3 v||p' "$tools/pulumi/go.mod")
go_version=$(sed -n 's/^go //p' "$tools/pulumi/go.mod")
pins=$(cat "$tools"/*/go.mod "$tools"/*/go.sum | cksum)
refusals=""

has() { command -v "$1" >/dev/null; }
fail() { echo "tools/install.sh: $1" >&2 && exit 1; }
refuse() { refusals=${refusals:+$refusals; }$1 && return 1; }

# In the background, so that a signal to this script ends the command too; without the lock's descriptor.
run() { "$@" 9>&- & wait $!; }

# limited SECONDS COMMAND…: the limit holds where there is a `timeout`.
limited() { if has timeout; then run timeout -k 5 "$@"; else shift && run "$@"; fi; }

version_of() { PULUMI_SKIP_UPDATE_CHECK=true limited 20 "$1" version 2>/dev/null | grep .; }

installed() {
  local program
  for program in "${programs[@]}"; do [ -x "$bin/$program" ] || return 1; done
  case $(cat "$bin/.source" 2>/dev/null) in PATH | "$pins") ;; *) return 1 ;; esac
}

start_draft() { rm -rf "$draft" "$scratch" && mkdir -p "$draft" "$scratch"; }

finish() { # finish SOURCE DESCRIPTION
  local found
  found=$(version_of "$draft/pulumi") || fail "the pulumi that was $2 does not run"
  echo "$1" >"$draft/.source"
  rm -rf "$bin" && mv "$draft" "$bin"
  echo "pulumi ${found#v}: $2${refusals:+ ($refusals)}"
}

on_path() { # prints where PATH has program $1; .tools/bin does not count
  local dir dirs
  IFS=: read -ra dirs <<<"$PATH"
  for dir in "${dirs[@]}"; do
    if [[ -f ${dir:-.}/$1 && -x ${dir:-.}/$1 && ! ${dir:-.} -ef $bin ]]; then
      echo "$(CDPATH='' cd -- "${dir:-.}" && pwd)/$1" && return
    fi
  done
  return 1
}

link_all_from() { # links every program from the first of the folders that has it, or from PATH
  local program dir found
  for program in "${programs[@]}"; do
    found=""
    for dir in "$@"; do [ -n "$found" ] || [ ! -x "$dir/$program" ] || found=$dir/$program; done
    [ -n "$found" ] || found=$(on_path "$program") || { echo "$program" && return 1; }
    ln -s "$found" "$draft/$program"
  done
}

take_from_path() {
  local cli missing
  start_draft
  cli=$(on_path pulumi) || refuse "none on PATH" || return 1
  missing=$(link_all_from "$(dirname "$cli")" "$(dirname "$(readlink -f "$cli")")") ||
    refuse "the one on PATH has no $missing beside it or on PATH" || return 1
  version_of "$draft/pulumi" >/dev/null || refuse "the one on PATH does not run" || return 1
}

# The time-out is on reaching the release; the download, once it is known to be possible, has time for a slow line.
download_with_npm() {
  local wrapper=$scratch/node_modules/pulumi released reachable
  { has npm && has node; } || refuse "no npm for the npm package" || return 1
  start_draft
  limited 30 npm install --prefix "$scratch" --ignore-scripts --no-audit --no-fund --fetch-retries=0 \
    "pulumi@$version" >/dev/null 2>&1 || refuse "the npm package could not be installed" || return 1
  # The wrapper's own code knows where its release comes from and where it puts it.
  released=$(node -p 'require(process.argv[1]).cacheDir(process.argv[2]) + "/bin"' \
    "$wrapper/lib/cache.js" "$version" 2>/dev/null) || refuse "the npm package is not as expected" || return 1
  reachable='const { installCLI } = require(process.argv[1]), end = (code) => () => process.exit(code);
    installCLI("", "", { execScript() {} }).then(end(0), end(1))'
  if [ ! -x "$released/pulumi" ]; then
    limited 10 node -e "$reachable" "$wrapper/lib/download.js" >/dev/null 2>&1 ||
      refuse "the npm package could not reach its release" || return 1
    echo "downloading pulumi $version (once)" >&2
  fi
  PULUMI_SKIP_UPDATE_CHECK=true PULUMI_VERSION=$version limited 600 node "$wrapper/run.js" version >/dev/null 2>&1 ||
    refuse "the npm package could not download its release" || return 1
  link_all_from "$released" >/dev/null || refuse "the npm package's release is incomplete" || return 1
}

build() { # build MODULE-FOLDER LDFLAGS PACKAGE
  cd -- "$tools/$1"
  run go build -mod=readonly -trimpath -ldflags "-s -w $2" -o "$draft/" "$3" 2>"$scratch/go.log" && return
  grep -v '^go: downloading ' "$scratch/go.log" >&2 || true
  fail "the build needs Go $go_version or newer (here: $(go version)) and the Go module proxy"
}

build_with_go() {
  local sdk=github.com/pulumi/pulumi/sdk/v3
  has go || fail "no Pulumi CLI ($refusals), and no Go to build one: install the Pulumi CLI with its Node host, \
or Go $go_version or newer (from your distribution, or from go.dev), and run this again"
  start_draft
  echo "building pulumi $version and its Node host (a few minutes, once)" >&2
  export GOWORK=off CGO_ENABLED=0
  build language-nodejs "" "$sdk/nodejs/cmd/pulumi-language-nodejs"
  cp "$(go list -mod=readonly -m -f '{{.Dir}}' "$sdk")/nodejs/dist/pulumi-resource-pulumi-nodejs" "$draft/"
  chmod 755 "$draft/pulumi-resource-pulumi-nodejs"
  build pulumi "-X $sdk/go/common/version.Version=v$version" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
}

if installed; then exit; fi
mkdir -p "$store"
exec 9>"$store/lock"
if has flock; then flock 9; fi
if installed; then exit; fi # another run was faster
trap 'rm -rf "$draft" "$scratch"' EXIT
trap 'kill $(jobs -p) 2>/dev/null || true; exit 130' INT TERM

if take_from_path; then
  finish PATH "taken from PATH"
elif download_with_npm; then
  finish "$pins" "downloaded by the npm package pulumi"
else
  build_with_go
  finish "$pins" "built from the Go modules pinned in tools/"
fi
