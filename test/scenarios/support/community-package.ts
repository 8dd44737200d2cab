import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Archive, writeZip, type ZipEntry } from '../../../src/sandbox/wire/zip.js';
import { communityEdition } from '../../conformance/support/community-edition.js';

const run = promisify(execFile);

/** The version that the package bears; the broker itself does not tell one that Hivekeeper could read. */
export const communityVersion = '4.55.0';

const startScript = `#!/bin/sh
exec java -Djava.net.preferIPv4Stack=true $JAVA_OPTS -jar "$HIVEMQ_HOME/bin/hivemq.jar"
`;

async function entriesOf(folder: string, under: string): Promise<ZipEntry[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file): Promise<ZipEntry> => {
        const whole = path.join(file.parentPath, file.name);
        return { path: path.join(under, path.relative(folder, whole)), content: await readFile(whole) };
      }),
  );
}

/** Works in a folder that is gone afterwards. */
async function inScratch<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-ce-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * HiveMQ Community Edition with the folder layout of the vendor's packages: the Maven artifact has the jars alone.
 * `bin/hivemq.jar` names them all, so that the broker is started as one from a package is.
 */
export async function buildCommunityPackage(outFile: string): Promise<Archive> {
  const { jars, extension } = await communityEdition();
  const top = `hivemq-${communityVersion}`;
  return inScratch(async (scratch) => {
    const names = (await readdir(jars)).filter((name) => name.endsWith('.jar')).sort();
    // A line of a manifest has at most 72 bytes; further ones begin with a blank.
    const classPath = names.map((name) => `../lib/${name}`).join(' ');
    const wrapped = `Class-Path: ${classPath}`.match(/.{1,70}/g)?.join('\n ') ?? '';
    const manifest = path.join(scratch, 'manifest');
    await writeFile(manifest, `Main-Class: com.hivemq.HiveMQServer\n${wrapped}\n`);
    const jar = path.join(scratch, 'hivemq.jar');
    await run('jar', ['cfm', jar, manifest]);
    return writeZip(outFile, [
      ...['run.sh', 'recovery.sh'].map((name) => ({
        path: `${top}/bin/${name}`,
        content: startScript,
        executable: true,
      })),
      { path: `${top}/bin/hivemq.jar`, content: await readFile(jar) },
      ...(await entriesOf(jars, `${top}/lib`)),
      ...(await entriesOf(extension, `${top}/extensions/hivemq-allow-all-extension`)),
    ]);
  });
}

const source = (greeting: string): string => `
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.parameter.*;
import com.hivemq.extension.sdk.api.services.Services;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

public class Greeter implements ExtensionMain {
    @Override
    public void extensionStart(final ExtensionStartInput input, final ExtensionStartOutput output) {
        final PublishInboundInterceptor greet = (in, out) ->
            out.getPublishPacket().setPayload(ByteBuffer.wrap("${greeting}".getBytes(StandardCharsets.UTF_8)));
        Services.initializerRegistry().setClientInitializer((in, context) -> context.addPublishInboundInterceptor(greet));
        ${greeting === '' ? 'throw new IllegalStateException("no greeting");' : ''}
    }

    @Override
    public void extensionStop(final ExtensionStopInput input, final ExtensionStopOutput output) {}
}
`;

/**
 * An extension, compiled here against the vendor's SDK: the payload of every message becomes the greeting.
 * @param greeting empty: the extension throws when it is started
 */
export async function buildGreeter(version: string, greeting: string, outFile: string): Promise<Archive> {
  const { jars } = await communityEdition();
  const id = 'greeter-extension';
  return inScratch(async (scratch) => {
    const classes = path.join(scratch, 'classes');
    await mkdir(path.join(classes, 'META-INF', 'services'), { recursive: true });
    await writeFile(path.join(scratch, 'Greeter.java'), source(greeting));
    await writeFile(path.join(classes, 'META-INF/services/com.hivemq.extension.sdk.api.ExtensionMain'), 'Greeter');
    await run('javac', ['-cp', path.join(jars, '*'), '-d', classes, path.join(scratch, 'Greeter.java')]);
    const jar = path.join(scratch, 'greeter.jar');
    await run('jar', ['cf', jar, '-C', classes, '.']);
    const description = `<hivemq-extension><id>${id}</id><name>Greeter</name><version>${version}</version></hivemq-extension>\n`;
    return writeZip(outFile, [
      { path: `${id}/hivemq-extension.xml`, content: description },
      { path: `${id}/greeter.jar`, content: await readFile(jar) },
    ]);
  });
}
