import { issueIf, type ClusterRule } from '../cluster/rules/rule.js';

/** Variables that Hivekeeper or the vendor's start script sets, and the key to use instead. */
const taken: readonly { readonly matches: RegExp; readonly instead: string }[] = [
  { matches: /^JAVA_OPTS$/, instead: 'use broker.javaOptions' },
  { matches: /^(JAVA_HOME|PATH)$/, instead: 'use broker.java, which brings a Java of its own' },
  { matches: /^HIVEMQ_JMX_(ENABLED|PORT)$/, instead: 'use jmx: { enabled, port }' },
  { matches: /^HIVEMQ_LOG_LEVEL$/, instead: 'use logLevel' },
  { matches: /^HIVEMQ_(HOME|[A-Z]+_FOLDER)$/, instead: 'use broker.home; the folders lie below it' },
  {
    matches: /^(LD_PRELOAD|LD_LIBRARY_PATH|BASH_ENV|ENV|IFS|SHELLOPTS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS)$/,
    instead: 'it changes what is run; use broker.javaOptions for options of Java',
  },
];

/** A variable that is set twice would be won by one of the two, and nobody could tell which. */
export const ownVariables: ClusterRule = ({ env }) =>
  Object.keys(env).flatMap((name) => {
    const rule = taken.find(({ matches }) => matches.test(name));
    return rule ? [{ path: ['env', name], message: `is set by Hivekeeper: ${rule.instead}` }] : [];
  });

/** System properties that win over the folders and the environment that Hivekeeper gives the broker. */
const ownProperty = /(^| )-Dhivemq\.(home|[a-z]+\.folder)=/;

/** Options of Java that would move the broker's folders, open ports or run programs behind Hivekeeper's back. */
export const ownOptions: ClusterRule = ({ broker: { javaOptions = '' } }) => [
  ...issueIf(
    ownProperty.test(javaOptions),
    ['broker', 'javaOptions'],
    'the folders of the broker are those below broker.home: leave -Dhivemq.home and -Dhivemq.….folder out',
  ),
  ...issueIf(
    /(^| )-Dcom\.sun\.management\.jmxremote/.test(javaOptions),
    ['broker', 'javaOptions'],
    'use jmx: { enabled, port }, so that its port is counted among those of the node',
  ),
];
