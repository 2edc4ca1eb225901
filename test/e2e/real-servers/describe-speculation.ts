import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  armsOver,
  type ServerArm,
  type ServerReply,
} from "../../../bench/speculation/servers/arms.js";
import { draftsOf } from "../../../bench/speculation/servers/tables.js";
import { wordProblems } from "../../../bench/speculation/word-models.js";
import type {
  SpeculatingKind,
  SpeculatingServers,
} from "../../../scripts/speculation/speculating-servers.js";
import type { Speculation } from "../../../src/index.js";
import { report } from "./report.js";

const SOME = 12;

/** Large with a draft and with n-grams, alone and routed, on real servers: the same greedy text, and what is told of it. */
export function describeSpeculation(kind: SpeculatingKind): void {
  describe(`${kind.title}: large speculates`, () => {
    let servers: SpeculatingServers | undefined;
    let arms: readonly ServerArm[];
    const replies = new Map<string, readonly ServerReply[]>();
    const of = (name: string): readonly ServerReply[] => replies.get(name) ?? [];

    beforeAll(async () => {
      servers = await kind.serve();
      arms = await armsOver(servers);
      const problems = await wordProblems(SOME);
      for (const arm of arms) {
        const written: ServerReply[] = [];
        for (const { prompt } of problems) written.push(await arm.answer(prompt));
        replies.set(arm.name, written);
      }
    });
    afterAll(() => servers?.stop());

    it.each([
      ["large + draft", "large"],
      ["large + n-grams", "large"],
      ["routed + draft", "routed"],
      ["routed + n-grams", "routed"],
    ])("%s: text, routes and requests of %s", (name, other) => {
      const seen = (reply: ServerReply) => [reply.text, reply.routes, reply.requests];
      expect(of(name)).toHaveLength(SOME);
      expect(of(name).map(seen)).toEqual(of(other).map(seen));
    });

    it("the thoughts have steps by both models: a draft meets hand-offs", () => {
      const routes = new Set(of("routed + draft").flatMap((reply) => reply.routes));
      expect([...routes].sort()).toEqual(["large", "small"]);
    });

    it("acceptance is in the record: of steps by large and of the answer, and nothing of small's", () => {
      const told = of("routed + draft").flatMap(toldBy);
      expect(told.filter(({ by, speculation }) => by === "small" && speculation !== null)).toEqual(
        [],
      );
      const known = told.flatMap(({ speculation }) => speculation ?? []);
      for (const { drafted, accepted } of known) {
        expect(drafted).toBeGreaterThan(0);
        expect(accepted).toBeLessThanOrEqual(drafted);
      }
      expect(draftsOf(of("routed + draft"))).toEqual(sumOf(known));
      for (const { speculation } of of("large")) expect(speculation).toBeNull();
    });

    it.each(["large + draft", "routed + draft"])("%s: most of the drafted is accepted", (name) => {
      const { drafted, accepted } = draftsOf(of(name));
      report(`${kind.title}, ${name}`, { drafted, accepted });
      // Small finds nearly all of large's tokens likeliest: a draft that is hardly accepted was fed something else.
      expect(accepted).toBeGreaterThan(0.5 * drafted);
    });
  });
}

/** Who wrote each part, the answer too, and what was written ahead there. */
function toldBy({ record }: ServerReply) {
  const parts = record?.steps.flatMap((step) => step.parts) ?? [];
  const written = parts.map(({ route, speculation }) => ({ by: route, speculation }));
  return [...written, { by: "large", speculation: record?.answer?.speculation ?? null }];
}

function sumOf(told: readonly Speculation[]): Speculation {
  return {
    drafted: told.reduce((total, { drafted }) => total + drafted, 0),
    accepted: told.reduce((total, { accepted }) => total + accepted, 0),
  };
}
