import { describe, expect, it } from "vitest";
import {
  always,
  answerEntropy,
  entropyAbove,
  GlimpRouterChatModel,
  type GlimpRouterFields,
  random,
} from "../../src/index.js";
import { ALL_POINTS } from "../core/points/all-points.js";
import { ALL_POLICIES } from "../core/policies/all-policies.js";
import { recordOf } from "../langchain/record-of.js";
import { PLAIN } from "../prompt/chat-templates.js";
import { textByHeart } from "../servers/script/text-by-heart.js";
import { fakeLlamacpp, llamacppModel } from "./llamacpp/llamacpp-setup.js";
import { fakeOllama, ollamaModel } from "./ollama/ollama-setup.js";
import { fakeSglang } from "./sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm } from "./vllm/vllm-setup.js";

/** Code, lists, pictures, CRLF and tabs in one text. */
const TEXT =
  "f(a):\n    b\n\n    c 👍\n\n\n- a\n\n  - 🎉🎊é\n\n 好\r\n\r\n  b\r\n\n\tc\n \n\n  🎊\n";
const ANSWER = "  It is\n\n    42 👍";
/** In which every kind of point finds something, too. */
const POINTED = `${TEXT}So 3 * 24 = 72.\n\n**Wait**, the answer is 14.\n`;

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
  ollama: async (whole, fields) => {
    const server = await fakeOllama({ model: textByHeart(whole), engine: "runner" });
    return pair(ollamaModel(server), { continuation: "ollama", ...fields });
  },
  "ollama on llama-server": async (whole, fields) => {
    const server = await fakeOllama({ model: textByHeart(whole) });
    return pair(ollamaModel(server), { continuation: "ollama", ...fields });
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

async function reply(routerOf: Router, fields: Fields, text = POINTED): Promise<object> {
  const router = await routerOf(`${text}</think>\n\n${ANSWER}`, fields);
  const message = await router.invoke("?");
  return { thought: message.additional_kwargs.reasoning_content, answer: message.text };
}

async function unroutedThought(routerOf: Router, fields: Fields): Promise<void> {
  const unrouted = { thought: TEXT.trimEnd(), answer: ANSWER };
  expect(await reply(routerOf, fields, TEXT)).toEqual(unrouted);
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

const UNROUTED = { thought: POINTED.trimEnd(), answer: ANSWER };
const KINDS = Object.entries(ROUTERS);
const ROUTINGS = Object.entries(ALL_POLICIES);

/** Server kinds take turns: each point meets half of the policies, and each kind of server, every other time with a cap. */
describe("rule 21 over servers at every point, under every policy", () => {
  it.each(ALL_POINTS.map((point, at) => [point.name, point, at] as const))(
    "%s",
    async (_name, glimpseAt, at) => {
      for (const [turn, [name, policyOf]] of ROUTINGS.entries()) {
        // A half of the pairs here, all of them in test/properties/points.test.ts, without servers.
        if ((at + turn) % 2 === 1) continue;
        const half = Math.floor((at + turn) / 2);
        const [kind, routerOf] = KINDS[half % KINDS.length] as (typeof KINDS)[number];
        const maxStepTokens = half % 2 === 0 ? 5 : 512;
        const fields = { glimpseAt, policy: policyOf(7), maxStepTokens };
        expect(await reply(routerOf, fields), `${kind}, ${name}`).toEqual(UNROUTED);
      }
    },
  );
});

describe("answerEntropy over servers", () => {
  it.each(KINDS)(
    "%s: small is asked behind every boundary, and the text stays",
    async (_kind, routerOf) => {
      const closeWhen = answerEntropy({ delta: Number.MIN_VALUE });
      const router = await routerOf(`${TEXT}</think>\n\n${ANSWER}`, { closeWhen, threshold: 1 });
      const message = await router.invoke("?");
      expect(message.additional_kwargs.reasoning_content).toBe(TEXT.trimEnd());
      expect(message.text).toBe(ANSWER);
      const { steps, watched, requests } = recordOf(message);
      expect(watched?.map(({ failed }) => failed)).toEqual(steps.slice(1).map(() => undefined));
      expect(requests.watch).toBe(steps.length - 1);
      expect(requests.small + requests.large).toBeLessThanOrEqual(2 * (requests.large - 1) + 2);
    },
  );
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
