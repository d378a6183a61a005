// Colours, sizes and the few words of the design language; experience.md has the reasons and the measured contrasts.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const blue: MantineColorsTuple = [
  "#e8f0ff",
  "#cdddff",
  "#9bbaff",
  "#6596ff",
  "#3877ff",
  "#1b64ff",
  "#0055ff",
  "#0046d6",
  "#003dbf",
  "#0033a3",
];
// Greys with a little blue; Mantine's dark[7] is the page, dark[6] what stands on it.
const dark: MantineColorsTuple = [
  "#e6eaef",
  "#c5cdd8",
  "#aab4c1",
  "#8d98a6",
  "#66717f",
  "#3a434e",
  "#171c22",
  "#0f1317",
  "#0b0e12",
  "#07090b",
];

// Mantine's own colours of alerts do not reach 4.5 : 1.
const TONES: Record<string, string> = { red: "down", yellow: "warn", orange: "warn", green: "up", gray: "off" };

// The head of a dialog is no banner of the page.
const HEADED = {
  attributes: { header: { role: "presentation" } },
  closeButtonProps: { "aria-label": "Close" },
};

export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 6, dark: 5 },
  colors: { blue, dark },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: "0.75rem", sm: "0.875rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.4", sm: "1.43", md: "1.43", lg: "1.45", xl: "1.4" },
  headings: {
    fontWeight: "650",
    sizes: { h1: { fontSize: "1.375rem" }, h2: { fontSize: "1.0625rem" }, h3: { fontSize: "0.9375rem" } },
  },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, events: { hover: true, focus: true, touch: true } } },
    Modal: { defaultProps: { ...HEADED, centered: true, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { ...HEADED, transitionProps: { duration: 120 } } },
    Alert: {
      vars: (_: unknown, { color = "blue" }: { color?: string }) => {
        const tone = TONES[color] ?? "info";
        const vars = { "--alert-bg": `var(--w-${tone}-soft)`, "--alert-color": `var(--w-${tone})` };
        return { root: { ...vars, "--alert-bd": `1px solid var(--w-${tone})` } };
      },
    },
    Button: { defaultProps: { size: "sm" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: "md" } },
    Badge: { defaultProps: { variant: "light", tt: "none", fw: 500 } },
    Table: { defaultProps: { verticalSpacing: 6, highlightOnHover: true } },
  },
});

/** State colours and surfaces; on each pair of them the computed contrast is 4.5 : 1 or more. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--w-page": "#f6f7f9",
    "--w-surface": "#ffffff",
    "--w-raised": "#ffffff",
    "--w-line": "#dfe3e8",
    "--w-control": "#7e8896",
    "--w-text": "#14181d",
    "--w-dim": "#4a5360",
    "--w-up": "#0d8050",
    "--w-warn": "#8c620e",
    "--w-down": "#8b1a10",
    "--w-info": "#0055ff",
    "--mantine-color-anchor": "var(--w-info)",
    "--w-off": "#4a5360",
    "--w-up-soft": "#e3f4ec",
    "--w-warn-soft": "#faf1dc",
    "--w-down-soft": "#fbe9e7",
    "--w-info-soft": "#e8f0ff",
    "--w-off-soft": "#eceff3",
    "--mantine-color-body": "#f6f7f9",
    "--mantine-color-text": "#14181d",
    "--mantine-color-dimmed": "#4a5360",
    "--mantine-color-placeholder": "#5f6975",
    "--mantine-color-error": "#8b1a10",
    "--mantine-color-default-border": "#7e8896",
  },
  dark: {
    "--w-page": "#0f1317",
    "--w-surface": "#171c22",
    "--w-raised": "#1e252d",
    "--w-line": "#2a323c",
    "--w-control": "#66717f",
    "--w-text": "#e6eaef",
    "--w-dim": "#a9b3c0",
    "--w-up": "#4ade80",
    "--w-warn": "#d0a614",
    "--w-down": "#e0777f",
    "--w-info": "#5fa0e3",
    "--mantine-color-anchor": "var(--w-info)",
    "--w-off": "#c5cdd8",
    "--w-up-soft": "#11281c",
    "--w-warn-soft": "#29220c",
    "--w-down-soft": "#2d181b",
    "--w-info-soft": "#13253a",
    "--w-off-soft": "#222931",
    "--mantine-color-body": "#0f1317",
    "--mantine-color-text": "#e6eaef",
    "--mantine-color-dimmed": "#a9b3c0",
    "--mantine-color-placeholder": "#94a0ae",
    "--mantine-color-error": "#e0777f",
    "--mantine-color-default": "#171c22",
    "--mantine-color-default-hover": "#1e252d",
    "--mantine-color-default-border": "#66717f",
  },
});
