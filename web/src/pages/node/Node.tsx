import { useParams } from "wouter";
import { PageHead } from "~/parts/PageHead";

export default function Node() {
  const { name = "" } = useParams<{ name: string }>();
  return <PageHead title={<span className="w-told">{name}</span>} name={name} />;
}
