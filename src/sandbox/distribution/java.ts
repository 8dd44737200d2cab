function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What `java -version` says on standard error. */
const defaultVersionLine = 'openjdk version "17.0.15" 2025-04-15';

/**
 * Splits the text of an argument file as the java launcher does: blanks separate, quotes of both kinds keep them, a
 * backslash within quotes escapes, `#` begins a comment. Runs in Node.js, prints one argument per line.
 */
const splitArguments = `
const text = process.argv[1] === "-e" ? process.env.JDK_JAVA_OPTIONS : require("fs").readFileSync(process.argv[1], "utf8");
const found = [];
let word, quote;
for (let i = 0; i < text.length; i += 1) {
  const c = text[i];
  if (quote) {
    if (c === "\\\\" && i + 1 < text.length) word += text[++i];
    else if (c === quote) quote = undefined;
    else word += c;
  } else if (c === "\\"" || c === "\\x27") { quote = c; word ??= ""; }
  else if (/\\s/.test(c)) { if (word !== undefined) found.push(word); word = undefined; }
  else if (c === "#" && word === undefined) while (i + 1 < text.length && text[i + 1] !== "\\n") i += 1;
  else word = (word ?? "") + c;
}
if (word !== undefined) found.push(word);
process.stdout.write(found.join("\\n"));
`;

/**
 * The text of the `java` program of a simulated host: a shell script. `-version` answers as OpenJDK 17 does; `-jar FILE`
 * runs FILE with Node.js, the -D pairs in HIVEMQ_SIM_PROPERTIES, one per line. Other options are accepted and ignored.
 * Argument files (`@FILE`) and JDK_JAVA_OPTIONS are taken apart as the launcher of Java 9 and later does.
 * @param nodePath the Node.js program
 * @param versionLine first line of `java -version`; the version in quotes is what start scripts parse
 */
export function javaStandIn(nodePath: string, versionLine: string = defaultVersionLine): string {
  return `#!/bin/sh
# Stand-in for a Java runtime: runs the simulated programs with Node.js.
split=${quote(splitArguments)}
lines() {
  IFS='
'
  set -f
}
words() {
  unset IFS
  set +f
}
if [ -n "$JDK_JAVA_OPTIONS" ]; then
  printf 'NOTE: Picked up JDK_JAVA_OPTIONS: %s\\n' "$JDK_JAVA_OPTIONS" >&2
  more=$(${quote(nodePath)} -e "$split" -- -e)
  lines
  set -- $more "$@"
  words
fi
properties=
while [ $# -gt 0 ]; do
  case "$1" in
    -version|--version)
      printf '%s\\n' ${quote(versionLine)} 'OpenJDK Runtime Environment (build 17.0.15+6)' \\
        'OpenJDK 64-Bit Server VM (build 17.0.15+6, mixed mode, sharing)' >&2
      exit 0 ;;
    -jar)
      jar=$2
      shift 2
      HIVEMQ_SIM_PROPERTIES=$properties
      export HIVEMQ_SIM_PROPERTIES
      exec ${quote(nodePath)} "$jar" "$@" ;;
    @*)
      if [ ! -r "\${1#@}" ]; then
        printf 'Error: could not open \`%s%s\\n' "\${1#@}" "'" >&2
        exit 1
      fi
      more=$(${quote(nodePath)} -e "$split" -- "\${1#@}")
      shift
      lines
      set -- $more "$@"
      words ;;
    -D*)
      properties="$properties\${1#-D}
"
      shift ;;
    -*)
      shift ;;
    *)
      printf 'Error: Could not find or load main class %s\\n' "$1" >&2
      exit 1 ;;
  esac
done
printf 'Usage: java [options] -jar <jarfile> [args...]\\n' >&2
exit 1
`;
}
