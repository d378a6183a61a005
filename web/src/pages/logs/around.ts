// One line and what came before and after it, on in both directions for as long as there is any.
import type { Context } from "~/api/types";
import { type Ask, Feed, type FeedState } from "./feed";

export class Around extends Feed {
  constructor(
    ask: Ask,
    private readonly first: () => Promise<Context>,
    private readonly nodeOnly: boolean,
  ) {
    super(ask, {});
  }

  override load = async (): Promise<void> => {
    await this.during("first", async () => {
      const page = await this.first();
      const line = page.logs.find((one) => one.id === page.line);
      if (this.nodeOnly && line) this.query.node = [line.node];
      this.older = page.older;
      this.newer = page.newer;
      this.take(page);
      const ready: Partial<FeedState> = { ready: true, begins: !this.older, ends: !this.newer };
      this.set(ready);
    });
  };
}
