import {
  cobs,
  delimited,
  fixedLength,
  json,
  type LengthPrefixedOptions,
  lengthPrefixed,
  line,
  netstring,
  slip,
  text,
  varintPrefixed
} from '@shiny/codecs'
import type { Codec } from '@shiny/core/codec'
import type { Vector } from './vectors.js'

/** A corpus: a codec whose content is at most 5 bytes unless it says otherwise, and what must come of bytes. */
export interface Corpus {
  readonly name: string
  readonly codec: Codec<unknown, never>
  readonly vectors: readonly Vector[]
}

/** How the corpora write a message down: text and bytes as characters, anything else as JSON. */
export function showMessage(message: unknown): string {
  if (message instanceof Uint8Array) return Buffer.from(message).toString('latin1')
  return typeof message === 'string' ? message : JSON.stringify(message)
}

type Refused = [code: string, text: string, offset: number]
const tooLong = (offset = 0): Refused => ['ERR_FRAME_TOO_LONG', 'the content of a frame is longer than 5 bytes', offset]
const malformed = (text: string, offset = 0): Refused => ['ERR_MALFORMED', text, offset]
const skipped = 'refused ERR_FRAME_TOO_LONG: the content of a frame is longer than 5 bytes'
const skippedLine = 'refused ERR_FRAME_TOO_LONG: a line is longer than 5 bytes'

const lines: Corpus[] = [
  {
    name: 'line() of text',
    codec: line({ maxLength: 5 }).of(text()),
    vectors: [
      { name: 'lines', bytes: 'ab\ncd\r\n\nx', messages: ['ab', 'cd', ''], left: 1 },
      {
        name: 'one byte too many',
        bytes: 'ab\n123456\n',
        messages: ['ab'],
        refused: ['ERR_FRAME_TOO_LONG', 'a line is longer than 5 bytes', 3]
      }
    ]
  },
  {
    name: 'line() of a shorter text',
    codec: line({ maxLength: 5 }).of(text({ maxLength: 2 })),
    vectors: [
      {
        name: 'what the format alone refuses',
        bytes: 'ab\nabc\ncd\n',
        messages: ['ab', 'refused ERR_FRAME_TOO_LONG: the content of a frame is longer than 2 bytes', 'cd']
      }
    ]
  },
  {
    name: 'line() that skips',
    codec: line({ maxLength: 5, oversize: 'skip' }),
    vectors: [
      { name: 'a long line', bytes: 'ab\n123456\ncd\n', messages: ['ab', skippedLine, 'cd'] },
      { name: 'a CR in it', bytes: '12345\r6\r\nab\n', messages: [skippedLine, 'ab'] },
      {
        name: 'two of them',
        bytes: `${'x'.repeat(20)}\n${'y'.repeat(7)}\r\nab\n`,
        messages: [skippedLine, skippedLine, 'ab']
      },
      { name: 'one that does not end', bytes: 'ab\n1234567', messages: ['ab', skippedLine] },
      { name: 'nor after a CR', bytes: '1234567\r', messages: [skippedLine] },
      { name: 'a short line that does not end', bytes: 'ab', left: 2 }
    ]
  },
  {
    name: 'line() with CR LF that skips',
    codec: line({ maxLength: 5, newline: 'crlf', oversize: 'skip' }),
    vectors: [
      { name: 'LF in a long line', bytes: '12345\n6\n7\r\nab\r\n', messages: [skippedLine, 'ab'] },
      { name: 'CR in a long line', bytes: '1234567\r8\r\r\nab\r\n', messages: [skippedLine, 'ab'] }
    ]
  },
  {
    name: 'line() of JSON that skips',
    codec: line({ maxLength: 5, oversize: 'skip' }).of(json()),
    vectors: [
      {
        name: 'a long line, then a bad one',
        bytes: '1\n1234567\n{\n2\n',
        messages: ['1', skippedLine, `refused ERR_INVALID_MESSAGE: ${complaint('{')}`, '2']
      }
    ]
  },
  {
    name: 'line() of a file',
    codec: line({ maxLength: 5, trailing: 'emit' }),
    vectors: [
      { name: 'no last ending', bytes: 'ab\ncd', messages: ['ab', 'cd'] },
      { name: 'a last ending', bytes: 'ab\n', messages: ['ab'] },
      { name: 'half an ending', bytes: 'ab\r', messages: ['ab\r'] },
      { name: 'nothing', bytes: '' },
      {
        name: 'half an ending too many',
        bytes: '12345\r',
        refused: ['ERR_FRAME_TOO_LONG', 'a line is longer than 5 bytes', 0]
      }
    ]
  },
  {
    name: 'line() of a file that skips',
    codec: line({ maxLength: 5, trailing: 'emit', oversize: 'skip' }),
    vectors: [
      { name: 'a long line at the end', bytes: 'ab\n1234567', messages: ['ab', skippedLine] },
      { name: 'a long line before the last', bytes: '1234567\ncd', messages: [skippedLine, 'cd'] },
      { name: 'half an ending too many', bytes: '12345\r', messages: [skippedLine] }
    ]
  }
]

const delimiters: Corpus[] = [
  {
    name: 'delimited() by one byte',
    codec: delimited({ delimiter: ';', maxLength: 5 }),
    vectors: [
      { name: 'frames', bytes: 'ab;;12345;\n;x', messages: ['ab', '', '12345', '\n'], left: 1 },
      { name: 'one byte too many', bytes: 'ab;123456;', messages: ['ab'], refused: tooLong(3) },
      { name: 'refused before its delimiter', bytes: '123456', refused: tooLong() }
    ]
  },
  {
    name: 'delimited() by two bytes',
    codec: delimited({ delimiter: '--', maxLength: 5 }),
    vectors: [
      { name: 'frames', bytes: 'a-b--c---d--', messages: ['a-b', 'c', '-d'] },
      { name: 'a delimiter that may be one', bytes: '12345-', left: 6 },
      { name: 'and is none', bytes: '12345-6', refused: tooLong() },
      { name: 'or is', bytes: '12345--', messages: ['12345'] },
      { name: 'one that comes too late', bytes: '123456--', refused: tooLong() }
    ]
  },
  {
    name: 'delimited() by bytes that repeat',
    codec: delimited({ delimiter: new Uint8Array([97, 97, 98]), maxLength: 5 }),
    vectors: [
      { name: 'frames', bytes: 'xaaabaabaaaab', messages: ['xa', '', 'aa'] },
      { name: 'the last chance', bytes: '12345aab', messages: ['12345'] },
      { name: 'missed', bytes: '12345aaab', refused: tooLong() }
    ]
  },
  {
    name: 'delimited() that skips',
    codec: delimited({ delimiter: '--', maxLength: 5, oversize: 'skip' }),
    vectors: [
      { name: 'a long frame', bytes: 'ab--1234567--cd--', messages: ['ab', skipped, 'cd'] },
      { name: 'half a delimiter in it', bytes: '123456-7-8--cd--', messages: [skipped, 'cd'] },
      { name: 'one that does not end', bytes: '123456-7', messages: [skipped] },
      { name: 'one that ends by half', bytes: '123456-', messages: [skipped] }
    ]
  }
]

const fixed: Corpus[] = [
  {
    name: 'fixedLength()',
    codec: fixedLength(3),
    vectors: [
      { name: 'frames', bytes: 'abcdef', messages: ['abc', 'def'] },
      { name: 'a part', bytes: 'abcd', messages: ['abc'], left: 1 },
      { name: 'nothing', bytes: '' }
    ]
  },
  {
    name: 'fixedLength() of JSON',
    codec: fixedLength(4).of(json()),
    vectors: [
      {
        name: 'one that is none',
        bytes: 'truenullnope 123',
        messages: ['true', 'null', `refused ERR_INVALID_MESSAGE: ${complaint('nope')}`, '123']
      }
    ]
  }
]

/** What this runtime says of a text that is no JSON. */
function complaint(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch (error) {
    return (error as Error).message
  }
}

const prefixed = (name: string, options: LengthPrefixedOptions, vectors: readonly Vector[]): Corpus => ({
  name: `lengthPrefixed(${name})`,
  codec: lengthPrefixed({ maxLength: 5, ...options }),
  vectors
})
const tooShort = (offset = 0) => malformed('the length of a frame is less than what stands before its content', offset)

const lengths: Corpus[] = [
  prefixed('', {}, [
    { name: 'frames', bytes: '\0\0\0\x03abc\0\0\0\0\0\0\0\x05', messages: ['abc', ''], left: 4 },
    { name: 'one byte too many', bytes: '\0\0\0\x01a\0\0\0\x06', messages: ['a'], refused: tooLong(5) },
    { name: '4 GiB', bytes: '\xff\xff\xff\xff', refused: tooLong() },
    { name: '2 GiB', bytes: '\x80\0\0\0x', refused: tooLong() },
    { name: 'a part of the length', bytes: '\0\0', left: 2 }
  ]),
  ...([1, 2, 3, 4, 8] as const).flatMap((bytes) => [
    prefixed(`${bytes} bytes`, { bytes }, [
      { name: 'frames', bytes: `${'\0'.repeat(bytes - 1)}\x02ab${'\0'.repeat(bytes)}`, messages: ['ab', ''] },
      { name: 'the largest length', bytes: '\xff'.repeat(bytes), refused: tooLong() }
    ]),
    prefixed(`${bytes} bytes, little-endian`, { bytes, littleEndian: true }, [
      { name: 'frames', bytes: `\x02${'\0'.repeat(bytes - 1)}ab${'\0'.repeat(bytes)}`, messages: ['ab', ''] },
      { name: 'the largest length', bytes: '\xff'.repeat(bytes), refused: tooLong() }
    ])
  ]),
  prefixed('that includes the prefix', { bytes: 2, includesPrefix: true }, [
    { name: 'frames', bytes: '\0\x04ab\0\x02', messages: ['ab', ''] },
    { name: 'less than the prefix', bytes: '\0\x03a\0\x01', messages: ['a'], refused: tooShort(3) },
    { name: 'one byte too many', bytes: '\0\x08', refused: tooLong() }
  ]),
  prefixed('behind a header', { bytes: 1, offset: 2 }, [
    { name: 'frames', bytes: 'hi\x02abHI\0', messages: ['ab', ''] },
    { name: 'a part of the header', bytes: 'hi', left: 2 }
  ]),
  prefixed('before a header', { bytes: 1, adjust: 2, strip: 3 }, [
    { name: 'frames', bytes: '\x01hia\0hi', messages: ['a', ''] },
    { name: 'one byte too many', bytes: '\x06hi', refused: tooLong() }
  ]),
  prefixed('between headers', { bytes: 2, offset: 1, adjust: 1, strip: 4 }, [
    { name: 'frames', bytes: '<\0\x01>a<\0\0>', messages: ['a', ''] }
  ]),
  prefixed('with its whole frame', { bytes: 1, strip: 0 }, [
    { name: 'frames', bytes: '\x02ab\0\x04abcd', messages: ['\x02ab', '\0', '\x04abcd'] },
    { name: 'one byte too many', bytes: '\x05', refused: tooLong() }
  ]),
  prefixed('that strips what it counts', { bytes: 1, strip: 3 }, [
    { name: 'frames', bytes: '\x04hiab', messages: ['ab'] },
    { name: 'less than that', bytes: '\x01h', refused: tooShort() }
  ]),
  prefixed('that skips', { bytes: 2, oversize: 'skip' }, [
    { name: 'a long frame', bytes: '\0\x01a\0\x06123456\0\x01b', messages: ['a', skipped, 'b'] },
    { name: 'two of them', bytes: '\0\x06123456\0\x071234567\0\x01b', messages: [skipped, skipped, 'b'] },
    { name: 'one that does not end', bytes: '\0\x01a\xff\xff123456', messages: ['a', skipped] },
    { name: 'a short one that does not end', bytes: '\0\x02a', left: 3 }
  ])
]

const others: Corpus[] = [
  {
    name: 'varintPrefixed()',
    codec: varintPrefixed({ maxLength: 5 }),
    vectors: [
      { name: 'frames', bytes: '\x02ab\0\x05abcde', messages: ['ab', '', 'abcde'] },
      { name: 'more bytes than needed', bytes: '\x81\0a\x80\x80\0', messages: ['a', ''] },
      { name: 'one byte too many', bytes: '\x01a\x06', messages: ['a'], refused: tooLong(2) },
      { name: 'too long by its second byte', bytes: '\x80\x01', refused: tooLong() },
      {
        name: 'a length that does not end',
        bytes: '\x80\x80\x80\x80\x80',
        refused: malformed('the length of a frame has more than 32 bits')
      },
      {
        name: '33 bits',
        bytes: '\x80\x80\x80\x80\x10',
        refused: malformed('the length of a frame has more than 32 bits')
      },
      { name: 'the largest length', bytes: '\xff\xff\xff\xff\x0f', refused: tooLong() },
      { name: 'a part of the length', bytes: '\x80\x80', left: 2 }
    ]
  },
  {
    name: 'netstring()',
    codec: netstring({ maxLength: 5 }),
    vectors: [
      { name: 'frames', bytes: '3:abc,0:,5:12,:3,', messages: ['abc', '', '12,:3'] },
      { name: 'one byte too many', bytes: '1:a,6:', messages: ['a'], refused: tooLong(4) },
      { name: 'digits without end', bytes: '99999999999999999999', refused: tooLong() },
      { name: 'a leading zero', bytes: '00:,', refused: malformed('the length of a netstring begins with a zero') },
      { name: 'and another', bytes: '03:abc,', refused: malformed('the length of a netstring begins with a zero') },
      { name: 'no digit', bytes: ':,', refused: malformed('the length of a netstring is not a number') },
      { name: 'a sign', bytes: '-1:,', refused: malformed('the length of a netstring is not a number') },
      { name: 'a space', bytes: '3 :abc,', refused: malformed('the length of a netstring is not a number') },
      { name: 'no comma', bytes: '3:abcd', refused: malformed('a netstring does not end in a comma') },
      { name: 'no comma yet', bytes: '3:abc', left: 5 }
    ]
  },
  {
    name: 'slip()',
    codec: slip({ maxLength: 5 }),
    vectors: [
      { name: 'frames', bytes: '\xc0ab\xc0\xc0c\xc0', messages: ['ab', 'c'] },
      { name: 'escapes', bytes: '\xdb\xdcx\xdb\xdd\xc0', messages: ['\xc0x\xdb'] },
      {
        name: 'an escape of nothing',
        bytes: 'a\xdb\xc0b\xc0',
        messages: ['refused ERR_MALFORMED: a SLIP frame has an escape that is none', 'b']
      },
      {
        name: 'an escape of something else',
        bytes: '\xdba\xc0b\xc0',
        messages: ['refused ERR_MALFORMED: a SLIP frame has an escape that is none', 'b']
      },
      {
        name: 'an escape twice',
        bytes: '\xdb\xdb\xdc\xc0',
        messages: ['refused ERR_MALFORMED: a SLIP frame has an escape that is none']
      },
      {
        name: 'an escape of nothing behind empty frames',
        bytes: 'a\xc0\xc0\xc0b\xdb\xc0',
        messages: ['a', 'refused ERR_MALFORMED: a SLIP frame has an escape that is none']
      },
      { name: 'the longest', bytes: `${'\xdb\xdc'.repeat(5)}\xc0`, messages: ['\xc0'.repeat(5)] },
      { name: 'one byte too many', bytes: 'a\xc0123456\xc0', messages: ['a'], refused: tooLong(2) },
      { name: 'refused before its end', bytes: '12345678901', refused: tooLong() },
      { name: 'a part', bytes: '\xc0ab', left: 2 }
    ]
  },
  {
    name: 'slip() that skips',
    codec: slip({ maxLength: 5, oversize: 'skip' }),
    vectors: [
      { name: 'a long frame', bytes: 'a\xc0123456\xc0b\xc0', messages: ['a', skipped, 'b'] },
      { name: 'a longer one', bytes: `a\xc0${'x'.repeat(30)}\xc0b\xc0`, messages: ['a', skipped, 'b'] },
      { name: 'one that does not end', bytes: 'x'.repeat(11), messages: [skipped] }
    ]
  },
  {
    name: 'cobs()',
    codec: cobs({ maxLength: 5 }),
    vectors: [
      { name: 'frames', bytes: '\x03ab\0\x01\0\0\x01\x01\0', messages: ['ab', '', '\0'] },
      { name: 'zeros', bytes: '\x03\x11\x22\x02\x33\0', messages: ['\x11\x22\0\x33'] },
      { name: 'a zero at the end', bytes: '\x02a\x01\0', messages: ['a\0'] },
      {
        name: 'a code beyond the frame',
        bytes: '\x03a\0\x02b\0',
        messages: ['refused ERR_MALFORMED: a COBS frame ends before its last code says', 'b']
      },
      {
        name: 'a code alone',
        bytes: '\x02\0',
        messages: ['refused ERR_MALFORMED: a COBS frame ends before its last code says']
      },
      {
        name: 'the largest code',
        bytes: '\xffab\0',
        messages: ['refused ERR_MALFORMED: a COBS frame ends before its last code says']
      },
      {
        name: 'a code that lies at the end',
        bytes: '\x02a\x05b\0',
        messages: ['refused ERR_MALFORMED: a COBS frame ends before its last code says']
      },
      { name: 'one byte too many', bytes: '\x02a\0\x07123456\0', messages: ['a'], refused: tooLong(3) },
      { name: 'refused before its end', bytes: '\x07123456', refused: tooLong() },
      { name: 'a part', bytes: '\x03ab', left: 3 }
    ]
  },
  {
    name: 'cobs() that skips',
    codec: cobs({ maxLength: 5, oversize: 'skip' }),
    vectors: [{ name: 'a long frame', bytes: '\x02a\0\x07123456\0\x02b\0', messages: ['a', skipped, 'b'] }]
  },
  {
    name: 'slip() of JSON',
    codec: slip({ maxLength: 5 }).of(json()),
    vectors: [
      {
        name: 'a bad one behind empty ones',
        bytes: '1\xc0\xc0\xc0{\xc0\xc02\xc0',
        messages: ['1', `refused ERR_INVALID_MESSAGE: ${complaint('{')}`, '2']
      }
    ]
  }
]

/** The corpora of all framers. */
export const framerCorpora: readonly Corpus[] = [...lines, ...delimiters, ...fixed, ...lengths, ...others]
