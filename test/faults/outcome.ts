import type { Cell } from "./cell.js";

/** What a cell must come to. */
export type Outcome =
  /** The very reply that there is without the fault. */
  | {
      readonly is: "right";
      /** What the record says of it; absent: nothing. */
      readonly retry?: "cut" | "error" | "no-first-token" | "stalled";
      /** Requests beside those that any asking anew costs. */
      readonly more?: number;
    }
  /** The right text, of which the other model wrote what was left; said in the record, the trace and an event. */
  | {
      readonly is: "degraded";
      /** As the record has it. */
      readonly reason: string;
      /** What the record says of the stream that was gone on with in vain. */
      readonly retry?: "cut" | "error" | "no-first-token" | "stalled";
      /** How often the fault was met, the first time included. */
      readonly met: number;
    }
  /** A typed error, whose thought is all that was handed out, and all that had come. */
  | {
      readonly is: "error";
      readonly reason: string;
      readonly status?: number;
      /** How often the fault was met, the first time included. */
      readonly met: number;
    }
  | { readonly is: "impossible"; readonly why: string };

/** The first rule whose `where` fits a cell holds; one must. */
export interface Rule {
  readonly where: { readonly [Field in keyof Cell]?: Cell[Field] | readonly Cell[Field][] };
  readonly outcome: Outcome;
}

export type Outcomes = readonly Rule[];

export function outcomeOf(
  { outcomes, inChat = [] }: { readonly outcomes: Outcomes; readonly inChat?: Outcomes },
  cell: Cell,
): Outcome {
  const rules = cell.answer === "text" ? outcomes : inChat;
  const rule = rules.find(({ where }) =>
    Object.entries(where).every(([field, wanted]) =>
      [wanted].flat().includes(cell[field as keyof Cell] as never),
    ),
  );
  if (rule === undefined) throw new Error(`Nothing is declared for ${JSON.stringify(cell)}.`);
  return rule.outcome;
}
