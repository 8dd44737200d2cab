import { steps } from '../../../../src/domain/steps/index.js';
import { inService, place } from '../data.js';
import { runs } from '../node.js';
import { at, type Body, done, fail, moveAside, wait } from './body.js';

const moveData: Body = ({ cluster }, input) => {
  const { host, label } = steps.moveData.input.parse(input);
  const node = cluster.node(host);
  if (runs(node)) return fail(`${host} runs`);
  if (!node.kept.some(({ reason }) => reason === label)) moveAside(node, label);
  return done();
};

/** Has a running member take up every folder that was moved aside under this label. */
const importBackup: Body = ({ cluster }, input) => {
  const { host, label } = steps.importBackup.input.parse(input);
  const target = cluster.node(host);
  if (target.phase !== 'up') return wait(`${host} to serve`);
  for (const { kept } of cluster.nodes.values())
    for (const folder of kept.filter(({ reason }) => reason === label))
      folder.items.forEach((item) => target.data.add(item));
  place(cluster);
  return done();
};

const verifyRecovery: Body = ({ cluster }, input) => {
  const { label, members } = steps.verifyRecovery.input.parse(input);
  const now = inService(cluster);
  for (const host of members) {
    const node = cluster.node(host);
    const missing = node.kept.find(({ reason, items }) => reason === label && items.some((item) => !now.has(item)));
    if (missing) return fail(`items of ${missing.path} on ${host} are not in the cluster`);
    node.kept = node.kept.map((folder) => (folder.reason === label ? { ...folder, recovered: at } : folder));
  }
  return done();
};

const nothing: Body = () => done();

export const recoveryBodies: Readonly<Record<string, Body>> = {
  moveData,
  importBackup,
  verifyRecovery,
  // They read what lies there and write to the recovery host or the bucket alone.
  copyData: nothing,
  runRecoveryTool: nothing,
  placeBackup: nothing,
  removeAnnouncement: nothing,
};
