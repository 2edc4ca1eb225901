import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { openPrompts } from "../../src/router/open-prompts.js";
import { tellQueued } from "../../src/router/queued-request.js";
import type { Opening, StepWriter } from "../../src/router/step-writer.js";

function opening(data: string): Opening {
  return { kind: "scripted", data, opensThought: true, promptTokens: 1, contextSize: null };
}

/** A writer whose rendering is `open`; it is never asked to write. */
function writer(open: StepWriter<string>["open"]): StepWriter<string> {
  return {
    kind: "scripted",
    open,
    write: () => {
      throw new Error("nothing is to be written");
    },
  };
}

/** A rendering that takes for ever, until it is aborted. */
function hanging(signal: AbortSignal | undefined): Promise<Opening> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
}

describe("openPrompts", () => {
  it("renders the prompt for both models at once", async () => {
    let small: (opening: Opening) => void = () => undefined;
    const openings = openPrompts(
      {
        small: writer(
          (prompt) =>
            new Promise((resolve) => {
              small = () => resolve(opening(`small ${prompt}`));
            }),
        ),
        // Would never come if large waited for small.
        large: writer(async (prompt) => {
          small(opening(""));
          return opening(`large ${prompt}`);
        }),
      },
      "Hi",
    );
    await expect(openings).resolves.toEqual({
      small: opening("small Hi"),
      large: opening("large Hi"),
    });
  });

  it("names the model that fails, and ends the other's rendering", async () => {
    let other: AbortSignal | undefined;
    const failed = openPrompts(
      {
        small: writer((_prompt, signal) => {
          other = signal;
          return hanging(signal);
        }),
        large: writer(async () => {
          throw new Error("no template");
        }),
      },
      "Hi",
    );
    await expect(failed).rejects.toMatchObject({
      name: "ThoughtError",
      message: "no template",
      role: "large",
      state: null,
    });
    expect(other?.aborted).toBe(true);
  });

  it("ends with the caller's signal, and leaves no listener on it", async () => {
    const controller = new AbortController();
    const writers = {
      small: writer((_prompt, signal) => hanging(signal)),
      large: writer((_prompt, signal) => hanging(signal)),
    };
    const failed = openPrompts(writers, "Hi", controller.signal);
    controller.abort(new Error("enough"));
    await expect(failed).rejects.toMatchObject({ name: "ThoughtError", message: "enough" });
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("renders nothing where the signal is aborted already", async () => {
    const never = writer(() => {
      throw new Error("nothing is to be rendered");
    });
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(openPrompts({ small: never, large: never }, "Hi", signal)).rejects.toMatchObject({
      message: "too late",
      role: null,
    });
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});

describe("a rendering that takes too long", () => {
  const patient = { firstTokenTimeoutMs: 40 };
  const ofServer = (open: StepWriter<string>["open"], retries = 1): StepWriter<string> => ({
    ...writer(open),
    resumption: { by: "text", retries },
  });
  const large = writer(async () => opening("large"));

  it("is asked for again, as often as the model's retries allow", async () => {
    const signals: AbortSignal[] = [];
    const small = ofServer((_prompt, signal) => {
      signals.push(signal as AbortSignal);
      return signals.length === 1 ? hanging(signal) : Promise.resolve(opening("small"));
    });
    const { small: opened } = await openPrompts({ small, large }, "Hi", undefined, patient);
    expect(opened).toEqual(opening("small"));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it("fails in the end, and names the model and the limit", async () => {
    let asked = 0;
    const small = ofServer((_prompt, signal) => {
      asked++;
      return hanging(signal);
    }, 2);
    const failed = openPrompts({ small, large }, "Hi", undefined, patient);
    await expect(failed).rejects.toMatchObject({
      role: "small",
      cause: {
        reason: "stream_cut",
        message: expect.stringContaining("`firstTokenTimeoutMs`, 40 ms"),
      },
    });
    expect(asked).toBe(3);
  });

  it("does not count the time in our own queue", async () => {
    const small = ofServer(async (_prompt, signal) => {
      tellQueued(signal, true);
      await new Promise((resolve) => setTimeout(resolve, 120));
      signal?.throwIfAborted();
      tellQueued(signal, false);
      return opening("small");
    }, 0);
    const { small: opened } = await openPrompts({ small, large }, "Hi", undefined, patient);
    expect(opened).toEqual(opening("small"));
  });

  it("is waited for where no server is asked", async () => {
    const slow = writer(async () => {
      await new Promise((resolve) => setTimeout(resolve, 120));
      return opening("small");
    });
    const { small } = await openPrompts({ small: slow, large }, "Hi", undefined, patient);
    expect(small).toEqual(opening("small"));
  });

  it("leaves no listener on the caller's signal", async () => {
    const { signal } = new AbortController();
    const small = ofServer(async () => opening("small"));
    await openPrompts({ small, large }, "Hi", signal, patient);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
