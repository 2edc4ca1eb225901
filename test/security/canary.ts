import type { ChatOpenAI } from "@langchain/openai";
import { expect } from "vitest";
import { chatOpenAI } from "../writers/vllm/vllm-setup.js";

export const KEY = "sk-very-secret-key";

/** Everything that must be shown nowhere. */
export const SECRETS = [
  KEY,
  "x-api-secret",
  "auth-secret",
  "cookie-secret",
  "tenant-secret",
  "alice-user",
  "pass word-secret",
  "pass%20word-secret",
  "default-query-secret",
  "kwargs-secret",
  "nested-secret",
  "salt-secret",
];

/** What a server makes of a request. */
export type Echo = (headers: Headers, url: string, body: string) => Response;

/** A model with every kind of secret, whose server says what `echo` makes of a request. */
export function canaryModel(
  echo: Echo,
  {
    defaultQuery = { signature: "default-query-secret" },
    query = "",
  }: { readonly defaultQuery?: Record<string, string>; readonly query?: string } = {},
): ChatOpenAI {
  return chatOpenAI(
    { baseURL: `http://alice-user:pass%20word-secret@127.0.0.1:9/v1${query}` },
    {
      apiKey: KEY,
      modelKwargs: {
        api_key: "kwargs-secret",
        metadata: { user_token: "nested-secret" },
        cache_salt: "salt-secret",
      },
      configuration: {
        fetch: async (url, init) =>
          echo(new Headers(init?.headers), String(url), String(init?.body ?? "")),
        defaultQuery,
        defaultHeaders: {
          "x-api-key": "x-api-secret",
          Cookie: "session=cookie-secret; a=b",
          "x-tenant": "tenant-secret",
          "proxy-authorization": "Bearer auth-secret",
        },
      },
    },
  );
}

/** Everything that a request carried, in one text. */
export function everything(headers: Headers, url: string, body: string): string {
  const listed: string[] = [];
  headers.forEach((value, name) => {
    listed.push(`${name}: ${value}`);
  });
  return `${url} came with ${listed.join(", ")}, decoded ${decodeURIComponent(url)}, and ${body}`;
}

/** @param shown - the empty text where there is nothing to be shown */
export function expectNoSecret(shown: string): void {
  for (const secret of SECRETS) expect(shown).not.toContain(secret);
}
