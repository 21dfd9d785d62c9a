#!/usr/bin/env bash
# The first try: makes a data key and its export with `pulumi up` against a local emulator, and shows that both open.
# usage: up.sh [FILE]    FILE is what the application seals; the README by default.
. "$(dirname "$0")/local.sh"
file=$(cd "$OLDPWD" && realpath "${1:-README.md}" 2>/dev/null) || file=
[ -f "$file" ] || { echo "up: no such file: ${1:-README.md}" >&2; exit 2; }
example() { node_modules/.bin/ts-node --transpile-only "examples/envelope-key/$1.ts" "${@:2}"; }
outputs() { pulumi stack output --json --show-secrets; }

say "1. An emulator of KMS, and an HSM's key pair"
start_emulator
echo "KMS emulator on $(emulator endpoint), its keys in .local/kms"
if [ ! -s .local/hsm/private.pem ]; then
  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out .local/hsm/private.new 2>/dev/null
  mv .local/hsm/private.new .local/hsm/private.pem
fi
openssl pkey -in .local/hsm/private.pem -pubout -out .local/hsm/public.pem
echo "HSM's public key in .local/hsm/public.pem"

say "2. pulumi up"
use_local_stack
pulumi config set-all --plaintext "alicloud:region=$(emulator region)" \
  --plaintext "alicloud-kms:endpoint=$(emulator endpoint)" --plaintext "hsmPublicKey=$(cat .local/hsm/public.pem)"
pulumi up --yes

say "3. An application seals $(basename "$file") under the data key that KMS opens for it"
outputs | example application seal "$file" .local/sealed
echo "sealed: $(wc -c <.local/sealed) bytes in .local/sealed"
example application open .local/sealed .local/opened-by-application
cmp "$file" .local/opened-by-application
echo "opened again through KMS, without the stack's state: the same bytes"

say "4. The HSM opens the exported data key with its private key, and then the file"
outputs | example hsm .local/hsm/private.pem .local/sealed .local/opened-by-hsm
cmp "$file" .local/opened-by-hsm
echo "opened by the HSM: the same bytes"
rm .local/opened-by-application .local/opened-by-hsm

say "Next: '. .local/env' makes plain pulumi commands work on this stack; 'make down' takes it away."
