import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { openAIAccess } from "../../../src/writers/connection/openai-client.js";
import { secretsOf } from "../../../src/writers/connection/secrets.js";
import { secretsOfAccess } from "../../../src/writers/connection/server-error.js";
import { chatOpenAI } from "../vllm/vllm-setup.js";

const SERVER = { baseURL: "http://127.0.0.1:9/v1" };

function textsOf(fields: ChatOpenAIFields, server = SERVER): readonly string[] {
  const model = chatOpenAI(server, { apiKey: "none", ...fields });
  const ofAccess = secretsOfAccess(openAIAccess(model, "small")).map(({ text }) => text);
  // What is known of the model is known of the way to its server, and the other way round.
  expect(secretsOf(model).map(({ text }) => text)).toEqual(ofAccess);
  return ofAccess;
}

describe("F20: the secrets of a model", () => {
  it("are none where there are placeholders, harmless headers, or no model", () => {
    const defaultHeaders = { "User-Agent": "an-app/1.0", "x-title": "An application", a: "b" };
    expect(textsOf({ configuration: { defaultHeaders } })).toEqual([]);
    expect(secretsOf(null, undefined, 7)).toEqual([]);
  });

  it("are its key, as a text or from a function that was called", async () => {
    expect(textsOf({ apiKey: "sk-very-secret" })).toEqual(["sk-very-secret"]);
    const fetch = async () => Response.json({ data: [] });
    const model = chatOpenAI(SERVER, { apiKey: async () => "sk-given", configuration: { fetch } });
    await openAIAccess(model, "small").client.get("/models");
    expect(secretsOf(model).map(({ text }) => text)).toEqual(["sk-given"]);
  });

  it.each([
    ["an object", { "x-tenant": "tenant-value" }],
    ["the web's", new Headers({ "x-tenant": "tenant-value" })],
    ["pairs", [["x-tenant", "tenant-value"]]],
    ["several values", { "x-tenant": ["tenant-value"] }],
  ])("are its headers, whatever their names: %s", (_name, defaultHeaders) => {
    const configuration = { defaultHeaders } as unknown as NonNullable<
      ChatOpenAIFields["configuration"]
    >;
    expect(textsOf({ configuration })).toContain("tenant-value");
  });

  it("are the headers of its call options", () => {
    const model = chatOpenAI(SERVER, { apiKey: "none" }).withConfig({
      options: { headers: { "x-call": "call-secret" } },
    });
    const access = openAIAccess(model, "small");
    expect(secretsOfAccess(access).map(({ text }) => text)).toContain("call-secret");
  });

  it("are the parts of headers that have parts", () => {
    const defaultHeaders = {
      Authorization: `Basic ${btoa("alice:her-password")}`,
      Cookie: "session=cookie-secret; theme=dark-blue",
      "x-note": "an ordinary sentence",
    };
    const texts = textsOf({ configuration: { defaultHeaders } });
    expect(texts).toEqual(
      expect.arrayContaining([
        btoa("alice:her-password"),
        "her-password",
        "cookie-secret",
        "an ordinary sentence",
      ]),
    );
    expect(texts).not.toContain("Basic");
    expect(texts).not.toContain("ordinary");
  });

  it("are the credentials and the query of its address, and its default query", () => {
    const server = { baseURL: "http://alice:p%20word@127.0.0.1:9/v1?token=query-secret" };
    const texts = textsOf({ configuration: { defaultQuery: { sig: "default-query" } } }, server);
    expect(texts).toEqual(
      expect.arrayContaining([
        "alice",
        "p%20word",
        "p word",
        "query-secret",
        "default-query",
        btoa("alice:p word"),
      ]),
    );
  });

  it("are fields of the body that are named like one, at any depth, and no settings", () => {
    const texts = textsOf({
      modelKwargs: {
        api_key: "kwargs-key",
        metadata: { user_token: "nested-token", user: "alice" },
        cache_salt: "tenant-salt",
        guided_regex: "[a-z]+",
        chat_template_kwargs: { enable_thinking: "yes" },
      },
    });
    expect(texts).toEqual(["nested-token", "tenant-salt", "kwargs-key"]);
  });

  it("are keys of any name, where a model is no ChatOpenAI", () => {
    const model = {
      anthropicApiKey: "sk-ant-secret",
      secretAccessKey: "aws-secret",
      clientOptions: { defaultHeaders: { "x-api-key": "header-secret" } },
      maxTokens: 100,
      model: "claude",
    };
    expect(secretsOf(model)).toEqual([
      { text: "sk-ant-secret", instead: "[API key]" },
      { text: "header-secret", instead: "[secret]" },
      { text: "aws-secret", instead: "[secret]" },
    ]);
  });

  it("come longest first, since one may hold another, and as JSON and addresses write them", () => {
    const model = new ChatOpenAI({ model: "m", apiKey: 'a "quoted" key' });
    const texts = secretsOf(model).map(({ text }) => text);
    expect(texts).toEqual(["a%20%22quoted%22%20key", 'a \\"quoted\\" key', 'a "quoted" key']);
  });
});
