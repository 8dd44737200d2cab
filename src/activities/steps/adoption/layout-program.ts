/** A file in a package that came from an installation by hand, and so has no archive whose SHA-256 could be compared. */
export const adoptedMark = '.hivekeeper-adopted';

/** What an installation by hand had at the places where Hivekeeper puts its own, relative to home. */
export const adoptedFolder = '.hivekeeper/adopted';

/**
 * Brings the folders of an adopted node, which is stopped, in order, in place: data, logs, licenses, extensions and
 * settings stay where they are; the parts of the vendor's package go to `packages`, by renames alone. What is neither is
 * left where it is, since settings may name it by its path, and is linked into the package, since the package may need
 * it. Each command is whole or not done, and what is done is skipped, so that a run that was cut off anywhere is gone
 * on with. Parameters: home, name of the package.
 */
export const layoutProgram = `
package=$2 kept=${adoptedFolder}
cd -P -- "$1" || exit 1
mkdir -p -- "$kept/conf" packages || exit 1
for file in config.xml logback.xml; do
  [ ! -e "$kept/conf/$file" ] && [ -e "conf/$file" ] || continue
  cp -p -- "conf/$file" "$kept/conf/$file.new" && mv -f -- "$kept/conf/$file.new" "$kept/conf/$file" || exit 1
done
is_part() {
  case $1 in bin | tools | third-party-licenses | README* | LICENSE* | NOTICE*) return 0 ;; esac
  return 1
}
is_home() {
  case $1 in conf | data | log | license | extensions | backup | audit | packages | current | data-kept) return 0 ;; esac
  return 1
}
parts=$kept/package
for entry in *; do
  is_part "$entry" || continue
  mkdir -p -- "$parts" && mv -T -n -- "$entry" "$parts/$entry" && [ ! -e "$entry" ] || exit 1
done
if [ -d "$parts" ] && [ ! -e "packages/$package" ]; then
  [ -e "$parts/bin/run.sh" ] || { echo "$1/bin/run.sh is not there" >&2; exit 3; }
  for entry in *; do
    is_home "$entry" || [ -L "$parts/$entry" ] || [ ! -e "$entry" ] || ln -s -- "../../$entry" "$parts/$entry" || exit 1
  done
  : >"$parts/${adoptedMark}" || exit 1
  sync -f -- . && mv -T -n -- "$parts" "packages/$package" || exit 1
fi
[ -d "packages/$package" ] || { echo "neither bin nor packages/$package is in $1" >&2; exit 3; }
sync -f -- .`;
