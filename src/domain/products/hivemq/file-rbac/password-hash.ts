const base64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Characters of base64 for 64 bytes, the length of the extension's PBKDF2-HMAC-SHA512 (its class Hashing). */
const hashLength = 88;

/** The largest number of iterations: more than a Java integer holds is read as no number at all. */
export const mostIterations = 2_147_483_647;

/**
 * Why a text is no password hash of the File RBAC extension, `base64(salt):iterations:base64(hash)`; null where it is one.
 * The extension itself takes any text with one colon and then never lets the user in, so this is stricter. It quotes
 * nothing of the text.
 */
export function hashProblem(text: string): string | null {
  const parts = text.split(':');
  const [salt = '', iterations = '', hash = ''] = parts;
  if (parts.length !== 3) {
    return `has ${parts.length} parts between colons, and needs 3: salt:iterations:hash; make one with \`hivekeeper users hash\``;
  }
  if (salt === '' || !base64.test(salt)) return 'has a salt that is not base64';
  if (!/^[1-9]\d{0,9}$/.test(iterations) || Number(iterations) > mostIterations) {
    return `has iterations that are no whole number from 1 to ${mostIterations}`;
  }
  if (hash.length !== hashLength || !base64.test(hash)) {
    return `has a hash that is not ${hashLength} characters of base64, as 64 bytes of PBKDF2-HMAC-SHA512 are`;
  }
  return null;
}
