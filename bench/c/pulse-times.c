// Receives a bsread stream with libzmq, from a SUB socket, and notes when each pulse arrived.
//
//   pulse-times ADDRESS
//
// Prints "receiving" after the first message. On SIGTERM it prints the ids of the last pulses, each with the time at which
// the whole message was there, as a line of JSON: {"pulses":[[17,1700000000000.123],...]}, in ms since 1970.
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#define KEPT 8192

static volatile sig_atomic_t has_ended;
static int64_t ids[KEPT];
static double times[KEPT];

static void end(int signal) {
  (void)signal;
  has_ended = 1;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

// Of the main header: {"htype":"bsr_m-1.1","pulse_id":17,...}
static int64_t pulse_id(zmq_msg_t *frame) {
  char header[4096] = "";
  size_t size = zmq_msg_size(frame);
  if (size >= sizeof header) return -1;
  memcpy(header, zmq_msg_data(frame), size);
  char *field = strstr(header, "\"pulse_id\":");
  return field ? strtoll(field + strlen("\"pulse_id\":"), NULL, 10) : -1;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  struct sigaction on_end = {.sa_handler = end};
  sigaction(SIGTERM, &on_end, NULL);
  void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_SUB);
  zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
  if (zmq_connect(socket, argv[1])) {
    perror("zmq_connect");
    return 1;
  }
  int64_t count = 0;
  int is_first_frame = 1;
  zmq_msg_t frame;
  zmq_msg_init(&frame);
  while (!has_ended) {
    if (zmq_msg_recv(&frame, socket, 0) < 0) {
      if (errno == EINTR) continue;
      perror("zmq_msg_recv");
      return 1;
    }
    if (is_first_frame) ids[count % KEPT] = pulse_id(&frame);
    is_first_frame = !zmq_msg_more(&frame);
    if (!is_first_frame) continue;
    times[count % KEPT] = now();
    if (count++ == 0) {
      puts("receiving");
      fflush(stdout);
    }
  }
  printf("{\"pulses\":[");
  int64_t first = count > KEPT ? count - KEPT : 0;
  for (int64_t i = first; i < count; i++)
    printf("%s[%lld,%.3f]", i > first ? "," : "", (long long)ids[i % KEPT], times[i % KEPT]);
  puts("]}");
  return 0;
}
