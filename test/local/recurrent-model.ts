import { readFile, writeFile } from "node:fs/promises";
import { SMALL_GGUF } from "./embedded-models.js";

/** Sizes of the smallest Mamba that llama.cpp loads. */
const WIDTH = 32;
const INNER = 64;
const STATE = 16;
const CONVOLUTION = 4;
const RANK = 2;
const ALIGNMENT = 32;
const [F32, UINT32, FLOAT32, STRING, ARRAY] = [0, 4, 6, 8, 9];
/** Bytes of the values of a GGUF's header, by their type; strings and arrays tell their own. */
const SIZES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/**
 * Writes a GGUF file of a recurrent model (Mamba, one block, all zeros) with the tokenizer of an embedded model: it loads, and writes
 * nonsense.
 */
export async function writeRecurrentModel(path: string): Promise<void> {
  const tokenizer = await tokenizerOf(SMALL_GGUF);
  const keys = [
    ...tokenizer.keys,
    text("general.architecture", "mamba"),
    number("mamba.context_length", 512),
    number("mamba.embedding_length", WIDTH),
    number("mamba.feed_forward_length", 0),
    number("mamba.attention.head_count", 0),
    number("mamba.block_count", 1),
    number("mamba.ssm.conv_kernel", CONVOLUTION),
    number("mamba.ssm.inner_size", INNER),
    number("mamba.ssm.state_size", STATE),
    number("mamba.ssm.time_step_rank", RANK),
    fraction("mamba.attention.layer_norm_rms_epsilon", 1e-5),
  ];
  const tensors = [
    ["token_embd.weight", [WIDTH, tokenizer.tokens]],
    ["output_norm.weight", [WIDTH]],
    ["blk.0.attn_norm.weight", [WIDTH]],
    ["blk.0.ssm_in.weight", [WIDTH, 2 * INNER]],
    ["blk.0.ssm_conv1d.weight", [CONVOLUTION, INNER]],
    ["blk.0.ssm_conv1d.bias", [INNER]],
    ["blk.0.ssm_x.weight", [INNER, RANK + 2 * STATE]],
    ["blk.0.ssm_dt.weight", [RANK, INNER]],
    ["blk.0.ssm_dt.bias", [INNER]],
    ["blk.0.ssm_a", [STATE, INNER]],
    ["blk.0.ssm_d", [INNER]],
    ["blk.0.ssm_out.weight", [INNER, WIDTH]],
  ] as const;
  let offset = 0;
  const infos = tensors.map(([name, shape]) => {
    const at = offset;
    offset += aligned(4 * shape.reduce<number>((product, each) => product * each, 1));
    return Buffer.concat([string(name), u32(shape.length), ...shape.map(u64), u32(F32), u64(at)]);
  });
  const start = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(keys.length)];
  const header = Buffer.concat([...start, ...keys, ...infos]);
  const padding = aligned(header.length) - header.length + offset;
  await writeFile(path, Buffer.concat([header, Buffer.alloc(padding)]));
}

/** A file's keys that begin with "tokenizer.", as their bytes, and how many tokens there are. */
async function tokenizerOf(
  path: string,
): Promise<{ readonly keys: readonly Buffer[]; readonly tokens: number }> {
  const file = await readFile(path);
  const count = Number(file.readBigUInt64LE(16));
  const keys: Buffer[] = [];
  let tokens = 0;
  for (let index = 0, at = 24; index < count; index++) {
    const length = Number(file.readBigUInt64LE(at));
    const name = file.toString("utf8", at + 8, at + 8 + length);
    const value = at + 8 + length + 4;
    const end = endOf(file, value, file.readUInt32LE(value - 4));
    if (name === "tokenizer.ggml.tokens") tokens = Number(file.readBigUInt64LE(value + 4));
    if (name.startsWith("tokenizer.")) keys.push(file.subarray(at, end));
    at = end;
  }
  return { keys, tokens };
}

function endOf(file: Buffer, at: number, type: number): number {
  if (type === STRING) return at + 8 + Number(file.readBigUInt64LE(at));
  if (type !== ARRAY) return at + (SIZES[type] ?? Number.NaN);
  const [of, count] = [file.readUInt32LE(at), Number(file.readBigUInt64LE(at + 4))];
  let end = at + 12;
  for (let index = 0; index < count; index++) end = endOf(file, end, of);
  return end;
}

function text(name: string, value: string): Buffer {
  return Buffer.concat([string(name), u32(STRING), string(value)]);
}

function number(name: string, value: number): Buffer {
  return Buffer.concat([string(name), u32(UINT32), u32(value)]);
}

function fraction(name: string, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([string(name), u32(FLOAT32), bytes]);
}

function string(value: string): Buffer {
  return Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function aligned(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}
