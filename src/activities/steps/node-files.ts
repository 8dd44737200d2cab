import { manifestOf } from './manifest/manifest-of.js';
import { placeFiles } from './manifest/place-files.js';
import { targetOf } from './manifest/target.js';
import type { StepContext } from './step-context.js';

/** Writes the texts of a node in which its members are named; returns path -> SHA-256 of all, and which were written. */
export async function writeMemberFiles(
  context: StepContext,
  name: string,
  members: readonly string[],
): Promise<{ files: Record<string, string>; written: string[] }> {
  const { files } = manifestOf(context.session.spec, members, name);
  return placeFiles(await targetOf(context, name), files);
}
