import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../core/json.js";
import { AppendLog } from "../files/append-log.js";
import { FolderLock } from "../files/folder-lock.js";
import { readLines } from "../files/read-lines.js";
import { DataError } from "../problems/data-error.js";
import { writeWhole } from "../records/run-folder.js";

const SETTINGS = "calibrate.json";
const LINES = "replies.jsonl";

/** What was kept, by key. */
interface KeptLine {
  readonly key: string;
  readonly value: unknown;
}

interface Files {
  readonly log: AppendLog;
  readonly lock: FolderLock;
}

/**
 * What a calibration has paid for: each reply is on disk before the next one begins, and found again by its key. Without a
 * folder it is kept in memory alone.
 */
export class WorkLog {
  readonly #values: Map<string, unknown>;
  readonly #files: Files | null;

  private constructor(values: Map<string, unknown>, files: Files | null) {
    this.#values = values;
    this.#files = files;
  }

  /**
   * @param settings - all that decides what the replies are
   * @throws DataError where the folder has the work of other settings, naming the first that differs, or where another
   * process writes there
   */
  static async open(
    folder: string | undefined,
    settings: Readonly<Record<string, Json>>,
  ): Promise<WorkLog> {
    if (folder === undefined) return new WorkLog(new Map(), null);
    return FolderLock.holding(folder, (lock) => WorkLog.#open(folder, settings, lock));
  }

  static async #open(
    folder: string,
    settings: Readonly<Record<string, Json>>,
    lock: FolderLock,
  ): Promise<WorkLog> {
    const file = join(folder, SETTINGS);
    const before = await readSettings(file);
    if (before === null) await writeWhole(file, settings);
    else requireSame(file, before, settings);
    const lines = join(folder, LINES);
    // Opened first: a last line that was torn is removed.
    const log = await AppendLog.open(lines);
    const values = new Map<string, unknown>();
    for await (const { text } of readLines(lines)) {
      const { key, value } = JSON.parse(text) as KeptLine;
      values.set(key, value);
    }
    return new WorkLog(values, { log, lock });
  }

  get size(): number {
    return this.#values.size;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  get<Value>(key: string): Value | undefined {
    return this.#values.get(key) as Value | undefined;
  }

  /** It is on disk when this returns. */
  async keep(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
    await this.#files?.log.append({ key, value } satisfies KeptLine);
  }

  async close(): Promise<void> {
    await this.#files?.log.close();
    await this.#files?.lock.release();
  }
}

async function readSettings(file: string): Promise<Readonly<Record<string, Json>> | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Readonly<Record<string, Json>>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    const said = error instanceof Error ? error.message : String(error);
    throw new DataError(
      `no settings of a calibration (${said}).`,
      { file, line: null, field: null },
      error,
    );
  }
}

function requireSame(
  file: string,
  before: Readonly<Record<string, Json>>,
  now: Readonly<Record<string, Json>>,
): void {
  const field = Object.keys(now).find((each) => !isDeepStrictEqual(before[each], now[each]));
  if (field === undefined) return;
  const [was, is] = [before[field], now[field]].map((value) => JSON.stringify(value) ?? "absent");
  throw new DataError(
    `the folder holds another calibration: there it is ${was}, now ${is}. Give another folder, or run the same command again.`,
    { file, line: null, field },
  );
}
