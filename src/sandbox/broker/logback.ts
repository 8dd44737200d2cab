export const levels = ['ALL', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'OFF'] as const;
export type Level = (typeof levels)[number];

/** What the stand-in takes from logback.xml. */
export interface Logback {
  root: Level;
  /** Levels of single loggers, by name. */
  loggers: ReadonlyMap<string, Level>;
  /** How often the file is looked at, in milliseconds; undefined: never again. */
  scanEvery: number | undefined;
}

export const defaultLogback: Logback = { root: 'INFO', loggers: new Map(), scanEvery: undefined };

const units: Record<string, number> = { millisecond: 1, second: 1000, minute: 60_000, hour: 3_600_000 };

/** A duration of logback: `60 seconds`; a bare number counts milliseconds. Its default is one minute. */
function duration(text: string | undefined): number {
  const match = /^\s*(\d+)\s*(millisecond|second|minute|hour)?s?\s*$/i.exec(text ?? '');
  if (!match) return 60_000;
  return Number(match[1]) * (units[(match[2] ?? 'millisecond').toLowerCase()] ?? 1);
}

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return match?.[1] ?? match?.[2];
}

/** `${NAME}` and `${NAME:-default}`, from system properties, then the environment. */
function substitute(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(/\$\{([^}:]+)(?::-([^}]*))?\}/g, (_match, name: string, fallback?: string) => {
    return lookUp(name) ?? fallback ?? '';
  });
}

/**
 * Reads scan, scan period and levels. A level that does not exist counts as DEBUG, as logback has it.
 * @param lookUp the value of a variable
 * @throws when the text is no logback configuration
 */
export function readLogback(xml: string, lookUp: (name: string) => string | undefined): Logback {
  const text = substitute(xml.replace(/<!--[\s\S]*?-->/g, ''), lookUp);
  const configuration = /<configuration\b[^>]*>/.exec(text)?.[0];
  if (configuration === undefined || !text.includes('</configuration>')) throw new Error('no logback configuration');
  const levelOf = (tag: string | undefined): Level | undefined => {
    const wanted = tag === undefined ? undefined : attribute(tag, 'level')?.toUpperCase();
    return wanted === undefined ? undefined : (levels.find((level) => level === wanted) ?? 'DEBUG');
  };
  const loggers = new Map<string, Level>();
  for (const [tag] of text.matchAll(/<logger\b[^>]*>/g)) {
    const name = attribute(tag, 'name');
    const level = levelOf(tag);
    if (name !== undefined && level) loggers.set(name, level);
  }
  return {
    root: levelOf(/<root\b[^>]*>/.exec(text)?.[0]) ?? 'DEBUG',
    loggers,
    scanEvery:
      attribute(configuration, 'scan') === 'true' ? duration(attribute(configuration, 'scanPeriod')) : undefined,
  };
}

/** The level of a logger: its own, that of the closest one above it by name, or the root's. */
export function levelOf({ root, loggers }: Logback, name: string): Level {
  for (let at = name; at !== ''; at = at.includes('.') ? at.slice(0, at.lastIndexOf('.')) : '') {
    const level = loggers.get(at);
    if (level) return level;
  }
  return root;
}
