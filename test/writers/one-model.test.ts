import { describe, expect, it } from "vitest";
import {
  always,
  entropyAbove,
  GlimpRouterChatModel,
  type GlimpRouterFields,
  random,
} from "../../src/index.js";
import { recordOf } from "../langchain/record-of.js";
import { PLAIN } from "../prompt/chat-templates.js";
import { textByHeart } from "../servers/script/text-by-heart.js";
import { fakeLlamacpp, llamacppModel } from "./llamacpp/llamacpp-setup.js";
import { fakeSglang } from "./sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm } from "./vllm/vllm-setup.js";

/** Code, lists, pictures, CRLF and tabs in one text. */
const TEXT =
  "f(a):\n    b\n\n    c 👍\n\n\n- a\n\n  - 🎉🎊é\n\n 好\r\n\r\n  b\r\n\n\tc\n \n\n  🎊\n";
const ANSWER = "  It is\n\n    42 👍";

type Fields = Partial<GlimpRouterFields>;
type Router = (whole: string, fields: Fields) => Promise<GlimpRouterChatModel>;

const pair = (model: GlimpRouterFields["small"], fields: Fields) =>
  new GlimpRouterChatModel({ small: model, large: model, ...fields });

const ROUTERS: Readonly<Record<string, Router>> = {
  vllm: async (whole, fields) => {
    const server = await fakeVllm({ model: textByHeart(whole), refuseViolations: true });
    return pair(chatOpenAI(server), { continuation: "vllm", ...fields });
  },
  "vllm-chat": async (whole, fields) => {
    const server = await fakeVllm({ model: textByHeart(whole), refuseViolations: true });
    return pair(chatOpenAI(server), { continuation: "vllm-chat", ...fields });
  },
  sglang: async (whole, fields) => {
    const server = await fakeSglang({ model: textByHeart(whole) });
    return pair(chatOpenAI(server, { temperature: 0 }), { continuation: "sglang", ...fields });
  },
  llamacpp: async (whole, fields) => {
    const server = await fakeLlamacpp({ model: textByHeart(whole), refuseViolations: true });
    return pair(llamacppModel(server), { continuation: "llamacpp", ...fields });
  },
  template: async (whole, fields) => {
    const server = await fakeVllm({ model: textByHeart(whole), onlyV1: true });
    const continuation = {
      template: PLAIN,
      bosToken: "<s>",
      eosToken: "</s>",
      serverAddsBos: true,
    };
    return pair(chatOpenAI(server), { continuation, ...fields });
  },
};

const CASES: readonly (readonly [string, Fields])[] = [
  ["always small", { policy: always("small") }],
  ["always small, probe", { policy: always("small"), glimpse: "probe" }],
  ["always large, probe", { policy: always("large"), glimpse: "probe" }],
  ["entropy above 1", { policy: entropyAbove(1) }],
  ["random, probe", { policy: random(0.5, 7), glimpse: "probe", maxStepTokens: 3 }],
];
const CAPS = [1, 2, 3, 4, 6, 512];

async function unrouted(routerOf: Router, fields: Fields): Promise<void> {
  const reply = await (await routerOf(TEXT, { ...fields, thinking: false })).invoke("?");
  expect(reply.text).toBe(TEXT);
}

async function unroutedThought(routerOf: Router, fields: Fields): Promise<void> {
  const router = await routerOf(`${TEXT}</think>\n\n${ANSWER}`, fields);
  const message = await router.invoke("?");
  expect(message.additional_kwargs.reasoning_content).toBe(TEXT.trimEnd());
  expect(message.text).toBe(ANSWER);
}

describe.each(Object.entries(ROUTERS))("rule 21 over %s: the unrouted text", (_kind, routerOf) => {
  it.each(CASES)("%s", async (_name, fields) => {
    await unrouted(routerOf, fields);
    await unroutedThought(routerOf, fields);
  });

  it.each(CAPS)("always large, a cap of %s", async (maxStepTokens) => {
    const fields = { policy: always("large"), maxStepTokens };
    await (maxStepTokens % 2 === 0 ? unrouted : unroutedThought)(routerOf, fields);
  });
});

describe.each(["vllm", "sglang"])("half a character at the cap, over %s", (kind) => {
  it("is neither text nor counted", async () => {
    const fields = { policy: always("large"), maxStepTokens: 6, thinking: false } as const;
    const message = await (await (ROUTERS[kind] as Router)("🎉🎊!", fields)).invoke("?");
    expect(message.text).toBe("🎉🎊!");
    expect(recordOf(message).steps).toMatchObject([
      {
        end: "eos",
        parts: [
          { route: "large", tokens: 4, end: "length" },
          { route: "small", tokens: 5, end: "eos" },
        ],
      },
    ]);
  });
});
