// Bundles the page into one HTML template and writes it as a C++ string; run by build.cmake.
//
//   node build.mjs BUILD OUTPUT.cpp
//
// BUILD holds node_modules; beside them the template (page.html) and the licenses of what it carries (licenses.md,
// a copy of which is docs/report_licenses.md) are left for a look.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const MARKER = "@ZEROPOINT_REPORT@"; // kReportMarker of page_template.h
const source = dirname(fileURLToPath(import.meta.url));
const build = resolve(process.argv[2]);
const output = resolve(process.argv[3]);
const esbuild = createRequire(join(build, "package.json"))("esbuild");

async function bundle(entry) {
  const result = await esbuild.build({
    entryPoints: [join(source, entry)],
    absWorkingDir: build,
    nodePaths: [join(build, "node_modules")],
    bundle: true,
    minify: true,
    write: false,
    charset: "ascii",
    target: "es2022",
    format: "iife",
    legalComments: "none", // every license stands on the page, in whole
  });
  return result.outputFiles[0].text.trimEnd();
}

// Files of a folder and of the folders in it that hold licenses, by their paths in it.
function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return [entry.name];
    return /^licen[cs]es?$/i.test(entry.name) ? readdirSync(join(folder, entry.name)).map((name) => join(entry.name, name)) : [];
  });
}

// The packages that the page is made of, those that come bundled in others too, with the text of their licenses.
function licenses() {
  const { packages } = JSON.parse(readFileSync(join(build, "package-lock.json"), "utf8"));
  const used = Object.entries(packages).filter(([path, { dev }]) => path !== "" && !dev);
  return used.map(([path]) => {
    const folder = join(build, path);
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const texts = filesOf(folder).filter((file) => /^(licen[cs]es?|notice)/i.test(file)).sort();
    if (texts.length === 0) throw new Error(`${name} comes without the text of its license`);
    return { name, version, license, text: texts.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n") };
  });
}

const asHtml = (text) =>
  text.replace(/[&<>]|[^\x00-\x7f]/gu, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? `&#${c.codePointAt(0)};`);

// Places of the template that the bundle fills.
function fill(template, values) {
  return template.replace(/@([A-Z_]+)@/g, (place, name) => (name in values ? values[name] : place));
}

// A C++ string literal of ASCII text, a line each.
function asCpp(text) {
  if (/[^\x00-\x7f]/.test(text)) throw new Error("the template must be ASCII");
  const escaped = (line) => line.replace(/[\\"]/g, "\\$&").replace(/\?\?/g, '?""?').replace(/\t/g, "\\t").replace(/\r/g, "");
  return text.split("\n").map((line) => `    "${escaped(line)}\\n"`).join("\n");
}

const script = await bundle("main.mjs");
const style = await bundle("page.css");
const carried = licenses();
const template = fill(readFileSync(join(source, "page.html"), "utf8"), {
  // Only the bundle may run: a name that found its way into the page as markup would still do nothing.
  SCRIPT_HASH: `sha256-${createHash("sha256").update(script).digest("base64")}`,
  STYLE: style,
  SCRIPT: script,
  LICENSES: carried
    .map((one) => `<h3>${asHtml(`${one.name} ${one.version} (${one.license})`)}</h3><pre>${asHtml(one.text)}</pre>`)
    .join("\n"),
});
if (template.split(MARKER).length !== 2) throw new Error(`page.html must hold ${MARKER} once`);

writeFileSync(join(build, "page.html"), template);
writeFileSync(
  join(build, "licenses.md"),
  "# Licenses of what the HTML report carries\n\nMade by `make docs` from the packages that the page is bundled of (`lib/report/page/package.json`).\n" +
    carried.map((one) => `\n## ${one.name} ${one.version} (${one.license})\n\n\`\`\`\n${one.text.replace(/[ \t]+$/gm, "")}\n\`\`\`\n`).join(""),
);
const code = `// Made by ${relative(dirname(dirname(dirname(source))), fileURLToPath(import.meta.url))}.
#include "report/page_template.h"

namespace zeropoint::report {
namespace {

constexpr char kTemplate[] =
${asCpp(template)};

}  // namespace

absl::string_view PageTemplate() { return {kTemplate, sizeof(kTemplate) - 1}; }

}  // namespace zeropoint::report
`;
if (!existsSync(output) || readFileSync(output, "utf8") !== code) writeFileSync(output, code);
