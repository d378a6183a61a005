// Mantine's own ground; the styles of each component come with its code (mantine-css.ts). While the page is written its
// modules are bundled beforehand, so there all styles come at once.
import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";

if (import.meta.env.DEV) await import("@mantine/core/styles.css");
