// The frame around every page: navigation, search, what is wrong with the link, and nothing of any page.
import { ActionIcon, AppShell, Burger, Menu, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKeyboard, IconLogout, IconMoon, IconSearch, IconSun, IconUser } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { Link, useLocation, useRoute } from "wouter";
import { useAnswer } from "~/api/ask";
import { call } from "~/api/client";
import { useMay, useMe } from "~/api/me";
import { useChanges } from "~/live/changes";
import { trouble } from "~/look/tell";
import { type Page, pages } from "~/pages/page";
import { HealthBanner } from "./HealthBanner";
import { useKeyboard, useKeys } from "./keys";
import { LostBanner } from "./LostBanner";
import { useLetIn } from "./letin";
import { rootOf, useOffered } from "./offered";
import { useApplied, usePreferences } from "./preferences";
import { Routes } from "./routes";
import classes from "./shell.module.css";

const Palette = lazy(() => import("./Palette"));
const KeysHelp = lazy(() => import("./KeysHelp"));

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure(false);
  const [asked, setAsked] = useState(0); // how often the palette was asked for: it comes with the first time
  const openPalette = () => setAsked((before) => before + 1);
  const bare = useBare();
  const operates = useMay("operate");
  useChanges();
  useLetIn();
  useApplied();
  useKeyboard();
  useGoing();
  useKeys("Everywhere", [
    { keys: "mod+k", what: "Find a node, a page or an action", act: openPalette },
    { keys: "?", what: "This list", act: openHelp },
  ]);
  if (bare) {
    return (
      <main>
        <LostBanner />
        <Routes />
      </main>
    );
  }
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !opened } }}
      transitionDuration={120}
    >
      <a className={classes.skip} href="#main">
        Go to the content
      </a>
      <AppShell.Header className={classes.header}>
        <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
        <Place />
        <div className={classes.grow} />
        <button type="button" className={classes.search} onClick={openPalette} aria-label="Find Ctrl K">
          <IconSearch size={16} aria-hidden="true" />
          <span>Find</span> <kbd>Ctrl K</kbd>
        </button>
        <ActionIcon aria-label="Keys" visibleFrom="sm" onClick={openHelp}>
          <IconKeyboard size={18} />
        </ActionIcon>
        <Scheme />
        <Account />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label="Pages">
        <Navigation onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main>
        <LostBanner />
        {operates && <HealthBanner />}
        <div className={classes.main} id="main">
          <Routes />
        </div>
      </AppShell.Main>
      <Suspense fallback={null}>
        {asked > 0 && <Palette asked={asked} />}
        {help && <KeysHelp onClose={closeHelp} />}
      </Suspense>
    </AppShell>
  );
}

function useBare(): boolean {
  const [location] = useLocation();
  return pages.some((page) => page.bare && location.startsWith(page.path.split("/:")[0] as string));
}

function useGoing(): void {
  const [, go] = useLocation();
  const shortcuts = useOffered().map((page) => ({
    keys: `g ${page.nav?.key}`,
    what: page.title,
    act: () => go(rootOf(page)),
  }));
  useKeys("Go to", shortcuts);
}

function Navigation({ onGo }: { onGo: () => void }) {
  const offered = useOffered();
  return (
    <>
      <AppShell.Section grow>
        {offered
          .filter((page) => !page.nav?.bottom)
          .map((page) => (
            <NavLink key={page.path} page={page} onGo={onGo} />
          ))}
      </AppShell.Section>
      <AppShell.Section>
        {offered
          .filter((page) => page.nav?.bottom)
          .map((page) => (
            <NavLink key={page.path} page={page} onGo={onGo} />
          ))}
      </AppShell.Section>
    </>
  );
}

function NavLink({ page, onGo }: { page: Page; onGo: () => void }) {
  const [here] = useRoute(page.path);
  const [{ keys }] = usePreferences();
  const Icon = page.nav?.icon;
  return (
    <Link href={rootOf(page)} className={classes.link} aria-current={here ? "page" : undefined} onClick={onGo}>
      {Icon && <Icon size={18} aria-hidden="true" />}
      {page.title}
      {keys && <kbd>g {page.nav?.key}</kbd>}
    </Link>
  );
}

function Place() {
  const { data } = useAnswer("GET /api/v1/place", {}, { enabled: useMe().rights.includes("read") });
  return (
    <Link href="/" className={classes.mark}>
      <img src="/favicon.svg" alt="" />
      <span className="w-line">{data?.name ?? "Wacket"}</span>
    </Link>
  );
}

function Scheme() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <ActionIcon
      aria-label={dark ? "Light colours" : "Dark colours"}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}

function Account() {
  const me = useMe();
  const leave = () => {
    call("POST /api/v1/logout").then(() => location.assign("/"), trouble);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={`Account: ${me.name}`}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className="w-told">
          {me.name} {me.role && `(${me.role})`}
        </Menu.Label>
        {me.kind === "person" && (
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={leave}>
            Sign out
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
