import jupyter from '@jupyter/eslint-plugin';
import eslint from '@eslint/js';
import importPlugin from 'eslint-plugin-import';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const FEATURES = [
  'connection',
  'browser',
  'dataset',
  'jobs',
  'pins',
  'sample',
  'stamp',
  'notebook'
];

// Two features speak only by tokens and commands.
const featureZones = FEATURES.map(feature => ({
  target: `./src/${feature}`,
  from: FEATURES.filter(other => other !== feature).map(
    other => `./src/${other}`
  ),
  message: 'Features speak by src/tokens.ts and src/commands.ts only.'
}));

const zones = [
  ...featureZones,
  {
    target: './src/ui',
    from: [...FEATURES.map(f => `./src/${f}`), './src/tokens.ts']
  },
  {
    target: './src/api',
    from: [...FEATURES.map(f => `./src/${f}`), './src/ui', './src/tokens.ts']
  },
  { target: './src/commands.ts', from: './src' },
  {
    target: ['./src/!(index).ts', './src/*/**'],
    from: './src/index.ts',
    message: 'The entry file is a list; nobody imports it.'
  }
];

const noServer = {
  group: ['@jupyterlab/services'],
  importNames: ['ServerConnection'],
  message: 'Only src/api/client.ts and src/api/events.ts talk to the server.'
};
const noNotebook = {
  group: ['@jupyterlab/notebook', '@jupyterlab/cells', '@jupyterlab/nbformat'],
  message: 'Only src/notebook touches notebook models; use INotebookBridge.'
};
const propsOnly = {
  group: ['@lumino/*', '@jupyterlab/*'],
  allowTypeImports: true,
  message: 'A view is props only; icons, translator and dialogs come as props.'
};
const noState = {
  group: [
    './model',
    './*-model',
    './plugin',
    './panel',
    '**/api/*',
    '**/tokens',
    '**/commands'
  ],
  allowTypeImports: true,
  message: 'A view knows types and leaves; what it shows and calls are props.'
};
const noView = {
  group: ['react', 'react-dom', '@lumino/widgets', './view', './panel'],
  message: 'A model holds state; it renders nothing.'
};

// What is neither wiring nor a Lumino widget renders (.tsx) or holds state (.ts), whatever its name.
const LUMINO = ['src/*/{panel,content,dialog,import-dialog}.tsx'];
const WIRING = ['src/*/plugin.ts', 'src/browser/drag.ts'];
const TESTS = ['**/__tests__/**'];

const restrict = patterns => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns }]
});

export default tseslint.config(
  {
    ignores: [
      '**/node_modules',
      '.venv',
      'lib',
      'coverage',
      'jupyterlab_headwater',
      'src/api/schema.ts',
      '*.config.js',
      '*.config.mjs',
      'jest.setup.js',
      'style/index.js',
      'ui-tests/test-results',
      'ui-tests/playwright-report',
      'tools'
    ]
  },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  { plugins: { jupyter } },
  ...jupyter.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}', 'ui-tests/**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './ui-tests/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname
      }
    },
    plugins: { import: importPlugin, 'react-hooks': reactHooks },
    settings: {
      'import/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import/resolver': { node: { extensions: ['.ts', '.tsx', '.js'] } }
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { ignoreVoid: true }
      ],
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } }
      ],
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true }
      ],
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'import/no-cycle': 'error',
      'import/no-restricted-paths': ['error', { zones }],
      'prefer-arrow-callback': 'error'
    }
  },
  { files: ['src/**/*.{ts,tsx}'], rules: restrict([noServer, noNotebook]) },
  {
    files: ['src/api/{client,events}.ts', 'src/api/__tests__/**'],
    rules: restrict([noNotebook])
  },
  {
    files: ['src/*/*.ts'],
    ignores: [...WIRING, 'src/{api,notebook,ui}/**'],
    rules: restrict([noServer, noNotebook, noView])
  },
  {
    files: ['src/notebook/*.ts'],
    ignores: WIRING,
    rules: restrict([noServer, noView])
  },
  {
    files: ['src/notebook/plugin.ts', 'src/notebook/__tests__/**'],
    rules: restrict([noServer])
  },
  {
    files: ['src/ui/*.{ts,tsx}', 'src/*/*.tsx'],
    ignores: [...LUMINO, ...TESTS],
    rules: restrict([propsOnly, noState])
  },
  {
    files: ['**/__tests__/**', 'ui-tests/**'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'jupyter/no-untranslated-string': 'off'
    }
  },
  {
    // jest's types say more than the compiler of the build knows; what one calls needless the other asks for.
    files: ['src/**/__tests__/**'],
    rules: { '@typescript-eslint/no-unnecessary-type-assertion': 'off' }
  }
);
