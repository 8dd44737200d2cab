import { describe, expect, it } from 'vitest';
import { judgeSoak, type LogSigns, type SoakLook } from '../../../src/domain/upgrade/index.js';
import { nodeId, servingNode, stoppedNode, unreachableNode } from '../support/nodes.js';

const names = ['n1', 'n2', 'n3'];
const quiet: LogSigns = { log: 10, events: 10, errors: 0, firstError: null, defaultConfig: null, losses: 0 };
const node = servingNode('n1', names, '4.31.0');
const view = (members: readonly string[]) => ({
  ...{ nodeId: nodeId('n1'), nodeState: 'RUNNING', leaveReplicationInProgress: false },
  members: members.map(nodeId),
});

const look = (more: Partial<SoakLook> = {}): SoakLook => ({
  version: '4.31.0',
  watched: { pid: 100, startTime: '1' },
  node,
  others: ['n2', 'n3'].map((host) => servingNode(host, names)),
  signs: quiet,
  clients: null,
  ...more,
});
const signs = (more: Partial<LogSigns>) => look({ signs: { ...quiet, ...more } });
const lost = (losses: number, clients: number | null) => look({ signs: { ...quiet, losses }, clients });

describe('a node that is watched', () => {
  it.each([
    ['a process that ended', look({ node: stoppedNode('n1') }), 'its process ended'],
    ['another process', look({ watched: { pid: 7, startTime: '1' } }), 'another one was started'],
    ['a pid that was given again', look({ watched: { pid: 100, startTime: '0' } }), 'another one was started'],
    ['another version', look({ node: servingNode('n1', names, '4.30.0') }), 'it runs 4.30.0'],
    ['its default configuration', signs({ defaultConfig: 'Using default config' }), 'Using default config'],
    ['one error too many', signs({ errors: 4, firstError: 'Uncaught Error:' }), 'the first: Uncaught Error:'],
    ['clients that are cut off', lost(30, 100), '30 clients were cut off while 100 are connected'],
    ['clients that are all gone', lost(11, 0), '11 clients were cut off'],
  ])('fails for %s', (_, given, why) => {
    expect(judgeSoak(given)).toMatchObject({ kind: 'failed', why: expect.stringContaining(why) as string });
  });

  it.each([
    ['readiness', look({ node: { ...node, ready: false } })],
    ['an answer of its health API', look({ node: { ...node, view: null } })],
    ['the end of a merge', look({ node: { ...node, synchronizing: 'merge' } })],
    ['the others', look({ node: { ...node, view: view(['n1', 'n2']) } })],
    ['its place in their view', look({ others: [servingNode('n2', ['n2', 'n3'])] })],
  ])('is given time for %s', (_, given) => {
    expect(judgeSoak(given).kind).toBe('wrong');
  });

  it('is not taken for well where nobody can tell', () => {
    expect(judgeSoak(look({ node: unreachableNode('n1') })).kind).toBe('unknown');
    expect(judgeSoak(look({ node: { ...node, process: null } })).kind).toBe('unknown');
  });

  it.each([
    ['a quiet one', look(), '0 of 3 errors, 0 clients cut off'],
    ['single errors', signs({ errors: 3 }), '3 of 3 errors'],
    ['some clients of many', lost(20, 100), '20 of 100 clients cut off'],
    ['a few clients of few', lost(10, 10), '10 clients cut off'],
    ['clients nobody can count', lost(99, null), 'not known of how many'],
    ['a broker without such a log', signs({ losses: null }), 'not known how many clients were cut off'],
    ['another member that is down', look({ others: [stoppedNode('n2'), servingNode('n3', names)] }), '0 of 3'],
  ])('is well with %s, and says what was seen', (_, given, seen) => {
    expect(judgeSoak(given)).toMatchObject({ kind: 'well', seen: expect.stringContaining(seen) as string });
  });
});
