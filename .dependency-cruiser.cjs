/** The layers of docs/architecture.md, held by a rule each. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: allowed },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('domain-is-alone', '^src/domain/', ['^src/domain/'], 'The domain knows nothing but itself.'),
    only(
      'render-uses-domain',
      '^src/render/',
      ['^src/(domain|render)/'],
      'Renderers turn a spec into text, nothing else.',
    ),
    only(
      'workflows-decide-nothing',
      '^src/workflows/',
      ['^src/(domain|workflows)/', '^src/activities/'],
      'Workflows order what the domain decided.',
    ),
    {
      name: 'workflows-import-activities-as-types',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: '^src/activities/', dependencyTypesNot: ['type-only'] },
    },
    only(
      'activities-drive-adapters',
      '^src/activities/',
      ['^src/(domain|render|adapters|activities)/'],
      'Activities call ports.',
    ),
    only('adapters-serve', '^src/adapters/', ['^src/(domain|render|adapters)/'], 'Adapters implement ports.'),
    {
      name: 'products-stay-in-their-folders',
      comment: 'Nothing outside a product folder asks which product it is; the product registries are the only doors.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['/products/', '^src/sandbox/'] },
      to: { path: '/products/[^/]+/', pathNot: ['/products/index\\.ts$'] },
    },
    {
      name: 'stage-is-lazy',
      comment: 'The product never loads the stage, except the demo command, by a dynamic import.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/sandbox/' },
      to: { path: '^src/sandbox/', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'stand-ins-believe-nothing',
      comment: 'The simulated broker and recovery tool must not share a belief with the product that they test.',
      severity: 'error',
      from: { path: '^src/sandbox/(broker|recovery-tool)/' },
      to: { path: '^src/', pathNot: '^src/sandbox/(broker|recovery-tool|wire)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
