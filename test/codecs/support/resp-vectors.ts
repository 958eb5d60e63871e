import type { RespCommand } from '@shiny/codecs'
import type { Vector } from './vectors.js'

/** How the corpus writes a request down: its arguments, as characters U+0000 to U+00FF, each in angle brackets. */
export function showArguments(command: RespCommand): string {
  return command
    .take()
    .map((argument) => `<${Buffer.from(argument).toString('latin1')}>`)
    .join('')
}

const PROTOCOL = 'Protocol error: '
type Refused = [code: string, text: string, offset: number]
const malformed = (text: string, offset = 0): Refused => ['ERR_MALFORMED', PROTOCOL + text, offset]
const tooLong = (text: string, offset = 0): Refused => ['ERR_FRAME_TOO_LONG', PROTOCOL + text, offset]
const tooMany = (offset = 0): Refused => ['ERR_TOO_MANY_ELEMENTS', `${PROTOCOL}invalid multibulk length`, offset]

const requests: Vector[] = [
  { name: 'nothing', bytes: '' },
  { name: 'one command', bytes: '*1\r\n$4\r\nPING\r\n', messages: ['<PING>'] },
  {
    name: 'a pipeline',
    bytes: '*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\n',
    messages: ['<PING>', '<GET><k>', '<PING>']
  },
  { name: 'CR LF in a payload', bytes: '*2\r\n$3\r\nGET\r\n$4\r\n\r\n\r\n\r\n', messages: ['<GET><\r\n\r\n>'] },
  { name: 'bytes that are no UTF-8, and NUL', bytes: '*1\r\n$3\r\n\xff\0\x80\r\n', messages: ['<\xff\0\x80>'] },
  { name: 'an empty name is a command', bytes: '*1\r\n$0\r\n\r\n', messages: ['<>'] },
  { name: 'empty arguments', bytes: '*3\r\n$1\r\na\r\n$0\r\n\r\n$0\r\n\r\n', messages: ['<a><><>'] },
  { name: 'an empty query, then PING', bytes: '\r\nPING\r\n', messages: ['<PING>'] },
  { name: '*-10, then PING', bytes: '*-10\r\nPING\r\n', messages: ['<PING>'] },
  { name: '*0 and *-1, then PING', bytes: '*0\r\n*-1\r\n*1\r\n$4\r\nPING\r\n', messages: ['<PING>'] },
  { name: 'white space alone', bytes: ' \t\v\f\r \r\n\n', messages: [] },
  { name: 'the smallest integer', bytes: '*-9223372036854775808\r\nPING\r\n', messages: ['<PING>'] },
  { name: 'a bulk at the start', bytes: '$5\r\nhello\r\n', messages: ['<$5>', '<hello>'] },
  { name: 'an integer at the start', bytes: ':1\r\n', messages: ['<:1>'] },
  { name: 'a browser', bytes: 'GET / HTTP/1.1\r\n\r\n', messages: ['<GET></><HTTP/1.1>'] },
  { name: 'an incomplete payload', bytes: '*2\r\n$3\r\nGET\r\n$5\r\nab', left: 19 },
  { name: 'an incomplete header', bytes: 'PING\r\n*1', messages: ['<PING>'], left: 2 },
  { name: 'a star', bytes: '*', left: 1 },
  { name: 'the type of an argument waits for its line', bytes: '*1\r\nfoo', left: 7 },
  { name: 'and for one byte more', bytes: '*1\r\nfoo\r', left: 8 }
]

const inline: Vector[] = [
  { name: 'words', bytes: 'set  k\tv \n  get k\r\n', messages: ['<set><k><v>', '<get><k>'] },
  { name: 'one CR is dropped', bytes: 'a\r\r\nb\rc\n', messages: ['<a>', '<b><c>'] },
  { name: '\\v and \\f inside a word', bytes: 'a\vb\fc \v d\n', messages: ['<a\vb\fc><d>'] },
  { name: 'bytes', bytes: '\xff\xfe \x80\n', messages: ['<\xff\xfe><\x80>'] },
  { name: 'double quotes', bytes: 'set "a b" "" c\n', messages: ['<set><a b><><c>'] },
  { name: 'single quotes', bytes: "set 'a \"b' ''\n", messages: ['<set><a "b><>'] },
  { name: 'escapes', bytes: '"\\x41\\xfF\\n\\r\\t\\b\\a\\"\\\\\\q"\n', messages: ['<A\xff\n\r\t\b\x07"\\q>'] },
  { name: '\\x without two digits', bytes: '"\\x4" "\\xg1" "\\x"\n', messages: ['<x4><xg1><x>'] },
  { name: 'escapes in single quotes', bytes: "'\\' \\n\\\\x'\n", messages: ["<' \\n\\\\x>"] },
  { name: 'a quote in the middle of a word', bytes: 'foo"bar" a\'b\'\n', messages: ['<foobar><ab>'] },
  { name: 'a backslash outside quotes', bytes: '\\x41 a\\ b\n', messages: ['<\\x41><a\\><b>'] },
  { name: 'a vertical tab behind a quote', bytes: '"a"\vb\n', messages: ['<a><b>'] },
  { name: 'empty requests before quotes', bytes: '\n*0\r\n \n"a b"\n', messages: ['<a b>'] },
  ...['"foo"bar\n', '"foo\n', "'foo\n", '"foo\\"\n', "'foo\\'\n", '"a""b"\n', '"\\\n', "'\r\n"].map((bytes) => ({
    name: `unbalanced: ${JSON.stringify(bytes)}`,
    bytes,
    refused: malformed('unbalanced quotes in request')
  })),
  {
    name: 'commands before unbalanced quotes',
    bytes: 'PING\n\n"\n',
    messages: ['<PING>'],
    refused: malformed('unbalanced quotes in request', 6)
  }
]

/** No strict integer, each for a reason of its own. */
const noIntegers = ['', '-', '+3', '03', '00', '-0', '-03', ' 3', '3 ', '0x3', '1e1', 'abc', '3a', '3.0']
const beyond64Bits = ['9223372036854775808', '-9223372036854775809', '99999999999999999999', '1'.repeat(21)]

const refusals: Vector[] = [
  ...[...noIntegers, ...beyond64Bits].map((count) => ({
    name: `*${count}`,
    bytes: `*${count}\r\n`,
    refused: malformed('invalid multibulk length')
  })),
  ...['1025', '3000000000', '20000000', '9223372036854775807'].map((count) => ({
    name: `*${count}`,
    bytes: `\n*${count}\r\n`,
    refused: tooMany(1)
  })),
  ...[...noIntegers, ...beyond64Bits, '-1', '-10', 'blabla'].map((length) => ({
    name: `$${length}`,
    bytes: `*2\r\n$3\r\nGET\r\n$${length}\r\n`,
    refused: malformed('invalid bulk length')
  })),
  ...['1025', '2000000000', '9223372036854775807'].map((length) => ({
    name: `$${length}`,
    bytes: `*1\r\n$${length}\r\n`,
    refused: tooLong('invalid bulk length')
  })),
  {
    name: 'no $ in the middle, behind a command',
    bytes: 'PING\r\n*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n',
    messages: ['<PING>'],
    refused: malformed("expected '$', got 'f'", 6)
  },
  { name: 'no $ at first', bytes: '*1\r\nfoo\r\n', refused: malformed("expected '$', got 'f'") },
  { name: 'nested arrays', bytes: '*1\r\n*1\r\n', refused: malformed("expected '$', got '*'") },
  { name: 'an integer as an argument', bytes: '*1\r\n:5\r\n', refused: malformed("expected '$', got ':'") },
  { name: 'an empty line for an argument', bytes: '*1\r\n\r\n', refused: malformed("expected '$', got '\r'") },
  { name: 'a byte that is no ASCII', bytes: '*1\r\n\xe9\r\n', refused: malformed("expected '$', got '\xe9'") },
  ...['*1\rx', '*0\rx', '*1\r\n$1\rx', '*1\r\n$1\r\nab\r\n', '*1\r\n$1\r\na\rx', '*1\r\n$1\r\na\n\n'].map((bytes) => ({
    name: `no CRLF in ${JSON.stringify(bytes)}`,
    bytes,
    refused: malformed('expected CRLF')
  })),
  {
    name: 'a length too small by one, in the last argument',
    bytes: '*2\r\n$3\r\nGET\r\n$1\r\nab\r\nPING\r\n',
    refused: malformed('expected CRLF')
  },
  {
    name: 'a length too large by one, in the last argument',
    bytes: '*2\r\n$3\r\nGET\r\n$3\r\nab\r\n*1\r\n$4\r\nPING\r\n',
    refused: malformed('expected CRLF')
  },
  { name: 'what Redis would refuse comes first', bytes: '*x\rx', refused: malformed('invalid multibulk length') },
  { name: 'and here', bytes: '*1\r\nfoo\rx', refused: malformed("expected '$', got 'f'") }
]

/** With a `maxLine` of 32. */
const lines: Vector[] = [
  { name: 'an inline LF at index 32', bytes: `${'a'.repeat(32)}\n`, messages: [`<${'a'.repeat(32)}>`] },
  { name: 'a CR LF whose LF is at index 32', bytes: `${'a'.repeat(31)}\r\n`, messages: [`<${'a'.repeat(31)}>`] },
  { name: 'an inline LF at index 33', bytes: `${'a'.repeat(33)}\n`, refused: tooLong('too big inline request') },
  { name: '32 bytes without LF', bytes: 'a'.repeat(32), left: 32 },
  { name: '33 bytes without LF', bytes: 'a'.repeat(33), refused: tooLong('too big inline request') },
  { name: 'a * line at the limit', bytes: `*${'1'.repeat(31)}\r\n`, refused: malformed('invalid multibulk length') },
  { name: 'a * line beyond it', bytes: `*${'1'.repeat(32)}\r\n`, refused: tooLong('too big mbulk count string') },
  { name: 'a $ line at the limit', bytes: `*1\r\n$${'1'.repeat(31)}\r\n`, refused: malformed('invalid bulk length') },
  { name: 'a $ line beyond it', bytes: `*1\r\n$${'1'.repeat(32)}\r\n`, refused: tooLong('too big bulk count string') },
  {
    name: 'no $ in a line too long',
    bytes: `*1\r\nf${'1'.repeat(32)}\r\n`,
    refused: tooLong('too big bulk count string')
  },
  { name: 'a flood behind a NUL', bytes: '\0\n\n', refused: tooLong('too big inline request') },
  { name: 'a NUL in a word', bytes: 'PING\0\n', refused: tooLong('too big inline request') },
  { name: 'a NUL behind unbalanced quotes', bytes: '"\0\n', refused: tooLong('too big inline request') },
  { name: 'a flood behind *NUL', bytes: '*\0\r\n', refused: tooLong('too big mbulk count string') },
  { name: 'a flood behind $NUL', bytes: '$\0\r\n', refused: tooLong('too big inline request') },
  { name: 'a NUL in a $ line', bytes: '*1\r\n$1\0\r\n', refused: tooLong('too big bulk count string') },
  { name: 'a NUL behind the line is none of its', bytes: '*1\r\n$1\r\n\0\r\n', messages: ['<\0>'] }
]

/** The corpus, for `maxLine` 32, `maxBulk` 1024 and `maxArguments` 1024. */
export const respVectors: readonly Vector[] = [...requests, ...inline, ...refusals, ...lines]

/** The limits that the corpus supposes. */
export const respLimits = { maxLine: 32, maxBulk: 1024, maxArguments: 1024 } as const
