import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PythonServer } from "../../../scripts/python-server/start-server.js";
import { report } from "../real-servers/report.js";
import { startReplicas, stopReplicas } from "./replicas.js";

const WAITING = 12;

/** Milliseconds until the first byte of a streamed text of 60 tokens. */
async function firstByte({ baseURL, name }: PythonServer, priority?: number): Promise<number> {
  const begin = performance.now();
  const reply = await fetch(`${baseURL}/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...{ model: name, prompt: "1, +2, %3\n", max_tokens: 60, ignore_eos: true, stream: true },
      ...(priority === undefined ? {} : { priority }),
    }),
  });
  expect(reply.status).toBe(200);
  const reader = reply.body?.getReader();
  await reader?.read();
  const first = performance.now() - begin;
  // To its end: what is given up would make room for the others.
  for (let end = false; !end; ) end = (await reader?.read())?.done ?? true;
  return first;
}

/** A request behind new work that waits, and how long both were kept. */
async function behindWork(server: PythonServer, priority?: number) {
  const work = Array.from({ length: WAITING }, () => firstByte(server));
  await sleep(100);
  const late = firstByte(server, priority);
  return { ms: Math.round(await late), workMs: (await Promise.all(work)).map(Math.round) };
}

describe("vLLM that writes one text at a time", () => {
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
    report("priority of a late request, ms to its first byte", {
      "fcfs, none": await behindWork(fcfs),
      "fcfs, -1": await behindWork(fcfs, -1),
      "priority, none": await behindWork(byPriority),
    });
    const late = await behindWork(byPriority, -1);
    report("the same by priority, -1", late);
    expect(late.ms).toBeLessThan(Math.max(...late.workMs) / 2);
  });
});
