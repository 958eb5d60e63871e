// Options are checked when a codec is made, and a bad one says which it is and what was expected.

import {
  binary,
  bytes,
  cobs,
  delimited,
  fixedLength,
  json,
  lengthPrefixed,
  line,
  netstring,
  proxyProtocol,
  resp,
  slip,
  text,
  varintPrefixed,
  webSocket
} from '@shiny/codecs'
import { msgpack } from '@shiny/codecs/msgpack'
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
  [line, { oversize: 'drop' }, 'oversize', /"close" or "skip"/],
  [line, { trailing: true }, 'trailing', /"error" or "emit"/],
  [delimited, {}, 'delimiter', /1 to 16 bytes or a string of as many, got undefined/],
  [delimited, { delimiter: '' }, 'delimiter', /got 0 bytes/],
  [delimited, { delimiter: new Uint8Array(17) }, 'delimiter', /got 17 bytes/],
  [delimited, { delimiter: ';', maxLength: 0 }, 'maxLength', /an integer from 1/],
  [delimited, { delimiter: ';', trailing: 'emit' }, 'trailing', /unknown option of delimited/],
  [fixedLength, 0, 'size', /an integer from 1 to 1073741824, got 0/],
  [fixedLength, undefined, 'size', /got null/],
  [fixedLength, '4', 'size', /got "4"/],
  [lengthPrefixed, { bytes: 5 }, 'bytes', /1, 2, 3, 4 or 8, got 5/],
  [lengthPrefixed, { bytes: 1, adjust: -300 }, 'adjust', /a length of 1 bytes/],
  [lengthPrefixed, { bytes: 1, strip: 300 }, 'adjust', /a length of 1 bytes/],
  [lengthPrefixed, { littleEndian: 1 }, 'littleEndian', /false or true/],
  [lengthPrefixed, { offset: -1 }, 'offset', /an integer from 0 to 1024/],
  [lengthPrefixed, { strip: 1025 }, 'strip', /an integer from 0 to 1024/],
  [lengthPrefixed, { maxLength: 2 ** 31 }, 'maxLength', /an integer from 0 to 1073741824/],
  [lengthPrefixed, { oversize: 'error' }, 'oversize', /"close" or "skip"/],
  [varintPrefixed, { maxLength: -1 }, 'maxLength', /an integer from 0/],
  [proxyProtocol, { maxLength: 106 }, 'maxLength', /an integer from 107 to 65551, got 106/],
  [proxyProtocol, { maxLength: 65_552 }, 'maxLength', /an integer from 107 to 65551/],
  [proxyProtocol, { version: 2 }, 'version', /unknown option of proxyProtocol\(\)/],
  [netstring, { maxlength: 1 }, 'maxlength', /unknown option of netstring/],
  [slip, { leadingEnd: 'yes' }, 'leadingEnd', /false or true/],
  [cobs, { maxLength: 0 }, 'maxLength', /an integer from 1/],
  [webSocket, { role: 'peer' }, 'role', /"server" or "client"/],
  [webSocket, { maxMessage: -1 }, 'maxMessage', /an integer from 0 to 1073741824/],
  [webSocket, { maxFrame: '1' }, 'maxFrame', /got "1"/],
  [webSocket, { compress: true }, 'compress', /unknown option of webSocket\(\)/],
  [text, { encoding: 'ascii' }, 'encoding', /"utf8" or "latin1"/],
  [text, { maxLength: Number.POSITIVE_INFINITY }, 'maxLength', /an integer from 0/],
  [binary, { borrow: 1 }, 'borrow', /false or true/],
  [json, {}, 'schema', /a Standard Schema/],
  [json, null, 'schema', /a Standard Schema/],
  [msgpack, {}, 'schema', /a Standard Schema/],
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
  t.strictSame(delimited({ delimiter: 'é;' }).native?.plan, {
    kind: 'delimited',
    delimiter: [0xc3, 0xa9, 0x3b],
    maxLength: 65_536
  })
  t.strictSame(fixedLength(7).native?.plan, { kind: 'fixed', size: 7 })
  t.strictSame(lengthPrefixed({ bytes: 2, offset: 1, includesPrefix: true }).native?.plan, {
    kind: 'length',
    offset: 1,
    bytes: 2,
    littleEndian: false,
    adjust: -3,
    strip: 3,
    maxLength: 65_532
  })
})

t.test('what no plan can do is done without one', async (t) => {
  const skip = { oversize: 'skip' } as const
  const codecs = [line(skip), delimited({ delimiter: ';', ...skip }), lengthPrefixed(skip)]
  for (const codec of [...codecs, varintPrefixed(), netstring(), slip(), cobs()]) t.equal(codec.native, undefined)
})

t.test('a plan survives what a codec is composed of', async (t) => {
  const framer = lengthPrefixed({ maxLength: 10 })
  const codec = framer.of(json()).map({ in: String, out: (text: string) => text })
  t.strictSame(codec.native?.plan, framer.native?.plan)
  t.strictSame(line().of(binary()).native?.plan, line().native?.plan)
})

t.test('as much is buffered as the largest frame needs, and 64 KiB', async (t) => {
  t.equal(line({ maxLength: 100 }).maxBuffered, 102 + 65_536)
  t.equal(resp().maxBuffered, 67_108_864 + 65_536 + 65_536)
  t.equal(resp({ maxBulk: 536_870_912 }).maxBuffered, 536_870_912 + 65_536 + 65_536)
  t.equal(resp({ maxBulk: 1000 }).maxBuffered, 67_108_864 + 65_536 + 65_536, 'many small arguments')
  t.equal(resp({ maxBulk: 16_384, maxArguments: 10 }).maxBuffered, 10 * (16_384 + 32) + 65_536 + 65_536)
  t.ok(Object.isFrozen(resp()) && Object.isFrozen(line()) && Object.isFrozen(bytes()))
})
