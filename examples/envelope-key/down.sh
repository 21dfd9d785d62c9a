#!/usr/bin/env bash
# Destroys the local stack and stops its emulator. The emulator's KMS keys and the HSM's key pair stay in .local/.
. "$(dirname "$0")/local.sh"
if [ -s .local/passphrase ]; then
  start_emulator
  use_local_stack
  pulumi state unprotect --all --yes >/dev/null
  pulumi destroy --yes
fi
stop_emulator
echo "The emulator is stopped."
