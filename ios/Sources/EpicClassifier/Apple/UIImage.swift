#if canImport(UIKit) && canImport(ImageIO)
    import ImageIO
    import UIKit

    extension ImageSource {
        /// An image with its orientation.
        ///
        /// - Throws: ``EpicError/invalidArgument(kind:message:)`` if it has no `cgImage`, being a recipe
        ///   of Core Image.
        public static func uiImage(_ image: UIImage) throws -> ImageSource {
            guard let pixels = image.cgImage else {
                throw EpicError.invalidArgument("the image has no bitmap: render it first")
            }
            return .cgImage(pixels, orientation: CGImagePropertyOrientation(image.imageOrientation))
        }
    }

    extension CGImagePropertyOrientation {
        /// UIKit numbers the same eight otherwise.
        init(_ orientation: UIImage.Orientation) {
            self =
                switch orientation {
                case .up: .up
                case .upMirrored: .upMirrored
                case .down: .down
                case .downMirrored: .downMirrored
                case .left: .left
                case .leftMirrored: .leftMirrored
                case .right: .right
                case .rightMirrored: .rightMirrored
                @unknown default: .up
                }
        }
    }
#endif
