import { withoutLineBreaks } from "../core/step-boundary.js";
import type { Opening, StepWriter } from "../router/step-writer.js";
import { readText } from "./read-text.js";

/** A step as a judge gets it. */
export interface OwnStep {
  readonly thought: string;
  readonly step: string;
  /** Tokens of both, as far as known. */
  readonly tokens: number;
}

const DELIMITER = "\n\n";
const MOST_STEPS = 12;
const STEP_TOKENS = 256;

/** The first steps of a model's own thought, each with what stands before it. One that a limit cuts is none. */
export async function readOwnSteps(
  writer: StepWriter,
  opening: Opening,
  close: string,
  signal?: AbortSignal,
): Promise<readonly OwnStep[]> {
  const how = { maxTokens: STEP_TOKENS, topLogprobs: 0, stop: [DELIMITER] };
  const steps: OwnStep[] = [];
  let [thought, tokens] = ["", 0];
  while (steps.length < MOST_STEPS) {
    const written = await readText(writer.write(opening, thought, how, signal));
    const [text = "", ...behind] = written.text.split(close);
    const step = withoutLineBreaks(text).trimEnd();
    tokens += written.count;
    const isOver = behind.length > 0 || written.end !== "stop";
    if (step !== "" && written.end !== "length") {
      steps.push({ thought, step: step + (isOver ? "\n" : DELIMITER), tokens });
    }
    // An empty step would be asked for again and again.
    if (isOver || step === "") break;
    thought += step + DELIMITER;
  }
  return steps;
}
