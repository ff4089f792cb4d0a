// A crowd of readers of events, by server-sent events or Socket.IO, as cheap as the kernel allows: one epoll loop, which
// looks for one mark in what comes and throws the rest away.
//
//   readers HOST PORT PATH COUNT SECONDS [EVENTS [TYPE]]
//
// Opens COUNT connections, prints "ready" once all have got the head of the answer, reads for SECONDS, then prints one JSON
// line. With EVENTS it prints that as soon as so many events have reached all, and keeps the connections. With TYPE they are clients of Socket.IO 4 (https://socket.io/docs/v4/socket-io-protocol/), over WebSocket, which
// subscribe to events of that type first, and answer pings. A published event carries the text
// "BENCH:<microseconds of CLOCK_MONOTONIC>:<sequence>;": from it comes `last` (publish → arrival at the last reader, one
// value an event), in milliseconds; `complete` is how many events all have got.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

#define MAX_SEQ 100000
#define CARRY 64     // a mark may be cut in two

typedef struct {
  int fd;
  int have;          // bytes carried over
  char carry[CARRY];
} Conn;

static int64_t last_lag[MAX_SEQ];
static int arrivals[MAX_SEQ];
static uint64_t bytes, closed;
static int count, complete;

// Counts the whole marks in a text; returns where the last one ended.
static char *count_marks(char *text, char *end) {
  for (;;) {
    char *mark = memmem(text, (size_t)(end - text), "BENCH:", 6);
    if (!mark) return text;
    char *stop = memchr(mark, ';', (size_t)(end - mark));
    if (!stop) return text;
    char *rest;
    int64_t lag = now_us() - strtoll(mark + 6, &rest, 10);
    int seq = atoi(rest + 1);
    if (seq >= 0 && seq < MAX_SEQ) {
      if (lag > last_lag[seq]) last_lag[seq] = lag;
      if (++arrivals[seq] == count) complete++;
    }
    text = stop;
  }
}

// Sends a text of less than 126 bytes as a WebSocket frame, masked with zeros.
static int send_text(int fd, const char *text) {
  size_t length = strlen(text);
  char frame[6 + 126] = {(char)0x81, (char)(0x80 | length)};
  memcpy(frame + 6, text, length);
  return send(fd, frame, 6 + length, MSG_NOSIGNAL) == (ssize_t)(6 + length);
}

// Answers each ping of Engine.IO, a text of its own: "2" by "3". It is struck out, since it may be carried over.
static void answer_pings(int fd, char *text, char *end) {
  for (char *ping; (ping = memmem(text, (size_t)(end - text), "\x81\x01" "2", 3)); text = ping + 3) {
    memset(ping, 0, 3);
    if (!send_text(fd, "3")) closed++;
  }
}

// Reads until a text has come; returns whether it did.
static int read_until(int fd, const char *mark) {
  char text[8192];
  size_t have = 0;
  while (have < sizeof text - 1) {
    ssize_t n = read(fd, text + have, sizeof text - 1 - have);
    if (n <= 0) break;
    have += (size_t)n;
    if (memmem(text, have, mark, strlen(mark))) return 1;
  }
  text[have] = 0;
  fprintf(stderr, "%s came instead of %s\n", text, mark);
  return 0;
}

// Asks for an event stream; returns whether the answer has begun.
static int open_stream(int fd, const char *port, const char *path) {
  char text[2048];
  int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", path, port);
  if (write(fd, text, (size_t)n) != n) return 0;
  ssize_t got = read(fd, text, sizeof text - 1);
  text[got < 0 ? 0 : got] = 0;
  if (strncmp(text, "HTTP/1.1 200", 12) == 0 && !strstr(text, "event: error")) return 1;
  fprintf(stderr, "%s\n", text);
  return 0;
}

// Becomes a client of Socket.IO that has subscribed to a type of events.
static int open_socket_io(int fd, const char *port, const char *path, const char *type) {
  char text[2048];
  int n = snprintf(text, sizeof text,
                   "GET %s?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                   path, port);
  if (write(fd, text, (size_t)n) != n || !read_until(fd, "\"sid\"")) return 0;
  if (!send_text(fd, "40") || !read_until(fd, "40{")) return 0;
  snprintf(text, sizeof text, "42[\"subscribe\",{\"event_types\":[\"%.40s\"]}]", type);
  return send_text(fd, text) && read_until(fd, "[\"subscribed\"");
}

static int readable(Conn *c, int pings) {
  static char text[CARRY + (1 << 16) + 1];
  for (;;) {
    memcpy(text, c->carry, (size_t)c->have);
    ssize_t n = recv(c->fd, text + c->have, 1 << 16, MSG_DONTWAIT);
    if (n == 0) return 0;
    if (n < 0) return errno == EAGAIN;
    bytes += (uint64_t)n;
    char *end = text + c->have + n;
    *end = 0;
    if (pings) answer_pings(c->fd, text, end);
    char *from = count_marks(text, end);
    c->have = end - from < CARRY ? (int)(end - from) : CARRY - 1;
    memcpy(c->carry, end - c->have, (size_t)c->have);
    if (n < 1 << 16) return 1;
  }
}

static void report(void) {
  float *lasts = malloc(MAX_SEQ * sizeof *lasts);
  size_t known = 0;
  for (int i = 0; i < MAX_SEQ; i++)
    if (arrivals[i]) lasts[known++] = (float)last_lag[i] / 1000;
  qsort(lasts, known, sizeof *lasts, by_float);
  printf("{\"readers\":%d,\"bytes\":%lu,\"closed\":%lu,\"events\":%zu,\"complete\":%d,"
         "\"last\":{\"p50\":%.2f,\"max\":%.2f}}\n",
         count, bytes, closed, known, complete, pick(lasts, known, .5), pick(lasts, known, 1));
  fflush(stdout);
  free(lasts);
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "readers HOST PORT PATH COUNT SECONDS [EVENTS [TYPE]]\n");
    return 2;
  }
  count = atoi(argv[4]);
  int wanted = argc < 7 ? 0 : atoi(argv[6]);
  const char *type = argc < 8 ? NULL : argv[7];
  Conn *conns = calloc((size_t)count, sizeof *conns);
  int ep = epoll_create1(0);
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
  inet_pton(AF_INET, argv[1], &addr.sin_addr);
  for (int i = 0; i < count; i++) {
    Conn *c = &conns[i];
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c->fd, (struct sockaddr *)&addr, sizeof addr)) {
      perror("connect");
      return 1;
    }
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!(type ? open_socket_io(c->fd, argv[2], argv[3], type) : open_stream(c->fd, argv[2], argv[3]))) {
      fprintf(stderr, "connection %d was refused\n", i);
      return 1;
    }
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
  }
  printf("ready\n");
  fflush(stdout);
  int64_t end = now_us() + (int64_t)(atof(argv[5]) * 1e6);
  int told = 0;
  struct epoll_event events[512];
  for (;;) {
    if (!told && (now_us() >= end || (wanted && complete >= wanted))) {
      report();
      told = 1;
      if (!wanted) return 0;
    }
    int n = epoll_wait(ep, events, 512, 10);
    for (int i = 0; i < n; i++) {
      Conn *c = events[i].data.ptr;
      if (readable(c, type != NULL)) continue;
      epoll_ctl(ep, EPOLL_CTL_DEL, c->fd, NULL);
      close(c->fd);
      closed++;
    }
  }
}
