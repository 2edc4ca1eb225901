import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { MemorySaver } from "@langchain/langgraph";

/** LangGraph's checkpoints in one JSON file, whole after every write: a killed process leaves the last one. */
export class FileSaver extends MemorySaver {
  readonly #file: string;

  constructor(file: string) {
    super();
    this.#file = file;
    if (!existsSync(file)) return;
    const { storage, writes } = JSON.parse(readFileSync(file, "utf8"), toBytes);
    this.storage = storage;
    this.writes = writes;
  }

  override async put(...args: Parameters<MemorySaver["put"]>) {
    const config = await super.put(...args);
    this.#save();
    return config;
  }

  override async putWrites(...args: Parameters<MemorySaver["putWrites"]>) {
    await super.putWrites(...args);
    this.#save();
  }

  #save(): void {
    const { storage, writes } = this;
    writeFileSync(`${this.#file}.new`, JSON.stringify({ storage, writes }, fromBytes));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function fromBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { bytes: Buffer.from(value).toString("base64") } : value;
}

function toBytes(_key: string, value: unknown): unknown {
  const { bytes } = (value ?? {}) as { bytes?: unknown };
  return typeof bytes === "string" ? new Uint8Array(Buffer.from(bytes, "base64")) : value;
}
