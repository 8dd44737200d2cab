import type { UsersSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { SecretText } from '../../node-manifest.js';
import { renderXml } from '../../xml.js';

/** The settings of the File RBAC extension; element names are those of its class ExtensionConfig. */
export function renderFileRbacSettings({
  passwordType,
  reloadInterval,
  listenerNames,
  nextExtensionInsteadOfFail,
}: UsersSpec): string {
  return renderXml({
    'extension-configuration': {
      'credentials-reload-interval': reloadInterval / 1000,
      ...(listenerNames.length > 0 && { 'listener-names': { 'listener-name': listenerNames } }),
      'password-type': passwordType.toUpperCase(),
      'next-extension-instead-of-fail': nextExtensionInsteadOfFail,
    },
  });
}

/** A credentials.xml with a mark `@{PASSWORD_n}` in the place of each password that is a secret. */
export interface CredentialsTemplate {
  readonly template: string;
  readonly values: Readonly<Record<string, SecretText>>;
}

/** No text of a spec can hold it. */
const bell = String.fromCharCode(7);
const variable = (index: number): string => `PASSWORD_${index + 1}`;

/** The credentials.xml of a spec's users and roles; element names are those of the extension's class FileAuthConfig. */
export function renderCredentials({ users, roles, passwordType }: UsersSpec): CredentialsTemplate {
  const xml = renderXml({
    'file-rbac': {
      users: {
        user: users.map(({ name, passwordHash, roles: has }, index) => ({
          name,
          password: passwordHash ?? `${bell}${variable(index)}${bell}`,
          roles: { id: has },
        })),
      },
      roles: {
        role: roles.map(({ id, permissions }) => ({
          id,
          permissions: {
            permission: permissions.map(({ sharedSubscription, sharedGroup, ...permission }) => ({
              ...permission,
              'shared-subscription': sharedSubscription,
              'shared-group': sharedGroup,
            })),
          },
        })),
      },
    },
  });
  const values = users.flatMap(({ name, password }, index): [string, SecretText][] =>
    password === undefined
      ? []
      : [[variable(index), { from: 'file-rbac-password', form: passwordType, user: name, secret: password }]],
  );
  return { template: marked(xml), values: Object.fromEntries(values) };
}

/** What looks like a mark in a name or a topic is written otherwise; it means the same. */
function marked(xml: string): string {
  return xml
    .split(bell)
    .map((part, index) => (index % 2 === 1 ? `@{${part}}` : part.replaceAll('@{', '&#64;{')))
    .join('');
}
