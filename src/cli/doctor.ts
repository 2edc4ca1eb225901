import { diagnose } from "../doctor/diagnose.js";
import { loadPair } from "./load-pair.js";
import { DoctorPainter } from "./paint-report.js";
import { MODEL_OPTIONS, parseOptions, readContinuation, readTopLogprobs } from "./read-options.js";
import { columns, writeJson } from "./terminal.js";

/** `glimprouter doctor`: can these two models route? Exit code 1 where they cannot. */
export async function runDoctor(args: string[]): Promise<void> {
  const { small, large, json, continuation, topLogprobs } = readDoctorArguments(args);
  const pair = await loadPair(small, large);
  try {
    const painter = new DoctorPainter(columns());
    const report = await diagnose({
      small: pair.small,
      large: pair.large,
      ...(continuation === undefined ? {} : { continuation }),
      ...(topLogprobs === undefined ? {} : { topLogprobs }),
      // Each check is shown when it is made: a slow server's take half a minute each.
      ...(json ? {} : { onCheck: painter.check }),
    });
    if (json) writeJson(report);
    else painter.end(report);
    if (!report.canRoute) process.exitCode = 1;
  } finally {
    await pair.dispose();
  }
}

function readDoctorArguments(args: string[]) {
  const { values } = parseOptions({ args, options: MODEL_OPTIONS });
  return {
    ...values,
    continuation: readContinuation(values.continuation),
    topLogprobs: readTopLogprobs(values["top-logprobs"]),
  };
}
