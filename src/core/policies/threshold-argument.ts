import { requireNumber } from "../check-argument.js";

/** @throws RouteError `invalid_option` where `tau` is no finite number */
export function requireThreshold(field: string, tau: unknown): void {
  requireNumber(
    field,
    tau,
    {},
    'Give a finite number in the unit of the point\'s value, such as 1 (nats). To send all to one model: always("small") or always("large").',
  );
}
