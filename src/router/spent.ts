import type { AsideCost } from "./aside.js";
import type { Role } from "./step-writer.js";

export interface RoleUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly estimated: boolean;
}

/** Generation requests; rendering the prompt is not one. */
export interface RequestCounts extends Readonly<Record<Role, number>> {
  /** Those that judged a step, apart from the others; absent where none was judged by a model. */
  readonly verify?: number;
  /** Those that asked how sure small is of the answer (`answerEntropy`), likewise. */
  readonly watch?: number;
}

/** Tokens of every request, discarded ones included; those beside the thought apart. */
export interface UsageCounts extends Readonly<Record<Role, RoleUsage>> {
  readonly verify?: RoleUsage;
  readonly watch?: RoleUsage;
}

/** What a reply has cost so far. */
interface Spent {
  requests: RequestCounts;
  usage: UsageCounts;
}

export const NO_USAGE: RoleUsage = { input_tokens: 0, output_tokens: 0, estimated: false };

export function addUsage(usage: RoleUsage, spent: RoleUsage): RoleUsage {
  return {
    input_tokens: usage.input_tokens + spent.input_tokens,
    output_tokens: usage.output_tokens + spent.output_tokens,
    estimated: usage.estimated || spent.estimated,
  };
}

/** Books a request beside the thought, apart from what the thought itself has cost. */
export function bookAside(spent: Spent, purpose: "verify" | "watch", asked?: AsideCost): void {
  if (asked === undefined) return;
  const { requests, usage } = spent;
  spent.requests = { ...requests, [purpose]: (requests[purpose] ?? 0) + 1 };
  spent.usage = { ...usage, [purpose]: addUsage(usage[purpose] ?? NO_USAGE, asked) };
}
