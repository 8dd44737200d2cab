/**
 * A shell function that puts the lines of an environment file into the environment of the shell. The file holds
 * KEY="value" lines as `renderEnvironmentLine` writes them and systemd reads them: within double quotes a backslash
 * before `"`, `\`, `$` or a backtick stands for that character alone. A value without quotes is taken as it stands. The
 * file is read here and never run, so that nothing in a value is acted on, and a value is never an argument of a program.
 */
export const environmentReader = `
unescape() {
  rest=$value value=
  while :; do
    case $rest in *\\\\*) ;; *) break ;; esac
    value=$value\${rest%%\\\\*} rest=\${rest#*\\\\}
    case $rest in [\\"\\\\\\$\\\`]*) ;; *) value=$value\\\\ ;; esac
    tail=\${rest#?}
    value=$value\${rest%"$tail"} rest=$tail
  done
  value=$value$rest
}
read_environment() {
  [ -f "$1" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      '#'* | '') ;;
      [A-Za-z_]*=*)
        value=\${line#*=}
        case $value in '"'*'"') value=\${value#?} value=\${value%?}; unescape ;; esac
        export "\${line%%=*}=$value"
        ;;
    esac
  done <"$1" || exit 1
}`;
