import { envSchema, logLevelSchema } from '../spec/service.js';
import { across } from './across.js';
import type { Findings } from './findings.js';
import type { Installation } from './installation.js';
import { wholePlaceholder } from './mask-config.js';
import { openPlaceholders } from './override-text.js';
import type { Installations } from './reading.js';
import { compact, type Keys } from './values.js';

/** Variables that Hivekeeper gives the broker itself, by keys of their own. */
const own =
  /^(JAVA_OPTS|JAVA_HOME|PATH|HIVEMQ_JMX_(ENABLED|PORT)|HIVEMQ_LOG_LEVEL|HIVEMQ_(HOME|[A-Z]+_FOLDER)|HIVEKEEPER_.*)$/;

function jmx(installations: Installations, findings: Findings): Keys | undefined {
  const port = findings.common('the port of remote JMX', installations, ({ process }) => process?.jmxPort);
  if (port === undefined || port === null) return undefined;
  findings.note(
    `remote JMX is open at port ${port} without authentication, which the vendor's run script does: set jmx.enabled to false to close it`,
  );
  return { enabled: true, port };
}

function logLevel(installations: Installations, findings: Findings): string | undefined {
  for (const [host, { logback }] of Object.entries(installations)) {
    for (const change of logback.changes) {
      findings.note(`${host}: logback.xml ${change}; Hivekeeper writes one of its own when the node is next stopped`);
    }
  }
  const level = findings.common('the level of the log', installations, ({ logback }) => logback.level ?? undefined);
  if (level === undefined || logLevelSchema.safeParse(level).success) return level;
  findings.note(`the level of the log is ${level}, which a spec does not have: INFO is taken`);
  return undefined;
}

/** Names that config.xml takes from the environment: their values are in the keys that were read from it. */
const inConfig = ({ config }: Installation): string[] => openPlaceholders(config ?? '');

function envOf(name: string, value: string): Keys {
  const reference = wholePlaceholder.exec(value)?.[1];
  return { [name]: reference === undefined ? value : { env: reference } };
}

/** Variables of the broker that are the same on all nodes and that a spec can have. */
export function envKeys(installations: Installations, findings: Findings, except: readonly string[] = []): Keys {
  const all = Object.entries(installations);
  const left = new Set([...except, ...all.flatMap(([, one]) => inConfig(one))]);
  const names = [...new Set(all.flatMap(([, one]) => Object.keys(one.environment)))].sort();
  const entries = names
    .filter((name) => !own.test(name) && !left.has(name))
    .flatMap((name) => {
      const { value, differs } = across(all.map(([host, { environment }]) => [host, environment[name] ?? '']));
      if (value === undefined || differs !== null) {
        findings.note(
          `the variable ${name} is not the same on all nodes and is not taken over: a node has it until it is restarted`,
        );
        return [];
      }
      const entry = envOf(name, value);
      if (envSchema.safeParse(entry).success) return Object.entries(entry);
      findings.note(
        `the variable ${name} has a name or characters that env cannot say, and is not taken over: give it as a secret if an extension needs it`,
      );
      return [];
    });
  return Object.fromEntries(entries);
}

export const serviceKeys = (installations: Installations, findings: Findings): Keys =>
  compact({ jmx: jmx(installations, findings), logLevel: logLevel(installations, findings) });
