/** The served page's script. Bundled into page-files.ts. */
import { PAGE_DATA_ID, type PageData } from "./page-data.js";
import { QuestionPage } from "./question-page.js";

const data = document.getElementById(PAGE_DATA_ID)?.textContent ?? "";
new QuestionPage(document, JSON.parse(data) as PageData).start();
