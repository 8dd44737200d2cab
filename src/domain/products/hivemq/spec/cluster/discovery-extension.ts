/** A discovery that a published extension of the broker does. */
export interface DiscoveryExtension {
  /** Id, which is also the name of its folder. */
  readonly id: string;
  /** Where its zip is published. */
  readonly home: string;
  /** Its file with the settings, below its folder. */
  readonly file: string;
  /** The same file where older versions had it; found there it wins, with a warning in the log. */
  readonly legacyFile: string;
}

/** Sources: the `hivemq-extension.xml` and the configuration readers of both extensions. */
export const discoveryExtensions = {
  s3: {
    id: 'hivemq-s3-cluster-discovery-extension',
    home: 'https://github.com/hivemq/hivemq-s3-cluster-discovery-extension/releases',
    file: 'conf/config.properties',
    legacyFile: 's3discovery.properties',
  },
  dns: {
    id: 'hivemq-dns-cluster-discovery',
    home: 'https://github.com/hivemq/hivemq-dns-cluster-discovery-extension/releases',
    file: 'conf/config.properties',
    legacyFile: 'dnsdiscovery.properties',
  },
} as const satisfies Readonly<Record<string, DiscoveryExtension>>;
