import type { PasswordType } from './access-list.js';
import { accessProblems } from './access-problems.js';
import { readCredentials } from './read-credentials.js';

/** What is wrong with a credentials.xml, one sentence each; none where the extension takes it and lets its users in. */
export function credentialsProblems(xml: string, type: PasswordType): string[] {
  const read = readCredentials(xml);
  return 'fault' in read ? [read.fault] : accessProblems(read, type);
}

/** The same as clauses that follow the name of what is judged. */
export function credentialsRefusal(xml: string, type: PasswordType): string[] {
  const [first, ...rest] = credentialsProblems(xml, type);
  return first === undefined ? [] : [`cannot be used, nothing was changed: ${first}`, ...rest];
}
