import { describe, expect, it } from "vitest";
import type { Calibration, GlimpRouterFields } from "../../../src/index.js";
import { GlimpRouterChatModel, STEP_WRITER } from "../../../src/index.js";
import { recordOf } from "../record-of.js";
import { SCRIPT, ScriptedChatModel, type ScriptedModelFields } from "../scripted-pair.js";
import { CALIBRATION, calibrationOf } from "./a-calibration.js";

/** The scripted thought whose first step has another entropy. */
function scripted(entropy: number): ScriptedModelFields {
  const [first, ...others] = SCRIPT.steps;
  return { script: { ...SCRIPT, steps: [{ text: first?.text ?? "", entropy }, ...others] } };
}

const pairOf = (small: ScriptedModelFields = {}, large: ScriptedModelFields = {}) => ({
  small: new ScriptedChatModel(small),
  large: new ScriptedChatModel(large),
});

/** Counts a model's requests of one token; `fails`: it refuses them. */
function probed(model: ScriptedChatModel, fails: () => boolean = () => false) {
  const writer = model[STEP_WRITER];
  const write = writer.write.bind(writer);
  const seen = { probes: 0 };
  writer.write = (from, thought, how, signal) => {
    if (how.maxTokens === 1) seen.probes++;
    if (how.maxTokens === 1 && fails()) throw new Error("no more requests");
    return write(from, thought, how, signal);
  };
  return seen;
}

interface Told {
  readonly calibration: string;
  readonly message: string;
  readonly differences: readonly { readonly what: string; readonly by: number | null }[];
}

async function ask(router: GlimpRouterChatModel) {
  const told: Told[] = [];
  const handler = {
    handleCustomEvent: (name: string, data: unknown) => {
      if (name === "glimprouter_calibration") told.push(data as Told);
    },
  };
  const message = await router.invoke("2+2?", { callbacks: [handler] });
  return { told, record: recordOf(message) };
}

const routerOf = (
  pair: ReturnType<typeof pairOf>,
  threshold: Calibration,
  fields: Partial<GlimpRouterFields> = {},
) => new GlimpRouterChatModel({ ...pair, threshold, ...fields });

describe("canaries", () => {
  it("of the calibrated pair tell nothing, and are in no count", async () => {
    const pair = pairOf();
    const calibration = await calibrationOf(pair);
    const { told, record } = await ask(routerOf(pair, calibration));
    expect(told).toEqual([]);
    const { record: plain } = await ask(routerOf(pair, calibration, { verifyCalibration: false }));
    expect(record.requests).toEqual(plain.requests);
    expect(record.usage).toEqual(plain.usage);
  });

  it("are measured once for each model object, however many routers and replies", async () => {
    const pair = pairOf();
    const calibration = await calibrationOf(pair);
    const [small, large] = [probed(pair.small), probed(pair.large)];
    const router = routerOf(pair, calibration);
    await Promise.all([ask(router), ask(router), ask(routerOf(pair, calibration))]);
    await ask(router);
    expect(small.probes).toBe(calibration.canaries.length);
    expect(large.probes).toBe(calibration.canaries.length);
  });

  it("0.1 nats off warn once, in an event, and the reply goes on", async () => {
    const calibration = await calibrationOf(pairOf(scripted(0.2)));
    const router = routerOf(pairOf(scripted(0.3)), calibration);
    const { told, record } = await ask(router);
    expect(record.stopReason).toBe("closed");
    expect(told).toHaveLength(1);
    expect(told[0]?.calibration).toBe("cal-1");
    expect(told[0]?.message).toContain(
      "small's entropy behind a fixed text is 0.300 nats and was 0.200",
    );
    expect(told[0]?.differences).toHaveLength(1);
    expect(told[0]?.differences[0]?.by).toBeCloseTo(0.1, 2);
    expect((await ask(router)).told).toEqual([]);
  });

  it.each(["small", "large"] as const)("0.4 nats off in %s refuse each reply", async (role) => {
    const calibration = await calibrationOf(pairOf());
    const pair = pairOf();
    const router = routerOf({ ...pair, [role]: new ScriptedChatModel(scripted(0.6)) }, calibration);
    for (const _time of [1, 2]) {
      const error = await ask(router).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ reason: "invalid_option", role });
      expect((error as Error).message).toContain('The calibration "cal-1" is not of this pair');
      expect((error as Error).message).toContain("0.600 nats and was 0.200");
    }
    await ask(
      routerOf({ ...pair, [role]: new ScriptedChatModel(scripted(0.6)) }, calibration, {
        verifyCalibration: false,
      }),
    );
  });

  it("that cannot be measured are told once, do not end the reply, and are tried again", async () => {
    const pair = pairOf();
    const calibration = await calibrationOf(pair);
    let fails = true;
    const small = probed(pair.small, () => fails);
    const router = routerOf(pair, calibration);
    const { told, record } = await ask(router);
    expect(record.stopReason).toBe("closed");
    expect(told.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        "could not be measured, so nobody knows whether it holds here: no more requests",
      ),
    ]);
    expect((await ask(router)).told).toEqual([]);
    fails = false;
    await ask(router);
    const before = small.probes;
    await ask(router);
    expect(small.probes).toBe(before);
  });

  it("are not measured by name, where another name refuses", async () => {
    const pair = pairOf();
    const seen = probed(pair.small);
    const named = { ...CALIBRATION, large: { ...CALIBRATION.large, server: "vllm" } };
    const by = { verifyCalibration: "names" } as const;
    await ask(routerOf(pair, CALIBRATION, by));
    const error = await ask(routerOf(pair, named, by)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: "invalid_option", role: "large" });
    expect((error as Error).message).toContain(
      `large's kind of server is "scripted" and was "vllm"`,
    );
    expect(seen.probes).toBe(0);
  });

  it("an aborted reply leaves at once, and the others have their canaries", async () => {
    const pair = pairOf({ tokenDelayMs: 20 });
    const calibration = await calibrationOf(pairOf());
    const seen = probed(pair.small);
    const router = routerOf(pair, calibration);
    const left = new AbortController();
    const gone = router.invoke("2+2?", { signal: left.signal });
    const stays = ask(router);
    left.abort();
    await expect(gone).rejects.toMatchObject({ reason: "aborted" });
    expect((await stays).record.stopReason).toBe("closed");
    expect(seen.probes).toBeLessThanOrEqual(calibration.canaries.length);
  });
});
