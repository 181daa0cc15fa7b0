import PhotoGallery
import SwiftUI

/// The only screen: two tabs of pictures by class, progress, and what can be done with a selection.
struct GalleryView: View {
    @Bindable var model: GalleryModel

    var body: some View {
        NavigationStack {
            VStack(spacing: 0) {
                TabPicker(model: model)
                StatusView(model: model)
                PictureGrid(model: model)
                if !model.gallery.selection.isEmpty {
                    SelectionBar(model: model)
                }
            }
            .navigationTitle("EPIC Gallery")
            .toolbar {
                Menu("Actions", systemImage: "ellipsis.circle") {
                    Button("Select all but these") { model.selectAllBut() }
                    Button("Select none") { model.clearSelection() }
                    Button("Scan again") { Task { await model.scan() } }
                }
            }
            .task { await model.scan() }
        }
    }
}

private struct TabPicker: View {
    @Bindable var model: GalleryModel

    var body: some View {
        Picker("Group", selection: $model.showsPersonal) {
            Text("Irrelevant (\(model.gallery.count(personal: false)))").tag(false)
            Text("Personal (\(model.gallery.count(personal: true)))").tag(true)
        }
        .pickerStyle(.segmented)
        .padding()
    }
}

private struct SelectionBar: View {
    let model: GalleryModel

    var body: some View {
        let count = model.gallery.selection.count
        HStack {
            Button("Keep \(count) pictures") { Task { await model.keepSelection() } }
                .buttonStyle(.bordered)
            Spacer()
            Button("Delete \(count) pictures…", role: .destructive) {
                Task { await model.deleteSelection() }
            }
            .buttonStyle(.borderedProminent)
        }
        .padding()
    }
}
