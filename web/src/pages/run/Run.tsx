import { PageHead } from "~/parts/PageHead";

export default function Run() {
  return <PageHead title="Run" name="Run" />;
}
