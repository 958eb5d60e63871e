// Options are checked when a codec is made, and a bad one says which it is and what was expected.

import { bytes, line, resp } from '@shiny/codecs'
import t from 'tap'

type Make = (options: never) => unknown

const refused: [make: Make, options: unknown, path: string, expected: RegExp][] = [
  [bytes, { borrow: 1 }, 'borrow', /false or true/],
  [bytes, { lend: true }, 'lend', /unknown option of bytes\(\), expected one of borrow/],
  [bytes, null, 'options', /an object/],
  [line, 'crlf', 'options', /an object/],
  [line, [], 'options', /an object.*got an array/],
  [line, { newline: 'cr' }, 'newline', /"any" or "lf" or "crlf", got "cr"/],
  [line, { maxLength: 0 }, 'maxLength', /an integer from 1 to 16777216, got 0/],
  [line, { maxLength: 1.5 }, 'maxLength', /an integer/],
  [line, { maxLength: '10' }, 'maxLength', /got "10"/],
  [line, { maxLength: Number.POSITIVE_INFINITY }, 'maxLength', /got Infinity/],
  [line, { maxLength: 16_777_217 }, 'maxLength', /16777217/],
  [line, { encoding: 'utf-8' }, 'encoding', /"utf8" or "latin1"/],
  [line, { ending: '\r' }, 'ending', /"\\n" or "\\r\\n"/],
  [line, { maxlength: 5 }, 'maxlength', /unknown option/],
  [resp, { maxLine: 31 }, 'maxLine', /an integer from 32/],
  [resp, { maxBulk: 0 }, 'maxBulk', /an integer from 1 to 536870912/],
  [resp, { maxBulk: 536_870_913 }, 'maxBulk', /536870913/],
  [resp, { maxArguments: 0 }, 'maxArguments', /an integer from 1/],
  [resp, { maxArguments: Number.NaN }, 'maxArguments', /NaN/],
  [resp, { names: 'GET' }, 'names', /an array/],
  [resp, { names: ['GET', ''] }, 'names[1]', /1 to 32 printable/],
  [resp, { names: ['A B'] }, 'names[0]', /without space/],
  [resp, { names: ['É'] }, 'names[0]', /ASCII/],
  [resp, { names: ['X'.repeat(33)] }, 'names[0]', /1 to 32/],
  [resp, { names: [1] }, 'names[0]', /got 1/],
  [resp, { names: ['GET', 'SET', 'get'] }, 'names[2]', /once/],
  [resp, { maxBulkLength: 1 }, 'maxBulkLength', /unknown option of resp/]
]

t.test('bad options', async (t) => {
  for (const [make, options, path, message] of refused) {
    const wanted = { code: 'ERR_OPTION', path, message, name: 'ShinyError' }
    t.throws(() => make(options as never), wanted, `${make.name}(${JSON.stringify(options)})`)
  }
})

t.test('an undefined option is the default', async (t) => {
  t.strictSame(line({ maxLength: undefined } as never).native?.plan, line().native?.plan)
})

t.test('plans are plain data', async (t) => {
  t.strictSame(bytes().native?.plan, { kind: 'bytes' })
  t.strictSame(line().native?.plan, { kind: 'line', newline: 'any', maxLength: 65_536 })
  t.match(resp({ names: ['get'], maxLine: 100 }).native?.plan, {
    kind: 'resp',
    maxLine: 100,
    maxBulk: 67_108_864,
    maxArguments: 1_048_576,
    names: ['GET']
  })
})

t.test('as much is buffered as the largest frame needs, and 64 KiB', async (t) => {
  t.equal(line({ maxLength: 100 }).maxBuffered, 102 + 65_536)
  t.equal(resp().maxBuffered, 67_108_864 + 65_536 + 65_536)
  t.equal(resp({ maxBulk: 536_870_912 }).maxBuffered, 536_870_912 + 65_536 + 65_536)
  t.equal(resp({ maxBulk: 1000 }).maxBuffered, 67_108_864 + 65_536 + 65_536, 'many small arguments')
  t.equal(resp({ maxBulk: 16_384, maxArguments: 10 }).maxBuffered, 10 * (16_384 + 32) + 65_536 + 65_536)
  t.ok(Object.isFrozen(resp()) && Object.isFrozen(line()) && Object.isFrozen(bytes()))
})
