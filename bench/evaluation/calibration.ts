import { calibrate } from "../../src/eval/calibrate/calibrate.js";
import { embeddedPair } from "../../src/local/index.js";
import type { Bench } from "../bench.js";
import { madeTapes } from "./made-tapes.js";

const PROBLEMS = 300;
/** Those before are evaluated. */
const BEFORE = 1000;
const MOST_MINUTES = 5;

/** `calibrate` with its default menu on the tape pair: chance at every kind of place, paired branches, the held-out problems. */
export const calibration: Bench = {
  name: "calibration",
  about: "a calibration on 300 tapes of the embedded pair: minutes, replies, and what it says",
  async run() {
    const { small, large, dispose } = await embeddedPair();
    const cpu = process.cpuUsage();
    const begun = performance.now();
    try {
      const problems = madeTapes(BEFORE + PROBLEMS).slice(BEFORE);
      const { verdict, replies } = await calibrate({ small, large, problems, checker: "boxed" });
      const minutes = (performance.now() - begun) / 60_000;
      const { user, system } = process.cpuUsage(cpu);
      return {
        tables: [
          {
            title: `${PROBLEMS} tapes, the default menu`,
            columns: ["replies", "minutes", "CPU, minutes", "verdict"],
            rows: [
              [
                String(replies),
                minutes.toFixed(1),
                ((user + system) / 60e6).toFixed(1),
                verdict.words,
              ],
            ],
          },
        ],
        targets: [
          {
            what: `a calibration on ${PROBLEMS} problems`,
            target: `<= ${MOST_MINUTES} min`,
            measured: `${minutes.toFixed(1)} min`,
            met: minutes <= MOST_MINUTES,
          },
        ],
      };
    } finally {
      await dispose();
    }
  },
};
