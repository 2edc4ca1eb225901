import type { TokenUsage, Written } from "../../src/router/step-writer.js";

/** A writer's stream, read to its end. */
export interface Collected {
  readonly text: string;
  /** Texts of the listed tokens. */
  readonly tokens: readonly string[];
  readonly end: "stop" | "eos" | "length" | null;
  readonly usage: TokenUsage | undefined;
  readonly items: readonly Written[];
}

export async function collectWritten(stream: AsyncIterable<Written>): Promise<Collected> {
  const items: Written[] = [];
  for await (const item of stream) items.push(item);
  const texts = items.filter((item) => item.type === "text");
  const end = items.find((item) => item.type === "end");
  return {
    text: texts.map(({ text }) => text).join(""),
    tokens: texts.flatMap(({ tokens }) => tokens.map(({ token }) => token)),
    end: end?.reason ?? null,
    usage: end?.usage,
    items,
  };
}
