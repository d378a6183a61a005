// Jobs, the newest first, each with how it ended.
import { Link } from "wouter";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import classes from "./job.module.css";
import { askedFor, type JobRow, stateOf } from "./shape";

export function JobRows({ jobs }: { jobs: JobRow[] }) {
  return (
    <ul className={classes.jobs}>
      {jobs.map((job) => (
        <li key={job.id} className={classes.job}>
          <Status state={stateOf(job)} />
          <Link href={`/run/${job.id}`} className={`w-mono w-line ${classes.asked}`}>
            {askedFor(job)}
          </Link>
          <span className="w-dim w-line">{job.target}</span>
          <When at={job.at} />
        </li>
      ))}
    </ul>
  );
}
