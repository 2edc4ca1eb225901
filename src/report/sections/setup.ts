import type { RunFile } from "../../eval/records/run-file.js";
import { type Html, html } from "../../page/html.js";
import { isChance } from "../chance.js";
import { amount, bare, counted } from "../figures.js";
import type { Section } from "./section.js";

type Entry = readonly [name: string, value: string | Html];

/** What is needed to run it again, and to know that it was the same. */
export function setupSection(run: RunFile): Section {
  const { models, data, primary, prices } = run;
  const entries: readonly Entry[] = [
    ["Run", `${run.id}, ${run.made}, ${run.mode}, langchain-glimprouter ${run.package}`],
    ["Small", modelOf(models.small)],
    ["Large", modelOf(models.large)],
    [
      "Problems",
      `${data.source}: ${counted(data.n, "problem")} in ${counted(data.clusters, "cluster")}; ${skipped(data.skipped)}`,
    ],
    ["Data, sha256", data.sha256],
    ["Checker", run.checker],
    ["Repeats, seed", `${run.repeats}, ${run.seed}`],
    [
      "Fixed before the run",
      `${primary.arm} is compared; ${bare(primary.margin)} points would be worth something; two-sided alpha ${primary.alpha}`,
    ],
    ["Prices", prices === null ? "none" : html`<code>${JSON.stringify(prices)}</code>`],
    [
      "Machine",
      html`<code>${typeof run.machine === "string" ? run.machine : JSON.stringify(run.machine)}</code>`,
    ],
    ["Command", html`<code>${run.arguments.join(" ")}</code>`],
  ];
  return {
    id: "setup",
    title: "How it was run",
    body: html`<dl class="entries">${entries.map(entryOf)}</dl>
<h3>Arms</h3>
<dl class="entries">${armsOf(run).map(entryOf)}</dl>`,
  };
}

/** Chance has many arms, which differ in rate and seed alone. */
function armsOf({ arms }: RunFile): readonly Entry[] {
  const chances = arms.filter(({ arm }) => isChance(arm)).map(({ arm }) => arm);
  const others = arms.filter(({ arm }) => !isChance(arm));
  return [
    ...others.map(({ arm, about }): Entry => [arm, about]),
    ...(chances.length === 0 ? [] : [["by chance", chances.join(", ")] as const]),
  ];
}

function entryOf([name, value]: Entry): Html {
  return html`<div><dt><bdi>${name}</bdi></dt><dd>${value}</dd></div>
`;
}

function modelOf({ name, server, version, fingerprint }: RunFile["models"]["small"]): string {
  const beside = [server, version, fingerprint].filter((each) => each !== null);
  return beside.length === 0 ? name : `${name} (${beside.join(", ")})`;
}

function skipped(count: number): string {
  return count === 0 ? "no line skipped" : `${amount(count)} lines skipped`;
}
