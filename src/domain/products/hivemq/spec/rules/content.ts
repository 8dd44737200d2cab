import { type ClusterRule } from '../cluster/rules/rule.js';
import { repeated } from './listeners.js';

/** A license file and an extension each stand in the list once. */
export const uniqueContent: ClusterRule = ({ licenses, extensions }) => [
  ...repeated(
    licenses,
    (one) => one.name,
    (index) => ['licenses', index, 'name'],
    (name) => `another license has the name ${name}; give each file its own name`,
  ),
  ...repeated(
    extensions,
    (one) => one.id,
    (index) => ['extensions', index, 'id'],
    (id) => `the extension ${id} stands in the list already; keep one entry`,
  ),
];

/** Files of an extension that have a key of their own. */
const owned: readonly { readonly matches: RegExp; readonly instead: string }[] = [
  { matches: /^DISABLED$/, instead: 'write enabled: false at the extension' },
  { matches: /^hivemq-extension\.xml$/, instead: 'it belongs to the zip: change content' },
  { matches: /\.jar$/, instead: 'programs belong to the zip: change content, which is held to its SHA-256' },
];

/** What decides whether and what the broker runs does not hide among configuration files. */
export const extensionFiles: ClusterRule = ({ extensions }) =>
  extensions.flatMap(({ files }, index) =>
    Object.keys(files).flatMap((file) => {
      const rule = owned.find(({ matches }) => matches.test(file));
      return rule ? [{ path: ['extensions', index, 'files', file], message: `not as a file: ${rule.instead}` }] : [];
    }),
  );
