import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { allowAllExtensionXml } from '../../../src/sandbox/distribution/texts.js';
import type { Requirement } from '../../support/requirements.js';

const run = promisify(execFile);
const version = '2025.5';
const cache = fileURLToPath(new URL('../../../.hivekeeper/cache/hivemq-ce', import.meta.url));

const pom = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>hivekeeper</groupId><artifactId>hivemq-ce</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>com.hivemq</groupId><artifactId>hivemq-community-edition-embedded</artifactId><version>${version}</version>
  </dependency></dependencies>
</project>
`;

async function succeeds(program: string, ...args: string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}

/** Java, and Maven unless the jars are there already. */
export async function communityEditionRequirement(): Promise<Requirement> {
  const install = 'apt-get install openjdk-17-jdk-headless maven, as root.';
  if (!(await succeeds('java', '-version')))
    return { missing: 'HiveMQ Community Edition needs java on the PATH.', install };
  if (!(await succeeds('javac', '-version')))
    return { missing: 'HiveMQ Community Edition needs javac on the PATH.', install };
  const there = existsSync(path.join(cache, version));
  if (there || (await succeeds('mvn', '-version'))) return { missing: undefined, install };
  return { missing: 'HiveMQ Community Edition is fetched with mvn, which is not on the PATH.', install };
}

/** Fetches the jars once. */
async function communityEditionJars(): Promise<string> {
  const folder = path.join(cache, version);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const part = path.join(cache, `part-${process.pid}`);
  const file = path.join(cache, `pom-${process.pid}.xml`);
  writeFileSync(file, pom);
  await run('mvn', ['-q', '-B', '-f', file, 'dependency:copy-dependencies', `-DoutputDirectory=${part}`]);
  rmSync(file);
  renameSync(part, folder);
  return folder;
}

/** HiveMQ refuses every client unless an extension lets it in; the one of its packages is not in the Maven artifact. */
const allowAll = `
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.parameter.*;
import com.hivemq.extension.sdk.api.services.Services;

public class AllowAll implements ExtensionMain {
    @Override
    public void extensionStart(final ExtensionStartInput input, final ExtensionStartOutput output) {
        final SimpleAuthenticator everybody = (in, out) -> out.authenticateSuccessfully();
        Services.securityRegistry().setAuthenticatorProvider(in -> everybody);
    }

    @Override
    public void extensionStop(final ExtensionStopInput input, final ExtensionStopOutput output) {}
}
`;

/** The real broker: its jars, and an installed extension that lets every client in. */
export async function communityEdition(): Promise<{ jars: string; extension: string }> {
  const jars = await communityEditionJars();
  const extension = path.join(cache, 'hivemq-allow-all-extension');
  if (existsSync(extension)) return { jars, extension };
  const part = path.join(cache, `extension-${process.pid}`);
  const classes = path.join(part, 'classes');
  mkdirSync(path.join(classes, 'META-INF', 'services'), { recursive: true });
  writeFileSync(path.join(part, 'AllowAll.java'), allowAll);
  writeFileSync(path.join(classes, 'META-INF', 'services', 'com.hivemq.extension.sdk.api.ExtensionMain'), 'AllowAll');
  await run('javac', ['-cp', path.join(jars, '*'), '-d', classes, path.join(part, 'AllowAll.java')]);
  await run('jar', ['cf', path.join(part, 'allow-all.jar'), '-C', classes, '.']);
  rmSync(classes, { recursive: true });
  rmSync(path.join(part, 'AllowAll.java'));
  writeFileSync(path.join(part, 'hivemq-extension.xml'), allowAllExtensionXml);
  renameSync(part, extension);
  return { jars, extension };
}

/** Installs the extension in a broker's home. */
export function installExtension(extension: string, home: string): void {
  cpSync(extension, path.join(home, 'extensions', 'hivemq-allow-all-extension'), { recursive: true });
}
