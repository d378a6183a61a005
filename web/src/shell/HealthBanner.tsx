// What is wrong with the hub itself, on every page, for those who can do something about it.
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "wouter";
import { sentence } from "~/look/tell";
import { troubles, useHealth } from "~/parts/health";
import classes from "./shell.module.css";

export function HealthBanner() {
  const { data } = useHealth();
  const found = data ? troubles(data) : [];
  if (!found.length) return null;
  return (
    <div className={classes.ill} role="alert">
      <IconAlertTriangle size={18} aria-hidden="true" />
      <span>
        <strong>The hub itself:</strong> <span className="w-told">{sentence(found[0] ?? "")}</span>{" "}
        <Link href="/settings/about">More</Link>
      </span>
    </div>
  );
}
