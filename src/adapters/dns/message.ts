/** Record types with addresses (RFC 1035, RFC 3596). */
export const recordTypes = { A: 1, AAAA: 28 } as const;
type RecordType = keyof typeof recordTypes;

/** What a server says of a name. */
export interface DnsAnswer {
  /** 0: the name exists; 3: it does not; others: the server did not answer the question (RFC 1035, 4.1.1). */
  readonly code: number;
  readonly addresses: readonly string[];
}

const headerLength = 12;
const inInternet = 1;
const wantsRecursion = 0x0100;

/** A question for one type of record, with the length in front that DNS over TCP has. */
export function encodeQuestion(id: number, name: string, type: RecordType): Buffer {
  const labels = name.replace(/\.$/, '').split('.');
  const body = Buffer.concat([
    words(id, wantsRecursion, 1, 0, 0, 0),
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'ascii')])),
    Buffer.from([0]),
    words(recordTypes[type], inInternet),
  ]);
  return Buffer.concat([words(body.length), body]);
}

/** Reads an answer without its length. @throws RangeError when it ends too early */
export function decodeAnswer(message: Buffer): DnsAnswer {
  const code = message.readUInt16BE(2) & 0x0f;
  const questions = message.readUInt16BE(4);
  const answers = message.readUInt16BE(6);
  let at = headerLength;
  for (let index = 0; index < questions; index += 1) at = afterName(message, at) + 4;
  const addresses: string[] = [];
  for (let index = 0; index < answers; index += 1) {
    at = afterName(message, at);
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 8);
    const data = message.subarray(at + 10, at + 10 + length);
    if (type === recordTypes.A && length === 4) addresses.push([...data].join('.'));
    if (type === recordTypes.AAAA && length === 16) addresses.push(sixOf(data));
    at += 10 + length;
  }
  return { code, addresses };
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => buffer.writeUInt16BE(value, index * 2));
  return buffer;
}

/** A name is labels up to an empty one, or up to a pointer of two bytes. */
function afterName(message: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const length = message.readUInt8(at);
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    at += length + 1;
  }
}

const sixOf = (data: Buffer): string =>
  Array.from({ length: 8 }, (_, index) => data.readUInt16BE(index * 2).toString(16)).join(':');
