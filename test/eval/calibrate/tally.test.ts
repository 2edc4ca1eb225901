import { expect, it, vi } from "vitest";
import { paintCalibration } from "../../../src/cli/paint-calibration.js";
import type { KeptReply } from "../../../src/eval/calibrate/kept-reply.js";
import { Tally } from "../../../src/eval/calibrate/tally.js";
import type { Calibration } from "../../../src/index.js";
import { CALIBRATION } from "../../langchain/calibration/a-calibration.js";

const reply = (status: KeptReply["status"]) => ({ status }) as KeptReply;

function painted(replies: Calibration["replies"]): string {
  let text = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += String(part);
    return true;
  });
  paintCalibration({ ...CALIBRATION, replies }, "c.json");
  write.mockRestore();
  return text;
}

it("counts each reply once, however often it is looked up", () => {
  const tally = new Tally();
  tally.add("a", reply("ok"));
  tally.add("b", { reply: reply("truncated") });
  tally.add("b", { reply: reply("truncated") });
  tally.add("c", reply("unparsed"));
  tally.add("d", reply("error"));
  expect(tally.replies).toEqual({ n: 4, truncated: 1, unparsed: 1, errors: 1 });
});

it("says which replies have counted as wrong without an answer, and is silent where there are none", () => {
  expect(painted({ n: 189, truncated: 40, unparsed: 0, errors: 2 })).toContain(
    "Counted as wrong, of 189 replies: 40 came to their limit of tokens (--max-answer-tokens); 2 failed: the same command asks for them again.",
  );
  expect(painted({ n: 9, truncated: 0, unparsed: 1, errors: 0 })).toContain(
    "Counted as wrong, of 9 replies: 1 had no answer that the checker could read.",
  );
  expect(painted({ n: 9, truncated: 0, unparsed: 0, errors: 0 })).not.toContain("Counted as wrong");
});
