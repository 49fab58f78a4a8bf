import * as fc from 'fast-check';
import { OPERATORS, condition } from '../condition';

const column = (name: string, type: string) => ({ name, type, nullable: true });

describe('condition', () => {
  it.each([
    ['int64', '>', '10', '"a" > 10'],
    ['int64', '=', '1; DROP', '"a" = \'1; DROP\''],
    ['string', '=', "it's", "\"a\" = 'it''s'"],
    ['string', '=', '10', '"a" = \'10\''],
    ['bool', '=', 'True', '"a" = TRUE'],
    ['string', 'like', 'York', '"a" LIKE \'%York%\''],
    ['string', 'like', 'Y_rk', '"a" LIKE \'Y_rk\''],
    ['string', 'is null', 'ignored', '"a" IS NULL']
  ] as const)('%s %s %s', (type, operator, value, expected) => {
    expect(condition(column('a', type), operator, value)).toBe(expected);
  });

  it('quotes every name and every value', () => {
    const quoted = String.raw`"(?:[^"]|"")*"`;
    const literal = String.raw`(?:'(?:[^']|'')*'|[-+.0-9eE]+|TRUE|FALSE)`;
    const whole = new RegExp(
      `^${quoted} (?:IS NULL|IS NOT NULL|(?:LIKE|=|!=|<|<=|>|>=) ${literal})$`
    );
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('int64', 'string', 'bool', 'double', 'timestamp[us]'),
        fc.constantFrom(...OPERATORS),
        fc.string(),
        (name, type, operator, value) => {
          expect(condition(column(name, type), operator, value)).toMatch(whole);
        }
      )
    );
  });
});
