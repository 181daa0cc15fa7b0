#if canImport(CoreVideo)
    import CoreVideo
    import Foundation

    extension ImageSource {
        /// A camera's buffer in the format `kCVPixelFormatType_32BGRA`, read in place.
        ///
        /// Others fail with ``EpicError/invalidArgument(kind:message:)``: ask the capture output for
        /// this format.
        public static func pixelBuffer(
            _ buffer: CVPixelBuffer, orientation: Orientation = .normal
        ) -> ImageSource {
            ImageSource(content: .pixels(BufferPixels(buffer: buffer, orientation: orientation)))
        }
    }

    // Locked while it is read.
    private struct BufferPixels: PixelProvider, @unchecked Sendable {
        let buffer: CVPixelBuffer
        let orientation: Orientation

        func withPixels<Result>(_ body: (Data, PixelLayout) throws -> Result) throws -> Result {
            guard CVPixelBufferGetPixelFormatType(buffer) == kCVPixelFormatType_32BGRA else {
                throw EpicError.invalidArgument("the pixel buffer is not in the format 32BGRA")
            }
            guard
                CVPixelBufferLockBaseAddress(buffer, .readOnly) == kCVReturnSuccess,
                let address = CVPixelBufferGetBaseAddress(buffer)
            else {
                throw EpicError.invalidArgument("the pixel buffer cannot be locked")
            }
            defer { CVPixelBufferUnlockBaseAddress(buffer, .readOnly) }
            let layout = PixelLayout(
                width: CVPixelBufferGetWidth(buffer),
                height: CVPixelBufferGetHeight(buffer),
                format: .bgra8,
                stride: CVPixelBufferGetBytesPerRow(buffer),
                orientation: orientation
            )
            let count = layout.stride * layout.height
            return try body(Data(bytesNoCopy: address, count: count, deallocator: .none), layout)
        }
    }
#endif
