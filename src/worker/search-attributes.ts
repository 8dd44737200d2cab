import type { NativeConnection } from '@temporalio/worker';
import { searchAttributeNames } from '../domain/operations/search-attributes.js';
import { HivekeeperError, messageOf } from '../domain/errors/index.js';

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const keyword = 2;

/** Name -> type, as a server is started with them. */
export const searchAttributeTypes: Readonly<Record<string, 'Keyword'>> = Object.fromEntries(
  Object.values(searchAttributeNames).map((name) => [name, 'Keyword']),
);

/**
 * Registers the search attributes that operations set; a workflow that sets an unknown one would fail its task for ever.
 * @throws HivekeeperError InvalidInput with the command that registers them, when this worker may not.
 */
export async function ensureSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const missing = await missingAttributes(connection, namespace);
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
  } catch (error) {
    const flags = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    throw new HivekeeperError(
      'InvalidInput',
      `namespace ${namespace} lacks the search attributes ${missing.join(', ')} and they cannot be registered (${messageOf(error)}); run: temporal operator search-attribute create --namespace ${namespace} ${flags}`,
    );
  }
}

async function missingAttributes(connection: NativeConnection, namespace: string): Promise<string[]> {
  const listed = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.values(searchAttributeNames).filter((name) => !Object.hasOwn(listed.customAttributes, name));
}
