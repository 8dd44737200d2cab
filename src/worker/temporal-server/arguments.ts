/** Types of search attributes that the server knows, by the name that its command line takes. */
export type SearchAttributeType = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

/** What the command line of one development server is made of. */
export interface ServerSettings {
  readonly ip: string;
  readonly port: number;
  readonly uiPort: number;
  readonly namespace: string;
  readonly dbFile?: string | undefined;
  readonly searchAttributes: Readonly<Record<string, SearchAttributeType>>;
}

/**
 * Queues of the history service whose polling the development server limits to about 20 tasks a second for each shard.
 * With that limit an activity waits some 45 ms before it starts; without it, less than one.
 */
const POLLED_QUEUES = ['transfer', 'timer', 'visibility', 'outbound'] as const;
const UNLIMITED_RPS = 1_000_000;

/** The arguments of `temporal` that start the server. */
export function serverArguments(settings: ServerSettings): string[] {
  const { ip, port, uiPort, namespace, dbFile, searchAttributes } = settings;
  return [
    'server',
    'start-dev',
    ...['--ip', ip, '--port', String(port), '--ui-port', String(uiPort), '--namespace', namespace],
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
    ...POLLED_QUEUES.flatMap((queue) => [
      '--dynamic-config-value',
      `history.${queue}ProcessorMaxPollRPS=${UNLIMITED_RPS}`,
    ]),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}
