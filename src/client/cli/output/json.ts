import type { CliIo } from '../io.js';

/** The one JSON document of a command. */
export function printJson(io: CliIo, value: object): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
