import { expect, it } from "vitest";
import type { NextRequest } from "../../src/router/next-request.js";
import { OpenRequest } from "../../src/router/open-request.js";
import type { Opening, StepWriter } from "../../src/router/step-writer.js";

const OPENING: Opening = {
  kind: "deaf",
  data: null,
  opensThought: true,
  promptTokens: null,
  contextSize: null,
};

const REQUEST: NextRequest = {
  role: "small",
  purpose: "fused",
  thought: "",
  how: { maxTokens: 10, topLogprobs: 20 },
  limitedBy: "budget",
};

/** A writer whose client sits on its read, whatever its signal says. */
function deafWriter(): StepWriter {
  return {
    kind: "deaf",
    open: async () => OPENING,
    async *write() {
      yield { type: "text", text: "One", tokens: [] };
      await new Promise(() => undefined);
    },
  };
}

it("an abort ends a read and closes the request even where the writer does not notice it", async () => {
  const controller = new AbortController();
  const writer = deafWriter();
  const open = new OpenRequest(
    {
      config: {},
      writers: { small: writer, large: writer },
      openings: { small: OPENING, large: OPENING },
      signal: controller.signal,
    },
    REQUEST,
  );
  expect(await open.next()).toMatchObject({ text: "One" });
  const pending = open.next();
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(pending).rejects.toBe(reason);
  await open.close();
  await expect(open.next()).rejects.toBe(reason);
});
