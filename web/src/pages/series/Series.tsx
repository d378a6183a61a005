// The place of all series: `/series` explores them, `/series/7` opens a saved view, `/series/clusters` shows the clusters.
import { lazy, Suspense } from "react";
import { useParams } from "wouter";
import { Wait } from "~/parts/States";
import Explorer from "./Explorer";

const Clusters = lazy(() => import("./clusters/Clusters"));

export default function Series() {
  const { view = "" } = useParams<{ view?: string }>();
  if (view !== "clusters") return <Explorer key={view} view={view} />;
  return (
    <Suspense fallback={<Wait />}>
      <Clusters />
    </Suspense>
  );
}
