// A link for a screen on a wall: shows one view, may only read, and is revoked among the tokens.
import { Button, Modal, Text } from "@mantine/core";
import { Link } from "wouter";
import { useAct } from "~/api/ask";
import type { ViewInfo } from "~/api/types";
import { When } from "~/look/When";
import { CopyLine } from "~/parts/Copy";
import classes from "./series.module.css";

export function KioskLink({ view, close }: { view: ViewInfo; close: () => void }) {
  const { id, name, page, search } = view;
  const make = useAct("POST /api/v1/views/{view_id}/kiosk");
  const share = useAct("PUT /api/v1/views/{view_id}", {
    done: () => make.mutate({ path: { view_id: id }, body: { days: 365 } }),
  });
  const act = () => {
    if (view.shared) make.mutate({ path: { view_id: id }, body: { days: 365 } });
    else share.mutate({ path: { view_id: id }, body: { name, page, search, shared: true } });
  };
  return (
    <Modal opened onClose={close} title="Put it on a wall" size="lg">
      {make.data ? (
        <div className={classes.form}>
          <Text>Open this on the screen, once. It is not shown again.</Text>
          <CopyLine text={make.data.link} />
          <Text size="sm" className="w-dim">
            It holds until <When at={make.data.expires} />, or until “{make.data.name}” is revoked in{" "}
            <Link href="/settings/tokens">Settings, Tokens</Link>.
          </Text>
        </div>
      ) : (
        <div className={classes.form}>
          <Text>
            Whoever has the link sees “<span className="w-told">{name}</span>” large and live, without an account. It
            may read, and do nothing else.
            {!view.shared && " The view becomes one that everybody sees."}
          </Text>
          <div className={classes.row}>
            <Button onClick={act} loading={make.isPending || share.isPending}>
              Make the link
            </Button>
            <Button component={Link} href={`/kiosk/${id}`} variant="default">
              Look at it here
            </Button>
          </div>
        </div>
      )}
    </Modal>
  );
}
