import { randomBytes } from 'node:crypto';
import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import type { ContentStore, RemoteHost, StoredContent } from '../ports/index.js';
import type { SecretResolver } from '../secrets/index.js';
import { mismatch } from './directory-store.js';
import { checkUrl, isPage, shown, webPage } from './download.js';
import { resolveHeaders, type UrlContent } from './fetch-content.js';

export interface PlaceOptions {
  /** Octal permission bits. */
  readonly mode: number;
  readonly asUser?: string;
  readonly signal?: AbortSignal;
  /** Bytes on their way so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** Brings stored content to a path on a host, unless it is there already. @throws ContentMissing, ChecksumMismatch */
export async function placeContent(
  host: RemoteHost,
  store: ContentStore,
  stored: Pick<StoredContent, 'sha256'>,
  path: string,
  options: PlaceOptions,
): Promise<'written' | 'unchanged'> {
  return host.upload(await store.pathOf(stored.sha256), path, { ...options, sha256: stored.sha256 });
}

const exits = { noCurl: 66, mismatch: 67, disk: 68, http: 22, notWritten: 23 } as const;

/** The headers come in by a here-document that curl reads, so that no process list shows them. */
const program = (config: string, mark: string): string => `
path=$1 sum=$2 mode=$3 temp="$1.$4.fetching"
if [ -f "$path" ]; then
  have=$(sha256sum <"$path")
  if [ "\${have%% *}" = "$sum" ]; then chmod "$mode" -- "$path" && echo unchanged; exit; fi
fi
command -v curl >/dev/null || exit ${exits.noCurl}
mkdir -p -- "$(dirname -- "$path")" || exit ${exits.disk}
umask 077
trap 'rm -f -- "$temp" "$temp.type"' EXIT
trap 'exit 1' HUP INT TERM
curl --config - --output "$temp" >"$temp.type" <<'${mark}'
${config}
${mark}
code=$?
if [ "$code" -eq ${exits.notWritten} ]; then
  # curl does not say why: the host does when more is written.
  dd if=/dev/zero bs=65536 count=16 >>"$temp" || exit ${exits.disk}
fi
[ "$code" -eq 0 ] || exit "$code"
have=$(sha256sum <"$temp")
if [ "\${have%% *}" != "$sum" ]; then echo "\${have%% *} $(stat -c %s -- "$temp") $(cat -- "$temp.type")" >&2; exit ${exits.mismatch}; fi
chmod "$mode" -- "$temp" && sync -- "$temp" && mv -f -- "$temp" "$path" || exit ${exits.disk}
echo written`;

/**
 * The host itself downloads with curl; the hash is verified there before the file gets its name. There is no silent
 * fallback to the worker: a site may keep its worker from the network on purpose.
 * @throws ContentUnavailable, ContentMissing, ChecksumMismatch, SecretMissing
 */
export async function fetchOnHost(
  host: RemoteHost,
  content: UrlContent,
  path: string,
  options: PlaceOptions & {
    readonly secrets: SecretResolver;
    readonly timeout?: number;
    readonly expects?: string | undefined;
  },
): Promise<'written' | 'unchanged'> {
  checkUrl(content.url);
  const headers = await resolveHeaders(content, options.secrets);
  const config = [
    'silent',
    'show-error',
    'fail',
    'location',
    'max-redirs = 5',
    'proto = "=http,https"',
    'connect-timeout = 20',
    'speed-limit = 1',
    'speed-time = 60',
    'write-out = "%{content_type}"',
    `url = ${curlQuote(content.url)}`,
    ...Object.entries(headers).map(([name, value]) => `header = ${curlQuote(`${name}: ${value}`)}`),
  ].join('\n');
  const { asUser, signal, timeout = 3_600_000 } = options;
  const parameters = [path, content.sha256, options.mode.toString(8), randomBytes(6).toString('hex')];
  const mark = `END-${randomBytes(9).toString('hex')}`;
  try {
    const result = await host.script(program(config, mark), parameters, { asUser, signal, timeout });
    return result.stdout.trim() === 'unchanged' ? 'unchanged' : 'written';
  } catch (error) {
    throw translate(host.name, content, error, options.expects);
  }
}

/** A quoted value of a curl configuration file. A line break could add an option, so it is refused. */
function curlQuote(value: string): string {
  if (/[\r\n]/.test(value))
    throw new HivekeeperError('InvalidInput', 'An address or header of a download holds a line break.');
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function translate(host: string, content: UrlContent, error: unknown, expects?: string): unknown {
  if (!isHivekeeperError(error, 'CommandFailed')) return error;
  const { code, stderr } = error.details;
  const last = String(stderr).trim().split('\n').at(-1) ?? '';
  const url = shown(content.url);
  if (code === exits.mismatch) {
    const [found = '', bytes = '0', type = ''] = last.split(' ');
    if (isPage(type)) return webPage(`${host}: ${url}:`, expects, error);
    return mismatch(content.sha256, found, Number(bytes), `${host}: what ${url} delivers`);
  }
  if (code === exits.noCurl) {
    const message = `${host} has no curl to download ${url}. Install it, or set fetch: worker.`;
    return new HivekeeperError('ContentMissing', message, { host, url });
  }
  // The disk of the host, which is no fault of the address.
  if (code === exits.disk) return error;
  const refused = code === exits.http && !/error: (408|429|5\d\d)/.test(last);
  const message = `${host} could not download ${url}: ${last}. Check that the host can reach it, or set fetch: worker.`;
  return new HivekeeperError(
    refused ? 'ContentMissing' : 'ContentUnavailable',
    message,
    { host, url },
    { cause: error },
  );
}
