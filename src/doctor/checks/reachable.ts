import { printableURL, serverError } from "../../writers/connection/server-error.js";
import { failedWith, ok, warning } from "../finding.js";
import type { Check } from "./check.js";

export const reachable: Check = {
  id: "reachable",
  title: "Reachable",
  needs: [],
  async run({ access, servedModels }, signal) {
    if (access === null) return ok("there is no server: the model writes by itself");
    const url = printableURL(access);
    try {
      const served = await servedModels(signal);
      if (served !== null) return ok(`${url} answers, and lists its models`);
    } catch (error) {
      return failedWith(serverError(error, access, "listing its models (GET /models)"));
    }
    return warning(
      `${url} answers, but not to GET /models (404)`,
      "Check `configuration.baseURL`: it usually ends in /v1.",
    );
  },
};
