import { looksSecret } from '../../domain/secrets/looks-secret.js';

export const masked = '***';
/** `${NAME}` and `@{NAME}` name a secret and are none. */
const placeholder = /^(?:[$@]\{[^{}]*\}|\*\*\*|)$/;

type Found = (value: string) => void;

/** Puts `***` in place of what stands where a secret is expected, and tells each value. */
export function maskStructure(text: string, found: Found): string {
  const rules = [elements, attributes, namedValues, headers, addresses, lines, words];
  return rules.reduce((current, rule) => rule(current, found), text);
}

/** The value without quotes or markup around it. */
function bare(value: string): string {
  const [, inner] = /^<!\[CDATA\[([\s\S]*)\]\]>$/.exec(value.trim()) ?? [];
  return (inner ?? value).trim().replace(/^(["'])([\s\S]*)\1$/, '$2');
}

function hide(value: string, found: Found): string {
  const plain = bare(value);
  if (placeholder.test(plain)) return value;
  found(plain);
  return masked;
}

const local = (name: string): string => name.split(':').at(-1) ?? name;

/** `<password>…</password>` */
const elements = (text: string, found: Found): string =>
  text.replace(
    /<([\w:.-]+)((?:\s[^<>]*)?)>((?:<!\[CDATA\[[\s\S]*?\]\]>)|[^<]*)<\/\1\s*>/g,
    (all, name: string, rest: string, value: string) =>
      looksSecret(local(name)) ? `<${name}${rest}>${hide(value, found)}</${name}>` : all,
  );

/** `password="…"` */
const attributes = (text: string, found: Found): string =>
  text.replace(
    /([\w:.-]+)(\s*=\s*)(["'])([^"'\n]*)\3/g,
    (all, name: string, equals: string, quote: string, value: string) =>
      looksSecret(local(name)) ? `${name}${equals}${quote}${hide(value, found)}${quote}` : all,
  );

/** `<property name="password" value="…"/>`, `<entry key="password">…</entry>` */
const namedValues = (text: string, found: Found): string =>
  text
    .replace(
      /(\b(?:name|key)\s*=\s*["']([^"'<>\n]*)["'][^<>]*?\bvalue\s*=\s*)(["'])([^"'<>]*)\3/g,
      (all, before: string, name: string, quote: string, value: string) =>
        looksSecret(name) ? `${before}${quote}${hide(value, found)}${quote}` : all,
    )
    .replace(
      /(\b(?:name|key)\s*=\s*["']([^"'<>\n]*)["'][^<>]*>)([^<]+)</g,
      (all, before: string, name: string, value: string) =>
        looksSecret(name) ? `${before}${hide(value, found)}<` : all,
    );

/** What proves who somebody is in a request of HTTP. */
const headers = (text: string, found: Found): string =>
  text
    .replace(
      /((?:proxy-)?authorization["']?\s*[:=]\s*\[?["']?)([^\r\n"'\]]+)/gi,
      (_, before: string, value: string) => `${before}${hide(value, found)}`,
    )
    .replace(/((?:set-)?cookie["']?\s*:\s*["']?)([^\r\n"']+)/gi, (_, before: string) => `${before}${masked}`)
    .replace(
      /\b([Bb]asic|[Bb]earer)(\s+)(?=[\w.~+/-]*[0-9A-Z=])([\w.~+/=-]{8,})/g,
      (_, scheme: string, blank: string, value: string) => `${scheme}${blank}${hide(value, found)}`,
    );

/** `https://name:password@host` */
const addresses = (text: string, found: Found): string =>
  text.replace(/(:\/\/[^/\s:@]*:)([^@\s]+)@/g, (_, before: string, value: string) => `${before}${hide(value, found)}@`);

/** A line that is one assignment, in whatever kind of file: the rest of it, continued lines included. */
const lines = (text: string, found: Found): string =>
  text.replace(
    /^([ \t]*(?:[-+] )?(?:export |Environment[:=] ?)?["']?(-{0,2}[\w.-]+)["']?[ \t]*[=:][ \t]*)((?:\\\r?\n|[^\r\n])+)/gm,
    (all, before: string, name: string, value: string) =>
      looksSecret(name) && !/^[[{|>]?\s*$/.test(value) ? `${before}${hideLine(value, found)}` : all,
  );

/** A comma at the end of a line of JSON stays. */
function hideLine(value: string, found: Found): string {
  const [, quoted, rest] = /^("(?:[^"\\]|\\.)*")(\s*,?\s*)$/.exec(value) ?? [];
  if (quoted !== undefined) return `${hide(quoted, found) === masked ? `"${masked}"` : quoted}${rest ?? ''}`;
  return hide(value, found);
}

/** `password=…`, `"password": "…"` and `--password …` within a line. */
const words = (text: string, found: Found): string =>
  text
    .replace(
      /(?<![\w.-])(-{0,2}[\w.-]+)(["']?[ \t]*[=:][ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[$@]\{[^{}\n]*\}|[^\s"'<>,;&)\]}]+)/g,
      (all, name: string, equals: string, value: string) => {
        if (!looksSecret(name)) return all;
        const quote = /^["']/.exec(value)?.[0] ?? '';
        const hidden = hide(value, found);
        return hidden === masked ? `${name}${equals}${quote}${masked}${quote}` : all;
      },
    )
    .replace(/(?<![\w.-])(--?[\w.-]+)([ \t]+)(?!-)([^\s"'<>]+)/g, (all, name: string, blank: string, value: string) =>
      looksSecret(name) ? `${name}${blank}${hide(value, found)}` : all,
    );
