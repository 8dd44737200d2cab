import { childAt, childrenOf, readElement, textOf } from './element.js';
import type { Installation } from './installation.js';

/** What the vendor's file has (Community Edition, src/distribution/conf/logback.xml), and what Hivekeeper's has besides. */
const appenders = ['CONSOLE', 'FILE', 'MIGRATIONS-FILE', 'EVENT-FILE'];
const loggers = [
  'com.hivemq',
  'event.client-connected',
  'event.client-disconnected',
  'event.message-dropped',
  'event.client-session-expired',
  'migrations',
  'jetbrains.exodus',
  'org.eclipse.jetty',
  'com.google.common.util.concurrent.Futures.CombinedFuture',
  'oshi',
];

/** `${HIVEMQ_LOG_LEVEL:-INFO}`, filled in. */
function filled(level: string, environment: Readonly<Record<string, string>>): string {
  const text = level.replace(/\$\{([^:}]+)(?::-([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    return environment[name] ?? fallback ?? '';
  });
  return text.toUpperCase();
}

/** The level of the broker's log, and how its logback.xml differs from the vendor's. Other values of it are not kept. */
export function readLogback(
  xml: string | null,
  environment: Readonly<Record<string, string>>,
): Installation['logback'] {
  if (xml === null) return { level: null, changes: ['is not there'] };
  const root = readElement(xml);
  if (root?.name !== 'configuration') return { level: null, changes: ['cannot be read'] };
  const own = (name: string, known: readonly string[]): string[] =>
    childrenOf(root, name)
      .map(({ attributes }) => attributes['name'] ?? '')
      .filter((one) => !known.includes(one));
  const log = childrenOf(root, 'appender').find(({ attributes }) => attributes['name'] === 'FILE');
  const level = childAt(root, 'root')?.attributes['level'];
  return {
    level: level === undefined ? null : filled(level, environment),
    changes: [
      ...own('appender', appenders).map((name) => `has an appender ${name} of its own`),
      ...own('logger', loggers).map((name) => `has a logger ${name} of its own`),
      ...(log && !/\/hivemq\.log$/.test(textOf(log, 'file') ?? '')
        ? ['writes the log to another file than hivemq.log']
        : []),
    ],
  };
}
