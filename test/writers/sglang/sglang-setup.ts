import { onTestFinished } from "vitest";
import type {
  FakeSglang,
  FakeSglangOptions,
} from "../../servers/fake-sglang/fake-sglang-options.js";
import { startFakeSglang } from "../../servers/fake-sglang/start-fake-sglang.js";
import { type ScriptedThought, scriptedThought } from "../../servers/script/scripted-model.js";
import { SCRIPT } from "../vllm/vllm-setup.js";

/** A fake server that ends with the test. */
export async function fakeSglang(
  options: Partial<FakeSglangOptions> & { readonly script?: ScriptedThought } = {},
): Promise<FakeSglang> {
  const { script = SCRIPT, ...rest } = options;
  const server = await startFakeSglang({ model: scriptedThought(script), ...rest });
  onTestFinished(() => server.close());
  return server;
}
