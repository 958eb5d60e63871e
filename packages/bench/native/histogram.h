/* Counts of durations in buckets whose width grows with the value: every figure is within 1.6 % of the truth. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H
#include <stdint.h>

enum { HISTOGRAM_HALF = 64, HISTOGRAM_BUCKETS = 64 * HISTOGRAM_HALF };

typedef struct {
  uint64_t total, max;
  uint64_t counts[HISTOGRAM_BUCKETS];
} Histogram;

/* Values below 128 have a bucket each; above, each power of two is cut into 64. */
static inline unsigned histogram_bucket(uint64_t value) {
  if (value < 2 * HISTOGRAM_HALF) return (unsigned)value;
  unsigned shift = 57 - (unsigned)__builtin_clzll(value);
  return shift * HISTOGRAM_HALF + (unsigned)(value >> shift);
}

/* The middle of a bucket. */
static inline uint64_t histogram_value(unsigned bucket) {
  if (bucket < 2 * HISTOGRAM_HALF) return bucket;
  unsigned shift = bucket / HISTOGRAM_HALF - 1;
  return ((uint64_t)(bucket - shift * HISTOGRAM_HALF) << shift) + ((uint64_t)1 << shift) / 2;
}

static inline void histogram_add(Histogram *h, uint64_t value, uint64_t times) {
  h->counts[histogram_bucket(value)] += times;
  h->total += times;
  if (value > h->max) h->max = value;
}

/* The value that `fraction` of all counts do not exceed. */
static inline uint64_t histogram_quantile(const Histogram *h, double fraction) {
  uint64_t seen = 0, wanted = (uint64_t)(fraction * (double)h->total + 0.5);
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
    seen += h->counts[i];
    if (seen >= wanted && seen > 0) return histogram_value(i) < h->max ? histogram_value(i) : h->max;
  }
  return h->max;
}
#endif
