import type { HivekeeperError } from '../../../domain/errors/index.js';
import { hasFailed, putBack } from '../before/put-back.js';
import { refusalOn } from '../before/change-note.js';
import { placeHot, settled } from '../manifest/place-hot.js';
import { targetOf } from '../manifest/target.js';
import type { StepBody } from '../run-step.js';
import { renewOnce } from './renew.js';
import { untilServed } from './until-served.js';

/** Writes what the listeners of a running node shall serve and waits for the handshake that shows it; else all is as before. */
export const rotateCertificates: StepBody<'rotateCertificates'> = async (context, { host: name, members, goal }) => {
  const { session, envelope } = context;
  const supervised = await context.supervised(name);
  if (!(await session.dependencies.supervisor(session.spec).state(supervised)).running) {
    return 'does not run; it gets its key material when it is started';
  }
  const { token } = envelope;
  const node = await context.driven(name, members);
  const target = await targetOf(context, name);
  const refused = await refusalOn(context, name);
  if (refused) return putBack(context, node, target, refused);
  if (goal === 'renew') await renewOnce(context, name);
  try {
    const placed = await placeHot(context, node, target);
    await untilServed(context, node, target, placed.from);
    const certificates = { token, goal, done: true };
    await settled(context, target, placed, (old) => ({ ...old, certificates }));
    const served = placed.written.filter((key) => key.startsWith('conf/tls/'));
    return served.length > 0 ? `serves ${served.join(', ')}` : 'serves what it served before';
  } catch (error) {
    if (!hasFailed(error, context.signal)) throw error;
    return putBack(context, node, target, notServed(name, error));
  }
};

/** Looks at a node that was started with its key material. */
export const verifyCertificates: StepBody<'verifyCertificates'> = async (context, { host: name }) => {
  const node = await context.driven(name);
  const from = await context.session.driver.logEnd(node);
  const expected = await untilServed(context, node, await targetOf(context, name), from);
  return `${[...expected.keys()].map(({ title }) => title).join(', ')}: as they should be`;
};

/** What people are told of a node whose broker does not take its new key material. */
function notServed(node: string, { kind, message }: HivekeeperError): { kind: string; why: string } {
  if (kind !== 'KeyMaterialInvalid' && kind !== 'HandshakeFailed') return { kind, why: message };
  const why = `${node}: its broker does not serve the new key material: ${message}. The other nodes were not touched by this step. Correct the material, or what the broker's log says of it, and run the operation again.`;
  return { kind: 'KeyMaterialInvalid', why };
}
