/** What may stand behind a number and says nothing of its value: the list, not a guess. */
const UNITS: ReadonlySet<string> = new Set(
  [
    "nm mm cm dm m km mi ft in yd meter meters metre metres mile miles foot feet inch inches yard yards",
    "mg g kg t lb lbs oz gram grams kilogram kilograms ton tons pound pounds ounce ounces",
    "ml cl l liter liters litre litres gallon gallons cup cups",
    "ms s sec min h hr hrs second seconds minute minutes hour hours day days week weeks month months year years",
    "dollar dollars cent cents euro euros usd eur gbp",
    "degree degrees unit units square cubic kmh mph per % percent",
  ].flatMap((line) => line.split(" ")),
);

/** Nothing, or units of the list, such as "cm", "km/h", "square meters", "cm^2". */
export function isUnit(text: string): boolean {
  const names = text
    .toLowerCase()
    .replace(/\^?\{?[23²³]\}?/g, "")
    .replace(/\.$/, "")
    .split(/[ /]/);
  return names.every((name) => name === "" || UNITS.has(name));
}
