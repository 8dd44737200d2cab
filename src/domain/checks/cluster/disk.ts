import { memberNodes, targetNode } from '../cluster-context.js';
import { defineCheck } from '../define-check.js';
import { type ClusterCheck, fails, holds } from './cluster-check.js';

/** An unpacked package takes about three times its archive, and the archive itself lies beside it meanwhile. */
const packageFactor = 4;

export const disk: ClusterCheck = defineCheck({
  name: 'disk',
  meaning: 'Room for the package, and twice a node’s data where it restarts.',
  remedy: 'Free space below the broker’s home; folders under data-kept may go once their retention has passed.',
  unmet: 'refuse',
  evaluate: (context) => {
    const targets =
      context.target === null ? memberNodes(context) : [targetNode(context)].filter((node) => node !== null);
    for (const node of targets) {
      if (node.disk === null) continue;
      const needed =
        context.packageBytes * packageFactor + (context.purpose === 'restart' ? 2 * node.disk.dataBytes : 0);
      if (node.disk.freeBytes < needed)
        return fails(`${node.disk.freeBytes} bytes are free, ${needed} are needed`, node.host);
    }
    return holds('enough room');
  },
});
