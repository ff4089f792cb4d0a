// The yardstick of the fan-out: what the kernel alone asks for. Accepts COUNT viewers, then sends one WebSocket message
// of BYTES to each, FPS times a second for SECONDS, with one send() call a viewer and nothing else.
//
//   sender PORT COUNT BYTES FPS SECONDS
//
// Prints "listening", then one JSON line: sends, CPU microseconds for each (user + system, this process).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double cpu_us(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e6 + (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}
static int64_t clock_us(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "sender PORT COUNT BYTES FPS SECONDS\n");
    return 2;
  }
  int count = atoi(argv[2]);
  size_t bytes = (size_t)atol(argv[3]);
  double fps = atof(argv[4]), seconds = atof(argv[5]);
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  inet_pton(AF_INET, "127.0.0.1", &addr.sin_addr);
  if (bind(listener, (struct sockaddr *)&addr, sizeof addr) || listen(listener, 4096)) {
    perror("listen");
    return 1;
  }
  printf("listening\n");
  fflush(stdout);
  static const char answer[] =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  int *fds = malloc((size_t)count * sizeof *fds);
  for (int i = 0; i < count; i++) {
    fds[i] = accept(listener, NULL, NULL);
    setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    char request[2048];
    size_t n = 0;
    while (n < sizeof request - 1 && (n < 4 || memcmp(request + n - 4, "\r\n\r\n", 4) != 0)) {
      ssize_t got = read(fds[i], request + n, sizeof request - 1 - n);
      if (got <= 0) return 1;
      n += (size_t)got;
    }
    if (write(fds[i], answer, sizeof answer - 1) < 0) return 1;
  }
  size_t head = 10;
  uint8_t *message = malloc(head + bytes);
  memset(message, 'x', head + bytes);
  message[0] = 0x82;
  message[1] = 127;
  for (int i = 0; i < 8; i++) message[2 + i] = (uint8_t)((uint64_t)bytes >> (56 - 8 * i));
  usleep(500000);
  double before = cpu_us();
  int64_t start = clock_us(CLOCK_MONOTONIC);
  uint64_t sends = 0;
  long rounds = (long)(fps * seconds);
  for (long k = 0; k < rounds; k++) {
    int64_t due = start + (int64_t)((double)k * 1e6 / fps);
    int64_t wait = due - clock_us(CLOCK_MONOTONIC);
    if (wait > 0) usleep((useconds_t)wait);
    int n = snprintf((char *)message + head, 64, "BENCH:%ld:%ld;", clock_us(CLOCK_MONOTONIC), k);
    message[head + (size_t)n] = 'x';
    for (int i = 0; i < count; i++) {
      size_t at = 0;
      while (at < head + bytes) {
        ssize_t sent = send(fds[i], message + at, head + bytes - at, MSG_NOSIGNAL);
        if (sent < 0) break;
        at += (size_t)sent;
      }
      sends++;
    }
  }
  double used = cpu_us() - before;
  double took = (double)(clock_us(CLOCK_MONOTONIC) - start) / 1e6;
  printf("{\"sends\":%lu,\"seconds\":%.3f,\"cpu_us\":%.0f,\"cpu_us_per_send\":%.3f}\n", sends, took, used,
         used / (double)sends);
  fflush(stdout);
  usleep(300000);
  return 0;
}
