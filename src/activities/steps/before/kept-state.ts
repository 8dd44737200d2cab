import type { Target } from '../manifest/target.js';

/** What a change is about to touch on a node. */
export interface Touched {
  /** Keys of files and links. */
  readonly keys: readonly string[];
  /** Ids of extensions, as folders and as what is enabled. */
  readonly ids: readonly string[];
}

/** An extension of which it is known what it was before a change. */
export interface KeptExtension {
  readonly id: string;
  readonly before: 'absent' | 'enabled' | 'disabled';
  readonly now: 'absent' | 'enabled' | 'disabled';
  /** Whether another folder has taken the place of the old one. */
  readonly swapped: boolean;
}

/** What differs from what was kept. */
export interface Difference {
  readonly keys: readonly string[];
  readonly extensions: readonly KeptExtension[];
}

/**
 * Below `.hivekeeper/before`, which the broker's account alone can read: `had/KEY` is a copy of what lay there, `none/KEY`
 * says that nothing did, `extensions/ID` says what state an extension was in, `folders/ID` is its folder once another one
 * has taken its place, and `account` the folder of keys that begin with `~/`.
 */
const common = `
home=$1 before=$1/.hivekeeper/before account=
[ ! -f "$before/account" ] || read -r account <"$before/account"
path_of() { case $1 in "~/"*) printf '%s\\n' "$account/\${1#??}" ;; *) printf '%s\\n' "$home/$1" ;; esac; }
state_of() {
  if [ ! -d "$home/extensions/$1" ]; then echo absent
  elif [ -e "$home/extensions/$1/DISABLED" ]; then echo disabled
  else echo enabled; fi
}
kept_keys() { ( cd "$before/$1" 2>/dev/null && find . \\( -type f -o -type l \\) -print | cut -c 3- ); }`;

/** Each copy appears by a rename, so that a half one is never taken for the whole. */
const keepProgram = `${common}
[ "$2" = '' ] || account=$2
count=$3
shift 3
umask 077
mkdir -p -- "$before" || exit 1
[ "$account" = '' ] || printf '%s\\n' "$account" | cat >"$before/account" || exit 1
while [ "$count" -gt 0 ]; do
  key=$1 had=$before/had/$1 none=$before/none/$1 path=$(path_of "$1")
  shift
  count=$((count - 1))
  if [ -f "$had" ] || [ -L "$had" ] || [ -f "$none" ]; then continue; fi
  if [ -f "$path" ] || [ -L "$path" ]; then
    mkdir -p -- "$(dirname -- "$had")" && rm -f -- "$before/copy" && cp -pP -- "$path" "$before/copy" &&
      mv -T -- "$before/copy" "$had" || exit 1
  else
    mkdir -p -- "$(dirname -- "$none")" && : >"$none" || exit 1
  fi
done
mkdir -p -- "$before/extensions" "$before/folders" || exit 1
for id; do
  [ ! -s "$before/extensions/$id" ] || continue
  state_of "$id" | cat >"$before/copy" && mv -T -- "$before/copy" "$before/extensions/$id" || exit 1
done
sync -f -- "$before"`;

/** Keeps what a change will touch, as far as it was not kept since the change began. Nothing else is written. */
export async function keepState(target: Target, { keys, ids }: Touched): Promise<void> {
  const { host, home, user, signal, pathOf } = target;
  const account = keys.some((key) => key.startsWith('~/')) ? await pathOf('~/') : '';
  const parameters = [home, account.replace(/\/$/, ''), String(keys.length), ...keys, ...ids];
  await host.script(keepProgram, parameters, { asUser: user, signal });
}

const differenceProgram = `${common}
same() {
  if [ -L "$1" ] || [ -L "$2" ]; then [ -L "$1" ] && [ -L "$2" ] && [ "$(readlink -- "$1")" = "$(readlink -- "$2")" ]
  else cmp -s -- "$1" "$2"; fi
}
kept_keys had | while IFS= read -r key; do same "$before/had/$key" "$(path_of "$key")" || printf 'key %s\\n' "$key"; done
kept_keys none | while IFS= read -r key; do
  path=$(path_of "$key")
  if [ -e "$path" ] || [ -L "$path" ]; then printf 'key %s\\n' "$key"; fi
done
for note in "$before/extensions"/*; do
  [ -f "$note" ] || continue
  id=\${note##*/} swapped=kept
  read -r state <"$note"
  if [ "$state" = absent ] || [ -e "$before/folders/$id" ]; then swapped=swapped; fi
  printf 'extension %s %s %s %s\\n' "$id" "$state" "$(state_of "$id")" "$swapped"
done`;

const isState = (word: string | undefined): word is KeptExtension['before'] =>
  word === 'absent' || word === 'enabled' || word === 'disabled';

/** Compares what is there with what was kept. */
export async function differenceFrom({ host, home, user, signal }: Target): Promise<Difference> {
  const { stdout } = await host.script(differenceProgram, [home], { asUser: user, signal });
  const keys: string[] = [];
  const extensions: KeptExtension[] = [];
  for (const line of stdout.split('\n')) {
    if (line.startsWith('key ')) keys.push(line.slice('key '.length));
    const [what, id, before, now, swapped] = line.split(' ');
    if (what !== 'extension' || id === undefined || !isState(before) || !isState(now)) continue;
    extensions.push({ id, before, now, swapped: swapped === 'swapped' && now !== 'absent' });
  }
  return { keys, extensions };
}

/**
 * Makes room first, and moves instead of copying: it works on a disk that is full. Folders come back disabled, and are
 * enabled when everything is in its place. Files come back as changed now: an extension that looks at their times, as File
 * RBAC does, would not notice an older one. What a cut-off run of it has done is not done again.
 */
const restoreProgram = `${common}
rm -rf -- "$home/.hivekeeper/unpacked" "$home/.hivekeeper/fetched"
for note in "$before/extensions"/*; do
  [ -f "$note" ] || continue
  id=\${note##*/} target=$home/extensions/\${note##*/} old=$before/folders/\${note##*/}
  read -r state <"$note"
  if [ "$state" = absent ]; then
    if [ -d "$target" ] && [ ! -f "$target/.hivekeeper-archive" ]; then printf 'extensions/%s\\n' "$id"; continue; fi
    rm -rf -- "$target" "$old" || printf 'extensions/%s\\n' "$id"
  elif [ -e "$old" ]; then
    rm -rf -- "$target" && mv -T -- "$old" "$target" || printf 'extensions/%s\\n' "$id"
  fi
done
clear_parts() { rm -f -- "$(dirname -- "$1")/.$(basename -- "$1")."*.partial "$(dirname -- "$1")/.$(basename -- "$1")."*.new; }
kept_keys none | while IFS= read -r key; do
  path=$(path_of "$key")
  clear_parts "$path"
  rm -f -- "$path" || printf '%s\\n' "$key"
done
kept_keys had | while IFS= read -r key; do
  path=$(path_of "$key")
  clear_parts "$path"
  mkdir -p -- "$(dirname -- "$path")" && mv -fT -- "$before/had/$key" "$path" || printf '%s\\n' "$key"
  [ -L "$path" ] || [ ! -f "$path" ] || touch -- "$path"
done
for note in "$before/extensions"/*; do
  [ -f "$note" ] || continue
  id=\${note##*/} file=$home/extensions/\${note##*/}/DISABLED
  read -r state <"$note"
  case $state in
    enabled) rm -f -- "$file" ;;
    disabled) [ -e "$file" ] || : >"$file" ;;
    *) : ;;
  esac || printf 'extensions/%s\\n' "$id"
done
sync -f -- "$home"`;

/** Puts back all that was kept. @returns keys of what could not be put back */
export async function restoreState({ host, home, user, signal }: Target): Promise<string[]> {
  const { stdout } = await host.script(restoreProgram, [home], { asUser: user, signal });
  return stdout.split('\n').filter((key) => key !== '');
}

/** One earlier folder is kept for a look back, and every one that came from somewhere else than a spec. */
export const keepAside = `
keep_aside() {
  mkdir -p -- "$2" || return 1
  for old in "$2"/*; do
    [ ! -f "$old/.hivekeeper-archive" ] || rm -rf -- "$old"
  done
  mv -T -- "$1" "$2/$3"
}`;

const discardProgram = `${keepAside}
home=$1 stamp=$2 before=$1/.hivekeeper/before
for folder in "$before/folders"/*; do
  [ ! -d "$folder" ] || keep_aside "$folder" "$home/.hivekeeper/replaced/\${folder##*/}" "$stamp" || exit 1
done
rm -rf -- "$before"`;

/** Forgets what was kept: the change is taken, or taken back. Folders of extensions go to `.hivekeeper/replaced`. */
export async function discardState({ host, home, user, signal }: Target): Promise<void> {
  const stamp = new Date().toISOString().replace(/[-:.]/g, '');
  await host.script(discardProgram, [home, stamp], { asUser: user, signal });
}
