import { PageHead } from "~/parts/PageHead";

export default function Fleet() {
  return <PageHead title="Fleet" name="Fleet" />;
}
