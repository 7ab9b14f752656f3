#include "CImageCodecs.h"
#include "Failure.h"

#include <limits.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

struct JPEGDecoder {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    size_t count;
    int maximumScans;
    size_t exifOffset;
    size_t exifLength;
    CodecFailure *failure;
};

static size_t position(const JPEGDecoder *decoder) { return decoder->count - decoder->source.bytes_in_buffer; }

static _Noreturn void fail(JPEGDecoder *decoder, CodecFault fault, const char *message) {
    record(decoder->failure, fault, position(decoder), message);
    longjmp(decoder->escape, 1);
}

static CodecFault fault(int code) {
    switch (code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
        return codecMemory;
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
        return codecTooBig;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
        return codecUnsupported;
    default:
        return codecMalformed;
    }
}

static void failWithLibraryMessage(j_common_ptr info) {
    char message[JMSG_LENGTH_MAX];
    info->err->format_message(info, message);
    fail(info->client_data, fault(info->err->msg_code), message);
}

// The library carries on after a warning. Where entropy-coded data ran out, it would go on with grey: that is a
// truncated file with its end marker put back. Other oddities leave a whole picture.
static void weighWarning(j_common_ptr info, int level) {
    if (level < 0 && info->err->msg_code == JWRN_HIT_MARKER) failWithLibraryMessage(info);
}

static void printNothing(j_common_ptr info) { (void)info; }

static void ignoreSource(j_decompress_ptr info) { (void)info; }

static boolean endOfBytes(j_decompress_ptr info) {
    JPEGDecoder *decoder = info->client_data;
    decoder->source.bytes_in_buffer = 0;
    fail(decoder, codecMalformed, "the file ends inside the image");
}

static void skip(j_decompress_ptr info, long count) {
    struct jpeg_source_mgr *source = info->src;
    if (count <= 0) return;
    if ((size_t)count > source->bytes_in_buffer) endOfBytes(info);
    source->next_input_byte += count;
    source->bytes_in_buffer -= (size_t)count;
}

// Notes where the first Exif block lies and passes over the marker.
static boolean noteExif(j_decompress_ptr info) {
    static const uint8_t signature[6] = {'E', 'x', 'i', 'f', 0, 0};
    JPEGDecoder *decoder = info->client_data;
    struct jpeg_source_mgr *source = info->src;
    if (source->bytes_in_buffer < 2) endOfBytes(info);
    size_t length = (size_t)source->next_input_byte[0] << 8 | source->next_input_byte[1];
    if (length < 2) fail(decoder, codecMalformed, "APP1 marker shorter than its length field");
    if (length > source->bytes_in_buffer) endOfBytes(info);
    if (decoder->exifLength == 0 && length > 8 && memcmp(source->next_input_byte + 2, signature, 6) == 0) {
        decoder->exifOffset = position(decoder) + 8;
        decoder->exifLength = length - 8;
    }
    skip(info, (long)length);
    return TRUE;
}

static void boundScans(j_common_ptr info) {
    JPEGDecoder *decoder = info->client_data;
    if (decoder->info.input_scan_number > decoder->maximumScans) fail(decoder, codecTooManyScans, "too many scans");
}

static size_t roundedUp(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

// What the library keeps of an image that comes in several scans: each component's blocks, padded to whole MCUs.
static size_t coefficientBytes(const struct jpeg_decompress_struct *info) {
    if (!info->progressive_mode && info->comps_in_scan == info->num_components) return 0;
    size_t total = 0;
    for (int index = 0; index < info->num_components; index++) {
        const jpeg_component_info *component = &info->comp_info[index];
        total += roundedUp(component->width_in_blocks, (size_t)component->h_samp_factor)
            * roundedUp(component->height_in_blocks, (size_t)component->v_samp_factor) * sizeof(JBLOCK);
    }
    return total;
}

JPEGDecoder *condensenet_jpeg_open(
    const uint8_t *bytes, size_t count, JPEGHeader *header, CodecFailure *failure
) {
    *header = (JPEGHeader){0};
    JPEGDecoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) {
        record(failure, codecMemory, 0, "no memory for the decoder");
        return NULL;
    }
    decoder->count = count;
    decoder->failure = failure;
    decoder->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes,
        .bytes_in_buffer = count,
        .init_source = ignoreSource,
        .fill_input_buffer = endOfBytes,
        .skip_input_data = skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = ignoreSource,
    };
    decoder->progress.progress_monitor = boundScans;
    decoder->info.err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = failWithLibraryMessage;
    decoder->errors.emit_message = weighWarning;
    decoder->errors.output_message = printNothing;
    decoder->info.client_data = decoder;

    if (setjmp(decoder->escape) != 0) {
        header->width = decoder->info.image_width;
        header->height = decoder->info.image_height;
        condensenet_jpeg_close(decoder);
        return NULL;
    }
    jpeg_create_decompress(&decoder->info);
    decoder->info.src = &decoder->source;
    decoder->info.progress = &decoder->progress;
    jpeg_set_marker_processor(&decoder->info, JPEG_APP0 + 1, noteExif);
    jpeg_read_header(&decoder->info, TRUE);
    header->width = decoder->info.image_width;
    header->height = decoder->info.image_height;
    header->coefficientBytes = coefficientBytes(&decoder->info);
    header->exifOffset = decoder->exifOffset;
    header->exifLength = decoder->exifLength;
    return decoder;
}

// x · y / 255, rounded.
static unsigned scaled(unsigned x, unsigned y) {
    unsigned product = x * y + 128;
    return (product + (product >> 8)) >> 8;
}

// Inverted CMYK: each ink's sample is what it leaves of the light.
static void convertInvertedCMYK(const uint8_t *cmyk, uint8_t *rgb, size_t width) {
    for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
        for (int ink = 0; ink < 3; ink++) rgb[ink] = (uint8_t)(cmyk[3] - scaled(255u - cmyk[ink], cmyk[3]));
    }
}

bool condensenet_jpeg_read(
    JPEGDecoder *decoder, unsigned reduction, int maximumScans, size_t maximumMemory, uint8_t *rgb,
    CodecFailure *failure
) {
    struct jpeg_decompress_struct *info = &decoder->info;
    decoder->failure = failure;
    decoder->maximumScans = maximumScans;
    if (setjmp(decoder->escape) != 0) return false;

    bool inks = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    info->out_color_space = inks ? JCS_CMYK : JCS_RGB;
    info->dct_method = JDCT_ISLOW;
    info->scale_num = 1;
    info->scale_denom = reduction;
    info->mem->max_memory_to_use = maximumMemory > LONG_MAX ? LONG_MAX : (long)maximumMemory;
    jpeg_start_decompress(info);

    size_t width = info->output_width;
    JSAMPARRAY line = NULL;
    if (inks) line = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, info->output_width * 4, 1);
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = rgb + info->output_scanline * width * 3;
        if (jpeg_read_scanlines(info, inks ? line : &row, 1) != 1) fail(decoder, codecMalformed, "no further row");
        if (inks) convertInvertedCMYK(line[0], row, width);
    }
    jpeg_finish_decompress(info);
    return true;
}

void condensenet_jpeg_close(JPEGDecoder *decoder) {
    if (decoder == NULL) return;
    jpeg_destroy_decompress(&decoder->info);
    free(decoder);
}
