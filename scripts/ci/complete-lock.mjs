// Completes package-lock.json after `npm install` with a registry that offers only some platforms' packages: npm leaves the
// others out of the lock file, and `npm ci` then refuses it everywhere. Adds each missing optional package with the exact
// version that its owner asks for, and the platform that its name tells. Run it from the folder of the project:
//   node scripts/ci/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];
const LIBRARIES = { gnu: 'glibc', musl: 'musl' };

const text = readFileSync(FILE, 'utf8');
const lock = JSON.parse(text);

/** Whether a package below `owner` in the tree finds another one by this name, as Node looks it up. */
function isThere(owner, name) {
  for (let folder = owner; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (!folder.includes('/node_modules/')) return `node_modules/${name}` in lock.packages;
  }
}

function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const find = (known) => known.filter((word) => words.includes(word)).slice(0, 1);
  const [library] = Object.keys(LIBRARIES).filter((word) => words.includes(word) && words.includes('linux'));
  return { os: find(SYSTEMS), cpu: find(PROCESSORS), ...(library ? { libc: [LIBRARIES[library]] } : {}) };
}

let added = 0;
for (const [owner, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isThere(owner, name)) continue;
    const platform = platformOf(name);
    if (!/^\d+\.\d+\.\d+/.test(version) || platform.os.length + platform.cpu.length < 2) {
      throw new Error(
        `${owner} asks for ${name}@${version}: which version and platform this is must be decided by hand.`,
      );
    }
    const dev = entry.dev ? { dev: true } : {};
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...dev, optional: true };
    added += 1;
  }
}
if (added > 0) {
  const sorted = Object.entries(lock.packages).sort(([one], [other]) => one.localeCompare(other, 'en'));
  writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
}
process.stdout.write(`${FILE}: ${added} packages added\n`);
