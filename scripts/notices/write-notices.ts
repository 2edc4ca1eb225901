/** Makes THIRD-PARTY-NOTICES.md anew, after a package that the build takes in was added or changed. */
import { writeFile } from "node:fs/promises";
import { NOTICES_FILE, noticesText } from "./notices.js";

await writeFile(NOTICES_FILE, await noticesText());
