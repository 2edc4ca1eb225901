import { isNamed } from "../../writers/ollama/ollama-server.js";
import { failed, ok, quote, skipped, warning } from "../finding.js";
import type { Check } from "./check.js";

/** The most names that are listed. */
const LISTED = 5;

/** Servers that take a part of a name for it: a file without its folder, a model without its tag. */
const WHOLE_NAMES: Readonly<Record<string, (id: string, name: string) => boolean>> = {
  llamacpp: (id, name) => id.endsWith(`/${name}`),
  ollama: (id, name) => isNamed({ name: id }, name),
};

export const modelName: Check = {
  id: "model-name",
  title: "Model name",
  needs: ["continuation"],
  async run({ access, modelName: name, servedModels, writer }, signal) {
    if (access === null) return name === null ? skipped("it has no name") : ok(quote(name));
    const served = await servedModels(signal);
    // `transformers serve` loads what a request names, and lists what it has downloaded: maybe nothing.
    if (served === null || served.length === 0 || name === null) {
      return skipped("the server lists no models");
    }
    const ids = served.map(({ id }) => id);
    if (ids.includes(name)) return ok(`${quote(name)} is served`);
    const { kind } = (await writer(signal)).writer;
    const whole = ids.find((id) => WHOLE_NAMES[kind]?.(id, name));
    if (whole !== undefined) return ok(`${quote(whole)} is served`);
    const more = ids.length > LISTED ? `, and ${ids.length - LISTED} more` : "";
    const seen = `${quote(name)} is not among what is served: ${ids
      .slice(0, LISTED)
      .map((id) => quote(id))
      .join(", ")}${more}`;
    return kind === "llamacpp"
      ? warning(seen, "This server ignores names: check that it serves the model that you mean.")
      : failed(seen, "Set the model's `model` to a name that the server serves.");
  },
};
