/* What the interface's functions need of C: a message for each thread, and a lock that survives fork. Not installed. */
#ifndef CONDENSENET_CALL_STATE_H
#define CONDENSENET_CALL_STATE_H

/* The bytes of a message, its zero byte included. */
enum { CALL_STATE_MESSAGE_BYTES = 1024 };

/* This thread's message. */
char *call_state_message(void);

/* Enters and leaves the section that one thread of the process is in at a time. Where a process forks meanwhile, its child
 * begins with nobody in it. */
void call_state_lock(void);
void call_state_unlock(void);

#endif
