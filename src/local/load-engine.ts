import type { Llama, LlamaContext, LlamaModel } from "node-llama-cpp";
import { GlimpRouterError } from "../errors.js";
import { importEngine, startBackend } from "./engine-peer.js";
import { checkGgufFile, localPath } from "./gguf-file.js";
import { LocalEngine } from "./local-engine.js";
import type { LocalChatModelOptions } from "./local-model-options.js";

/** A context costs memory in proportion, so the 100,000 tokens that some models know are not the default. */
const DEFAULT_CONTEXT_SIZE = 8192;
const DEFAULT_SEQUENCES = 4;

/**
 * Up to this size a token is computed before a second thread is awake: threads would only wait for each
 * other, 10 ms a token instead of 1 and far more on a busy machine.
 */
const ONE_THREAD_BYTES = 100e6;

/** Model URIs that node-llama-cpp resolves and downloads. */
const REMOTE = /^(hf|huggingface|https?):/;

export interface LoadedEngine {
  readonly engine: LocalEngine;
  /** Where the model's file is. */
  readonly path: string;
}

/**
 * Loads a GGUF model, downloading it first where `model` is a URI.
 *
 * @throws GlimpRouterError `peer_missing`, or `local_model` where the file is missing, no GGUF, or not loadable
 */
export async function loadEngine(options: LocalChatModelOptions): Promise<LoadedEngine> {
  const path = REMOTE.test(options.model) ? await download(options) : localPath(options.model);
  await checkGgufFile(path);
  const llama = await startBackend(options.gpu ?? "auto");
  const model = await explained(path, () => loadModel(llama, path, options));
  const contextSize = options.contextSize ?? Math.min(DEFAULT_CONTEXT_SIZE, model.trainContextSize);
  try {
    const context = await explained(path, () => createContext(model, contextSize, options));
    return { engine: new LocalEngine(model, context, contextSize), path };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

async function download(options: LocalChatModelOptions): Promise<string> {
  const { model, directory, onProgress, signal } = options;
  const { resolveModelFile } = await importEngine();
  try {
    return await resolveModelFile(model, {
      cli: false,
      ...(directory === undefined ? {} : { directory }),
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ totalSize, downloadedSize }) =>
        onProgress?.({
          phase: "download",
          progress: totalSize === 0 ? 0 : downloadedSize / totalSize,
          downloadedBytes: downloadedSize,
          totalBytes: totalSize,
        }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new GlimpRouterError(`The model ${model} cannot be downloaded: ${messageOf(cause)}`, {
      reason: "local_model",
      cause,
    });
  }
}

function loadModel(
  llama: Llama,
  modelPath: string,
  { gpuLayers, onProgress, signal }: LocalChatModelOptions,
): Promise<LlamaModel> {
  return llama.loadModel({
    modelPath,
    ...(gpuLayers === undefined ? {} : { gpuLayers }),
    ...(signal === undefined ? {} : { loadSignal: signal }),
    onLoadProgress: (progress) => onProgress?.({ phase: "load", progress }),
  });
}

function createContext(
  model: LlamaModel,
  contextSize: number,
  { sequences = DEFAULT_SEQUENCES, threads: asked, signal }: LocalChatModelOptions,
): Promise<LlamaContext> {
  const threads = asked ?? (model.size <= ONE_THREAD_BYTES ? 1 : undefined);
  return model.createContext({
    contextSize,
    sequences,
    // Sliding-window models forget what a continuation needs unless they keep the whole cache.
    swaFullCache: true,
    ...(threads === undefined ? {} : { threads }),
    ...(signal === undefined ? {} : { createSignal: signal }),
  });
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new GlimpRouterError(
      `The model ${path} cannot be loaded: ${messageOf(cause)}. Too little memory? Try a smaller \`contextSize\` or fewer \`sequences\`.`,
      { reason: "local_model", cause },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
