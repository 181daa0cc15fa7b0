import EpicClassifier
import Foundation
import Photos
import PhotoGallery

/// The phone's library. It deletes through Photos alone, which asks the user.
final class PhotosLibrary: PhotoLibrary {
    private let pictures = PhotoLibraryItems()

    func requestAccess() async -> LibraryAccess {
        switch await PHPhotoLibrary.requestAuthorization(for: .readWrite) {
        case .authorized: .full
        case .limited: .limited
        default: .denied
        }
    }

    func items() async throws -> [ScanItem] {
        // Fetching blocks: off the callers' actor.
        await Task.detached { [pictures] in pictures.fetch() }.value
    }

    func open(_ key: String) throws -> OpenedItem { try pictures.open(key) }

    func delete(_ keys: [String]) async throws -> Bool {
        do {
            try await PHPhotoLibrary.shared().performChanges {
                PHAssetChangeRequest.deleteAssets(
                    PHAsset.fetchAssets(withLocalIdentifiers: keys, options: nil)
                )
            }
            return true
        } catch let error as PHPhotosError where error.code == .userCancelled {
            return false
        }
    }
}
