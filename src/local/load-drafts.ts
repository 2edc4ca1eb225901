import { GlimpRouterError } from "../errors.js";
import { loadEngine } from "./load-engine.js";
import type { LocalEngine } from "./local-engine.js";
import type { LocalChatModelOptions } from "./local-model-options.js";
import { LookupDrafter } from "./lookup-drafter.js";
import { ModelDrafter } from "./model-drafter.js";

/**
 * Models of one family pad the same vocabulary to different sizes; more is another vocabulary. llama.cpp's own limit
 * (`SPEC_VOCAB_MAX_SIZE_DIFFERENCE`).
 */
const MOST_PADDING = 128;

/**
 * The name of a file, or `"lookup"`.
 *
 * @throws GlimpRouterError `invalid_option` where it is none
 */
export function requireDraftName(draft: unknown): string | undefined {
  if (draft === undefined) return undefined;
  if (typeof draft === "string" && draft !== "") return draft;
  const got =
    typeof draft === "object" && draft !== null
      ? (draft.constructor?.name ?? "an object")
      : (JSON.stringify(draft) ?? typeof draft);
  throw invalid(
    `\`draft\` must be a LocalChatModel, a GGUF file, or "lookup", got ${got}: only a model in this process can write ahead of one. A server has its own speculative decoding (docs/servers.md).`,
  );
}

/**
 * Gives a model what writes ahead of it. Where that cannot be, the model is freed.
 *
 * @param draft - a loaded model, `"lookup"`, or the file of a model that is loaded for this alone
 * @throws GlimpRouterError `invalid_option`; as `LocalChatModel.load` where a file cannot be loaded
 */
export async function draftFor(
  engine: LocalEngine,
  draft: LocalEngine | string,
  options: LocalChatModelOptions,
): Promise<void> {
  try {
    if (engine.needsCheckpoints) throw cannotTakeBack("The model");
    if (draft === "lookup") {
      return engine.draftFrom({
        drafter: () => new LookupDrafter(),
        dispose: async () => undefined,
      });
    }
    if (typeof draft === "string") return await draftFromFile(engine, draft, options);
    draftFromModel(engine, draft, async () => undefined);
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

async function draftFromFile(
  engine: LocalEngine,
  model: string,
  { directory, gpu, sequences, signal, threads }: LocalChatModelOptions,
): Promise<void> {
  const { engine: drafting } = await loadEngine({
    model,
    contextSize: engine.contextSize,
    ...(directory === undefined ? {} : { directory }),
    ...(gpu === undefined ? {} : { gpu }),
    ...(sequences === undefined ? {} : { sequences }),
    ...(signal === undefined ? {} : { signal }),
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    draftFromModel(engine, drafting, () => drafting.dispose());
  } catch (error) {
    await drafting.dispose();
    throw error;
  }
}

function draftFromModel(
  engine: LocalEngine,
  drafting: LocalEngine,
  dispose: () => Promise<void>,
): void {
  if (drafting.needsCheckpoints) throw cannotTakeBack("`draft`");
  requireSameVocabulary(engine.vocabulary, drafting.vocabulary);
  if (drafting.contextSize < engine.contextSize) {
    throw invalid(
      `\`draft\` has a context of ${drafting.contextSize} tokens, and the model one of ${engine.contextSize}: it has to hold the same text. Load it with \`contextSize: ${engine.contextSize}\`, or the model with ${drafting.contextSize}.`,
    );
  }
  const size = engine.vocabulary.length;
  engine.draftFrom({ drafter: () => new ModelDrafter(drafting, size), dispose });
}

/** A token's number must mean the same to both. */
function requireSameVocabulary(model: readonly string[], draft: readonly string[]): void {
  const common = Math.min(model.length, draft.length);
  const at = model.slice(0, common).findIndex((token, index) => token !== draft[index]);
  const isPadded = Math.abs(model.length - draft.length) <= MOST_PADDING;
  if (at === -1 && isPadded) return;
  const difference =
    at === -1
      ? `it has ${draft.length} tokens, the model ${model.length}`
      : `token ${at} is ${JSON.stringify(draft[at])} there and ${JSON.stringify(model[at])} in the model`;
  throw invalid(
    `\`draft\` has another vocabulary than the model: ${difference}. Take a smaller model of the same family, or \`draft: "lookup"\`, which needs none.`,
  );
}

function cannotTakeBack(who: string): GlimpRouterError {
  return invalid(
    `${who} has recurrent layers, which cannot take back the tokens of a draft that were wrong. Leave \`draft\` out.`,
  );
}

function invalid(message: string): GlimpRouterError {
  return new GlimpRouterError(message, { reason: "invalid_option" });
}
