// The frame of Settings: its parts beside each other, those that this person may see.
import { Link, useParams } from "wouter";
import { useMe } from "~/api/me";
import { PageHead } from "~/parts/PageHead";
import { Empty } from "~/parts/States";
import { parts } from "./part";
import classes from "./settings.module.css";

export default function Settings() {
  const { part: slug } = useParams<{ part?: string }>();
  const { rights } = useMe();
  const offered = parts.filter((part) => rights.includes(part.right));
  const chosen = slug ? parts.find((part) => part.slug === slug) : offered[0];
  return (
    <>
      <PageHead title="Settings" name={chosen ? `${chosen.title} · Settings` : "Settings"} />
      <div className={classes.frame}>
        <nav className={classes.parts} aria-label="Parts of the settings">
          {offered.map((part) => (
            <Link
              key={part.slug}
              href={`/settings/${part.slug}`}
              className={classes.part}
              aria-current={part === chosen ? "page" : undefined}
            >
              {part.title}
            </Link>
          ))}
        </nav>
        <div className={classes.body}>
          {chosen && rights.includes(chosen.right) ? (
            <chosen.body key={chosen.slug} />
          ) : (
            <Empty title={chosen ? "This needs an admin" : "There is no such part"}>
              <span>{chosen ? "An admin of this hub can give you that role." : "Choose one of those beside."}</span>
            </Empty>
          )}
        </div>
      </div>
    </>
  );
}
