import { describe, expect, it } from 'vitest';
import {
  eventKinds,
  type OperationEvent,
  operationEventSchema,
  sinceText,
  withEvent,
} from '../../../src/domain/events/index.js';

const event = (text: string): OperationEvent => ({
  ...{ kind: 'stalled', at: '2026-11-21T14:08:11.000Z', since: '2026-11-21T14:03:11.000Z' },
  ...{ step: 'n2/drainNode', title: 'Move the clients of n2 elsewhere', node: 'n2', text },
});

describe('events of an operation', () => {
  it('are the kinds that are described', () => {
    expect(operationEventSchema.shape.kind.options.toSorted()).toEqual(Object.keys(eventKinds).toSorted());
    expect(operationEventSchema.parse(event('34 clients left'))).toEqual(event('34 clients left'));
    expect(operationEventSchema.safeParse({ ...event('x'), kind: 'unheard-of' }).success).toBe(false);
  });

  it('are kept up to a number, the latest', () => {
    let events: OperationEvent[] = [];
    for (let index = 0; index < 120; index++) events = withEvent(events, event(`${index}`));
    expect(events).toHaveLength(50);
    expect([events[0]?.text, events.at(-1)?.text]).toEqual(['70', '119']);
  });

  it('tell since when, with the date where it is another', () => {
    const since = Date.parse('2026-11-21T23:59:58.400Z');
    expect(sinceText(since, since + 1_000)).toBe('since 23:59:58 UTC');
    expect(sinceText(since, since + 2_000)).toBe('since 2026-11-21 23:59:58 UTC');
  });
});
