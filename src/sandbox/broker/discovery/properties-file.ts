import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExtensionHost } from './contract.js';

const escapes: Record<string, string> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescape(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_match, code: string) =>
    code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
  );
}

/** Reads the format of java.util.Properties: comments, three separators, continued lines, escapes. */
export function parseProperties(text: string): Map<string, string> {
  const lines = text.replace(/((?:^|[^\\])(?:\\\\)*)\\\r?\n[ \t\f]*/g, '$1').split(/\r?\n/);
  const found = new Map<string, string>();
  for (const line of lines) {
    const content = line.replace(/^[ \t\f]+/, '');
    if (content === '' || content.startsWith('#') || content.startsWith('!')) continue;
    const match = /^((?:\\.|[^\\=: \t\f])*)(?:[ \t\f]*[=:][ \t\f]*|[ \t\f]+|$)(.*)$/.exec(content);
    if (match) found.set(unescape(match[1] ?? ''), unescape(match[2] ?? ''));
  }
  return found;
}

/**
 * Where an extension's configuration lies: a file at the old place in the extension's root wins over the one in conf,
 * with a warning, once (ConfigResolver of the vendor's extensions).
 */
export class ConfigLocation {
  private warned = false;

  constructor(
    private readonly host: ExtensionHost,
    private readonly extension: string,
    private readonly legacyName: string,
  ) {}

  get file(): string {
    const { home, log } = this.host;
    const current = join(home, 'conf', 'config.properties');
    const legacy = join(home, this.legacyName);
    if (!existsSync(legacy)) return current;
    if (!this.warned) {
      log.warn(
        `${this.extension}: The configuration file '${legacy}' is placed at the legacy location. Please move the configuration file to '${current}'. Support for the legacy location will be removed in a future release.`,
      );
    }
    this.warned = true;
    return legacy;
  }

  /** The properties; undefined when there is no file that can be read. */
  read(): Map<string, string> | undefined {
    const { file } = this;
    try {
      return parseProperties(readFileSync(file, 'utf8'));
    } catch {
      return undefined;
    }
  }
}
