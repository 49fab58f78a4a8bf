require('@testing-library/jest-dom');
const { toHaveNoViolations } = require('jest-axe');

expect.extend(toHaveNoViolations);

// jsdom lays nothing out; a virtual list needs a height to know what is in view.
for (const [name, size] of [
  ['clientHeight', 800],
  ['clientWidth', 250]
]) {
  Object.defineProperty(HTMLElement.prototype, name, {
    configurable: true,
    get: () => size
  });
}
