import { expect, it, onTestFinished } from "vitest";
import { describePair } from "../../../src/eval/calibrate/describe-pair.js";
import { AskedPair } from "../../../src/eval/replies/asked-pair.js";
import { fakeLlamacpp, llamacppModel } from "../../writers/llamacpp/llamacpp-setup.js";

it("canaries are asked all at once under one signal, and Node warns of no leak", async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error) => warnings.push(warning);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  const [small, large] = [await fakeLlamacpp(), await fakeLlamacpp()];
  const models = { small: llamacppModel(small), large: llamacppModel(large) };
  const pair = await AskedPair.of(models, {});
  const { canaries } = await describePair(pair, new AbortController().signal);
  // Warnings come a turn later.
  await new Promise(setImmediate);
  expect(canaries).toHaveLength(5);
  expect(warnings).toEqual([]);
});
