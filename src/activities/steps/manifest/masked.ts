import { mask } from '../../../adapters/secrets/index.js';
import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';

/** Values that must stand in no message, collected as they become known. */
export class KnownSecrets {
  private readonly values = new Set<string>();

  add(...values: readonly string[]): void {
    for (const value of values) this.values.add(value);
  }

  /** Runs `body`; what it throws tells none of the values. */
  async hidden<T>(body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      const values = [...this.values];
      const shown = JSON.stringify([error instanceof Error ? error.message : String(error), detailsOf(error)]);
      // Escapes of JSON may hide a value from the first look.
      const tells = values.some((value) => value !== '' && (shown.includes(value) || shown.includes(escaped(value))));
      if (!tells) throw error;
      const kind = isHivekeeperError(error) ? error.kind : 'Internal';
      throw new HivekeeperError(kind, mask(error instanceof Error ? error.message : String(error), values));
    }
  }
}

const escaped = (value: string): string => JSON.stringify(value).slice(1, -1);
const detailsOf = (error: unknown): unknown => (isHivekeeperError(error) ? error.details : null);
