import { COUNTED } from "../examination.js";
import { failed, ok, quote, skipped, warning } from "../finding.js";
import type { ShortText } from "../read-text.js";
import type { Finding } from "../report.js";
import type { Check } from "./check.js";

const REMEDY =
  "Choose another `continuation`: this one does not make the server go on with the text that it is given.";

/**
 * Does the text go on? A model that can count writes 4. One that cannot (tiny ones) is judged by what the
 * server does: it must read the text, not repeat it, and not begin a turn as if nothing had been written.
 */
export const continues: Check = {
  id: "continues",
  title: `Goes on with ${quote(COUNTED)}`,
  needs: ["think-tag"],
  async run({ continued, freshTurn, thinking, writer }, signal) {
    if ((await writer(signal)).writer.kind === "ask") {
      return skipped("the model is asked for the next step instead");
    }
    const [text, fresh] = [await continued(signal), await freshTurn(signal)];
    const open = thinking === false ? null : thinking.open;
    return judge(text, fresh, open);
  },
};

function judge(counted: ShortText, fresh: ShortText, open: string | null): Finding {
  const { text, usage } = counted;
  const begins = text.trimStart();
  if (begins.startsWith(COUNTED)) {
    return failed(`the server repeats the text that it is given: ${quote(text)}`, REMEDY);
  }
  if (open !== null && begins.startsWith(open)) {
    return failed(`a new turn begins, with a thought of its own: ${quote(text)}`, REMEDY);
  }
  if (begins.startsWith("4")) return ok(`with ${quote(text)}`);
  if (text === "") {
    return warning(
      `with nothing: the model ends at once (a fresh turn begins with ${quote(fresh.text)})`,
      "Look whether the model thinks at all when it is given your own prompts.",
    );
  }
  const read = (usage?.input_tokens ?? 0) - (fresh.usage?.input_tokens ?? 0);
  const known = usage !== null && fresh.usage !== null;
  const seen = `with ${quote(text)} (a fresh turn begins with ${quote(fresh.text)}${known ? `; ${read} more tokens of prompt were read` : ""})`;
  if (known && read <= 0) return failed(`${seen}: the text was not read`, REMEDY);
  if (text === fresh.text) {
    return failed(`${seen}: the same, as if nothing had been written`, REMEDY);
  }
  return ok(seen);
}
