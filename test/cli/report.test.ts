import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pageOf } from "../page/page-of.js";
import { runCli } from "../programs/run-program.js";
import { writeMadeRun } from "../report/write-made-run.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glimprouter-report-"));
  await writeMadeRun(join(folder, "run"), 24);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const reportOf = (...args: readonly string[]) => runCli(["report", ...args]);

it("writes one file into the run's folder, and says the verdict and where it is", async () => {
  const { code, stdout } = await reportOf(join(folder, "run"));
  const file = join(folder, "run", "report.html");
  const [verdict, where] = stdout.trim().split("\n");
  expect(code).toBe(0);
  expect(where).toBe(file);
  const page = pageOf(await readFile(file, "utf8"));
  const told = `${page.querySelector("h1")?.textContent} ${page.querySelector(".lead")?.textContent}`;
  expect(verdict?.replace(": ", ". ")).toBe(told);
  const { problems } = JSON.parse(page.querySelector("#reader-data")?.textContent ?? "");
  expect(problems).toHaveLength(24);
  expect(problems[0].prompt).toMatch(/crates/);
});

it("-o, --thoughts, --redact-prompts and --json do what they say", async () => {
  const file = join(folder, "other.html");
  const { code, stdout } = await reportOf(
    join(folder, "run"),
    ...["-o", file, "--thoughts", "2", "--redact-prompts", "--json"],
  );
  expect(code).toBe(0);
  const { bytes, problems, leftOut, verdict, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({ file });
  expect([problems, leftOut, verdict.margin]).toEqual([2, [], 0.02]);
  const html = await readFile(file);
  expect(html).toHaveLength(bytes);
  expect(html.toString()).not.toMatch(/How many \w+ are left/);
});

it("a run that was broken off in the middle of a line is reported as far as it came", async () => {
  const torn = join(folder, "torn");
  await writeMadeRun(torn, 12);
  await appendFile(join(torn, "records.jsonl"), '{"v":1,"key":"large/cra');
  expect((await reportOf(torn)).code).toBe(0);
});

it("what cannot be done is told in one line, with the file and what to do", async () => {
  const empty = await reportOf(folder);
  expect(empty.code).not.toBe(0);
  expect(empty.stderr).toMatch(
    /run\.json: is not there: the folder holds no run\. `glimprouter eval/,
  );
  expect((await reportOf()).stderr).toMatch(/glimprouter report RUN/);
  expect((await reportOf(join(folder, "run"), "--thoughts=-3")).stderr).toMatch(
    /--thoughts must be a whole number, 0 or more, got "-3"/,
  );
  const nowhere = join(folder, "nowhere", "report.html");
  expect((await reportOf(join(folder, "run"), "-o", nowhere)).stderr).toContain(
    `-o ${nowhere} cannot be written (ENOENT)`,
  );
  const wrong = join(folder, "wrong");
  await writeMadeRun(wrong, 2);
  const records = await readFile(join(wrong, "records.jsonl"), "utf8");
  await writeFile(join(wrong, "records.jsonl"), records.replace('"score":', '"points":'));
  expect((await reportOf(wrong)).stderr).toMatch(/records\.jsonl:1: field `score`/);
});
