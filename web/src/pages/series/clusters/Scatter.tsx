// The events by any two features, each with the colour and the shape of its cluster.
import { Select, useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { useAnswer } from "~/api/ask";
import type { ClusterPoints, FeatureInfo } from "~/api/types";
import { value } from "~/look/words";
import { Shown } from "~/parts/States";
import classes from "./clusters.module.css";
import { draw, type Plane, type Points, placed } from "./drawing";
import { featureText, inWords, type Named } from "./model";
import { axisOf, nearest } from "./plane";

const HEIGHT = 380;
const REACH = 16; // px

interface Props {
  features: FeatureInfo[];
  clusters: Named[];
  focus: number | null;
}

export function Scatter({ features, clusters, focus }: Props) {
  const [params, setParams] = useSearchParams();
  const known = (name: string, usual: string) => features.find((one) => one.name === params.get(name))?.name ?? usual;
  const [x, y] = [known("x", "power_active_w"), known("y", "line_current_a")];
  const points = useAnswer("GET /api/v1/clusters/points", { query: { x, y } }, { placeholderData: (old) => old });
  const take = (name: string, feature: string) => {
    setParams((before) => new URLSearchParams([...new Map([...before, [name, feature]])] as [string, string][]), {
      replace: true,
    });
  };
  const data = features.map(({ name }) => ({ value: name, label: featureText(name) }));
  return (
    <>
      <div className={classes.axes}>
        <Select label="Across" data={data} value={x} allowDeselect={false} onChange={(one) => one && take("x", one)} />
        <Select label="Up" data={data} value={y} allowDeselect={false} onChange={(one) => one && take("y", one)} />
      </div>
      <Shown of={points}>
        {(found) => <Canvas found={found} names={[featureText(x), featureText(y)]} clusters={clusters} focus={focus} />}
      </Shown>
    </>
  );
}

interface CanvasProps {
  found: ClusterPoints;
  names: [string, string];
  clusters: Named[];
  focus: number | null;
}

function Canvas({ found, names, clusters, focus }: CanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [over, setOver] = useState<number | null>(null);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const observer = new ResizeObserver(() => setWidth(host.current?.clientWidth ?? 0));
    if (host.current) observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  const points = useMemo((): Points => {
    const places = new Map(clusters.map((one) => [one.label, one.place]));
    return { x: found.x, y: found.y, place: found.cluster.map((label) => places.get(label) ?? -1) };
  }, [found, clusters]);
  const [first, second] = names;
  const plane = useMemo((): Plane => {
    const lines = width < 480 ? 4 : 8;
    const units: [string, string] = [found.x_unit, found.y_unit];
    const [across, up] = [axisOf(found.x, lines), axisOf(found.y)];
    return { width, height: HEIGHT, across, up, units, names: [first, second], scheme, focus };
  }, [found, width, scheme, focus, first, second]);
  useEffect(() => {
    if (canvas.current && width) draw(canvas.current, points, plane);
  }, [points, plane, width]);
  const [left, top] = useMemo(() => placed(points, plane), [points, plane]);
  const one = over === null ? undefined : clusters.find((cluster) => cluster.label === found.cluster[over]);
  return (
    <div ref={host} className={classes.plane} style={{ height: HEIGHT }}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${first} and ${second} of ${found.x.length} events. ${inWords(clusters)}`}
        onPointerMove={({ nativeEvent: { offsetX, offsetY } }) =>
          setOver(nearest(left, top, [offsetX, offsetY], REACH))
        }
        onPointerLeave={() => setOver(null)}
      />
      {over !== null && one && (
        <div className={classes.tip} style={{ left: Math.min(left[over] as number, width - 190), top: top[over] }}>
          <strong>{one.name}</strong>
          <br />
          {first}: {value(found.x[over], found.x_unit)}
          <br />
          {second}: {value(found.y[over], found.y_unit)}
        </div>
      )}
    </div>
  );
}
