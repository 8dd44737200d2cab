import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const project = fileURLToPath(new URL('../../', import.meta.url));

/** A path inside the project. */
export const inProject = (...parts) => path.join(project, ...parts);
