import type { WarmOption } from "../langchain/options/warm-options.js";
import { REASONING_FIELDS, type ReasoningField } from "../serve/serve-options.js";
import {
  MODEL_OPTIONS,
  parseOptions,
  readContinuation,
  readTopLogprobs,
  readWhole,
} from "./read-options.js";
import { type ReadRouting, ROUTING_OPTIONS, readRouting } from "./read-routing.js";
import { UsageError } from "./usage-error.js";

/** What `glimprouter serve` was asked for. */
export interface ServeArguments {
  readonly small?: string | undefined;
  readonly large?: string | undefined;
  /** An embedded one; absent where models are named. */
  readonly pair?: string | undefined;
  readonly routing: ReadRouting;
  readonly continuation: ReturnType<typeof readContinuation>;
  readonly topLogprobs: number | undefined;
  /** Whose server reads ahead; absent: none. */
  readonly warm: WarmOption["models"] | undefined;
  readonly port: number;
  readonly host: string;
  readonly apiKey: string | undefined;
  readonly maxConcurrency: number | undefined;
  readonly cors: string | undefined;
  readonly reasoningField: ReasoningField | undefined;
  readonly page: boolean;
  /** Seconds that open replies have when the server goes down. */
  readonly grace: number;
}

const { json: _json, ...MODELS } = MODEL_OPTIONS;

/** @throws UsageError */
export function readServeArguments(args: string[]): ServeArguments {
  const { values } = parseOptions({
    args,
    options: {
      ...MODELS,
      ...ROUTING_OPTIONS,
      warm: { type: "string" },
      port: { type: "string", default: "8787" },
      host: { type: "string", default: "127.0.0.1" },
      "api-key-env": { type: "string" },
      "max-concurrency": { type: "string" },
      cors: { type: "string" },
      "reasoning-field": { type: "string" },
      grace: { type: "string", default: "30" },
      "no-page": { type: "boolean", default: false },
    },
  });
  const { host, small, large, "max-concurrency": atOnce } = values;
  const apiKey = readKey(values["api-key-env"]);
  if (apiKey === undefined && !isLoopback(host)) {
    throw new UsageError(
      `--host ${host} lets others in: give a key, too, with --api-key-env NAME (NAME is the environment variable that holds it).`,
    );
  }
  return {
    ...values,
    // Its thoughts can be read, and the page shows them.
    pair: values.pair ?? (small === undefined && large === undefined ? "words" : undefined),
    routing: readRouting(values),
    continuation: readContinuation(values.continuation),
    topLogprobs: readTopLogprobs(values["top-logprobs"]),
    warm: readWarm(values),
    port: readPort(values.port),
    host,
    apiKey,
    maxConcurrency:
      atOnce === undefined ? undefined : readWhole("--max-concurrency", atOnce, "replies"),
    cors: readOrigin(values.cors),
    reasoningField: readReasoningField(values["reasoning-field"]),
    page: !values["no-page"],
    grace: readWhole("--grace", values.grace, "seconds", 0),
  };
}

/** Does only this machine reach it? */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function readKey(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const key = process.env[name] ?? "";
  if (key !== "") return key;
  throw new UsageError(
    `--api-key-env ${name}: the environment has no ${name}. Give the variable's name, not the key.`,
  );
}

function readWarm({
  warm,
  small,
  large,
}: Readonly<Partial<Record<"warm" | "small" | "large", string>>>): ServeArguments["warm"] {
  if (warm === undefined) return undefined;
  if (warm !== "large" && warm !== "both") {
    throw new UsageError(`--warm must be large or both, got ${JSON.stringify(warm)}.`);
  }
  if (small !== undefined && large !== undefined) return warm;
  throw new UsageError(
    `--warm ${warm} is for models on servers of their own: give --small and --large.`,
  );
}

function readPort(text: string): number {
  const port = readWhole("--port", text, "a port", 0);
  if (port <= 65_535) return port;
  throw new UsageError(`--port must be 0 to 65535, got ${JSON.stringify(text)}.`);
}

/** As a browser writes it: nothing behind the port. */
function readOrigin(text: string | undefined): string | undefined {
  if (text === undefined || (URL.canParse(text) && new URL(text).origin === text)) return text;
  throw new UsageError(
    `--cors must be one origin, such as https://chat.example.org, got ${JSON.stringify(text)}.`,
  );
}

function readReasoningField(text: string | undefined): ReasoningField | undefined {
  const field = REASONING_FIELDS.find((each) => each === text);
  if (text === undefined || field !== undefined) return field;
  throw new UsageError(
    `--reasoning-field must be one of ${REASONING_FIELDS.join(", ")}, got ${JSON.stringify(text)}.`,
  );
}
