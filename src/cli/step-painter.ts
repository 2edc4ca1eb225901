import type { Role } from "../router/step-writer.js";
import { show, type Tint, tint, write } from "./terminal.js";

/** What `glimprouter_step` tells about a decision. */
export interface Decision {
  readonly step: number;
  readonly route: Role;
  readonly point: string;
  /** `null`: large by repetition. */
  readonly value: number | null;
}

/** Whose a chunk is: a step's number, and who writes it. */
export interface ChunkPart {
  readonly id: string;
  readonly name: Role;
}

const TINT: Readonly<Record<Role, Tint>> = { small: "green", large: "magenta" };

/** Shows a thought: each part on a line of its own, tinted by its writer, with the value that was decided by. */
export class StepPainter {
  #decision: Decision | null = null;
  #part = "";
  #isFresh = false;

  /** A decision at a step's first token is shown at once: the words are still to come. */
  decide(decision: Decision): void {
    this.#decision = decision;
    const { step, route, point } = decision;
    if (point.startsWith("stepStart")) this.#begin({ id: String(step), name: route });
  }

  show(thought: string, part: ChunkPart): void {
    this.#begin(part);
    write(tint(TINT[part.name], this.#isFresh ? thought.trimStart() : thought));
    this.#isFresh = false;
  }

  #begin({ id, name }: ChunkPart): void {
    const part = `${id} ${name}`;
    if (part === this.#part) return;
    this.#part = part;
    this.#isFresh = true;
    write(show`\n${tint(TINT[name], `${id.padStart(3)} ${name}  ${this.#figure(part)}`)}`);
  }

  /** Where small's step is not decided yet, or goes on, there is none. */
  #figure(part: string): string {
    const decision = this.#decision;
    if (decision === null || part !== `${decision.step} ${decision.route}`) return "";
    const { point, value } = decision;
    if (value === null) return "a repetition  ";
    return `${point === "stepStart" ? "H" : point} ${value.toFixed(2)}  `;
  }
}
