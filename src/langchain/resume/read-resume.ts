import type { BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import { jsonFault } from "../../core/plain-json.js";
import { GlimpRouterError } from "../../errors.js";
import { type ThoughtState, thoughtText } from "../../router/thought-state.js";
import { firstFault, shortly } from "./first-fault.js";
import { hashOf, MOST_CHARACTERS, type ResumableBy, type ResumeState } from "./resume-state.js";
import { thoughtSchema } from "./thought-schema.js";

const VERSION = 1;

const tags = z.strictObject({ open: z.string().min(1), close: z.string().min(1) });

const resumeSchema = z.strictObject({
  version: z.literal(VERSION),
  messages: z.string(),
  router: z.strictObject({
    delimiter: z.string().min(1),
    thinking: tags.nullable(),
    point: z.string().nullable(),
    answerIn: z.enum(["text", "chat"]),
  }) satisfies z.ZodType<ResumableBy>,
  thought: thoughtSchema,
}) satisfies z.ZodType<ResumeState>;

/**
 * The thought that a call goes on with. It comes from outside: out of a file, a queue, a request.
 *
 * @param given - the call option `resume`
 * @throws GlimpRouterError `invalid_input` naming field, value and remedy
 */
export function readResume(
  given: unknown,
  messages: readonly BaseMessage[],
  router: ResumableBy,
): ThoughtState {
  const fault = jsonFault(given, MOST_CHARACTERS);
  if (fault !== null) {
    const field = ["resume", ...fault.path].join(".");
    throw refused(`has \`${field}\`, which ${fault.why}`, UNCHANGED);
  }
  const { version } = (given ?? {}) as { readonly version?: unknown };
  if (typeof version === "number" && version !== VERSION) {
    const why = `has \`resume.version\` ${version}, and this version of the package reads ${VERSION}`;
    throw refused(why, "Go on with the version that has written it, or begin anew.");
  }
  const wrong = firstFault("resume", resumeSchema, given);
  if (wrong !== null) throw refused(`has ${wrong}`, UNCHANGED);
  // A copy: a thought under way changes its own lists, and another call may go on from here, too.
  const state = structuredClone(given) as ResumeState;
  requireSame(state, messages, router);
  requireOpen(state.thought, router);
  return state.thought;
}

const UNCHANGED = "Give `error.resume` as it was, or what `JSON.parse` makes of its JSON.";

function requireSame(
  state: ResumeState,
  messages: readonly BaseMessage[],
  router: ResumableBy,
): void {
  for (const field of ["delimiter", "thinking", "point", "answerIn"] as const) {
    const [had, has] = [shortly(state.router[field]), shortly(router[field])];
    if (had === has) continue;
    const why = `has \`resume.router.${field}\` ${had}, and here it is ${has}: it is of another router, or of another kind of call`;
    throw refused(why, REMEDY_OF[field]);
  }
  if (state.messages === hashOf(messages)) return;
  const why = "has `resume.messages` of other messages than the call's";
  throw refused(why, "Give the messages of the call that broke off: the thought is about them.");
}

const REMEDY_OF: Readonly<Record<keyof ResumableBy, string>> = {
  delimiter: "Set the router's `delimiter` as it was.",
  thinking: "Set the router's `thinking` as it was.",
  point: "Set `glimpseAt` as it was.",
  answerIn: "Give the call the tools or the response format that the one before had, or none.",
};

function requireOpen(thought: ThoughtState, { thinking }: ResumableBy): void {
  if (thought.phase === "done") {
    throw refused('has `resume.thought.phase` "done": the reply was whole', "Use what it was.");
  }
  if (thinking !== null && thoughtText(thought).includes(thinking.close)) {
    const why = `has the closing tag ${shortly(thinking.close)} inside of \`resume.thought.thought\``;
    throw refused(why, UNCHANGED);
  }
}

function refused(why: string, remedy: string): GlimpRouterError {
  return new GlimpRouterError(`Call option \`resume\` ${why}. ${remedy}`, {
    reason: "invalid_input",
  });
}
