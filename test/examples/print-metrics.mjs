/** What an app's OpenTelemetry SDK is: registered before the app begins. It prints what it was told, at the end. */
import { metrics } from "@opentelemetry/api";

const told = [];
const callbacks = [];
const instrument = (name) => ({
  add: (value, attributes) => told.push({ name, value, ...attributes }),
  record: (value, attributes) => told.push({ name, value, ...attributes }),
  addCallback: (callback) => callbacks.push({ name, callback }),
});
metrics.setGlobalMeterProvider({
  getMeter: () => ({
    createCounter: instrument,
    createHistogram: instrument,
    createObservableGauge: instrument,
  }),
});
process.on("exit", () => {
  for (const { name, callback } of callbacks) {
    callback({ observe: (value, attributes) => told.push({ name, value, ...attributes }) });
  }
  for (const each of told) process.stdout.write(`${JSON.stringify(each)}\n`);
});
