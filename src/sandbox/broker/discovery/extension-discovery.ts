import type { Address } from '../config/address.js';
import type { Extension, Extensions } from '../extensions.js';
import type { Log } from '../log.js';
import type { DiscoveryAnswer, DiscoveryCallback, DiscoveryInput, ExtensionHost } from './contract.js';
import type { Discovery } from './discovery.js';
import { discoveryOf } from './load-extension.js';

/** HiveMQ's own interval where an extension names none, in milliseconds. */
const defaultReload = 30_000;
/** How often extensions are looked at that came or went, in milliseconds. */
const lookEvery = 250;

interface Running {
  callback: DiscoveryCallback;
  nodes: Address[];
  /** When it is asked again. */
  due: number;
}

/**
 * Discovery by extensions: every one that is installed, enabled and able to is asked, again and again. Without one the
 * node stays alone.
 */
export class ExtensionDiscovery implements Discovery {
  /** By identity of the started extension; undefined for one that discovers nothing. */
  private readonly running = new Map<Extension, Running | undefined>();
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private busy = false;

  /** @param reload milliseconds between two questions, whatever the extensions want; undefined: as they want */
  constructor(
    private readonly extensions: Extensions,
    private readonly input: DiscoveryInput,
    private readonly host: Omit<ExtensionHost, 'home' | 'log'>,
    private readonly log: Log,
    private readonly reload: number | undefined,
  ) {}

  async start(apply: (addresses: Address[]) => void): Promise<void> {
    await this.look(apply);
    this.timer = setInterval(() => this.next(apply), lookEvery).unref();
  }

  private next(apply: (addresses: Address[]) => void): void {
    if (this.busy) return;
    this.busy = true;
    this.round = this.look(apply).finally(() => {
      this.busy = false;
    });
  }

  private async look(apply: (addresses: Address[]) => void): Promise<void> {
    const enabled = new Set(this.extensions.all.filter((extension) => extension.enabled));
    let changed = false;
    for (const [extension, running] of this.running) {
      if (enabled.has(extension)) continue;
      this.running.delete(extension);
      await running?.callback.destroy(this.input);
      changed = true;
    }
    for (const extension of enabled) {
      if (!this.running.has(extension)) {
        this.running.set(extension, await this.begin(extension));
        changed = true;
        continue;
      }
      const running = this.running.get(extension);
      if (!running || performance.now() < running.due) continue;
      this.take(running, await running.callback.reload(this.input));
      changed = true;
    }
    if (changed) apply([...this.running.values()].flatMap((running) => running?.nodes ?? []));
  }

  private async begin(extension: Extension): Promise<Running | undefined> {
    const home = this.extensions.folderOf(extension.id);
    try {
      const create = extension.code && discoveryOf(extension.code);
      const callback = create?.({ ...this.host, home, log: this.log.named(`com.hivemq.extensions.${extension.id}`) });
      if (!callback) return undefined;
      const running: Running = { callback, nodes: [], due: 0 };
      this.take(running, await callback.init(this.input));
      return running;
    } catch (error) {
      this.log.error(
        `Extension with id "${extension.id}" cannot be started because of an uncaught exception thrown by the extension. Extension will be disabled. ${String(error)}`,
      );
      return undefined;
    }
  }

  private take(running: Running, { nodes, reloadInterval }: DiscoveryAnswer): void {
    running.nodes = nodes ?? running.nodes;
    const wanted = reloadInterval === undefined ? defaultReload : reloadInterval * 1000;
    running.due = performance.now() + (this.reload ?? wanted);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
    for (const running of this.running.values()) await running?.callback.destroy(this.input);
    this.running.clear();
  }
}
