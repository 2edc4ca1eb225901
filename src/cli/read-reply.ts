import type { SharedOptions } from "../eval/replies/asked-pair.js";
import { readWhole } from "./read-options.js";
import { UsageError } from "./usage-error.js";

/** Options of every reply of a run, the same for `calibrate` and `eval`. */
export const REPLY_OPTIONS = {
  temperature: { type: "string" },
  "no-thinking": { type: "boolean" },
  "max-thought-tokens": { type: "string" },
  "max-answer-tokens": { type: "string" },
  "first-token-timeout": { type: "string" },
  "stall-timeout": { type: "string" },
} as const;

type Values = Readonly<
  Partial<
    Record<Exclude<keyof typeof REPLY_OPTIONS, "no-thinking">, string> &
      Record<"no-thinking", boolean>
  >
>;

/** What is left out is the router's to choose, the temperature the server's. */
export interface ReadReply {
  readonly temperature?: number;
  readonly limits: Pick<
    SharedOptions,
    "thinking" | "maxThoughtTokens" | "maxAnswerTokens" | "firstTokenTimeoutMs" | "stallTimeoutMs"
  >;
}

/** @throws UsageError */
export function readReply(values: Values): ReadReply {
  const { temperature, "no-thinking": isPlain } = values;
  const { "max-thought-tokens": thought, "max-answer-tokens": answer } = values;
  const { "first-token-timeout": first, "stall-timeout": stall } = values;
  return {
    ...(temperature !== undefined && { temperature: readTemperature(temperature) }),
    limits: {
      ...(isPlain === true && { thinking: false as const }),
      ...(thought !== undefined && {
        maxThoughtTokens: readWhole("--max-thought-tokens", thought, "tokens"),
      }),
      ...(answer !== undefined && {
        maxAnswerTokens: readWhole("--max-answer-tokens", answer, "tokens"),
      }),
      ...(first !== undefined && {
        firstTokenTimeoutMs: 1000 * readWhole("--first-token-timeout", first, "seconds"),
      }),
      ...(stall !== undefined && {
        stallTimeoutMs: 1000 * readWhole("--stall-timeout", stall, "seconds"),
      }),
    },
  };
}

function readTemperature(text: string): number {
  const temperature = Number(text);
  if (text.trim() !== "" && temperature >= 0) return temperature;
  throw new UsageError(`--temperature must be 0 (greedy) or more, got ${JSON.stringify(text)}.`);
}
