import { splitTokens } from "./fake-tokenizer.js";
import { type Candidate, spreadLogprobs } from "./spread-logprobs.js";

/** One token that the fake generates. */
export interface ScriptedToken {
  readonly text: string;
  /** Text as the log-probabilities list it; absent: `text`. */
  readonly listed?: string;
  /** Candidates, likeliest first; the generated one is among them. */
  readonly top: readonly Candidate[];
  readonly eos?: boolean;
  /** Hidden unless `skip_special_tokens` is false. */
  readonly special?: boolean;
}

/** What a model writes behind a prompt text: all of it, up to and including EOS. */
export type ScriptedModel = (promptText: string) => readonly ScriptedToken[];

export interface ScriptedStep {
  readonly text: string;
  /** H_init in nats of the step's first token. */
  readonly entropy: number;
  /** Goes on with a beginning of the step that another model wrote. Default: " and so on." */
  readonly rest?: string;
}

export interface ScriptedThought {
  readonly steps: readonly ScriptedStep[];
  readonly answer: string;
  /** `null`: no thought, the steps are the reply. Default: `<think>`, `</think>`. */
  readonly tags?: { readonly open: string; readonly close: string } | null;
  /** Text between the last step and the closing tag; a blank line makes the tag a step's first token. */
  readonly beforeClose?: string;
  /** Entropy of the closing tag. */
  readonly closeEntropy?: number;
  /** Entropy of every token inside a step. */
  readonly innerEntropy?: number;
  readonly delimiter?: string;
  /** The closing tag is a special token: hidden with `skip_special_tokens`. */
  readonly specialTags?: boolean;
  /** How text falls into tokens. */
  readonly split?: (text: string) => readonly string[];
}

/**
 * A model with a fixed thought. From the prompt text it tells how many steps were written, whoever wrote
 * them, and goes on with its own next one: so the same problem can be served as small and as large.
 */
export function scriptedThought(script: ScriptedThought): ScriptedModel {
  return (promptText) => new ThoughtScript(script).continue(assistantPart(promptText));
}

/** The end of every turn, and the beginnings of the assistant's, in the fake's chat templates. */
const HEADERS = ["<|im_start|>assistant\n", "<｜Assistant｜>"];

/** What stands behind the last assistant header. */
export function assistantPart(promptText: string): string {
  const starts = HEADERS.map((header) => {
    const at = promptText.lastIndexOf(header);
    return at === -1 ? -1 : at + header.length;
  });
  return promptText.slice(Math.max(0, ...starts));
}

class ThoughtScript {
  readonly #script: ScriptedThought;
  readonly #tags: { readonly open: string; readonly close: string } | null;
  readonly #delimiter: string;
  readonly #tokens: ScriptedToken[] = [];

  constructor(script: ScriptedThought) {
    this.#script = script;
    this.#tags = script.tags === undefined ? { open: "<think>", close: "</think>" } : script.tags;
    this.#delimiter = script.delimiter ?? "\n\n";
  }

  continue(part: string): readonly ScriptedToken[] {
    const tags = this.#tags;
    if (tags === null) this.#think(part);
    else if (part.includes(tags.close)) this.#answer(part.split(tags.close).at(-1) ?? "");
    else {
      if (!part.includes(tags.open)) this.#write(`${tags.open}\n`);
      this.#think(part.split(tags.open).at(-1) ?? "");
      this.#close(tags.close);
      this.#answer("");
    }
    this.#tokens.push({ text: "", listed: "</s>", top: spreadLogprobs("</s>", 0.05), eos: true });
    return this.#tokens;
  }

  #think(thought: string): void {
    const parts = thought.split(this.#delimiter);
    const done = parts.slice(0, -1).filter((part) => part.trim() !== "").length;
    const begun = (parts.at(-1) ?? "").trimStart();
    for (const [index, step] of this.#script.steps.entries()) {
      if (index < done) continue;
      if (index === done && begun !== "") this.#write(restOf(step, begun));
      else this.#write(step.text, step.entropy);
      if (index < this.#script.steps.length - 1) this.#write(this.#delimiter);
    }
  }

  #close(tag: string): void {
    const { beforeClose = "\n", closeEntropy, specialTags = false } = this.#script;
    this.#write(beforeClose);
    this.#tokens.push({
      text: tag,
      top: spreadLogprobs(tag, closeEntropy ?? 0.05),
      special: specialTags,
    });
    this.#write("\n\n");
  }

  #answer(begun: string): void {
    const { answer } = this.#script;
    const written = begun.trimStart();
    this.#write(answer.startsWith(written) ? answer.slice(written.length) : answer);
  }

  #write(text: string, firstEntropy?: number): void {
    const { split = splitTokens, innerEntropy = 0.1 } = this.#script;
    for (const [index, token] of split(text).entries()) {
      const entropy = index === 0 ? (firstEntropy ?? innerEntropy) : innerEntropy;
      this.#tokens.push({ text: token, top: spreadLogprobs(token, entropy) });
    }
  }
}

function restOf(step: ScriptedStep, begun: string): string {
  if (step.text.startsWith(begun)) return step.text.slice(begun.length);
  return step.rest ?? " and so on.";
}
