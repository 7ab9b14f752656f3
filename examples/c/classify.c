/* Prints the likeliest classes of an image file:  classify MODEL IMAGE
 *   cc classify.c $(pkg-config --cflags --libs condensenet) -o classify */
#include <condensenet.h>
#include <stdio.h>

static int fail(void) {
  fprintf(stderr, "classify: %s\n", condensenet_error_message());
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: classify MODEL IMAGE\n");
    return 64;
  }
  condensenet_model *model;
  condensenet_session *session;
  if (condensenet_model_open(argv[1], 0, &model) != CONDENSENET_OK) return fail();
  if (condensenet_session_open(model, 1, &session) != CONDENSENET_OK) return fail();

  condensenet_prediction best[5];
  size_t count;
  if (condensenet_classify_file(session, argv[2], best, 5, &count) != CONDENSENET_OK) return fail();
  for (size_t i = 0; i < count; i++) printf("%8.4f %%  %s\n", 100 * best[i].probability, best[i].label);

  condensenet_session_close(session);
  condensenet_model_close(model);
  return 0;
}
