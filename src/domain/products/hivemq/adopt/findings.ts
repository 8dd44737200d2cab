import { across } from './across.js';
import type { Installation } from './installation.js';
import type { Installations } from './reading.js';

/** What is said on the way from hosts to a spec. */
export class Findings {
  readonly notes: string[] = [];
  readonly problems: string[] = [];

  note(...all: readonly string[]): void {
    this.notes.push(...all);
  }

  problem(...all: readonly string[]): void {
    this.problems.push(...all);
  }

  /** What all hosts say; a problem where they do not agree. */
  common<T>(what: string, installations: Installations, of: (one: Installation) => T | undefined): T | undefined {
    const values = Object.entries(installations).map(([host, one]) => [host, of(one)] as const);
    const { value, differs } = across(values, shown);
    if (differs !== null) this.problem(`${what} is not the same on all nodes: ${differs}; make them equal first`);
    return value;
  }
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
