// Patterns and integers, as bytes.
import { addIntegers, formatInteger, Glob, INTEGER_LENGTH, parseInteger } from '@shiny/examples/redis/store'
import t from 'tap'

const bytes = (text: string) => Buffer.from(text, 'latin1')

function matches(pattern: string, text: string): boolean {
  const padded = bytes(`<${text}>`)
  return new Glob(bytes(pattern)).matches(padded, 1, padded.length - 1)
}

t.test('patterns', async (t) => {
  const cases: [pattern: string, yes: string[], no: string[]][] = [
    ['', [''], ['a']],
    ['*', ['', 'a', 'abc'], []],
    ['a*c', ['ac', 'abc', 'abcbc'], ['a', 'abcd', 'bac']],
    ['**a**', ['a', 'bab'], ['', 'b']],
    ['?', ['a', '\xff', '\n'], ['', 'ab']],
    ['a?c*', ['abc', 'axcd'], ['ac', 'abd']],
    ['[abc]', ['a', 'b', 'c'], ['d', '', 'ab']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[c-a]', ['a', 'b', 'c'], ['d']],
    ['[^a-c]', ['d', '^'], ['a', '']],
    ['[^]', ['a'], ['']],
    ['[]', [], ['', 'a', ']']],
    ['[a', ['a'], ['[a', 'b']],
    ['[a-', ['a', '-'], ['b']],
    ['[\\]-]', [']', '-'], ['\\']],
    ['[\\^a]', ['^', 'a'], ['b']],
    ['\\*', ['*'], ['a', '\\*']],
    ['\\', ['\\'], ['']],
    ['a\\?b', ['a?b'], ['axb']],
    ['*.txt', ['a.txt', '.txt', '.txt.txt'], ['a.txt2']],
    ['h[ae]llo*w?rld', ['hallo world', 'hellowxrld'], ['hillo world']],
    ['\xff*\x00', ['\xff\x00', '\xffa\x00'], ['\xfe\x00']]
  ]
  for (const [pattern, yes, no] of cases) {
    for (const text of yes) t.equal(matches(pattern, text), true, `${pattern} matches ${text}`)
    for (const text of no) t.equal(matches(pattern, text), false, `${pattern} does not match ${text}`)
  }
  t.equal(new Glob(bytes('**')).matchesAll, true)
  t.equal(new Glob(bytes('a*')).matchesAll, false)
})

t.test('a pattern of many stars takes no longer than their product', async (t) => {
  t.equal(matches(`${'a*'.repeat(200)}b`, 'a'.repeat(20_000)), false)
})

t.test('integers', async (t) => {
  const parse = (text: string) => parseInteger(bytes(`-9${text}9`), 2, 2 + text.length)
  const format = (value: number | bigint) => {
    const target = Buffer.alloc(INTEGER_LENGTH)
    return target.toString('latin1', formatInteger(value, target))
  }
  const safe = ['0', '7', '-1', '10', '123456789012345', '-999999999999999', '9007199254740991', '-9007199254740991']
  const wide = ['9007199254740992', '-9007199254740993', '9223372036854775807', '-9223372036854775808']
  for (const text of safe) t.equal(parse(text), Number(text))
  for (const text of wide) t.equal(parse(text), BigInt(text))
  for (const text of [...safe, ...wide]) t.equal(format(parse(text) ?? 0), text)
  for (const text of [
    '',
    '-',
    '-0',
    '00',
    '01',
    '+1',
    ' 1',
    '1 ',
    '1.0',
    'x',
    '1x',
    '9223372036854775808',
    '1'.repeat(21)
  ]) {
    t.equal(parse(text), undefined, text)
  }
  t.equal(addIntegers(1, 2), 3)
  t.equal(addIntegers(Number.MAX_SAFE_INTEGER, 1), 2n ** 53n)
  t.equal(addIntegers(2n ** 53n, -1), Number.MAX_SAFE_INTEGER)
  t.equal(addIntegers(2n ** 63n - 1n, 1), undefined)
  t.equal(addIntegers(-(2n ** 63n), -1), undefined)
})
