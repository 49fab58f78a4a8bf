const jestJupyterLab = require('@jupyterlab/testutils/lib/jest-config');

// These packages ship ES modules only, which jest must transform.
const esModules = [
  '@codemirror',
  '@jupyter/',
  '@jupyterlab/',
  '@microsoft/',
  '@rjsf/',
  'exenv-es6',
  'fast-check',
  'lib0',
  'nanoid',
  'pure-rand',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

const base = jestJupyterLab(__dirname);

module.exports = {
  ...base,
  automock: false,
  collectCoverageFrom: [
    'src/**/*.{ts,tsx}',
    '!src/**/*.d.ts',
    '!src/api/schema.ts'
  ],
  reporters: ['default'],
  modulePathIgnorePatterns: [
    '<rootDir>/\\.venv/',
    '<rootDir>/jupyterlab_headwater/',
    '<rootDir>/lib/'
  ],
  rootDir: __dirname,
  setupFilesAfterEnv: [
    ...(base.setupFilesAfterEnv || []),
    '<rootDir>/jest.setup.js'
  ],
  testRegex: 'src/.*/__tests__/.*\\.spec\\.tsx?$',
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`]
};
