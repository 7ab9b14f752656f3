#include "CallState.h"

#include <pthread.h>

static _Thread_local char message[CALL_STATE_MESSAGE_BYTES];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

char *call_state_message(void) { return message; }

void call_state_unlock(void) { pthread_mutex_unlock(&mutex); }

static void lock(void) { pthread_mutex_lock(&mutex); }

/* Who forks holds the lock, so that no other thread does, and both processes give it back. */
static void prepare(void) { pthread_atfork(lock, call_state_unlock, call_state_unlock); }

void call_state_lock(void) {
  pthread_once(&once, prepare);
  lock();
}
