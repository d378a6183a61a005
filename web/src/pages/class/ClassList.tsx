// All classes, everybody who is in none, and making one.
import { Button, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useSearchParams } from "wouter";
import { useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import { When } from "~/look/When";
import { count } from "~/look/words";
import { CopyLine } from "~/parts/Copy";
import { PageHead } from "~/parts/PageHead";
import { Empty, Shown } from "~/parts/States";
import { useKeys } from "~/shell/keys";
import { classPlace } from "./address";
import classes from "./class.module.css";
import { PeopleDrawer } from "./PeopleDrawer";

export function ClassList() {
  const found = useAnswer("GET /api/v1/classes");
  const everybody = useAnswer("GET /api/v1/class", { query: { limit: 1000 } });
  const operates = useMay("operate");
  const [search, setSearch] = useSearchParams();
  const opened = search.get("open") === "new";
  const open = (shown: boolean) => setSearch(shown ? { open: "new" } : {}, { replace: true });
  useKeys("Class", operates ? [{ keys: "n", what: "Make a class", act: () => open(true) }] : []);
  const make = operates && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => open(true)}>
      Make a class
    </Button>
  );
  const users = everybody.data?.users.length ?? 0;
  return (
    <>
      <PageHead title="Class" name="Class" actions={make} />
      <Shown of={found}>
        {({ classes: all }) => (
          <>
            {!all.length && <NoClass operates={operates} />}
            <ul className={classes.list}>
              {all.map((one) => (
                <li key={one.name} className="w-card">
                  <Link href={classPlace(one.name)} className={`w-told ${classes.className}`}>
                    {one.name}
                  </Link>
                  <Text size="sm" className="w-dim">
                    {count(one.people, "person", "people")} · made <When at={one.created} />
                  </Text>
                </li>
              ))}
              {users > 0 && (
                <li className="w-card">
                  <Link href={classPlace("")} className={classes.className}>
                    Everybody
                  </Link>
                  <Text size="sm" className="w-dim">
                    {count(users, "person", "people")} whose hardware ever spoke, in a class or not
                  </Text>
                </li>
              )}
            </ul>
          </>
        )}
      </Shown>
      {operates && <PeopleDrawer opened={opened} onClose={() => open(false)} />}
    </>
  );
}

function NoClass({ operates }: { operates: boolean }) {
  return (
    <Empty title="No class yet">
      <Text size="sm">
        A class is a set of people, each with their hardware: a machine with an agent, or a board that asks the hub by
        itself. You ask the class to run a program and see who has answered, who failed and who hangs.
      </Text>
      {operates && <CopyLine text="wacket class create '6.08 Tue' ada=pi-11 bob=pi-12" />}
    </Empty>
  );
}
