import { type Fence, FencedHost } from '../../adapters/fence/index.js';
import type { DrivenNode, Progress, RemoteHost, SupervisedNode } from '../../adapters/ports/index.js';
import type { RecordChange } from '../../domain/record/index.js';
import type { StepEnvelope } from '../../domain/operations/index.js';
import type { ResolvedHost } from '../../domain/spec/index.js';
import type { ClusterSession } from '../cluster-session.js';
import { silentNotices, type StepNotices } from './notices.js';
import { currentRun } from '../record/record-activities.js';

/** What the body of a step works with. */
export class StepContext {
  constructor(
    readonly session: ClusterSession,
    readonly envelope: StepEnvelope,
    readonly progress: Progress,
    private readonly fenced: boolean,
    /** By which the operation hears that the step waits. */
    readonly notices: StepNotices = silentNotices(),
  ) {}

  get signal(): AbortSignal {
    return this.progress.signal;
  }

  /** A host as the step may use it: one that is changed compares the fencing token before each command. */
  async host(name: string): Promise<RemoteHost> {
    const host = await this.session.connect(name, this.signal);
    return this.fenced && this.session.isNodeHost(name) ? new FencedHost(host, this.fence(name)) : host;
  }

  /** A node for the driver, fenced like every host of the step. */
  async driven(name: string, members: readonly string[] = this.session.members): Promise<DrivenNode> {
    const node = await this.session.driven(name, members, this.signal);
    return { ...node, host: await this.host(name) };
  }

  /** A node for its supervisor. */
  async supervised(name: string): Promise<SupervisedNode> {
    const { cluster, home, user } = this.fence(name);
    return { host: await this.host(name), cluster, home, user };
  }

  /** Says who acts on a host and as whom. */
  fence(name: string): Fence {
    const host: ResolvedHost = this.session.resolved(name);
    const { spec } = this.session;
    return { home: host.home, cluster: spec.name, node: name, token: this.envelope.token, user: spec.broker.user };
  }

  /** The same step of the same operation, on the cluster as another spec has it. */
  on(session: ClusterSession): StepContext {
    return new StepContext(session, this.envelope, this.progress, this.fenced, this.notices);
  }

  /** The same step with another signal, e.g. one that ends earlier. */
  with(signal: AbortSignal): StepContext {
    const { progress } = this;
    const ended = { signal, report: (text: string) => progress.report(text) };
    return new StepContext(this.session, this.envelope, ended, this.fenced, this.notices);
  }

  /** Tells the record what this step has changed. */
  async report(change: RecordChange): Promise<void> {
    await this.session.dependencies.records.report(this.envelope.cluster, currentRun(), change);
  }
}
