import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { stepWriterFor } from "../../src/writers/step-writer-for.js";
import { listen } from "../servers/http/listen.js";
import { errorOf } from "./error-of.js";
import { fakeLlamacpp } from "./llamacpp/llamacpp-setup.js";
import { fakeSglang } from "./sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm } from "./vllm/vllm-setup.js";

/** Answers by path; 404 in FastAPI's words elsewhere. */
type Answers = Readonly<Record<string, { readonly status?: number; readonly body: unknown }>>;

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function answering(answers: Answers): Promise<{ baseURL: string; paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    paths.push(path);
    const { status = 200, body } = answers[path] ?? { status: 404, body: { detail: "Not Found" } };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  const url = await listen(server);
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { baseURL: `${url}/v1`, paths };
}

const kindOf = async (server: { baseURL: string }, model = "small") =>
  (await stepWriterFor(chatOpenAI(server, { model }), "auto", "large")).kind;

const models = (...cards: { id: string; owned_by: string }[]): Answers => ({
  "/v1/models": { body: { object: "list", data: cards } },
});

describe("a server is told by its list of models, which it signs", () => {
  it.each([
    ["vllm", () => fakeVllm()],
    ["sglang", () => fakeSglang()],
    ["llamacpp", () => fakeLlamacpp()],
  ])("%s", async (kind, start) => {
    const server = await start();
    expect(await kindOf(server)).toBe(kind);
    expect(server.requests.map(({ path }) => path)).toEqual(["/v1/models"]);
  });

  it("100 models that ask at once ask once", async () => {
    const server = await fakeSglang();
    const kinds = await Promise.all(Array.from({ length: 100 }, () => kindOf(server)));
    expect(new Set(kinds)).toEqual(new Set(["sglang"]));
    expect(server.to("/v1/models")).toHaveLength(1);
  });

  it("a failure is forgotten by all who waited for it", async () => {
    const server = await fakeSglang();
    server.fail("server-error", { path: "/v1/models" });
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => kindOf(server)));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(await kindOf(server)).toBe("sglang");
  });
});

describe("behind a gateway that hides all but /v1", () => {
  it.each(["vllm", "sglang"])("the list of models is signed: %s", async (owned_by) => {
    const server = await answering(models({ id: "small", owned_by }));
    expect(await kindOf(server)).toBe(owned_by);
    expect(server.paths).toEqual(["/v1/models"]);
  });

  it("each model has its own server's signature, and the list is asked for once", async () => {
    const server = await answering(
      models({ id: "small", owned_by: "vllm" }, { id: "large", owned_by: "sglang" }),
    );
    expect(await kindOf(server, "small")).toBe("vllm");
    expect(await kindOf(server, "large")).toBe("sglang");
    expect(server.paths).toHaveLength(1);
  });

  it("a model that is not listed has the signature of all that are, if they agree", async () => {
    const one = await answering(models({ id: "a", owned_by: "sglang" }));
    expect(await kindOf(one)).toBe("sglang");
    const mixed = await answering(
      models({ id: "a", owned_by: "vllm" }, { id: "b", owned_by: "library" }),
    );
    const error = await errorOf(kindOf(mixed));
    expect(error).toMatchObject({ reason: "unknown_server", role: "large" });
  });

  it("an unknown signature is an unknown server", async () => {
    const server = await answering(models({ id: "small", owned_by: "organization-owner" }));
    expect((await errorOf(kindOf(server))).reason).toBe("unknown_server");
  });
});

describe("a server whose list is not signed is told by what only one kind answers", () => {
  const unsigned = models({ id: "small", owned_by: "organization-owner" });

  it.each([
    ["/props", { default_generation_settings: {} }, "llamacpp"],
    ["/get_model_info", { model_path: "small" }, "sglang"],
    ["/api/version", { version: "0.40.2" }, "ollama"],
  ])("%s", async (path, body, kind) => {
    expect(await kindOf(await answering({ ...unsigned, [path]: { body } }))).toBe(kind);
  });

  it("vLLM, where there is no list at all, by its version", async () => {
    const server = await answering({ "/version": { body: { version: "0.32.0" } } });
    expect(await kindOf(server)).toBe("vllm");
    expect(server.paths).toEqual(["/v1/models", "/version"]);
  });

  it.each([
    ["LocalAI's, which names no owner", [{ id: "small", object: "model" }]],
    ["another's", [{ id: "small", owned_by: "library" }]],
  ])("S4: a version is not vLLM's where the list is %s", async (_name, data) => {
    const server = await answering({
      "/version": { body: { version: "v3.9.0 (5c2ab1e)" } },
      "/v1/models": { body: { object: "list", data } },
    });
    const error = await errorOf(kindOf(server));
    expect(error).toMatchObject({ reason: "unknown_server", role: "large" });
    expect(error.message).toContain(
      "is none of vLLM, SGLang, llama.cpp and Ollama. Three ways out: ",
    );
    expect(error.message).toContain("{ template, serverAddsBos }");
  });

  it.each([
    ["small", '`glimpse: "probe"`.'],
    ["large", '`{ large: "ask" }`.'],
  ] as const)("LiteLLM by its sign of life: as %s, the way past it is named", async (role, way) => {
    const server = await answering({
      ...models({ id: "small", owned_by: "openai" }),
      "/health/liveliness": { body: "I'm alive!" },
    });
    const error = await errorOf(stepWriterFor(chatOpenAI(server), "auto", role));
    expect(error).toMatchObject({ reason: "unknown_server", role });
    expect(error.message).toContain("is LiteLLM, whose own routes");
    expect(error.message).toContain("docs/servers/gateways.md");
    expect(error.message.endsWith(way)).toBe(true);
  });
});

describe("a server that cannot be asked", () => {
  it("lets nobody in: the key is the problem, not the kind", async () => {
    const refusal = { status: 401, body: { error: { message: "Invalid API Key" } } };
    const server = await answering({
      "/props": refusal,
      "/v1/models": refusal,
    });
    const error = await errorOf(kindOf(server));
    expect(error).toMatchObject({ reason: "server", role: "large" });
    expect(error.message).toContain("401 Invalid API Key. Check the model's `apiKey`.");
  });

  it("is starting, and is asked again", async () => {
    const loading = { status: 503, body: { error: { message: "Loading model" } } };
    const answers: Record<string, Answers[string]> = { "/v1/models": loading };
    const server = await answering(answers);
    const error = await errorOf(kindOf(server));
    expect(error.message).toContain("failed at telling what it is");
    Object.assign(answers, models({ id: "small", owned_by: "vllm" }));
    expect(await kindOf(server)).toBe("vllm");
  });
});
