import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Cell } from "./cell.js";
import type { Fault } from "./fault.js";
import { Matrix } from "./matrix.js";
import { cellsOf, FAULTS } from "./rows/all.js";

/**
 * A test for each row of the matrix.
 *
 * @param chosen - of the cells of a row
 */
export function describeMatrix(
  what: string,
  chosen: (cells: readonly Cell[], fault: Fault, row: number) => readonly Cell[],
): void {
  let matrix: Matrix;
  const rejections: unknown[] = [];
  const reject = (reason: unknown) => rejections.push(reason);
  beforeAll(async () => {
    // Backoff is at its shortest.
    vi.spyOn(Math, "random").mockReturnValue(0);
    process.on("unhandledRejection", reject);
    matrix = await Matrix.start();
  });
  afterAll(() => {
    matrix.stop();
    process.off("unhandledRejection", reject);
    vi.restoreAllMocks();
  });

  describe.concurrent(what, () => {
    it.each(FAULTS.map((fault, row) => [fault.name, fault, row] as const))(
      "%s",
      async (_name, fault, row) => {
        expect(await matrix.run(fault, chosen(cellsOf(fault), fault, row))).toEqual([]);
      },
    );
  });

  it("the key follows no redirect to another host, and no promise fails unheard", () => {
    expect(matrix.followed).toBeGreaterThan(0);
    expect(matrix.keyWasHeard).toBe(false);
    expect(rejections).toEqual([]);
  });
}
