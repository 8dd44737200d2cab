// Makes the single-file programs that are not loaded from dist/: the simulated broker and recovery tool, which run on
// hosts without node_modules, and the workflow bundle, so that a worker starts without webpack.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Entry points below the root and what they become; shared with src/sandbox/distribution/bundles.ts by its own table. */
const programs = {
  'dist/sandbox/hivemq-sim.cjs': 'src/sandbox/broker/main.ts',
  'dist/sandbox/s3-discovery.cjs': 'src/sandbox/broker/discovery/s3/main.ts',
  'dist/sandbox/dns-discovery.cjs': 'src/sandbox/broker/discovery/dns/main.ts',
  'dist/sandbox/recovery-tool.cjs': 'src/sandbox/recovery-tool/main.ts',
};

const { build } = await import('esbuild');
for (const [outfile, entry] of Object.entries(programs)) {
  await build({
    entryPoints: [join(root, entry)],
    outfile: join(root, outfile),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
}

const workflows = join(root, 'dist/workflows/index.js');
if (existsSync(workflows)) {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: workflows,
    preloadModules: ['zod'],
    // As in src/worker/create-worker.ts: specs are read in activities.
    ignoreModules: ['croner'],
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(join(root, 'dist/workflow-bundle.js'), code);
}
