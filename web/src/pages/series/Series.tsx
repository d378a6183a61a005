import { PageHead } from "~/parts/PageHead";

export default function Series() {
  return <PageHead title="Series" name="Series" />;
}
