import CondenseNetC
import ImageInput

extension Frame {
    /// The frame that a caller describes.
    ///
    /// - Throws: `InterfaceError`, and what `Frame.init` throws.
    init(_ frame: condensenet_frame) throws {
        guard let format = Self.formats.first(where: { $0.0 == frame.format })?.1 else {
            throw InterfaceError("format: expected one of condensenet_format, found \(frame.format.rawValue)")
        }
        let pointers = [frame.planes.0, frame.planes.1, frame.planes.2]
        let sizes = [frame.plane_bytes.0, frame.plane_bytes.1, frame.plane_bytes.2]
        let rows = [frame.row_bytes.0, frame.row_bytes.1, frame.row_bytes.2]
        let (width, height) = (Int(frame.width), Int(frame.height))
        func plane(_ index: Int) throws -> UnsafeRawBufferPointer {
            let bytes = pointers[index]?.assumingMemoryBound(to: UInt8.self)
            return UnsafeRawBufferPointer(try buffer(bytes, sizes[index], "planes[\(index)]"))
        }
        func rowBytes(_ index: Int) -> Int? { rows[index] == 0 ? nil : rows[index] }
        guard format.planeCount > 1, pointers[1] != nil else {
            try self.init(format, width: width, height: height, bytes: try plane(0), rowBytes: rowBytes(0))
            return
        }
        let planes = try (0..<format.planeCount).map { index in
            let length = try format.rowBytes(of: index, width: width, height: height)
            return Plane(try plane(index), rowBytes: rowBytes(index) ?? length)
        }
        try self.init(format, width: width, height: height, planes: planes)
    }

    private static var formats: [(condensenet_format, Format)] {
        [
            (CONDENSENET_RGB24, .rgb24), (CONDENSENET_BGR24, .bgr24), (CONDENSENET_RGBA, .rgba),
            (CONDENSENET_BGRA, .bgra), (CONDENSENET_GRAY, .gray), (CONDENSENET_NV12, .nv12),
            (CONDENSENET_YUV420, .yuv420),
        ]
    }
}
