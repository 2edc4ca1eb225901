import { existsSync } from "node:fs";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { Sampling } from "./load-pair.js";
import { UsageError } from "./usage-error.js";

/** `BASE_URL#NAME` as a model. */
export async function connectServer(
  argument: string,
  sampling: Sampling = {},
): Promise<BaseChatModel> {
  const url = new URL(argument);
  const name = decoded(url.hash.slice(1));
  if (name === "") {
    throw new UsageError(
      // Without what may be secret: credentials and query.
      `The server ${url.origin}${url.pathname} needs a model name behind a #, as in http://127.0.0.1:8000/v1#my-model`,
    );
  }
  url.hash = "";
  const { ChatOpenAI } = await importOpenAI();
  return new ChatOpenAI({
    model: name,
    ...sampling,
    // The SDK insists on a key; servers without one ignore it.
    apiKey: process.env.OPENAI_API_KEY ?? "none",
    // Someone waits at the terminal: a server that is down is told at once.
    maxRetries: 1,
    configuration: { baseURL: url.href },
  });
}

async function importOpenAI(): Promise<typeof import("@langchain/openai")> {
  try {
    return await import("@langchain/openai");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError(
      "A server needs @langchain/openai. Run: npm install @langchain/openai (outside a project: npx -p langchain-glimprouter -p @langchain/openai glimprouter ...)",
    );
  }
}

/** Host, maybe with a port; a path; a name behind a #. */
const ADDRESS =
  /^(?<host>[\w.-]+(?::\d+)?|\[[\da-f:]+\](?::\d+)?)(?<path>\/[^#]*)?(?:#(?<name>.+))?$/i;

/** The server that was meant by an address without `http://`; `null` where a file was. */
export function serverMeant(argument: string): string | null {
  const { host, path = "/", name } = ADDRESS.exec(argument)?.groups ?? {};
  if (host === undefined || existsSync(argument) || /\.gguf$/i.test(argument)) return null;
  // Without a port or a name it looks like a path, such as models/small.
  if (!/:\d+$/.test(host) && name === undefined) return null;
  return `http://${host}${path === "/" ? "/v1" : path.replace(/\/{1,9}$/, "")}#${name ?? "NAME"}`;
}

/** A name may hold a bare %. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
