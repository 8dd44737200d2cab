import type { Socket } from 'node:net';
import { anything, flag, type Guard, literal, maybe, number, oneOf, parseAs, record, text } from '../../wire/guards.js';

/** Why a request was not carried out. `stale`: another view; `busy`: another view change; `closed`: the node is gone. */
export type Refusal = 'stale' | 'busy' | 'closed' | 'failed';

export class Refused extends Error {
  constructor(
    readonly reason: Refusal,
    message: string = reason,
  ) {
    super(message);
  }
}

/** One kind of request between nodes, with the shape of question and answer. */
export interface Call<Q, A> {
  name: string;
  question: Guard<Q>;
  answer: Guard<A>;
}

export function call<Q, A>(name: string, question: Guard<Q>, answer: Guard<A>): Call<Q, A> {
  return { name, question, answer };
}

const isRequest = record({ name: text, id: maybe(number), body: anything });
const isReply = record({ reply: number, body: maybe(anything) });
const isRefusal = record({ reply: number, refused: literal('stale', 'busy', 'closed', 'failed'), message: text });
const isFrame = oneOf(isRequest, oneOf(isRefusal, isReply));

/** Carries out one request of another node. */
export type Serve = (name: string, body: unknown, channel: Channel | undefined) => Promise<unknown>;

/** No frame is longer, in bytes: a longer one is no frame. */
const longestFrame = 256 * 1024 * 1024;

/**
 * One connection between two nodes: frames of a 4-byte length and JSON. While `held` (a cut network) nothing is read or
 * written, and nothing is lost: as with TCP, it goes on when the network is back.
 */
export class Channel {
  /** The node at the other end, once it said so. */
  peer: string | undefined;
  lastHeard = performance.now();
  closed = false;
  private held = false;
  private readonly waiting: Buffer[] = [];
  private readonly pending = new Map<number, { done: (body: unknown) => void; fail: (error: Refused) => void }>();
  private next = 1;
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly socket: Socket,
    private readonly serve: Serve,
    private readonly onClose: () => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.close());
  }

  get remoteHost(): string {
    return this.socket.remoteAddress ?? '';
  }

  hold(held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    if (this.closed) {
      this.socket.destroy();
      return;
    }
    if (held) {
      this.socket.pause();
      return;
    }
    for (const frame of this.waiting.splice(0)) this.socket.write(frame);
    this.socket.resume();
  }

  /** Gives the other end up: every open request fails. A held connection is kept silent, so that the other end notices nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const { fail } of this.pending.values()) fail(new Refused('closed'));
    this.pending.clear();
    if (!this.held) this.socket.destroy();
    this.onClose();
  }

  destroy(): void {
    this.close();
    this.socket.destroy();
  }

  private write(frame: object): void {
    if (this.closed) return;
    const body = Buffer.from(JSON.stringify(frame));
    const bytes = Buffer.allocUnsafe(4 + body.length);
    bytes.writeUInt32BE(body.length);
    body.copy(bytes, 4);
    if (this.held) this.waiting.push(bytes);
    else this.socket.write(bytes);
  }

  private read(chunk: Buffer): void {
    this.lastHeard = performance.now();
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= 4) {
      const length = this.rest.readUInt32BE();
      if (length > longestFrame) {
        this.socket.destroy();
        return;
      }
      if (this.rest.length < 4 + length) return;
      const frame = parseAs(isFrame, this.rest.toString('utf8', 4, 4 + length));
      this.rest = this.rest.subarray(4 + length);
      if (frame === undefined) {
        this.socket.destroy();
        return;
      }
      if ('name' in frame) void this.answer(frame.name, frame.id, frame.body);
      else if ('refused' in frame) this.settle(frame.reply)?.fail(new Refused(frame.refused, frame.message));
      else this.settle(frame.reply)?.done(frame.body);
    }
  }

  private settle(id: number): { done: (body: unknown) => void; fail: (error: Refused) => void } | undefined {
    const entry = this.pending.get(id);
    this.pending.delete(id);
    return entry;
  }

  private async answer(name: string, id: number | undefined, body: unknown): Promise<void> {
    try {
      const result = await this.serve(name, body, this);
      if (id !== undefined) this.write({ reply: id, body: result });
    } catch (error) {
      const refused = error instanceof Refused ? error.reason : 'failed';
      if (id !== undefined) this.write({ reply: id, refused, message: String(error) });
    }
  }

  /** @throws Refused when the other node refuses or the connection ends */
  async request<Q extends object, A>(kind: Call<Q, A>, question: Q): Promise<A> {
    if (this.closed) throw new Refused('closed');
    const id = this.next++;
    const body = await new Promise<unknown>((done, fail) => {
      this.pending.set(id, { done, fail });
      this.write({ name: kind.name, id, body: question });
    });
    if (!kind.answer(body)) throw new Refused('failed', `unexpected answer to ${kind.name}`);
    return body;
  }

  /** Sends without waiting for an answer. */
  notify<Q extends object, A>(kind: Call<Q, A>, question: Q): void {
    this.write({ name: kind.name, body: question });
  }
}

/** The handlers of the requests that a node answers. */
export class Handlers {
  private readonly byName = new Map<string, Serve>();

  on<Q, A>(kind: Call<Q, A>, handle: (question: Q, channel: Channel | undefined) => A | Promise<A>): void {
    this.byName.set(kind.name, async (_name, body, channel) => {
      if (!kind.question(body)) throw new Refused('failed', `malformed ${kind.name}`);
      return handle(body, channel);
    });
  }

  readonly serve: Serve = (name, body, channel) => {
    const handler = this.byName.get(name);
    if (!handler) return Promise.reject(new Refused('failed', `unknown request ${name}`));
    return handler(name, body, channel);
  };
}

/** Carries out a request on this node itself. */
export async function askSelf<Q extends object, A>(handlers: Handlers, kind: Call<Q, A>, question: Q): Promise<A> {
  const body = await handlers.serve(kind.name, question, undefined);
  if (!kind.answer(body)) throw new Refused('failed', `unexpected answer to ${kind.name}`);
  return body;
}

/** The answer of requests that have nothing to say. */
export const isDone = record({ done: flag });
export const done = { done: true };
