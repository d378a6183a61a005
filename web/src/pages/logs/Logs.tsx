// The page of logs: what arrives and what was, or one line by its number among its neighbours.
import { useParams } from "wouter";
import { PageHead } from "~/parts/PageHead";
import { LogView } from "./LogView";
import classes from "./logs.module.css";
import { OneLine } from "./OneLine";

export default function Logs() {
  const { id } = useParams<{ id?: string }>();
  const number = Number(id);
  if (id !== undefined) return <OneLine key={id} id={Number.isSafeInteger(number) && number >= 0 ? number : -1} />;
  return (
    <div className={classes.page}>
      <PageHead title="Logs" name="Logs" />
      <LogView />
    </div>
  );
}
