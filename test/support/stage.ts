import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { createStage, type Stage, type StageOptions } from '../../src/sandbox/stage/index.js';

/** A stage for all tests of the describe block (or file) that this is called in. @returns it, once they run */
export function useStage(options: StageOptions = {}): () => Stage {
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await createStage(options);
  });
  afterAll(() => stage?.stop());
  return () => {
    if (stage === undefined) throw new Error('The stage is there only while tests run.');
    return stage;
  };
}

/** A stage for the test that this is called in; it ends with the test. */
export async function stageForTest(options: StageOptions = {}): Promise<Stage> {
  const stage = await createStage(options);
  onTestFinished(() => stage.stop());
  return stage;
}
