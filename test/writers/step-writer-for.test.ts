import { FakeListChatModel } from "@langchain/core/utils/testing";
import { AzureChatOpenAI, ChatOpenAI } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { STEP_WRITER, type StepWriter } from "../../src/router/step-writer.js";
import { stepWriterFor } from "../../src/writers/step-writer-for.js";
import { errorOf } from "./error-of.js";
import { chatOpenAI, fakeVllm } from "./vllm/vllm-setup.js";

const OWN: StepWriter = {
  kind: "mine",
  open: () => Promise.reject(new Error("not asked")),
  write: async function* () {},
};

describe("auto", () => {
  it("takes the writer that a model brings, without any request", async () => {
    const model = Object.assign(new FakeListChatModel({ responses: [] }), { [STEP_WRITER]: OWN });
    expect(await stepWriterFor(model, "auto", "small")).toBe(OWN);
  });

  it("asks the server which models it has: vllm", async () => {
    const server = await fakeVllm();
    const writer = await stepWriterFor(chatOpenAI(server), "auto", "small");
    expect(writer.kind).toBe("vllm");
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1/models",
    ]);
  });

  it("asks once per process and base URL, also when asked for at once", async () => {
    const server = await fakeVllm();
    const models = [
      chatOpenAI(server),
      chatOpenAI(server),
      chatOpenAI({ baseURL: `${server.baseURL}/` }),
    ];
    const writers = await Promise.all(models.map((model) => stepWriterFor(model, "auto", "large")));
    expect(writers.map(({ kind }) => kind)).toEqual(["vllm", "vllm", "vllm"]);
    await stepWriterFor(chatOpenAI(server), "auto", "small");
    expect(server.to("/v1/models")).toHaveLength(1);
  });

  it("never remembers a failure", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server);
    server.fail("server-error");
    await expect(stepWriterFor(model, "auto", "small")).rejects.toMatchObject({
      reason: "server",
      role: "small",
      message: expect.stringContaining("failed at telling what it is"),
    });
    server.fail("html", { times: 5 });
    await expect(stepWriterFor(model, "auto", "small")).rejects.toMatchObject({
      reason: "unknown_server",
    });
    expect((await stepWriterFor(model, "auto", "small")).kind).toBe("vllm");
    expect(server.to("/v1/models")).toHaveLength(3);
  });

  it("finds vLLM behind a gateway by its list of models", async () => {
    const server = await fakeVllm({ onlyV1: true });
    expect((await stepWriterFor(chatOpenAI(server), "auto", "small")).kind).toBe("vllm");
    expect(server.to("/v1/models")).toHaveLength(1);
  });

  it.each([
    [
      "small",
      "another small model that gives log-probabilities, such as of langchain-glimprouter/local",
    ],
    ["large", '`{ large: "ask" }` for any chat model'],
  ] as const)("U16: an unknown server is three ways out, in short: %s", async (role, other) => {
    const server = await fakeVllm({ onlyV1: true });
    server.fail("html", { path: "/v1/models" });
    const error = await errorOf(stepWriterFor(chatOpenAI(server), "auto", role));
    expect(error).toMatchObject({ reason: "unknown_server", role });
    expect(error.message).toBe(
      `The ${role} model's server at ${server.baseURL} is none of vLLM, SGLang, llama.cpp and Ollama. Three ways out: \`continuation: { ${role}: "vllm" }\` (or "sglang", "llamacpp") if behind a gateway; \`{ ${role}: { template, serverAddsBos } }\` with the chat template, if it completes raw text; ${other}. See docs/servers.md.`,
    );
    expect(error.message.length).toBeLessThan(400);
  });
});

describe("auto, where nothing can be continued", () => {
  let asked = 0;
  const hosted = (baseURL?: string) =>
    new ChatOpenAI({
      apiKey: "k",
      model: "gpt-4.1",
      configuration: {
        ...(baseURL === undefined ? {} : { baseURL }),
        fetch: async () => {
          asked++;
          return Response.json({});
        },
      },
    });

  it.each([
    undefined,
    "https://generativelanguage.googleapis.com/v1beta/openai",
    "https://api.mistral.ai/v1",
    "https://openrouter.ai/api/v1",
    "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/openapi",
    "https://mine.openai.azure.com/openai/v1",
  ])("knows a hosted API by its name, without a request: %s", async (baseURL) => {
    asked = 0;
    expect((await stepWriterFor(hosted(baseURL), "auto", "large")).kind).toBe("ask");
    await expect(stepWriterFor(hosted(baseURL), "auto", "small")).rejects.toMatchObject({
      reason: "unknown_server",
      role: "small",
      message: expect.stringMatching(
        /a hosted API that continues no unfinished thought\. Three ways out: .*another small model/,
      ),
    });
    expect(asked).toBe(0);
  });

  it("takes no other host for one of them", async () => {
    const model = hosted("http://api.openai.com.example.org:9/v1");
    const found = stepWriterFor(model, "auto", "large");
    await expect(found).rejects.toMatchObject({ reason: "unknown_server" });
    expect(asked).toBeGreaterThan(0);
  });

  it("asks any other chat model, as large alone", async () => {
    const model = new FakeListChatModel({ responses: [] });
    expect((await stepWriterFor(model, "auto", "large")).kind).toBe("ask");
    await expect(stepWriterFor(model, "auto", "small")).rejects.toMatchObject({
      reason: "unknown_server",
      message: expect.stringContaining("brings no writer of its own, and has no OpenAI client"),
    });
  });

  it.each([
    [
      "Azure",
      new AzureChatOpenAI({
        azureOpenAIApiKey: "k",
        azureOpenAIApiInstanceName: "i",
        azureOpenAIApiDeploymentName: "d",
        azureOpenAIApiVersion: "2024-10-21",
      }),
      "talks to Azure OpenAI",
    ],
    [
      "the Responses API",
      new ChatOpenAI({ apiKey: "k", model: "small", useResponsesApi: true }),
      "Set `useResponsesApi: false`",
    ],
  ])("asks a client without text completions, as large alone: %s", async (_name, model, why) => {
    expect((await stepWriterFor(model, "auto", "large")).kind).toBe("ask");
    await expect(stepWriterFor(model, "auto", "small")).rejects.toMatchObject({
      reason: "invalid_option",
      role: "small",
      message: expect.stringContaining(why),
    });
  });

  it("does not offer to ask where it was of no use", async () => {
    const small = stepWriterFor(new FakeListChatModel({ responses: [] }), "auto", "small");
    await expect(small).rejects.toMatchObject({ message: expect.not.stringContaining('"ask"') });
  });
});

describe("a named continuation", () => {
  it("is made without asking anybody", async () => {
    const server = await fakeVllm();
    const kinds = await Promise.all(
      (["vllm", "vllm-chat", "sglang"] as const).map(async (name) => {
        return (await stepWriterFor(chatOpenAI(server), name, "small")).kind;
      }),
    );
    expect(kinds).toEqual(["vllm", "vllm-chat", "sglang"]);
    expect(server.requests).toEqual([]);
  });

  it("may be an object of the user's own", async () => {
    expect(await stepWriterFor(new FakeListChatModel({ responses: [] }), OWN, "large")).toBe(OWN);
  });

  it("local needs a model with a writer", async () => {
    const model = new FakeListChatModel({ responses: [] });
    await expect(stepWriterFor(model, "local", "small")).rejects.toMatchObject({
      reason: "invalid_option",
      message: expect.stringContaining("the small model brings none"),
    });
    const own = Object.assign(model, { [STEP_WRITER]: OWN });
    expect(await stepWriterFor(own, "local", "small")).toBe(OWN);
  });

  it.each(["vlm", "toString", { kind: "x" }])(
    "is refused where nobody knows it: %j",
    async (name) => {
      await expect(stepWriterFor({}, name as never, "small")).rejects.toMatchObject({
        reason: "invalid_option",
        message: expect.stringContaining(`got ${JSON.stringify(name)}. There are: "auto"; "vllm"`),
      });
    },
  );
});
