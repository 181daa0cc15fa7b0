#if canImport(Photos) && canImport(ImageIO)
    import Foundation
    import ImageIO
    import Photos
    import UniformTypeIdentifiers

    /// The photo library as scan items: their local identifier is the key, their size in pixels and time of
    /// change tell whether a stored verdict still holds.
    ///
    /// JPEG, PNG, GIF, WebP, BMP and TIFF are read by EPIC, all else (HEIC, RAW) by ImageIO at about 512
    /// pixels. Needs the permission to read the library; with a limited one the chosen pictures are found.
    public final class PhotoLibraryItems: ItemOpener {
        /// What happens to pictures whose original lies in iCloud alone.
        public enum CloudItems: Sendable, Hashable {
            /// They fail, and their keys are in ``PhotoLibraryItems/skipped``.
            case skip
            /// Photos downloads them.
            case download
        }

        private let cloudItems: CloudItems
        private let cloudOnly = LockedSet()

        public init(cloudItems: CloudItems = .skip) { self.cloudItems = cloudItems }

        /// Keys of pictures that lie in iCloud alone and were skipped.
        public var skipped: Set<String> { cloudOnly.all }

        /// Whether the app may see all pictures; with a limited library, what ``fetch()`` does not find may
        /// still be there.
        public static var seesEverything: Bool {
            PHPhotoLibrary.authorizationStatus(for: .readWrite) == .authorized
        }

        /// All pictures that the app may see, the latest first. Blocks: keep it off the main thread.
        public func fetch() -> [ScanItem] {
            let assets = PHAsset.fetchAssets(with: .image, options: nil)
            return (0..<assets.count).map { assets.object(at: $0) }
                .sorted { $0.lastChange > $1.lastChange }
                .map { ScanItem($0) }
        }

        public func open(_ key: String) throws -> OpenedItem {
            guard
                let asset = PHAsset.fetchAssets(withLocalIdentifiers: [key], options: nil).firstObject
            else {
                throw EpicError.read(kind: "io", message: "the library has no such picture")
            }
            let options = PHImageRequestOptions()
            options.isSynchronous = true
            options.isNetworkAccessAllowed = cloudItems == .download
            options.version = .current
            let answer = Answer()
            PHImageManager.default().requestImageDataAndOrientation(for: asset, options: options) {
                data, type, _, info in
                answer.data = data
                answer.type = type
                answer.isInCloud = info?[PHImageResultIsInCloudKey] as? Bool ?? false
            }
            guard let data = answer.data else {
                if answer.isInCloud { cloudOnly.insert(key) }
                throw EpicError.read(kind: "io", message: "the library does not hand it out")
            }
            if answer.type.map(isReadByEpic) ?? true { return .data(data) }
            return try ImageIOPixels(input: .data(data), maxPixelSize: 512)
                .withPixels { pixels, layout in
                    // A copy: the pixels are lent for this call alone.
                    .pixels(pixels.withUnsafeBytes { Data($0) }, layout)
                }
        }

        private func isReadByEpic(_ identifier: String) -> Bool {
            guard let type = UTType(identifier) else { return false }
            return [.jpeg, .png, .gif, .webP, .bmp, .tiff].contains { type.conforms(to: $0) }
                // Raw formats conform to TIFF.
                && !type.conforms(to: .rawImage)
        }
    }

    extension ScanItem {
        /// An asset of the photo library.
        public init(_ asset: PHAsset) {
            self = .platform(
                key: asset.localIdentifier,
                size: UInt64(asset.pixelWidth) * UInt64(asset.pixelHeight),
                modified: Int64(asset.lastChange.timeIntervalSince1970 * 1000)
            )
        }
    }

    extension PHAsset {
        fileprivate var lastChange: Date { modificationDate ?? creationDate ?? .distantPast }
    }

    // Written before the synchronous request returns, read afterwards.
    private final class Answer: @unchecked Sendable {
        var data: Data?
        var type: String?
        var isInCloud = false
    }

    private final class LockedSet: @unchecked Sendable {
        private let lock = NSLock()
        private var keys: Set<String> = []

        var all: Set<String> { lock.withLock { keys } }

        func insert(_ key: String) { lock.withLock { _ = keys.insert(key) } }
    }
#endif
