import { type OperationReport, type OperationType, parseOperationInput } from '../../domain/operations/index.js';
import { asFailure } from '../failures.js';
import { type Carried, Operation } from './operation.js';

/** The workflow of one operation. Takes exactly one JSON object; whatever is wrong with it fails the run and never wedges it. */
export function operationWorkflow(type: OperationType): (raw: unknown, carried?: Carried) => Promise<OperationReport> {
  return async (raw, carried) => {
    try {
      const input = parseOperationInput(type, raw);
      return await new Operation(type, raw, input, carried).run();
    } catch (error) {
      throw asFailure(error);
    }
  };
}
