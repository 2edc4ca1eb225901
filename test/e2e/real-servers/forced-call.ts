import { tool } from "@langchain/core/tools";
import { z } from "zod";

export const FORMAT = z.object({ right: z.boolean() });

/** The pair has never seen a tool: a call has to be forced, which a server's grammar does. */
export const judge = tool(({ right }) => String(right), {
  name: "judge",
  description: "Says whether the result is right.",
  schema: FORMAT,
});

/** Tab, line feed, carriage return, and the two tokens of a blank. */
const BLANKS = ["12", "13", "16", "35", "259"];

/** A pair that never saw JSON writes blanks for ever wherever the grammar of an answer allows them. */
export function withoutBlanks(send: typeof fetch): typeof fetch {
  return (input, init) => {
    const body = typeof init?.body === "string" ? JSON.parse(init.body) : {};
    const isHeld =
      body.response_format !== undefined || String(input).endsWith("/chat/completions");
    if (!isHeld) return send(input, init);
    const logit_bias = Object.fromEntries(BLANKS.map((id) => [id, -100]));
    return send(input, { ...init, body: JSON.stringify({ ...body, logit_bias }) });
  };
}
