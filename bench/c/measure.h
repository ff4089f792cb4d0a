// What the crowds of the benchmarks measure with: the clock that publishers stamp pictures and events with, and quantiles.
#include <stdint.h>
#include <stddef.h>
#include <time.h>

// CLOCK_MONOTONIC, microseconds.
static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

// CLOCK_REALTIME, microseconds.
static inline int64_t realtime_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_float(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

// The quantile q of sorted values; -1 if there are none.
static double pick(float *v, size_t n, double q) {
  if (!n) return -1;
  size_t i = (size_t)(q * (double)n);
  return v[i < n ? i : n - 1];
}
