import type { Calibration } from "../../langchain/calibration/calibration.js";
import type { EvalRecord } from "../records/eval-record.js";
import type { KeptReply } from "./kept-reply.js";

/** What is kept of a task: a reply, or a reply with what was noted of it. */
export type KeptValue = KeptReply | { readonly reply: KeptReply };

/** How replies ended, each once however often it is looked up. */
export class Tally {
  readonly #byKey = new Map<string, EvalRecord["status"]>();

  add(key: string, value: KeptValue): void {
    const { status } = "reply" in value ? value.reply : value;
    this.#byKey.set(key, status);
  }

  /** Truncated, unparsed and failed replies have counted as wrong. */
  get replies(): NonNullable<Calibration["replies"]> {
    const all = [...this.#byKey.values()];
    const count = (wanted: EvalRecord["status"]) => all.filter((each) => each === wanted).length;
    return {
      n: all.length,
      truncated: count("truncated"),
      unparsed: count("unparsed"),
      errors: count("error"),
    };
  }
}
