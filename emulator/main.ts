#!/usr/bin/env node
/** The command `alicloud-kms-emulator`: flags in, one line out, signals handled. */
import { openCallLog } from "./callLog";
import { readCommandLine, usage } from "./commandLine";
import { startEmulator } from "./emulator";
import { StartFault } from "./startFault";

// Whoever reads our output may go away; that is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2));
  if (command.help) {
    process.stdout.write(usage);
    return;
  }
  const log = command.log === undefined ? undefined : openCallLog(command.log);
  const emulator = await startEmulator({ ...command.options, onCall: (call) => log?.write(call) }).catch(
    (error: unknown) => {
      log?.abandon();
      throw error;
    },
  );
  const { endpoint, region, account, accessKeyId, accessKeySecret, caCertificate, control } = emulator;
  const stop = () => void emulator.close().then(() => log?.close());
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  const ready = { endpoint, region, account, accessKeyId, accessKeySecret, caCertificate, control };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

main().catch((error: unknown) => {
  const fault = error instanceof StartFault;
  process.stderr.write(`alicloud-kms-emulator: ${fault ? error.message : `unexpected fault: ${String(error)}`}\n`);
  process.exitCode = fault ? 2 : 1;
});
