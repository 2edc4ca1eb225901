import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../src/index.js";
import { recordOf } from "../langchain/record-of.js";
import {
  blanks,
  byteTokens,
  gluedBefore,
  gluedBehind,
  inTokens,
  splitDelimiter,
  splitTag,
} from "../servers/script/awkward-tokens.js";
import {
  type ScriptedModel,
  type ScriptedThought,
  scriptedThought,
} from "../servers/script/scripted-model.js";
import { fakeLlamacpp, llamacppModel } from "./llamacpp/llamacpp-setup.js";
import { fakeSglang } from "./sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "./vllm/vllm-setup.js";

const THOUGHT = SCRIPT.steps.map(({ text }) => text).join("\n\n");
const PICTURES: ScriptedThought = {
  steps: [
    { text: "First we add 2 and 2 👍 gladly.", entropy: 0.2 },
    { text: "Wait, is that right? 👍", entropy: 2.1 },
    { text: "Yes, it is four.", entropy: 0.3 },
  ],
  answer: "The answer is 4 👍",
};

interface Awkward {
  readonly script: ScriptedThought;
  readonly model: ScriptedModel;
  readonly tokensPerChunk?: number | readonly number[];
}

const plain = scriptedThought(SCRIPT);

/** The same chain in tokens and chunks that real servers have. */
const AWKWARD: Readonly<Record<string, Awkward>> = {
  "a delimiter glued to the word before": { script: SCRIPT, model: inTokens(plain, gluedBefore) },
  "a delimiter glued to the glimpsed word": { script: SCRIPT, model: inTokens(plain, gluedBehind) },
  "a delimiter in two tokens": { script: SCRIPT, model: inTokens(plain, splitDelimiter) },
  "a closing tag in two tokens": { script: SCRIPT, model: inTokens(plain, splitTag) },
  "blanks that are tokens": { script: SCRIPT, model: inTokens(plain, blanks) },
  "pictures of three byte tokens": {
    script: PICTURES,
    model: inTokens(scriptedThought(PICTURES), byteTokens),
  },
  "uncertain tokens in mid-step": {
    script: SCRIPT,
    model: scriptedThought({ ...SCRIPT, innerEntropy: 2.5 }),
  },
  "chunks of many tokens": { script: SCRIPT, model: plain, tokensPerChunk: 37 },
  "chunks of many tokens, with a delimiter glued to the glimpsed word": {
    script: SCRIPT,
    model: inTokens(plain, gluedBehind),
    tokensPerChunk: 7,
  },
  "chunks of many tokens, with a closing tag in two of them": {
    script: SCRIPT,
    model: inTokens(plain, splitTag),
    tokensPerChunk: 3,
  },
};

type Pair = (awkward: Awkward, fields: Partial<GlimpRouterFields>) => Promise<GlimpRouterChatModel>;

const chunks = ({ tokensPerChunk }: Awkward) =>
  typeof tokensPerChunk === "number" ? { tokensPerChunk } : {};

const PAIRS: Readonly<Record<string, Pair>> = {
  vllm: async (awkward, fields) => {
    const options = { model: awkward.model, refuseViolations: true, ...chunks(awkward) };
    const [small, large] = await Promise.all([fakeVllm(options), fakeVllm(options)]);
    return new GlimpRouterChatModel({
      small: chatOpenAI(small),
      large: chatOpenAI(large),
      ...fields,
    });
  },
  "vllm-chat": async (awkward, fields) =>
    (PAIRS.vllm as Pair)(awkward, { ...fields, continuation: "vllm-chat" }),
  sglang: async (awkward, fields) => {
    const options = { model: awkward.model, ...chunks(awkward) };
    const [small, large] = await Promise.all([fakeSglang(options), fakeSglang(options)]);
    const at = { temperature: 0 };
    return new GlimpRouterChatModel({
      small: chatOpenAI(small, at),
      large: chatOpenAI(large, at),
      ...fields,
    });
  },
  llamacpp: async ({ model }, fields) => {
    const options = { model, refuseViolations: true };
    const [small, large] = await Promise.all([fakeLlamacpp(options), fakeLlamacpp(options)]);
    return new GlimpRouterChatModel({
      small: llamacppModel(small),
      large: llamacppModel(large),
      ...fields,
    });
  },
};

describe.each(Object.entries(PAIRS))("over %s", (_kind, pair) => {
  describe.each(Object.entries(AWKWARD))("%s", (_name, awkward) => {
    it.each(["fused", "probe"] as const)("changes neither routes nor text, %s", async (glimpse) => {
      const router = await pair(awkward, { glimpse });
      const message = await router.invoke("2+2?");
      const { steps } = recordOf(message);
      expect(steps.map(({ route }) => route)).toEqual(["small", "large", "small"]);
      for (const [index, { entropy }] of steps.entries()) {
        expect(entropy).toBeCloseTo(awkward.script.steps[index]?.entropy ?? Number.NaN, 1);
      }
      const thought = String(message.additional_kwargs.reasoning_content);
      const whole = awkward.script === SCRIPT ? THOUGHT : textOf(PICTURES);
      expect(thought.replace(/\n\n +/g, "\n\n")).toBe(whole);
      expect(message.text).toBe(awkward.script.answer);
    });
  });
});

function textOf({ steps }: ScriptedThought): string {
  return steps.map(({ text }) => text).join("\n\n");
}
