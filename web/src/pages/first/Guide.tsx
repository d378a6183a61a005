// The steps after the first: this place, the first chart, more machines. Each can be skipped, and all of them at once.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { forget } from "~/api/ask";
import { call } from "~/api/client";
import { useChanges } from "~/live/changes";
import { trouble } from "~/look/tell";
import { Wait } from "~/parts/States";
import { LostBanner } from "~/shell/LostBanner";
import { AddStep } from "./AddStep";
import { FirstChart } from "./FirstChart";
import { Frame } from "./FirstRun";
import classes from "./first.module.css";
import { PlaceStep } from "./PlaceStep";
import { Steps } from "./Steps";
import { after, DONE, type Step } from "./steps";

export function Guide({ first }: { first: Step }) {
  const client = useQueryClient();
  const [, go] = useLocation();
  const [step, setStep] = useState(first);
  useChanges();
  useEffect(() => {
    document.title = "Set-up · Wacket";
    void import("~/parts/chart/Plot"); // so that the chart of the next step is there at once
  }, []);
  const reach = (next: Step | typeof DONE, place = "/") => {
    call("PUT /api/v1/place", { body: { first_run: next } }).then(() => forget(client, "/api/v1/place"), trouble);
    if (next === DONE) go(place, { replace: true });
    else setStep(next);
  };
  const next = () => reach(after(step));
  return (
    <Frame>
      <LostBanner />
      <div className={classes.bar}>
        <Steps at={step} />
        <Button variant="subtle" onClick={() => reach(DONE)}>
          Skip to the overview
        </Button>
      </div>
      {step === "place" && <PlaceStep next={next} />}
      {step === "chart" && <FirstChart next={next} />}
      {step === "add" && <AddStep end={(place) => reach(DONE, place)} />}
      {step === "you" && <Wait />}
    </Frame>
  );
}
