import type { HostLayout } from './layout.js';
import { programPath } from './program-path.js';
import { quote } from './quote.js';

/** A program in the host's own `bin` folder, which comes first on its PATH. */
export interface StandIn {
  readonly name: string;
  readonly text: string;
}

/**
 * `df`, which a test can make claim that little is free: the real one's output with a smaller fourth column. Writing
 * still works; what is played is a host whose disk is nearly full.
 */
export function dfStandIn(layout: HostLayout): StandIn {
  const real = quote(programPath('df') ?? '/bin/df');
  const limit = quote(layout.freeBytes);
  const text = `#!/bin/sh
[ -s ${limit} ] || exec ${real} "$@"
exec 3<${limit}
read -r free <&3
${real} "$@" | awk -v free="$free" '
  NR == 1 { unit = 1024; if ($2 ~ /^1B?-blocks/) unit = 1; if ($2 ~ /^1M-blocks/) unit = 1048576; print; next }
  { left = int(free / unit); if ($4 > left) { $3 = $2 - left; $4 = left }; print }'
`;
  return { name: 'df', text };
}
