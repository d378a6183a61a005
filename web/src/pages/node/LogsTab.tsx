// The logs of one node, as the Logs page shows them.
import { LogView } from "~/pages/logs/LogView";
import type { TabProps } from "./Node";

export default function LogsTab({ node }: TabProps) {
  return <LogView nodes={[node.name]} />;
}
