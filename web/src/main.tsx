// Starts the page: the providers, the gate, the shell. The pages before the gate are those of a one-time link.
import { MantineProvider } from "@mantine/core";
import "./look/mantine";
import { Notifications } from "@mantine/notifications";
import "@mantine/notifications/styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { newQueryClient } from "./api/ask";
import "./look/look.css";
import { theme, variables } from "./look/theme";
import { Broken } from "./shell/Broken";
import { Doors } from "./shell/Doors";
import { fetchAhead, fetchNow } from "./shell/routes";

// The hub puts a new one into each page that it gives; styles without it are not applied.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";
// What keeps the page behind a drawer from scrolling makes its styles by itself, and looks for the word here.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce;

fetchNow(location.pathname);
createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={newQueryClient()}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <Notifications position="bottom-right" limit={4} />
        <Broken>
          <Doors />
        </Broken>
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
);
fetchAhead();
