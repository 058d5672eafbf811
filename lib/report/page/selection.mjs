// The op that the reader looks at: chosen in any part of the page, shown in all of them.

const listeners = [];
let current = null;

export const selected = () => current;
export const onSelect = (listener) => listeners.push(listener);

// `from` names the part that chose, which need not scroll itself.
export function select(op, from = "") {
  if (!op) return;
  current = op;
  for (const listener of listeners) listener(op, from);
}
