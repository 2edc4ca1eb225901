import type { Fault } from "../http/fault.js";
import type { FakeServer } from "../http/start-fake.js";
import type { TemplateName } from "../script/chat-templates.js";
import type { ScriptedModel } from "../script/scripted-model.js";

export interface FakeOllamaOptions {
  /** What every model of the server writes. */
  readonly model: ScriptedModel;
  /** @defaultValue ["small:latest", "large:latest"] */
  readonly names?: readonly string[];
  /** @defaultValue "plain" */
  readonly template?: TemplateName;
  /** @defaultValue "0.40.2" */
  readonly version?: string;
  /** Its own runners (0.12.11 to 0.2x), or `llama-server`. @defaultValue "llama-server" */
  readonly engine?: "runner" | "llama-server";
  /** `num_ctx` where no request says it. @defaultValue 4096 */
  readonly contextSize?: number;
  /** The models can think, so that the server's parser looks for their thoughts. @defaultValue true */
  readonly thinks?: boolean;
  /** What `/api/show` says; `null`: nothing. @defaultValue true */
  readonly addsBos?: boolean | null;
  /** Models that fit into memory together. @defaultValue 2 */
  readonly fit?: number;
  /** Somebody else's requests, with other options, come between any two of ours. @defaultValue false */
  readonly isShared?: boolean;
  /** It knows `_debug_render_only`. @defaultValue true */
  readonly renders?: boolean;
  /** What stands in front of it drops `truncate`. @defaultValue false */
  readonly cutsAnyway?: boolean;
  /** Stop strings of the Modelfile. @defaultValue [] */
  readonly stop?: readonly string[];
  /** @defaultValue 0 */
  readonly tokenDelayMs?: number;
}

/** What a real server takes with 200, and gets wrong. */
export type OllamaViolation =
  | "double_bos"
  | "second_think"
  | "closed_thought"
  /** A thought was taken apart by the server's parser. */
  | "parsed"
  /** The prompt lost its beginning. */
  | "cut"
  /** The text would have lost it. */
  | "shifts"
  /** The model was loaded anew with other options. */
  | "reloaded"
  /** A request's own stop strings took the place of the Modelfile's. */
  | "stop_replaced"
  | "unknown_option";

export type OllamaFault = Fault | "cut-in-line";

export interface FakeOllama extends FakeServer<OllamaFault> {
  readonly violations: readonly OllamaViolation[];
  /** Names of models, each time that one was loaded. */
  readonly loads: readonly string[];
  /** Those in memory. */
  readonly loaded: readonly string[];
}
