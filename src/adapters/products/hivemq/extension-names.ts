import { extensionName } from '../../../domain/products/hivemq/extension-xml.js';
import type { Member } from './context.js';

const program = `
home=$1
shift
for id; do
  file=$home/extensions/$id/hivemq-extension.xml
  [ ! -r "$file" ] || printf '%s %s\\n' "$id" "$(base64 <"$file" | tr -d '\\n')"
done
:`;

/** Id -> the name under which the broker's log speaks of an extension; one that is not there is left out. */
export async function extensionNames(
  { host, supervised }: Pick<Member, 'host' | 'supervised'>,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { stdout } = await host.script(program, [supervised.home, ...ids], { asUser: supervised.user, signal });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [id = '', text = ''] = line.split(' ');
      return [id, extensionName(Buffer.from(text, 'base64').toString('utf8')) ?? id] as const;
    }),
  );
}
