// Receives with libzmq and does nothing else: a PULL socket, as bsread's receivers have it, with a high-water mark of 100.
//
//   zmtp-receive ADDRESS
//
// Prints "receiving" after the first message. On SIGTERM it prints how many messages and bytes it received since SIGUSR1, as
// a line of JSON.
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <zmq.h>

static volatile sig_atomic_t has_ended, is_reset;

static void end(int signal) {
  (void)signal;
  has_ended = 1;
}

static void reset(int signal) {
  (void)signal;
  is_reset = 1;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  struct sigaction on_end = {.sa_handler = end}, on_reset = {.sa_handler = reset};
  sigaction(SIGTERM, &on_end, NULL);
  sigaction(SIGUSR1, &on_reset, NULL);
  void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_PULL);
  int high_water_mark = 100;
  zmq_setsockopt(socket, ZMQ_RCVHWM, &high_water_mark, sizeof high_water_mark);
  if (zmq_connect(socket, argv[1])) {
    perror("zmq_connect");
    return 1;
  }
  int64_t messages = 0, bytes = 0;
  int has_received = 0;
  zmq_msg_t frame;
  zmq_msg_init(&frame);
  while (!has_ended) {
    if (is_reset) messages = bytes = is_reset = 0;
    if (zmq_msg_recv(&frame, socket, 0) < 0) {
      if (errno == EINTR) continue;
      perror("zmq_msg_recv");
      return 1;
    }
    bytes += (int64_t)zmq_msg_size(&frame);
    if (zmq_msg_more(&frame)) continue;
    messages++;
    if (!has_received) {
      puts("receiving");
      fflush(stdout);
    }
    has_received = 1;
  }
  printf("{\"messages\":%lld,\"bytes\":%lld}\n", (long long)messages, (long long)bytes);
  return 0;
}
