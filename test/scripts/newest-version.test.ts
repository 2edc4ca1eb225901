import { describe, expect, it } from "vitest";
import { newestAmong } from "../../scripts/matrix/node-binary.js";

describe("the newest of npm's versions", () => {
  it("is the highest by number, wherever npm lists it", () => {
    expect(newestAmong(["20.19.4", "20.20.1", "20.20.2", "20.2.0", "20.9.0", "20.8.0"])).toBe(
      "20.20.2",
    );
    expect(newestAmong(["22.9.0", "22.23.3"])).toBe("22.23.3");
    expect(newestAmong(["12.21.0"])).toBe("12.21.0");
    expect(newestAmong([])).toBeUndefined();
  });
});
