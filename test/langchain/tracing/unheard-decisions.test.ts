import { expect, it } from "vitest";
import { everyToken } from "../../../src/index.js";
import { scriptedRouter } from "../scripted-pair.js";

it("a decision at every token: told to who listens, and the reply is the same where nobody does", async () => {
  const { router } = scriptedRouter({}, { glimpseAt: everyToken(), policy: () => "small" });
  const told: unknown[] = [];
  const handleCustomEvent = (name: string) => void told.push(name);
  const heard = await router.invoke("2+2?", { callbacks: [{ handleCustomEvent }] });
  const unheard = await router.invoke("2+2?");
  const steps = (message: typeof heard) =>
    (message.response_metadata.glimprouter as { steps: { ms: number; parts: object }[] }).steps.map(
      ({ ms: _ms, parts: _parts, ...step }) => step,
    );
  expect(told.length).toBeGreaterThan(steps(heard).length);
  expect(steps(unheard)).toEqual(steps(heard));
  expect(unheard.text).toBe(heard.text);
  expect(unheard.additional_kwargs).toEqual(heard.additional_kwargs);
});
