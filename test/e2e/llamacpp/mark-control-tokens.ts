import { readFile } from "node:fs/promises";

/** Kinds of values in a GGUF file, as far as a tokenizer has them. */
const STRING = 8;
const INT32 = 5;
/** A control token: it has no text, unless a request preserves it. */
const CONTROL = 3;

/**
 * A GGUF model some of whose tokens are control tokens, as the think tags of some models are.
 *
 * @throws Error where the model has no such token
 */
export async function markControlTokens(
  file: string,
  tokens: readonly string[],
): Promise<Uint8Array> {
  const model = await readFile(file);
  const texts = readTokens(model);
  const types = arrayOf(model, "tokenizer.ggml.token_type", INT32);
  for (const token of tokens) {
    const id = texts.indexOf(token);
    if (id === -1) throw new Error(`${file} has no token ${token}.`);
    model.writeInt32LE(CONTROL, types.at + 4 * id);
  }
  return model;
}

function readTokens(model: Buffer): readonly string[] {
  const { at, count } = arrayOf(model, "tokenizer.ggml.tokens", STRING);
  let position = at;
  return Array.from({ length: count }, () => {
    const length = Number(model.readBigUInt64LE(position));
    const begin = position + 8;
    position = begin + length;
    return model.toString("utf8", begin, position);
  });
}

/** Where the elements of an array of the metadata begin. */
function arrayOf(model: Buffer, key: string, type: number): { at: number; count: number } {
  // The key's length stands before it, so that no longer key is meant; behind it "array", and of what.
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(key.length));
  const found = model.indexOf(Buffer.concat([length, Buffer.from(key)]));
  const at = found + 8 + key.length;
  if (found === -1 || model.readUInt32LE(at + 4) !== type) {
    throw new Error(`The model has no ${key}.`);
  }
  return { at: at + 16, count: Number(model.readBigUInt64LE(at + 8)) };
}
