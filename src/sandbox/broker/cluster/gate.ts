import { Refused } from './channel.js';
import { Placement, type View } from './view.js';

/** How long a request of a newer view waits here for that view, in milliseconds. */
const patience = 300;

/**
 * Keeps data operations and view changes apart: an operation belongs to one view, and a view changes only when no
 * operation runs.
 */
export class Gate {
  placement: Placement | undefined;
  private frozen = true;
  private active = 0;
  private idle: (() => void)[] = [];
  private opened: (() => void)[] = [];

  get view(): View | undefined {
    return this.placement?.view;
  }

  /** Resolves at the next opening, or after `limit` milliseconds. */
  async change(limit: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limit);
      this.opened.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The placement to use for a new operation, once data may be changed. */
  async current(): Promise<Placement> {
    while (this.frozen || !this.placement) await this.change(1000);
    return this.placement;
  }

  /**
   * Runs an operation of the given view.
   * @throws Refused `stale` when this node is in another view
   */
  async during<T>(viewId: string, operation: (placement: Placement) => Promise<T>): Promise<T> {
    const until = performance.now() + patience;
    while (this.frozen || this.view?.id !== viewId) {
      if (!this.frozen && performance.now() >= until) throw new Refused('stale');
      await this.change(this.frozen ? 1000 : patience);
    }
    const { placement } = this;
    if (!placement) throw new Refused('stale');
    this.active += 1;
    try {
      return await operation(placement);
    } finally {
      this.active -= 1;
      if (this.active === 0) for (const resolve of this.idle.splice(0)) resolve();
    }
  }

  async freeze(): Promise<void> {
    this.frozen = true;
    if (this.active > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** Lets operations run again, in the given view or in the one before the freeze. */
  open(view?: View): void {
    if (view) this.placement = new Placement(view);
    this.frozen = this.placement === undefined;
    for (const resolve of this.opened.splice(0)) resolve();
  }
}
