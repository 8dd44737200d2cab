function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What `java -version` says on standard error. */
const defaultVersionLine = 'openjdk version "17.0.15" 2025-04-15';

/**
 * The text of the `java` program of a simulated host: a shell script. `-version` answers as OpenJDK 17 does; `-jar FILE`
 * runs FILE with Node.js, the -D pairs in HIVEMQ_SIM_PROPERTIES, one per line. Other options are accepted and ignored.
 * @param nodePath the Node.js program
 * @param versionLine first line of `java -version`; the version in quotes is what start scripts parse
 */
export function javaStandIn(nodePath: string, versionLine: string = defaultVersionLine): string {
  return `#!/bin/sh
# Stand-in for a Java runtime: runs the simulated programs with Node.js.
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
