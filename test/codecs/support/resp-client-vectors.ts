import {
  RespAttributed,
  type RespClientOptions,
  RespFailure,
  RespPush,
  type RespValue,
  RespVerbatim
} from '@shiny/codecs'
import type { Vector } from './vectors.js'

/** Limits that are small, so that vectors are. */
export const respClientLimits: RespClientOptions = { maxLine: 48, maxBulk: 100, maxElements: 10, maxDepth: 4 }

/** A value as the corpus writes it down, with its type. */
export function showValue(value: RespValue): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value)
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (value instanceof Map)
    return `{${[...value].map(([key, item]) => `${showValue(key)}: ${showValue(item)}`).join(', ')}}`
  if (value instanceof Set) return `set(${[...value].map(showValue).join(', ')})`
  if (value instanceof RespFailure) return `error(${value.text})`
  if (value instanceof RespVerbatim) return `${value.format}(${value.text})`
  if (value instanceof RespPush) return `push(${value.elements.map(showValue).join(', ')})`
  if (value instanceof RespAttributed) return `${showValue(value.attributes)} on ${showValue(value.value)}`
  return `[${(value as readonly RespValue[]).map(showValue).join(', ')}]`
}

const replies: [bytes: string, ...messages: string[]][] = [
  ['+OK\r\n+\r\n+a b\r\n', '"OK"', '""', '"a b"'],
  ['+\xc3\xa4\r\n', '"ä"'],
  ['-ERR no such key\r\n', 'error(ERR no such key)'],
  [':0\r\n:-1\r\n:+5\r\n:9007199254740991\r\n', '0', '-1', '5', '9007199254740991'],
  [':9007199254740992\r\n:-9223372036854775808\r\n', '9007199254740992n', '-9223372036854775808n'],
  ['$5\r\na\r\nb\n\r\n$0\r\n\r\n$-1\r\n', '"a\\r\\nb\\n"', '""', 'null'],
  ['*0\r\n*-1\r\n*2\r\n$1\r\na\r\n*1\r\n:1\r\n', '[]', 'null', '["a", [1]]'],
  ['*3\r\n$-1\r\n*-1\r\n-WRONGTYPE x\r\n', '[null, null, error(WRONGTYPE x)]'],
  ['_\r\n#t\r\n#f\r\n', 'null', 'true', 'false'],
  [',1.5\r\n,10\r\n,-1e+30\r\n,1E3\r\n,.5\r\n,-0\r\n', '1.5', '10', '-1e+30', '1000', '0.5', '-0'],
  [',inf\r\n,-inf\r\n,nan\r\n', 'Infinity', '-Infinity', 'NaN'],
  ['(3492890328409238509324850943850943825024385\r\n(-1\r\n', '3492890328409238509324850943850943825024385n', '-1n'],
  ['!21\r\nSYNTAX invalid syntax\r\n!0\r\n\r\n', 'error(SYNTAX invalid syntax)', 'error()'],
  ['=15\r\ntxt:Some string\r\n=4\r\nmkd:\r\n', 'txt(Some string)', 'mkd()'],
  ['%2\r\n+a\r\n:1\r\n*1\r\n:2\r\n_\r\n%0\r\n', '{"a": 1, [2]: null}', '{}'],
  ['~3\r\n+a\r\n#t\r\n~0\r\n~0\r\n', 'set("a", true, set())', 'set()'],
  ['>2\r\n+message\r\n$1\r\nx\r\n+OK\r\n>1\r\n+x\r\n', 'push("message", "x")', '"OK"', 'push("x")'],
  ['|1\r\n+ttl\r\n:3\r\n+OK\r\n', '{"ttl": 3} on "OK"'],
  ['|0\r\n|1\r\n+a\r\n|1\r\n+b\r\n:1\r\n:2\r\n*0\r\n', '{} on {"a": {"b": 1} on 2} on []'],
  ['*3\r\n:1\r\n|1\r\n+ttl\r\n:9\r\n:2\r\n:3\r\n', '[1, {"ttl": 9} on 2, 3]'],
  ['$?\r\n;4\r\nHell\r\n;1\r\no\r\n;0\r\n$?\r\n;0\r\n', '"Hello"', '""'],
  ['$?\r\n;1\r\n\xc3\r\n;1\r\n\xa4\r\n;0\r\n', '"ä"'],
  ['*?\r\n:1\r\n*?\r\n.\r\n$?\r\n;1\r\na\r\n;0\r\n.\r\n', '[1, [], "a"]'],
  ['%?\r\n+a\r\n:1\r\n.\r\n~?\r\n:1\r\n:2\r\n.\r\n', '{"a": 1}', 'set(1, 2)']
]

const MALFORMED = 'ERR_MALFORMED'
const refused: [bytes: string, text: string, code?: string][] = [
  ['x\r\n', "unknown type 'x'"],
  ['\0\r\n', 'unknown type byte 0'],
  ['\r\n', 'unknown type byte 13'],
  ['+a\nb\r\n', 'expected CRLF'],
  ['+a\rb\r\n', 'expected CRLF'],
  ['$1\r\nab\r\n', 'expected CRLF'],
  ['$2\r\na\r\n+', 'expected CRLF'],
  [':\r\n', 'invalid integer'],
  [':1.5\r\n', 'invalid integer'],
  [':+-1\r\n', 'invalid integer'],
  [':9223372036854775808\r\n', 'invalid integer'],
  ['_x\r\n', 'a null with something in it'],
  ['#true\r\n', 'invalid boolean'],
  [',\r\n', 'invalid double'],
  [',1e\r\n', 'invalid double'],
  [',0x10\r\n', 'invalid double'],
  [',Infinity\r\n', 'invalid double'],
  ['(\r\n', 'invalid big number'],
  ['(1.5\r\n', 'invalid big number'],
  ['$-2\r\n', 'invalid bulk length'],
  ['$03\r\n', 'invalid bulk length'],
  ['!-1\r\n', 'invalid bulk length'],
  ['=3\r\ntxt\r\n', 'a verbatim string without a format'],
  ['=5\r\ntxt.a\r\n', 'a verbatim string without a format'],
  ['*-2\r\n', 'invalid multibulk length'],
  ['%-1\r\n', 'invalid multibulk length'],
  ['*x\r\n', 'invalid multibulk length'],
  ['>?\r\n', 'invalid multibulk length'],
  ['|?\r\n', 'invalid multibulk length'],
  ['!?\r\n', 'invalid bulk length'],
  ['*1\r\n>1\r\n+x\r\n', 'a push inside a reply'],
  ['|0\r\n>1\r\n+x\r\n', 'a push inside a reply'],
  ['.\r\n', "'.' outside a streamed aggregate"],
  ['*1\r\n.\r\n', "'.' outside a streamed aggregate"],
  ['*?\r\n.x\r\n', "'.' outside a streamed aggregate"],
  ['%?\r\n:1\r\n.\r\n', 'a key without a value'],
  [';1\r\na\r\n', "';' outside a streamed string"],
  ['$?\r\n:1\r\n', "expected ';', got ':'"],
  ['$?\r\n;-1\r\n', 'invalid bulk length'],
  ['*11\r\n', 'more than 10 elements', 'ERR_TOO_MANY_ELEMENTS'],
  ['%6\r\n', 'more than 10 elements', 'ERR_TOO_MANY_ELEMENTS'],
  [`*2\r\n*5\r\n${':1\r\n'.repeat(5)}*5\r\n${':1\r\n'.repeat(5)}`, 'more than 10 elements', 'ERR_TOO_MANY_ELEMENTS'],
  [`*?\r\n${':1\r\n'.repeat(11)}`, 'more than 10 elements', 'ERR_TOO_MANY_ELEMENTS'],
  ['*1\r\n'.repeat(5), 'nested too deep', 'ERR_TOO_MANY_ELEMENTS'],
  ['|0\r\n'.repeat(5), 'nested too deep', 'ERR_TOO_MANY_ELEMENTS'],
  ['$101\r\n', 'invalid bulk length', 'ERR_FRAME_TOO_LONG'],
  [`$?\r\n${`;60\r\n${'x'.repeat(60)}\r\n`.repeat(2)};0\r\n`, 'a streamed string is too long', 'ERR_FRAME_TOO_LONG'],
  [`+${'x'.repeat(60)}`, 'too big line', 'ERR_FRAME_TOO_LONG']
]

const INCOMPLETE = [
  '*2\r\n:1\r\n',
  '$3\r\nabc\r',
  '+OK\r',
  '|1\r\n:1\r\n:2\r\n',
  '*?\r\n:1\r\n',
  '$?\r\n;1\r\na\r\n',
  '%1\r\n:1\r\n'
]

/** What respClient() makes of replies, by {@link respClientLimits}. */
export const respClientVectors: readonly Vector[] = [
  ...replies.map(([bytes, ...messages]) => ({ name: JSON.stringify(bytes), bytes, messages })),
  ...refused.map(([bytes, text, code = MALFORMED]) => ({
    name: JSON.stringify(bytes.slice(0, 40)),
    bytes: `+OK\r\n${bytes}`,
    messages: ['"OK"'],
    refused: [code, `Protocol error: ${text}`, 5] as [string, string, number]
  })),
  ...INCOMPLETE.map((bytes) => ({ name: JSON.stringify(bytes), bytes, left: bytes.length }))
]
