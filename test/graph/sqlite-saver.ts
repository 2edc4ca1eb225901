import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import sqlite, { type Database, type JSValue } from "node-sqlite3-wasm";

/** A value that `better-sqlite3` takes. */
type Bound = JSValue | undefined;

/** LangGraph's SQLite saver on a file. Close `db` when it is done. */
export function sqliteSaver(file: string): { readonly saver: SqliteSaver; readonly db: Database } {
  const db = new sqlite.Database(file);
  return { saver: new SqliteSaver(asBetterSqlite3(db)), db };
}

/**
 * SQLite in WebAssembly behind the part of `better-sqlite3`'s interface that the saver uses. The native module is
 * an empty package here (`overrides` in package.json): it is built from source where no prebuilt binary is reachable.
 */
function asBetterSqlite3(db: Database) {
  return {
    pragma: (text: string) => db.all(`PRAGMA ${text}`),
    exec: (sql: string) => db.exec(sql),
    // Each call prepares anew and finalises, as nothing would tell when to: a closed file leaves no statement open.
    prepare: (sql: string) => ({
      run: (...values: Bound[]) => db.run(sql, bindable(values)),
      get: (...values: Bound[]) => db.get(sql, bindable(values)) ?? undefined,
      all: (...values: Bound[]) => db.all(sql, bindable(values)),
    }),
    transaction:
      <A extends unknown[]>(body: (...args: A) => void) =>
      (...args: A) => {
        db.exec("BEGIN");
        try {
          body(...args);
          db.exec("COMMIT");
        } catch (error) {
          if (db.inTransaction) db.exec("ROLLBACK");
          throw error;
        }
      },
  };
}

function bindable(values: readonly Bound[]): JSValue[] {
  return values.map((value) => value ?? null);
}
