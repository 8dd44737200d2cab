import { StringDecoder } from 'node:string_decoder';
import { Transform } from 'node:stream';
import type { SecretValues } from './secret-values.js';
import { TextMasker } from './text-masker.js';

const blockLength = 64 * 1024;
/** A longer line cannot be looked through as a whole, so it is left out. */
const longestLine = 1024 * 1024;

export interface MaskStreamOptions {
  /** The beginning was cut off: what is left of its first line could be half a secret. Default: false */
  readonly dropFirstLine?: boolean;
  /** It is being written to: so could its last line, as long as it has no end. Default: false */
  readonly dropOpenLine?: boolean;
}

/** Masks a text of any length; a few blocks of it are in memory at a time. */
export function maskStream(values: SecretValues, options: MaskStreamOptions = {}): Transform {
  const decoder = new StringDecoder('utf8');
  const masker = new TextMasker(values);
  let carry = '';
  let dropping = options.dropFirstLine === true;
  let leftOut = false;

  const take = (text: string): string => {
    carry += text;
    if (dropping || leftOut) {
      const end = carry.indexOf('\n');
      if (end < 0) {
        carry = '';
        return '';
      }
      carry = carry.slice(end + 1);
      dropping = false;
      leftOut = false;
    }
    if (carry.length < blockLength) return '';
    const end = carry.lastIndexOf('\n') + 1;
    const whole = carry.slice(0, end);
    carry = carry.slice(end);
    if (carry.length <= longestLine) return masker.block(whole);
    carry = '';
    leftOut = true;
    return `${masker.block(whole)}(a line of more than ${longestLine} characters was left out)\n`;
  };

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, take(decoder.write(chunk)));
    },
    flush(done) {
      const rest = take(decoder.end());
      const open = dropping || leftOut ? '' : carry;
      const last = options.dropOpenLine === true ? open.slice(0, open.lastIndexOf('\n') + 1) : open;
      done(null, rest + masker.block(last));
    },
  });
}
