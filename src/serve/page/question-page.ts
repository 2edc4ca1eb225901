import { AskedReply } from "./asked-reply.js";
import { EarlierView } from "./earlier-view.js";
import { KnobView } from "./knob-view.js";
import type { PageData } from "./page-data.js";
import { ask } from "./read-events.js";
import { type ReplyPlaces, ReplyView } from "./reply-view.js";

const MODEL = "glimprouter";

/** Pixels below the view that still count as in it. */
const NEAR = 80;

/** The page: questions go out, and one reply is shown as it is written. */
export class QuestionPage {
  readonly #page: Document;
  readonly #data: PageData;
  readonly #form: HTMLFormElement;
  readonly #question: HTMLTextAreaElement;
  readonly #key: HTMLInputElement;
  readonly #knob: KnobView | null;
  readonly #reply: ReplyView;
  readonly #earlier: EarlierView;
  #example = 0;
  #running: AbortController | null = null;
  #isDrawing = false;

  constructor(page: Document, data: PageData) {
    this.#page = page;
    this.#data = data;
    this.#form = this.#at("ask");
    this.#question = this.#at("question");
    this.#key = this.#at("key");
    this.#knob = data.knob === null ? null : new KnobView(page, this.#at("knob"), data.knob);
    this.#reply = new ReplyView(page, this.#places(), data.knob);
    this.#earlier = new EarlierView(page, this.#at("earlier"), (reply) => this.#lookAt(reply));
  }

  start(): void {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#running === null) void this.#ask();
      else this.#running.abort();
    });
    this.#question.addEventListener("keydown", (event) => {
      // Enter also ends what an input method composes.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (this.#running === null) this.#form.requestSubmit();
    });
    this.#at("another").addEventListener("click", () => this.#another());
    this.#at("base-url").textContent = new URL("v1", this.#page.baseURI).href;
    this.#reply.showSample(this.#at("sample"));
    this.#at("key-field").toggleAttribute("hidden", !this.#data.needsKey);
  }

  async #ask(): Promise<void> {
    const question = this.#question.value.trim();
    if (question === "") return this.#question.focus();
    const reply = new AskedReply(question, this.#knob?.tau ?? null);
    this.#running = new AbortController();
    this.#earlier.add(reply);
    this.#lookAt(reply);
    this.#tellRunning();
    const draw = () => this.#drawSoon();
    try {
      await ask(this.#bodyFor(question), {
        key: this.#key.value.trim(),
        signal: this.#running.signal,
        onChunk: (chunk) => {
          reply.read(chunk);
          draw();
        },
        onWaiting: () => {
          reply.wait();
          draw();
        },
      });
      reply.finish();
    } catch (error) {
      reply.fail(error);
      if (reply.needsKey) this.#askForKey();
    }
    this.#running = null;
    this.#tellRunning();
    draw();
  }

  #bodyFor(question: string): object {
    const knob = this.#knob;
    return {
      model: knob === null || knob.isOwn ? MODEL : `${MODEL}@tau=${knob.tau}`,
      messages: [{ role: "user", content: question }],
      stream: true,
      glimprouter: { events: true },
    };
  }

  #lookAt(reply: AskedReply): void {
    this.#at("reply").removeAttribute("hidden");
    this.#at("empty").setAttribute("hidden", "");
    this.#reply.show(reply);
    this.#draw();
    this.#bringIntoView();
  }

  /** As often as the screen is drawn: a fast model writes many pieces in that time. */
  #drawSoon(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#draw();
      // Its clock goes on.
      if (this.#running !== null) this.#drawSoon();
    });
  }

  /** Who has the end of the reply in view keeps it in view while the reply grows. */
  #draw(): void {
    const view = this.#page.documentElement;
    const place = this.#at("reply");
    const below = () => place.getBoundingClientRect().bottom - view.clientHeight;
    const isFollowed = this.#running !== null && below() < NEAR;
    this.#reply.draw();
    const { shown } = this.#reply;
    this.#knob?.about(shown?.written.steps ?? []);
    this.#earlier.draw(shown);
    const hidden = below();
    if (isFollowed && hidden > 0) view.scrollTop += hidden + NEAR / 4;
  }

  /** On a phone it stands below the question. */
  #bringIntoView(): void {
    const place = this.#at("reply");
    const { clientHeight } = this.#page.documentElement;
    if (place.getBoundingClientRect().top > clientHeight * 0.7) place.scrollIntoView();
  }

  #tellRunning(): void {
    this.#at("send").textContent = this.#running === null ? "Ask" : "Stop";
  }

  #another(): void {
    const { questions } = this.#data;
    this.#example = (this.#example + 1) % questions.length;
    this.#question.value = questions[this.#example] ?? "";
    this.#question.focus();
  }

  #askForKey(): void {
    this.#at("key-field").removeAttribute("hidden");
    this.#key.focus();
  }

  #places(): ReplyPlaces {
    return {
      status: this.#at("status"),
      ribbon: this.#at("ribbon"),
      thought: this.#at("thought"),
      answer: this.#at("answer"),
      failure: this.#at("failure"),
      figures: this.#at("figures"),
    };
  }

  #at<Kind extends HTMLElement>(id: string): Kind {
    const element = this.#page.getElementById(id);
    if (element === null) throw new Error(`The page has no #${id}.`);
    return element as Kind;
  }
}
