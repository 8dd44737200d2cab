import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { operationDefinition, type OperationType } from '../../src/domain/operations/index.js';
import { code, madeFrom, table } from './markdown.js';

/** A plan of the DC/OS service, or one of its proof of concept, and the operation that does the same. */
interface DcosPlan {
  readonly plan: string;
  readonly parameters?: string;
  readonly type: OperationType;
  /** Page and section where the operation is shown. */
  readonly page: string;
  readonly section: string;
}

/** Names and parameters as the service's manual and its README had them. */
const plans: readonly DcosPlan[] = [
  { plan: 'deploy', parameters: 'options.json', type: 'deployCluster', page: 'operate.md', section: 'Deploy' },
  { plan: 'update', parameters: 'options.json', type: 'applySpec', page: 'operate.md', section: 'Change the spec' },
  { plan: 'update', parameters: 'node.count', type: 'scaleCluster', page: 'operate.md', section: 'Scale up' },
  { plan: 'update', parameters: '--package-version', type: 'rollingUpgrade', page: 'operate.md', section: 'Upgrade' },
  {
    plan: 'add-license',
    parameters: 'LICENSE_NAME LICENSE',
    type: 'addLicense',
    page: 'day-two.md',
    section: 'Add a license',
  },
  { plan: 'add-extension', parameters: 'URL', type: 'addExtension', page: 'day-two.md', section: 'Add an extension' },
  { plan: 'add_plugin', parameters: 'URL', type: 'addExtension', page: 'day-two.md', section: 'Add an extension' },
  {
    plan: 'add-config',
    parameters: 'PATH FILE_CONTENT',
    type: 'configureExtension',
    page: 'day-two.md',
    section: 'Configure an extension',
  },
  {
    plan: 'disable-extension',
    parameters: 'EXTENSION',
    type: 'disableExtension',
    page: 'day-two.md',
    section: 'Enable, disable, remove',
  },
  {
    plan: 'enable-extension',
    parameters: 'EXTENSION',
    type: 'enableExtension',
    page: 'day-two.md',
    section: 'Enable, disable, remove',
  },
  {
    plan: 'delete-extension',
    parameters: 'EXTENSION',
    type: 'removeExtension',
    page: 'day-two.md',
    section: 'Enable, disable, remove',
  },
  { plan: 'add_user', parameters: 'USERS_FILE', type: 'setUsers', page: 'day-two.md', section: 'Say who may connect' },
  { plan: 'decommission', type: 'decommissionNode', page: 'operate.md', section: 'Decommission a node' },
];

export interface ShownPlan extends DcosPlan {
  /** As they stand in the page. */
  readonly hivekeeper: string;
  readonly temporal: string;
}

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/** The lines to type in one section of a page. */
function linesOf(page: string, section: string): string[] {
  const text = readFileSync(`${docs}${page}`, 'utf8');
  const [, body] = text.split(`\n## ${section}\n`);
  if (body === undefined) throw new Error(`docs/${page} has no section "${section}".`);
  const [own = ''] = body.split('\n## ');
  return [...own.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));
}

/** Every plan with the commands of its page. @throws Error for a section that does not show the operation both ways */
export function shownPlans(): ShownPlan[] {
  return plans.map((plan) => {
    const lines = linesOf(plan.page, plan.section);
    const { command } = operationDefinition(plan.type).cli;
    const hivekeeper = lines.find((line) => line.startsWith(`hivekeeper ${command} `) && line.endsWith(' --wait'));
    const temporal = lines.find((line) => line.startsWith('temporal ') && line.includes(` --type ${plan.type} `));
    if (hivekeeper === undefined || temporal === undefined) {
      throw new Error(
        `docs/${plan.page}, "${plan.section}", does not show ${plan.type} by hivekeeper and by temporal.`,
      );
    }
    return { ...plan, hivekeeper, temporal };
  });
}

const anchor = (section: string): string =>
  section
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');

/** The page for people who come from the DC/OS service. */
export function dcosPlansPage(): string {
  const rows = shownPlans().map(({ plan, parameters = '', type, page, section, hivekeeper, temporal }) => [
    `${code(plan)}${parameters === '' ? '' : ` ${parameters}`}`,
    `[${section}](../${page}#${anchor(section)}), ${code(type)}`,
    code(hivekeeper),
    code(temporal),
  ]);
  return `# Coming from the DC/OS service

${madeFrom('the pages that it names')}

What each plan of the DC/OS service for HiveMQ, and of the proof of concept before it, is here. Three things differ: what a plan
added reached the nodes of that moment only, here nodes that are made later have it too; a plan that failed had to be stopped by
hand, here the node is put back and the command names it; downloads were not checked, here each has its SHA-256.

${table(['plan', 'here', 'by hivekeeper', 'by the Temporal CLI'], rows)}
`;
}
