import PhotoGallery
import SwiftUI

/// Pictures under the names of their classes. A tap selects, a tap on a name selects the class.
struct PictureGrid: View {
    let model: GalleryModel
    /// Grows with the user's text size.
    @ScaledMetric private var side = 104.0

    var body: some View {
        ScrollView {
            LazyVGrid(columns: [GridItem(.adaptive(minimum: side), spacing: 2)], spacing: 2) {
                ForEach(model.gallery.sections(personal: model.showsPersonal)) { section in
                    Section {
                        ForEach(section.pictures) { picture in
                            PictureCell(
                                picture: picture,
                                side: side,
                                isSelected: model.gallery.isSelected(picture.id)
                            ) { model.toggle(picture.id) }
                        }
                    } header: {
                        Button { model.selectClass(section.className) } label: {
                            Text("\(ClassName.localized(section.className)) (\(section.pictures.count))")
                                .font(.headline)
                                .frame(maxWidth: .infinity, alignment: .leading)
                        }
                        .disabled(model.showsPersonal || section.className == nil)
                        .padding(.horizontal)
                        .accessibilityAddTraits(.isHeader)
                    }
                }
            }
        }
    }
}

private struct PictureCell: View {
    let picture: Gallery.Picture
    let side: Double
    let isSelected: Bool
    let onTap: @MainActor () -> Void

    var body: some View {
        Button(action: onTap) {
            Thumbnail(key: picture.id, side: side)
                .overlay(alignment: .topTrailing) {
                    if isSelected {
                        Image(systemName: "checkmark.circle.fill").padding(4)
                    }
                }
        }
        .buttonStyle(.plain)
        .accessibilityLabel(label)
        .accessibilityAddTraits(isSelected ? [.isButton, .isSelected] : .isButton)
    }

    private var label: Text {
        if picture.isKept { return Text("Kept as personal") }
        let percent = Int((picture.confidence * 100).rounded())
        return Text("\(ClassName.localized(picture.className)), \(percent) percent sure")
    }
}

/// A pack may know classes that this app has no words for: they keep their own name.
enum ClassName {
    static func localized(_ name: String?) -> String {
        guard let name else { return String(localized: "Kept or unsure") }
        return Bundle.main.localizedString(forKey: "class_\(name)", value: name, table: nil)
    }
}
