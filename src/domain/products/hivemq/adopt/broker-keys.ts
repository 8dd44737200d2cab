import { brokerSchema } from '../../../spec/broker.js';
import type { Findings } from './findings.js';
import type { Installation } from './installation.js';
import type { Installations } from './reading.js';
import type { AdoptRequest } from './request.js';
import { compact, type Keys } from './values.js';

/** `-Xmx4g  -XX:+UseNUMA ` -> its words with one blank between them. */
function javaOptionsOf({ environment, strayJavaOptions }: Installation): string | undefined {
  const words = [environment['JAVA_OPTS'] ?? '', ...strayJavaOptions].join(' ').split(/\s+/);
  const all = words.filter((word) => word !== '').join(' ');
  return all === '' ? undefined : all;
}

function javaOptions(installations: Installations, findings: Findings): string | undefined {
  const found = findings.common('the options of the Java machine', installations, (one) => javaOptionsOf(one) ?? '');
  if (found === undefined || found === '') return undefined;
  if (brokerSchema.shape.javaOptions.safeParse(found).success) return found;
  findings.problem(
    `broker.javaOptions cannot say the options "${found}": move what has other characters, or holds a secret, to a file that an option names as @FILE`,
  );
  return undefined;
}

function versionOf(installations: Installations, findings: Findings): string | undefined {
  for (const [host, { version, versions }] of Object.entries(installations)) {
    const said = versions.map((one) => `${one.version} by its ${one.source}`).join(', ');
    if (version === null)
      findings.problem(`${host}: nothing tells the version of the broker for certain; say it as broker.version`);
    else if (versions.some((one) => one.version !== version && one.source !== 'folder')) {
      findings.problem(`${host}: the version is unclear, ${said}: was the package replaced under the running broker?`);
    } else if (versions.some((one) => one.version !== version)) {
      findings.note(`${host}: the folder of the package is named after another version than what it holds: ${said}`);
    }
  }
  return findings.common('the version', installations, (one) => one.version ?? undefined);
}

function userOf(request: AdoptRequest, installations: Installations, findings: Findings): string | undefined {
  const user = findings.common('the account that the broker runs as', installations, (one) => one.process?.user);
  const given = request.broker.user;
  if (given !== undefined && user !== undefined && given !== user) {
    findings.problem(`broker.user is ${given}, and the broker runs as ${user}: write broker.user: ${user}`);
  }
  return user;
}

function supervisorOf(request: AdoptRequest, installations: Installations, findings: Findings): string {
  const all = Object.entries(installations);
  for (const [host, { supervision, process }] of all) {
    if (process !== null && supervision.unit === null) {
      findings.note(
        `${host}: nothing starts the broker again after a crash or a reboot until it is restarted by Hivekeeper`,
      );
    }
  }
  if (request.broker.supervisor !== undefined) return request.broker.supervisor;
  return all.some(([, { supervision }]) => supervision.unit !== null) ? 'systemd' : 'process';
}

/** `broker` of a spec; what is given is laid over it later. */
export function brokerKeys(request: AdoptRequest, installations: Installations, findings: Findings): Keys {
  const given = request.broker;
  const version = given.version ?? versionOf(installations, findings);
  if (given.version !== undefined) {
    for (const [host, one] of Object.entries(installations)) {
      if (one.version !== null && one.version !== given.version) {
        findings.problem(
          `${host}: broker.version is ${given.version}, and ${one.version} is installed: write the one that runs`,
        );
      }
    }
  }
  const jar = findings.common('bin/hivemq.jar', installations, (one) => one.jarSha256);
  const [first] = Object.values(installations);
  if (given.package === undefined && version !== undefined && jar !== undefined) {
    findings.note(
      `the package of ${version} is known only by its bin/hivemq.jar: name broker.package with url or file before nodes are added or upgraded`,
    );
  }
  return compact({
    version,
    package: version === undefined || jar === undefined ? undefined : (given.package ?? { sha256: { [version]: jar } }),
    home: given.home ?? first?.home,
    user: userOf(request, installations, findings),
    supervisor: supervisorOf(request, installations, findings),
    javaOptions: given.javaOptions ?? javaOptions(installations, findings),
  });
}
