import { AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import {
  type Continuation,
  GlimpRouterChatModel,
  type GlimpRouterFields,
} from "../../src/index.js";
import { recordOf } from "../langchain/record-of.js";
import { toolPair, weather } from "../langchain/tools/tool-pair.js";
import type { FakeServer } from "../servers/http/start-fake.js";
import { fakeLlamacpp } from "./llamacpp/llamacpp-setup.js";
import { fakeSglang } from "./sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm } from "./vllm/vllm-setup.js";

const HEADER = "x-session-id";
const AFFINITY = { affinity: { header: HEADER } };

/** Asked once for all replies: what a server is, and what it always does. */
const ONCE = ["/version", "/props", "/get_model_info", "/server_info", "/v1/models"];

/** The header's values in the requests that belong to a reply. */
function idsAt(...servers: readonly Pick<FakeServer, "requests">[]): unknown[] {
  return servers
    .flatMap(({ requests }) => requests)
    .filter(({ path }) => !ONCE.includes(path.split("?")[0] ?? ""))
    .map(({ headers }) => headers[HEADER]);
}

type Servers = readonly [FakeServer<string>, FakeServer<string>];

const template: Continuation = {
  template:
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n",
  serverAddsBos: true,
};

/** Each way of going on with a thought, and two servers for it. */
const KINDS: readonly [string, () => Promise<Servers>, GlimpRouterFields["continuation"]][] = [
  ["vllm", async () => [await fakeVllm(), await fakeVllm()], "vllm"],
  ["vllm behind /v1", async () => [await fakeVllm({ onlyV1: true }), await fakeVllm()], "vllm"],
  ["vllm-chat", async () => [await fakeVllm(), await fakeVllm()], "vllm-chat"],
  ["sglang", async () => [await fakeSglang(), await fakeSglang()], "sglang"],
  ["llamacpp", async () => [await fakeLlamacpp(), await fakeLlamacpp()], "llamacpp"],
  ["template", async () => [await fakeVllm(), await fakeVllm()], template],
  [
    "ask, by ChatOpenAI",
    async () => [await fakeVllm(), await fakeVllm()],
    { small: "vllm", large: "ask" },
  ],
];

function routerOver([small, large]: Servers, fields: Partial<GlimpRouterFields> = {}) {
  return new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large: chatOpenAI(large),
    ...AFFINITY,
    ...fields,
  });
}

describe("affinity: one header on all requests of a reply", () => {
  it.each(KINDS)("%s: the same id at both models, fused and probed", async (_name, start, kind) => {
    for (const glimpse of ["fused", "probe"] as const) {
      const servers = await start();
      const router = routerOver(servers, { continuation: kind, glimpse } as GlimpRouterFields);
      const { requests } = recordOf(await router.invoke("2+2?"));
      const ids = idsAt(...servers);
      // Rendering comes on top.
      expect(ids.length).toBeGreaterThanOrEqual(requests.small + requests.large);
      expect(requests.large).toBeGreaterThan(0);
      expect(new Set(ids)).toEqual(new Set([expect.stringMatching(/^[0-9a-f]{32}$/)]));
    }
  });

  it("an answer with tools has it, the rendering that it needs included", async () => {
    const { small, large, router } = await toolPair();
    const model = router(AFFINITY).bindTools([weather]);
    const message = await model.invoke("What is the weather in Oslo?");
    expect(message.tool_calls).toHaveLength(1);
    expect(large.to("/v1/chat/completions")).toHaveLength(1);
    const ids = idsAt(small, large);
    expect(new Set(ids)).toEqual(new Set([expect.stringMatching(/^[0-9a-f]{32}$/)]));
  });

  it("a model's own header of that name gives way, however it is spelled", async () => {
    const servers: Servers = [await fakeVllm(), await fakeVllm()];
    const configuration = { defaultHeaders: { "X-Session-Id": "mine", "x-other": "kept" } };
    const small = chatOpenAI(servers[0], { configuration });
    await routerOver(servers, {
      small,
      affinity: { header: "X-SESSION-ID", key: () => "id" },
    }).invoke("Hi");
    expect(new Set(idsAt(...servers))).toEqual(new Set(["id"]));
    expect(servers[0].to("/v1/completions")[0]?.headers["x-other"]).toBe("kept");
  });

  it("without the option there is no header", async () => {
    const servers: Servers = [await fakeVllm(), await fakeVllm()];
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(servers[0]),
      large: chatOpenAI(servers[1]),
    });
    await router.invoke("2+2?");
    expect(new Set(idsAt(...servers))).toEqual(new Set([undefined]));
  });
});

describe("affinity: the id", () => {
  /** One id for each call. */
  async function idsOf(calls: readonly Parameters<GlimpRouterChatModel["invoke"]>[0][]) {
    const ids: unknown[] = [];
    for (const call of calls) {
      const servers: Servers = [await fakeVllm(), await fakeVllm()];
      await routerOver(servers).invoke(call);
      ids.push(idsAt(...servers)[0]);
    }
    return ids;
  }

  it("is the same for later turns of a conversation, and another one's is another", async () => {
    const system = new SystemMessage("Be brief.");
    const first = [system, new HumanMessage("2+2?")];
    const [one, later, other, bare] = await idsOf([
      first,
      [...first, new AIMessage("4"), new HumanMessage("And 3+3?")],
      [system, new HumanMessage("3+3?")],
      [new HumanMessage("2+2?")],
    ]);
    expect(later).toBe(one);
    expect(new Set([one, other, bare]).size).toBe(3);
  });

  it("is what the user's function says, called once a reply with its messages", async () => {
    const servers: Servers = [await fakeVllm(), await fakeVllm()];
    const seen: string[] = [];
    const key = (messages: readonly { readonly text: string }[]) => {
      seen.push(messages.map(({ text }) => text).join("|"));
      return `user ${seen.length}`;
    };
    const router = routerOver(servers, { affinity: { header: HEADER, key } });
    await router.invoke("2+2?");
    expect(seen).toEqual(["2+2?"]);
    expect(new Set(idsAt(...servers))).toEqual(new Set(["user 1"]));
  });

  it.each([
    ["nothing", () => undefined, "undefined"],
    ["an empty text", () => "", '""'],
    ["a line break", () => "a\r\nx-evil: 1", '"a\\r\\nx-evil: 1"'],
    ["what HTTP has no bytes for", () => "Zoë", '"Zoë"'],
    ["a promise", async () => "id", "object"],
    ["a text without end", () => "a".repeat(513), '"aaa'],
  ])(
    "a function that gives %s is an error, before anything is asked",
    async (_name, key, words) => {
      const servers: Servers = [await fakeVllm(), await fakeVllm()];
      const affinity = { header: HEADER, key: key as never };
      const asked = routerOver(servers, { affinity, continuation: "vllm" }).invoke("2+2?");
      await expect(asked).rejects.toMatchObject({
        reason: "invalid_option",
        message: expect.stringContaining(
          `\`affinity.key\` of GlimpRouterChatModel returned ${words}`,
        ),
      });
      expect(servers.flatMap(({ requests }) => requests)).toEqual([]);
    },
  );
});
