import { isHivekeeperError, messageOf } from '../../domain/errors/index.js';

/** Why S3 did not do what was asked, as far as an operator acts differently on it. */
export type TroubleKind =
  | 'unreachable'
  | 'untrusted'
  | 'no-s3'
  | 'server-failed'
  | 'wrong-region'
  | 'unknown-key'
  | 'wrong-secret'
  | 'bad-session'
  | 'clock'
  | 'bucket-missing'
  | 'no-permission'
  | 'refused';

export interface Trouble {
  readonly kind: TroubleKind;
  /** The server's or the network's own word for it, e.g. `AccessDenied`, `ECONNREFUSED`. Holds no key. */
  readonly code: string;
  /** The region that the server says is right, where it says so. */
  readonly region?: string | undefined;
}

/** By the error codes of the S3 API. */
const byCode: Readonly<Record<string, TroubleKind>> = {
  NoSuchBucket: 'bucket-missing',
  NotFound: 'bucket-missing',
  PermanentRedirect: 'wrong-region',
  TemporaryRedirect: 'wrong-region',
  AuthorizationHeaderMalformed: 'wrong-region',
  IllegalLocationConstraintException: 'wrong-region',
  InvalidAccessKeyId: 'unknown-key',
  SignatureDoesNotMatch: 'wrong-secret',
  ExpiredToken: 'bad-session',
  InvalidToken: 'bad-session',
  TokenRefreshRequired: 'bad-session',
  RequestTimeTooSkewed: 'clock',
  AccessDenied: 'no-permission',
  AllAccessDisabled: 'no-permission',
  AccountProblem: 'no-permission',
};

const certificateCode = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_TLS_CERT|HOSTNAME_MISMATCH)/;

/** Reads what a call of the SDK threw. */
export function troubleOf(error: unknown): Trouble {
  const status = numberAt(field(error, '$metadata'), 'httpStatusCode');
  const code = textAt(error, 'Code') ?? textAt(error, 'code') ?? textAt(error, 'name') ?? 'Error';
  const region = textAt(error, 'Region') ?? textAt(field(field(error, '$response'), 'headers'), 'x-amz-bucket-region');
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  if (known !== undefined) return { kind: known, code, region };
  if (isHivekeeperError(error)) return { kind: 'unreachable', code: messageOf(error) };
  if (certificateCode.test(code)) return { kind: 'untrusted', code };
  if (status === undefined) return { kind: 'unreachable', code: code === 'Error' ? messageOf(error) : code };
  if (status === 301 || status === 307) return { kind: 'wrong-region', code: `HTTP ${status}`, region };
  if (status === 403 || status === 401) return { kind: 'no-permission', code: `HTTP ${status}` };
  if (status >= 500) return { kind: 'server-failed', code: `HTTP ${status}` };
  // What answers without a code of the S3 API is some other web server, or a proxy before it.
  if (textAt(error, 'Code') === undefined) return { kind: 'no-s3', code: `HTTP ${status}` };
  return { kind: 'refused', code };
}

/** Thrown for an answer of 200 that is no answer of S3, such as the start page of a web server or a log-in page. */
export class NoListing extends Error {
  readonly $metadata = { httpStatusCode: 200 };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textAt(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function numberAt(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === 'number' ? found : undefined;
}
