import fc from 'fast-check';
import { expect } from 'vitest';
import { runnableSteps } from '../../../src/domain/plan/index.js';
import { setting, worldOf } from './arbitrary.js';
import { missing, unfinished } from './done.js';
import { anyJob, applies, badKinds, type JobKind, jobKinds, prepare, type Prepared, settle } from './jobs.js';
import { type Launch, Operation, type Result } from './operation.js';
import { accidents, mishaps, type Trouble, troublesOf } from './trouble.js';
import { members, plan, type World } from './world.js';

/** These do their work again each time they are asked. */
const repeats: readonly JobKind[] = ['rolling-restart', 'restart-node'];

/** Left to itself, whatever is asked for is done, no rule is broken on the way, and asked again there is nothing to do. */
export const calmly = (launch: Launch = {}, kinds: readonly JobKind[] = jobKinds) =>
  fc.property(setting, anyJob(kinds), (given, wish) => {
    fc.pre(applies(given, wish));
    const { world, job } = prepare(given, wish);
    const { outcome, why, broken } = new Operation(world, job, launch).run();
    expect({ broken, outcome, why }).toEqual({ broken: [], outcome: 'completed', why: '' });
    expect([...unfinished(world), ...missing(given, wish, job, world)]).toEqual([]);
    if (!repeats.includes(wish.kind)) nothingLeft({ world, job });
  });

function nothingLeft({ world, job }: Prepared): void {
  // One that was robbed of its lease at the very end counts as interrupted: what is opened again for that changes nothing.
  if (world.record.journal.at(-1)?.outcome !== 'completed') return;
  if (world.record.removed || job.type === 'decommissionNode' || job.type === 'forgetNode') return;
  const { draft } = plan(world, job);
  expect(runnableSteps(draft.root).map(({ id }) => id)).toEqual([]);
}

/** Whatever happens, and whenever: no rule is broken, and the run comes to an end. */
export const wildly = (
  launch: Launch = {},
  kinds: readonly JobKind[] = [...jobKinds, ...badKinds],
  troubles = troublesOf([...accidents, ...mishaps], 5),
) =>
  fc.property(setting, anyJob(kinds), troubles, (given, wish, befalling) => {
    fc.pre(applies(given, wish));
    const { world, job } = prepare(given, wish);
    const { broken } = new Operation(world, job, { ...launch, troubles: befalling }).run();
    expect(broken).toEqual([]);
  });

/** Cut off anywhere, however often: asked again it plans the same each time, does what is left, and then nothing is left. */
export const again = (launch: Launch = {}, kinds: readonly JobKind[] = jobKinds) =>
  fc.property(setting, anyJob(kinds), fc.array(troublesOf(mishaps, 3), { maxLength: 2 }), (given, wish, cuts) => {
    fc.pre(applies(given, wish));
    const { world, job } = prepare(given, wish);
    let done = false;
    for (const troubles of cuts) {
      if (done) break;
      done = tryIt(world, job, { ...launch, troubles }).outcome === 'completed';
      settle(world);
    }
    if (!done) {
      if (!world.record.removed) expect(plan(world, job).draft).toEqual(plan(world, job).draft);
      const { outcome, why } = tryIt(world, job, launch);
      expect({ outcome, why }).toEqual({ outcome: 'completed', why: '' });
    }
    expect([...unfinished(world), ...missing(given, wish, job, world)]).toEqual([]);
    if (!repeats.includes(wish.kind)) nothingLeft({ world, job });
  });

function tryIt(world: World, job: Prepared['job'], launch: Launch): Result {
  const result = new Operation(world, job, launch).run();
  expect(result.broken).toEqual([]);
  return result;
}

/** What keeps a run waiting, and its worker from reporting, without breaking anything. */
const calmTroubles = troublesOf(
  [
    'backup-begins',
    'window-closes',
    'cpu-busy',
    'cpu-quiet',
    'worker-dies-before',
    'worker-dies-after',
    'pause',
    'resume',
  ],
  3,
);

/** Cancelled at any moment, every member that serves has clients sent to it, and none is left stopped. */
export const cancelled = (
  launch: Launch = {},
  kinds: readonly JobKind[] = jobKinds.filter((one) => one !== 'recover'),
  meanwhile = calmTroubles,
) =>
  fc.property(setting, anyJob(kinds), fc.nat({ max: 80 }), meanwhile, (given, wish, after, others) => {
    fc.pre(applies(given, wish) && wish.kind !== 'remove' && wish.kind !== 'first-deploy');
    const { world, job } = prepare(given, wish);
    const troubles: Trouble[] = [...others, { after, what: 'cancel', pick: 0 }];
    const { outcome, broken } = new Operation(world, job, { ...launch, troubles }).run();
    expect(broken).toEqual([]);
    if (outcome !== 'cancelled') return;
    const serving = members(world).filter((host) => world.cluster.node(host).phase === 'up');
    const shut = serving.filter((host) => world.cluster.node(host).gate === 'closed' && world.cluster.shape.shielded);
    const away = members(world).filter((host) => world.cluster.node(host).away);
    expect({ shut, away }).toEqual({ shut: [], away: [] });
  });

/** Planned twice from the same, the plan is the same. */
export const samePlan = fc.property(setting, anyJob(), (given, wish) => {
  fc.pre(applies(given, wish));
  const [one, other] = [prepare(given, wish), prepare(given, wish)];
  expect(plan(one.world, one.job).draft).toEqual(plan(other.world, other.job).draft);
  expect(worldOf(given).record).toEqual(worldOf(given).record);
});
