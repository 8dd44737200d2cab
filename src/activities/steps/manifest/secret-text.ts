import { HivekeeperError } from '../../../domain/errors/index.js';
import { hasControlCharacter } from '../../../domain/spec/text.js';
import type { SecretText } from '../../../render/node-manifest.js';
import type { Dependencies } from '../../dependencies.js';

export interface SecretTextSource extends Pick<Dependencies, 'secrets' | 'userPasswords'> {
  readonly cluster: string;
}

/** A secret as a text has it, and everything of it that must stand in no message. */
export interface ResolvedText {
  readonly text: string;
  readonly secrets: readonly string[];
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const asXml = (text: string): string => text.replace(/[&<>]/g, (character) => entities[character] ?? character);

/** Resolves a secret for a text. @throws SecretMissing, InvalidInput that names the user and nothing of the password */
export async function secretText(value: SecretText, source: SecretTextSource): Promise<ResolvedText> {
  const { secrets, userPasswords, cluster } = source;
  if (!('from' in value)) {
    const text = await secrets.resolve(value);
    return { text, secrets: [text] };
  }
  const { user, form } = value;
  const password = await secrets.resolve(value.secret);
  if (form === 'hashed') {
    const text = await userPasswords.hashed(cluster, user, password);
    return { text, secrets: [password, text] };
  }
  if (hasControlCharacter(password)) throw refused(user, 'has control characters, which XML cannot hold');
  // What reads the file keeps blanks, but cannot be relied on to.
  if (password !== password.trim()) throw refused(user, 'has blanks around it');
  const text = asXml(password);
  return { text, secrets: [password, text] };
}

const refused = (user: string, why: string): HivekeeperError =>
  new HivekeeperError(
    'InvalidInput',
    `the password of the user ${user} ${why}: choose another, or passwordType: hashed`,
    {
      user,
    },
  );
