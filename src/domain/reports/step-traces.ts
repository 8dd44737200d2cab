import type { z } from 'zod';
import { type StepDefinition, type StepKind, steps } from '../steps/index.js';

/** What of a node a step leaves a trace in; a later step of the same aspect says how it is now. */
export type Aspect = 'package' | 'gate' | 'clients' | 'files' | 'process' | 'watch' | 'spec' | 'window';

/** What is to be said of a node after a step, in clauses. */
export interface Trace {
  readonly aspect: Aspect;
  /** When the step is done; empty where that is nothing to mention. */
  readonly done: string;
  /** When it failed or was broken off: it may have acted before that. */
  readonly ended: string;
  /** When it was put back. */
  readonly undone?: string;
}

type Tell = (input: unknown) => Trace | null;

const tells =
  <Input extends z.ZodType>(
    { input }: StepDefinition<StepKind, Input>,
    tell: (given: z.output<Input>) => Trace,
  ): Tell =>
  (given) => {
    const parsed = input.safeParse(given);
    return parsed.success ? tell(parsed.data) : null;
  };

const traces: Readonly<Partial<Record<StepKind, Tell>>> = {
  awaitWindow: tells(steps.awaitWindow, () => ({
    aspect: 'window',
    done: '',
    ended: 'its maintenance window did not come',
  })),
  noteVersion: tells(steps.noteVersion, ({ version }) => ({
    aspect: 'spec',
    done: `the record says ${version}`,
    ended: `the record perhaps says ${version}`,
    undone: 'the record says what the members run',
  })),
  soakNode: tells(steps.soakNode, () => ({
    aspect: 'watch',
    done: 'watched, and all was well',
    ended: 'its watch did not finish',
  })),
  installPackage: tells(steps.installPackage, ({ version }) => ({
    aspect: 'package',
    done: `${version} lies ready`,
    ended: `${version} did not get there whole`,
  })),
  closeTraffic: tells(steps.closeTraffic, () => ({
    aspect: 'gate',
    done: 'gate closed',
    ended: 'gate perhaps closed',
    undone: 'gate closed and opened again',
  })),
  openTraffic: tells(steps.openTraffic, () => ({ aspect: 'gate', done: '', ended: 'gate perhaps still closed' })),
  drainNode: tells(steps.drainNode, () => ({
    aspect: 'clients',
    done: 'its clients moved',
    ended: 'some of its clients moved',
  })),
  stopNode: tells(steps.stopNode, () => ({ aspect: 'process', done: 'stopped', ended: 'its stop did not finish' })),
  configureNode: tells(steps.configureNode, ({ version }) => ({
    aspect: 'process',
    done: `stopped, configured for ${version}`,
    ended: `stopped, its files for ${version} perhaps half written`,
  })),
  startNode: tells(steps.startNode, ({ version, back, putBack }) => ({
    aspect: 'process',
    done: `${version}, serving`,
    ended:
      back === undefined && putBack !== true
        ? `its start on ${version} did not finish`
        : `it did not take what was new with ${version}; its step says how it was put back`,
  })),
  retireNode: tells(steps.retireNode, () => ({
    aspect: 'process',
    done: 'out of the cluster, its data kept',
    ended: 'stopped, perhaps not yet out of the cluster',
  })),
  dropNode: tells(steps.dropNode, () => ({
    aspect: 'process',
    done: 'out of the cluster, its data left where it is',
    ended: 'perhaps not yet out of the cluster',
  })),
  updateMembers: tells(steps.updateMembers, ({ members }) => ({
    aspect: 'files',
    done: `told the members ${members.join(', ')}`,
    ended: `perhaps not told the members ${members.join(', ')}`,
  })),
  applySettings: tells(steps.applySettings, () => ({
    aspect: 'files',
    done: 'its new settings taken up',
    ended: 'its new settings perhaps not taken up',
  })),
};

/** What a step leaves behind; null for a kind whose title says it best. */
export function traceOf(kind: StepKind, input: unknown): Trace | null {
  return traces[kind]?.(input) ?? null;
}
