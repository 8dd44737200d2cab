import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { allowAllExtensionXml } from '../../../src/sandbox/distribution/texts.js';

const run = promisify(execFile);

export type Failure = 'throws' | 'prevented' | 'class-loading';

/** What the extension does at its start. One whose code cannot be loaded has no main class at all. */
const starts: Readonly<Record<Exclude<Failure, 'class-loading'>, string>> = {
  throws: 'if (true) throw new RuntimeException("made to fail");',
  prevented: 'output.preventExtensionStartup("made to fail");',
};

/** Builds an extension for the real broker that fails at its start, and installs it in the broker's home. */
export async function installFailingExtension(jars: string, home: string, id: string, failure: Failure): Promise<void> {
  const folder = path.join(home, 'extensions', id);
  const work = path.join(home, `build-${id}`);
  const services = path.join(work, 'classes', 'META-INF', 'services');
  mkdirSync(folder, { recursive: true });
  mkdirSync(services, { recursive: true });
  if (failure !== 'class-loading') {
    const code = `
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.parameter.*;

public class Failing implements ExtensionMain {
    @Override
    public void extensionStart(final ExtensionStartInput input, final ExtensionStartOutput output) { ${starts[failure]} }

    @Override
    public void extensionStop(final ExtensionStopInput input, final ExtensionStopOutput output) {}
}
`;
    writeFileSync(path.join(work, 'Failing.java'), code);
    writeFileSync(path.join(services, 'com.hivemq.extension.sdk.api.ExtensionMain'), 'Failing');
    const classes = path.join(work, 'classes');
    await run('javac', ['-cp', path.join(jars, '*'), '-d', classes, path.join(work, 'Failing.java')]);
  }
  await run('jar', ['cf', path.join(folder, 'failing.jar'), '-C', path.join(work, 'classes'), '.']);
  writeFileSync(
    path.join(folder, 'hivemq-extension.xml'),
    allowAllExtensionXml.replace('<id>hivemq-allow-all-extension</id>', `<id>${id}</id>`),
  );
  rmSync(work, { recursive: true });
}
