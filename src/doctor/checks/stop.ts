import type { Role } from "../../router/step-writer.js";
import { failed, ok, quote, skipped, warning } from "../finding.js";
import { readText, type ShortText } from "../read-text.js";
import type { Finding } from "../report.js";
import type { Check } from "./check.js";

/** Characters of the stop string: few enough to be in a short text, enough to be there once. */
const STOP_LENGTH = 3;

/**
 * Large is stopped at the end of each step; a stop that is taken for EOS would end the thought there. Small
 * is stopped only with `glimpse: "probe"`.
 */
export const stop: Check = {
  id: "stop",
  title: "Stop strings",
  needs: ["think-tag"],
  async run({ freshTurn, role, writer }, signal) {
    const { writer: by } = await writer(signal);
    if (by.kind === "ask") return skipped("the model is asked for one step at a time");
    const fresh = await freshTurn(signal);
    const stopText = middleOf(fresh.text);
    if (stopText === null) return skipped(`the model wrote too little: ${quote(fresh.text)}`);
    const { from, maxTokens } = fresh;
    const how = { maxTokens, topLogprobs: 0, temperature: 0, stop: [stopText] } as const;
    const stopped = await readText(by.write(from, "", how, signal));
    return judge(stopped, { fresh, stopText, role });
  },
};

function judge(
  { text, end }: ShortText,
  { fresh, stopText, role }: { fresh: ShortText; stopText: string; role: Role },
): Finding {
  const worse = role === "large" ? failed : warning;
  const at = text.indexOf(stopText);
  const until = fresh.text.slice(0, fresh.text.indexOf(stopText));
  const isCut = at === -1 ? text === until : at + stopText.length === text.length;
  if (isCut && end === "stop") {
    return ok(`${quote(stopText)} ends the text, and is told from EOS`);
  }
  if (isCut) {
    return worse(
      `${quote(stopText)} ends the text, but the server calls it ${JSON.stringify(end)}`,
      remedyFor(role, "tells a stop string from the model's own end"),
    );
  }
  if (at === -1) {
    return warning(
      `not seen: the model wrote another text this time, ${quote(text)}`,
      "Run the doctor again.",
    );
  }
  return worse(
    `${quote(stopText)} is ignored: ${quote(text)}`,
    remedyFor(role, "obeys stop strings"),
  );
}

function remedyFor(role: Role, what: string): string {
  return role === "large"
    ? `Use a server that ${what} for the large model: each of its steps ends so.`
    : 'Keep `glimpse: "fused"`: only "probe" sends stop strings to the small model.';
}

/** A piece from the middle of a text, by characters; `null` where there is no middle. */
function middleOf(text: string): string | null {
  const characters = [...text];
  const start = Math.floor(characters.length / 2);
  const piece = characters.slice(start, start + STOP_LENGTH).join("");
  return start === 0 || piece.trim() === "" ? null : piece;
}
