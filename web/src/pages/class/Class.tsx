import { PageHead } from "~/parts/PageHead";

export default function Class() {
  return <PageHead title="Class" name="Class" />;
}
