// A text for those who only hear the page: anew at most every five seconds, or nothing else could be heard.
import { useEffect, useRef, useState } from "react";

const EVERY = 5_000;

export function useHeard(text: string): string {
  const [told, setTold] = useState("");
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setInterval(() => setTold(latest.current), EVERY);
    return () => clearInterval(timer);
  }, []);
  return told;
}
