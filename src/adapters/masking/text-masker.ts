import { masked, maskStructure } from './mask-structure.js';
import type { SecretValues } from './secret-values.js';

/** How a text is read. `values`: only known values are looked for, in documents of which Hivekeeper knows every key. */
export type TextKind = 'any' | 'values' | 'environment';

const begins = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;
const ends = /-----END [A-Z0-9 ]*PRIVATE KEY-----/;
/** Lines of a key without its end; far more than any key has. */
const mostLines = 400;

/** Masks one text, given in blocks of whole lines. */
export class TextMasker {
  private keyLines = 0;

  constructor(
    private readonly values: SecretValues,
    private readonly kind: TextKind = 'any',
  ) {}

  block(text: string): string {
    const withoutKeys = this.keyLines > 0 || begins.test(text) ? this.hideKeys(text) : text;
    const structured = this.structured(withoutKeys);
    return this.values.forms.reduce((current, form) => current.replaceAll(form, masked), structured);
  }

  private structured(text: string): string {
    if (this.kind === 'values') return text;
    if (this.kind === 'environment') return text.replace(/^([A-Za-z_]\w*=).*$/gm, `$1${masked}`);
    return maskStructure(text, (value) => this.values.found(value));
  }

  /** A private key in PEM, on lines of its own or within one. */
  private hideKeys(text: string): string {
    const kept: string[] = [];
    for (const line of text.split('\n')) {
      if (this.keyLines > 0) {
        const end = ends.exec(line);
        if (end) kept.push(line.slice(end.index + end[0].length));
        this.keyLines = end || this.keyLines >= mostLines ? 0 : this.keyLines + 1;
        continue;
      }
      const whole = line.replace(new RegExp(`${begins.source}.*?${ends.source}`, 'g'), masked);
      const begin = begins.exec(whole);
      if (begin) this.keyLines = 1;
      kept.push(begin ? `${whole.slice(0, begin.index)}${masked}` : whole);
    }
    return kept.join('\n');
  }
}

/** Masks one text that is here as a whole. */
export const maskText = (text: string, values: SecretValues, kind?: TextKind): string =>
  new TextMasker(values, kind).block(text);
