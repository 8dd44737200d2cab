import { windowAt } from '../../domain/windows/index.js';
import type { StepBody } from './run-step.js';

/** The waiting is done by the guard of the step; what is left is to say by what right the node is disturbed now. */
export const awaitWindow: StepBody<'awaitWindow'> = ({ session, envelope }) => {
  const { open, until } = windowAt(session.spec.policy.maintenanceWindows, new Date());
  if (open && until !== null) return Promise.resolve(`a window is open until ${until}`);
  const override = envelope.overrides.find(({ check }) => check === 'maintenance-window');
  return Promise.resolve(override ? `outside of the windows: ${override.reason}` : 'a window was open just now');
};
