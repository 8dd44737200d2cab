/** What one node says of itself in the bucket (HiveMQ S3 cluster discovery extension 4.3). */
export interface Announcement {
  /** The object's key: prefix and cluster id. */
  readonly key: string;
  /** The id that the node gave itself; not its host name. */
  readonly clusterId: string;
  /** The address and port that the others are told to connect to. */
  readonly host: string;
  readonly port: number;
  /** Milliseconds since 1970 by the node's own clock: when it wrote or renewed the object. */
  readonly createdAt: number;
}

/** An object below the prefix that is no announcement. */
export interface ForeignObject {
  readonly key: string;
  readonly reason: string;
}

const VERSION = '4';
const SEPARATOR = '||||';
const PARTS = 5;

/** Announcements are some 100 bytes; what is larger is not read. */
export const ANNOUNCEMENT_LIMIT = 4096;

/**
 * Reads an object's text: Base64 of `4||||<creation time>||||<cluster id>||||<host>||||<port>`. What the extension skips
 * is foreign here as well.
 */
export function readAnnouncement(key: string, text: string): Announcement | ForeignObject {
  const foreign = (reason: string): ForeignObject => ({ key, reason });
  const base64 = text.trim();
  if (base64 === '') return foreign('it is empty');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return foreign('it is no Base64 text');
  const parts = Buffer.from(base64, 'base64').toString('utf8').split(SEPARATOR);
  const [version, created = '', clusterId = '', host = '', port = ''] = parts;
  if (parts.length !== PARTS) return foreign(`it has ${parts.length} parts, where an announcement has ${PARTS}`);
  if (version !== VERSION) return foreign(`it has another format version than ${VERSION}`);
  if (!/^\d{1,15}$/.test(created)) return foreign('its creation time is no number');
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) return foreign('its port is none');
  if (clusterId === '' || host === '') return foreign('it names no node or no address');
  return { key, clusterId, host, port: Number(port), createdAt: Number(created) };
}

/**
 * Whether readers take the announcement for void, and remove it.
 *
 * @param fileExpiration seconds; 0 means never
 * @param now milliseconds since 1970
 */
export function isExpired(
  { createdAt }: Pick<Announcement, 'createdAt'>,
  fileExpiration: number,
  now: number,
): boolean {
  return fileExpiration !== 0 && createdAt + fileExpiration * 1000 < now;
}
