/*
 * condensenet.h: classifies images with condensed CondenseNets, from C, C++ and whatever calls C.
 *
 *     condensenet_model *model;
 *     condensenet_session *session;
 *     condensenet_prediction best[5];
 *     size_t count;
 *     if (condensenet_model_open("model.safetensors", 0, &model) != CONDENSENET_OK ||
 *         condensenet_session_open(model, 1, &session) != CONDENSENET_OK ||
 *         condensenet_classify_file(session, "photo.jpg", best, 5, &count) != CONDENSENET_OK)
 *       fprintf(stderr, "%s\n", condensenet_error_message());
 *
 * Errors. Nothing that is passed here ends the process: a null pointer, a handle that was closed, a size that does not fit or
 * a damaged file gives a status other than CONDENSENET_OK, and condensenet_error_message says why in one line. What a pointer
 * points to cannot be checked: it must have the size that its parameter or the count beside it says.
 *
 * Threads. Every function may be called from any thread. A session works for one call at a time; a second one waits. For
 * images side by side, open a session for each thread: they share the model's weights.
 *
 * Processes. After fork, the child may use a model that was open before, but not a session: it opens its own.
 *
 * Text is UTF-8 and ends with a zero byte.
 */
#ifndef CONDENSENET_H
#define CONDENSENET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a call has worked, and if not, whose fault it was. New values may be added. */
typedef enum condensenet_status {
  CONDENSENET_OK = 0,
  /* A parameter makes no sense: null, closed, out of range, or of the wrong size; or CONDENSENET_KERNELS names no kernels that
   * can run here. */
  CONDENSENET_ERROR_ARGUMENT = 1,
  /* There is no such file, or none that may be read. */
  CONDENSENET_ERROR_NO_FILE = 2,
  /* The operating system failed to read. */
  CONDENSENET_ERROR_INPUT_OUTPUT = 3,
  /* The model file is damaged or of another kind, or its network's answer is not a number. */
  CONDENSENET_ERROR_MODEL = 4,
  /* The image is damaged, of a kind that is not decoded, or not of the size that the network takes. */
  CONDENSENET_ERROR_IMAGE = 5,
  /* The system refused memory. */
  CONDENSENET_ERROR_MEMORY = 6,
  /* The system refused threads, or something failed that should not. */
  CONDENSENET_ERROR_INTERNAL = 7
} condensenet_status;

/* How a frame's pixels lie in memory. New values may be added. */
typedef enum condensenet_format {
  /* Red, green and blue, a byte each. */
  CONDENSENET_RGB24 = 0,
  /* Blue, green and red, a byte each. */
  CONDENSENET_BGR24 = 1,
  /* Red, green, blue, and a byte that is ignored. */
  CONDENSENET_RGBA = 2,
  /* Blue, green, red, and a byte that is ignored. */
  CONDENSENET_BGRA = 3,
  /* One byte, which becomes red, green and blue. */
  CONDENSENET_GRAY = 4,
  /* A plane of luma, and one of Cb and Cr in turn, a pair for two by two pixels. BT.601, narrow range. */
  CONDENSENET_NV12 = 5,
  /* A plane of luma, one of Cb and one of Cr, a sample of each for two by two pixels; I420. BT.601, narrow range. */
  CONDENSENET_YUV420 = 6
} condensenet_format;

/* Flag for condensenet_model_open: sessions keep what the classifier reads, for condensenet_features. Takes more memory. */
#define CONDENSENET_FEATURES 1u

/* A model that is loaded, proven and planned. */
typedef struct condensenet_model condensenet_model;

/* Memory and threads to run a model with. */
typedef struct condensenet_session condensenet_session;

/* Uncompressed pixels. They are read where they are, during the call. */
typedef struct condensenet_frame {
  condensenet_format format;
  /* In pixels, 1 to 16384 each and 64 million in all. */
  int32_t width;
  int32_t height;
  /* The planes that the format has, rows from the top. Where the second is null, all follow one another in the first. */
  const void *planes[3];
  /* Bytes that may be read in each plane. */
  size_t plane_bytes[3];
  /* Bytes from one row to the next in each plane; 0 for rows without padding. Where all planes follow one another, the first
   * counts; rows of Cb and Cr are then half as long in YUV420, and as long in NV12. */
  size_t row_bytes[3];
} condensenet_frame;

/* A class and how likely it is. */
typedef struct condensenet_prediction {
  /* The class, counted from 0. */
  int32_t index;
  /* From the softmax over all classes. */
  float probability;
  /* The class's label, or its number where the model has no labels; lives until the model and its sessions are closed. */
  const char *label;
} condensenet_prediction;

/* The library's version, such as "1.2.3". */
const char *condensenet_version(void);

/* The instruction set whose kernels run models of single precision here ("sse2", "avx2", "avx512", "neon"): the widest that the
 * processor has, or the one that the environment's CONDENSENET_KERNELS names. Null where it names none that can run these. */
const char *condensenet_kernel_set(void);

/* Why the last call on this thread that failed did so, in one line; "" before any has. Lives until the next call that fails on
 * this thread. */
const char *condensenet_error_message(void);

/* Loads, proves and plans the model or architecture file at a path.
 *   flags   0, or CONDENSENET_FEATURES
 *   model   gets a handle, which condensenet_model_close gives back; null where the call fails. */
condensenet_status condensenet_model_open(const char *path, uint32_t flags, condensenet_model **model);

/* The same for a file's bytes, which are copied. */
condensenet_status condensenet_model_open_bytes(const void *bytes, size_t count, uint32_t flags, condensenet_model **model);

/* Closes a model. Its sessions go on. Null is allowed and does nothing; a model that is closed already is an error. */
condensenet_status condensenet_model_close(condensenet_model *model);

/* The network's name, as text that lives until the model and its sessions are closed; null for a model that is not open. */
const char *condensenet_model_name(const condensenet_model *model);

/* What the network is computed in ("f32", "f16" or "int8"), as text that lives as the name does; null for a model that is not open. */
const char *condensenet_model_precision(const condensenet_model *model);

/* The input's channels (3), height and width. */
condensenet_status condensenet_model_input_shape(const condensenet_model *model, int32_t shape[3]);

/* How many classes the network tells apart; -1 for a model that is not open. */
int32_t condensenet_model_classes(const condensenet_model *model);

/* A class's label, or its number where the model has no labels, as text that lives as the name does; null for a class or a
 * model that there is not. */
const char *condensenet_model_label(const condensenet_model *model, int32_t index);

/* Whether the model has labels: 1 or 0; -1 for a model that is not open. */
int32_t condensenet_model_has_labels(const condensenet_model *model);

/* How many numbers the classifier reads; -1 for a network without a classifier, and for a model that is not open. */
int32_t condensenet_model_features(const condensenet_model *model);

/* Opens a session.
 *   threads   how many share each image, the caller's included: 1 to 64
 *   session   gets a handle, which condensenet_session_close gives back; null where the call fails. */
condensenet_status condensenet_session_open(
    const condensenet_model *model, int32_t threads, condensenet_session **session);

/* Closes a session, once no call uses it. Null is allowed and does nothing; one that is closed already is an error. */
condensenet_status condensenet_session_close(condensenet_session *session);

/* Classifies a JPEG, PNG, WebP, PPM or PGM file, resized, cropped and normalised as the model file says.
 *   predictions   gets the likeliest classes, the likeliest first
 *   capacity      how many there is room for; may be 0, and predictions then null
 *   count         gets how many were written: `capacity`, or all classes where these are fewer; may be null. */
condensenet_status condensenet_classify_file(
    condensenet_session *session, const char *path, condensenet_prediction *predictions, size_t capacity, size_t *count);

/* The same for an image file's bytes. */
condensenet_status condensenet_classify_bytes(
    condensenet_session *session, const void *bytes, size_t byte_count, condensenet_prediction *predictions,
    size_t capacity, size_t *count);

/* The same for uncompressed pixels. */
condensenet_status condensenet_classify_frame(
    condensenet_session *session, const condensenet_frame *frame, condensenet_prediction *predictions, size_t capacity,
    size_t *count);

/* Computes the logits of one or more images.
 *   input         [N, 3, H, W], normalised, one after the other
 *   input_count   floats there, N * 3 * H * W
 *   logits        gets [N, classes]
 *   logit_count   floats there, N * classes */
condensenet_status condensenet_logits(
    condensenet_session *session, const float *input, size_t input_count, float *logits, size_t logit_count);

/* Computes what the classifier reads of one or more images. The model must have been opened with CONDENSENET_FEATURES.
 *   input           as for condensenet_logits
 *   features        gets [N, condensenet_model_features(model)]
 *   feature_count   floats there */
condensenet_status condensenet_features(
    condensenet_session *session, const float *input, size_t input_count, float *features, size_t feature_count);

#ifdef __cplusplus
}
#endif

#endif
