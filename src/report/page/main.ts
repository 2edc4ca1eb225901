/** The page's script: the reader of single thoughts, and saving charts. Bundled into page-files.ts. */
import type { ReaderData } from "../thoughts/reader-data.js";
import { startReader } from "./reader.js";
import { offerDownloads } from "./save-chart.js";

const data = document.getElementById("reader-data");
const place = document.getElementById("reader");
if (data !== null && place !== null) {
  startReader(document, place, JSON.parse(data.textContent ?? "") as ReaderData);
}
offerDownloads(document);
