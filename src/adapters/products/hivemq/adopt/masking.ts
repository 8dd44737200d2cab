import { looksSecret } from '../../../../domain/secrets/looks-secret.js';
import { reference, referencePrefix } from '../../../../domain/products/hivemq/adopt/mask-config.js';

/** A value that was found besides config.xml. */
export interface HiddenValue {
  readonly reference: string;
  readonly value: string;
  /** The option or variable that has it. */
  readonly name: string;
}

const word = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');

/** Shorter values stand in too many other words to be looked for. */
const shortest = 6;

/**
 * Puts references in place of what looks like a secret in texts that are not XML: command lines, options, units. What was
 * hidden once is hidden wherever it stands again.
 */
export class Masking {
  readonly hidden: HiddenValue[] = [];

  constructor(private readonly cluster: string) {}

  /** Takes a value that is known to be a secret. */
  hide(
    name: string,
    value: string,
    as = `${referencePrefix(this.cluster)}_${word(name.replace(/^-+D?/, ''))}`,
  ): string {
    if (!this.hidden.some((one) => one.reference === as)) this.hidden.push({ reference: as, value, name });
    return reference(as);
  }

  /** Words of a command line: `-Dname=value`, `--name=value`, `--name value`. */
  words(words: readonly string[]): string[] {
    return words.map((one, index) => {
      const before = words[index - 1] ?? '';
      if (/^-{1,2}[\w.-]+$/.test(before) && looksSecret(before) && !one.startsWith('-')) return this.hide(before, one);
      return this.assignment(one);
    });
  }

  /** `NAME=value` in the lines of a unit, in quotes or without. */
  text(text: string): string {
    const quoted = text.replace(
      /(["'])(-{0,2}[\w.-]+)=((?:(?!\1)[^\n])*)\1/g,
      (all, quote: string, name: string, value: string) =>
        looksSecret(name) && value !== '' ? `${quote}${name}=${this.hide(name, value)}${quote}` : all,
    );
    const plain = this.unquoted(quoted);
    return this.known(plain.replace(/(:\/\/[^/\s:@]*:)[^@\s]+@/g, '$1***@'));
  }

  /** Everything that is known by now. */
  known(text: string): string {
    return this.hidden
      .filter(({ value }) => value.length >= shortest)
      .sort((a, b) => b.value.length - a.value.length)
      .reduce((masked, { value, reference: name }) => masked.replaceAll(value, reference(name)), text);
  }

  /** What follows `NAME=`, wherever it stands: another assignment may be around it, as in `Environment=NAME=value`. */
  private unquoted(text: string): string {
    const name = /(-{0,2}[\w.-]+)=/g;
    let masked = '';
    let done = 0;
    for (let found = name.exec(text); found !== null; found = name.exec(text)) {
      const value = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s"']*)/.exec(text.slice(name.lastIndex))?.[0] ?? '';
      const plain = value.replace(/^["']|["']$/g, '');
      if (!looksSecret(found[1] ?? '') || plain === '' || plain.startsWith('${')) continue;
      masked += text.slice(done, name.lastIndex) + this.hide(found[1] ?? '', plain);
      done = name.lastIndex + value.length;
      name.lastIndex = done;
    }
    return masked + text.slice(done);
  }

  private assignment(one: string): string {
    const [, name, value] = /^(-{0,2}[\w.-]+)=(.*)$/s.exec(one) ?? [];
    if (name !== undefined && value !== undefined && value !== '' && looksSecret(name))
      return `${name}=${this.hide(name, value)}`;
    return one.replace(/(:\/\/[^/\s:@]*:)[^@\s]+@/g, '$1***@');
  }
}
