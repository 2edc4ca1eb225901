import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { DataError } from "../problems/data-error.js";

const FILE = "lock.json";

/** Who writes into a folder. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/** Locks of this process: another one may have left a file with the same number, as in a container that began anew. */
const own = new Set<string>();

/**
 * One process at a time writes into a folder. What a process that has died left is taken over: it is asked for by its number,
 * not by the age of its file, since one that was stopped for an hour goes on writing.
 */
export class FolderLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** @throws DataError where another process, or another run of this one, writes there */
  static async take(folder: string): Promise<FolderLock> {
    const file = resolve(folder, FILE);
    const me: Owner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    for (let attempt = 1; ; attempt++) {
      try {
        await writeFile(file, `${JSON.stringify(me)}\n`, { flag: "wx", flush: true });
        own.add(file);
        return new FolderLock(file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const owner = await ownerIn(file);
      if (attempt > 1 || !isGone(owner, file) || !(await takeAway(file, owner))) {
        throw held(file, owner);
      }
    }
  }

  /**
   * What is opened in a folder, which is made where it is not there, and given back where opening fails.
   *
   * @throws DataError where another process, or another run of this one, writes there
   */
  static async holding<Opened>(
    folder: string,
    open: (lock: FolderLock) => Promise<Opened>,
  ): Promise<Opened> {
    await mkdir(folder, { recursive: true });
    const lock = await FolderLock.take(folder);
    try {
      return await open(lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async release(): Promise<void> {
    own.delete(this.#file);
    await rm(this.#file, { force: true });
  }
}

/**
 * Removes what a dead owner left. Two may find it at once, and the slower one must not remove what the faster one has
 * written since: so it is looked at again where nobody else can reach it.
 *
 * @returns false where it was the faster one's
 */
async function takeAway(file: string, owner: Owner | null): Promise<boolean> {
  const aside = `${file}.${process.pid}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
  const isSame = isDeepStrictEqual(await ownerIn(aside), owner);
  if (!isSame) await link(aside, file);
  await rm(aside, { force: true });
  return isSame;
}

/** `null`: it cannot be read, since its owner is just writing it, or was cut off by the machine. */
async function ownerIn(file: string): Promise<Owner | null> {
  try {
    const { pid, host, since } = JSON.parse(await readFile(file, "utf8")) as Partial<Owner>;
    if (!Number.isSafeInteger(pid)) return null;
    return { pid: pid as number, host: String(host), since: String(since) };
  } catch {
    return null;
  }
}

/** Of another machine nobody here can tell. */
function isGone(owner: Owner | null, file: string): boolean {
  if (owner === null || owner.host !== hostname()) return false;
  if (owner.pid === process.pid) return !own.has(file);
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function held(file: string, owner: Owner | null): DataError {
  const who =
    owner === null
      ? "another process"
      : `another run (process ${owner.pid} on ${owner.host}, since ${owner.since})`;
  return new DataError(
    `${who} writes into this folder. Wait for its end, or give another folder; if it is gone, remove this file.`,
    { file, line: null, field: null },
  );
}
