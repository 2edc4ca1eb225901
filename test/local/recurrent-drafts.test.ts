import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LocalChatModel } from "../../src/local/index.js";
import { SMALL_GGUF } from "./embedded-models.js";
import { writeRecurrentModel } from "./recurrent-model.js";

describe("a recurrent model, which cannot take back tokens", () => {
  let folder: string;
  let recurrent: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "recurrent-"));
    recurrent = join(folder, "mamba.gguf");
    await writeRecurrentModel(recurrent);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("loads by itself: what follows is not refused for being no model", async () => {
    const model = await LocalChatModel.load({ model: recurrent, gpu: false });
    const { text } = await model.invoke("5, +9", { maxTokens: 3 });
    expect(text).toBeTypeOf("string");
    await model.dispose();
  });

  it.each([
    ["with a draft model", { model: () => recurrent, draft: SMALL_GGUF }, "The model"],
    ["with lookup", { model: () => recurrent, draft: "lookup" }, "The model"],
    ["as draft", { model: () => SMALL_GGUF, draft: () => recurrent }, "`draft`"],
  ] as const)("%s: refused, and named", async (_, { model, draft }, who) => {
    const ahead = typeof draft === "string" ? draft : draft();
    const loading = LocalChatModel.load({ model: model(), gpu: false, draft: ahead });
    await expect(loading).rejects.toMatchObject({
      reason: "invalid_option",
      message: `${who} has recurrent layers, which cannot take back the tokens of a draft that were wrong. Leave \`draft\` out.`,
    });
  });
});
