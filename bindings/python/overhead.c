/* Times calls from C for overhead.py:  overhead MODEL PIXELS SIDE ROUNDS, where PIXELS is a file of SIDE * SIDE * 3 bytes */
#include <condensenet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e6 * (double)now.tv_sec + 1e-3 * (double)now.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 5) return 64;
  int side = atoi(argv[3]), rounds = atoi(argv[4]);
  condensenet_model *model;
  condensenet_session *session;
  size_t size = 3 * (size_t)side * (size_t)side, count;
  unsigned char *pixels = malloc(size);
  FILE *file = fopen(argv[2], "rb");
  if (pixels == NULL || file == NULL || fread(pixels, 1, size, file) != size) return 66;
  fclose(file);
  if (condensenet_model_open(argv[1], 0, &model) || condensenet_session_open(model, 1, &session)) return 65;
  condensenet_frame frame = {CONDENSENET_RGB24, side, side, {pixels}, {size}, {0}};
  condensenet_prediction best[5];
  double start = microseconds();
  for (int i = 0; i < 100 * rounds; i++)
    if (condensenet_model_classes(model) != 10) return 70;
  double middle = microseconds();
  for (int i = 0; i < rounds; i++)
    if (condensenet_classify_frame(session, &frame, best, 5, &count)) return 70;
  printf("%f %f\n", (middle - start) / (100 * rounds), (microseconds() - middle) / rounds);
  free(pixels);
  return 0;
}
