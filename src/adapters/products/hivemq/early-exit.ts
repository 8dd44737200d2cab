import type { Member } from './context.js';

const program = `
log=$1/log/hivemq.log
said=
[ -r "$log" ] && said=$(tail -c "+$(($2 + 1))" -- "$log" | grep -aE '(ERROR|WARN) +- ' | tail -n 1)
[ -n "$said" ] || { [ -r "$1/log/console.log" ] && said=$(tail -n 50 -- "$1/log/console.log" | grep -av '^[[:space:]]*$' | tail -n 1); }
[ -n "$said" ] || { [ -r "$log" ] && said=$(tail -c "+$(($2 + 1))" -- "$log" | tail -n 1); }
printf '%s' "$said"`;

/** The line that best says why a broker ended: its last warning or error after this byte, else the last thing it printed. */
export async function lastWords(member: Member, from: number, signal?: AbortSignal): Promise<string> {
  const { home, user } = member.supervised;
  const { stdout } = await member.host.script(program, [home, String(from)], { asUser: user, signal });
  return stdout.trim() || 'it printed nothing';
}
