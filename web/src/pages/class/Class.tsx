// The classes; one of them; or everybody whose hardware ever spoke, in a class or not.
import { useSearchParams } from "wouter";
import { useClassName } from "./address";
import { ClassList } from "./ClassList";
import { OneClass } from "./OneClass";

export default function Class() {
  const name = useClassName();
  const [search] = useSearchParams();
  if (name || search.get("everybody")) return <OneClass key={name} name={name} />;
  return <ClassList />;
}
