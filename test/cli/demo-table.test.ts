import { expect, it } from "vitest";
import { requestsOf } from "../../src/cli/demo-table.js";
import type { RoutingRecord } from "../../src/index.js";

it("the demo's table counts what judges and watches ask, too", () => {
  const records = [
    { requests: { small: 2, large: 1 } },
    { requests: { small: 1, large: 1, verify: 3, watch: 4 } },
  ] as unknown as readonly RoutingRecord[];
  expect(requestsOf(records)).toBe(12);
  expect(requestsOf([])).toBe(0);
});
