import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addLine, noFacts, readLog } from '../../../../src/domain/products/hivemq/log-facts.js';
import { readLogLine, telltales } from '../../../../src/domain/products/hivemq/log-lines.js';

const line = (message: string, level = 'INFO') => `${`2026-01-31 12:00:00,123 ${level}`.padEnd(30)}- ${message}`;
const doNot = 'Please do not shut down HiveMQ.';
const meanings: readonly (readonly [string, object])[] = [
  [line('Starting HiveMQ Enterprise Server'), { kind: 'starting' }],
  [line('Started HiveMQ in 1417ms'), { kind: 'started', milliseconds: 1417 }],
  [
    line('Could not read the configuration file /h/conf/config.xml. Using default config', 'ERROR'),
    { kind: 'start-failed' },
  ],
  [line('The configuration file /h does not exist. Using HiveMQ default config', 'ERROR'), { kind: 'start-failed' }],
  [
    line('Could not start TCP Listener on port 1883 and address ::1. Is it already in use?', 'ERROR'),
    { kind: 'start-failed' },
  ],
  [line('Could not bind any listener. Stopping HiveMQ.', 'ERROR'), { kind: 'start-failed' }],
  [
    line(
      'HiveMQ start was cancelled. An error occurred while opening the persistence. Is another HiveMQ instance running?',
    ),
    { kind: 'start-failed' },
  ],
  [
    line(`Starting cluster join process. This may take a while. ${doNot}`),
    { kind: 'synchronization', what: 'join', phase: 'begun' },
  ],
  [
    line(`Cluster join process is still ongoing. ${doNot}`),
    { kind: 'synchronization', what: 'join', phase: 'ongoing' },
  ],
  [line('Finished cluster join process successfully.'), { kind: 'synchronization', what: 'join', phase: 'finished' }],
  [line(`Starting cluster merge process. ${doNot}`), { kind: 'synchronization', what: 'merge', phase: 'begun' }],
  [line('Finished cluster merge process successfully.'), { kind: 'synchronization', what: 'merge', phase: 'finished' }],
  [
    line(`Starting cluster replication process. ${doNot}`),
    { kind: 'synchronization', what: 'replication', phase: 'begun' },
  ],
  [
    line(`Replication is still in progress. ${doNot}`),
    { kind: 'synchronization', what: 'replication', phase: 'ongoing' },
  ],
  [
    line('Finished cluster replication successfully in 30000 ms.'),
    { kind: 'synchronization', what: 'replication', phase: 'finished' },
  ],
  [line('Shutting down HiveMQ. Please wait, this could take a while...'), { kind: 'stopping' }],
  [line('Shutdown completed.'), { kind: 'stopped' }],
  [
    line('Extension "A "quoted" Extension" version 1.0.0 started successfully.'),
    { kind: 'extension', name: 'A "quoted" Extension', phase: 'started' },
  ],
  [
    line('Extension "An Extension" version 1.0.0-SNAPSHOT stopped successfully.'),
    { kind: 'extension', name: 'An Extension', phase: 'stopped' },
  ],
  [
    line('Extension with id "an-extension" cannot be started, the extension will be disabled. reason: it', 'ERROR'),
    { kind: 'extension-failed', id: 'an-extension' },
  ],
  [
    line('Startup of extension with id "an-extension" was prevented by the extension itself, reason: x.', 'ERROR'),
    { kind: 'extension-failed', id: 'an-extension' },
  ],
  [
    line(
      'Found extension directory name not matching to id, ignoring extension with id "another" at /h/an-extension',
      'WARN',
    ),
    { kind: 'extension-failed', id: 'an-extension' },
  ],
  [line('License file prod.lic is corrupt.', 'ERROR'), { kind: 'license', file: 'prod.lic', corrupt: true }],
  [line('License file prod.lic is valid.'), { kind: 'license', file: 'prod.lic', corrupt: false }],
  [
    line('Credentials configuration for file auth extension changed, using new configuration.'),
    { kind: 'users', taken: true },
  ],
  [line('Configuration for file auth extension has errors: ', 'WARN'), { kind: 'users', taken: false }],
  [
    line('No credentials configuration file for file auth extension available, denying all connections.', 'WARN'),
    { kind: 'users', taken: false },
  ],
  [line('Could not read configuration file, reason: no content', 'ERROR'), { kind: 'users', taken: false }],
  [line('Unable to read configuration file /h/conf/credentials.xml', 'ERROR'), { kind: 'users', taken: false }],
  [line('Not all replicas are currently reachable, replica count 2', 'WARN'), { kind: 'disaster' }],
];

describe('lines of the log', () => {
  it.each(meanings)('%s', (text, meaning) => {
    expect(readLogLine(text)).toMatchObject(meaning);
    // Lines are selected on the host by these texts before they travel.
    expect(telltales.some((part) => text.includes(part))).toBe(true);
  });

  it.each(['Starting HiveMQ extension system.', 'Still shutting down HiveMQ.', 'Started TCP Listener on address a'])(
    'has no meaning for "%s"',
    (message) => expect(readLogLine(line(message))).toBeNull(),
  );

  it('is not led astray by what clients choose', () => {
    fc.assert(
      fc.property(fc.constantFrom(...meanings.map(([text]) => text)), (text) => {
        const message = text.slice(text.indexOf('- ') + 2);
        const event = readLogLine(line(`Client ${message} was disconnected`));
        // Words that are searched for within a message must be the broker's own at its level.
        expect(['started', 'starting', 'stopping', 'stopped', 'synchronization', 'disaster']).not.toContain(
          event?.kind,
        );
        expect(readLogLine(`\tat ${message}`)).toBeNull();
      }),
    );
  });
});

describe('facts of a log', () => {
  it('forget everything at a new start', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...meanings.map(([text]) => text))), (before) => {
        const facts = before.reduce(addLine, noFacts);
        expect(addLine(facts, line('Starting HiveMQ Enterprise Server'))).toEqual(noFacts);
      }),
    );
  });

  it('know a synchronization that was begun and not finished', () => {
    const join = line(`Starting cluster join process. ${doNot}`);
    expect(readLog([join]).synchronizing).toBe('join');
    expect(readLog([line(`Cluster join process is still ongoing. ${doNot}`)]).synchronizing).toBe('join');
    expect(readLog([join, line('Finished cluster join process successfully.')]).synchronizing).toBeNull();
  });

  it('count data as handed over only when the replication ended within a stop', () => {
    const finished = line('Finished cluster replication successfully in 1ms.');
    const stopping = line('Shutting down HiveMQ. Please wait, this could take a while...');
    const begun = line(`Starting cluster replication process. ${doNot}`);
    expect(readLog([begun, finished, stopping]).handedOver).toBe(false);
    expect(readLog([stopping, begun]).handedOver).toBe(false);
    expect(readLog([stopping, begun, finished])).toMatchObject({ handedOver: true, replication: 'finished' });
  });
});
