import Photos
import SwiftUI

/// A square thumbnail from the library, without waiting for iCloud.
struct Thumbnail: View {
    let key: String
    let side: Double
    @State private var image: UIImage?
    @Environment(\.displayScale) private var scale

    var body: some View {
        Rectangle()
            .fill(.quaternary)
            .aspectRatio(1, contentMode: .fit)
            .overlay {
                if let image {
                    Image(uiImage: image).resizable().scaledToFill()
                }
            }
            .clipped()
            .task(id: key) { await load() }
    }

    private func load() async {
        guard let asset = PHAsset.fetchAssets(withLocalIdentifiers: [key], options: nil).firstObject else {
            return
        }
        let options = PHImageRequestOptions()
        options.deliveryMode = .opportunistic
        let pixels = CGSize(width: side * scale, height: side * scale)
        // A rough image comes first, the sharp one later.
        let images = AsyncStream<UIImage> { continuation in
            let request = PHImageManager.default().requestImage(
                for: asset, targetSize: pixels, contentMode: .aspectFill, options: options
            ) { image, info in
                if let image { continuation.yield(image) }
                if info?[PHImageResultIsDegradedKey] as? Bool != true { continuation.finish() }
            }
            continuation.onTermination = { _ in PHImageManager.default().cancelImageRequest(request) }
        }
        for await image in images { self.image = image }
    }
}
