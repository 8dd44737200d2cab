import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildExtension } from '../../src/sandbox/distribution/index.js';
import { mustSkip } from '../support/requirements.js';
import { communityEdition, communityEditionRequirement } from './support/community-edition.js';
import { type Failure, installFailingExtension } from './support/failing-extension.js';
import { CommunityEdition, Simulation, type Subject } from './support/subjects.js';
import { unzip } from '../../src/sandbox/wire/unzip.js';

type Install = (subject: Subject, id: string, failure: Failure) => Promise<void>;

const requirement = await communityEditionRequirement();
const skipReal = mustSkip(requirement);

const subjects: { name: string; skip: boolean; create: () => Promise<Subject>; install: Install }[] = [
  {
    name: 'the simulation',
    skip: false,
    create: () => Simulation.create(),
    install: async (subject, id, fails) => {
      const zip = await buildExtension(id, '1.0.0', path.join(subject.home, `${id}.zip`), { fails });
      await unzip(zip.file, path.join(subject.home, 'extensions'));
    },
  },
  {
    name: skipReal
      ? `HiveMQ Community Edition (${requirement.missing ?? ''} ${requirement.install})`
      : 'HiveMQ Community Edition',
    skip: skipReal,
    create: async () => CommunityEdition.create(await communityEdition()),
    install: async (subject, id, failure) =>
      installFailingExtension((await communityEdition()).jars, subject.home, id, failure),
  },
];

describe.each(subjects)('as $name', ({ skip, create, install }) => {
  describe.skipIf(skip)('extensions that do not start', () => {
    let subject: Subject;
    const folder = (id: string): string => path.join(subject.home, 'extensions', id);

    // The first time, the real broker is fetched.
    beforeAll(async () => {
      subject = await create();
      subject.configureListener();
      await install(subject, 'throwing', 'throws');
      await install(subject, 'preventing', 'prevented');
      await install(subject, 'unloadable', 'class-loading');
      await install(subject, 'disabled', 'throws');
      await install(subject, 'misplaced', 'throws');
      writeFileSync(path.join(folder('disabled'), 'DISABLED'), '');
      rmSync(path.join(folder('misplaced'), 'hivemq-extension.xml'));
      subject.start();
      await subject.untilStarted();
    }, 300_000);
    afterAll(() => subject.remove());

    it.each([
      ['throwing', /ERROR - Extension with id "throwing" cannot be started because of an uncaught exception/],
      [
        'preventing',
        /INFO {2}- Startup of extension with id "preventing" was prevented by the extension itself, reason: made to fail/,
      ],
      [
        'unloadable',
        /WARN {2}- No implementation of the interface ExtensionMain found in the extension with id "unloadable"/,
      ],
    ])('%s: the broker says why, switches it off, and starts without it', (id, line) => {
      expect(subject.log).toMatch(line);
      expect(existsSync(path.join(folder(id), 'DISABLED'))).toBe(true);
    });

    it('are not tried when they are switched off or have no description', () => {
      expect(subject.log).not.toContain('"disabled"');
      expect(subject.log).not.toMatch(/"misplaced".*exception/);
      expect(existsSync(path.join(folder('misplaced'), 'DISABLED'))).toBe(false);
    });

    it('leave the others alone', () => {
      expect(subject.log).toMatch(/Extension "Allow All Extension" version \S+ started successfully\./);
    });
  });
});
