import { type ClusterCheckName, clusterChecks } from '../../domain/checks/index.js';
import { comment, word } from './shell.js';

interface Guarded {
  readonly host: string;
  /** Members as they are before the step. */
  readonly members: readonly string[];
}

/** Commands that show what a check asks for; a check without one is for people to judge. */
const shown: Readonly<Partial<Record<ClusterCheckName, (given: Guarded) => string[]>>> = {
  synchronized: ({ members }) => members.map((member) => `serving ${word(member)} ${members.length}`),
  'max-unavailable': ({ host, members }) =>
    members.filter((member) => member !== host).map((member) => `serving ${word(member)} ${members.length}`),
};

/** What must hold before a step, each check with its meaning and the command that shows it; no command stands there twice. */
export function lookAt(guards: readonly ClusterCheckName[], given: Guarded): string[] {
  const said = new Set<string>();
  return guards.flatMap((name) => {
    const { meaning, remedy } = clusterChecks[name];
    const lines = shown[name]?.(given) ?? comment(`  by hand. If it does not hold: ${remedy}`);
    const fresh = lines.filter((line) => !said.has(line));
    fresh.forEach((line) => said.add(line));
    return [...comment(`check ${name}: ${meaning}`), ...fresh];
  });
}
