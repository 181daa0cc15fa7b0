import EpicClassifier
import PhotoGallery
import SwiftUI

@main
struct PhotoApp: App {
    private static let scanTask = "org.epicclassifier.PhotoApp.scan"

    @State private var model = GalleryModel(library: PhotosLibrary())
    @Environment(\.scenePhase) private var phase

    init() {
        BackgroundScan.register(identifier: Self.scanTask) {
            let items = PhotoLibraryItems()
            return GalleryScan(
                epic: try await Epic.open(),
                store: try Store.open(),
                opener: items,
                forgetsOthers: PhotoLibraryItems.seesEverything
            ) { items.fetch() }
        }
    }

    var body: some Scene {
        WindowGroup {
            GalleryView(model: model)
        }
        .onChange(of: phase) { _, phase in
            // Without the entitlement, or on a simulator, there are no background scans.
            if phase == .background { try? BackgroundScan.schedule(identifier: Self.scanTask) }
        }
    }
}
