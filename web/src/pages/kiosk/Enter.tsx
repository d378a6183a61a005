// A wall screen shows its secret once and is let in.
export default function Enter() {
  return <main>Kiosk</main>;
}
