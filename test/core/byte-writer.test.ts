import { ByteWriter } from '@shiny/core'
import t from 'tap'

const written = (writer: ByteWriter) => Buffer.from(writer.toBytes())

t.test('integers in both orders', async (t) => {
  const writer = new ByteWriter(0)
  writer.u8(1)
  writer.u8(0x1ff)
  writer.u16(0x0203)
  writer.u16(0x0203, true)
  writer.u32(0x04050607)
  writer.u32(0x84050607, true)
  t.equal(written(writer).toString('hex'), '01ff020303020405060707060584')
})

t.test('text, short and long, plain and not', async (t) => {
  for (const text of [
    '',
    'a',
    'plain ascii',
    'x'.repeat(32),
    'x'.repeat(33),
    'é',
    `${'x'.repeat(31)}é`,
    '😀'.repeat(20)
  ]) {
    const writer = new ByteWriter(1)
    writer.utf8(text)
    t.ok(written(writer).equals(Buffer.from(text)), JSON.stringify(text))
    writer.latin1(text)
    t.ok(written(writer).subarray(Buffer.byteLength(text)).equals(Buffer.from(text, 'latin1')), `${text} as latin1`)
  }
  const lone = new ByteWriter()
  lone.utf8('a\ud800b')
  t.equal(written(lone).toString(), 'a\ufffdb', 'a lone surrogate is replaced')
})

t.test('bytes and slices of bytes, short and long', async (t) => {
  const source = Uint8Array.from({ length: 200 }, (_, i) => i)
  for (const length of [0, 1, 31, 32, 33, 100]) {
    const writer = new ByteWriter(1)
    writer.bytes(source.subarray(0, length))
    writer.slice(source, 50, 50 + length)
    writer.slice(Buffer.from(source), 50, 50 + length)
    const slice = source.subarray(50, 50 + length)
    t.ok(written(writer).equals(Buffer.concat([source.subarray(0, length), slice, slice])), `${length} bytes`)
  }
})

t.test('what is written is a copy', async (t) => {
  const source = Uint8Array.of(1, 2, 3)
  const writer = new ByteWriter()
  writer.bytes(source)
  source.fill(9)
  t.strictSame([...writer.toBytes()], [1, 2, 3])
})

t.test('a hole is filled later, also after the memory has moved', async (t) => {
  const writer = new ByteWriter(8)
  writer.utf8('before ')
  writer.begin()
  const length = writer.reserve(4)
  const flag = writer.reserve(1)
  t.strictSame([length, flag], [0, 4])
  writer.utf8('x'.repeat(1000))
  writer.patchU32(length, writer.length)
  writer.patchU8(flag, 7)
  const bytes = written(writer)
  t.equal(bytes.readUInt32BE(7), 1005)
  t.equal(bytes[11], 7)
  writer.patchU32(length, 1, true)
  t.equal(written(writer).readUInt32LE(7), 1)
  for (const patch of [() => writer.patchU8(1005, 0), () => writer.patchU32(1002, 0), () => writer.patchU8(-1, 0)]) {
    t.throws(patch, RangeError, 'not outside the message')
  }
})

t.test('claim and commit', async (t) => {
  const writer = new ByteWriter(4)
  writer.utf8('ab')
  const at = writer.claim(100)
  writer.memory[at] = 0x63
  writer.memory[at + 1] = 0x64
  writer.commit(at + 2)
  t.equal(written(writer).toString(), 'abcd')
  t.throws(() => writer.commit(0), RangeError)
  t.throws(() => writer.commit(1_000_000), RangeError)
})

t.test('a message is taken back as a whole', async (t) => {
  const writer = new ByteWriter(4)
  writer.utf8('kept')
  writer.begin()
  writer.utf8('taken back '.repeat(100))
  t.equal(writer.length, 1100)
  writer.rollback()
  t.equal(writer.length, 0)
  writer.utf8(' too')
  t.equal(written(writer).toString(), 'kept too')
})
