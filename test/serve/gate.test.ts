import { describe, expect, it } from "vitest";
import { errorOf, headersOf, QUESTION, served } from "./served.js";

const BODY = { model: "glimprouter", messages: QUESTION };

describe("the key", () => {
  const { post, get } = served(undefined, { apiKey: "s3cret" });

  it("is asked of everything under /v1, and of nothing else", async () => {
    for (const response of [await post(BODY), await get("/v1/models"), await get("/v1/nothing")]) {
      expect(await errorOf(response)).toEqual({
        status: 401,
        error: {
          type: "authentication_error",
          param: null,
          code: "invalid_api_key",
          message: "No API key was given: send `Authorization: Bearer KEY`.",
        },
      });
    }
    expect(await (await get("/health")).json()).toEqual({ status: "ok" });
  });

  it.each(["Bearer s3cre", "Bearer s3cretx", "Bearer ", "Basic s3cret", "s3cret", "Bearer S3CRET"])(
    "is not %s",
    async (authorization) => {
      const { status, error } = await errorOf(await post(BODY, { authorization }));
      expect([status, error.message]).toEqual([
        401,
        "The API key is wrong: send `Authorization: Bearer KEY`.",
      ]);
    },
  );

  it("opens", async () => {
    for (const authorization of ["Bearer s3cret", "bearer s3cret"]) {
      expect((await post(BODY, { authorization })).status).toBe(200);
    }
  });

  it("may be any where none is asked for: SDKs insist on one", async () => {
    const open = served();
    expect((await open.post(BODY)).status).toBe(200);
    expect((await open.post(BODY, { authorization: "Bearer none" })).status).toBe(200);
  });
});

describe("options that would leave a door open, or everybody waiting", () => {
  it.each([
    [{ apiKey: "" }, '`apiKey` of createHandler cannot be "". Give a key, or leave'],
    [{ limits: { maxConcurrency: 0 } }, "`limits.maxConcurrency` of createHandler cannot be 0."],
    [{ limits: { queue: -1 } }, "`limits.queue` of createHandler cannot be -1."],
    [{ limits: { bodyBytes: Number.NaN } }, "`limits.bodyBytes` of createHandler cannot be NaN."],
    [{ reasoningField: "thinking" as never }, "`reasoningField` of createHandler cannot be"],
  ])("%j", (options, said) => {
    expect(() => served(undefined, options)).toThrow(said);
  });
});

describe("web pages of others", () => {
  const hosts = ["127.0.0.1", "localhost", "::1"];

  it.each(["127.0.0.1:8787", "localhost", "LOCALHOST:8787", "[::1]:8787"])(
    "the server answers as %s",
    async (host) => {
      expect((await served(undefined, { hosts }).get("/health", { host })).status).toBe(200);
    },
  );

  it.each([
    "evil.example",
    "evil.example:8787",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "",
  ])("but not as %s: a name that was pointed here", async (host) => {
    for (const path of ["/health", "/v1/models"]) {
      const response = await served(undefined, { hosts }).get(path, { host });
      expect(await errorOf(response)).toMatchObject({ status: 403, error: { code: "wrong_host" } });
    }
  });

  it("a foreign Origin is refused, its own is not", async () => {
    const { post } = served();
    const host = "127.0.0.1:8787";
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:9999"]) {
      const response = await post(BODY, { host, origin });
      expect(response.headers.has("access-control-allow-origin")).toBe(false);
      expect(await errorOf(response)).toMatchObject({
        status: 403,
        error: { code: "wrong_origin" },
      });
    }
    expect((await post(BODY, { host, origin: `http://${host}` })).status).toBe(200);
  });

  it("one that was named may ask: its preflight is answered without a key, its errors can be read", async () => {
    const cors = "https://chat.example.org";
    const { handler, post } = served(undefined, { cors, apiKey: "s3cret" });
    const preflight = await handler(
      new Request("http://127.0.0.1:8787/v1/chat/completions", {
        method: "OPTIONS",
        headers: {
          origin: cors,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type,x-stainless-os",
        },
      }),
    );
    expect(preflight.status).toBe(204);
    const allowed = headersOf(preflight);
    expect(allowed["access-control-allow-origin"]).toBe(cors);
    expect(allowed["access-control-allow-headers"]).toBe(
      "authorization,content-type,x-stainless-os",
    );
    for (const key of ["s3cret", "wrong"]) {
      const response = await post(BODY, { origin: cors, authorization: `Bearer ${key}` });
      expect(response.status).toBe(key === "wrong" ? 401 : 200);
      expect(response.headers.get("access-control-allow-origin")).toBe(cors);
    }
    const other = await post(BODY, {
      origin: "https://evil.example",
      authorization: "Bearer s3cret",
    });
    expect(other.status).toBe(403);
  });
});
