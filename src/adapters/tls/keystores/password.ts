import { refuse } from '../refuse.js';

/**
 * A password that Java, OpenSSL and Node read the same way: printable ASCII, since Java's password-based ciphers take
 * nothing else (OpenJDK: com.sun.crypto.provider.PBEKey), and 6 characters or more, as keytool asks for.
 * @throws HivekeeperError KeyMaterialInvalid that does not repeat it
 */
export function checkPassword(password: string, title: string): void {
  if (password.length >= 6 && /^[ -~]*$/.test(password)) return;
  const found = password.length < 6 ? `${password.length} characters` : 'others than printable ASCII characters';
  throw refuse(
    'unusable-password',
    `The password of ${title} has ${found}, expected 6 or more printable ASCII characters: Java opens nothing else. Choose another.`,
  );
}
