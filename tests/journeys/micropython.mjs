// Runs a sketch in MicroPython (WebAssembly). Its sockets are connections that were opened before and are given as file
// descriptors, so its bytes go to a real hub. Usage: node micropython.mjs MICROPYTHON.mjs PRELUDE SKETCH FD[,FD…]
import { readFileSync, readSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [interpreter, prelude, sketch, connections] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(interpreter).href);
const free = connections.split(",").map(Number);
const buffer = Buffer.alloc(4096);

const board = await loadMicroPython({ stdout: (line) => console.log(line), linebuffer: true });
board.registerJsModule("wires", {
  connect: () => free.shift(),
  // Bytes cross over as text of code points 0 to 255. -1 is a broken connection.
  write: (wire, text) => {
    try {
      return writeSync(wire, Buffer.from(text, "latin1"));
    } catch {
      return -1;
    }
  },
  read: (wire, most) => buffer.toString("latin1", 0, readSync(wire, buffer, 0, Math.min(most, buffer.length), null)),
});
board.runPython(readFileSync(prelude, "utf8"));
try {
  board.runPython(readFileSync(sketch, "utf8"));
} catch (error) {
  if (!String(error).includes("SystemExit")) throw error;
}
