#if canImport(CoreGraphics) && canImport(ImageIO)
    import CoreGraphics
    import Foundation
    import ImageIO

    extension ImageSource {
        /// A decoded image. It is drawn once into 8-bit sRGB.
        ///
        /// - Parameters:
        ///   - orientation: how it is turned upright.
        ///   - sourceSize: upright size of the full picture, where the image is a reduction of it.
        public static func cgImage(
            _ image: CGImage,
            orientation: CGImagePropertyOrientation = .up,
            sourceSize: PictureSize? = nil
        ) -> ImageSource {
            let orientation = Orientation(orientation)
            return ImageSource(
                content: .pixels(
                    DrawnPixels(image: image, orientation: orientation, sourceSize: sourceSize)
                )
            )
        }
    }

    extension Orientation {
        /// The same value: both are EXIF's.
        public init(_ orientation: CGImagePropertyOrientation) {
            self = Orientation(rawValue: orientation.rawValue) ?? .normal
        }
    }

    // An image never changes.
    private struct DrawnPixels: PixelProvider, @unchecked Sendable {
        let image: CGImage
        let orientation: Orientation
        let sourceSize: PictureSize?

        func withPixels<Result>(_ body: (Data, PixelLayout) throws -> Result) throws -> Result {
            try image.withDrawnPixels(orientation: orientation, sourceSize: sourceSize, body)
        }
    }

    extension CGImage {
        func withDrawnPixels<Result>(
            orientation: Orientation,
            sourceSize: PictureSize?,
            _ body: (Data, PixelLayout) throws -> Result
        ) throws -> Result {
            guard
                let space = CGColorSpace(name: CGColorSpace.sRGB),
                let context = CGContext(
                    data: nil,
                    width: width,
                    height: height,
                    bitsPerComponent: 8,
                    bytesPerRow: 0,
                    space: space,
                    bitmapInfo: CGImageAlphaInfo.premultipliedLast.rawValue
                ),
                let pixels = context.data
            else {
                throw EpicError.limit(
                    kind: "too_much_memory",
                    message: "no bitmap of \(width) × \(height) pixels can be made"
                )
            }
            context.draw(self, in: CGRect(x: 0, y: 0, width: width, height: height))
            let layout = PixelLayout(
                width: width,
                height: height,
                stride: context.bytesPerRow,
                isPremultiplied: true,
                orientation: orientation,
                sourceSize: sourceSize
            )
            return try withExtendedLifetime(context) {
                let count = context.bytesPerRow * height
                return try body(
                    Data(bytesNoCopy: pixels, count: count, deallocator: .none), layout
                )
            }
        }
    }
#endif
