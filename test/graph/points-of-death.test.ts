import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import { SCRIPT, ScriptedChatModel, THOUGHT } from "../langchain/scripted-pair.js";

const INPUT = { messages: [new HumanMessage("2+2?")] };
const THREAD = { configurable: { thread_id: "1" } };

/** A saver whose process dies before a write: nothing more is written from there on. */
class DyingSaver extends MemorySaver {
  written = 0;
  readonly #last: number;

  constructor(last: number) {
    super();
    this.#last = last;
  }

  override put(...args: Parameters<MemorySaver["put"]>) {
    this.#write();
    return super.put(...args);
  }

  override putWrites(...args: Parameters<MemorySaver["putWrites"]>) {
    this.#write();
    return super.putWrites(...args);
  }

  /** What another process finds. */
  left(): MemorySaver {
    const saver = new MemorySaver();
    saver.storage = this.storage;
    saver.writes = this.writes;
    return saver;
  }

  #write(): void {
    if (this.written >= this.#last) throw new Error("The process is dead.");
    this.written++;
  }
}

function graphOn(checkpointer: MemorySaver) {
  const [small, large] = [new ScriptedChatModel(), new ScriptedChatModel()];
  return glimpRouterGraph({ small, large, checkpointer });
}

describe("F9: the recipe after a process was killed", () => {
  it("F9: `tasks` says that there is something left at every point of death, where `next` does not", async () => {
    const whole = new DyingSaver(Number.POSITIVE_INFINITY);
    await graphOn(whole).invoke(INPUT, THREAD);
    const seen: { readonly next: number; readonly tasks: number }[] = [];
    // Before the first write nothing is known of the thread at all.
    for (let last = 1; last < whole.written; last++) {
      const dying = new DyingSaver(last);
      await expect(graphOn(dying).invoke(INPUT, THREAD)).rejects.toThrow("The process is dead.");

      const graph = graphOn(dying.left());
      const { next, tasks } = await graph.getState(THREAD);
      seen.push({ next: next.length, tasks: tasks.length });
      const { messages } = await graph.invoke(tasks.length > 0 ? null : INPUT, THREAD);
      expect(messages).toHaveLength(2);
      expect(messages.at(-1)?.text).toBe(SCRIPT.answer);
      expect(messages.at(-1)?.additional_kwargs.reasoning_content).toBe(THOUGHT);
      expect((await graph.getState(THREAD)).tasks).toEqual([]);
    }
    expect(seen.every(({ tasks }) => tasks > 0)).toBe(true);
    expect(seen.some(({ next }) => next === 0)).toBe(true);
  });
});
