import type { Target } from '../manifest/target.js';

const keepProgram = `
path=$1 copy=$2 token=$3
[ "$(cat -- "$copy.token" 2>/dev/null)" != "$token" ] || exit 0
mkdir -p -m 0700 -- "$(dirname -- "$copy")" || exit 1
rm -f -- "$copy"
[ ! -f "$path" ] || cp -p -- "$path" "$copy" || exit 1
printf '%s\\n' "$token" >"$copy.token"`;

const putBackProgram = `
path=$1 copy=$2
if [ -f "$copy" ]; then cp -p -- "$copy" "$path.back" && mv -f -- "$path.back" "$path"; else rm -f -- "$path"; fi`;

const copyOf = (home: string, key: string): string => `${home}/.hivekeeper/certificates-before/${key}`;

/**
 * Keeps what lies at a key before an operation touches it, readable by the broker's account alone. A later attempt of the
 * same operation keeps nothing: what it would find is what the first one wrote.
 */
export async function keepFirst(
  { host, home, user, signal, pathOf }: Target,
  key: string,
  token: number,
): Promise<void> {
  const parameters = [await pathOf(key), copyOf(home, key), String(token)];
  await host.script(keepProgram, parameters, { asUser: user, signal });
}

/** Puts back what was kept; where nothing was, nothing is left. */
export async function putBackKept({ host, home, user, signal, pathOf }: Target, key: string): Promise<void> {
  await host.script(putBackProgram, [await pathOf(key), copyOf(home, key)], { asUser: user, signal });
}
