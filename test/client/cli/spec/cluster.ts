const key = (letter: string) => `"SHA256:${letter.repeat(43)}"`;

/** A spec file whose lines the tests name by number. */
export const clusterYaml = [
  'name: prod', // 1
  'broker:', // 2
  '  product: hivemq', // 3
  '  version: 4.30.0', // 4
  '  package:', // 5
  '    file: packages/hivemq-{version}.zip', // 6
  `    sha256: { 4.30.0: "${'ab'.repeat(32)}" }`, // 7
  'ssh: { user: ops, privateKey: { file: ~/.ssh/id_ed25519 } }', // 8
  'hosts:', // 9
  `  - { name: n1, address: 10.0.0.11, hostKey: ${key('A')} }`, // 10
  `  - { name: n2, address: 10.0.0.12, hostKey: ${key('B')} }`, // 11
  `  - { name: n3, address: 10.0.0.13, hostKey: ${key('C')} }`, // 12
  'nodes: 2', // 13
  'cluster:', // 14
  '  transport: { type: tcp, bindPort: 7800 }', // 15
  'restApi: { enabled: true }', // 16
  'healthApi: { enabled: true }', // 17
  '',
].join('\n');
