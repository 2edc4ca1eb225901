/** Makes src/report/page/page-files.ts anew, after page.css or a script of the page was changed. */
import { writeFile } from "node:fs/promises";
import { PAGE_FILES, pageFilesModule } from "./page-files.js";

await writeFile(PAGE_FILES, await pageFilesModule());
