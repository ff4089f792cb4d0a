// Readers of a response that never ends, as cheap as the kernel allows: one epoll loop that throws all bytes away inside the
// kernel (MSG_TRUNC), so that the machine's time goes to the server.
//
//   discard HOST PORT PATH COUNT SETTLE SECONDS
//
// Opens COUNT connections and requests PATH on each, reads for SETTLE seconds without counting, prints "counting", counts for
// SECONDS, then prints one JSON line: the bytes that all have read in that time, and how many connections were closed.
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

#define AT_ONCE (1 << 20)

// Opens a connection, requests the path and reads the answer's head; -1 on failure.
static int request(const struct sockaddr_in *addr, const char *path) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (const struct sockaddr *)addr, sizeof *addr)) {
    perror("connect");
    return -1;
  }
  char text[2048];
  int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", path, ntohs(addr->sin_port));
  if (write(fd, text, (size_t)n) != n) return -1;
  char head[4096] = {0};
  size_t have = 0;
  while (have < sizeof head - 1 && (have < 4 || memcmp(head + have - 4, "\r\n\r\n", 4) != 0)) {
    if (read(fd, head + have, 1) != 1) break;
    have++;
  }
  // The yardstick answers as if it were asked for a WebSocket.
  if (memcmp(head, "HTTP/1.1 200", 12) == 0 || memcmp(head, "HTTP/1.1 101", 12) == 0) return fd;
  fprintf(stderr, "the server answered %s\n", head);
  return -1;
}

int main(int argc, char **argv) {
  if (argc < 7) {
    fprintf(stderr, "discard HOST PORT PATH COUNT SETTLE SECONDS\n");
    return 2;
  }
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
  inet_pton(AF_INET, argv[1], &addr.sin_addr);
  int count = atoi(argv[4]), ep = epoll_create1(0);
  for (int i = 0; i < count; i++) {
    int fd = request(&addr, argv[3]);
    if (fd < 0) return 1;
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
  }
  int64_t begin = now_us() + (int64_t)(atof(argv[5]) * 1e6);
  int64_t end = begin + (int64_t)(atof(argv[6]) * 1e6);
  int counting = 0;
  uint64_t bytes = 0, closed = 0;
  static char sink[AT_ONCE];
  struct epoll_event events[512];
  for (int64_t now; (now = now_us()) < end;) {
    if (!counting && now >= begin) {
      counting = 1;
      bytes = 0;
      printf("counting\n");
      fflush(stdout);
    }
    int n = epoll_wait(ep, events, 512, 10);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      ssize_t got = recv(fd, sink, AT_ONCE, MSG_TRUNC | MSG_DONTWAIT);
      if (got > 0) bytes += (uint64_t)got;
      else if (got == 0 || errno != EAGAIN) {
        close(fd);
        closed++;
      }
    }
  }
  printf("{\"bytes\":%lu,\"closed\":%lu}\n", bytes, closed);
  return 0;
}
