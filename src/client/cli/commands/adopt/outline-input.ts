import { contentFiles } from '../../../../domain/spec/index.js';
import type { CliIo } from '../../io.js';
import { loadOutlineFile } from '../../spec-file/index.js';
import type { CommonOptions } from '../operations/operation-input.js';
import { publishSpecFiles } from '../operations/publish-spec-files.js';

type Path = readonly (string | number)[];

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (one, key) => (typeof one === 'object' && one !== null ? Reflect.get(one, key) : undefined),
    value,
  );

/** The same with another value at a path; what is not on the path is shared. */
function withAt(value: unknown, [key, ...rest]: Path, item: unknown): unknown {
  if (key === undefined) return item;
  if (Array.isArray(value)) {
    return value.map((one: unknown, index) => (index === key ? withAt(one, rest, item) : one));
  }
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [key]: withAt(Reflect.get(value, key), rest, item) };
}

/**
 * The input of an adoption from a file that has a part of a spec: just that part, so that what it leaves out is read from
 * the hosts instead of being the default. Files that it names are brought to the worker.
 */
export async function outlineInput(
  file: string,
  { data, dryRun = false }: Pick<CommonOptions, 'data' | 'dryRun'>,
  io: CliIo,
): Promise<{ cluster: string; spec: unknown }> {
  const loaded = await loadOutlineFile(file, io);
  const published = await publishSpecFiles({ loaded, file, data, dryRun }, io);
  const spec = contentFiles(loaded.spec).reduce<unknown>(
    (given, { path }) => withAt(given, path, at(published, path)),
    loaded.given,
  );
  return { cluster: loaded.spec.name, spec };
}
