# Sourced by up.sh and down.sh: one stack, one emulator and one HSM's key pair, all of them under .local/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PATH="$PWD/.tools/bin:$PATH"
umask 077
mkdir -p .local/state .local/hsm

# One at a time, where there is a flock; the emulator must not inherit it.
exec 9>.local/lock
if command -v flock >/dev/null; then
  flock -n 9 || { echo "another 'make up' or 'make down' is at work in this folder" >&2 && exit 1; }
fi

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# Field $1 of the emulator's ready line.
emulator() { node -p 'JSON.parse(fs.readFileSync(".local/emulator.json"))[process.argv[1]]' "$1"; }

emulator_answers() {
  [ -s .local/emulator.json ] && [ -s .local/emulator.pid ] &&
    kill -0 "$(cat .local/emulator.pid)" 2>/dev/null &&
    node -e 'fetch(process.argv[1]).catch(() => process.exit(1))' "$(emulator endpoint)"
}

# The port is kept from run to run: it stands in the stack's configuration.
start_emulator() {
  emulator_answers && return
  local port=0
  [ -s .local/emulator.json ] && port=$(node -p 'new URL(process.argv[1]).port' "$(emulator endpoint)")
  : >.local/emulator.json
  nohup node dist/emulator/main.js --data .local/kms --seed examples/envelope-key/seed.json --port "$port" \
    --log .local/kms.log >.local/emulator.json 2>.local/emulator.err </dev/null 9>&- &
  echo $! >.local/emulator.pid
  until [ -s .local/emulator.json ]; do
    kill -0 "$(cat .local/emulator.pid)" 2>/dev/null || { cat .local/emulator.err >&2; exit 1; }
    sleep 0.1
  done
}

stop_emulator() {
  emulator_answers || return 0
  kill "$(cat .local/emulator.pid)"
  while emulator_answers; do sleep 0.1; done
  rm .local/emulator.pid
}

# Dead processes that nobody has collected, as in containers without an init, do not count.
alive() { kill -0 "$1" 2>/dev/null && [[ $(ps -o stat= -p "$1" 2>/dev/null) != Z* ]]; }

# Locks of `pulumi` processes that were killed.
free_dead_locks() {
  [ -d .local/state/.pulumi/locks ] || return 0
  find .local/state/.pulumi/locks -name '*.json' | while read -r lock; do
    alive "$(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).pid' "$lock")" || rm -f "$lock"
  done
}

# A backend, a passphrase and credentials of this folder alone, whatever the environment holds.
use_local_stack() {
  if [ ! -s .local/passphrase ]; then
    rm -f Pulumi.local.yaml # of an earlier passphrase
    openssl rand -hex 32 >.local/passphrase
  fi
  free_dead_locks
  cat >.local/env <<ENV
export PATH="$PWD/.tools/bin:\$PATH"
export PULUMI_HOME="$PWD/.local/pulumi-home"
export PULUMI_BACKEND_URL="file://$PWD/.local/state"
export PULUMI_CONFIG_PASSPHRASE_FILE="$PWD/.local/passphrase"
export PULUMI_SKIP_UPDATE_CHECK=true
export PULUMI_STACK=local
export ALIBABA_CLOUD_ACCESS_KEY_ID="$(emulator accessKeyId)"
export ALIBABA_CLOUD_ACCESS_KEY_SECRET="$(emulator accessKeySecret)"
export KMS_ENDPOINT="$(node -p 'new URL(process.argv[1]).host' "$(emulator endpoint)")"
export KMS_PROTOCOL=http
unset ALIBABA_CLOUD_SECURITY_TOKEN PULUMI_CONFIG_PASSPHRASE
ENV
  . .local/env
  [ -s .local/state/.pulumi/stacks/*/local.json ] || pulumi stack init local >/dev/null
}
