import tseslint from 'typescript-eslint';

const builtins = [{ group: ['node:*'], message: 'This layer is pure: input and output belong in src/adapters.' }];
const temporal = {
  group: ['@temporalio/*'],
  message: 'The domain and the renderers know nothing of Temporal.',
};

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.hivekeeper/**', 'coverage/**', '**/*.mjs', '**/*.cjs', 'bin/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  {
    files: ['src/domain/**', 'src/render/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [...builtins, temporal] }] },
  },
  { files: ['src/workflows/**'], rules: { 'no-restricted-imports': ['error', { patterns: builtins }] } },
  { files: ['test/**', 'bench/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
);
