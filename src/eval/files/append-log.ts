import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Bytes that are looked at at once, from the end of a file backwards. */
const BLOCK = 64 * 1024;
const LINE_FEED = 0x0a;

/**
 * A file of JSON lines that only grows. Each line is on disk when `append` returns: a process that is killed loses the
 * line under way, and what it had written of it is removed when the file is opened again.
 */
export class AppendLog {
  readonly #file: FileHandle;
  readonly #isDurable: boolean;
  #last: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle, isDurable: boolean) {
    this.#file = file;
    this.#isDurable = isDurable;
  }

  /**
   * Opens a file for more lines, made if there is none; a torn last line is removed.
   *
   * @param how.isDurable - false: a line may be lost with the machine, though not with the process. @defaultValue true
   */
  static async open(path: string, { isDurable = true } = {}): Promise<AppendLog> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT);
    try {
      await file.truncate(await wholeLines(file));
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
    return new AppendLog(await open(path, "a"), isDurable);
  }

  /** @param value - what JSON can hold */
  append(value: unknown): Promise<void> {
    const line = `${JSON.stringify(value)}\n`;
    const written = this.#last.then(async () => {
      await this.#file.appendFile(line);
      if (this.#isDurable) await this.#file.datasync();
    });
    // A failure is told to whoever wrote that line: the next one may have room again.
    this.#last = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file.close();
  }
}

/** The length of a file in bytes up to the end of its last whole line. */
async function wholeLines(file: FileHandle): Promise<number> {
  let end = (await file.stat()).size;
  while (end > 0) {
    const from = Math.max(0, end - BLOCK);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - from), 0, end - from, from);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(LINE_FEED);
    if (at !== -1) return from + at + 1;
    end = from;
  }
  return 0;
}
