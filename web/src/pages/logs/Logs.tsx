import { PageHead } from "~/parts/PageHead";

export default function Logs() {
  return <PageHead title="Logs" name="Logs" />;
}
