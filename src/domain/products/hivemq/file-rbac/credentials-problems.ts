import type { PasswordType } from './access-list.js';
import { accessProblems } from './access-problems.js';
import { readCredentials } from './read-credentials.js';

/** What is wrong with a credentials.xml, one sentence each; none where the extension takes it and lets its users in. */
export function credentialsProblems(xml: string, type: PasswordType): string[] {
  const read = readCredentials(xml);
  return 'fault' in read ? [read.fault] : accessProblems(read, type);
}
