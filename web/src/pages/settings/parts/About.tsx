// What this hub is: the guarantee in force, where it is found, versions, health, and what each part counts.
import { Accordion, Alert, Button, Code, Table, Text } from "@mantine/core";
import { useAct, useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import type { About as AboutInfo } from "~/api/types";
import { Status } from "~/look/Status";
import { sentence, told } from "~/look/tell";
import { When } from "~/look/When";
import { bytes, digits } from "~/look/words";
import { flat, type Health, troubles, useHealth } from "~/parts/health";
import { Shown } from "~/parts/States";
import type { SettingsPart } from "../part";
import { List, Section } from "../Section";
import classes from "../settings.module.css";

function About() {
  const about = useAnswer("GET /api/v1/about");
  const health = useHealth();
  return (
    <>
      <Shown of={health}>{(found) => <Fares health={found} />}</Shown>
      <Shown of={about}>
        {(found) => (
          <>
            <Guarantee about={found} />
            <Place about={found} />
            <Versions about={found} />
          </>
        )}
      </Shown>
      <Shown of={health}>{(found) => <Counts health={found} />}</Shown>
    </>
  );
}

function Fares({ health }: { health: Health }) {
  const found = troubles(health);
  const counts = health.statistics.history ?? {};
  const kept = ["readings", "logs", "rollups"].map((kind) => Number(counts[`segment_bytes_${kind}`] ?? 0));
  return (
    <Section title="How it fares">
      {found.length ? (
        found.map((one) => (
          <Alert key={one} color="red" mb="xs" className="w-told">
            {sentence(one)}
          </Alert>
        ))
      ) : (
        <Status state="up" word="takes and keeps data" />
      )}
      <dl className={classes.facts}>
        <dt>Kept on disk</dt>
        <dd className="w-number">{bytes(kept.reduce((sum, one) => sum + one, health.history.unsealed_bytes))}</dd>
        <dt>Free</dt>
        <dd className="w-number">{bytes(health.history.free_bytes)}</dd>
      </dl>
    </Section>
  );
}

function Guarantee({ about }: { about: AboutInfo }) {
  const { guarantee } = about;
  return (
    <Section title="The guarantee in force">
      <Text mb="xs">{sentence(guarantee.acknowledged)}</Text>
      {guarantee.weakened_now.map((one) => (
        <Alert key={one} color="yellow" mb="xs">
          {sentence(one)}
        </Alert>
      ))}
      <Text size="sm" className="w-dim">
        The data folder is on {guarantee.file_system}. What would weaken it: {guarantee.would_weaken.join("; ")}.
      </Text>
      <Verify />
    </Section>
  );
}

function Verify() {
  const may = useMay("admin");
  const verify = useAct("POST /api/v1/verify", {
    done: ({ damage }) =>
      told(damage.length ? "Something is damaged; see above." : "Everything reads as it was written."),
  });
  if (!may) return null;
  return (
    <>
      <Button mt="sm" variant="default" loading={verify.isPending} onClick={() => verify.mutate({})}>
        Read everything and compare
      </Button>
      {verify.data?.damage.map((one) => (
        <Alert key={one} color="red" mt="xs" className="w-told">
          {one}
        </Alert>
      ))}
    </>
  );
}

function Place({ about }: { about: AboutInfo }) {
  return (
    <Section
      title="Where it is found"
      hint={about.open_to_lan ? "Open to the network." : "This machine only. Others reach it after: wacket up --lan"}
    >
      <dl className={classes.facts}>
        <dt>People</dt>
        <dd className="w-mono">{about.people}</dd>
        <dt>Machines</dt>
        <dd className="w-mono">{about.agents}</dd>
        {about.doors.map((door) => (
          <Row key={door.door} name={door.door}>
            <span className="w-mono">
              {door.host}:{door.port}
            </span>{" "}
            ({door.reach === "network" ? "from the network" : "from this machine"})
          </Row>
        ))}
        {about.fingerprint && (
          <Row name="Certificate">
            <span className="w-mono">{about.fingerprint}</span>
          </Row>
        )}
        {about.folder && (
          <Row name="Data folder">
            <span className="w-mono">{about.folder}</span>
          </Row>
        )}
        <Row name="Running">
          since <When at={about.started} />
        </Row>
        <Row name="Time zone">{about.time_zone}</Row>
      </dl>
    </Section>
  );
}

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Versions({ about }: { about: AboutInfo }) {
  return (
    <Section title="Versions">
      <dl className={classes.facts}>
        {Object.entries(about.versions).map(([name, version]) => (
          <Row key={name} name={name}>
            <span className="w-mono">{version}</span>
          </Row>
        ))}
      </dl>
    </Section>
  );
}

function Counts({ health }: { health: Health }) {
  return (
    <Section title="What each part counts" hint="Since the start of the hub; the same at /metrics for Prometheus.">
      <Accordion multiple variant="default">
        {Object.entries(health.statistics).map(([edge, counts]) => (
          <Accordion.Item key={edge} value={edge}>
            <Accordion.Control>
              <Code>{edge}</Code>
            </Accordion.Control>
            <Accordion.Panel>
              <List label={`Counts of ${edge}`} heads={["Name", "Count"]} width={240}>
                {flat(counts).map(([name, value]) => (
                  <Table.Tr key={name}>
                    <Table.Td className="w-told">{name.replaceAll("_", " ")}</Table.Td>
                    <Table.Td className="w-number">
                      {name.includes("bytes")
                        ? bytes(value)
                        : Number.isInteger(value)
                          ? value.toLocaleString("en")
                          : digits(value)}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </List>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Section>
  );
}

export const part: SettingsPart = { slug: "about", title: "About", order: 10, right: "read", body: About };
