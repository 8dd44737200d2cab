import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { searchAttributes } from '../search-attributes.js';
import {
  type RecordInput,
  recordInputSchema,
  type RecordState,
  releaseSchema,
  reportSchema,
  requestLeaseSchema,
  uncordonSchema,
} from '../../domain/record/index.js';
import { asFailure } from '../failures.js';
import { recordDetails } from './details.js';
import { RecordKeeper } from './keeper.js';
import { releaseLeaseSignal, reportSignal, requestLeaseSignal, stateQuery, uncordonUpdate } from './messages.js';

/** How often the holder is looked at while somebody waits for it. */
const lookEvery = '3 seconds';

/**
 * The record of one cluster and its lock: who belongs to it, what was brought to it, what was done, and which run may
 * change it now. Lives as long as the cluster; started by deployCluster alone.
 */
export async function clusterRecord(raw: unknown): Promise<RecordState> {
  try {
    const input = recordInputSchema.parse(raw);
    const keeper = new RecordKeeper(input.state);
    handle(keeper);
    upsertSearchAttributes([{ key: searchAttributes.cluster, value: input.state.cluster }]);
    await serve(keeper, input);
    return keeper.state;
  } catch (error) {
    throw asFailure(error);
  }
}

/** A message that does not parse is dropped: it must not wedge the record that everybody else depends on. */
function handle(keeper: RecordKeeper): void {
  setHandler(stateQuery, () => keeper.state, { description: 'Everything the record knows.' });
  setHandler(requestLeaseSignal, (raw) =>
    keeper.receive({ type: 'request', message: requestLeaseSchema.safeParse(raw) }),
  );
  setHandler(releaseLeaseSignal, (raw) => keeper.receive({ type: 'release', message: releaseSchema.safeParse(raw) }));
  setHandler(reportSignal, (raw) => keeper.report(reportSchema.safeParse(raw)));
  setHandler(
    uncordonUpdate,
    async (raw) => {
      keeper.uncordon(raw.host);
      await keeper.save();
      return keeper.state;
    },
    { description: 'Lets a host be chosen for new nodes again.', validator: (raw) => refuseUncordon(keeper, raw) },
  );
}

/** Synchronous, as validators must be; says which hosts are cordoned. */
function refuseUncordon(keeper: RecordKeeper, raw: unknown): void {
  const input = uncordonSchema.safeParse(raw);
  const cordoned = keeper.state.membership.cordoned.map((entry) => entry.host);
  if (input.success && cordoned.includes(input.data.host)) return;
  const message = `${keeper.state.cluster}: no such cordoned host; cordoned: ${cordoned.join(', ') || 'none'}`;
  throw ApplicationFailure.nonRetryable(message, 'InvalidInput');
}

async function serve(keeper: RecordKeeper, input: RecordInput): Promise<void> {
  const quiet = (): boolean => !keeper.hasMessages;
  await keeper.resume();
  while (!keeper.state.removed || keeper.busy) {
    setCurrentDetails(recordDetails(keeper.state));
    if (tooLong(input) && quiet()) {
      await condition(allHandlersFinished);
      // A message may have come while the last handler finished; it is served by this run.
      if (quiet()) await continueAsNew<typeof clusterRecord>({ ...input, state: keeper.state });
    }
    const ready = (): boolean => !quiet() || (tooLong(input) && !keeper.waiting);
    if (keeper.waiting) await condition(ready, lookEvery, { summary: 'look at the holder of the lease' });
    else await condition(ready);
    await keeper.work();
  }
  setCurrentDetails(recordDetails(keeper.state));
  await condition(allHandlersFinished);
}

function tooLong(input: RecordInput): boolean {
  const info = workflowInfo();
  return info.continueAsNewSuggested || info.historyLength >= (input.continueAfterEvents ?? Number.POSITIVE_INFINITY);
}
