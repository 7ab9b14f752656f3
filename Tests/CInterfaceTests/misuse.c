/* Passes to every function what it should not get, then checks that all still works:  misuse MODEL IMAGE
 * tools/release/test-library compiles it against an installed libcondensenet, with the address sanitizer. */
#include <condensenet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPECT(condition)                                                                         \
  do {                                                                                            \
    checks++;                                                                                     \
    if (!(condition)) {                                                                           \
      fprintf(stderr, "%s:%d: %s; message: %s\n", __FILE__, __LINE__, #condition, condensenet_error_message()); \
      exit(1);                                                                                    \
    }                                                                                             \
  } while (0)
#define REFUSES(call)                               \
  do {                                              \
    EXPECT((call) == CONDENSENET_ERROR_ARGUMENT);   \
    EXPECT(condensenet_error_message()[0] != '\0'); \
  } while (0)

static int checks = 0;
static condensenet_prediction best[10];
static size_t count;

static void refuse_handles(const char *image, condensenet_model *model, condensenet_session *session) {
  int32_t shape[3];
  float number = 0;
  condensenet_session *opened = (condensenet_session *)&number;
  condensenet_frame frame = {CONDENSENET_GRAY, 1, 1, {&number}, {1}, {0}};
  EXPECT(condensenet_model_name(model) == NULL);
  EXPECT(condensenet_model_precision(model) == NULL);
  EXPECT(condensenet_model_label(model, 0) == NULL);
  EXPECT(condensenet_model_classes(model) == -1);
  EXPECT(condensenet_model_has_labels(model) == -1);
  EXPECT(condensenet_model_features(model) == -1);
  REFUSES(condensenet_model_input_shape(model, shape));
  REFUSES(condensenet_session_open(model, 1, &opened));
  EXPECT(opened == NULL);
  REFUSES(condensenet_classify_file(session, image, best, 10, &count));
  REFUSES(condensenet_classify_bytes(session, image, 1, best, 10, &count));
  REFUSES(condensenet_classify_frame(session, &frame, best, 10, &count));
  REFUSES(condensenet_logits(session, &number, 1, &number, 1));
  REFUSES(condensenet_features(session, &number, 1, &number, 1));
}

static void refuse_frames(condensenet_session *session, size_t side) {
  static unsigned char pixels[64 * 64 * 4];
  for (int format = 0; format <= 6; format++) {
    condensenet_frame good = {(condensenet_format)format, (int32_t)side, (int32_t)side, {pixels}, {sizeof pixels}, {0}};
    EXPECT(condensenet_classify_frame(session, &good, best, 10, &count) == CONDENSENET_OK && count == 10);
    condensenet_frame bad = good;
    bad.planes[0] = NULL;
    REFUSES(condensenet_classify_frame(session, &bad, best, 10, &count));
    const size_t sizes[] = {0, 1, side * side - 1};
    for (size_t i = 0; i < 3; i++) {
      bad = good;
      bad.plane_bytes[0] = sizes[i];
      REFUSES(condensenet_classify_frame(session, &bad, best, 10, &count));
    }
    const size_t rows[] = {1, side - 1, SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 2 + 1, SIZE_MAX / (side - 1)};
    for (size_t i = 0; i < 6; i++) {
      bad = good;
      bad.row_bytes[0] = rows[i];
      REFUSES(condensenet_classify_frame(session, &bad, best, 10, &count));
    }
    bad = good;
    bad.plane_bytes[0] = SIZE_MAX / 2;
    bad.row_bytes[0] = SIZE_MAX / 4;
    REFUSES(condensenet_classify_frame(session, &bad, best, 10, &count));
    const int32_t lengths[] = {0, -1, INT32_MIN, INT32_MAX, 16385};
    for (size_t i = 0; i < 5; i++) {
      bad = good;
      bad.width = lengths[i];
      EXPECT(condensenet_classify_frame(session, &bad, best, 10, &count) != CONDENSENET_OK);
      bad = good;
      bad.height = lengths[i];
      EXPECT(condensenet_classify_frame(session, &bad, best, 10, &count) != CONDENSENET_OK);
    }
  }
  condensenet_frame apart = {CONDENSENET_YUV420, (int32_t)side, (int32_t)side, {pixels, pixels, NULL}, {4096, 4096, 4096}, {0}};
  REFUSES(condensenet_classify_frame(session, &apart, best, 10, &count));
  condensenet_frame unknown = {(condensenet_format)99, 1, 1, {pixels}, {4}, {0}};
  REFUSES(condensenet_classify_frame(session, &unknown, best, 10, &count));
  REFUSES(condensenet_classify_frame(session, NULL, best, 10, &count));
}

struct work {
  condensenet_model *model;
  condensenet_session *session;
  const char *image;
  float probability;
};

/* One session for all threads, one for this thread, and messages that belong to the thread. */
static void *work(void *argument) {
  struct work *work = argument;
  condensenet_session *own;
  condensenet_prediction mine[3];
  size_t found;
  if (condensenet_session_open(work->model, 2, &own) != CONDENSENET_OK) return "session";
  for (int i = 0; i < 20; i++) {
    if (condensenet_classify_file(i % 2 ? own : work->session, work->image, mine, 3, &found) != CONDENSENET_OK) return "classify";
    if (found != 3 || mine[0].probability != work->probability) return "answer";
    char path[64];
    snprintf(path, sizeof path, "/nowhere/%p", (void *)&found);
    if (condensenet_classify_file(own, path, mine, 3, &found) != CONDENSENET_ERROR_NO_FILE) return "status";
    if (strncmp(condensenet_error_message(), path, strlen(path)) != 0) return "message";
  }
  return condensenet_session_close(own) == CONDENSENET_OK ? NULL : "close";
}

/* Messages are one line of whole characters, whatever a path holds. */
static void refuse_paths(void) {
  condensenet_model *model;
  EXPECT(condensenet_model_open("/no\nwhere", 0, &model) == CONDENSENET_ERROR_NO_FILE);
  EXPECT(strchr(condensenet_error_message(), '\n') == NULL && strstr(condensenet_error_message(), "where") != NULL);
  char path[2003] = "/x";
  for (size_t i = 2; i + 2 < sizeof path; i += 2) memcpy(path + i, "\xC3\xA9", 2);
  EXPECT(condensenet_model_open(path, 0, &model) != CONDENSENET_OK);
  size_t length = strlen(condensenet_error_message());
  EXPECT(length < 1024 && (unsigned char)condensenet_error_message()[length - 1] == 0xA9);
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  const char *file = argv[1], *image = argv[2];
  condensenet_model *model, *copy;
  condensenet_session *session;
  EXPECT(condensenet_error_message()[0] == '\0');
  REFUSES(condensenet_model_open(NULL, 0, &model));
  EXPECT(model == NULL);
  REFUSES(condensenet_model_open(file, 0, NULL));
  REFUSES(condensenet_model_open(file, 0xFFFFFFFFu, &model));
  EXPECT(condensenet_model_open("/nowhere", 0, &model) == CONDENSENET_ERROR_NO_FILE && model == NULL);
  refuse_paths();
  EXPECT(condensenet_model_open("/", 0, &model) == CONDENSENET_ERROR_MODEL);
  EXPECT(condensenet_model_open(image, 0, &model) == CONDENSENET_ERROR_MODEL);
  REFUSES(condensenet_model_open_bytes(NULL, 8, 0, &model));
  REFUSES(condensenet_model_open_bytes(file, SIZE_MAX, 0, &model));
  EXPECT(condensenet_model_open_bytes(NULL, 0, 0, &model) == CONDENSENET_ERROR_MODEL);
  EXPECT(condensenet_model_open_bytes(file, strlen(file), 0, &model) == CONDENSENET_ERROR_MODEL);
  EXPECT(condensenet_model_close(NULL) == CONDENSENET_OK);
  EXPECT(condensenet_session_close(NULL) == CONDENSENET_OK);

  EXPECT(condensenet_model_open(file, CONDENSENET_FEATURES, &model) == CONDENSENET_OK);
  EXPECT(condensenet_model_open(file, 0, &copy) == CONDENSENET_OK && copy != model);
  const int32_t threads[] = {0, -1, 65, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < 5; i++) REFUSES(condensenet_session_open(model, threads[i], &session));
  REFUSES(condensenet_session_open(model, 1, NULL));
  EXPECT(condensenet_session_open(model, 1, &session) == CONDENSENET_OK);
  refuse_handles(image, NULL, NULL);
  refuse_handles(image, (condensenet_model *)session, (condensenet_session *)model);
  refuse_handles(image, (condensenet_model *)&checks, (condensenet_session *)&checks);
  refuse_handles(image, (condensenet_model *)1, (condensenet_session *)UINTPTR_MAX);
  REFUSES(condensenet_model_close((condensenet_model *)session));
  REFUSES(condensenet_session_close((condensenet_session *)model));
  int32_t shape[3];
  REFUSES(condensenet_model_input_shape(model, NULL));
  EXPECT(condensenet_model_input_shape(model, shape) == CONDENSENET_OK && shape[0] == 3);
  EXPECT(condensenet_model_classes(model) == 10 && condensenet_model_has_labels(model) == 1);
  EXPECT(condensenet_model_label(model, -1) == NULL && condensenet_model_label(model, 10) == NULL);
  EXPECT(condensenet_model_label(model, 9) != NULL);

  REFUSES(condensenet_classify_file(session, NULL, best, 10, &count));
  REFUSES(condensenet_classify_file(session, image, NULL, 10, &count));
  REFUSES(condensenet_classify_file(session, image, best, SIZE_MAX, &count));
  REFUSES(condensenet_classify_bytes(session, NULL, 10, best, 10, &count));
  REFUSES(condensenet_classify_bytes(session, image, SIZE_MAX, best, 10, &count));
  EXPECT(condensenet_classify_bytes(session, NULL, 0, best, 10, &count) == CONDENSENET_ERROR_IMAGE && count == 0);
  EXPECT(condensenet_classify_bytes(session, image, 1, best, 10, NULL) == CONDENSENET_ERROR_IMAGE);
  EXPECT(condensenet_classify_file(session, file, best, 10, &count) == CONDENSENET_ERROR_IMAGE);
  EXPECT(condensenet_classify_file(session, image, NULL, 0, &count) == CONDENSENET_OK && count == 0);
  refuse_frames(session, (size_t)shape[1]);

  size_t size = 3 * (size_t)shape[1] * (size_t)shape[2], width = (size_t)condensenet_model_features(model);
  float *input = calloc(2 * size, sizeof *input), *logits = calloc(20, sizeof *logits);
  float *features = calloc(2 * width, sizeof *features);
  REFUSES(condensenet_logits(session, NULL, size, logits, 10));
  REFUSES(condensenet_logits(session, input, size, NULL, 10));
  REFUSES(condensenet_logits(session, input, 0, logits, 0));
  REFUSES(condensenet_logits(session, input, size - 1, logits, 10));
  REFUSES(condensenet_logits(session, input, 2 * size, logits, 10));
  REFUSES(condensenet_logits(session, input, size, logits, 9));
  REFUSES(condensenet_logits(session, input, SIZE_MAX, logits, SIZE_MAX));
  REFUSES(condensenet_features(session, input, size, features, width + 1));
  EXPECT(condensenet_logits(session, input, 2 * size, logits, 20) == CONDENSENET_OK);
  EXPECT(memcmp(logits, logits + 10, 10 * sizeof *logits) == 0 && logits[0] != 0);
  EXPECT(condensenet_features(session, input, 2 * size, features, 2 * width) == CONDENSENET_OK && features[0] == features[width]);
  condensenet_session *plain;
  EXPECT(condensenet_session_open(copy, 1, &plain) == CONDENSENET_OK);
  REFUSES(condensenet_features(plain, input, size, features, width));

  EXPECT(condensenet_classify_file(session, image, best, 10, &count) == CONDENSENET_OK && count == 10);
  struct work job = {model, session, image, best[0].probability};
  pthread_t workers[4];
  for (int i = 0; i < 4; i++) EXPECT(pthread_create(&workers[i], NULL, work, &job) == 0);
  for (int i = 0; i < 4; i++) {
    void *problem;
    pthread_join(workers[i], &problem);
    if (problem != NULL) fprintf(stderr, "thread: %s\n", (char *)problem);
    EXPECT(problem == NULL);
  }

  condensenet_session *team;
  EXPECT(condensenet_session_open(model, 3, &team) == CONDENSENET_OK);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    REFUSES(condensenet_classify_file(team, image, best, 10, &count));
    EXPECT(condensenet_session_close(team) == CONDENSENET_OK);
    EXPECT(condensenet_session_open(model, 2, &team) == CONDENSENET_OK);
    EXPECT(condensenet_classify_file(team, image, best, 10, &count) == CONDENSENET_OK);
    _exit(best[0].probability == job.probability ? 0 : 1);
  }
  int status;
  EXPECT(waitpid(child, &status, 0) == child && status == 0);
  EXPECT(condensenet_session_close(team) == CONDENSENET_OK);

  /* Sessions outlive their model; labels live as long as a session. */
  EXPECT(condensenet_model_close(model) == CONDENSENET_OK);
  REFUSES(condensenet_model_close(model));
  REFUSES(condensenet_session_open(model, 1, &team));
  EXPECT(condensenet_classify_file(session, image, best, 10, &count) == CONDENSENET_OK);
  EXPECT(best[0].probability == job.probability && strlen(best[0].label) > 0);
  EXPECT(condensenet_session_close(session) == CONDENSENET_OK);
  REFUSES(condensenet_session_close(session));
  refuse_handles(image, model, session);
  EXPECT(condensenet_session_close(plain) == CONDENSENET_OK && condensenet_model_close(copy) == CONDENSENET_OK);
  free(input);
  free(logits);
  free(features);
  printf("%d checks\n", checks);
  return 0;
}
