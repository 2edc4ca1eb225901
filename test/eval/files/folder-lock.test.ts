import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { WorkLog } from "../../../src/eval/calibrate/work-log.js";
import { FolderLock } from "../../../src/eval/files/folder-lock.js";
import { temporaryFolder } from "../temporary-folder.js";

const SINCE = "2026-11-27T16:00:00.000Z";
const lockOf = (owner: object) => JSON.stringify({ host: hostname(), since: SINCE, ...owner });

/** A process that is there no more. */
function deadProcess(): number {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  return pid;
}

it("a folder has one writer at a time: the other is told who it is, and what to do", async () => {
  const folder = await temporaryFolder();
  const lock = await FolderLock.take(folder);
  const file = join(folder, "lock.json");
  await expect(FolderLock.take(folder)).rejects.toThrow(
    `${file}: another run (process ${process.pid} on ${hostname()}, since `,
  );
  await expect(FolderLock.take(join(folder, "."))).rejects.toThrow("remove this file");
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
  await (await FolderLock.take(folder)).release();
});

it.each([
  ["of a process that has died", () => ({ pid: deadProcess() })],
  ["with this process's own number, which it did not write", () => ({ pid: process.pid })],
])("a lock %s is taken over", async (_what, owner) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "lock.json"), lockOf(owner()));
  const lock = await FolderLock.take(folder);
  expect(JSON.parse(await readFile(join(folder, "lock.json"), "utf8"))).toMatchObject({
    pid: process.pid,
    host: hostname(),
  });
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});

it.each([
  ["of a living process", lockOf({ pid: process.ppid }), `process ${process.ppid} on `],
  ["of another machine", lockOf({ pid: 1, host: "elsewhere" }), "process 1 on elsewhere, since"],
  ["that cannot be read", "", "another process writes into this folder"],
])("a lock %s holds", async (_what, content, message) => {
  const folder = await temporaryFolder();
  const file = join(folder, "lock.json");
  await writeFile(file, content);
  await expect(FolderLock.take(folder)).rejects.toThrow(message);
  expect(await readFile(file, "utf8")).toBe(content);
});

it("of several that find a dead one's lock at once, one has it", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "lock.json"), lockOf({ pid: deadProcess() }));
  const taken = await Promise.allSettled(Array.from({ length: 8 }, () => FolderLock.take(folder)));
  expect(taken.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

it("a calibration's folder is held until it is closed, and not by one that was refused", async () => {
  const folder = await temporaryFolder();
  const log = await WorkLog.open(folder, { seed: 0 });
  await expect(WorkLog.open(folder, { seed: 0 })).rejects.toThrow("writes into this folder");
  await log.close();
  await expect(WorkLog.open(folder, { seed: 1 })).rejects.toThrow("another calibration");
  await (await WorkLog.open(folder, { seed: 0 })).close();
});
