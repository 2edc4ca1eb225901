import { behindClosingTag } from "../../core/step-boundary.js";
import { hasOpenAIClient } from "../connection/openai-client.js";

/** Models that were seen to answer without a thought of their own in the text. */
const plainModels = new WeakSet<object>();

/** LangChain's names of models whose providers keep thoughts apart from answers. */
const APART: ReadonlySet<unknown> = new Set([
  "anthropic",
  "azure_openai",
  "googlegenerativeai",
  "vertexai",
]);

/**
 * Does a model's answer come without a thought in its text? Not always where a template opens the thought and a
 * server leaves the rest of it in the text: then nothing but the closing tag tells it from the answer.
 */
function keepsThoughtsApart(model: object): boolean {
  if (plainModels.has(model)) return true;
  const { clientConfig, _llmType } = model as {
    clientConfig?: { baseURL?: unknown };
    _llmType?: () => unknown;
  };
  // Without an address of its own the client is OpenAI's.
  if (hasOpenAIClient(model) && !clientConfig?.baseURL) return true;
  return typeof _llmType === "function" && APART.has(_llmType.call(model));
}

/**
 * An answer without a thought of the model's own that has lost its opening tag: `...\n</think>\n\nTEXT`. The text is
 * held back as long as it may be such a thought: to its end, the first time that a model is asked. A model that
 * has answered without one is taken at its word from then on, and its answers come as they are written.
 */
export class UntaggedThought {
  readonly #close: string;
  readonly #model: object;
  readonly #pieces: string[] = [];
  /** The end of what is held, long enough to find a tag in. */
  #tail = "";
  #at: "unknown" | "lead" | "text";

  constructor(close: string, model: object) {
    this.#close = close;
    this.#model = model;
    this.#at = keepsThoughtsApart(model) ? "text" : "unknown";
  }

  /** What of the text so far is the answer's, and was not returned before. */
  read(text: string): readonly string[] {
    if (this.#at === "text") return [text];
    this.#tail += text;
    if (this.#at === "unknown") {
      this.#pieces.push(text);
      // JSON is no thought.
      if (/^\s*[{[]/.test(this.#pieces[0] ?? "")) return this.#release();
      const end = this.#tail.indexOf(this.#close);
      if (end === -1) {
        this.#tail = this.#tail.slice(-this.#close.length);
        return [];
      }
      this.#pieces.length = 0;
      this.#tail = this.#tail.slice(end + this.#close.length);
      this.#at = "lead";
    }
    const rest = behindClosingTag(this.#tail);
    if (rest === null) return [];
    this.#at = "text";
    return [rest];
  }

  /** The answer is over, or calls a tool: what was held is no thought. */
  end(isOver: boolean): readonly string[] {
    if (isOver && this.#at === "unknown" && this.#pieces.length > 0) plainModels.add(this.#model);
    return this.#release();
  }

  #release(): readonly string[] {
    this.#at = "text";
    return this.#pieces.splice(0);
  }
}
