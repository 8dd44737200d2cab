import type { z } from 'zod';
import { nodeHosts, resolveHost } from '../../../spec/resolved-host.js';
import { checkCluster } from './cluster/rules/index.js';
import type { HivemqSpec } from './part.js';
import { portConflicts } from './ports.js';
import { rules } from './rules/index.js';

type Context = z.core.$RefinementCtx;

function checkPorts(spec: HivemqSpec, context: Context): void {
  const reported = new Set<string>();
  for (const host of nodeHosts(spec)) {
    for (const { path, message } of portConflicts(spec, resolveHost(spec, host))) {
      const key = path.join('.');
      if (!reported.has(key)) context.addIssue({ code: 'custom', path: [...path], message });
      reported.add(key);
    }
  }
}

/** The rules that tie the HiveMQ keys together. */
export function checkHivemq(spec: HivemqSpec, context: Context): void {
  checkCluster(spec, context);
  checkPorts(spec, context);
  for (const { path, message } of rules.flatMap((rule) => rule(spec))) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
}
