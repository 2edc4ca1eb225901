import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { PythonServer } from "../../../scripts/python-server/start-server.js";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { type EmbeddedPair, embeddedPair } from "../../../src/local/index.js";
import { digestOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { cacheShare, readSettledMetrics, since, sum } from "../vllm/server-metrics.js";
import { type Balancer, startBalancer } from "./balancer.js";
import { startReplicas, stopReplicas } from "./replicas.js";

const HEADER = "x-session-id";
const AT_ONCE = 8;

let pair: EmbeddedPair;
beforeAll(async () => {
  pair = await embeddedPair();
});
afterAll(() => pair.dispose());

/** The counters of all replicas together. */
async function metricsOf(servers: readonly PythonServer[]) {
  const [first, ...others] = await Promise.all(servers.map(readSettledMetrics));
  if (first === undefined) throw new Error("There are no replicas.");
  return others.reduce(sum, first);
}

describe.each([
  ["large", [8161, 8162], 8163],
  ["small", [8164, 8165], 8166],
] as const)(
  "two vLLM servers of %s behind nginx, the other model in this process",
  (role, ports, port) => {
    let servers: readonly PythonServer[] = [];
    let balancer: Balancer;
    beforeAll(async () => {
      servers = await startReplicas(role, ports);
      const addresses = ports.map((each) => `127.0.0.1:${each}`);
      balancer = await startBalancer(port, HEADER, addresses);
    });
    afterAll(async () => {
      await balancer?.stop();
      await stopReplicas(servers);
    });

    /** All problems; each way has a cache of its own. */
    async function measure(way: string, affinity: object) {
      const { problems, replies, threshold } = inject("reference");
      const model = chatOpenAI(
        { baseURL: balancer.baseURL, name: role },
        { modelKwargs: { cache_salt: way } },
      );
      const { small, large } = pair;
      const router = new GlimpRouterChatModel({
        ...{ small, large, [role]: model },
        threshold,
        continuation: { [role]: "vllm" },
        ...affinity,
      });
      const before = await metricsOf(servers);
      const seenBefore = (await balancer.passed()).length;
      const written = await runChains(router, problems, AT_ONCE);
      const used = since(before, await metricsOf(servers));
      const passed = (await balancer.passed()).slice(seenBefore);
      const texts = written.map((reply) => digestOf(reply).thought);
      expect(texts).toEqual(replies.map(({ thought }) => thought));
      report(`${role}, ${way} affinity`, {
        chains: problems.length,
        requests: passed.filter(({ path }) => path === "/v1/completions").length,
        "prompt tokens": used.cacheQueries,
        "of them cached": `${used.cacheHits} (${(100 * cacheShare(used)).toFixed(1)} %)`,
        "requests by replica": countBy(passed.map(({ to }) => to)),
      });
      return { used, passed };
    }

    it("with affinity each conversation stays at one of them, and more of its prompts is cached", async () => {
      const without = await measure("without", {});
      const withIt = await measure("with", { affinity: { header: HEADER } });
      const homes = new Map<string, Set<string>>();
      for (const { id, to } of withIt.passed) {
        homes.set(id, (homes.get(id) ?? new Set()).add(to));
      }
      expect(homes.size).toBe(inject("reference").problems.length);
      expect([...homes.values()].map(({ size }) => size)).toEqual([...homes].map(() => 1));
      expect(new Set(without.passed.map(({ id }) => id))).toEqual(new Set(["-"]));
      expect(new Set(withIt.passed.map(({ to }) => to)).size).toBe(2);
      expect(withIt.used.cacheHits).toBeGreaterThan(without.used.cacheHits);
    });
  },
);

function countBy(keys: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
