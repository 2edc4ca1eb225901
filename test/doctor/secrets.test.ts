import type { ChatOpenAIFields } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import { withoutSecrets } from "../../src/doctor/redact.js";
import { secretsOf } from "../../src/writers/connection/secrets.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";

const KEY = "sk-very-secret-key";
const HEADER = "header-secret-value";
const PASSWORD = "pass%20word-secret";

/** A server that quotes everything it was sent in its refusals. */
function indiscreet(status: number): NonNullable<ChatOpenAIFields["configuration"]>["fetch"] {
  return async (url, init) => {
    const headers: string[] = [];
    new Headers(init?.headers).forEach((value, name) => {
      headers.push(`${name}: ${value}`);
    });
    const message = `${url} came with ${headers.join(", ")}: no`;
    return Response.json({ error: { message } }, { status });
  };
}

describe("secrets", () => {
  it.each([401, 400, 404, 500])(
    "are in no report, whatever a server quotes (%d)",
    async (status) => {
      const model = chatOpenAI(
        { baseURL: `http://alice-user:${PASSWORD}@127.0.0.1:9/v1?token=query-secret` },
        {
          apiKey: KEY,
          configuration: {
            fetch: indiscreet(status),
            defaultHeaders: { "x-api-key": HEADER, authorization: `Bearer ${HEADER}` },
          },
        },
      );
      const report = await diagnose({ small: model, large: model });
      const text = JSON.stringify(report);
      expect(report.canRoute).toBe(false);
      expect(report.small.address).toBe("http://127.0.0.1:9/v1");
      for (const secret of [
        KEY,
        HEADER,
        PASSWORD,
        "pass word-secret",
        "alice-user",
        "query-secret",
      ]) {
        expect(text).not.toContain(secret);
      }
      expect(text).toContain("[secret]");
    },
  );

  it("that a function gives are known once it was called", async () => {
    const model = chatOpenAI(
      { baseURL: "http://127.0.0.1:9/v1" },
      { apiKey: async () => KEY, configuration: { fetch: indiscreet(401) } },
    );
    const report = await diagnose({ small: model, large: model });
    expect(JSON.stringify(report)).not.toContain(KEY);
    expect(report.small.checks[0]?.seen).toContain("authorization: Bearer [API key]");
  });

  it("of a pair that routes are nowhere either", async () => {
    const server = await fakeVllm({ apiKey: KEY });
    const model = chatOpenAI(server, { apiKey: KEY });
    const report = await diagnose({ small: model, large: model });
    expect(report.canRoute).toBe(true);
    expect(JSON.stringify(report)).not.toContain(KEY);
  });
});

describe("secretsOf", () => {
  it("finds none in placeholders, and none where there is no model", () => {
    const model = chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" }, { apiKey: "none" });
    expect(secretsOf(model)).toEqual([]);
    expect(secretsOf(null)).toEqual([]);
  });
});

describe("withoutSecrets", () => {
  it("takes the longest first, and leaves the status alone", () => {
    const SECRETS = ["abcd", "abc", "ok"].map((text) => ({ text, instead: "[secret]" }) as const);
    const finding = { status: "ok", seen: "ok abcd abc", remedy: "abc" } as const;
    expect(withoutSecrets(finding, SECRETS)).toEqual({
      status: "ok",
      seen: "[secret] [secret] [secret]",
      remedy: "[secret]",
    });
  });
});
