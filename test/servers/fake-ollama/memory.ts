import type { OllamaViolation } from "./fake-ollama-options.js";
import { OllamaError } from "./ollama-error.js";

/** Options of the runner: where they differ, a model is loaded anew. */
const RUNNER = ["num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread"];

/** All others that Ollama knows. Unknown ones are a line in its log. */
const SAMPLING = [
  ...["num_keep", "seed", "num_predict", "top_k", "top_p", "min_p", "typical_p", "repeat_last_n"],
  ...["temperature", "repeat_penalty", "presence_penalty", "frequency_penalty", "stop"],
];

type Options = Readonly<Record<string, unknown>>;

/** What is in the server's memory. */
export class Memory {
  readonly loads: string[] = [];
  readonly #loaded = new Map<string, { readonly runner: string; readonly contextSize: number }>();
  readonly #how: {
    readonly names: readonly string[];
    readonly fit: number;
    readonly isShared: boolean;
    readonly contextSize: number;
    readonly violations: OllamaViolation[];
  };

  constructor(how: {
    readonly names: readonly string[];
    readonly fit: number;
    readonly isShared: boolean;
    readonly contextSize: number;
    readonly violations: OllamaViolation[];
  }) {
    this.#how = how;
  }

  get loaded(): readonly string[] {
    return [...this.#loaded.keys()];
  }

  contextOf(name: string): number {
    return this.#loaded.get(name)?.contextSize ?? 0;
  }

  /** @returns the model's whole name, and whether it had to be loaded */
  need(model: unknown, options: Options): { readonly name: string; readonly isNew: boolean } {
    const { names, fit, isShared, contextSize, violations } = this.#how;
    const wanted = String(model).includes(":") ? String(model) : `${model}:latest`;
    const name = names.find((each) => each === wanted);
    if (name === undefined) throw new OllamaError(404, `model '${model}' not found`);
    const unknown = Object.keys(options).filter((key) => ![...RUNNER, ...SAMPLING].includes(key));
    if (unknown.length > 0) violations.push("unknown_option");
    const runner = JSON.stringify(RUNNER.map((key) => options[key] ?? null));
    const before = this.#loaded.get(name);
    if (before?.runner === runner) return { name, isNew: isShared };
    if (before !== undefined) violations.push("reloaded");
    this.#loaded.delete(name);
    for (const oldest of this.loaded.slice(0, Math.max(0, this.#loaded.size + 1 - fit))) {
      this.#loaded.delete(oldest);
    }
    this.#loaded.set(name, { runner, contextSize: Number(options.num_ctx ?? contextSize) });
    this.loads.push(name);
    return { name, isNew: true };
  }

  unload(name: string): void {
    this.#loaded.delete(name);
  }
}
