// Numbers and lists for people.

const MISSING = "–";

export const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

// Four significant digits; powers of ten where zeros would count.
export function number(value, digits = 4) {
  if (!isNumber(value)) return MISSING;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return value.toLocaleString("en-US");
  return size >= 1e5 || size < 1e-3 ? value.toExponential(digits - 2) : String(Number(value.toPrecision(digits)));
}

export const decibel = (value) => (isNumber(value) ? `${value.toFixed(1)} dB` : MISSING);
export const percent = (value) => (isNumber(value) ? `${(100 * value).toFixed(value < 0.1 ? 2 : 1)} %` : MISSING);

export function bytes(value) {
  if (!isNumber(value)) return MISSING;
  if (value < 1000) return `${value} B`;
  return value < 1e6 ? `${(value / 1e3).toFixed(1)} kB` : `${(value / 1e6).toFixed(2)} MB`;
}

export const shape = (dims) => (Array.isArray(dims) ? `[${dims.map((dim) => (dim < 0 ? "?" : dim)).join(", ")}]` : MISSING);

// The end of a name says more than its beginning.
export function shortened(text, length) {
  return text.length <= length ? text : `…${text.slice(text.length - length + 1)}`;
}
