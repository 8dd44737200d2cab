import { programBundle, type Program } from './bundles.js';
import { type Archive, writeZip } from '../wire/zip.js';

/** What the vendor ships of an extension. */
interface Shipped {
  name: string;
  author: string;
  startPriority?: number;
  /** The program that is its jar; absent: the extension is one in name only. */
  program?: Program;
  /** Its files besides hivemq-extension.xml and jar. */
  files: Readonly<Record<string, string>>;
}

/** Shipped defaults of version 4.3.13 of the extension. */
const s3Properties = `# Where the credentials come from: default, environment_variables, java_system_properties, user_credentials_file,
# instance_profile_credentials, access_key or temporary_session.
credentials-type:default
#credentials-access-key-id:
#credentials-secret-access-key:
#credentials-session-token:

s3-bucket-region:us-east-1
s3-bucket-name:hivemq
file-prefix:hivemq/cluster/nodes/

# Seconds. Both 0, or both above 0 and the second below the first.
file-expiration:360
update-interval:180

s3-endpoint:s3.amazonaws.com
#s3-endpoint-region:
#s3-path-style-access:
`;

/** Shipped defaults of version 4.4.7 of the extension. */
const dnsProperties = `# The name whose addresses are the nodes.
discoveryAddress=
# Seconds.
resolutionTimeout=30
reloadInterval=30
# host[:port], default port 53.
dnsServerAddress=
`;

const prometheusProperties = `ip=0.0.0.0
port=9399
metric_path=/metrics
`;

const rbacConfig = `<?xml version="1.0" encoding="UTF-8" ?>
<extension-configuration>
    <credentials-reload-interval>60</credentials-reload-interval>
    <password-type>HASHED</password-type>
</extension-configuration>
`;

const shipped: Readonly<Record<string, Shipped>> = {
  'hivemq-s3-cluster-discovery-extension': {
    name: 'S3 Cluster Discovery Extension',
    author: 'HiveMQ',
    program: 's3-discovery',
    files: { 'conf/config.properties': s3Properties },
  },
  'hivemq-dns-cluster-discovery': {
    name: 'DNS Cluster Discovery Extension',
    author: 'HiveMQ',
    program: 'dns-discovery',
    files: { 'conf/config.properties': dnsProperties },
  },
  'hivemq-prometheus-extension': {
    name: 'Prometheus Monitoring Extension',
    author: 'HiveMQ',
    files: { 'conf/config.properties': prometheusProperties },
  },
  'hivemq-file-rbac-extension': {
    name: 'File Role Based Access Control Extension',
    author: 'HiveMQ',
    files: { 'conf/config.xml': rbacConfig },
  },
};

/** For an id that the vendor ships nothing under: an extension that does nothing, with a configuration of one line. */
const generic: Shipped = {
  name: '',
  author: 'Hivekeeper stage',
  files: { 'conf/config.properties': 'greeting=hello\n' },
};

function description(id: string, version: string, { name, author, startPriority = 1000 }: Shipped): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<hivemq-extension>
    <id>${id}</id>
    <name>${name}</name>
    <version>${version}</version>
    <priority>0</priority>
    <start-priority>${startPriority}</start-priority>
    <author>${author}</author>
</hivemq-extension>
`;
}

/** What else than a good extension is made. */
export interface ExtensionOptions {
  /**
   * `throws`: its code throws when it is started. `prevented`: it prevents its own start. `class-loading`: its jar cannot
   * be loaded, whereupon the loader switches it off. Default: it starts.
   */
  readonly fails?: 'throws' | 'prevented' | 'class-loading';
  /** false: the broker starts, stops and replaces it only when it starts and stops itself. Default: true */
  readonly hotReload?: boolean;
  /** The id in hivemq-extension.xml, when it shall be another than the folder's name. */
  readonly xmlId?: string;
  /** Leaves hivemq-extension.xml out. */
  readonly withoutXml?: boolean;
  /** More files, by their path inside the extension; they replace those that are shipped. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

const failing: Readonly<Record<NonNullable<ExtensionOptions['fails']>, string>> = {
  throws: "exports.extensionStart = () => { throw new Error('made to fail'); };\n",
  prevented: "exports.extensionStart = (output) => { output.preventExtensionStartup('made to fail'); };\n",
  'class-loading': "throw new Error('made to fail');\n",
};

async function jarOf(
  id: string,
  version: string,
  { program }: Shipped,
  { fails, hotReload = true }: ExtensionOptions,
): Promise<Buffer> {
  const parts = [
    program === undefined ? `// ${id} ${version}: there in name only.\n` : await programBundle(program),
    hotReload ? '' : '\nexports.supportsHotReload = false;\n',
    fails === undefined ? '' : `\n${failing[fails]}`,
  ];
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/**
 * Makes the distribution zip of an extension, with the folder layout of the vendor's: `<id>/hivemq-extension.xml`, a jar
 * and the shipped configuration. The S3 and the DNS cluster discovery really discover in the simulated broker, and the
 * File RBAC extension really decides about clients there; all others are there in name only. The jars are no Java: a real
 * broker cannot load them.
 * @param id a known one such as `hivemq-s3-cluster-discovery-extension`, or any other
 * @param version any; it is what the Health API shows
 * @param outFile where the archive is written
 */
export async function buildExtension(
  id: string,
  version: string,
  outFile: string,
  options: ExtensionOptions = {},
): Promise<Archive> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(id)) throw new Error(`"${id}" is no id of an extension.`);
  const kind = shipped[id] ?? generic;
  const { xmlId = id, withoutXml = false, files = {} } = options;
  // Its name stays the folder's, so that a wrong id does not change the lines of the log.
  const xml = description(xmlId, version, { ...kind, name: kind.name || id });
  return writeZip(outFile, [
    ...(withoutXml ? [] : [{ path: `${id}/hivemq-extension.xml`, content: xml }]),
    { path: `${id}/${id}-${version}.jar`, content: await jarOf(id, version, kind, options) },
    ...Object.entries({ ...kind.files, ...files }).map(([path, content]) => ({ path: `${id}/${path}`, content })),
  ]);
}
