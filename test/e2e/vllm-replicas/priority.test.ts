import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PythonServer } from "../../../scripts/python-server/start-server.js";
import { report } from "../real-servers/report.js";
import { startReplicas, stopReplicas } from "./replicas.js";

const WORK = 12;

/** A streamed text of 300 tokens; resolves at its first byte. */
async function write({ baseURL, name }: PythonServer, signal: AbortSignal, priority?: number) {
  const reply = await fetch(`${baseURL}/completions`, {
    method: "POST",
    // The server closes what it has kept for 5 s, just when it is used again.
    headers: { "content-type": "application/json", connection: "close" },
    body: JSON.stringify({
      ...{ model: name, prompt: "1, +2, %3\n", max_tokens: 300, ignore_eos: true, stream: true },
      ...(priority === undefined ? {} : { priority }),
    }),
    signal,
  });
  expect(reply.status).toBe(200);
  await reply.body?.getReader().read();
}

/** Requests that the server has not begun. */
async function waiting({ rootURL }: PythonServer): Promise<number> {
  const metrics = await (await fetch(`${rootURL}/metrics`)).text();
  return Number(/^vllm:num_requests_waiting\{[^}]*\} ([\d.]+)$/m.exec(metrics)?.[1]);
}

/** How many of the requests that waited before a late one still wait when it begins. */
async function overtaken(server: PythonServer, priority?: number): Promise<number> {
  const over = new AbortController();
  const work = Array.from({ length: WORK }, () => write(server, over.signal).catch(() => {}));
  while ((await waiting(server)) < WORK - 1) await sleep(20);
  await write(server, over.signal, priority);
  const left = await waiting(server);
  over.abort();
  await Promise.all(work);
  while ((await waiting(server)) > 0) await sleep(20);
  return left;
}

describe("vLLM that writes one text at a time, with 11 requests waiting", () => {
  let servers: readonly PythonServer[] = [];
  beforeAll(async () => {
    const one = ["--max-num-seqs", "1"];
    servers = (
      await Promise.all([
        startReplicas("large", [8171], ...one),
        startReplicas("large", [8172], ...one, "--scheduling-policy", "priority"),
      ])
    ).flat();
  });
  afterAll(() => stopReplicas(servers));

  it("takes a priority under either policy, and goes by it where that is its policy", async () => {
    const [fcfs, byPriority] = servers as [PythonServer, PythonServer];
    const seen = {
      "fcfs, none": await overtaken(fcfs),
      "fcfs, -1": await overtaken(fcfs, -1),
      "priority, none": await overtaken(byPriority),
      "priority, -1": await overtaken(byPriority, -1),
    };
    report("requests overtaken by a late one", seen);
    expect(seen).toMatchObject({ "fcfs, none": 0, "fcfs, -1": 0, "priority, none": 0 });
    expect(seen["priority, -1"]).toBeGreaterThanOrEqual(WORK - 3);
  });
});
