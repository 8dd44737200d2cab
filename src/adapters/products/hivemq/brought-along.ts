import { HivekeeperError } from '../../../domain/errors/index.js';
import { extensionsOf, fileRbac } from '../../../domain/products/hivemq/file-rbac/index.js';
import type { LogFacts } from '../../../domain/products/hivemq/log-facts.js';
import { asHivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { DrivenNode, Progress } from '../../ports/index.js';
import type { HivemqDependencies, Member } from './context.js';
import { extensionNames } from './extension-names.js';
import { readLogReport } from './log-report.js';

const lookEvery = 250;
/** Milliseconds that a broker that has started is given to say so of its extensions. */
const patience = 60_000;

/** The first thing of the spec that the broker did not take: a line of its log. */
function refusedBy(node: DrivenNode, { licenses, failedExtensions, refusedUsers }: LogFacts): string | null {
  const spec = asHivemqSpec(node.spec);
  for (const { name } of spec.licenses) if (licenses[name]?.corrupt === true) return licenses[name].line;
  for (const { id, enabled } of extensionsOf(spec)) {
    const line = failedExtensions[id];
    if (enabled && line !== undefined) return line;
  }
  return fileRbac(spec)?.enabled === true ? refusedUsers : null;
}

/**
 * A broker that started may still have refused what the spec gave it: waits until each enabled extension has said that it
 * started, and looks at the licenses.
 * @throws BrokerStartFailed with the line that says what was refused
 */
export async function untilBroughtAlong(
  { clock }: HivemqDependencies,
  node: DrivenNode,
  self: Member,
  from: number,
  progress: Progress,
): Promise<void> {
  const { signal } = progress;
  const spec = asHivemqSpec(node.spec);
  const { licenses } = spec;
  const enabled = extensionsOf(spec)
    .filter((extension) => extension.enabled)
    .map(({ id }) => id);
  if (enabled.length === 0 && licenses.length === 0) return;
  const names = await extensionNames(self, enabled, signal);
  const begun = clock.now();
  for (;;) {
    const { since } = await readLogReport(self, from, signal);
    const refused = refusedBy(node, since);
    if (refused !== null) throw failed(node.name, refused);
    const missing = enabled.filter((id) => since.extensions[names.get(id) ?? id] !== 'started');
    if (missing.length === 0) return;
    const what = `the start of the extension ${missing.join(', ')}`;
    if (clock.now() - begun > patience) throw failed(node.name, `its log does not tell ${what}`);
    progress.report(`${node.name}: waiting for ${what}`);
    await clock.sleep(lookEvery, signal);
  }
}

function failed(name: string, why: string): HivekeeperError {
  const message = `${name}: the broker runs, and not as asked: ${why}. Correct that and run the operation again.`;
  return new HivekeeperError('BrokerStartFailed', message, { host: name, line: why });
}
