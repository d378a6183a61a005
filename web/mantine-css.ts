// Brings the styles of each Mantine component with its code, so that a page loads those of the components that it uses,
// and the first load carries a third of them. Only for the build: while the page is written, look/mantine.ts has all.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const STYLES = fileURLToPath(new URL("./node_modules/@mantine/core/styles/", import.meta.url));

/** The component's name in the path of the module that names its classes, or "". */
export function componentOf(path: string): string {
  return /@mantine\/core\/esm\/components\/.*\/(\w+)\.module\.mjs$/.exec(path.replaceAll("\\", "/"))?.[1] ?? "";
}

export function mantineCss(): Plugin {
  return {
    name: "mantine-css",
    apply: "build",
    transform(code, id) {
      const name = componentOf(id.split("?", 1)[0] ?? "");
      if (!name || !existsSync(`${STYLES}${name}.css`)) return null;
      return { code: `import "@mantine/core/styles/${name}.css";\n${code}`, map: null, moduleSideEffects: true };
    },
  };
}
