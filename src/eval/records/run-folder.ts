import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../core/json.js";
import { AppendLog } from "../files/append-log.js";
import { FolderLock } from "../files/folder-lock.js";
import { DataError } from "../problems/data-error.js";
import type { EvalRecord } from "./eval-record.js";
import { readRecords } from "./read-records.js";
import { type RunFile, runFileSchema } from "./run-file.js";

/** The files of a run's folder. */
export const RUN_FILES = {
  run: "run.json",
  /** What was asked: a record names its problem by id alone. */
  problems: "problems.jsonl",
  records: "records.jsonl",
  cache: "cache.jsonl",
  summary: "summary.json",
  words: "summary.md",
} as const;

/** Two runs may differ in these and be the same run, broken off and gone on with. */
const OF_THE_MOMENT: readonly string[] = ["id", "made", "machine", "arguments", "data.source"];

/** The folder of a run: what is run, fixed before the first request, and its records. */
export class RunFolder {
  readonly path: string;
  readonly run: RunFile;
  /** Keys of the records that are there. */
  readonly keys: ReadonlySet<string>;
  readonly #log: AppendLog;
  readonly #lock: FolderLock;

  private constructor(
    path: string,
    run: RunFile,
    keys: ReadonlySet<string>,
    { log, lock }: { readonly log: AppendLog; readonly lock: FolderLock },
  ) {
    this.path = path;
    this.run = run;
    this.keys = keys;
    this.#log = log;
    this.#lock = lock;
  }

  /**
   * Begins a run, or goes on with one.
   *
   * @param run - what is to be run now
   * @throws DataError where the folder has another run, naming the first field that differs, or where another process
   * writes there
   */
  static async open(path: string, run: RunFile): Promise<RunFolder> {
    return FolderLock.holding(path, (lock) => RunFolder.#open(path, run, lock));
  }

  static async #open(path: string, run: RunFile, lock: FolderLock): Promise<RunFolder> {
    const before = await readRunFile(path);
    if (before !== null) requireSame(join(path, RUN_FILES.run), before, run);
    else await writeWhole(join(path, RUN_FILES.run), run);
    const file = join(path, RUN_FILES.records);
    const log = await AppendLog.open(file);
    const keys = new Set<string>();
    for await (const { key } of readRecords(file)) keys.add(key);
    return new RunFolder(path, before ?? run, keys, { log, lock });
  }

  /** The record is on disk when this returns. */
  write(record: EvalRecord): Promise<void> {
    return this.#log.append(record);
  }

  async close(): Promise<void> {
    await this.#log.close();
    await this.#lock.release();
  }
}

/**
 * What a folder's run is; `null` where there is none.
 *
 * @throws DataError where `run.json` is none
 */
export async function readRunFile(path: string): Promise<RunFile | null> {
  const file = join(path, RUN_FILES.run);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const place = { file, line: null, field: null };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`no JSON (${(cause as Error).message}).`, place, cause);
  }
  const parsed = runFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: field = [], message = "" } = parsed.error.issues[0] ?? {};
  throw new DataError(`no run of an evaluation: ${message}.`, { ...place, field: field.join(".") });
}

/** Whole or not at all, however the process ends. */
export async function writeWhole(file: string, value: unknown): Promise<void> {
  const text = typeof value === "string" ? value : `${JSON.stringify(value, null, 2)}\n`;
  const draft = `${file}.tmp`;
  await writeFile(draft, text, { flush: true });
  await rename(draft, file);
}

function requireSame(file: string, before: RunFile, now: RunFile): void {
  const field = differingField(before as Json, JSON.parse(JSON.stringify(now)) as Json, "");
  if (field === null) return;
  const [was, is] = [valueAt(before, field), valueAt(now, field)].map(shortened);
  throw new DataError(
    `the folder holds another run: there it is ${was}, now ${is}. Give another folder, or run the same command again.`,
    { file, line: null, field },
  );
}

/** Path of the first field in which two values differ, `null` for none. */
function differingField(before: Json, now: Json, path: string): string | null {
  if (OF_THE_MOMENT.includes(path) || isDeepStrictEqual(before, now)) return null;
  if (!isNested(before) || !isNested(now)) return path;
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const within = path === "" ? key : `${path}.${key}`;
    const [one, other] = [before[key], now[key]];
    if (one === undefined || other === undefined) {
      if (one !== other) return within;
      continue;
    }
    const found = differingField(one, other, within);
    if (found !== null) return found;
  }
  return null;
}

function isNested(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null;
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (within, key) => (within as Record<string, unknown> | undefined)?.[key],
      value,
    );
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
