import { createHash } from "node:crypto";

/** What tells two replies of a run apart. */
export interface RecordPlace {
  readonly arm: string;
  readonly problem: string;
  /** From 0. */
  readonly repeat: number;
  readonly atOnce: number;
}

/** Enough of a hash that no two replies of a run share it. */
const KEY_LENGTH = 20;

/** The key of a reply's record: a run that goes on leaves out what it has. */
export function recordKey({ arm, problem, repeat, atOnce }: RecordPlace): string {
  const place = JSON.stringify([arm, problem, repeat, atOnce]);
  return createHash("sha256").update(place).digest("hex").slice(0, KEY_LENGTH);
}
