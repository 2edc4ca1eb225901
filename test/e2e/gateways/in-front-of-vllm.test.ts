import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { NGINX_WAYS, type NginxWay } from "../../../scripts/gateways/nginx-config.js";
import {
  LITELLM_PREFIXES,
  type Litellm,
  startLitellm,
} from "../../../scripts/gateways/start-litellm.js";
import { type Nginx, startNginx } from "../../../scripts/gateways/start-nginx.js";
import type { Role } from "../../../scripts/python-server/serve-pair.js";
import { diagnose } from "../../../src/index.js";
import { expectSame } from "../real-servers/expect-same.js";
import { recordOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { spyFetch } from "../real-servers/spy-fetch.js";
import { timeUntilIdle } from "../vllm/server-metrics.js";
import { useVllmPair } from "../vllm/vllm-pair.js";
import { abortAChain } from "./abort-a-chain.js";
import { byTemplate } from "./by-template.js";
import { streamPace } from "./stream-pace.js";

/** One pair of real servers, behind each gateway in turn. */
const { servers, router } = useVllmPair();
const ABORTS = 3;

function upstream(): Readonly<Record<Role, string>> {
  return { small: servers().small.rootURL, large: servers().large.rootURL };
}

/** A router whose models are reached at other addresses than the servers' own. */
function routerAt(
  baseURL: (role: Role) => string,
  { apiKey = "none", ...fields }: Parameters<typeof router>[0] & { readonly apiKey?: string } = {},
) {
  return router({ ...modelsAt(baseURL, apiKey), ...fields });
}

function modelsAt(baseURL: (role: Role) => string, apiKey = "none") {
  const model = (name: Role) => chatOpenAI({ name, baseURL: baseURL(name) }, { apiKey });
  return { small: model("small"), large: model("large") };
}

/** Milliseconds until both servers generate nothing, after chains that were given up. */
async function idleAfterAborts(model: ReturnType<typeof router>): Promise<readonly number[]> {
  const idle: number[] = [];
  for (let round = 0; round < ABORTS; round++) {
    await abortAChain(model, round);
    const { small, large } = servers();
    idle.push(Math.max(...(await Promise.all([timeUntilIdle(small), timeUntilIdle(large)]))));
  }
  return idle.map(Math.round);
}

const problems = () => inject("reference").problems;

/** An abort that is passed on is seen at once; one that is not, when the text is done, after seconds. */
const SEEN_MS = 1000;

describe("nginx", () => {
  let nginx: Nginx;
  beforeAll(async () => {
    nginx = await startNginx(8131, upstream());
    report("nginx", { version: nginx.version });
  });
  afterAll(() => nginx?.stop());
  const at = (way: NginxWay) => (role: Role) => nginx.baseURL(way, role);

  describe.each(NGINX_WAYS)("%s", (way) => {
    it.each(["fused", "probe"] as const)("the same thoughts, %s", async (glimpse) => {
      const replies = await runChains(routerAt(at(way), { glimpse }), problems());
      expectSame(`nginx ${way}, ${glimpse}`, replies);
      for (const reply of replies) {
        expect(recordOf(reply)).toMatchObject({
          continuation: { small: "vllm", large: "vllm" },
          usage: { small: { estimated: false }, large: { estimated: false } },
        });
      }
    });

    it("an abort reaches the servers", async () => {
      const idle = await idleAfterAborts(routerAt(at(way)));
      report(`nginx ${way}: aborts`, { "ms until idle": idle });
      expect(Math.min(...idle)).toBeLessThan(SEEN_MS);
    });

    it(`its stream comes ${way === "gzip" ? "late, in a few pieces" : "as it is written"}`, async () => {
      const { first, whole } = await streamPace({
        baseURL: nginx.baseURL(way, "small"),
        model: "small",
      });
      report(`nginx ${way}: a stream`, { first: Math.round(first), whole: Math.round(whole) });
      if (way === "gzip") expect(first / whole).toBeGreaterThan(0.5);
      else expect(first / whole).toBeLessThan(0.5);
    });

    it(`S13: the doctor ${way === "gzip" ? "lays a late text to the compression" : "names no compression"}`, async () => {
      const { small, large } = await diagnose(modelsAt(at(way)));
      for (const { checks } of [small, large]) {
        const found = checks.find(({ id }) => id === "arrival");
        report(`nginx ${way}: the doctor`, { ...found });
        // This pair writes its 30 tokens in 0.1 s: on a busy machine that is as good as at once, or not yet late.
        const isNamed = found?.seen.includes("Content-Encoding: gzip");
        expect(isNamed).toBe(way === "gzip" && found?.status === "warning");
      }
    });
  });
});

describe("LiteLLM", () => {
  let litellm: Litellm;
  beforeAll(async () => {
    litellm = await startLitellm(8132, upstream());
  });
  afterAll(() => litellm?.stop());

  /** A model behind LiteLLM's own routes. */
  const own = (role: Role, prefix: string, send?: typeof fetch) =>
    chatOpenAI(
      { name: `${prefix}-${role}`, baseURL: litellm.ownURL },
      {
        apiKey: litellm.apiKey,
        maxRetries: 0,
        ...(send === undefined ? {} : { configuration: { fetch: send } }),
      },
    );

  describe("pass-through endpoints", () => {
    const at = (role: Role) => litellm.passThroughURL(role);
    const passThrough = (fields: Parameters<typeof router>[0] = {}) =>
      routerAt(at, { apiKey: litellm.apiKey, ...fields });

    it.each(["fused", "probe"] as const)("the same thoughts, exact usage, %s", async (glimpse) => {
      const replies = await runChains(passThrough({ glimpse }), problems());
      expectSame(`LiteLLM pass-through, ${glimpse}`, replies);
      for (const reply of replies) {
        expect(recordOf(reply)).toMatchObject({
          continuation: { small: "vllm", large: "vllm" },
          usage: { small: { estimated: false }, large: { estimated: false } },
        });
      }
    });

    it("an abort reaches the servers", async () => {
      const idle = await idleAfterAborts(passThrough());
      report("LiteLLM pass-through: aborts", { "ms until idle": idle });
      expect(Math.min(...idle)).toBeLessThan(SEEN_MS);
    });

    it("its stream comes as it is written", async () => {
      const { first, whole } = await streamPace({
        baseURL: at("small"),
        model: "small",
        apiKey: litellm.apiKey,
      });
      report("LiteLLM pass-through: a stream", { first, whole });
      expect(first / whole).toBeLessThan(0.5);
    });
  });

  describe.each(LITELLM_PREFIXES)("its own /v1, %s/", (prefix) => {
    it("as large, by template, the same thoughts", async () => {
      const model = routerAt(() => servers().small.baseURL, {
        large: own("large", prefix),
        continuation: { small: "vllm", large: byTemplate },
      });
      const replies = await runChains(model, problems());
      expectSame(`LiteLLM ${prefix}, as large`, replies);
    });

    it("S5: as small, by template, the same thoughts with probes asked for as whole replies", async () => {
      const model = routerAt((role) => servers()[role].baseURL, {
        small: own("small", prefix),
        continuation: { small: byTemplate, large: "vllm" },
        glimpse: "probe",
      });
      expectSame(`LiteLLM ${prefix}, as small, probe`, await runChains(model, problems()));
    });

    it("as small, fused, it is refused by name at its first token, and nothing is asked of large", async () => {
      const large = spyFetch();
      const model = routerAt(() => servers().large.baseURL, {
        small: own("small", prefix),
        large: chatOpenAI(servers().large, { configuration: { fetch: large.fetch } }),
        continuation: { small: byTemplate, large: "vllm" },
      });
      const error = await model.invoke(problems()[0]?.prompt ?? "").catch((thrown) => thrown);
      report(`LiteLLM ${prefix}, as small`, { message: error.message });
      expect(error).toMatchObject({ reason: "no_logprobs", role: "small", thought: "" });
      expect(error.message).toContain("LiteLLM");
      expect(large.sent.filter(({ url }) => url.endsWith("/completions"))).toEqual([]);
    });
  });

  it("its own stream, seen from outside", async () => {
    const pace = await streamPace({
      baseURL: litellm.ownURL,
      model: "hosted_vllm-small",
      apiKey: litellm.apiKey,
    });
    report("LiteLLM /v1: a stream", { ...pace });
  });
});
