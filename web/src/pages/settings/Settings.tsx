import { PageHead } from "~/parts/PageHead";

export default function Settings() {
  return <PageHead title="Settings" name="Settings" />;
}
