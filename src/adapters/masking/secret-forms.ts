/** Shorter encodings say too little to be looked for. */
const shortestCore = 8;

/**
 * Every form in which a value may stand in a file, as far as it can be told from other text: as it is, escaped for XML,
 * JSON, properties and the lines of a shell, percent-encoded, in hexadecimal digits, and in base64 at whatever offset.
 */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  return [
    ...new Set([
      value,
      ...escaped(value),
      ...percentEncoded(value),
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      ...base64Forms(bytes),
    ]),
  ].filter((form) => form !== '');
}

/** The same for files that are no text. */
export function binaryFormsOf(value: string): Buffer[] {
  const wide = Buffer.from(value, 'utf16le');
  return [...formsOf(value).map((form) => Buffer.from(form)), wide, Buffer.from(wide).swap16()];
}

const xml: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escaped(value: string): string[] {
  const entities = (pattern: RegExp): string => value.replace(pattern, (one) => xml[one] ?? one);
  return [
    entities(/[&<>]/g),
    entities(/[&<>"]/g),
    entities(/[&<>"']/g),
    entities(/[&<>"']/g).replaceAll('&apos;', '&#39;'),
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/'),
    value.replace(/["\\$`]/g, '\\$&'),
    value.replaceAll("'", `'\\''`),
    value.replace(/[\\:=#!]/g, '\\$&'),
  ];
}

function percentEncoded(value: string): string[] {
  // Half a surrogate pair cannot be encoded.
  if (/\p{Surrogate}/u.test(value)) return [];
  const usual = encodeURIComponent(value);
  const strict = usual.replace(/[!'()*~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  const lower = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase());
  const plus = (text: string): string => text.replaceAll('%20', '+');
  return [usual, strict, encodeURI(value)].flatMap((text) => [text, lower(text), plus(text), lower(plus(text))]);
}

/** At the offsets 1 and 2 within three bytes, and without the characters that hold bits of what stands beside it. */
function base64Forms(bytes: Buffer): string[] {
  const cores = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const whole = (offset + bytes.length) % 3 === 0;
    return text.slice(offset === 0 ? 0 : offset + 1, whole ? undefined : -1);
  });
  const forms = [bytes.toString('base64'), ...cores.filter((core) => core.length >= shortestCore)];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')]);
}
