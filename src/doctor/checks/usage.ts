import { ok, skipped, warning } from "../finding.js";
import type { Check } from "./check.js";

export const usage: Check = {
  id: "usage",
  title: "Usage in the stream",
  needs: ["think-tag"],
  async run({ continued, writer }, signal) {
    if ((await writer(signal)).writer.kind === "ask") return skipped("the model is asked");
    const { usage: told, runningUsage } = await continued(signal);
    if (told === null) {
      return warning(
        "none: tokens are counted here, and marked `estimated`",
        "Nothing must be done; bills are better read from the server.",
      );
    }
    const { input_tokens, output_tokens } = told;
    const numbers = `${input_tokens} in, ${output_tokens} out`;
    return runningUsage
      ? ok(`${numbers}, with running totals: aborted streams are counted too`)
      : ok(`${numbers}, at the end: aborted streams are counted here, and marked \`estimated\``);
  },
};
