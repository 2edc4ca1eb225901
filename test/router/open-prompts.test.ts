import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { openPrompts } from "../../src/router/open-prompts.js";
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
