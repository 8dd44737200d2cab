import { describe, expect, it } from 'vitest';
import { Outbox } from '../../../src/sandbox/broker/mqtt/outbox.js';
import type { Queued } from '../../../src/sandbox/wire/records.js';

function queued(id: string, qos: number): Queued {
  const rest = { payload: '', retain: false, seq: 1, fingerprint: id, subscriptionIds: [] };
  return { id, topic: 't', qos, ...rest, expiresAt: undefined, properties: undefined, release: undefined };
}

describe('the outbox of a connection', () => {
  const open = () => {
    const sent: number[] = [];
    const acknowledged: string[] = [];
    const outbox = new Outbox({
      v5: true,
      window: 10,
      write: (packet) => {
        if (packet.cmd === 'publish') sent.push(packet.messageId ?? 0);
      },
      acknowledged: (id) => {
        acknowledged.push(id);
      },
      received: () => Promise.resolve(),
    });
    outbox.begin();
    return { outbox, sent, acknowledged };
  };

  it('sends what is offered twice once', () => {
    const { outbox, sent } = open();
    outbox.offer([queued('a', 1)]);
    outbox.offer([queued('a', 1)]);
    expect(sent).toEqual([1]);
  });

  it('tells again that a message is acknowledged when the session still has it, and does not send it again', () => {
    const { outbox, sent, acknowledged } = open();
    outbox.offer([queued('a', 1), queued('b', 0)]);
    outbox.puback(1);
    expect(acknowledged).toEqual(['a']);
    outbox.offer([queued('a', 1), queued('b', 0)]);
    expect(sent).toEqual([1, 0]);
    expect(acknowledged).toEqual(['a', 'a']);
  });
});
