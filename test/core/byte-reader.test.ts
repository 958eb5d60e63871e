import { ByteReader, NEED_MORE, type RawBuffer } from '@shiny/core'
import t from 'tap'

/** A reader of `bytes` that lie between others, so that a slip of the index shows. */
function readerOf(bytes: string | number[], before = 3, after = 3): ByteReader {
  const content = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes)
  const memory = Buffer.concat([Buffer.alloc(before, 0xee), content, Buffer.alloc(after, 0xee)]) as RawBuffer
  const reader = new ByteReader()
  reader.reset(memory, before, before + content.length)
  return reader
}

t.test('looks without consuming', async (t) => {
  const reader = readerOf([1, 2, 3, 4, 255])
  t.equal(reader.length, 5)
  t.equal(reader.u8(0), 1)
  t.equal(reader.u8(4), 255)
  t.equal(reader.u16(0), 0x0102)
  t.equal(reader.u16(0, true), 0x0201)
  t.equal(reader.u32(0), 0x01020304)
  t.equal(reader.u32(0, true), 0x04030201)
  t.equal(reader.u32(1), 0x020304ff)
  t.equal(reader.length, 5)
})

t.test('reading beyond the unread bytes throws, although there is memory', async (t) => {
  const reader = readerOf([1, 2, 3])
  for (const read of [
    () => reader.u8(3),
    () => reader.u8(-1),
    () => reader.u16(2),
    () => reader.u32(0),
    () => reader.skip(4),
    () => reader.skip(-1),
    () => reader.takeUtf8(4),
    () => reader.takeBytes(4),
    () => reader.borrow(4)
  ]) {
    t.throws(read, RangeError)
  }
  t.equal(reader.length, 3, 'and consumes nothing')
})

t.test('takes text and bytes', async (t) => {
  const reader = readerOf('héllo wörld')
  t.equal(reader.takeUtf8(6), 'héllo')
  t.equal(reader.takeLatin1(3), ' wÃ')
  reader.skip(1)
  const taken = reader.takeBytes(2)
  t.strictSame([...taken], [0x72, 0x6c])
  t.strictSame([...reader.borrow(1)], [0x64])
  t.equal(reader.length, 0)
  t.equal(reader.takeUtf8(0), '')
  t.equal(readerOf([0xff, 0x61]).takeUtf8(2), '\ufffda', 'ill-formed UTF-8 is replaced')
})

t.test('taken bytes are a copy, borrowed ones a view', async (t) => {
  const reader = readerOf([1, 2])
  const memory = reader.memory
  const taken = reader.takeBytes(1)
  const lent = reader.borrow(1)
  memory.fill(9)
  t.strictSame([taken[0], lent[0]], [1, 9])
})

t.test('finds a byte, counted from the first unread one', async (t) => {
  const reader = readerOf('abcabc\n', 5)
  t.equal(reader.indexOf(0x63), 2)
  t.equal(reader.indexOf(0x63, 3), 5)
  t.equal(reader.indexOf(0x78), -1)
  t.equal(reader.indexOf(0xee), -1, 'not behind the unread bytes')
  reader.skip(3)
  t.equal(reader.indexOf(0x63), 2)
  t.equal(reader.indexOf(0x0a), 3)
  t.equal(reader.indexOf(0x0a, 4), -1)
})

t.test('does not search again what was searched in vain', async (t) => {
  const memory = Buffer.alloc(100, 0x61) as RawBuffer
  const reader = new ByteReader()
  reader.reset(memory, 0, 50)
  t.equal(reader.indexOf(10), -1)
  const { position, scanned, scannedFor } = reader.suspend()
  t.strictSame([position, scanned, scannedFor], [0, 50, 10])
  // Were the first 50 bytes searched again, this line feed would be found.
  memory[20] = 10
  memory[60] = 10
  reader.reset(memory, 0, 100, scanned, scannedFor)
  t.equal(reader.indexOf(10), 60)
  t.equal(reader.indexOf(0x61), 0, 'another byte is searched from the front')
  reader.skip(10)
  t.equal(reader.indexOf(10), 10, 'nor is it remembered for other unread bytes')
})

t.test('a search that began later says nothing about what is before it', async (t) => {
  const reader = readerOf('a\nbbb')
  t.equal(reader.indexOf(10, 2), -1)
  t.equal(reader.indexOf(10), 1)
})

t.test('remembers what a decoder asks for', async (t) => {
  const reader = readerOf('ab')
  t.equal(reader.need(10), NEED_MORE)
  t.equal(reader.suspend().needed, 10)
  reader.reset(reader.memory, 3, 5)
  t.equal(reader.suspend().needed, 0)
})

t.test('a reader may be pointed from memory to memory', async (t) => {
  const reader = readerOf([1, 2, 3, 4])
  const pool = Buffer.from([9, 9, 5, 6, 7, 8, 9]).subarray(2, 6) as RawBuffer
  reader.reset(pool, 0, 4)
  t.equal(reader.u32(0), 0x05060708)
  t.equal(reader.position, 0)
  reader.skip(2)
  t.equal(reader.position, 2)
})
