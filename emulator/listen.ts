/** Listening on a port of this machine. */
import type { Server } from "node:net";
import { StartFault, systemErrorCode } from "./startFault";

/** Listens, and gives the port; 0 is any free one. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const code = systemErrorCode(error);
      const reason = code === "EADDRINUSE" ? "is in use; give another port, or 0 for any free one" : code;
      reject(new StartFault(`port ${port} on ${host}: ${reason}`));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
