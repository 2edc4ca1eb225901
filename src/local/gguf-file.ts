import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { GlimpRouterError } from "../errors.js";

const MAGIC = "GGUF";

/** Path of a model on this machine, from a path or a `file:` URL. */
export function localPath(model: string): string {
  return model.startsWith("file:") ? fileURLToPath(model) : resolve(model);
}

/**
 * Checks that `path` is a GGUF file, by its first four bytes: the engine's own complaint about another
 * file names neither the file nor what is wrong with it.
 *
 * @throws GlimpRouterError `local_model` where the file cannot be read or is something else
 */
export async function checkGgufFile(path: string): Promise<void> {
  const head = await readHead(path);
  if (head.toString("latin1") === MAGIC) return;
  throw new GlimpRouterError(
    `Expected a GGUF file at ${path}, but it begins with ${describeHead(head)}. Safetensors and PyTorch files must be converted first (llama.cpp's convert_hf_to_gguf.py); a Git LFS pointer must be fetched (git lfs pull).`,
    { reason: "local_model" },
  );
}

async function readHead(path: string): Promise<Buffer> {
  try {
    const file = await open(path, "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new GlimpRouterError(`The model file cannot be read: ${path} (${systemCode(cause)}).`, {
      reason: "local_model",
      cause,
    });
  }
}

function describeHead(head: Buffer): string {
  if (head.length === 0) return "nothing (it is empty)";
  return `the bytes ${head.toString("hex")} (${JSON.stringify(head.toString("latin1"))})`;
}

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
