#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libjpeg-turbo and libpng behind functions that return. Both libraries leave an error by longjmp, which Swift may not
// cross, so every call into them sits here. Nothing prints, nothing outlives its call or its `close`, and the caller
// sets every limit before pixels are allocated.

/// What kind of fault ended a decode.
typedef enum CodecFault {
    codecMalformed,    ///< the bytes break the format, or end inside the image
    codecUnsupported,  ///< a valid feature that is not decoded
    codecTooBig,       ///< the sides are beyond what the library can address
    codecTooManyScans, ///< a JPEG has more scans than the caller allows
    codecMemory        ///< the library needs more memory than the caller or the system allows
} CodecFault;

/// Why a decode ended: filled in by a function that reports failure.
typedef struct CodecFailure {
    CodecFault fault;
    /// Bytes of the file that the library had taken when it gave up.
    size_t offset;
    /// One line, terminated by zero.
    char message[200];
} CodecFailure;

/// A JPEG image between its header and its pixels. It borrows the file's bytes.
typedef struct JPEGDecoder JPEGDecoder;

/// What a JPEG's markers up to its first scan say.
typedef struct JPEGHeader {
    uint32_t width;
    uint32_t height;
    /// What decoding keeps of the coefficients: 0 for an image in one scan, about two bytes a sample for the others.
    size_t coefficientBytes;
    /// Where the first Exif block's TIFF header starts in the file, and the block's length from there; 0 if none.
    size_t exifOffset;
    size_t exifLength;
} JPEGHeader;

/// Reads the markers of `bytes[0..<count]` up to the first scan, allocating nothing that grows with the image.
///
/// `header` is filled as far as it was read, also on failure. Returns NULL on failure. The bytes must live until
/// `condensenet_jpeg_close`.
JPEGDecoder *condensenet_jpeg_open(
    const uint8_t *bytes, size_t count, JPEGHeader *header, CodecFailure *failure);

/// Decodes into `rgb`, rows of interleaved RGB pixels, with the accurate integer DCT and smooth chroma upsampling. CMYK
/// samples are taken as inverted, as Adobe's programs write them. Both sides are divided by `reduction`, 1, 2, 4 or 8, and
/// rounded up.
///
/// `maximumScans` bounds the work, `maximumMemory` the coefficients kept. May be called once.
bool condensenet_jpeg_read(
    JPEGDecoder *decoder, unsigned reduction, int maximumScans, size_t maximumMemory, uint8_t *rgb,
    CodecFailure *failure);

/// Frees the decoder; NULL is allowed.
void condensenet_jpeg_close(JPEGDecoder *decoder);

/// What the caller has read of a PNG file's chunks.
typedef struct PNGLayout {
    uint32_t width;
    uint32_t height;
    /// Where the first run of IDAT chunks ends, with the last one's checksum.
    size_t imageDataEnd;
    /// Whether an IEND chunk follows.
    bool hasEnd;
} PNGLayout;

/// Decodes the PNG file `bytes[0..<count]` into `rgb`, `height` rows of `width` interleaved RGB pixels.
///
/// Alpha and tRNS are dropped, not composited; 16-bit samples keep their high byte; gamma and profiles are ignored.
/// A wrong checksum in any chunk, a palette index without an entry, and image data beyond the last row are failures.
bool condensenet_png_decode(
    const uint8_t *bytes, size_t count, PNGLayout layout, uint8_t *rgb, CodecFailure *failure);

/// What a WebP file's header says.
typedef struct WebPHeader {
    uint32_t width;
    uint32_t height;
    /// An animation, which is not decoded.
    bool isAnimated;
    /// Where the Exif block's TIFF header starts in the file, and the block's length from there; 0 if none.
    size_t exifOffset;
    size_t exifLength;
} WebPHeader;

/// Reads the header of `bytes[0..<count]`; allocates little.
bool condensenet_webp_header(const uint8_t *bytes, size_t count, WebPHeader *header, CodecFailure *failure);

/// Decodes a WebP file that is no animation into `rgb`, `height` rows of `width` interleaved RGB pixels. Alpha is dropped,
/// not composited.
bool condensenet_webp_decode(
    const uint8_t *bytes, size_t count, WebPHeader header, uint8_t *rgb, CodecFailure *failure);

#endif
