import { describeMatrix } from "../../faults/describe-matrix.js";

describeMatrix("every fault at small, at each moment, in each way of asking", (cells) =>
  cells.filter(({ role }) => role === "small"),
);
