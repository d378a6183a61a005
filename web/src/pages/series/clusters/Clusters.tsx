import { PageHead } from "~/parts/PageHead";

export default function Clusters() {
  return <PageHead title="Clusters" name="Clusters" />;
}
