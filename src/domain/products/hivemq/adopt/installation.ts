import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a folder of the broker really lies, and who says so: the vendor's default below home, or a setting of the process. */
const folder = z.strictObject({ path: z.string(), setBy: z.enum(['default', 'environment', 'property']) });

const file = z.strictObject({
  /** Relative to the folder that is listed, with `/`. */
  path: z.string(),
  sha256,
  bytes: z.int(),
});

/**
 * A value that may be a secret, without the value: `reference` stands in its place, as `${ENV:reference}` in config.xml.
 * `placeholder`: it was one before, and its value is in the broker's environment. `hash`: the file has the hash of a
 * password and not the password. `clear`: it stood there as it is.
 */
const secret = z.strictObject({
  reference: z.string(),
  /** For people, e.g. `config.xml: listeners/tls-tcp-listener 8883/keystore/password`. */
  where: z.string(),
  kind: z.enum(['clear', 'hash', 'placeholder', 'environment']),
  howToSet: z.string(),
  /** Hosts that were read with the same comparison and have the same number have the same value; null: not compared. */
  variant: z.int().nullable(),
});
export type InstallationSecret = z.infer<typeof secret>;

const extension = z.strictObject({
  /** Name of its folder, which is its id. */
  id: z.string(),
  folder: z.string(),
  /** What hivemq-extension.xml says; null where it has none. */
  name: z.string().nullable(),
  version: z.string().nullable(),
  enabled: z.boolean(),
  /** Everything in its folder except `DISABLED`. */
  files: z.array(file),
});
export type InstalledExtension = z.infer<typeof extension>;

const unit = z.strictObject({
  name: z.string(),
  /** Where the unit file lies. */
  path: z.string(),
  text: z.string(),
  dropIns: z.array(z.strictObject({ path: z.string(), text: z.string() })),
  enabled: z.boolean(),
  active: z.boolean(),
});

/** A HiveMQ installation as one host tells it. No value in it is a secret. */
export const installationSchema = z.strictObject({
  /** As it was asked for. */
  home: z.string(),
  /** `version-folder`: home is the unpacked package. `link`: it is a link to one. `hivekeeper`: packages lie below it. */
  layout: z.enum(['version-folder', 'link', 'hivekeeper']),
  /** The folder of the package without links. */
  realPath: z.string(),
  /** Its last part, e.g. `hivemq-4.30.0`. */
  versionFolder: z.string(),
  /** What runs or would run; null where nothing says it for certain. */
  version: z.string().nullable(),
  /** All that tell a version, the most certain first. */
  versions: z.array(
    z.strictObject({
      source: z.enum(['health-api', 'log', 'manifest', 'version-file', 'folder']),
      version: z.string(),
    }),
  ),
  /** Of bin/hivemq.jar. */
  jarSha256: sha256,
  /** config.xml without comments and secrets; null where there is none or it cannot be read as XML. */
  config: z.string().nullable(),
  configProblem: z.string().nullable(),
  /** Of the file as it lies there; null where there is none. */
  configSha256: sha256.nullable(),
  logback: z.strictObject({
    /** Level of the root logger with HIVEMQ_LOG_LEVEL filled in; null where the file has none. */
    level: z.string().nullable(),
    /** What makes the file differ from the vendor's besides that level, a sentence each. */
    changes: z.array(z.string()),
  }),
  /** Variables of the broker that matter to it, secrets as `${ENV:reference}`. */
  environment: z.record(z.string(), z.string()),
  /** Names of all others. */
  otherVariables: z.array(z.string()),
  /** Options of the Java machine that neither JAVA_OPTS nor the vendor's run script gives. */
  strayJavaOptions: z.array(z.string()),
  folders: z.strictObject({
    conf: folder,
    data: folder,
    log: folder,
    license: folder,
    extensions: folder,
    backup: folder,
  }),
  licenses: z.array(z.strictObject({ name: z.string(), sha256, bytes: z.int() })),
  extensions: z.array(extension),
  process: z
    .strictObject({
      pid: z.int(),
      /** The kernel's, in ticks since boot: with the pid it is one process. */
      startTime: z.string(),
      user: z.string(),
      commandLine: z.array(z.string()),
      cwd: z.string().nullable(),
      /** Port of remote JMX; null where it is off. */
      jmxPort: z.int().nullable(),
    })
    .nullable(),
  /** `systemd`: whether the host has it. `unit`: the one that keeps the broker, where one does. */
  supervision: z.strictObject({ systemd: z.boolean(), unit: unit.nullable() }),
  ports: z.array(z.strictObject({ protocol: z.enum(['tcp', 'udp']), address: z.string(), port: z.int() })),
  java: z.strictObject({ path: z.string(), version: z.string().nullable() }).nullable(),
  secrets: z.array(secret),
});
export type Installation = z.infer<typeof installationSchema>;
export type InstalledUnit = z.infer<typeof unit>;
