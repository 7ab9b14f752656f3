#include "CImageCodecs.h"
#include "Failure.h"

#include <setjmp.h>
#include <string.h>

#include <png.h>

// With the last row the library inflates what is left of the image data to its end, up to a thousand times its length,
// only to throw it away. So before that row no more may be left than the row itself can take, uncompressed and 16 bits
// a sample, and this much for block and chunk headers and the stream's checksum.
static const size_t toleratedRest = 4096;

typedef struct PNGDecoder {
    png_structp png;
    png_infop info;
    jmp_buf escape;
    const uint8_t *bytes;
    size_t count;
    size_t position;
    CodecFailure *failure;
} PNGDecoder;

static _Noreturn void fail(PNGDecoder *decoder, CodecFault fault, const char *message) {
    record(decoder->failure, fault, decoder->position, message);
    longjmp(decoder->escape, 1);
}

static _Noreturn void failWithLibraryMessage(png_structp png, png_const_charp message) {
    PNGDecoder *decoder = png_get_error_ptr(png);
    // The library has no error codes; its texts for a refused allocation all name memory.
    fail(decoder, strstr(message, "emory") != NULL ? codecMemory : codecMalformed, message);
}

static void ignoreWarning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void readBytes(png_structp png, png_bytep destination, size_t count) {
    PNGDecoder *decoder = png_get_io_ptr(png);
    if (count > decoder->count - decoder->position) {
        fail(decoder, codecMalformed, "the file ends inside the image");
    }
    memcpy(destination, decoder->bytes + decoder->position, count);
    decoder->position += count;
}

// The last third of each row holds palette indices; they become colours from the row's start on, never overtaking.
static void expandPalette(PNGDecoder *decoder, uint8_t *rgb, PNGLayout layout) {
    png_colorp palette = NULL;
    int entries = 0;
    png_get_PLTE(decoder->png, decoder->info, &palette, &entries);
    for (size_t y = 0; y < layout.height; y++) {
        uint8_t *row = rgb + y * layout.width * 3;
        const uint8_t *indices = row + (size_t)layout.width * 2;
        for (size_t x = 0; x < layout.width; x++) {
            int index = indices[x];
            if (index >= entries) {
                char message[80];
                snprintf(message, sizeof message, "palette index %d, the palette has %d entries", index, entries);
                fail(decoder, codecMalformed, message);
            }
            row[3 * x] = palette[index].red;
            row[3 * x + 1] = palette[index].green;
            row[3 * x + 2] = palette[index].blue;
        }
    }
}

static void refuseMoreThanOneRow(PNGDecoder *decoder, PNGLayout layout) {
    if (decoder->position >= layout.imageDataEnd) return;
    size_t rest = layout.imageDataEnd - decoder->position;
    if (rest > (size_t)layout.width * 8 + toleratedRest) {
        fail(decoder, codecMalformed, "image data beyond the last row");
    }
}

static void decode(PNGDecoder *decoder, PNGLayout layout, uint8_t *rgb) {
    png_structp png = decoder->png;
    png_infop info = decoder->info;
    png_set_read_fn(png, decoder, readBytes);
    png_set_user_limits(png, layout.width, layout.height);
    // Of the ancillary chunks all but tRNS are passed over without being stored or inflated, so their length costs no
    // memory; their checksums still count.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_chunk_cache_max(png, 1);
    png_set_chunk_malloc_max(png, decoder->count);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);

    png_read_info(png, info);
    if (png_get_image_width(png, info) != layout.width || png_get_image_height(png, info) != layout.height) {
        fail(decoder, codecMalformed, "sides other than the first header's");
    }
    bool indexed = png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE;
    if (indexed) {
        png_set_packing(png);
    } else {
        png_set_strip_16(png);
        if (png_get_color_type(png, info) == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
        png_set_strip_alpha(png);
        png_set_gray_to_rgb(png);
    }
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = (size_t)layout.width * 3;
    size_t start = indexed ? (size_t)layout.width * 2 : 0;
    if (png_get_rowbytes(png, info) != stride - start) fail(decoder, codecMalformed, "rows of unexpected length");

    for (int pass = 0; pass < passes; pass++) {
        for (size_t y = 0; y < layout.height; y++) {
            if (pass == passes - 1 && y == layout.height - 1) refuseMoreThanOneRow(decoder, layout);
            png_read_row(png, rgb + y * stride + start, NULL);
        }
    }
    if (layout.hasEnd) png_read_end(png, NULL);
    if (indexed) expandPalette(decoder, rgb, layout);
}

// The only frame that longjmp returns to; what must be freed lives in the caller's.
static bool decodeOrReturn(PNGDecoder *decoder, PNGLayout layout, uint8_t *rgb) {
    if (setjmp(decoder->escape) != 0) return false;
    decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, failWithLibraryMessage, ignoreWarning);
    if (decoder->png != NULL) decoder->info = png_create_info_struct(decoder->png);
    if (decoder->info == NULL) fail(decoder, codecMemory, "no memory for the decoder");
    decode(decoder, layout, rgb);
    return true;
}

bool condensenet_png_decode(
    const uint8_t *bytes, size_t count, PNGLayout layout, uint8_t *rgb, CodecFailure *failure
) {
    PNGDecoder decoder = {.bytes = bytes, .count = count, .failure = failure};
    bool decoded = decodeOrReturn(&decoder, layout, rgb);
    png_destroy_read_struct(&decoder.png, &decoder.info, NULL);
    return decoded;
}
