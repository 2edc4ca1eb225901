import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readRun } from "../eval/run/read-run.js";
import { writeReport } from "../report/write-report.js";
import { asUsage } from "./as-usage.js";
import { parseOptions } from "./read-options.js";
import { show, write, writeAside, writeJson } from "./terminal.js";
import { UsageError } from "./usage-error.js";

/** `glimprouter report RUN`: a run's folder as one HTML file. */
export function runReport(args: string[]): Promise<void> {
  return asUsage(() => writeAsked(args));
}

async function writeAsked(args: string[]): Promise<void> {
  const { folder, file, thoughts, redactPrompts, json } = readReportArguments(args);
  const reported = await readRun(folder);
  const { html, bytes, problems, leftOut } = await writeReport(reported, {
    thoughts,
    redactPrompts,
  });
  await writeFile(file, html).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`-o ${file} cannot be written (${error.code}).`);
  });
  for (const what of leftOut) writeAside(show`Left out: ${what}.\n`);
  if (json) writeJson({ file, bytes, problems, leftOut, verdict: reported.summary.verdict });
  else write(show`${reported.summary.verdict?.words ?? "No verdict."}\n${file}\n`);
}

function readReportArguments(args: string[]) {
  const { values, positionals } = parseOptions({
    args,
    allowPositionals: true,
    options: {
      output: { type: "string", short: "o" },
      thoughts: { type: "string", default: "40" },
      "redact-prompts": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0) {
    throw new UsageError("report wants one run's folder: glimprouter report RUN [-o report.html]");
  }
  return {
    folder,
    file: values.output ?? join(folder, "report.html"),
    thoughts: readThoughts(values.thoughts),
    redactPrompts: values["redact-prompts"],
    json: values.json,
  };
}

function readThoughts(text: string): number {
  const thoughts = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(thoughts) && thoughts >= 0) return thoughts;
  throw new UsageError(
    `--thoughts must be a whole number, 0 or more, got ${JSON.stringify(text)}.`,
  );
}
