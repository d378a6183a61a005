// Puts x.gz and x.br beside each text file x below a folder, where that saves a packet. Called by scripts/page.py.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = new Set([".css", ".js", ".json", ".svg", ".txt", ".wasm", ".webmanifest"]);
const SMALL = 1024; // bytes that leave in one packet with the answer's head, however they are written
const FORMS = {
  ".gz": (content) => gzipSync(content, { level: 9 }),
  ".br": (content) => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
};

for (const entry of readdirSync(process.argv[2], { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !TEXT.has(extname(entry.name))) continue;
  const path = join(entry.parentPath, entry.name);
  const content = readFileSync(path);
  if (content.length < SMALL) continue;
  for (const [suffix, compressed] of Object.entries(FORMS)) {
    const form = compressed(content);
    if (form.length < content.length) writeFileSync(path + suffix, form);
  }
}
