import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, it } from "vitest";
import { nearestName } from "../../../src/core/nearest-name.js";
import { glimpRouterGraph } from "../../../src/graph/index.js";
import { GlimpRouterChatModel, GlimpRouterError } from "../../../src/index.js";
import { LocalChatModel } from "../../../src/local/index.js";
import { glimpRouterMiddleware } from "../../../src/middleware/index.js";
import { SMALL_GGUF } from "../../local/embedded-models.js";
import { scriptedRouter } from "../scripted-pair.js";

const model = new FakeListChatModel({ responses: [] });
const PAIR = { small: model, large: model };

const MAKERS: Readonly<Record<string, (fields: object) => unknown>> = {
  GlimpRouterChatModel: (fields) => new GlimpRouterChatModel({ ...PAIR, ...fields }),
  glimpRouterMiddleware: (fields) => glimpRouterMiddleware({ ...PAIR, ...fields }),
  glimpRouterGraph: (fields) => glimpRouterGraph({ ...PAIR, ...fields }),
};

function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (!GlimpRouterError.isInstance(error)) throw error;
    expect(error).toMatchObject({ reason: "invalid_option", status: 400 });
    return error.message;
  }
  throw new Error("It was taken.");
}

describe.each(Object.entries(MAKERS))("U15: %s", (owner, make) => {
  it.each<[string, object, string]>([
    ["treshold", { treshold: 1 }, "threshold"],
    ["Threshold", { Threshold: 1 }, "threshold"],
    ["maxThougthTokens", { maxThougthTokens: 100 }, "maxThoughtTokens"],
    ["thinking.opne", { thinking: { opne: "<t>", close: "</t>" } }, "open"],
    ["contextSize.smal", { contextSize: { smal: 4096 } }, "small"],
    ["continuation.smal", { continuation: { smal: "vllm", large: "vllm" } }, "small"],
    [
      "continuation.servreAddsBos",
      { continuation: { template: "{{ x }}", servreAddsBos: true } },
      "serverAddsBos",
    ],
    [
      "continuation.large.tempalte",
      { continuation: { large: { tempalte: "{{ x }}", serverAddsBos: true } } },
      "template",
    ],
  ])("U15: refuses `%s` with the nearest name", (path, fields, nearest) => {
    expect(messageOf(() => make(fields))).toBe(
      `Option \`${path}\` of ${owner} is not known. Did you mean \`${nearest}\`?`,
    );
  });

  it.each([
    ["temperature", 0, "It belongs to the two models"],
    ["topP", 0.9, "It belongs to the two models"],
    ["maxTokens", 100, "The router's limits are `maxAnswerTokens`"],
    ["stop", ["x"], "`router.invoke(messages, { stop })`"],
    ["timeout", 1000, "`router.invoke(messages, { timeout, signal })`"],
    ["tools", [], "`router.bindTools(tools"],
  ])("U15: says where `%s` belongs", (field, value, remedy) => {
    const message = messageOf(() => make({ [field]: value }));
    expect(message).toContain(`Option \`${field}\` of ${owner} is not known. `);
    expect(message).toContain(remedy);
  });

  it("U15: lists what there is where nothing is near", () => {
    const message = messageOf(() => make({ wibbleWobble: 1 }));
    expect(message).toMatch(/is not known\. There are: small, large, threshold, .*contextSize/);
  });

  it("U15: what is undefined is not given", () => {
    expect(() => make({ treshold: undefined, temperature: undefined })).not.toThrow();
  });
});

describe("U15: what is not refused", () => {
  it("U15: LangChain's own fields", () => {
    const own = {
      verbose: false,
      callbacks: [],
      tags: ["a"],
      metadata: {},
      cache: false,
      maxConcurrency: 2,
      maxRetries: 1,
      onFailedAttempt: () => {},
      outputVersion: "v1" as const,
      disableStreaming: false,
      name: "thinker",
    };
    expect(() => new GlimpRouterChatModel({ ...PAIR, ...own })).not.toThrow();
  });

  it("U15: a writer of the user's own, with fields of its own", () => {
    const writer = {
      kind: "mine",
      endpoint: "x",
      open: () => Promise.reject(new Error("not asked")),
      write: async function* () {},
    };
    for (const continuation of [writer, { small: writer, large: "ask" as const }]) {
      expect(() => new GlimpRouterChatModel({ ...PAIR, continuation })).not.toThrow();
    }
  });

  it("U15: whatever frameworks put into the options of a call", async () => {
    const { router } = scriptedRouter();
    const options = { temperature: 0, writer: () => {}, strange: 1 } as object;
    expect((await router.invoke("2+2?", options)).text).toBe("The answer is 4.");
  });

  it("U15: a continuation for one model leaves the other one to itself", async () => {
    const { small, large } = scriptedRouter();
    const router = new GlimpRouterChatModel({ small, large, continuation: { small: "local" } });
    expect((await router.invoke("2+2?")).text).toBe("The answer is 4.");
  });
});

describe("U15: LocalChatModel.load", () => {
  it.each([
    ["temprature", "temperature"],
    ["contextsize", "contextSize"],
    ["gpuLayer", "gpuLayers"],
  ])("U15: refuses `%s` before a file is looked for", async (field, nearest) => {
    const loaded = LocalChatModel.load({ model: "none.gguf", [field]: 1 });
    await expect(loaded).rejects.toMatchObject({
      reason: "invalid_option",
      message: `Option \`${field}\` of LocalChatModel.load is not known. Did you mean \`${nearest}\`?`,
    });
  });
});

describe("U15: core's own fields of LocalChatModel.load", () => {
  it("U15: reach core, all of them", async () => {
    const own = {
      tags: ["a"],
      metadata: { of: "mine" },
      maxConcurrency: 2,
      maxRetries: 1,
      outputVersion: "v1" as const,
    };
    const model = await LocalChatModel.load({ model: SMALL_GGUF, gpu: false, ...own });
    await model.dispose();
    const { tags, metadata, outputVersion, caller } = model;
    expect({ tags, metadata, outputVersion }).toMatchObject({
      tags: ["a"],
      metadata: { of: "mine" },
      outputVersion: "v1",
    });
    expect(caller).toMatchObject({ maxConcurrency: 2, maxRetries: 1 });
  });
});

describe("nearestName", () => {
  it.each([
    ["opne", ["open", "close"], "open"],
    ["x", ["open", "close"], null],
    ["", ["a", "ab"], null],
    ["polcy", ["policy", "policies"], "policy"],
    ["SMALL", ["small"], "small"],
  ])("%j of %j is %j", (name, known, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });
});
