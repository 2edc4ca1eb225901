import type { IncomingMessage, ServerResponse } from "node:http";

/** Where a fake writes its reply. */
export type ReplySink = Pick<
  ServerResponse,
  "writeHead" | "flushHeaders" | "write" | "end" | "on" | "socket"
>;

/** Stands between a fake and who asks it: what goes wrong there is not the server's doing. */
export interface Wire {
  /**
   * Where the reply to a request goes.
   *
   * @returns `null`: the fake is not to answer
   */
  sinkFor(
    request: { readonly path: string; readonly body: Readonly<Record<string, unknown>> },
    response: ServerResponse<IncomingMessage>,
  ): ReplySink | null;
}
