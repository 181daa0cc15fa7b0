import PhotoGallery
import SwiftUI

/// How far the scan is, and what the user has to know.
struct StatusView: View {
    let model: GalleryModel

    var body: some View {
        VStack(alignment: .leading) {
            if let progress = model.progress {
                HStack {
                    ProgressView(value: Double(progress.done), total: Double(max(progress.total, 1))) {
                        Text("\(progress.done) of \(progress.total) pictures")
                    }
                    Button(model.isPaused ? "Resume" : "Pause") { model.pauseOrResume() }
                }
            } else if model.gallery.failedCount > 0 {
                Text("\(model.gallery.failedCount) pictures could not be read; they count as personal.")
            }
            switch model.notice {
            case .noAccess:
                Text(
                    "EPIC sorts the pictures on this phone. Without your leave to read them it has nothing to show."
                )
                settingsLink
            case .failure(let reason):
                Text("The scan ended early: \(reason)")
            case nil:
                EmptyView()
            }
            if model.access == .limited {
                HStack {
                    Text("EPIC sees the pictures that you chose.")
                    settingsLink
                }
            }
        }
        .font(.footnote)
        .padding(.horizontal)
    }

    @ViewBuilder private var settingsLink: some View {
        if let settings = URL(string: UIApplication.openSettingsURLString) {
            Link("Settings", destination: settings)
        }
    }
}
