import { ok, quote, skipped, warning } from "../finding.js";
import type { Check } from "./check.js";

export const thinkTag: Check = {
  id: "think-tag",
  title: "Who opens the thought",
  needs: ["unfinished-thought"],
  async run({ freshTurn, opening, thinking, writer }, signal) {
    if ((await writer(signal)).writer.kind === "ask") return skipped("the model is asked");
    const { text } = await freshTurn(signal);
    const begins = text.trimStart();
    if (thinking === false) {
      return begins.startsWith("<think>")
        ? warning(
            `\`thinking\` is false, but the model begins with ${quote(begins)}`,
            "Set `thinking: { open, close }` with the model's tags, or switch thinking off in the chat template.",
          )
        : ok(`nobody: a reply begins with ${quote(text)}`);
    }
    if ((await opening(signal)).opensThought) return ok("the chat template");
    if (begins.startsWith(thinking.open)) return ok("the model; the router does it for the model");
    return ok(
      `the router: by itself the model begins with ${quote(text)} (if it does not reason, set \`thinking: false\`)`,
    );
  },
};
