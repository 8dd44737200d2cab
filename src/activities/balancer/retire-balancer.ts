import { posix } from 'node:path';
import { renderBalancer } from '../../render/haproxy/index.js';
import type { StepBody } from '../steps/run-step.js';
import { stop } from './keeper.js';
import { notePath } from './place.js';
import { balancerTarget } from './target.js';

export const retireBalancer: StepBody<'retireBalancer'> = async (context, { host: name }) => {
  const target = await balancerTarget(context, name, renderBalancer(context.session.spec, [], name));
  const { home } = target.rendered;
  const done = await stop(target);
  // The host is free for any cluster from here on; what HAProxy kept of its servers is of no use to the next one.
  const left = [notePath(home), target.rendered.stateFile, posix.join(home, '.hivekeeper/fence')];
  await target.host.run({ argv: ['rm', '-f', '--', ...left] }, context.signal);
  return done === 'stopped' ? 'stopped, its files kept' : 'did not run, its files kept';
};
