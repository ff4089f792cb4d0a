// Makes two smaller JPEGs of one, again and again, with libjpeg-turbo: decoded at half its size (the scaled inverse DCT),
// shrunk with an area filter, encoded; the second picture is made from the pixels of the first. Prints the CPU time of each
// in microseconds, and the sizes of the results in bytes.
//
//   scale-jpeg FILE TIMES WIDTH HEIGHT QUALITY WIDTH HEIGHT QUALITY
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <turbojpeg.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct {
  int width, height;
  uint8_t *pixels;
} picture;

typedef uint8_t octets __attribute__((vector_size(16)));
typedef uint16_t words __attribute__((vector_size(16)));
typedef uint32_t ints __attribute__((vector_size(16)));
typedef uint64_t longs __attribute__((vector_size(16)));

// How the samples of one axis are mixed to fewer: for each of those the first of its samples and their weights, in 256ths;
// for the columns also two pixels at a time, each weight once for each of the 4 channels.
typedef struct {
  int taps;
  int *starts;
  uint16_t *weights;
  words *pairs;
} table;

static void fail(const char *what) {
  fprintf(stderr, "scale-jpeg: %s\n", what);
  exit(1);
}

static void *take(size_t bytes) {
  void *memory = malloc(bytes);
  if (!memory) fail("no memory");
  return memory;
}

static double clamp(double value) { return value < 0 ? 0 : value > 1 ? 1 : value; }

static table make_table(int from, int to) {
  double ratio = (double)from / to;
  int taps = (int)ratio + 2 < from ? (int)ratio + 2 : from;
  if (from % to == 0) taps = from / to;
  int pairs = (taps + 1) / 2;
  table t = {taps, take(sizeof(int) * to), take(sizeof(uint16_t) * to * taps), aligned_alloc(16, sizeof(words) * to * pairs)};
  if (!t.pairs) fail("no memory");
  memset(t.pairs, 0, sizeof(words) * to * pairs);
  for (int i = 0; i < to; i++) {
    int start = (int)(i * ratio + 1e-6);
    if (start > from - taps) start = from - taps;
    t.starts[i] = start;
    int before = 0;
    for (int k = 0; k < taps; k++) {
      int sum = (int)(clamp((start + k + 1) / ratio - i) * 256 + 0.5);
      t.weights[i * taps + k] = (uint16_t)(sum - before);
      for (int c = 0; c < 4; c++) t.pairs[i * pairs + k / 2][k % 2 * 4 + c] = t.weights[i * taps + k];
      before = sum;
    }
  }
  return t;
}

static words two_pixels(const uint8_t *in) {
  uint64_t bytes;
  memcpy(&bytes, in, 8);
  octets low = (octets)(longs){bytes, 0};
  return (words)__builtin_shufflevector(low, (octets){0}, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// The low bytes of the first four.
static uint32_t low_bytes(words values) {
#ifdef __SSE2__
  return ((ints)_mm_packus_epi16((__m128i)values, (__m128i)values))[0];
#else
  octets bytes = (octets)values;
  return ((ints)__builtin_shufflevector(bytes, bytes, 0, 2, 4, 6, 0, 2, 4, 6, 0, 2, 4, 6, 0, 2, 4, 6))[0];
#endif
}

static void add_row(uint16_t *restrict sums, const uint8_t *restrict in, uint16_t weight, int length) {
  for (int x = 0; x < length; x++) sums[x] = (uint16_t)(sums[x] + in[x] * weight);
}

// Rows first, 4 bytes a pixel. Half the size in both directions has a loop of its own, which compilers vectorize.
static void shrink(const picture *from, picture *to, const table *columns, const table *rows,
                   uint16_t *restrict sums,
                   uint8_t *restrict row) {
  int stride = from->width * 4, pairs = (columns->taps + 1) / 2;
  for (int y = 0; y < to->height; y++) {
    const uint8_t *first = from->pixels + (size_t)rows->starts[y] * stride;
    uint8_t *out = to->pixels + (size_t)y * to->width * 4;
    if (rows->taps == 2 && columns->taps == 2) {
      const uint8_t *second = first + stride;
      for (int x = 0; x < to->width; x++)
        for (int c = 0; c < 4; c++)
          out[x * 4 + c] = (uint8_t)((first[x * 8 + c] + first[x * 8 + 4 + c] + second[x * 8 + c] + second[x * 8 + 4 + c] + 2) >> 2);
      continue;
    }
    for (int x = 0; x < stride; x++) sums[x] = 128;
    for (int k = 0; k < rows->taps; k++)
      add_row(sums, first + (size_t)k * stride, rows->weights[y * rows->taps + k], stride);
    for (int x = 0; x < stride; x++) row[x] = (uint8_t)(sums[x] >> 8);
    for (int x = 0; x < to->width; x++) {
      const uint8_t *in = row + columns->starts[x] * 4;
      const words *weights = columns->pairs + x * pairs;
      words sum = {128, 128, 128, 128, 0, 0, 0, 0};
      for (int k = 0; k < pairs; k++) sum += two_pixels(in + k * 8) * weights[k];
      uint32_t pixel = low_bytes((sum + (words)__builtin_shufflevector((longs)sum, (longs)sum, 1, 1)) >> 8);
      memcpy(out + x * 4, &pixel, 4);
    }
  }
}

static uint8_t *read_file(const char *path, unsigned long *length) {
  FILE *file = fopen(path, "rb");
  if (!file) fail("the picture cannot be opened");
  fseek(file, 0, SEEK_END);
  *length = (unsigned long)ftell(file);
  rewind(file);
  uint8_t *bytes = take(*length);
  if (fread(bytes, 1, *length, file) != *length) fail("the picture cannot be read");
  fclose(file);
  return bytes;
}

static double cpu_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
  if (argc != 9) fail("usage: scale-jpeg FILE TIMES WIDTH HEIGHT QUALITY WIDTH HEIGHT QUALITY");
  unsigned long length;
  uint8_t *jpeg = read_file(argv[1], &length);
  int times = atoi(argv[2]);
  tjhandle decoder = tjInitDecompress(), encoder = tjInitCompress();
  int width, height, subsampling, colours;
  if (tjDecompressHeader3(decoder, jpeg, length, &width, &height, &subsampling, &colours)) fail("no JPEG");
  picture half = {(width + 1) / 2, (height + 1) / 2, NULL};
  half.pixels = take((size_t)half.width * half.height * 4);
  uint16_t *sums = take(sizeof(uint16_t) * half.width * 4);
  uint8_t *row = take((size_t)half.width * 4 + 16);
  picture out[2];
  table columns[2], rows[2];
  int quality[2];
  unsigned char *encoded[2];
  unsigned long bytes[2];
  for (int i = 0; i < 2; i++) {
    const picture *from = i == 0 ? &half : &out[0];
    out[i].width = atoi(argv[3 + i * 3]);
    out[i].height = atoi(argv[4 + i * 3]);
    quality[i] = atoi(argv[5 + i * 3]);
    out[i].pixels = take((size_t)out[i].width * out[i].height * 4);
    columns[i] = make_table(from->width, out[i].width);
    rows[i] = make_table(from->height, out[i].height);
    encoded[i] = take(tjBufSize(out[i].width, out[i].height, TJSAMP_420));
  }
  double least = 1e12, sum = 0;
  for (int n = 0; n < times; n++) {
    double begin = cpu_us();
    if (tjDecompress2(decoder, jpeg, length, half.pixels, half.width, 0, half.height, TJPF_RGBX, TJFLAG_FASTDCT)) fail("cannot decode");
    for (int i = 0; i < 2; i++) {
      picture *from = i == 0 ? &half : &out[0];
      if (from->width == out[i].width && from->height == out[i].height)
        out[i].pixels = from->pixels;
      else
        shrink(from, &out[i], &columns[i], &rows[i], sums, row);
      bytes[i] = tjBufSize(out[i].width, out[i].height, TJSAMP_420);
      if (tjCompress2(encoder, out[i].pixels, out[i].width, 0, out[i].height, TJPF_RGBX, &encoded[i], &bytes[i], TJSAMP_420,
                      quality[i], TJFLAG_FASTDCT | TJFLAG_NOREALLOC))
        fail("cannot encode");
    }
    double took = cpu_us() - begin;
    sum += took;
    if (took < least) least = took;
  }
  printf("{\"mean\":%.1f,\"least\":%.1f,\"bytes\":[%lu,%lu]}\n", sum / times, least, bytes[0], bytes[1]);
  return 0;
}
