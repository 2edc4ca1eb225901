import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { embeddedPair, LocalChatModel } from "../local/index.js";
import { connectServer } from "./connect-server.js";
import { embeddedPairName, type NamedModels } from "./load-pair.js";
import { UsageError } from "./usage-error.js";

/** The large model once more, with something that writes ahead of it. */
export interface DraftedLarge {
  readonly model: BaseChatModel;
  dispose(): Promise<void>;
}

/**
 * What `--large-draft` names. Large on a server: another address, of a server that speculates. Large in this process: `small`,
 * `lookup` or a GGUF file, which is loaded ahead of it.
 *
 * @throws UsageError where the two do not fit
 */
export async function loadDrafted(given: string, named: NamedModels): Promise<DraftedLarge> {
  const { small, large } = named;
  if (/^https?:/.test(given)) {
    return { model: await connectServer(given), dispose: async () => undefined };
  }
  if (large === undefined) return embedded(given, named);
  if (/^(https?|ollama):/.test(large)) {
    throw new UsageError(
      `--large-draft must be the address of a server that speculates, as http://localhost:8001/v1#NAME: large is on a server, got ${JSON.stringify(given)}.`,
    );
  }
  const draft = given === "small" && small !== undefined ? small : given;
  const model = await LocalChatModel.load({ model: large, draft });
  return { model, dispose: () => model.dispose() };
}

async function embedded(draft: string, { pair }: NamedModels): Promise<DraftedLarge> {
  if (draft !== "small" && draft !== "lookup") {
    throw new UsageError(
      `--large-draft of an embedded pair must be small or lookup, got ${JSON.stringify(draft)}.`,
    );
  }
  const { large: model, dispose } = await embeddedPair({ pair: embeddedPairName(pair), draft });
  return { model, dispose };
}
