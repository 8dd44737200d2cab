import { HivekeeperError } from '../../domain/errors/index.js';

// eslint wants no control characters in patterns, so they are told by their code.
const isControl = (character: string): boolean => character.charCodeAt(0) < 0x20 || character.charCodeAt(0) === 0x7f;

/**
 * The template with the value of one secret in it. The templates have it in quotes, and keepalived knows no escapes.
 * @throws HivekeeperError InvalidInput for a value that would end its quotes or its line; it is not in the message
 */
export function withSecret(template: string, name: string, value: string): string {
  if (value === '' || value.includes('"') || Array.from(value).some(isControl)) {
    const message = `the secret for ${name} of the load balancer is empty, or has a quote or a control character; choose another`;
    throw new HivekeeperError('InvalidInput', message);
  }
  return template.replaceAll(`@{${name}}`, () => value);
}
