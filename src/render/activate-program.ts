/**
 * Makes the folders that survive upgrades, brings the package's own extensions up to the version (each keeps its `conf`
 * and `DISABLED`), and points `current` to it by a rename, so that no reader sees it missing.
 */
export const activateProgram = `
home=$1 package=$2
for folder in conf data log license extensions backup; do mkdir -p "$home/$folder"; done
test -d "$home/packages/$package" || { echo "package $package is not installed" >&2; exit 3; }
for bundled in "$home/packages/$package/extensions"/*/; do
  [ -d "$bundled" ] || continue
  extension=$home/extensions/$(basename "$bundled")
  # One that the spec brings takes the place of the package's own.
  [ ! -f "$extension/.hivekeeper-archive" ] || continue
  fresh=$home/extensions/.$(basename "$bundled").new
  rm -rf -- "$fresh" && cp -R -- "$bundled" "$fresh" || exit 1
  # One that the running package has and the node lacks was taken away by hand: it does not start by itself again.
  [ -d "$extension" ] || [ ! -d "$home/current/extensions/$(basename "$bundled")" ] || : >"$fresh/DISABLED"
  if [ -d "$extension" ]; then
    diff -rq -x conf -x DISABLED "$extension" "$fresh" >/dev/null && { rm -rf -- "$fresh"; continue; }
    if [ -d "$extension/conf" ]; then rm -rf -- "$fresh/conf" && cp -Rp -- "$extension/conf" "$fresh/conf" || exit 1; fi
    if [ -e "$extension/DISABLED" ]; then : >"$fresh/DISABLED"; fi
    rm -rf -- "$extension"
  fi
  mv -T -- "$fresh" "$extension" || exit 1
done
if [ "$(readlink "$home/current" 2>/dev/null)" = "packages/$package" ]; then echo same; exit 0; fi
ln -s "packages/$package" "$home/.current.new.$$"
mv -T "$home/.current.new.$$" "$home/current"
echo switched
`;
