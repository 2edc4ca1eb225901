import type { Calibration } from "../../../src/index.js";
import { STEP_WRITER } from "../../../src/index.js";
import {
  CANARY_THOUGHTS,
  measureCanaries,
} from "../../../src/langchain/calibration/measure-canaries.js";
import type { ScriptedChatModel } from "../scripted-pair.js";

const THINKING = { open: "<think>", close: "</think>" };

/** A calibration whose canaries nobody has measured. */
export const CALIBRATION: Calibration = {
  v: 1,
  id: "cal-1",
  made: "2026-11-27T06:00:00.000Z",
  package: "0.1.0",
  small: { name: "scripted", server: "scripted", version: null, fingerprint: null },
  large: { name: "scripted", server: "scripted", version: null, fingerprint: null },
  k: 20,
  logprobs: "raw",
  delimiter: "\n\n",
  thinking: THINKING,
  point: "firstTokens:2",
  direction: "above",
  threshold: 0.5,
  verify: null,
  target: { steps: 0.25 },
  attained: {
    fit: 0.25,
    heldOut: { value: 0.25, lo: 0.2, hi: 0.3 },
    rate: { value: 1 / 3, lo: 0.28, hi: 0.39 },
  },
  knifeEdge: 0.01,
  quantiles: [0, 1],
  firstLook: null,
  branches: null,
  replies: null,
  signals: [],
  verdict: {
    says: "undecided",
    difference: 0.01,
    lo: -0.02,
    hi: 0.04,
    margin: 0.02,
    null: "chord",
    more: 300,
    words: "Undecided.",
  },
  canaries: [],
  data: { sha256: "00", n: 100, clusters: 100, split: 0.5, seed: 1 },
};

/** One that was made on these two models. */
export async function calibrationOf(
  pair: { readonly small: ScriptedChatModel; readonly large: ScriptedChatModel },
  fields: Partial<Calibration> = {},
): Promise<Calibration> {
  const request = {
    thinking: THINKING,
    topLogprobs: 20,
    glimpse: "fused",
    thoughts: CANARY_THOUGHTS,
  } as const;
  const [small, large] = await Promise.all(
    [pair.small, pair.large].map((model) => measureCanaries(model[STEP_WRITER], request)),
  );
  if (small === undefined || large === undefined) throw new Error("Nothing was measured.");
  const canaries = CANARY_THOUGHTS.map((thought, index) => ({
    thought,
    small: small.entropies[index] ?? Number.NaN,
    large: large.entropies[index] ?? Number.NaN,
  }));
  return { ...CALIBRATION, canaries, ...fields };
}
