// What only the page itself can tell: when something was drawn, and how long its main thread was busy. Put into every
// document before the page's own code, by the browser, so no content policy is loosened. Changes nothing on the screen.
(() => {
  const PATIENCE = 60_000; // ms; whoever waits for something here is not left waiting for ever
  const seen = { blocks: [], late: 0, texts: [], strokes: [], heard: 0 };

  /** Calls with the moment (ms) after the frame that is drawn next. */
  function drawn(act) {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => act(performance.now());
      port2.postMessage(null);
    });
  }

  /** A promise that fails when its time is over. `begin` is called with its two ends. */
  function bounded(begin, what) {
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`${what}: not within ${PATIENCE / 1000} s`)), PATIENCE);
      begin(resolve);
    });
  }

  /** The moment when `test` held and that was on the screen. */
  function when(test) {
    return bounded((resolve) => {
      const look = () => {
        if (!test()) return false;
        observer.disconnect();
        drawn(resolve);
        return true;
      };
      const observer = new MutationObserver(look);
      if (!look()) observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    }, test);
  }

  /** Since the navigation: until the rows of so many nodes are there, and until a row's menu has opened on a click. */
  async function fleet(nodes) {
    const rows = await when(
      () =>
        document.querySelector(`table[aria-rowcount="${nodes + 1}"]`) &&
        document.querySelectorAll("tr[data-node] [data-more]").length >= 10,
    );
    document.querySelector("tr[data-node] [data-more]").click();
    const handled = await when(() => document.querySelector("[role=menu] [role=menuitem]"));
    return { rows, handled, ...loaded() };
  }

  /** What the page itself is made of, without what it asked the hub: bytes as they were compressed, and over the wire. */
  function loaded() {
    const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const own = all.filter((one) => !new URL(one.name).pathname.startsWith("/api/"));
    const sum = (what) => own.reduce((total, one) => total + one[what], 0);
    return { files: own.length, bytes: sum("encodedBodySize"), wire: sum("transferSize") };
  }

  /** From now on: tasks over 50 ms, and by how much a timer of 10 ms was late at worst. */
  function watchBlocks() {
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) seen.blocks.push(one.duration);
    }).observe({ type: "longtask", buffered: false });
    let before = performance.now();
    setInterval(() => {
      const now = performance.now();
      seen.late = Math.max(seen.late, now - before - 10);
      before = now;
    }, 10);
  }

  /** From now on: each text of the first element that fits, and when (ms since 1970) it was on the screen. */
  function watchText(selector) {
    let before = "";
    const look = () => {
      const text = document.querySelector(selector)?.textContent ?? "";
      if (text === before) return;
      before = text;
      drawn((at) => seen.texts.push([text, performance.timeOrigin + at]));
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
    look();
  }

  /** ms from the click that comes next until `test` holds and that is on the screen. */
  async function fromClick(test) {
    const wait = { capture: true, once: true };
    const clicked = await bounded(
      (resolve) => document.addEventListener("click", (event) => resolve(event.timeStamp), wait),
      "a click",
    );
    return (await when(test)) - clicked;
  }

  /** ms from the click that comes next until what it asked for is there and lines are drawn on a canvas again. */
  function chartFromClick() {
    let asked = false;
    let strokes = 0;
    return fromClick(() => {
      const busy = document.querySelector("[aria-busy]")?.getAttribute("aria-busy");
      if (busy === "true") asked = true;
      if (!asked || busy !== "false") strokes = seen.strokes.length;
      return asked && busy === "false" && seen.strokes.length > strokes;
    });
  }

  /** From now on strokes on canvases are told as changes of the document, so that `when` sees them. */
  function watchCanvas() {
    const stroke = CanvasRenderingContext2D.prototype.stroke;
    CanvasRenderingContext2D.prototype.stroke = function (...given) {
      seen.strokes.push(performance.now());
      document.documentElement.dataset.strokes = String(seen.strokes.length);
      return stroke.apply(this, given);
    };
  }

  /** From now on: how many log lines came over the live connection. */
  function countLines() {
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => {
          for (let at = data.indexOf('"body":'); at >= 0; at = data.indexOf('"body":', at + 7)) seen.heard += 1;
        });
      }
    };
  }

  window.probe = { seen, fleet, watchBlocks, watchText, fromClick, chartFromClick, watchCanvas, countLines };
})();
