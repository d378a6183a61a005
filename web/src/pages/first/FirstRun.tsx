// The page of a one-time link.
export default function FirstRun() {
  return <main>First run</main>;
}
