import { mustSkip } from '../../support/requirements.js';
import { communityEdition, communityEditionRequirement } from './community-edition.js';
import { CommunityEdition, Simulation, type Subject } from './subjects.js';

const requirement = await communityEditionRequirement();
const skipReal = mustSkip(requirement);

/** The simulation and the real broker, for `describe.each`; the real one is left out by name where it cannot be had. */
export const subjects: { name: string; skip: boolean; create: () => Promise<Subject> }[] = [
  { name: 'the simulation', skip: false, create: () => Simulation.create() },
  {
    name: skipReal
      ? `HiveMQ Community Edition (${requirement.missing ?? ''} ${requirement.install})`
      : 'HiveMQ Community Edition',
    skip: skipReal,
    create: async () => CommunityEdition.create(await communityEdition()),
  },
];
