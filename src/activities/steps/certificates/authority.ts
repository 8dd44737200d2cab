import type { StepBody } from '../run-step.js';

export const rotateAuthority: StepBody<'rotateAuthority'> = async ({ session }, { phase, members }) => {
  const { trusted, issuing } = await session.dependencies.keyMaterial.rotateAuthority(
    session.spec.name,
    phase,
    members,
  );
  return `${issuing.subject} issues; trusted: ${trusted.map(({ subject, fingerprint }) => `${subject} (${fingerprint})`).join(', ')}`;
};

export const restoreSpec: StepBody<'restoreSpec'> = async (context, { spec }) => {
  await context.report({ type: 'specAccepted', spec, restored: true });
  return 'the record has the spec of before';
};
