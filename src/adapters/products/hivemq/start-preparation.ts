import { HivekeeperError } from '../../../domain/errors/index.js';
import type { Member } from './context.js';

/**
 * Names only: values of the environment file never leave the host. Both the file and the placeholders are read as the
 * broker's user, because nobody else may.
 */
const program = `
home=$1
[ -r "$home/log/hivemq.log" ] && printf 'size %s\\n' "$(wc -c <"$home/log/hivemq.log")"
if [ -r "$home/conf/config.xml" ]; then
  echo 'config there'
  grep -oE '\\$\\{(ENV:)*[^}]*\\}' -- "$home/conf/config.xml" | sed 's/^..//; s/.$//; s/^\\(ENV:\\)*/needed /' | sort -u
fi
if [ -n "$(ls -A -- "$home/data/cluster-backup" 2>/dev/null)" ] || [ -d "$home/data-kept" ]; then echo 'copy there'; fi
if [ -n "$(ls -A -I cluster-backup -- "$home/data" 2>/dev/null)" ]; then echo 'data there'; fi
for file in hivekeeper.env hivekeeper-secrets.env; do
  [ ! -r "$home/conf/$file" ] || sed -n '/^[A-Za-z_][A-Za-z0-9_]*=""$/d; s/^\\([A-Za-z_][A-Za-z0-9_]*\\)=..*$/given \\1/p' -- "$home/conf/$file"
done
:`;

export interface Preparation {
  /** Bytes in the log before the start; what is older does not count. */
  readonly logSize: number;
  /** Whether a start that came before left a copy of the data, or one was moved and may not be recorded yet. */
  readonly hasCopy: boolean;
  /** Whether an earlier life of the node left data in its data folder. */
  readonly hasData: boolean;
}

/**
 * Looks at what a start rests on: HiveMQ would start with its default configuration, open to everybody, when the file is
 * missing or a placeholder has no value.
 * @throws BrokerStartFailed
 */
export async function prepareStart({ name, host, supervised }: Member, signal: AbortSignal): Promise<Preparation> {
  const { stdout } = await host.script(program, [supervised.home], { asUser: supervised.user, signal });
  const said = stdout.split('\n').map((line) => line.split(' '));
  const values = (key: string): string[] => said.flatMap(([first, value]) => (first === key && value ? [value] : []));
  const config = `${supervised.home}/conf/config.xml`;
  if (values('config').length === 0) {
    const message = `${name}: the broker was not started: ${config} is not there or not readable by ${supervised.user}; it would start with its default configuration.`;
    throw new HivekeeperError('BrokerStartFailed', message, { host: name });
  }
  const given = new Set(values('given'));
  const unset = values('needed').filter((key) => !given.has(key));
  if (unset.length > 0) {
    const message = `${name}: the broker was not started: ${unset.join(', ')} in ${config} has no value in conf/hivekeeper.env or conf/hivekeeper-secrets.env; it would start with its default configuration. Apply the spec again.`;
    throw new HivekeeperError('BrokerStartFailed', message, { host: name, unset });
  }
  return {
    logSize: Number(values('size')[0] ?? '0'),
    hasCopy: values('copy').length > 0,
    hasData: values('data').length > 0,
  };
}
