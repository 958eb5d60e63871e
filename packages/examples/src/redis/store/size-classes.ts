/**
 * Blocks up to this size are in steps of 8 bytes, larger ones in 8 steps for each doubling: at most an eighth is
 * wasted.
 */
const FINE = 128
const FINE_CLASSES = FINE / 8 - 1
const DOUBLINGS = 6

/** The largest block, in bytes. */
export const LARGEST_BLOCK = FINE << DOUBLINGS

/** How many size classes there are. */
export const CLASS_COUNT = FINE_CLASSES + 8 * DOUBLINGS

/** The size of the blocks of each class, in bytes: 16, 24, 32 … 128, 144 … 8192. */
export const CLASS_BYTES: Int32Array = Int32Array.from({ length: CLASS_COUNT }, (_, index) => {
  if (index < FINE_CLASSES) return (index + 2) * 8
  const step = index - FINE_CLASSES
  const floor = FINE << (step >>> 3)
  return floor + ((step & 7) + 1) * (floor >>> 3)
})

/** The smallest class whose blocks hold `bytes`, which is 1 to {@link LARGEST_BLOCK}. */
export function classFor(bytes: number): number {
  if (bytes <= 16) return 0
  if (bytes <= FINE) return ((bytes + 7) >>> 3) - 2
  const below = bytes - 1
  const exponent = 31 - Math.clz32(below)
  return FINE_CLASSES + ((exponent - 7) << 3) + ((below - (1 << exponent)) >>> (exponent - 3))
}
