// The first turn: a one-time link or a wall screen's has a way in of its own, everything else goes through the gate.
import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { Wait } from "~/parts/States";
import { Gate } from "./Gate";
import { Shell } from "./Shell";

const FirstRun = lazy(() => import("~/pages/first/FirstRun"));
const Kiosk = lazy(() => import("~/pages/kiosk/Enter"));

export function Doors() {
  return (
    <Suspense fallback={<Wait />}>
      <Switch>
        <Route path="/s/:code">
          <FirstRun />
        </Route>
        <Route path="/k/:id">
          <Kiosk />
        </Route>
        <Route>
          <Gate>
            <Shell />
          </Gate>
        </Route>
      </Switch>
    </Suspense>
  );
}
