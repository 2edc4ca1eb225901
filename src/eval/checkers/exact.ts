import type { Json } from "../../core/json.js";
import type { Checker } from "./checker.js";

/** The answer is the text that was wanted, but for blanks around and between words. An empty answer cannot be read. */
export const exact: Checker = ({ text }, { answer }) => {
  const extracted = oneLine(text);
  if (extracted === "") return { score: null, why: "the answer is empty" };
  return { score: Number(extracted === oneLine(wantedText(answer))), extracted };
};

/** What a problem wants, as text. */
export function wantedText(answer: Json | undefined): string {
  return typeof answer === "string" ? answer : (JSON.stringify(answer) ?? "");
}

/** Every run of blanks as one. */
function oneLine(text: string): string {
  return text.trim().split(/\s+/).join(" ");
}
