import { z } from 'zod';
import {
  connect,
  failureOf,
  noWorker,
  serverProblem,
  type TemporalAddress,
  temporalAddress,
  type TemporalSession,
  TemporalUnreachable,
} from '../../../temporal/index.js';
import { searchAttributeNames } from '../../../../domain/operations/search-attributes.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { exitCodeOfFailure } from './failure-exit.js';

/** Runs with a connection and closes it; every error of the server becomes one that says what to do. */
export async function withTemporal<T>(
  io: CliIo,
  asked: Partial<TemporalAddress>,
  run: (session: TemporalSession) => Promise<T>,
): Promise<T> {
  const target = temporalAddress(asked, io.env);
  try {
    const session = await connect(target);
    try {
      return await run(session);
    } finally {
      await session.close();
    }
  } catch (error) {
    throw explain(error, target);
  }
}

function explain(error: unknown, { address, namespace }: TemporalAddress): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof TemporalUnreachable) return new CliError(exitCodes.unreachable, error.message, { cause: error });
  if (error instanceof z.ZodError) {
    const problem = z.prettifyError(error).replaceAll('\n', ' ');
    return new CliError(exitCodes.failed, `the worker answered in another form; is it another version? ${problem}`, {
      cause: error,
    });
  }
  const problem = serverProblem(error);
  if (problem === 'failedPrecondition' || problem === 'deadlineExceeded') {
    return new CliError(exitCodes.unreachable, noWorker, { cause: error });
  }
  const { kind, message } = failureOf(error);
  if (problem === 'unavailable' || problem === 'cancelled') {
    return new CliError(exitCodes.unreachable, `lost the Temporal server at ${address}: ${message}`, { cause: error });
  }
  if (/search attribute/i.test(message)) {
    const remedy = `start a worker, which registers them, or run: ${registerAttributes(address, namespace)}`;
    return new CliError(exitCodes.unreachable, `${message}; ${remedy}`, { cause: error });
  }
  return new CliError(exitCodeOfFailure(kind), message, { cause: error });
}

function registerAttributes(address: string, namespace: string): string {
  const names = Object.values(searchAttributeNames).map((name) => `--name ${name} --type Keyword`);
  return `temporal operator search-attribute create --address ${address} -n ${namespace} ${names.join(' ')}`;
}
