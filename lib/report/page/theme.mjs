// Light and dark: what the system asks for, until the reader chooses.
import { el } from "./dom.mjs";

const KEY = "zeropoint-report-theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = [];
let chosen = remembered();

// Pages opened from files may have no storage; the choice then lasts as long as the page.
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // see remembered()
  }
}

export const isDark = () => (chosen === null ? system.matches : chosen === "dark");

export function onTheme(listener) {
  listeners.push(listener);
}

function apply(button) {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  button.setAttribute("aria-pressed", String(isDark()));
  for (const listener of listeners) listener();
}

export function themeSwitch() {
  const button = el("button", { type: "button", id: "theme", class: "quiet", onclick: () => {
    chosen = isDark() ? "light" : "dark";
    remember(chosen);
    apply(button);
  } }, "Dark");
  system.addEventListener("change", () => apply(button));
  apply(button);
  return button;
}

// A colour of page.css, for what is not styled by it.
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
