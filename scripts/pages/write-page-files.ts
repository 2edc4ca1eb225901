/** Makes the page-files.ts of each page anew, after a page.css or a script of a page was changed. */
import { writeFile } from "node:fs/promises";
import { PAGES, pageFiles, pageFilesModule } from "./page-files.js";

for (const page of PAGES) await writeFile(pageFiles(page), await pageFilesModule(page));
