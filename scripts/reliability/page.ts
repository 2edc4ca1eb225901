import type { Fault } from "../../test/faults/fault.js";
import { cellsOf, FAULTS } from "../../test/faults/rows/all.js";
import { FORMS } from "../../test/faults/rows/forms.js";
import { OPENINGS } from "../../test/faults/rows/openings.js";
import { STREAMS } from "../../test/faults/rows/streams.js";
import { chatInWords, impossibleInWords, outcomesInWords } from "./cells-in-words.js";

export const PAGE = new URL("../../docs/reliability.md", import.meta.url);

/** Everything between these two lines of the page is the matrix's. */
const BEGIN = "<!-- npm run reliability-page writes from here -->";
const END = "<!-- to here -->";

/** The page with the tables of the matrix as it is declared. */
export function pageWithMatrix(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`docs/reliability.md has no ${BEGIN} and ${END}.`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${matrix()}\n\n${page.slice(to)}`;
}

function matrix(): string {
  const cells = FAULTS.reduce((sum, fault) => sum + cellsOf(fault).length, 0);
  return [
    `${FAULTS.length} faults, ${cells.toLocaleString("en-US")} cells, each of them as the tables say.`,
    "### Before a reply begins",
    tableOf(OPENINGS),
    "### In a stream that has begun",
    tableOf(STREAMS),
    "### In an answer in chat",
    "Nothing of it was handed out:",
    tableOfChat(),
    "Something was: the reply fails, and is not asked for again by itself. Another call that goes on from `error.resume` asks for the answer alone.",
    tableOfBegun(),
    "### Odd, but no failure",
    harmless(FORMS),
    "### What cannot be",
    impossible(),
  ].join("\n\n");
}

function inChat(): readonly Fault[] {
  return FAULTS.filter((fault) => fault.inChat !== undefined);
}

function tableOfChat(): string {
  const rows = inChat().map((fault) => {
    const cells = SPELLS.map((spell) => chatInWords(fault, { begun: false, spell }));
    return `| **${fault.name}** | ${cells.join(" | ")} |`;
  });
  return [HEADS, "|---|---|---|---|", ...rows].join("\n");
}

function tableOfBegun(): string {
  const rows = inChat().map(
    (fault) => `| **${fault.name}** | ${chatInWords(fault, { begun: true, spell: "once" })} |`,
  );
  return ["| fault | |", "|---|---|", ...rows.filter((row) => !row.includes("cannot be"))].join(
    "\n",
  );
}

const SPELLS = ["once", "lasting", "out"] as const;

const HEADS =
  '| fault | it passes | it lasts, `onFailure: "throw"` | it lasts, `onFailure: "other"` |';

function tableOf(faults: readonly Fault[]): string {
  const rows = faults.map((fault) => {
    const cells = [outcomesInWords(fault, "once"), ...lasting(fault)];
    return `| **${fault.name}**: ${lowered(fault.about)} | ${cells.join(" | ")} |`;
  });
  return [HEADS, "|---|---|---|---|", ...rows].join("\n");
}

function lasting(fault: Fault): readonly string[] {
  if (fault.harmless === true) return ["the same", "the same"];
  const thrown = outcomesInWords(fault, "lasting");
  const out = outcomesInWords(fault, "out");
  return [thrown, out === thrown ? "the same" : out];
}

function harmless(faults: readonly Fault[]): string {
  const rows = faults.map(
    (fault) => `| **${fault.name}**: ${lowered(fault.about)} | ${outcomesInWords(fault, "once")} |`,
  );
  return ["| form | |", "|---|---|", ...rows].join("\n");
}

/** Without its full stop. */
function lowered(about: string): string {
  return about.charAt(0).toLowerCase() + about.slice(1).replace(/\.$/, "");
}

function impossible(): string {
  const faultsOf = new Map<string, string[]>();
  for (const fault of FAULTS) {
    for (const why of impossibleInWords(fault)) {
      faultsOf.set(why, [...(faultsOf.get(why) ?? []), fault.name]);
    }
  }
  return [...faultsOf].map(([why, names]) => `- ${names.join("; ")}: ${why}.`).join("\n");
}
