#include "CImageCodecs.h"
#include "Failure.h"

#include <string.h>

#include <webp/decode.h>

static bool refuse(CodecFailure *failure, CodecFault fault, size_t offset, const char *message) {
    record(failure, fault, offset, message);
    return false;
}

static bool refuseStatus(CodecFailure *failure, VP8StatusCode status, size_t count) {
    switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY: return refuse(failure, codecMemory, 0, "no memory for the decoder");
    case VP8_STATUS_UNSUPPORTED_FEATURE: return refuse(failure, codecUnsupported, 0, "a feature of a later format");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return refuse(failure, codecMalformed, count, "the file ends inside the image");
    default: return refuse(failure, codecMalformed, 0, "the bitstream is damaged");
    }
}

static uint32_t littleEndian(const uint8_t *bytes) {
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

// Notes where the Exif chunk lies; what is broken there says nothing about the pixels.
static void noteExif(const uint8_t *bytes, size_t count, WebPHeader *header) {
    static const uint8_t signature[6] = {'E', 'x', 'i', 'f', 0, 0};
    size_t offset = 12;
    while (count - offset >= 8) {
        size_t length = littleEndian(bytes + offset + 4);
        if (length > count - offset - 8) return;
        if (memcmp(bytes + offset, "EXIF", 4) == 0) {
            size_t skipped = length > 6 && memcmp(bytes + offset + 8, signature, 6) == 0 ? 6 : 0;
            header->exifOffset = offset + 8 + skipped;
            header->exifLength = length - skipped;
            return;
        }
        size_t padded = length + (length & 1);
        if (padded > count - offset - 8) return;
        offset += 8 + padded;
    }
}

bool condensenet_webp_header(const uint8_t *bytes, size_t count, WebPHeader *header, CodecFailure *failure) {
    *header = (WebPHeader){0};
    WebPBitstreamFeatures features;
    VP8StatusCode status = WebPGetFeatures(bytes, count, &features);
    if (status != VP8_STATUS_OK) return refuseStatus(failure, status, count);
    header->width = (uint32_t)features.width;
    header->height = (uint32_t)features.height;
    header->isAnimated = features.has_animation != 0;
    if (count >= 12) noteExif(bytes, count, header);
    return true;
}

bool condensenet_webp_decode(
    const uint8_t *bytes, size_t count, WebPHeader header, uint8_t *rgb, CodecFailure *failure
) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return refuse(failure, codecUnsupported, 0, "another version of libwebp");
    size_t stride = (size_t)header.width * 3;
    if (stride > INT32_MAX) return refuse(failure, codecTooBig, 0, "rows too long");
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = rgb;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = stride * header.height;
    VP8StatusCode status = WebPDecode(bytes, count, &config);
    WebPFreeDecBuffer(&config.output);
    return status == VP8_STATUS_OK || refuseStatus(failure, status, count);
}
