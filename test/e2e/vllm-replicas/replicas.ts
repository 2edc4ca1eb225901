import { join } from "node:path";
import { exportModel, type Role } from "../../../scripts/python-server/serve-pair.js";
import { isFinished } from "../../../scripts/python-server/set-up.js";
import { type PythonServer, startServer } from "../../../scripts/python-server/start-server.js";
import { vllmServer } from "../../../scripts/vllm/vllm-server.js";

/**
 * Starts one model of the embedded pair on several real vLLM servers.
 *
 * @param ports - of 127.0.0.1, one for each replica
 */
export async function startReplicas(
  role: Role,
  ports: readonly number[],
  ...serveArguments: readonly string[]
): Promise<readonly PythonServer[]> {
  const { place, lastStep, title, setup, command } = vllmServer();
  if (!isFinished(place, lastStep)) throw new Error(`Run: npx tsx ${setup}`);
  const served = command(await exportModel(place, role));
  const started = await Promise.allSettled(
    ports.map((port) =>
      startServer({
        title,
        ...served,
        arguments: [...served.arguments, ...serveArguments],
        name: role,
        port,
        log: join(place.logs, `replica-${port}.log`),
      }),
    ),
  );
  const servers = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = started.find((each) => each.status === "rejected");
  if (failed === undefined) return servers;
  await stopReplicas(servers);
  throw failed.reason;
}

export async function stopReplicas(servers: readonly PythonServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}
