#if canImport(CoreGraphics) && canImport(ImageIO)
    import CoreGraphics
    import Foundation
    import ImageIO

    extension ImageSource {
        /// A file that ImageIO decodes, reduced while decoding and upright: HEIC, AVIF, RAW.
        ///
        /// - Parameter maxPixelSize: longer side after the reduction. 512 is plenty for ``Epic/classify(_:)``,
        ///   metadata wants about 2000.
        public static func imageIO(_ url: URL, maxPixelSize: Int = 512) -> ImageSource {
            ImageSource(content: .pixels(ImageIOPixels(input: .url(url), maxPixelSize: maxPixelSize)))
        }

        /// As ``imageIO(_:maxPixelSize:)-(URL,_)``, of a file in memory.
        public static func imageIO(_ data: Data, maxPixelSize: Int = 512) -> ImageSource {
            ImageSource(content: .pixels(ImageIOPixels(input: .data(data), maxPixelSize: maxPixelSize)))
        }
    }

    struct ImageIOPixels: PixelProvider {
        enum Input: Sendable {
            case url(URL)
            case data(Data)
        }

        let input: Input
        let maxPixelSize: Int

        func withPixels<Result>(_ body: (Data, PixelLayout) throws -> Result) throws -> Result {
            guard let source = open() else {
                throw EpicError.read(kind: "io", message: "ImageIO cannot read the file")
            }
            let options: [CFString: Any] = [
                // An embedded thumbnail may show another state of the picture.
                kCGImageSourceCreateThumbnailFromImageAlways: true,
                kCGImageSourceCreateThumbnailWithTransform: true,
                kCGImageSourceShouldCacheImmediately: true,
                kCGImageSourceThumbnailMaxPixelSize: maxPixelSize,
            ]
            guard
                let image = CGImageSourceCreateThumbnailAtIndex(source, 0, options as CFDictionary)
            else {
                throw EpicError.decode(kind: "corrupt", message: "ImageIO cannot decode the file")
            }
            return try image.withDrawnPixels(
                orientation: .normal,
                sourceSize: uprightSize(of: source),
                body
            )
        }

        private func open() -> CGImageSource? {
            let options = [kCGImageSourceShouldCache: false] as CFDictionary
            return switch input {
            case .url(let url): CGImageSourceCreateWithURL(url as CFURL, options)
            case .data(let data): CGImageSourceCreateWithData(data as CFData, options)
            }
        }

        private func uprightSize(of source: CGImageSource) -> PictureSize? {
            guard
                let all = CGImageSourceCopyPropertiesAtIndex(source, 0, nil) as? [CFString: Any],
                let width = all[kCGImagePropertyPixelWidth] as? Int,
                let height = all[kCGImagePropertyPixelHeight] as? Int
            else { return nil }
            let orientation = all[kCGImagePropertyOrientation] as? UInt32 ?? 1
            let isTurned = (5...8).contains(orientation)
            return PictureSize(
                width: isTurned ? height : width,
                height: isTurned ? width : height
            )
        }
    }
#endif
